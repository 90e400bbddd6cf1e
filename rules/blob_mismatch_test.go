package rules

import (
	"strings"
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestBlobMismatch(t *testing.T) {
	blob := func(change func(o *evidence.Occurrence)) source {
		o := root("CN=A", 10)
		o.KeyName = o.Thumbprint()
		with(o, evidence.PropSHA1, append([]byte(nil), o.SHA1[:]...))
		change(o)
		return storeFile("root.reg", o)
	}
	same := func(*evidence.Occurrence) {}
	runCases(t, BlobMismatch, []ruleCase{
		{"the case of the name does not matter", host{sources: []source{blob(func(o *evidence.Occurrence) { o.KeyName = strings.ToLower(o.KeyName) })}}, "pass", ""},
		{"in order", host{sources: []source{blob(same)}}, "pass", "fit"},

		{"another key name", host{sources: []source{blob(func(o *evidence.Occurrence) { o.KeyName = vistaRoots[0] })}}, "fail", "its key is called " + vistaRoots[0]},
		{"another hash", host{sources: []source{blob(func(o *evidence.Occurrence) { o.Properties[0].Value[0] ^= 1 })}}, "fail", "property 3 says"},
		{"a short hash", host{sources: []source{blob(func(o *evidence.Occurrence) { o.Properties[0].Value = []byte{1} })}}, "fail", "property 3 says 01"},
		{"both", host{sources: []source{blob(func(o *evidence.Occurrence) { o.KeyName, o.Properties[0].Value = "X", nil })}}, "fail", "its key is called X, and property 3"},
		{"broken", host{sources: []source{broken(blob(same))}}, "unknown", ""},
		{"a serialized store without hashes", host{sources: []source{storeFile("root.sst", root("CN=A", 10))}}, "notchecked", ""},
		{"no store", noStore("2008r2"), "notchecked", ""},
	})
}
