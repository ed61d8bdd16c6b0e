// Package source reads the files that users write. In: a folder. Out: their texts as UTF-8, within bounds, and never anything
// outside of the folder.
package source
