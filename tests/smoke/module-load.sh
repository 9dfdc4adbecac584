#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The modules load under the names that userland knows, can be taken out again,
# and register level and major.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"

[ "$(driver_loaded)" = "$DRIVER" ] || fail "loaded: $(driver_loaded)"
for p in new_array start_ro start_dirty_degraded create_on_open; do
	[ -e "/sys/module/md_mod/parameters/$p" ] || fail "no parameter $p"
done
for p in start_ro start_dirty_degraded; do
	for value in 1 0; do
		echo $value >/sys/module/md_mod/parameters/$p
		expect $value cat /sys/module/md_mod/parameters/$p
	done
done
grep -q '^ *9 md$' /proc/devices || fail "major 9 is not ours"
grep -q '\[raid1\]' /proc/mdstat || fail "no raid1 in /proc/mdstat"
[ -e /proc/sys/dev/raid/speed_limit_max ] || fail "no speed limits"

wait_for 60 md_unload
[ ! -e /proc/mdstat ] || fail "/proc/mdstat without a driver"
if grep -q '^ *9 md$' /proc/devices; then fail "major 9 is still there"; fi
# Without what Debian's mdadm has in /etc/modprobe.d
insmod "$(modinfo -F filename md-mod)"
expect 0 cat /sys/module/md_mod/parameters/start_ro
wait_for 60 md_unload
use_driver "$DRIVER"
grep -q '\[raid1\]' /proc/mdstat || fail "no raid1 after loading again"
