// Package usage adds the flags that commands share, and checks flags and arguments. Its errors say what would be right.
package usage

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"decree/rules/diag"
)

// Arguments requires at least and at most so many arguments. A negative most sets no limit.
func Arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		wrong := "an argument is missing"
		if len(args) >= least {
			wrong = fmt.Sprintf("unexpected argument %q", args[most])
		}
		return fmt.Errorf("%s\nusage: %s\n%s --help shows examples", wrong, cmd.UseLine(), cmd.CommandPath())
	}
}

// ExplainFlag adds to the error of a flag what would be right.
func ExplainFlag(cmd *cobra.Command, err error) error {
	hint := cmd.CommandPath() + " --help lists the flags"
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if name := unknown.GetSpecifiedName(); isFormat(cmd, name) {
			hint = "did you mean --format " + name + "? " + hint
		} else {
			hint = diag.Suggest("did you mean --%s? ", name, names, "") + hint
		}
	case errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "duration":
		hint = "write a duration such as 30m, 2h or 7d"
	}
	return fmt.Errorf("%w\n%s", err, hint)
}

// Bound gives the value of a flag, its minimum, and its maximum if that is greater.
type Bound struct {
	Flag               string
	Value, Least, Most float64
}

// InBounds refuses a flag that the user set out of its bounds.
func InBounds(cmd *cobra.Command, bounds ...Bound) error {
	for _, b := range bounds {
		f := cmd.Flags().Lookup(b.Flag)
		switch {
		case !f.Changed || b.Value >= b.Least && (b.Most <= b.Least || b.Value <= b.Most):
		case b.Most > b.Least:
			return fmt.Errorf("--%s %s is out of range: write a number from %v to %v", b.Flag, f.Value, b.Least, b.Most)
		default:
			return fmt.Errorf("--%s %s is out of range: the minimum is %v", b.Flag, f.Value, b.Least)
		}
	}
	return nil
}

// Positive refuses a duration that the user set to zero or less.
func Positive(cmd *cobra.Command, flag string, value time.Duration) error {
	if cmd.Flags().Changed(flag) && value <= 0 {
		return fmt.Errorf("--%s %s is out of range: write a positive duration, such as 30m or 2h", flag, value)
	}
	return nil
}

// AddForce adds --force. when names the flag that it needs, as "with --out", or is empty.
func AddForce(cmd *cobra.Command, force *bool, when string) {
	if when != "" {
		when += ": "
	}
	cmd.Flags().BoolVar(force, "force", false, when+"overwrite write-protected files too")
}

// Complete lets the shell complete a flag's values. In a list it completes each value after a comma.
func Complete(cmd *cobra.Command, flag string, values func() []string) {
	complete := func(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		before := begun[:strings.LastIndexByte(begun, ',')+1]
		var out []string
		for _, v := range values() {
			if strings.HasPrefix(before+v, begun) {
				out = append(out, before+v)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag is defined before it is completed
	}
}

// These gives fixed values to Complete.
func These(values ...string) func() []string { return func() []string { return values } }

// AddFormat adds --format. It takes one of the allowed formats; the first is the default.
func AddFormat(cmd *cobra.Command, format *string, allowed ...string) {
	cmd.Flags().StringVarP(format, "format", "f", allowed[0], "output `FORMAT`: "+strings.Join(allowed, ", "))
	cmd.Flags().Lookup("format").Annotations = map[string][]string{formats: allowed}
	before := cmd.PreRunE
	cmd.PreRunE = func(c *cobra.Command, args []string) error {
		for _, a := range allowed {
			if *format == a {
				if before != nil {
					return before(c, args)
				}
				return nil
			}
		}
		return UnknownChoice("format", *format, allowed)
	}
	Complete(cmd, "format", These(allowed...))
}

// formats is the annotation with what --format takes.
const formats = "formats"

// isFormat tells whether --format takes a value.
func isFormat(cmd *cobra.Command, value string) bool {
	f := cmd.Flags().Lookup("format")
	return f != nil && slices.Contains(f.Annotations[formats], value)
}
