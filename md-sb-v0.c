// SPDX-License-Identifier: GPL-2.0
/*
 * Superblock format 0.90: host-endian, near the device's end, 27 devices.
 *
 * The table of devices doubles as the list of roles: a device that is in sync
 * stands at the index of its slot, all others behind the slots. So the table is
 * numbered anew whenever it is written or read, by the same rules.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "md-format.h"
#include "md-super.h"

/* The count of KiB has 32 bits, which ends just below 4 TiB. */
#define V0_MAX_DEV_SECTORS	(2ULL * U32_MAX)

/* A checkpoint that 32 bits can't hold is stored as this earlier one. */
#define V0_MAX_CHECKPOINT	(U32_MAX - 7)

#define V0_UNPLACED		0xff

#define V0_STATE_KNOWN		(BIT(MD_SB_CLEAN) | BIT(MD_SB_CLUSTERED) | \
				 BIT(MD_SB_BITMAP_PRESENT))

/* The buffer may be unaligned, so its fields are never accessed directly. */
#define v0_at(buf, field)	((u8 *)(buf) + offsetof(mdp_super_t, field))
#define v0_get(buf, field)						\
	get_unaligned((const u32 *)((const u8 *)(buf) +			\
				    offsetof(mdp_super_t, field)))
#define v0_put(buf, field, v)						\
	put_unaligned((u32)(v), (u32 *)v0_at(buf, field))

static u64 v0_get_events(const void *buf)
{
	return (u64)v0_get(buf, events_hi) << 32 | v0_get(buf, events_lo);
}

static u64 v0_get_cp_events(const void *buf)
{
	return (u64)v0_get(buf, cp_events_hi) << 32 |
	       v0_get(buf, cp_events_lo);
}

static u32 v0_csum(const void *buf)
{
	const u8 *p = buf;
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < MD_SB_WORDS; i++)
		sum += get_unaligned((const u32 *)(p + 4 * i));
	sum -= v0_get(buf, sb_csum);
	return (u32)sum + (u32)(sum >> 32);
}

/* Machines with 16-bit checksum arithmetic folded the sum further. */
static u32 v0_csum_folded(u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static bool v0_csum_ok(const void *buf)
{
	u32 want = v0_csum(buf);
	u32 have = v0_get(buf, sb_csum);

	return have == want || have == v0_csum_folded(want);
}

/*
 * During a reshape roles reach up to the larger of both numbers of slots;
 * raid_disks is the new one.
 */
static s64 v0_slots(u32 raid_disks, bool reshape, s32 delta)
{
	s64 old = (s64)raid_disks - (reshape ? delta : 0);

	return max_t(s64, raid_disks, old);
}

static bool v0_in_slot(const struct md_super_dev *dev, u32 slots, bool reshape)
{
	return dev->present && dev->role < slots &&
	       (!dev->recovering || reshape);
}

/*
 * Fill @number with the table index of each of @devs, V0_UNPLACED for absent
 * ones and for those that find no room. mdadm looks for spares right behind
 * the slots, so they go before the faulty ones.
 */
static void v0_number(const struct md_super_dev *devs, u32 n, u32 slots,
		      bool reshape, u8 *number)
{
	u32 taken = 0, next = slots;
	u32 i;

	for (i = 0; i < n; i++) {
		number[i] = V0_UNPLACED;
		if (v0_in_slot(&devs[i], slots, reshape) &&
		    !devs[i].recovering && !(taken & BIT(devs[i].role))) {
			number[i] = devs[i].role;
			taken |= BIT(devs[i].role);
		}
	}
	for (i = 0; i < n; i++) {
		if (number[i] == V0_UNPLACED &&
		    v0_in_slot(&devs[i], slots, reshape) &&
		    !(taken & BIT(devs[i].role))) {
			number[i] = devs[i].role;
			taken |= BIT(devs[i].role);
		}
	}
	for (i = 0; i < n; i++)
		if (number[i] == V0_UNPLACED && devs[i].present &&
		    devs[i].role != MD_DISK_ROLE_FAULTY && next < MD_SB_DISKS)
			number[i] = next++;
	for (i = 0; i < n; i++)
		if (number[i] == V0_UNPLACED && devs[i].present &&
		    devs[i].role == MD_DISK_ROLE_FAULTY && next < MD_SB_DISKS)
			number[i] = next++;
}

/* The same for all devices of a superblock. Returns the number of slots. */
static u32 v0_number_all(const struct md_super *in, u8 *number)
{
	bool reshape = in->reshape_position != MD_SUPER_NONE;
	s64 slots = v0_slots(in->raid_disks, reshape, in->delta_disks);

	slots = min_t(s64, slots, MD_SB_DISKS);
	v0_number(in->devs, min_t(u32, in->nr_devs, MD_SB_DISKS), slots, reshape,
		  number);
	return slots;
}

static int v0_locate(u64 bdev_sectors, u64 *start)
{
	if (bdev_sectors < 2 * MD_RESERVED_SECTORS)
		return -ENOSPC;
	*start = MD_NEW_SIZE_SECTORS(bdev_sectors);
	return 0;
}

static void v0_get_disk(const void *disk, mdp_disk_t *d)
{
	memcpy(d, disk, sizeof(*d));
}

static const u8 *v0_disk(const void *buf, u32 i)
{
	return (const u8 *)buf + offsetof(mdp_super_t, disks) +
	       i * sizeof(mdp_disk_t);
}

/* Returns NULL, or what is wrong. */
static const char *v0_decode_reshape(const void *buf, struct md_super *out)
{
	u32 chunk = v0_get(buf, new_chunk);

	if (v0_get(buf, minor_version) == MD_SB0_MINOR) {
		out->reshape_position = MD_SUPER_NONE;
		out->new_level = out->level;
		out->new_layout = out->layout;
		out->new_chunk_sectors = out->chunk_sectors;
		return NULL;
	}
	out->reshape_position =
		get_unaligned((const u64 *)((const u8 *)buf +
			      offsetof(mdp_super_t, reshape_position)));
	out->delta_disks = (s32)v0_get(buf, delta_disks);
	out->reshape_backwards = out->delta_disks < 0;
	out->new_level = (s32)v0_get(buf, new_level);
	out->new_layout = (s32)v0_get(buf, new_layout);
	out->new_chunk_sectors = chunk >> 9;

	if (out->reshape_position > MD_SUPER_MAX_SECTORS)
		return "reshape position is out of range";
	if (chunk % 512 || out->new_chunk_sectors > MD_SUPER_MAX_CHUNK)
		return "new chunk size is invalid";
	if ((s64)out->raid_disks - out->delta_disks < 1 ||
	    v0_slots(out->raid_disks, true, out->delta_disks) > MD_SB_DISKS)
		return "change in the number of devices is out of range";
	return NULL;
}

static void v0_decode_dev(const mdp_disk_t *d, bool own, u32 slots,
			  bool reshape, struct md_super_dev *dev)
{
	bool bound = d->major || d->minor;

	memset(dev, 0, sizeof(*dev));
	dev->role = MD_DISK_ROLE_SPARE;
	if (!own) {
		if (d->state & BIT(MD_DISK_REMOVED))
			return;
		if (!bound && (!d->state || d->state & BIT(MD_DISK_FAULTY)) &&
		    (!d->number || d->state))
			return;
	}
	dev->present = 1;
	dev->major = d->major;
	dev->minor = d->minor;
	dev->write_mostly = !!(d->state & BIT(MD_DISK_WRITEMOSTLY));
	dev->failfast = !!(d->state & BIT(MD_DISK_FAILFAST));
	if (d->state & (BIT(MD_DISK_FAULTY) | BIT(MD_DISK_REMOVED))) {
		dev->role = MD_DISK_ROLE_FAULTY;
		return;
	}
	if (!(d->state & BIT(MD_DISK_ACTIVE)) || d->raid_disk >= slots)
		return;
	if (d->state & BIT(MD_DISK_SYNC)) {
		dev->role = d->raid_disk;
	} else if (reshape) {
		dev->role = d->raid_disk;
		dev->recovering = 1;
	}
}

/* Returns NULL, or what is wrong. */
static const char *v0_decode_devs(const void *buf, struct md_super *out)
{
	bool reshape = out->reshape_position != MD_SUPER_NONE;
	u32 slots = v0_slots(out->raid_disks, reshape, out->delta_disks);
	u32 own = v0_get(buf, this_disk.number);
	struct md_super_dev devs[MD_SB_DISKS];
	u8 number[MD_SB_DISKS];
	u32 in_sync = 0;
	mdp_disk_t d;
	u32 i;

	if (own >= MD_SB_DISKS)
		return "device number is out of range";
	for (i = 0; i < MD_SB_DISKS; i++) {
		v0_get_disk(v0_disk(buf, i), &d);
		v0_decode_dev(&d, i == own, slots, reshape, &devs[i]);
		if (i == own && !(d.state & (BIT(MD_DISK_FAULTY) |
					     BIT(MD_DISK_REMOVED))) &&
		    d.state & BIT(MD_DISK_ACTIVE) && d.raid_disk >= slots)
			return "role of this device is out of range";
		if (!v0_in_slot(&devs[i], slots, false))
			continue;
		if (in_sync & BIT(devs[i].role))
			return "two devices have the same role";
		in_sync |= BIT(devs[i].role);
	}

	v0_number(devs, MD_SB_DISKS, slots, reshape, number);
	for (i = 0; i < MD_SB_DISKS; i++)
		out->devs[i].role = MD_DISK_ROLE_SPARE;
	for (i = 0; i < MD_SB_DISKS; i++) {
		if (number[i] == V0_UNPLACED)
			continue;
		/* A slot that an in-sync device holds leaves only a spare. */
		if (number[i] >= slots && devs[i].recovering) {
			devs[i].recovering = 0;
			devs[i].role = MD_DISK_ROLE_SPARE;
		}
		out->devs[number[i]] = devs[i];
		out->nr_devs = max(out->nr_devs, number[i] + 1U);
	}
	if (number[own] == V0_UNPLACED)
		return "table of devices has no room for this device";
	out->dev_number = number[own];
	return NULL;
}

static const char *v0_decode_array(const void *buf, u64 start,
				   struct md_super *out)
{
	u32 state = v0_get(buf, state);
	u32 chunk = v0_get(buf, chunk_size);

	memcpy(out->uuid, v0_at(buf, set_uuid0), 4);
	memcpy(out->uuid + 4, v0_at(buf, set_uuid1), 12);
	out->ctime = v0_get(buf, ctime);
	out->utime = v0_get(buf, utime);
	out->level = (s32)v0_get(buf, level);
	out->layout = (s32)v0_get(buf, layout);
	out->chunk_sectors = chunk >> 9;
	out->raid_disks = v0_get(buf, raid_disks);
	out->dev_sectors = (u64)v0_get(buf, size) * 2;
	out->md_minor = v0_get(buf, md_minor);
	out->events = v0_get_events(buf);
	out->clustered = !!(state & BIT(MD_SB_CLUSTERED));
	out->bitmap_present = !!(state & BIT(MD_SB_BITMAP_PRESENT));
	if (out->bitmap_present)
		out->bitmap_offset = MD_SB0_BITMAP_OFFSET;

	if (state & BIT(MD_SB_CLEAN)) {
		out->clean = true;
		out->resync_offset = MD_SUPER_NONE;
	} else if (v0_get_cp_events(buf) == out->events) {
		out->clean = true;
		out->resync_offset = v0_get(buf, recovery_cp);
	}

	out->super_offset = start;
	out->data_sectors = start;
	if (out->level >= 1)
		out->data_sectors = min(start, V0_MAX_DEV_SECTORS);

	if (chunk % 512 || out->chunk_sectors > MD_SUPER_MAX_CHUNK)
		return "chunk size is invalid";
	if (!out->raid_disks || out->raid_disks > MD_SB_DISKS)
		return "number of devices is out of range";
	if (out->level >= 1 && !out->dev_sectors)
		return "array has no size";
	if (out->level >= 1 && out->dev_sectors > out->data_sectors)
		return "array needs more space than this device has";
	return NULL;
}

static int v0_decode(const void *buf, u64 start, u64 bdev_sectors,
		     struct md_super *out, const char **why)
{
	u32 magic = v0_get(buf, md_magic);
	const struct md_super_dev *own;
	u32 minor;

	if (magic != MD_SB_MAGIC) {
		*why = magic == __builtin_bswap32(MD_SB_MAGIC) ?
		       "superblock was written by a machine of the other byte order" :
		       "no superblock";
		return -EINVAL;
	}
	minor = v0_get(buf, minor_version);
	if (v0_get(buf, major_version) != 0 ||
	    (minor != MD_SB0_MINOR && minor != MD_SB0_MINOR_RESHAPE)) {
		*why = "unknown superblock version";
		return -EOPNOTSUPP;
	}
	if (!v0_csum_ok(buf)) {
		*why = "superblock checksum is wrong";
		return -EINVAL;
	}
	if (bdev_sectors > MD_SUPER_MAX_SECTORS || start > bdev_sectors ||
	    bdev_sectors - start < MD_SUPER_SECTORS || !start) {
		*why = "superblock lies outside the device";
		return -EINVAL;
	}

	memset(out, 0, sizeof(*out));
	out->minor_version = MD_SB0_MINOR;
	*why = v0_decode_array(buf, start, out);
	if (*why)
		return -EINVAL;
	*why = v0_decode_reshape(buf, out);
	if (*why)
		return -EINVAL;
	if (out->bitmap_present &&
	    bdev_sectors - start < MD_SUPER_SECTORS + MD_SB0_BITMAP_OFFSET) {
		*why = "bitmap lies outside the device";
		return -EINVAL;
	}
	*why = v0_decode_devs(buf, out);
	if (*why)
		return -EINVAL;

	own = &out->devs[out->dev_number];
	out->write_mostly = own->write_mostly;
	out->failfast = own->failfast;
	out->recovery_offset = own->recovering ? 0 : MD_SUPER_NONE;
	return 0;
}

static void v0_put_disk(void *disk, u32 number, u32 raid_disk, u32 state,
			const struct md_super_dev *dev)
{
	u32 words[5] = {
		number, dev ? dev->major : 0, dev ? dev->minor : 0, raid_disk,
		state,
	};

	memcpy(disk, words, sizeof(words));
}

static u32 v0_flags(const struct md_super *in, u32 i)
{
	const struct md_super_dev *dev = &in->devs[i];
	bool own = i == in->dev_number;
	u32 flags = 0;

	if (own ? in->write_mostly : dev->write_mostly)
		flags |= BIT(MD_DISK_WRITEMOSTLY);
	if (own ? in->failfast : dev->failfast)
		flags |= BIT(MD_DISK_FAILFAST);
	return flags;
}

static void v0_encode_devs(const struct md_super *in, void *buf)
{
	u32 n = min_t(u32, in->nr_devs, MD_SB_DISKS);
	u32 total = 0, active = 0, spare = 0, failed = 0;
	u8 number[MD_SB_DISKS];
	u32 slots = v0_number_all(in, number);
	u8 *disks = v0_at(buf, disks);
	u32 filled = 0;
	u32 i, state;

	for (i = 0; i < n; i++) {
		const struct md_super_dev *dev = &in->devs[i];
		u32 nr = number[i];

		if (nr == V0_UNPLACED)
			continue;
		state = v0_flags(in, i);
		if (nr < slots) {
			state |= BIT(MD_DISK_ACTIVE);
			if (!dev->recovering)
				state |= BIT(MD_DISK_SYNC);
			active++;
		} else if (dev->role == MD_DISK_ROLE_FAULTY) {
			state |= BIT(MD_DISK_FAULTY);
			failed++;
		} else {
			spare++;
		}
		total++;
		filled |= BIT(nr);
		v0_put_disk(disks + nr * sizeof(mdp_disk_t), nr, nr, state, dev);
	}
	for (i = 0; i < MD_SB_DISKS; i++) {
		if (filled & BIT(i))
			continue;
		state = 0;
		if (i < slots) {
			state = BIT(MD_DISK_REMOVED) | BIT(MD_DISK_FAULTY);
			failed++;
		}
		v0_put_disk(disks + i * sizeof(mdp_disk_t), i < slots ? i : 0,
			    i < slots ? i : 0, state, NULL);
	}

	v0_put(buf, nr_disks, total);
	v0_put(buf, active_disks, active);
	v0_put(buf, working_disks, active + spare);
	v0_put(buf, failed_disks, failed);
	v0_put(buf, spare_disks, spare);
	if (in->dev_number < n && number[in->dev_number] != V0_UNPLACED)
		memcpy(v0_at(buf, this_disk),
		       disks + number[in->dev_number] * sizeof(mdp_disk_t),
		       sizeof(mdp_disk_t));
}

static void v0_encode_state(const struct md_super *in, void *buf)
{
	u32 state = v0_get(buf, state) & ~V0_STATE_KNOWN;
	u64 checkpoint = 0;
	/* Anything but @events says that recovery_cp means nothing. */
	u64 cp_events = !in->events;

	if (in->clean) {
		cp_events = in->events;
		checkpoint = U32_MAX;
		if (in->resync_offset == MD_SUPER_NONE)
			state |= BIT(MD_SB_CLEAN);
		else if (in->resync_offset <= U32_MAX)
			checkpoint = in->resync_offset;
		else
			checkpoint = V0_MAX_CHECKPOINT;
	}
	if (in->bitmap_present)
		state |= BIT(MD_SB_BITMAP_PRESENT);
	if (in->clustered)
		state |= BIT(MD_SB_CLUSTERED);

	v0_put(buf, state, state);
	v0_put(buf, events_lo, in->events);
	v0_put(buf, events_hi, in->events >> 32);
	v0_put(buf, cp_events_lo, cp_events);
	v0_put(buf, cp_events_hi, cp_events >> 32);
	v0_put(buf, recovery_cp, checkpoint);
}

static void v0_encode(const struct md_super *in, void *buf)
{
	bool reshape = in->reshape_position != MD_SUPER_NONE;

	if (v0_get(buf, md_magic) != MD_SB_MAGIC)
		v0_put(buf, patch_version, MD_PATCHLEVEL_VERSION);
	v0_put(buf, md_magic, MD_SB_MAGIC);
	v0_put(buf, major_version, 0);
	v0_put(buf, minor_version, reshape ? MD_SB0_MINOR_RESHAPE : MD_SB0_MINOR);
	memcpy(v0_at(buf, set_uuid0), in->uuid, 4);
	memcpy(v0_at(buf, set_uuid1), in->uuid + 4, 12);
	v0_put(buf, ctime, in->ctime);
	v0_put(buf, utime, in->utime);
	v0_put(buf, level, in->level);
	v0_put(buf, layout, in->layout);
	v0_put(buf, chunk_size, in->chunk_sectors << 9);
	v0_put(buf, raid_disks, in->raid_disks);
	v0_put(buf, size, min(in->dev_sectors, V0_MAX_DEV_SECTORS) >> 1);
	v0_put(buf, md_minor, in->md_minor);
	if (reshape) {
		put_unaligned(in->reshape_position,
			      (u64 *)v0_at(buf, reshape_position));
		v0_put(buf, new_level, in->new_level);
		v0_put(buf, delta_disks, in->delta_disks);
		v0_put(buf, new_layout, in->new_layout);
		v0_put(buf, new_chunk, in->new_chunk_sectors << 9);
	}
	v0_encode_state(in, buf);
	v0_encode_devs(in, buf);
	v0_put(buf, sb_csum, v0_csum(buf));
}

static u64 v0_data_room(u64 bdev_sectors, u64 start, u64 data_offset)
{
	if (start > bdev_sectors || bdev_sectors - start < MD_SUPER_SECTORS ||
	    data_offset >= start)
		return 0;
	return start - data_offset;
}

static u32 v0_used_bytes(const void *buf)
{
	return MD_SB_BYTES;
}

static const char *v0_unfit(const struct md_super *in)
{
	bool reshape = in->reshape_position != MD_SUPER_NONE;
	s64 slots = v0_slots(in->raid_disks, reshape, in->delta_disks);
	u8 number[MD_SB_DISKS];
	u32 i;

	if (in->level >= 1 && in->dev_sectors > V0_MAX_DEV_SECTORS)
		return "0.90 superblocks are limited to 4 TiB per device";
	if (in->dev_sectors % 2)
		return "0.90 superblocks count device sizes in KiB";
	if (!in->raid_disks || slots > MD_SB_DISKS ||
	    in->nr_devs > MD_SB_DISKS || in->dev_number >= in->nr_devs)
		return "0.90 superblocks are limited to 27 devices";
	if (in->chunk_sectors > MD_SUPER_MAX_CHUNK ||
	    (reshape && in->new_chunk_sectors > MD_SUPER_MAX_CHUNK))
		return "chunk size is too large";
	if (in->bitmap_present && in->bitmap_offset != MD_SB0_BITMAP_OFFSET)
		return "0.90 superblocks have the bitmap right behind them";
	if (in->data_offset || in->new_data_offset)
		return "0.90 superblocks have the data at the device's start";
	if (reshape && in->reshape_backwards != (in->delta_disks < 0))
		return "0.90 superblocks can't record the direction of this reshape";
	if (in->journal || in->ppl || in->replacement || in->bad_blocks)
		return "0.90 superblocks have no journal, PPL, replacement or bad-block log";

	v0_number_all(in, number);
	for (i = 0; i < in->nr_devs; i++)
		if (in->devs[i].present && number[i] == V0_UNPLACED &&
		    (in->devs[i].role != MD_DISK_ROLE_FAULTY ||
		     i == in->dev_number))
			return "0.90 superblocks are limited to 27 devices";
	if (number[in->dev_number] == V0_UNPLACED)
		return "this device is missing from the table of devices";
	return NULL;
}

static u32 v0_number_of(const struct md_super *in, u32 dev)
{
	u8 number[MD_SB_DISKS];

	if (in->nr_devs > MD_SB_DISKS || dev >= in->nr_devs)
		return U32_MAX;
	v0_number_all(in, number);
	return number[dev] == V0_UNPLACED ? U32_MAX : number[dev];
}

const struct md_super_format md_super_v090 = {
	.major_version = 0,
	.minor_version = MD_SB0_MINOR,
	.name = "0.90",
	.max_devs = MD_SB_DISKS,
	.max_dev_sectors = V0_MAX_DEV_SECTORS,
	.locate = v0_locate,
	.decode = v0_decode,
	.encode = v0_encode,
	.number = v0_number_of,
	.data_room = v0_data_room,
	.used_bytes = v0_used_bytes,
	.unfit = v0_unfit,
};
