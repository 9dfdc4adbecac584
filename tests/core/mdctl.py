#!/usr/bin/env -S python3 -IS
# SPDX-License-Identifier: GPL-2.0
"""Does one thing to an array and prints "ok" or the name of the errno.

    mdctl.py ioctl DEVICE NAME [ARGUMENT | FIELD=VALUE ...]
             [--nobody]: privileges are dropped after the open
             fields that the ioctl returns follow the "ok"
    mdctl.py write FILE TEXT
    mdctl.py attack FILE ... -- TEXT ...
             writes every text to every file, prints the name of a file and the
             text where that was "ok"
    mdctl.py poll FILE COMMAND ...
             reads the file, runs the command, and prints "woken" when the file
             has then an exceptional condition, or "timeout"
"""
import errno
import fcntl
import os
import select
import struct
import sys

MAJOR = 9
ARRAY = ("major_version minor_version patch_version ctime level size nr_disks "
         "raid_disks md_minor not_persistent utime state active_disks "
         "working_disks failed_disks spare_disks layout chunk_size").split()
DISK = "number major minor raid_disk state".split()
VERSION = "major minor patchlevel".split()

# name: number, direction (0 none, 1 write, 2 read), fields
IOCTLS = {
    "RAID_VERSION": (0x10, 2, VERSION),
    "GET_ARRAY_INFO": (0x11, 2, ARRAY),
    "GET_DISK_INFO": (0x12, 2, DISK),
    "RAID_AUTORUN": (0x14, 0, None),
    "GET_BITMAP_FILE": (0x15, 2, 4096),
    "CLEAR_ARRAY": (0x20, 0, None),
    "ADD_NEW_DISK": (0x21, 1, DISK),
    "HOT_REMOVE_DISK": (0x22, 0, None),
    "SET_ARRAY_INFO": (0x23, 1, ARRAY),
    "SET_DISK_INFO": (0x24, 0, None),
    "WRITE_RAID_INFO": (0x25, 0, None),
    "UNPROTECT_ARRAY": (0x26, 0, None),
    "PROTECT_ARRAY": (0x27, 0, None),
    "HOT_ADD_DISK": (0x28, 0, None),
    "SET_DISK_FAULTY": (0x29, 0, None),
    "HOT_GENERATE_ERROR": (0x2a, 0, None),
    "SET_BITMAP_FILE": (0x2b, 1, 4),
    "RUN_ARRAY": (0x30, 1, 12),
    "STOP_ARRAY": (0x32, 0, None),
    "STOP_ARRAY_RO": (0x33, 0, None),
    "RESTART_ARRAY_RW": (0x34, 0, None),
    "CLUSTERED_DISK_NACK": (0x35, 0, None),
}


def result(error):
    # The name that comes second depends on Python's version
    if error == errno.EOPNOTSUPP:
        return "EOPNOTSUPP"
    return errno.errorcode.get(error, str(error))


def do_ioctl(args):
    nobody = "--nobody" in args
    args = [a for a in args if a != "--nobody"]
    device, name, rest = args[0], args[1], args[2:]
    if name in IOCTLS:
        number, direction, content = IOCTLS[name]
    else:
        number, direction, content = int(name, 0), 0, None
    fields = content if isinstance(content, list) else []
    size = 4 * len(fields) if fields else content or 0
    request = direction << 30 | size << 16 | MAJOR << 8 | number
    if fields:
        values = dict.fromkeys(fields, 0)
        for word in rest:
            if "=" in word:
                key, value = word.split("=")
                values[key] = int(value, 0)
        packed = [values[f] & 0xffffffff for f in fields]
        buffer = bytearray(struct.pack(f"{len(fields)}I", *packed))
    else:
        buffer = bytearray(size)

    fd = os.open(device, os.O_RDONLY)
    if nobody:
        os.setgid(65534)
        os.setuid(65534)
    try:
        if rest and "=" not in rest[0]:
            fcntl.ioctl(fd, request, int(rest[0], 0))
        elif buffer:
            fcntl.ioctl(fd, request, buffer)
        else:
            fcntl.ioctl(fd, request)
    except OSError as error:
        print(result(error.errno))
        return
    out = ["ok"]
    if direction == 2 and fields:
        got = struct.unpack(f"{len(fields)}i", bytes(buffer))
        out += [f"{f}={v}" for f, v in zip(fields, got)]
    elif name == "GET_BITMAP_FILE":
        out.append(bytes(buffer).split(b"\0")[0].decode())
    print(" ".join(out).rstrip())


def write(file, text):
    try:
        fd = os.open(file, os.O_WRONLY)
    except OSError as error:
        return result(error.errno)
    try:
        os.write(fd, os.fsencode(text))
        return "ok"
    except OSError as error:
        return result(error.errno)
    finally:
        os.close(fd)


def do_write(args):
    print(write(*args))


def do_attack(args):
    split = args.index("--")
    for file in args[:split]:
        for text in args[split + 1:]:
            if write(file, text) == "ok":
                print(os.path.basename(file), repr(text[:40]))


def do_poll(args):
    limit = 60 * int(os.environ.get("TIMEOUT_SCALE", "1"))
    with open(args[0], "rb", 0) as file:
        file.read()
        poll = select.poll()
        poll.register(file, select.POLLPRI)
        # What went before may still be told
        for _ in range(100):
            if not poll.poll(200):
                break
            os.pread(file.fileno(), 1 << 20, 0)
        else:
            print("woken all the time")
            return
        # It is started very often, and this only here
        import subprocess  # pylint: disable=import-outside-toplevel
        subprocess.run(args[1:], check=True)
        print("woken" if poll.poll(limit * 1000) else "timeout")


COMMANDS = {"ioctl": do_ioctl, "write": do_write, "attack": do_attack,
            "poll": do_poll}
COMMANDS[sys.argv[1]](sys.argv[2:])
