# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # used by the scripts that source this
# Paths and small helpers that the host-side scripts share. Sourced, not run.

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$VM_DIR/../.." && pwd)
CACHE=${MDRAID_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/md-raid}
APT=$CACHE/apt
KERNEL_SERIES=6.12

say() { printf '== %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# as_root COMMAND...: through sudo where we are not root
as_root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# hash_of FILES and words on stdin: one key for whatever went into a cached thing
hash_of() { sha256sum | cut -c1-16; }

# up_to_date DIR KEY: true if DIR was finished with that key
up_to_date() { [ "$(cat "$1/.key" 2>/dev/null)" = "$2" ]; }

# The stock kernel's release (6.12.x+deb..-amd64) and the debug kernel's
stock_release() { cat "$CACHE/stock/release"; }
debug_release() { cat "$CACHE/debug/release"; }

# kdir_of stock|debug: the tree that modules for that kernel are built against
kdir_of() {
	case $1 in
	stock) cat "$CACHE/stock/kdir" ;;
	debug) echo "$CACHE/debug/build" ;;
	*) die "unknown kernel $1 (stock or debug)" ;;
	esac
}

# ccache, where it is there, in front of the compiler
ccache_prefix() { if command -v ccache >/dev/null; then echo 'ccache '; fi; }
