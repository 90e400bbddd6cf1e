package main

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"
)

// broken gives files with one defect each.
func broken(keys keyring) ([]file, error) {
	m := maker{keys: keys}
	one := m.make(request{subject: "O=Lucerne Publishing|CN=First Root", key: "legacy", from: "2015-01-05", to: "2035-01-05"})
	two := m.make(request{subject: "O=Lucerne Publishing|CN=Second Root", key: "legacy", from: "2015-01-05", to: "2035-01-05"})
	three := m.make(request{subject: "O=Lucerne Publishing|CN=Third Root", key: "legacy", from: "2015-01-05", to: "2035-01-05"})
	hostile := []element{}
	for _, subject := range []string{
		`O=Hostile|CN==cmd\|' /C calc'!A0`,
		"O=Hostile|CN=\x1b]0;owned\x07\x1b[2J\x1b[31mred",
		`O=Hostile|CN=<script>alert("x")</script><img src=x onerror=alert(1)>`,
		"O=Hostile|CN=Contoso \u202egnp.exe",
		"O=Hostile|CN=two\r\nlines\tand a tab",
		"O=Hostile|CN=" + strings.Repeat("long ", 8000),
	} {
		c := m.make(request{subject: subject, key: "legacy", from: "2015-01-05", to: "2035-01-05"})
		if m.err != nil {
			return nil, m.err
		}
		e := exported(c)
		if len(c.subject) > 1000 {
			e.props = nil // one long text is enough
		}
		hostile = append(hostile, e)
	}
	if m.err != nil {
		return nil, m.err
	}
	files := brokenStores(exported(one), exported(two), exported(three))
	files = append(files, file{"broken/sst-hostile-subjects.sst", serializedStore(hostile)})
	files = append(files, brokenMessages([]*certificate{one, two, three})...)
	files = append(files, brokenRegistry(registered(one), registered(two))...)
	files = append(files, brokenLogs()...)
	return append(files, file{"broken/file-empty.sst", nil}), nil
}

func brokenStores(one, two, three element) []file {
	sound := serializedStore([]element{one, two, three})
	last := len(three.serialize()) + 12 // of the third element and the end
	// The length of the second certificate stands just before it.
	lying := bytes.Clone(sound)
	binary.LittleEndian.PutUint32(lying[bytes.Index(sound, two.cert.der)-4:], 0xFFFF_FFFF)
	magic := bytes.Clone(sound)
	copy(magic[4:], "CERTS"[1:])
	text := element{&certificate{der: []byte("this is no certificate, though the element says so")}, two.props}
	return []file{
		{"broken/sst-truncated.sst", sound[:len(sound)-last+300]},
		{"broken/sst-size-ffffffff.sst", lying},
		{"broken/sst-bad-magic.sst", magic},
		{"broken/sst-trailing-bytes.sst", append(bytes.Clone(sound), "and then some bytes"...)},
		{"broken/sst-no-end.sst", sound[:len(sound)-12]},
		{"broken/sst-not-a-certificate.sst", serializedStore([]element{one, text, three})},
	}
}

func brokenMessages(certs []*certificate) []file {
	sound := pkcs7(certs)
	return []file{
		{"broken/p7b-truncated.p7b", sound[:len(sound)-200]},
		{"broken/p7b-enveloped.p7b", envelopedData()},
		{"broken/p7b-trailing-bytes.p7b", append(bytes.Clone(sound), "and then some bytes"...)},
	}
}

func brokenRegistry(one, two element) []file {
	const root = storesKey + `\ROOT`
	blob := func(name string, e element) regKey {
		return regKey{root + `\Certificates\` + name, []regValue{{"Blob", e.serialize()}}}
	}
	both := regText([]regKey{{path: root}, {path: root + `\Certificates`}, blob(one.cert.thumbprint(), one), blob(two.cert.thumbprint(), two)})
	// In the first Blob, somewhere in its tenth line.
	line := strings.Index(both, "Blob")
	for range 10 {
		line += 1 + strings.Index(both[line:], "\n")
	}
	badHex := both[:line+8] + "zz" + both[line+10:]
	second := strings.LastIndex(both, "Blob")
	whole := utf16Text(both)
	return []file{
		{"broken/reg-bad-hex.reg", utf16Text(badHex)},
		{"broken/reg-cut-in-hex.reg", utf16Text(both[:second+1000])},
		{"broken/reg-no-header.reg", utf16Text(both[strings.Index(both, "["):])},
		{"broken/reg-odd-byte.reg", whole[:len(whole)-1]},
		{"broken/reg-wrong-key-name.reg", regFile([]regKey{{path: root + `\Certificates`}, blob(two.cert.thumbprint(), one)})},
	}
}

func brokenLogs() []file {
	events := []event{
		{"Information", date(2026, 10, 13, 9, 15, 0), "Service Control Manager", 7036, "None", "The Windows Update service entered the running state."},
		{"Warning", date(2026, 10, 13, 9, 14, 0), "Schannel", 36885, "None", listTruncated},
		{"Error", date(2026, 10, 13, 9, 13, 0), "Schannel", 36887, "None", "The following fatal alert was received: 47."},
	}
	sound := string(english.eventCSV(events))
	open := strings.Replace(sound, `remove the others."`, `remove the others.`, 1)
	bare := strings.Replace(sound, "The Windows Update service", `The "Windows Update" service`, 1)
	foreign := "Machine,Urgency,Event ID,Message\r\nuc01,high,36885,the list was truncated\r\nuc01,low,7036,a service runs\r\n"
	for i, e := range events {
		// Both orders of day and month leave the newest first.
		e.at = date(2026, 4-time.Month(i), 3-i, 9, 15, 0)
		events[i] = e
	}
	return []file{
		{"broken/csv-open-quote.csv", []byte(open)},
		{"broken/csv-bare-quote.csv", []byte(bare)},
		{"broken/csv-unknown-header.csv", []byte(foreign)},
		{"broken/csv-undecidable-dates.csv", english.eventCSV(events)},
	}
}
