#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A rebuild that can't be complete, as the source has lost sectors and the new
# member has no list for them, ends, isn't tried over and over, and the source
# stays; once it reads again the rebuild can be asked for.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

make_dm_member source "${DISK[0]}"
md_create /dev/md0 --level=1 --raid-devices=2 --metadata=0.90 --size=16M \
	/dev/mapper/source missing
fill /dev/md0
before=$(digest /dev/md0)
dm_set_error source read 20000 8
starts() { kernel_log | grep -c 'md/md0: recover from sector' || :; }
was=$(starts)
mdadm --quiet --add /dev/md0 "${DISK[1]}"
tried() { [ "$(starts)" -gt "$was" ] && sync_idle /dev/md0; }
[ "$DRIVER" = ours ] || skip "looks for our messages"
wait_for 60 tried
expect 1 md_attr /dev/md0 degraded
member_is /dev/md0 /dev/mapper/source in_sync || fail "the source is gone"
must_fail member_is /dev/md0 "${DISK[1]}" in_sync
after=$(starts)
[ $((after - was)) -le 3 ] || fail "tried $((after - was)) times"
# Any reason to look again that isn't about recovery changes nothing
md_attr /dev/md0 sync_action check || :
wait_sync /dev/md0
[ $(($(starts) - after)) -le 1 ] || fail "tried again"

dm_clear_error source
md_attr /dev/md0 sync_action recover
wait_recovered /dev/md0
expect "$before" digest /dev/md0
md_stop /dev/md0
expect "$before" digest "${DISK[1]}" 16
