package workbook

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Bounds of a workbook that is read back. It comes from outside like any other
// file.
const (
	maxArchive  = 512 << 20 // bytes of the file
	maxParts    = 10_000
	maxUnpacked = 1 << 30   // bytes of all that is read of it, uncompressed
	maxKept     = 256 << 20 // bytes of text that are kept
	maxToken    = 1 << 20   // bytes from one < to the next
	maxSheets   = 1_000
	maxNames    = 100_000
)

var (
	errTooLarge = errors.New("the workbook is larger than what is read")
	errXML      = errors.New("the workbook is damaged, or was not written by a spreadsheet program")
)

// A pack is a workbook as a package of parts.
type pack struct {
	files    map[string]*zip.File
	read     int64 // bytes that may still be unpacked
	kept     int   // bytes of text that may still be kept
	sheets   []sheetPart
	names    []definedName
	shared   string // path of the shared strings
	date1904 bool
}

type sheetPart struct{ name, part string }

type definedName struct{ name, refersTo string }

// openPackage opens a workbook and reads its table of contents.
func openPackage(r io.ReaderAt, size int64) (*pack, error) {
	if size > maxArchive {
		return nil, errTooLarge
	}
	head := make([]byte, 8)
	if n, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	} else if string(head[:n]) == "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" {
		return nil, errors.New("this is a workbook of Excel 97 or one with a password; save it as .xlsx without a password")
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, errors.New("this is no .xlsx workbook")
	}
	if len(z.File) > maxParts {
		return nil, errTooLarge
	}
	p := &pack{files: map[string]*zip.File{}, read: maxUnpacked, kept: maxKept}
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		if strings.HasSuffix(name, "vbaproject.bin") {
			return nil, errors.New("this workbook holds macros; save it as .xlsx, without them")
		}
		if _, twice := p.files[name]; !twice {
			p.files[name] = f
		}
	}
	const book = "xl/workbook.xml"
	if p.files[book] == nil {
		return nil, errors.New("this is no .xlsx workbook")
	}
	targets := map[string]string{}
	if err := p.readTargets(targets); err != nil {
		return nil, err
	}
	return p, p.readBook(book, targets)
}

// readTargets reads where the parts of the workbook are, by their ids.
func (p *pack) readTargets(targets map[string]string) error {
	return p.each("xl/_rels/workbook.xml.rels", func(t xml.Token) error {
		e, ok := t.(xml.StartElement)
		if !ok || e.Name.Local != "Relationship" || len(targets) > maxSheets*2 {
			return nil
		}
		target := attribute(e, "Target")
		if strings.HasPrefix(target, "/") {
			target = strings.TrimPrefix(path.Clean(target), "/")
		} else {
			target = path.Join("xl", target)
		}
		if strings.HasSuffix(attribute(e, "Type"), "/sharedStrings") {
			p.shared = target
		}
		targets[attribute(e, "Id")] = target
		return nil
	})
}

// readBook reads the sheets and the names.
func (p *pack) readBook(part string, targets map[string]string) error {
	var name *definedName
	return p.each(part, func(t xml.Token) error {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "workbookPr":
				v := attribute(e, "date1904")
				p.date1904 = v == "1" || v == "true"
			case "sheet":
				if target := targets[relationID(e)]; target != "" {
					p.sheets = append(p.sheets, sheetPart{attribute(e, "name"), target})
				}
			case "definedName":
				if attribute(e, "localSheetId") == "" {
					name = &definedName{name: attribute(e, "name")}
				}
			}
		case xml.CharData:
			if name != nil {
				name.refersTo += string(e)
			}
		case xml.EndElement:
			if e.Name.Local == "definedName" && name != nil {
				p.names = append(p.names, *name)
				name = nil
			}
		}
		if len(p.sheets) > maxSheets || len(p.names) > maxNames {
			return errTooLarge
		}
		return nil
	})
}

// relationID returns the attribute r:id, whatever the prefix.
func relationID(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// partOf returns the path of a sheet, or "".
func (p *pack) partOf(sheet string) string {
	if i := p.order(sheet); i >= 0 {
		return p.sheets[i].part
	}
	return ""
}

func (p *pack) order(sheet string) int {
	return slices.IndexFunc(p.sheets, func(s sheetPart) bool { return strings.EqualFold(s.name, sheet) })
}

// parseCell parses a reference such as 'My sheet'!$B$2.
func parseCell(s string) (sheet string, col, row int, ok bool) {
	at := strings.LastIndexByte(s, '!')
	if at < 1 || len(s) > 200 {
		return "", 0, 0, false
	}
	sheet = s[:at]
	if quoted, ok := strings.CutPrefix(sheet, "'"); ok {
		sheet = strings.ReplaceAll(strings.TrimSuffix(quoted, "'"), "''", "'")
	}
	col, row, err := excelize.CellNameToCoordinates(strings.ReplaceAll(s[at+1:], "$", ""))
	return sheet, col, row, err == nil
}

// errStop ends the reading of a part early.
var errStop = errors.New("stop")

// each gives the tokens of a part, as they stand: prefixes are not resolved and
// ends are not checked. A token is valid until the next one.
func (p *pack) each(part string, take func(xml.Token) error) error {
	f := p.files[strings.ToLower(part)]
	if f == nil {
		return fmt.Errorf("%w: it has no part %q", errXML, part)
	}
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%w: %v", errXML, err)
	}
	defer r.Close()
	d := xml.NewDecoder(&guard{r: r, pack: p})
	for {
		t, err := d.RawToken()
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errTooLarge):
			return errTooLarge
		case err != nil:
			return fmt.Errorf("%w: %v", errXML, err)
		}
		switch err := take(t); {
		case err == errStop:
			return nil
		case err != nil:
			return err
		}
	}
}

// A guard bounds what an XML decoder has to hold: the length of a token and of
// all together. Comments, CDATA and document types, which spreadsheet programs
// do not write, are refused, since they could hide a long token.
type guard struct {
	r     io.Reader
	pack  *pack
	run   int
	last  byte
	begun bool
}

func (g *guard) Read(b []byte) (int, error) {
	n, err := g.r.Read(b)
	if g.pack.read -= int64(n); g.pack.read < 0 {
		return 0, errTooLarge
	}
	for _, c := range b[:n] {
		if g.last == '<' && (c == '!' || c == '?' && g.begun) {
			return 0, errors.New("it holds a comment or a declaration")
		}
		if c == '<' {
			g.run = 0
		} else {
			g.begun = g.begun || g.last == '<' && c != '?'
		}
		if g.run++; g.run > maxToken {
			return 0, errTooLarge
		}
		g.last = c
	}
	return n, err
}

// A headCell is a text near the top of a sheet.
type headCell struct {
	row, col int
	text     string
}

// head returns the texts of the first rows of a sheet.
func (p *pack) head(part string, rows int) ([]headCell, error) {
	const most = 4096
	var list []headCell
	var refs []carriedRow
	err := p.cells(part, func(row, col int, c carriedCell) error {
		if row > rows || len(refs) > most {
			return errStop
		}
		const longest = 200 // of a heading
		r := carriedRow{row: row}
		c.text = c.text[:min(len(c.text), longest)]
		r.cells[idColumn] = c
		refs = append(refs, r)
		list = append(list, headCell{row: row, col: col})
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := p.resolve(refs); err != nil {
		return nil, err
	}
	for i := range list {
		list[i].text = refs[i].cells[idColumn].text
	}
	return list, nil
}

// number parses a count; anything else is -1.
func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return -1
	}
	return n
}
