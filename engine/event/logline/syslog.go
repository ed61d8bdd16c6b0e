package logline

import (
	"encoding/json"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Names of facilities and severities by their numbers: https://datatracker.ietf.org/doc/html/rfc5424#section-6.2.1
var (
	facilities = strings.Fields("kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock local0 local1 local2 local3 local4 local5 local6 local7")
	severities = strings.Fields("emerg alert crit err warning notice info debug")
)

var (
	priority = newForm(begins("<"), `^<(\d{1,3})>`)
	// RFC 3164 has no year. Cisco's devices may add one, a number of the line, a fraction, and marks of an unset clock.
	plainTime = newForm(beginsAmong("*.ABCDEFGHIJKLMNOPQRSTUVWXYZ"), `^(?:\d{1,10}: )?[*.]?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d{2}:\d{2}:\d{2})(\.\d{1,9})?(?: (?:[A-Z]{3,4}(?:[+-]\d{1,2})?|[A-Z][a-z]+(?:/\w+)+):)?:? +`)
	isoTime   = newForm(beginsAmong(""), `^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})):? +`)
	// an address of IPv6 as a host
	address = regexp.MustCompile(`^((?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|` +
		`(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?::(?:[0-9A-Fa-f]{1,4}:){0,6}[0-9A-Fa-f.]{0,15})(?:%\w+)?) +`)
	program   = regexp.MustCompile(`^([^\s:\[\]=<>{}"]{1,64})(?:\[([^\]\s]{1,64})\])?: *`)
	element   = regexp.MustCompile(`^\[([^\s=\]"]+)`)
	parameter = regexp.MustCompile(`^ ([^\s=\]"]+)="((?:[^"\\]|\\.)*)"`)

	// Cisco's devices name a message by facility, severity and mnemonic. Before it may be numbers, the device's name,
	// its own time, a card and a process, also behind the header of the server that received the line.
	// https://www.cisco.com/c/en/us/td/docs/routers/access/wireless/software/guide/SysMsgLogging.html
	messageName = regexp.MustCompile(mnemonic)
	device      = regexp.MustCompile(`^(` + counts + `(?:[^\s:%"{\[*]+(?:\[\d+\]| ` + place + `)? ?: ?)?` +
		`(?:(?:` + count + `|` + place + `|[*-][A-Za-z][\w.-]*) ?: ?)*` +
		`(?:(?:\(\w+\) )?` + clock + `(?: ?: ?| )(?:(?:[\w./-]+(?:\[\d+\])?|` + place + `) ?: ?)?)?` +
		`(?:%\$ ?[\w.-]+ ?%\$:? ?)?)` + mnemonic)
	// What else may stand before it is not known, so it may be a text that somebody chose.
	perhapsDevice = regexp.MustCompile(`^((?:[^%"{]|%\$){0,120}: ?)` + mnemonic)
	// A program's tag before such a text tells that the line is no device's. These programs' lines never are.
	// A program's name right before it is that program's, where the header tells the host: devices that write their own
	// name there write a number, a time or a space, too.
	onlyTag      = regexp.MustCompile(`^[A-Za-z][\w.-]{0,63}: ?` + mnemonic)
	taggedText   = regexp.MustCompile(`^` + counts + `(?:` + clock + ` )?[^\s:\[\]=<>{}"]{1,64}` + procid)
	knownProgram = regexp.MustCompile(`^` + counts + `(?:` + clock + ` )?(?i:sshd|sshd-session|su|sudo|cron|crond|anacron|kernel|` +
		`systemd|systemd-logind|login|passwd|useradd|usermod|audit|auditd|polkitd)` + procid)
	deviceTime = regexp.MustCompile(`(?:^|[\s:*.])(?:(\d{4}) )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?(\d{2}:\d{2}:\d{2})(\.\d{1,9})?[ :]`)
	deviceName = regexp.MustCompile(`^(?:\d{1,10}: )?([A-Za-z][^\s:\[]*)(?:: | [A-Z]+/)`)
)

// Parts of what a device writes before a message.
const (
	procid   = `(?:\[[^\]\s]{1,64}\])?:`
	mnemonic = `(%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+) ?: *`
	// A number of the line, an address, or the time since the device was started, between colons.
	count  = `(?:[*.]?\d[\d.ywdh]*|[\da-f]{4}(?:\.[\da-f]{4})+)?`
	counts = `(?:` + count + ` ?: ?)*`
	place  = `(?:(?:[A-Z]+\d*|\d+)(?:/[A-Z]*\d+)+|(?i:slot|switch|module) \d[\w/]*(?: \w+/\w+)?)`
	// A time may have a zone and a host behind it.
	clock = `(?:[*.]?(?:\d{4} )?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?` +
		`|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2}))(?: [\w/+.-]+){0,2}`
)

// message is what follows the header of a syslog line.
type message string

// header reads the header of RFC 5424 or RFC 3164, also as rsyslog writes it to files, without a priority or with a
// time of ISO 8601.
func (r *Reader) header(text string) (fields map[string]any, rest message, ok bool) {
	fields = map[string]any{}
	pri := priority.find(text)
	if pri != nil {
		n, err := strconv.Atoi(pri[1])
		if err != nil || n >= 8*len(facilities) {
			return nil, "", false
		}
		fields["facility"], fields["severity"] = facilities[n/8], severities[n%8]
		text = text[len(pri[0]):]
		if after, ok := strings.CutPrefix(text, "1 "); ok {
			if rest, ok := structured(fields, after); ok {
				return fields, rest, true
			}
		}
	}
	begun := text
	if text, ok = r.headerTime(fields, begun); !ok {
		return nil, "", false
	}
	if len(text) == len(begun) { // there is none
		rest, isDevice := r.deviceMessage(fields, begun)
		_, dated := fields["timestamp"]
		return fields, message(rest), pri != nil || isDevice && dated
	}
	if name, rest := host(text); name != "" {
		fields["hostname"] = name
		text = rest
	}
	if _, named := fields["hostname"]; !named || !onlyTag.MatchString(text) {
		if rest, ok := r.deviceMessage(fields, text); ok {
			return fields, message(rest), true
		}
	}
	text = tagged(fields, text)
	if _, named := fields["appname"]; !named && pri == nil && isoTime.is(begun) && !isDeviceEvent(text) && !auditLine.is(text) {
		return nil, "", false // a time of ISO 8601 alone begins lines of many logs
	}
	return fields, message(text), true
}

// headerTime reads the time of a header, if there is one, and gives the text behind it. ok is false if it is none of
// the calendar.
func (r *Reader) headerTime(fields map[string]any, text string) (rest string, ok bool) {
	switch plain, iso := plainTime.find(text), isoTime.find(text); {
	case plain != nil:
		at, ok := r.time(plain)
		if !ok {
			return "", false
		}
		fields["timestamp"] = at
		return text[len(plain[0]):], true
	case iso != nil:
		fields["timestamp"] = iso[1]
		return text[len(iso[0]):], true
	}
	return text, true
}

// host reads the name of a host and the spaces behind it. It is "" if there is none.
func host(text string) (name, rest string) {
	end := strings.IndexAny(text, " \t\n\f\r:[]=<>{}\"")
	switch {
	case end > 0 && text[end] == ' ':
		return text[:end], strings.TrimLeft(text[end:], " ")
	case end >= 0 && text[end] == ':':
		if found := address.FindStringSubmatch(text); found != nil {
			return found[1], text[len(found[0]):]
		}
	}
	return "", text
}

// longestHead is how many bytes a device may write before the name of a message.
const longestHead = 256

// deviceMessage reads what Cisco's devices write before a message, and gives the message. The time of the header counts
// before the device's own, whose clock may not be set. A text that no device is known to write before it stays in the
// message.
func (r *Reader) deviceMessage(fields map[string]any, text string) (rest string, ok bool) {
	name := messageName.FindStringIndex(text)
	if name == nil || name[0] > longestHead || knownProgram.MatchString(text) {
		return text, false
	}
	head := text[:name[1]]
	parts := device.FindStringSubmatch(head)
	if parts == nil && !taggedText.MatchString(head) {
		if parts = perhapsDevice.FindStringSubmatch(head); parts != nil {
			parts[0] = ""
		}
	}
	if parts == nil {
		return text, false
	}
	if _, dated := fields["timestamp"]; !dated {
		if t := deviceTime.FindStringSubmatch(parts[1]); t != nil {
			if at, ok := r.time([]string{"", t[2], t[3], t[1] + t[4], t[5], t[6]}); ok {
				fields["timestamp"] = at
			}
		}
	}
	if _, named := fields["hostname"]; !named {
		if host := deviceName.FindStringSubmatch(parts[1]); host != nil {
			fields["hostname"] = host[1]
		}
	}
	if origin := strings.Trim(parts[1], " :"); origin != "" && parts[0] != "" {
		fields["origin"] = origin
	}
	fields["appname"] = parts[2]
	return text[len(parts[0]):], true
}

// tagged reads the program's name and process id before a message, and gives the message.
func tagged(fields map[string]any, text string) string {
	if tag := program.FindStringSubmatch(text); tag != nil && !isDeviceEvent(text) {
		fields["appname"] = tag[1]
		if tag[2] != "" {
			fields["procid"] = tag[2]
		}
		return text[len(tag[0]):]
	}
	return text
}

// time reads a time without a zone as one of UTC. Without a year it is of the latest one in which it is not after the
// reader's time.
func (r *Reader) time(parts []string) (string, bool) {
	year := parts[3]
	if year == "" {
		year = strconv.Itoa(r.Latest.Year())
	}
	at, err := time.Parse("2006 Jan 2 15:04:05.999999999", year+" "+parts[1]+" "+parts[2]+" "+parts[4]+parts[5])
	if parts[3] == "" {
		r.yearless.Store(true)
		for back := 1; err != nil && back < 8; back++ { // 29 February
			at, err = time.Parse("2006 Jan 2 15:04:05.999999999", strconv.Itoa(r.Latest.Year()-back)+" "+parts[1]+" "+parts[2]+" "+parts[4]+parts[5])
		}
		if err == nil && at.After(r.Latest.Add(24*time.Hour)) {
			at = at.AddDate(-1, 0, 0)
		}
	}
	return at.Format(time.RFC3339Nano), err == nil
}

// structured reads what follows the version of RFC 5424.
func structured(fields map[string]any, text string) (rest message, ok bool) {
	for _, name := range []string{"timestamp", "hostname", "appname", "procid", "msgid"} {
		value, after, found := strings.Cut(text, " ")
		if !found || value == "" {
			return "", false
		}
		if value != "-" {
			fields[name] = value
		}
		text = after
	}
	if after, none := strings.CutPrefix(text, "-"); none {
		return message(strings.TrimPrefix(strings.TrimPrefix(after, " "), "\ufeff")), true
	}
	for {
		id := element.FindStringSubmatch(text)
		if id == nil {
			break
		}
		text = text[len(id[0]):]
		data := map[string]any{}
		for {
			p := parameter.FindStringSubmatch(text)
			if p == nil {
				break
			}
			put(data, p[1], unescape(p[2], `"\]`))
			text = text[len(p[0]):]
		}
		if text, ok = strings.CutPrefix(text, "]"); !ok {
			return "", false
		}
		fields[id[1]] = data
	}
	return message(strings.TrimPrefix(strings.TrimPrefix(text, " "), "\ufeff")), ok
}

// unescape removes the backslashes before some characters.
func unescape(text, escaped string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && strings.IndexByte(escaped, text[i+1]) >= 0 {
			i++
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// in adds what the message holds to the fields of its header: the fields of another form, or its text.
func (m message) in(header map[string]any) Line {
	text := string(m)
	if strings.HasPrefix(text, "<Event") {
		return Line{XML: text}
	}
	if object := strings.TrimSpace(strings.TrimPrefix(text, "@cee:")); strings.HasPrefix(object, "{") && json.Valid([]byte(object)) {
		return Line{JSON: object}
	}
	if fields, ok := agentEvent(text); ok {
		return Line{Fields: fields}
	}
	if fields := nxlog(header, text); fields != nil {
		return Line{Fields: fields}
	}
	fields, ok := cef(text)
	if !ok {
		fields, ok = leef(text)
	}
	if !ok {
		fields, ok = auditd(text)
	}
	if !ok && header["appname"] == "audit" {
		fields, ok = journalAudit(text)
	}
	if !ok {
		fields, ok = access(text)
	}
	if !ok {
		fields, ok = squid(text)
	}
	if !ok {
		fields, ok = pairsOnly(text)
	}
	if !ok {
		header["message"] = text
		return Line{Fields: header}
	}
	for name, v := range header {
		if _, taken := fields[name]; !taken {
			fields[name] = v
		}
	}
	return Line{Fields: maps.Clone(fields)}
}
