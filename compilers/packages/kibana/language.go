package kibana

// types are the types of rules whose queries are in a language.
var types = map[string]string{"eql": "eql", "esql": "esql", "kuery": "query", "lucene": "query"}

// chooseLanguage sets the language of the query: that of a query which is written by hand may be another than EQL.
func (d *detection) chooseLanguage() {
	d.rule.Type, d.rule.Language = "eql", "eql"
	q := d.in.Query.Written
	if q == nil || q.Language == "" {
		return
	}
	kind, known := types[q.Language]
	if !known {
		d.found.Errorf("package-language", q.Range, "write eql, esql, kuery or lucene", "Kibana has no rules in the language %q", q.Language)
	}
	d.rule.Type, d.rule.Language = kind, q.Language
	if kind == "esql" && len(q.Index) > 0 {
		d.found.Errorf("package-language", q.Range, "remove `index`: the query names its indices behind FROM", "a rule in ES|QL has no index patterns in Kibana")
	}
}
