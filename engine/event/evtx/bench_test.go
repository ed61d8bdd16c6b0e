package evtx

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// processLog writes so many records as Sysmon writes process creations: a template, whose values each record gives.
func processLog(records int) []byte {
	b := newBuilder()
	system := []string{"EventID", "Version", "Level", "Task", "EventRecordID", "Channel", "Computer"}
	data := []string{"RuleName", "UtcTime", "ProcessGuid", "ProcessId", "Image", "FileVersion", "Description", "Product", "Company", "OriginalFileName", "CommandLine", "CurrentDirectory", "User",
		"LogonGuid", "LogonId", "TerminalSessionId", "IntegrityLevel", "Hashes", "ParentProcessGuid", "ParentProcessId", "ParentImage", "ParentCommandLine"}
	template := func() {
		b.begin("Event", noDependency, false)
		b.bytes(tokenCloseStart)
		for _, section := range []struct {
			name   string
			fields []string
			first  int
		}{{"System", system, 0}, {"EventData", data, len(system)}} {
			b.begin(section.name, noDependency, false)
			b.bytes(tokenCloseStart)
			for i, name := range section.fields {
				if section.name == "System" {
					b.begin(name, noDependency, false)
				} else {
					b.begin("Data", noDependency, true)
					at := len(b.chunk)
					b.u32(0)
					b.bytes(tokenAttribute)
					b.name("Name")
					b.text(name)
					b.patch(at)
				}
				b.bytes(tokenCloseStart)
				b.substitution(section.first+i, typeString)
				b.close()
			}
			b.close()
		}
		b.close()
	}
	place := 0
	for n := range records {
		values := make([]variantData, 0, len(system)+len(data))
		for i := range system {
			values = append(values, variantData{kind: typeUint32, data: []byte{byte(i), byte(n), 0, 0}})
		}
		for i, name := range data {
			v := variantData{kind: typeString, data: utf16Bytes(fmt.Sprintf(`C:\Windows\System32\%s%d.exe`, name, n*i%50))}
			switch name {
			case "ProcessGuid", "LogonGuid", "ParentProcessGuid":
				v = variantData{kind: typeGUID, data: someGUID}
			case "ProcessId", "ParentProcessId", "TerminalSessionId":
				v = variantData{kind: typeUint32, data: []byte{byte(n), byte(i), 0, 0}}
			case "LogonId":
				v = variantData{kind: typeHex64, data: []byte{0xe7, 3, 0, 0, 0, 0, 0, 0}}
			}
			values = append(values, v)
		}
		b.record(func() {
			if n == 0 {
				place = b.useHere(template, func() []variantData { return values })
				return
			}
			b.use(place, values...)
		})
	}
	return file(b)
}

// BenchmarkRead gives the cost of a record.
func BenchmarkRead(b *testing.B) {
	const records = 40
	log := processLog(records)
	b.SetBytes(int64(len(log)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(bytes.NewReader(log))
		read := 0
		for {
			_, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(b, err)
			read++
		}
		require.Equal(b, records, read)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*records), "ns/event")
}
