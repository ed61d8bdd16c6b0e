package attack

import (
	"regexp"
	"strings"
)

var (
	techniqueForm = regexp.MustCompile(`^t\d{4}(\.\d{3})?$`)
	tacticForm    = regexp.MustCompile(`^[a-z]+([-_][a-z]+)*$`)
)

// Named gives the tactics and the techniques that tags name, known or not, as they name them: privilege-escalation,
// T1059.001.
func Named(tags []string) (tactics, techniques []string) {
	for _, tag := range tags {
		name, ok := strings.CutPrefix(strings.ToLower(tag), "attack.")
		switch {
		case ok && techniqueForm.MatchString(name):
			techniques = append(techniques, strings.ToUpper(name))
		case ok && tacticForm.MatchString(name):
			tactics = append(tactics, strings.ReplaceAll(name, "_", "-"))
		}
	}
	return tactics, techniques
}
