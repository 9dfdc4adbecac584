// SPDX-License-Identifier: GPL-2.0
/*
 * What superblocks that were read mean: a member's own fields, an array's
 * configuration out of all its members', and places on a member's device.
 *
 * The codecs have checked every field by itself. Here members are compared with
 * each other. Nothing in this file writes to a device.
 */
#include <linux/uuid.h>

#include "md-bitmap.h"

/*
 * Reading one member
 */

static int sb_load_log(struct md_rdev *rdev)
{
	const __le64 *log = page_address(rdev->bb_page);
	sector_t end = bdev_nr_sectors(rdev->bdev);
	unsigned int i, room = md_sb_bblog_room(rdev);
	u64 first, sectors;
	int ret;

	ret = md_rdev_page_io(rdev, rdev->sb_start + rdev->bblog_offset,
			      rdev->bb_page, room * sizeof(*log),
			      REQ_OP_READ | REQ_META);
	if (ret) {
		pr_err("md: %pg: can't read the bad-block log (%d)\n",
		       rdev->bdev, ret);
		return ret;
	}
	for (i = 0; i < room; i++) {
		ret = md_bblog_decode_entry(le64_to_cpu(log[i]),
					    rdev->bblog_shift, &first, &sectors);
		if (!ret)
			break;
		if (ret < 0 || first >= end || sectors > end - first) {
			pr_err("md: %pg: bad-block log is damaged at entry %u\n",
			       rdev->bdev, i);
			return -EINVAL;
		}
		if (!md_badblocks_set(rdev, first, sectors, true)) {
			pr_err("md: %pg: too many bad blocks\n", rdev->bdev);
			return -EINVAL;
		}
	}
	rdev->badblocks.changed = 0;
	return 0;
}

/* Fields that don't depend on the array. */
static int sb_take_member(struct md_rdev *rdev, const struct md_super *sb)
{
	memcpy(rdev->device_uuid, sb->device_uuid, sizeof(rdev->device_uuid));
	rdev->sb_start = sb->super_offset;
	rdev->sb_events = sb->events;
	rdev->data_offset = sb->data_offset;
	rdev->new_data_offset = sb->new_data_offset;
	rdev->sectors = sb->data_sectors;
	rdev->desc_nr = sb->dev_number;
	rdev->journal_tail = sb->journal_tail;
	rdev->ppl_offset = sb->ppl_offset;
	rdev->ppl_sectors = sb->ppl_sectors;
	rdev->bblog_shift = sb->bblog_shift;
	rdev->bblog_sectors = sb->bblog_sectors;
	rdev->bblog_offset = sb->bblog_offset;
	atomic_set(&rdev->corrected_errors, sb->corrected_reads);
	assign_bit(MD_RDEV_WRITE_MOSTLY, &rdev->flags, sb->write_mostly);
	assign_bit(MD_RDEV_FAILFAST, &rdev->flags, sb->failfast);

	if (!sb->bblog_sectors)
		return 0;
	rdev->badblocks.shift = 0;
	return sb->bad_blocks ? sb_load_log(rdev) : 0;
}

int md_sb_load(struct md_rdev *rdev, const struct md_super_format *format)
{
	sector_t sectors = bdev_nr_sectors(rdev->bdev);
	const char *why = NULL;
	struct md_super *sb;
	u64 start;
	int ret;

	ret = format->locate(sectors, &start);
	if (ret) {
		pr_warn("md: %pg: too small for a %s superblock\n", rdev->bdev,
			format->name);
		return ret;
	}
	sb = kvzalloc(sizeof(*sb), GFP_KERNEL);
	if (!sb)
		return -ENOMEM;
	ret = md_rdev_page_io(rdev, start, rdev->sb_page, MD_SUPER_BYTES,
			      REQ_OP_READ | REQ_META);
	if (ret) {
		pr_err("md: %pg: can't read the superblock (%d)\n", rdev->bdev,
		       ret);
		goto out;
	}
	ret = format->decode(page_address(rdev->sb_page), start, sectors, sb,
			     &why);
	if (ret) {
		pr_warn("md: %pg: not accepted as a %s member: %s\n",
			rdev->bdev, format->name, why);
		goto out;
	}
	ret = sb_take_member(rdev, sb);
	rdev->sb_loaded = !ret;
out:
	kvfree(sb);
	return ret;
}

/* Read again what md_sb_load() has read. Pure. */
static const char *sb_decode(const struct mddev *mddev,
			     const struct md_rdev *rdev, struct md_super *sb)
{
	const char *why = NULL;

	if (!rdev->sb_loaded)
		return "it has no superblock";
	if (mddev->format->decode(page_address(rdev->sb_page), rdev->sb_start,
				  bdev_nr_sectors(rdev->bdev), sb, &why))
		return why;
	return NULL;
}

/*
 * Assembly
 */

/**
 * md_sb_check_kin() - refuse a member of another array while assembling
 * @mddev: array, not running
 * @rdev: member, not bound
 *
 * Compares with one that is bound already: which of them is right can't be told,
 * so the first one that userland gave is.
 *
 * Context: reconfig_mutex held, may sleep.
 * Return: 0, -EINVAL with a message, -ENOMEM.
 */
int md_sb_check_kin(struct mddev *mddev, struct md_rdev *rdev)
{
	struct md_super *a, *b;
	struct md_rdev *other;
	const char *why = NULL;
	int ret = -ENOMEM;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (!rdev->sb_loaded || !mddev->format)
		return 0;
	a = kvzalloc(sizeof(*a), GFP_KERNEL);
	b = kvzalloc(sizeof(*b), GFP_KERNEL);
	if (!a || !b)
		goto out;
	ret = 0;
	rdev_for_each(other, mddev) {
		if (sb_decode(mddev, other, a))
			continue;
		why = sb_decode(mddev, rdev, b);
		if (!why)
			why = md_super_conflict(a, b);
		break;
	}
	if (why) {
		md_warn(mddev, "%pg can't be added: %s\n", rdev->bdev, why);
		ret = -EINVAL;
	}
out:
	kvfree(a);
	kvfree(b);
	return ret;
}

/* What the array's superblocks ask for and this driver can't do. */
static const char *sb_unsupported(const struct md_super *sb)
{
	if (sb->clustered)
		return "it belongs to a cluster";
	if (sb->reshape_position != MD_SUPER_NONE)
		return "a reshape is under way";
	return NULL;
}

/* Does a member hold a slot, as a superblock has it? */
static bool sb_has_slot(const struct md_super *sb, u32 dev_number)
{
	return dev_number < sb->nr_devs &&
	       sb->devs[dev_number].role < sb->raid_disks;
}

/*
 * How well may a superblock speak for the array? Those that hold the data go
 * first: others may have newer ones, of states that the data never saw. But who
 * has lost its slot according to the newest one holds the data no longer.
 */
static int sb_rank(const struct md_super *sb, const struct md_super *newest)
{
	if (!sb_has_slot(sb, sb->dev_number) ||
	    !sb_has_slot(newest, sb->dev_number))
		return 0;
	return sb->recovery_offset == MD_SUPER_NONE ? 2 : 1;
}

/*
 * Decodes the freshest superblock, the one that speaks for the array, into @best.
 * @cur is scratch.
 */
static struct md_rdev *sb_find_freshest(struct mddev *mddev,
					struct md_super *best,
					struct md_super *cur)
{
	struct md_rdev *rdev, *freshest = NULL;
	int rank, best_rank = -1;
	u64 events = 0;

	rdev_for_each(rdev, mddev) {
		if (sb_decode(mddev, rdev, cur) ||
		    (freshest && cur->events <= events))
			continue;
		freshest = rdev;
		events = cur->events;
	}
	if (!freshest)
		return NULL;

	/* The newest one, until it is known which is the best. */
	sb_decode(mddev, freshest, best);
	rdev_for_each(rdev, mddev) {
		if (sb_decode(mddev, rdev, cur))
			continue;
		rank = sb_rank(cur, best);
		if (rank < best_rank ||
		    (rank == best_rank && cur->events <= events))
			continue;
		freshest = rdev;
		best_rank = rank;
		events = cur->events;
	}
	sb_decode(mddev, freshest, best);
	return freshest;
}

static void sb_take_array(struct mddev *mddev, const struct md_super *sb)
{
	mddev->persistent = true;
	mddev->major_version = sb->major_version;
	mddev->minor_version = sb->minor_version;
	mddev->patch_version = 0;
	mddev->max_disks = mddev->format->max_devs;
	memcpy(mddev->uuid, sb->uuid, sizeof(mddev->uuid));
	memcpy(mddev->name, sb->name, sizeof(mddev->name));
	mddev->ctime = sb->ctime;
	mddev->utime = sb->utime;
	mddev->preferred_minor = sb->md_minor;
	mddev->logical_block_size = sb->logical_block_size;

	mddev->level = sb->level;
	mddev->clevel[0] = '\0';
	mddev->layout = sb->layout;
	mddev->chunk_sectors = sb->chunk_sectors;
	mddev->raid_disks = sb->raid_disks;
	mddev->dev_sectors = sb->dev_sectors;
	mddev->raid0_layout = sb->raid0_layout;
	mddev->reshape_position = MD_SECTOR_NONE;
	mddev->reshape_backwards = false;
	mddev->delta_disks = 0;
	mddev->new_level = sb->level;
	mddev->new_layout = sb->layout;
	mddev->new_chunk_sectors = sb->chunk_sectors;

	mddev->events = sb->events;
	mddev->data_events = sb->events;
	mddev->in_sync = sb->clean;
	mddev->resync_offset = sb->resync_offset;

	mddev->bitmap_present = sb->bitmap_present;
	mddev->bitmap_offset = sb->bitmap_offset;
	assign_bit(MD_HAS_JOURNAL, &mddev->flags, sb->journal);
	assign_bit(MD_HAS_PPL, &mddev->flags, sb->ppl);
	assign_bit(MD_HAS_MULTIPLE_PPLS, &mddev->flags, sb->multiple_ppls);
}

/*
 * A member's place, as the table of an up-to-date superblock has it. @sb is the
 * member's own.
 */
static void sb_take_role(struct md_rdev *rdev, const struct md_super *sb,
			 const struct md_super_dev *dev, u32 raid_disks)
{
	rdev->raid_disk = -1;
	rdev->saved_raid_disk = -1;
	rdev->recovery_offset = 0;
	rdev->by_bitmap = 0;
	md_rdev_clear(rdev, MD_RDEV_FAULTY);
	md_rdev_clear(rdev, MD_RDEV_IN_SYNC);
	md_rdev_clear(rdev, MD_RDEV_REPLACEMENT);
	md_rdev_clear(rdev, MD_RDEV_JOURNAL);

	if (dev->role == MD_DISK_ROLE_JOURNAL)
		md_rdev_set(rdev, MD_RDEV_JOURNAL);
	if (dev->role >= raid_disks)
		return;

	rdev->raid_disk = dev->role;
	rdev->saved_raid_disk = dev->role;
	assign_bit(MD_RDEV_REPLACEMENT, &rdev->flags, sb->replacement);
	if (sb->recovery_offset == MD_SUPER_NONE && !dev->recovering) {
		md_rdev_set(rdev, MD_RDEV_IN_SYNC);
		rdev->recovery_offset = MD_SECTOR_NONE;
	} else if (sb->recovery_offset != MD_SUPER_NONE) {
		rdev->recovery_offset = sb->recovery_offset;
		/* md_bitmap_attach() takes that back without a bitmap. */
		if (sb->recovery_by_bitmap)
			rdev->by_bitmap = MD_SECTOR_NONE;
	}
}

/* A settled member that stands in the way of @rdev, NULL if none does. */
static struct md_rdev *sb_find_rival(struct mddev *mddev, struct md_rdev *rdev)
{
	bool replacement = md_rdev_test(rdev, MD_RDEV_REPLACEMENT);
	struct md_rdev *other;

	rdev_for_each(other, mddev) {
		if (other == rdev || other->desc_nr < 0)
			continue;
		if (other->desc_nr == rdev->desc_nr)
			return other;
		if (rdev->raid_disk >= 0 && other->raid_disk == rdev->raid_disk &&
		    md_rdev_test(other, MD_RDEV_REPLACEMENT) == replacement)
			return other;
	}
	return NULL;
}

/* It is unbound when all have been looked at. */
static void sb_leave_out(struct mddev *mddev, struct md_rdev *rdev,
			 const char *why)
{
	md_warn(mddev, "member %pg is left out: %s\n", rdev->bdev, why);
	rdev->raid_disk = -1;
	rdev->desc_nr = -1;
	md_rdev_set(rdev, MD_RDEV_WANT_REMOVE);
}

/*
 * A member one event behind has not been told that the array is clean, or how far
 * it was resynced. What others have on stable storage doesn't tell what this one
 * has: its cache was to be flushed with that superblock.
 */
static void sb_limit_redundancy(struct mddev *mddev, struct md_rdev *rdev,
				const struct md_super *best,
				const struct md_super *cur)
{
	if (cur->events == best->events || !md_rdev_test(rdev, MD_RDEV_IN_SYNC))
		return;
	spin_lock_irq(&mddev->lock);
	/* A dirty one has 0. */
	mddev->resync_offset = min_t(sector_t, mddev->resync_offset,
				     cur->resync_offset);
	spin_unlock_irq(&mddev->lock);
}

/* Fit a member into the array that @best describes. Returns NULL, or why not. */
static const char *sb_settle(struct mddev *mddev, struct md_rdev *rdev,
			     const struct md_super *best, struct md_super *cur)
{
	static const struct md_super_dev spare = { .role = MD_DISK_ROLE_SPARE };
	const struct md_super_dev *dev = &spare;
	struct md_rdev *rival;
	const char *why;

	why = sb_decode(mddev, rdev, cur);
	if (!why)
		why = md_super_conflict(best, cur);
	if (why)
		return why;
	if (cur->events + 1 < best->events)
		return "it is out of date";
	if (cur->dev_number < best->nr_devs)
		dev = &best->devs[cur->dev_number];
	if (dev->role == MD_DISK_ROLE_FAULTY)
		return "it has failed earlier";
	if (best->level > 0 && dev->role < best->raid_disks &&
	    cur->data_sectors < best->dev_sectors)
		return "it has less space than the array uses";
	/*
	 * What it says of itself is about the slot that it knows of. One that it
	 * was given since then it holds nothing for.
	 */
	if (dev->role < best->raid_disks &&
	    cur->devs[cur->dev_number].role != dev->role)
		dev = &spare;

	rdev->desc_nr = cur->dev_number;
	sb_take_role(rdev, cur, dev, best->raid_disks);
	sb_limit_redundancy(mddev, rdev, best, cur);
	rival = sb_find_rival(mddev, rdev);
	if (!rival)
		return NULL;
	if (rival->sb_events >= rdev->sb_events)
		return "another member has its place";
	sb_leave_out(mddev, rival, "a more recent member has its place");
	return NULL;
}

/*
 * Where members may differ since a crash, one that was being rebuilt may as well:
 * what it has of that range counts only as far as the bitmap doesn't name it.
 */
static void sb_limit_recovered(struct mddev *mddev)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev) {
		if (md_rdev_test(rdev, MD_RDEV_IN_SYNC) ||
		    rdev->recovery_offset <= mddev->resync_offset)
			continue;
		rdev->by_bitmap = max(rdev->by_bitmap, rdev->recovery_offset);
		rdev->recovery_offset = mddev->resync_offset;
	}
}

int md_sb_analyze(struct mddev *mddev)
{
	struct md_rdev *rdev, *tmp, *freshest;
	struct md_super *best, *cur;
	const char *why;
	bool any = false;
	int ret = -ENOMEM;

	lockdep_assert_held(&mddev->reconfig_mutex);

	rdev_for_each(rdev, mddev)
		any |= rdev->sb_loaded;
	if (!any)	/* created by userland's description, or nothing there */
		return mddev->raid_disks ? 0 : -EINVAL;

	best = kvzalloc(sizeof(*best), GFP_KERNEL);
	cur = kvzalloc(sizeof(*cur), GFP_KERNEL);
	if (!best || !cur)
		goto out;

	freshest = sb_find_freshest(mddev, best, cur);
	ret = -EINVAL;
	if (!freshest) {
		md_warn(mddev, "no member has a valid superblock\n");
		goto out;
	}
	why = sb_unsupported(best);
	if (why) {
		md_warn(mddev, "can't be assembled: %s\n", why);
		ret = -EOPNOTSUPP;
		goto out;
	}

	spin_lock_irq(&mddev->lock);
	sb_take_array(mddev, best);
	rdev_for_each(rdev, mddev) {
		rdev->raid_disk = -1;
		rdev->desc_nr = -1;
	}
	spin_unlock_irq(&mddev->lock);

	rdev_for_each(rdev, mddev) {
		why = sb_settle(mddev, rdev, best, cur);
		if (why)
			sb_leave_out(mddev, rdev, why);
	}
	rdev_for_each_safe(rdev, tmp, mddev)
		if (md_rdev_test(rdev, MD_RDEV_WANT_REMOVE))
			md_rdev_unbind(rdev);
	sb_limit_recovered(mddev);
	ret = list_empty(&mddev->disks) ? -EINVAL : 0;
out:
	kvfree(best);
	kvfree(cur);
	return ret;
}

/*
 * Members that join a running array
 */

static bool sb_has_copy(const struct md_super *sb, int slot)
{
	u32 i;

	for (i = 0; i < sb->nr_devs; i++)
		if (sb->devs[i].role == slot && !sb->devs[i].recovering)
			return true;
	return false;
}

/*
 * Did @sb's member last run together with those that hold the data now? If it
 * ran without one of them, it may have been written to behind their back.
 */
static bool sb_knows_all(struct mddev *mddev, const struct md_super *sb)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev)
		if (rdev->raid_disk >= 0 && md_rdev_test(rdev, MD_RDEV_IN_SYNC) &&
		    !sb_has_copy(sb, rdev->raid_disk))
			return false;
	return true;
}

/*
 * Has no data been written since @sb's member left? Data changes only after a
 * superblock that says "dirty", or while a resync is recorded as pending. What
 * the member itself has to be resynced for must still be pending, too: a lone
 * copy has dropped that. The same goes for what the array has grown by.
 */
static bool sb_up_to_date(struct mddev *mddev, const struct md_super *sb)
{
	bool same;

	spin_lock_irq(&mddev->lock);
	same = sb->events >= mddev->data_events &&
	       sb->events <= mddev->events &&
	       sb->resync_offset >= mddev->resync_offset &&
	       sb->dev_sectors >= mddev->dev_sectors;
	spin_unlock_irq(&mddev->lock);
	return same;
}

/*
 * Is all that @sb's member lacks named by the bitmap? It was a full member when
 * it left, and no bit that was set since then has been cleared.
 */
static bool sb_bitmap_knows(struct mddev *mddev, const struct md_super *sb)
{
	return md_bitmap_knows(mddev, sb->events) && !sb->replacement &&
	       (sb->recovery_offset == MD_SUPER_NONE || sb->recovery_by_bitmap);
}

int md_sb_adopt(struct mddev *mddev, struct md_rdev *rdev)
{
	struct md_super *sb;
	const char *why;
	int ret = -EINVAL;
	bool same;
	u16 role;

	lockdep_assert_held(&mddev->reconfig_mutex);

	sb = kvzalloc(sizeof(*sb), GFP_KERNEL);
	if (!sb)
		return -ENOMEM;
	why = sb_decode(mddev, rdev, sb);
	if (!why && memcmp(sb->uuid, mddev->uuid, sizeof(sb->uuid)))
		why = "it belongs to another array";
	if (!why)
		why = sb_unsupported(sb);
	if (!why && sb->devs[sb->dev_number].role == MD_DISK_ROLE_JOURNAL)
		why = "a journal can't be added to a running array";
	if (why) {
		md_warn(mddev, "%pg can't be added: %s\n", rdev->bdev, why);
		goto out;
	}

	rdev->desc_nr = sb->dev_number;
	role = sb->devs[sb->dev_number].role;
	sb_take_role(rdev, sb, &sb->devs[sb->dev_number], mddev->raid_disks);
	rdev->raid_disk = -1;
	same = role < mddev->raid_disks && sb_knows_all(mddev, sb);
	if (!same || !sb_up_to_date(mddev, sb)) {
		bool knows = same && sb_bitmap_knows(mddev, sb);

		rdev->saved_raid_disk = knows ? role : -1;
		rdev->recovery_offset = 0;
		md_rdev_clear(rdev, MD_RDEV_IN_SYNC);
		md_rdev_clear(rdev, MD_RDEV_REPLACEMENT);
		rdev->by_bitmap = knows ? MD_SECTOR_NONE : 0;
	}
	ret = 0;
out:
	kvfree(sb);
	return ret;
}

int md_sb_prepare_new(struct mddev *mddev, struct md_rdev *rdev)
{
	const struct md_super_format *format = mddev->format;
	sector_t bdev_sectors = bdev_nr_sectors(rdev->bdev);
	u64 start;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (!format)
		return 0;
	if (format->locate(bdev_sectors, &start) ||
	    !format->data_room(bdev_sectors, start, rdev->data_offset)) {
		md_warn(mddev, "%pg has no room for a %s superblock and data\n",
			rdev->bdev, format->name);
		return -ENOSPC;
	}
	rdev->sb_start = start;
	rdev->sectors = format->data_room(bdev_sectors, start,
					  rdev->data_offset);
	generate_random_uuid(rdev->device_uuid);
	return 0;
}

/*
 * Devices that change their size
 */

/* What else lies behind the data's start ends the @room for it. */
static sector_t room_up_to(sector_t room, sector_t data_offset, sector_t first,
			   sector_t sectors)
{
	if (!sectors || first + sectors <= data_offset)
		return room;
	return first > data_offset ? min(room, first - data_offset) : 0;
}

/* What the bitmap takes, as far as that is known. */
static sector_t bitmap_sectors(const struct mddev *mddev)
{
	if (!mddev->bitmap_present)
		return 0;
	if (mddev->bitmap)
		return DIV_ROUND_UP(mddev->bitmap->bytes, SECTOR_SIZE);
	return 1;
}

sector_t md_sb_grow_room(struct mddev *mddev, struct md_rdev *rdev,
			 sector_t data_offset)
{
	const struct md_super_format *format = mddev->format;
	sector_t bdev_sectors = bdev_nr_sectors(rdev->bdev);
	sector_t room;
	u64 start;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (mddev->external)
		return 0;
	if (!format)
		return bdev_sectors > data_offset ?
		       bdev_sectors - data_offset : 0;
	/* Without a personality nothing would write it in another place. */
	start = rdev->sb_start;
	if (mddev->pers && format->locate(bdev_sectors, &start))
		return 0;
	room = format->data_room(bdev_sectors, start, data_offset);

	room = room_up_to(room, data_offset, start + rdev->bblog_offset,
			  rdev->bblog_sectors);
	room = room_up_to(room, data_offset, start + mddev->bitmap_offset,
			  bitmap_sectors(mddev));
	if (test_bit(MD_HAS_PPL, &mddev->flags))
		room = room_up_to(room, data_offset, start + rdev->ppl_offset,
				  rdev->ppl_sectors);
	return room;
}

int md_sb_relocate(struct mddev *mddev, struct md_rdev *rdev)
{
	u64 start;
	int ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (!mddev->format || mddev->external)
		return 0;
	ret = mddev->format->locate(bdev_nr_sectors(rdev->bdev), &start);
	if (ret)
		return ret;
	spin_lock_irq(&mddev->lock);
	if (rdev->sb_start != start) {
		rdev->sb_start = start;
		md_rdev_set(rdev, MD_RDEV_BITMAP_STALE);
		/* The log is in another place with it: write it there. */
		write_seqlock(&rdev->badblocks.lock);
		rdev->badblocks.changed = 1;
		write_sequnlock(&rdev->badblocks.lock);
	}
	spin_unlock_irq(&mddev->lock);
	return 0;
}
