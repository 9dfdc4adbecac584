#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An array with an internal bitmap, which our driver doesn't keep yet: after it
# was written under ours and lost power, and after a member was left out, the
# in-tree driver trusts no stale bitmap.
# timeout: 240
. "$(dirname "$0")/common.sh"
need_disks 8
make_slices 4
formats=(0.90 1.0 1.1 1.2)

use_driver intree
for i in "${!formats[@]}"; do
	mapfile -t m < <(members "/dev/md$i")
	new_array "/dev/md$i" "${formats[i]}" --bitmap=internal --raid-devices=2 "${m[@]}"
	md_stop "/dev/md$i"
done

use_driver "$OURS"
for i in "${!formats[@]}"; do
	md=/dev/md$i
	mapfile -t m < <(members "$md")
	md_assemble "$md" "${m[@]}"
	same_data "$md"
	go_active "$md"
	md_attr "$md" safe_mode_delay 0
	dd if=/dev/zero of="$md" bs=64k seek=$((20 * 16)) count=1 oflag=direct status=none
	cut_power "${m[0]}"
	dd if=/dev/urandom of="$md" bs=64k seek=$((20 * 16)) count=4 oflag=direct status=none
	cut_power "${m[1]}"
	md_stop "$md"
	restore_power "${m[@]}"
done

use_driver intree
for i in "${!formats[@]}"; do
	md=/dev/md$i
	echo "# ${formats[i]}: after power loss"
	mapfile -t m < <(members "$md")
	md_assemble "$md" "${m[@]}"
	go_active "$md"
	wait_sync "$md"
	expect 0 mismatches "$md"
	same_data "$md"
	md_stop "$md"
done

# A member is left out under ours, written to, and comes back under the in-tree one
use_driver "$OURS"
for i in "${!formats[@]}"; do
	md=/dev/md$i
	mapfile -t m < <(members "$md")
	md_assemble "$md" --run "${m[1]}"
	go_active "$md"
	dd if=/dev/urandom of="$md" bs=64k seek=$((30 * 16)) count=4 oflag=direct,sync status=none
	md_stop "$md"
done
use_driver intree
for i in "${!formats[@]}"; do
	md=/dev/md$i
	echo "# ${formats[i]}: a member comes back"
	mapfile -t m < <(members "$md")
	md_assemble "$md" --run "${m[1]}"
	go_active "$md"
	mdadm --quiet "$md" --re-add "${m[0]}" || mdadm --quiet "$md" --add "${m[0]}"
	wait_recovered "$md"
	expect 0 mismatches "$md"
	same_data "$md"
	md_stop "$md"
done
