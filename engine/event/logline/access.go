package logline

import (
	"regexp"
	"strings"
	"time"
)

// accessLine is a line of the common and the combined log format, as Apache, nginx and others write it, also behind the
// name of the host.
// https://httpd.apache.org/docs/current/logs.html#accesslog
var accessLine = regexp.MustCompile(`^(?:([^\s:\[\]"]+)(?::(\d{1,5}))? )?(\S+) (\S+) (\S+(?: \S+)*?) \[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?(?:\s.*)?$`)

// access reads a line of a web server's log of requests. The fields have the W3C's names, as in IIS' logs.
func access(text string) (map[string]any, bool) {
	parts := accessLine.FindStringSubmatch(text)
	if parts == nil {
		return nil, false
	}
	at, err := time.Parse("02/Jan/2006:15:04:05 -0700", parts[6])
	if err != nil {
		return nil, false
	}
	fields := map[string]any{"timestamp": at.UTC().Format(time.RFC3339)}
	add := func(name, value string) {
		if value != "" && value != "-" {
			fields[name] = accessEscapes.Replace(value)
		}
	}
	for i, name := range []string{"cs-host", "s-port", "c-ip", "", "cs-username", "", "", "sc-status", "sc-bytes", "cs(Referer)", "cs(User-Agent)"} {
		if name != "" {
			add(name, parts[i+1])
		}
	}
	request := strings.Split(parts[7], " ")
	if len(request) < 2 {
		add("cs-uri", parts[7]) // something that is not HTTP
		return fields, true
	}
	uri := strings.Join(request[1:], " ")
	if version := request[len(request)-1]; len(request) > 2 && strings.HasPrefix(version, "HTTP/") {
		add("cs-version", version)
		uri = strings.Join(request[1:len(request)-1], " ")
	}
	add("cs-method", request[0])
	add("cs-uri", uri)
	stem, query, _ := strings.Cut(uri, "?")
	add("cs-uri-stem", stem)
	add("cs-uri-query", query)
	add("cs-uri-extension", extension(stem))
	return fields, true
}

var accessEscapes = strings.NewReplacer(`\"`, `"`, `\\`, `\`)
