package importers

import (
	"path"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// storeTokens are the words in a file's or folder's name that tell the store it
// was exported from, longest first.
var storeTokens = []struct {
	token string
	store evidence.Store
}{
	{"clientauthissuer", machineStore(evidence.StoreClientAuthIssuer, "")},
	{"trustedpublisher", machineStore("TrustedPublisher", "")},
	{"trustedpeople", machineStore("TrustedPeople", "")},
	{"smartcardroot", machineStore(evidence.StoreRoot, evidence.PhysicalSmartCard)},
	{"grouppolicy", machineStore(evidence.StoreRoot, evidence.PhysicalGroupPolicy)},
	{"disallowed", machineStore(evidence.StoreDisallowed, "")},
	{"enterprise", machineStore(evidence.StoreRoot, evidence.PhysicalEnterprise)},
	{"authroot", machineStore(evidence.StoreRoot, evidence.PhysicalAuthRoot)},
	{"root", machineStore(evidence.StoreRoot, "")},
	{"ca", machineStore(evidence.StoreCA, "")},
	{"my", machineStore(evidence.StoreMy, "")},
}

func machineStore(name, physical string) evidence.Store {
	return evidence.Store{Location: evidence.LocalMachine, Name: name, Physical: physical, Basis: evidence.StoreName}
}

// StoreOf returns the store that a path below a host's folder names: its file
// name is asked first, then the folders, the nearest first. Names are split at
// what is not a letter or digit; case and a plural s do not matter. It returns
// the zero Store where no name tells.
func StoreOf(hostPath string) evidence.Store {
	for p := strings.TrimSuffix(hostPath, path.Ext(hostPath)); p != "." && p != "/" && p != ""; p = path.Dir(p) {
		tokens := tokensOf(path.Base(p))
		for _, t := range storeTokens {
			if slices.Contains(tokens, t.token) {
				return t.store
			}
		}
	}
	return evidence.Store{}
}

// tokensOf splits a name into lower-case words, each also without a plural s.
func tokensOf(name string) []string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	for _, w := range words {
		if s, ok := strings.CutSuffix(w, "s"); ok {
			words = append(words, s)
		}
	}
	return words
}
