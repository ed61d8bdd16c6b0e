package bench

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"decree/engine"
	"decree/engine/event"
	"decree/rules/ir"
	"decree/rules/parse"
)

var (
	images   = []string{"svchost", "chrome", "powershell", "cmd", "msedge", "explorer", "rundll32", "regsvr32", "wmic", "net", "whoami", "git", "python", "java", "teams", "code"}
	folders  = []string{`C:\Windows\System32\`, `C:\Program Files\Vendor\`, `C:\Users\ada\AppData\Local\Temp\`, `C:\ProgramData\`}
	words    = []string{"-enc", "/c", "start", "--type=renderer", "-NoProfile", "http://updates.example.org/a", "delete", "shadows", "/all", "localgroup", "administrators", "C:\\Temp\\x.dll,Run"}
	channels = []struct {
		id   int
		name string
	}{{1, "process_creation"}, {3, "network_connection"}, {7, "image_load"}, {11, "file_event"}, {13, "registry_set"}}
)

// generatedEvents makes Sysmon's events of five kinds from a fixed seed: few images and users, as on a real
// host, and command lines that seldom repeat.
func generatedEvents(tb testing.TB, n int) [][]byte {
	r := rand.New(rand.NewPCG(2026, 3))
	image := func() string { return folders[r.IntN(len(folders))] + images[r.IntN(len(images))] + ".exe" }
	lines := make([][]byte, n)
	for i := range lines {
		kind := channels[r.IntN(len(channels))]
		e := map[string]any{"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": kind.id, "EventRecordID": i, "Computer": fmt.Sprint("host-", r.IntN(50)),
			"UtcTime": fmt.Sprintf("2026-03-01 %02d:%02d:%02d.%03d", i/3600%24, i/60%60, i%60, r.IntN(1000)), "User": fmt.Sprint(`CORP\user`, r.IntN(20)), "Image": image(), "ProcessId": r.IntN(65536)}
		switch kind.id {
		case 1:
			line := e["Image"].(string)
			for range r.IntN(6) {
				line += " " + words[r.IntN(len(words))]
			}
			e["CommandLine"], e["ParentImage"] = fmt.Sprint(line, " ", r.Uint32()), image()
			e["Hashes"] = fmt.Sprintf("SHA1=%040X,MD5=%032X", r.Uint64(), r.Uint64())
		case 3:
			e["DestinationIp"], e["DestinationPort"] = fmt.Sprintf("10.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256)), []int{80, 443, 445, 3389, 8080}[r.IntN(5)]
		case 7:
			e["ImageLoaded"] = folders[r.IntN(len(folders))] + "lib" + strconv.Itoa(r.IntN(500)) + ".dll"
		case 11:
			e["TargetFilename"] = folders[r.IntN(len(folders))] + strconv.Itoa(r.IntN(100000)) + ".tmp"
		case 13:
			e["TargetObject"], e["Details"] = `HKLM\SOFTWARE\Vendor\Key`+strconv.Itoa(r.IntN(1000)), "DWORD (0x00000001)"
		}
		data, err := json.Marshal(e)
		require.NoError(tb, err)
		lines[i] = data
	}
	return lines
}

// generatedRules makes rules on those events from a fixed seed; about one in a thousand events matches one.
func generatedRules(tb testing.TB, n int) []*ir.Rule {
	r := rand.New(rand.NewPCG(7, 4))
	fields := map[string][2]string{"process_creation": {"Image", "CommandLine"}, "network_connection": {"Image", "DestinationIp"}, "image_load": {"Image", "ImageLoaded"},
		"file_event": {"Image", "TargetFilename"}, "registry_set": {"Image", "TargetObject"}}
	var out []*ir.Rule
	for i := range n {
		kind := channels[r.IntN(len(channels))].name
		text := fmt.Sprintf(`title: Generated %d
logsource: {product: windows, category: %s}
detection:
  image: {%s|endswith: ['\%s.exe', '\tool%d.exe']}
  rest: {%s|contains: ['%s %d', 'marker%d']}
  filter: {User|contains: 'svc%d'}
  condition: image and rest and not filter
`, i, kind, fields[kind][0], images[r.IntN(len(images))], i, fields[kind][1], words[r.IntN(len(words)-1)], r.IntN(10), i, i%7)
		parsed, found := parse.Rules("generated.yml", []byte(text), nil)
		require.False(tb, found.HasErrors(), "%v", found)
		lowered, found := ir.Lower(parsed[0])
		require.Empty(tb, found)
		out = append(out, lowered)
	}
	return out
}

// BenchmarkGenerated evaluates generated rules on generated events: it needs no public rules or events.
func BenchmarkGenerated(b *testing.B) {
	lines := generatedEvents(b, 20_000)
	for _, n := range []int{100, 1000} {
		b.Run("rules="+strconv.Itoa(n), func(b *testing.B) {
			e, found := engine.New(generatedRules(b, n), engine.Options{Model: windows(b), MaxPending: 1, OnResult: func(engine.Result) {}})
			require.False(b, found.HasErrors())
			b.SetBytes(size(lines))
			b.ReportAllocs()
			ev := &event.Event{Source: "bench"}
			for b.Loop() {
				for i, l := range lines {
					ev.Raw, ev.Line = l, i+1
					if err := e.Add(ev); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.N)*float64(len(lines))/b.Elapsed().Seconds(), "events/s")
		})
	}
}
