package logline

import (
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The form of auditd's lines: https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Enrichment
var (
	// The kernel's own lines, where no auditd takes them, have the number of the type.
	auditLine = regexp.MustCompile(`^(?:(?:\[ *\d+\.\d+\] )?audit: )?(?:node=(\S+) )?type=(\S+) (?:msg=)?audit\((\d{1,11}|\d{2}/\d{2}/(?:\d{2}|\d{4}) \d{2}:\d{2}:\d{2})\.(\d{1,9}):(\d+)\) ?: ?`)
	// Texts that a user chooses are written in hexadecimal where they have spaces, quotes or control characters.
	chosenText = regexp.MustCompile(`^(?:proctitle|comm|exe|name|cwd|path|key|data|acct|dir|cmd|new_cmd|file|ocomm)$`)
	argument   = regexp.MustCompile(`^a\d+(?:\[\d+\])?$`)
	hexText    = regexp.MustCompile(`^(?:[0-9A-F]{2})+$`)
	// auditd adds the names behind a control character, which rsyslog escapes.
	enriched = regexp.MustCompile(`(?:\x1d|#035)([A-Z][A-Z0-9_-]*=)`)
	// An argument that is too long for a record is written in parts: a2[0], a2[1], and so on in further records.
	partOfArgument = regexp.MustCompile(`^(a\d+)\[\d+\]$`)
)

// auditTypes are the names of the types of which the kernel writes records.
// https://github.com/torvalds/linux/blob/master/include/uapi/linux/audit.h
var auditTypes = map[string]string{
	"1006": "LOGIN", "1300": "SYSCALL", "1302": "PATH", "1303": "IPC", "1304": "SOCKETCALL", "1305": "CONFIG_CHANGE", "1306": "SOCKADDR", "1307": "CWD", "1309": "EXECVE", "1317": "FD_PAIR", "1318": "OBJ_PID",
	"1319": "TTY", "1321": "BPRM_FCAPS", "1322": "CAPSET", "1323": "MMAP", "1325": "NETFILTER_CFG", "1326": "SECCOMP", "1327": "PROCTITLE", "1330": "KERN_MODULE", "1334": "BPF", "1400": "AVC", "1401": "SELINUX_ERR",
	"1700": "ANOM_PROMISCUOUS", "1701": "ANOM_ABEND",
}

// keySeparator is between the keys of an event that several rules of auditd recorded.
const keySeparator = "\x01"

// auditd reads a record of Linux' audit log.
func auditd(text string) (map[string]any, bool) {
	head := auditLine.FindStringSubmatch(text)
	if head == nil {
		return nil, false
	}
	seconds, err := auditSeconds(head[3])
	if err != nil {
		return nil, false
	}
	fraction, err := strconv.ParseFloat("0."+head[4], 64)
	if err != nil {
		return nil, false
	}
	at := time.Unix(seconds, int64(fraction*1e9)).UTC().Truncate(time.Microsecond)
	kind := head[2]
	if name := auditTypes[kind]; name != "" {
		kind = name
	}
	fields := map[string]any{"type": kind, "timestamp": at.Format(time.RFC3339Nano), "serial": head[5]}
	if head[1] != "" {
		fields["node"] = head[1]
	}
	addAudit(fields, kind, text[len(head[0]):], strings.Contains(head[3], "/"))
	return fields, true
}

// journalRecord is a record as systemd's journal forwards it to syslog: the type and the fields.
var journalRecord = regexp.MustCompile(`^([A-Z][A-Z0-9_]+(?:\[\d+\])?) ([a-z][a-z0-9_-]*=.*)$`)

func journalAudit(text string) (map[string]any, bool) {
	parts := journalRecord.FindStringSubmatch(text)
	if parts == nil {
		return nil, false
	}
	return Audit(parts[1], parts[2]), true
}

// Audit reads a record of a type whose text has no head, as systemd's journal has it.
func Audit(kind, text string) map[string]any {
	fields := map[string]any{"type": kind}
	addAudit(fields, kind, text, false)
	return fields
}

// IsFrame recognises the lines that ausearch and journalctl write between the events.
func IsFrame(text string) bool {
	return text == "----" || strings.HasPrefix(text, "time->") || strings.HasPrefix(text, "-- ") && strings.HasSuffix(text, " --")
}

// auditSeconds reads the time of a record: seconds since 1970, or what ausearch makes of them, which is read as UTC.
func auditSeconds(text string) (int64, error) {
	day, _, written := strings.Cut(text, " ")
	if !written {
		return strconv.ParseInt(text, 10, 64)
	}
	layout := "01/02/2006 15:04:05"
	if len(day) == len("01/02/06") {
		layout = "01/02/06 15:04:05"
	}
	at, err := time.Parse(layout, text)
	return at.Unix(), err
}

// addAudit adds the fields of a record, and those in its msg. Texts with spaces have no quotes where ausearch has
// interpreted the record. The parts of a long argument are also the argument, as far as the record has it.
func addAudit(fields map[string]any, kind, text string, interpreted bool) {
	if strings.Contains(text, "\x1d") || strings.Contains(text, "#035") {
		text = enriched.ReplaceAllString(text, " $1")
	}
	found, _ := pairs(text)
	parts := map[string][]string{} // of long arguments
	for _, p := range found {
		switch {
		case p.name == "msg" && p.quote == '\'':
			addAudit(fields, kind, p.value, interpreted)
			continue
		case interpreted:
			p.value += p.more
		case p.quote == 0 && hexText.MatchString(p.value) && (chosenText.MatchString(p.name) || (kind == "EXECVE" && argument.MatchString(p.name))):
			p.value = fromHex(p.value)
		}
		if kind == "EXECVE" && strings.HasSuffix(p.name, "]") {
			if part := partOfArgument.FindStringSubmatch(p.name); part != nil {
				parts[part[1]] = append(parts[part[1]], p.value)
			}
		}
		switch {
		case p.value == "(null)" || p.value == "?":
		case p.name == "key" && strings.Contains(p.value, keySeparator):
			fields[p.name] = strings.Split(p.value, keySeparator)
		default:
			put(fields, p.name, p.value)
		}
	}
	for name, texts := range parts {
		put(fields, name, strings.Join(texts, ""))
	}
}

// fromHex reads a text in hexadecimal. The arguments in proctitle end with zeros.
func fromHex(text string) string {
	data, err := hex.DecodeString(text)
	if err != nil {
		return text
	}
	return strings.ReplaceAll(strings.TrimRight(string(data), "\x00"), "\x00", " ")
}
