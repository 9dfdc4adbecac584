#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Members fail under a load that knows what was acknowledged: one by one, all at
# once, while superblocks or the bitmap are written, in a recovery, while the array
# is stopped. Nothing waits for them, nothing that was acknowledged is lost, and
# without any member left errors are all that anybody gets.
# timeout: 400
. "$(dirname "$0")/life.sh"
need_disks 3
race_seed
keeper=$(dirname "$0")/keeper.py
state=/dev/shm/keeper
rm -f $state

# A member is its superblock and bitmap, which can stall or fail apart, and the rest
size=$(sectors_of "${DISK[0]}")
members=()
for i in 0 1 2; do
	dmsetup create sb$i --table "0 2048 linear ${DISK[i]} 0"
	dmsetup create m$i <<-END
		0 2048 linear /dev/mapper/sb$i 0
		2048 $((size - 2048)) linear ${DISK[i]} 2048
	END
	members+=("/dev/mapper/m$i")
done
udevadm settle
stall() { local i; for i; do dmsetup suspend --nolockfs --noflush "sb$i"; done; }
break_meta() { local i; for i; do echo "0 2048 error" | dm_table "sb$i"; done; }
break_all() {
	local i
	for i; do echo "0 2048 error" | dmsetup load "sb$i"; done
	for i; do echo "0 $size error" | dmsetup load "m$i"; done
	for i; do dmsetup suspend --nolockfs --noflush "m$i"; done
	for i; do dmsetup suspend --nolockfs --noflush "sb$i"; done
	for i; do dmsetup resume "sb$i"; dmsetup resume "m$i"; done
}
heal() {
	local i
	for i in 0 1 2; do
		echo "0 2048 linear ${DISK[i]} 0" | dm_table sb$i
		dm_table m$i <<-END
			0 2048 linear /dev/mapper/sb$i 0
			2048 $((size - 2048)) linear ${DISK[i]} 2048
		END
	done
}
waits() { # its metadata: nothing else is going on, and udev only reads
	local in_flight
	read -r -a in_flight <"/sys/block/$(md_dev "/dev/mapper/m$1")/inflight"
	[ "${in_flight[1]}" -gt 0 ]
}

counter() { od -An -t u8 -j "$1" -N 8 $state | tr -d " "; }
acked() { counter 0; }
errors() { counter 8; }
more_than() { [ "$("$2")" -gt "$1" ]; }
load() {
	[ -z "$load" ] || return 0
	"$keeper" write /dev/md0 $state 2 &
	load=$!
}
unload() {
	local status=0
	[ -n "$load" ] || return 0
	kill "$load"
	in_time tail --pid="$load" -f /dev/null
	wait "$load" || status=$?
	load=
	[ "$status" = 0 ] || fail "wrong data"
}
# The load goes on, without an error
goes_on() {
	wait_for 60 more_than "$(($(acked) + 5))" acked
	expect "$error_count" errors
}
# It gets errors, and each of them at once
gets_errors() {
	wait_for 60 more_than "$(errors)" errors
	wait_for 60 more_than "$(errors)" errors
}
quiet() { kill -STOP "$load"; }
again() { kill -CONT "$load"; }
all() { echo 0 1 2; }
faulty() { member_is /dev/md0 "/dev/mapper/m$1" faulty; }

assemble() {
	# Nobody has told a member that it has failed if none could be told anything
	mdadm --assemble --quiet --run /dev/md0 "${members[@]}" ||
		mdadm --assemble --quiet --run --force /dev/md0 "${members[@]}"
	md_attr /dev/md0 array_state active
	md_attr /dev/md0 safe_mode_delay 0.01
}

# All of them healthy and in sync, and all is there that has to be
cure() {
	local i
	if [ "$1" = stopped ]; then
		unload
		array_gone /dev/md0 || until_done mdadm --stop --quiet /dev/md0
		heal
		assemble
		"$keeper" check /dev/md0 $state
	else
		heal
	fi
	md_attr /dev/md0 sync_speed_max system
	for i in 0 1 2; do
		if faulty $i; then
			until_done mdadm --quiet /dev/md0 --remove "/dev/mapper/m$i"
		fi
		if [ ! -e "/sys/block/md0/md/dev-$(md_dev "/dev/mapper/m$i")" ]; then
			in_time mdadm --quiet /dev/md0 --re-add "/dev/mapper/m$i" ||
				{ mdadm --zero-superblock "/dev/mapper/m$i"
				  in_time mdadm --quiet /dev/md0 --add "/dev/mapper/m$i"; }
		fi
	done
	load
	error_count=$(errors)
	goes_on
	wait_recovered /dev/md0
	quiet
	"$keeper" check /dev/md0 $state
	md_attr /dev/md0 sync_action check
	wait_sync /dev/md0
	expect 0 md_attr /dev/md0 mismatch_cnt
	again
}

one_by_one() {
	break_all "$1"
	wait_for 60 faulty "$1"
	goes_on
	break_all "$2"
	wait_for 60 faulty "$2"
	goes_on
	expect 2 md_attr /dev/md0 degraded
	cure running
}
at_once() {
	# Two that follow each other closely: which one is told of the other?
	break_all "$@"
	gets_errors
	cure stopped
}
disk_answers() {
	dd if="${DISK[0]}" of=/dev/null bs=4k count=1000 iflag=direct status=none
}
# The first fails, and before the others can record that they are lost, too: they may
# come back as equals, so nothing that the first has missed was acknowledged
unrecorded() {
	local count
	md_attr /dev/md0 safe_mode_delay 0
	# Every chunk's bit is set, or a write would stall before it gets to the first
	wait_for 60 more_than "$(($(acked) + 200))" acked
	stall "${@:2}"
	break_all "$1"
	wait_for 60 faulty "$1"
	wait_for 60 waits "$2"
	# Those that had ended before are counted by now; others aren't just late
	disk_answers
	count=$(acked)
	disk_answers
	expect "$count" acked
	# Who reads doesn't wait for it, too
	in_time dd if=/dev/md0 of=/dev/null bs=4k count=64 iflag=direct status=none
	break_meta "${@:2}"
	gets_errors
	cure stopped
}
two_at_once() {
	break_all "$1" "$2"
	wait_for 60 faulty "$1"
	wait_for 60 faulty "$2"
	goes_on
	cure running
}
superblock() {
	quiet
	wait_for 60 array_is /dev/md0 clean
	stall "$@"
	again
	wait_for 60 waits "$1"
	break_meta "$@"
	if [ $# = 3 ]; then
		gets_errors
		array_is /dev/md0 broken || fail "$(md_state /dev/md0), not broken"
		cure stopped
	else
		wait_for 60 faulty "$1"
		goes_on
		cure running
	fi
}
fresh=0	# chunks; the load's are below
bitmap() {
	local pid
	md_attr /dev/md0 safe_mode_delay 0
	goes_on
	quiet
	stall "$@"
	fresh=$((fresh % 128 + 1))
	dd if=/dev/urandom of=/dev/md0 bs=4k count=1 seek=$((1008 + fresh * 16)) oflag=direct status=none 2>/dev/null &
	pid=$!
	wait_for 60 waits "$1"
	array_is /dev/md0 active || fail "$(md_state /dev/md0), not active"
	break_meta "$@"
	in_time tail --pid=$pid -f /dev/null
	md_attr /dev/md0 safe_mode_delay 0.01
	again
	if [ $# = 3 ]; then
		wait $pid && fail "a write whose bit nobody has took its data"
		cure stopped
	else
		wait $pid
		wait_for 60 faulty "$1"
		goes_on
		cure running
	fi
}
recovering() {
	md_attr /dev/md0 sync_speed_max 50
	mdadm --quiet /dev/md0 --fail "/dev/mapper/m$1"
	until_done mdadm --quiet /dev/md0 --remove "/dev/mapper/m$1"
	mdadm --zero-superblock "/dev/mapper/m$1"
	in_time mdadm --quiet /dev/md0 --add "/dev/mapper/m$1"
	wait_for 60 sync_running /dev/md0 recover
	goes_on
	break_all "${@:2}"
	if [ $# = 4 ]; then
		gets_errors
		cure stopped
	else
		wait_for 60 faulty "$2"
		goes_on
		cure running
	fi
}
stop() {
	local pid
	md_attr /dev/md0 safe_mode_delay 0
	goes_on
	unload
	stall "$@"
	mdadm --stop --quiet /dev/md0 &
	pid=$!
	wait_for 60 waits "$1"
	# Whoever comes now is told at once
	must_fail in_time dd if=/dev/md0 of=/dev/null count=1 status=none 2>/dev/null
	break_meta "$@"
	in_time tail --pid=$pid -f /dev/null
	wait $pid
	cure stopped
}

echo 'CREATE bbl=no' >>/etc/mdadm/mdadm.conf
trap 'sed -i "/bbl=no/d" /etc/mdadm/mdadm.conf' EXIT
md_create /dev/md0 --level=1 --raid-devices=3 --size=12M --assume-clean \
	--bitmap=internal --bitmap-chunk=64K "${members[@]}"
md_attr /dev/md0 safe_mode_delay 0.01
load=
error_count=0
load
cases=("one_by_one 2" "at_once 3" "superblock 1" "unrecorded none" "bitmap 1"
	"superblock 3" "bitmap 3" "recovering first" "stop 1" "stop 3" "two_at_once 2" "recovering other"
	"recovering all")
round=0
while go_on 35 || [ $round -lt 6 ]; do
	read -r what how <<<"${cases[round % ${#cases[@]}]}"
	mapfile -t who < <(shuf -e 0 1 2 --random-source=<(random_stream "$SEED$round" 4096))
	case $how in
	first) set -- "${who[0]}" "${who[0]}" ;;
	other) set -- "${who[0]}" "${who[1]}" ;;
	all) set -- "${who[0]}" "${who[@]}" ;;
	none) set -- 0 1 2 ;;	# the first is who is read in a resync
	*) set -- "${who[@]:0:how}" ;;
	esac
	echo "# $round: $what $*"
	"$what" "$@"
	round=$((round + 1))
done
unload
echo "# $round rounds, $(acked) writes, $(errors) errors"
until_done mdadm --stop --quiet /dev/md0
