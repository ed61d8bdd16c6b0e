package schema

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// The ways products write numbers of the registry.
const (
	decimal     = "decimal"
	hexadecimal = "hexadecimal"
)

var (
	registryNumber = regexp.MustCompile(`(?i)^(?:DWORD \(0x([0-9a-f]{8})\)|QWORD \(0x([0-9a-f]{8})-0x([0-9a-f]{8})\))$`)
	registryWords  = map[string]*regexp.Regexp{
		decimal:     regexp.MustCompile(`(?i)\b[DQ]WORD\b|^\(?0x[0-9a-f]*\)?$|Binary Data`),
		hexadecimal: regexp.MustCompile(`(?i)\b[DQ]WORD\b|\(0x|0x[0-9a-f-]*\)`),
	}
	registryHeld = map[string]string{
		decimal:     "numbers in decimal, and binary data in another column",
		hexadecimal: "only the number, without type and parentheses",
	}
)

// registryData translates a value from Sysmon's form ("DWORD (0x0000001f)", "(Empty)") to that of another product: ECS
// has "31" and "", Splunk's add-on for Sysmon has "0x0000001f". whole tells whether the result is the whole value of
// the column.
// https://www.elastic.co/docs/reference/ecs/ecs-registry
// https://splunkbase.splunk.com/app/5709, transforms.conf
func registryData(v, numbers string) (own string, whole bool, err error) {
	parts := registryNumber.FindStringSubmatch(v)
	switch {
	case parts != nil && numbers == hexadecimal:
		_, number, _ := strings.Cut(strings.TrimSuffix(v, ")"), "(")
		return number, true, nil
	case parts != nil:
		n, err := strconv.ParseUint(parts[1]+parts[2]+parts[3], 16, 64)
		return strconv.FormatUint(n, 10), true, err
	case strings.EqualFold(v, "(Empty)") && numbers == decimal:
		return "", true, nil
	case registryWords[numbers].MatchString(v):
		return "", false, fmt.Errorf("%q is registry data in Sysmon's form, but the product stores %s", v, registryHeld[numbers])
	}
	return v, false, nil
}
