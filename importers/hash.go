package importers

import (
	"context"
	"crypto/sha256"
	"io"
	"sync/atomic"
)

const (
	hashBlock  = 1 << 20
	hashBlocks = 4
)

// A hashingReader reads a file ahead on a goroutine of its own, which hashes
// each block while the reader's user parses it: hashing is the dearest part of
// an import and has a core to itself.
type hashingReader struct {
	full chan []byte // blocks read; closed at the end of the file
	free chan []byte // blocks to read into
	done chan struct{}
	quit chan struct{}

	block, rest []byte
	err         error // of reading; set before full is closed
	n           int64
	sum         [32]byte
}

func newHashingReader(r io.Reader, count *atomic.Int64) *hashingReader {
	h := &hashingReader{
		full: make(chan []byte, hashBlocks), free: make(chan []byte, hashBlocks),
		done: make(chan struct{}), quit: make(chan struct{}),
	}
	go h.run(r, count)
	return h
}

func (h *hashingReader) run(r io.Reader, count *atomic.Int64) {
	defer close(h.done)
	digest := sha256.New()
	made := 0
	for {
		var buf []byte
		select {
		case buf = <-h.free:
		default:
			if made < hashBlocks {
				// The first blocks are small: most files of an export are.
				buf = make([]byte, min(hashBlock, 64<<10<<(2*made)))
				made++
			} else {
				select {
				case buf = <-h.free:
				case <-h.quit:
					close(h.full)
					return
				}
			}
		}
		n, err := io.ReadFull(r, buf[:cap(buf)])
		if n > 0 {
			select {
			case h.full <- buf[:n]:
			case <-h.quit:
				close(h.full)
				return
			}
			digest.Write(buf[:n])
			h.n += int64(n)
			count.Add(int64(n))
		}
		if err != nil {
			if err != io.EOF && err != io.ErrUnexpectedEOF {
				h.err = err
			}
			digest.Sum(h.sum[:0])
			close(h.full)
			return
		}
	}
}

// Read implements io.Reader.
func (h *hashingReader) Read(p []byte) (int, error) {
	if len(h.rest) == 0 && !h.next() {
		if h.err != nil {
			return 0, h.err
		}
		return 0, io.EOF
	}
	n := copy(p, h.rest)
	h.rest = h.rest[n:]
	return n, nil
}

func (h *hashingReader) next() bool {
	if h.block != nil {
		h.free <- h.block
		h.block = nil
	}
	block, ok := <-h.full
	h.block, h.rest = block, block
	return ok
}

// finish reads what the importer left, so that the digest is of the whole
// file, and returns the number of bytes and the digest.
func (h *hashingReader) finish(ctx context.Context) (int64, [32]byte, error) {
	for h.next() {
		if ctx.Err() != nil {
			return 0, h.sum, ctx.Err()
		}
	}
	<-h.done
	return h.n, h.sum, h.err
}

// stop ends the goroutine; the digest is lost if finish was not called.
func (h *hashingReader) stop() {
	select {
	case <-h.done:
		return
	default:
	}
	close(h.quit)
	for range h.full {
	}
	<-h.done
}
