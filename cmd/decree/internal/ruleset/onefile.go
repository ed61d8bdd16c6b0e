package ruleset

import (
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
	return set, exit.After(set.Found, false)
}
