package oracle

import (
	"cmp"
	"decree/rules/anycase"
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
		if err := o.addTo(seen, spec, local); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// addTo adds the value that an event has, and who saw it.
func (v view) addTo(seen map[string]map[string]bool, spec, local map[string]any) error {
	value, has, err := v.asked(spec)
	if err != nil || !has {
		return err
	}
	if seen[value] == nil {
		seen[value] = map[string]bool{}
	}
	if local == nil {
		return nil
	}
	who, has, err := v.first(fmt.Sprint(local["distinct"]))
	if has && err == nil {
		seen[value][who] = true
	}
	return err
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
		if holds, err := globally(global, row["GlobalPrevalence"]); err != nil || !holds {
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
		if anycase.Contains(names(wanted), row[column]) == without {
			return false, nil
		}
	}
	return true, nil
}

// globally tells whether a vendor's figure, or the default where it has none, is within the bounds.
func globally(bounds map[string]any, written string) (bool, error) {
	figure, err := strconv.ParseFloat(written, 64)
	if err != nil {
		if figure, err = strconv.ParseFloat(fmt.Sprint(bounds["default"]), 64); err != nil {
			return false, err
		}
	}
	return bounded(bounds, figure)
}
