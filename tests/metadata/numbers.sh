#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member has the same number here and in its superblock. mdadm --add takes one that
# is free here and writes it to the new member; if another superblock had it the array
# couldn't be assembled after a power failure in that moment.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 4

# numbers: "disk number" of each member, as the kernel has them
numbers() {
	sed -n 's/^md0 : //p' /proc/mdstat | grep -o '[a-z]*\[[0-9]*\]' | tr '[]' '  ' |
		sort | sed 's/ *$//'
}
# ... and as their superblocks have them
written() {
	local disk
	for disk; do
		echo "${disk##*/} $(mdadm --examine "$disk" | sed -n 's/^this *\([0-9]*\) .*/\1/p')"
	done | sort
}
agree() { [ "$(numbers)" = "$(written "$@")" ]; }

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=0.90 --size=32M --assume-clean \
	--bitmap=none "${DISK[@]:0:2}"
mdadm --quiet --grow /dev/md0 --raid-devices=3 --force
md_attr /dev/md0 sync_action frozen
for n in 3 4; do
	mdadm --quiet /dev/md0 --add "${DISK[n - 1]}"
	wait_for 60 agree "${DISK[@]:0:n}"
	[ "$(numbers | cut -d' ' -f2 | sort -u | wc -l)" = $n ]
done
md_attr /dev/md0 sync_action idle
wait_recovered /dev/md0
wait_for 60 agree "${DISK[@]:0:4}"

mdadm --quiet /dev/md0 --fail "${DISK[0]}"
wait_for 60 mdadm --quiet /dev/md0 --remove "${DISK[0]}"
wait_recovered /dev/md0
wait_for 60 agree "${DISK[@]:1:3}"
md_stop /dev/md0
md_assemble /dev/md0 "${DISK[@]:1:3}"
agree "${DISK[@]:1:3}"
