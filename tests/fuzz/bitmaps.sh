#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mutated bitmaps of all formats are refused or harmless: data stays as it is, no splat,
# no hang. SEED=... repeats a run.
# timeout: 500
. "$(dirname "$0")/../lib/rc.sh"

seed=${SEED:-$RANDOM$RANDOM}
echo "# SEED=$seed"
modprobe brd rd_nr=2 rd_size=6144 max_part=0
udevadm settle
python3 "$(dirname "$0")/bitmaps.py" "$seed" "${ROUNDS:-15}" /dev/ram0 /dev/ram1 ||
	fail "SEED=$seed"
