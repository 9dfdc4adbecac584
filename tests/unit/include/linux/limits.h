/* SPDX-License-Identifier: GPL-2.0 */
#include "kernel-types.h"
#include_next <linux/limits.h>
