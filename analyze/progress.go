package main

import (
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"github.com/ctlaudit/ctlaudit/rules"
)

// A progress shows on a terminal how far a long run is. The zero value shows
// nothing.
type progress struct {
	out   io.Writer
	bytes *atomic.Int64
	hosts atomic.Int64
	total int
	quit  chan struct{}
	done  chan struct{}
}

// progressDelay is how long a run lasts before anything is shown.
const progressDelay = 500 * time.Millisecond

// startProgress shows the bytes and hosts read, until stop is called. It shows
// nothing where standard error is no terminal or --quiet was given.
func startProgress(w world, quiet bool, bytes *atomic.Int64, hosts int) *progress {
	p := &progress{out: w.stderr, bytes: bytes, total: hosts}
	if quiet || !w.progress {
		return p
	}
	p.quit, p.done = make(chan struct{}), make(chan struct{})
	go p.run()
	return p
}

func (p *progress) run() {
	defer close(p.done)
	tick := time.NewTicker(progressDelay)
	defer tick.Stop()
	shown := 0
	for {
		select {
		case <-p.quit:
			if shown > 0 {
				fmt.Fprintf(p.out, "\r%s\r", strings.Repeat(" ", shown))
			}
			return
		case <-tick.C:
			line := fmt.Sprintf("reading: %s MiB", rules.Grouped(int(p.bytes.Load()>>20)))
			if p.total > 1 {
				line += fmt.Sprintf(", %s of %s hosts done", rules.Grouped(int(p.hosts.Load())), rules.Grouped(p.total))
			}
			fmt.Fprintf(p.out, "\r%s%s", line, strings.Repeat(" ", max(0, shown-len(line))))
			shown = max(shown, len(line))
		}
	}
}

func (p *progress) stop() {
	if p.quit != nil {
		close(p.quit)
		<-p.done
	}
}
