package logline

import (
	"regexp"
	"strings"
	"time"
)

// The parts of a line of the common and the combined log format, as Apache, nginx and others write it, also behind the
// name of the host: host:port client ident user [time] "request" status bytes "referrer" "agent".
// https://httpd.apache.org/docs/current/logs.html#accesslog
var (
	accessHost    = regexp.MustCompile(`^([^\s:\[\]"]+)(?::(\d{1,5}))? `)
	accessRequest = newForm(begins(" ["), `^ \[(\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)`)
	accessAgent   = newForm(begins(` "`), `^ "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"`)
)

// accessFields are the fields of the parts: also the ident, the time and the request have a part.
var accessFields = []string{"cs-host", "s-port", "c-ip", "", "cs-username", "", "", "sc-status", "sc-bytes", "cs(Referer)", "cs(User-Agent)"}

// accessParts gives the parts of a line; nil if it has another form. A user may have spaces, so all words before the
// time are the user's behind the client and the ident. A word before these two is the host, if there are enough.
func accessParts(text string) []string {
	if !strings.Contains(text, `] "`) {
		return nil // of most lines that is the cheapest to know
	}
	if host := accessHost.FindStringSubmatch(text); host != nil {
		if parts := accessBehind(text[len(host[0]):]); parts != nil {
			return append(host[1:], parts...)
		}
	}
	if parts := accessBehind(text); parts != nil {
		return append([]string{"", ""}, parts...)
	}
	return nil
}

// accessBehind gives the parts behind the host. The words before the time are apart by one space.
func accessBehind(text string) []string {
	ident := strings.IndexByte(text, ' ') + 1
	user := ident + strings.IndexByte(text[ident:], ' ') + 1
	if ident == 0 || user == ident {
		return nil
	}
	end, lastBreak := accessWords(text), strings.LastIndexByte(text, '\n')
	// what follows the parts is apart from them, and goes on to the line's end
	isEnd := func(at int) bool { return endsWord(text[at:]) && lastBreak <= at }
	for from := user + 1; from < end; { // the user has a character
		at := strings.Index(text[from:end], " [")
		if at < 0 {
			return nil
		}
		at += from
		if request := accessRequest.find(text[at:]); request != nil {
			parts := append([]string{text[:ident-1], text[ident : user-1], text[user:at]}, request[1:]...)
			behind := at + len(request[0])
			if agent := accessAgent.find(text[behind:]); agent != nil && isEnd(behind+len(agent[0])) {
				return append(parts, agent[1:]...)
			}
			if isEnd(behind) {
				return append(parts, "", "")
			}
		}
		from = at + 1
	}
	return nil
}

// whiteSpace is what an expression means by it.
const whiteSpace = " \t\n\f\r"

// endsWord tells whether a text has no word at its beginning.
func endsWord(text string) bool { return text == "" || strings.IndexByte(whiteSpace, text[0]) >= 0 }

// accessWords is how much of a text is words that are apart by one space.
func accessWords(text string) int {
	for i := range len(text) {
		if endsWord(text[i:]) && (text[i] != ' ' || i == 0 || text[i-1] == ' ') {
			return i
		}
	}
	return len(text)
}

// access reads a line of a web server's log of requests. The fields have the W3C's names, as in IIS' logs.
func access(text string) (map[string]any, bool) {
	parts := accessParts(text)
	if parts == nil {
		return nil, false
	}
	at, err := time.Parse("02/Jan/2006:15:04:05 -0700", parts[5])
	if err != nil {
		return nil, false
	}
	fields := map[string]any{"timestamp": at.UTC().Format(time.RFC3339)}
	add := func(name, value string) {
		if value != "" && value != "-" {
			if strings.Contains(value, `\`) {
				value = accessEscapes.Replace(value)
			}
			fields[name] = value
		}
	}
	for i, name := range accessFields {
		if name != "" {
			add(name, parts[i])
		}
	}
	request := strings.Split(parts[6], " ")
	if len(request) < 2 {
		add("cs-uri", parts[6]) // something that is not HTTP
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
