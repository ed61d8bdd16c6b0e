package schema

import _ "embed" // the schema's text

// JSONSchema describes a model file, for editors.
//
//go:embed model.schema.json
var JSONSchema []byte
