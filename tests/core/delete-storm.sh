#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Openers, creators and stoppers all work on the same few names at once. Each gets
# an answer at once, an array is deleted once, and the names are free afterwards.
# timeout: 300
# debug: yes
# kmemleak: yes
. "$(dirname "$0")/../lib/rc.sh"
need_disks 1

params=/sys/module/md_mod/parameters
echo 1 >$params/create_on_open
seconds=15
[ "$KERNEL" != debug ] || seconds=40
for n in 60 61 62; do mknod /tmp/storm$n b 9 $n; done

python3 - $seconds "$(dev_no "${DISK[0]}")" <<'END'
import errno, fcntl, multiprocessing, os, random, sys, time
from sysfs import store

end = time.monotonic() + int(sys.argv[1])
GET_ARRAY_INFO, STOP_ARRAY = 0x80480911, 0x932
# What the numbers are called, and names that get a free number
NUMBERS, NAMES = (60, 61, 62), ("md60", "md61", "md62", "md_storm")

def attr(name):
    return f"/sys/block/{name}/md/"

def opener(rng):
    handle = os.open(f"/tmp/storm{rng.choice(NUMBERS)}", os.O_RDWR)
    try:
        os.read(handle, 512)
        fcntl.ioctl(handle, rng.choice((GET_ARRAY_INFO, STOP_ARRAY)), bytes(72))
    finally:
        os.close(handle)

def creator(rng):
    name = rng.choice(NAMES)
    store("/sys/module/md_mod/parameters/new_array", name)
    if rng.random() < 0.5:
        store(attr(name) + "metadata_version", "external:storm")
        store(attr(name) + "level", "raid1")
        store(attr(name) + "new_dev", sys.argv[2])

def stopper(rng):
    store(attr(rng.choice(NAMES)) + "array_state", "clear")

def reader(rng):
    for entry in os.scandir(attr(rng.choice(NAMES))):
        if entry.is_file():
            try:
                open(entry.path, "rb").read()
            except OSError as err:
                if err.errno == errno.ENOENT:
                    break

# ENXIO: no such device just now; ENODEV: it is being deleted
EXPECTED = {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EBUSY, errno.EEXIST,
            errno.EINVAL, errno.EIO}

WORKS = (opener, creator, stopper, reader) * 2
counts = [multiprocessing.Value("l", 0) for _ in WORKS]
failed = multiprocessing.Event()

def work(what, seed, done):
    rng = random.Random(seed)
    while not failed.is_set() and (time.monotonic() < end
                                   or not all(c.value for c in counts)):
        try:
            what(rng)
            done.value += 1
        except OSError as err:
            if err.errno not in EXPECTED or isinstance(err, InterruptedError):
                print(f"# {what.__name__}: {err}", flush=True)
                failed.set()

jobs = []
for i, (what, done) in enumerate(zip(WORKS, counts)):
    jobs.append(multiprocessing.Process(target=work, args=(what, i, done)))
    jobs[-1].start()
for job, what, done in zip(jobs, WORKS, counts):
    job.join()
    print(f"# {what.__name__}: {done.value} times")
sys.exit(failed.is_set() or any(job.exitcode for job in jobs))
END

# What is left goes away when it is told to, and every name can be had again
names="md60 md61 md62 md_storm"
cleared() { array_gone "$1" || write_attr "/sys/block/$1/md/array_state" clear; }
for n in $names; do wait_for 60 cleared $n; done
udevadm settle
for n in $names; do
	wait_for 60 array_gone $n
	echo $n >$params/new_array
	expect clear md_state $n
	md_attr $n array_state clear
	wait_for 60 array_gone $n
done
