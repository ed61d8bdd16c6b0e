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

// AddTo adds the flag. help says what it explains.
func (e *Explain) AddTo(cmd *cobra.Command, help string) {
	e.cmd = cmd
	cmd.Flags().StringVar(&e.text, "explain", "", help)
	cmd.Flags().Lookup("explain").NoOptDefVal = noCode
}

// Code gives the code to explain, or "" for all. asked is false without the flag. In `--explain CODE` the code is the first argument.
func (e *Explain) Code(args []string) (code string, asked bool) {
	if !e.cmd.Flags().Changed("explain") {
		return "", false
	}
	if e.text == noCode && len(args) > 0 {
		return args[0], true
	}
	return strings.TrimSuffix(e.text, noCode), true
}
