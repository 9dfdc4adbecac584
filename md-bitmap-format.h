/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The write-intent bitmap's superblock and the arithmetic of its size: pure, and
 * also compiled in userspace.
 *
 * A bitmap is 256 bytes of superblock, then a bit per chunk, least significant
 * bit of the first byte first. One kept by userland (external metadata) has no
 * superblock. Source of the format: mdadm's --examine-bitmap, mdadm(8), md(4),
 * and observation.
 */
#ifndef MD_BITMAP_FORMAT_H
#define MD_BITMAP_FORMAT_H

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/types.h>

#define MD_BITMAP_MAGIC			0x6d746962	/* "bitm" */
#define MD_BITMAP_VERSION_HOST		3	/* bits in words of the host */
#define MD_BITMAP_VERSION		4
#define MD_BITMAP_VERSION_CLUSTERED	5
#define MD_BITMAP_HEAD_BYTES		256

#define MD_BITMAP_STATE_STALE		BIT(1)
#define MD_BITMAP_STATE_WRITE_ERROR	BIT(2)

#define MD_BITMAP_MAX_WRITE_BEHIND	16383
#define MD_BITMAP_DEFAULT_SLEEP		5	/* seconds */
#define MD_BITMAP_MAX_SLEEP		(1U << 20)
#define MD_BITMAP_MIN_CHUNK		512U	/* bytes */
#define MD_BITMAP_DEFAULT_CHUNK		(64U << 20)
/* Each takes four bytes of memory. */
#define MD_BITMAP_MAX_CHUNKS		(1ULL << 28)

/**
 * struct md_bitmap_sb - superblock of a bitmap, as on disk
 * @magic: MD_BITMAP_MAGIC
 * @version: MD_BITMAP_VERSION*
 * @uuid: the array's
 * @events: of the array when the bitmap was last known to be up to date; the
 *	bitmap counts only if the members' superblocks have no higher number
 * @events_cleared: members with that number or a higher one have all writes
 *	whose bits were cleared
 * @sync_size: sectors that the bits cover
 * @state: MD_BITMAP_STATE_*
 * @chunksize: bytes per bit, a power of two
 * @daemon_sleep: seconds between two looks for bits to be cleared
 * @write_behind: limit of writes behind; 0: none
 * @sectors_reserved: room of the whole bitmap; 0: not recorded
 * @nodes: of a cluster
 * @cluster_name: of a cluster
 * @pad: zero
 */
struct md_bitmap_sb {
	__le32 magic;
	__le32 version;
	__u8 uuid[16];
	__le64 events;
	__le64 events_cleared;
	__le64 sync_size;
	__le32 state;
	__le32 chunksize;
	__le32 daemon_sleep;
	__le32 write_behind;
	__le32 sectors_reserved;
	__le32 nodes;
	__u8 cluster_name[64];
	__u8 pad[120];
};

static_assert(sizeof(struct md_bitmap_sb) == MD_BITMAP_HEAD_BYTES);
static_assert(offsetof(struct md_bitmap_sb, events) == 24);
static_assert(offsetof(struct md_bitmap_sb, sync_size) == 40);
static_assert(offsetof(struct md_bitmap_sb, state) == 48);
static_assert(offsetof(struct md_bitmap_sb, sectors_reserved) == 64);
static_assert(offsetof(struct md_bitmap_sb, cluster_name) == 72);

/**
 * struct md_bitmap_head - what a bitmap's superblock says
 *
 * Sizes are in sectors unless said otherwise. What a decoder returns has passed
 * its range checks.
 */
struct md_bitmap_head {
	u32 version;
	u8 uuid[16];
	u64 events;
	u64 events_cleared;
	u64 sync_size;
	bool stale;
	u32 chunk_bytes;
	u32 sleep;		/* seconds */
	u32 write_behind;
	u32 reserved;		/* 0: not recorded */
};

/**
 * md_bitmap_decode() - check and unpack a bitmap's superblock
 * @buf: MD_BITMAP_HEAD_BYTES bytes
 * @head: filled
 * @why: set to a constant string on error
 *
 * Return: 0, -EINVAL, or -EOPNOTSUPP for a cluster's.
 */
int md_bitmap_decode(const void *buf, struct md_bitmap_head *head,
		     const char **why);

/**
 * md_bitmap_encode() - write a bitmap's superblock
 * @head: what it shall say
 * @buf: MD_BITMAP_HEAD_BYTES bytes, overwritten
 */
void md_bitmap_encode(const struct md_bitmap_head *head, void *buf);

/**
 * md_bitmap_chunks() - how many bits it takes to cover an array
 * @sectors: extent of the sync space
 * @chunk_bytes: bytes per bit, a power of two from MD_BITMAP_MIN_CHUNK on
 */
u64 md_bitmap_chunks(u64 sectors, u32 chunk_bytes);

/**
 * md_bitmap_bytes() - size of a bitmap, superblock included
 * @chunks: number of bits
 * @head_bytes: MD_BITMAP_HEAD_BYTES, or 0 for one without superblock
 */
u64 md_bitmap_bytes(u64 chunks, unsigned int head_bytes);

/**
 * md_bitmap_fit_chunk() - smallest chunk with which a bitmap fits into its room
 * @sectors: extent of the sync space
 * @chunk_bytes: chunk to begin with, a power of two
 * @room: bytes that there are
 * @head_bytes: as for md_bitmap_bytes()
 *
 * Return: bytes per bit, a power of two, or 0 when none fits.
 */
u32 md_bitmap_fit_chunk(u64 sectors, u32 chunk_bytes, u64 room,
			unsigned int head_bytes);

#endif
