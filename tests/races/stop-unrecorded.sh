#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# STOP_ARRAY writes cached pages first; one of them meets a write error that userland
# has to record (external metadata). It can, and the array stops.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member weak "${DISK[1]}"
echo 0 >/sys/module/md_mod/parameters/start_ro
external_array /dev/md0 32768 0 "${DISK[0]}" /dev/mapper/weak
for d in "${DISK[0]}" /dev/mapper/weak; do
	member_attr /dev/md0 "$d" state external_bbl
done
md_attr /dev/md0 resync_start none
md_attr /dev/md0 array_state active
md_attr /dev/md0 safe_mode_delay 0
udevadm settle
dd if=/dev/zero of=/dev/md0 bs=4k seek=100 count=1 oflag=direct status=none &
wait_for 60 array_is /dev/md0 write-pending
md_attr /dev/md0 array_state active
wait $!
dm_set_error weak write

python3 "$(dirname "$0")/stopper.py" 4096 &
stopper=$!
unrecorded() { [ -n "$(member_attr /dev/md0 /dev/mapper/weak unacknowledged_bad_blocks)" ]; }
wait_for 60 unrecorded
# It may have to try again as udev has the array open
waits() { grep -qs md_stop /proc/$stopper/stack; }
wait_for 60 waits
member_attr /dev/md0 /dev/mapper/weak unacknowledged_bad_blocks >/tmp/ranges
while read -r range; do
	member_attr /dev/md0 /dev/mapper/weak bad_blocks "$range"
done </tmp/ranges
wait $stopper
# Whoever opens the number makes a new one
expect clear eval '! array_gone /dev/md0 && md_state /dev/md0 2>/dev/null || echo clear'
expect "$(printf '%4096s' '' | tr ' ' x | sha256sum)" \
	eval "head -c 4096 ${DISK[0]} | sha256sum"
