package source

import (
	"io/fs"
	"os"
	"path"
	"sync"
)

// nearby keeps the folder open that a file was read from last, because the next is usually in the same: from the top of
// a tree, each folder on the way is opened again for each file.
type nearby struct {
	sync.Mutex
	root *os.Root // of the tree; nil if it is not on disk
	last *openDir
}

// openDir is an open folder of the tree. The last one who leaves it closes it.
type openDir struct {
	path string
	root *os.Root
	used int // by how many; nearby itself is one of them
}

// open opens a regular file. It gives nil for whatever else there is, and if a link leads out of the file's own folder.
// A folder that is renamed meanwhile stays the one that was opened.
func (n *nearby) open(file string) fs.File {
	if !fs.ValidPath(file) {
		return nil
	}
	dir := n.enter(path.Dir(file))
	if dir == nil {
		return nil
	}
	defer n.leave(dir)
	name := path.Base(file)
	if openable(dir.root.FS(), name) != nil {
		return nil
	}
	if r, err := dir.root.Open(name); err == nil {
		return r
	}
	return nil
}

// enter gives a folder of the tree, which the caller leaves, or nil if it cannot be opened.
func (n *nearby) enter(dir string) *openDir {
	n.Lock()
	defer n.Unlock()
	if n.root == nil {
		return nil
	}
	if n.last == nil || n.last.path != dir {
		root, err := n.root.OpenRoot(dir)
		if err != nil {
			return nil
		}
		if n.last != nil {
			n.last.release()
		}
		n.last = &openDir{path: dir, root: root, used: 1}
	}
	n.last.used++
	return n.last
}

func (n *nearby) leave(dir *openDir) {
	n.Lock()
	defer n.Unlock()
	dir.release()
}

// release closes a folder that nobody uses any more. The lock is held.
func (d *openDir) release() {
	if d.used--; d.used == 0 {
		d.root.Close()
	}
}
