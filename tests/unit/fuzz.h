/* SPDX-License-Identifier: GPL-2.0 */
/* What every accepted superblock must keep to, whatever its format. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <linux/types.h>
#include <linux/raid/md_p.h>

#include "md-super.h"

#define ASSERT(cond) do {						\
	if (!(cond)) {							\
		fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);	\
		abort();						\
	}								\
} while (0)

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static inline void assert_inside(u64 start, u64 sectors, u64 bdev)
{
	ASSERT(start <= bdev && sectors <= bdev - start);
}

static inline void assert_ranges(const struct md_super *sb, u64 start, u64 bdev)
{
	ASSERT(sb->super_offset == start);
	assert_inside(start, MD_SUPER_SECTORS, bdev);
	assert_inside(sb->data_offset, sb->data_sectors, bdev);
	ASSERT(sb->new_data_offset <= bdev);
	ASSERT(sb->data_offset + sb->data_sectors <= start ||
	       sb->data_offset >= start + MD_SUPER_SECTORS);
	if (sb->level >= 1 && sb->devs[sb->dev_number].role != MD_DISK_ROLE_JOURNAL) {
		ASSERT(sb->dev_sectors && sb->dev_sectors <= sb->data_sectors);
		assert_inside(sb->new_data_offset, sb->dev_sectors, bdev);
	}
	if (sb->bitmap_present)
		assert_inside(start + (u64)sb->bitmap_offset, 1, bdev);
	if (sb->ppl)
		assert_inside(start + (u64)(s64)sb->ppl_offset, sb->ppl_sectors, bdev);
	if (sb->bblog_sectors)
		assert_inside(start + (u64)(s64)sb->bblog_offset, sb->bblog_sectors, bdev);
	ASSERT(sb->bblog_shift < 64);
	ASSERT(sb->raid_disks && sb->raid_disks <= MD_SUPER_MAX_RAID_DISKS);
	ASSERT(sb->nr_devs <= MD_SUPER_MAX_DEVS && sb->dev_number < sb->nr_devs);
	ASSERT(sb->chunk_sectors <= MD_SUPER_MAX_CHUNK);
	ASSERT(!sb->name[32]);
}

/*
 * The input is a change to a valid superblock, so that the empty one is
 * accepted and every byte leads straight to what depends on it.
 */
static inline void xor_input(u8 *buf, const u8 *data, size_t size)
{
	size_t i;

	for (i = 0; i < size && i < MD_SUPER_BYTES; i++)
		buf[i] ^= data[i];
}

/* Encode what was decoded, over @buf and over zeroes: nothing may change. */
static inline void assert_round_trip(const struct md_super_format *fmt,
				     const struct md_super *sb, const u8 *buf,
				     u64 start, u64 bdev)
{
	static struct md_super again;
	static u8 copy[MD_SUPER_BYTES];
	const char *why;
	int zero;

	ASSERT(!fmt->unfit(sb));
	for (zero = 0; zero < 2; zero++) {
		if (zero)
			memset(copy, 0, sizeof(copy));
		else
			memcpy(copy, buf, sizeof(copy));
		fmt->encode(sb, copy);
		why = NULL;
		if (fmt->decode(copy, start, bdev, &again, &why)) {
			fprintf(stderr, "own encoding refused: %s\n", why);
			abort();
		}
		ASSERT(!memcmp(sb, &again, sizeof(again)));
		ASSERT(fmt->used_bytes(copy) <= MD_SUPER_BYTES);
	}
}

#endif
