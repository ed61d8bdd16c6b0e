package usage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// argumentsAre is the annotation of a command whose arguments are no files.
const argumentsAre = "arguments"

// ArgumentsAre annotates a command whose arguments are no files.
func ArgumentsAre(what string) map[string]string { return map[string]string{argumentsAre: what} }

// TakenApart is the error for an argument that is neither a file nor a name, but a word of a flag with a list that the
// command line has, too. PowerShell makes several arguments of a list without quotes, and the command would read the
// first as the whole.
func TakenApart(cmd *cobra.Command, args []string) (err error) {
	if cmd.Annotations[argumentsAre] != "" {
		return nil
	}
	for i, arg := range args {
		if _, missing := os.Stat(arg); !errors.Is(missing, fs.ErrNotExist) {
			continue
		}
		cmd.Flags().Visit(func(f *pflag.Flag) {
			list, isList := f.Value.(pflag.SliceValue)
			words, known := cmd.GetFlagCompletionFunc(f.Name)
			if err != nil || !isList || !known {
				return
			}
			if all, _ := words(cmd, nil, ""); slices.Contains(all, arg) && !isCompleted(cmd, args[:i], arg) {
				err = fmt.Errorf("%s: no such file or folder, but a word of --%s: write --%s '%s', since PowerShell takes a list without quotes apart",
					arg, f.Name, f.Name, strings.Join(append(list.GetSlice(), arg), ","))
			}
		})
	}
	return err
}

// isCompleted tells whether the shell completes an argument by itself: a command that takes names of rules has one.
func isCompleted(cmd *cobra.Command, before []string, arg string) bool {
	if cmd.ValidArgsFunction == nil {
		return false
	}
	names, _ := cmd.ValidArgsFunction(cmd, before, arg)
	return slices.ContainsFunc(names, func(name string) bool {
		name, _, _ = strings.Cut(name, "\t") // its title follows
		return name == arg
	})
}
