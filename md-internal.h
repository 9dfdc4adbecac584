/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What only md-mod's own files share. md.h has the types, the lock order and
 * what personalities may use.
 */
#ifndef MD_INTERNAL_H
#define MD_INTERNAL_H

#include "md.h"

#define MD_MAX_MINOR		((1U << MINORBITS) - 1)

/* Messages say which array, what, in which state, and what was done. */
#define md_err(mddev, fmt, ...) pr_err("md/%s: " fmt, mdname(mddev), ##__VA_ARGS__)
#define md_warn(mddev, fmt, ...) pr_warn("md/%s: " fmt, mdname(mddev), ##__VA_ARGS__)
#define md_warn_ratelimited(mddev, fmt, ...) \
	pr_warn_ratelimited("md/%s: " fmt, mdname(mddev), ##__VA_ARGS__)
#define md_info(mddev, fmt, ...) pr_info("md/%s: " fmt, mdname(mddev), ##__VA_ARGS__)

extern struct workqueue_struct *md_wq;		/* daemons, deletion, safemode */

extern int md_start_ro;
extern int md_start_dirty_degraded;
extern bool md_create_on_open;

/*
 * md.c - lifecycle
 *
 * A reference keeps struct mddev in memory. Deletion starts when neither
 * openers, members, nor a reason to hold are left, see mddev_put().
 */

int mddev_lock_killable(struct mddev *mddev);
bool mddev_get(struct mddev *mddev);
void mddev_put(struct mddev *mddev);
void mddev_kobj_release(struct kobject *kobj);

struct md_personality *md_get_personality(int level, const char *name);
void md_put_personality(struct md_personality *pers);

/**
 * mddev_first() / mddev_next() - walk all arrays
 *
 * Each holds a reference on the array returned; mddev_next() puts @mddev.
 * Return: NULL at the end. Context: process, may sleep.
 */
struct mddev *mddev_first(void);
struct mddev *mddev_next(struct mddev *mddev);

/**
 * mddev_create() - find or create an array
 * @unit: device number, or 0 with a @name that has none of its own
 * @name: "md_NAME", "mdNN" or "md_dNN"; NULL to make it from @unit
 * @hold: what keeps it alive while empty
 *
 * Waits for an array of the same number or name that is being deleted.
 *
 * Return: 0, -EEXIST, -EINVAL for a bad name, -ENOMEM, -EINTR, ...
 */
int mddev_create(dev_t unit, const char *name, enum md_hold hold);

/*
 * md-run.c - starting, stopping, changing the level
 */

/* Forget the configuration; reconfig_mutex held, or nobody knows it yet. */
void md_reset_config(struct mddev *mddev);

/* System goes down: end the sync thread, mark the array clean if it is idle.
 * Context: no locks held.
 */
void md_quiesce_for_reboot(struct mddev *mddev);

/**
 * md_start() - what RUN_ARRAY does: analyse superblocks, run, announce
 * Context: no locks held.
 * Return: 0 or errno.
 */
int md_start(struct mddev *mddev);

enum md_stop_mode {
	MD_STOP_CLEAR,		/* STOP_ARRAY, "clear": forget everything */
	MD_STOP_EXIT,		/* the same, heeding no signal */
	MD_STOP_INACTIVE,	/* "inactive": keep the members bound */
	MD_STOP_READONLY,	/* STOP_ARRAY_RO, "readonly" */
};

/**
 * md_stop() - stop an array or make it read-only
 * @mddev: array
 * @mode: how
 * @own_openers: openers that the caller itself accounts for (1 from ioctl)
 *
 * Interrupts and waits for the sync thread, never for the sync to finish.
 * Context: no locks held, may sleep.
 * Return: 0, -EBUSY when in use, -ENODEV, -EINTR.
 */
int md_stop(struct mddev *mddev, enum md_stop_mode mode, int own_openers);

/**
 * md_set_rw() - leave read-only or auto-read-only ("active", RESTART_ARRAY_RW)
 * Context: no locks held. Return: 0, -ENXIO without members, -EINVAL when
 * the array isn't running, -EBUSY, -EROFS when a member is read-only.
 */
int md_set_rw(struct mddev *mddev);

/* The same for who doesn't mind that it is read-write already. */
int md_ensure_rw(struct mddev *mddev);

/* Read-only or auto-read-only has ended: there may be work, and news to tell.
 * Context: process, mddev->lock not held.
 */
void md_ro_left(struct mddev *mddev);

/* "read-auto". Same context and results. */
int md_set_read_auto(struct mddev *mddev);

/**
 * md_change_level() - "level" written while the array runs: takeover
 * @level: level number, LEVEL_NONE when only @name is known
 * @name: name as userland gave it
 * Context: no locks held. Return: 0, -EINVAL, -EBUSY, -EROFS, ...
 */
int md_change_level(struct mddev *mddev, int level, const char *name);

/* Queue limits of a configuration, the @generation-th */
struct md_limits {
	struct queue_limits lim;
	unsigned int generation;
};

/**
 * md_limits_collect() - stack the limits of the members in slots, if that is due
 * md_limits_apply() - have the block layer use them
 *
 * Whoever changes limits through sysfs freezes the queue and takes limits_lock,
 * in an order that depends on the kernel. So that must be taken with nothing held
 * that submitters or reclaim may wait for: neither the gate nor reconfig_mutex.
 * mddev_unlock_and_resume() does both after limits_stale was set.
 *
 * Context: reconfig_mutex held; no locks held.
 * Return: collect: whether there is anything to apply.
 */
bool md_limits_collect(struct mddev *mddev, struct md_limits *new);
void md_limits_apply(struct mddev *mddev, struct md_limits *new);

/* Size or read-only state changed: tell block layer, udev and pollers.
 * Context: no locks held.
 */
void md_announce(struct mddev *mddev);

/* May this array be configured now (not stopping)? reconfig_mutex held. */
static inline bool md_configurable(const struct mddev *mddev)
{
	return !test_bit(MD_CLOSING, &mddev->flags);
}

/*
 * md-io.c
 */
int md_gate_init(struct mddev *mddev);
void md_gate_destroy(struct mddev *mddev);
void md_submit_bio(struct bio *bio);
/* mddev_suspend_and_lock() for a caller that can't give up */
void mddev_suspend_and_lock_nointr(struct mddev *mddev);
void md_end_held_acks(struct mddev *mddev, struct bio_list *bios,
		      blk_status_t status);
/* Go clean if idle. Context: mddev->lock not held, atomic allowed.
 * Return: true if the array is clean (now).
 */
bool md_try_clean(struct mddev *mddev);
/* External metadata: userland said "active" to array_state. */
void md_write_acked(struct mddev *mddev);
void md_safemode_kick(struct mddev *mddev);
void md_safemode_work(struct work_struct *work);
/* Set or clear bits of mddev->write_slow. Context: mddev->lock held. */
void md_write_slow_set(struct mddev *mddev, unsigned long bits);
void md_write_slow_clear(struct mddev *mddev, unsigned long bits);

/*
 * md-bitmap.c; the rest is in md-bitmap.h
 */
bool md_bitmap_begin(struct md_bitmap *b, struct bio *bio, sector_t start,
		     sector_t sectors);
void md_bitmap_end(struct md_bitmap *b, sector_t start, sector_t sectors);
void md_bitmap_release(struct mddev *mddev, bool all);
void md_bitmap_go_on(struct md_bitmap *b, struct bio *bio);
void md_bitmap_member_left(struct mddev *mddev);

/* md-window.c */
int md_epoch_init(struct mddev *mddev);
void md_epoch_destroy(struct mddev *mddev);
bool md_epoch_idle(struct mddev *mddev);
unsigned long md_epoch_begun(struct mddev *mddev);
/* Wait until every write counted before this call has ended. May sleep. */
void md_epoch_drain(struct mddev *mddev);
/* Does a window overlap? Context: any. */
bool md_window_hit(struct mddev *mddev, sector_t start, sector_t sectors);

/*
 * md-sync.c
 */
void md_sync_init(struct mddev *mddev);
void md_sync_set_state(struct mddev *mddev, enum md_sync_state state);

/**
 * md_sync_request() - what writing @action to sync_action does
 *
 * IDLE and FROZEN interrupt what runs and wait until it has ended; CHECK,
 * REPAIR, RESYNC and RECOVER ask the daemon to start.
 *
 * Context: no locks held, may sleep. Return: 0, -EBUSY, -EINVAL, -EINTR.
 */
int md_sync_request(struct mddev *mddev, enum md_sync_action action);

/* sync_force_parallel; a thread that waits for its turn looks again. Any context */
void md_sync_set_parallel(struct mddev *mddev, bool parallel);

/**
 * md_sync_hold() - keep the daemon from starting anything, stop what runs
 * @interruptible: give up on a signal
 *
 * Nests; every success is undone by md_sync_release(). When it returns 0 no
 * sync thread exists and none starts. Context: no locks held.
 */
int md_sync_hold(struct mddev *mddev, bool interruptible);
void md_sync_release(struct mddev *mddev);

/* What sync_action shows. Context: any. */
enum md_sync_action md_sync_current(struct mddev *mddev);
/* Is the sync thread's work pending, though nothing runs yet (needs a
 * read-write array, or the daemon)? For "resync=PENDING". Context: any.
 */
bool md_sync_pending(struct mddev *mddev);
/* Is there a thread (any state but IDLE)? reconfig_mutex keeps "no" true. */
static inline bool md_sync_busy(struct mddev *mddev)
{
	return READ_ONCE(mddev->sync.state) != MD_SYNC_IDLE;
}
/* Extent of the sync space, sectors. */
sector_t md_sync_space(struct mddev *mddev);

int md_sysctl_init(void);	/* /proc/sys/dev/raid/speed_limit_{min,max} */
void md_sysctl_exit(void);
int md_speed_min(struct mddev *mddev);	/* KiB/s in force */
int md_speed_max(struct mddev *mddev);
extern const char *const md_sync_state_names[];
extern const char *const md_sync_action_names[MD_NR_ACTIONS];
extern const char *const md_sync_action_words[MD_NR_ACTIONS];	/* mdstat */

/*
 * md-sb.c
 */
extern const char *const md_rdev_flag_names[MD_RDEV_NR_FLAGS];

int md_sb_init(struct mddev *mddev);
void md_sb_destroy(struct mddev *mddev);

/**
 * md_sb_load() - read and check a member's superblock and bad-block log
 * @rdev: member, opened but not bound
 * @format: format to expect
 *
 * Fills sb_page, sb_start, sb_events, data_offset, sectors, badblocks and the
 * other per-member fields that don't depend on the array.
 *
 * Context: no locks held, waits for I/O. Return: 0, -EINVAL (message printed),
 * -EOPNOTSUPP, -EIO, -ENOMEM, -ENOSPC.
 */
int md_sb_load(struct md_rdev *rdev, const struct md_super_format *format);

/**
 * md_sb_analyze() - settle an array's configuration from its members
 *
 * Picks the freshest superblock, takes the array's fields from it, gives every
 * member its role, and unbinds those that don't belong or are out of date.
 *
 * Context: reconfig_mutex held, array not running. Return: 0 or -EINVAL,
 * -EOPNOTSUPP (message printed).
 */
int md_sb_analyze(struct mddev *mddev);

/**
 * md_sb_adopt() - fit a member with a superblock into a running array
 * @rdev: loaded, not bound
 *
 * Checks that it belongs, sets desc_nr, saved_raid_disk, flags and
 * recovery_offset (re-add). Context: reconfig_mutex held.
 * Return: 0, -EINVAL with a message.
 */
int md_sb_adopt(struct mddev *mddev, struct md_rdev *rdev);

/**
 * md_sb_prepare_new() - give a member without superblock its place for one
 *
 * Sets sb_start, data_offset and sectors according to mddev->format.
 * Context: reconfig_mutex held; waits for nothing. Return: 0, -ENOSPC.
 */
int md_sb_prepare_new(struct mddev *mddev, struct md_rdev *rdev);

/**
 * md_sb_grow_room() - sectors a member can give to data from @data_offset on
 *
 * For as much as the device has now, md_sb_relocate() comes next, if the array
 * runs. Context: reconfig_mutex held. 0 when it can't be told.
 */
sector_t md_sb_grow_room(struct mddev *mddev, struct md_rdev *rdev,
			 sector_t data_offset);

/* The device's end moved: the place for a 0.90 or 1.0 superblock now.
 * Context: reconfig_mutex held. Return: 0 or -ENOSPC.
 */
int md_sb_relocate(struct mddev *mddev, struct md_rdev *rdev);

/* Failures are recorded, or userland says so: re-evaluate held completions.
 * Context: any but under mddev->lock.
 */
void md_sb_check_acks(struct mddev *mddev);
/* Same question, asked. mddev->lock held. */
bool md_sb_acks_must_wait(struct mddev *mddev);
/* Hold completions until what happens next, in the same section under
 * mddev->lock, is recorded; asks for that.
 */
void md_sb_hold_acks(struct mddev *mddev);
int md_sb_check_kin(struct mddev *mddev, struct md_rdev *rdev);
int md_sb_unfit(struct mddev *mddev, struct md_rdev *rdev);
unsigned int md_sb_bblog_room(const struct md_rdev *rdev);
int md_sb_member_init(struct md_rdev *rdev);

/* I/O of one stage of a metadata write: what is pending, and who waits. */
struct md_sb_batch {
	atomic_t pending;
	struct completion done;
};

/**
 * struct md_sb_io - a member's part of a metadata write, so that none allocates
 * @rdev:	member
 * @batch:	that @bio, or what else was submitted, belongs to
 * @link:	of the attempt's members or failed ones; sb_mutex
 * @bio:	of superblocks, bad-block logs and flushes
 * @bvec:	its page
 * @status:	result
 * @sector:	of the superblock
 * @bytes:	of the superblock
 * @has_bad_blocks: the log to go with it is not empty
 * @good:	the member holds the array's data
 * @bitmap:	the member carries the bitmap
 */
struct md_sb_io {
	struct md_rdev *rdev;
	struct md_sb_batch *batch;
	struct list_head link;
	struct bio bio;
	struct bio_vec bvec;
	blk_status_t status;
	sector_t sector;
	unsigned int bytes;
	bool has_bad_blocks;
	bool good;
	bool bitmap;
	bool gone;		/* failed it, and is no member to count on any more */
};

void md_sb_batch_init(struct md_sb_batch *batch);
void md_sb_batch_put(struct md_sb_batch *batch);
void md_sb_batch_wait(struct md_sb_batch *batch);
void md_sb_member_exit(struct md_rdev *rdev);

/*
 * md-rdev.c
 */

/**
 * md_rdev_open() - open a block device as a member, not bound yet
 * @mddev: array it is meant for
 * @dev: device number
 * @format: superblock format to load, or NULL for none
 *
 * Context: no locks held, waits for I/O. Return: the member or ERR_PTR.
 */
struct md_rdev *md_rdev_open(struct mddev *mddev, dev_t dev,
			     const struct md_super_format *format);
/* Undo md_rdev_open() of a member that was never bound. May sleep. */
void md_rdev_close(struct md_rdev *rdev);

/* Bind: list, desc_nr, sysfs. reconfig_mutex held. On error still unbound. */
int md_rdev_bind(struct mddev *mddev, struct md_rdev *rdev);
/* Unbind: it must have no slot; freed by mddev_unlock(). reconfig_mutex held. */
void md_rdev_unbind(struct md_rdev *rdev);
/* mddev_unlock() hands over the list it took; no locks held, may sleep. */
void md_rdev_free_dying(struct mddev *mddev, struct list_head *dying);

/* The member's array with a reference taken, NULL once it is unbound. The
 * caller keeps the member's memory. Context: process.
 */
struct mddev *md_rdev_get_mddev(struct md_rdev *rdev);
void md_rdev_kobj_release(struct kobject *kobj);
/* Absolute sectors. False when they can't all be recorded. Context: any. */
bool md_badblocks_set(struct md_rdev *rdev, sector_t s, sector_t sectors,
		      bool acked);

/* reconfig_mutex or mddev->lock held */
struct md_rdev *md_rdev_find(struct mddev *mddev, dev_t dev);
struct md_rdev *md_rdev_find_nr(struct mddev *mddev, int desc_nr);

/**
 * md_rdev_slot_add() - give a member a slot (personality and sysfs link)
 * md_rdev_slot_remove() - take it out again
 *
 * Context: configuration context. Without a personality only links.
 * Return: 0 or the personality's errno.
 */
int md_rdev_slot_add(struct mddev *mddev, struct md_rdev *rdev);
int md_rdev_slot_remove(struct mddev *mddev, struct md_rdev *rdev);
int md_rdev_link_slot(struct md_rdev *rdev);	/* rdNN only */
void md_rdev_link_slots(struct mddev *mddev);	/* all that haven't failed */
void md_rdev_unlink_slot(struct md_rdev *rdev);
/* Wake pollers; atomic context allowed */
void md_rdev_notify_state(struct md_rdev *rdev);
void md_rdev_notify_badblocks(struct md_rdev *rdev);

/* Would the daemon move members now (fill or empty slots)? Context: mutex. */
bool md_rdev_moves_due(struct mddev *mddev);
/* Do so. Configuration context. Returns the number of spares added. */
int md_rdev_move(struct mddev *mddev);

/**
 * md_member_add() - ADD_NEW_DISK to a running array
 * @rdev: opened; consumed whatever happens
 * @info: slot, state bits and number as userland wants them
 * Context: no locks held. Return: 0 or errno; metadata is written.
 */
int md_member_add(struct mddev *mddev, struct md_rdev *rdev,
		  const mdu_disk_info_t *info);
/**
 * md_member_remove() - HOT_REMOVE_DISK, "remove"
 * Context: no locks held. Return: 0, -ENXIO not a member, -EBUSY in use.
 */
int md_member_remove(struct mddev *mddev, dev_t dev);
/* SET_DISK_FAULTY, "faulty". -EBUSY: last good copy. Context: no locks held. */
int md_member_fail(struct mddev *mddev, dev_t dev);

/*
 * md-sysfs.c, md-sysfs-rdev.c
 */
extern const struct kobj_type md_ktype;
extern const struct kobj_type md_rdev_ktype;
/* array_state's text. Context: any. */
const char *md_array_state(struct mddev *mddev);
/* Wake pollers of array_state, sync_action, ...; atomic context allowed. */
void md_notify_state(struct mddev *mddev);
void md_notify_action(struct mddev *mddev);
void md_notify_completed(struct mddev *mddev);
void md_notify_degraded(struct mddev *mddev);
/* What only a running array with redundancy has. Context: reconfig_mutex held */
void md_add_sync_attrs(struct mddev *mddev);
/* Waits for those inside. Context: stopping (MD_CLOSING), no locks held */
void md_remove_sync_attrs(struct mddev *mddev);

/*
 * md-config.c - what ioctl and sysfs both change; no locks held by callers
 */
/* reconfig_mutex, behind the gate if @suspend, of an array that isn't stopping.
 * Return: 0, -EBUSY, -EINTR.
 */
int md_config_lock(struct mddev *mddev, bool suspend);
void md_config_unlock(struct mddev *mddev, bool suspend);
int md_set_raid_disks(struct mddev *mddev, int raid_disks);
int md_set_array_size(struct mddev *mddev, sector_t sectors);
int md_add_dev(struct mddev *mddev, dev_t dev);
int md_add_new_member(struct mddev *mddev, dev_t dev,
		      const mdu_disk_info_t *info);
int md_set_dev_sectors(struct mddev *mddev, sector_t sectors);
int md_set_array_info(struct mddev *mddev, const mdu_array_info_t *info);
int md_update_array_info(struct mddev *mddev, const mdu_array_info_t *info);
int md_set_metadata_version(struct mddev *mddev, const char *text);

/* md-ioctl.c */
int md_ioctl(struct block_device *bdev, blk_mode_t mode, unsigned int cmd,
	     unsigned long arg);
#ifdef CONFIG_COMPAT
int md_compat_ioctl(struct block_device *bdev, blk_mode_t mode,
		    unsigned int cmd, unsigned long arg);
#else
#define md_compat_ioctl NULL
#endif

/* md-proc.c: /proc/mdstat */
int md_proc_init(void);
void md_proc_exit(void);
/* Something that mdstat shows has changed; atomic context allowed. */
void md_new_event(void);
/* "Personalities : ..." line. Context: process. (md.c) */
void md_show_personalities(struct seq_file *seq);

#endif
