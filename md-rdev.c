// SPDX-License-Identifier: GPL-2.0
/*
 * Members: opening and binding, slots, failure, bad blocks.
 *
 * What the calls of userland do with them (add, remove, fail) is in
 * md-member.c. Documentation/members.md says what each reference keeps alive.
 */
#include "md-bitmap.h"
#include "md-trace.h"

const char *const md_rdev_flag_names[MD_RDEV_NR_FLAGS] = {
#define X(id, name)		\
	[MD_RDEV_##id] = name,
	MD_RDEV_FLAGS(X)
#undef X
};

/*
 * rdev->mddev goes to NULL under this lock, so that sysfs can take a reference
 * on the array that it finds there. Never taken inside mddev->lock, which is
 * irq-safe.
 */
static DEFINE_SPINLOCK(rdev_owner_lock);

/*
 * Arrays with external metadata share members: a container and the arrays in
 * it. So all of them open with this holder.
 */
static char md_shared_holder;

/*
 * Opening and closing
 */

static void *rdev_holder(struct md_rdev *rdev)
{
	return rdev->shared ? (void *)&md_shared_holder : rdev;
}

/* Undoes a half-done md_rdev_open(), too. Frees @rdev unless sysfs uses it. */
static void rdev_release(struct md_rdev *rdev)
{
	if (rdev->holder)
		bd_unlink_disk_holder(rdev->bdev, rdev->holder);
	if (rdev->bdev_file)
		bdev_fput(rdev->bdev_file);
	rdev->bdev_file = NULL;
	rdev->bdev = NULL;
	md_sb_member_exit(rdev);
	kobject_put(&rdev->kobj);
}

void md_rdev_kobj_release(struct kobject *kobj)
{
	struct md_rdev *rdev = container_of(kobj, struct md_rdev, kobj);

	/* sysfs may show the list until the very end. */
	badblocks_exit(&rdev->badblocks);
	kfree(rdev);
}

struct md_rdev *md_rdev_open(struct mddev *mddev, dev_t dev,
			     const struct md_super_format *format)
{
	struct md_rdev *rdev;
	struct file *file;
	int ret;

	if (dev == mddev->unit)
		return ERR_PTR(-EINVAL);
	rdev = kzalloc(sizeof(*rdev), GFP_KERNEL);
	if (!rdev)
		return ERR_PTR(-ENOMEM);
	kobject_init(&rdev->kobj, &md_rdev_ktype);
	INIT_LIST_HEAD(&rdev->same_set);
	INIT_LIST_HEAD(&rdev->dying);
	rdev->devt = dev;
	rdev->shared = READ_ONCE(mddev->external);
	rdev->flags = BIT(MD_RDEV_BITMAP_STALE);
	rdev->raid_disk = -1;
	rdev->saved_raid_disk = -1;
	rdev->desc_nr = -1;

	ret = badblocks_init(&rdev->badblocks, 0);
	if (!ret)
		ret = md_sb_member_init(rdev);
	if (ret)
		goto err;

	file = bdev_file_open_by_dev(dev, BLK_OPEN_READ | BLK_OPEN_WRITE,
				     rdev_holder(rdev), NULL);
	if (IS_ERR(file)) {
		ret = PTR_ERR(file);
		md_warn(mddev, "can't open %u:%u as a member (%d)\n",
			MAJOR(dev), MINOR(dev), ret);
		goto err;
	}
	rdev->bdev_file = file;
	rdev->bdev = file_bdev(file);
	ret = -EINVAL;
	if (rdev->bdev->bd_disk == mddev->gendisk)
		goto err;
	if (!bdev_nr_sectors(rdev->bdev)) {
		md_warn(mddev, "%pg has no size\n", rdev->bdev);
		goto err;
	}
	if (format) {
		ret = md_sb_load(rdev, format);
		if (ret)
			goto err;
	} else if (!rdev->shared) {
		rdev->sb_start = bdev_nr_sectors(rdev->bdev);
		rdev->sectors = rdev->sb_start;
	}	/* else userland says how much of it is ours */
	/* Takes locks of the disk that others do I/O under: not behind the gate. */
	ret = bd_link_disk_holder(rdev->bdev, mddev->gendisk);
	if (ret)
		goto err;
	rdev->holder = mddev->gendisk;
	return rdev;
err:
	rdev_release(rdev);
	return ERR_PTR(ret);
}

void md_rdev_close(struct md_rdev *rdev)
{
	rdev_release(rdev);
}

/*
 * Binding
 */

struct md_rdev *md_rdev_find(struct mddev *mddev, dev_t dev)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev)
		if (rdev->devt == dev)
			return rdev;
	return NULL;
}

struct md_rdev *md_rdev_find_nr(struct mddev *mddev, int desc_nr)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev)
		if (rdev->desc_nr == desc_nr)
			return rdev;
	return NULL;
}

struct mddev *md_rdev_get_mddev(struct md_rdev *rdev)
{
	struct mddev *mddev;

	spin_lock(&rdev_owner_lock);
	mddev = rdev->mddev;
	/* Its memory is safe as long as it has this member. */
	if (mddev && !mddev_get(mddev))
		mddev = NULL;
	spin_unlock(&rdev_owner_lock);
	return mddev;
}

static int rdev_check_size(struct mddev *mddev, struct md_rdev *rdev)
{
	if (mddev->external || md_rdev_test(rdev, MD_RDEV_JOURNAL) ||
	    (mddev->dev_sectors && rdev->sectors >= mddev->dev_sectors))
		return 0;
	/* See rdev_limit_size(). */
	if (!mddev->pers || !mddev->pers->syncs)
		return 0;
	md_warn(mddev, "%pg is too small: %llu of %llu KiB\n", rdev->bdev,
		(unsigned long long)rdev->sectors / 2,
		(unsigned long long)mddev->dev_sectors / 2);
	return -ENOSPC;
}

/*
 * An array being created uses what its smallest member has. Superblocks know
 * better, md_sb_analyze() compares. mddev->lock held.
 */
static void rdev_limit_size(struct mddev *mddev, struct md_rdev *rdev)
{
	if (mddev->pers || mddev->external || rdev->sb_loaded ||
	    md_rdev_test(rdev, MD_RDEV_JOURNAL))
		return;
	if (!mddev->dev_sectors || mddev->dev_sectors > rdev->sectors)
		mddev->dev_sectors = rdev->sectors;
}

/* Its own number, unless that is taken. */
static int rdev_free_nr(struct mddev *mddev, const struct md_rdev *rdev)
{
	int nr = rdev->desc_nr;

	lockdep_assert_held(&mddev->lock);

	if (nr < 0 || md_rdev_find_nr(mddev, nr)) {
		/* Numbers below belong to slots, as userland shows them. */
		nr = mddev->pers ? mddev->raid_disks : 0;
		while (md_rdev_find_nr(mddev, nr))
			nr++;
	}
	return nr;
}

static int rdev_check_nr(struct mddev *mddev, const struct md_rdev *rdev)
{
	int nr;

	spin_lock_irq(&mddev->lock);
	nr = rdev_free_nr(mddev, rdev);
	spin_unlock_irq(&mddev->lock);
	if (mddev->max_disks && nr >= mddev->max_disks) {
		md_warn(mddev, "%pg can't be added: limited to %d devices\n",
			rdev->bdev, mddev->max_disks);
		return -EBUSY;
	}
	return 0;
}

/*
 * Shared members can be opened again while the directory of their last binding
 * is being removed.
 */
static int rdev_add_kobj(struct mddev *mddev, struct md_rdev *rdev)
{
	struct kernfs_node *old;
	char name[DISK_NAME_LEN + 8];
	int ret;

	snprintf(name, sizeof(name), "dev-%pg", rdev->bdev);
	strreplace(name, '/', '!');
	old = sysfs_get_dirent(mddev->kobj.sd, name);
	if (old) {
		sysfs_put(old);
		return -EBUSY;
	}
	ret = kobject_add(&rdev->kobj, &mddev->kobj, "%s", name);
	if (ret)
		return ret;
	ret = sysfs_create_link(&rdev->kobj, bdev_kobj(rdev->bdev), "block");
	if (ret) {
		kobject_del(&rdev->kobj);
		return ret;
	}
	rdev->kn_state = sysfs_get_dirent(rdev->kobj.sd, "state");
	rdev->kn_bad_blocks = sysfs_get_dirent(rdev->kobj.sd, "bad_blocks");
	rdev->kn_unacked = sysfs_get_dirent(rdev->kobj.sd,
					    "unacknowledged_bad_blocks");
	return 0;
}

static void rdev_del_kobj(struct md_rdev *rdev)
{
	kobject_del(&rdev->kobj);
	sysfs_put(rdev->kn_state);
	sysfs_put(rdev->kn_bad_blocks);
	sysfs_put(rdev->kn_unacked);
	rdev->kn_state = NULL;
	rdev->kn_bad_blocks = NULL;
	rdev->kn_unacked = NULL;
}

static void rdev_set_owner(struct md_rdev *rdev, struct mddev *mddev)
{
	spin_lock(&rdev_owner_lock);
	WRITE_ONCE(rdev->mddev, mddev);
	spin_unlock(&rdev_owner_lock);
}

int md_rdev_bind(struct mddev *mddev, struct md_rdev *rdev)
{
	int ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (md_rdev_find(mddev, rdev->devt))
		return -EEXIST;
	/* metadata_version was written to since it was opened. */
	if (rdev->shared != mddev->external)
		return -EBUSY;
	if (mddev->pers && mddev->ro == MD_RW && bdev_read_only(rdev->bdev)) {
		md_warn(mddev, "%pg is read-only\n", rdev->bdev);
		return -EROFS;
	}
	if (mddev->pers && bdev_logical_block_size(rdev->bdev) >
			   queue_logical_block_size(mddev->gendisk->queue)) {
		md_warn(mddev, "%pg has blocks of %u bytes, users of the array count on %u\n",
			rdev->bdev, bdev_logical_block_size(rdev->bdev),
			queue_logical_block_size(mddev->gendisk->queue));
		return -EINVAL;
	}
	ret = mddev->pers ? md_bitmap_check_member(mddev, rdev) :
			    md_sb_check_kin(mddev, rdev);
	if (!ret)
		ret = rdev_check_size(mddev, rdev);
	if (!ret)
		ret = rdev_check_nr(mddev, rdev);
	if (!ret)
		ret = rdev_add_kobj(mddev, rdev);
	if (ret)
		return ret;

	rdev_set_owner(rdev, mddev);
	spin_lock_irq(&mddev->lock);
	/* A superblock may have been written since, which numbers members anew. */
	rdev->desc_nr = rdev_free_nr(mddev, rdev);
	list_add(&rdev->same_set, &mddev->disks);
	rdev_limit_size(mddev, rdev);
	/* With another member things may be different. */
	mddev->sync.recovery_disabled = false;
	spin_unlock_irq(&mddev->lock);
	md_new_event();
	return 0;
}

void md_rdev_unbind(struct md_rdev *rdev)
{
	struct mddev *mddev = rdev->mddev;

	lockdep_assert_held(&mddev->reconfig_mutex);
	WARN_ON_ONCE(mddev->pers && rdev->raid_disk >= 0);

	md_rdev_unlink_slot(rdev);
	spin_lock_irq(&mddev->lock);
	list_del_init(&rdev->same_set);
	spin_unlock_irq(&mddev->lock);
	rdev_set_owner(rdev, NULL);
	list_add_tail(&rdev->dying, &mddev->dying);
	md_new_event();
}

void md_rdev_free_dying(struct mddev *mddev, struct list_head *dying)
{
	struct md_rdev *rdev, *tmp;

	list_for_each_entry_safe(rdev, tmp, dying, dying) {
		list_del_init(&rdev->dying);
		rdev_del_kobj(rdev);
		rdev_release(rdev);
	}
	/* One of them may have been what completions waited for. */
	md_sb_check_acks(mddev);
}

/*
 * Slots
 */

/* rdNN is what holds the slot's data; a replacement gets it when it takes over. */
int md_rdev_link_slot(struct md_rdev *rdev)
{
	struct mddev *mddev = rdev->mddev;
	char name[16];
	int ret;

	if (rdev->raid_disk < 0 || md_rdev_test(rdev, MD_RDEV_REPLACEMENT) ||
	    md_rdev_test(rdev, MD_RDEV_JOURNAL) ||
	    md_rdev_test(rdev, MD_RDEV_BIND_HELD))
		return 0;
	snprintf(name, sizeof(name), "rd%d", rdev->raid_disk);
	ret = sysfs_create_link(&mddev->kobj, &rdev->kobj, name);
	if (!ret)
		md_rdev_set(rdev, MD_RDEV_BIND_HELD);
	return ret;
}

void md_rdev_unlink_slot(struct md_rdev *rdev)
{
	char name[16];

	if (!md_rdev_test(rdev, MD_RDEV_BIND_HELD))
		return;
	snprintf(name, sizeof(name), "rd%d", rdev->raid_disk);
	sysfs_remove_link(&rdev->mddev->kobj, name);
	md_rdev_clear(rdev, MD_RDEV_BIND_HELD);
}

void md_rdev_notify_state(struct md_rdev *rdev)
{
	if (rdev->kn_state)
		sysfs_notify_dirent(rdev->kn_state);
}

/* Unacknowledged ones show in the state, too. */
void md_rdev_notify_badblocks(struct md_rdev *rdev)
{
	if (rdev->kn_unacked)
		sysfs_notify_dirent(rdev->kn_unacked);
	if (rdev->kn_bad_blocks)
		sysfs_notify_dirent(rdev->kn_bad_blocks);
	md_rdev_notify_state(rdev);
}

int md_rdev_slot_add(struct mddev *mddev, struct md_rdev *rdev)
{
	int ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (mddev->pers) {
		if (!mddev->pers->hot_add)
			return -EINVAL;
		/* The array may have grown while it was a failed one. */
		if (rdev->sectors < mddev->dev_sectors) {
			md_warn(mddev, "%pg is too small: %llu of %llu KiB\n",
				rdev->bdev, (u64)rdev->sectors / 2,
				(u64)mddev->dev_sectors / 2);
			return -ENOSPC;
		}
		/* Or have got its bitmap. */
		ret = md_bitmap_check_member(mddev, rdev);
		if (!ret)
			ret = mddev->pers->hot_add(mddev, rdev);
		if (ret)
			return ret;
		spin_lock_irq(&mddev->lock);
		md_rdev_set(rdev, MD_RDEV_BITMAP_STALE);
		if (rdev->raid_disk != rdev->saved_raid_disk)
			rdev->by_bitmap = 0;
		spin_unlock_irq(&mddev->lock);
		mddev->limits_stale = true;
	}
	md_rdev_link_slot(rdev);
	md_rdev_notify_state(rdev);
	md_new_event();
	return 0;
}

void md_rdev_link_slots(struct mddev *mddev)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev)
		if (!md_rdev_test(rdev, MD_RDEV_FAULTY))
			md_rdev_link_slot(rdev);
}

int md_rdev_slot_remove(struct mddev *mddev, struct md_rdev *rdev)
{
	int ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (mddev->pers) {
		if (!mddev->pers->hot_remove)
			return -EINVAL;
		ret = mddev->pers->hot_remove(mddev, rdev);
		if (ret)
			return ret;
	}
	md_rdev_unlink_slot(rdev);
	spin_lock_irq(&mddev->lock);
	if (!md_rdev_test(rdev, MD_RDEV_FAULTY))
		rdev->saved_raid_disk = -1;
	rdev->by_bitmap = 0;
	rdev->raid_disk = -1;
	/* From here on it misses writes. */
	rdev->recovery_offset = 0;
	md_rdev_clear(rdev, MD_RDEV_REPLACEMENT);
	md_rdev_clear(rdev, MD_RDEV_WANT_REPLACEMENT);
	md_rdev_clear(rdev, MD_RDEV_WANT_REMOVE);
	spin_unlock_irq(&mddev->lock);

	/* A replacement that has taken over gets the link of the one it replaced. */
	md_rdev_link_slots(mddev);
	md_rdev_notify_state(rdev);
	md_new_event();
	return 0;
}

/*
 * Filling and emptying slots
 */

static bool rdev_may_leave(const struct md_rdev *rdev)
{
	if (rdev->raid_disk < 0 || md_rdev_test(rdev, MD_RDEV_BLOCKED))
		return false;
	return md_rdev_test(rdev, MD_RDEV_FAULTY) ||
	       (md_rdev_test(rdev, MD_RDEV_WANT_REMOVE) &&
		!md_rdev_test(rdev, MD_RDEV_IN_SYNC));
}

static bool rdev_is_spare(const struct md_rdev *rdev)
{
	return rdev->raid_disk < 0 && !md_rdev_test(rdev, MD_RDEV_FAULTY) &&
	       !md_rdev_test(rdev, MD_RDEV_JOURNAL) &&
	       !md_rdev_test(rdev, MD_RDEV_NO_RECOVERY);
}

/* How many spares could go to work: empty slots and members to be replaced. */
static int rdev_open_places(struct mddev *mddev)
{
	DECLARE_BITMAP(held, MD_SUPER_MAX_RAID_DISKS) = { 0 };
	DECLARE_BITMAP(replaced, MD_SUPER_MAX_RAID_DISKS) = { 0 };
	struct md_rdev *rdev;
	int places;

	rdev_for_each(rdev, mddev) {
		if (rdev->raid_disk < 0 || rdev->raid_disk >= mddev->raid_disks ||
		    rdev_may_leave(rdev))
			continue;
		__set_bit(rdev->raid_disk, held);
		if (md_rdev_test(rdev, MD_RDEV_REPLACEMENT))
			__set_bit(rdev->raid_disk, replaced);
	}
	places = mddev->raid_disks - bitmap_weight(held, mddev->raid_disks);
	rdev_for_each(rdev, mddev)
		if (rdev->raid_disk >= 0 && rdev->raid_disk < mddev->raid_disks &&
		    md_rdev_test(rdev, MD_RDEV_WANT_REPLACEMENT) &&
		    !md_rdev_test(rdev, MD_RDEV_FAULTY) &&
		    !md_rdev_test(rdev, MD_RDEV_REPLACEMENT) &&
		    !test_bit(rdev->raid_disk, replaced))
			places++;
	return places;
}

/* Userland hands out the slots where it keeps the metadata. */
static bool rdev_takes_spares(struct mddev *mddev)
{
	return !mddev->external && mddev->pers->hot_add &&
	       !READ_ONCE(mddev->sync.recovery_disabled);
}

bool md_rdev_moves_due(struct mddev *mddev)
{
	struct md_rdev *rdev;
	bool spare = false;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (!mddev->pers || !mddev->pers->hot_remove || mddev->ro != MD_RW)
		return false;
	rdev_for_each(rdev, mddev) {
		if (rdev_may_leave(rdev))
			return true;
		spare |= rdev_is_spare(rdev);
	}
	return spare && rdev_takes_spares(mddev) && rdev_open_places(mddev) > 0;
}

int md_rdev_move(struct mddev *mddev)
{
	struct md_rdev *rdev;
	bool moved = false;
	int places, added = 0;
	int ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	rdev_for_each(rdev, mddev)
		if (rdev_may_leave(rdev) && !md_rdev_slot_remove(mddev, rdev))
			moved = true;

	places = rdev_takes_spares(mddev) ? rdev_open_places(mddev) : 0;
	rdev_for_each(rdev, mddev) {
		if (!places)
			break;
		if (!rdev_is_spare(rdev))
			continue;
		spin_lock_irq(&mddev->lock);
		md_rdev_clear(rdev, MD_RDEV_IN_SYNC);
		rdev->recovery_offset = 0;
		spin_unlock_irq(&mddev->lock);
		ret = md_rdev_slot_add(mddev, rdev);
		if (ret) {
			/* Or this would be tried for ever. */
			md_rdev_set(rdev, MD_RDEV_NO_RECOVERY);
			md_warn(mddev, "spare %pg can't be used (%d)\n",
				rdev->bdev, ret);
			continue;
		}
		places--;
		added++;
	}
	if (moved || added)
		md_sb_request(mddev);
	return added;
}

/*
 * Failure
 */

/**
 * md_rdev_fail() - mark a member failed
 * @mddev: array
 * @rdev: member
 *
 * From here on no I/O goes to it, and no write is acknowledged until metadata
 * says so. Only personalities decide that; they count mddev->degraded themselves.
 *
 * Context: mddev->lock held.
 */
void md_rdev_fail(struct mddev *mddev, struct md_rdev *rdev)
{
	lockdep_assert_held(&mddev->lock);

	if (mddev->external)
		md_rdev_set(rdev, MD_RDEV_BLOCKED);
	md_sb_hold_acks(mddev);
	md_bitmap_member_left(mddev);
	/* Where it may come back to, if the bitmap can tell what it lacks. */
	rdev->saved_raid_disk = -1;
	if (md_rdev_test(rdev, MD_RDEV_IN_SYNC) &&
	    !md_rdev_test(rdev, MD_RDEV_REPLACEMENT))
		rdev->saved_raid_disk = rdev->raid_disk;
	md_rdev_clear(rdev, MD_RDEV_IN_SYNC);
	md_rdev_set(rdev, MD_RDEV_FAULTY);
}
EXPORT_SYMBOL_GPL(md_rdev_fail);

/**
 * md_error() - I/O to a member failed in a way that can't be mended
 * @mddev: array
 * @rdev: member
 *
 * Marks it failed, unless that would lose the last good copy. Call it before the
 * request that met the error is ended.
 *
 * Context: any but under mddev->lock.
 */
void md_error(struct mddev *mddev, struct md_rdev *rdev)
{
	int slot, left = 0, of = 0;
	bool failed = false;
	unsigned long flags;

	spin_lock_irqsave(&mddev->lock, flags);
	if (md_rdev_test(rdev, MD_RDEV_FAULTY) || list_empty(&rdev->same_set) ||
	    !mddev->pers || !mddev->pers->error) {
		spin_unlock_irqrestore(&mddev->lock, flags);
		return;
	}
	slot = rdev->raid_disk;
	failed = mddev->pers->error(mddev, rdev);
	if (failed) {
		of = mddev->raid_disks;
		left = of - mddev->degraded;
		mddev->sync.needed = true;
	}
	spin_unlock_irqrestore(&mddev->lock, flags);

	trace_md_member_failed(mddev, rdev, !failed);
	if (!failed) {
		pr_warn_ratelimited("md/%s: errors on member %pg: kept, as it holds the last good copy\n",
				    mdname(mddev), rdev->bdev);
		return;
	}
	md_err(mddev, "member %pg failed, %d of %d members left\n", rdev->bdev,
	       left, of);
	if (slot >= 0)
		md_sync_interrupt(mddev);
	md_wake_daemon(mddev);
	md_rdev_notify_state(rdev);
	md_notify_degraded(mddev);
	md_notify_state(mddev);
	md_new_event();
}
EXPORT_SYMBOL_GPL(md_error);

/**
 * md_rdev_page_io() - read or write the first bytes of a page, and wait
 * @rdev: member
 * @sector: of the device
 * @page: data
 * @bytes: rounded up to whole logical blocks
 * @opf: operation and flags
 *
 * Context: may sleep, no locks held that I/O to the member needs.
 * Return: 0 or errno.
 */
int md_rdev_page_io(struct md_rdev *rdev, sector_t sector, struct page *page,
		    unsigned int bytes, blk_opf_t opf)
{
	struct bio_vec bvec;
	struct bio bio;
	int ret;

	bio_init(&bio, rdev->bdev, &bvec, 1, opf | REQ_SYNC);
	bio.bi_iter.bi_sector = sector;
	__bio_add_page(&bio, page,
		       round_up(bytes, bdev_logical_block_size(rdev->bdev)), 0);
	ret = submit_bio_wait(&bio);
	bio_uninit(&bio);
	return ret;
}
EXPORT_SYMBOL_GPL(md_rdev_page_io);

/* Read errors older than this weigh half. */
#define MD_READ_ERROR_HALF_LIFE	3600

/**
 * md_rdev_count_read_error() - a read error on a member was cured
 * @mddev: array
 * @rdev: member
 *
 * Counts against max_read_errors; the count halves with every hour that passed
 * since the last error.
 *
 * Context: any. Return: true when it was one too many.
 */
bool md_rdev_count_read_error(struct mddev *mddev, struct md_rdev *rdev)
{
	int limit = atomic_read(&mddev->max_corrected_reads);
	time64_t now = ktime_get_seconds();
	time64_t halvings = 0;
	unsigned long flags;
	int errors;

	spin_lock_irqsave(&mddev->lock, flags);
	errors = atomic_read(&rdev->read_errors);
	if (rdev->last_read_error)
		halvings = div_s64(now - rdev->last_read_error,
				   MD_READ_ERROR_HALF_LIFE);
	errors = halvings < 31 ? errors >> halvings : 0;
	errors++;
	atomic_set(&rdev->read_errors, errors);
	rdev->last_read_error = now;
	spin_unlock_irqrestore(&mddev->lock, flags);

	if (errors <= limit)
		return false;
	md_warn(mddev, "member %pg: %d read errors lately, more than max_read_errors (%d)\n",
		rdev->bdev, errors, limit);
	return true;
}
EXPORT_SYMBOL_GPL(md_rdev_count_read_error);

/*
 * Bad blocks
 */

/*
 * The list's own results don't tell: it calls a range that it could record only
 * in part a success, and one that it had already a failure.
 */
static bool badblocks_cover(struct badblocks *bb, sector_t s, sector_t end)
{
	sector_t first, sectors;

	while (s < end) {
		if (!badblocks_check(bb, s, end - s, &first, &sectors) ||
		    first > s || !sectors)
			return false;
		s = first + sectors;
	}
	return true;
}

bool md_badblocks_set(struct md_rdev *rdev, sector_t s, sector_t sectors,
		      bool acked)
{
	struct badblocks *bb = &rdev->badblocks;
	sector_t end = s + sectors, next;

	/* Locks are held: don't begin what can't be completed. */
	if (bb->shift < 0 || sectors > BB_MAX_LEN * MAX_BADBLOCKS)
		return false;
	for (; s < end; s = next) {
		next = min_t(sector_t, end, s + BB_MAX_LEN);
		badblocks_set(bb, s, next - s, acked);
		if (!badblocks_cover(bb, s, next))
			return false;
	}
	return true;
}

/* Has the log on disk room for all that is in the list? */
static bool rdev_log_has_room(struct mddev *mddev, struct md_rdev *rdev)
{
	return mddev->external ||
	       READ_ONCE(rdev->badblocks.count) <= md_sb_bblog_room(rdev);
}

/**
 * md_rdev_add_badblocks() - record that a range of a member is bad
 * @rdev: member, bound
 * @s: first sector, relative to data_offset
 * @sectors: length
 *
 * Completions of writes are held until the list is on stable metadata. Call it
 * before the request that met the error is ended.
 *
 * Context: any but under mddev->lock.
 * Return: false when it can't be recorded: the member has to fail.
 */
bool md_rdev_add_badblocks(struct md_rdev *rdev, sector_t s, sector_t sectors)
{
	struct mddev *mddev = rdev->mddev;
	unsigned long flags;
	bool ok;

	spin_lock_irqsave(&mddev->lock, flags);
	/* Without EXTERNAL_BBL nobody would acknowledge it. */
	if (rdev->badblocks.shift < 0 ||
	    (mddev->external && !md_rdev_test(rdev, MD_RDEV_EXTERNAL_BBL))) {
		spin_unlock_irqrestore(&mddev->lock, flags);
		return false;
	}
	md_sb_hold_acks(mddev);
	ok = md_badblocks_set(rdev, s + rdev->data_offset, sectors, false) &&
	     rdev_log_has_room(mddev, rdev);
	spin_unlock_irqrestore(&mddev->lock, flags);

	md_rdev_notify_badblocks(rdev);
	return ok;
}
EXPORT_SYMBOL_GPL(md_rdev_add_badblocks);

/**
 * md_rdev_clear_badblocks() - a range of a member is good again
 * @rdev: member, bound
 * @s: first sector, relative to data_offset
 * @sectors: length
 *
 * Context: any but under mddev->lock.
 */
void md_rdev_clear_badblocks(struct md_rdev *rdev, sector_t s, sector_t sectors)
{
	if (!badblocks_clear(&rdev->badblocks, s + rdev->data_offset, sectors))
		return;
	md_sb_request(rdev->mddev);
	md_rdev_notify_badblocks(rdev);
}
EXPORT_SYMBOL_GPL(md_rdev_clear_badblocks);
