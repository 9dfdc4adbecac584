# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests share. A test sources this first, as
#   . "$(dirname "$0")/../lib/rc.sh"
# and then runs under "set -eu": a command that fails unexpectedly fails the
# test. It ends with 0 (pass), by skip (4) or by fail (1).
#
# DISKS       disks that may be overwritten (MD_TEST_DISKS on a real machine)
# DRIVER      ours (default) or intree, loaded before the test starts
# KERNEL      stock, debug, or host outside of the VM

DISKS=${DISKS:-${MD_TEST_DISKS:-}}
DRIVER=${DRIVER:-ours}
KERNEL=${KERNEL:-host}
TIMEOUT_SCALE=${TIMEOUT_SCALE:-1}
# sysfs.py is there
PYTHONPATH=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export DISKS DRIVER KERNEL TIMEOUT_SCALE PYTHONPATH
read -r -a DISK <<<"$DISKS" || :	# DISK[0], DISK[1], ...

# shellcheck disable=SC2034 # for the tests
MNT=/mnt/md-test

fail() { echo "# FAIL: $*"; exit 1; }
skip() { echo "# SKIP: $*"; exit 4; }

# need_disks N: skip without that many
need_disks() { [ "${#DISK[@]}" -ge "$1" ] || skip "$1 disks are needed"; }

# need_command NAME...
need_command() {
	local c
	for c; do
		command -v "$c" >/dev/null || skip "$c is not installed"
	done
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails the test if it
# doesn't in time. The time is scaled up on slow kernels.
wait_for() {
	local end=$((SECONDS + $1 * TIMEOUT_SCALE)) limit=$1 late=
	shift
	until "$@"; do
		if [ -n "$late" ]; then
			cat /proc/mdstat || :
			fail "not true after $limit s (x$TIMEOUT_SCALE): $*"
		fi
		# The machine may have slept since that look
		[ "$SECONDS" -lt "$end" ] || late=yes
		sleep 0.1
	done
}

# expect WANTED COMMAND...: the command's output is exactly that
expect() {
	local wanted=$1 got
	shift
	got=$("$@") || fail "exit status $?: $*"
	[ "$got" = "$wanted" ] || fail "$*: '$got', not '$wanted'"
}

# must_fail COMMAND...: fails the test when the command succeeds
must_fail() {
	if "$@"; then fail "should have failed: $*"; fi
}

# ---- drivers

MD_MODULES="dm_raid raid456 raid10 raid1 raid0 linear md_linear md_cluster md_mod"

md_unload() {
	local m
	[ -e /sys/module/md_mod ] || return 0
	for m in $MD_MODULES; do
		[ ! -d "/sys/module/$m" ] || rmmod "$m" 2>/dev/null || return 1
	done
}

# driver_loaded: ours, intree or none
driver_loaded() {
	if [ ! -e /sys/module/md_mod ]; then
		echo none
	elif [ -e /sys/module/md_mod/version ]; then
		echo ours
	else
		echo intree
	fi
}

# use_driver ours|intree: that driver's modules and no other's
use_driver() {
	local m path base
	if [ "$(driver_loaded)" = "$1" ]; then return 0; fi
	# "none" leaves the choice, and what is loaded, to the caller
	if [ "$1" = none ]; then return 0; fi
	# Whoever opens a number may have one for a moment
	wait_for 60 md_unload
	base=/lib/modules/$(uname -r)
	case $1 in
	ours)
		for m in md-mod raid1; do
			path=$(modinfo -F filename "$m")
			case $path in
			*/updates/*) ;;
			*) echo "# $m is not in updates/ (${path:-nowhere})"; return 1 ;;
			esac
			modprobe "$m" || return 1
		done
		;;
	intree)
		# By path, as modprobe prefers ours; all levels at once, so that
		# the core never asks modprobe for one
		modprobe -q -a libcrc32c raid6_pq xor async_tx async_memcpy \
			async_xor async_pq async_raid6_recov || :
		for m in md-mod raid0 raid1 raid10 raid456; do
			path=$(find "$base/kernel/drivers/md" -name "$m.ko*")
			insmod "$path" || return 1
		done
		;;
	*) echo "# unknown driver $1"; return 1 ;;
	esac
}

# ---- arrays

# md_dev ARRAY: md0 for /dev/md0, /dev/md/name and md0
md_dev() {
	local name=${1##*/}
	# Mostly there is no link to be followed
	[ -e "/sys/block/$name" ] || name=$(readlink -f "$1" || echo "$1")
	echo "${name##*/}"
}

write_attr() { echo "$2" 2>/dev/null >"$1"; }

# md_attr ARRAY NAME [VALUE]: reads or writes an attribute in its md directory
md_attr() {
	local path
	path=/sys/block/$(md_dev "$1")/md/$2
	if [ $# != 3 ]; then
		cat "$path"
	elif [ "$2" = array_state ]; then
		# udev may have the array open for a moment, which is -EBUSY
		wait_for 60 write_attr "$path" "$3"
	else
		echo "$3" >"$path"
	fi
}

md_state() { md_attr "$1" array_state; }

# member_attr ARRAY DISK NAME [VALUE]: the same for a member's directory
member_attr() {
	local array=$1 disk
	disk=$(md_dev "$2")
	shift 2
	md_attr "$array" "dev-$disk/$1" "${@:2}"
}

# bad_ranges ARRAY DISK: its bad blocks, ranges that adjoin as one
bad_ranges() {
	member_attr "$1" "$2" bad_blocks | sort -n | awk '
		NR > 1 && $1 == start + n { n += $2; next }
		NR > 1 { print start, n }
		{ start = $1; n = $2 }
		END { if (NR) print start, n }'
}

sync_idle() { [ "$(md_attr "$1" sync_action 2>/dev/null)" = idle ]; }
sync_running() { [ "$(md_attr "$1" sync_action)" = "$2" ]; }
array_is() { [ "$(md_state "$1" 2>/dev/null)" = "$2" ]; }
degraded_is() { [ "$(md_attr "$1" degraded)" = "$2" ]; }
member_is() { member_attr "$1" "$2" state 2>/dev/null | grep -qwF -- "$3"; }
array_gone() { [ ! -e "/sys/block/$(md_dev "$1")/md" ]; }

# wait_sync ARRAY [SECONDS]: no resync, recovery or check runs any more
wait_sync() { wait_for "${2:-120}" sync_idle "$1"; }

# wait_recovered ARRAY [SECONDS]: in sync and not degraded
recovered() { sync_idle "$1" && degraded_is "$1" 0; }
wait_recovered() { wait_for "${2:-120}" recovered "$1"; }

# dev_no DEVICE: as new_dev wants it
dev_no() { echo "$((0x$(stat -Lc %t "$1"))):$((0x$(stat -Lc %T "$1")))"; }

# external_array ARRAY KIB OFFSET DISK...: a RAID1 of external metadata as its manager
# describes it, with that many sectors in front of the data; it remains to be started
external_array() {
	local array=$1 size=$2 offset=$3 disk slot=0
	shift 3
	md_dev "$array" >/sys/module/md_mod/parameters/new_array
	md_attr "$array" metadata_version external:test
	md_attr "$array" level raid1
	md_attr "$array" raid_disks $#
	md_attr "$array" component_size "$size"
	for disk; do
		md_attr "$array" new_dev "$(dev_no "$disk")"
		member_attr "$array" "$disk" offset "$offset"
		member_attr "$array" "$disk" size "$size"
		member_attr "$array" "$disk" slot $((slot++))
	done
}

# md_create ARRAY OPTIONS...: mdadm --create without its questions
md_create() { mdadm --create "$1" --run --quiet "${@:2}" </dev/null; }
md_assemble() { mdadm --assemble "$1" --quiet "${@:2}"; }

# md_stop ARRAY...: udev may have it open for longer than mdadm tries
try_stop() { mdadm --stop --quiet "$1" || array_gone "$1"; }
md_stop() {
	local array
	for array; do wait_for 60 try_stop "$array"; done
}

# md_remove ARRAY MEMBER: one that failed; it has to leave its slot first
md_remove() { wait_for 60 mdadm --quiet "$1" --remove "$2"; }

# ---- data

# fill DEVICE [MiB]: random data from a fixed seed on the first MiB (or all)
fill() {
	local size=${2:-}
	[ -n "$size" ] || size=$(($(blockdev --getsize64 "$1") >> 20))
	random_stream "$1$size" "$((size << 20))" |
		dd of="$1" bs=1M oflag=direct conv=fsync iflag=fullblock status=none
}

# random_stream SEED BYTES: the same bytes for the same seed
random_stream() {
	python3 -c 'import random, sys
r = random.Random(sys.argv[1]); n = int(sys.argv[2])
block = r.randbytes(1 << 20)
while n > 0:
    sys.stdout.buffer.write((r.randbytes(64) + block[64:])[:n])
    n -= 1 << 20' "$1" "$2"
}

# digest DEVICE-or-FILE [MiB]: of its first MiB (or all), past the page cache
digest() {
	local count=()
	[ -z "${2:-}" ] || count=(count="$2")
	dd if="$1" bs=1M iflag=direct "${count[@]}" status=none | sha256sum | cut -d' ' -f1
}

# digest_tree DIR: of all files' names and contents
digest_tree() {
	(cd "$1" && find . -type f -print0 | sort -z | xargs -0r sha256sum) |
		sha256sum | cut -d' ' -f1
}

# ---- members that fail on demand, by device mapper

sectors_of() { blockdev --getsz "$1"; }

# make_dm_member NAME DISK: /dev/mapper/NAME, a healthy copy of the disk
make_dm_member() {
	dmsetup create "$1" --table "0 $(sectors_of "$2") linear $2 0"
	DM_DISK[$1]=$2
	udevadm settle
}
declare -A DM_DISK

dm_table() {
	dmsetup load "$1"
	dmsetup suspend --nolockfs --noflush "$1"
	dmsetup resume "$1"
}

# dm_set_error NAME read|write|all [START LENGTH]: those requests fail from now
# on, in that range of sectors or everywhere. One range at a time. "write" takes
# flushes along.
dm_set_error() {
	local name=$1 disk=${DM_DISK[$1]} size start=${3:-0} length bad
	size=$(sectors_of "$disk")
	length=${4:-$((size - start))}
	modprobe -q -a dm-flakey || :
	case $2 in
	read) bad="flakey $disk $start 0 1 1 error_reads" ;;
	write) bad="flakey $disk $start 0 1 1 error_writes" ;;
	all) bad="error" ;;
	*) fail "dm_set_error: $2" ;;
	esac
	{
		[ "$start" = 0 ] || echo "0 $start linear $disk 0"
		echo "$start $length $bad"
		[ $((start + length)) = "$size" ] ||
			echo "$((start + length)) $((size - start - length))" \
				"linear $disk $((start + length))"
	} | dm_table "$name"
}

# dm_clear_error NAME: healthy again
dm_clear_error() {
	local disk=${DM_DISK[$1]}
	echo "0 $(sectors_of "$disk") linear $disk 0" | dm_table "$1"
}

# make_split_member NAME DISK: the same, where the first MiB, with superblocks that
# lie there, is NAME-sb: it can be suspended, or stalled by stall_sb
make_split_member() {
	local size
	size=$(sectors_of "$2")
	dmsetup create "$1-sb" --table "0 2048 linear $2 0"
	dmsetup create "$1" <<-END
		0 2048 linear /dev/mapper/$1-sb 0
		2048 $((size - 2048)) linear $2 2048
	END
	DM_DISK[$1]=$2
	udevadm settle
}

# stall_sb NAME: writes there wait, flushes don't; unstall_sb lets them through
stall_sb() {
	local d=${DM_DISK[$1]}
	modprobe -q dm-delay || skip "no dm-delay"
	dm_table "$1-sb" <<<"0 2048 delay $d 0 0 $d 0 900000 $d 0 0"
}
unstall_sb() { dm_table "$1-sb" <<<"0 2048 linear ${DM_DISK[$1]} 0"; }

# dm_remove NAME...: udev may have it open
dm_remove() {
	local name
	for name; do wait_for 60 dmsetup remove "$name"; done
}
remove_split_member() { dm_remove "$1" "$1-sb"; }

# events MEMBER: as its superblock has it; newer MEMBER EVENTS: it has gone on
events() { mdadm --examine "$1" | sed -n 's/ *Events : //p'; }
newer() { [ "$(events "$1")" -gt "$2" ]; }

# Superblocks of before a power failure: save_sb DISK FILE, restore_sb DISK FILE
save_sb() { dd if="$1" of="$2" bs=64k count=1 iflag=direct status=none; }
restore_sb() { dd if="$2" of="$1" bs=64k oflag=direct conv=notrunc status=none; }

# make_dust_member NAME DISK: its bad blocks (512 bytes) fail when read, until
# they are written, as on a real disk
make_dust_member() {
	modprobe -q dm-dust || skip "dm-dust is not there"
	dmsetup create "$1" --table "0 $(sectors_of "$2") dust $2 0 512"
	dmsetup message "$1" 0 quiet
	dmsetup message "$1" 0 enable
	udevadm settle
}

# dust_bad NAME SECTOR...
dust_bad() {
	local s
	for s in "${@:2}"; do
		dmsetup message "$1" 0 addbadblock "$s"
	done
}

# dust_count NAME: how many bad blocks are left
dust_count() { dmsetup message "$1" 0 countbadblocks | sed 's/.*: *\([0-9]*\).*/\1/'; }

# ---- the kernel's log

# kernel_log: what it has said since the test began
kernel_log() {
	dmesg | awk -v mark="${LOG_MARK:-}" '{ line[NR] = $0 }
		mark != "" && index($0, mark) { first = NR }
		END { for (n = first + 1; n <= NR; n++) print line[n] }'
}

# splat_lines: of a log on stdin, what no test may cause
splat_lines() {
	grep -E -e 'BUG:|BUG at|WARNING:|KASAN|KFENCE|UBSAN|Oops|Call Trace' \
		-e 'general protection|INFO: task|blocked for more than' \
		-e 'soft lockup|detected stall|ODEBUG|refcount_t|kmemleak: [0-9]+ new' \
		-e 'INFO: (possible|suspicious|inconsistent|trying)' \
		-e 'Bad page|Objects remaining'
}

# kmemleak_report: what two scans agree on; nothing if all is well
kmemleak_report() {
	local f=/sys/kernel/debug/kmemleak _
	# It passes over what is younger than five seconds
	for _ in {1..60}; do sleep 0.1; done
	echo scan >"$f"
	echo scan >"$f"
	cat "$f"
}

# ---- cleaning up

# mappings: those that are there, without those of a real machine
mappings() {
	local d
	for d in /dev/mapper/*; do
		[[ " /dev/mapper/control ${MD_TEST_KEEP:-} " == *" $d "* ]] ||
			[ ! -e "$d" ] || echo "$d"
	done
}

# cleanup_arrays: true once no array and no mapping is left
cleanup_arrays() {
	local d
	for d in /sys/block/md*; do
		[ ! -e "$d/md" ] || mdadm --stop --quiet "/dev/${d##*/}"
	done
	for d in $(mappings); do dmsetup remove --force --retry "$d"; done
	no_arrays && [ -z "$(mappings)" ]
}
# Empty ones, that were made by an open, don't count
no_arrays() {
	! cat /sys/block/md*/md/array_state 2>/dev/null | grep -qv '^clear$'
}

# cleanup_all: no mount, array, mapping or loop left, disks' ends wiped
cleanup_all() {
	local d size
	while read -r _ d _; do
		case $d in
		/mnt/*) umount -l "$d" ;;
		esac
	done </proc/mounts
	swapoff -a
	# Stacked on each other, or opened by udev just now
	for _ in {1..10}; do
		! cleanup_arrays || break
		sleep 0.1
	done
	losetup -D
	udevadm settle
	for d in brd null_blk scsi_debug; do
		for _ in {1..20}; do
			[ -e "/sys/module/$d" ] && ! rmmod "$d" || break
			sleep 0.1
		done
	done
	udevadm settle
	no_arrays || return 1
	for d in $DISKS; do
		# Frees the host's memory in the VM; real disks are only wiped
		[ -z "${MD_TEST_VM:-}" ] || ! blkdiscard -f "$d" 2>/dev/null || continue
		size=$(blockdev --getsize64 "$d") || continue
		dd if=/dev/zero of="$d" bs=1M count=1 conv=fsync status=none
		dd if=/dev/zero of="$d" bs=1M count=1 conv=fsync status=none \
			seek=$((size / 1048576 - 1))
		blockdev --flushbufs "$d"
	done
	udevadm settle
	return 0
}

# lib/one sources this file too, and judges by itself
case ${0##*/} in
one|bash|init) ;;
*)
	set -Eeuo pipefail
	mkdir -p "$MNT"
	trap 'echo "# unexpected failure (status $?) at ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR
	;;
esac
