#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two arrays take turns under one name while others open the device, with mdadm
# --monitor and udev running: an open ends at once, what it has found stays until
# it is closed, the name is free as soon as the array is gone, and its next owner's
# data is what is read.
# debug: yes
# kmemleak: yes
# timeout: 300
. "$(dirname "$0")/life.sh"
need_disks 6
reader=$(dirname "$0")/opener.py
new=/sys/module/md_mod/parameters/new_array

echo 1 >/sys/module/md_mod/parameters/create_on_open
[ -b /dev/md0 ] || mknod /dev/md0 b 9 0
for i in 0 1; do
	md_create /dev/md0 --level=1 --raid-devices=2 --size=8M --bitmap=none \
		--assume-clean "${DISK[@]:2 * i:2}"
	python3 -c "import sys; sys.stdout.write('array $i\n' * 1024 * 64)" |
		dd of=/dev/md0 bs=64k oflag=direct iflag=fullblock status=none
	until_done mdadm --stop --quiet /dev/md0
done

# Without one of these the monitor would end
md_create /dev/md9 --level=1 --raid-devices=2 --size=8M --bitmap=none --assume-clean \
	"${DISK[@]:4:2}"

rm -f /tmp/stop /tmp/events
cat >/tmp/program <<-'END'
	#!/bin/sh
	echo "$*" >>/tmp/events
END
chmod +x /tmp/program
mdadm --monitor --scan --delay=1 --program=/tmp/program &
monitor=$!
openers=()
for kind in buffered direct brief; do
	python3 "$reader" $kind /dev/md0 /tmp/stop &
	openers+=($!)
done
watch() {
	while [ ! -e /tmp/stop ]; do
		cat /sys/block/md0/md/* /proc/mdstat >/dev/null 2>&1 || :
		blockdev --rereadpt /dev/md0 2>/dev/null || :
		mdadm --detail /dev/md0 >/dev/null 2>&1 || :
	done
}
watch &
watcher=$!

turns=0
while go_on 25 || [ $turns -lt 6 ]; do
	i=$((turns % 2))
	until_done mdadm --assemble --quiet /dev/md0 "${DISK[@]:2 * i:2}"
	expect "array $i" head -n 1 /dev/md0
	until_done mdadm --stop --quiet /dev/md0
	# Gone, going, or opened again by somebody: the name is there to be had
	in_time sh -c "echo md0 >$new" || fail "the name isn't free"
	expect clear md_state /dev/md0
	until_done sh -c 'echo clear >/sys/block/md0/md/array_state'
	turns=$((turns + 1))
done
echo "# $turns turns"
# It looks once a second
wait_for 60 grep -qs NewArray /tmp/events
touch /tmp/stop
for pid in "${openers[@]}"; do wait "$pid"; done
wait $watcher
kill -0 $monitor || fail "mdadm --monitor has ended"
kill $monitor
wait $monitor || :
echo "# the monitor has seen $(wc -l </tmp/events) events"

until_done mdadm --stop --quiet /dev/md9
# Nothing is left of them, or this would wait for it
wait_for 60 md_unload
use_driver "$DRIVER"
