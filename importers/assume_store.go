package importers

import (
	"fmt"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// MaxCertificates bounds the certificates that are kept of one file.
const MaxCertificates = 500_000

// A StoreAssumer stands between the importer of a certificate file and its
// sink, and gives each fact the store that the file was exported from.
//
// Where the input says which store that is, facts pass through. Where nothing
// does, they are held until Finish: then a file of several certificates is
// taken for LocalMachine\Root if most of them are self-issued and else for
// LocalMachine\CA, which a note says, and a single certificate belongs to no
// store. Diagnostics pass through at once.
type StoreAssumer struct {
	in   *Input
	to   evidence.Sink
	held []heldRecord

	certificates, readable, selfIssued, dropped int
	own, apart                                  int // records
}

type heldRecord struct {
	record evidence.Record
	apart  bool
}

// NewStoreAssumer returns a StoreAssumer for one input.
func NewStoreAssumer(in *Input, to evidence.Sink) *StoreAssumer {
	return &StoreAssumer{in: in, to: to}
}

// Add implements evidence.Sink. Of more than MaxCertificates certificates the
// rest are counted only, and Finish tells of them.
func (a *StoreAssumer) Add(r evidence.Record) error { return a.add(r, false) }

// AddApart takes a fact that belongs to no store whatever the file is, such as
// the certificate that a trust list is signed with.
func (a *StoreAssumer) AddApart(r evidence.Record) error { return a.add(r, true) }

// Diagnose implements evidence.Sink.
func (a *StoreAssumer) Diagnose(d evidence.Diagnostic) { a.to.Diagnose(d) }

func (a *StoreAssumer) add(r evidence.Record, apart bool) error {
	if o, ok := r.(*evidence.Occurrence); ok {
		if a.certificates++; a.certificates > MaxCertificates {
			a.dropped++
			return nil
		}
		if !apart && o.Parse != evidence.ParseFailed {
			a.readable++
			if o.SelfIssued() {
				a.selfIssued++
			}
		}
	}
	if apart {
		a.apart++
	} else {
		a.own++
	}
	if a.in.Store.IsZero() {
		a.held = append(a.held, heldRecord{r, apart})
		return nil
	}
	if !apart {
		setStore(r, a.in.Store)
	}
	return a.to.Add(r)
}

// Finish passes on what was held and says in the source which store was used:
// none for a file of which every fact stands apart.
func (a *StoreAssumer) Finish() error {
	store := a.in.Store
	if store.IsZero() {
		store = evidence.Store{} // a location alone is no store
		if a.readable > 1 {
			store = a.assume()
		}
	}
	if a.own > 0 || a.apart == 0 {
		a.in.Source.Store = store
	}
	for _, h := range a.held {
		if !h.apart {
			setStore(h.record, store)
		}
		if err := a.to.Add(h.record); err != nil {
			return err
		}
	}
	a.held = nil
	if a.dropped > 0 {
		a.Diagnose(evidence.Diagnostic{Code: "store-too-many-certificates", Severity: evidence.Error, Lost: true, Where: a.in.At(0, 0, 0, ""),
			Summary: fmt.Sprintf("%d certificates were not kept: the file holds too many", a.dropped),
			Detail:  fmt.Sprintf("at most %d certificates are kept of one file", MaxCertificates)})
	}
	return nil
}

// assume chooses the store of a file of several certificates and says so.
func (a *StoreAssumer) assume() evidence.Store {
	store := evidence.Store{Location: a.in.Store.Location, Name: evidence.StoreCA, Basis: evidence.StoreAssumed}
	if store.Location == "" {
		store.Location = evidence.LocalMachine
	}
	if 2*a.selfIssued > a.readable {
		store.Name = evidence.StoreRoot
	}
	a.Diagnose(evidence.Diagnostic{Code: "store-assumed", Severity: evidence.Note, Where: a.in.At(0, 0, 0, ""),
		Summary: fmt.Sprintf("nothing says which store this file was exported from: %s was assumed", store),
		Detail: fmt.Sprintf("wanted a store's name in the file's or the folder's name, or in case.yaml; %d of %d certificates are self-issued",
			a.selfIssued, a.readable)})
	return store
}

func setStore(r evidence.Record, s evidence.Store) {
	switch r := r.(type) {
	case *evidence.Occurrence:
		r.Store = s
	case *evidence.RevocationList:
		r.Store = s
	case *evidence.TrustList:
		r.Store = s
	}
}
