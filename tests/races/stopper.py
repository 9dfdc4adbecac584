#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""stopper.py BYTES: writes to md0 through the page cache, then calls STOP_ARRAY."""
import fcntl
import os
import sys
import time

fd = os.open("/dev/md0", os.O_RDWR)
os.write(fd, b"x" * int(sys.argv[1]))
while True:	# udev may have it open
    try:
        fcntl.ioctl(fd, 0x0932)
        break
    except OSError:
        time.sleep(0.1)
