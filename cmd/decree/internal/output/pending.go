// Package output writes what commands leave on disk. In: paths and texts. Out: files that are whole or not
// there at all, whatever ends the command; folders in which decree touches its own files alone; and file names
// that every system accepts.
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

// Pending is a file that is being written. It stands beside its place until Commit moves it there.
type Pending struct {
	*os.File
	to   string // "" for a device or a pipe, which is written as it is
	done bool
}

// Create begins a file. A symbolic link is followed, and a file that is there keeps its permissions. A
// write-protected one is refused, but with force.
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

// Commit moves the file to its place.
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

// Write writes a file whole.
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

var errProtected = errors.New("it is write-protected: --force overwrites it")

// protected tells whether nobody may write a file: root could, but was asked not to.
func protected(info fs.FileInfo) bool { return info.Mode().Perm()&0o222 == 0 }

// target is where a path leads: to what a symbolic link names, even if that is not there yet.
func target(path string) (string, error) {
	for range 40 { // as many as Linux follows
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

// unwritable says which file cannot be written; a temporary name means nothing to a reader.
func unwritable(path string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("cannot write %s: %w", path, err)
}

const temporaryPrefix = ".decree-new-"

func temporary() string { return temporaryPrefix + strings.ToLower(rand.Text()) }

// watched are the temporary files and folders there are. They are removed when a signal ends the command.
var watched watch

type watch struct {
	lock    sync.Mutex
	paths   map[string]bool
	signals chan os.Signal
}

func (w *watch) add(path string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	if len(w.paths) == 0 {
		w.paths, w.signals = map[string]bool{}, make(chan os.Signal, 1)
		for _, s := range deadly {
			if !signal.Ignored(s) { // as nohup and a shell's background jobs ask
				signal.Notify(w.signals, s)
			}
		}
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

// whole runs a step that no signal may cut in two.
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
	w.lock.Lock() // never given back: nothing is written any more
	for path := range w.paths {
		_ = os.RemoveAll(path) // the command ends, whether it can be removed or not
	}
	end(s)
}
