# SPDX-License-Identifier: GPL-2.0
"""What the tests in Python share: sysfs files, in one system call each."""

import os


def read(path):
    """In one piece, or it could be half of one value and half of the next."""
    fd = os.open(path, os.O_RDONLY)
    try:
        return os.pread(fd, 65536, 0).decode(errors="replace").strip()
    finally:
        os.close(fd)


def store(path, text):
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def dev_number(disk):
    """As new_dev wants it."""
    dev = os.stat(disk).st_rdev
    return f"{os.major(dev)}:{os.minor(dev)}"
