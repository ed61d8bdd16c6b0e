package eql

import (
	"encoding/json"
	"fmt"
	"strings"

	"decree/compilers"
	"decree/rules"
	"decree/rules/ir"
	"decree/rules/schema"
)

// prevalence writes what can be said of a value's rarity on the event alone: that the value
// is there and what the reputation put on the event says.
func (w *writer) prevalence(n *ir.Prevalence) compilers.Pred {
	entity := w.plan.Source.Entities[n.Spec.Field]
	f := fieldName(entity.Name)
	all := compilers.All{compilers.Atom(f + " != null"), compilers.None{Term: compilers.Atom(f + ` == ""`)}}
	tests := w.reputationTests(n)
	if len(tests) == 0 {
		return all
	}
	if w.reputation == "" {
		w.reputation = entity.Name
	} else if w.reputation != entity.Name {
		w.found.Errorf("one-reputation", n.Range(), "split the rule", "eql: an event carries the reputation of one value only: %s or %s", w.reputation, entity.Name)
	}
	rep := w.plan.Source.Reputation
	if rep.Availability != "" {
		failed := compilers.Atom(fieldName(rep.Prefix+rep.Availability) + " : " + quote(rep.Failed))
		if n.Spec.Unavailable == "include" {
			return append(all, compilers.Any{failed, tests})
		}
		all = append(all, compilers.None{Term: failed})
	}
	return append(all, tests...)
}

func (w *writer) reputationTests(n *ir.Prevalence) compilers.All {
	rep, spec := w.plan.Source.Reputation, n.Spec
	var tests compilers.All
	for _, b := range spec.Global {
		col := w.reputationColumn(n, rep.Global, "global prevalence")
		col.Type = schema.Int
		known := holds(spec.GlobalElse, b)
		p, err := number(fieldName(col.Name), col, b.Op, []float64{b.Value}, !known)
		p = w.said(p, err, b.Range)
		if known {
			p = compilers.Any{compilers.Atom(fieldName(col.Name) + " == null"), p}
		}
		tests = append(tests, p)
	}
	for _, m := range []struct {
		of     *rules.Membership
		column string
		name   string
	}{{spec.Signature, rep.Signature, "signature"}, {spec.Signer, rep.Signer, "signer"}, {spec.Issuer, rep.Issuer, "issuer"}, {spec.Root, rep.Root, "root"}} {
		if m.of == nil {
			continue
		}
		p, err := text(w.reputationColumn(n, m.column, m.name), &ir.Text{Op: ir.Equals, Values: m.of.Values})
		p = w.said(p, err, m.of.Range)
		if m.of.Not {
			p = compilers.None{Term: p}
		}
		tests = append(tests, p)
	}
	return tests
}

func (w *writer) reputationColumn(n *ir.Prevalence, name, what string) schema.Column {
	if name == "" {
		w.found.Errorf("no-reputation", n.Range(), "add it to the model's reputation block", "data model %s does not say where the %s is", w.plan.Model.Name, what)
	}
	return schema.Column{Name: w.plan.Source.Reputation.Prefix + name}
}

// holds tells whether a number is within a bound.
func holds(v float64, b rules.Bound) bool {
	switch b.Op {
	case "lt":
		return v < b.Value
	case "lte":
		return v <= b.Value
	case "gt":
		return v > b.Value
	case "gte":
		return v >= b.Value
	}
	return v == b.Value
}

type object map[string]any

// reputationIndex holds one document a value: the value, and the reputation's fields.
const reputationIndex = "decree-reputation"

// assets are the index, enrich policy and pipeline that put reputation on events. The
// value's own document has the same field names as the event has below the prefix.
func (w *writer) assets() []compilers.Asset {
	rep := w.plan.Source.Reputation
	properties := object{"value": object{"type": "keyword"}}
	var fields []string
	for _, name := range []string{rep.Availability, rep.Global, rep.Signature, rep.Signer, rep.Issuer, rep.Root} {
		if name == "" {
			continue
		}
		kind := "keyword"
		if name == rep.Global {
			kind = "long"
		}
		properties[name] = object{"type": kind}
		fields = append(fields, name)
	}
	target := strings.TrimSuffix(rep.Prefix, ".")
	processors := []object{{"enrich": object{
		"policy_name": reputationIndex, "field": w.reputation, "target_field": target,
		"ignore_missing": true, "max_matches": 1, "override": true,
	}}}
	return []compilers.Asset{
		asset("index."+reputationIndex+".json", "PUT /"+reputationIndex+" : the index of known values, one document each, hashes in lower case; fill it from your reputation source",
			object{"mappings": object{"dynamic": false, "properties": properties}}),
		asset("enrich-policy."+reputationIndex+".json", "PUT /_enrich/policy/"+reputationIndex+" : then POST /_enrich/policy/"+reputationIndex+"/_execute, again whenever the index changes",
			object{"match": object{"indices": reputationIndex, "match_field": "value", "enrich_fields": fields}}),
		asset("ingest-pipeline."+reputationIndex+".json", "PUT /_ingest/pipeline/"+reputationIndex+" : call it from the @custom pipeline of the data stream the rule reads",
			object{"description": "Puts the reputation of a value on the event, below " + target, "processors": processors}),
	}
}

func asset(name, purpose string, content object) compilers.Asset {
	data, err := json.MarshalIndent(content, "", "  ")
	if err != nil { // maps of strings, numbers and lists always marshal
		panic(fmt.Sprintf("eql: %s: %v", name, err))
	}
	return compilers.Asset{Name: name, Purpose: purpose, Content: string(data) + "\n"}
}
