#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# stop, idle, frozen, read-only, remount and module unload at any moment of a
# resync, a recovery and a check on members so slow that none of these would ever be
# over: each of them returns, and what was done before is not done again.
# timeout: 400
. "$(dirname "$0")/life.sh"
need_disks 2
modprobe -q dm-delay || skip "dm-delay is not there"
race_seed

limits=/proc/sys/dev/raid
max=$(cat $limits/speed_limit_max) min=$(cat $limits/speed_limit_min)
restore() { echo "$max" >$limits/speed_limit_max; echo "$min" >$limits/speed_limit_min; }
# A day for each MiB
crawl() { echo 1 >$limits/speed_limit_max; echo 1 >$limits/speed_limit_min; }

members=()
for i in 0 1; do
	# Superblocks are written at once, data takes its time
	size=$(sectors_of "${DISK[i]}")
	dmsetup create m$i <<-END
		0 2048 linear ${DISK[i]} 0
		2048 $((size - 2048)) delay ${DISK[i]} 2048 20
	END
	members+=("/dev/mapper/m$i")
done
udevadm settle
echo 0 >/sys/module/md_mod/parameters/start_ro
md_create /dev/md0 --level=1 --raid-devices=2 --size=64M --bitmap=none --assume-clean \
	"${members[@]}"
mkfs.ext4 -q /dev/md0
mount /dev/md0 "$MNT"
random_stream "$SEED" 1000000 >"$MNT/data"
before=$(digest_tree "$MNT")
umount "$MNT"

action() { md_attr /dev/md0 sync_action; }
action_is() { [ "$(action)" = "$1" ]; }
position() { md_attr /dev/md0 sync_completed | sed 's/ .*//; s/none/0/; s/delayed/0/'; }
moved() { [ "$(position)" -ge 65536 ]; }

begin() {
	[ "$1" = resync ] || [ "$2" != paused ] || pause
	case $1 in
	resync)
		until_done mdadm --stop --quiet /dev/md0
		until_done mdadm --assemble --quiet --update=resync /dev/md0 "${members[@]}"
		[ "$2" = paused ] || return 0
		# It can't be lowered under a sync
		md_attr /dev/md0 sync_action frozen
		pause
		md_attr /dev/md0 sync_action idle
		;;
	recover)
		mdadm --quiet /dev/md0 --fail "${members[1]}"
		until_done mdadm --quiet /dev/md0 --remove "${members[1]}"
		mdadm --zero-superblock "${members[1]}"
		until_done mdadm --quiet /dev/md0 --add "${members[1]}"
		;;
	check) md_attr /dev/md0 sync_action check ;;
	esac
}

# Up to there at full speed
pause() { md_attr /dev/md0 sync_max 65536; restore; }

# How far it may get before it is struck
moment() {
	case $1 in
	"at once") ;;
	any) sleep "0.0$((RANDOM % 10))$((RANDOM % 10))" ;;
	later) sleep "0.$((RANDOM % 10))" ;;
	running) wait_for 60 action_is "$2" ;;
	paused) wait_for 60 moved ;;
	esac
}

strike() {
	local stay
	case $1 in
	idle) in_time sh -c 'echo idle >/sys/block/md0/md/sync_action' ;;
	frozen)
		in_time sh -c 'echo frozen >/sys/block/md0/md/sync_action'
		expect frozen action
		stay=$(position)
		sleep 0.2
		expect "$stay" position
		expect frozen action
		md_attr /dev/md0 sync_action idle
		;;
	readonly)
		until_done mdadm --quiet --readonly /dev/md0
		expect readonly md_state /dev/md0
		expect idle action
		must_fail dd if=/dev/zero of=/dev/md0 bs=4k count=1 oflag=direct 2>/dev/null
		until_done mdadm --quiet --readwrite /dev/md0
		;;
	remount)
		in_time mount /dev/md0 "$MNT"
		in_time mount -o remount,ro "$MNT"
		in_time mount -o remount,rw "$MNT"
		date >"$MNT/date"
		in_time sync -f "$MNT"
		rm "$MNT/date"
		# Mounted it can't be stopped, and that is said at once
		must_fail in_time mdadm --stop --quiet /dev/md0 2>/dev/null
		expect "$before" digest_tree "$MNT"
		in_time umount "$MNT"
		;;
	rmmod)
		must_fail in_time rmmod md_mod 2>/dev/null
		must_fail in_time rmmod raid1 2>/dev/null
		;;
	stop) until_done mdadm --stop --quiet /dev/md0 ;;
	clear) until_done sh -c 'echo clear >/sys/block/md0/md/array_state' ;;
	inactive)
		until_done sh -c 'echo inactive >/sys/block/md0/md/array_state'
		until_done mdadm --stop --quiet /dev/md0
		;;
	unload)
		until_done mdadm --stop --quiet /dev/md0
		wait_for 60 md_unload
		use_driver "$DRIVER"
		echo 0 >/sys/module/md_mod/parameters/start_ro
		crawl
		;;
	esac
}

# Everything of one list with something of the others, then at random
works=(stop idle frozen readonly remount clear rmmod inactive unload)
crawl
round=0
while [ $round -lt 9 ] || go_on 0; do
	work=${works[round % 9]}
	what=$(pick resync recover check)
	when=$(pick "at once" any later running paused)
	if [ $round -lt 9 ]; then
		whats=(resync recover check)
		whens=("at once" running paused any later)
		what=${whats[round / 2 % 3]} when=${whens[round % 5]}
	fi
	echo "# $round: $work, $what, $when"
	begin "$what" "$when"
	moment "$when" "$what"
	strike "$work"
	if array_gone /dev/md0 || array_is /dev/md0 clear; then
		until_done mdadm --assemble --quiet --run /dev/md0 "${members[@]}"
	fi
	# The state must not depend on how often we come here: all in sync
	md_attr /dev/md0 sync_max max
	restore
	[ -e "/sys/block/md0/md/dev-$(md_dev "${members[1]}")" ] ||
		until_done mdadm --quiet /dev/md0 --add "${members[1]}"
	wait_recovered /dev/md0
	expect none md_attr /dev/md0 resync_start
	crawl
	round=$((round + 1))
done
echo "# $round rounds"
restore
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
expect 0 md_attr /dev/md0 mismatch_cnt
mount -o ro /dev/md0 "$MNT"
expect "$before" digest_tree "$MNT"
umount "$MNT"
until_done mdadm --stop --quiet /dev/md0
