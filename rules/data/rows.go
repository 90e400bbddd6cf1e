package data

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

var thumbprintForm = regexp.MustCompile(`^[0-9A-F]{40}$`)

func thumbprint(text string) (string, error) {
	if !thumbprintForm.MatchString(text) {
		return "", fmt.Errorf("%q is not a SHA-1 thumbprint of 40 upper-case hex digits", text)
	}
	return text, nil
}

func oneOf(what, text string, words ...string) error {
	if slices.Contains(words, text) {
		return nil
	}
	return fmt.Errorf("%s %q is none of %s", what, text, strings.Join(words, ", "))
}

func number(what, text string, bits int) (uint64, error) {
	n, err := strconv.ParseUint(text, 10, bits)
	if err != nil {
		return 0, fmt.Errorf("%s %q is not a number from 0 to %d", what, text, uint64(1)<<bits-1)
	}
	return n, nil
}

func required(what, text string) error {
	if text == "" {
		return fmt.Errorf("%s is empty", what)
	}
	return nil
}

func (t *Tables) addOS(f field) error {
	limit, err := number("limit", f("limit"), 24)
	if err != nil {
		return err
	}
	p := &OSProfile{Code: f("code"), Name: f("name"), Server: f("server") == "yes", Family: f("family"),
		Limit: int(limit), LimitBasis: f("basis"), LimitCitation: f("citation"),
		SendDefault: f("send") == "1", RootUpdateDefault: f("update") == "on"}
	for _, err := range []error{
		required("code", p.Code), required("name", p.Name), required("citation", p.LimitCitation),
		oneOf("server", f("server"), "yes", "no"), oneOf("family", p.Family, "2003", "vista", "7", "8", "8.1", "10"),
		oneOf("basis", p.LimitBasis, "documented", "inferred", "assumed"), oneOf("send", f("send"), "0", "1"), oneOf("update", f("update"), "on", "off"),
	} {
		if err != nil {
			return err
		}
	}
	if t.OSByCode(p.Code) != nil {
		return fmt.Errorf("the code %q is there twice", p.Code)
	}
	t.OS = append(t.OS, p)
	t.byCode[strings.ToLower(p.Code)] = p
	return nil
}

func (t *Tables) addRequired(f field) error {
	n, err := number("n", f("n"), 16)
	if err != nil {
		return err
	}
	serial, err := hex.DecodeString(f("serial"))
	if err != nil {
		return fmt.Errorf("serial %q is not hex", f("serial"))
	}
	sha1, err := thumbprint(f("sha1"))
	if err != nil {
		return err
	}
	r := &RequiredRoot{Number: int(n), IssuedTo: f("issued_to"), Serial: serial, Thumbprint: sha1,
		Subject: f("subject"), Systems: map[string]bool{}, Note: f("note")}
	for _, s := range []string{"w2000", "xp_2003", "vista_to_2008r2", "8_2012_2012r2", "win10_and_newer"} {
		if err := oneOf(s, f(s), "", "x"); err != nil {
			return err
		}
		r.Systems[s] = f(s) == "x"
	}
	t.Required = append(t.Required, r)
	return nil
}

func (t *Tables) addProgramme(f field) error {
	sha1, err := thumbprint(f("sha1"))
	if err != nil {
		return err
	}
	if t.Programme[sha1] != nil {
		return fmt.Errorf("the root %s is there twice", sha1)
	}
	size, err := number("subject_der_bytes", f("subject_der_bytes"), 16)
	if err != nil {
		return err
	}
	if err := oneOf("client_auth_in_ctl", f("client_auth_in_ctl"), "yes", "no"); err != nil {
		return err
	}
	r := &ProgrammeRoot{Thumbprint: sha1, FriendlyName: f("friendly_name"), SubjectBytes: int(size), ClientAuth: f("client_auth_in_ctl") == "yes",
		Purposes: strings.Fields(f("allowed_eku")), NotBeforePurposes: strings.Fields(f("notbefore_eku")), DisallowedPurposes: strings.Fields(f("disallowed_eku"))}
	for _, d := range []struct {
		column string
		to     *time.Time
	}{{"disabled_date", &r.Disabled}, {"notbefore_date", &r.NotBefore}} {
		switch text := f(d.column); text {
		case "":
		case "always":
			*d.to = Always
		default:
			if *d.to, err = date(d.column, text); err != nil {
				return err
			}
		}
	}
	t.Programme[sha1] = r
	return nil
}

func date(what, text string) (time.Time, error) {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s %q is not of the form 2026-01-31", what, text)
	}
	return d, nil
}

func (t *Tables) addAction(f field) error {
	month, err := time.Parse("2006-01", f("month"))
	if err != nil {
		return fmt.Errorf("month %q is not of the form 2026-01", f("month"))
	}
	sha1, err := thumbprint(f("sha1"))
	if err != nil {
		return err
	}
	if err := oneOf("class", f("class"), "disable", "disallow", "disallow-eku", "notbefore-all", "notbefore-eku", "notbefore-removed",
		"remove-root", "remove-eku", "add-root", "add-eku", "ev-change", "modify", "other"); err != nil {
		return err
	}
	t.ProgrammeActions[sha1] = append(t.ProgrammeActions[sha1],
		&ProgrammeAction{Month: month, Class: f("class"), Name: f("name"), Thumbprint: sha1, Heading: f("heading")})
	return nil
}

func (t *Tables) addKnownBad(f field) error {
	sha1, err := thumbprint(f("sha1"))
	if err != nil {
		return err
	}
	if t.KnownBad[sha1] != nil {
		return fmt.Errorf("the certificate %s is there twice", sha1)
	}
	k := &KnownBad{Thumbprint: sha1, Name: f("name"), Class: f("class"), Reason: f("reason"), Source: f("source")}
	for _, err := range []error{oneOf("class", k.Class, Rogue, Restricted, Removed), required("name", k.Name), required("reason", k.Reason), required("source", k.Source)} {
		if err != nil {
			return err
		}
	}
	t.KnownBad[sha1] = k
	return nil
}

func (t *Tables) addSchannel(f field) error {
	v := &SchannelValue{Key: f("key"), Name: f("name"), Type: f("type"), DefaultBefore2012: f("default_before_2012"),
		DefaultSince2012: f("default_since_2012"), Meaning: f("meaning"), Source: f("source")}
	for _, err := range []error{required("name", v.Name), required("meaning", v.Meaning), required("source", v.Source),
		oneOf("type", v.Type, "REG_DWORD", "REG_SZ", "REG_MULTI_SZ", "REG_BINARY", "REG_QWORD")} {
		if err != nil {
			return err
		}
	}
	if slices.ContainsFunc(t.SchannelValues, func(o *SchannelValue) bool { return strings.EqualFold(o.Path(), v.Path()) }) {
		return fmt.Errorf("the value %q is there twice", v.Path())
	}
	t.SchannelValues = append(t.SchannelValues, v)
	return nil
}

func (t *Tables) addProtocol(f field) error {
	p := &ProtocolDefault{OS: f("os"), Protocol: f("protocol"), Client: ProtocolState(f("client")), Server: ProtocolState(f("server")), Basis: f("basis"), Source: f("source")}
	if t.OSByCode(p.OS) == nil {
		return fmt.Errorf("os %q is not in os_profiles.tsv", p.OS)
	}
	states := []string{string(ProtocolEnabled), string(ProtocolDisabled), string(ProtocolNotSupported)}
	for _, err := range []error{required("protocol", p.Protocol), required("source", p.Source), oneOf("client", f("client"), states...), oneOf("server", f("server"), states...),
		oneOf("basis", p.Basis, "documented", "reported", "inferred")} {
		if err != nil {
			return err
		}
	}
	key := strings.ToLower(p.OS + "\x00" + p.Protocol)
	if t.protocols[key] != nil {
		return fmt.Errorf("the protocol %q of %q is there twice", p.Protocol, p.OS)
	}
	t.ProtocolDefaults = append(t.ProtocolDefaults, p)
	t.protocols[key] = p
	return nil
}

func (t *Tables) addEvent(f field) error {
	id, err := number("id", f("id"), 32)
	if err != nil {
		return err
	}
	e := &EventMeaning{Provider: f("provider"), ID: uint32(id), Level: f("level"), Meaning: f("meaning"), Text: f("text"), Source: f("source")}
	for _, err := range []error{required("provider", e.Provider), required("meaning", e.Meaning), required("source", e.Source)} {
		if err != nil {
			return err
		}
	}
	folded := evidence.EventKey{Provider: strings.TrimPrefix(strings.ToLower(e.Provider), "microsoft-windows-"), ID: e.ID}
	if t.events[folded] != nil {
		return fmt.Errorf("the event %s %d is there twice", e.Provider, e.ID)
	}
	t.events[folded] = e
	t.Events[evidence.EventKey{Provider: e.Provider, ID: e.ID}] = e
	return nil
}

func (t *Tables) addAlert(f field) error {
	code, err := number("code", f("code"), 8)
	if err != nil {
		return err
	}
	if err := required("name", f("name")); err != nil {
		return err
	}
	if t.AlertDetails[int(code)] != nil {
		return fmt.Errorf("the alert %d is there twice", code)
	}
	t.Alerts[int(code)] = f("name")
	t.AlertDetails[int(code)] = &AlertMeaning{Code: int(code), Name: f("name"), Meaning: f("meaning"), SSPI: f("sspi")}
	return nil
}

func (t *Tables) addReason(f field) error {
	code, err := number("code", f("code"), 16)
	if err != nil {
		return err
	}
	for _, err := range []error{required("meaning", f("meaning")), oneOf("basis", f("basis"), "documented", "reported", "inferred")} {
		if err != nil {
			return err
		}
	}
	if t.NPSReasons[int(code)] != nil {
		return fmt.Errorf("the reason %d is there twice", code)
	}
	t.NPSReasons[int(code)] = &NPSReason{Code: int(code), Meaning: f("meaning"), Basis: f("basis")}
	return nil
}

func (t *Tables) addPack(f field) error {
	sha1, err := thumbprint(f("sha1"))
	if err != nil {
		return err
	}
	from, err := date("effective_from", f("effective_from"))
	if err != nil {
		return err
	}
	p := &RolePack{Name: f("pack"), Roles: split(f("roles")), EffectiveFrom: from, Citation: f("citation"), URL: f("url"), Note: f("note")}
	for _, err := range []error{required("pack", p.Name), required("roles", f("roles")), required("citation", p.Citation)} {
		if err != nil {
			return err
		}
	}
	root := PackRoot{Thumbprint: sha1, Name: f("name")}
	for _, known := range t.RolePacks {
		if known.Name != p.Name {
			continue
		}
		if !slices.Equal(known.Roles, p.Roles) || !known.EffectiveFrom.Equal(p.EffectiveFrom) || known.Citation != p.Citation {
			return fmt.Errorf("the pack %q has other roles, another date or another citation further up", p.Name)
		}
		known.Roots = append(known.Roots, root)
		return nil
	}
	p.Roots = []PackRoot{root}
	t.RolePacks = append(t.RolePacks, p)
	return nil
}

func split(text string) []string {
	var list []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}
