package main

import (
	"crypto/rsa"
	"crypto/x509"
	"embed"
	"encoding/pem"
	"fmt"
)

//go:embed keys/*.pem
var keyFiles embed.FS

// A keyring holds the test keys by the name of their file without ".pem".
type keyring map[string]*rsa.PrivateKey

// loadKeys reads the stored test keys.
func loadKeys() (keyring, error) {
	entries, err := keyFiles.ReadDir("keys")
	if err != nil {
		return nil, err
	}
	keys := keyring{}
	for _, e := range entries {
		data, err := keyFiles.ReadFile("keys/" + e.Name())
		if err != nil {
			return nil, err
		}
		block, _ := pem.Decode(data)
		if block == nil {
			return nil, fmt.Errorf("keys/%s holds no PEM block", e.Name())
		}
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("keys/%s: %w", e.Name(), err)
		}
		keys[e.Name()[:len(e.Name())-len(".pem")]] = key
	}
	return keys, nil
}
