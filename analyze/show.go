package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/smallstep/certinfo"
	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/issuerlist"
)

func showCommand(w world, status *int) *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "show PATH [ID…]",
		Short: "print certificates in full, with their properties and where they stand",
		Long: `show prints each certificate that an ID names: where it stands and in which store,
its properties, whether its name counts in the trusted issuer list and why, and the
certificate itself. Without an ID it lists all certificates, a line each.

An ID is, as for certutil: a thumbprint (SHA-1 or SHA-256, or its first eight digits
or more), a serial number (also byte-reversed, as some event texts print it), or a
part of the subject or of the friendly name.`,
		Example: `  ctlaudit show root.sst
  ctlaudit show samples/contoso "Contoso Enterprise Root"
  ctlaudit show customer.zip A43489159A520F0D93D032CCAF37E7FE20A8B419`,
		Args: someArgs(1, "a path"),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts, err := f.options(w)
			if err != nil {
				return err
			}
			*status, err = show(cmd.Context(), w, args[0], args[1:], opts)
			return err
		},
	}
	f.addReading(cmd.Flags())
	f.addJudging(cmd.Flags())
	return cmd
}

func show(ctx context.Context, w world, path string, ids []string, o *options) (int, error) {
	_, result, err := judge(ctx, []string{path}, o)
	if err != nil {
		return exitUsage, err
	}
	// The certificates in the order in which they were read, each once.
	var order [][32]byte
	places := map[[32]byte][]place{}
	for _, j := range result.judgements {
		for _, c := range j.Case.Occurrences {
			if places[c.SHA256] == nil {
				order = append(order, c.SHA256)
			}
			places[c.SHA256] = append(places[c.SHA256], place{j, c})
		}
	}
	var b strings.Builder
	missing := 0
	shown := map[[32]byte]bool{}
	for _, id := range ids {
		found := false
		for _, sum := range order {
			if !slices.ContainsFunc(places[sum], func(p place) bool { return names(id, p.Occurrence) }) {
				continue
			}
			found = true
			if !shown[sum] {
				shown[sum] = true
				showOne(&b, places[sum])
			}
		}
		if !found {
			missing++
			w.complain("error", fmt.Sprintf("no certificate is named by %q", id))
		}
	}
	if len(ids) == 0 {
		for _, sum := range order {
			o := places[sum][0].Occurrence
			fmt.Fprintf(&b, "%s  %s\n", o.Thumbprint(), reports.Clean(title(o)))
		}
	}
	if _, err := fmt.Fprint(w.stdout, b.String()); err != nil {
		return exitUsage, err
	}
	if len(order) == 0 || missing > 0 {
		return exitNothing, nil
	}
	return exitOK, nil
}

// A place is one occurrence of a certificate in a host.
type place struct {
	judgement *rules.Judgement
	*evidence.Occurrence
}

// minPrefix is how many hex digits of a thumbprint are enough to name it.
const minPrefix = 8

// names reports whether an id names a certificate.
func names(id string, o *evidence.Occurrence) bool {
	digits := strings.ToLower(strings.NewReplacer(" ", "", ":", "", "\u200e", "").Replace(id))
	if _, err := hex.DecodeString(digits + strings.Repeat("0", len(digits)%2)); err == nil && digits != "" {
		if len(digits) >= minPrefix && (strings.HasPrefix(hex.EncodeToString(o.SHA1[:]), digits) || strings.HasPrefix(hex.EncodeToString(o.SHA256[:]), digits)) {
			return true
		}
		reversed := bytes.Clone(o.Serial)
		slices.Reverse(reversed)
		for _, serial := range [][]byte{o.Serial, reversed} {
			if len(serial) > 0 && strings.TrimLeft(hex.EncodeToString(serial), "0") == strings.TrimLeft(digits, "0") {
				return true
			}
		}
	}
	part := strings.ToLower(id)
	return part != "" && (strings.Contains(strings.ToLower(o.Subject), part) || strings.Contains(strings.ToLower(o.FriendlyName()), part))
}

func title(o *evidence.Occurrence) string {
	switch {
	case o.Subject != "":
		return o.Subject
	case o.Parse == evidence.ParseFailed:
		return "(unreadable: " + o.ParseNote + ")"
	}
	return "(no name)"
}

// showOne prints one certificate: what is known of it first, then itself.
func showOne(b *strings.Builder, places []place) {
	o := places[0].Occurrence
	clean := reports.Clean
	fmt.Fprintf(b, "%s\n\n", clean(title(o)))
	line := func(label, format string, args ...any) {
		fmt.Fprintf(b, "  %-12s %s\n", label, clean(fmt.Sprintf(format, args...)))
	}
	line("thumbprint", "%s", o.Thumbprint())
	line("sha256", "%x", o.SHA256)
	if len(o.SubjectDER) > 0 {
		line("name", "%d bytes of DER, %d in the trusted issuer list", len(o.SubjectDER), len(o.SubjectDER)+issuerlist.PrefixBytes)
	}
	switch o.Parse {
	case evidence.ParsedLenient:
		line("read", "leniently; a strict reader refuses it: %s", o.ParseNote)
	case evidence.ParseFailed:
		line("read", "not at all: %s", o.ParseNote)
	}
	for _, p := range places {
		text := p.Where.String()
		if !p.Store.IsZero() {
			text = p.Store.String() + ", " + text
		}
		line("stands in", "%s: %s", p.judgement.Case.Host, text)
	}
	showCounts(line, places)
	seen := map[string]bool{}
	for _, p := range places {
		for _, prop := range p.Properties {
			text := fmt.Sprintf("%d %s: %s", prop.ID, prop.ID, propertyText(prop))
			if !seen[text] {
				seen[text] = true
				line("property", "%s", text)
			}
		}
	}
	b.WriteString("\n")
	for text := range strings.Lines(certificateText(o)) {
		b.WriteString(clean(strings.TrimRight(text, "\n")) + "\n")
	}
	b.WriteString("\n")
}

// showCounts says in which lists the certificate's name counts.
func showCounts(line func(string, string, ...any), places []place) {
	var seen []*rules.Judgement
	for _, p := range places {
		if slices.Contains(seen, p.judgement) {
			continue
		}
		seen = append(seen, p.judgement)
		for _, l := range p.judgement.Lists {
			i := slices.IndexFunc(l.Entries, func(e issuerlist.Entry) bool { return e.SHA256 == p.SHA256 })
			what := p.judgement.Case.Host
			if l.Binding != "" {
				what += ", binding " + l.Binding
			}
			if l.Profile != "" {
				what += ", as Windows " + l.Profile
			}
			if i < 0 {
				line("counts", "%s: no: it is not in %s, which feeds the list", what, l.Store)
				continue
			}
			line("counts", "%s: %s: %s", what, l.Entries[i].Counted, l.Entries[i].Why)
		}
	}
}

// certificateText is the certificate as certinfo prints it, or as the lenient
// reader found it where crypto/x509 refuses it.
func certificateText(o *evidence.Occurrence) string {
	cert, err := o.X509()
	if err == nil {
		text, err := certinfo.CertificateText(cert)
		if err == nil {
			return text
		}
	}
	return lenientText(o)
}
