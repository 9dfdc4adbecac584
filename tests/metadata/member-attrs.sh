#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A member's files refuse junk, and what is illegal now, with the errno that
# userland knows, and change nothing.
# debug: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 3

md_create /dev/md0 --level=1 --raid-devices=2 --metadata=1.2 --bitmap=none "${DISK[@]:0:2}"
wait_sync /dev/md0
mdadm --quiet /dev/md0 --add "${DISK[2]}"
wait_for 60 sync_idle /dev/md0

python3 - "${DISK[0]##*/}" "${DISK[2]##*/}" <<'END'
import errno, os, sys

active, spare = ('/sys/block/md0/md/dev-%s/' % d for d in sys.argv[1:])

def write(path, text):
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text)
        return 'ok'
    except OSError as e:
        return errno.errorcode[e.errno]
    finally:
        os.close(fd)

def state(d):
    return {n: open(d + n).read() for n in os.listdir(d) if n != 'block'}

def refused(d, name, values, wanted):
    before = state(d)
    for v in values:
        got = write(d + name, v)
        assert got == wanted, f'{name} <- {v!r}: {got}, not {wanted}'
        assert state(d) == before, f'{name} <- {v!r} changed something'

junk = [b'junk\n', b'\n', b'-1\n', b'5 x\n', b' 3\n', b'\0\n', b'9' * 70,
        b'x' * 4095, b'\xff\xfe\n', b'%s%n\n', b'0x10\n']
files = ['state', 'errors', 'slot', 'offset', 'new_offset', 'size',
         'recovery_start', 'bad_blocks', 'unacknowledged_bad_blocks',
         'ppl_sector', 'ppl_size']
assert set(files) | {'block'} == set(os.listdir(active))
for d in (active, spare):
    for name in files:
        refused(d, name, junk, 'EINVAL')
refused(active, 'state', [b'insync', b'-insync', b'external_bbl', b'-faulty',
                          b'FAULTY', b'faulty x', b'--blocked'], 'EINVAL')
refused(active, 'state', [b'remove', b'replacement', b'-replacement', b're-add'], 'EBUSY')
refused(active, 'slot', [b'none', b'0', b'1', b'7'], 'EBUSY')
refused(active, 'offset', [b'0', b'4096'], 'EBUSY')
refused(active, 'new_offset', [b'0'], 'E2BIG')
refused(active, 'size', [b'1'], 'EBUSY')
refused(active, 'recovery_start', [b'0', b'none'], 'EBUSY')
refused(spare, 'state', [b'-insync', b'external_bbl'], 'EINVAL')
refused(spare, 'state', [b'replacement', b're-add'], 'EBUSY')
refused(spare, 'slot', [b'0', b'none'], 'EEXIST')
refused(spare, 'slot', [b'7'], 'ENOSPC')
refused(spare, 'size', [b'1', b'18446744073709551615', b'9223372036854775807'], 'EINVAL')

# One after the other, as users see them: names in the order of old
for word in ('writemostly', 'write_error', 'failfast', 'want_replacement'):
    assert write(spare + 'state', word.encode()) == 'ok'
assert open(spare + 'state').read() == 'write_mostly,spare,write_error,failfast\n'
for word in ('writemostly', 'write_error', 'failfast', 'want_replacement'):
    assert write(spare + 'state', b'-' + word.encode() + b'\n') == 'ok'
assert open(spare + 'state').read() == 'spare\n'
END
# Who isn't root may look only
must_fail setpriv --reuid=65534 --clear-groups sh -c \
	"echo faulty >/sys/block/md0/md/dev-${DISK[0]##*/}/state" 2>/dev/null
expect 0 md_attr /dev/md0 degraded
md_stop /dev/md0
