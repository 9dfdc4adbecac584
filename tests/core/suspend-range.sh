#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Writes into suspend_lo..suspend_hi wait until the range is moved; reads and
# writes elsewhere go on.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2
need_command pgrep

md_create /dev/md0 --level=1 --raid-devices=2 --size=32M --bitmap=none --assume-clean "${DISK[@]:0:2}"
# write SECTOR: one page
write() { dd if=/dev/urandom of=/dev/md0 bs=4k count=1 seek="$(($1 / 8))" oflag=direct status=none; }
page() { dd if=/dev/md0 bs=4k count=1 skip="$(($1 / 8))" iflag=direct status=none | sha256sum; }
# Does a shell's child wait in the kernel?
asleep() { pgrep -P "$1" --runstates D,I >/dev/null; }

md_attr /dev/md0 suspend_hi 2048
md_attr /dev/md0 suspend_lo 1024
expect 1024 md_attr /dev/md0 suspend_lo
expect 2048 md_attr /dev/md0 suspend_hi
first_page=$(page 1024)
last_page=$(page 2040)
write 1016
write 2048

write 1024 &
first=$!
write 2040 &
last=$!
wait_for 60 asleep $first
wait_for 60 asleep $last
write 0
expect "$first_page" page 1024
expect "$last_page" page 2040
# The array can be configured meanwhile
md_attr /dev/md0 sync_action check
wait_sync /dev/md0
md_attr /dev/md0 suspend_lo 2040
wait $first
[ "$(page 1024)" != "$first_page" ] || fail "the first write got lost"
wait_for 60 asleep $last
expect "$last_page" page 2040
md_attr /dev/md0 suspend_hi 2040
wait $last
[ "$(page 2040)" != "$last_page" ] || fail "the last write got lost"
md_stop /dev/md0
