package schema

import "regexp"

// Within is an expression whose first group is the field's value in the column's text. It is "" if the column is the
// value.
func (c Column) Within() string {
	switch c.Type {
	case Pairs:
		return pairPattern(c.Key)
	case Pattern:
		return c.Key
	case XML:
		return dataPattern(c.Key)
	}
	if c.Prefix != "" { // a value may lack it
		return `(?is)^(?:` + regexp.QuoteMeta(c.Prefix) + `)?(.*)`
	}
	return ""
}

// pairPattern is an expression whose group is the value of a name in auditd's lines, without its quotes. A name comes
// at the beginning, after a space, after the quote that opens msg='...', or after the separator of enriched lines. A
// quoted value has no space and no quote: auditd writes such values in hexadecimal.
// https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Enrichment
// https://github.com/torvalds/linux/blob/master/kernel/audit.c (audit_log_n_untrustedstring)
func pairPattern(name string) string {
	return `(?:^|[\s'\x1d])` + regexp.QuoteMeta(name) + `="?([^"\s\x1d]*[^"\s\x1d'])`
}
