package scripts

import (
	"fmt"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
	"github.com/ctlaudit/ctlaudit/rules/remedies"
)

// checklist writes what a person goes through by hand, from before to sign-off.
func (k *kit) checklist() {
	t := &text{}
	h := k.host
	title := "Trusted issuer list: remedies for host " + cut(printable(h.Host), 38)
	t.raw(title)
	t.raw(strings.Repeat("=", len(title)))
	t.raw("")
	k.pair(t, "Windows", h.Judgement.Version.Name())
	k.pair(t, "As of", k.plan.AsOf.UTC().Format(time.DateOnly)+" (UTC)")
	k.pair(t, "Program", k.tool)
	for _, l := range h.Lists {
		k.pair(t, "List", l.List.Name()+", sent: "+string(l.List.Sent))
		k.pair(t, "", sizeWords(l.List))
		k.pair(t, "", fmt.Sprintf("target: a greatest size of %s bytes (%d %% headroom)", rules.Grouped(l.Target), k.plan.Options.Headroom))
	}
	k.pair(t, "Now", h.NeedWhy)
	if r := h.Recommended(); r != nil {
		k.pair(t, "Advice", fmt.Sprintf("%s: %s", r.ID, r.Title))
	} else if h.Need == remedies.NeedMend {
		k.pair(t, "Advice", "none of the remedies mends the list by itself; see below")
	} else {
		k.pair(t, "Advice", "nothing has to be done; what follows is for who wants room")
	}
	for _, n := range append(h.Notes, k.notes...) {
		k.pair(t, "Note", n)
	}
	k.rests(t)

	k.heading(t, "Before")
	k.boxes(t,
		"This is the host of the exports, and nothing was changed on it since.",
		"A backup of the system state is there and was made today.",
		"The files here are those of "+ManifestName+" (sha256sum -c, or certutil -hashfile FILE SHA256).",
		"Each script was read, and run once without its word of consent: it then only says what it would do.",
		"The folder was copied to a place off the machine, with the backups in it.",
		"Who uses the server knows of the restart.")
	for n, r := range h.Remedies {
		k.remedy(t, n+1, r)
	}
	for _, r := range h.Removals {
		k.rows(t, r)
	}
	k.heading(t, "After")
	k.boxes(t,
		"The stores and the registry were exported again, as before.",
		"ctlaudit was run on the new exports, and the size is the one promised above.",
		"A client that must get in gets in, and no event 36885 is logged (EventLogging 3 or more).",
		"This folder, with live in it, is kept for as long as the change may have to be undone.")
	t.raw("")
	for _, who := range []string{"Done by", "Checked by"} {
		t.raw(fmt.Sprintf("%-12s ______________________________   Date ______________", who))
		t.raw("")
	}
	k.files = append(k.files, File{k.folder + "/CHECKLIST.txt", t.bytes()})
}

// rests names the exports that the plan rests on.
func (k *kit) rests(t *text) {
	k.heading(t, "What this rests on")
	for _, s := range k.host.Judgement.Case.Sources {
		if s.Records.Certificates == 0 && s.Records.RegistryValues == 0 {
			continue
		}
		whole := ""
		if !s.Complete {
			whole = " (not read whole)"
		}
		t.raw("  " + cut(printable(s.Name), width-20) + whole)
		t.raw(fmt.Sprintf("    SHA-256 %x", s.SHA256))
	}
}

func (k *kit) remedy(t *text, n int, r *remedies.Remedy) {
	title := fmt.Sprintf("%d. %s: %s", n, r.ID, r.Title)
	if r.Recommended {
		title += " (advised)"
	}
	k.heading(t, title)
	k.pair(t, "Source", r.Source)
	k.pair(t, "Applies", string(r.Applicable)+": "+r.Why)
	if r.Applicable != remedies.Applies || (!r.Wanted(k.host) && r.ID != remedies.DeleteAuthRoot) {
		if r.Applicable == remedies.Applies {
			k.pair(t, "Effect", string(r.Effect)+": "+r.EffectWhy)
			k.pair(t, "Files", "none: there is nothing here that it would mend")
		}
		return
	}
	for _, id := range r.Requires {
		k.pair(t, "First", id)
	}
	k.pair(t, "Effect", string(r.Effect)+": "+r.EffectWhy)
	for i, l := range r.After {
		name := "After"
		if i > 0 {
			name = ""
		}
		k.pair(t, name, l.Name()+", sent: "+string(l.Sent))
		k.pair(t, "", sizeWords(l))
	}
	k.list(t, "Breaks", r.Breaks)
	k.pair(t, "Undo", r.Undo.Word+": "+r.Undo.Why)
	k.pair(t, "Lasts", r.Lasts.Word+": "+r.Lasts.Why)
	if r.ID == remedies.DeleteAuthRoot {
		t.raw("")
		t.raw("  [X] Not taken. No script was written for it.")
		return
	}
	k.list(t, "Files", k.of[r.ID])
	var moves, members, copies []string
	for _, m := range r.Moves {
		s := named(m.Item)
		if m.Delivered != "" {
			s += ": to be moved in " + m.Delivered
		}
		moves = append(moves, s)
	}
	for _, m := range r.Members {
		members = append(members, named(m.Item))
	}
	for _, i := range r.Copies {
		copies = append(copies, named(i))
	}
	k.list(t, "Moves", moves)
	k.list(t, "Members", members)
	k.list(t, "Copies", copies)
	t.raw("")
	k.boxes(t, r.Steps...)
	if len(k.of[r.ID]) == 0 || r.ID == remedies.DedicatedStore {
		k.list(t, "Commands", r.Commands)
		k.list(t, "To undo", r.UndoCommands)
	}
}

// named is a certificate by its thumbprint and its name.
func named(i *remedies.Item) string { return i.Thumbprint() + " " + cut(printable(i.Subject), 100) }

// rows lists the certificates of a removal.
func (k *kit) rows(t *text, r *remedies.Removal) {
	k.heading(t, "The certificates of "+remedies.RestrictPurposes+" and "+remedies.Method1+" in "+r.Store)
	k.pair(t, "Result", r.Summary())
	k.pair(t, "Classes", r.Classes())
	k.pair(t, "Rule", remedies.Criterion)
	t.raw("")
	t.raw(fmt.Sprintf("  %3s  %-40s  %6s  %8s  %s", "No.", "Thumbprint (SHA-1)", "Saves", "Greatest", "Class"))
	for n, row := range r.Rows {
		t.raw(fmt.Sprintf("  %3d  %s  %6s  %8s  %s", n+1, row.Thumbprint(), rules.Grouped(row.Saves), rules.Grouped(row.Max), row.Class))
		t.raw("       " + cut(printable(row.Subject), width-7))
	}
}

// list writes lines of which only the first has the label.
func (k *kit) list(t *text, label string, lines []string) {
	for _, l := range lines {
		k.pair(t, label, l)
		label = ""
	}
}

// sizeWords words the sizes of a list.
func sizeWords(l *issuerlist.List) string {
	if !l.Collected {
		return "size not known: not collected"
	}
	return fmt.Sprintf("%s; limit %s (%s); %s", rules.Measure(l), rules.Grouped(l.Limit.Bytes), l.Limit.Basis, l.Verdict)
}

func (k *kit) heading(t *text, s string) {
	t.raw("")
	lines := wrap(printable(s), width)
	for _, l := range lines {
		t.raw(l)
	}
	longest := 0
	for _, l := range lines {
		longest = max(longest, len(l))
	}
	t.raw(strings.Repeat("-", longest))
}

// pair writes a label with its text beside it.
func (k *kit) pair(t *text, label, s string) {
	for i, l := range wrap(printable(s), width-12) {
		if i > 0 {
			label = ""
		}
		t.raw(fmt.Sprintf("  %-9s %s", label, l))
	}
}

func (k *kit) boxes(t *text, steps ...string) {
	for _, s := range steps {
		for i, l := range wrap(printable(s), width-6) {
			mark := "  [ ] "
			if i > 0 {
				mark = "      "
			}
			t.raw(mark + l)
		}
	}
}
