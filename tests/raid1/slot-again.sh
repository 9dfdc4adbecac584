#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A half-recovered member that left its slot and got it again holds nothing that
# counts: what was written meanwhile is copied, too.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --size=16M "${DISK[0]}" missing
fill /dev/md0
md_attr /dev/md0 sync_max 16384
mdadm --quiet /dev/md0 --add "${DISK[1]}"
half_done() { [ "$(md_attr /dev/md0 sync_completed)" = "16384 / 32768" ]; }
wait_for 60 half_done
md_attr /dev/md0 sync_action frozen
expect 16384 member_attr /dev/md0 "${DISK[1]}" recovery_start

member_attr /dev/md0 "${DISK[1]}" slot none
random_stream new $((1 << 20)) | dd of=/dev/md0 bs=1M iflag=fullblock \
	oflag=direct status=none
before=$(digest /dev/md0)
member_attr /dev/md0 "${DISK[1]}" slot 1
md_attr /dev/md0 sync_max max
md_attr /dev/md0 sync_action recover
wait_recovered /dev/md0
mdadm --quiet --fail /dev/md0 "${DISK[0]}"
expect "$before" digest /dev/md0
md_stop /dev/md0
