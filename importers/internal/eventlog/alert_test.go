package eventlog

import (
	"testing"

	"github.com/ctlaudit/ctlaudit/importers/evidence"
)

func TestMessageAlert(t *testing.T) {
	for _, c := range []struct {
		message string
		id      uint32
		cut     bool
		want    int
	}{
		{"The following fatal alert was generated: 10. The internal error state is 1203.", AlertSent, false, 10},
		{"A fatal alert was generated and sent to the remote endpoint. This may result in termination of the connection. The TLS protocol defined fatal error code is 40. The Windows SChannel error state is 1205.", AlertSent, false, 40},
		{"A fatal alert was received from the remote endpoint. The TLS protocol defined fatal alert code is 47.", AlertReceived, false, 47},
		{"Es wurde eine schwerwiegende Warnung empfangen: 48.", AlertReceived, false, 48},
		{"致命的な警告 42を受け取りました。", AlertReceived, false, 42},
		{"??????????????????: 46", AlertReceived, false, 46},
		{"The description for Event ID '36887' in Source 'Schannel' cannot be found. The following information is part of the event:'47'", AlertReceived, false, 47},
		{"[36887 / 0x9017] Source Name: Schannel Strings: ['20']", AlertReceived, false, 20},
		{"TLS 1.2 failed with KB931125 and SSL3: 70", AlertReceived, false, 70},
		{"The state is 1203", AlertSent, false, evidence.NoAlert},
		{"no number", AlertSent, false, evidence.NoAlert},
		{"", AlertSent, false, evidence.NoAlert},
		{"99999999999999999999", AlertSent, false, evidence.NoAlert},
		{"cut after one digit: 4", AlertSent, true, evidence.NoAlert},
		{"cut behind it: 47. The", AlertSent, true, 47},
	} {
		if got := MessageAlert([]byte(c.message), c.id, c.cut); got != c.want {
			t.Errorf("%q: %d, want %d", c.message, got, c.want)
		}
	}
}

func TestDataAlert(t *testing.T) {
	for _, c := range []struct {
		data string
		want int
	}{
		{`{"EventData":{"Data":[{"@Name":"AlertDesc","#text":"40"},{"@Name":"ErrorState","#text":"1205"}]}}`, 40},
		{`{"EventData":{"Data":[{"@Name":"ErrorState","#text":"1205"},{"@Name":"AlertDesc","#text":"10"}]}}`, 10},
		{`<Data Name="AlertDesc">47</Data><Data Name="ErrorState">1203</Data>`, 47},
		{`<Data Name='AlertDesc'>47</Data>`, 47},
		{`{"AlertDesc": 47}`, 47},
		{`<Data Name="AlertDesc"></Data><Data Name="ErrorState">1203</Data>`, evidence.NoAlert},
		{`{"@Name":"AlertDesc","#text":""},{"@Name":"ErrorState","#text":"12"}`, evidence.NoAlert},
		{`<Data Name="AlertDesc">4`, evidence.NoAlert},
		{`<Data Name="AlertDesc">4700</Data>`, evidence.NoAlert},
		{`<Data Name="ErrorState">12</Data>`, evidence.NoAlert},
	} {
		if got := DataAlert([]byte(c.data)); got != c.want {
			t.Errorf("%q: %d, want %d", c.data, got, c.want)
		}
	}
}
