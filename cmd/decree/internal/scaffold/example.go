package scaffold

import (
	"crypto/rand"
	"fmt"
)

// UUID gives a random UUID, version 4 of RFC 9562.
func UUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: https://pkg.go.dev/crypto/rand#Read
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// exampleFor gives a field that Sigma's taxonomy has for the log source, a value that matches, and one that does not.
// Without such a field the values are keywords. https://sigmahq.io/docs/basics/log-sources.html
func exampleFor(r Request) (field, hit, miss string) {
	switch r.Category {
	case "process_creation", "image_load", "process_access", "driver_load":
		return "Image|endswith", `\example.exe`, `\example.exe.txt`
	case "file_event", "file_delete", "file_rename", "file_access", "file_change":
		return "TargetFilename|endswith", `\example.exe`, `\example.exe.txt`
	case "registry_event", "registry_set", "registry_add", "registry_delete":
		return "TargetObject|endswith", `\Example`, `\Example\Other`
	case "dns_query", "dns":
		return "QueryName|endswith", ".example.com", ".example.com.example.org"
	case "network_connection", "firewall":
		return "DestinationHostname|endswith", ".example.com", ".example.com.example.org"
	case "ps_script", "ps_module":
		return "ScriptBlockText|contains", "Invoke-Example", "Invoke-Exam"
	case "proxy", "webserver":
		return "c-uri|contains", "/example", "/exam"
	}
	switch {
	case r.Product == "windows":
		return "EventID", "4688", "4689"
	case r.Product == "aws":
		return "eventName", "ExampleEvent", "AnotherEvent"
	}
	return "", "an example message", "another message"
}
