package schema

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPrefix(t *testing.T) {
	within := regexp.MustCompile(Column{Prefix: `\Device\NamedPipe`}.Within())
	for text, want := range map[string]string{`\Device\NamedPipe\a.b`: `\a.b`, `\DEVICE\namedpipe\a`: `\a`, `\a\Device\NamedPipe\b`: `\a\Device\NamedPipe\b`, "\\Device\\NamedPipe\\a\nb": "\\a\nb", "": ""} {
		assert.Equal(t, want, within.FindStringSubmatch(text)[1], text)
	}
}

func TestPairs(t *testing.T) {
	const execve = `type=EXECVE msg=audit(1772445600.101:42): argc=3 a0="chmod" a1="+x" a2=2F746D702F6120622E7368`
	for _, c := range []struct{ line, name, want string }{
		{execve, "type", "EXECVE"},
		{execve, "a0", "chmod"},
		{execve, "a1", "+x"},
		{execve, "a2", "2F746D702F6120622E7368"},
		{execve, "a3", ""},
		{execve, "c", ""},
		{"node=web1 " + execve, "type", "EXECVE"},
		{`type=PATH msg=audit(1.1:1): item=0 name="/etc/it's" nametype=NORMAL`, "name", "/etc/it's"},
		{`type=PATH msg=audit(1.1:1): item=0 name="" nametype=NORMAL`, "name", ""},
		{`type=ADD_USER pid=1 msg='op=adding user exe="/usr/sbin/useradd" res=success'`, "op", "adding"},
		{`type=ADD_USER pid=1 msg='op=adding user exe="/usr/sbin/useradd" res=success'`, "exe", "/usr/sbin/useradd"},
		{`type=ADD_USER pid=1 msg='op=adding user exe="/usr/sbin/useradd" res=success'`, "res", "success"},
		{"type=SYSCALL syscall=59 key=(null)\x1dARCH=x86_64 SYSCALL=execve", "syscall", "59"},
		{"type=SYSCALL syscall=59 key=(null)\x1dARCH=x86_64 SYSCALL=execve", "SYSCALL", "execve"},
		{"type=SYSCALL syscall=59 key=(null)\x1dARCH=x86_64 SYSCALL=execve", "key", "(null)"},
	} {
		got := ""
		if found := regexp.MustCompile((Column{Type: Pairs, Key: c.name}.Within())).FindStringSubmatch(c.line); found != nil {
			got = found[1]
		}
		assert.Equal(t, c.want, got, "%s in %s", c.name, c.line)
	}
}
