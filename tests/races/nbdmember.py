# SPDX-License-Identifier: GPL-2.0
"""Members in memory, behind /dev/nbdN, that fail exactly the request that a test asks
for. Requests are counted over all members, from arm() on."""

import fcntl
import mmap
import os
import select
import signal
import socket
import struct
import subprocess
import time

SET_SOCK, SET_BLKSIZE, DO_IT, CLEAR_SOCK = 0xab00, 0xab01, 0xab03, 0xab04
SET_SIZE_BLOCKS, DISCONNECT, SET_FLAGS = 0xab07, 0xab08, 0xab0a
BLKFLSBUF = 0x1261
HAS_FLAGS, SEND_FLUSH, SEND_FUA = 1, 4, 8
REQUEST = struct.Struct(">IHHQQI")	# magic, flags, type, handle, from, length
REPLY = struct.Struct(">IIQ")
READ, WRITE, DISC, FLUSH = 0, 1, 2, 3
NAMES = ["read", "write", "disconnect", "flush"]
EIO = 5
# seen, which of them fails (0: none), hit, device, type, sector, dead one (or -1), for good
CONTROL = struct.Struct("<8q")


def receive(sock, size):
    data = b""
    while len(data) < size:
        more = sock.recv(size - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data


def udevadm(*words):
    subprocess.run(["udevadm", *words], check=False)


class Members:
    def __init__(self, count, size):
        self.size = size
        self.paths = [f"/dev/nbd{i}" for i in range(count)]
        self.memory = [mmap.mmap(-1, size) for _ in range(count)]
        self.control = mmap.mmap(-1, CONTROL.size)
        self._set(0, 0, 0, 0, 0, 0, -1, 0)
        pairs = [socket.socketpair() for _ in range(count)]
        self.pids = [self._fork(self._serve, [a for a, _ in pairs])]
        for path, (_, kernel) in zip(self.paths, pairs):
            fd = os.open(path, os.O_RDWR)
            fcntl.ioctl(fd, CLEAR_SOCK)
            fcntl.ioctl(fd, SET_BLKSIZE, 512)
            fcntl.ioctl(fd, SET_SIZE_BLOCKS, size // 512)
            fcntl.ioctl(fd, SET_FLAGS, HAS_FLAGS | SEND_FLUSH | SEND_FUA)
            fcntl.ioctl(fd, SET_SOCK, kernel.fileno())
            self.pids.append(self._fork(self._do_it, fd))
            os.close(fd)
        for path in self.paths:
            while not self._ready(path):
                time.sleep(0.02)
        for ends in pairs:
            for end in ends:
                end.close()

    def _ready(self, path):
        try:
            with open(path, "rb") as f:
                return f.seek(0, os.SEEK_END) == self.size and f.seek(0) == 0 and f.read(1)
        except OSError:
            return False

    @staticmethod
    def _fork(function, argument):
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            try:
                function(argument)
            finally:
                os._exit(0)
        return pid

    @staticmethod
    def _do_it(fd):
        try:
            fcntl.ioctl(fd, DO_IT)
        except OSError:
            pass

    def _get(self):
        return list(CONTROL.unpack_from(self.control))

    def _set(self, *values):
        CONTROL.pack_into(self.control, 0, *values)

    def _fails(self, device, kind, sector):
        seen, target, hit, _, _, _, dead, for_good = state = self._get()
        if dead == device:
            return True
        if not target or hit:
            return False
        state[0] = seen + 1
        if state[0] == target:
            state[2:6] = 1, device, kind, sector
            if for_good:
                state[6] = device
        self._set(*state)
        return state[0] == target

    def _serve(self, socks):
        number = {sock: i for i, sock in enumerate(socks)}
        while number:
            for sock in select.select(list(number), [], [])[0]:
                try:
                    self._answer(sock, number[sock])
                except ConnectionError:
                    del number[sock]

    def _answer(self, sock, device):
        _, _, kind, handle, start, length = REQUEST.unpack(receive(sock, REQUEST.size))
        data = receive(sock, length) if kind == WRITE else b""
        if kind == DISC:
            sock.shutdown(socket.SHUT_RDWR)	# others have copies
            raise ConnectionError
        error = EIO if self._fails(device, kind, start // 512) else 0
        if kind == WRITE and not error:
            self.memory[device][start:start + length] = data
        sock.sendall(REPLY.pack(0x67446698, error, handle))
        if kind == READ and not error:
            sock.sendall(self.memory[device][start:start + length])

    def arm(self, number, for_good=False):
        """The request with that number fails; for good: and all later ones of its
        member."""
        self._set(0, number, 0, 0, 0, 0, -1, int(for_good))

    def disarm(self):
        """What was hit, or None."""
        _, _, hit, device, kind, sector, _, _ = self._get()
        self._set(0, 0, 0, 0, 0, 0, -1, 0)
        return f"{NAMES[kind]} of nbd{device} at {sector}" if hit else None

    def save(self):
        return [bytes(m) for m in self.memory]

    def load(self, saved):
        for memory, data, path in zip(self.memory, saved, self.paths):
            memory[:] = data
            with open(path, "rb") as f:
                fcntl.ioctl(f, BLKFLSBUF)

    def close(self):
        """A read that comes while nbd disconnects is never answered: keep udev away."""
        udevadm("settle")
        udevadm("control", "--stop-exec-queue")
        try:
            for path in self.paths:
                with open(path, "rb") as f:
                    fcntl.ioctl(f, DISCONNECT)
            for pid in self.pids:
                os.waitpid(pid, 0)
        finally:
            udevadm("control", "--start-exec-queue")
