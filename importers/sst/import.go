package sst

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/internal/bundle"
	"github.com/ctlaudit/ctlaudit/importers/internal/certprop"
	"github.com/ctlaudit/ctlaudit/importers/internal/der"
	"github.com/ctlaudit/ctlaudit/importers/internal/trustlist"
)

type reader struct {
	*bundle.Emitter
	in *importers.Input
}

func importStore(ctx context.Context, in *importers.Input, to evidence.Sink) error {
	r := &reader{Emitter: bundle.NewEmitter(in, to, "sst-"), in: in}
	body := bufio.NewReaderSize(in, importers.DetectBytes)
	head, err := body.Peek(len(certprop.Magic))
	if err != nil && err != io.EOF {
		return err
	}
	if string(head) == certprop.Magic {
		body.Discard(len(head)) // cannot fail: the bytes are there
		err = r.store(ctx, body)
	} else {
		err = r.headless(body)
	}
	if err != nil {
		return err
	}
	return r.Finish()
}

// store reads the elements behind the file header.
func (r *reader) store(ctx context.Context, body io.Reader) error {
	elements := certprop.NewReader(body, int64(len(certprop.Magic)), r.in.Size, r.problem)
	for {
		e, err := elements.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = r.element(e)
		}
		if err != nil {
			return err
		}
	}
}

// headless reads a file that holds an element as a registry Blob does, or tells
// that the file is no store.
func (r *reader) headless(body *bufio.Reader) error {
	head, err := body.Peek(importers.DetectBytes)
	if err != nil && err != io.EOF {
		return err
	}
	size := r.in.Size
	if err == io.EOF {
		size = int64(len(head))
	}
	if !certprop.LooksLikeElement(head, size) {
		r.Diagnose("bad-header", evidence.Error, true, r.in.At(0, min(int64(len(head)), 8), 0, ""), "this is not a serialized store: its header is wrong",
			fmt.Sprintf("wanted %q; the file begins with %q; nothing was read", certprop.Magic, head[:min(len(head), 8)]))
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(body, importers.MaxRecord+1))
	if err != nil {
		return err
	}
	if len(data) > importers.MaxRecord {
		r.Diagnose("too-big", evidence.Error, true, r.in.At(0, 0, 0, ""), "the file is too big for one element without a file header",
			fmt.Sprintf("at most %d bytes are read; nothing was read", importers.MaxRecord))
		return nil
	}
	blob := certprop.ReadBlob(data)
	for _, e := range blob.Elements {
		if err := r.element(e); err != nil {
			return err
		}
	}
	for _, p := range blob.Problems {
		r.problem(p)
	}
	return nil
}

func (r *reader) problem(p certprop.Problem) {
	r.Diagnose(p.Code, p.Severity, p.Lost, r.in.At(p.Offset, p.Length, 0, ""), p.Summary, p.Detail)
}

func (r *reader) element(e certprop.Element) error {
	where := r.in.At(e.Offset, int64(len(e.Context)), 0, "")
	if e.Kind == certprop.KeyID {
		r.Diagnose("key-identifier", evidence.Note, false, where, "a key identifier element was passed over",
			fmt.Sprintf("it holds the properties of a key whose certificate is not in the store: %d of them", len(e.Properties)))
		return nil
	}
	if e.Kind != certprop.Certificate && len(e.Properties) > 0 {
		r.Diagnose("other-properties", evidence.Note, false, where, fmt.Sprintf("the properties of a %s were passed over", e.Kind),
			fmt.Sprintf("there are %d; only those of certificates are listed", len(e.Properties)))
	}
	raw := e.Context
	if tlv, rest, ok := der.Outer(raw); ok && len(rest) > 0 {
		r.Diagnose("context-trailing-bytes", evidence.Warning, false, r.in.At(e.Offset+int64(len(tlv)), int64(len(rest)), 0, ""),
			fmt.Sprintf("%d bytes follow a %s inside its element", len(rest), e.Kind), "they are no part of it and were passed over")
		raw, where.Length = tlv, int64(len(tlv))
	}
	switch e.Kind {
	case certprop.RevocationList:
		return r.RevocationList(raw, where)
	case certprop.TrustList:
		return r.trustList(bytes.Clone(raw), where)
	}
	return r.Certificate(bundle.Found{Raw: raw, Where: where, Properties: e.Properties, CanCarry: true})
}

func (r *reader) trustList(raw []byte, where evidence.Location) error {
	list, problems, ok := trustlist.Parse(raw)
	if !ok {
		r.Diagnose("bad-ctl", evidence.Warning, true, where, "a CTL cannot be read",
			fmt.Sprintf("wanted a signed message over a certificate trust list; it begins with %x; it was passed over", raw[:min(len(raw), 8)]))
		return nil
	}
	for i := range problems {
		problems[i].Offset += where.Offset
	}
	return r.TrustList(list, problems, where, false)
}
