package tuning

import (
	"regexp"
	"strings"

	"decree/rules/ir"
	"decree/rules/schema"
)

// class says how well a field tells activity apart to a person.
type class int

// The classes, from what says what happened to what no person reads.
const (
	telling    class = iota // a path, a command, a name of a thing
	account                 // who
	common                  // what many events share: a company, a port
	place                   // a host: a filter on it hides everything that happens there
	digest                  // hashes
	unreadable              // ids, times, numbers of records
)

// costOf is what a test of a field of the class costs. One telling field is preferred to two of others.
var costOf = map[class]float64{telling: 1, account: 1.6, common: 2.5, place: 5, digest: 6}

var (
	unreadableField = regexp.MustCompile(`(?i)(guid|uuid|pid|tid|sid|luid|time|date|timestamp|created|@timestamp|recordnumber|recordid|record_number|sequence|seq|keywords|opcode|opcodevalue|sourcemodule(name|type)|error_evt_unresolved|task|version|channel|` +
		`provider|provider_?name|sourcename|source_?name|sourcetype|message|_raw|raw|xml|calltrace|startaddress|threadid|sourceport|src_?port|source\.port|ipport|qualifiers|index|` +
		`tags|flags|callingprocess|handle|token|restrictedsidcount|hostname_id|eventdata|userdata)$`)
	idField     = regexp.MustCompile(`(?i)(^|[a-z_.])ids?$`)
	eventID     = regexp.MustCompile(`(?i)event_?(id|code)$`)
	digestField = regexp.MustCompile(`(?i)(md5|sha1|sha256|sha512|imphash|hash|hashes|authentihash)$`)
	ownField    = regexp.MustCompile(`(?i)^([@_]|agent\.|ecs\.|log\.|beat|metadata|rendering)`)
	accountName = regexp.MustCompile(`(?i)(user|account|upn|principal|actor|identity|subject)[a-z_.]*$`)
	commonField = regexp.MustCompile(`(?i)(integritylevel|company|product|description|logontype|domain|domainname|protocol|port|initiated|` +
		`elevatedtoken|status|substatus|type|result|country|location|region|signed|signature|signaturestatus|priority|category|state|event_?id|event_?code|isipv6|originalfilename|action|access(mask|es)?|ip|address|` +
		`impersonationlevel|keylength|logonprocessname|authenticationpackagename|packagename|virtualaccount)$`)
	// otherHost is the other end of a connection, or a name that is asked for.
	otherHost  = regexp.MustCompile(`(?i)(destination|dst|dest|remote|query|url|target)_?\.?host(name)?$`)
	placeField = regexp.MustCompile(`(?i)(computer|computername|host|hostname|host\.name|workstation|workstationname|machine|device_?name|dvc)$`)
	ranked     = regexp.MustCompile(`(?i)^(.*\.)?(level|severity)(_?value|_?name)?$`)
)

// classOf tells a field's class by its name. What events call it decides, so that it works in any data model.
func classOf(field string) class {
	switch {
	case ownField.MatchString(field):
		return unreadable
	case eventID.MatchString(field):
		return common
	case digestField.MatchString(field):
		return digest
	case unreadableField.MatchString(field), idField.MatchString(field), ranked.MatchString(field):
		return unreadable
	case placeField.MatchString(field) && !otherHost.MatchString(field):
		return place
	case commonField.MatchString(field):
		return common
	case accountName.MatchString(field):
		return account
	}
	return telling
}

var (
	guid      = regexp.MustCompile(`\{?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\}?`)
	sid       = regexp.MustCompile(`(?i)\bS-1-(5-21|12-1)(-\d+){4}(_Classes)?`)
	instant   = regexp.MustCompile(`\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}[.\dZ+:-]*`)
	release   = regexp.MustCompile(`\d+(\.\d+){1,}`)
	longHex   = regexp.MustCompile(`\b(0x)?[0-9a-fA-F]{8,}\b`)
	encoded   = regexp.MustCompile(`[A-Za-z0-9+/=]{40,}`)
	number    = regexp.MustCompile(`\d{4,}`)
	userPath  = regexp.MustCompile(`(?i)(\b[A-Z]:\\Users\\)([^\\"*]+)(\\)`)
	homePath  = regexp.MustCompile(`^(/home/)([^/*]+)(/)`)
	wellKnown = regexp.MustCompile(`(?i)^(.*\\)?(system|local service|network service|anonymous logon|administrator|root|-|dwm-\d+|umfd-\d+|.*\$)$`)
)

// host is a program of the system that runs what it is told to: by itself it says little.
var host = regexp.MustCompile(`(?i)^c:\\windows\\(explorer|(system32|syswow64)\\(cmd|svchost|services|wmiprvse|wbem\\wmiprvse|rundll32|regsvr32|msiexec|mshta|wscript|cscript|taskeng|taskhostw|dllhost|conhost|windowspowershell\\v1\.0\\powershell(_ise)?))\.exe$`)

// varying are parts of values that differ from event to event, or from machine to machine.
var varying = []*regexp.Regexp{guid, sid, instant, release, longHex, encoded, number}

// onlyVarying tells whether nothing of a value is left without its varying parts that a person would read.
func onlyVarying(text string) bool {
	for _, re := range varying {
		text = re.ReplaceAllString(text, "")
	}
	return len(strings.Trim(text, ` -_.,:;{}()[]/\"'%$`)) < 2
}

// fields is what is known of the fields of a log source.
type fields struct {
	distrusted map[string]bool
	dialects   []target
}

// target is the models of a dialect that answer the log source.
type target struct {
	models  []*schema.Model
	sources [][]*schema.Source
}

// catalogue knows in which targets a field of a rule's log sources exists. Fields in distrusted are not used.
func catalogue(r *ir.Rule, distrusted map[string]bool) *fields {
	f := &fields{distrusted: distrusted}
	for _, dialect := range schema.Dialects() {
		var t target
		for _, name := range schema.Preferred(dialect) {
			m, err := schema.Shipped(name)
			if err != nil {
				panic(err) // it is shipped
			}
			if found := m.Candidates(r); len(found) > 0 {
				t.models, t.sources = append(t.models, m), append(t.sources, found)
			}
		}
		if len(t.models) > 0 {
			f.dialects = append(f.dialects, t)
		}
	}
	return f
}

// absent counts the dialects whose products have no column for a field.
func (f *fields) absent(name string) int {
	n := 0
	field := ir.FieldNamed(name)
	for _, d := range f.dialects {
		if !d.has(field) {
			n++
		}
	}
	return n
}

func (t target) has(field ir.Field) bool {
	for i, m := range t.models {
		for _, s := range t.sources[i] {
			if _, ok := m.Column(s, field.Name, field.Level); ok && s.Has(m, field) || field.Level > 0 && len(s.Keys) > 0 {
				return true
			}
		}
	}
	return false
}

// usable gives a field's class for a filter. Fields that mislead are unreadable.
func (f *fields) usable(name string) class {
	if f.distrusted[name] {
		return unreadable
	}
	return classOf(name)
}
