package main

import (
	"fmt"
	"time"
)

// What happened at UC01: on 22 September 2026 the way to Windows Update was
// opened, and the root program brought its certificates within an evening.
// Before the night was over the first 36885 was logged, and the log was
// exported on 19 October.
var (
	contosoFirst    = time.Date(2026, 9, 14, 0, 0, 0, 0, time.UTC)
	contosoExported = time.Date(2026, 10, 19, 9, 12, 0, 0, time.UTC)
	contosoRootsIn  = time.Date(2026, 9, 22, 21, 38, 4, 0, time.UTC)
	contosoTooLong  = time.Date(2026, 9, 22, 22, 17, 41, 0, time.UTC)
)

// contosoSystem gives the System log of UC01.
func contosoSystem() []event {
	d := dice(2464556)
	events := systemNoise(&d, contosoFirst, contosoExported, 14)
	// Scanners and old clients, before and after.
	for day := contosoFirst; day.Before(contosoExported.AddDate(0, 0, -1)); day = day.AddDate(0, 0, 2) {
		at := busy(&d, day)
		events = append(events,
			event{"Error", at, "Schannel", 36874, "None", "An SSL 3.0 connection request was received from a remote client application, but none of its cipher suites is supported by the server. The connection request has failed."},
			event{"Error", at, "Schannel", 36888, "None", fmt.Sprintf(alertGenerated, 40, 1205)})
	}
	warn := func(at time.Time) {
		events = append(events, event{"Warning", at, "Schannel", 36885, "None", listTruncated})
	}
	warn(contosoTooLong)
	for day := time.Date(2026, 9, 23, 0, 0, 0, 0, time.UTC); day.Before(contosoExported); day = day.AddDate(0, 0, 1) {
		times := 6
		if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
			times = 2
		}
		if day.Day() == 19 {
			warn(date(2026, 10, 19, 8, 57, 33))
			continue
		}
		for i := range times {
			at := busy(&d, day)
			warn(at)
			if i%3 == 0 {
				// A client that got the cut list and could not use it.
				events = append(events, event{"Error", at.Add(time.Duration(1+d.roll(40)) * time.Second), "Schannel", 36887, "None", fmt.Sprintf(alertReceived, 47)})
			}
		}
		if day.Day()%5 == 0 {
			events = append(events, event{"Error", busy(&d, day), "Schannel", 36887, "None", fmt.Sprintf(alertReceived, 46)})
		}
		if day.Day()%9 == 0 {
			events = append(events, event{"Error", busy(&d, day), "Schannel", 36888, "None", fmt.Sprintf(alertGenerated, 10, 1203)})
		}
	}
	// Another provider's event with the number of Schannel's: it does not count.
	return append(events, event{"Information", date(2026, 9, 17, 3, 0, 12), "Contoso Backup Agent", 36885, "None",
		"The job \"UC01 nightly\" has finished: 412 files, 0 errors."})
}

// contosoApplication gives the Application log of UC01; roots are those that
// the root program brought, in its order.
func contosoApplication(roots []*certificate) []event {
	d := dice(931125)
	events := []event{}
	add := func(level string, at time.Time, source string, id int, category, message string) {
		events = append(events, event{level, at, source, id, category, message})
	}
	const capi2 = "Microsoft-Windows-CAPI2"
	at := contosoRootsIn
	for i, c := range roots {
		if i == 50 {
			// The provider falls silent after fifty events: its log has a gap.
			add("Warning", at, capi2, 4102, "None", "Reached crypt32 threshold of 50 events and will suspend logging for 60 minutes.")
			at = at.Add(time.Hour)
		}
		if i == 70 {
			break
		}
		at = at.Add(time.Duration(3+d.roll(34)) * time.Second)
		add("Information", at, capi2, 4097, "None", fmt.Sprintf("Successful auto update of third-party root certificate:: Subject: <%s> Sha1 thumbprint: <%s>.", c.text, c.thumbprint()))
	}
	for day := contosoFirst; day.Before(contosoExported); day = day.AddDate(0, 0, 1) {
		if day.Day() == 19 && day.Month() == time.October {
			break
		}
		for range 5 {
			add(contosoApplicationNoise(&d, d.between(day, day.AddDate(0, 0, 1))))
		}
		if day.Before(contosoTooLong) {
			continue
		}
		add("Error", busy(&d, day), "LS Protocol Stack", 14428, "(1001)",
			"TLS outgoing connection failures.\r\n\r\nOver the past 15 minutes the server has seen 3 failures of outgoing TLS connections.\r\nMost recent failure: 0x80090327, peer gateway01.contoso.com.\r\nCause: the peer's certificate or its request for one could not be used.\r\nResolution: compare the certificates of both servers.")
		if day.Day()%2 == 0 {
			add("Warning", busy(&d, day), "MSExchange Unified Messaging", 1423, "UMCore",
				"The Unified Messaging server could not set up a TLS connection to the peer \"uc01.contoso.com\": TlsApiFailureException, 0x80090301.")
		}
	}
	return events
}

func contosoApplicationNoise(d *dice, at time.Time) (level string, when time.Time, source string, id int, category, message string) {
	switch d.roll(6) {
	case 0:
		return "Information", at, "ESENT", 701, "General", "store.exe (3140) An online defragmentation of a mailbox database has finished."
	case 1:
		return "Information", at, "MSExchange ADAccess", 2080, "Topology", "The process STORE.EXE (PID=3140) has discovered these directory servers: dc01.contoso.com, dc02.contoso.com."
	case 2:
		return "Information", at, "LS User Services", 32003, "(1006)", "The user services have read their configuration again."
	case 3:
		return "Warning", at, "MSExchangeTransport", 1035, "SmtpReceive", "Inbound authentication failed for the receive connector \"Default UC01\": LogonDenied, source 10.20.4.17."
	case 4:
		return "Information", at, "Microsoft-Windows-Security-SPP", 903, "None", "The Software Protection service has stopped."
	}
	return "Information", at, "MSSQL$RTCLOCAL", 17137, "Server", "Starting up database 'rtcdyn'."
}
