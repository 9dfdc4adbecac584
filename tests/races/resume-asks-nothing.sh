#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A spare that can't be used, and failing attempts to add it: no sync starts for it,
# and the array is suspended at most once for each thing that was asked for.
# Documentation/races.md, 2.
# debug: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 4
[ "$DRIVER" = ours ] || skip "counts our tracepoints"

# The only good copy has lost sectors, and metadata 0.90 has no list for what can't
# be copied: no spare can ever be rebuilt
make_dm_member source "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=0.90 --size=32M \
	/dev/mapper/source missing
fill /dev/md0
dm_set_error source read 50000 8
mdadm --quiet --add /dev/md0 "${DISK[1]}"
given_up() { kernel_log | grep 'md/md0: recover failed at' >/dev/null && sync_idle /dev/md0; }
wait_for 60 given_up
expect 1 md_attr /dev/md0 degraded

# Too small, and of another array
dmsetup create small --table "0 8192 linear ${DISK[2]} 0"
md_create /dev/md9 --level=1 --raid-devices=1 --force --metadata=0.90 "${DISK[3]}"
md_stop /dev/md9
udevadm settle
python3 "$(dirname "$0")/resume-asks-nothing.py" 20 /dev/mapper/small "${DISK[3]}" ||
	fail "see above"
expect 1 md_attr /dev/md0 degraded

# What userland asks for is tried
dm_clear_error source
md_attr /dev/md0 sync_action recover
wait_recovered /dev/md0
before=$(digest /dev/md0)
md_stop /dev/md0
expect "$before" digest "${DISK[1]}" 32
