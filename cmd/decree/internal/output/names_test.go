package output

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestName(t *testing.T) {
	for text, want := range map[string]string{
		"plain_name-1.2":              "plain_name-1.2",
		"правило":                     "правило",
		"検出 ルール":                      "検出_ルール",
		"e\u0301":                     "\u00e9", // one form for both ways to write it
		"../../etc":                   "_.._etc",
		`a\b:c*d?e"f<g|h`:             "a_b_c_d_e_f_g_h",
		"a\u202eb\u200bc\U000e0041\n": "a_b_c__",
		"":                            "_",
		"...":                         "_",
		".hidden":                     "hidden",
		"-rf":                         "_rf",
		".--x-y":                      "_-x-y",
		"ends. ":                      "ends._",
		"ends..":                      "ends",
		"con":                         "con_",
		"AUX.rule":                    "AUX_.rule",
		"com1":                        "com1_",
		"LPT²":                        "LPT²_",
		"console":                     "console",
		"\xff":                        "_",
	} {
		assert.Equal(t, want, Name(text), "%q", text)
	}
}

// TestLongNames holds that a name leaves room for an extension, and that two which are cut stay two.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("я", 300)
	assert.LessOrEqual(t, len(Name(long)), longestName)
	assert.NotEqual(t, Name(long), Name(long+"x"))
	assert.True(t, strings.HasPrefix(Name(long), "яя"))
}

func TestFold(t *testing.T) {
	assert.Equal(t, Fold("\u00c9/ß"), Fold("e\u0301/ẞ"))
	assert.Equal(t, Fold("ΣΑΣ"), Fold("σας"))
	assert.NotEqual(t, Fold("a"), Fold("b"))
}
