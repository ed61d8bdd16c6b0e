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
				listed := slices.ContainsFunc(s.Lists, func(l rules.List) bool { return l.Name == m[1] })
				whole := wholePlaceholder.MatchString(v.Text) && !has(it, "contains", "startswith", "endswith") && !slices.Contains(environment, strings.ToLower(m[1]))
				if v.Kind == rules.StringValue && (listed || whole) {
					s.report(v.Range, "write `"+it.Field+"|expand` if you mean the list "+m[1], "%%%s%% is searched for literally: only `expand` replaces it with the values of a list", m[1])
				}
			}
		}
	})
}

// networkAsText reports a list of networks whose values are compared as texts.
func networkAsText(s *subject) {
	networks := map[string]string{} // list -> a network in it
	for _, l := range s.Lists {
		for _, v := range l.Values {
			if _, err := netip.ParsePrefix(v); err == nil {
				networks[l.Name] = v
				break
			}
		}
	}
	s.EachItem(func(it rules.Item) {
		if len(networks) == 0 || !has(it, "expand") || has(it, "cidr") {
			return
		}
		for _, v := range it.Values {
			m := wholePlaceholder.FindStringSubmatch(v.Text)
			if m != nil && networks[m[1]] != "" {
				s.report(v.Range, "write `"+it.Field+"|cidr|expand`", "the list has networks such as %s, and the field is compared with their text", networks[m[1]])
			}
		}
	})
}
