package deployed

import (
	"regexp"
	"strings"
)

// oursSentinel are properties by their names in the REST API. https://github.com/Azure/azure-rest-api-specs,
// specification/securityinsights, AlertRules.json
var oursSentinel = []string{"kind", "displayName", "description", "severity", "queryFrequency", "queryPeriod", "triggerOperator", "triggerThreshold", "suppressionEnabled", "suppressionDuration",
	"tactics", "techniques", "entityMappings", "customDetails", "alertDetailsOverride", "eventGroupingSettings", "incidentConfiguration"}

// repositoryNames are names of the repository's YAML, and those of the same properties in the API.
var repositoryNames = map[string]string{"name": "displayName", "relevantTechniques": "techniques"}

// operators are those of the YAML form in the API's words.
var operators = map[string]string{"gt": "GreaterThan", "lt": "LessThan", "eq": "Equal", "ne": "NotEqual"}

// fromRepository gives the properties of a rule in YAML the API's names.
func fromRepository(of map[string]any) map[string]any {
	for from, to := range repositoryNames {
		if v, ok := of[from]; ok {
			of[to] = v
			delete(of, from)
		}
	}
	without(of, "requiredDataConnectors", "version", "status", "metadata", "tags")
	return of
}

// fromTemplate gives the properties of a resource of a template, with texts as ARM reads them.
func fromTemplate(resource map[string]any) map[string]any {
	of, _ := unescaped(object(resource["properties"])).(map[string]any)
	return beside(of, resource)
}

// fromAPI gives the properties of a resource as the API has it.
func fromAPI(resource map[string]any) map[string]any {
	return beside(object(resource["properties"]), resource)
}

// beside puts the id and the kind of a resource beside its properties.
func beside(of, resource map[string]any) map[string]any {
	if of == nil {
		of = map[string]any{}
	}
	of["id"], of["kind"] = ruleID(text(resource["name"]), text(resource["id"])), resource["kind"]
	return of
}

// unescaped takes the bracket away by which a template says that a text is not an expression.
// https://learn.microsoft.com/en-us/azure/azure-resource-manager/templates/template-expressions#escape-characters
func unescaped(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, one := range v {
			out[key] = unescaped(one)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = unescaped(one)
		}
		return out
	case string:
		if strings.HasPrefix(v, "[[") && strings.HasSuffix(v, "]") {
			return v[1:]
		}
	}
	return v
}

var guidForm = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

// ruleID finds the id in a resource's name or id. A name in a template is an expression with the id at its end.
func ruleID(name, id string) string {
	for _, in := range []string{name, id} {
		if all := guidForm.FindAllString(in, -1); len(all) > 0 {
			return strings.ToLower(all[len(all)-1])
		}
	}
	last := name[strings.LastIndexByte(name, '/')+1:]
	return strings.TrimRight(last, "')]")
}

func normaliseSentinel(r *Rule) {
	of := r.Properties
	r.ID, r.Name, r.Kind, r.Query = strings.ToLower(take(of, "id")), text(of["displayName"]), text(of["kind"]), take(of, "query")
	without(of, "etag", "lastModifiedUtc", "sentinelEntitiesMappings", "entitiesMappings")
	r.unsaid("alertRuleTemplateName", "templateVersion")
	sameDurations(of, "queryFrequency", "queryPeriod", "suppressionDuration")
	if to, ok := operators[strings.ToLower(text(of["triggerOperator"]))]; ok {
		of["triggerOperator"] = to
	}
	if text(of["suppressionEnabled"]) != "true" {
		without(of, "suppressionEnabled", "suppressionDuration")
	}
	techniques := append(texts(of["techniques"]), texts(takeAny(of, "subTechniques"))...)
	for i, t := range techniques { // what deploys may have parents alone
		techniques[i], _, _ = strings.Cut(t, ".")
	}
	of["techniques"] = sorted(techniques)
	sortLists(of, "tactics")
	if settings := object(of["eventGroupingSettings"]); text(settings["aggregationKind"]) == "SingleAlert" {
		delete(of, "eventGroupingSettings")
	}
	incident := object(of["incidentConfiguration"])
	if grouping := object(incident["groupingConfiguration"]); text(grouping["enabled"]) == "true" {
		sameDurations(grouping, "lookbackDuration")
		sortLists(grouping, "groupByEntities", "groupByCustomDetails")
	} else {
		delete(incident, "groupingConfiguration")
	}
	if len(incident) == 1 && text(incident["createIncident"]) == "true" {
		delete(of, "incidentConfiguration")
	}
}

// takeAny removes a property and gives it.
func takeAny(of map[string]any, name string) any {
	v := of[name]
	delete(of, name)
	return v
}
