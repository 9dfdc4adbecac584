#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# RAID1 in a container with IMSM metadata: made, a member fails, a spare takes its place,
# stopped, assembled by -I and by -A, with mdmon keeping the metadata.
# debug: yes
# timeout: 300
. "$(dirname "$0")/common.sh"
container_life imsm
