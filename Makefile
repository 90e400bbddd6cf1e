# Everything a contributor needs; `make help` lists it.
GO ?= go
FUZZTIME ?= 30s

.PHONY: help build test race fuzz bench golden docs samples lint check demo dist clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the program as ./ctlaudit
	$(GO) build -trimpath -o ctlaudit ./analyze

test: ## run all tests
	$(GO) test ./...

race: ## run all tests with the race detector
	$(GO) test -race ./...

fuzz: ## fuzz every parser for FUZZTIME each
	@for pkg in $$($(GO) list ./...); do \
	  for f in $$($(GO) test -list '^Fuzz' $$pkg 2>/dev/null | grep '^Fuzz'); do \
	    echo "$$pkg $$f"; $(GO) test $$pkg -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) || exit 1; \
	  done; done

bench: ## run the benchmarks
	$(GO) test ./... -run '^$$' -bench . -benchmem

golden: ## rewrite the golden files and the scripts' expectations
	$(GO) test ./reports/... -update
	UPDATE=1 $(GO) test ./analyze

docs: ## print rules/README.md and importers/README.md again
	$(GO) run ./analyze docs rules > rules/README.md.tmp && mv rules/README.md.tmp rules/README.md
	$(GO) run ./analyze docs importers > importers/README.md.tmp && mv importers/README.md.tmp importers/README.md

samples: ## write the samples again, byte for byte
	$(GO) run ./samples/gen

lint: ## gofmt, vet, staticcheck, and a tidy go.mod
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) mod tidy -diff
	$(GO) mod verify

check: lint test ## lint and test

demo: ## analyse the sample and write contoso.xlsx
	$(GO) run ./analyze samples/contoso -o contoso.xlsx --force

dist: ## build static programs for Windows and Linux into dist/
	@mkdir -p dist
	@for t in windows/amd64 windows/arm64 linux/amd64; do \
	  os=$${t%/*}; arch=$${t#*/}; ext=; [ $$os = windows ] && ext=.exe; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -ldflags='-s -w' -o dist/ctlaudit-$$os-$$arch$$ext ./analyze || exit 1; \
	done
	@cd dist && sha256sum ctlaudit-* > SHA256SUMS

clean: ## remove what the targets build
	rm -rf dist ctlaudit contoso.xlsx
