#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""System calls as a 32-bit process makes them: by int 0x80.

    compat.py probe                    exit status 0 when the kernel has them
    compat.py value DEVICE CMD ARG     prints "ok" or the errno's name
    compat.py struct DEVICE CMD WORDS [FIRST]
                                       prints that many int that the ioctl
                                       filled in; the first one is set before
"""
import ctypes
import errno
import mmap
import os
import struct
import sys

MAP_32BIT = 0x40
GETPID, IOCTL = 20, 54	# of i386

# long call(int nr, int a, int b, int c), which gets them in edi, esi, edx, ecx:
# push rbx; mov eax,edi; mov ebx,esi; xchg edx,ecx; int 0x80; pop rbx; ret
CODE = bytes.fromhex("53 89f8 89f3 87ca cd80 5b c3")


def low_memory(prot):
    return mmap.mmap(-1, 8192, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_32BIT,
                     prot=prot)


def address(memory):
    return ctypes.addressof(ctypes.c_char.from_buffer(memory))


code = low_memory(mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
code.write(CODE)
call = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_uint] * 4)(address(code))


def probe():
    pid = os.fork()
    if not pid:
        os._exit(0 if call(GETPID, 0, 0, 0) == os.getpid() else 1)
    # The kernel kills it when there is no such entry
    return os.waitpid(pid, 0)[1] != 0


def ioctl(device, cmd, arg):
    fd = os.open(device, os.O_RDONLY)
    ret = call(IOCTL, fd, cmd, arg)
    os.close(fd)
    return "ok" if ret >= 0 else errno.errorcode[-ret]


def main():
    if sys.argv[1] == "probe":
        sys.exit(probe())
    device, cmd = sys.argv[2], int(sys.argv[3], 0)
    numbers = [int(n, 0) for n in sys.argv[4:]]
    if sys.argv[1] == "value":
        print(ioctl(device, cmd, numbers[0]))
        return
    buffer = low_memory(mmap.PROT_READ | mmap.PROT_WRITE)
    buffer[:4] = struct.pack("i", (numbers + [0])[1])
    result = ioctl(device, cmd, address(buffer))
    if result != "ok":
        sys.exit(result)
    print(*struct.unpack(f"{numbers[0]}i", buffer[:4 * numbers[0]]), sep="\n")


main()
