// SPDX-License-Identifier: GPL-2.0
/*
 * Arrays as objects: creation, lookup, deletion, the personality registry, and
 * the block device's operations. Starting and stopping is in md-run.c.
 *
 * An array stays while it has references that matter: openers, members, a
 * configuration, or a reason to hold (enum md_hold). When the last reference
 * goes and none of these is left, delete_work takes it down; until del_gendisk()
 * has begun an open() still calls that off. Documentation/lifetimes.md.
 */
#include <linux/ctype.h>
#include <linux/file.h>
#include <linux/major.h>
#include <linux/reboot.h>
#include <linux/hdreg.h>
#include <linux/sched/mm.h>

#include "md-bitmap.h"

#define CREATE_TRACE_POINTS
#include "md-trace.h"

/* Numbers below are for mdNN, from here on for arrays that have a name only. */
#define MD_FIRST_NAMED_MINOR	512

struct workqueue_struct *md_wq;

int md_start_ro;
int md_start_dirty_degraded;
bool md_create_on_open = true;
static bool md_legacy_async_del_gendisk = true;

static LIST_HEAD(all_mddevs);
static DEFINE_SPINLOCK(all_mddevs_lock);
static DEFINE_MUTEX(create_mutex);
static DECLARE_WAIT_QUEUE_HEAD(gone_wait);	/* an array left all_mddevs */

static LIST_HEAD(personalities);
static DEFINE_SPINLOCK(personalities_lock);

static int mdp_major;
static bool exiting;		/* create_mutex */
static atomic_t nr_mddevs;	/* in memory, deleted ones included */

const char *mdname(const struct mddev *mddev)
{
	return mddev->gendisk ? mddev->gendisk->disk_name : "md";
}
EXPORT_SYMBOL_GPL(mdname);

/*
 * Personalities
 */

/**
 * md_register_personality() - make a RAID level available
 * @pers: its operations; must stay until md_unregister_personality()
 *
 * Context: process. Return: 0.
 */
int md_register_personality(struct md_personality *pers)
{
	spin_lock(&personalities_lock);
	list_add_tail(&pers->list, &personalities);
	spin_unlock(&personalities_lock);
	pr_info("md: %s personality registered for level %d\n", pers->name,
		pers->level);
	return 0;
}
EXPORT_SYMBOL_GPL(md_register_personality);

/**
 * md_unregister_personality() - undo md_register_personality()
 * @pers: operations; no array uses them, as each pins the module
 *
 * Context: process.
 */
void md_unregister_personality(struct md_personality *pers)
{
	spin_lock(&personalities_lock);
	list_del_init(&pers->list);
	spin_unlock(&personalities_lock);
}
EXPORT_SYMBOL_GPL(md_unregister_personality);

static struct md_personality *find_personality(int level, const char *name)
{
	struct md_personality *pers, *found = NULL;

	spin_lock(&personalities_lock);
	list_for_each_entry(pers, &personalities, list) {
		if ((level != LEVEL_NONE && pers->level == level) ||
		    (name[0] && !strcmp(pers->name, name))) {
			if (try_module_get(pers->owner))
				found = pers;
			break;
		}
	}
	spin_unlock(&personalities_lock);
	return found;
}

/**
 * md_get_personality() - find a level's operations, loading its module
 * @level: level number, or LEVEL_NONE when only @name counts
 * @name: level name, may be empty
 *
 * Context: no locks held, waits for modprobe.
 * Return: operations with the module's reference taken, or NULL.
 */
struct md_personality *md_get_personality(int level, const char *name)
{
	struct md_personality *pers = find_personality(level, name);

	if (pers)
		return pers;
	if (level != LEVEL_NONE)
		request_module("md-level-%d", level);
	else
		request_module("md-%s", name);
	return find_personality(level, name);
}

void md_put_personality(struct md_personality *pers)
{
	if (pers)
		module_put(pers->owner);
}

void md_show_personalities(struct seq_file *seq)
{
	struct md_personality *pers;

	seq_puts(seq, "Personalities : ");
	spin_lock(&personalities_lock);
	list_for_each_entry(pers, &personalities, list)
		seq_printf(seq, "[%s] ", pers->name);
	spin_unlock(&personalities_lock);
	seq_putc(seq, '\n');
}

/*
 * Lookup and references
 */

static bool mddev_get_unless_dying(struct mddev *mddev)
{
	lockdep_assert_held(&all_mddevs_lock);

	if (test_bit(MD_DYING, &mddev->flags))
		return false;
	atomic_inc(&mddev->refs);
	return true;
}

/**
 * mddev_get() - take a further reference where the memory is known to be safe
 * @mddev: array, kept in memory by e.g. an active sysfs reference
 *
 * Context: process. Return: false when it is being deleted.
 */
bool mddev_get(struct mddev *mddev)
{
	bool ok;

	spin_lock(&all_mddevs_lock);
	ok = mddev_get_unless_dying(mddev);
	spin_unlock(&all_mddevs_lock);
	return ok;
}

struct mddev *mddev_next(struct mddev *mddev)
{
	struct list_head *pos;
	struct mddev *next, *found = NULL;

	spin_lock(&all_mddevs_lock);
	pos = mddev ? mddev->all.next : all_mddevs.next;
	for (; pos != &all_mddevs; pos = pos->next) {
		next = list_entry(pos, struct mddev, all);
		if (mddev_get_unless_dying(next)) {
			found = next;
			break;
		}
	}
	spin_unlock(&all_mddevs_lock);
	if (mddev)
		mddev_put(mddev);
	return found;
}

struct mddev *mddev_first(void)
{
	return mddev_next(NULL);
}

/* A device and nothing behind it. */
static bool mddev_blank(struct mddev *mddev)
{
	return !mddev->pers && list_empty(&mddev->disks) &&
	       !mddev->raid_disks && !mddev->ctime;
}

/* Nothing left that a user could miss. all_mddevs_lock held. */
static bool mddev_disposable(struct mddev *mddev)
{
	return !atomic_read(&mddev->refs) && mddev_blank(mddev) &&
	       mddev->hold == MD_HOLD_NONE;
}

/**
 * mddev_put() - give a reference back
 * @mddev: array
 *
 * Context: process.
 */
void mddev_put(struct mddev *mddev)
{
	if (!atomic_dec_and_lock(&mddev->refs, &all_mddevs_lock))
		return;
	if (mddev_disposable(mddev) && !test_bit(MD_DYING, &mddev->flags))
		queue_work(md_wq, &mddev->delete_work);
	spin_unlock(&all_mddevs_lock);
}

static void mddev_delete_work(struct work_struct *work)
{
	struct mddev *mddev = container_of(work, struct mddev, delete_work);
	bool dispose;

	spin_lock(&all_mddevs_lock);
	dispose = mddev_disposable(mddev);
	if (dispose) {
		set_bit(MD_DYING, &mddev->flags);
		/* A reference that came and went meanwhile has queued us again. */
		cancel_work(&mddev->delete_work);
	}
	spin_unlock(&all_mddevs_lock);
	if (!dispose)
		return;

	kobject_del(&mddev->kobj);
	del_gendisk(mddev->gendisk);
	cancel_delayed_work_sync(&mddev->safemode_work);
	cancel_work_sync(&mddev->sync.daemon);
	cancel_work_sync(&mddev->sb_work);

	spin_lock(&all_mddevs_lock);
	list_del_init(&mddev->all);
	spin_unlock(&all_mddevs_lock);
	wake_up_all(&gone_wait);
	kobject_put(&mddev->kobj);
}

/* Accepts a half-built array. */
static void mddev_free(struct mddev *mddev)
{
	sysfs_put(mddev->kn_state);
	sysfs_put(mddev->kn_action);
	sysfs_put(mddev->kn_completed);
	sysfs_put(mddev->kn_degraded);
	md_gate_destroy(mddev);
	md_epoch_destroy(mddev);
	md_sb_destroy(mddev);
	if (mddev->bitmap_file)
		fput(mddev->bitmap_file);
	if (mddev->sb_wq)
		destroy_workqueue(mddev->sb_wq);
	kfree(mddev);
	if (atomic_dec_and_test(&nr_mddevs))
		wake_up_all(&gone_wait);
}

/* The gendisk outlives the kobject, and the array's memory the gendisk. */
void mddev_kobj_release(struct kobject *kobj)
{
	struct mddev *mddev = container_of(kobj, struct mddev, kobj);

	put_disk(mddev->gendisk);
}

static void md_free_disk(struct gendisk *disk)
{
	mddev_free(disk->private_data);
}

/*
 * Creation
 */

static struct mddev *mddev_alloc(void)
{
	struct mddev *mddev = kzalloc(sizeof(*mddev), GFP_KERNEL);
	int ret;

	if (!mddev)
		return NULL;
	mutex_init(&mddev->reconfig_mutex);
	spin_lock_init(&mddev->lock);
	spin_lock_init(&mddev->open_lock);
	INIT_LIST_HEAD(&mddev->disks);
	INIT_LIST_HEAD(&mddev->dying);
	INIT_LIST_HEAD(&mddev->dying_bitmaps);
	INIT_LIST_HEAD(&mddev->all);
	INIT_WORK(&mddev->delete_work, mddev_delete_work);
	INIT_DELAYED_WORK(&mddev->safemode_work, md_safemode_work);
	atomic_set(&mddev->refs, 1);
	md_reset_config(mddev);
	md_sync_init(mddev);

	ret = md_gate_init(mddev);
	if (ret)
		goto free;
	ret = md_epoch_init(mddev);
	if (ret)
		goto gate;
	ret = md_sb_init(mddev);
	if (ret)
		goto epoch;
	atomic_inc(&nr_mddevs);
	return mddev;
epoch:
	md_epoch_destroy(mddev);
gate:
	md_gate_destroy(mddev);
free:
	kfree(mddev);
	return NULL;
}

/* "md5", "md_d5" or "md_home": device number (0: any) and partition shift. */
static int md_parse_name(const char *name, dev_t *unit)
{
	unsigned int nr;

	*unit = 0;
	if (strlen(name) >= DISK_NAME_LEN || strpbrk(name, "/ \t\n"))
		return -EINVAL;
	if (str_has_prefix(name, "md_d") &&
	    !kstrtouint(name + 4, 10, &nr)) {
		if (nr > MD_MAX_MINOR >> MdpMinorShift)
			return -EINVAL;
		*unit = MKDEV(mdp_major, nr << MdpMinorShift);
		return 0;
	}
	if (str_has_prefix(name, "md_") && name[3])
		return 0;
	if (str_has_prefix(name, "md") && isdigit(name[2]) &&
	    !kstrtouint(name + 2, 10, &nr)) {
		if (nr >= MD_FIRST_NAMED_MINOR)
			return -EINVAL;
		*unit = MKDEV(MD_MAJOR, nr);
		return 0;
	}
	return -EINVAL;
}

enum taken { FREE, TAKEN, TAKEN_DYING };

static enum taken md_taken(dev_t unit, const char *name)
{
	struct mddev *mddev;
	enum taken taken = FREE;

	spin_lock(&all_mddevs_lock);
	list_for_each_entry(mddev, &all_mddevs, all) {
		if ((unit && mddev->unit == unit) ||
		    (name && !strcmp(mdname(mddev), name))) {
			taken = test_bit(MD_DYING, &mddev->flags) ?
				TAKEN_DYING : TAKEN;
			break;
		}
	}
	spin_unlock(&all_mddevs_lock);
	return taken;
}

/*
 * What stands in the way of a new array may be a device without one: somebody,
 * udev's mdadm say, has opened the number after the array before was gone, or that
 * one's deletion has not begun. It is what was asked for, if it is made to stay.
 */
static bool md_adopt_blank(const char *name)
{
	struct mddev *mddev;
	bool adopted = false;

	spin_lock(&all_mddevs_lock);
	list_for_each_entry(mddev, &all_mddevs, all) {
		if (strcmp(mdname(mddev), name))
			continue;
		spin_lock_irq(&mddev->lock);
		if (mddev_blank(mddev) && mddev->hold != MD_HOLD_UNTIL_STOP &&
		    !test_bit(MD_CLOSING, &mddev->flags) &&
		    !test_bit(MD_DYING, &mddev->flags)) {
			mddev->hold = MD_HOLD_UNTIL_STOP;
			adopted = true;
		}
		spin_unlock_irq(&mddev->lock);
		break;
	}
	spin_unlock(&all_mddevs_lock);
	return adopted;
}

static dev_t md_free_unit(void)
{
	static unsigned int next = MD_FIRST_NAMED_MINOR;
	unsigned int tries;
	dev_t unit;

	lockdep_assert_held(&create_mutex);

	for (tries = MD_FIRST_NAMED_MINOR; tries <= MD_MAX_MINOR; tries++) {
		unit = MKDEV(MD_MAJOR, next);
		if (++next > MD_MAX_MINOR)
			next = MD_FIRST_NAMED_MINOR;
		if (md_taken(unit, NULL) == FREE)
			return unit;
	}
	return 0;
}

static const struct block_device_operations md_fops;

static int mddev_add(dev_t unit, const char *name, enum md_hold hold)
{
	struct queue_limits lim = { .features = BLK_FEAT_IO_STAT };
	struct mddev *mddev;
	struct gendisk *disk;
	unsigned int nr;
	int ret;

	mddev = mddev_alloc();
	if (!mddev)
		return -ENOMEM;
	disk = blk_alloc_disk(&lim, NUMA_NO_NODE);
	if (IS_ERR(disk)) {
		mddev_free(mddev);
		return PTR_ERR(disk);
	}
	mddev->unit = unit;
	mddev->hold = hold;
	mddev->gendisk = disk;
	/* udev opens the device as soon as it is announced: not before all is there. */
	set_bit(MD_CLOSING, &mddev->flags);

	disk->major = MAJOR(unit);
	disk->first_minor = MINOR(unit);
	disk->minors = disk->major == mdp_major ? 1 << MdpMinorShift : 1;
	nr = disk->first_minor / disk->minors;
	if (name)
		strscpy(disk->disk_name, name, sizeof(disk->disk_name));
	else
		snprintf(disk->disk_name, sizeof(disk->disk_name),
			 disk->minors > 1 ? "md_d%u" : "md%u", nr);
	disk->fops = &md_fops;
	disk->private_data = mddev;

	ret = -ENOMEM;
	mddev->sb_wq = alloc_workqueue("md_sb/%s", WQ_UNBOUND | WQ_MEM_RECLAIM,
				       1, disk->disk_name);
	if (!mddev->sb_wq)
		goto free;

	ret = add_disk(disk);
	if (ret)
		goto free;
	ret = kobject_init_and_add(&mddev->kobj, &md_ktype,
				   &disk_to_dev(disk)->kobj, "md");
	if (ret)
		goto del;
	mddev->kn_state = sysfs_get_dirent(mddev->kobj.sd, "array_state");
	spin_lock(&all_mddevs_lock);
	list_add_tail(&mddev->all, &all_mddevs);
	spin_unlock(&all_mddevs_lock);
	clear_bit(MD_CLOSING, &mddev->flags);
	mddev_put(mddev);
	return 0;

del:
	set_bit(MD_DYING, &mddev->flags);
	del_gendisk(disk);
	kobject_put(&mddev->kobj);
	return ret;

free:
	/* The block layer calls free_disk() for disks that were added only. */
	put_disk(disk);
	mddev_free(mddev);
	return ret;
}

int mddev_create(dev_t unit, const char *name, enum md_hold hold)
{
	enum taken taken;
	bool adopted;
	int ret;

	if (name) {
		ret = md_parse_name(name, &unit);
		if (ret)
			return ret;
	}
	for (;;) {
		if (mutex_lock_killable(&create_mutex))
			return -EINTR;
		adopted = name && md_adopt_blank(name);
		/* One that wasn't there to be adopted any more is waited for. */
		taken = md_taken(unit, name);
		if (adopted || taken != TAKEN_DYING)
			break;
		mutex_unlock(&create_mutex);
		if (wait_event_killable(gone_wait,
					md_taken(unit, name) != TAKEN_DYING))
			return -EINTR;
	}
	ret = 0;
	if (exiting) {
		ret = -ENODEV;
	} else if (taken == TAKEN) {
		if (!adopted)
			ret = -EEXIST;
	} else {
		if (!unit)
			unit = md_free_unit();
		ret = unit ? mddev_add(unit, name, hold) : -ENOSPC;
	}
	mutex_unlock(&create_mutex);
	return ret;
}

/* Called by the block layer when somebody opens a number without a device. */
static void md_probe(dev_t dev)
{
	if (!md_create_on_open ||
	    (MAJOR(dev) == MD_MAJOR && MINOR(dev) >= MD_FIRST_NAMED_MINOR))
		return;
	if (MAJOR(dev) != MD_MAJOR)
		dev = MKDEV(MAJOR(dev), MINOR(dev) &
			    ~((1U << MdpMinorShift) - 1));
	mddev_create(dev, NULL, MD_HOLD_UNTIL_IOCTL);
}

/*
 * The configuration lock
 */

/**
 * mddev_lock() - take reconfig_mutex
 * @mddev: array
 *
 * Until it is released the caller's allocations start no I/O: it could be to this
 * array and wait at the gate, which is closed by somebody who waits for the mutex,
 * or by the caller.
 *
 * Context: process, sleeps. Return: 0 or -EINTR.
 */
int mddev_lock(struct mddev *mddev)
{
	int ret = mutex_lock_interruptible(&mddev->reconfig_mutex);

	if (!ret)
		mddev->noio = memalloc_noio_save();
	return ret;
}
EXPORT_SYMBOL_GPL(mddev_lock);

void mddev_lock_nointr(struct mddev *mddev)
{
	mutex_lock(&mddev->reconfig_mutex);
	mddev->noio = memalloc_noio_save();
}
EXPORT_SYMBOL_GPL(mddev_lock_nointr);

/* mddev_lock() for what only a fatal signal shall end. Return: 0 or -EINTR. */
int mddev_lock_killable(struct mddev *mddev)
{
	int ret = mutex_lock_killable(&mddev->reconfig_mutex);

	if (!ret)
		mddev->noio = memalloc_noio_save();
	return ret;
}

/* What is let go under reconfig_mutex, and freed behind it. */
struct md_dying {
	struct list_head members;
	struct list_head bitmaps;
};

static void md_unlock(struct mddev *mddev, struct md_dying *dying)
{
	INIT_LIST_HEAD(&dying->members);
	INIT_LIST_HEAD(&dying->bitmaps);
	list_splice_init(&mddev->dying, &dying->members);
	list_splice_init(&mddev->dying_bitmaps, &dying->bitmaps);
	mutex_unlock(&mddev->reconfig_mutex);
}

static void md_free_dying(struct mddev *mddev, struct md_dying *dying)
{
	if (list_empty(&dying->members) && list_empty(&dying->bitmaps))
		return;
	/* A superblock write that began before may still use them. */
	mutex_lock(&mddev->sb_mutex);
	mutex_unlock(&mddev->sb_mutex);
	md_bitmap_free_dying(&dying->bitmaps);
	md_rdev_free_dying(mddev, &dying->members);
}

/**
 * mddev_unlock() - release reconfig_mutex, free members and bitmaps let go
 * @mddev: array
 *
 * Members leave sysfs here, behind the mutex: removing an attribute waits for
 * its users, who may wait for the mutex.
 *
 * Context: process, sleeps.
 */
void mddev_unlock(struct mddev *mddev)
{
	unsigned int noio = mddev->noio;
	struct md_dying dying;

	md_unlock(mddev, &dying);
	memalloc_noio_restore(noio);
	md_free_dying(mddev, &dying);
}
EXPORT_SYMBOL_GPL(mddev_unlock);

/**
 * mddev_unlock_and_resume() - undo mddev_suspend_and_lock()
 * @mddev: array
 *
 * I/O goes on before the queue limits are brought up to date and what was let go
 * is waited for.
 *
 * Context: process, sleeps.
 */
void mddev_unlock_and_resume(struct mddev *mddev)
{
	unsigned int noio = mddev->noio;
	struct md_limits limits;
	struct md_dying dying;
	bool changed;

	changed = md_limits_collect(mddev, &limits);
	md_unlock(mddev, &dying);
	mddev_resume(mddev);
	memalloc_noio_restore(noio);
	if (changed)
		md_limits_apply(mddev, &limits);
	md_free_dying(mddev, &dying);
}
EXPORT_SYMBOL_GPL(mddev_unlock_and_resume);

void md_wake_daemon(struct mddev *mddev)
{
	queue_work(md_wq, &mddev->sync.daemon);
}
EXPORT_SYMBOL_GPL(md_wake_daemon);

/*
 * Block device operations
 */

static int md_open(struct gendisk *disk, blk_mode_t mode)
{
	struct mddev *mddev = disk->private_data;
	int ret = 0;

	if (!mddev_get(mddev))
		return -ENODEV;
	spin_lock(&mddev->open_lock);
	if (test_bit(MD_CLOSING, &mddev->flags))
		ret = -EBUSY;
	else
		mddev->openers++;
	spin_unlock(&mddev->open_lock);
	if (ret)
		mddev_put(mddev);
	return ret;
}

static void md_release(struct gendisk *disk)
{
	struct mddev *mddev = disk->private_data;

	spin_lock(&mddev->open_lock);
	mddev->openers--;
	spin_unlock(&mddev->open_lock);
	mddev_put(mddev);
}

static int md_getgeo(struct block_device *bdev, struct hd_geometry *geo)
{
	geo->heads = 2;
	geo->sectors = 4;
	geo->cylinders = get_capacity(bdev->bd_disk) / 8;
	return 0;
}

static int md_set_read_only(struct block_device *bdev, bool ro)
{
	struct mddev *mddev = bdev->bd_disk->private_data;

	/* Only leaving read-only has to be told to the array. */
	if (ro || READ_ONCE(mddev->ro) != MD_RO)
		return 0;
	return md_set_rw(mddev);
}

static const struct block_device_operations md_fops = {
	.owner = THIS_MODULE,
	.submit_bio = md_submit_bio,
	.open = md_open,
	.release = md_release,
	.ioctl = md_ioctl,
	.compat_ioctl = md_compat_ioctl,
	.getgeo = md_getgeo,
	.set_read_only = md_set_read_only,
	.free_disk = md_free_disk,
};

/*
 * Module
 */

static int md_reboot(struct notifier_block *nb, unsigned long code, void *arg)
{
	struct mddev *mddev;

	for (mddev = mddev_first(); mddev; mddev = mddev_next(mddev))
		md_quiesce_for_reboot(mddev);
	return NOTIFY_DONE;
}

static struct notifier_block md_reboot_nb = {
	.notifier_call = md_reboot,
	.priority = INT_MAX,	/* before the members' drivers */
};

static int set_new_array(const char *val, const struct kernel_param *kp)
{
	char name[DISK_NAME_LEN];
	size_t len = strcspn(val, "\n");

	if (len >= sizeof(name) || (val[len] && val[len + 1]))
		return -EINVAL;
	strscpy(name, val, len + 1);
	return mddev_create(0, name, MD_HOLD_UNTIL_STOP);
}

static const struct kernel_param_ops new_array_ops = { .set = set_new_array };

module_param_cb(new_array, &new_array_ops, NULL, 0200);
MODULE_PARM_DESC(new_array, "write mdNN, md_dNN or md_NAME: create that array device");
module_param_named(start_ro, md_start_ro, int, 0600);
MODULE_PARM_DESC(start_ro, "1: arrays start auto-read-only");
module_param_named(start_dirty_degraded, md_start_dirty_degraded, int, 0644);
MODULE_PARM_DESC(start_dirty_degraded, "1: start parity arrays that are dirty and degraded");
module_param_named(create_on_open, md_create_on_open, bool, 0600);
MODULE_PARM_DESC(create_on_open, "opening an unused number creates the array device");
module_param_named(legacy_async_del_gendisk, md_legacy_async_del_gendisk, bool, 0600);
MODULE_PARM_DESC(legacy_async_del_gendisk, "accepted for mdadm; names can always be reused at once");

static int __init md_init(void)
{
	int ret = -ENOMEM;

	md_wq = alloc_workqueue("md", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!md_wq)
		return ret;
	ret = md_sysctl_init();
	if (ret)
		goto wq;
	ret = md_proc_init();
	if (ret)
		goto sysctl;
	ret = __register_blkdev(0, "mdp", md_probe);
	if (ret < 0)
		goto proc;
	mdp_major = ret;
	ret = __register_blkdev(MD_MAJOR, "md", md_probe);
	if (ret < 0)
		goto mdp;
	register_reboot_notifier(&md_reboot_nb);
	return 0;
mdp:
	unregister_blkdev(mdp_major, "mdp");
proc:
	md_proc_exit();
sysctl:
	md_sysctl_exit();
wq:
	destroy_workqueue(md_wq);
	return ret;
}

/*
 * Running arrays pin their personality's module, and that pins this one; what
 * can be left are arrays that were never started.
 */
static void __exit md_exit(void)
{
	struct mddev *mddev;

	unregister_blkdev(MD_MAJOR, "md");
	unregister_blkdev(mdp_major, "mdp");
	unregister_reboot_notifier(&md_reboot_nb);
	mutex_lock(&create_mutex);
	exiting = true;
	mutex_unlock(&create_mutex);
	for (mddev = mddev_first(); mddev; mddev = mddev_first()) {
		md_stop(mddev, MD_STOP_EXIT, 0);
		mddev_put(mddev);
		flush_workqueue(md_wq);
	}
	wait_event(gone_wait, !atomic_read(&nr_mddevs));
	md_proc_exit();
	md_sysctl_exit();
	destroy_workqueue(md_wq);
}

module_init(md_init);
module_exit(md_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Software RAID: core");
MODULE_VERSION(MD_VERSION);
MODULE_ALIAS("md");
MODULE_ALIAS_BLOCKDEV_MAJOR(MD_MAJOR);
