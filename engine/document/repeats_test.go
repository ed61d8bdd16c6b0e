package document

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/engine/event"
)

// loadedInTurn loads events by one document, in every order of two, with keywords and without: what is kept of
// one must not be seen in another.
func loadedInTurn(t *testing.T, events ...[]byte) {
	t.Helper()
	for _, keywords := range []bool{true, false} {
		l, texts := layoutFor(events...), map[version]string{}
		l.keywords = keywords
		for _, data := range events {
			if fields, err := event.Decode(data); err == nil {
				l.askInside("", fields)
			}
		}
		d := New(l)
		for _, first := range events {
			for _, second := range events {
				for _, data := range [][]byte{first, second} {
					fresh := New(d.layout)
					wrong := fresh.Load(data)
					require.Equal(t, wrong == nil, d.Load(data) == nil, "%s", data)
					if wrong != nil {
						continue
					}
					for i := range fresh.cols {
						want, got := fresh.cols[i], d.cols[i]
						require.Equal(t, want.gen == fresh.gen && want.Present, got.gen == d.gen && got.Present)
						if want.gen == fresh.gen {
							require.Equal(t, append([]string{}, want.Texts...), append([]string{}, got.Texts...), "%s", data)
						}
						if got.gen == d.gen && got.Version != 0 {
							of := version{d.layout.list[i], got.Version}
							if _, ok := texts[of]; !ok {
								texts[of] = strings.Join(got.Texts, "\x00")
							}
							require.Equal(t, texts[of], strings.Join(got.Texts, "\x00"), "%s: %v has not been the same", data, of)
						}
					}
					require.ElementsMatch(t, fresh.All(), d.All())
					wide := false
					for _, text := range d.All() {
						wide = wide || strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
					}
					require.False(t, wide && d.ASCII(), "letters beyond ASCII are seen")
				}
			}
		}
	}
}

func TestRepeats(t *testing.T) {
	long := strings.Repeat("x", 100)
	slashes := strings.Repeat(`\\`, 80)
	cases := [][]string{
		{`{"a":1,"b":2}`, `{"a":12,"b":2}`, `{"a":1 ,"b":2}`, `{"b":2,"a":1}`, `{"a":1}`, `{"a" :1}`, `{"a":"1"}`, `{"a":null}`, `{"a":{"b":1}}`, `{"a":[1]}`},
		{`{"a":true}`, `{"a":truer}`, `{"a":tru}`, `{"a":null}`, `{"a":nullx}`, `{"a":false}`},
		{`{"a":1,"a":2}`, `{"a":1,"a":1}`, `{"a":"` + long + `\n","a":"` + long + `\t"}`, `{"a":"` + long + `\n"}`},
		{`{"a":"` + long + `b"}`, `{"a":"` + long + `"}`, `{"a":"` + long + `bc"}`, `{"a":"` + long + `\nb"}`, `{"a":"` + long + `\nbc"}`, `{"a":"` + long + `\"bc"}`, `{"a":"` + long + `\`, `{"a":"` + long},
		{`{"a":"` + slashes + `b"}`, `{"a":"` + slashes + `\b"}`, `{"a":"` + slashes + `"}`, `{"a":"` + slashes + slashes + `"}`, `{"a":"` + slashes + `\"}`},
		{`{"a":"` + long + `\ud83d"}`, `{"a":"` + long + `\ud83d\ude00"}`, `{"a":"` + long + `\ud83d\u0041"}`, `{"a":"` + long + `\ud83d\ud83d\ude00"}`, `{"a":"` + long + `\ud83`},
		{`{"a":"` + long + `ä"}`, `{"a":"` + long + `ö"}`, `{"a":"` + long + `äb"}`, `{"a":"` + long + `\u00e4"}`, `{"a":"` + long + `\u00e5"}`},
		{`{"winlog":{"event_data":{"a":"` + long + `"}},"a":1}`, `{"a":"` + long + `"}`, `{"a":1,"winlog":{"event_data":{"b":2}}}`},
		{`{"Event":{"EventData":{"a":1}}}`, `{"a":1}`, `{"_source":{"a":1}}`, `{"x":1,"Event":{"EventData":{"a":1}}}`},
		{`{"\u0061":1}`, `{"a":1}`, `{"a\"":1}`, `{"":1}`},
		{`{"a":{"b":{"c":"x","d":"` + long + `\n"},"e":1}}`, `{"a":{"b":{"c":"x","d":"` + long + `\t"},"e":2}}`, `{"a":{"b":{"c":"y"}}}`, `{"a":{"b":{"c":"x"}},"a":{"b":{"d":1}}}`, `{"a":{"b":{"c":"x"}`, `{"a":"b"}`},
		{`{"a":[{"b":1},{"b":2}]}`, `{"a":[{"b":1}]}`, `{"a":[{"b":2}]}`, `{"a":{"b":2}}`, `{"a":[{"x.y":1},{"x":{"y":2}}]}`, `{"a":[{"x":{"y":2}}]}`, `{"a":[{"x.y":1}]}`},
		{`{"EventID":1,"Hostname":"x","Computer":"y","SourceName":"s"}`, `{"EventID":1,"Hostname":"x","SourceName":"s"}`, `{"EventID":1,"Computer":"y","SourceName":"s"}`},
		{`{"winlog":{"channel":"x","event_data":{"Channel":"y","a":"z"}},"a":"b"}`, `{"winlog":{"channel":"x","event_data":{"Channel":"y","a":"z"}}}`, `{"winlog":{"event_data":{"Channel":"y"}}}`, `{"a":"b"}`, `{"winlog":1,"winlog":{"event_data":{"a":1}}}`, `{"winlog":{"event_data":{"a":1}},"winlog":1}`},
		{`{"a.b":1,"a":{"b":2}}`, `{"a":{"b":2},"a.b":1}`, `{"a":{"b":2}}`, `{"a":3}`},
	}
	for _, c := range cases {
		var events [][]byte
		for _, text := range c {
			events = append(events, []byte(text))
		}
		loadedInTurn(t, events...)
	}
	for _, a := range documents {
		loadedInTurn(t, []byte(a), []byte(`{"a":"x","b":1,"winlog":1}`), []byte(a[:len(a)/2]))
	}
}

// TestRepeatedTexts cuts texts of escapes at random places and goes on otherwise.
func TestRepeatedTexts(t *testing.T) {
	parts := []string{"a", "Ä", `\n`, `\\`, `\"`, `\u0041`, `\u00e4`, `\ud83d\ude00`, `\ud83d`, `\ude00`, "plain text of some length"}
	r := rand.New(rand.NewPCG(1, 2))
	grow := func(text string, n int) string {
		for range n {
			text += parts[r.IntN(len(parts))]
		}
		return text
	}
	for range 200 {
		head := grow("", 20+r.IntN(40))
		events := [][]byte{[]byte(`{"a":"` + head + `"}`)}
		for range 3 {
			events = append(events, fmt.Appendf(nil, `{"a":"%s","b":"%s"}`, grow(head[:r.IntN(len(head))], r.IntN(5)), grow(head, 1)))
		}
		loadedInTurn(t, events...)
	}
}

// TestValuesThatAreAlwaysNew reads values of a key that is no longer kept, and is kept again once they repeat.
func TestValuesThatAreAlwaysNew(t *testing.T) {
	l := newLayout()
	slot := l.column("a")
	d := New(l)
	read := func(i int) {
		require.NoError(t, d.Load(fmt.Appendf(nil, `{"a":"\\%d"}`, i)))
		require.Equal(t, []string{fmt.Sprint(`\`, i)}, d.column(slot).Texts)
	}
	before := d.column(slot).Version
	for i := range 3*maxChanges + 1 {
		read(i)
		assert.Greater(t, d.column(slot).Version, before)
		before = d.column(slot).Version
	}
	assert.Equal(t, unknownValue, d.top.known[0].what, "it is not kept")
	for range retried + 1 {
		read(0)
	}
	kept := d.column(slot).Version
	read(0)
	assert.Equal(t, kept, d.column(slot).Version, "it is kept again")
}

// TestValuesOfObjectsAreKept holds that values below the outermost level repeat as those of it do.
func TestValuesOfObjectsAreKept(t *testing.T) {
	for column, text := range map[string]string{"a.b": `{"a":{"b":"\\x"}}`, "Image": `{"winlog":{"event_data":{"Image":"\\x"}}}`, "Channel": `{"winlog":{"channel":"\\x"}}`} {
		l := newLayout()
		slot := l.column(column)
		d := New(l)
		require.NoError(t, d.Load([]byte(text)))
		kept := d.column(slot).Version
		require.NotZero(t, kept, text)
		require.NoError(t, d.Load([]byte(text)))
		assert.Equal(t, kept, d.column(slot).Version, text)
		assert.Equal(t, []string{`\x`}, d.column(slot).Texts)
	}
}

// TestOnlyAnObjectOfWinlogIsLifted distinguishes what is below winlog from a key that has its name in it.
func TestOnlyAnObjectOfWinlogIsLifted(t *testing.T) {
	l := newLayout()
	slot := l.column("Image")
	d := New(l)
	text := []byte(`{"winlog":{"event_id":1},"winlog.event_data":{"Image":"x"}}`)
	require.NoError(t, d.Load(text))
	assert.False(t, d.column(slot).Present)
	fields, err := event.Decode(text)
	require.NoError(t, err)
	assert.NotContains(t, fields, "Image")
}

func TestRepeatsAreBounded(t *testing.T) {
	d := New(newLayout())
	d.layout.keywords = true
	big := strings.Repeat(`\n`, maxCachedValue/24)
	for i := range 3 * maxKeys {
		require.NoError(t, d.Load(fmt.Appendf(nil, `{"k%d":"%s","short":%d}`, i, big, i)))
		require.Less(t, d.cached, maxCached+32*maxCachedValue)
	}
	assert.LessOrEqual(t, d.keysKept, maxKeys)
	d = New(newLayout())
	require.NoError(t, d.Load(fmt.Appendf(nil, `{"%s":1}`, strings.Repeat("k", maxKey+1))))
	assert.Zero(t, d.keysKept, "long keys are not kept")
}

// TestKeysInEveryOrder reads events whose keys come in orders that no other has, of which not all are kept, and then
// some of one order.
func TestKeysInEveryOrder(t *testing.T) {
	l := newLayout()
	slots := make([]int, 40)
	for i := range slots {
		slots[i] = l.column(fmt.Sprint("k", i))
	}
	d := New(l)
	read := func(order []int, n int) {
		var b strings.Builder
		for _, i := range order {
			fmt.Fprintf(&b, `,"k%d":"%d"`, i, (i+n)%7)
		}
		require.NoError(t, d.Load([]byte("{"+b.String()[1:]+"}")))
		for i, slot := range slots {
			require.Equal(t, []string{fmt.Sprint((i + n) % 7)}, d.column(slot).Texts)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for n := range maxPositions / 16 {
		read(r.Perm(len(slots)), n)
		after := 0
		for p := d.top.start.first; p != nil; p = p.then {
			after++
		}
		require.LessOrEqual(t, after, maxAfter)
	}
	assert.Equal(t, maxPositions, d.positions, "there is no room for more")
	order := r.Perm(len(slots))
	for n := range 20 {
		read(order, n)
	}
}

// FuzzRepeats holds that an event reads the same whatever was read before it.
func FuzzRepeats(f *testing.F) {
	for i, text := range documents {
		f.Add([]byte(text), []byte(documents[(i+1)%len(documents)]))
	}
	f.Add([]byte(`{"a":"`+strings.Repeat(`\\x`, 40)+`","b":1}`), []byte(`{"a":"`+strings.Repeat(`\\x`, 40)+`\ud83d","b":12}`))
	f.Fuzz(func(t *testing.T, a, b []byte) { loadedInTurn(t, a, b) })
}
