// Package models loads the data model that a user names, or the file that overlays one, and lists those that events are recognised as.
package models

import (
	"fmt"
	"os"

	"decree/cmd/decree/internal/usage"
	"decree/rules/schema"
)

// Load gives the model of a name. A file wins over the name.
func Load(name, file string) (*schema.Model, error) {
	if file != "" {
		if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() { // reading a pipe may never end
			return nil, fmt.Errorf("--model-file %s: not a regular file", file)
		}
		return schema.LoadFile(file)
	}
	for _, known := range schema.Names() {
		if known == name {
			return schema.Load(name)
		}
	}
	return nil, usage.UnknownChoice("model", name, schema.Names())
}
