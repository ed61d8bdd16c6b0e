package deployed

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

func keysOf(of map[string]int) []string { return slices.Sorted(maps.Keys(of)) }

// file reads a file of JSON, of lines of JSON, or of YAML. A file that was named alone must have a rule.
func (x *reading) file(f File, alone bool) error {
	data := bytes.TrimSpace(bytes.TrimPrefix(f.Data, []byte("\xef\xbb\xbf")))
	found, strange := false, 0
	each := func(v any) error {
		ok, err := x.document(v)
		if found = found || ok; !ok && v != nil { // YAML may have an empty document
			strange++
		}
		return err
	}
	err := eachValue(f.Path, data, each)
	switch {
	case err != nil:
		return err
	case !found && alone && x.sigma:
		return errors.New("this is a rule in Sigma's format, and nothing to import: copy it into a folder of rules")
	case !found && alone:
		return errors.New("this is not an export that decree reads: rules of Sentinel (ARM, REST, YAML), Defender (Graph), Kibana (NDJSON) or Splunk (savedsearches.conf)")
	case !found:
		x.passed = append(x.passed, f.Path)
	case strange > 0:
		x.others[noRule] += strange
	}
	return nil
}

// eachValue reads the values of a file of JSON, of lines of JSON, or of YAML.
func eachValue(file string, data []byte, each func(any) error) error {
	switch {
	case len(data) == 0:
		return nil
	case data[0] == '{' || data[0] == '[':
		return eachJSON(data, each)
	case slices.Contains([]string{".json", ".ndjson"}, strings.ToLower(path.Ext(file))):
		return errors.New("this is not JSON")
	case len(data) > mostYAML:
		return fmt.Errorf("a rule in YAML has at most %d KiB", mostYAML>>10)
	}
	return eachYAML(data, each)
}

// noRule is what a value of an export is that is neither a rule nor anything else that the product writes into it.
const noRule = "a value that is no rule"

// eachJSON reads one value, or one each line.
func eachJSON(data []byte, each func(any) error) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	for n := 1; ; n++ {
		var v any
		switch err := dec.Decode(&v); {
		case err == io.EOF:
			return nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return fmt.Errorf("the file ends inside JSON value %d: export it again", n)
		case err != nil:
			return fmt.Errorf("JSON value %d of the file: %w", n, err)
		}
		if err := each(v); err != nil {
			return err
		}
	}
}

func eachYAML(data []byte, each func(any) error) error {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var v any
		switch err := dec.Decode(&v); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if err := each(plain(v)); err != nil {
			return err
		}
	}
}

// plain is a value of YAML in the types of JSON.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, one := range v {
			out[key] = plain(one)
		}
		return out
	case map[any]any:
		out := map[string]any{}
		for key, one := range v {
			out[fmt.Sprint(key)] = plain(one)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = plain(one)
		}
		return out
	case int:
		return json.Number(strconv.Itoa(v))
	case float64:
		return json.Number(strconv.FormatFloat(v, 'g', -1, 64))
	case time.Time:
		return v.Format(time.DateOnly)
	case bool, string, nil:
		return v
	}
	return fmt.Sprint(v)
}

// document reads a value of an export: a rule, or what holds rules. It tells whether there was any.
func (x *reading) document(v any) (bool, error) {
	if all, ok := v.([]any); ok {
		return x.documents(all)
	}
	switch of := object(v); {
	case has(of, "resources") && (has(of, "$schema") || has(of, "contentVersion")): // an ARM template
		return x.template(of)
	case has(of, "value") && !has(of, "properties"): // an answer of Microsoft's APIs
		x.pages.microsoft(of)
		if isEmptyList(of["value"]) { // of Sentinel or of Defender: nothing is deployed
			x.empty = true
			return true, nil
		}
		return x.documents(list(of["value"]))
	case has(of, "data", "total"): // Kibana's _find
		x.pages.kibana(of)
		if isEmptyList(of["data"]) {
			x.out.Product = cmp.Or(x.out.Product, Kibana)
			return true, nil
		}
		return x.documents(list(of["data"]))
	default:
		return x.single(of)
	}
}

// single reads what holds no others: a rule, or what a product writes beside its rules. It tells whether it was one.
func (x *reading) single(of map[string]any) (bool, error) {
	kind := text(of["type"])
	switch {
	case has(of, "exported_count"):
		x.summary(of)
		return true, nil
	case has(of, "rule_id"):
		return true, x.add(Kibana, of)
	case has(of, "list_id"):
		x.other("an exception list or an item of one")
		return true, nil
	case kind == "action" && has(of, "attributes"), has(of, "exported_exception_list_count"): // a connector of Kibana's, the end of its lists
		return true, nil
	case has(of, "queryCondition"):
		return true, x.add(Defender, of)
	case has(of, "properties") && (has(of, "kind") || strings.HasSuffix(strings.ToLower(kind), "alertrules")):
		return true, x.add(Sentinel, fromAPI(of))
	case has(of, "query", "id", "name") && (has(of, "kind") || has(of, "queryFrequency") || has(of, "triggerOperator")):
		return true, x.add(Sentinel, fromRepository(of))
	case has(of, "detection", "logsource"):
		x.sigma = true
	}
	return false, nil
}

// has tells whether an object has all of these keys.
func has(of map[string]any, keys ...string) bool {
	for _, key := range keys {
		if _, ok := of[key]; !ok {
			return false
		}
	}
	return true
}

func isEmptyList(v any) bool {
	all, ok := v.([]any)
	return ok && len(all) == 0
}

func (x *reading) documents(all []any) (found bool, err error) {
	strange := 0
	for _, one := range all {
		ok := false
		if object(one) != nil {
			ok, err = x.document(one)
		}
		if found = found || ok; err != nil {
			return found, err
		}
		if !ok {
			strange++
		}
	}
	if found && strange > 0 { // else the list as a whole is no rule
		x.others[noRule] += strange
	}
	return found, nil
}

// template reads the resources of an ARM template.
func (x *reading) template(of map[string]any) (found bool, err error) {
	if isEmptyList(of["resources"]) {
		x.out.Product = cmp.Or(x.out.Product, Sentinel)
		return true, nil
	}
	for _, one := range list(of["resources"]) {
		r := object(one)
		kind := text(r["type"])
		if part, ok := watchlist(r); ok {
			x.out.Parts = append(x.out.Parts, part)
			continue
		}
		if !strings.HasSuffix(strings.ToLower(kind), "/alertrules") {
			x.other("a resource of the type " + kind[strings.LastIndexByte(kind, '/')+1:])
			continue
		}
		found = true
		if err := x.add(Sentinel, fromTemplate(r)); err != nil {
			return found, err
		}
	}
	return found, nil
}

// summary reads the last line of a Kibana export, which counts the rules before it and names those that are missing.
func (x *reading) summary(of map[string]any) {
	x.out.Product = Kibana
	x.pages.summary(of)
	missing := list(of["missing_rules"])
	n, err := strconv.Atoi(text(of["missing_rules_count"]))
	if err != nil {
		n = len(missing)
	}
	if n == 0 {
		return
	}
	x.out.Incomplete = true
	var ids []string
	for _, one := range missing {
		ids = append(ids, text(object(one)["rule_id"]))
	}
	named := ""
	if len(ids) > 0 {
		named = " (" + few(ids) + ")"
	}
	x.remark("the export says that rules are missing from it: %d%s. Nothing is said about them: export all rules again, or "+
		"the custom rules alone if these are Elastic's own", n, named)
}
