package evidence

import "strconv"

// A Location says where in an export a fact was read.
type Location struct {
	// Source is the Name of the Source.
	Source string
	// Offset is that of the fact's first byte, counted in the file as it was
	// exported, before any decoding.
	Offset int64
	// Length is the number of bytes of the fact. For a certificate in a binary
	// file the bytes at [Offset, Offset+Length) are the certificate itself.
	Length int64
	// Line counts from 1; it is 0 in a binary file.
	Line int
	// Path is the way to the fact inside the format, such as "certificate 12"
	// or "[HKEY_LOCAL_MACHINE\…\SCHANNEL] EventLogging".
	Path string
}

// String returns the location as messages show it: reg/web01.reg:17 for text,
// stores/root.sst@0x1f3c for a binary file, with the path in brackets.
func (l Location) String() string {
	s := l.Source
	switch {
	case l.Line > 0:
		s += ":" + strconv.Itoa(l.Line)
	case l.Offset > 0:
		s += "@0x" + strconv.FormatInt(l.Offset, 16)
	}
	if l.Path != "" {
		s += " (" + l.Path + ")"
	}
	return s
}
