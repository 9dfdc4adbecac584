/* SPDX-License-Identifier: GPL-2.0 */
/*
 * On-disk structures beyond <linux/raid/md_p.h>, and proof that both lie where
 * other implementations expect them.
 */
#ifndef MD_FORMAT_H
#define MD_FORMAT_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>
#include <linux/raid/md_p.h>

/*
 * Kernels from 6.19 on record the array's logical block size in the first
 * bytes of what the header calls pad3: little-endian bytes, 0 if not recorded.
 */
#define MD_SB1_LOGICAL_BLOCK_SIZE	224

/* Fixed part of a 1.x superblock; the roles follow. */
#define MD_SB1_FIXED_BYTES		256

/*
 * One entry of the bad-block log: start << 10 | length, in units of
 * 512 << bblog_shift bytes.
 */
#define MD_BBLOG_LENGTH_BITS		10
#define MD_BBLOG_LENGTH_MASK		((1ULL << MD_BBLOG_LENGTH_BITS) - 1)

/* A unit of 512 << shift bytes must fit into a signed 64-bit integer. */
#define MD_BBLOG_MAX_SHIFT		53

/* While a reshape is under way 0.90 calls itself 0.91. */
#define MD_SB0_MINOR			90
#define MD_SB0_MINOR_RESHAPE		91

/* 0.90 keeps its bitmap right behind the superblock. */
#define MD_SB0_BITMAP_OFFSET		(MD_SB_BYTES >> 9)

#define MD_ASSERT_FIELD(type, field, offset, size)			\
	static_assert(offsetof(type, field) == (offset) &&		\
		      sizeof(((type *)0)->field) == (size))

MD_ASSERT_FIELD(mdp_disk_t, number, 0, 4);
MD_ASSERT_FIELD(mdp_disk_t, major, 4, 4);
MD_ASSERT_FIELD(mdp_disk_t, minor, 8, 4);
MD_ASSERT_FIELD(mdp_disk_t, raid_disk, 12, 4);
MD_ASSERT_FIELD(mdp_disk_t, state, 16, 4);
static_assert(sizeof(mdp_disk_t) == 128);

MD_ASSERT_FIELD(mdp_super_t, md_magic, 0, 4);
MD_ASSERT_FIELD(mdp_super_t, major_version, 4, 4);
MD_ASSERT_FIELD(mdp_super_t, minor_version, 8, 4);
MD_ASSERT_FIELD(mdp_super_t, patch_version, 12, 4);
MD_ASSERT_FIELD(mdp_super_t, set_uuid0, 20, 4);
MD_ASSERT_FIELD(mdp_super_t, ctime, 24, 4);
MD_ASSERT_FIELD(mdp_super_t, level, 28, 4);
MD_ASSERT_FIELD(mdp_super_t, size, 32, 4);
MD_ASSERT_FIELD(mdp_super_t, nr_disks, 36, 4);
MD_ASSERT_FIELD(mdp_super_t, raid_disks, 40, 4);
MD_ASSERT_FIELD(mdp_super_t, md_minor, 44, 4);
MD_ASSERT_FIELD(mdp_super_t, set_uuid1, 52, 4);
MD_ASSERT_FIELD(mdp_super_t, set_uuid2, 56, 4);
MD_ASSERT_FIELD(mdp_super_t, set_uuid3, 60, 4);
MD_ASSERT_FIELD(mdp_super_t, utime, 128, 4);
MD_ASSERT_FIELD(mdp_super_t, state, 132, 4);
MD_ASSERT_FIELD(mdp_super_t, active_disks, 136, 4);
MD_ASSERT_FIELD(mdp_super_t, working_disks, 140, 4);
MD_ASSERT_FIELD(mdp_super_t, failed_disks, 144, 4);
MD_ASSERT_FIELD(mdp_super_t, spare_disks, 148, 4);
MD_ASSERT_FIELD(mdp_super_t, sb_csum, 152, 4);
#ifdef __LITTLE_ENDIAN
MD_ASSERT_FIELD(mdp_super_t, events_lo, 156, 4);
MD_ASSERT_FIELD(mdp_super_t, events_hi, 160, 4);
MD_ASSERT_FIELD(mdp_super_t, cp_events_lo, 164, 4);
MD_ASSERT_FIELD(mdp_super_t, cp_events_hi, 168, 4);
#endif
MD_ASSERT_FIELD(mdp_super_t, recovery_cp, 172, 4);
MD_ASSERT_FIELD(mdp_super_t, reshape_position, 176, 8);
MD_ASSERT_FIELD(mdp_super_t, new_level, 184, 4);
MD_ASSERT_FIELD(mdp_super_t, delta_disks, 188, 4);
MD_ASSERT_FIELD(mdp_super_t, new_layout, 192, 4);
MD_ASSERT_FIELD(mdp_super_t, new_chunk, 196, 4);
MD_ASSERT_FIELD(mdp_super_t, layout, 256, 4);
MD_ASSERT_FIELD(mdp_super_t, chunk_size, 260, 4);
MD_ASSERT_FIELD(mdp_super_t, disks, 512, 27 * 128);
MD_ASSERT_FIELD(mdp_super_t, this_disk, 3968, 128);
static_assert(sizeof(mdp_super_t) == 4096);

MD_ASSERT_FIELD(struct mdp_superblock_1, magic, 0, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, major_version, 4, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, feature_map, 8, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, pad0, 12, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, set_uuid, 16, 16);
MD_ASSERT_FIELD(struct mdp_superblock_1, set_name, 32, 32);
MD_ASSERT_FIELD(struct mdp_superblock_1, ctime, 64, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, level, 72, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, layout, 76, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, size, 80, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, chunksize, 88, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, raid_disks, 92, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, bitmap_offset, 96, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, ppl.offset, 96, 2);
MD_ASSERT_FIELD(struct mdp_superblock_1, ppl.size, 98, 2);
MD_ASSERT_FIELD(struct mdp_superblock_1, new_level, 100, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, reshape_position, 104, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, delta_disks, 112, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, new_layout, 116, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, new_chunk, 120, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, new_offset, 124, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, data_offset, 128, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, data_size, 136, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, super_offset, 144, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, recovery_offset, 152, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, journal_tail, 152, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, dev_number, 160, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, cnt_corrected_read, 164, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, device_uuid, 168, 16);
MD_ASSERT_FIELD(struct mdp_superblock_1, devflags, 184, 1);
MD_ASSERT_FIELD(struct mdp_superblock_1, bblog_shift, 185, 1);
MD_ASSERT_FIELD(struct mdp_superblock_1, bblog_size, 186, 2);
MD_ASSERT_FIELD(struct mdp_superblock_1, bblog_offset, 188, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, utime, 192, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, events, 200, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, resync_offset, 208, 8);
MD_ASSERT_FIELD(struct mdp_superblock_1, sb_csum, 216, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, max_dev, 220, 4);
MD_ASSERT_FIELD(struct mdp_superblock_1, pad3, MD_SB1_LOGICAL_BLOCK_SIZE, 32);
static_assert(offsetof(struct mdp_superblock_1, dev_roles) == MD_SB1_FIXED_BYTES);
static_assert(sizeof(struct mdp_superblock_1) == MD_SB1_FIXED_BYTES);

#endif
