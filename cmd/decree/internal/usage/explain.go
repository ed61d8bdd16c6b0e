package usage

import (
	"strings"

	"github.com/spf13/cobra"
)

// noCode is the value of --explain without a code.
const noCode = "?"

// Explain is the flag --explain. It takes a code or nothing.
type Explain struct {
	cmd  *cobra.Command
	text string
}

// AddTo adds the flag. help says what it explains. The shell completes codes, also as the first argument after the
// flag.
func (e *Explain) AddTo(cmd *cobra.Command, help string, codes func() []string) {
	e.cmd = cmd
	cmd.Flags().StringVar(&e.text, "explain", "", help)
	cmd.Flags().Lookup("explain").NoOptDefVal = noCode
	Complete(cmd, "explain", codes)
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 && cmd.Flags().Changed("explain") {
			return codes(), cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveDefault // files
	}
}

// Code gives the code to explain, or "" for all. asked is false without the flag. In `--explain CODE` the code is the
// first argument.
func (e *Explain) Code(args []string) (code string, asked bool) {
	if !e.cmd.Flags().Changed("explain") {
		return "", false
	}
	if e.text == noCode && len(args) > 0 {
		return args[0], true
	}
	return strings.TrimSuffix(e.text, noCode), true
}
