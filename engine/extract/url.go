package extract

import "strings"

// urlPart takes a part out of a URL. It says what the expression that lowering gives the part says
// (rules/ir/extract.go); a fuzz test holds the two to each other.
func urlPart(t, part string) (string, bool) {
	scheme, rest, hasScheme := cutScheme(t)
	if part == "scheme" {
		return scheme, hasScheme
	}
	if part == "query" {
		before, query, ok := strings.Cut(t, "?")
		query, _, _ = strings.Cut(query, "#")
		return query, ok && !strings.Contains(before, "#")
	}
	authority, hasAuthority := strings.CutPrefix(rest, "//")
	if hasAuthority {
		end := strings.IndexAny(authority, "/?#")
		if end < 0 {
			end = len(authority)
		}
		authority, rest = authority[:end], authority[end:]
	}
	if part == "path" {
		if end := strings.IndexAny(rest, "?#"); end >= 0 {
			rest = rest[:end]
		}
		return rest, true
	}
	if !hasAuthority {
		return "", false
	}
	host, port, ok := hostPort(authority[strings.LastIndexByte(authority, '@')+1:])
	if part == "host" {
		return host, ok
	}
	return port, ok && port != ""
}

// cutScheme cuts the scheme off a URL.
func cutScheme(t string) (scheme, rest string, ok bool) {
	for i := range len(t) {
		switch c := t[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '.' || c == '-'):
		case i > 0 && c == ':':
			return t[:i], t[i+1:], true
		default:
			return "", t, false
		}
	}
	return "", t, false
}

// hostPort takes a host and its port apart. A host in brackets keeps them.
func hostPort(t string) (host, port string, ok bool) {
	end := strings.IndexAny(t, ":[]")
	if strings.HasPrefix(t, "[") {
		end = strings.IndexByte(t, ']') + 1
		if end == 0 {
			return "", "", false
		}
	}
	if end < 0 || end == len(t) {
		return t, "", true
	}
	host, port = t[:end], t[end:]
	if port[0] != ':' {
		return "", "", false
	}
	port = port[1:]
	return host, port, strings.Trim(port, "0123456789") == ""
}
