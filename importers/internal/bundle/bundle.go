// Package bundle reads files that hold certificates without properties:
// certificates one behind the other, PKCS#7 messages, revocation lists and
// trust lists, each binary or as base64 in a text. The formats p7b, ctl and
// certfile are this one reader under three names; sst shares its Emitter.
//
// The package decides by content what each piece is and goes on where one
// piece is wrong. It verifies nothing and decrypts nothing.
package bundle

import (
	"bytes"
	"context"
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/armour"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
)

// Import reads one file. The codes of its diagnostics begin with prefix, such
// as "p7b-". Pieces that stand one behind the other in a binary file are read
// to the end if several is true; else the first is the file, and what follows
// it is told of.
func Import(ctx context.Context, in *importers.Input, to evidence.Sink, prefix string, several bool) error {
	return importUpTo(ctx, in, to, prefix, several, importers.MaxWhole)
}

func importUpTo(ctx context.Context, in *importers.Input, to evidence.Sink, prefix string, several bool, limit int64) error {
	data, whole, err := in.ReadAll(limit)
	if err != nil {
		return err
	}
	r := &reader{Emitter: NewEmitter(in, to, prefix), ctx: ctx, in: in, several: several}
	if !whole {
		r.Diagnose("too-big", evidence.Error, true, in.At(0, int64(len(data)), 0, ""), "the file is too big to be read whole",
			fmt.Sprintf("at most %d bytes are read; what is in these was kept", limit))
	}
	if err := r.file(data); err != nil {
		return err
	}
	return r.Finish()
}

type reader struct {
	*Emitter
	ctx     context.Context
	in      *importers.Input
	several bool
	block   *armour.Block // the text block that is being read, or nil
}

// file reads a file that is binary or text.
func (r *reader) file(data []byte) error {
	if der.KindOf(data) != der.Unknown {
		return r.binary(data)
	}
	text := armour.Parse(data)
	if len(text.Blocks) == 0 || text.Blocks[0].Label == "" && der.KindOf(text.Blocks[0].Bytes) == der.Unknown {
		if len(data) > 0 && data[0] == der.TagSequence {
			return r.binary(data)
		}
		r.unreadable(data)
		return nil
	}
	r.in.Source.Encoding = text.Encoding
	for i := range text.Blocks {
		r.block = &text.Blocks[i]
		if err := r.textBlock(); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) unreadable(data []byte) {
	head := data[:min(len(data), 16)]
	if IsCabinet(head) {
		r.Diagnose("cab", evidence.Error, true, r.in.At(0, int64(len(data)), 0, ""), "this is a cabinet, which is not read",
			"expand it first: expand authrootstl.cab authroot.stl")
		return
	}
	r.Diagnose("unreadable", evidence.Error, true, r.in.At(0, int64(len(data)), 0, ""), "this is neither a certificate nor a PKCS#7 message",
		fmt.Sprintf("wanted DER, or base64 in a text; the file begins with %q; nothing was read", head))
}

// at gives the place of an element: its own bytes in a binary file, the block
// it stands in in a text.
func (r *reader) at(offset, length int64) evidence.Location {
	if r.block != nil {
		return r.in.At(r.block.Offset, r.block.Length, r.block.Line, "")
	}
	return r.in.At(offset, length, 0, "")
}

// binary reads pieces that stand one behind the other.
func (r *reader) binary(data []byte) error {
	for at := 0; at < len(data); {
		rest := data[at:]
		kind := der.KindOf(rest)
		if at > 0 && (kind == der.Unknown || !r.several) {
			r.trailing(int64(at), rest, kind)
			return nil
		}
		n, err := r.piece(rest, kind, int64(at))
		if err != nil || n == 0 {
			return err
		}
		at += n
	}
	return nil
}

func (r *reader) trailing(at int64, rest []byte, kind der.Kind) {
	summary := fmt.Sprintf("%d bytes follow the end", len(rest))
	switch {
	case kind != der.Unknown:
		summary += ": they look like another " + kind.String()
	case len(bytes.Trim(rest, "\x00")) == 0:
		summary += ": all zero"
	}
	r.Diagnose("trailing-bytes", evidence.Warning, kind != der.Unknown, r.at(at, int64(len(rest))), summary,
		beginning(rest, kind)+"they were not read")
}

// beginning quotes the start of bytes, but never those of a private key.
func beginning(b []byte, kind der.Kind) string {
	if kind == der.KindPrivateKey {
		return ""
	}
	return fmt.Sprintf("they begin with %q; ", b[:min(len(b), 16)])
}

// piece reads what stands at the start of b and returns its length, or 0 where
// reading cannot go on behind it.
func (r *reader) piece(b []byte, kind der.Kind, offset int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	e, ok := der.First(b)
	switch {
	case kind == der.KindMessage || kind == der.KindTrustList:
		return r.message(b, offset)
	case kind == der.KindPFX:
		r.pfx(offset, len(b))
		return 0, nil
	case kind == der.KindPrivateKey:
		r.privateKey(r.at(offset, int64(len(e.Raw))))
	case kind == der.KindRequest:
		r.other(r.at(offset, int64(len(e.Raw))), "a certificate request")
	case (!ok || e.Cut) && r.closed() && kind != der.KindCRL:
		return 0, r.Certificate(Found{Raw: b, Where: r.at(offset, int64(len(b)))})
	case !ok || e.Cut:
		r.cut(b, e, offset)
		return 0, nil
	case kind == der.KindCRL:
		return len(e.Raw), r.RevocationList(e.Raw, r.at(offset, int64(len(e.Raw))))
	default:
		return len(e.Raw), r.Certificate(Found{Raw: e.Raw, Where: r.at(offset, int64(len(e.Raw)))})
	}
	if e.Cut {
		r.cut(b, e, offset)
		return 0, nil
	}
	return len(e.Raw), nil
}

// closed reports whether a block of a text is read that has its END line: what
// is wrong in it is damage to that piece alone.
func (r *reader) closed() bool { return r.block != nil && r.block.Label != "" && !r.block.Open }

// severity is that of a piece that breaks off: as a rule nothing behind it is
// read.
func (r *reader) severity() evidence.DiagnosticSeverity {
	if r.closed() {
		return evidence.Warning
	}
	return evidence.Error
}

// cut tells of a structure whose end is missing or whose length is no length.
func (r *reader) cut(b []byte, e der.Element, offset int64) {
	where := r.at(offset, int64(len(b)))
	switch {
	case e.Claimed > int64(len(b)):
		r.Diagnose("truncated", r.severity(), true, where, "the data ends inside a certificate or another structure",
			fmt.Sprintf("the structure at offset %d claims %d bytes; %d are there; what came before was kept", offset, e.Claimed, len(b)))
	case e.Cut || len(b) < 6:
		r.Diagnose("truncated", r.severity(), true, where, "the data ends inside a certificate or another structure",
			fmt.Sprintf("the end of the structure at offset %d is not in the %d bytes there; what came before was kept", offset, len(b)))
	default:
		r.Diagnose("damaged", r.severity(), true, where, "a certificate or another structure is damaged: it has no length",
			fmt.Sprintf("wanted a SEQUENCE with its length at offset %d; there is %x; what came before was kept", offset, b[:6]))
	}
}

func (r *reader) pfx(offset int64, length int) {
	r.Diagnose("pfx", evidence.Error, true, r.at(offset, int64(length)), "this is a PKCS#12 file (.pfx), which is not read",
		"it may hold private keys, which an audit does not need and should not be given; export the store without them instead: "+
			"in the MMC's Certificates snap-in select all certificates, then All Tasks, Export, as .sst (keeps the properties) or .p7b")
}

func (r *reader) privateKey(where evidence.Location) {
	r.Diagnose("private-key", evidence.Warning, false, where, "the file holds a private key",
		"it was passed over and is in no report; an audit does not need it: delete it from the export and consider the key exposed")
}

func (r *reader) other(where evidence.Location, what string) {
	r.Diagnose("other-block", evidence.Note, false, where, what+" was passed over",
		"wanted a certificate, a PKCS#7 message or a CRL")
}
