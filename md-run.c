// SPDX-License-Identifier: GPL-2.0
/*
 * Starting and stopping arrays, read-only modes, queue limits, level change.
 *
 * Each function here takes its locks itself, in the order gate, mutex, and
 * waits for the sync thread and for superblocks only while it holds no mutex.
 */
#include <linux/buffer_head.h>
#include <linux/file.h>

#include "md-bitmap.h"

/* How long writes must pause before the array is marked clean. */
#define MD_DEFAULT_SAFEMODE_DELAY	(HZ / 5)
#define MD_DEFAULT_CORRECTED_READS	20

void md_reset_config(struct mddev *mddev)
{
	struct file *file;

	spin_lock_irq(&mddev->lock);
	mddev->level = LEVEL_NONE;
	mddev->clevel[0] = 0;
	mddev->layout = 0;
	mddev->chunk_sectors = 0;
	mddev->raid_disks = 0;
	mddev->delta_disks = 0;
	mddev->new_level = LEVEL_NONE;
	mddev->new_layout = 0;
	mddev->new_chunk_sectors = 0;
	mddev->reshape_backwards = false;
	mddev->reshape_position = MD_SECTOR_NONE;
	mddev->dev_sectors = 0;
	mddev->array_sectors = 0;
	mddev->external_size = false;
	mddev->format = NULL;
	mddev->major_version = 0;
	mddev->minor_version = 0;
	mddev->patch_version = 0;
	mddev->persistent = false;
	mddev->external = false;
	mddev->metadata_type[0] = 0;
	memset(mddev->uuid, 0, sizeof(mddev->uuid));
	memset(mddev->name, 0, sizeof(mddev->name));
	mddev->ctime = 0;
	mddev->utime = 0;
	mddev->logical_block_size = 0;
	mddev->preferred_minor = 0;
	mddev->bitmap_present = false;
	mddev->bitmap_offset = 0;
	mddev->bitmap_space = 0;
	file = mddev->bitmap_file;
	mddev->bitmap_file = NULL;
	mddev->bitmap_chunk = 0;
	mddev->bitmap_sleep = MD_BITMAP_DEFAULT_SLEEP * HZ;
	mddev->bitmap_behind = 0;
	mddev->bitmap_external = false;
	mddev->raid0_layout = false;
	mddev->max_disks = 0;
	mddev->degraded = 0;
	mddev->events = 0;
	mddev->data_events = 0;
	mddev->ro = MD_RW;
	mddev->in_sync = false;
	mddev->write_pending = false;
	mddev->active_idle = false;
	mddev->resync_offset = 0;
	mddev->safemode_delay = MD_DEFAULT_SAFEMODE_DELAY;
	mddev->suspend_lo = 0;
	mddev->suspend_hi = 0;
	mddev->sync.min = 0;
	mddev->sync.max = MD_SECTOR_NONE;
	mddev->sync.speed_min = 0;
	mddev->sync.speed_max = 0;
	mddev->sync.requested = MD_ACTION_IDLE;
	mddev->sync.last_action = MD_ACTION_IDLE;
	mddev->sync.needed = false;
	mddev->sync.frozen = false;
	mddev->sync.recovery_disabled = false;
	mddev->sync.parallel = false;
	mddev->sync.completed = 0;
	atomic64_set(&mddev->sync.mismatches, 0);
	atomic_set(&mddev->max_corrected_reads, MD_DEFAULT_CORRECTED_READS);
	clear_bit(MD_FAIL_LAST_DEV, &mddev->flags);
	clear_bit(MD_SERIALIZE_POLICY, &mddev->flags);
	clear_bit(MD_HAS_JOURNAL, &mddev->flags);
	clear_bit(MD_HAS_PPL, &mddev->flags);
	clear_bit(MD_HAS_MULTIPLE_PPLS, &mddev->flags);
	spin_unlock_irq(&mddev->lock);
	if (file)
		fput(file);
}

/**
 * md_set_array_sectors() - set the size that the array exports
 * @mddev: array
 * @sectors: size by geometry; ignored while userland has set array_size
 *
 * md_announce() tells the block layer later. Context: reconfig_mutex held.
 */
void md_set_array_sectors(struct mddev *mddev, sector_t sectors)
{
	lockdep_assert_held(&mddev->reconfig_mutex);

	if (!mddev->external_size)
		mddev->array_sectors = sectors;
}
EXPORT_SYMBOL_GPL(md_set_array_sectors);

/* Tell the block layer. */
static void md_update_capacity(struct mddev *mddev)
{
	/* So that what is read last is also told last. */
	static DEFINE_MUTEX(announce_mutex);
	struct gendisk *disk = mddev->gendisk;
	sector_t sectors;
	bool appears;

	mutex_lock(&announce_mutex);
	spin_lock_irq(&mddev->lock);
	sectors = mddev->pers ? mddev->array_sectors : 0;
	spin_unlock_irq(&mddev->lock);
	appears = sectors && !get_capacity(disk);
	set_capacity_and_notify(disk, sectors);
	/* Who opens it next looks for partitions: not before they are in reach. */
	if (appears)
		set_bit(GD_NEED_PART_SCAN, &disk->state);
	mutex_unlock(&announce_mutex);
}

void md_announce(struct mddev *mddev)
{
	md_update_capacity(mddev);
	kobject_uevent(&disk_to_dev(mddev->gendisk)->kobj, KOBJ_CHANGE);
	md_notify_state(mddev);
	md_new_event();
}

bool md_limits_collect(struct mddev *mddev, struct md_limits *new)
{
	struct queue_limits *lim = &new->lim;
	bool due = mddev->limits_stale && mddev->pers;
	struct md_rdev *rdev;

	lockdep_assert_held(&mddev->reconfig_mutex);

	mddev->limits_stale = false;
	if (!due)
		return false;
	new->generation = ++mddev->limits_collected;
	blk_set_stacking_limits(lim);
	lim->features |= BLK_FEAT_NOWAIT;
	if (mddev->logical_block_size) {
		lim->logical_block_size = mddev->logical_block_size;
		lim->physical_block_size = mddev->logical_block_size;
		lim->io_min = mddev->logical_block_size;
	}
	rdev_for_each(rdev, mddev)
		if (rdev->raid_disk >= 0 && !md_rdev_test(rdev, MD_RDEV_FAULTY))
			queue_limits_stack_bdev(lim, rdev->bdev,
						rdev->data_offset, mdname(mddev));
	if (mddev->pers->set_limits)
		mddev->pers->set_limits(mddev, lim);
	return true;
}

void md_limits_apply(struct mddev *mddev, struct md_limits *new)
{
	struct request_queue *q = mddev->gendisk->queue;
	struct queue_limits old = queue_limits_start_update(q);
	struct queue_limits *lim = &new->lim;
	int ret;

	/* Somebody who has seen later changes was quicker. */
	if ((int)(new->generation - mddev->limits_applied) < 0) {
		queue_limits_cancel_update(q);
		return;
	}
	mddev->limits_applied = new->generation;
	/* What userland has set stays. */
	lim->max_user_sectors = min_not_zero(lim->max_user_sectors,
					     old.max_user_sectors);
	lim->max_user_discard_sectors = min(lim->max_user_discard_sectors,
					    old.max_user_discard_sectors);
	lim->flags |= old.flags & ~BLK_FLAG_MISALIGNED;
	lim->features &= ~BLK_FEAT_IO_STAT;
	lim->features |= old.features & BLK_FEAT_IO_STAT;
	ret = queue_limits_commit_update(q, lim);
	if (ret)
		md_warn(mddev, "the members' queue limits don't fit together (%d), old ones kept\n",
			ret);
}

/* The members as a whole allow to run read-write? reconfig_mutex held. */
static bool md_members_writable(struct mddev *mddev)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev)
		if (!md_rdev_test(rdev, MD_RDEV_FAULTY) &&
		    bdev_read_only(rdev->bdev))
			return false;
	return true;
}

static void md_set_ro(struct mddev *mddev, enum md_ro ro)
{
	spin_lock_irq(&mddev->lock);
	mddev->ro = ro;
	if (ro == MD_RW)
		md_write_slow_clear(mddev, MD_WRITE_READONLY);
	else
		md_write_slow_set(mddev, MD_WRITE_READONLY);
	spin_unlock_irq(&mddev->lock);
	set_disk_ro(mddev->gendisk, ro == MD_RO);
}

static int md_check_members(struct mddev *mddev)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev) {
		if (rdev->raid_disk < 0 || md_rdev_test(rdev, MD_RDEV_FAULTY))
			continue;
		if (rdev->sectors < mddev->dev_sectors) {
			md_warn(mddev, "member %pg has %llu sectors, %llu are needed\n",
				rdev->bdev, (u64)rdev->sectors,
				(u64)mddev->dev_sectors);
			return -EINVAL;
		}
	}
	return 0;
}

/*
 * I/O finds the pair unchanged while it is inside the gate; md_error(), which may
 * come from the superblock writer, looks under mddev->lock. Returns the private
 * data that was there.
 */
static void *md_set_personality(struct mddev *mddev, struct md_personality *pers,
				void *private)
{
	void *old;

	spin_lock_irq(&mddev->lock);
	old = mddev->private;
	mddev->pers = pers;
	mddev->private = private;
	spin_unlock_irq(&mddev->lock);
	return old;
}

/*
 * Configuration context. Takes over the personality's module reference, @private,
 * of its prepare(), and @bitmap; they are the caller's still on error.
 */
static int md_run(struct mddev *mddev, struct md_personality *pers,
		  void *private, struct md_bitmap *bitmap)
{
	enum md_ro wanted = mddev->ro;
	sector_t size;
	int ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	ret = md_check_members(mddev);
	if (ret)
		return ret;
	mddev->level = pers->level;
	strscpy(mddev->clevel, pers->name, sizeof(mddev->clevel));
	mddev->reshape_position = MD_SECTOR_NONE;
	if (mddev->ro != MD_RO && !md_members_writable(mddev))
		mddev->ro = MD_RO;
	if (mddev->ro == MD_RW && md_start_ro)
		mddev->ro = MD_AUTO_RO;
	mddev->sync.recovery_disabled = false;
	mddev->sync.completed = 0;

	mddev->private = private;
	ret = pers->run(mddev);
	if (ret)
		goto detach;
	size = pers->size(mddev, 0, 0);
	if (mddev->external_size && size < mddev->array_sectors) {
		md_warn(mddev, "array_size %llu KiB is more than the members hold\n",
			(u64)mddev->array_sectors / 2);
		ret = -EINVAL;
		goto detach;
	}
	md_set_personality(mddev, pers, private);
	ret = md_bitmap_attach(mddev, bitmap);
	if (ret)
		goto detach;
	mddev->limits_stale = true;

	spin_lock_irq(&mddev->lock);
	mddev->in_sync = true;
	mddev->sync.needed = true;
	mddev->write_slow = 0;
	if (pers->syncs)
		md_write_slow_set(mddev, MD_WRITE_CLEAN);
	if (mddev->suspend_lo < mddev->suspend_hi)
		md_write_slow_set(mddev, MD_WRITE_RANGE);
	spin_unlock_irq(&mddev->lock);
	md_set_ro(mddev, mddev->ro);

	md_add_sync_attrs(mddev);
	md_rdev_link_slots(mddev);
	if (mddev->degraded)
		md_warn(mddev, "running with %d of %d members\n",
			mddev->raid_disks - mddev->degraded, mddev->raid_disks);
	else
		md_info(mddev, "running with all %d members\n",
			mddev->raid_disks);
	md_sb_request(mddev);
	md_wake_daemon(mddev);
	return 0;
detach:
	md_set_personality(mddev, NULL, NULL);
	mddev->ro = wanted;
	return ret;
}

/*
 * Get what running a level needs: its module and, in *@private, what it prepares.
 * No locks held, sleeps. Returns ERR_PTR with nothing to undo.
 */
static struct md_personality *md_prepare(struct mddev *mddev, int level,
					 const char *name, void **private)
{
	struct md_personality *pers = md_get_personality(level, name);
	int ret;

	if (!pers) {
		md_warn(mddev, "no module for level %d (%s)\n", level, name);
		return ERR_PTR(-EINVAL);
	}
	*private = pers->prepare(mddev);
	if (!IS_ERR(*private))
		return pers;
	ret = PTR_ERR(*private);
	md_put_personality(pers);
	return ERR_PTR(ret);
}

static void md_unprepare(struct mddev *mddev, struct md_personality *pers,
			 void *private)
{
	pers->free(mddev, private);
	md_put_personality(pers);
}

/* Settle what is going to be run. reconfig_mutex held. */
static int md_settle(struct mddev *mddev)
{
	if (mddev->pers || !md_configurable(mddev))
		return -EBUSY;
	if (list_empty(&mddev->disks))
		return -EINVAL;
	if (mddev->persistent && mddev->format)
		return md_sb_analyze(mddev);
	return mddev->raid_disks ? 0 : -EINVAL;
}

int md_start(struct mddev *mddev)
{
	struct md_personality *pers;
	struct md_bitmap *bitmap;
	char name[sizeof(mddev->clevel)];
	void *private;
	int level, ret;

	ret = mddev_lock(mddev);
	if (ret)
		return ret;
	ret = md_settle(mddev);
	level = mddev->level;
	strscpy(name, mddev->clevel, sizeof(name));
	mddev_unlock(mddev);
	if (ret)
		return ret;

	if (level == LEVEL_NONE && !name[0]) {
		md_warn(mddev, "can't start: no level is set\n");
		return -EINVAL;
	}
	pers = md_prepare(mddev, level, name, &private);
	if (IS_ERR(pers))
		return PTR_ERR(pers);

	bitmap = md_bitmap_open(mddev, pers);
	if (IS_ERR(bitmap)) {
		ret = PTR_ERR(bitmap);
		goto unprepare;
	}

	ret = mddev_suspend_and_lock(mddev);
	if (ret)
		goto free;
	/* Members may have come or gone while the module was loaded. */
	ret = md_settle(mddev);
	if (!ret && (mddev->level != level || strcmp(mddev->clevel, name)))
		ret = -EBUSY;
	if (!ret)
		ret = md_run(mddev, pers, private, bitmap);
	mddev_unlock_and_resume(mddev);
	if (ret)
		goto free;
	md_announce(mddev);
	return 0;
free:
	md_bitmap_free(bitmap);
unprepare:
	md_unprepare(mddev, pers, private);
	return ret;
}

/*
 * Nobody but the caller has it open, and nobody will: claim the array for
 * stopping.
 */
static int md_begin_closing(struct mddev *mddev, int own_openers)
{
	int ret = 0;

	spin_lock(&mddev->open_lock);
	if (mddev->openers > own_openers ||
	    test_and_set_bit(MD_CLOSING, &mddev->flags))
		ret = -EBUSY;
	spin_unlock(&mddev->open_lock);
	return ret;
}

static void md_end_closing(struct mddev *mddev)
{
	spin_lock(&mddev->open_lock);
	clear_bit(MD_CLOSING, &mddev->flags);
	spin_unlock(&mddev->open_lock);
}

/*
 * Gate closed and drained, sync thread gone: nothing makes the array dirty any
 * more. Returns the generation to wait for.
 */
static u64 md_mark_stopped_clean(struct mddev *mddev)
{
	u64 gen;

	lockdep_assert_held(&mddev->reconfig_mutex);

	spin_lock_irq(&mddev->lock);
	mddev->in_sync = true;
	mddev->active_idle = false;
	md_write_slow_set(mddev, MD_WRITE_CLEAN);
	gen = md_sb_request_locked(mddev);
	spin_unlock_irq(&mddev->lock);
	return gen;
}

static void md_detach_personality(struct mddev *mddev)
{
	struct md_personality *pers = mddev->pers;
	struct md_rdev *rdev;

	if (!pers)
		return;
	md_bitmap_detach(mddev);
	md_unprepare(mddev, pers, md_set_personality(mddev, NULL, NULL));
	rdev_for_each(rdev, mddev)
		if (rdev->raid_disk >= 0)
			md_rdev_unlink_slot(rdev);
	spin_lock_irq(&mddev->lock);
	mddev->write_slow = 0;
	spin_unlock_irq(&mddev->lock);
}

static void md_unbind_all(struct mddev *mddev)
{
	struct md_rdev *rdev, *tmp;

	rdev_for_each_safe(rdev, tmp, mddev) {
		spin_lock_irq(&mddev->lock);
		rdev->raid_disk = -1;
		spin_unlock_irq(&mddev->lock);
		md_rdev_unbind(rdev);
	}
}

int md_stop(struct mddev *mddev, enum md_stop_mode mode, int own_openers)
{
	bool was_running;
	u64 gen = 0;
	int ret;

	ret = md_begin_closing(mddev, own_openers);
	if (ret)
		return ret;
	if (mode == MD_STOP_READONLY && !READ_ONCE(mddev->pers)) {
		md_end_closing(mddev);
		return -ENXIO;
	}
	if (READ_ONCE(mddev->pers) && READ_ONCE(mddev->ro) == MD_RW)
		sync_blockdev(mddev->gendisk->part0);

	ret = md_sync_hold(mddev, mode != MD_STOP_EXIT);
	if (ret)
		goto open;
	if (mode == MD_STOP_EXIT)
		mddev_suspend_and_lock_nointr(mddev);
	else
		ret = mddev_suspend_and_lock(mddev);
	if (ret)
		goto release;

	was_running = mddev->pers;
	if (was_running && mddev->ro == MD_RW) {
		md_bitmap_clear_idle(mddev);
		gen = md_mark_stopped_clean(mddev);
		/* MD_CLOSING and the hold keep everything else as it is. */
		mddev_unlock(mddev);
		md_sb_wait(mddev, gen);
		mddev_lock_nointr(mddev);
	}
	if (mode == MD_STOP_READONLY) {
		md_set_ro(mddev, MD_RO);
	} else {
		md_detach_personality(mddev);
		mddev->ro = MD_RW;
		if (mode != MD_STOP_INACTIVE) {
			md_unbind_all(mddev);
			md_reset_config(mddev);
			spin_lock_irq(&mddev->lock);
			mddev->hold = MD_HOLD_NONE;
			spin_unlock_irq(&mddev->lock);
		}
	}
	mddev_unlock_and_resume(mddev);
	md_sync_release(mddev);

	if (mode != MD_STOP_READONLY) {
		md_remove_sync_attrs(mddev);
		if (was_running)
			md_info(mddev, "stopped\n");
		invalidate_bdev(mddev->gendisk->part0);
		set_disk_ro(mddev->gendisk, false);
		/* Who opens it from here on would read from nothing. */
		md_update_capacity(mddev);
	}
	md_end_closing(mddev);
	md_announce(mddev);
	return 0;

release:
	md_sync_release(mddev);
open:
	md_end_closing(mddev);
	return ret;
}

void md_ro_left(struct mddev *mddev)
{
	spin_lock_irq(&mddev->lock);
	mddev->sync.needed = true;
	spin_unlock_irq(&mddev->lock);
	md_wake_daemon(mddev);
	md_notify_state(mddev);
	md_new_event();
}

static int md_leave_ro(struct mddev *mddev, enum md_ro ro)
{
	u64 gen = 0;
	int ret;

	ret = mddev_lock(mddev);
	if (ret)
		return ret;
	if (list_empty(&mddev->disks))
		ret = -ENXIO;
	else if (!mddev->pers)
		ret = -EINVAL;
	else if (!md_configurable(mddev))
		ret = -EBUSY;
	else if (!md_members_writable(mddev))
		ret = -EROFS;
	else if (mddev->ro == MD_RW)
		ret = ro == MD_RW ? -EBUSY : 0;
	if (!ret && mddev->ro != MD_RW) {
		md_set_ro(mddev, ro);
		if (ro == MD_RW)
			gen = md_sb_request(mddev);
	}
	mddev_unlock(mddev);
	if (ret)
		return ret;
	md_ro_left(mddev);
	return gen ? md_sb_wait(mddev, gen) : 0;
}

int md_set_rw(struct mddev *mddev)
{
	return md_leave_ro(mddev, MD_RW);
}

int md_ensure_rw(struct mddev *mddev)
{
	int ret;

	if (READ_ONCE(mddev->ro) == MD_RW)
		return 0;
	ret = md_set_rw(mddev);
	/* Somebody else may have been quicker. */
	return ret == -EBUSY && READ_ONCE(mddev->ro) == MD_RW ? 0 : ret;
}

int md_set_read_auto(struct mddev *mddev)
{
	int ret;

	if (READ_ONCE(mddev->pers) && READ_ONCE(mddev->ro) == MD_RW) {
		ret = md_stop(mddev, MD_STOP_READONLY, 0);
		if (ret)
			return ret;
	}
	return md_leave_ro(mddev, MD_AUTO_RO);
}

void md_quiesce_for_reboot(struct mddev *mddev)
{
	if (!READ_ONCE(mddev->pers) || READ_ONCE(mddev->ro) != MD_RW)
		return;
	/* Never released: nothing shall start again. */
	md_sync_hold(mddev, false);
	md_try_clean(mddev);
	md_sb_wait(mddev, md_sb_request(mddev));
}

/* Members beyond the new number of slots become spares. */
static void md_drop_slots(struct mddev *mddev)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev) {
		if (rdev->raid_disk < mddev->raid_disks)
			continue;
		md_rdev_unlink_slot(rdev);
		spin_lock_irq(&mddev->lock);
		rdev->raid_disk = -1;
		md_rdev_clear(rdev, MD_RDEV_IN_SYNC);
		spin_unlock_irq(&mddev->lock);
	}
}

/* As md_run(): @private is the caller's still on error. */
static int md_takeover(struct mddev *mddev, struct md_personality *pers,
		       void *private)
{
	struct md_personality *old = mddev->pers;
	int old_disks = mddev->raid_disks, old_layout = mddev->layout;
	unsigned int old_chunk = mddev->chunk_sectors;
	void *old_private = mddev->private;
	int ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	mddev->new_level = mddev->level;
	mddev->new_layout = mddev->layout;
	mddev->new_chunk_sectors = mddev->chunk_sectors;
	mddev->delta_disks = 0;
	ret = pers->takeover(mddev, private);
	if (ret) {
		md_warn(mddev, "level %s can't take over from %s\n", pers->name,
			old->name);
		goto undo;
	}

	spin_lock_irq(&mddev->lock);
	mddev->level = pers->level;
	mddev->layout = mddev->new_layout;
	mddev->chunk_sectors = mddev->new_chunk_sectors;
	mddev->raid_disks += mddev->delta_disks;
	spin_unlock_irq(&mddev->lock);
	/* Until both fit together again a failing member is not looked at. */
	md_set_personality(mddev, NULL, private);
	ret = pers->run(mddev);
	if (ret) {
		md_set_personality(mddev, old, old_private);
		spin_lock_irq(&mddev->lock);
		mddev->level = old->level;
		mddev->layout = old_layout;
		mddev->chunk_sectors = old_chunk;
		mddev->raid_disks = old_disks;
		/* Nothing was written without a personality. */
		md_sb_request_locked(mddev);
		spin_unlock_irq(&mddev->lock);
		goto undo;
	}
	md_set_personality(mddev, pers, private);
	strscpy(mddev->clevel, pers->name, sizeof(mddev->clevel));
	mddev->delta_disks = 0;
	md_unprepare(mddev, old, old_private);
	md_drop_slots(mddev);
	mddev->limits_stale = true;
	md_add_sync_attrs(mddev);
	md_info(mddev, "level is %s now\n", pers->name);
	return 0;
undo:
	mddev->new_level = mddev->level;
	mddev->new_layout = mddev->layout;
	mddev->new_chunk_sectors = mddev->chunk_sectors;
	mddev->delta_disks = 0;
	return ret;
}

int md_change_level(struct mddev *mddev, int level, const char *name)
{
	struct md_personality *pers;
	void *private;
	u64 gen = 0;
	int ret;

	if (md_sync_busy(mddev))
		return -EBUSY;
	pers = md_prepare(mddev, level, name, &private);
	if (IS_ERR(pers))
		return PTR_ERR(pers);
	ret = mddev_suspend_and_lock(mddev);
	if (ret)
		goto free;
	if (!mddev->pers)
		ret = -EINVAL;
	else if (mddev->ro != MD_RW)
		ret = -EROFS;
	else if (!md_configurable(mddev) || md_sync_busy(mddev) ||
		 mddev->reshape_position != MD_SECTOR_NONE)
		ret = -EBUSY;
	else if (mddev->pers == pers)
		ret = 1;
	else if (!pers->takeover)
		ret = -EINVAL;
	else
		ret = md_takeover(mddev, pers, private);
	if (!ret)
		gen = md_sb_request(mddev);
	mddev_unlock_and_resume(mddev);
	if (ret)
		goto free;
	md_announce(mddev);
	return md_sb_wait(mddev, gen);
free:
	md_unprepare(mddev, pers, private);
	return min(ret, 0);
}
