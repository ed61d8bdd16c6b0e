package fieldmap

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"decree/rules/schema"
)

// holds says how the product holds a value otherwise than Sigma does, and where else it has it. Rules need not care:
// the engine and the compilers translate.
func holds(c schema.Column) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	sayIf := func(so bool, format string, args ...any) {
		if so {
			say(format, args...)
		}
	}
	sayIf(c.Holds != "", "only the file name")
	sayIf(c.Filename != "", "its file name alone: %s", c.Filename)
	out = append(out, partOf(c)...)
	sayIf(c.OrElse != "", "where it is empty: %s", c.OrElse)
	sayIf(c.InXML != "", "where it is empty: %s, as %s", c.InXML, c.Name)
	sayIf(c.Instead.Column != "", "where %s is %s: %s", c.Instead.When, strings.Join(c.Instead.Is, " or "), c.Instead.Column)
	sayIf(len(c.Also) > 0, "in exports also %s", strings.Join(c.Also, ", "))
	sayIf(len(c.Spread) > 0, "spread over the fields %s", strings.Join(c.Spread, ", "))
	sayIf(c.Under != "", "the last part of the path; what is before it: the field %s", c.Under)
	sayIf(c.Domain == "-", "the user's name without the domain, which is not held")
	sayIf(c.Domain != "" && c.Domain != "-", "the user's name; the domain: the field %s", c.Domain)
	sayIf(c.Prefix != "", "with %s before it", c.Prefix)
	sayIf(c.Numbers != "", "numbers of the registry in %s", c.Numbers)
	sayIf(c.Unnamed, "a registry key's unnamed value has no name")
	sayIf(c.Multivalue, "may have several values")
	for _, own := range slices.Sorted(maps.Keys(c.Values)) {
		say("%s is %s", own, strings.Join(c.Values[own], " or "))
	}
	for _, own := range slices.Sorted(maps.Keys(c.Written)) {
		say("%s is written %s", own, c.Written[own])
	}
	for _, own := range slices.Sorted(maps.Keys(c.AlsoWritten)) {
		say("%s is also written %s", own, c.AlsoWritten[own])
	}
	sayIf(len(c.Never) > 0, "never begins with %s", strings.Join(c.Never, ", "))
	sayIf(c.Requires != "", "needs this: %s", c.Requires)
	return out
}

// partOf says which part of the column the value is, or which texts it is made of.
func partOf(c schema.Column) []string {
	switch {
	case c.Type == schema.Arguments:
		return []string{"its texts, with spaces between them"}
	case c.Key == "":
		return nil
	case c.Type == schema.Pattern:
		return []string{"found in it by " + c.Key}
	case c.Type == schema.Directory:
		return []string{"the directory; the file's name: " + c.Key}
	}
	return []string{"in it as " + c.Key}
}
