package ruleset

import (
	"fmt"

	"decree/cmd/decree/internal/exit"
	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/stdio"
)

// LoadFile loads the rules of the file that a command is about, in the project of the working folder, and shows the findings. An error in the file ends the
// command.
func LoadFile(s *stdio.Streams, file string, filters Filters, lists Lists) (*Set, error) {
	in, err := project.Open(s)
	if err != nil {
		return nil, err
	}
	set, err := Load(s, in, Selection{Paths: []string{file}, Filters: filters, Lists: lists})
	if err != nil {
		return nil, err
	}
	set.Show(s, set.Found)
	if len(set.Rules) == 0 && len(set.Written) > 0 {
		return nil, fmt.Errorf("%s: the rule has a query and no detection: nothing can run it here", file)
	}
	return set, exit.After(set.Found, false)
}
