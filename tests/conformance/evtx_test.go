package conformance

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/event/evtx"
	"decree/tests/fixture"
)

// A difference is one that two readers may have in a field, and why ours is right all the same.
type difference struct {
	name, reason string
	holds        func(field string, ours, theirs any) bool
}

// eventLogs are the recording of the reader's own tests that holds what other readers know, too, and the public ones.
func eventLogs(t *testing.T) (own string, public []string) {
	if base := os.Getenv("DECREE_CORPUS"); base != "" {
		require.NoError(t, filepath.WalkDir(base, func(path string, _ os.DirEntry, err error) error {
			if err == nil && filepath.Ext(path) == ".evtx" {
				public = append(public, path)
			}
			return err
		}))
		require.NotEmpty(t, public)
	}
	return filepath.Join(root(), "engine", "event", "evtx", "testdata", "common.evtx"), public
}

// decreeRecords reads a recording as decree does.
func decreeRecords(t *testing.T, path string) (out []map[string]any) {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	r := evtx.NewReader(f)
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		require.NoError(t, err, path)
		out = append(out, record.Fields().Map())
	}
}

// comparison counts what is compared and which differences were met.
type comparison struct {
	t             *testing.T
	differences   []difference
	fields, files int
	met           map[string]int
}

// record compares the fields that two readers give of a record.
func (c *comparison) record(at string, ours, theirs map[string]any) {
	for _, field := range slices.Sorted(maps.Keys(union(ours, theirs))) {
		a, b := ours[field], theirs[field]
		c.fields++
		if text(a) == text(b) && (a == nil) == (b == nil) {
			continue
		}
		i := slices.IndexFunc(c.differences, func(d difference) bool { return d.holds(field, a, b) })
		if !assert.GreaterOrEqual(c.t, i, 0, "%s: %s: %#v, the other reader gives %#v", at, field, a, b) {
			continue
		}
		c.met[c.differences[i].name]++
	}
}

// done holds that each difference is one that there is.
func (c *comparison) done() {
	c.t.Logf("%d fields of %d recordings compared; differences: %v", c.fields, c.files, c.met)
	for _, d := range c.differences {
		assert.Positive(c.t, c.met[d.name], "no record shows that %s: %s", d.name, d.reason)
	}
}

func union(a, b map[string]any) map[string]any {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

func text(v any) string {
	switch v := v.(type) {
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		texts := make([]string, len(v))
		for i, one := range v {
			texts[i] = text(one)
		}
		return strings.Join(texts, "\x00")
	}
	return fmt.Sprint(v)
}

// unbraced takes the braces off each GUID.
func unbraced(v any) string {
	texts := strings.Split(text(v), "\x00")
	for i, one := range texts {
		if len(one) == 38 && one[0] == '{' && one[37] == '}' {
			texts[i] = one[1:37]
		}
	}
	return strings.Join(texts, "\x00")
}

// microseconds cuts a time off behind its sixth digit.
func microseconds(v any) string {
	if s, ok := v.(string); ok && len(s) == len("2006-01-02T15:04:05.0000000Z") && strings.HasSuffix(s, "Z") {
		return s[:26] + "Z"
	}
	return text(v)
}

// TestEVTXAsRust compares with the Rust crate evtx, by the XML that it writes: so its reader is compared with
// ours of EVTX, and its XML is read by ours.
func TestEVTXAsRust(t *testing.T) {
	t.Parallel()
	python := pythonWith(t, "import evtx", "evtx")
	c := &comparison{t: t, met: map[string]int{}, differences: []difference{
		{"guid", "Windows writes a GUID in braces (MS-EVEN6 2.2.12.3), the crate without", func(_ string, a, b any) bool { return unbraced(a) == text(b) }},
		{"time", "Windows writes seven digits, which a FILETIME has; the crate cuts the seventh off", func(_ string, a, b any) bool { return microseconds(a) == microseconds(b) || microseconds(a) == b }},
		{"not given", "an element with an optional value that was not given is not there (MS-EVEN6 2.2.12.1); the crate writes it empty",
			func(_ string, a, b any) bool { return (a == nil || text(a) != "") && filled(a) == filled(b) }},
	}}
	own, public := eventLogs(t)
	files := append([]string{own}, public...)
	var theirs [][]string
	ask(t, exec.Command(python, filepath.Join(root(), "tests", "conformance", "evtx", "read.py")), map[string]any{"files": files}, &theirs)
	for i, path := range files {
		ours := decreeRecords(t, path)
		require.Len(t, theirs[i], len(ours), path)
		c.files++
		for n, other := range theirs[i] {
			at := fmt.Sprintf("%s: record %d", filepath.Base(path), n+1)
			fields, err := evtx.FromXML([]byte(other[strings.Index(other, "<Event"):]))
			require.NoError(t, err, at)
			c.record(at, ours[n], fields.Map())
		}
	}
	c.done()
}

// filled is a value without the empty ones of a list.
func filled(v any) string {
	if v == nil {
		return ""
	}
	return strings.Join(slices.DeleteFunc(strings.Split(text(v), "\x00"), func(one string) bool { return one == "" }), "\x00")
}

// TestEVTXAsVelocidex compares with the Go library of Velociraptor, over the public recordings: of the tokens that
// are rare it reads few.
func TestEVTXAsVelocidex(t *testing.T) {
	t.Parallel()
	fixture.Corpus(t)
	_, public := eventLogs(t)
	c := &comparison{t: t, met: map[string]int{}, differences: []difference{
		{"guid", "Windows writes a GUID in braces", func(_ string, a, b any) bool { return unbraced(a) == text(b) }},
		{"hexadecimal", "Windows writes these types as 0x…; the library as numbers", func(_ string, a, b any) bool {
			n, ok := b.(float64)
			s, _ := a.(string)
			return ok && (s == fmt.Sprintf("0x%x", uint64(n)) || nearly(s, n))
		}},
		{"time", "Windows writes a time as text; the library as seconds since 1970", func(_ string, a, b any) bool {
			n, ok := b.(float64)
			at, err := time.Parse(time.RFC3339, text(a))
			return ok && err == nil && math.Abs(float64(at.UnixMicro())/1e6-n) < 1e-5
		}},
	}}
	cmd := exec.Command("go", "run", ".")
	cmd.Dir = filepath.Join(root(), "tests", "conformance", "evtx", "velocidex")
	if err := exec.Command("go", "-C", cmd.Dir, "mod", "download").Run(); err != nil {
		missing(t, "the library cannot be had: "+err.Error())
	}
	var theirs [][]struct{ Event map[string]any }
	ask(t, cmd, map[string]any{"files": public}, &theirs)
	for i, path := range public {
		ours := decreeRecords(t, path)
		require.Len(t, theirs[i], len(ours), path)
		c.files++
		for n, other := range theirs[i] {
			c.record(fmt.Sprintf("%s: record %d", filepath.Base(path), n+1), ours[n], velocidexFields(other.Event))
		}
	}
	c.done()
}

// nearly compares a number of more than 53 bits, which JSON's are not.
func nearly(hex string, n float64) bool {
	whole, err := strconv.ParseUint(strings.TrimPrefix(hex, "0x"), 16, 64)
	return err == nil && strings.HasPrefix(hex, "0x") && float64(whole) == n
}

// velocidexFields gives the values of that library's objects the names that ours have.
func velocidexFields(event map[string]any) map[string]any {
	out := map[string]any{}
	system, _ := event["System"].(map[string]any)
	for name, v := range system {
		inner, ok := v.(map[string]any)
		if !ok {
			out[name] = v
			continue
		}
		for attribute, v := range inner {
			if attribute == "Value" {
				out[name] = v
			} else {
				out[name+"_"+attribute] = v
			}
		}
	}
	if t, ok := out["TimeCreated_SystemTime"]; ok {
		out["TimeCreated"] = t
	}
	for _, section := range []string{"EventData", "UserData"} {
		velocidexData(out, section, event[section])
	}
	return out
}

func velocidexData(out map[string]any, name string, v any) {
	switch v := v.(type) {
	case nil:
	case []any:
		for _, one := range v {
			velocidexData(out, name, one)
		}
	case map[string]any:
		if named, ok := v["Name"].(string); ok && name == "Data" {
			velocidexData(out, named, v["Value"])
			return
		}
		for inner, v := range v {
			velocidexData(out, inner, v)
		}
	default:
		if before, ok := out[name]; ok {
			out[name] = []any{before, v}
			return
		}
		out[name] = v
	}
}
