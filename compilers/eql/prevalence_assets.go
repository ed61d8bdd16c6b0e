package eql

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"decree/compilers"
	"decree/rules/diag"
)

type object map[string]any

// reputationIndex has one document per value: the value, and the fields of its reputation. All rules share it.
const reputationIndex = "decree-reputation"

// maxRanked is how many values a watch ranks: the maximum number of results of a search.
const maxRanked = 10000

// keyField holds the value in lower case while the pipeline looks it up, and while a transform groups by it.
const keyField = "decree_key"

// lowercaseScript is a Painless script that gives a field's value in lower case, and nothing for an empty one.
func lowercaseScript(field string) string {
	doc := "doc['" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(field) + "']"
	return "if (" + doc + ".size() != 0 && " + doc + ".value.length() != 0) { emit(" + doc + ".value.toLowerCase()); }"
}

var notInName = regexp.MustCompile(`[^a-z0-9_]+`)

// countName names the rule's counts in fields, indices and assets.
func (w *writer) countName() string {
	r := w.plan.Rule.Source
	name := r.Name
	if name == "" {
		name = r.Title
	}
	name = strings.ToLower(name + "_" + w.counted.Name)
	plain := strings.Trim(notInName.ReplaceAllString(name, "_"), "_")
	// letters are lost here, and the names of two rules must stay different
	if strings.ContainsFunc(name, func(c rune) bool { return c >= utf8.RuneSelf }) {
		plain = strings.TrimLeft(fmt.Sprintf("%s_%x", plain, sha256.Sum256([]byte(name)))[:len(plain)+9], "_")
	}
	return plain
}

// assets are the files that add reputation and local prevalence to events. There are none for a rule that reads
// neither.
func (w *writer) assets() []compilers.Asset {
	if w.enriched == "" {
		return nil
	}
	rep := w.plan.Source.Reputation
	target := strings.TrimSuffix(rep.Prefix, ".")
	processors := []object{
		{"set": object{"field": keyField, "copy_from": w.enriched, "ignore_empty_value": true}},
		{"lowercase": object{"field": keyField, "ignore_missing": true}},
	}
	pipeline := ""
	var assets []compilers.Asset
	if w.asksVerdict {
		assets = w.reputationAssets()
		processors = append(processors, enrichBeside(reputationIndex, target)) // the counts of another rule
	}
	if w.counted != nil {
		name := strings.ReplaceAll(w.countName(), "_", "-")
		pipeline = "decree-" + name
		assets = append(assets, w.countAssets(name)...)
		processors = append(processors, enrich("decree-count-"+name, w.localTarget(rep.LocalCount)))
		if w.counted.Spec.Local.Rarest > 0 {
			assets = append(assets, w.rankAssets(name)...)
			processors = append(processors, enrich("decree-rank-"+name, w.localTarget(rep.LocalRank)))
		}
	}
	processors = append(processors, object{"remove": object{"field": keyField, "ignore_missing": true}})
	content := object{"description": "Puts what is known of " + w.enriched + " on each event, below " + target +
		", as the enrich policies last copied it: an event that arrives before a value is known, counted or ranked goes without", "processors": processors}
	if pipeline == "" {
		pipeline = w.sharedPipeline(content)
	}
	return append(assets, asset("ingest-pipeline."+pipeline+".json", "PUT _ingest/pipeline/"+pipeline+" : call it from the @custom pipeline of the data stream that the rule reads", content))
}

// sharedPipeline names a pipeline that reads reputation alone by what it does, as several rules may need it: rules with
// the same pipeline share it.
func (w *writer) sharedPipeline(content object) string {
	sum := sha256.Sum256([]byte(encode(content)))
	return fmt.Sprintf("%s-%s-%x", reputationIndex, strings.Trim(notInPipeline.ReplaceAllString(strings.ToLower(w.enriched), "-"), "-"), sum[:4])
}

var notInPipeline = regexp.MustCompile(`[^a-z0-9]+`)

// enrich replaces everything below target.
func enrich(policy, target string) object {
	return object{"enrich": object{"policy_name": policy, "field": keyField, "target_field": target, "ignore_missing": true, "max_matches": 1, "override": true}}
}

// enrichBeside does not change a target that is there.
func enrichBeside(policy, target string) object {
	out := enrich(policy, target)
	out["enrich"].(object)["override"] = false
	return out
}

// localTarget is the object that an enrich processor writes for a field named a.b: all but its last part.
func (w *writer) localTarget(name string) string {
	field := w.localField(name)
	return field[:strings.LastIndexByte(field, '.')]
}

func (w *writer) reputationAssets() []compilers.Asset {
	rep := w.plan.Source.Reputation
	properties := object{"value": object{"type": "keyword"}}
	fields := rep.Columns()
	for _, name := range fields {
		kind := "keyword"
		switch name {
		case rep.Global:
			kind = "long"
		case rep.CertificateValid, rep.RootSignerMicrosoft:
			kind = "boolean"
		case rep.GlobalFirstSeen:
			kind = "date"
		}
		properties[name] = object{"type": kind}
	}
	return []compilers.Asset{
		asset("index."+reputationIndex+".json", "PUT "+reputationIndex+" : the index of known values, one document each, hashes in lower case; fill it from your reputation source",
			object{"mappings": object{"dynamic": false, "properties": properties}}),
		policy(reputationIndex, reputationIndex, fields),
	}
}

// policy is an enrich policy, whose index is a copy made by _execute.
func policy(name, index string, fields []string) compilers.Asset {
	return asset("enrich-policy."+name+".json", "PUT _enrich/policy/"+name+" : then PUT _enrich/policy/"+name+"/_execute, and again on a schedule, since it copies its index",
		object{"match": object{"indices": index, "match_field": "value", "enrich_fields": fields}})
}

// countAssets count the distinct hosts (or users) of each value within the lookback, or the longer period of the
// condition.
func (w *writer) countAssets(name string) []compilers.Asset {
	spec, rep := w.counted.Spec, w.plan.Source.Reputation
	columns, domain := w.plan.Model.CountedBy(w.plan.Source, w.counted)
	who := w.countedField(w.counted, columns, domain).Name
	count := lastPart(rep.LocalCount)
	indices, _ := w.plan.IndicesOf(w.plan.Source)
	stamp := w.plan.Model.Time[0]
	lookback := w.plan.Rule.Source.Schedule.Lookback
	if lookback <= 0 {
		lookback = defaultSpan
	}
	age := fmt.Sprintf("%ds", int64(max(lookback, spec.Local.Over)/time.Second))
	filters := []object{{"range": object{stamp: object{"gte": "now-" + age}}}}
	filters = append(filters, w.populationQuery()...)
	seen := "decree-count-" + name
	return []compilers.Asset{
		asset("transform."+seen+".json", "PUT _transform/"+seen+" : then POST _transform/"+seen+"/_start",
			object{
				"description": "Counts the distinct " + who + " that saw each " + w.enriched + " within " + age +
					". A value is counted anew only when it is seen again, so between sightings its count may include hosts from before; counts beyond 40000 are estimates",
				"source": object{
					"index":            indices,
					"query":            object{"bool": object{"filter": filters}},
					"runtime_mappings": object{keyField: object{"type": "keyword", "script": object{"source": lowercaseScript(w.enriched)}}},
				},
				"dest":      object{"index": seen},
				"frequency": "1m",
				"sync":      object{"time": object{"field": stamp, "delay": "60s"}},
				"pivot": object{
					"group_by": object{"value": object{"terms": object{"field": keyField}}},
					"aggregations": object{
						count:       object{"cardinality": object{"field": who, "precision_threshold": 40000}},
						"last_seen": object{"max": object{"field": stamp}},
					},
				},
				"retention_policy": object{"time": object{"field": "last_seen", "max_age": age}},
			}),
		policy(seen, seen, []string{count}),
	}
}

// rankAssets rank the counted values.
func (w *writer) rankAssets(name string) []compilers.Asset {
	rep := w.plan.Source.Reputation
	count, rank := lastPart(rep.LocalCount), lastPart(rep.LocalRank)
	every := w.plan.Rule.Source.Schedule.Every
	if every <= 0 {
		every = defaultSpan
	}
	seen, ranked := "decree-count-"+name, "decree-rank-"+name
	return []compilers.Asset{
		asset("index."+ranked+".json", "PUT "+ranked+" : the index of ranked values",
			object{"mappings": object{"dynamic": false, "properties": object{"value": object{"type": "keyword"}, rank: object{"type": "long"}}}}),
		asset("watch."+ranked+".json", fmt.Sprintf("PUT _watcher/watch/%s : ranks the %d rarest values, ties by value; the remaining ones have no rank", ranked, maxRanked),
			object{
				"metadata": object{"description": fmt.Sprintf("Ranks the values of %s by %s, the rarest first. A value that left the %d rarest keeps its last rank until it is ranked again", seen, count, maxRanked)},
				"trigger":  object{"schedule": object{"interval": fmt.Sprintf("%ds", int64(every/time.Second))}},
				"input": object{"search": object{"request": object{"indices": []string{seen}, "body": object{
					"size": maxRanked, "_source": []string{"value"}, "query": object{"match_all": object{}},
					"sort": []object{{count: object{"order": "asc"}}, {"value": object{"order": "asc"}}},
				}}}},
				"transform": object{"script": object{"lang": "painless", "source": "def docs = []; int rank = 1; for (hit in ctx.payload.hits.hits) " +
					"{ docs.add(['_id': hit._source.value, 'value': hit._source.value, '" + rank + "': rank]); rank++; } return ['_doc': docs];"}},
				"actions": object{"rank": object{"index": object{"index": ranked}}},
			}),
		policy(ranked, ranked, []string{rank}),
	}
}

func lastPart(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

func asset(name, purpose string, content object) compilers.Asset {
	return compilers.Asset{Name: name, Purpose: purpose, Content: encode(content)}
}

func encode(content object) string {
	text, err := diag.IndentedJSON(content, "")
	if err != nil { // maps of strings, numbers and lists always marshal
		panic(fmt.Sprintf("eql: an asset is not JSON: %v", err))
	}
	return string(text) + "\n"
}
