package remedies

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// A Move is a certificate that a CA issued and that stands in Trusted Root.
type Move struct {
	*Item
	// Delivered names who put it there again, or is "": a certificate that is
	// delivered cannot be moved on this machine.
	Delivered string
	// InCA says that Intermediate Certification Authorities holds it already.
	InCA bool
}

// findMoves finds the misplaced intermediates and the case without them.
func (h *host) findMoves() {
	c := h.judgement.Case
	inCA := map[[32]byte]bool{}
	for _, o := range c.Occurrences {
		if inStore(o, evidence.LocalMachine, evidence.StoreCA) {
			inCA[o.SHA256] = true
		}
	}
	moved := map[*evidence.Occurrence]bool{}
	for _, i := range itemsOf(c, inRoot) {
		if !issuerlist.CAIssued(i.Occurrence) {
			continue
		}
		h.moves = append(h.moves, &Move{Item: i, Delivered: i.Delivered(), InCA: inCA[i.SHA256]})
		for _, o := range i.All {
			moved[o] = true
		}
	}
	w := changed(h.compute, c)
	if len(moved) > 0 {
		w.move(moved, evidence.StoreCA)
	}
	h.base, h.lists = w.c, w.lists()
}

func (h *host) moveIntermediates() *Remedy {
	r := &Remedy{ID: MoveIntermediates, Title: "move misplaced intermediates out of Trusted Root", Source: "KB 2802568",
		References: []string{"KB 2802568", "KB 2795828", "What's new in TLS/SSL (Schannel SSP)"}, Moves: h.moves}
	root := h.judgement.Stores.Registry(h.judgement.Case, evidence.LocalMachine, evidence.StoreRoot)
	switch {
	case !root.Collected():
		r.Applicable, r.Why = AppliesHint, "no export of "+root.String()+" was read"
		return r
	case len(h.moves) == 0 && !root.Whole():
		r.Applicable, r.Why = AppliesHint, "none is in what was read of "+root.String()+", which is not all"
		return r
	case len(h.moves) == 0:
		r.Applicable, r.Why = NotNeeded, "every certificate in Trusted Root is self-issued"
		return r
	}
	r.Applicable = Applies
	r.Why = count(len(h.moves), "certificate") + " in Trusted Root was issued by another CA"
	if len(h.moves) > 1 {
		r.Why = count(len(h.moves), "certificate") + " in Trusted Root were issued by another CA"
	}
	if since, known := h.since2012(); since || !known {
		r.Why += "; from Windows Server 2012 on only these are sent, in place of the roots"
	}
	r.After = h.lists
	r.Breaks = []string{"nothing that chains through these certificates: Windows finds intermediates in CA. A program that trusts one of them as if it were a root, without its own root in Trusted Root, trusts it no more"}
	for _, m := range h.moves {
		if m.Delivered != "" {
			r.Breaks = append(r.Breaks, fmt.Sprintf("%s is delivered by %s: it has to be moved there, and comes back until it is", m.Thumbprint(), m.Delivered))
		}
	}
	r.Undo = Answer{"yes", "the certificates stay on the machine, in CA; the undo script puts them back"}
	r.Lasts = Answer{"yes", "nothing puts a certificate back into Trusted Root but a person, a product or a policy"}
	r.Steps = []string{
		"export each certificate, so that there is a copy",
		"import it into Intermediate Certification Authorities (CA), unless it is there",
		"delete it from Trusted Root Certification Authorities",
		"restart the services that use Schannel, or the machine: when a change takes effect is not documented",
	}
	r.Commands = []string{
		"certutil -store Root THUMBPRINT move.cer",
		"certutil -addstore CA move.cer",
		"certutil -delstore Root THUMBPRINT",
	}
	r.UndoCommands = []string{"certutil -addstore Root move.cer"}
	return r
}
