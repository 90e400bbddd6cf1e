package data

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestEmbeddedTables(t *testing.T) {
	tables, err := Load(Files())
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tables.Required); n != 13 {
		t.Errorf("%d required roots, want the 13 of KB 293781", n)
	}
	if n := len(tables.Programme); n != 514 {
		t.Errorf("%d programme roots, want the 514 of the list of %s", n, ProgrammeDate)
	}
	for column, want := range map[string]int{"xp_2003": 7, "vista_to_2008r2": 3, "8_2012_2012r2": 8, "win10_and_newer": 12} {
		n := 0
		for _, r := range tables.Required {
			if len(r.Thumbprint) != 40 {
				t.Errorf("thumbprint %q", r.Thumbprint)
			}
			if r.Systems[column] {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d roots, want %d", column, n, want)
		}
	}
	for code, limit := range map[string]int{"2003": 12288, "2003sp1": 16384, "2003sp2": 12288, "2003sp2-hotfix": 16384, "2008": 16384, "2008R2": 16384, "2012": 16384, "2022": 16384, "xp": 12288} {
		p := tables.OSByCode(code)
		if p == nil || p.Limit != limit || p.LimitBasis == "" || p.LimitCitation == "" {
			t.Errorf("%s: %+v, want a limit of %d", code, p, limit)
		}
	}
	if p := tables.OSByCode("2008r2"); !p.SendDefault || p.Since2012() || p.Since10() {
		t.Errorf("2008r2: %+v", p)
	}
	if p := tables.OSByCode("2012r2"); p.SendDefault || !p.Since2012() || p.Since10() {
		t.Errorf("2012r2: %+v", p)
	}
	if p := tables.OSByCode("2016"); p.SendDefault || !p.Since10() {
		t.Errorf("2016: %+v", p)
	}
	if p := tables.Programme["A43489159A520F0D93D032CCAF37E7FE20A8B419"]; p == nil || p.Disabled.Format("2006-01-02") != "2018-01-31" {
		t.Errorf("Microsoft Root Authority: %+v", p)
	}
}

func TestLoadNamesFileAndRow(t *testing.T) {
	os, _ := files.ReadFile("os_profiles.tsv")
	fsys := fstest.MapFS{"os_profiles.tsv": {Data: os}, "required_roots.tsv": {Data: []byte("n\tissued_to\nx\ty\n")}, "authroot_ctl.csv": {Data: []byte("sha1\n")}}
	_, err := Load(fsys)
	if err == nil || !strings.Contains(err.Error(), "required_roots.tsv: row 1") {
		t.Errorf("error = %v", err)
	}
}
