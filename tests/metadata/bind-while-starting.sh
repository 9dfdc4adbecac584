#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member that is added while an array's start waits for the level's module takes
# its place, and isn't rebuilt as a spare.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

conf=/etc/modprobe.d/md-test.conf
md=/sys/block/md_test/md
add() { dev_no "$1" >$md/new_dev; }

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none \
	--size=16M --assume-clean "${DISK[@]:0:2}"
fill /dev/md0
before=$(digest /dev/md0)
md_stop /dev/md0
wait_for 60 rmmod raid1
rm -f /tmp/asked /tmp/go
mkfifo /tmp/go
trap 'rm -f $conf; modprobe raid1' EXIT
echo "install raid1 /bin/sh -c 'touch /tmp/asked; read x </tmp/go; exec /sbin/modprobe --ignore-install raid1'" >$conf

echo md_test >/sys/module/md_mod/parameters/new_array
echo 1.2 >$md/metadata_version
add "${DISK[0]}"
echo active >$md/array_state &
pid=$!
wait_for 60 test -e /tmp/asked
add "${DISK[1]}"
echo >/tmp/go
wait $pid
expect 0 md_attr md_test degraded
for i in 0 1; do
	expect in_sync member_attr md_test "${DISK[i]}" state
	expect $i member_attr md_test "${DISK[i]}" slot
done
expect "$before" digest /dev/md_test
md_attr md_test array_state clear
