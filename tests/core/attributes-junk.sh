#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Junk written to an attribute is refused, and changes nothing, whether the array
# is empty, inactive, running or read-only.
# timeout: 400
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

mdctl=$(dirname "$0")/mdctl.py
md=/sys/block/md0/md
long=$(printf '%04000d' 0 | tr 0 7)
junk=(-1 "2 " abc 0x10 99999999999999999999 18446744073709551616 -0.5 "1,2" \
	" 1" $'\n' "max min" "$long" $'\xff\xfe')

# new_dev can't be read
state() {
	{ grep -s . $md/* || :; } | grep -v '/sync_completed:\|/sync_speed:'
}

# Every attribute that can be written. Names of levels are free while the array
# doesn't run; of a yes or no only the first letter counts.
attack() { # skipped attributes
	local f files=()
	for f in "$md"/*; do
		[ -f "$f" ] || continue
		[ -n "$(find "$f" -perm -200)" ] || continue
		[[ " $1 fail_last_dev serialize_policy " != *" ${f##*/} "* ]] || continue
		files+=("$f")
	done
	state >/tmp/before
	expect "" "$mdctl" attack "${files[@]}" -- "${junk[@]}"
	state >/tmp/after
	diff /tmp/before /tmp/after || fail "junk has changed that"
}

echo md0 >/sys/module/md_mod/parameters/new_array
attack level
md_attr /dev/md0 array_state clear
wait_for 60 array_gone /dev/md0

md_create /dev/md0 --level=1 --raid-devices=2 --bitmap=none --assume-clean "${DISK[@]:0:2}"
attack ""
# A device that is the array itself, or in use
expect EINVAL "$mdctl" write $md/new_dev 9:0
expect EBUSY "$mdctl" write $md/new_dev "$(dev_no "${DISK[0]}")"
expect EOVERFLOW "$mdctl" write $md/new_dev 99999999:1
for a in fail_last_dev serialize_policy; do
	expect EINVAL "$mdctl" write $md/$a junk
	expect EINVAL "$mdctl" write $md/$a 2
	expect 0 cat $md/$a
done
for word in reshape junk Check; do
	expect EINVAL "$mdctl" write $md/sync_action $word
done
for word in suspended write-pending active-idle broken clea activex; do
	expect EINVAL "$mdctl" write $md/array_state $word
done
md_attr /dev/md0 array_state readonly
attack ""
md_attr /dev/md0 array_state inactive
attack level
md_stop /dev/md0
