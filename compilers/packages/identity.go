package packages

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"

	"github.com/google/uuid"

	"decree/rules"
	"decree/rules/diag"
)

// namespace is that of all ids of packages. It must never change.
var namespace = uuid.MustParse("6f1d6a0e-3f0b-4c62-9d55-6c1f7f0f5a10")

// IDs gives the rules of one package their ids in the product. Nothing else gives an id, so that no format can give one
// twice.
type IDs struct {
	target string
	taken  map[string]*rules.Rule // id -> the rule that has it
}

// NewIDs gives ids for the package of a target. The target's name is part of every id.
func NewIDs(target string) IDs { return IDs{target, map[string]*rules.Rule{}} }

// Of is the id of a rule in the product: a UUID of version 5 of the target's name and the rule's id. It stays the same
// in every build, and is another for another target. A rule without an id is known by its name, or else its title: a
// finding says so. An error is that another rule of the package has the id: in the product one would replace the other.
func (ids IDs) Of(r *rules.Rule) (string, diag.Diagnostics) {
	var found diag.Diagnostics
	key := Key(r)
	if r.ID == "" {
		found.Warnf("package-id", r.Range, "add `id:` with a UUID, for example from `uuidgen`",
			"the rule has no id: in the product it is known by %q, and becomes another rule if that changes", key)
	}
	id := uuid.NewSHA1(namespace, []byte(ids.target+"\n"+key)).String()
	return id, append(found, ids.take(id, r)...)
}

// Key is what a rule is known by in all packages: its id, or without one its name, or else its title.
func Key(r *rules.Rule) string { return cmp.Or(r.ID, r.Name, r.Title) }

// OfInput is the id of a rule in the product: the one that it has there already, if its query says so, or else that of
// Of.
func (ids IDs) OfInput(in Input) (string, diag.Diagnostics) {
	if q := in.Query.Written; q != nil && q.ID != "" {
		return q.ID, ids.take(q.ID, in.Rule)
	}
	return ids.Of(in.Rule)
}

// SameID is the code of the error of two rules of a package that have one id.
const SameID = "package-same-id"

// take gives an id to a rule. An error is that another rule has it.
func (ids IDs) take(id string, r *rules.Rule) diag.Diagnostics {
	var found diag.Diagnostics
	if first := ids.taken[id]; first != nil {
		found.Errorf(SameID, r.Range, "give each rule an `id:` of its own", "in the product this rule would replace %q (%s), which has the same id", first.Title, first.Range)
		return found
	}
	ids.taken[id] = r
	return nil
}

// Version is a version of a rule. It rises when the rule changes, as far as its metadata say so.
type Version struct{ Major, Minor, Patch int }

// String writes it as products read it: 2.0.0.
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Patch) }

// Number writes it as one whole number of 1 or more, which rises with it.
func (v Version) Number() int {
	if v.Major == 0 && v.Minor >= 1000 { // a date: below every version of a changelog
		return v.Minor*monthsAndDays + v.Patch/100*daysOfMonth + v.Patch%100
	}
	return max(1, (v.Major*1000+v.Minor)*1000+v.Patch)
}

const (
	daysOfMonth   = 32
	monthsAndDays = 13 * daysOfMonth
)

var versionForm = regexp.MustCompile(`^v?(\d{1,3})(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?$`)

// VersionOf gives the version of a rule: that of the newest entry of its changelog, or else the date when it was
// modified or written. A date is a version below 1.0.0, so that a changelog may begin later. A rule with neither is
// 0.0.1 for ever, and a finding says so.
func VersionOf(r *rules.Rule) (Version, diag.Diagnostics) {
	var found diag.Diagnostics
	if len(r.Changelog) > 0 {
		m := versionForm.FindStringSubmatch(r.Changelog[0].Version)
		if m != nil {
			return Version{number(m[1]), number(m[2]), number(m[3])}, nil
		}
		found.Warnf("package-version", r.Key("changelog", 0), "write it as 1.2 or 1.2.3", "%q is not a version: the rule's date is used", r.Changelog[0].Version)
	}
	for _, date := range []string{r.Modified, r.Date} {
		if v, ok := DateVersion(date); ok {
			return v, found
		}
	}
	found.Warnf("package-version", r.Range, "add `changelog:` or `modified:`", "the rule has no version and no date: its version in the product never rises")
	return Version{0, 0, 1}, found
}

// DateVersion is a date as a version: 0.2026.301.
func DateVersion(date string) (Version, bool) {
	day, ok := rules.ReadDate(date)
	if !ok {
		return Version{}, false
	}
	return Version{0, day.Year(), int(day.Month())*100 + day.Day()}, true
}

func number(digits string) int {
	n, err := strconv.Atoi(cmp.Or(digits, "0"))
	if err != nil {
		panic(err) // versionForm has three digits
	}
	return n
}
