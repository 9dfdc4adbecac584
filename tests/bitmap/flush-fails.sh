#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Both members fail a flush of a metadata write that has a new bit in it: one of them
# fails, the other is kept, and by the bit that it gets later the first one's re-add
# copies what it has missed.
. "$(dirname "$0")/../lib/rc.sh"
modprobe -q nbd nbds_max=2 max_part=0 || skip "nbd is not there"
udevadm settle
echo 0 >/sys/module/md_mod/parameters/start_ro

PYTHONPATH=$(dirname "$0")/../races:$PYTHONPATH python3 "$(dirname "$0")/flush-fails.py"
wait_for 60 rmmod nbd 2>/dev/null
