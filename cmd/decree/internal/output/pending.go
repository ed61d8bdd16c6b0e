// Package output writes files and folders. In: paths and texts. Out: files that are complete or not there, however the
// command ends; folders in which decree touches only its own files; and file names that every system accepts.
package output

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
)

// Pending is a file that is being written. Commit moves it from a temporary name to its own.
type Pending struct {
	*os.File
	to   string // "" for a device or a pipe, which is written directly
	done bool
}

// Create begins a file. It follows symbolic links, and an existing file keeps its permissions. Only force overwrites a
// write-protected file.
func Create(path string, force bool) (*Pending, error) {
	to, err := target(path)
	if err != nil {
		return nil, unwritable(path, err)
	}
	info, err := os.Stat(to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		info = nil
	case err != nil:
		return nil, unwritable(path, err)
	case info.IsDir():
		return nil, unwritable(path, errors.New("it is a folder"))
	case !info.Mode().IsRegular():
		f, err := os.OpenFile(to, os.O_WRONLY, 0)
		if err != nil {
			return nil, unwritable(path, err)
		}
		return &Pending{File: f}, nil
	case protected(info) && !force:
		return nil, unwritable(path, errProtected)
	}
	f, err := os.OpenFile(filepath.Join(filepath.Dir(to), temporary()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return nil, unwritable(path, err)
	}
	watched.add(f.Name())
	p := &Pending{File: f, to: to}
	if info != nil {
		if err := f.Chmod(info.Mode().Perm()); err != nil {
			return nil, errors.Join(unwritable(path, err), p.Discard())
		}
	}
	return p, nil
}

// CreateNew begins a file that must not exist, except with force.
func CreateNew(path string, force bool) (*Pending, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.Mode().IsRegular() && !force:
		return nil, unwritable(path, errors.New("it exists: --force overwrites it"))
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, unwritable(path, err)
	}
	return Create(path, force)
}

// Commit moves the file to its name.
func (p *Pending) Commit() error {
	if p.to == "" {
		p.done = true
		return p.Close()
	}
	err := errors.Join(p.Sync(), p.Close())
	if err == nil {
		err = watched.whole(func() error { return os.Rename(p.Name(), p.to) })
	}
	if err != nil {
		return errors.Join(unwritable(p.to, err), p.remove())
	}
	p.done = true
	watched.forget(p.Name())
	return nil
}

// Discard leaves what was there before. After Commit it does nothing.
func (p *Pending) Discard() error {
	if p.done {
		return nil
	}
	err := p.Close()
	if p.to == "" {
		p.done = true
		return err
	}
	return errors.Join(err, p.remove())
}

func (p *Pending) remove() error {
	p.done = true
	defer watched.forget(p.Name())
	return os.Remove(p.Name())
}

// Write writes a complete file.
func Write(path string, data []byte, force bool) error {
	p, err := Create(path, force)
	if err != nil {
		return err
	}
	if _, err := p.File.Write(data); err != nil {
		return errors.Join(unwritable(path, err), p.Discard())
	}
	return p.Commit()
}

// WriteNew writes a complete file where none is known to be. One that is write-protected stays.
func WriteNew(path string, data []byte) error { return Write(path, data, false) }

var errProtected = errors.New("it is write-protected: --force overwrites it")

// protected tells whether a file has no write permission at all. Root could write it, but the user asked not to.
func protected(info fs.FileInfo) bool { return info.Mode().Perm()&0o222 == 0 }

// target follows symbolic links to a path, which need not exist.
func target(path string) (string, error) {
	for range 40 { // as many links as Linux follows
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		next, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(next) {
			next = filepath.Join(filepath.Dir(path), next)
		}
		path = next
	}
	return "", errors.New("its symbolic links form a loop")
}

// MakeFolder makes a folder and those above it.
func MakeFolder(path string) error {
	var at *fs.PathError
	if err := os.MkdirAll(path, 0o755); errors.As(err, &at) {
		return fmt.Errorf("cannot make the folder %s: %w", at.Path, at.Err)
	} else if err != nil {
		return err
	}
	return nil
}

// unwritable gives the error of a file. It names the file, not its temporary name.
func unwritable(path string, err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		err = at.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("cannot write %s: %w", path, err)
}

const temporaryPrefix = ".decree-new-"

func temporary() string { return temporaryPrefix + strings.ToLower(rand.Text()) }

// watched holds the temporary files and folders. They are removed when a signal ends the command.
var watched watch

type watch struct {
	lock     sync.Mutex
	paths    map[string]bool
	signals  chan os.Signal
	answered bool // interruptions are, by the command
}

// AnswerInterruptions leaves it to the command to end its files when it is interrupted, until the function that it
// gives is called. Without it an interruption ends the command at once, and files that are being written are removed.
func AnswerInterruptions() (end func()) {
	watched.answer(true)
	return sync.OnceFunc(func() { watched.answer(false) })
}

func (w *watch) answer(by bool) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.answered = by
	if len(w.paths) > 0 {
		signal.Stop(w.signals)
		w.listen()
	}
}

func (w *watch) listen() {
	for _, s := range deadly {
		if !signal.Ignored(s) && !(w.answered && s == os.Interrupt) { // nohup and background jobs ignore signals
			signal.Notify(w.signals, s)
		}
	}
}

func (w *watch) add(path string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if len(w.paths) == 0 {
		w.paths, w.signals = map[string]bool{}, make(chan os.Signal, 1)
		w.listen()
		go w.wait(w.signals)
	}
	w.paths[path] = true
}

func (w *watch) forget(path string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if delete(w.paths, path); len(w.paths) == 0 {
		signal.Stop(w.signals)
		close(w.signals)
	}
}

// RemovePending removes the files that are neither complete nor discarded, for a command that ends while something
// still writes them.
func RemovePending() {
	watched.lock.Lock()
	defer watched.lock.Unlock()
	watched.remove()
}

func (w *watch) remove() {
	for path := range w.paths {
		_ = os.RemoveAll(path) // the command ends in any case
	}
}

// whole runs a step that no signal may interrupt.
func (w *watch) whole(step func() error) error {
	w.lock.Lock()
	defer w.lock.Unlock()
	return step()
}

func (w *watch) wait(signals chan os.Signal) {
	s, ok := <-signals
	if !ok {
		return
	}
	w.lock.Lock() // never unlocked: nothing is written after this
	w.remove()
	end(s)
}
