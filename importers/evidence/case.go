package evidence

import (
	"fmt"
	"slices"
	"strings"
)

// Bounds of a case. What passes them is counted and named in a diagnostic.
const (
	// MaxDiagnostics is how many diagnostics of one code are kept for a source.
	MaxDiagnostics = 20
	// MaxPlainValues and MaxPlainBytes bound the registry values of a source
	// that no rule asked for.
	MaxPlainValues = 20_000
	MaxPlainBytes  = 16 << 20
	// MaxRegistryFacts bounds the keys and values kept of a source in all.
	MaxRegistryFacts = 500_000
	// MaxEventGroups bounds the groups of events kept for a source.
	MaxEventGroups = 50_000
	// MaxSamples and MaxPlainSamples are how many events of a group are kept:
	// of one that a rule asked for, and of any other.
	MaxSamples      = 5
	MaxPlainSamples = 1
	// MaxSampleMessage is how many bytes of a sample's message are kept.
	MaxSampleMessage = 4096
)

// A Case is the evidence of one host. It is a Sink: a source is opened with
// Begin, filled with Add and Diagnose, and closed with End; Finish joins the
// sources. A Case is not safe for concurrent use. Its size follows what differs
// in the exports and not their length.
type Case struct {
	Host    string
	Sources []*Source

	Occurrences     []*Occurrence
	RevocationLists []*RevocationList
	TrustLists      []*TrustList
	Registry        *Registry
	EventLogs       []*EventLog
	// Events are the groups of all sources, joined by Finish and sorted.
	Events []*EventGroup
	// RecordLogs are what is known of record numbers, by channel; Finish makes
	// them.
	RecordLogs  []*RecordLog
	Diagnostics []Diagnostic

	interest   Interest
	wanted     map[EventKey]bool
	source     *Source
	perCode    map[string]int
	blobs      map[string]int // registry key of a Blob in this source → index in Occurrences
	plainCount int
	plainKeys  int
	// plainKeyBytes are the paths of the keys that no rule reads.
	plainKeyBytes int
	plainBytes    int
	regFacts      int
	groups        map[groupKey]*sourceGroup
	groupOrder    []*sourceGroup
	allGroups     []*sourceGroup
	groupsOver    int

	recordLogs   map[recordKey]*recordLog
	recordLog    *recordLog // of the last event
	recordChunks int
	recordsOver  bool
}

// NewCase returns an empty case that keeps at least what the interests name.
func NewCase(host string, interests ...Interest) *Case {
	c := &Case{Host: host, Registry: newRegistry(), wanted: map[EventKey]bool{}, recordLogs: map[recordKey]*recordLog{}}
	for _, in := range interests {
		c.interest.Keys = append(c.interest.Keys, in.Keys...)
		for _, k := range in.Events {
			c.wanted[k] = true
		}
	}
	return c
}

// Begin opens a source. All that is added until End belongs to it.
func (c *Case) Begin(s *Source) {
	c.source = s
	c.Sources = append(c.Sources, s)
	s.Host = c.Host
	s.Complete = true
	c.Registry.begin(s)
	c.perCode = map[string]int{}
	c.blobs = map[string]int{}
	c.plainCount, c.plainBytes, c.plainKeys, c.plainKeyBytes, c.regFacts, c.groupsOver = 0, 0, 0, 0, 0, 0
	c.groups = map[groupKey]*sourceGroup{}
	c.groupOrder = nil
	c.recordLog = nil
}

// End closes the source that Begin opened.
func (c *Case) End() {
	if c.groupsOver > 0 {
		c.Diagnose(Diagnostic{Code: "events-too-many-kinds", Severity: Warning, Lost: true,
			Where:   Location{Source: c.source.Name},
			Summary: fmt.Sprintf("%d events of further kinds were counted and not listed", c.groupsOver),
			Detail:  fmt.Sprintf("at most %d kinds of events (computer, provider, id, alert) are kept for a source", MaxEventGroups)})
	}
	if c.plainCount > MaxPlainValues || c.plainBytes > MaxPlainBytes {
		c.Diagnose(Diagnostic{Code: "registry-reduced", Severity: Note, Where: Location{Source: c.source.Name},
			Summary: "the export is large: only the values that a rule reads are listed",
			Detail:  fmt.Sprintf("all values were read and counted; of those that no rule reads, %d values or %d bytes are kept at most", MaxPlainValues, MaxPlainBytes)})
	}
	for _, code := range slices.Sorted(mapKeys(c.perCode)) {
		if n := c.perCode[code]; n > MaxDiagnostics {
			c.Diagnostics = append(c.Diagnostics, Diagnostic{Code: code, Severity: Note, Where: Location{Source: c.source.Name},
				Summary: fmt.Sprintf("and %d more of the same in this source", n-MaxDiagnostics)})
		}
	}
	c.allGroups = append(c.allGroups, c.groupOrder...)
	c.groups, c.groupOrder, c.blobs, c.perCode, c.source = nil, nil, nil, nil, nil
}

func mapKeys(m map[string]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Diagnose implements Sink. After MaxDiagnostics of one code and source the
// rest are counted only. Between sources, as for a file that no format claims,
// the diagnostic is kept as it is.
func (c *Case) Diagnose(d Diagnostic) {
	if c.source == nil {
		c.Diagnostics = append(c.Diagnostics, d)
		return
	}
	if d.Loses() {
		c.source.Complete = false
		c.source.Losses++
	}
	c.perCode[d.Code]++
	if c.perCode[d.Code] <= MaxDiagnostics {
		c.Diagnostics = append(c.Diagnostics, d)
	}
}

// Add implements Sink.
func (c *Case) Add(r Record) error {
	switch r := r.(type) {
	case *Occurrence:
		c.addOccurrence(r)
	case *RevocationList:
		c.source.Records.RevocationLists++
		c.RevocationLists = append(c.RevocationLists, r)
	case *TrustList:
		c.source.Records.TrustLists++
		c.TrustLists = append(c.TrustLists, r)
	case *RegistryKey:
		c.addKey(r)
	case *RegistryValue:
		c.addValue(r)
	case *Event:
		c.addEvent(r)
	case *EventLog:
		c.EventLogs = append(c.EventLogs, r)
		c.source.Dialect, c.source.DateOrder, c.source.Zone = r.Dialect, string(r.DateOrder), r.Zone
		for _, g := range c.groupOrder {
			g.order = r.DateOrder
		}
	default:
		return fmt.Errorf("evidence: a record of type %T has no place in a case", r)
	}
	return nil
}

func (c *Case) addOccurrence(o *Occurrence) {
	c.source.Records.Certificates++
	if o.KeyName != "" {
		key := FoldKey(o.Where.Path)
		if i, ok := c.blobs[key]; ok {
			c.Diagnose(Diagnostic{Code: "reg-blob-replaced", Severity: Note, Where: c.Occurrences[i].Where,
				Summary: "the same key gives another Blob further down, which holds",
				Detail:  "the later value is the one that an import leaves: " + o.Where.String()})
			c.source.Records.Certificates--
			c.Occurrences[i] = o
			return
		}
		c.blobs[key] = len(c.Occurrences)
	}
	c.Occurrences = append(c.Occurrences, o)
}

func (c *Case) addKey(k *RegistryKey) {
	if k.Deleted {
		c.Registry.deleteKey(k.Key)
		c.deleteBlobs(k.Key)
		return
	}
	if !c.related(k.Key) {
		c.plainKeyBytes += len(k.Key)
		if c.plainKeys >= MaxPlainValues || c.plainKeyBytes > MaxPlainBytes {
			return
		}
		c.plainKeys++
	}
	if c.regFacts >= MaxRegistryFacts {
		c.diagnoseTooMany(k.Where)
		return
	}
	c.regFacts++
	c.Registry.addKey(k)
}

// deleteBlobs takes back the certificates of this source at and below a key
// that the file deletes.
func (c *Case) deleteBlobs(key string) {
	fold := FoldKey(key)
	gone := map[*Occurrence]bool{}
	for path, i := range c.blobs {
		at := strings.TrimSuffix(strings.TrimPrefix(path, "["), "] blob")
		if at == fold || strings.HasPrefix(at, fold+`\`) {
			gone[c.Occurrences[i]] = true
		}
	}
	if len(gone) == 0 {
		return
	}
	c.source.Records.Certificates -= len(gone)
	c.Occurrences = slices.DeleteFunc(c.Occurrences, func(o *Occurrence) bool { return gone[o] })
	c.blobs = map[string]int{}
	for i, o := range c.Occurrences {
		if o.KeyName != "" && o.Where.Source == c.source.Name {
			c.blobs[FoldKey(o.Where.Path)] = i
		}
	}
}

func (c *Case) addValue(v *RegistryValue) {
	if v.Deleted {
		c.Registry.deleteValue(v.Key, v.Name)
		if strings.EqualFold(v.Name, "Blob") {
			c.deleteBlobs(v.Key)
		}
		return
	}
	c.source.Records.RegistryValues++
	if !c.wantsKey(v.Key) {
		c.plainCount++
		c.plainBytes += len(v.Data)
		if c.plainCount > MaxPlainValues || c.plainBytes > MaxPlainBytes {
			return
		}
	} else if c.regFacts >= MaxRegistryFacts {
		c.diagnoseTooMany(v.Where)
		return
	}
	c.regFacts++
	if other := c.Registry.addValue(v); other != nil && c.wantsKey(v.Key) {
		c.diagnoseDiffer(other, v)
	}
}

func (c *Case) diagnoseTooMany(where Location) {
	c.Diagnose(Diagnostic{Code: "registry-too-many-facts", Severity: Warning, Lost: true, Where: where,
		Summary: "a registry key or value was not kept: the source holds too many",
		Detail:  fmt.Sprintf("at most %d keys and values are kept for a source", MaxRegistryFacts)})
}

// Keeps reports whether a value or key at this path would be kept: an importer
// may ask before it builds a fact that would only be counted, and then call
// CountValue.
func (c *Case) Keeps(key string) bool {
	return c.plainKeys < MaxPlainValues || (c.plainCount < MaxPlainValues && c.plainBytes < MaxPlainBytes) || c.related(key)
}

// CountValue counts a registry value of so many bytes that Keeps declined.
func (c *Case) CountValue(size int) {
	c.source.Records.RegistryValues++
	c.plainCount++
	c.plainBytes += size
}

// related reports whether a rule asked for values at, above or below key: the
// export of an ancestor covers what was asked for.
func (c *Case) related(key string) bool {
	for _, pattern := range c.interest.Keys {
		if relatedKey(pattern, key) {
			return true
		}
	}
	return false
}

// relatedKey reports whether key is at, above or below pattern, in which a
// segment "*" stands for any one segment.
func relatedKey(pattern, key string) bool {
	for {
		p, pRest, pMore := strings.Cut(pattern, `\`)
		k, kRest, kMore := strings.Cut(key, `\`)
		if p != "*" && !strings.EqualFold(p, k) {
			return false
		}
		if !pMore || !kMore {
			return true
		}
		pattern, key = pRest, kRest
	}
}

// wantsKey reports whether a rule asked for values at or above key.
func (c *Case) wantsKey(key string) bool {
	for _, pattern := range c.interest.Keys {
		if matchKey(pattern, key) {
			return true
		}
	}
	return false
}

// matchKey reports whether key is at or below pattern, in which a segment "*"
// stands for any one segment.
func matchKey(pattern, key string) bool {
	for {
		p, pRest, pMore := strings.Cut(pattern, `\`)
		k, kRest, kMore := strings.Cut(key, `\`)
		if p != "*" && !strings.EqualFold(p, k) {
			return false
		}
		if !pMore {
			return true
		}
		if !kMore {
			return false
		}
		pattern, key = pRest, kRest
	}
}
