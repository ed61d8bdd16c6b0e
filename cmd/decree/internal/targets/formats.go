package targets

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"decree/cmd/decree/internal/usage"
	"decree/compilers/dialects"
	"decree/compilers/packages"
	"decree/compilers/packages/formats"
	"decree/compilers/packages/kibana"
)

// Format is what the target's package is made for, or nil.
func (t Target) Format() packages.Format { return formats.Named(t.Package) }

// ChoosePackages gives the targets of some names that have a package. The name of a format stands for all of its
// targets; if the project has none of it, it is the target of that name, or one by itself. Without a name it gives all
// of the project's.
func ChoosePackages(own []Target, names []string) ([]Target, error) {
	packaged := slices.DeleteFunc(slices.Clone(own), func(t Target) bool { return t.Format() == nil })
	if len(names) == 0 {
		if len(packaged) == 0 {
			return nil, errors.New("no target has a package: name one with --target (" + strings.Join(formats.Names(), ", ") + "), or write `package:` at a target of decree.yml")
		}
		return packaged, nil
	}
	var chosen []Target
	for _, name := range names {
		more := slices.DeleteFunc(slices.Clone(packaged), func(t Target) bool { return t.Name != name && t.Package != name })
		switch {
		case len(more) > 0:
		case slices.Contains(formats.Names(), name):
			more = []Target{plainPackage(own, name)}
		case slices.Contains(Names(own), name):
			return nil, fmt.Errorf("target %s has no package: write `package:` at it in decree.yml, one of %s", name, strings.Join(formats.Names(), ", "))
		default:
			allowed := distinct(slices.Concat(Names(packaged), formats.Names()))
			return nil, cmp.Or(notWritten(name, allowed, kibana.New().Name()), usage.UnknownChoice("target", name, allowed))
		}
		for _, t := range more {
			if !slices.Contains(Names(chosen), t.Name) {
				chosen = append(chosen, t)
			}
		}
	}
	return chosen, nil
}

// distinct gives each name once, in the order of the first.
func distinct(names []string) (out []string) {
	for _, name := range names {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// plainPackage is the target of a format that no target of the project has: the project's target of that name with its
// model and places, or one of its own.
func plainPackage(own []Target, name string) Target {
	t := Target{Name: name, Package: name}
	t.Dialect = dialects.Named(t.Format().Dialect())
	for _, o := range own {
		if o.Name == name && o.Package == "" && o.Dialect.Name() == t.Dialect.Name() {
			o.Package = name
			return o
		}
	}
	return t
}
