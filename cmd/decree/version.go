package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"decree/cmd/decree/internal/stdio"
	"decree/cmd/decree/internal/usage"
	"decree/rules"
	"decree/rules/attack"
)

// version is set by release builds with -ldflags "-X main.version=...".
var version = ""

// buildFacts say how the program was built, and what it knows.
type buildFacts struct {
	Version  string `json:"version"`
	Revision string `json:"revision,omitempty"` // of git
	Time     string `json:"time,omitempty"`     // of the revision
	Modified bool   `json:"modified,omitempty"` // there were changes beside the revision
	Go       string `json:"go"`
	Platform string `json:"platform"`
	Sigma    string `json:"sigma"`        // the version of the specification that rules are read by
	Attack   string `json:"attack"`       // the version of ATT&CK that tags are checked against
	Matrix   string `json:"attack_names"` // the version that names and tactics are of
}

func newVersion(s *stdio.Streams) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show the version of decree, and those of Sigma and ATT&CK",
		Long: `Show how this program was built, and which versions of Sigma's specification and
of ATT&CK it knows.

Use it when you report a problem.`,
		Example: `  decree version
  decree version --format json`,
		Args: usage.Arguments(0, 0),
		RunE: func(*cobra.Command, []string) error {
			b := thisBuild()
			if format == "json" {
				return s.WriteJSON(b)
			}
			revision := b.Revision
			if revision == "" {
				revision = "unknown"
			} else if b.Modified {
				revision += ", with changes"
			}
			_, err := fmt.Fprintf(s.Out, "decree %s\nrevision  %s\ngo        %s %s\nSigma     %s\nATT&CK    %s (names and tactics: %s)\n",
				b.Version, revision, b.Go, b.Platform, b.Sigma, b.Attack, b.Matrix)
			return err
		},
	}
	usage.AddFormat(cmd, &format, "text", "json")
	return cmd
}

func thisBuild() buildFacts {
	b := buildFacts{Version: buildVersion(), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, Sigma: rules.SigmaVersion, Attack: attack.Newest, Matrix: attack.Version}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			switch setting.Key {
			case "vcs.revision":
				b.Revision = setting.Value
			case "vcs.time":
				b.Time = setting.Value
			case "vcs.modified":
				b.Modified = setting.Value == "true"
			}
		}
	}
	return b
}

func buildVersion() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 12 {
			return "devel " + setting.Value[:12]
		}
	}
	return "devel"
}
