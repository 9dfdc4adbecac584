#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the list says is bad isn't read from that member, whatever it has there,
# and writing over all of it takes it off the list.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --assume-clean "${DISK[@]:0:2}"
fill /dev/md0 4
before=$(digest /dev/md0 4)
md_stop /dev/md0
dd if=/dev/urandom of="${DISK[0]}" bs=512 seek=1000 count=24 oflag=direct status=none
dd if=/dev/urandom of="${DISK[1]}" bs=512 seek=1100 count=8 oflag=direct status=none
md_assemble /dev/md0 "${DISK[@]:0:2}"
[ "$(digest "${DISK[0]}" 4)" != "$before" ] || fail "the digest sees nothing"
member_attr /dev/md0 "${DISK[0]}" bad_blocks "1000 24"
member_attr /dev/md0 "${DISK[1]}" bad_blocks "1100 8"
for _ in 1 2 3; do
	expect "$before" digest /dev/md0 4
done

# Half of it rewritten: half of it is left
dd if=/dev/zero of=/dev/md0 bs=512 seek=1000 count=8 oflag=direct status=none
expect "1008 16" bad_ranges /dev/md0 "${DISK[0]}"
dd if=/dev/zero of=/dev/md0 bs=4096 seek=120 count=32 oflag=direct status=none
expect "" bad_ranges /dev/md0 "${DISK[0]}"
expect "" bad_ranges /dev/md0 "${DISK[1]}"
after=$(digest /dev/md0 4)
md_stop /dev/md0
expect "$after" digest "${DISK[0]}" 4
expect "$after" digest "${DISK[1]}" 4
