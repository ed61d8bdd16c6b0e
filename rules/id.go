package rules

import (
	"regexp"
	"strings"

	"github.com/google/uuid"
)

var looseUUID = regexp.MustCompile(`^(?:urn:uuid:)?\{?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})\}?$`)

// CanonicalID gives a UUID in its usual form. Other texts are returned unchanged.
func CanonicalID(text string) string {
	if IsUUID(text) {
		return text
	}
	if m := looseUUID.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text))); m != nil {
		return strings.Join(m[1:], "-")
	}
	return text
}

// IsUUID tells whether a text is a UUID in its usual form.
func IsUUID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }
