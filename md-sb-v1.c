// SPDX-License-Identifier: GPL-2.0
/*
 * Superblock formats 1.0 (device's end), 1.1 (start) and 1.2 (4 KiB behind the
 * start): little-endian, one content.
 */
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "md-format.h"
#include "md-super.h"

/* Smallest device that holds a superblock in any place, and some data. */
#define V1_MIN_SECTORS		24

/* Beyond this no block layer goes; a value above it is damage. */
#define V1_MAX_LOGICAL_BLOCK	(1U << 30)

/* Roles up to the end of a sector cost nothing. */
#define V1_ROLES_PER_SECTOR	256

/* The buffer may be unaligned, so its fields are never accessed directly. */
#define v1_at(buf, field, bytes)					\
({									\
	static_assert(sizeof(((struct mdp_superblock_1 *)0)->field) == (bytes)); \
	(buf) + offsetof(struct mdp_superblock_1, field);		\
})
#define v1_get16(buf, field)	get_unaligned_le16(v1_at(buf, field, 2))
#define v1_get32(buf, field)	get_unaligned_le32(v1_at(buf, field, 4))
#define v1_get64(buf, field)	get_unaligned_le64(v1_at(buf, field, 8))
#define v1_put16(buf, field, v)	put_unaligned_le16(v, v1_at(buf, field, 2))
#define v1_put32(buf, field, v)	put_unaligned_le32(v, v1_at(buf, field, 4))
#define v1_put64(buf, field, v)	put_unaligned_le64(v, v1_at(buf, field, 8))

/* Space outside the data that a superblock lays claim to. */
enum v1_area {
	V1_BITMAP,
	V1_PPL,
	V1_BBLOG,
};

#define V1_AREA_MESSAGES(name) {			\
	name " lies outside the device",		\
	name " overlaps the superblock",		\
	name " overlaps the data",			\
}

static const char *const v1_area_messages[][3] = {
	[V1_BITMAP] = V1_AREA_MESSAGES("bitmap"),
	[V1_PPL] = V1_AREA_MESSAGES("partial parity log"),
	[V1_BBLOG] = V1_AREA_MESSAGES("bad-block log"),
};

static bool v1_fits(u64 start, u64 sectors, u64 limit)
{
	return start <= limit && sectors <= limit - start;
}

/* Both ranges have passed v1_fits(). */
static bool v1_overlap(u64 a, u64 a_sectors, u64 b, u64 b_sectors)
{
	return a < b + b_sectors && b < a + a_sectors;
}

static u32 v1_bytes(u32 max_dev)
{
	return MD_SB1_FIXED_BYTES + 2 * max_dev;
}

static u32 v1_csum(const u8 *buf, u32 max_dev)
{
	u32 bytes = v1_bytes(max_dev);
	u64 sum = 0;
	u32 i;

	for (i = 0; i + 4 <= bytes; i += 4)
		sum += get_unaligned_le32(buf + i);
	if (i < bytes)
		sum += get_unaligned_le16(buf + i);
	sum -= v1_get32(buf, sb_csum);
	return (u32)sum + (u32)(sum >> 32);
}

/*
 * During a reshape roles reach up to the larger of both numbers of slots;
 * raid_disks is the new one.
 */
static u32 v1_slots(const struct md_super *sb)
{
	s64 old = sb->raid_disks;

	if (sb->reshape_position != MD_SUPER_NONE)
		old -= sb->delta_disks;
	return clamp(old, (s64)sb->raid_disks, (s64)MD_SUPER_MAX_RAID_DISKS);
}

/* How many roles fit before the first area that follows the superblock. */
static u32 v1_max_roles(const struct md_super *sb)
{
	s64 sectors = MD_SUPER_SECTORS;

	if (sb->bitmap_present && sb->bitmap_offset > 0)
		sectors = min(sectors, sb->bitmap_offset);
	if (sb->ppl && sb->ppl_offset > 0)
		sectors = min(sectors, (s64)sb->ppl_offset);
	if (sb->bblog_sectors && sb->bblog_offset > 0)
		sectors = min(sectors, (s64)sb->bblog_offset);
	return ((u32)sectors * 512 - MD_SB1_FIXED_BYTES) / 2;
}

static int v1_locate_end(u64 bdev_sectors, u64 *start)
{
	if (bdev_sectors < V1_MIN_SECTORS)
		return -ENOSPC;
	*start = (bdev_sectors - 16) & ~7ULL;
	return 0;
}

static int v1_locate_start(u64 bdev_sectors, u64 *start)
{
	if (bdev_sectors < V1_MIN_SECTORS)
		return -ENOSPC;
	*start = 0;
	return 0;
}

static int v1_locate_4k(u64 bdev_sectors, u64 *start)
{
	if (bdev_sectors < V1_MIN_SECTORS)
		return -ENOSPC;
	*start = 8;
	return 0;
}

static void v1_decode_array(const u8 *buf, u32 features, struct md_super *out)
{
	size_t len;

	memcpy(out->uuid, v1_at(buf, set_uuid, 16), sizeof(out->uuid));
	len = strnlen((const char *)v1_at(buf, set_name, 32), 32);
	memcpy(out->name, v1_at(buf, set_name, 32), len);
	out->ctime = v1_get64(buf, ctime);
	out->utime = v1_get64(buf, utime);
	out->level = (s32)v1_get32(buf, level);
	out->layout = (s32)v1_get32(buf, layout);
	out->chunk_sectors = v1_get32(buf, chunksize);
	out->raid_disks = v1_get32(buf, raid_disks);
	out->dev_sectors = v1_get64(buf, size);
	out->events = v1_get64(buf, events);
	out->resync_offset = v1_get64(buf, resync_offset);
	out->clean = out->resync_offset != 0;
	out->logical_block_size =
		get_unaligned_le32(buf + MD_SB1_LOGICAL_BLOCK_SIZE);

	out->bitmap_present = !!(features & MD_FEATURE_BITMAP_OFFSET);
	if (out->bitmap_present)
		out->bitmap_offset = (s32)v1_get32(buf, bitmap_offset);
	out->journal = !!(features & MD_FEATURE_JOURNAL);
	out->ppl = !!(features & MD_FEATURE_PPL);
	if (out->ppl) {
		out->ppl_offset = (s16)v1_get16(buf, ppl.offset);
		out->ppl_sectors = v1_get16(buf, ppl.size);
		out->multiple_ppls = !!(features & MD_FEATURE_MULTIPLE_PPLS);
	}
	out->raid0_layout = !!(features & MD_FEATURE_RAID0_LAYOUT);
	out->clustered = !!(features & MD_FEATURE_CLUSTERED);
}

/* Returns NULL, or what is wrong. */
static const char *v1_check_array(const struct md_super *out)
{
	u32 block = out->logical_block_size;

	if (!out->raid_disks || out->raid_disks > MD_SUPER_MAX_RAID_DISKS)
		return "number of devices is out of range";
	if (out->chunk_sectors > MD_SUPER_MAX_CHUNK)
		return "chunk size is invalid";
	if (out->dev_sectors > MD_SUPER_MAX_SECTORS)
		return "size is out of range";
	if (out->level >= 1 && !out->dev_sectors)
		return "array has no size";
	if (out->resync_offset != MD_SUPER_NONE &&
	    out->resync_offset > MD_SUPER_MAX_SECTORS)
		return "resync offset is out of range";
	if (block && (block < 512 || block > V1_MAX_LOGICAL_BLOCK ||
		      block & (block - 1)))
		return "logical block size is invalid";
	return NULL;
}

/* Returns NULL, or what is wrong. */
static const char *v1_decode_reshape(const u8 *buf, u32 features,
				     struct md_super *out)
{
	s32 delta;
	s64 old;

	out->new_data_offset = out->data_offset;
	if (!(features & MD_FEATURE_RESHAPE_ACTIVE)) {
		out->reshape_position = MD_SUPER_NONE;
		out->new_level = out->level;
		out->new_layout = out->layout;
		out->new_chunk_sectors = out->chunk_sectors;
		return NULL;
	}
	delta = (s32)v1_get32(buf, delta_disks);
	out->reshape_position = v1_get64(buf, reshape_position);
	out->delta_disks = delta;
	out->reshape_backwards = delta < 0 ||
		(!delta && features & MD_FEATURE_RESHAPE_BACKWARDS);
	out->new_level = (s32)v1_get32(buf, new_level);
	out->new_layout = (s32)v1_get32(buf, new_layout);
	out->new_chunk_sectors = v1_get32(buf, new_chunk);

	old = (s64)out->raid_disks - delta;
	if (old < 1 || old > MD_SUPER_MAX_RAID_DISKS)
		return "change in the number of devices is out of range";
	if (out->reshape_position > MD_SUPER_MAX_SECTORS)
		return "reshape position is out of range";
	if (out->new_chunk_sectors > MD_SUPER_MAX_CHUNK)
		return "new chunk size is invalid";
	/* A sum below zero wraps round to far outside of any device. */
	if (features & MD_FEATURE_NEW_OFFSET)
		out->new_data_offset += (u64)(s32)v1_get32(buf, new_offset);
	return NULL;
}

/* Returns NULL, or what is wrong. */
static const char *v1_decode_roles(const u8 *buf, u32 features, u32 max_dev,
				   struct md_super *out)
{
	u32 slots = v1_slots(out);
	struct md_super_dev *own;
	u16 role;
	u32 i;

	if (out->dev_number >= MD_SUPER_MAX_DEVS)
		return "device number is out of range";
	for (i = 0; i < MD_SUPER_MAX_DEVS; i++) {
		role = MD_DISK_ROLE_SPARE;
		if (i < max_dev)
			role = get_unaligned_le16(buf + MD_SB1_FIXED_BYTES +
						  2 * i);
		if (role < MD_DISK_ROLE_JOURNAL && role >= slots) {
			if (i == out->dev_number)
				return "role of this device is out of range";
			role = MD_DISK_ROLE_SPARE;
		}
		out->devs[i].role = role;
		out->devs[i].present = role != MD_DISK_ROLE_SPARE ||
				       i == out->dev_number;
		if (out->devs[i].present)
			out->nr_devs = i + 1;
	}

	own = &out->devs[out->dev_number];
	out->recovery_offset = MD_SUPER_NONE;
	if (own->role == MD_DISK_ROLE_JOURNAL) {
		if (!out->journal)
			return "journal device of an array without a journal";
		out->journal_tail = v1_get64(buf, journal_tail);
		if (out->journal_tail >= out->data_sectors)
			return "journal tail lies outside the device";
	}
	if (own->role >= slots)
		return NULL;

	out->replacement = !!(features & MD_FEATURE_REPLACEMENT);
	if (features & MD_FEATURE_RECOVERY_OFFSET)
		out->recovery_offset = v1_get64(buf, recovery_offset);
	if (out->recovery_offset == MD_SUPER_NONE)
		return NULL;
	if (out->recovery_offset > out->data_sectors)
		return "recovery offset lies outside the device";
	own->recovering = 1;
	out->recovery_by_bitmap = !!(features & MD_FEATURE_RECOVERY_BITMAP);
	return NULL;
}

/* Sectors from data_offset on that must not be used for anything else. */
static u64 v1_data_used(const struct md_super *sb)
{
	if (sb->level >= 1 &&
	    sb->devs[sb->dev_number].role != MD_DISK_ROLE_JOURNAL)
		return sb->dev_sectors;
	return sb->data_sectors;
}

/* Returns NULL, or what is wrong. */
static const char *v1_check_data(const struct md_super *out, u64 bdev_sectors)
{
	u64 start = out->super_offset;

	if (!out->data_sectors)
		return "device has no space for data";
	if (!v1_fits(out->data_offset, out->data_sectors, bdev_sectors))
		return "data lies outside the device";
	if (v1_overlap(out->data_offset, out->data_sectors, start,
		       MD_SUPER_SECTORS))
		return "data overlaps the superblock";
	if (v1_data_used(out) > out->data_sectors)
		return "array needs more space than this device has";
	if (!v1_fits(out->new_data_offset, v1_data_used(out), bdev_sectors))
		return "new data offset lies outside the device";
	if (v1_overlap(out->new_data_offset, v1_data_used(out), start,
		       MD_SUPER_SECTORS))
		return "new data offset overlaps the superblock";
	return NULL;
}

/* Returns NULL and the area's first sector, or what is wrong. */
static const char *v1_check_area(const struct md_super *sb, u32 sb_sectors,
				 u64 bdev_sectors, enum v1_area area,
				 s64 offset, u64 sectors, u64 *first)
{
	const char *const *messages = v1_area_messages[area];
	u64 used = v1_data_used(sb);

	/* A sum below zero wraps round to far outside of any device. */
	*first = sb->super_offset + (u64)offset;
	if (!v1_fits(*first, sectors, bdev_sectors))
		return messages[0];
	if (v1_overlap(*first, sectors, sb->super_offset, sb_sectors))
		return messages[1];
	if (v1_overlap(*first, sectors, sb->data_offset, used) ||
	    v1_overlap(*first, sectors, sb->new_data_offset, used))
		return messages[2];
	return NULL;
}

/* Returns NULL, or what is wrong. */
static const char *v1_check_areas(const struct md_super *out, u32 max_dev,
				  u64 bdev_sectors)
{
	u32 sb_sectors = (v1_bytes(max_dev) + 511) / 512;
	u64 bblog = 0, other = 0, other_sectors = 0;
	const char *why = NULL;

	if (out->bitmap_present && out->ppl)
		return "array has both a bitmap and a partial parity log";
	if (out->bitmap_present) {
		other_sectors = 1;
		why = v1_check_area(out, sb_sectors, bdev_sectors, V1_BITMAP,
				    out->bitmap_offset, other_sectors, &other);
	} else if (out->ppl) {
		if (!out->ppl_sectors)
			return "partial parity log has no size";
		other_sectors = out->ppl_sectors;
		why = v1_check_area(out, sb_sectors, bdev_sectors, V1_PPL,
				    out->ppl_offset, other_sectors, &other);
	}
	if (why)
		return why;

	if (!out->bblog_sectors)
		return out->bad_blocks ?
		       "bad blocks are recorded but there is no log of them" :
		       NULL;
	if (out->bblog_sectors > MD_BBLOG_MAX_SECTORS)
		return "bad-block log is too large";
	if (out->bblog_shift > MD_BBLOG_MAX_SHIFT)
		return "bad-block log has an invalid unit";
	why = v1_check_area(out, sb_sectors, bdev_sectors, V1_BBLOG,
			    out->bblog_offset, out->bblog_sectors, &bblog);
	if (why)
		return why;
	if (other_sectors &&
	    v1_overlap(bblog, out->bblog_sectors, other, other_sectors))
		return "bad-block log overlaps the bitmap or partial parity log";
	return NULL;
}

static void v1_decode_device(const u8 *buf, u32 features, u64 start,
			     struct md_super *out)
{
	u8 flags = *v1_at(buf, devflags, 1);

	out->dev_number = v1_get32(buf, dev_number);
	memcpy(out->device_uuid, v1_at(buf, device_uuid, 16),
	       sizeof(out->device_uuid));
	out->super_offset = start;
	out->data_offset = v1_get64(buf, data_offset);
	out->data_sectors = v1_get64(buf, data_size);
	out->corrected_reads = v1_get32(buf, cnt_corrected_read);
	out->write_mostly = !!(flags & WriteMostly1);
	out->failfast = !!(flags & FailFast1);
	out->bad_blocks = !!(features & MD_FEATURE_BAD_BLOCKS);
	if (v1_get16(buf, bblog_size) && v1_get32(buf, bblog_offset)) {
		out->bblog_sectors = v1_get16(buf, bblog_size);
		out->bblog_offset = (s32)v1_get32(buf, bblog_offset);
		out->bblog_shift = *v1_at(buf, bblog_shift, 1);
	}
}

static int v1_decode(u32 minor, const void *p, u64 start, u64 bdev_sectors,
		     struct md_super *out, const char **why)
{
	const u8 *buf = p;
	u32 features, max_dev;

	if (v1_get32(buf, magic) != MD_SB_MAGIC) {
		*why = "no superblock";
		return -EINVAL;
	}
	if (v1_get32(buf, major_version) != 1) {
		*why = "unknown superblock version";
		return -EOPNOTSUPP;
	}
	max_dev = v1_get32(buf, max_dev);
	if (max_dev > MD_SUPER_MAX_DEVS) {
		*why = "table of devices is too large";
		return -EINVAL;
	}
	if (v1_get32(buf, sb_csum) != v1_csum(buf, max_dev)) {
		*why = "superblock checksum is wrong";
		return -EINVAL;
	}
	if (bdev_sectors > MD_SUPER_MAX_SECTORS ||
	    !v1_fits(start, MD_SUPER_SECTORS, bdev_sectors)) {
		*why = "superblock lies outside the device";
		return -EINVAL;
	}
	if (v1_get64(buf, super_offset) != start) {
		*why = "superblock belongs to another place";
		return -EINVAL;
	}
	features = v1_get32(buf, feature_map);
	if (features & ~MD_FEATURE_ALL) {
		*why = "superblock has unknown features";
		return -EOPNOTSUPP;
	}

	memset(out, 0, sizeof(*out));
	out->major_version = 1;
	out->minor_version = minor;
	v1_decode_array(buf, features, out);
	*why = v1_check_array(out);
	if (*why)
		return -EINVAL;
	v1_decode_device(buf, features, start, out);
	*why = v1_decode_reshape(buf, features, out);
	if (*why)
		return -EINVAL;
	*why = v1_decode_roles(buf, features, max_dev, out);
	if (*why)
		return -EINVAL;
	*why = v1_check_data(out, bdev_sectors);
	if (*why)
		return -EINVAL;
	*why = v1_check_areas(out, max_dev, bdev_sectors);
	if (*why)
		return -EINVAL;
	if (out->nr_devs > v1_max_roles(out)) {
		*why = "table of devices has no room for this device";
		return -EINVAL;
	}
	return 0;
}

static int v1_decode_end(const void *buf, u64 start, u64 bdev_sectors,
			 struct md_super *out, const char **why)
{
	return v1_decode(0, buf, start, bdev_sectors, out, why);
}

static int v1_decode_start(const void *buf, u64 start, u64 bdev_sectors,
			   struct md_super *out, const char **why)
{
	return v1_decode(1, buf, start, bdev_sectors, out, why);
}

static int v1_decode_4k(const void *buf, u64 start, u64 bdev_sectors,
			struct md_super *out, const char **why)
{
	return v1_decode(2, buf, start, bdev_sectors, out, why);
}

static u32 v1_features(const struct md_super *in)
{
	bool in_slot = in->devs[in->dev_number].role < v1_slots(in);
	u32 features = 0;

	if (in->bitmap_present)
		features |= MD_FEATURE_BITMAP_OFFSET;
	if (in_slot && in->recovery_offset != MD_SUPER_NONE) {
		features |= MD_FEATURE_RECOVERY_OFFSET;
		if (in->recovery_by_bitmap)
			features |= MD_FEATURE_RECOVERY_BITMAP;
	}
	if (in_slot && in->replacement)
		features |= MD_FEATURE_REPLACEMENT;
	if (in->reshape_position != MD_SUPER_NONE) {
		features |= MD_FEATURE_RESHAPE_ACTIVE;
		if (!in->delta_disks && in->reshape_backwards)
			features |= MD_FEATURE_RESHAPE_BACKWARDS;
		if (in->new_data_offset != in->data_offset)
			features |= MD_FEATURE_NEW_OFFSET;
	}
	if (in->bad_blocks)
		features |= MD_FEATURE_BAD_BLOCKS;
	if (in->clustered)
		features |= MD_FEATURE_CLUSTERED;
	if (in->journal)
		features |= MD_FEATURE_JOURNAL;
	if (in->ppl)
		features |= MD_FEATURE_PPL;
	if (in->ppl && in->multiple_ppls)
		features |= MD_FEATURE_MULTIPLE_PPLS;
	if (in->raid0_layout)
		features |= MD_FEATURE_RAID0_LAYOUT;
	return features;
}

static void v1_encode_array(const struct md_super *in, u32 features, u8 *buf)
{
	size_t len = strnlen(in->name, 32);

	memcpy(v1_at(buf, set_uuid, 16), in->uuid, sizeof(in->uuid));
	memcpy(v1_at(buf, set_name, 32), in->name, len);
	memset(v1_at(buf, set_name, 32) + len, 0, 32 - len);
	v1_put64(buf, ctime, in->ctime);
	v1_put64(buf, utime, in->utime);
	v1_put32(buf, level, in->level);
	v1_put32(buf, layout, in->layout);
	v1_put64(buf, size, in->dev_sectors);
	v1_put32(buf, chunksize, in->chunk_sectors);
	v1_put32(buf, raid_disks, in->raid_disks);
	v1_put64(buf, events, in->events);
	v1_put64(buf, resync_offset, in->clean ? in->resync_offset : 0);
	put_unaligned_le32(in->logical_block_size,
			   buf + MD_SB1_LOGICAL_BLOCK_SIZE);
	if (in->bitmap_present) {
		v1_put32(buf, bitmap_offset, in->bitmap_offset);
	} else if (in->ppl) {
		v1_put16(buf, ppl.offset, in->ppl_offset);
		v1_put16(buf, ppl.size, in->ppl_sectors);
	}
	if (features & MD_FEATURE_RESHAPE_ACTIVE) {
		v1_put64(buf, reshape_position, in->reshape_position);
		v1_put32(buf, delta_disks, in->delta_disks);
		v1_put32(buf, new_level, in->new_level);
		v1_put32(buf, new_layout, in->new_layout);
		v1_put32(buf, new_chunk, in->new_chunk_sectors);
		v1_put32(buf, new_offset,
			 (u32)(in->new_data_offset - in->data_offset));
	}
}

static void v1_encode_device(const struct md_super *in, u32 features, u8 *buf)
{
	u8 *flags = v1_at(buf, devflags, 1);

	v1_put32(buf, dev_number, in->dev_number);
	memcpy(v1_at(buf, device_uuid, 16), in->device_uuid,
	       sizeof(in->device_uuid));
	v1_put64(buf, super_offset, in->super_offset);
	v1_put64(buf, data_offset, in->data_offset);
	v1_put64(buf, data_size, in->data_sectors);
	if (in->devs[in->dev_number].role == MD_DISK_ROLE_JOURNAL)
		v1_put64(buf, journal_tail, in->journal_tail);
	else if (features & MD_FEATURE_RECOVERY_OFFSET)
		v1_put64(buf, recovery_offset, in->recovery_offset);
	v1_put32(buf, cnt_corrected_read, in->corrected_reads);
	*flags &= ~(WriteMostly1 | FailFast1);
	if (in->write_mostly)
		*flags |= WriteMostly1;
	if (in->failfast)
		*flags |= FailFast1;
	v1_put16(buf, bblog_size, in->bblog_sectors);
	v1_put32(buf, bblog_offset, in->bblog_sectors ? in->bblog_offset : 0);
	if (in->bblog_sectors)
		*v1_at(buf, bblog_shift, 1) = in->bblog_shift;
}

/* The table never shrinks: older entries may be known to somebody. */
static u32 v1_choose_max_dev(const struct md_super *in, const u8 *buf)
{
	u32 limit = v1_max_roles(in);
	u32 max_dev = 0;

	if (v1_get32(buf, magic) == MD_SB_MAGIC &&
	    v1_get32(buf, major_version) == 1)
		max_dev = min(v1_get32(buf, max_dev), limit);
	if (in->nr_devs <= max_dev)
		return max_dev;
	max_dev = in->nr_devs + MD_SB1_FIXED_BYTES / 2 +
		  V1_ROLES_PER_SECTOR - 1;
	max_dev -= max_dev % V1_ROLES_PER_SECTOR;
	return min(max_dev - MD_SB1_FIXED_BYTES / 2, limit);
}

static void v1_encode(const struct md_super *in, void *p)
{
	u32 features = v1_features(in);
	u8 *buf = p;
	u32 max_dev = v1_choose_max_dev(in, buf);
	u32 i;

	v1_put32(buf, magic, MD_SB_MAGIC);
	v1_put32(buf, major_version, 1);
	v1_put32(buf, feature_map, features);
	v1_encode_array(in, features, buf);
	v1_encode_device(in, features, buf);
	v1_put32(buf, max_dev, max_dev);
	for (i = 0; i < max_dev; i++) {
		u16 role = MD_DISK_ROLE_SPARE;

		if (i < in->nr_devs && in->devs[i].present)
			role = in->devs[i].role;
		put_unaligned_le16(role, buf + MD_SB1_FIXED_BYTES + 2 * i);
	}
	v1_put32(buf, sb_csum, v1_csum(buf, max_dev));
}

static u64 v1_data_room_end(u64 bdev_sectors, u64 start, u64 data_offset)
{
	if (!v1_fits(start, MD_SUPER_SECTORS, bdev_sectors) ||
	    data_offset >= start)
		return 0;
	return start - data_offset;
}

static u64 v1_data_room_start(u64 bdev_sectors, u64 start, u64 data_offset)
{
	if (!v1_fits(start, MD_SUPER_SECTORS, bdev_sectors) ||
	    data_offset < start + MD_SUPER_SECTORS ||
	    data_offset >= bdev_sectors)
		return 0;
	return bdev_sectors - data_offset;
}

static u32 v1_used_bytes(const void *buf)
{
	const u8 *p = buf;

	return v1_bytes(min_t(u32, v1_get32(p, max_dev), MD_SUPER_MAX_DEVS));
}

static const char *v1_unfit(const struct md_super *in)
{
	s64 moved = (s64)(in->new_data_offset - in->data_offset);
	const char *why = v1_check_array(in);

	if (why)
		return why;
	if (in->bitmap_present && in->ppl)
		return "array has both a bitmap and a partial parity log";
	if (in->bitmap_present && (!in->bitmap_offset ||
				   in->bitmap_offset != (s32)in->bitmap_offset))
		return "bitmap is too far from the superblock";
	if (in->ppl && (!in->ppl_sectors || in->ppl_sectors > U16_MAX ||
			!in->ppl_offset ||
			in->ppl_offset != (s16)in->ppl_offset))
		return "partial parity log is too large or too far away";
	if (in->bblog_sectors && (in->bblog_sectors > MD_BBLOG_MAX_SECTORS ||
				  in->bblog_shift > MD_BBLOG_MAX_SHIFT ||
				  !in->bblog_offset))
		return "bad-block log is too large";
	if (in->bad_blocks && !in->bblog_sectors)
		return "bad blocks are recorded but there is no log of them";
	if (moved != (s32)moved)
		return "data moves too far";
	if (in->nr_devs > v1_max_roles(in) || in->dev_number >= in->nr_devs)
		return "more devices than the superblock has room for";
	return NULL;
}

#define V1_FORMAT(minor, string, place, room) {		\
	.major_version = 1,				\
	.minor_version = minor,				\
	.name = string,					\
	.max_devs = MD_SUPER_MAX_DEVS,			\
	.max_dev_sectors = MD_SUPER_NONE,		\
	.has_ppl = true,				\
	.locate = v1_locate_##place,			\
	.decode = v1_decode_##place,			\
	.encode = v1_encode,				\
	.data_room = v1_data_room_##room,		\
	.used_bytes = v1_used_bytes,			\
	.unfit = v1_unfit,				\
}

const struct md_super_format md_super_v1[3] = {
	V1_FORMAT(0, "1.0", end, end),
	V1_FORMAT(1, "1.1", start, start),
	V1_FORMAT(2, "1.2", 4k, start),
};
