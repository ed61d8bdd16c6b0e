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
	if c.Holds != "" {
		say("only the file name")
	}
	if c.Filename != "" {
		say("its file name alone: %s", c.Filename)
	}
	switch {
	case c.Type == schema.Arguments:
		say("its texts, with spaces between them")
	case c.Key == "":
	case c.Type == schema.Pattern:
		say("found in it by %s", c.Key)
	case c.Type == schema.Directory:
		say("the directory; the file's name: %s", c.Key)
	default:
		say("in it as %s", c.Key)
	}
	if c.OrElse != "" {
		say("where it is empty: %s", c.OrElse)
	}
	if c.InXML != "" {
		say("where it is empty: %s, as %s", c.InXML, c.Name)
	}
	if i := c.Instead; i.Column != "" {
		say("where %s is %s: %s", i.When, strings.Join(i.Is, " or "), i.Column)
	}
	if len(c.Also) > 0 {
		say("in exports also %s", strings.Join(c.Also, ", "))
	}
	if len(c.Spread) > 0 {
		say("spread over the fields %s", strings.Join(c.Spread, ", "))
	}
	if c.Under != "" {
		say("the last part of the path; what is before it: the field %s", c.Under)
	}
	switch c.Domain {
	case "":
	case "-":
		say("the user's name without the domain, which is not held")
	default:
		say("the user's name; the domain: the field %s", c.Domain)
	}
	if c.Prefix != "" {
		say("with %s before it", c.Prefix)
	}
	if c.Numbers != "" {
		say("numbers of the registry in %s", c.Numbers)
	}
	if c.Unnamed {
		say("a registry key's unnamed value has no name")
	}
	if c.Multivalue {
		say("may have several values")
	}
	for _, own := range slices.Sorted(maps.Keys(c.Values)) {
		say("%s is %s", own, strings.Join(c.Values[own], " or "))
	}
	for _, words := range []struct {
		form  string
		pairs map[string]string
	}{{"%s is written %s", c.Written}, {"%s is also written %s", c.AlsoWritten}} {
		for _, own := range slices.Sorted(maps.Keys(words.pairs)) {
			say(words.form, own, words.pairs[own])
		}
	}
	if len(c.Never) > 0 {
		say("never begins with %s", strings.Join(c.Never, ", "))
	}
	if c.Requires != "" {
		say("needs this: %s", c.Requires)
	}
	return out
}
