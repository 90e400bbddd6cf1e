package observed

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/text"
)

// authoritiesField is the field that the policy script adds to ssl.log.
const authoritiesField = "requested_client_certificate_authorities"

// isZeekJSON reports whether a file begins with a line of a JSON log: one
// object a line, with the fields that every connection has.
func isZeekJSON(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	return bytes.Contains(line, []byte(`"id.resp_h"`)) || bytes.Contains(line, []byte(`"`+authoritiesField+`"`))
}

// zeek reads ssl.log, as the ASCII writer makes it by default or as JSON lines.
func (p *parser) zeek(r io.Reader, asJSON bool) error {
	lines := text.NewLines(r, nil, MaxLine)
	t := zeekTable{separator: "\t", setSeparator: ",", empty: "(empty)", unset: "-"}
	skip := false
	for lines.Next() {
		if err := p.ctx.Err(); err != nil {
			return err
		}
		more := lines.Line.More
		if more || skip {
			if !skip {
				p.diagnose(evidence.Diagnostic{Code: "observed-long-line", Severity: evidence.Warning, Lost: true, Where: p.at(lines.Line.Number, ""),
					Summary: "a line is too long and was passed over"})
			}
			skip = more
			continue
		}
		line := string(lines.Line.Text)
		switch {
		case line == "":
		case asJSON:
			p.zeekObject(line, lines.Line.Number)
		case strings.HasPrefix(line, "#"):
			t.header(p, line, lines.Line.Number)
		default:
			t.row(p, line, lines.Line.Number)
		}
	}
	p.file.Encoding = lines.Encoding().String()
	if !asJSON && t.fields == nil {
		p.diagnose(evidence.Diagnostic{Code: "observed-no-header", Severity: evidence.Error, Where: p.at(0, ""),
			Summary: "the log has no line of fields", Detail: "wanted a line that begins with #fields"})
	}
	return lines.Err()
}

func (p *parser) zeekObject(line string, number int) {
	var row struct {
		Host  string    `json:"id.resp_h"`
		Port  int       `json:"id.resp_p"`
		Names *[]string `json:"requested_client_certificate_authorities"`
	}
	if err := json.Unmarshal([]byte(line), &row); err != nil {
		p.diagnose(evidence.Diagnostic{Code: "observed-bad-record", Severity: evidence.Warning, Lost: true, Where: p.at(number, ""),
			Summary: "a line of the log is no JSON object and was passed over", Detail: err.Error()})
		return
	}
	if row.Names == nil {
		return
	}
	l := &List{Where: p.at(number, ""), Server: row.Host + ":" + strconv.Itoa(row.Port)}
	for _, n := range *row.Names {
		l.Names = append(l.Names, Name{Text: n, Line: number})
	}
	p.add(l)
}

// A zeekTable is what the header of a log in text form says of its rows.
type zeekTable struct {
	separator, setSeparator, empty, unset string
	fields                                []string
	host, port, names                     int // columns, -1 if there is none
}

func (t *zeekTable) header(p *parser, line string, number int) {
	key, value, _ := strings.Cut(line[1:], " ")
	if key == "separator" {
		t.separator = unescapeZeek(value)
		if t.separator == "" {
			t.separator = "\t"
		}
		return
	}
	columns := strings.Split(line[1:], t.separator)
	value = strings.Join(columns[1:], t.separator)
	switch columns[0] {
	case "set_separator":
		t.setSeparator = unescapeZeek(value)
	case "empty_field":
		t.empty = unescapeZeek(value)
	case "unset_field":
		t.unset = unescapeZeek(value)
	case "path":
		if value != "ssl" {
			p.diagnose(evidence.Diagnostic{Code: "observed-other-log", Severity: evidence.Warning, Where: p.at(number, ""),
				Summary: "this is not ssl.log", Detail: "its path is " + strconv.Quote(value)})
		}
	case "fields":
		t.fields = columns[1:]
		column := func(name string) int {
			for i, f := range t.fields {
				if f == name {
					return i
				}
			}
			return -1
		}
		t.host, t.port, t.names = column("id.resp_h"), column("id.resp_p"), column(authoritiesField)
	}
}

func (t *zeekTable) row(p *parser, line string, number int) {
	if t.fields == nil || t.names < 0 {
		return
	}
	columns := strings.Split(line, t.separator)
	if len(columns) != len(t.fields) {
		p.diagnose(evidence.Diagnostic{Code: "observed-bad-record", Severity: evidence.Warning, Lost: true, Where: p.at(number, ""),
			Summary: "a line of the log does not have the columns of its header and was passed over",
			Detail:  "wanted " + strconv.Itoa(len(t.fields)) + " columns, there were " + strconv.Itoa(len(columns))})
		return
	}
	value := columns[t.names]
	if value == t.unset {
		return
	}
	at := func(i int) string {
		if i < 0 {
			return ""
		}
		return unescapeZeek(columns[i])
	}
	l := &List{Where: p.at(number, ""), Server: strings.TrimSuffix(at(t.host)+":"+at(t.port), ":")}
	if value != t.empty {
		for n := range strings.SplitSeq(value, t.setSeparator) {
			l.Names = append(l.Names, Name{Text: unescapeZeek(n), Line: number})
		}
	}
	p.add(l)
}

// unescapeZeek undoes the \xHH of the ASCII writer.
func unescapeZeek(s string) string {
	if !strings.Contains(s, `\x`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+3 < len(s) && s[i+1] == 'x' {
			if n, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
