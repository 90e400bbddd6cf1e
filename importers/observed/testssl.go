package observed

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// The ids of testssl.sh. A list of several names is written as one finding a
// name, "clientAuth_CA_list #1" and so on; one of one name, or none ("empty"),
// as a single finding.
const (
	idClientAuth = "clientAuth"
	idCAList     = "clientAuth_CA_list"
)

// testssl reads the JSON of testssl.sh, flat (--jsonfile) or structured
// (--jsonfile-pretty). It goes through the tokens, so what stands before a break
// is read: testssl.sh leaves the file open-ended when it is interrupted.
func (p *parser) testssl(r io.Reader) error {
	limited := &io.LimitedReader{R: r, N: MaxWhole}
	w := &testsslWalk{p: p, dec: json.NewDecoder(limited), open: map[string]*List{}}
	var err error
	for err == nil {
		if err = p.ctx.Err(); err == nil {
			err = w.value(place{}, 0)
		}
	}
	for _, l := range w.order {
		l.Broken = err != io.EOF
		p.add(l)
	}
	p.file.Encoding = "UTF-8"
	switch {
	case p.ctx.Err() != nil:
		return p.ctx.Err()
	case limited.N <= 0:
		p.diagnose(evidence.Diagnostic{Code: "observed-too-large", Severity: evidence.Error, Where: p.at(0, ""),
			Summary: fmt.Sprintf("the file is larger than %d bytes: the rest was not read", MaxWhole)})
	case err != io.EOF:
		p.diagnose(evidence.Diagnostic{Code: "observed-broken-json", Severity: evidence.Error, Where: p.at(0, ""),
			Summary: "the JSON breaks off: what stands before was read", Detail: err.Error()})
	}
	return nil
}

// A place is which server the findings of a JSON object are about.
type place struct{ host, ip, port string }

func (s place) String() string {
	name := s.host
	if name == "" {
		name = s.ip
	}
	if s.port != "" {
		name += ":" + s.port
	}
	return name
}

type testsslWalk struct {
	p     *parser
	dec   *json.Decoder
	open  map[string]*List // by server
	order []*List
}

// maxNesting is how deep the JSON of testssl.sh may be nested; its own is six.
const maxNesting = 64

// value reads one JSON value.
func (w *testsslWalk) value(at place, depth int) error {
	t, err := w.dec.Token()
	if err != nil {
		return err
	}
	delim, ok := t.(json.Delim)
	switch {
	case !ok:
		return nil
	case depth > maxNesting:
		return fmt.Errorf("nested more than %d deep", maxNesting)
	case delim == '[':
		err = w.array(at, depth)
	default:
		err = w.object(at, depth)
	}
	if err == io.EOF { // Token gives it inside a value too
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (w *testsslWalk) array(at place, depth int) error {
	for w.dec.More() {
		if err := w.value(at, depth+1); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

func (w *testsslWalk) object(at place, depth int) error {
	fields := map[string]string{}
	for w.dec.More() {
		key, err := w.dec.Token()
		if err != nil {
			return err
		}
		name, _ := key.(string)
		switch name {
		case "id", "finding", "ip", "port", "targetHost":
			t, err := w.dec.Token()
			if err != nil {
				return err
			}
			text, ok := t.(string)
			if !ok {
				if _, nested := t.(json.Delim); nested {
					return fmt.Errorf("%q is no string", name)
				}
				text = fmt.Sprint(t)
			}
			fields[name] = text
			switch name {
			case "ip":
				// The flat form writes HOST/ADDRESS.
				if host, ip, ok := strings.Cut(text, "/"); ok {
					at.host, at.ip = host, ip
				} else {
					at.ip = text
				}
			case "port":
				at.port = text
			case "targetHost":
				at.host = text
			}
		default:
			if err := w.value(at, depth+1); err != nil {
				return err
			}
		}
	}
	if _, err := w.dec.Token(); err != nil {
		return err
	}
	w.finding(at, fields["id"], fields["finding"])
	return nil
}

// finding takes a finding if it is about the list.
func (w *testsslWalk) finding(at place, id, finding string) {
	server := at.String()
	list := func() *List {
		l := w.open[server]
		if l == nil {
			l = &List{Where: w.p.at(0, id), Server: server}
			w.open[server] = l
			w.order = append(w.order, l)
		}
		return l
	}
	finding = strings.TrimSpace(finding)
	switch {
	case id == idCAList && (finding == "empty" || finding == ""):
		list()
	case id == idCAList, strings.HasPrefix(id, idCAList+" #"):
		l := list()
		l.Names = append(l.Names, Name{Text: finding})
	case id == idClientAuth && finding != "optional" && finding != "required":
		w.p.diagnose(evidence.Diagnostic{Code: "observed-not-asked", Severity: evidence.Warning, Where: w.p.at(0, id),
			Summary: fmt.Sprintf("%s did not ask for a client certificate when testssl.sh connected (%q), so no list could be seen", server, finding),
			Detail:  "a server may ask only for some paths, or only after the handshake"})
	}
}
