package schema_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"decree/rules/ir"
	"decree/rules/schema"
	"decree/rules/source"
)

var apart = &schema.Source{Name: "s", Unlisted: "data.", Fields: map[string]schema.Column{
	"Initiated": {Name: "network.direction", Values: map[string]source.OneOrMore{"true": {"egress"}, "false": {"ingress"}}},
	"Several":   {Name: "event.action", Multivalue: true, Values: map[string]source.OneOrMore{"true": {"ingress"}}},
	"Renamed":   {Name: "verdict", Values: map[string]source.OneOrMore{"block": {"deny"}, "deny": {"reject"}}},
	"Network":   {Name: "zone", Values: map[string]source.OneOrMore{"10.0.0.1": {"local"}}},
	"Used":      {Name: "used", Type: schema.Bool, Values: map[string]source.OneOrMore{"Yes": {"true"}, "No": {"false"}}},
	"Signed":    {Name: "signature", Closed: true, Values: map[string]source.OneOrMore{"true": {"valid"}, "false": {"invalid"}}},
	"Status":    {Name: "status", Values: map[string]source.OneOrMore{"success": {"Success", "Succeeded"}, "Succeeded": {"Success", "Succeeded"}}},
	"Level":     {Name: "log.level", Values: map[string]source.OneOrMore{"2": {"error"}}},
	"Integrity": {Name: "level", Values: map[string]source.OneOrMore{"S-1-16-12288": {"high"}}},
	"Details":   {Name: "registry.data.strings", Numbers: "decimal"},
	"Hex":       {Name: "registry_value_data", Numbers: "hexadecimal"},
	"Digest":    {Name: "process_hash", Type: schema.Digests},
	"Key":       {Name: "registry.path", AlsoWritten: map[string]string{"CurrentControlSet": "ControlSet???", `HKU\`: `HKEY_USERS\`}},
	"Codes":     {Name: "codes", AlsoWritten: map[string]string{"%%": ""}},
	"Long":      {Name: "KeyPath", Written: map[string]string{`HKLM\`: `HKEY_LOCAL_MACHINE\`}, AlsoWritten: map[string]string{"CurrentControlSet": "ControlSet001"}},
	"Classes":   {Name: "ClassKey", Written: map[string]string{`HKCR\`: `HKEY_LOCAL_MACHINE\SOFTWARE\Classes\`, `HKU\`: `HKEY_USERS\`}},
	"Path":      {Name: "ValueName", Under: "KeyPath", AlsoWritten: map[string]string{`HKLM\`: `HKEY_LOCAL_MACHINE\`}},
	"Either":    {Name: "ValueName", Under: "KeyPath", Alone: true},
	"Unnamed":   {Name: "registry.path", Unnamed: true, AlsoWritten: map[string]string{`HKU\`: `HKEY_USERS\`}},
	"Pipe":      {Name: "PipeName", Prefix: `\Device\NamedPipe`},
	"Data":      {Name: "param1", Spread: []string{"param1", "param2"}},
	"Result":    {Name: "param1", Spread: []string{"Initiated", "param1"}},
	"Argument":  {Name: "args", Shared: true},
	"Second":    {Name: "a1", Spread: []string{"Whole", "Argument"}},
	"Address":   {Name: "param1", Spread: []string{"param1", "Ip"}},
	"Ip":        {Name: "source.ip", Type: schema.IP},
	"User":      {Name: "user.name", Domain: "Domain"},
	"Domain":    {Name: "user.domain"},
	"Other":     {Name: "other.name", Domain: "OtherDomain"},
	"Short":     {Name: "short.name", Domain: "-"},
	"md5":       {Name: "hash.md5"}, "sha256": {Name: "hash.sha256"}, "Imphash": {Name: "hash.imphash"},
}}

func text(op ir.TextOp, values ...string) *ir.Text { return &ir.Text{Op: op, Values: values} }

// TestTranslate says what a test becomes; an empty want means that the product cannot answer it.
func TestTranslate(t *testing.T) {
	const md5, imphash = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
	cases := []struct {
		name, field string
		test        ir.Test
		want        string
	}{
		{"nothing to say otherwise", "Whole", text(ir.Contains, "true"), `Whole contains "true"`},
		{"a word of the product's", "Initiated", text(ir.Equals, "True"), `Initiated equals "egress"`},
		{"a value with several words", "Status", text(ir.Equals, "SUCCESS", "other"), `Status equals "Success", "Succeeded", "other"`},
		{"one of several words", "Status", text(ir.Equals, "succeeded", "success"), `Status equals "Success", "Succeeded"`},
		{"part of one of several words", "Status", text(ir.EndsWith, "eded"), `(Status endswith "eded" or Status equals "Success", "Succeeded")`},
		{"a boolean", "Initiated", &ir.Bool{}, `Initiated equals "ingress"`},
		{"a number", "Level", &ir.Number{Op: "eq", Values: []float64{2, 7}}, `Level equals "error", "7"`},
		{"two words for one", "Integrity", text(ir.Equals, "High", "S-1-16-12288"), `Integrity equals "High"`},
		{"a value without another word", "Initiated", text(ir.Equals, "outbound"), `Initiated equals "outbound"`},
		{"the beginning of a value with another word", "Initiated", text(ir.StartsWith, "TR"), `(Initiated startswith "TR" or Initiated equals "egress")`},
		{"part of several values", "Initiated", text(ir.EndsWith, "e"), `(Initiated endswith "e" or Initiated equals "ingress", "egress")`},
		{"part of a word, and not of its value", "Initiated", text(ir.Contains, "in"), `Initiated contains "in"`},
		{"part of a word, and of its value", "Initiated", text(ir.Contains, "s"), `(Initiated contains "s" or Initiated equals "ingress")`},
		{"a beginning in its case", "Initiated", &ir.Text{Op: ir.StartsWith, Values: []string{"TR"}, Cased: true}, `Initiated startswith "TR", in this case`},
		{"a word of a value", "Integrity", text(ir.Word, "12288"), `(Integrity word "12288" or Integrity equals "high")`},
		{"a file name", "Integrity", text(ir.Filename, "s-1-16-12288"), `(Integrity filename "s-1-16-12288" or Integrity equals "high")`},
		{"a pattern of a value", "Integrity", &ir.Glob{Parts: []ir.GlobPart{{Literal: "s-1"}, {Wild: '*'}, {Literal: "8"}, {Wild: '?'}}}, `(Integrity like "s-1" * "8" ? or Integrity equals "high")`},
		{"an expression of a value", "Initiated", &ir.Regex{Expr: "^tru"}, `(Initiated matches /^tru/ or Initiated equals "egress")`},
		{"an expression in another case", "Initiated", &ir.Regex{Expr: "^Tru"}, `Initiated matches /^Tru/`},
		{"an expression of which it cannot be told", "Initiated", &ir.Regex{Expr: `(t)r\1`, Backtracking: true}, ""},
		{"an expression of a file name", "Integrity", &ir.OfFilename{Test: &ir.Regex{Expr: "^S-1"}}, `(Integrity filename matches /^S-1/ or Integrity equals "high")`},
		{"a number that is compared", "Level", &ir.Number{Op: "lte", Values: []float64{2}}, `(Level lte 2 or Level equals "error")`},
		{"bits of a number", "Level", &ir.Bits{Mask: 2}, `(Level has the bits 0x2 or Level equals "error")`},
		{"part of a word among several", "Several", text(ir.Contains, "in"), `Several contains "in"`},
		{"part of a word that means another value", "Renamed", text(ir.StartsWith, "den"), `((Renamed startswith "den" and not Renamed equals "deny") or Renamed equals "reject")`},
		{"part of the value that such a word stands for", "Renamed", text(ir.Contains, "lo"), `(Renamed contains "lo" or Renamed equals "deny")`},
		{"an expression of a word and of a value", "Integrity", &ir.Regex{Expr: "(?i)^(high|system)$"}, `Integrity matches /(?i)^(high|system)$/`},
		{"a network of a value", "Network", &ir.CIDR{Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, `(Network in network 10.0.0.0/8 or Network equals "local")`},
		{"a part of a time", "Level", &ir.TimePart{Part: "hour", Op: "eq", Values: []float64{2}}, `Level hour eq 2`},
		{"part of a boolean's own word", "Used", text(ir.Contains, "ru"), `Used equals "true"`},
		{"a value that a boolean has not", "Used", text(ir.Equals, "Yes", "maybe"), ""},
		{"values of a closed column", "Signed", text(ir.Equals, "TRUE", "invalid", ""), `Signed equals "valid", "invalid", ""`},
		{"a value that a closed column has not", "Signed", text(ir.Equals, "unknown"), ""},
		{"one of several that a closed column has not", "Signed", text(ir.Equals, "true", "unknown"), ""},
		{"a number that a closed column has not", "Signed", &ir.Number{Op: "eq", Values: []float64{4776}}, ""},
		{"part of a value of a closed column", "Signed", text(ir.StartsWith, "t"), `Signed equals "valid"`},
		{"parts of which a closed column has one", "Signed", text(ir.StartsWith, "t", "unk"), ""},
		{"an expression for no value of a closed column", "Signed", &ir.Regex{Expr: "^u"}, ""},
		{"an expression for values of a closed column", "Signed", &ir.Regex{Expr: "^(t|u)"}, `Signed equals "valid"`},
		{"a closed column without a value", "Signed", &ir.Null{}, `Signed is null`},
		{"part of no value of a boolean", "Used", text(ir.Contains, "x"), `never`},
		{"part of a boolean", "Used", text(ir.StartsWith, "y"), `Used equals "true"`},
		{"whether a value is there", "Initiated", &ir.Exists{Value: true}, `Initiated exists`},
		{"words against words", "Initiated", &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: "Initiated"}}, `Initiated equals the field Initiated`},
		{"words against other texts", "Initiated", &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: "Whole"}}, ""},
		{"other texts against words", "Whole", &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: "Initiated"}}, ""},
		{"spread over fields with words of their own", "Result", text(ir.Equals, "true"), `(Initiated equals "egress" or param1 equals "true")`},
		{"one of the values that several fields share", "Second", text(ir.StartsWith, "-o"), `(Whole startswith "-o" or Argument startswith "-o")`},
		{"whether one of several fields that share a column is there", "Second", &ir.Exists{Value: true}, ""},
		{"whether one of several fields that share a column is missing", "Argument", &ir.Null{}, ""},
		{"a field that shares its column and another", "Argument", &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: "Whole"}}, ""},
		{"another field and one that shares its column", "Whole", &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: "Argument"}}, ""},
		{"a number of the registry", "Details", text(ir.Contains, "DWORD (0x0000001F)"), `Details equals "31"`},
		{"a large one", "Details", text(ir.Equals, "QWORD (0x00000001-0x00000000)"), `Details equals "4294967296"`},
		{"an empty value of the registry", "Details", text(ir.EndsWith, "(Empty)"), `Details equals ""`},
		{"plain data", "Details", text(ir.EndsWith, ".dll"), `Details endswith ".dll"`},
		{"part of a number", "Details", text(ir.Contains, "0x00000001"), ""},
		{"a kind of number", "Details", text(ir.StartsWith, "DWORD"), ""},
		{"bytes", "Details", text(ir.Equals, "Binary Data"), ""},
		{"an expression of numbers", "Details", &ir.Regex{Expr: `^DWORD \(0x`}, ""},
		{"an expression of data", "Details", &ir.Regex{Expr: `\.dll$`}, `Details matches /\.dll$/`},
		{"a number beside parts of others", "Details", text(ir.Contains, "DWORD (0x00000001)", ".dll"), ""},
		{"a number of the registry without its type", "Hex", text(ir.Contains, "DWORD (0x0000001F)"), `Hex equals "0x0000001F"`},
		{"a large one in halves", "Hex", text(ir.Equals, "QWORD (0x00000001-0x00000000)"), `Hex equals "0x00000001-0x00000000"`},
		{"an empty value, as Sysmon says it", "Hex", text(ir.Equals, "(Empty)", "Binary Data"), `Hex equals "(Empty)", "Binary Data"`},
		{"the number of another type's part", "Hex", text(ir.EndsWith, "(0x00000001)"), ""},
		{"a type without its number", "Hex", text(ir.StartsWith, "QWORD"), ""},
		{"hashes of several algorithms in one column", "Digest", text(ir.Contains, "MD5="+md5, imphash), `Digest contains "` + md5 + `", "` + imphash + `"`},
		{"a hash is part of what is there", "Digest", text(ir.Equals, md5), `Digest contains "` + md5 + `"`},
		{"part of a hash, whose place is not known", "Digest", text(ir.StartsWith, "MD5=0123"), ""},
		{"a hash with another's name", "Digest", text(ir.Equals, "SHA1="+md5), ""},
		{"what is not a hash", "Digest", text(ir.Contains, "z"+md5[1:]), ""},
		{"an expression over hashes", "Digest", &ir.Regex{Expr: "a"}, ""},
		{"whether there is a hash", "Digest", &ir.Null{}, `Digest is null`},
		{"a part written otherwise", "Key", text(ir.Contains, `\currentcontrolset\x`, "y"), `(Key contains "\\currentcontrolset\\x", "y" or Key like * "\\ControlSet" ? ? ? "\\x" *)`},
		{"a mark that is left out", "Codes", text(ir.Contains, "%%4417", "4418"), `(Codes contains "%%4417", "4418" or Codes contains "4417")`},
		{"nothing but such a mark", "Codes", text(ir.Equals, "%%"), `Codes equals "%%"`},
		{"a pattern with such marks", "Codes", &ir.Glob{Parts: []ir.GlobPart{{Literal: "%%44"}, {Wild: '?'}, {Literal: "7"}}}, `(Codes like "%%44" ? "7" or Codes like "44" ? "7")`},
		{"an expression with such a mark", "Codes", &ir.Regex{Expr: "%%44(16|17)"}, ""},
		{"an expression without it", "Codes", &ir.Regex{Expr: "44(16|17)"}, `Codes matches /44(16|17)/`},
		{"a root written otherwise", "Key", text(ir.StartsWith, `HKU\S-1`), `(Key startswith "HKU\\S-1" or Key startswith "HKEY_USERS\\S-1")`},
		{"a root always written otherwise", "Long", text(ir.StartsWith, `hklm\S`, `HKU\S`), `Long startswith "HKEY_LOCAL_MACHINE\\S", "HKU\\S"`},
		{"a root in both ways", "Long", text(ir.StartsWith, `HKLM\S`, `HKEY_LOCAL_MACHINE\S`), `Long startswith "HKEY_LOCAL_MACHINE\\S"`},
		{"a root and a part", "Long", text(ir.StartsWith, `HKLM\CurrentControlSet\a`), `(Long startswith "HKEY_LOCAL_MACHINE\\CurrentControlSet\\a" or Long startswith "HKEY_LOCAL_MACHINE\\ControlSet001\\a")`},
		{"what only looks like a root", "Long", text(ir.Contains, `AHKLM\S`), `Long contains "AHKLM\\S"`},
		{"a root in a pattern", "Long", &ir.Glob{Parts: []ir.GlobPart{{Literal: `HKLM\a`}, {Wild: '*'}, {Literal: "b"}}}, `Long like "HKEY_LOCAL_MACHINE\\a" * "b"`},
		{"an expression of a root that is written otherwise", "Long", &ir.Regex{Expr: `^hklm\\`}, ""},
		{"an expression of a part that is written otherwise", "Key", &ir.Regex{Expr: `\\currentcontrolset\\`}, ""},
		{"an expression of both spellings", "Key", &ir.Regex{Expr: `(?i)(currentcontrolset|controlset\d+)\\`}, `Key matches /(?i)(currentcontrolset|controlset\d+)\\/`},
		{"an expression of a root and of a spelling with a separator", "Classes", &ir.Regex{Expr: `^(?:HKCR|HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes)\\`}, `Classes matches /^(?:HKCR|HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes)\\/`},
		{"an expression of alternatives that share their beginning", "Long", &ir.Regex{Expr: `^HK(LM|EY_LOCAL_MACHINE)\\`}, `Long matches /^HK(LM|EY_LOCAL_MACHINE)\\/`},
		{"an expression of a root with a letter apart", "Long", &ir.Regex{Expr: `^hk(?:lm|cu)\\`}, ""},
		{"an expression of a root behind an escape", "Classes", &ir.Regex{Expr: `\bHKU\b`}, ""},
		{"an expression of a longer word", "Classes", &ir.Regex{Expr: `\\(AHKU|HKU2|HKU_a|hkcrypt)\\`}, `Classes matches /\\(AHKU|HKU2|HKU_a|hkcrypt)\\/`},
		{"no root in an expression", "Long", &ir.Regex{Expr: `\\Run$`}, `Long matches /\\Run$/`},
		{"no such part", "Key", text(ir.StartsWith, `HKLM\`), `Key startswith "HKLM\\"`},
		{"a pattern with such a part", "Key", &ir.Glob{Parts: []ir.GlobPart{{Wild: '*'}, {Literal: "CurrentControlSet"}, {Wild: '?'}}}, `(Key like * "CurrentControlSet" ? or Key like * "ControlSet" ? ? ? ?)`},
		{"a key's unnamed value without a name", "Unnamed", text(ir.EndsWith, `\command\(Default)`, `\Run`), `(Unnamed endswith "\\command\\(Default)", "\\Run" or Unnamed endswith "\\command\\")`},
		{"nothing stands behind its name", "Unnamed", text(ir.Contains, `\command\(default)`), `(Unnamed contains "\\command\\(default)" or Unnamed endswith "\\command\\")`},
		{"any such value", "Unnamed", text(ir.EndsWith, "(Default)"), `(Unnamed endswith "(Default)" or Unnamed endswith "\\")`},
		{"one below a root", "Unnamed", text(ir.StartsWith, `HKU\a\(Default)`), `(Unnamed startswith "HKU\\a\\(Default)" or Unnamed startswith "HKEY_USERS\\a\\(Default)" or Unnamed equals "HKU\\a\\" or Unnamed equals "HKEY_USERS\\a\\")`},
		{"a name that ends so", "Unnamed", text(ir.EndsWith, `\my(Default)`), `Unnamed endswith "\\my(Default)"`},
		{"a pattern of one", "Unnamed", &ir.Glob{Parts: []ir.GlobPart{{Wild: '*'}, {Literal: `\a`}, {Wild: '?'}, {Literal: `\(Default)`}, {Wild: '*'}}}, `(Unnamed like * "\\a" ? "\\(Default)" * or Unnamed like * "\\a" ? "\\")`},
		{"a path in two columns, its end", "Path", text(ir.EndsWith, `\Lsa\NoLMHash`, "Wallpaper"), `((KeyPath endswith "\\Lsa" and Path equals "NoLMHash") or Path endswith "Wallpaper")`},
		{"its name alone", "Path", text(ir.EndsWith, `\Start`), `Path equals "Start"`},
		{"part of it", "Path", text(ir.Contains, `\a\b`, `\Run\`), `(KeyPath contains "\\a\\b", "\\Run\\" or (KeyPath endswith "\\a" and Path startswith "b") or KeyPath endswith "\\Run")`},
		{"its beginning", "Path", text(ir.StartsWith, `HKLM\S`), `(KeyPath startswith "HKLM\\S" or (KeyPath equals "HKLM" and Path startswith "S") or KeyPath startswith "HKEY_LOCAL_MACHINE\\S" or (KeyPath equals "HKEY_LOCAL_MACHINE" and Path startswith "S"))`},
		{"all of it", "Path", text(ir.Equals, `a\b`), `(KeyPath equals "a" and Path equals "b")`},
		{"a key's unnamed value", "Path", text(ir.EndsWith, `\command\(Default)`), `(KeyPath endswith "\\command" and (Path equals "(Default)" or Path is null))`},
		{"a pattern of it", "Path", &ir.Glob{Parts: []ir.GlobPart{{Wild: '*'}, {Literal: `\Services\`}, {Wild: '*'}, {Literal: `\Start`}}}, `(KeyPath like * "\\Services\\" * and Path like "Start")`},
		{"a pattern that may end in either", "Path", &ir.Glob{Parts: []ir.GlobPart{{Literal: `a\`}, {Wild: '?'}, {Wild: '*'}}}, `((KeyPath like "a" and Path like ? *) or KeyPath like "a\\" ? *)`},
		{"a pattern over both", "Path", &ir.Glob{Parts: []ir.GlobPart{{Literal: `a\`}, {Wild: '*'}, {Literal: "b"}}}, ""},
		{"an expression over both", "Path", &ir.Regex{Expr: `a.*b`}, ""},
		{"whether a path is there", "Path", &ir.Exists{Value: true}, "KeyPath exists"},
		{"a key or a value of it", "Either", text(ir.EndsWith, `\a\b`), `((KeyPath endswith "\\a\\b" and Either is null) or (KeyPath endswith "\\a" and Either equals "b"))`},
		{"a pattern of either", "Either", &ir.Glob{Parts: []ir.GlobPart{{Wild: '*'}, {Literal: `\a`}, {Wild: '?'}}}, `((KeyPath like * and Either like "a" ?) or (KeyPath like * "\\a" ? and Either is null))`},
		{"a value behind what the product puts before it", "Pipe", text(ir.Equals, `\x`), `Pipe equals "\\x"`},
		{"spread values", "Data", text(ir.Contains, "a"), `(param1 contains "a" or param2 contains "a")`},
		{"whether spread values are there", "Data", &ir.Null{}, `(param1 is null and param2 is null)`},
		{"that one is", "Data", &ir.Exists{Value: true}, `(param1 exists or param2 exists)`},
		{"an address in text and as such", "Address", text(ir.Equals, "::1"), `(param1 equals "::1" or Ip equals "::1")`},
		{"a network", "Address", &ir.CIDR{Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}, `Ip in network 10.0.0.0/8`},
		{"spread values against a field", "Data", &ir.FieldRef{Other: ir.Field{Name: "a"}}, ""},
		{"a user with its domain", "User", text(ir.Equals, `CORP\bob`), `(Domain equals "CORP" and User equals "bob")`},
		{"a user alone", "User", text(ir.Equals, "bob", "eve"), `(User equals "bob" or User equals "eve")`},
		{"part of either", "User", text(ir.Contains, "AUTHORI"), `(Domain contains "AUTHORI" or User contains "AUTHORI")`},
		{"part of both", "User", text(ir.Contains, `RP\bo`), `(Domain endswith "RP" and User startswith "bo")`},
		{"the beginning of both", "User", text(ir.StartsWith, `CORP\b`), `(Domain equals "CORP" and User startswith "b")`},
		{"the end of both", "User", text(ir.EndsWith, `RP\bob`), `(Domain endswith "RP" and User equals "bob")`},
		{"a pattern over both", "User", &ir.Regex{Expr: "a.b"}, ""},
		{"whether a user is there", "User", &ir.Null{}, `User is null`},
		{"a user against another", "User", &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: "Other"}}, `(Domain equals the field OtherDomain and User equals the field Other)`},
		{"part of a user against another", "User", &ir.FieldRef{Op: ir.Contains, Other: ir.Field{Name: "Other"}}, ""},
		{"a user against one field", "User", &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: "Whole"}}, ""},
		{"one field against a user", "Whole", &ir.FieldRef{Op: ir.Contains, Other: ir.Field{Name: "User"}}, ""},
		{"a user against one without its domain", "User", &ir.FieldRef{Op: ir.Equals, Other: ir.Field{Name: "Short"}}, ""},
		{"hashes", "Hashes", text(ir.Contains, "MD5="+md5, "IMPHASH="+imphash), `(Imphash equals "` + imphash + `" or md5 equals "` + md5 + `")`},
		{"part of a hash", "Hashes", text(ir.Contains, "MD5=0123"), `Hashes contains "MD5=0123"`},
	}
	m := &schema.Model{Sources: []schema.Source{*apart}}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			asked := &ir.Match{Field: ir.Field{Name: c.field}, Test: c.test}
			got, err := m.Translate(apart, asked)
			if c.want == "" {
				assert.Error(t, err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, said(got))
		})
	}
}

// said writes a translation on one line.
func said(n ir.Node) string {
	word := " or "
	switch n := n.(type) {
	case *ir.Match:
		return n.Field.Name + " " + ir.Describe(n.Test)
	case *ir.And:
		word = " and "
	case *ir.Not:
		return "not " + said(n.Term)
	case *ir.Const:
		return map[bool]string{true: "always", false: "never"}[n.Value]
	}
	all := ""
	for i, one := range ir.Children(n) {
		if i > 0 {
			all += word
		}
		all += said(one)
	}
	return "(" + all + ")"
}

func TestUnlistedFieldsHaveAPrefix(t *testing.T) {
	m := &schema.Model{Sources: []schema.Source{*apart}, Spaces: "_"}
	for field, want := range map[string]string{"Threat Name": "data.Threat_Name", "initiated": "network.direction"} {
		c, ok := m.Column(apart, field, 0)
		assert.True(t, ok, field)
		assert.Equal(t, want, c.Name)
	}
	c, ok := m.Column(apart, "User", 1)
	assert.True(t, ok)
	assert.Equal(t, "data.ParentUser", c.Name)
}
