package kql

import (
	"regexp"
	"strings"

	"decree/compilers"
	"decree/rules/schema"
)

// names are the names that a new statement or column of the query may not use, in lower case: they are taken by the
// query, or by tables and columns of the model.
type names struct{ query, model map[string]bool }

// newNames contains every name that a query on a model, and on what stands for its tables, may use. It also contains
// names that this query does not use, so that the query can be understood without the schema.
func newNames(m *schema.Model, tables compilers.Places) names {
	n := names{map[string]bool{}, m.Derived(modelNames{}, func() any { return namesOf(m) }).(map[string]bool)}
	for _, text := range tables {
		for _, word := range words.FindAllString(text, -1) {
			n.take(word)
		}
	}
	return n
}

// taken tells whether a name is taken, in whatever case.
func (n names) taken(name string) bool {
	name = strings.ToLower(name)
	return n.query[name] || n.model[name]
}

func (n names) take(name string) { n.query[strings.ToLower(name)] = true }

// modelNames is the key of a model's own names: they are many, and the same for all queries.
type modelNames struct{}

func namesOf(m *schema.Model) map[string]bool {
	n := map[string]bool{}
	add := func(all ...string) {
		for _, name := range all {
			n[strings.ToLower(name)] = true
		}
	}
	add(functions...)
	add(profileColumns...)
	columns := func(of map[string]string) {
		for name := range of {
			add(name, strings.TrimSuffix(name, "Id")+"Count", "Decree"+name)
		}
	}
	columns(m.Columns)
	for _, s := range m.Sources {
		add(s.Table)
		columns(s.Columns)
		add(s.Reputation.Columns()...)
	}
	return n
}

// words are the names in what stands for a table: a statement of such a name would hide a function.
var words = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

var unsafeInName = regexp.MustCompile(`[^A-Za-z0-9_]`)

// madeName matches the numbered columns that a query creates.
var madeName = regexp.MustCompile(`(?i)^(ancestor\d+_|watched_|(key|value|input|enter|leave|running)\d)`)

// free makes a unique name that is close to the author's.
func (n names) free(wanted string) string {
	name := unsafeInName.ReplaceAllString(wanted, "_")
	if name == "" || (name[0] >= '0' && name[0] <= '9') || madeName.MatchString(name) {
		name = "_" + name
	}
	for n.taken(name) || reservedWords[strings.ToLower(name)] || statementWords[strings.ToLower(name)] {
		name += "_"
	}
	n.take(name)
	return name
}

// functions are the functions that queries call.
var functions = []string{"ago", "arg_max", "arg_min", "array_concat", "array_length", "array_sort_asc", "bin", "case", "ceiling", "coalesce", "count", "count_distinct",
	"countif", "datetime_part", "dynamic", "extract", "fileprofile", "gettype", "iff", "ingestion_time", "ipv4_is_in_any_range", "ipv4_is_in_range", "ipv6_is_in_any_range", "ipv6_is_in_range",
	"isempty", "isfinite", "isnotempty", "isnotnull", "isnull", "make_list", "materialize", "max", "min", "next", "not", "now", "parse_command_line", "parse_json", "parse_url", "prev", "replace_strings",
	"round", "row_cumsum", "row_window_session", "split", "strcat", "strcat_array", "strlen", "sum", "tobool", "todatetime", "todouble", "toint", "tolong", "tolower", "toreal", "toscalar", "tostring", "toupper", "translate", "trim_end", "trim_start", "typeof", "_getwatchlist"}

// profileColumns are those that FileProfile adds.
// https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-fileprofile-function
var profileColumns = []string{"SHA1", "SHA256", "MD5", "FileSize", "GlobalPrevalence", "GlobalFirstSeen", "GlobalLastSeen", "Signer", "Issuer", "SignerHash", "IsCertificateValid",
	"IsRootSignerMicrosoft", "SignatureState", "IsExecutable", "ThreatName", "Publisher", "SoftwareName", "ProfileAvailability"}

// statementWords are words of the language that cannot name a statement or a property, in addition to those that cannot
// be a bare column name.
var statementWords = wordSet(`accumulate anomalychart areachart as bagexpansion barchart bin_legacy boolean byte cachingpolicy callout cancel card char columnchart
	containscs contains_cs cycles dataexport datascope datatable date decimal decodeblocks double earliest encodingpolicy endswith_cs entity_group expandoutput
	extent_tags_retention externaldata external_data find flags float force_remote harddelete hardretention has_all has_any has_cs hasprefix hasprefix_cs hassuffix
	hassuffix_cs hotcache int16 int32 int64 int8 invoke isfuzzy join journal ladderchart latest like likecs linechart materialize mdm missing nooptimization notcontains
	notcontainscs notlike notlikecs others pathformat piechart pivotchart print project queries query_results range relaxed restricted_view_access row_level_security rowstore
	rowstore_references rowstore_sealinfo rowstorepolicy rowstores sample scatterchart seal seals search shards simple softdelete softretention sql stackedareachart
	startswith_cs statistics storedqueryresultcontainers summarize tablepurge time timechart timeline timepivot title toscalar totable treemap uint uint16 uint32 uint64 uint8
	ulong union uniqueid unrestrictedviewers verbose view viewers views with_itemindex with_match_id with_source with_step_name withsource writeaheadlog`)

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(text) {
		set[w] = true
	}
	return set
}
