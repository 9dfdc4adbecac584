#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The n-th request to a member fails while an array is created, bound, assembled,
# grown, while it gets a member or a bitmap: what is refused leaves nothing bound, no
# device in use and no reference on the modules, what is accepted works.
# kmemleak: yes
# timeout: 400
. "$(dirname "$0")/life.sh"
modprobe -q nbd nbds_max=3 max_part=0 || skip "nbd is not there"
udevadm settle
echo 0 >/sys/module/md_mod/parameters/start_ro

python3 "$(dirname "$0")/nth-io.py" "${RACE_SECONDS:-30}"
wait_for 60 rmmod nbd 2>/dev/null
wait_for 60 md_unload
use_driver "$DRIVER"
