package compilers

import "decree/rules"

// FlagTexts are the texts of tables that say that something is true, or that it is not.
func FlagTexts(is bool) *rules.Membership {
	if is {
		return &rules.Membership{Values: []string{"true", "1"}}
	}
	return &rules.Membership{Values: []string{"false", "0"}}
}
