package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// rare evaluates a name of `prevalence`.
func (v view) rare(spec map[string]any) (bool, error) {
	own, has, err := v.asked(spec)
	if err != nil || !has {
		return false, err
	}
	local, _ := spec["local"].(map[string]any)
	seen, err := v.population(spec, local)
	if err != nil {
		return false, err
	}
	if seen[own] == nil {
		return false, nil // no counted event has it
	}
	if local != nil {
		if holds, err := bounded(local, float64(len(seen[own]))); err != nil || !holds {
			return false, err
		}
		if keep, ok := local["rarest"].(int); ok {
			values := []string{}
			for value := range seen {
				values = append(values, value)
			}
			slices.SortFunc(values, func(a, b string) int {
				return cmp.Or(cmp.Compare(len(seen[a]), len(seen[b])), cmp.Compare(a, b))
			})
			if slices.Index(values, own) >= keep {
				return false, nil
			}
		}
	}
	return v.reputed(spec, own)
}

// asked gives the value whose prevalence is asked, in lower case; ok is false if there is none.
func (v view) asked(spec map[string]any) (value string, ok bool, err error) {
	name := fmt.Sprint(spec["field"])
	switch spec["of"] {
	case nil:
	case "parent":
		name = "Parent" + name
	default:
		return "", false, fmt.Errorf("the oracle does not know of: %v", spec["of"])
	}
	values, present, err := v.field(name)
	if err != nil || !present || len(values) == 0 || values[0] == "" {
		return "", false, err
	}
	return strings.ToLower(values[0]), true, nil
}

// population gives the values that counted events have, and who saw each.
func (v view) population(spec, local map[string]any) (map[string]map[string]bool, error) {
	over, err := duration(local["over"])
	if err != nil {
		return nil, err
	}
	seen := map[string]map[string]bool{}
	for at := range v.log.Events {
		if when, dated := v.log.time(at); !v.log.Now.IsZero() && (!dated || !v.log.within(when, max(over, v.rule.lookback))) {
			continue
		}
		o, counted, err := v.counted(at, spec["among"])
		if err != nil {
			return nil, err
		}
		if !counted {
			continue
		}
		value, has, err := o.asked(spec)
		if err != nil {
			return nil, err
		}
		if !has {
			continue
		}
		if seen[value] == nil {
			seen[value] = map[string]bool{}
		}
		if local == nil {
			continue
		}
		who, has, err := o.first(fmt.Sprint(local["distinct"]))
		if err != nil {
			return nil, err
		}
		if has {
			seen[value][who] = true
		}
	}
	return seen, nil
}

// reputed evaluates what is asked of a value's reputation. The columns are those of the table that rules/README.md
// describes.
func (v view) reputed(spec map[string]any, value string) (bool, error) {
	row := map[string]string{}
	for _, r := range v.log.Reputation {
		if strings.EqualFold(r[fmt.Sprint(spec["field"])], value) {
			row = r
		}
	}
	global, _ := spec["global"].(map[string]any)
	texts := map[string]string{"signature": "SignatureState", "signer": "Signer", "threat": "ThreatName"}
	asks := global != nil
	for key := range texts {
		asks = asks || spec[key] != nil
	}
	if asks && row["ProfileAvailability"] == "Error" {
		return spec["unavailable"] == "include", nil
	}
	if global != nil {
		figure, err := strconv.ParseFloat(row["GlobalPrevalence"], 64)
		if err != nil {
			if figure, err = strconv.ParseFloat(fmt.Sprint(global["default"]), 64); err != nil {
				return false, err
			}
		}
		if holds, err := bounded(global, figure); err != nil || !holds {
			return false, err
		}
	}
	for key, column := range texts {
		if spec[key] == nil {
			continue
		}
		wanted, without := spec[key], false
		if other, ok := wanted.(map[string]any); ok {
			wanted, without = other["neq"], true
		}
		is := slices.ContainsFunc(names(wanted), func(w string) bool { return strings.EqualFold(w, row[column]) })
		if is == without {
			return false, nil
		}
	}
	return true, nil
}
