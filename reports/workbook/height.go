package workbook

import "strings"

// Heights of rows in points. Programs that show workbooks differ in whether they
// find the height of a wrapped row themselves when they open one, so it is given
// as they would leave it: estimated from the text.
const (
	lineHeight = 15.0  // of Calibri 11
	maxHeight  = 409.5 // Excel's limit
)

// lines estimates how many lines a text takes in a cell of width characters
// that wraps at spaces. Widths count digits; prose runs a little narrower.
func lines(s string, width int) int {
	width += width / 9
	if len(s) <= width && !strings.Contains(s, "\n") {
		return 1
	}
	n := 0
	for line := range strings.SplitSeq(s, "\n") {
		n++
		at := 0
		for word := range strings.SplitSeq(line, " ") {
			w := columns(word)
			switch {
			case at > 0 && at+1+w <= width:
				at += 1 + w
				continue
			case at > 0:
				n++
			}
			// A word that is longer than the line is broken.
			if w > width {
				n += (w - 1) / width
				w -= (w - 1) / width * width
			}
			at = w
		}
	}
	return n
}

// columns estimates the width of a word: ideographs take two columns.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r >= 0x1100 {
			n++
		}
	}
	return n
}
