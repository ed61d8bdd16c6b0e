package fieldname

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSame(t *testing.T) {
	for _, c := range []struct {
		field string
		names []string
		below bool
		want  string
	}{
		{"Image", []string{"Other", "image"}, false, "image"},
		{"CommandLine", []string{"command_line"}, false, "command_line"},
		{"Image", []string{"Data.Image"}, false, ""},
		{"Image", []string{"Data.Image"}, true, "Data.Image"},
		{"Data.Image", []string{"image"}, true, "image"},
		{"Image", []string{"Data.Image", "Parent.Image"}, true, ""},
		{"Image", []string{"Data.Image", "Parent.Image", "image"}, true, "image"},
		{"Image", []string{"Images"}, true, ""},
	} {
		assert.Equal(t, c.want, Same(c.field, All(c.names), c.below), "%s among %v", c.field, c.names)
	}
}

func TestOtherCase(t *testing.T) {
	names := All([]string{"DeviceDetail", "status.code", "location"})
	for field, want := range map[string]string{
		"deviceDetail.browser": "DeviceDetail",
		"Status.code":          "status.code",
		"location.city":        "", // its first part does not differ
		"Stat":                 "",
	} {
		assert.Equal(t, want, OtherCase(field, names), field)
	}
}

func TestSiblings(t *testing.T) {
	assert.True(t, Siblings("Param1", "Param2"))
	assert.True(t, Siblings("resource", "resources"))
	assert.False(t, Siblings("role", "rule"))
}

func TestSlipped(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"eventNmae", "eventName", true},
		{"evntName", "eventName", true},
		{"eventName", "evventName", true},
		{"role", "rule", false},
		{"name", "names", false},           // its end
		{"user.name", "user.ename", false}, // its begin
		{"name", "namespace", false},
	} {
		assert.Equal(t, c.want, Slipped(c.a, c.b), "%s and %s", c.a, c.b)
	}
}
