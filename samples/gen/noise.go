package main

import (
	"fmt"
	"time"
)

// Schannel's messages. The long ones are in words of our own; those that carry
// a number keep the place in which Windows puts it.
const (
	listTruncated = "When this server asks a client for its certificate, it sends the names of the certification authorities that it trusts. " +
		"It trusts so many that the list became too long, so the list was truncated. " +
		"The administrator of this computer should review which authorities have to be trusted for client authentication, and remove the others."
	alertReceived  = "The following fatal alert was received: %d."
	alertGenerated = "The following fatal alert was generated: %d. The internal error state is %d."
)

// services are what a Windows server's Service Control Manager reports day by
// day.
var services = []string{
	"Windows Modules Installer", "WMI Performance Adapter", "Application Experience", "Windows Update",
	"Portable Device Enumerator", "Multimedia Class Scheduler", "Software Protection", "Volume Shadow Copy",
	"WinHTTP Web Proxy Auto-Discovery", "Distributed Transaction Coordinator", "Remote Registry", "Windows Error Reporting",
}

// systemNoise gives what a System log holds besides Schannel: a number of
// events for each day from first to last.
func systemNoise(d *dice, first, last time.Time, perDay int) []event {
	events := []event{}
	for day, n := first, 0; day.Before(last); day, n = day.AddDate(0, 0, 1), n+1 {
		noon := day.Add(12 * time.Hour)
		if noon.Before(last) {
			events = append(events, event{"Information", noon, "EventLog", 6013, "None", fmt.Sprintf("The system uptime is %d seconds.", 381_204+86_400*n)})
		}
		end := day.AddDate(0, 0, 1)
		if end.After(last) {
			end = last
		}
		for range perDay {
			events = append(events, systemEvent(d, d.between(day, end)))
		}
	}
	return events
}

func systemEvent(d *dice, at time.Time) event {
	service := services[d.roll(len(services))]
	switch d.roll(12) {
	case 0:
		return event{"Information", at, "Service Control Manager", 7040, "None",
			fmt.Sprintf("The start type of the %s service was changed from demand start to auto start.", service)}
	case 1:
		return event{"Warning", at, "Microsoft-Windows-DNS-Client", 1014, "None",
			"Name resolution for the name ctldl.windowsupdate.com timed out after none of the configured DNS servers responded."}
	case 2:
		return event{"Information", at, "Microsoft-Windows-GroupPolicy", 1501, "None",
			"The Group Policy settings for the user were processed successfully. No changes were found since the last processing."}
	case 3:
		return event{"Information", at, "Microsoft-Windows-Time-Service", 37, "None",
			"The time provider NtpClient is receiving valid time data from a domain controller."}
	case 4:
		return event{"Warning", at, "Microsoft-Windows-WinRM", 10154, "None",
			"The WinRM service could not create its service principal names.\r\n\r\n Additional data \r\n The error was 8344: insufficient access rights."}
	}
	state := [...]string{"running", "stopped"}[d.roll(2)]
	return event{"Information", at, "Service Control Manager", 7036, "None", fmt.Sprintf("The %s service entered the %s state.", service, state)}
}

// busy gives a moment in the working hours of a day.
func busy(d *dice, day time.Time) time.Time {
	return d.between(day.Add(7*time.Hour), day.Add(19*time.Hour))
}
