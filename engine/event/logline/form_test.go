package logline

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is read without an expression is held to the expression that says it.
var (
	accessLine = regexp.MustCompile(`^(?:([^\s:\[\]"]+)(?::(\d{1,5}))? )?(\S+) (\S+) (\S+(?: \S+)*?) \[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?(?:\s.*)?$`)
	pairName   = regexp.MustCompile(`^[A-Za-z_@][A-Za-z0-9_.@/:\-]*(?:\[\d+\])?(?:\(\d+\))?=`)
	keyOfCEF   = regexp.MustCompile(`(?:^|\s)([A-Za-z0-9_.\-]+(?:\[\d+\])?)=`)
	hostName   = regexp.MustCompile(`^([^\s:\[\]=<>{}"]+|(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|` +
		`(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?::(?:[0-9A-Fa-f]{1,4}:){0,6}[0-9A-Fa-f.]{0,15})(?:%\w+)?) +`)
)

// made joins parts at random.
func made(rng *rand.Rand, parts []string) string {
	var b strings.Builder
	for range 1 + rng.IntN(9) {
		b.WriteString(parts[rng.IntN(len(parts))])
	}
	return b.String()
}

func TestRequestsAreWhatTheirExpressionFinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	parts := []string{" ", " ", "[", "]", `"`, `\`, "a", "-", "10.0.0.1", "h:80", "host", "\t", ` [22/Feb/2026:22:14:15 +0000] "GET / HTTP/1.1" 200 512`,
		` [22/Feb/2026:22:14:15 +0000] "x\"y" - -`, ` "-" "curl"`, "5", " [", "é", "\n"}
	found := 0
	for range 200_000 {
		text := made(rng, parts)
		want := accessLine.FindStringSubmatch(text)
		if want == nil {
			require.Nil(t, accessParts(text), "%q", text)
			continue
		}
		found++
		require.Equal(t, want[1:], accessParts(text), "%q", text)
	}
	assert.Greater(t, found, 1000)
}

func TestNamesOfPairsAndHostsAreWhatTheirExpressionsFind(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	parts := []string{"a", "Z9", "_", "@", "=", "=", "[1]", "(20)", "[", "]", "(", ")", " ", "::", ":", "12af", "%eth0", ".", "/", "-", "é", "\t", "\"", "2001:db8:0:0:0:0:0:1 "}
	for range 200_000 {
		text := made(rng, parts)
		require.Len(t, pairName.FindString(text), nameLength(text), "%q", text)
		want, rest := "", text
		if found := hostName.FindStringSubmatch(text); found != nil {
			want, rest = found[1], text[len(found[0]):]
		}
		name, behind := host(text)
		require.Equal(t, []string{want, rest}, []string{name, behind}, "%q", text)
	}
}

func TestNamesOfAnExtensionAreWhatTheirExpressionFinds(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	parts := []string{"a", "Z9", "_", "-", ".", "@", "/", "=", "=", "=", "[1]", "[20]", "[", "]", "[]", " ", " ", "\t", "\n", "é", "|", "x="}
	for range 200_000 {
		text := made(rng, parts)
		var want []cefKey
		for _, found := range keyOfCEF.FindAllStringSubmatchIndex(text, -1) {
			want = append(want, cefKey{found[2], found[3]})
		}
		require.Equal(t, want, cefKeys(text), "%q", text)
	}
}

// FuzzForms holds that what a form takes is all that its expression needs.
func FuzzForms(f *testing.F) {
	forms := map[string]form{"archived": archived, "container": container, "CEF": cefStart, "LEEF": leefStart, "audit": auditLine, "Squid": squidLine, "Snare": snareStart,
		"WinCollect": winCollectStart, "time of a pair": leadTime, "priority": priority, "time": plainTime, "time of ISO 8601": isoTime}
	for _, text := range []string{
		"2026 Feb 22 22:14:15 (agent) 10.0.0.1->/var/log/x y", "2026-02-22T22:14:15.123Z stdout F x", "CEF: 0|a", "LEEF: 2.0|a", "node=x type=A msg=audit(1.2:3): a=b", "audit: type=1300 audit(1.2:3): ",
		"1234567890.123  5 10.0.0.1 TCP_MISS/200 5 GET http://x u DIRECT/1.1.1.1 text/html", "host MSWinEventLog\t1", "AgentDevice=WindowsLog\t", "[2026-02-22 22:14:15] a=b", "<34>x", "*Feb 22 22:14:15: x", ".Feb  2 22:14:15 x",
		"12: Feb 22 22:14:15 x", "Feb 22 2026 22:14:15 CET: x", "2026-02-22T22:14:15Z x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, form := range forms {
			require.Equal(t, form.FindStringSubmatch(text), form.find(text), name)
		}
	})
}
