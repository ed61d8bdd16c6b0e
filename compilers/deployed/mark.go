package deployed

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Mark is the last line of a packaged query: a comment that says for which target decree packaged the rule, and a
// digest of what the package said. All products keep a query as it is.
type Mark struct {
	Target string // "": there is no mark
	Digest string
}

var markForm = regexp.MustCompile("(?m)(?:^|\\s)(?://|```) ?Packaged by decree for ([A-Za-z0-9_-]{1,64}): ([0-9a-f]{16})(?:```[ \\t]*|[ \\t]*$)")

// Unmarked splits a query from its mark. What somebody wrote below the mark belongs to the query.
func Unmarked(query string) (string, Mark) {
	all := markForm.FindAllStringSubmatchIndex(query, -1)
	if len(all) == 0 {
		return query, Mark{}
	}
	m := all[len(all)-1] // a text of the rule may quote one
	above, below := strings.TrimRight(query[:m[0]], " \n"), strings.TrimRight(strings.TrimLeft(query[m[1]:], "\n"), " \n")
	if below != "" && above != "" {
		above += "\n"
	}
	return above + below, Mark{query[m[2]:m[3]], query[m[4]:m[5]]}
}

// Marked adds the mark to the query of a rule that a package says. resource is the rule as the package writes it: for
// Sentinel the resource of the template.
func Marked(p Product, target, query string, resource any) string {
	text, err := json.Marshal(resource)
	if err != nil {
		panic(err) // packages have only texts, numbers, lists and maps
	}
	own, err := decodeObject(text)
	if err != nil {
		panic(err)
	}
	if p == Sentinel {
		own = fromTemplate(own)
	}
	r := asWritten(p, own) // a text in it may quote a mark
	r.Query = strings.TrimRight(r.Query, " \n")
	comment := forms[p].comment
	return fmt.Sprintf("%s\n%sPackaged by decree for %s: %s%s", strings.TrimRight(query, "\n"), comment[0], target, r.digest(p, r.off(p)), comment[1])
}

// switches say by which property of which value a rule is off.
var switches = map[Product]struct{ name, off string }{Sentinel: {"enabled", "false"}, Defender: {"status", "disabled"}, Splunk: {"disabled", "1"}, Kibana: {"enabled", "false"}}

// off tells whether a rule is switched off.
func (r Rule) off(p Product) bool { return text(r.Properties[switches[p].name]) == switches[p].off }

// packagedAs tells whether a rule is as the package was that has the mark. Sentinel's YAML does not say whether a rule
// is off.
func (r Rule) packagedAs(p Product, m Mark) bool {
	unsaid := p == Sentinel && r.Properties["enabled"] == nil
	return r.digest(p, r.off(p)) == m.Digest || unsaid && r.digest(p, true) == m.Digest
}

// digest is of what packages say of a rule, and of whether it is off.
func (r Rule) digest(p Product, off bool) string {
	content := map[string]any{"query": r.Query}
	if off {
		content["off"] = true
	}
	for _, name := range forms[p].ours {
		if v := property(r.Properties, name); v != nil {
			content[name] = v
		}
	}
	text, err := json.Marshal(content)
	if err != nil {
		panic(err) // it was read from JSON
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// property is a property by its name, or by the names of those above it with dots between.
func property(of map[string]any, name string) any {
	if v, ok := of[name]; ok {
		return v
	}
	above, below, nested := strings.Cut(name, ".")
	if !nested {
		return nil
	}
	return property(object(of[above]), below)
}
