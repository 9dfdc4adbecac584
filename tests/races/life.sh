# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests of arrays' and members' ends in this folder.
. "$(dirname "$0")/../lib/rc.sh"

# go_on SECONDS: that long (on the stock kernel as on the debug kernel), or
# RACE_SECONDS, have not passed yet
go_on() { [ "$SECONDS" -lt "${RACE_SECONDS:-$1}" ]; }

# in_time COMMAND...: what would never end takes longer than any machine is slow
in_time() {
	local status=0
	timeout -k 5 "$((60 * TIMEOUT_SCALE))" "$@" || status=$?
	[ "$status" != 124 ] && [ "$status" != 137 ] || fail "doesn't end: $*"
	return "$status"
}

# until_done COMMAND...: again while udev has the array open; each ends in time
until_done() {
	local tries
	for ((tries = 0; tries < 300; tries++)); do
		if in_time "$@" 2>/tmp/until_done; then return 0; fi
		sleep 0.1
	done
	fail "never succeeds: $*: $(cat /tmp/until_done)"
}

# pick WORD...: one of them
pick() { local n=$((RANDOM % $# + 1)); echo "${!n}"; }

race_seed() {
	RANDOM=${SEED:-$(($(date +%N | sed 's/^0*//') % 32768))}
	SEED=${SEED:-$RANDOM} RANDOM=$SEED
	echo "# SEED=$SEED"
}
