#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The life of an array as an administrator leads it, with mdadm's commands.
# timeout: 400
. "$(dirname "$0")/../lib/rc.sh"
need_disks 4

md_create /dev/md0 --level=1 --raid-devices=2 --size=32M --bitmap=none "${DISK[@]:0:2}"
mdadm --quiet --wait /dev/md0 || :
wait_sync /dev/md0
expect none md_attr /dev/md0 resync_start
fill /dev/md0 16
before=$(digest /dev/md0 16)

mdadm --monitor --oneshot --scan --test --program /bin/true >/dev/null || fail "mdadm --monitor"
mdadm --detail /dev/md0 | grep -q 'State : \(clean\|active\) *$' || fail "$(mdadm --detail /dev/md0)"

mdadm --quiet /dev/md0 --fail "${DISK[0]}"
mdadm --detail /dev/md0 | grep -q 'State : .*degraded' || fail "$(mdadm --detail /dev/md0)"
md_remove /dev/md0 "${DISK[0]}"
mdadm --quiet /dev/md0 --add "${DISK[2]}"
mdadm --quiet --wait /dev/md0 || :
wait_recovered /dev/md0
must_fail mdadm --quiet /dev/md0 --remove "${DISK[1]}" 2>/dev/null
mdadm --quiet /dev/md0 --re-add "${DISK[0]}" 2>/dev/null ||
	mdadm --quiet /dev/md0 --add "${DISK[0]}"
mdadm --detail /dev/md0 | grep -q 'spare .*'"${DISK[0]}" || fail "$(mdadm --detail /dev/md0)"

mdadm --quiet --grow /dev/md0 --raid-devices=3
wait_recovered /dev/md0
mdadm --quiet --grow /dev/md0 --size=40M
wait_sync /dev/md0
expect $((40 << 20)) blockdev --getsize64 /dev/md0
mdadm --quiet --grow /dev/md0 --size=max
wait_sync /dev/md0
[ "$(blockdev --getsize64 /dev/md0)" -gt $((80 << 20)) ] || fail "size max"
mdadm --quiet --grow /dev/md0 --array-size=32M
mdadm --quiet --grow /dev/md0 --size=32M
mdadm --quiet /dev/md0 --fail "${DISK[1]}"
md_remove /dev/md0 "${DISK[1]}"
mdadm --quiet --grow /dev/md0 --raid-devices=2
expect 0 md_attr /dev/md0 degraded
expect "$before" digest /dev/md0 16

mdadm --quiet /dev/md0 --add "${DISK[3]}"
mdadm --quiet /dev/md0 --replace "${DISK[2]}"
replaced() { member_is /dev/md0 "${DISK[2]}" faulty; }
wait_for 60 replaced
wait_recovered /dev/md0
wait_for 60 mdadm --quiet --readonly /dev/md0	# udev may have it open
mdadm --quiet --readwrite /dev/md0
mdadm --quiet --action=check /dev/md0
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
md_stop /dev/md0
# Its superblock knows of three devices
mdadm --zero-superblock "${DISK[1]}"
uuid=$(mdadm --examine "${DISK[3]}" | sed -n 's/ *Array UUID : //p')
mdadm --quiet --assemble /dev/md0 --config=partitions --uuid="$uuid"
expect "$before" digest /dev/md0 16
md_stop /dev/md0
