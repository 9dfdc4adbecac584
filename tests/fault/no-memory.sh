#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every allocation fails once in creating, assembling, running, extending and
# stopping an array, in adding and removing members, slots and a bitmap while it runs,
# and in loading that: the step is refused, undone, and works when tried again.
# kmemleak: yes
# timeout: 400
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3
[ -e /sys/kernel/debug/failslab ] || skip "the kernel has no failslab"
[ -e /proc/self/fail-nth ] || skip "the kernel has no fail-nth"

for f in failslab fail_page_alloc fail_make_request; do
	[ ! -e /sys/kernel/debug/$f ] || echo 0 >/sys/kernel/debug/$f/verbose
done
echo N >/sys/kernel/debug/failslab/ignore-gfp-wait
echo N >/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait
md_create /dev/md0 --level=1 --raid-devices=2 --size=4M --metadata=1.2 \
	--assume-clean "${DISK[0]}" "${DISK[1]}"
fill /dev/md0 1
before=$(digest /dev/md0 1)
mdadm --quiet /dev/md0 --add "${DISK[2]}"
md_stop /dev/md0

python3 "$(dirname "$0")/no-memory.py" "${DISK[@]:0:3}"

md_assemble /dev/md0 "${DISK[@]:0:3}"
expect "$before" digest /dev/md0 1
expect +8 md_attr /dev/md0 bitmap/location
mdadm --quiet --readwrite /dev/md0 || :
wait_sync /dev/md0
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
md_stop /dev/md0

# Nothing of an array that could not be created is left, or this would wait for it
wait_for 60 md_unload
use_driver "$DRIVER"
