package packages

import (
	"strings"

	"decree/rules"
	"decree/rules/attack"
	"decree/rules/diag"
)

// Attack is what a rule's tags say of ATT&CK. A finding names each technique or tactic that is not known, and left out.
func Attack(r *rules.Rule) (attack.Mapping, diag.Diagnostics) {
	var found diag.Diagnostics
	m := attack.Of(r.Tags)
	for _, i := range m.Unknown {
		message, hint, newer := attack.LeftOut(r.Tags[i])
		if newer {
			found = append(found, Told("package-technique", r.Key("tags", i), hint, "%s", message))
		} else {
			found.Warnf("package-technique", r.Key("tags", i), hint, "%s", message)
		}
	}
	return m, found
}

// TacticWord is a tactic's name as Microsoft's products write it, without spaces: CommandAndControl.
func TacticWord(t attack.Tactic) string {
	return strings.ReplaceAll(strings.ReplaceAll(t.Name, " and ", " And "), " ", "")
}
