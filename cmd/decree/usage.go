package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"decree/rules/diag"
)

// arguments lets a command have at least so many arguments and at most so many; most < 0 is any number.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		return fmt.Errorf("%d arguments do not fit: %s\n%s --help shows examples", len(args), cmd.UseLine(), cmd.CommandPath())
	}
}

// explainFlag says of a flag that cannot be read what would be right.
func explainFlag(cmd *cobra.Command, err error) error {
	hint := cmd.CommandPath() + " --help lists the flags"
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := diag.Closest(unknown.GetSpecifiedName(), names); near != "" {
			hint = fmt.Sprintf("did you mean --%s? %s", near, hint)
		}
	case errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "duration":
		hint = "write a duration as 30m, 2h or 1h30m"
	}
	return fmt.Errorf("%w\n%s", err, hint)
}

// bound is the least value of a flag; most is the greatest, if greater.
type bound struct {
	flag               string
	value, least, most float64
}

// inBounds refuses a flag that was given and is out of its bounds.
func inBounds(cmd *cobra.Command, bounds ...bound) error {
	for _, b := range bounds {
		f := cmd.Flags().Lookup(b.flag)
		switch {
		case !f.Changed || b.value >= b.least && (b.most <= b.least || b.value <= b.most):
		case b.most > b.least:
			return fmt.Errorf("--%s %s is out of range: write a number from %v to %v", b.flag, f.Value, b.least, b.most)
		default:
			return fmt.Errorf("--%s %s is out of range: the least is %v", b.flag, f.Value, b.least)
		}
	}
	return nil
}

// positive refuses a duration that was given and is not more than none.
func positive(cmd *cobra.Command, flag string, value time.Duration) error {
	if cmd.Flags().Changed(flag) && value <= 0 {
		return fmt.Errorf("--%s %s is out of range: write a duration of more than none, as 30m or 2h", flag, value)
	}
	return nil
}

// addForce adds --force; when says with what it goes, or nothing.
func addForce(cmd *cobra.Command, force *bool, when string) {
	if when != "" {
		when += ": "
	}
	cmd.Flags().BoolVar(force, "force", false, when+"write files that are write-protected, too")
}

// completeFlag lets the shell complete a flag's values. Where a flag takes several, each after a comma is completed.
func completeFlag(cmd *cobra.Command, flag string, values func() []string) {
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
		panic(err) // the flag is defined before
	}
}

// these gives values that are known from the start.
func these(values ...string) func() []string { return func() []string { return values } }
