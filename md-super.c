// SPDX-License-Identifier: GPL-2.0
/*
 * What all superblock formats share: the table of formats, comparison of
 * members, bad-block log entries.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "md-format.h"
#include "md-super.h"

static const struct md_super_format *const formats[] = {
	&md_super_v090, &md_super_v1[0], &md_super_v1[1], &md_super_v1[2],
};

const struct md_super_format *md_super_find_format(int major, int minor)
{
	unsigned int i;

	if (major < 0 || minor < 0)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (formats[i]->major_version == (u32)major &&
		    formats[i]->minor_version == (u32)minor)
			return formats[i];
	return NULL;
}

const char *md_super_conflict(const struct md_super *a,
			      const struct md_super *b)
{
	if (a->major_version != b->major_version ||
	    a->minor_version != b->minor_version)
		return "superblock formats differ";
	if (memcmp(a->uuid, b->uuid, sizeof(a->uuid)))
		return "array UUIDs differ";
	return NULL;
}

int md_bblog_decode_entry(u64 raw, u8 shift, u64 *start, u64 *sectors)
{
	u64 first = raw >> MD_BBLOG_LENGTH_BITS;
	u64 length = raw & MD_BBLOG_LENGTH_MASK;

	if (raw == MD_BBLOG_END)
		return 0;
	/* The last unit's end must be expressible too, hence first + length. */
	if (!length || shift > MD_BBLOG_MAX_SHIFT ||
	    first + length > U64_MAX >> shift)
		return -EINVAL;
	*start = first << shift;
	*sectors = length << shift;
	return 1;
}
