#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A write-mostly member isn't read as long as there is another.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --assume-clean \
	--write-mostly "${DISK[0]}" --no-write-mostly "${DISK[1]}" 2>/dev/null ||
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --assume-clean \
	"${DISK[1]}" --write-mostly "${DISK[0]}"
member_is /dev/md0 "${DISK[0]}" write_mostly || fail "not write-mostly"
grep -q '(W)' /proc/mdstat || fail "mdstat doesn't say (W)"
reads() { awk '{ print $3 }' "/sys/block/$(md_dev "$1")/stat"; }
fill /dev/md0 8
before=$(digest /dev/md0 8)
udevadm settle	# it reads the members, too
was=$(reads "${DISK[0]}")
was_other=$(reads "${DISK[1]}")
expect "$before" digest /dev/md0 8
expect "$was" reads "${DISK[0]}"
[ "$(reads "${DISK[1]}")" -ge $((was_other + 8 * 2048)) ] || fail "who was read?"

# Switched off and on while the array runs
member_attr /dev/md0 "${DISK[0]}" state -writemostly
member_attr /dev/md0 "${DISK[1]}" state writemostly
was=$(reads "${DISK[1]}")
expect "$before" digest /dev/md0 8
expect "$was" reads "${DISK[1]}"

# The only one left is read
mdadm --quiet --fail /dev/md0 "${DISK[0]}"
expect "$before" digest /dev/md0 8
md_stop /dev/md0
