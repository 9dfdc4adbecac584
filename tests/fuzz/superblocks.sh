#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mutated sets of superblocks of all formats and levels are refused, with nothing
# written, or harmless: no splat, no hang, no leak, and the modules can be taken
# out afterwards. SEED=... repeats a run.
# kmemleak: yes
# timeout: 900
. "$(dirname "$0")/../lib/rc.sh"

rounds=300
[ "$KERNEL" != debug ] || rounds=40
seed=${SEED:-$RANDOM$RANDOM}
echo "# SEED=$seed"
modprobe brd rd_nr=4 rd_size=6144 max_part=0
udevadm settle
python3 "$(dirname "$0")/superblocks.py" "$seed" "${ROUNDS:-$rounds}" /dev/ram0 /dev/ram1 /dev/ram2 /dev/ram3 ||
	fail "SEED=$seed"
wait_for 60 md_unload
use_driver "$DRIVER"
