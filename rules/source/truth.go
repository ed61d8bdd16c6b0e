package source

import "strings"

// truths are the words for true and false of YAML 1.1, which the reference implementation's reader knows.
var truths = map[string]bool{"true": true, "yes": true, "on": true, "false": false, "no": false, "off": false}

// Truth reads true or false in any of YAML's words.
func Truth(text string) (value, ok bool) {
	value, ok = truths[strings.ToLower(strings.TrimSpace(text))]
	return value, ok
}
