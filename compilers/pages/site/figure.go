package site

import "decree/compilers/pages"

// figure is a chain of processes as boxes below each other, in the units of the drawing: a pixel where there is room.
type figure struct {
	About         string
	Caption       string
	Width, Height int
	Boxes         []box
	Arrows        []arrow
}

type box struct {
	Y, Height int
	Label     string
	LabelY    int
	Lines     []textLine
	Own       bool // the event's own process
}

type textLine struct {
	Y    int
	Text string
}

// arrow leads from a box to the next.
type arrow struct{ From, To, Text int }

// The measures of a figure.
const (
	figureWidth = 328
	lineHeight  = 17
	boxPadding  = 10
	arrowHeight = 30
	lineLetters = 38 // that fit beside each other, of a typeface whose letters are 0.61 of its size wide
)

func draw(f pages.Figure) figure {
	out := figure{About: f.About, Caption: f.Caption, Width: figureWidth}
	y := 1
	for i, b := range f.Boxes {
		drawn := box{Y: y, Label: b.Label, LabelY: y + boxPadding + 9, Own: i == len(f.Boxes)-1}
		at := drawn.LabelY
		for _, text := range b.Lines {
			for _, line := range wrapped(text) {
				at += lineHeight
				drawn.Lines = append(drawn.Lines, textLine{at, line})
			}
		}
		drawn.Height = at - y + boxPadding
		y += drawn.Height
		out.Boxes = append(out.Boxes, drawn)
		if !drawn.Own {
			out.Arrows = append(out.Arrows, arrow{y, y + arrowHeight - 6, y + arrowHeight/2 + 2})
			y += arrowHeight
		}
	}
	out.Height = y + 1
	return out
}

// wrapped breaks a line where it is too long.
func wrapped(text string) []string {
	letters := []rune(text)
	var out []string
	for len(letters) > lineLetters {
		at := lineLetters
		for i := lineLetters; i > lineLetters/2; i-- {
			if letters[i] == ' ' {
				at = i
				break
			}
		}
		out = append(out, string(letters[:at]))
		for at < len(letters) && letters[at] == ' ' {
			at++
		}
		letters = letters[at:]
	}
	return append(out, string(letters))
}
