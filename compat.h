/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes an older kernel look like the newest one. The only file that may test
 * the kernel's version.
 */
#ifndef MD_COMPAT_H
#define MD_COMPAT_H

#include <linux/version.h>
#include <linux/badblocks.h>
#include <linux/blkdev.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#error "Linux 6.12 is the oldest kernel that is supported"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
/* Lengths became sector_t and the results bool (true: done) in 6.15. */
static inline int compat_badblocks_check(struct badblocks *bb, sector_t s,
					 sector_t sectors, sector_t *first_bad,
					 sector_t *bad_sectors)
{
	int bad = 0, ret;

	ret = badblocks_check(bb, s, min_t(sector_t, sectors, INT_MAX),
			      first_bad, &bad);
	*bad_sectors = bad;
	return ret;
}

static inline bool compat_badblocks_set(struct badblocks *bb, sector_t s,
					sector_t sectors, int acknowledged)
{
	return sectors <= INT_MAX &&
	       badblocks_set(bb, s, sectors, acknowledged) == 0;
}

static inline bool compat_badblocks_clear(struct badblocks *bb, sector_t s,
					  sector_t sectors)
{
	return sectors <= INT_MAX && badblocks_clear(bb, s, sectors) == 0;
}

#define badblocks_check compat_badblocks_check
#define badblocks_set compat_badblocks_set
#define badblocks_clear compat_badblocks_clear
#endif

#endif
