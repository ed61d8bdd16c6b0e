package splunk

import (
	"fmt"
	"strings"

	"decree/compilers/packages"
	"decree/rules"
	"decree/rules/diag"
)

// searchNames gives each search its name, which is that of its stanza: the title, if it can be one.
func searchNames(inputs []packages.Input) (map[*rules.Rule]string, diag.Diagnostics) {
	titles, found := packages.Titles(inputs, longestName)
	taken := map[string]bool{}
	for _, in := range inputs {
		name := titles[in.Rule]
		if name != "" {
			name = packages.Cut(stanzaName(name), longestName)
		}
		for n, plain := 2, name; taken[strings.ToLower(name)]; n++ {
			name = fmt.Sprintf("%s %d", packages.Cut(plain, longestName-4), n)
		}
		if name != "" {
			taken[strings.ToLower(name)] = true
		}
		if name != titles[in.Rule] {
			found = append(found, packages.Told("package-title", in.Rule.Key("title", -1), "choose another title", "a search cannot have the name %q: it is named %q", titles[in.Rule], name))
		}
		titles[in.Rule] = name
	}
	return titles, found
}
