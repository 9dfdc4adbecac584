#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Bitmaps in files, which mdadm 4.4 doesn't offer any more.

    bmfile.py create FILE UUID SECTORS CHUNK-BYTES SLEEP     no bit is set
    bmfile.py set DEVICE FILE        or "-" to remove it
    bmfile.py dirty FILE             prints how many bits are set
"""
import fcntl
import os
import struct
import sys

SET_BITMAP_FILE = 0x4004092B
HEAD = struct.Struct("<II16sQQQIIIIII")


def create(file, uuid, sectors, chunk, sleep):
    sectors, chunk = int(sectors), int(chunk)
    bits = -(-sectors * 512 // chunk)
    with open(file, "wb") as f:
        f.write(HEAD.pack(0x6D746962, 4, bytes.fromhex(uuid.replace("-", "")), 0, 0,
                          sectors, 0, chunk, int(sleep), 0, 0, 0).ljust(256, b"\0"))
        f.write(bytes(-(-bits // 8)))


def set_file(device, file):
    array = os.open(device, os.O_RDONLY)
    handle = -1 if file == "-" else os.open(file, os.O_RDWR)
    try:
        fcntl.ioctl(array, SET_BITMAP_FILE, handle)
    except OSError as err:
        sys.exit(f"{file}: {err.strerror}")


def dirty(file):
    with open(file, "rb") as f:
        print(sum(bin(byte).count("1") for byte in f.read()[256:]))


{"create": create, "set": set_file, "dirty": dirty}[sys.argv[1]](*sys.argv[2:])
