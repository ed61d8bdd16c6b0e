package schema

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAppendJoined(t *testing.T) {
	for _, c := range []struct {
		of    Type
		texts []string
		want  string
	}{
		{Arguments, []string{"sh", "-c", "a b"}, "sh -c a b"},
		{Arguments, []string{"sh", "", "/"}, "sh  /"},
		{Arguments, nil, ""},
		{Directory, []string{"/tmp", "a"}, "/tmp/a"},
		{Directory, []string{"/", "a"}, "/a"},
		{Directory, []string{"", "a"}, "/a"},
	} {
		assert.Equal(t, c.want, string(c.of.AppendJoined(nil, c.texts...)), c.texts)
	}
}

// TestOnlyTheEngineJoins: a query reads one column.
func TestOnlyTheEngineJoins(t *testing.T) {
	const fields = "time: [T]\nsources:\n  - name: s\n    table: t\n    fields:\n      CommandLine: {column: args, type: arguments}\n      TargetFilename: {column: dir, type: directory%s}\n"
	assert.Empty(t, problems(t, "name: m\n"+fmt.Sprintf(fields, ", key: name")))
	assert.Equal(t, []string{"8:23 field TargetFilename has type directory but no key"}, problems(t, "name: m\n"+fmt.Sprintf(fields, "")))
	assert.Equal(t, []string{
		"8:41 field CommandLine has type arguments, which only the engine can read: a query reads one column",
		"9:43 field TargetFilename has type directory, which only the engine can read: a query reads one column",
	}, problems(t, "name: m\ndialect: kql\n"+fmt.Sprintf(fields, ", key: name")))
	const named = "name: m\n%stime: [T]\nsources:\n  - {name: s, table: t, fields: {Image: {column: comm, holds: unix_filename}}}\n"
	assert.Empty(t, problems(t, fmt.Sprintf(named, "")))
	assert.Equal(t, []string{"5:63 field Image holds unix_filename, which only the engine can read"}, problems(t, fmt.Sprintf(named, "dialect: kql\n")))
}
