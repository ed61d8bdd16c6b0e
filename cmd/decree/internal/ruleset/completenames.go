package ruleset

import (
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/project"
	"decree/cmd/decree/internal/stdio"
	"decree/rules/diag"
	"decree/rules/source"
)

// CompleteArgs lets the shell complete arguments with names of rules and with files, from the argument of a number on.
func (sel *Selection) CompleteArgs(cmd *cobra.Command, from int) {
	before := cmd.ValidArgsFunction
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if before != nil {
			if out, how := before(cmd, args, begun); how != cobra.ShellCompDirectiveDefault {
				return out, how
			}
		}
		if len(args) < from {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return completeRules(begun, sel.Library)
	}
}

// CompleteRules lets the shell complete the flag --rules in the same way.
func (sel *Selection) CompleteRules(cmd *cobra.Command) {
	complete := func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		last := strings.LastIndexByte(begun, ',') + 1
		out, how := completeRules(begun[last:], sel.Library)
		for i := range out {
			out[i] = begun[:last] + out[i]
		}
		return out, how
	}
	if err := cmd.RegisterFlagCompletionFunc("rules", complete); err != nil {
		panic(err) // the flag is defined before it is completed
	}
}

// CompleteRule lets the shell complete the first argument, as LoadOne takes it.
func CompleteRule(cmd *cobra.Command) {
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		in, err := project.Open(&stdio.Streams{Out: io.Discard, Err: io.Discard})
		return completeRules(begun, err == nil && !in.Exists())
	}
}

// completeRules gives the names and ids of rules that begin so, each with its title: those of the project, or those
// that decree ships. It gives the files and folders here that begin so, too, as a shell does for itself only where it
// is given nothing. The rest of a path is left to the shell.
func completeRules(begun string, ofLibrary bool) ([]string, cobra.ShellCompDirective) {
	if strings.ContainsAny(begun, `/\~$`) {
		return nil, cobra.ShellCompDirectiveDefault
	}
	silent := &stdio.Streams{Out: io.Discard, Err: io.Discard}
	in, err := project.Open(silent)
	if err != nil || !in.Exists() && !ofLibrary {
		return nil, cobra.ShellCompDirectiveDefault
	}
	set, err := Load(silent, in, Selection{Library: ofLibrary})
	if err != nil {
		return nil, cobra.ShellCompDirectiveDefault
	}
	out := namesThatBegin(set.All(), begun)
	files, folders := filesThatBegin(begun)
	if out = append(out, files...); len(out) == 0 && len(folders) > 0 {
		return folders, cobra.ShellCompDirectiveNoSpace
	}
	return append(out, folders...), cobra.ShellCompDirectiveDefault
}

// namesThatBegin are the names of rules that begin so, and their ids if a part of one is there.
func namesThatBegin(all []Rule, begun string) (out []string) {
	for _, r := range all {
		title := "\t" + diag.Visible(r.IR.Source.Title)
		if strings.HasPrefix(r.Slug(), begun) {
			out = append(out, r.Slug()+title)
		}
		if id := r.IR.Source.ID; id != "" && begun != "" && strings.HasPrefix(id, begun) {
			out = append(out, id+title)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// filesThatBegin are the YAML files and the folders of the working folder that begin so. What is hidden is one only if
// its dot is there.
func filesThatBegin(begun string) (files, folders []string) {
	here, err := os.ReadDir(".")
	if err != nil {
		return nil, nil // names of rules are completed all the same
	}
	for _, e := range here {
		name := e.Name()
		switch {
		case !strings.HasPrefix(name, begun) || begun == "" && strings.HasPrefix(name, "."):
		case e.IsDir():
			folders = append(folders, name+"/")
		case source.IsYAML(name):
			files = append(files, name)
		}
	}
	return files, folders
}
