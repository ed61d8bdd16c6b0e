package logline

import (
	"regexp"
	"strings"
)

// Proxies write the URI that was asked for whole, or in parts. Rules ask for both, so each is made of the other. The
// names are the W3C's.

// urlParts are the scheme, the host, the path and the query of a URL. Of a CONNECT there are only the host and its
// port.
var urlParts = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*)://(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::\d+)?([^?#]*)(?:\?([^#]*))?`)

// addURIParts adds the parts of a URI that the fields do not have.
func addURIParts(fields map[string]any, uri string) {
	parts := urlParts.FindStringSubmatch(uri)
	if parts == nil {
		return
	}
	for i, name := range []string{"cs-uri-scheme", "cs-host", "cs-uri-stem", "cs-uri-query"} {
		addMissing(fields, name, parts[i+1])
	}
	addMissing(fields, "cs-uri-extension", extension(parts[3]))
}

func addMissing(fields map[string]any, name, value string) {
	if _, has := fields[name]; !has && value != "" && value != "-" {
		fields[name] = value
	}
}

// extension gives what is behind the last dot of a path's last part.
func extension(path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if at := strings.LastIndexByte(name, '.'); at >= 0 {
		return name[at+1:]
	}
	return ""
}

// defaultPorts are those that a URI does not name.
var defaultPorts = map[string]string{"http": "80", "https": "443", "ftp": "21"}

// composedURI makes a URI of the columns that Blue Coat's ProxySG has for its parts.
// https://techdocs.broadcom.com/us/en/symantec-security-software/web-and-network-security/edge-swg/7-3/access_log_formats.html
func composedURI(fields map[string]any) string {
	part := func(name string) string {
		text, _ := fields[name].(string)
		return text
	}
	scheme, host := part("cs-uri-scheme"), part("cs-host")
	if scheme == "" || host == "" {
		return ""
	}
	uri := scheme + "://" + host
	if port := part("cs-uri-port"); port != "" && port != "0" && port != defaultPorts[scheme] {
		uri += ":" + port
	}
	uri += part("cs-uri-path")
	if query := part("cs-uri-query"); query != "" {
		uri += "?" + strings.TrimPrefix(query, "?")
	}
	return uri
}
