#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# --re-add without a bitmap: refused when the array was written to without the
# member, which is then rebuilt as a spare; accepted when no data has changed.
# debug: yes
# timeout: 300
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

copies_equal() {
	local start=$(($(member_attr /dev/md0 "${DISK[1]}" offset) * 512))
	blockdev --flushbufs "${DISK[0]}" "${DISK[1]}"
	cmp -i $start -n $((40 << 20)) "${DISK[0]}" "${DISK[1]}"
}
refused() { must_fail mdadm --quiet /dev/md0 --re-add "${DISK[1]}" 2>/dev/null; }
leave() {
	mdadm --quiet /dev/md0 --fail "${DISK[1]}"
	md_remove /dev/md0 "${DISK[1]}"
}

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=40M "${DISK[@]:0:2}"
wait_sync /dev/md0
fill /dev/md0 8
leave
fill /dev/md0 9
before=$(digest /dev/md0)
refused
expect 1 md_attr /dev/md0 degraded
mdadm --quiet /dev/md0 --add "${DISK[1]}"
wait_recovered /dev/md0
expect "$before" digest /dev/md0
copies_equal

# Clean, and stays so while the member is away
wait_for 60 array_is /dev/md0 clean
leave
mdadm --quiet /dev/md0 --re-add "${DISK[1]}"
expect 0 md_attr /dev/md0 degraded
expect 1 member_attr /dev/md0 "${DISK[1]}" slot

# Assembled with one, which goes read-write: nothing is written, either
md_stop /dev/md0
md_assemble /dev/md0 --run "${DISK[0]}"
expect 1 md_attr /dev/md0 degraded
mdadm --quiet /dev/md0 --re-add "${DISK[1]}"
expect 0 md_attr /dev/md0 degraded
expect in_sync member_attr /dev/md0 "${DISK[1]}" state
expect "$before" digest /dev/md0
copies_equal

# One write is enough
md_stop /dev/md0
md_assemble /dev/md0 --run "${DISK[0]}"
dd if=/dev/urandom of=/dev/md0 bs=4k count=1 oflag=direct status=none
refused
md_stop /dev/md0

# Both were written to when the power failed: they may differ, so one of them alone
# is no reason to believe the other
mdadm --zero-superblock "${DISK[@]:0:2}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=40M "${DISK[@]:0:2}"
wait_sync /dev/md0
md_attr /dev/md0 safe_mode_delay 0
dd if=/dev/zero of=/dev/md0 bs=4k count=1 oflag=direct status=none
for i in 0 1; do dd if="${DISK[i]}" of=/tmp/sb$i bs=64k count=1 iflag=direct status=none; done
md_stop /dev/md0
for i in 0 1; do dd if=/tmp/sb$i of="${DISK[i]}" bs=64k oflag=direct conv=notrunc status=none; done
md_assemble /dev/md0 --run "${DISK[0]}"
refused
md_stop /dev/md0
