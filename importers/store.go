package importers

import (
	"path"
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// storeTokens are the words in a file's or folder's name that tell the store it
// was exported from, longest first. A joined word is also read where it is
// written apart: client-auth-issuer.
var storeTokens = []struct {
	token          string
	joined         bool
	name, physical string
}{
	{"clientauthenticationissuer", true, evidence.StoreClientAuthIssuer, ""}, // as the console shows it
	{"clientauthissuer", true, evidence.StoreClientAuthIssuer, ""},
	{"trustedpublisher", true, "TrustedPublisher", ""},
	{"smartcardroot", true, evidence.StoreRoot, evidence.PhysicalSmartCard},
	{"trustedpeople", true, "TrustedPeople", ""},
	{"disallowed", false, evidence.StoreDisallowed, ""},
	{"authroot", true, evidence.StoreRoot, evidence.PhysicalAuthRoot},
	{"ntauth", true, "NTAuth", ""},
	{"root", false, evidence.StoreRoot, ""},
	{"ca", false, evidence.StoreCA, ""},
	{"my", false, evidence.StoreMy, ""},
}

// physicalTokens name a physical store of the store that is named beside them,
// and of Root where none is.
var physicalTokens = []struct{ token, physical string }{
	{"grouppolicy", evidence.PhysicalGroupPolicy},
	{"enterprise", evidence.PhysicalEnterprise},
}

// locationTokens tell whose stores an export is of. Only the machine's feed the
// machine's list.
var locationTokens = []struct{ token, location string }{
	{"localmachine", evidence.LocalMachine},
	{"currentuser", evidence.CurrentUser},
	{"machine", evidence.LocalMachine},
	{"hklm", evidence.LocalMachine},
	{"hkcu", evidence.CurrentUser},
	{"service", "Services"},
	{"user", evidence.CurrentUser},
	{"hku", "Users"},
}

// StoreOf returns the store that a path below a host's folder names: its file
// name is asked first, then the folders, the nearest first. Names are split at
// what is not a letter or digit; case and a plural s do not matter. Where no
// name tells the store, its Name is "": Location may be known all the same.
func StoreOf(hostPath string) evidence.Store {
	s := evidence.Store{}
	name, physical := "", ""
	for p := strings.TrimSuffix(hostPath, path.Ext(hostPath)); p != "." && p != "/" && p != ""; p = path.Dir(p) {
		words := tokensOf(path.Base(p))
		if s.Location == "" {
			s.Location = locationOf(path.Base(p), words)
		}
		if name != "" {
			continue
		}
		for _, t := range storeTokens {
			if words.has(t.token, t.joined) {
				name, s.Physical = t.name, t.physical
				break
			}
		}
		for _, t := range physicalTokens {
			if physical == "" && words.has(t.token, true) {
				physical = t.physical
			}
		}
		if s.Physical == "" && name != "" && (name == evidence.StoreRoot || name == evidence.StoreCA) {
			s.Physical = physical
		}
	}
	if name == "" && physical != "" {
		name, s.Physical = evidence.StoreRoot, physical
	}
	if name != "" {
		if s.Location == "" {
			s.Location = evidence.LocalMachine
		}
		s.Name, s.Basis = name, evidence.StoreName
	}
	return s
}

// locationOf returns the location that a name tells, or "". A name that holds a
// security identifier of a user is of that user.
func locationOf(name string, words words) string {
	if i := strings.Index(strings.ToUpper(name), "S-1-5-"); i >= 0 {
		sid := strings.ToUpper(name[i:])
		if end := strings.IndexFunc(sid[2:], func(r rune) bool { return r != '-' && (r < '0' || r > '9') }); end >= 0 {
			sid = sid[:2+end]
		}
		return `Users\` + strings.TrimRight(sid, "-")
	}
	for _, t := range locationTokens {
		if words.has(t.token, true) {
			return t.location
		}
	}
	return ""
}

// words are the words of a name in lower case.
type words []string

// tokensOf splits a name into words.
func tokensOf(name string) words {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
}

// has reports whether a token is one of the words, with or without a plural s,
// or several neighbours written together.
func (w words) has(token string, joined bool) bool {
	is := func(s string) bool { return s == token || s == token+"s" }
	if slices.ContainsFunc(w, is) {
		return true
	}
	for i := 0; joined && i < len(w); i++ {
		s := w[i]
		for _, next := range w[i+1:] {
			if s += next; len(s) > len(token)+1 {
				break
			}
			if is(s) {
				return true
			}
		}
	}
	return false
}
