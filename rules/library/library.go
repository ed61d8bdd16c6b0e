// Package library holds the rules that ship with decree, their lists and their regression
// tests. Out: a file system whose root is the rules folder.
package library

import (
	"embed"
	"io/fs"
)

//go:embed cloud lists windows
var files embed.FS

// FS gives the library's files.
func FS() fs.FS { return files }
