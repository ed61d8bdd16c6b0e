package rules

import _ "embed" // the schema's text

// JSONSchema describes one document of a rule file, for editors. It forgives what the parser
// forgives; what it refuses, the parser refuses too.
//
//go:embed rule.schema.json
var JSONSchema []byte
