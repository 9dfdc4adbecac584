// SPDX-License-Identifier: GPL-2.0
/*
 * What userland does with members of an array: add, remove, fail.
 *
 * All three take their own locks, write the metadata and wait for it behind
 * them. Only what changes a slot stops the sync thread and suspends I/O.
 */
#include "md-internal.h"

/* After a change: record it, give the daemon a chance, wait. */
static int member_record(struct mddev *mddev, u64 generation)
{
	md_wake_daemon(mddev);
	return md_sb_wait(mddev, generation);
}

/*
 * Adding
 */

static int member_check_info(struct mddev *mddev, const mdu_disk_info_t *info)
{
	const int refused = BIT(MD_DISK_CLUSTER_ADD) | BIT(MD_DISK_CANDIDATE) |
			    BIT(MD_DISK_JOURNAL);

	if (!mddev->pers)
		return -EINVAL;
	if (!md_configurable(mddev))
		return -EBUSY;
	if (mddev->ro == MD_RO)
		return -EROFS;
	if (!mddev->pers->hot_add) {
		md_warn(mddev, "%s arrays take no further members while they run\n",
			mddev->pers->name);
		return -EINVAL;
	}
	if (info->state & refused) {
		md_warn(mddev, "journals and clusters aren't supported\n");
		return -EINVAL;
	}
	return 0;
}

/*
 * Settle what the member is going to be. A re-add that userland asks for, and
 * that isn't possible, is refused: then it writes a new superblock and comes
 * again with a spare.
 */
static int member_identify(struct mddev *mddev, struct md_rdev *rdev,
			   const mdu_disk_info_t *info)
{
	bool readd = info->state & BIT(MD_DISK_SYNC);
	int ret;

	if (mddev->persistent && mddev->format) {
		ret = rdev->sb_loaded ? md_sb_adopt(mddev, rdev) :
					md_sb_prepare_new(mddev, rdev);
		if (ret)
			return ret;
	}
	if (rdev->sb_loaded && readd && rdev->saved_raid_disk != info->raid_disk) {
		md_warn(mddev, "%pg can't be re-added to slot %d: the array has changed without it\n",
			rdev->bdev, info->raid_disk);
		return -EINVAL;
	}
	if (!rdev->sb_loaded || !readd) {
		rdev->saved_raid_disk = -1;
		rdev->recovery_offset = 0;
		md_rdev_clear(rdev, MD_RDEV_IN_SYNC);
		md_rdev_clear(rdev, MD_RDEV_REPLACEMENT);
	}
	assign_bit(MD_RDEV_WRITE_MOSTLY, &rdev->flags,
		   info->state & BIT(MD_DISK_WRITEMOSTLY));
	assign_bit(MD_RDEV_FAILFAST, &rdev->flags,
		   info->state & BIT(MD_DISK_FAILFAST));
	return 0;
}

/* Bind, and put a re-added member back at once. Undoes itself on error. */
static int member_bind(struct mddev *mddev, struct md_rdev *rdev)
{
	int ret;

	ret = md_rdev_bind(mddev, rdev);
	if (ret)
		return ret;
	ret = mddev->persistent && mddev->format ? md_sb_unfit(mddev, rdev) : 0;
	if (!ret && rdev->saved_raid_disk >= 0) {
		rdev->raid_disk = rdev->saved_raid_disk;
		ret = md_rdev_slot_add(mddev, rdev);
		if (ret) {
			rdev->raid_disk = -1;
			md_warn(mddev, "%pg can't be re-added to slot %d (%d)\n",
				rdev->bdev, rdev->saved_raid_disk, ret);
		}
	}
	if (ret)
		md_rdev_unbind(rdev);
	return ret;
}

/* The array broke before it could record its new member: out with it. */
static void member_undo_add(struct mddev *mddev, dev_t dev)
{
	struct md_rdev *rdev;

	md_warn(mddev, "can't record the new member %u:%u, it leaves again\n",
		MAJOR(dev), MINOR(dev));
	md_sync_hold(mddev, false);
	mddev_suspend_and_lock_nointr(mddev);
	rdev = md_rdev_find(mddev, dev);
	if (rdev) {
		md_error(mddev, rdev);
		if (rdev->raid_disk < 0 || !md_rdev_slot_remove(mddev, rdev))
			md_rdev_unbind(rdev);
	}
	mddev_unlock_and_resume(mddev);
	md_sync_release(mddev);
}

int md_member_add(struct mddev *mddev, struct md_rdev *rdev,
		  const mdu_disk_info_t *info)
{
	bool readd = info->state & BIT(MD_DISK_SYNC);
	dev_t dev = rdev->bdev->bd_dev;
	bool bound = false;
	u64 gen = 0;
	int ret;

	if (readd) {
		ret = md_sync_hold(mddev, true);
		if (ret)
			goto close;
		ret = mddev_suspend_and_lock(mddev);
		if (ret) {
			md_sync_release(mddev);
			goto close;
		}
	} else {
		ret = mddev_lock(mddev);
		if (ret)
			goto close;
	}

	ret = member_check_info(mddev, info);
	if (!ret)
		ret = member_identify(mddev, rdev, info);
	if (!ret) {
		ret = member_bind(mddev, rdev);
		/* Once bound it is freed by unlocking. */
		bound = !ret || !list_empty(&rdev->dying);
	}
	if (!ret) {
		spin_lock_irq(&mddev->lock);
		mddev->sync.needed = true;
		gen = md_sb_request_locked(mddev);
		spin_unlock_irq(&mddev->lock);
	}

	if (readd) {
		mddev_unlock_and_resume(mddev);
		md_sync_release(mddev);
	} else {
		mddev_unlock(mddev);
	}
	if (!ret) {
		ret = member_record(mddev, gen);
		if (ret)
			member_undo_add(mddev, dev);
		return ret;
	}
close:
	if (!bound)
		md_rdev_close(rdev);
	return ret;
}

/*
 * Removing
 */

/* Without a slot, or with one that nobody uses. reconfig_mutex held. */
static int member_unbind(struct mddev *mddev, struct md_rdev *rdev, u64 *gen)
{
	if (rdev->raid_disk >= 0)
		return -EBUSY;
	md_rdev_unbind(rdev);
	*gen = md_sb_request(mddev);
	return 0;
}

/* Take a failed member out of its slot first. No locks held. */
static int member_evict(struct mddev *mddev, dev_t dev, u64 *gen)
{
	struct md_rdev *rdev;
	int ret;

	ret = md_sync_hold(mddev, true);
	if (ret)
		return ret;
	ret = mddev_suspend_and_lock(mddev);
	if (ret)
		goto release;

	rdev = md_rdev_find(mddev, dev);
	ret = rdev ? 0 : -ENXIO;
	if (!ret && rdev->raid_disk >= 0) {
		ret = -EBUSY;
		if (md_rdev_test(rdev, MD_RDEV_FAULTY))
			ret = md_rdev_slot_remove(mddev, rdev);
	}
	if (!ret)
		ret = member_unbind(mddev, rdev, gen);
	mddev_unlock_and_resume(mddev);
release:
	md_sync_release(mddev);
	return ret;
}

int md_member_remove(struct mddev *mddev, dev_t dev)
{
	struct md_rdev *rdev;
	bool evict = false;
	u64 gen = 0;
	int ret;

	ret = mddev_lock(mddev);
	if (ret)
		return ret;
	rdev = md_rdev_find(mddev, dev);
	if (!rdev) {
		ret = -ENXIO;
	} else if (!md_configurable(mddev)) {
		ret = -EBUSY;
	} else {
		/* Who removes it has recorded the failure. */
		if (mddev->external && md_rdev_test(rdev, MD_RDEV_FAULTY))
			md_rdev_clear(rdev, MD_RDEV_BLOCKED);
		evict = mddev->pers && rdev->raid_disk >= 0 &&
			md_rdev_test(rdev, MD_RDEV_FAULTY);
		if (!evict)
			ret = member_unbind(mddev, rdev, &gen);
		if (ret)
			md_warn_ratelimited(mddev, "member %pg is in use, not removed\n",
					    rdev->bdev);
	}
	mddev_unlock(mddev);

	/* Writes that wait for it keep the gate from closing. */
	md_sb_check_acks(mddev);
	if (evict)
		ret = member_evict(mddev, dev, &gen);
	return ret ? ret : member_record(mddev, gen);
}

/*
 * Failing
 */

int md_member_fail(struct mddev *mddev, dev_t dev)
{
	struct md_rdev *rdev;
	u64 gen = 0;
	int ret;

	ret = mddev_lock(mddev);
	if (ret)
		return ret;
	rdev = md_rdev_find(mddev, dev);
	if (!rdev || !mddev->pers) {
		ret = -ENODEV;
	} else {
		md_error(mddev, rdev);
		if (md_rdev_test(rdev, MD_RDEV_FAULTY))
			gen = md_sb_request(mddev);
		else
			ret = -EBUSY;
	}
	mddev_unlock(mddev);
	return ret ? ret : member_record(mddev, gen);
}
