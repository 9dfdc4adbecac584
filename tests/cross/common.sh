# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For the tests of this folder: arrays are left by one driver and taken over by
# the other one, in both directions and for all superblock formats.
#
#   both_ways MAKE TAKE [FORMAT...]
#
# calls MAKE ARRAY FORMAT under the first driver for every format, then
# TAKE ARRAY FORMAT under the other one. MAKE ends with the array stopped. What
# TAKE has to know is kept in "know ARRAY KEY VALUE" and read by "known".

. "$(dirname "$0")/../lib/rc.sh"

# "ours" is the driver under test; with DRIVER=intree the peer meets itself
OURS=$DRIVER
MEMBER_MIB=46
DATA_MIB=8
declare -A KNOWN
know() { KNOWN[$1/$2]=$3; }
known() { echo "${KNOWN[$1/$2]}"; }

# Members are slices of the disks: /dev/mapper/a0, b0, ... for md0 and so on.
# NAMES are those that every array of a test needs.
NAMES=(a b)
member() { echo "/dev/mapper/$2${1#/dev/md}"; }
members() {
	local n
	for n in "${NAMES[@]}"; do member "$1" "$n"; done
}
slice_table() { echo "0 $((MEMBER_MIB * 2048)) $1 ${SLICE[$2]}"; }

declare -A SLICE
make_slices() {	# ARRAYS
	local i n name used=0
	modprobe -q dm-flakey || :
	for ((i = 0; i < $1; i++)); do
		for n in "${NAMES[@]}"; do
			name=$n$i
			SLICE[$name]="${DISK[used / 2]} $((used % 2 * (MEMBER_MIB + 2) * 2048))"
			dmsetup create "$name" --noudevsync \
				--table "$(slice_table linear "$name")"
			used=$((used + 1))
		done
	done
	udevadm settle
	wipe_slices
}

wipe_slices() {
	local m
	for m in "${!SLICE[@]}"; do
		blkdiscard -f -z "/dev/mapper/$m"
	done
}

# cut MEMBER...: as if power had gone for it: writes are lost from now on
cut_power() {
	local m
	for m; do
		slice_table flakey "${m##*/}" | sed 's/$/ 0 1 1 drop_writes/' |
			dm_table "${m##*/}"
	done
}

# restore MEMBER...: it has what it had when it was cut
restore_power() {
	local m
	for m; do
		slice_table linear "${m##*/}" | dm_table "${m##*/}"
		blockdev --flushbufs "$m"
	done
}

# Gone, or made once more, empty, by an open() that came late
array_free() { array_gone "$1" || array_is "$1" clear; }

both_ways() {
	local make=$1 take=$2 from to formats format i
	shift 2
	formats=("$@")
	[ $# -gt 0 ] || formats=(0.90 1.0 1.1 1.2)
	need_disks 8
	make_slices "${#formats[@]}"
	for from in intree "$OURS"; do
		to=$OURS
		[ "$from" = intree ] || to=intree
		use_driver "$from"
		for i in "${!formats[@]}"; do
			format=${formats[i]}
			echo "# $format made by $from"
			"$make" "/dev/md$i" "$format"
			wait_for 60 array_free "/dev/md$i"	# udev may look at it
		done
		use_driver "$to"
		for i in "${!formats[@]}"; do
			format=${formats[i]}
			echo "# $format taken over by $to"
			"$take" "/dev/md$i" "$format"
			array_gone "/dev/md$i" || md_stop "/dev/md$i"
			wait_for 60 array_free "/dev/md$i"
		done
		wipe_slices
	done
}

# new_array ARRAY FORMAT OPTIONS...: RAID1 with known data, in sync as all is zeroes
new_array() {
	local md=$1 format=$2
	shift 2
	md_create "$md" --level=1 --metadata="$format" --assume-clean "$@"
	fill "$md" "$DATA_MIB"
	know "$md" digest "$(digest "$md" "$DATA_MIB")"
}

same_data() { expect "$(known "$1" digest)" digest "$1" "$DATA_MIB"; }

go_active() {
	case $(md_state "$1") in
	read-auto|readonly) mdadm --quiet --readwrite "$1" ;;
	esac
}

# put ARRAY NAME VALUE: the peer says -EBUSY while it looks if a sync is due
put() { wait_for 60 write_attr "/sys/block/$(md_dev "$1")/md/$2" "$3"; }

# mismatches ARRAY: what a check finds
mismatches() {
	go_active "$1"
	put "$1" sync_action check
	wait_sync "$1"
	md_attr "$1" mismatch_cnt
}

# data_offset ARRAY DISK: first sector of its data
data_offset() { member_attr "$1" "$2" offset; }

# plant MEMBER MiB OFFSET: other bytes there than the array has written,
# OFFSET in sectors, as data_offset says
plant() {
	head -c 65536 /dev/zero | tr '\0' '\125' |
		dd of="$1" bs=64k seek=$((($3 << 9) + ($2 << 20))) \
			oflag=direct,seek_bytes conv=notrunc status=none
}

# For arrays with a bitmap: all bits are gone
no_bits() { ! grep -A3 "^${1##*/} :" /proc/mdstat | grep -q 'bitmap: [1-9]'; }
wait_clear() {
	md_attr "$1" bitmap/time_base 1
	wait_for 60 no_bits "$1"
}
# dirt ARRAY AT: other data there, in units of 64 KiB
dirt() { dd if=/dev/urandom of="$1" bs=64k seek="$2" count=4 oflag=direct,sync status=none; }

# member_flags ARRAY MEMBER...: a line each, of flags that are kept and its name
member_flags() {
	local array=$1 d
	shift
	for d; do
		member_attr "$array" "$d" state | tr , '\n' |
			grep -E '^(write_mostly|failfast)$' | sort | tr '\n' ' ' || :
		echo "${d##*/}"
	done
}
