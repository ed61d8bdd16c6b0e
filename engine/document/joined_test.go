package document

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/schema"
)

// TestJoined makes one value of a list of arguments, and of a directory and a name. Each is read anew for each event.
func TestJoined(t *testing.T) {
	l := NewLayout(&schema.Model{})
	line := schema.Column{Name: "exec.args", Also: []string{"args"}, Type: schema.Arguments}
	path := schema.Column{Name: "dir", Type: schema.Directory, Key: "name"}
	args, file, plain := l.Slot(line), l.Slot(path), l.Slot(schema.Column{Name: "exec.args", Also: []string{"args"}})
	assert.Equal(t, args, l.Slot(line), "one slot for equal columns")
	assert.NotEqual(t, args, plain)
	assert.Equal(t, "exec.args or args", l.Describe(args))
	assert.Equal(t, "dir and name", l.Describe(file))
	l.Finish()
	d := New(l)
	for _, c := range []struct {
		event      string
		args, file []string
	}{
		{`{"exec":{"args":["sh","-c","echo \"a\"  b"]},"dir":"/tmp","name":"x y"}`, []string{`sh -c echo "a"  b`}, []string{"/tmp/x y"}},
		{`{"exec":{"args":["ls"]},"args":["id"],"dir":"/","name":"x"}`, []string{"ls"}, []string{"/x"}},
		{`{"args":["id","-u",""],"dir":"/tmp"}`, []string{"id -u "}, nil},
		{`{"args":"id -u","name":"x"}`, []string{"id -u"}, nil},
		{`{"args":[],"dir":null,"name":"x"}`, nil, nil},
		{`{"exec":{"args":null},"args":["é",1],"dir":"","name":"x"}`, []string{"é 1"}, []string{"/x"}},
		{`{}`, nil, nil},
	} {
		require.NoError(t, d.Load([]byte(c.event)))
		for range 2 {
			for slot, want := range map[int][]string{args: c.args, file: c.file} {
				assert.Equal(t, want != nil, d.Slot(slot).Present, c.event)
				assert.ElementsMatch(t, want, d.Slot(slot).Texts, c.event)
			}
		}
	}
	require.NoError(t, d.Load([]byte(`{"exec":{"args":["a","b"]}}`)))
	assert.Equal(t, []string{"a", "b"}, d.Slot(plain).Texts, "the list itself stays a list")
}

// TestAccounts: a user may have no domain. Without a user there is no value.
func TestAccounts(t *testing.T) {
	l := NewLayout(&schema.Model{})
	user := l.Slot(schema.Column{Name: "name", Type: schema.Account, Key: "domain"})
	assert.Equal(t, "name and domain", l.Describe(user))
	l.Finish()
	d := New(l)
	for event, want := range map[string][]string{
		`{"name":"bob","domain":"CORP"}`: {`CORP\bob`}, `{"name":"bob","domain":"-"}`: {"bob"}, `{"name":"bob","domain":""}`: {"bob"}, `{"name":"bob"}`: {"bob"}, `{"domain":"CORP"}`: nil,
	} {
		require.NoError(t, d.Load([]byte(event)))
		assert.ElementsMatch(t, want, d.Slot(user).Texts, event)
	}
}

// TestJoiningAllocatesNothing once its memory has grown.
func TestJoiningAllocatesNothing(t *testing.T) {
	l := NewLayout(&schema.Model{})
	args := l.Slot(schema.Column{Name: "args", Type: schema.Arguments})
	file := l.Slot(schema.Column{Name: "dir", Type: schema.Directory, Key: "name"})
	l.Finish()
	d := New(l)
	event := []byte(`{"args":["sh","-c","id"],"dir":"/tmp","name":"x"}`)
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		if d.Load(event) != nil || len(d.Slot(args).Texts) != 1 || len(d.Slot(file).Texts) != 1 {
			panic("the event was not read")
		}
	}))
}
