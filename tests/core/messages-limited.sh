#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Whoever repeats a mistake doesn't fill the kernel's log.
. "$(dirname "$0")/../lib/rc.sh"
need_disks 2

md_create /dev/md0 --level=1 --raid-devices=2 --bitmap=none --size=16M \
	--assume-clean "${DISK[@]:0:2}"
said() { kernel_log | grep -c "$1" || :; }
before=$(said 'not removed')
start=$SECONDS
python3 - "/sys/block/md0/md/dev-$(basename "$(readlink -f "${DISK[0]}")")/state" <<'END'
import errno, os, sys
fd = os.open(sys.argv[1], os.O_WRONLY)
for _ in range(500):
    try:
        os.write(fd, b'remove')
        sys.exit('a member in use was removed')
    except OSError as e:
        assert e.errno == errno.EBUSY, e
END
n=$(($(said 'not removed') - before))
echo "# $n messages"
[ "$n" -gt 0 ] || fail "says nothing"
# Ten in five seconds
[ "$n" -le $((10 * ((SECONDS - start) / 5 + 2))) ] || fail "$n messages"
md_stop /dev/md0
