#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member's data can't be moved to where the bitmap is, its last sector included.
. "$(dirname "$0")/../lib/rc.sh"
mdctl=$(dirname "$0")/../core/mdctl.py
need_disks 3

md_create /dev/md0 --level=1 --raid-devices=2 --spare-devices=1 --metadata=1.2 \
	--bitmap=internal --bitmap-chunk=4K --size=80M --assume-clean "${DISK[@]:0:3}"
md_stop /dev/md0
# Its log of bad blocks would be in the way, too
md_assemble /dev/md0 --update=no-bbl "${DISK[@]:0:3}"
mdadm --quiet --readwrite /dev/md0 || :
if mdadm --examine "${DISK[2]}" | grep 'Bad Block Log'; then skip "it has one"; fi
# 20480 bits and the head, from 8 sectors behind the superblock on
expect +8 md_attr /dev/md0 bitmap/location
offset=/sys/block/md0/md/dev-$(basename "${DISK[2]}")/offset
for ((sector = 16; sector < 22; sector++)); do
	expect EINVAL "$mdctl" write "$offset" $sector
done
expect ok "$mdctl" write "$offset" 24
expect ok "$mdctl" write "$offset" 2048
md_stop /dev/md0
