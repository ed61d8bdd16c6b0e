package oracle

import (
	"fmt"
	"time"
)

// joined evaluates a name of `joins`: as many matches of the other rule as it asks for are near in time, and have the
// same values.
func (v view) joined(spec map[string]any) (bool, error) {
	before, after, err := reach(spec)
	if err != nil {
		return false, err
	}
	other := v.log.Rules[fmt.Sprint(spec["rule"])]
	if other == nil {
		return false, fmt.Errorf("there is no rule %v", spec["rule"])
	}
	mine, theirs := pairs(spec["same"])
	asked, _ := spec["count"].(map[string]any)
	if asked == nil {
		asked = map[string]any{"gte": 1}
	}
	now, dated := v.log.time(v.place)
	if !dated {
		return false, nil
	}
	count, different := 0, map[string]bool{}
	for at := range v.log.Events {
		when, dated := v.log.time(at)
		if !dated || when.Before(now.Add(-before)) || when.After(now.Add(after)) {
			continue
		}
		o, same, err := v.matchWithSame(mine, other, at, theirs)
		if err != nil {
			return false, err
		}
		if !same {
			continue
		}
		count++
		if asked["distinct"] == nil {
			continue
		}
		value, has, err := o.first(fmt.Sprint(asked["distinct"]))
		if err != nil {
			return false, err
		}
		if has {
			different[value] = true
		}
	}
	if asked["distinct"] != nil {
		count = len(different)
	}
	return bounded(asked, float64(count))
}

// reach is how long before and after an event another may be.
func reach(spec map[string]any) (before, after time.Duration, err error) {
	around, err := duration(spec["within"])
	if err != nil || around > 0 { // within stands alone
		return around, around, err
	}
	if before, err = duration(spec["before"]); err != nil {
		return 0, 0, err
	}
	after, err = duration(spec["after"])
	return before, after, err
}

// pairs are the fields that must be equal: a list of those that both events have, or own field -> the other's.
func pairs(same any) (mine, theirs []string) {
	pairs, ok := same.(map[string]any)
	if !ok {
		return names(same), names(same)
	}
	for own, its := range pairs {
		mine, theirs = append(mine, own), append(theirs, fmt.Sprint(its))
	}
	return mine, theirs
}

// matchWithSame gives an event as another rule sees it; ok says that the rule matches it, and that its fields have the
// values of this one's.
func (v view) matchWithSame(mine []string, other *Rule, at int, theirs []string) (o view, ok bool, err error) {
	if ok, err = v.log.matches(other, at); err != nil || !ok {
		return o, false, err
	}
	o, _ = v.log.view(other, at)
	ok, err = v.same(mine, o, theirs)
	return o, ok, err
}

// same tells whether fields of two events are all there and have the same values.
func (v view) same(mine []string, other view, theirs []string) (bool, error) {
	for i := range mine {
		own, has, err := v.first(mine[i])
		if err != nil || !has {
			return false, err
		}
		its, has, err := other.first(theirs[i])
		if err != nil || !has || own != its {
			return false, err
		}
	}
	return true, nil
}

// firstSeen evaluates a name of `first_seen`: no event of the log source, or of a name, came in the time before with
// the same values.
func (v view) firstSeen(spec map[string]any) (bool, error) {
	over, err := duration(spec["over"])
	if err != nil {
		return false, err
	}
	fields := names(spec["fields"])
	now, dated := v.log.time(v.place)
	if !dated {
		return false, nil
	}
	if there, err := v.same(fields, v, fields); err != nil || !there {
		return false, err
	}
	for at := range v.log.Events {
		when, dated := v.log.time(at)
		if !dated || !when.Before(now) || when.Before(now.Add(-over)) {
			continue
		}
		o, counted, err := v.counted(at, spec["among"])
		if err != nil {
			return false, err
		}
		if !counted {
			continue
		}
		if same, err := v.same(fields, o, fields); err != nil || same {
			return false, err
		}
	}
	return true, nil
}

// counted gives another event of the rule's log source; ok says that it satisfies a name of the rule, if there is one.
func (v view) counted(at int, among any) (o view, ok bool, err error) {
	if o, ok = v.log.view(v.rule, at); !ok || among == nil {
		return o, ok, nil
	}
	ok, err = o.named(fmt.Sprint(among))
	return o, ok, err
}
