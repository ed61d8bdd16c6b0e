// Package stories tells one intrusion through xp_cmdshell, with its near misses, and records it as five products would
// have logged it. In: nothing. Out: events for Defender advanced hunting, Sysmon, Elastic (ECS) and Sentinel (its
// tables and ASIM), one reputation table, and which events must match, as decided by hand here and by no engine.
package stories

import (
	"fmt"
	"strings"
	"time"
)

// Now is when the detection runs; its lookback is the two hours before.
var Now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Process is one process and, when Logged, its creation event.
type Process struct {
	ID      int // of the event, the same in every log
	At      time.Time
	Host    string
	PID     int
	Image   string
	Command string
	SHA1    string
	User    string
	Parent  *Process
	Logged  bool
	Orphan  bool // its logged event has lost who the grandparent was
	Match   bool // whether the detection must find it
	Why     string
}

// Name is the file name of the image.
func (p *Process) Name() string { return p.Image[strings.LastIndexByte(p.Image, '\\')+1:] }

// Key is the process's unique id, as a GUID.
func (p *Process) Key() string {
	return fmt.Sprintf("%08X-0000-0000-%04X-%012X", hostNumber(p.Host), p.PID, p.At.UnixMilli())
}

// Verdict is one row of the reputation table. Empty texts are unknown.
type Verdict struct {
	SHA1, Prevalence, Signature, Availability string
}

// Story is all that happened.
type Story struct {
	Processes []*Process // every process with a logged creation, in time order
	Verdicts  []Verdict
	ids, pids int
}

// Wanted gives the ids of the events that must match, in order.
func (s *Story) Wanted() []string {
	var ids []string
	for _, p := range s.Processes {
		if p.Match {
			ids = append(ids, fmt.Sprint(p.ID))
		}
	}
	return ids
}

const (
	system32 = `C:\Windows\System32\`
	sqlPath  = `C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\sqlservr.exe`
	toolPath = `C:\ProgramData\tools\`
)

func hostNumber(host string) uint32 {
	n := uint32(17)
	for _, c := range []byte(host) {
		n = n*31 + uint32(c)
	}
	return n
}

// long is a process that was there before the log began.
func (s *Story) long(host, image string) *Process {
	s.pids += 4
	return &Process{At: Now.Add(-72 * time.Hour), Host: host, PID: 1000 + s.pids, Image: image, Command: `"` + image + `"`, User: "mssqlserver"}
}

// start logs a creation.
func (s *Story) start(why string, parent *Process, at time.Duration, image, command, sha1 string) *Process {
	s.ids++
	s.pids += 4
	p := &Process{ID: 1000 + s.ids, At: Now.Add(at), Host: parent.Host, PID: 1000 + s.pids, Image: image, Command: command,
		SHA1: sha1, User: "mssqlserver", Parent: parent, Logged: true, Why: why}
	s.Processes = append(s.Processes, p)
	return p
}

// shell is the cmd.exe that xp_cmdshell puts around a command.
func (s *Story) shell(sql *Process, at time.Duration, command string) *Process {
	return s.start("the shell itself: sqlservr.exe is its parent, not its grandparent", sql, at,
		system32+"cmd.exe", `"cmd.exe" /c `+command, hash(1))
}

// xp runs a command through xp_cmdshell: the shell and, 40 ms later, the command.
func (s *Story) xp(why string, sql *Process, at time.Duration, image, sha1 string) *Process {
	sh := s.shell(sql, at, image)
	return s.start(why, sh, at+40*time.Millisecond, image, image, sha1)
}

func (s *Story) verdict(sha1, prevalence, signature, availability string) {
	s.Verdicts = append(s.Verdicts, Verdict{sha1, prevalence, signature, availability})
}

// hash makes a SHA1 whose order follows n.
func hash(n int) string { return fmt.Sprintf("%040x", n) }

// lastHash sorts after every other hash of the story.
const lastHash = "fffffffffffffffffffffffffffffffffffffffe"

// Tell gives the story. Population in the comments means the grandchildren of sqlservr.exe
// under `"cmd.exe" /c` in the lookback.
func Tell() *Story {
	s := &Story{}
	sql := s.long("SQL01", sqlPath)
	other := s.long("SQL02", sqlPath)
	must := func(p *Process) { p.Match = true }
	at := -119 * time.Minute
	next := func() time.Duration { at += 30 * time.Second; return at }

	s.early(sql)
	s.verdict(hash(1), "9000000", "SignedValid", "")
	s.verdict(hash(2), "8000000", "SignedValid", "")
	must(s.xp("a listed recon tool", sql, next(), system32+"whoami.exe", hash(2)))
	must(s.xp("listed, in upper case", sql, next(), system32+"WHOAMI.EXE", strings.ToUpper(hash(2))))
	must(s.xp("a listed LOLBIN", sql, next(), system32+"certutil.exe", hash(3)))
	must(s.xp("listed, its hash empty", sql, next(), system32+"net.exe", ""))
	must(s.xp("a second tool of the same kind", sql, next(), system32+"ipconfig.exe", hash(4)))
	must(s.xp("an odd entry of the list, without an extension", sql, next(), toolPath+"procdump", hash(5)))
	s.xp("near a listed name only", sql, next(), toolPath+"whoami.exe.bak", "")
	s.xp("an unlisted name with an empty hash", sql, next(), toolPath+"nohash.exe", "")
	sh := s.shell(sql, next(), "whoami & net user")
	must(s.start("first command of one shell", sh, at+10*time.Millisecond, system32+"whoami.exe", "whoami", hash(2)))
	must(s.start("second command of the same shell", sh, at+20*time.Millisecond, system32+"net.exe", "net user", hash(6)))
	s.start("great-grandchild: its grandparent is the shell", s.Processes[len(s.Processes)-1], at+30*time.Millisecond, system32+"net1.exe", "net1 user", hash(7))

	s.otherParents(sql, next)
	s.rarity(sql, other, must, next)
	s.links(sql, must, next)
	s.crowd(must)
	return s
}

// early tells what happened before the lookback began.
func (s *Story) early(sql *Process) {
	s.xp("outside the lookback", sql, -3*time.Hour, system32+"whoami.exe", hash(2))
	s.xp("rare, but outside the lookback", sql, -170*time.Minute, toolPath+"early.exe", hash(8))
	s.verdict(hash(8), "1", "Unsigned", "")
}

// otherParents tells near misses in the parent and the grandparent.
func (s *Story) otherParents(sql *Process, next func() time.Duration) {
	explorer := s.long("SQL01", `C:\Windows\explorer.exe`)
	at := next()
	sh := s.start("another parent's shell", explorer, at, system32+"cmd.exe", `"cmd.exe" /c whoami`, hash(1))
	s.start("another grandparent: explorer.exe", sh, at+40*time.Millisecond, system32+"whoami.exe", "whoami", hash(2))
	at = next()
	ps := s.start("a listed tool, but a child", sql, at, system32+`WindowsPowerShell\v1.0\powershell.exe`, "powershell -c whoami", hash(9))
	s.start("another parent: powershell.exe", ps, at+40*time.Millisecond, system32+"whoami.exe", "whoami", hash(2))
	at = next()
	bare := s.start("the shell without quotes", sql, at, system32+"cmd.exe", `cmd.exe /c whoami`, hash(1))
	s.start("the parent's command line has no quotes", bare, at+40*time.Millisecond, system32+"whoami.exe", "whoami", hash(2))
	at = next()
	full := s.start("the shell with its full path", sql, at, system32+"cmd.exe", `"C:\Windows\system32\cmd.exe" /c whoami`, hash(1))
	s.start("older servers: the other library rule's case", full, at+40*time.Millisecond, system32+"whoami.exe", "whoami", hash(2))
	at = next()
	keep := s.start("the shell with /k", sql, at, system32+"cmd.exe", `"cmd.exe" /k whoami`, hash(1))
	s.start("/k in place of /c", keep, at+40*time.Millisecond, system32+"whoami.exe", "whoami", hash(2))
	agent := s.long("SQL01", `C:\Program Files\Microsoft SQL Server\MSSQL15.MSSQLSERVER\MSSQL\Binn\notsqlservr.exe`)
	at = next()
	sh = s.start("the shell of a service with a similar name", agent, at, system32+"cmd.exe", `"cmd.exe" /c whoami`, hash(1))
	s.start("another grandparent: notsqlservr.exe", sh, at+40*time.Millisecond, system32+"whoami.exe", "whoami", hash(2))
}

// rarity tells what reputation decides.
func (s *Story) rarity(sql, other *Process, must func(*Process), next func() time.Duration) {
	must(s.xp("rare and unsigned", sql, next(), toolPath+"implant.exe", hash(16)))
	s.verdict(hash(16), "3", "Unsigned", "")
	must(s.xp("the same hash in upper case", sql, next(), toolPath+"implant2.exe", strings.ToUpper(hash(0xabcd))))
	s.verdict(hash(0xabcd), "3", "SignedInvalid", "")
	s.xp("rare, but signed and valid", sql, next(), toolPath+"backup.exe", hash(17))
	s.verdict(hash(17), "3", "SignedValid", "")
	s.xp("the reputation look-up failed", sql, next(), toolPath+"failed.exe", hash(18))
	s.verdict(hash(18), "", "", "Error")
	must(s.xp("nobody knows it: prevalence 0, no signature", sql, next(), toolPath+"unknown.exe", hash(19)))
	must(s.xp("known without a prevalence: 0", sql, next(), toolPath+"noprevalence.exe", hash(20)))
	s.verdict(hash(20), "", "Unsigned", "")
	must(s.xp("prevalence 249", sql, next(), toolPath+"p249.exe", hash(21)))
	s.verdict(hash(21), "249", "Unsigned", "")
	s.xp("prevalence 250", sql, next(), toolPath+"p250.exe", hash(22))
	s.verdict(hash(22), "250", "Unsigned", "")
	s.xp("unsigned, but everywhere in the world", sql, next(), toolPath+"common.exe", hash(23))
	s.verdict(hash(23), "100000", "Unsigned", "")
	s.verdict(hash(24), "2", "Unsigned", "")
	s.xp("rare in the world, but on two hosts: beyond the 1000 rarest", sql, next(), toolPath+"twohosts.exe", hash(24))
	s.xp("rare in the world, but on two hosts: beyond the 1000 rarest", other, next(), toolPath+"twohosts.exe", hash(24))
	sh := s.start("a rare child, not a grandchild", sql, next(), toolPath+"child.exe", "child.exe", hash(25))
	s.verdict(hash(25), "1", "Unsigned", "")
	s.start("a rare grandchild under no shell", sh, next(), toolPath+"grandchild.exe", "grandchild.exe", hash(26))
	s.verdict(hash(26), "1", "Unsigned", "")
}

// links tells what only the link between processes decides.
func (s *Story) links(sql *Process, must func(*Process), next func() time.Duration) {
	explorer := s.long("SQL01", `C:\Windows\explorer.exe`)
	at := next()
	old := s.start("a shell whose pid will be used again", sql, at, system32+"cmd.exe", `"cmd.exe" /c ping`, hash(1))
	s.start("an unlisted command, common and signed", old, at+20*time.Millisecond, system32+"ping.exe", "ping", hash(2))
	at = next()
	again := s.start("the same pid, another parent", explorer, at, system32+"cmd.exe", `"cmd.exe" /c whoami`, hash(1))
	again.PID = old.PID
	s.start("pid reuse: the grandparent is explorer.exe now", again, at+20*time.Millisecond, system32+"whoami.exe", "whoami", hash(2))
	at = next()
	third := s.start("the same pid once more, from SQL Server", sql, at, system32+"cmd.exe", `"cmd.exe" /c whoami`, hash(1))
	third.PID = old.PID
	must(s.start("pid reuse: the grandparent is sqlservr.exe again", third, at+20*time.Millisecond, system32+"whoami.exe", "whoami", hash(2)))

	unlogged := s.long("SQL01", system32+"cmd.exe")
	unlogged.Command, unlogged.Parent = `"cmd.exe" /c whoami`, sql
	orphan := s.start("the parent's creation was never logged: no grandparent is known", unlogged, next(), system32+"whoami.exe", "whoami", hash(2))
	orphan.Orphan = true

	elsewhere := s.long("WEB01", `C:\Windows\explorer.exe`)
	at = next()
	twin := s.start("a shell on another host with the first shell's pid", elsewhere, at, system32+"cmd.exe", `"cmd.exe" /c whoami`, hash(1))
	twin.PID = old.PID
	s.start("another host: its grandparent is explorer.exe", twin, at+20*time.Millisecond, system32+"whoami.exe", "whoami", hash(2))
	must(s.xp("near the end of the lookback", sql, -time.Second, system32+"nltest.exe", hash(27)))
}

// crowd fills the population to more than 1000 hashes seen on one host each, so that the cut
// runs through a tie: by value, the last hash is beyond it and the others are not.
func (s *Story) crowd(must func(*Process)) {
	sql := s.long("SQL05", sqlPath)
	at := -50 * time.Minute
	sh := s.shell(sql, at, "batch.cmd")
	for i := range 1010 {
		at += 100 * time.Millisecond
		name := fmt.Sprintf("job%04d.exe", i)
		h := fmt.Sprintf("c%039x", i)
		s.start("one of many signed jobs", sh, at, toolPath+name, name, h)
		s.verdict(h, "5000", "SignedValid", "")
	}
	s.start("rare and unsigned, but after the 1000 rarest in a tie", sh, at+time.Second, toolPath+"late.exe", "late.exe", lastHash)
	s.verdict(lastHash, "1", "Unsigned", "")
	must(s.start("rare and unsigned, first in the tie", sh, at+2*time.Second, toolPath+"first.exe", "first.exe", hash(10)))
	s.verdict(hash(10), "1", "Unsigned", "")
}
