// Gen writes the files of the sample folders again, byte for byte:
//
//	go run ./samples/gen          writes them
//	go run ./samples/gen -check   only says which differ, and fails if any does
//	go run ./samples/gen -sums    prints what the stores add up to
//
// The writers of the formats here are made from the descriptions of the
// formats and share nothing with the importers, so that each is a check of the
// other. The public roots come from golang.org/x/crypto/x509roots; everything
// else is made up and signed with the test keys of the folder keys. Gen does
// not write the files that describe a case or what is expected of one.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// A file is one sample: its slash-separated path below the folder samples, and
// its bytes.
type file struct {
	path string
	data []byte
}

func main() {
	check := flag.Bool("check", false, "write nothing, and fail if a file differs")
	printSums := flag.Bool("sums", false, "print what the stores add up to")
	dir := flag.String("dir", "samples", "the `folder` of the samples")
	flag.Parse()
	if err := run(*dir, *check, *printSums); err != nil {
		fmt.Fprintf(os.Stderr, "gen: error: %v\n", err)
		os.Exit(1)
	}
}

func run(dir string, check, printSums bool) error {
	keys, err := loadKeys()
	if err != nil {
		return err
	}
	if printSums {
		return writeSums(keys)
	}
	files, err := all(keys)
	if err != nil {
		return err
	}
	if check {
		return compare(dir, files)
	}
	return write(dir, files)
}

// all makes every sample.
func all(keys keyring) ([]file, error) {
	files := []file{}
	for _, group := range []func(keyring) ([]file, error){contoso, fabrikam, northwind, vectors, broken} {
		more, err := group(keys)
		if err != nil {
			return nil, err
		}
		files = append(files, more...)
	}
	return files, nil
}

func write(dir string, files []file) error {
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// compare reports every file that is not there or differs.
func compare(dir string, files []file) error {
	var all error
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(f.path)))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			all = errors.Join(all, fmt.Errorf("%s is missing", f.path))
		case err != nil:
			all = errors.Join(all, err)
		case !bytes.Equal(data, f.data):
			all = errors.Join(all, fmt.Errorf("%s differs: %d bytes are there and %d are generated", f.path, len(data), len(f.data)))
		}
	}
	return all
}

func writeSums(keys keyring) error {
	elements, err := contosoStore(keys)
	if err != nil {
		return err
	}
	s := sum(elements, expiredAt(contosoExported))
	fmt.Printf("contoso/uc01/root.sst: %d elements, %d certificates, %d subjects\n", s.elements, s.certificates, s.subjects)
	fmt.Printf("sum of 2 + subject: %d over certificates, %d over subjects\n", s.wire, s.wireDistinct)
	fmt.Printf("trusted for client authentication: %d names, %d bytes, of which %d expired\n", s.clientAuth, s.clientAuthWire, s.clientAuthExpired)
	return nil
}

// expiredAt says whether a certificate has expired at a time.
func expiredAt(t time.Time) func(*certificate) bool {
	return func(c *certificate) bool { return c.expires.Before(t) }
}
