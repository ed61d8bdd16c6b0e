package regression

import _ "embed" // the schema's text

// JSONSchema describes a test file, for editors.
//
//go:embed test.schema.json
var JSONSchema []byte
