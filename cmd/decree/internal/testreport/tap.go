package testreport

import (
	"fmt"
	"io"
	"strings"

	"decree/rules/diag"
)

// tap writes the Test Anything Protocol, version 14. https://testanything.org/tap-version-14-specification.html
func (t *Report) tap(w io.Writer) error {
	var out strings.Builder
	n := 0
	for _, r := range t.Rules {
		for _, o := range r.Cases {
			n++
			name := tapEscape.Replace(diag.Visible(r.Rule + " / " + o.Case))
			if o.Passed() {
				fmt.Fprintf(&out, "ok %d - %s\n", n, name)
				continue
			}
			fmt.Fprintf(&out, "not ok %d - %s\n  ---\n  at: %q\n  failure: |\n", n, name, o.At.String())
			for line := range strings.Lines(failureText(o)) {
				fmt.Fprint(&out, "    ", line)
			}
			fmt.Fprint(&out, "  ...\n")
		}
	}
	for _, e := range t.errors() {
		n++
		fmt.Fprintf(&out, "not ok %d - %s\n", n, tapEscape.Replace(diag.FirstVisible(e.Error())))
	}
	_, err := fmt.Fprintf(w, "TAP version 14\n1..%d\n%s", n, out.String())
	return err
}

// tapEscape escapes texts: a hash begins a directive.
var tapEscape = strings.NewReplacer(`\`, `\\`, `#`, `\#`)
