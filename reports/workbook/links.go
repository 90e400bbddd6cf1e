package workbook

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/ctlaudit/ctlaudit/reports"
)

// maxLinks is how many links a sheet of Excel holds.
const maxLinks = 65_530

// links are the links of a sheet, gathered while its rows are written, since
// they follow the rows in the file.
type links struct {
	xml     bytes.Buffer
	n       int
	dropped int

	// The place that was looked up last: rows that follow one another lead to
	// the same sheet.
	name  string
	place *place
}

// add adds the link of a cell and reports whether there is one.
func (l *links) add(b *book, column string, row []byte, c *reports.Cell) bool {
	if l.place == nil || l.name != c.Link {
		l.name, l.place = c.Link, b.placeOf(c.Link)
	}
	if l.place == nil || len(l.place.names) == 0 {
		return false
	}
	if l.n == maxLinks {
		l.dropped++
		return false
	}
	l.n++
	l.xml.WriteString(`<hyperlink ref="`)
	l.xml.WriteString(column)
	l.xml.Write(row)
	l.xml.WriteString(`" location="`)
	_ = xml.EscapeText(&l.xml, []byte(l.place.location(c.LinkRow)))
	l.xml.WriteString(`"/>`)
	return true
}

// note says that links are missing.
func (l *links) note(sheet string) string {
	return fmt.Sprintf(" Only the first %d links of %s can be followed, as many as a sheet of Excel holds; %d are left out.", maxLinks, sheet, l.dropped)
}

// insert puts the links where the schema wants them into what follows the rows
// (ECMA-376 part 1, 18.3.1.99): before the margins, or among those that are
// there.
func (l *links) insert(rest []byte) ([]byte, error) {
	if l.n == 0 {
		return rest, nil
	}
	var out bytes.Buffer
	out.Grow(len(rest) + l.xml.Len() + 32)
	if i := bytes.Index(rest, []byte(`</hyperlinks>`)); i >= 0 {
		out.Write(rest[:i])
		out.Write(l.xml.Bytes())
		out.Write(rest[i:])
		return out.Bytes(), nil
	}
	i := bytes.Index(rest, []byte(`<pageMargins`))
	if i < 0 {
		return nil, errors.New("there is no place for its links")
	}
	out.Write(rest[:i])
	out.WriteString(`<hyperlinks>`)
	out.Write(l.xml.Bytes())
	out.WriteString(`</hyperlinks>`)
	out.Write(rest[i:])
	return out.Bytes(), nil
}

// A notice is added to a shared string.
type notice struct {
	index int // -1 where there is none
	text  string
}

// sharedString returns which shared string a cell shows, or -1.
func sharedString(sheet []byte, cell string) int {
	m := regexp.MustCompile(`<c r="` + cell + `"[^>]* t="s"[^>]*><v>(\d+)</v>`).FindSubmatch(sheet)
	if m == nil {
		return -1
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return -1
	}
	return n
}

// appendNotices adds the notices to their strings.
func appendNotices(shared []byte, notices []notice) []byte {
	for _, n := range notices {
		at := 0
		for i := 0; i <= n.index; i++ {
			end := bytes.Index(shared[at:], []byte(`</t></si>`))
			if end < 0 {
				break
			}
			if at += end; i == n.index {
				var text bytes.Buffer
				_ = xml.EscapeText(&text, []byte(n.text))
				shared = bytes.Join([][]byte{shared[:at], text.Bytes(), shared[at:]}, nil)
				break
			}
			at++
		}
	}
	return shared
}
