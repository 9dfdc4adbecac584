// SPDX-License-Identifier: GPL-2.0
/*
 * The ioctls of <linux/raid/md_u.h>. One is a row of a table: its number, what
 * it needs, its handler.
 */
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/major.h>
#include <linux/uaccess.h>

#include "md-bitmap.h"

enum md_ioctl_flag {
	IOC_FREE	= BIT(0),	/* needs no privilege */
	IOC_CONFIGURED	= BIT(1),	/* -ENODEV on an array without slots */
	IOC_RUNNING	= BIT(2),	/* -ENODEV on an array that isn't running */
	IOC_WRITES	= BIT(3),	/* -EROFS if read-only; ends auto-read-only */
	IOC_VALUE	= BIT(4),	/* the argument is no pointer */
	IOC_KEEPS	= BIT(5),	/* doesn't count as use of the array */
};

/**
 * struct md_ioctl - one ioctl
 * @cmd: number
 * @flags: IOC_*
 * @run: does it, without locks held; @arg is the argument as a number
 */
struct md_ioctl {
	unsigned int cmd;
	unsigned int flags;
	int (*run)(struct mddev *mddev, unsigned long arg, void __user *argp);
};

/*
 * Asking
 */

static int ioc_version(struct mddev *mddev, unsigned long arg,
		       void __user *argp)
{
	const mdu_version_t version = {
		.major = MD_MAJOR_VERSION,
		.minor = MD_MINOR_VERSION,
		.patchlevel = MD_PATCHLEVEL_VERSION,
	};

	return copy_to_user(argp, &version, sizeof(version)) ? -EFAULT : 0;
}

static void count_members(struct mddev *mddev, mdu_array_info_t *info)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev) {
		info->nr_disks++;
		if (md_rdev_test(rdev, MD_RDEV_FAULTY)) {
			info->failed_disks++;
			continue;
		}
		info->working_disks++;
		if (md_rdev_test(rdev, MD_RDEV_IN_SYNC))
			info->active_disks++;
		else if (!md_rdev_test(rdev, MD_RDEV_JOURNAL))
			info->spare_disks++;
	}
}

static int ioc_get_array_info(struct mddev *mddev, unsigned long arg,
			      void __user *argp)
{
	struct gendisk *disk = mddev->gendisk;
	mdu_array_info_t info = {};

	spin_lock_irq(&mddev->lock);
	count_members(mddev, &info);
	info.major_version = mddev->major_version;
	info.minor_version = mddev->minor_version;
	info.patch_version = MD_PATCHLEVEL_VERSION;
	info.ctime = mddev->ctime;
	info.utime = mddev->utime;
	info.level = mddev->level;
	info.size = mddev->dev_sectors / 2;
	/* More than this can say; userland looks at component_size then. */
	if (mddev->dev_sectors / 2 > INT_MAX)
		info.size = -1;
	info.raid_disks = mddev->raid_disks;
	info.md_minor = disk->first_minor / disk->minors;
	info.not_persistent = !mddev->persistent;
	if (mddev->in_sync)
		info.state = BIT(MD_SB_CLEAN);
	if (mddev->bitmap && mddev->bitmap_offset)
		info.state |= BIT(MD_SB_BITMAP_PRESENT);
	info.layout = mddev->layout;
	info.chunk_size = mddev->chunk_sectors * SECTOR_SIZE;
	spin_unlock_irq(&mddev->lock);

	return copy_to_user(argp, &info, sizeof(info)) ? -EFAULT : 0;
}

static int disk_state(const struct md_rdev *rdev)
{
	int state = 0;

	if (md_rdev_test(rdev, MD_RDEV_FAULTY))
		state |= BIT(MD_DISK_FAULTY);
	else if (md_rdev_test(rdev, MD_RDEV_IN_SYNC))
		state |= BIT(MD_DISK_ACTIVE) | BIT(MD_DISK_SYNC);
	if (md_rdev_test(rdev, MD_RDEV_JOURNAL))
		state |= BIT(MD_DISK_JOURNAL);
	if (md_rdev_test(rdev, MD_RDEV_WRITE_MOSTLY))
		state |= BIT(MD_DISK_WRITEMOSTLY);
	if (md_rdev_test(rdev, MD_RDEV_FAILFAST))
		state |= BIT(MD_DISK_FAILFAST);
	return state;
}

static int ioc_get_disk_info(struct mddev *mddev, unsigned long arg,
			     void __user *argp)
{
	struct md_rdev *rdev;
	mdu_disk_info_t info;

	if (copy_from_user(&info, argp, sizeof(info)))
		return -EFAULT;
	info.major = 0;
	info.minor = 0;
	info.raid_disk = -1;
	info.state = BIT(MD_DISK_REMOVED);

	spin_lock_irq(&mddev->lock);
	rdev = md_rdev_find_nr(mddev, info.number);
	if (rdev) {
		info.major = MAJOR(rdev->devt);
		info.minor = MINOR(rdev->devt);
		info.raid_disk = rdev->raid_disk;
		info.state = disk_state(rdev);
	}
	spin_unlock_irq(&mddev->lock);

	return copy_to_user(argp, &info, sizeof(info)) ? -EFAULT : 0;
}

/* The name is empty when the bitmap is not in a file. */
static int ioc_get_bitmap_file(struct mddev *mddev, unsigned long arg,
			       void __user *argp)
{
	mdu_bitmap_file_t *answer;
	char *path;
	int ret = 0;

	answer = kzalloc(sizeof(*answer), GFP_KERNEL);
	if (!answer)
		return -ENOMEM;
	mddev_lock_nointr(mddev);
	if (mddev->bitmap_file) {
		path = file_path(mddev->bitmap_file, answer->pathname,
				 sizeof(answer->pathname));
		if (IS_ERR(path))
			ret = PTR_ERR(path);
		else
			memmove(answer->pathname, path, strlen(path) + 1);
	}
	mddev_unlock(mddev);
	if (!ret && copy_to_user(argp, answer, sizeof(*answer)))
		ret = -EFAULT;
	kfree(answer);
	return ret;
}

/*
 * Members
 */

/* As userland packs a device number into a plain argument */
static dev_t arg_dev(unsigned long arg)
{
	return new_decode_dev(arg);
}

static int ioc_add_new_disk(struct mddev *mddev, unsigned long arg,
			    void __user *argp)
{
	struct md_rdev *rdev;
	mdu_disk_info_t info;
	dev_t dev;
	int ret;

	if (copy_from_user(&info, argp, sizeof(info)))
		return -EFAULT;
	if (info.state & (BIT(MD_DISK_CLUSTER_ADD) | BIT(MD_DISK_CANDIDATE))) {
		md_warn(mddev, "clusters aren't supported\n");
		return -EINVAL;
	}
	dev = MKDEV(info.major, info.minor);
	if (info.major != MAJOR(dev) || info.minor != MINOR(dev))
		return -EOVERFLOW;

	if (READ_ONCE(mddev->pers)) {
		rdev = md_rdev_open(mddev, dev, READ_ONCE(mddev->format));
		if (IS_ERR(rdev))
			return PTR_ERR(rdev);
		return md_member_add(mddev, rdev, &info);
	}
	if (READ_ONCE(mddev->raid_disks))
		ret = md_add_new_member(mddev, dev, &info);
	else if (READ_ONCE(mddev->format))
		ret = md_add_dev(mddev, dev);
	else
		ret = -EINVAL;
	return ret;
}

/* The old way to add a spare: it has no superblock yet. */
static int ioc_hot_add_disk(struct mddev *mddev, unsigned long arg,
			    void __user *argp)
{
	const mdu_disk_info_t spare = { .number = -1, .raid_disk = -1 };
	struct md_rdev *rdev;

	if (mddev->major_version) {
		md_warn(mddev, "HOT_ADD_DISK is for metadata 0.90 only\n");
		return -EINVAL;
	}
	rdev = md_rdev_open(mddev, arg_dev(arg), NULL);
	if (IS_ERR(rdev))
		return PTR_ERR(rdev);
	return md_member_add(mddev, rdev, &spare);
}

static int ioc_hot_remove_disk(struct mddev *mddev, unsigned long arg,
			       void __user *argp)
{
	return md_member_remove(mddev, arg_dev(arg));
}

static int ioc_set_disk_faulty(struct mddev *mddev, unsigned long arg,
			       void __user *argp)
{
	return md_member_fail(mddev, arg_dev(arg));
}

/*
 * The array
 */

/* A version, a description of a new array, or a change of a running one */
static int ioc_set_array_info(struct mddev *mddev, unsigned long arg,
			      void __user *argp)
{
	mdu_array_info_t info = {};

	if (argp && copy_from_user(&info, argp, sizeof(info)))
		return -EFAULT;
	return READ_ONCE(mddev->pers) ? md_update_array_info(mddev, &info) :
					md_set_array_info(mddev, &info);
}

static int ioc_run_array(struct mddev *mddev, unsigned long arg,
			 void __user *argp)
{
	return md_start(mddev);
}

static int ioc_stop_array(struct mddev *mddev, unsigned long arg,
			  void __user *argp)
{
	return md_stop(mddev, MD_STOP_CLEAR, 1);
}

static int ioc_stop_array_ro(struct mddev *mddev, unsigned long arg,
			     void __user *argp)
{
	if (READ_ONCE(mddev->pers) && READ_ONCE(mddev->ro) == MD_RO)
		return -ENXIO;
	return md_stop(mddev, MD_STOP_READONLY, 1);
}

static int ioc_restart_array_rw(struct mddev *mddev, unsigned long arg,
				void __user *argp)
{
	return md_set_rw(mddev);
}

static int ioc_set_bitmap_file(struct mddev *mddev, unsigned long arg,
			       void __user *argp)
{
	return md_bitmap_set_file(mddev, arg);
}

static int ioc_refuse(struct mddev *mddev, unsigned long arg, void __user *argp)
{
	return -EINVAL;
}

/*
 * The table
 */

static const struct md_ioctl md_ioctls[] = {
	{ RAID_VERSION, IOC_FREE | IOC_KEEPS, ioc_version },
	{ GET_ARRAY_INFO, IOC_FREE | IOC_KEEPS | IOC_CONFIGURED,
	  ioc_get_array_info },
	{ GET_DISK_INFO, IOC_FREE | IOC_KEEPS | IOC_CONFIGURED,
	  ioc_get_disk_info },
	{ GET_BITMAP_FILE, IOC_KEEPS, ioc_get_bitmap_file },
	{ ADD_NEW_DISK, IOC_WRITES, ioc_add_new_disk },
	{ HOT_ADD_DISK, IOC_CONFIGURED | IOC_RUNNING | IOC_WRITES | IOC_VALUE,
	  ioc_hot_add_disk },
	{ HOT_REMOVE_DISK, IOC_CONFIGURED | IOC_RUNNING | IOC_VALUE,
	  ioc_hot_remove_disk },
	{ SET_DISK_FAULTY, IOC_CONFIGURED | IOC_RUNNING | IOC_VALUE,
	  ioc_set_disk_faulty },
	{ SET_ARRAY_INFO, 0, ioc_set_array_info },
	{ RUN_ARRAY, 0, ioc_run_array },
	{ STOP_ARRAY, 0, ioc_stop_array },
	{ STOP_ARRAY_RO, IOC_CONFIGURED, ioc_stop_array_ro },
	{ RESTART_ARRAY_RW, IOC_CONFIGURED, ioc_restart_array_rw },
	{ SET_BITMAP_FILE, IOC_WRITES | IOC_VALUE, ioc_set_bitmap_file },
	{ CLUSTERED_DISK_NACK, IOC_CONFIGURED | IOC_WRITES, ioc_refuse },
};

static const struct md_ioctl *find_ioctl(unsigned int cmd)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(md_ioctls); i++)
		if (md_ioctls[i].cmd == cmd)
			return &md_ioctls[i];
	return NULL;
}

/* Is the array in a state for it? The handlers look again under their locks. */
static int check_state(struct mddev *mddev, const struct md_ioctl *ioc)
{
	bool running = READ_ONCE(mddev->pers);

	if ((ioc->flags & IOC_CONFIGURED) && !READ_ONCE(mddev->raid_disks) &&
	    !mddev->external)
		return -ENODEV;
	if ((ioc->flags & IOC_RUNNING) && !running)
		return -ENODEV;
	if (!(ioc->flags & IOC_WRITES) || !running)
		return 0;

	return READ_ONCE(mddev->ro) == MD_RO ? -EROFS : md_ensure_rw(mddev);
}

static int do_ioctl(struct mddev *mddev, const struct md_ioctl *ioc,
		    unsigned long arg, void __user *argp)
{
	int ret;

	if (!(ioc->flags & IOC_FREE) && !capable(CAP_SYS_ADMIN))
		return -EACCES;
	if (!(ioc->flags & IOC_KEEPS)) {
		spin_lock_irq(&mddev->lock);
		if (mddev->hold == MD_HOLD_UNTIL_IOCTL)
			mddev->hold = MD_HOLD_NONE;
		spin_unlock_irq(&mddev->lock);
	}
	ret = check_state(mddev, ioc);
	return ret ? ret : ioc->run(mddev, arg, argp);
}

/**
 * md_ioctl() - the block device's ioctl operation
 * @bdev: array's device, or a partition of it
 * @mode: how it was opened
 * @cmd: number
 * @arg: argument
 *
 * Context: no locks held, may sleep. The opener keeps the array.
 * Return: 0 or errno; -ENOTTY for what isn't ours.
 */
int md_ioctl(struct block_device *bdev, blk_mode_t mode, unsigned int cmd,
	     unsigned long arg)
{
	const struct md_ioctl *ioc = find_ioctl(cmd);

	if (!ioc)
		return -ENOTTY;
	return do_ioctl(bdev->bd_disk->private_data, ioc, arg,
			(void __user *)arg);
}

#ifdef CONFIG_COMPAT
/* All structures have the same layout, only pointers are narrower. */
int md_compat_ioctl(struct block_device *bdev, blk_mode_t mode,
		    unsigned int cmd, unsigned long arg)
{
	const struct md_ioctl *ioc = find_ioctl(cmd);

	if (!ioc)
		return -ENOTTY;
	return do_ioctl(bdev->bd_disk->private_data, ioc, arg,
			ioc->flags & IOC_VALUE ? NULL : compat_ptr(arg));
}
#endif
