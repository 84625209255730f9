# What a person types here. `make setup` once, then the rest in any order.

# What a bare Debian 12 lacks to build and run this with Swift 6.3.
PACKAGES := binutils ca-certificates g++ git libc6-dev libcurl4-openssl-dev libedit2 \
	libgcc-12-dev libncurses6 libsimdjson-dev libsqlite3-dev libssl-dev libstdc++-12-dev libxml2 \
	pkg-config python3 python3-venv tzdata zlib1g-dev

# Programs for the SDK, and the package of each; another distribution's do as well.
PROGRAMS := node:nodejs npm:npm tsc:node-typescript

SOURCES := $(wildcard Package.swift Sources Functions LocalRuntime SDK/swift Tests Benchmarks)
ONE_WAY := --explicit-target-dependency-import-check error

.PHONY: setup demo test lint bench serve

# Installs with apt only what is missing; as root, or else with sudo.
setup:
	@missing=; \
	for package in $(PACKAGES); do \
		dpkg-query --show --showformat='$${Status}' "$$package" 2>/dev/null \
			| grep -q 'ok installed' || missing="$$missing $$package"; \
	done; \
	for program in $(PROGRAMS); do \
		command -v "$${program%:*}" >/dev/null || missing="$$missing $${program#*:}"; \
	done; \
	if [ -n "$$missing" ]; then \
		echo "setup: installing$$missing"; \
		as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
		$$as_root apt-get update -q \
			&& DEBIAN_FRONTEND=noninteractive \
				$$as_root apt-get install -q -y --no-install-recommends $$missing; \
	fi
	@command -v swift >/dev/null \
		|| { echo "setup: Swift 6.3 is missing; see https://www.swift.org/install" >&2; exit 1; }

# Starts a real server, feeds it a month of usage and checks its invoices against a recount.
demo: setup
	swift build -c release --product tallystick
	swift build -c release --product tallystick-demo
	"$$(swift build -c release --show-bin-path)/tallystick-demo" $(ARGS)

# Also fails where a target imports what it does not depend on: imports point one way. What an event
# allocates is asked of a release build, for a debug build boxes what it likes; so are simulated years
# of billing, each invoice of which the audit reckons again.
test: setup
	.ci/python-tools
	swift build -c release --product benchmarks
	swift build -c release --product simulation
	"$$(swift build -c release --show-bin-path)/benchmarks" ledger --samples 5
	"$$(swift build -c release --show-bin-path)/simulation" --seeds 1...200
	swift build --build-tests $(ONE_WAY)
	TALLYSTICK_PROGRAM="$$(swift build --show-bin-path)/tallystick" npm --prefix SDK/typescript test
	swift test $(ONE_WAY) $(ARGS)

lint:
	swift format lint --strict --recursive $(SOURCES)
	.ci/hygiene

# For example: make bench ARGS=pricing, or ARGS='ingest --quick', or ARGS='sdk --quick'. Fails where a
# target is missed.
bench: setup
	swift build -c release --product tallystick
ifneq ($(firstword $(ARGS)),sdk)
	swift build -c release --product benchmarks
	@.ci/python-tools Benchmarks/python-requirements.txt .build/python-benchmarks \
		|| echo "bench: without DuckDB, which is compared with where it can be installed" >&2
	"$$(swift build -c release --show-bin-path)/benchmarks" $(ARGS)
endif
ifneq ($(filter sdk,$(or $(firstword $(ARGS)),sdk)),)
	TALLYSTICK_PROGRAM="$$(swift build -c release --show-bin-path)/tallystick" \
		npm --prefix SDK/typescript run bench -- $(wordlist 2,$(words $(ARGS)),$(ARGS))
endif

# For example: make serve ARGS='--data tallystick.db --catalog catalog.yaml'
serve: setup
	swift run -c release tallystick serve $(ARGS)
