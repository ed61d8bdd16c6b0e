package logline

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// squidLine is a line of Squid's own format: time, milliseconds, client, result/status, bytes, method, URL, user,
// hierarchy/server and content type.
// https://wiki.squid-cache.org/Features/LogFormat
var squidLine = newForm(beginsAmong(""), `^(\d{9,11}\.\d{3}) +(-?\d+) (\S+) ([A-Z][A-Z_]*)/(\d{3}) (\d+) (\S+) (\S+) (\S+) ([A-Z][A-Z0-9_]*)/(\S+) (\S+)(?:\s.*)?$`)

var portAtEnd = regexp.MustCompile(`:\d+$`)

// squid reads a line of a proxy's log. The fields have the names of the W3C's logs, as proxies write these.
func squid(text string) (map[string]any, bool) {
	parts := squidLine.find(text)
	if parts == nil {
		return nil, false
	}
	milliseconds, err := strconv.ParseInt(strings.Replace(parts[1], ".", "", 1), 10, 64)
	if err != nil {
		return nil, false
	}
	fields := map[string]any{"timestamp": time.UnixMilli(milliseconds).UTC().Format("2006-01-02T15:04:05.000Z07:00")}
	add := func(name, value string) {
		if value != "" && value != "-" {
			fields[name] = value
		}
	}
	for i, name := range []string{"time-taken", "c-ip", "s-action", "sc-status", "sc-bytes", "cs-method", "cs-uri", "cs-username", "s-hierarchy", "s-supplier-name", "rs(Content-Type)"} {
		add(name, parts[i+2])
	}
	if parts[7] == "CONNECT" {
		add("cs-host", portAtEnd.ReplaceAllString(parts[8], ""))
		return fields, true
	}
	addURIParts(fields, parts[8])
	return fields, true
}
