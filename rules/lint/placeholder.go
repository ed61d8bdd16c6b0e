package lint

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"decree/rules"
)

// wholePlaceholder is a value that is one placeholder and nothing else.
var wholePlaceholder = regexp.MustCompile(`^%([A-Za-z0-9_.-]+)%$`)

// environment lists Windows environment variables, in lower case. In a value, `%temp%` usually means the variable and
// not a list.
// https://learn.microsoft.com/en-us/windows/deployment/usmt/usmt-recognized-environment-variables
var environment = []string{"allusersprofile", "appdata", "cd", "commonprogramfiles", "commonprogramw6432", "computername", "comspec", "csidl_system", "date",
	"driverdata", "errorlevel", "homedrive", "homepath", "homeshare", "localappdata", "logonserver", "number_of_processors", "onedrive", "os", "path", "pathext",
	"processor_architecture", "processor_identifier", "processor_level", "processor_revision", "profilesfolder", "programdata", "programfiles", "programw6432",
	"prompt", "psmodulepath", "public", "random", "sessionname", "systemdrive", "systemroot", "temp", "time", "tmp", "userdnsdomain", "userdomain", "username",
	"userprofile", "winbootdir", "windir"}

// placeholderWithoutExpand reports a value that looks like a reference to a list but lacks `expand`.
func placeholderWithoutExpand(s *subject) {
	s.EachItem(func(it rules.Item) {
		if has(it, "expand", "re", "fieldref") {
			return
		}
		for _, v := range it.Values {
			for _, m := range rules.Placeholder.FindAllStringSubmatch(v.Text, -1) {
				listed := slices.Contains(s.Elsewhere, m[1]) || slices.ContainsFunc(s.Lists, func(l rules.List) bool { return l.Name == m[1] })
				whole := wholePlaceholder.MatchString(v.Text) && !has(it, "contains") && !slices.Contains(environment, strings.ToLower(m[1]))
				if v.Kind == rules.StringValue && (listed || whole) {
					s.report(v.Range, "write `"+asWritten(it)+"|expand` if you mean the list "+m[1], "%%%s%% is searched for literally: only `expand` replaces it with the values of a list", m[1])
				}
			}
		}
	})
}

// asWritten gives an item's field with its modifiers.
func asWritten(it rules.Item) string {
	key := it.Field
	for _, m := range it.Modifiers {
		key += "|" + m.Name
	}
	return key
}

// eachListed calls a function with each item that reads a list, as placeholder names it, and a value of the list that
// it accepts: the first.
func eachListed(placeholder *regexp.Regexp, accepts func(it rules.Item, value string) bool, report func(s *subject, it rules.Item, at rules.Value, value string)) func(*subject) {
	return eachItem(func(s *subject, it rules.Item) {
		if !has(it, "expand") {
			return
		}
		for _, v := range it.Values {
			for _, m := range placeholder.FindAllStringSubmatch(v.Text, -1) {
				i := slices.IndexFunc(s.Lists, func(l rules.List) bool { return l.Name == m[1] })
				if i < 0 {
					continue
				}
				values := s.Lists[i].Values
				if at := slices.IndexFunc(values, func(value string) bool { return accepts(it, value) }); at >= 0 {
					report(s, it, v, values[at])
				}
			}
		}
	})
}

// isNetwork tells whether a value of a list is a network, and compared as a text.
func isNetwork(it rules.Item, value string) bool {
	_, err := netip.ParsePrefix(value)
	return err == nil && !has(it, "cidr")
}

// looksWild tells whether a value of a list has an asterisk where values have wildcards.
func looksWild(it rules.Item, value string) bool {
	return len(value) > 1 && !has(it, "re") && (strings.HasPrefix(value, "*") || strings.HasSuffix(value, "*") && !has(it, "contains"))
}

// looksSeveral tells whether a value of a list looks like several, with commas between them.
func looksSeveral(it rules.Item, value string) bool {
	return !has(it, "re") && commas.MatchString(value)
}

// isNoFilename tells whether a value of a list is compared with the name of a file, and has what no name of a file has.
func isNoFilename(it rules.Item, value string) bool {
	return has(it, "filename") && !has(it, "re") && strings.ContainsAny(value, `\/"`)
}
