package usage

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/pflag"
)

// duration is the value of a flag of ParseDuration's form.
type duration struct{ of *time.Duration }

// AddDuration adds a flag of a duration, which may be in days and weeks as in a rule.
func AddDuration(f *pflag.FlagSet, to *time.Duration, name, text string) {
	f.Var(duration{to}, name, text)
}

func (d duration) Set(text string) (err error) {
	*d.of, err = ParseDuration(text)
	return err
}

func (d duration) String() string {
	if d.of == nil || *d.of == 0 {
		return ""
	}
	return d.of.String()
}

func (duration) Type() string { return "duration" }

// ParseDuration reads a duration as Go writes it, such as 1h30m, or a number of days or weeks, such as 7d.
func ParseDuration(text string) (time.Duration, error) {
	if length := map[byte]time.Duration{'d': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[last(text)]; length > 0 {
		const most = 10_000 // weeks are 190 years: a duration holds 290
		n, err := strconv.ParseUint(text[:len(text)-1], 10, 16)
		if err != nil || n > most {
			return 0, fmt.Errorf("%q is no whole number of days or weeks up to %d", text, most)
		}
		return time.Duration(n) * length, nil
	}
	return time.ParseDuration(text)
}

func last(text string) byte {
	if text == "" {
		return 0
	}
	return text[len(text)-1]
}
