#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# /proc/mdstat to the letter: each kind of line that tools parse.
# timeout: 400
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

names=()
for d in "${DISK[@]:0:3}"; do names+=("$(basename "$(readlink -f "$d")")"); done
# What follows the line of the array, blanks made visible
body() { sed -n '/^md0 :/,/^unused/p' /proc/mdstat | sed 1d | tr '\t ' 't_'; }
matches() { [[ $(body) =~ ^$1$ ]]; }
line() { grep '^md0 :' /proc/mdstat; }
create() { md_create /dev/md0 --level=1 --raid-devices=2 --size=32M --bitmap=none "$@" "${DISK[@]:0:2}"; }
end=$'\n______\nunused_devices:_<none>'

expect "unused devices: <none>" tail -n1 /proc/mdstat
head -n1 /proc/mdstat | grep -q '^Personalities : \(.*\] \)*\[raid1\] \(.*\] \)*$' ||
	fail "$(head -n1 /proc/mdstat)"

create --metadata=1.2 --assume-clean
expect "md0 : active raid1 ${names[1]}[1] ${names[0]}[0]" line
expect "______32768_blocks_super_1.2_[2/2]_[UU]$end" body
mdadm --quiet /dev/md0 --add "${DISK[2]}"
member_attr /dev/md0 "${DISK[0]}" state writemostly
md_attr /dev/md0 sync_action frozen
mdadm --quiet /dev/md0 --fail "${DISK[1]}"
expect "md0 : active raid1 ${names[2]}[2](S) ${names[1]}[1](F) ${names[0]}[0](W)" line
expect "______32768_blocks_super_1.2_[2/1]_[U_]$end" body

bar='\[=*>\.*\]__'
number='_*[0-9]+\.[0-9]%_\([0-9]+/32768\)_finish=[0-9]+\.[0-9]min_speed=[0-9]+K/sec'
md_attr /dev/md0 sync_max 2048
md_attr /dev/md0 sync_action recover
wait_for 60 matches "______32768_blocks_super_1.2_\[2/1\]_\[U_\]"$'\n'"______${bar}recovery_=$number$end"
body | grep -q '\[>\.\{20\}\]' || fail "$(body)"
md_attr /dev/md0 sync_max max
wait_recovered /dev/md0
for action in check:check repair:resync; do
	md_attr /dev/md0 sync_max 40960
	md_attr /dev/md0 sync_action "${action%:*}"
	wait_for 60 matches ".*______${bar}${action#*:}_=_62\.5%.*$end"
	body | grep -q '\[============>\.\{8\}\]' || fail "$(body)"
	md_attr /dev/md0 sync_action idle
	wait_sync /dev/md0
done

md_attr /dev/md0 array_state readonly
line | grep -q '^md0 : active (read-only) raid1 ' || fail "$(line)"
md_attr /dev/md0 array_state read-auto
line | grep -q '^md0 : active (auto-read-only) raid1 ' || fail "$(line)"
md_attr /dev/md0 array_state inactive
line | grep -q "^md0 : inactive ${names[2]}" || fail "$(line)"
matches "______[0-9]+_blocks_super_1.2"$'\n'"_______"$'\n'"unused_devices:_<none>" || fail "$(body)"
md_stop /dev/md0

create --metadata=0.90 --assume-clean
expect "______32768_blocks_[2/2]_[UU]$end" body
md_stop /dev/md0
mdadm --quiet --build /dev/md0 --level=1 --raid-devices=2 --size=32M --assume-clean "${DISK[@]:0:2}"
expect "______32768_blocks_super_non-persistent_[2/2]_[UU]$end" body
md_stop /dev/md0

# No sync gets anywhere until the test has seen it
echo 1 >/proc/sys/dev/raid/speed_limit_min
echo 1 >/proc/sys/dev/raid/speed_limit_max

create --metadata=1.2
md_attr /dev/md0 sync_action frozen
wait_for 60 matches "______32768_blocks_super_1.2_\[2/2\]_\[UU\]"$'\n'"______tresync=PENDING$end"
md_stop /dev/md0
