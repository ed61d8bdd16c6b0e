package logline

import (
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The form of auditd's lines: https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Enrichment
var (
	// The kernel's own lines, where no auditd takes them, have the number of the type.
	auditLine = newForm(has("audit("), `^(?:(?:\[ *\d+\.\d+\] )?audit: )?(?:node=(\S+) )?type=(\S+) (?:msg=)?audit\((\d{1,11}|\d{2}/\d{2}/(?:\d{2}|\d{4}) \d{2}:\d{2}:\d{2})\.(\d{1,9}):(\d+)\) ?: ?`)
	// Texts that a user chooses are written in hexadecimal where they have spaces, quotes or control characters.
	chosenText = []string{"proctitle", "comm", "exe", "name", "cwd", "path", "key", "data", "acct", "dir", "cmd", "new_cmd", "file", "ocomm"}
	argument   = regexp.MustCompile(`^a\d+(?:\[\d+\])?$`)
	hexText    = regexp.MustCompile(`^(?:[0-9A-F]{2})+$`)
	// auditd adds the names behind a control character, which rsyslog escapes.
	enriched = regexp.MustCompile(`(?:\x1d|#035)([A-Z][A-Z0-9_-]*=)`)
	// An argument that is too long for a record is written in parts: a2[0], a2[1], and so on in further records.
	partOfArgument = regexp.MustCompile(`^(a\d+)\[\d+\]$`)
)

// auditTypes are the names of the types of which the kernel writes records, also those that programs gave it.
// https://github.com/torvalds/linux/blob/master/include/uapi/linux/audit.h and
// https://github.com/linux-audit/audit-userspace/blob/master/lib/audit-records.h
var auditTypes = map[string]string{
	"1006": "LOGIN",
	"1100": "USER_AUTH", "1101": "USER_ACCT", "1102": "USER_MGMT", "1103": "CRED_ACQ", "1104": "CRED_DISP", "1105": "USER_START", "1106": "USER_END", "1107": "USER_AVC", "1108": "USER_CHAUTHTOK", "1109": "USER_ERR",
	"1110": "CRED_REFR", "1111": "USYS_CONFIG", "1112": "USER_LOGIN", "1113": "USER_LOGOUT", "1114": "ADD_USER", "1115": "DEL_USER", "1116": "ADD_GROUP", "1117": "DEL_GROUP", "1118": "DAC_CHECK", "1119": "CHGRP_ID",
	"1120": "TEST", "1121": "TRUSTED_APP", "1122": "USER_SELINUX_ERR", "1123": "USER_CMD", "1124": "USER_TTY", "1125": "CHUSER_ID", "1126": "GRP_AUTH", "1127": "SYSTEM_BOOT", "1128": "SYSTEM_SHUTDOWN",
	"1129": "SYSTEM_RUNLEVEL", "1130": "SERVICE_START", "1131": "SERVICE_STOP", "1132": "GRP_MGMT", "1133": "GRP_CHAUTHTOK", "1134": "MAC_CHECK", "1135": "ACCT_LOCK", "1136": "ACCT_UNLOCK", "1137": "USER_DEVICE", "1138": "SOFTWARE_UPDATE",
	"1300": "SYSCALL", "1302": "PATH", "1303": "IPC", "1304": "SOCKETCALL", "1305": "CONFIG_CHANGE", "1306": "SOCKADDR", "1307": "CWD", "1309": "EXECVE", "1311": "IPC_SET_PERM", "1312": "MQ_OPEN", "1313": "MQ_SENDRECV",
	"1314": "MQ_NOTIFY", "1315": "MQ_GETSETATTR", "1316": "KERNEL_OTHER", "1317": "FD_PAIR", "1318": "OBJ_PID", "1319": "TTY", "1320": "EOE", "1321": "BPRM_FCAPS", "1322": "CAPSET", "1323": "MMAP", "1324": "NETFILTER_PKT",
	"1325": "NETFILTER_CFG", "1326": "SECCOMP", "1327": "PROCTITLE", "1328": "FEATURE_CHANGE", "1330": "KERN_MODULE", "1331": "FANOTIFY", "1334": "BPF", "1336": "URINGOP", "1337": "OPENAT2",
	"1400": "AVC", "1401": "SELINUX_ERR", "1402": "AVC_PATH", "1403": "MAC_POLICY_LOAD", "1404": "MAC_STATUS", "1405": "MAC_CONFIG_CHANGE",
	"1700": "ANOM_PROMISCUOUS", "1701": "ANOM_ABEND", "1702": "ANOM_LINK", "1703": "ANOM_CREAT",
}

// keySeparator is between the keys of an event that several rules of auditd recorded.
const keySeparator = "\x01"

// auditd reads a record of Linux' audit log.
func auditd(text string) (map[string]any, bool) {
	head := auditLine.find(text)
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

// IsFrame recognises the lines that ausearch and journalctl write between the events, and a line of a container that
// has nothing.
func IsFrame(text string) bool {
	if _, flag, printed := containersLine(text); flag == "F" && printed == "" {
		return true
	}
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
		case p.quote == 0 && isHex(kind, p.name, p.value):
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

// isHex tells whether a value without quotes is a text that auditd wrote in hexadecimal: one that a user may have
// chosen.
func isHex(kind, name, value string) bool {
	isChosen := slices.Contains(chosenText, name) || kind == "EXECVE" && argument.MatchString(name)
	return isChosen && hexText.MatchString(value)
}

// fromHex reads a text in hexadecimal. The arguments in proctitle end with zeros.
func fromHex(text string) string {
	data, err := hex.DecodeString(text)
	if err != nil {
		return text
	}
	return strings.ReplaceAll(strings.TrimRight(string(data), "\x00"), "\x00", " ")
}
