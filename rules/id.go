package rules

import (
	"regexp"
	"strings"
)

var (
	uuid      = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	looseUUID = regexp.MustCompile(`^(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$`)
)

// CanonicalID gives a UUID in its usual form. Other texts are returned unchanged.
func CanonicalID(text string) string {
	if m := looseUUID.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text))); m != nil && !uuid.MatchString(text) {
		return strings.Join(m[1:], "-")
	}
	return text
}

// IsUUID tells whether a text is a UUID in its usual form.
func IsUUID(text string) bool { return uuid.MatchString(text) }
