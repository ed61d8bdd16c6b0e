package project

import _ "embed" // the schema's text

// JSONSchema describes a project file, for editors.
//
//go:embed project.schema.json
var JSONSchema []byte
