package eventcsv

import (
	"slices"
	"strings"

	"github.com/ctlaudit/ctlaudit/importers/internal/eventlog"
)

// A role is what a column is read for.
type role uint8

const (
	roleProvider role = iota
	roleID            // the event ID
	roleInstance      // the event ID with severity and facility above its 16 bits
	roleTime          // date and time, or the date
	roleClock         // the time of day where the date stands alone
	roleComputer
	roleChannel
	roleRecord  // the record ID
	roleMessage // the text, which may hold anything
	roleData    // the event's data, by name
	roleStrings // the event's data, without names
	roleType    // plaso's kind of record
	numRoles
)

// absent is the index of a column that is not there.
const absent = -1

// A dialect is the columns of one exporter.
type dialect struct {
	// name is evidence.EventLog's.
	name string
	// tells are sets of columns; one that is there in full tells the dialect.
	tells [][]string
	// columns give the roles, by names in folded form. Of two columns of one
	// role the earlier one in this list is read.
	columns []column
	// utc says that times are in UTC though they do not say so.
	utc bool
	// qualified says that event IDs may carry qualifiers above 16 bits.
	qualified bool
	// doubles says that the exporter writes records more than once.
	doubles bool
}

type column struct {
	name string
	role role
}

// dialects are the exporters with English columns, the most telling first. The
// names are those of their sources and of real exports.
var dialects = []*dialect{
	{
		name:  "evtxecmd",
		tells: [][]string{{"mapdescription", "eventid", "provider"}},
		columns: []column{
			{"provider", roleProvider}, {"eventid", roleID}, {"timecreated", roleTime}, {"computer", roleComputer},
			{"channel", roleChannel}, {"eventrecordid", roleRecord}, {"payload", roleMessage},
		},
		utc: true,
	},
	{
		name:  "get-eventlog",
		tells: [][]string{{"instanceid", "source"}, {"instanceid", "timegenerated"}, {"eventid", "entrytype", "source"}},
		columns: []column{
			{"source", roleProvider}, {"eventid", roleID}, {"instanceid", roleInstance}, {"timegenerated", roleTime},
			{"timewritten", roleTime}, {"machinename", roleComputer}, {"index", roleRecord}, {"message", roleMessage},
		},
		qualified: true,
	},
	{
		name: "get-winevent",
		tells: [][]string{
			{"providername", "id"}, {"providername", "timecreated"}, {"timecreated", "id", "leveldisplayname"},
			{"timecreated", "id", "message"}, {"timecreated", "id", "logname"}, {"timecreated", "id", "machinename"},
		},
		columns: []column{
			{"providername", roleProvider}, {"id", roleID}, {"timecreated", roleTime}, {"machinename", roleComputer},
			{"logname", roleChannel}, {"recordid", roleRecord}, {"message", roleMessage},
		},
	},
	{
		name:  "log-parser",
		tells: [][]string{{"eventtypename", "eventid"}, {"sourcename", "eventid", "timegenerated"}},
		columns: []column{
			{"sourcename", roleProvider}, {"eventid", roleID}, {"timegenerated", roleTime}, {"timewritten", roleTime},
			{"computername", roleComputer}, {"eventlog", roleChannel}, {"recordnumber", roleRecord},
			{"message", roleMessage}, {"strings", roleStrings},
		},
		qualified: true,
	},
	{
		name:  "log-analytics",
		tells: [][]string{{"timegenerated [utc]", "eventid"}, {"rendereddescription", "eventid", "source"}},
		columns: []column{
			{"source", roleProvider}, {"eventid", roleID}, {"timegenerated [utc]", roleTime}, {"timegenerated", roleTime},
			{"timegenerated [local time]", roleTime}, {"computer", roleComputer}, {"eventlog", roleChannel},
			{"rendereddescription", roleMessage}, {"eventdata", roleData}, {"parameterxml", roleStrings},
		},
	},
	{
		name:  "plaso",
		tells: [][]string{{"data_type", "event_identifier", "source_name"}},
		columns: []column{
			{"source_name", roleProvider}, {"event_identifier", roleID}, {"datetime", roleTime}, {"computer_name", roleComputer},
			{"record_number", roleRecord}, {"message", roleMessage}, {"xml_string", roleData}, {"strings", roleStrings},
			{"data_type", roleType},
		},
		utc: true, qualified: true, doubles: true,
	},
}

// eventViewer is the dialect of Event Viewer since 2008, whose columns have
// names in the user's language and may stand in any order, all but the message:
// that is the last field of a row and has no name.
var eventViewer = &dialect{name: "event-viewer"}

// eventViewer2003 has no header: date, time, source, type, category, event ID,
// user, computer, description.
var eventViewer2003 = &dialect{name: "event-viewer-2003"}

var columns2003 = [numRoles]int{
	roleProvider: 2, roleID: 5, roleInstance: absent, roleTime: 0, roleClock: 1, roleComputer: 7, roleChannel: absent,
	roleRecord: absent, roleMessage: 8, roleData: absent, roleStrings: absent, roleType: absent,
}

// dialectNames are those that a user is told of.
func dialectNames() string {
	names := []string{eventViewer.name, eventViewer2003.name}
	for _, d := range dialects {
		names = append(names, d.name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// Columns that only lists of rule hits have: hayabusa's and chainsaw's.
var ruleHitTells = [][]string{{"ruletitle"}, {"detections", "path"}}

// notAnEventLog is a column of loghub's structured logs. They number their own
// templates and call that EventId.
const notAnEventLog = "eventtemplate"

// Columns by which a table that is of no known dialect still looks like events.
var (
	idColumns    = []string{"eventid", "event id", "event_id", "eventcode", "event.code", "eventidentifier", "event_identifier", "winlog.event_id"}
	otherColumns = []string{"provider", "providername", "provider_name", "source", "sourcename", "event source", "computer", "computername", "channel", "logname", "log", "winlog.provider_name", "event.provider", "host.name", "level", "message"}
)

// eventLike reports whether the names are those of some table of events.
func eventLike(names []string) bool {
	return !slices.Contains(names, notAnEventLog) && containsAny(names, idColumns) && containsAny(names, otherColumns)
}

func containsAny(names, some []string) bool {
	return slices.ContainsFunc(some, func(n string) bool { return slices.Contains(names, n) })
}

// has reports whether names hold one of the sets in full.
func has(names []string, tells [][]string) bool {
	return slices.ContainsFunc(tells, func(set []string) bool {
		return !slices.ContainsFunc(set, func(n string) bool { return !slices.Contains(names, n) })
	})
}

// assign returns where a dialect's columns stand among names.
func (d *dialect) assign(names []string) [numRoles]int {
	cols := noColumns()
	for _, c := range d.columns {
		if i := slices.Index(names, c.name); i >= 0 && cols[c.role] == absent {
			cols[c.role] = i
		}
	}
	return cols
}

func noColumns() (cols [numRoles]int) {
	for i := range cols {
		cols[i] = absent
	}
	return cols
}

// fieldRoles say what Event Viewer's columns are read for.
var fieldRoles = map[eventlog.Field]role{
	eventlog.Time: roleTime, eventlog.Provider: roleProvider, eventlog.ID: roleID,
	eventlog.Computer: roleComputer, eventlog.Log: roleChannel, eventlog.Message: roleMessage,
}
