package conformance

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"decree/rules"
	"decree/rules/diag"
	"decree/rules/ir"
	"decree/rules/parse"
	"decree/rules/source"
	"decree/tests/stories"
)

// project is what a random author wrote: rules with their filters laid over them, and correlations that read them.
type project struct {
	text         string            // of all its files, to be shown
	files        map[string]string // rule files, by name
	filters      string            // of the one file of filters, or ""
	rules        []*ir.Rule
	correlations []*ir.Correlation
	never        []string // titles of those that a dialect refuses since they can never match
}

// projectAuthor writes projects over the processes of a random story.
type projectAuthor struct {
	author
	meeting  bool     // some rules have extracts, joins and first_seen, too
	suppress bool     // and suppress alerts
	sides    []string // fields that tell in which of two columns a log of one's own has others
	crowded  bool     // there are more values than one look-up takes: rules ask about few of them, and count none
}

func newProjectAuthor(seed, round uint64) projectAuthor {
	return projectAuthor{author: author{Rand: rand.New(rand.NewPCG(seed, round))}}
}

func (a projectAuthor) one(of ...string) string { return pick(a.author, of) }

// named are what queries call things themselves: keywords, columns and variables of every dialect.
var named = []string{"timeframe", "events", "remaining", "where", "let", "union", "SHA1", "Timestamp", "DeviceProcessEvents", "default_global_prevalence", "reputation_sha1",
	"decree_value_1", "decree_rule_1", "_time", "host", "process", "any", "sequence", "Event", "At", "Value", "Key1", "First", "Input", "Bin", "materialize", "in", "project", "x"}

var (
	projectImages = []string{`C:\Windows\System32\cmd.exe`, `C:\Windows\whoami.exe`, `C:\tools\a.exe`, `C:\tools\b.exe`, `D:\c.exe`, `C:\Windows\System32\net.exe`}
	projectNames  = []string{"cmd.exe", "whoami.exe", "a.exe", "B.EXE", "c.exe", "net.exe", "none.exe"}
	projectWords  = []string{"run", "user", "/c", "evil", `"quoted"`, "Run", "é"}
	projectUsers  = []string{"alice", "Bob", "svc"}
)

// projectRuns are runs of the schedules, every hour.
var projectRuns = []time.Time{stories.Now.Add(-2 * time.Hour), stories.Now.Add(-time.Hour), stories.Now}

// story is processes of a few hosts, of the hours before and between the runs.
func (a projectAuthor) story() *stories.Story {
	s := &stories.Story{}
	byHost := map[string][]*stories.Process{}
	begin := projectRuns[0].Add(-2 * time.Hour)
	for _, host := range []string{"H1", "H2", "H3"} {
		byHost[host] = []*stories.Process{{At: begin.Add(-50 * time.Hour), Host: host, PID: 4, Image: `C:\Windows\System32\services.exe`, Command: "services.exe", User: "svc"}}
	}
	at := begin
	for i := range 70 {
		at = at.Add(time.Duration(1+a.IntN(550)) * 700 * time.Millisecond)
		host := a.one("H1", "H2", "H3")
		above := byHost[host]
		sha1 := fmt.Sprintf("%040x", 1+a.IntN(8))
		if a.IntN(8) == 0 {
			sha1 = ""
		}
		image := pick(a.author, projectImages)
		p := &stories.Process{ID: 3000 + i, At: at, Host: host, PID: 100 + i, Image: image, SHA1: sha1, User: pick(a.author, projectUsers), Parent: above[max(0, len(above)-1-a.IntN(4))], Logged: true,
			Command: image[strings.LastIndexByte(image, '\\')+1:] + " " + pick(a.author, projectWords) + " " + pick(a.author, projectWords)}
		byHost[host] = append(above, p)
		s.Processes = append(s.Processes, p)
	}
	if a.crowded {
		s.Processes = slices.Concat(crowd(begin, byHost["H1"][0]), s.Processes)
	}
	for n := 1; n <= 6; n++ {
		v := stories.Verdict{SHA1: fmt.Sprintf("%040x", n), Prevalence: a.one("", "3", "100", "5000"), Signature: a.one("", "SignedValid", "Unsigned"), Availability: a.one("Available", "Available", "Error")}
		s.Verdicts = append(s.Verdicts, v)
	}
	return s
}

// crowd is processes with values that nobody else has, more of them than one look-up takes.
func crowd(at time.Time, parent *stories.Process) []*stories.Process {
	var all []*stories.Process
	for i := range 1100 {
		all = append(all, &stories.Process{ID: 6000 + 3*i, At: at, Host: "H9", PID: 5000 + i, Image: `C:\crowd.exe`, Command: "crowd.exe", User: "crowd",
			SHA1: fmt.Sprintf("%036x%04x", 0, 0x1000+i), Parent: parent, Logged: true})
	}
	return all
}

// lists are lists of lists, in an order that nobody would choose.
func (a projectAuthor) lists() string {
	return "lists:\n  outer: {union: [inner, c]}\n  less: {union: [outer], except: [b]}\n  inner: {union: [a, b]}\n" +
		"  a: [" + a.one("cmd.exe", "a.exe", "A.exe") + "]\n  b: [b.exe, " + a.one("whoami.exe", "net.exe", "a.exe") + "]\n  c: [" + a.one("c.exe", "none.exe") + "]\n"
}

func (a projectAuthor) item() string {
	if len(a.sides) > 0 && a.IntN(3) == 0 {
		side := pick(a.author, a.sides)
		item := a.one(side+": There", side+": Here", side+": [elsewhere, here]", side+": null", side+"|exists: true", side+"|cased: There", side+"|startswith: The", side+"|fieldref: User")
		if strings.HasSuffix(item, "There") && a.IntN(2) == 0 { // which settles where the other field is
			item += ", " + a.one(strings.TrimSuffix(side, "Side")+"|contains: a", strings.TrimSuffix(side, "Side")+": null")
		}
		return item
	}
	if a.meeting && a.IntN(4) == 0 {
		return a.one("Tool|expand: '%"+a.one("outer", "less")+"%'", "Tool: "+pick(a.author, projectNames), "Tool|cased: whoami.exe", "Last: evil", "Last|fieldref: User", "Kind: [shell, tool]", "Both|contains: 'bob|a'", "CommandLine|word: "+a.one("run", "user"), "Tool|exists: false")
	}
	switch a.IntN(9) {
	case 0, 1:
		return "Image|filename|expand: '%" + a.one("outer", "outer", "outer", "inner", "less", "a") + "%'"
	case 2:
		return "CommandLine|contains|expand: '%" + a.one("outer", "less") + "%'"
	case 3:
		return "Image|endswith: '\\" + pick(a.author, projectNames) + "'"
	case 4:
		return "CommandLine|contains: '" + pick(a.author, projectWords) + "'"
	case 5:
		return "User: " + pick(a.author, projectUsers)
	case 6:
		return "ParentImage|filename: " + pick(a.author, projectNames)
	case 7:
		return "CommandLine|re: '" + a.one("^cmd", "(evil|Run)", "user .*user") + "'"
	}
	return "OriginalFileName: " + a.one("null", "x.exe")
}

func (a projectAuthor) rarity() string {
	among := a.one("", "", "among: s1, ")
	if a.crowded {
		return "{field: sha1, " + a.one("global: {lt: 250}", "global: {gte: 3, default: 100}", "signature: SignedValid", "signature: {neq: SignedValid}") + "}"
	}
	local := a.one("", "local: {distinct: host, lte: 1}", "local: {distinct: host, gte: 2}", "local: {distinct: user, lt: 3}", "local: {distinct: host, rarest: 3}", "local: {distinct: host, rarest: 4, gte: 2}")
	known := a.one("", "global: {lt: 250}", "global: {gte: 3, default: 100}", "signature: SignedValid", "signature: {neq: SignedValid}", "global: {gt: 50}, unavailable: include")
	if local == "" && known == "" {
		known = "global: {lt: 1000}"
	}
	parts := []string{"field: sha1"}
	for _, p := range []string{strings.TrimSuffix(among, ", "), local, known} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// condition joins names in any way, the parentheses in every place.
func (a projectAuthor) condition(names []string, depth int) string {
	if depth == 0 || a.IntN(4) == 0 {
		return pick(a.author, names)
	}
	switch a.IntN(4) {
	case 0:
		return "not " + pick(a.author, names)
	case 1:
		return "not (" + a.condition(names, depth-1) + ")"
	case 2:
		return "(" + a.condition(names, depth-1) + " or " + a.condition(names, depth-1) + ")"
	}
	return a.condition(names, depth-1) + " and " + a.condition(names, depth-1)
}

// slip is a line that is warned of, and changes nothing.
func (a projectAuthor) slip() string {
	return a.one("", "", "level: High\n", "status: Stable\n", "license: 1\n")
}

// meetings writes extracts, and conditions on other events: those of the other rule, if there is one.
func (a projectAuthor) meetings(b *strings.Builder, other string) (names []string) {
	b.WriteString("extract:\n  Tool: {field: CommandLine, split: ' ', at: 0" + a.one("", ", lower: true", ", trim: c") + "}\n  Last: {field: CommandLine, split: ' ', at: -1}\n" +
		"  Kind: {field: Tool, map: [{startswith: cmd, to: shell}, {equals: [whoami.exe, net.exe], to: tool}]" + a.one("", ", default: other") + "}\n  Both: {text: '{User}|{Tool}'}\n")
	value := func() string { return a.one("Tool", "Last", "Kind", "Both", "User", "CommandLine") }
	if other != "" && a.IntN(2) == 0 {
		same := a.one("host", "host", "user", value())
		if a.IntN(2) == 0 {
			same += ", " + a.one("Tool", "Last")
		}
		fmt.Fprintf(b, "joins:\n  near: {rule: %s, same: [%s], %s%s, generate: true}\n", other, same, a.one("before: 10m", "before: 1h", "after: 5m", "within: 3m", "before: 20m, after: 1m"),
			a.one("", "", ", count: {gte: 2}", ", count: {distinct: Last, gte: 2}", ", count: {distinct: User, eq: 1}"))
		names = append(names, "near", "near")
	}
	if a.IntN(2) == 0 {
		fmt.Fprintf(b, "first_seen:\n  fresh: {fields: [%s%s], over: %s%s}\n", a.one("host", "user", "sha1"), a.one("", ", "+value()), a.one("20m", "3h", "5h"), a.one("", ", among: s1"))
		names = append(names, "fresh", "fresh")
	}
	if a.suppress && a.IntN(2) == 0 {
		fmt.Fprintf(b, "suppress: {by: [%s%s], for: %s}\n", a.one("host", "user"), a.one("", ", "+value()), a.one("5m", "1h"))
	}
	return names
}

// rule writes one rule, which may join another.
func (a projectAuthor) rule(name, other string) string {
	var b strings.Builder
	names := []string{"s1", "s2", "s1", "s2"}
	logsource := a.one("{product: windows, category: process_creation}", "{product: windows, category: process_creation}", "{product: windows, category: process_creation}", "{category: process_creation}")
	fmt.Fprintf(&b, "title: R %s\nname: %s\n%slogsource: %s\nschedule: {every: 1h, lookback: %s}\n%s", name, name, a.slip(), logsource, a.one("1h", "2h"), a.lists())
	if a.IntN(3) == 0 {
		name := a.one("timeframe", "above", "events")
		names = append(names, name)
		fmt.Fprintf(&b, "ancestry:\n  %s:\n    %s: {%s}\n", name, a.one("parent", "grandparent"),
			a.one("Image|filename: "+pick(a.author, projectNames), "CommandLine|contains: '"+pick(a.author, projectWords)+"'"))
	}
	if n := a.IntN(5); n < 3 || a.crowded {
		n %= 3
		b.WriteString("prevalence:\n")
		for _, name := range []string{a.one("rare", "timeframe_", "SHA1"), "remaining"}[:1+n/2] {
			names = append(names, name, name)
			fmt.Fprintf(&b, "  %s: %s\n", name, a.rarity())
		}
	}
	if a.meeting {
		names = append(names, a.meetings(&b, other)...)
	}
	fmt.Fprintf(&b, "detection:\n  s1: {%s}\n  s2: {%s}\n", a.item(), a.item())
	condition := a.condition(names, 3)
	if a.crowded {
		fmt.Fprintf(&b, "  s3: {User: [alice, Bob]}\n")
		condition = "s3 and (" + condition + ") and " + names[len(names)-1]
	}
	fmt.Fprintf(&b, "  condition: %s\n", condition)
	return b.String()
}

// filter writes a filter in one of the two forms, over some rule or any.
func (a projectAuthor) filter(names []string) string {
	over := "any"
	if a.IntN(2) == 0 {
		over = "[" + pick(a.author, names) + "]"
	}
	condition := a.one("not f", "not 1 of f*", "f", "f or g", "not (f and not g)", "f and g")
	f := "\n  f: {" + a.one("Image|filename|expand: '%outer%'", "Image|filename|expand: '%a%'", "User: svc", "ParentImage|filename: a.exe") + "}"
	above := ""
	if a.IntN(4) == 0 {
		f, above = "", "ancestry: {f: {"+a.one("parent", "grandparent")+": {"+a.one("Image|filename: "+pick(a.author, projectNames), "CommandLine|contains: '"+pick(a.author, projectWords)+"'")+"}}}\n"
	}
	return "title: F\nlogsource: {product: windows, category: process_creation}\nlists:\n  outer: [cmd.exe, net.exe]\n  a: [c.exe]\n" + above + "filter:\n  rules: " + over +
		f + "\n  g: {" + a.one("Image|filename|expand: '%outer%', User: alice", "CommandLine|contains: evil") + "}\n  condition: " + condition + "\n"
}

// correlation writes one that reads some of the names.
func (a projectAuthor) correlation(title, name string, inputs []string) string {
	kind := a.one("event_count", "value_count", "temporal", "temporal", "temporal_ordered")
	condition := ""
	switch kind {
	case "event_count":
		condition = "\n  condition: {" + a.one("gte: 2", "gte: 3", "eq: 2", "lt: 3") + "}"
	case "value_count":
		condition = "\n  condition: {field: " + a.one("Image", "CommandLine", "sha1", "[host, user]") + ", " + a.one("gte: 2", "lte: 2") + "}"
	case "temporal":
		if a.IntN(2) == 0 && len(inputs) > 1 {
			condition = "\n  condition: " + inputs[0] + a.one(" and not ", " or ", " and ") + inputs[1]
		}
	}
	group := a.one("", "\n  group-by: [User]", "\n  group-by: [user]", "\n  group-by: [ParentImage]", "\n  group-by: [host]", "\n  group-by: [host, sha1]")
	switch a.IntN(4) {
	case 0:
		var of []string
		for _, in := range inputs {
			of = append(of, in+": "+a.one("User", "user", "Image"))
		}
		group = "\n  group-by: [who]\n  aliases: {who: {" + strings.Join(of, ", ") + "}}"
	case 1: // which is warned of
		group += "\n  aliases: {nobody: {" + inputs[0] + ": Image}}"
	}
	return "title: " + title + "\nname: " + name + "\n" + a.slip() + "schedule: {every: 1h, lookback: " + a.one("1h", "2h") + "}\ncorrelation:\n  type: " + kind + "\n  rules: [" + strings.Join(inputs, ", ") +
		"]\n  timespan: " + a.one("5m", "20m", "1h") + group + condition + "\n"
}

// project writes rules, filters and correlations; nil where the reader refuses what came out.
func (a projectAuthor) project(t testing.TB) *project {
	a.meeting = a.meeting && a.IntN(2) == 0
	given := slices.Clone(named)
	a.Shuffle(len(given), func(i, j int) { given[i], given[j] = given[j], given[i] })
	names := slices.Clone(given[:2])
	text := a.rule(names[0], names[1]) + "---\n" + a.rule(names[1], "")
	above := ""
	if a.IntN(3) > 0 {
		inputs := append([]string{}, names[:1+a.IntN(2)]...)
		above = a.correlation("C", "first_"+names[0], inputs)
		if a.IntN(3) == 0 {
			above += "---\n" + a.correlation("D", given[3], []string{"first_" + names[0], names[1]})
		}
	}
	p := &project{files: map[string]string{"rule.yml": text}}
	switch {
	case above == "":
	case a.IntN(4) == 0: // the rules are no parts of correlations in another file
		p.files["correlation.yml"] = above
	default:
		p.files["rule.yml"] += "---\n" + above
	}
	var filters []string
	for range a.IntN(3) {
		filters = append(filters, a.filter(names))
	}
	p.filters = strings.Join(filters, "---\n")
	return p.read(t)
}

// read reads a project's files; nil where the reader refuses them.
func (p *project) read(t testing.TB) *project {
	files := fstest.MapFS{"filters.yml": {Data: []byte(p.filters)}}
	for _, name := range sortedNames(p.files) {
		files[name] = &fstest.MapFile{Data: []byte(p.files[name])}
		p.text += "=== " + name + "\n" + p.files[name]
	}
	p.text += "=== filters\n" + p.filters
	folder := source.NewFolder("project", files)
	var read parse.File
	for _, name := range sortedNames(p.files) {
		one, found := parse.Documents(name, []byte(p.files[name]), folder)
		if found.HasErrors() {
			first := found[slices.IndexFunc(found, func(d diag.Diagnostic) bool { return d.Severity == diag.Error })]
			require.Contains(t, []string{"reserved-name", "duplicate-name", "unused-name"}, first.Code, "%s\n%v", p.text, found)
			return nil
		}
		read.Rules, read.Correlations = append(read.Rules, one.Rules...), append(read.Correlations, one.Correlations...)
	}
	var laid []*rules.Filter
	if p.filters != "" {
		var found diag.Diagnostics
		laid, found = parse.Filters(folder, "filters.yml", parse.FilterByForm)
		require.False(t, found.HasErrors(), "%s\n%v", p.text, found)
	}
	if _, found := parse.LinkJoins(read.Rules, read.Correlations); found.HasErrors() {
		require.Contains(t, []string{"joined-prevalence"}, found[0].Code, "%s\n%v", p.text, found)
		return nil
	}
	lowered := map[*rules.Rule]*ir.Rule{}
	for _, one := range read.Rules {
		r, found := ir.Lower(one)
		require.False(t, found.HasErrors(), "%s\n%v", p.text, found)
		for _, f := range laid {
			if f.Covers(one) {
				required, found := ir.LowerFilter(f)
				require.False(t, found.HasErrors(), "%s\n%v", p.text, found)
				r = r.Filtered(f, required)
			}
		}
		lowered[one] = r
		p.rules = append(p.rules, r)
	}
	p.rules, _ = ir.LinkJoins(p.rules, lowered)
	for _, r := range p.rules {
		lowered[r.Source] = r
	}
	linked, found := parse.Link(read.Rules, read.Correlations)
	require.False(t, found.HasErrors(), "%s\n%v", p.text, found)
	p.correlations, found = ir.LowerCorrelations(linked, lowered)
	require.False(t, found.HasErrors(), "%s\n%v", p.text, found)
	require.Len(t, p.correlations, len(read.Correlations), p.text)
	return p
}
