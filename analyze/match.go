package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ctlaudit/ctlaudit/importers"
	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/importers/observed"
	"github.com/ctlaudit/ctlaudit/reports"
	"github.com/ctlaudit/ctlaudit/rules"
	"github.com/ctlaudit/ctlaudit/rules/peers"
	"github.com/ctlaudit/ctlaudit/rules/stores"
)

// asked is what a peer check is asked for.
type asked struct {
	peers    []string // files, folders and archives
	observed []string // FILE or HOST=FILE
	mutual   bool
}

func matchCommand(w world, status *int) *cobra.Command {
	var f flags
	var a asked
	cmd := &cobra.Command{
		Use:   "match PATH… --peer FILE…",
		Short: "say whether a peer's certificate finds its issuer in the list of each host",
		Long: `match takes the certificates of TLS peers (a leaf, a chain, a .p7b, the .sst of a
store My) and says for each host of PATH, as the server, whether an issuer of the
chain is in the trusted issuer list that the host sends:

  in             it is, and the list fits within the limit
  at risk        it depends on what cannot be known: the order of a list that is too
                 long, a size that is only likely, whether a list is sent
  cut            it belongs there, and what is sent leaves it out: beyond the limit in
                 both simulated orders, or a self-signed root in a mixed store
  not in store   it does not stand in the store that feeds the list, or not with a
                 purpose that allows client authentication
  no list sent   none is sent, so the client chooses without one
  unknown        a store or a certificate of the chain was not given

Chains are built from what the peer was given with and from the stores Root, CA and
My of all hosts, by name, key identifier and signature. --mutual takes every other
host of PATH as a peer too, with the certificates of its store My, as front-end
servers are to one another.

--observed compares a list that a peer really saw with the computed one: the output of
openssl s_client (with -msg it holds the bytes), the JSON of testssl.sh, or ssl.log of
Zeek. HOST=FILE names the host where PATH holds several.

Exit status:
  0  every verdict is "in" or "no list sent", and no observed list differs
  1  some verdict is another one, or an observed list differs or cannot be judged
  2  the command line or the policy is wrong
  3  evidence, a peer's file or an observed list could not be read whole
  4  nothing to judge: no fact of a host, or no certificate of a peer, was read`,
		Example: `  ctlaudit match samples/contoso --peer partner.cer
  ctlaudit match customer.zip --mutual -o report.xlsx -o json=match.json
  openssl s_client -connect web01:443 -msg </dev/null >seen.txt
  ctlaudit match customer.zip --observed web01=seen.txt`,
		Args: someArgs(1, "the path of a case"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(a.peers)+len(a.observed) == 0 && !a.mutual {
				return &usageError{fmt.Errorf("match is asked for no peer"), "give --peer FILE, --mutual or --observed FILE"}
			}
			opts, err := f.options(w)
			if err != nil {
				return err
			}
			*status, err = match(cmd.Context(), w, args, &a, opts)
			return err
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringArrayVar(&a.peers, "peer", nil, "certificates of a peer: a `FILE`, folder or .zip (repeatable)")
	fl.BoolVar(&a.mutual, "mutual", false, "take every other host as a peer, with its store My")
	fl.StringArrayVar(&a.observed, "observed", nil, "compare a list that was seen: `FILE`, or HOST=FILE (repeatable)")
	f.addReading(fl)
	f.addJudging(fl)
	f.addWriting(fl, "table or json; the other formats write the whole report with the peers added")
	return cmd
}

// match judges the hosts and matches peers and observed lists.
func match(ctx context.Context, w world, paths []string, a *asked, o *options) (int, error) {
	given, err := readPeers(ctx, a.peers, o)
	if err != nil {
		return exitUsage, err
	}
	criteria, result, err := judge(ctx, paths, o)
	if err != nil {
		return exitUsage, err
	}
	in := &reports.MatchInput{Tool: programName, Version: version(), AsOf: o.asOf, Peers: given.peers, Files: given.files, Diagnostics: given.diagnostics}
	servers := serversOf(result, o)
	if err := addObserved(ctx, in, a.observed, servers, o.custody); err != nil {
		return exitUsage, err
	}
	addMatches(in, servers, a.mutual)

	doc := reports.New(inputOf(criteria, result))
	matched := reports.NewMatchReport(*in)
	doc.AddMatch(matched)
	status := matchStatus(result, in, len(a.peers) > 0 || a.mutual)
	o.custody.ends("match", status)
	err = o.writeInstead(ctx, w, doc, map[string]func(io.Writer) error{
		"json": func(out io.Writer) error { return reports.PrintJSON(out, matched) },
		"table": func(out io.Writer) error {
			_, err := io.WriteString(out, matchText(newTextPage(w, o), in))
			return err
		},
	})
	if err != nil {
		return exitUsage, err
	}
	if !o.quiet {
		w.tellDiagnostics(append(result.allDiagnostics(), in.Diagnostics...))
	}
	return status, nil
}

// matchStatus is the exit status of a peer check.
func matchStatus(r *result, in *reports.MatchInput, askedForPeers bool) int {
	status := r.status("")
	bad, offered := false, false
	for i := range in.Results {
		m := &in.Results[i]
		bad = bad || !m.Verdict.Good()
		offered = offered || m.Chain != nil
	}
	for i := range in.Comparisons {
		bad = bad || in.Comparisons[i].Outcome == rules.Failed || in.Comparisons[i].Outcome == rules.Unknown
	}
	lost := slices.ContainsFunc(in.Diagnostics, func(d evidence.Diagnostic) bool { return d.Loses() })
	switch {
	case status == exitIncomplete || lost:
		return exitIncomplete
	case status == exitNothing || askedForPeers && !offered:
		return exitNothing
	case bad:
		return exitFailed
	}
	return exitOK
}

// serversOf takes the judged hosts as servers, in their order.
func serversOf(r *result, o *options) []*peers.Server {
	var list []*peers.Server
	for _, j := range r.judgements {
		list = append(list, &peers.Server{Host: j.Case.Host, Lists: j.Lists, Stores: j.Stores, Version: j.Version, Registry: j.Case.Registry, AsOf: o.asOf})
	}
	return list
}

// addMatches matches the peers with every server and, in mutual mode, the
// servers with one another.
func addMatches(in *reports.MatchInput, servers []*peers.Server, mutual bool) {
	pool := peers.NewPool()
	for i := range in.Peers {
		pool.Add(in.Peers[i].Certificates)
	}
	for _, s := range servers {
		pool.AddServer(s)
	}
	given := len(in.Peers)
	if mutual {
		for _, s := range servers {
			in.Peers = append(in.Peers, peers.PeerOf(s.Host, s.Stores))
		}
	}
	for n, s := range servers {
		list := in.Peers
		if mutual { // a host is no peer of its own
			list = slices.Delete(slices.Clone(in.Peers), given+n, given+n+1)
		}
		in.Results = append(in.Results, peers.Match(s, list, pool)...)
	}
}

// givenPeers is what was read of the peers that were named.
type givenPeers struct {
	peers       []peers.Peer
	files       []reports.MatchFile
	diagnostics []evidence.Diagnostic
}

// readPeers reads the files of peers as exports are read. A path that does not
// exist is an error; a file that holds no certificate is a peer that offers
// none.
func readPeers(ctx context.Context, paths []string, o *options) (*givenPeers, error) {
	given := &givenPeers{}
	reader := &importers.Reader{Formats: importFormats(), Options: o.reading, Certificates: importers.NewCertificates()}
	for _, p := range paths {
		if err := given.read(ctx, reader, p, o.custody); err != nil {
			return nil, err
		}
	}
	return given, nil
}

func (g *givenPeers) read(ctx context.Context, reader *importers.Reader, path string, held *custody) error {
	walk, err := importers.Find(importers.Selection{Paths: []string{path}}, reader.Formats)
	if err != nil {
		return &usageError{fmt.Errorf("--peer %w", err), "give the file, folder or .zip that holds the peer's certificates"}
	}
	defer walk.Close()
	g.diagnostics = append(g.diagnostics, walk.Diagnostics...)
	var cases []*evidence.Case
	for _, h := range walk.Hosts {
		c, err := readHost(ctx, reader, h, nil)
		if err != nil {
			return err
		}
		cases = append(cases, c)
		peer := peers.Peer{Name: h.Name, Certificates: c.Occurrences}
		if h.FromFile {
			peer.Name = filepath.Base(path)
		}
		peer.Offers = stores.New(c).Get(evidence.LocalMachine, evidence.StoreMy).Occurrences
		g.peers = append(g.peers, peer)
		for _, s := range c.Sources {
			g.files = append(g.files, reports.MatchFile{Role: "peer", Name: s.Name, Size: s.Size, SHA256: fmt.Sprintf("%x", s.SHA256), Format: s.Format, Complete: s.Complete})
		}
		for _, d := range c.Diagnostics {
			if d.Code != "store-assumed" { // which store a peer's file is of does not matter
				g.diagnostics = append(g.diagnostics, d)
			}
		}
	}
	return held.addRead(ctx, rolePeer, walk, cases)
}

// addObserved reads observed lists and compares each with those of its host.
func addObserved(ctx context.Context, in *reports.MatchInput, given []string, servers []*peers.Server, held *custody) error {
	for _, text := range given {
		server, path, err := observedHost(text, servers)
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return &usageError{err: fmt.Errorf("--observed %w", err)}
		}
		file, err := observed.Read(ctx, filepath.Base(path), f)
		modified := modifiedOf(f)
		f.Close()
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		held.addFile(roleObserved, path, file.Dialect, file.Size, file.SHA256, modified, file.Complete())
		in.Files = append(in.Files, reports.MatchFile{Role: "observed", Name: file.Name, Size: file.Size, SHA256: fmt.Sprintf("%x", file.SHA256), Format: file.Dialect, Complete: file.Complete()})
		in.Diagnostics = append(in.Diagnostics, file.Diagnostics...)
		for _, l := range file.Lists {
			in.Comparisons = append(in.Comparisons, peers.Compare(server, seenBy(l), observed.Keys))
		}
	}
	return nil
}

// seenBy makes what is compared of an observed list.
func seenBy(l *observed.List) *peers.Observed {
	o := &peers.Observed{Where: l.Where, Server: l.Server, Times: l.Times, Bytes: l.Bytes, Broken: l.Broken}
	for _, n := range l.Names {
		o.Names = append(o.Names, peers.ObservedName{Text: n.Text, DER: n.DER, Key: observed.Key(n.Text), Line: n.Line})
	}
	return o
}

// observedHost says whose list a file shows: that of the host that it is given
// with, else of the only one.
func observedHost(text string, servers []*peers.Server) (*peers.Server, string, error) {
	var names []string
	for _, s := range servers {
		names = append(names, s.Host)
		if name, path, ok := strings.Cut(text, "="); ok && strings.EqualFold(name, s.Host) {
			return s, path, nil
		}
	}
	switch {
	case len(servers) == 1:
		return servers[0], text, nil
	case len(servers) == 0:
		return nil, "", usagef("--observed %q: there is no host to compare it with", text)
	}
	return nil, "", &usageError{fmt.Errorf("--observed %q does not say which host the list is of", text), "write HOST=FILE with a host of " + strings.Join(names, ", ")}
}
