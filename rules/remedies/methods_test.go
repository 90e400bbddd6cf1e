package remedies

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

// physical is a Root that a registry export tells apart.
func physical(t *testing.T) box {
	t.Helper()
	put := func(physical string, list ...*evidence.Occurrence) []*evidence.Occurrence {
		var out []*evidence.Occurrence
		for _, o := range list {
			out = append(out, in(o, evidence.StoreRoot, physical))
		}
		return out
	}
	anchor := signed(t, "Anchor", "k", "Anchor", "k", true)
	both := programmeRoot("In both", 104)
	kb := thumb(programmeRoot("KB root", 104), "CDD4EEAE6000AC7F40C3802C171E30148030C072")
	base := `HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates`
	return box{os: "2008r2", files: map[string][]*evidence.Occurrence{
		"authroot.reg": put(evidence.PhysicalAuthRoot, append(many(170, 104), anchor, both, kb)...),
		"root.reg":     put(evidence.PhysicalDefault, root("Ours", 60), both),
		"gp.reg":       put(evidence.PhysicalGroupPolicy, root("By policy", 60)),
		"my.cer":       {in(signed(t, "web01", "l", "Anchor", "k", true), evidence.StoreMy, "")},
	}, facts: []evidence.Record{regKey(base), regKey(`HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\SystemCertificates`), regKey(`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\EnterpriseCertificates`)}}
}

func TestMethod2KeepsWhatMustStay(t *testing.T) {
	h := planOne(t, Options{}, physical(t))
	r := h.Remedy(Method2)
	var copied []string
	for _, i := range r.Copies {
		copied = append(copied, i.Subject)
	}
	if !slices.Equal(copied, []string{"CN=Anchor", "CN=KB root"}) {
		t.Errorf("copied are %v", copied)
	}
	if len(r.Dropped) != 170 || strings.Contains(r.Why, "does not tell the physical stores apart") {
		t.Errorf("%d roots would be dropped: %s", len(r.Dropped), r.Why)
	}
	l := r.After[0]
	var left []string
	for _, e := range l.Entries {
		left = append(left, strings.TrimPrefix(e.Subject, "CN="))
	}
	slices.Sort(left)
	if fmt.Sprint(left) != "[Anchor By policy In both KB root Ours]" {
		t.Errorf("what stays trusted is %v", left)
	}
	if !strings.Contains(r.Why, "5 (2 in .Default, 1 in GroupPolicy) would stay") {
		t.Errorf("what stays is not said: %s", r.Why)
	}
	if d := h.Remedy(DeleteAuthRoot); len(d.Dropped) != 172 || d.Undo.Word != "no" || !strings.Contains(strings.Join(d.Breaks, " "), "2 roots that must stay") {
		t.Errorf("the wholesale delete takes %d: %v", len(d.Dropped), d.Breaks)
	}
	if d := h.Remedy(DeleteAuthRoot); d.Recommended || d.Wanted(h) {
		t.Error("the wholesale delete is advised")
	}
}

func TestMethod2Flags(t *testing.T) {
	for _, test := range []struct {
		os    string
		facts []evidence.Record
		want  uint32
		undo  string
	}{
		{"2003sp2", nil, 0x8, "reg delete"},
		{"2008r2", nil, 0x28, "reg delete"},
		{"2016", []evidence.Record{regDWord(protectedKey, "Flags", 0x21)}, 0x29, "/d 0x21"},
	} {
		b := physical(t)
		b.os, b.facts = test.os, append(b.facts, test.facts...)
		h := planOne(t, Options{}, b)
		r := h.Remedy(Method2)
		if h.Settings.Flags != test.want || !strings.Contains(r.Commands[1], fmt.Sprintf("/d 0x%x ", test.want)) || !strings.Contains(r.UndoCommands[0], test.undo) {
			t.Errorf("%s: flags 0x%x by %v, undone by %v", test.os, h.Settings.Flags, r.Commands, r.UndoCommands)
		}
	}
	b := physical(t)
	b.facts = append(b.facts, regDWord(protectedKey, "Flags", 0x8))
	if r := planOne(t, Options{}, b).Remedy(Method2); r.Applicable != InPlace {
		t.Errorf("with the flag set it is %s", r.Applicable)
	}
}

func TestMethod3(t *testing.T) {
	h := planOne(t, Options{}, box{os: "2012r2", files: rootFile(many(170, 104)...), facts: []evidence.Record{regDWord(schannelKey, "SendTrustedIssuerList", 3)}})
	r := h.Remedy(Method3)
	if r.After[0].Sent != issuerlist.SentNo || r.After[0].Bytes != h.Lists[0].List.Bytes || !strings.Contains(r.UndoCommands[0], "/d 3 ") {
		t.Errorf("sent %s, %+v, undone by %v", r.After[0].Sent, r.After[0].Bytes, r.UndoCommands)
	}
	if r := planOne(t, Options{}, box{os: "2003sp2", files: rootFile(many(170, 104)...)}).Remedy(Method3); !strings.Contains(r.Why+r.Steps[0]+r.Steps[1], "933430") {
		t.Errorf("the hotfix of Windows Server 2003 is not named: %s", r.Why)
	}
}

func TestLastsByRootUpdate(t *testing.T) {
	for _, test := range []struct {
		os    string
		facts []evidence.Record
		want  string
	}{
		{"2008r2", []evidence.Record{regDWord(updateKey, "DisableRootAutoUpdate", 1)}, "yes"},
		{"2008r2", []evidence.Record{regDWord(updateKey, "DisableRootAutoUpdate", 0)}, "no"},
		{"2008r2", []evidence.Record{regKey(updateKey)}, "no"},
		{"2008r2", nil, "depends"},
		{"2003sp2", []evidence.Record{regKey(updateKey)}, "yes"},
	} {
		h := planOne(t, Options{}, box{os: test.os, files: rootFile(many(170, 104)...), facts: test.facts})
		for _, id := range []string{Method1, RestrictPurposes} {
			if got := h.Remedy(id).Lasts; got.Word != test.want {
				t.Errorf("%s %v: %s lasts %s (%s), want %s", test.os, test.facts, id, got.Word, got.Why, test.want)
			}
		}
	}
}

func TestDedicatedStore(t *testing.T) {
	anchor, leaf := signed(t, "Anchor", "k", "Anchor", "k", true), in(signed(t, "web01", "l", "Anchor", "k", true), evidence.StoreMy, "")
	sent := regDWord(schannelKey, "SendTrustedIssuerList", 1)
	files := func(private int, size int) map[string][]*evidence.Occurrence {
		list := append(many(170, 104), anchor, expired(root("Private and expired", 80)), with(root("Private for servers", 80), evidence.PropEnhKeyUsage, ekuServer))
		for i := range private {
			list = append(list, root(fmt.Sprintf("Private %03d", i), size))
		}
		return map[string][]*evidence.Occurrence{"root.sst": list, "my.cer": {leaf}}
	}
	h := planOne(t, Options{Headroom: 10}, box{os: "2012r2", files: files(3, 80), facts: []evidence.Record{sent}})
	r := h.Remedy(DedicatedStore)
	if len(r.Members) != 4 || r.After[0].Store != `LocalMachine\ClientAuthIssuer` || r.After[0].Certificates != 4 || !r.Recommended {
		t.Errorf("%d members, after %s with %d certificates", len(r.Members), r.After[0].Store, r.After[0].Certificates)
	}
	h = planOne(t, Options{Headroom: 10}, box{os: "2012r2", files: files(200, 80), facts: []evidence.Record{sent}})
	if r := h.Remedy(DedicatedStore); len(r.Members) != 1 || r.Members[0].Subject != "CN=Anchor" {
		t.Errorf("where the private roots are too many there are %d members", len(r.Members))
	}
	h = planOne(t, Options{}, box{os: "2016", files: rootFile(many(170, 104)...), facts: []evidence.Record{sent}})
	if r := h.Remedy(DedicatedStore); r.Applicable != AppliesHint {
		t.Errorf("where nothing tells the issuers it is %s", r.Applicable)
	}
	full := files(3, 80)
	full["issuers.sst"] = []*evidence.Occurrence{in(anchor, evidence.StoreClientAuthIssuer, "")}
	if r := planOne(t, Options{}, box{os: "2016", files: full, facts: []evidence.Record{sent}}).Remedy(DedicatedStore); r.Applicable != InPlace {
		t.Errorf("with a filled store it is %s", r.Applicable)
	}
}

func TestBindingsOfAForeignFormStayOutOfCommands(t *testing.T) {
	const parent = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo`
	hash := bytes.Repeat([]byte{0xab}, 20)
	app := []byte{0x81, 0xe1, 0xc3, 0x4d, 0x4b, 0xa1, 0x22, 0x4b, 0x99, 0x5f, 0xb6, 0x69, 0x14, 0x06, 0x8f, 0xc0}
	value := func(key, name string, t evidence.RegType, b []byte) *evidence.RegistryValue {
		return &evidence.RegistryValue{Where: evidence.Location{Source: "r.reg"}, Key: key, Name: name, Type: t, Data: b}
	}
	wide := func(s string) []byte {
		var b []byte
		for _, r := range s + "\x00" {
			b = append(b, byte(r), byte(r>>8))
		}
		return b
	}
	facts := []evidence.Record{regDWord(schannelKey, "SendTrustedIssuerList", 1), regKey(parent)}
	for _, key := range []string{"0.0.0.0:443", "[::]:8443", "0.0.0.0:443 & calc", "host.example:443", "1.2.3.4:443\"x"} {
		k := parent + `\` + key
		facts = append(facts, regKey(k), value(k, "SslCertHash", evidence.RegBinary, hash), value(k, "AppId", evidence.RegBinary, app))
	}
	k := parent + `\10.0.0.1:443`
	facts = append(facts, regKey(k), value(k, "SslCertHash", evidence.RegBinary, hash), value(k, "AppId", evidence.RegSZ, wide("{x} & calc")))
	h := planOne(t, Options{}, box{os: "2016", facts: facts, files: map[string][]*evidence.Occurrence{
		"root.sst": append(many(170, 104), root("Private", 60)),
	}})
	r := h.Remedy(DedicatedStore)
	text := strings.Join(append(r.Commands, r.UndoCommands...), "\n")
	for _, want := range []string{"delete sslcert ipport=0.0.0.0:443", "add sslcert ipport=[::]:8443 certhash=" + strings.Repeat("ab", 20) + " appid={4dc3e181-a14b-4b22-995f-b66914068fc0} sslctlstorename=ClientAuthIssuer"} {
		if !strings.Contains(text, want) {
			t.Errorf("no command has %q:\n%s", want, text)
		}
	}
	for _, bad := range []string{"calc", "example", "1.2.3.4", "10.0.0.1"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is in a command:\n%s", bad, text)
		}
	}
}

func TestRestriction(t *testing.T) {
	ext := func(o *evidence.Occurrence, oids ...string) *evidence.Occurrence {
		o.HasEKU, o.EKU = true, oids
		return o
	}
	const server, client, private = "1.3.6.1.5.5.7.3.1", oidClientAuth, "1.3.6.1.4.1.99999.1"
	poor := root("p", 50)
	poor.CanCarry = false
	for _, test := range []struct {
		name   string
		o      *evidence.Occurrence
		want   []string
		before []byte
		known  bool
	}{
		{"all purposes", root("p", 50), standardPurposes, nil, true},
		{"server and client", with(root("p", 50), evidence.PropEnhKeyUsage, ekuServerClient), []string{server}, ekuServerClient, true},
		{"client alone", with(root("p", 50), evidence.PropEnhKeyUsage, ekuClient), nil, ekuClient, true},
		{"any", with(root("p", 50), evidence.PropEnhKeyUsage, ekuAny), standardPurposes, ekuAny, true},
		{"not to be decoded", with(root("p", 50), evidence.PropEnhKeyUsage, []byte{1, 2, 3}), standardPurposes, []byte{1, 2, 3}, true},
		{"an extension", ext(root("p", 50), server, client, private), []string{server, private}, nil, true},
		{"no properties in the export", poor, standardPurposes, nil, false},
	} {
		r := restriction(&Item{Occurrence: test.o, All: []*evidence.Occurrence{test.o}}, `LocalMachine\Root`)
		got, ok := evidence.OIDs(r.After)
		if !ok || !slices.Equal(got, test.want) && len(got)+len(test.want) > 0 {
			t.Errorf("%s: %v is left, want %v", test.name, got, test.want)
		}
		if !bytes.Equal(r.Before, test.before) || r.HasBefore != (test.before != nil) || r.Known != test.known {
			t.Errorf("%s: before is %x (%v), known %v", test.name, r.Before, r.HasBefore, r.Known)
		}
	}
	if b := encodeOIDs([]string{"2.999999999999999999999999.1", "nonsense", "1.3.6.1"}); !bytes.Equal(b, encodeOIDs([]string{"1.3.6.1"})) {
		t.Errorf("what cannot be encoded gives %x", b)
	}
}

// A value of the wrong type can only be given back by the file.
func TestMethod3GivesBackAWrongType(t *testing.T) {
	const key = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL`
	value := regDWord(key, "SendTrustedIssuerList", 0)
	value.Type, value.Data = evidence.RegSZ, []byte{'0', 0, 0, 0}
	h := planOne(t, Options{Headroom: 10}, box{os: "2008r2", files: rootFile(many(40, 600)...), facts: []evidence.Record{regKey(key), value}})
	for _, r := range h.Remedies {
		if r.ID == Method3 && !slices.Equal(r.UndoCommands, []string{"regedit /s undo.reg"}) {
			t.Errorf("the undo commands are %q", r.UndoCommands)
		}
	}
}

// A value that a broken export may have held is not known to be absent.
func TestMethod3SaysThatTheFormerValueIsNotKnown(t *testing.T) {
	key := regKey(schannelKey)
	files := rootFile(many(40, 600)...)
	for name := range files {
		key.Where.Source = name
	}
	for _, broken := range []string{"", key.Where.Source} {
		h := planOne(t, Options{Headroom: 10}, box{os: "2008r2", files: files, broken: broken, facts: []evidence.Record{key}})
		for _, r := range h.Remedies {
			if told := strings.Contains(r.Undo.Why, "its former value is not known"); r.ID == Method3 && told != (broken != "") {
				t.Errorf("broken %q: the undo is %q, the steps %q", broken, r.Undo.Why, r.Steps)
			}
		}
	}
}
