// SPDX-License-Identifier: GPL-2.0
/*
 * The write-intent bitmap's superblock, decoded and encoded, and its size.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/string.h>

#include "md-bitmap-format.h"

static const char *head_refused(const struct md_bitmap_head *head)
{
	if (head->chunk_bytes < MD_BITMAP_MIN_CHUNK ||
	    !is_power_of_2(head->chunk_bytes))
		return "its chunk size is not a power of two from 512 bytes on";
	if (!head->sleep || head->sleep > MD_BITMAP_MAX_SLEEP)
		return "its daemon sleep period is out of range";
	if (head->write_behind > MD_BITMAP_MAX_WRITE_BEHIND)
		return "its write-behind limit is out of range";
	return NULL;
}

int md_bitmap_decode(const void *buf, struct md_bitmap_head *head,
		     const char **why)
{
	const struct md_bitmap_sb *sb = buf;

	if (sb->magic != cpu_to_le32(MD_BITMAP_MAGIC)) {
		*why = "it has no magic number";
		return -EINVAL;
	}
	head->version = le32_to_cpu(sb->version);
	if (head->version == MD_BITMAP_VERSION_CLUSTERED ||
	    (head->version == MD_BITMAP_VERSION && sb->nodes)) {
		*why = "it belongs to a cluster";
		return -EOPNOTSUPP;
	}
	if (head->version != MD_BITMAP_VERSION &&
	    (head->version != MD_BITMAP_VERSION_HOST ||
	     cpu_to_le32(1) != (__force __le32)1)) {
		*why = "its version is unknown";
		return -EINVAL;
	}
	memcpy(head->uuid, sb->uuid, sizeof(head->uuid));
	head->events = le64_to_cpu(sb->events);
	head->events_cleared = le64_to_cpu(sb->events_cleared);
	head->sync_size = le64_to_cpu(sb->sync_size);
	head->stale = le32_to_cpu(sb->state) &
		      (MD_BITMAP_STATE_STALE | MD_BITMAP_STATE_WRITE_ERROR);
	head->chunk_bytes = le32_to_cpu(sb->chunksize);
	head->sleep = le32_to_cpu(sb->daemon_sleep);
	head->write_behind = le32_to_cpu(sb->write_behind);
	head->reserved = le32_to_cpu(sb->sectors_reserved);
	*why = head_refused(head);
	return *why ? -EINVAL : 0;
}

void md_bitmap_encode(const struct md_bitmap_head *head, void *buf)
{
	struct md_bitmap_sb *sb = buf;

	memset(sb, 0, sizeof(*sb));
	sb->magic = cpu_to_le32(MD_BITMAP_MAGIC);
	sb->version = cpu_to_le32(head->version);
	memcpy(sb->uuid, head->uuid, sizeof(sb->uuid));
	sb->events = cpu_to_le64(head->events);
	sb->events_cleared = cpu_to_le64(head->events_cleared);
	sb->sync_size = cpu_to_le64(head->sync_size);
	sb->state = cpu_to_le32(head->stale ? MD_BITMAP_STATE_STALE : 0);
	sb->chunksize = cpu_to_le32(head->chunk_bytes);
	sb->daemon_sleep = cpu_to_le32(head->sleep);
	sb->write_behind = cpu_to_le32(head->write_behind);
	sb->sectors_reserved = cpu_to_le32(head->reserved);
}

u64 md_bitmap_chunks(u64 sectors, u32 chunk_bytes)
{
	unsigned int shift = ilog2(chunk_bytes) - 9;

	return (sectors >> shift) + !!(sectors & ((1ULL << shift) - 1));
}

u64 md_bitmap_bytes(u64 chunks, unsigned int head_bytes)
{
	return head_bytes + chunks / 8 + !!(chunks % 8);
}

u32 md_bitmap_fit_chunk(u64 sectors, u32 chunk_bytes, u64 room,
			unsigned int head_bytes)
{
	while (md_bitmap_bytes(md_bitmap_chunks(sectors, chunk_bytes),
			       head_bytes) > room) {
		if (chunk_bytes >= 1U << 31)
			return 0;
		chunk_bytes <<= 1;
	}
	return chunk_bytes;
}
