package ruleset

import (
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/stdio"
)

// completeTags lets the shell complete --tag with the tags of the rules that are selected: those of the arguments, or
// of the project.
func (sel *Selection) completeTags(cmd *cobra.Command) {
	complete := func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		before := begun[:strings.LastIndexByte(begun, ',')+1]
		silent := &stdio.Streams{Out: io.Discard, Err: io.Discard}
		in, err := project.Open(silent)
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		set, err := Load(silent, in, Selection{Paths: slices.Concat(sel.Paths, args), Library: sel.Library})
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var tags []string
		for _, r := range set.All() {
			for _, tag := range r.IR.Source.Tags {
				tags = append(tags, before+strings.ToLower(tag))
			}
		}
		slices.Sort(tags)
		return slices.Compact(tags), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc("tag", complete); err != nil {
		panic(err) // the flag is defined before it is completed
	}
}
