package tuning

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"decree/engine/fold"
)

// What a way to compare adds to the cost of a field. Whole values are preferred to parts, and narrow parts to wide
// ones.
const (
	patternCost   = 0.15
	filenameCost  = 0.35
	folderCost    = 0.3
	beginningCost = 0.4
	partCost      = 0.6
	moreCost      = 0.25 // each further text of a list
	commandCost   = 0.5  // each further command of a list: the next one will be another
	openCost      = 0.6  // a folder in which any user may write, or that holds everything
	absentCost    = 1    // each dialect whose products lack the field
	fractionCost  = 0.6
	knownCost     = 0.6 // an account or a program that every machine has
)

// Limits of the search: real values stay far below.
const (
	maxValueLength = 1000
	maxText        = 16 << 10 // bytes that are read of a longer value, or one of several lines
	minPart        = 5
	maxParts       = 300 // words of one field that are tried
	maxListed      = 12  // texts of one test
)

// propose proposes tests from the values of shapes that should not alert.
func (s *search) propose() {
	byField := map[string]map[string]string{} // field -> folded value -> value
	for _, shape := range s.good {
		for name, values := range shape.texts {
			for _, v := range values {
				if byField[name] == nil {
					byField[name] = map[string]string{}
				}
				byField[name][fold.Text(v)] = v
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byField)) {
		s.proposeFor(name, byField[name])
	}
}

func (s *search) proposeFor(field string, byText map[string]string) {
	of := s.fields.usable(field)
	if of == unreadable {
		return
	}
	values := make([]string, 0, len(byText))
	for _, key := range slices.Sorted(maps.Keys(byText)) {
		values = append(values, byText[key])
	}
	absent := s.fields.absent(field)
	p := proposer{s, field, of, costOf[of] + absentCost*float64(absent), absent > 0}
	if of == digest {
		for _, v := range values {
			p.digests(v)
		}
		return
	}
	var whole, lines []string
	for _, v := range values {
		switch {
		case v == "" || isPassing(field, v):
		case fraction.MatchString(v):
			p.add("", fractionCost, v)
		case onlyVarying(v) && !isShortNumber(v):
		case strings.ContainsFunc(v, unicode.IsControl) || len(v) > maxValueLength:
			for line := range strings.FieldsFuncSeq(v[:min(len(v), maxText)], unicode.IsControl) {
				lines = append(lines, strings.TrimSpace(line))
			}
		default:
			whole = append(whole, v)
			p.equal(v)
		}
	}
	p.listed(whole)
	p.lines(lines)
	if of == common || of == place {
		return
	}
	p.patterns(whole)
	p.paths(whole)
	p.words(whole)
}

// fraction is a number such as a share or a score. It may also be a version, which will be another.
var fraction = regexp.MustCompile(`^-?\d{1,5}\.\d{1,6}$`)

// isShortNumber tells whether a value is a number that people know, such as a port.
func isShortNumber(v string) bool {
	return len(v) <= 5 && strings.Trim(v, "0123456789") == "" || len(v) <= 8 && strings.HasPrefix(v, "0x")
}

// firstPassing is the first port that systems give to the client's end of a connection.
const firstPassing = 32768

// isPassing tells whether a value is a port that a system chose for one connection.
func isPassing(field, v string) bool {
	n, err := strconv.Atoi(v)
	return err == nil && n >= firstPassing && strings.HasSuffix(strings.ToLower(field), "port")
}

// proposer proposes tests of one field.
type proposer struct {
	*search
	field  string
	of     class
	base   float64
	absent bool // from the products of a dialect
}

// add proposes a test of texts, with what its way to compare costs.
func (p proposer) add(modifier string, extra float64, texts ...string) {
	p.consider(&test{field: p.field, modifier: modifier, texts: texts, class: p.of, absent: p.absent, cost: p.base + extra})
}

// addPattern proposes a test of a value with asterisks.
func (p proposer) addPattern(extra float64, pattern string) {
	p.consider(&test{field: p.field, texts: []string{pattern}, pattern: true, class: p.of, absent: p.absent, cost: p.base + extra})
}

func (p proposer) equal(v string) {
	extra := 0.0
	if p.of == account && wellKnown.MatchString(v) || host.MatchString(v) {
		extra = knownCost
	}
	p.add("", extra, v)
}

// listed proposes all whole values that no event has that must alert.
func (p proposer) listed(values []string) {
	var free []string
	for _, v := range values {
		t := &test{field: p.field, texts: []string{v}}
		if !slices.ContainsFunc(p.bad, func(shape *shape) bool { return t.holds(shape.folded[p.field]) }) {
			free = append(free, v)
		}
	}
	more := moreCost
	if slices.ContainsFunc(free, func(v string) bool { return strings.Contains(v, " ") && !absolute.MatchString(v) }) {
		more = commandCost
	}
	if len(free) > 1 && len(free) <= maxListed {
		p.add("", more*float64(len(free)-1), free...)
	}
}

// patterns proposes values with asterisks for user names, ids, versions and numbers.
func (p proposer) patterns(values []string) {
	seen := map[string]bool{}
	for _, v := range values {
		g := generalised(v)
		if g == v || host.MatchString(v) || seen[fold.Text(g)] || strings.ContainsAny(v, "*") || len(strings.ReplaceAll(g, "*", "")) < 2*minPart {
			continue
		}
		seen[fold.Text(g)] = true
		p.addPattern(patternCost*float64(strings.Count(g, "*")), g)
	}
}

var runsOfAsterisks = regexp.MustCompile(`\*[*._-]*\*|\*+`)

// generalised replaces what varies in a value by asterisks.
func generalised(v string) string {
	v = userPath.ReplaceAllString(v, "${1}*${3}")
	v = homePath.ReplaceAllString(v, "${1}*${3}")
	for _, re := range varying {
		v = re.ReplaceAllString(v, "*")
	}
	return runsOfAsterisks.ReplaceAllString(v, "*")
}

var (
	absolute = regexp.MustCompile(`^([A-Za-z]:\\|\\\\|\\(Device|\?\?|REGISTRY)\\|HK(LM|U|CU|CR|EY_)|/[A-Za-z])`)
	// openFolder is a folder in which any user may write, or that holds what everybody has.
	openFolder = regexp.MustCompile(`(?i)^([a-z]:\\(users|programdata|windows\\temp|temp|tmp|perflogs)\\|[a-z]:\\windows\\(system32|syswow64|winsxs)?\\?$|[a-z]:\\program files( \(x86\))?\\$|/(tmp|var/tmp|home|usr|bin|sbin|dev/shm)/)`)
	fileEnding = regexp.MustCompile(`\.[A-Za-z][A-Za-z0-9_-]{1,7}$`)
)

// paths proposes the file names and the folders of paths.
func (p proposer) paths(values []string) {
	folders, names := map[string]bool{}, map[string]bool{}
	for _, v := range values {
		if !absolute.MatchString(v) {
			p.endOfDomain(v)
			continue
		}
		slash := `\`
		if v[0] == '/' {
			slash = "/"
		}
		if name := v[strings.LastIndex(v, slash):]; len(name) > minPart && !strings.Contains(name, " -") && !onlyVarying(name) {
			names[name] = true
		}
		for _, folder := range foldersOf(v, slash) {
			folders[folder] = true
		}
	}
	for name := range names {
		p.add("endswith", filenameCost, name)
		if ending := fileEnding.FindString(name); ending != "" && len(names) > 1 {
			p.add("endswith", 1.5*partCost, ending)
		}
	}
	for folder := range folders {
		extra := folderCost
		if openFolder.MatchString(folder) {
			extra += openCost
		}
		if general := generalised(folder); general != folder {
			p.addPattern(extra+patternCost, general+"*")
			continue
		}
		p.add("startswith", extra, folder)
	}
}

// foldersOf gives the folders of a path, from the innermost: not the upper ones, which hold everything of a disk or of
// one user, and none whose name varies.
func foldersOf(path, slash string) (folders []string) {
	for at := strings.LastIndex(path, slash); at > 0; at = strings.LastIndex(path[:at], slash) {
		folder := path[:at+1]
		if strings.Count(folder, slash) < 3 || generalised(folder) != folder && !userPath.MatchString(folder) || userPath.FindString(folder) == folder {
			continue
		}
		folders = append(folders, folder)
	}
	return folders
}

var domain = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2,}$`)

// endOfDomain proposes the registered part of a domain.
func (p proposer) endOfDomain(v string) {
	if !domain.MatchString(v) || onlyVarying(v) {
		return
	}
	labels := strings.Split(v, ".")
	for n := 2; n < len(labels) && n <= 3; n++ {
		p.add("endswith", folderCost, "."+strings.Join(labels[len(labels)-n:], "."))
	}
}

// counter is a line that tells a number of the event's own.
var counter = regexp.MustCompile(`(?i)\b(id|number|time|date|version)\s*[=:]`)

// lines proposes lines of long texts, such as what PowerShell tells of a command: first those that most texts have.
func (p proposer) lines(lines []string) {
	counts := map[string]int{}
	for _, line := range lines {
		if len(line) >= 2*minPart && len(line) <= maxValueLength/4 && !counter.MatchString(line) && generalised(line) == line {
			counts[line]++
		}
	}
	frequent := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(frequent, func(a, b string) int { return counts[b] - counts[a] })
	for _, line := range frequent[:min(len(frequent), maxParts)] {
		p.add("contains", partCost, line)
	}
}

var word = regexp.MustCompile(`[^\s"',;=()|<>]+`)

// words proposes the beginnings and the words of commands that several values share, and those that no event has that
// must alert.
func (p proposer) words(values []string) {
	counts := map[commandPart]int{}
	for _, v := range values {
		for part := range commandParts(v) {
			counts[part]++
		}
	}
	var shared []commandPart
	for part, n := range counts {
		if n > 1 || len(values) <= 3 {
			shared = append(shared, part)
		}
	}
	slices.SortFunc(shared, func(a, b commandPart) int {
		return cmp.Or(counts[b]-counts[a], len(b.text)-len(a.text), strings.Compare(a.text, b.text))
	})
	for _, part := range shared[:min(len(shared), maxParts)] {
		switch {
		case !part.begins:
			p.add("contains", partCost, part.text)
		case generalised(part.text) == part.text && len(strings.TrimSpace(part.text)) > 2*minPart:
			p.add("startswith", beginningCost, part.text)
		}
	}
}

// commandPart is a word of a command, or all that is before a word of it.
type commandPart struct {
	text   string
	begins bool
}

// commandParts gives the words of a value with several, but those that vary, and what is before each word.
func commandParts(v string) map[commandPart]bool {
	if !strings.ContainsAny(v, " \t") {
		return nil
	}
	parts := map[commandPart]bool{}
	for _, at := range word.FindAllStringIndex(v, -1) {
		if at[0] > minPart {
			parts[commandPart{v[:at[0]], true}] = true
		}
		if w := v[at[0]:at[1]]; len(w) >= minPart && !onlyVarying(w) && generalised(w) == w {
			parts[commandPart{w, false}] = true
		}
	}
	return parts
}

// digests proposes each digest of a value on its own. Sysmon writes several in one text.
func (p proposer) digests(v string) {
	if !strings.Contains(v, "=") {
		p.add("", 0, v)
		return
	}
	for part := range strings.SplitSeq(v, ",") {
		if name, _, ok := strings.Cut(part, "="); ok && strings.EqualFold(name, "SHA256") {
			p.add("contains", 0, part)
		}
	}
}
