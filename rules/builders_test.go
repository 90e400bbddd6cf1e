package rules

import (
	"encoding/binary"
	"strings"
	"time"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

// with gives an occurrence a property.
func with(o *evidence.Occurrence, id evidence.PropID, value []byte) *evidence.Occurrence {
	o.Properties = append(o.Properties, evidence.Property{ID: id, Value: value})
	return o
}

// in puts an occurrence into a store of the machine; physical may be "".
func in(o *evidence.Occurrence, store, physical string) *evidence.Occurrence {
	o.Store = evidence.Store{Location: evidence.LocalMachine, Name: store, Physical: physical}
	return o
}

// poor takes the properties from an occurrence, as a .p7b does.
func poor(o *evidence.Occurrence) *evidence.Occurrence {
	o.CanCarry, o.Properties = false, nil
	return o
}

// change changes the certificate of an occurrence.
func change(o *evidence.Occurrence, f func(*evidence.Certificate)) *evidence.Occurrence {
	f(o.Certificate)
	return o
}

// fileTime is the FILETIME of a time.
func fileTime(t time.Time) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(t.Unix()*10_000_000+116_444_736_000_000_000))
}

// regBinary is a REG_BINARY.
func regBinary(path, name string, data []byte) *evidence.RegistryValue {
	return &evidence.RegistryValue{Key: path, Name: name, Type: evidence.RegBinary, Data: data}
}

// logged is one event of a log that eventLog makes.
type logged struct {
	provider string
	id       uint32
	alert    int
	at       time.Time
	message  string
	number   uint64
}

// seen is an event on a day of February 2013.
func seen(provider string, id uint32, day int) logged {
	return logged{provider, id, evidence.NoAlert, time.Date(2013, 2, day, 0, 0, 0, 0, time.UTC), "", 0}
}

func (l logged) alerting(code int) logged     { l.alert = code; return l }
func (l logged) no(number uint64) logged      { l.number = number; return l }
func (l logged) saying(text string) logged    { l.message = text; return l }
func (l logged) after(d time.Duration) logged { l.at = l.at.Add(d); return l }

// eventLog is a log of one channel that was read whole.
func eventLog(name, channel string, events ...logged) source {
	s := source{name: name}
	for i, e := range events {
		s.records = append(s.records, &evidence.Event{Where: evidence.Location{Source: name, Line: i + 2}, Provider: e.provider, ID: e.id, Alert: e.alert, Channel: channel, RecordID: e.number,
			Time: e.at, TimeMonthFirst: e.at, TimeText: []byte(e.at.Format(time.DateTime)), Message: []byte(e.message)})
	}
	l := &evidence.EventLog{Where: evidence.Location{Source: name}, DateOrder: evidence.DateFixed, Whole: true, Events: len(events)}
	if channel != "" {
		l.Channels = []string{channel}
	}
	s.records = append(s.records, l)
	return s
}

// schannelReg exports the SCHANNEL key with some DWORDs: "EventLogging=3",
// `Messaging\MessageLimitClient=0`.
func schannelReg(values ...string) source {
	records := []evidence.Record{regKey(schannelKey)}
	for _, v := range values {
		path, number, _ := strings.Cut(v, "=")
		n := uint32(0)
		for _, d := range number {
			n = n*10 + uint32(d-'0')
		}
		key, name := schannelKey, path
		if i := strings.LastIndexByte(path, '\\'); i >= 0 {
			key, name = schannelKey+`\`+path[:i], path[i+1:]
			records = append(records, regKey(key))
		}
		records = append(records, regDWord(key, name, n))
	}
	return regFile("s.reg", records...)
}

// noStore is a host of which no store was read.
func noStore(os string) host { return host{os: os, sources: []source{schannelReg()}} }
