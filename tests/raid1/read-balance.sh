#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Scattered reads are shared by the members; one that reads from front to back
# stays with a member.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.0 --assume-clean "${DISK[@]:0:2}"
reads() { awk '{ print $1 }' "/sys/block/$(md_dev "$1")/stat"; }
read_with() {
	local a b
	a=$(reads "${DISK[0]}") b=$(reads "${DISK[1]}")
	python3 - "$1" <<'END'
import mmap, os, random, sys
fd = os.open("/dev/md0", os.O_RDONLY | os.O_DIRECT)
buf = mmap.mmap(-1, 4096)
r = random.Random(5)
for i in range(400):
    at = i if sys.argv[1] == "sequential" else r.randrange(0, 20000)
    os.preadv(fd, [buf], 4096 * at)
END
	A=$(($(reads "${DISK[0]}") - a))
	B=$(($(reads "${DISK[1]}") - b))
	echo "# $1: $A and $B"
}
read_with random
if [ "$A" -le 100 ] || [ "$B" -le 100 ]; then fail "one member does it all"; fi
read_with sequential
if [ "$A" -ge 40 ] && [ "$B" -ge 40 ]; then fail "the stream jumps"; fi
md_stop /dev/md0
