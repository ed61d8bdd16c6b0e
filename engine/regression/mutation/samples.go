package mutation

import (
	"fmt"
	"net/netip"
	"regexp/syntax"
	"strings"
	"time"

	"decree/rules/ir"
	"decree/rules/regex"
)

// samples are texts that a test finds, first, and some that are near.
func samples(t ir.Test) []string {
	switch t := t.(type) {
	case *ir.Text:
		var out []string
		for _, v := range t.Values {
			out = append(out, v, turned(v), "x"+v, v+"x", "x"+v+"x", `C:\x\`+v, perturbed(v))
		}
		return out
	case *ir.Glob:
		return globSamples(t)
	case *ir.Regex:
		return regexSamples(t)
	case *ir.OfFilename:
		var out []string
		for _, text := range samples(t.Test) {
			out = append(out, `C:\x\`+text, text, `C:\`+text+`\x`)
		}
		return out
	case *ir.Bits:
		return bitsSamples(t)
	case *ir.Number:
		return numberSamples(t.Values)
	case *ir.TimePart:
		return timeSamples(t)
	case *ir.Bool:
		return []string{fmt.Sprint(t.Value), fmt.Sprint(!t.Value)}
	case *ir.CIDR:
		var out []string
		for _, p := range t.Prefixes {
			out = append(out, p.Addr().String(), p.Addr().Prev().String(), lastOf(p).Next().String(), lastOf(p).String())
		}
		return out
	case *ir.Exists:
		return []string{"other"}
	case *ir.Null, *ir.FieldRef, *ir.Elements: // a text is not an array
		return nil
	}
	panic("mutation: unknown test")
}

// turned is a text in the other case.
func turned(s string) string {
	if upper := strings.ToUpper(s); upper != s {
		return upper
	}
	return strings.ToLower(s)
}

func globSamples(t *ir.Glob) []string {
	var out []string
	for _, star := range []string{"x", "", "xyz"} {
		for _, one := range []string{"x", "xy", ""} {
			var b strings.Builder
			for _, p := range t.Parts {
				switch p.Wild {
				case '*':
					b.WriteString(star)
				case '?':
					b.WriteString(one)
				case ir.AnyDash:
					b.WriteByte('-')
				default:
					b.WriteString(p.Literal)
				}
			}
			out = append(out, b.String(), turned(b.String()), "x"+b.String(), b.String()+"x")
		}
	}
	return out
}

func numberSamples(values []float64) []string {
	var out []string
	for _, v := range values {
		for _, near := range []float64{v, v - 1, v + 1, v - 2, v + 2} {
			out = append(out, fmt.Sprint(near))
		}
	}
	return out
}

// bitsSamples are numbers with all bits of a mask, with another one too, and without each.
func bitsSamples(t *ir.Bits) []string {
	out := []string{fmt.Sprint(t.Mask), fmt.Sprint(t.Mask | (t.Mask+1)&^t.Mask), fmt.Sprintf("0x%x", t.Mask)}
	for bit := int64(1); bit > 0; bit <<= 1 {
		if t.Mask&bit != 0 {
			out = append(out, fmt.Sprint(t.Mask&^bit))
		}
	}
	return out
}

// timeSamples are times around each value of a part of the clock or calendar.
func timeSamples(t *ir.TimePart) []string {
	var out []string
	for _, v := range t.Values {
		for _, near := range []int{int(v), int(v) - 1, int(v) + 1} {
			at := map[string]time.Time{
				"minute": time.Date(2024, 5, 1, 12, near, 0, 0, time.UTC), "hour": time.Date(2024, 5, 1, near, 0, 0, 0, time.UTC),
				"day": time.Date(2024, 5, near, 12, 0, 0, 0, time.UTC), "weekday": time.Date(2024, 1, near, 12, 0, 0, 0, time.UTC), "week": time.Date(2024, 1, 4+7*(near-1), 12, 0, 0, 0, time.UTC),
				"month": time.Date(2024, time.Month(near), 1, 12, 0, 0, 0, time.UTC), "year": time.Date(near, 5, 1, 12, 0, 0, 0, time.UTC),
			}[t.Part]
			out = append(out, at.Format(time.RFC3339))
		}
	}
	return out
}

// regexSamples are texts that an expression finds: one for each alternative, in both cases, and with text around it.
func regexSamples(t *ir.Regex) []string {
	expr, err := t.Parse().In(regex.Go)
	if err != nil {
		return nil
	}
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	var out []string
	for choice := range 12 {
		text := generate(re.Simplify(), choice)
		out = append(out, text, turned(text), "x"+text, text+"x", "x"+text+"x", "x "+text+" x", text+"\nx", "x\n"+text)
	}
	return out
}

// generate writes one text of an expression; choice steers which alternative.
func generate(re *syntax.Regexp, choice int) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		if len(re.Rune) == 0 {
			return ""
		}
		pair := choice % (len(re.Rune) / 2) * 2
		return string(printable(re.Rune[pair], re.Rune[pair+1]))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "x"
	case syntax.OpStar, syntax.OpQuest:
		if choice%2 == 0 {
			return generate(re.Sub[0], choice)
		}
		return ""
	case syntax.OpCapture, syntax.OpPlus:
		return generate(re.Sub[0], choice)
	case syntax.OpRepeat:
		return strings.Repeat(generate(re.Sub[0], choice), max(1, re.Min))
	case syntax.OpAlternate:
		return generate(re.Sub[choice%len(re.Sub)], choice/len(re.Sub))
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(generate(sub, choice))
		}
		return b.String()
	}
	return ""
}

// printable is a letter of a range that people can read, where it has one.
func printable(from, to rune) rune {
	for _, c := range "a0A_ " {
		if from <= c && c <= to {
			return c
		}
	}
	return from
}

// lastOf is the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	bytes := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 0x80 >> (bit % 8)
	}
	last, ok := netip.AddrFromSlice(bytes)
	if !ok {
		panic("mutation: a network has addresses")
	}
	return last
}
