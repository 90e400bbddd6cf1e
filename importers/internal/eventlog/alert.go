package eventlog

import (
	"bytes"
	"strconv"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// HasAlert reports whether an event of that key carries a TLS alert code.
func HasAlert(provider string, id uint32) bool {
	return (id == AlertReceived || id == AlertSent) && provider == Schannel
}

// maxAlert is the greatest alert code: it is one byte on the wire (RFC 8446
// section 6).
const maxAlert = 255

// MessageAlert returns the TLS alert code in the message of an event with that
// id: the first whole number in it, whatever language it is in, but the id
// itself, which some exporters put in front. It returns evidence.NoAlert where
// there is none. cut says that the message may be incomplete, so that a number
// at its very end is not trusted.
func MessageAlert(message []byte, id uint32, cut bool) int {
	for i := 0; i < len(message); {
		if !digit(message[i]) {
			i++
			continue
		}
		start := i
		for i < len(message) && digit(message[i]) {
			i++
		}
		if partOfWord(message, start, i) {
			continue
		}
		if cut && i == len(message) {
			return evidence.NoAlert
		}
		n, err := strconv.ParseUint(string(message[start:i]), 10, 32)
		if err == nil && uint32(n) == id {
			continue
		}
		if err != nil || n > maxAlert {
			return evidence.NoAlert
		}
		return int(n)
	}
	return evidence.NoAlert
}

// partOfWord reports whether the digits at [start, end) belong to something
// else than a whole number: a word, a hexadecimal or a decimal number.
func partOfWord(b []byte, start, end int) bool {
	if start > 0 && (letter(b[start-1]) || b[start-1] == '_') {
		return true
	}
	if start > 1 && b[start-1] == '.' && digit(b[start-2]) {
		return true
	}
	if end < len(b) && (letter(b[end]) || b[end] == '_') {
		return true
	}
	return end+1 < len(b) && b[end] == '.' && digit(b[end+1])
}

// alertName is the name that the manifest gives the alert code.
var alertName = []byte("AlertDesc")

// DataAlert returns the TLS alert code in the named data of an event, be it
// XML or JSON: <Data Name="AlertDesc">47</Data> or
// {"@Name":"AlertDesc","#text":"47"}. It returns evidence.NoAlert where the
// data do not name it.
func DataAlert(data []byte) int {
	i := bytes.Index(data, alertName)
	if i < 0 {
		return evidence.NoAlert
	}
	rest := data[i+len(alertName):]
	start := 0
	for start < len(rest) && !digit(rest[start]) {
		if letter(rest[start]) {
			// Only the key of a JSON object's text may come between.
			if !bytes.HasPrefix(rest[start:], []byte("text")) || start == 0 || rest[start-1] != '#' {
				return evidence.NoAlert
			}
			start += len("text")
			continue
		}
		if rest[start] == '<' {
			return evidence.NoAlert // an empty element
		}
		start++
	}
	end := start
	for end < len(rest) && digit(rest[end]) {
		end++
	}
	n, err := strconv.ParseUint(string(rest[start:end]), 10, 32)
	if err != nil || n > maxAlert || end == len(rest) {
		return evidence.NoAlert
	}
	return int(n)
}

func digit(c byte) bool { return c-'0' < 10 }

func letter(c byte) bool { return (c|0x20)-'a' < 26 }
