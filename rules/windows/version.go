package windows

import (
	"strconv"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
	"github.com/ctlaudit/ctlaudit/rules/data"
)

// A Version is the operating system of a host and how it is known.
type Version struct {
	// Profile is nil where the operating system is unknown.
	Profile *data.OSProfile
	// Basis says how it is known: "stated", "registry" or "unknown".
	Basis string
	// Why is one clause for a reader.
	Why string
	// Evidence is where the registry says it.
	Evidence []evidence.Location
}

// Code returns the code of the profile, or "".
func (v Version) Code() string {
	if v.Profile == nil {
		return ""
	}
	return v.Profile.Code
}

// Name returns the name of the Windows, or "unknown Windows".
func (v Version) Name() string {
	if v.Profile == nil {
		return "unknown Windows"
	}
	return v.Profile.Name
}

// VersionOf returns the operating system of a host. A stated code wins over
// what the registry says; it must be one of the table.
func VersionOf(r *evidence.Registry, stated string, t *data.Tables) Version {
	if stated != "" {
		return Version{Profile: t.OSByCode(stated), Basis: "stated", Why: "the operating system was stated"}
	}
	code, where := detect(r)
	if p := t.OSByCode(code); p != nil {
		return Version{Profile: p, Basis: "registry", Why: "the registry names it", Evidence: where}
	}
	why := "the key Windows NT\\CurrentVersion was not collected, and --os was not given"
	switch cut := r.NotWhole(VersionKey); {
	case len(cut) > 0:
		why = "the key Windows NT\\CurrentVersion was not read whole (" + sourcesOf(cut) + "), and --os was not given"
	case r.Collected(VersionKey) != nil:
		why = "what the key Windows NT\\CurrentVersion holds names no Windows that is known"
	}
	return Version{Basis: "unknown", Why: why, Evidence: where}
}

// detect reads Windows NT\CurrentVersion. CurrentVersion stays 6.3 from Windows
// 10 on, and ProductName says Windows 10 on Windows 11, so the build decides. In
// an export that was not read whole, nothing is concluded from what is absent.
func detect(r *evidence.Registry) (string, []evidence.Location) {
	var where []evidence.Location
	text := func(name string) string {
		v := r.Value(VersionKey, name)
		if v == nil {
			return ""
		}
		s, _ := v.Text()
		if s != "" {
			where = append(where, v.Where)
			for _, o := range r.Replaced(v) {
				where = append(where, o.Where)
			}
		}
		return strings.TrimSpace(s)
	}
	product, version, build, pack := text("ProductName"), text("CurrentVersion"), text("CurrentBuildNumber"), text("CSDVersion")
	if build == "" {
		build = text("CurrentBuild")
	}
	kind := text("InstallationType")
	server := strings.Contains(strings.ToLower(product), "server") || strings.HasPrefix(strings.ToLower(kind), "server")
	pick := func(s, c string) (string, []evidence.Location) {
		if server {
			return s, where
		}
		return c, where
	}
	number, _ := strconv.Atoi(build)
	if len(r.NotWhole(VersionKey)) > 0 && decisive(version, product, kind, build, pack) {
		return "", where
	}
	switch version {
	case "5.1":
		return "xp", where
	case "5.2":
		return detect2003(r, product, pack), where
	case "6.0":
		return pick("2008", "vista")
	case "6.1":
		return pick("2008r2", "7")
	case "6.2":
		return pick("2012", "8")
	case "6.3", "10.0":
		if number >= 10240 || version == "10.0" {
			return pick(serverOfBuild(number), clientOfBuild(number))
		}
		return pick("2012r2", "8.1")
	}
	return detectByName(product), where
}

// decisive reports whether a value decides that is absent: whether it is a
// server, which build, and which service pack and hotfix Windows 2003 has.
func decisive(version, product, kind, build, pack string) bool {
	switch version {
	case "":
		return product == ""
	case "5.1":
		return false
	case "5.2":
		return product == "" || !strings.Contains(pack, "1")
	case "6.3", "10.0":
		return build == "" || (product == "" && kind == "")
	}
	return product == "" && kind == ""
}

func detect2003(r *evidence.Registry, product, pack string) string {
	if strings.Contains(product, "XP") {
		return "xp"
	}
	switch {
	case strings.Contains(pack, "2"):
		if r.Key(VersionKey+`\HotFix\KB933430`) != nil {
			return "2003sp2-hotfix"
		}
		return "2003sp2"
	case strings.Contains(pack, "1"):
		return "2003sp1"
	}
	return "2003"
}

func serverOfBuild(n int) string {
	switch {
	case n < 17763:
		return "2016"
	case n < 20348:
		return "2019"
	case n < 26100:
		return "2022"
	}
	return "2025"
}

func clientOfBuild(n int) string {
	if n < 22000 {
		return "10"
	}
	return "11"
}

// detectByName reads a ProductName alone, as an incomplete export may hold.
func detectByName(product string) string {
	p := strings.ToLower(product)
	for _, m := range []struct{ text, code string }{
		{"server 2025", "2025"}, {"server 2022", "2022"}, {"server 2019", "2019"}, {"server 2016", "2016"},
		{"server 2012 r2", "2012r2"}, {"server 2012", "2012"}, {"server 2008 r2", "2008r2"}, {"server® 2008", "2008"}, {"server 2008", "2008"},
		{"windows 8.1", "8.1"}, {"windows 8", "8"}, {"windows 7", "7"}, {"vista", "vista"}, {"windows xp", "xp"},
	} {
		if strings.Contains(p, m.text) {
			return m.code
		}
	}
	return ""
}
