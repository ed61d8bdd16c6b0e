// Package position says in a line where an event stands. In: the id, the file and the line of an event. Out: text.
package position

import (
	"fmt"

	"decree/rules/diag"
)

// Event names an event of a file, which may have no id.
func Event(id, source string, line int) string {
	if id == "" {
		return fmt.Sprintf("event at %s:%d", diag.Visible(source), line)
	}
	return fmt.Sprintf("event %s at %s:%d", diag.Visible(id), diag.Visible(source), line)
}
