// Command ctlaudit analyses, offline, what was exported from Windows machines:
// certificate stores, registry settings and event logs. It says whether a
// server's Schannel can still tell its TLS peers which authorities it trusts
// (KB 2464556), and what is safe to do where it cannot.
//
// It reads files, judges them and writes reports. It opens no network
// connection and changes none of its inputs.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"time"
)

// The exit statuses.
const (
	exitOK         = 0 // nothing failed at or above --fail-on
	exitFailed     = 1 // something did
	exitUsage      = 2 // the command line or a file of criteria is wrong
	exitIncomplete = 3 // evidence could not be read whole
	exitNothing    = 4 // no fact was read: there is nothing to judge
	exitCancelled  = 130
)

// A world is what the program has of the outside; tests give their own.
type world struct {
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	args           []string // of the command line, without the program's name
	terminal       bool     // stdout is a terminal
	progress       bool     // stderr is a terminal, so that progress may be shown there
	width          int      // of the terminal in columns, 0 if there is none
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	// The heap stays small whatever the exports' length, so collecting it less
	// often costs little memory and saves a fifth of the time.
	debug.SetGCPercent(400)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	os.Exit(run(ctx, os.Args[1:], realWorld()))
}

// run is the program without the process around it.
func run(ctx context.Context, args []string, w world) int {
	status := exitOK
	w.args = args
	root := rootCommand(w, &status)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage *usageError
	switch {
	case err == nil:
		return status
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w.stderr, "ctlaudit: error: interrupted; no report was written")
		return exitCancelled
	case errors.As(err, &usage):
		w.complain("error", usage.Error())
		if usage.hint != "" {
			w.complain("hint", usage.hint)
		}
		return exitUsage
	}
	w.complain("error", err.Error())
	return exitUsage
}

// A usageError is something that the user has to put right before anything
// can be judged.
type usageError struct {
	err  error
	hint string
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{err: fmt.Errorf(format, args...)}
}
