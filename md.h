/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Software RAID: the types and the API that personalities and dm-raid build on.
 *
 * Locks, in the order in which they are taken (Documentation/locking.md):
 *
 *	suspend gate		mddev_suspend(); drains and holds off I/O
 *	reconfig_mutex		configuration: members, slots, geometry
 *	sb_mutex		one superblock write at a time
 *	mddev->lock		spinlock, irq-safe: state that superblocks, the
 *				write path and sysfs look at
 *
 * Nobody sleeps for I/O, for the sync thread or for a superblock while holding
 * reconfig_mutex.
 */
#ifndef MD_H
#define MD_H

#include <linux/atomic.h>
#include <linux/badblocks.h>
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/raid/md_p.h>
#include <linux/raid/md_u.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "md-super.h"

#define MD_VERSION	"0.1.0"

/* No position, or a position past every end. */
#define MD_SECTOR_NONE	((sector_t)~0ULL)

struct md_bitmap;
struct md_personality;
struct md_rdev;
struct mddev;

/*
 * Members
 */

/*
 * X(enumerator, name in dev-NAME/state or NULL). Changed with atomic bitops; those
 * that a superblock records are changed under mddev->lock.
 */
#define MD_RDEV_FLAGS(X)						\
	X(FAULTY, "faulty")		/* failed: no I/O, not even superblocks */ \
	X(IN_SYNC, "in_sync")		/* holds valid data in all of its slot */ \
	X(JOURNAL, "journal")						\
	X(WRITE_MOSTLY, "write_mostly")	/* read only when nothing else can */ \
	X(BLOCKED, "blocked")		/* failed, userland (external) not told */ \
	X(WRITE_ERROR, "write_error")	/* saw a failing write */	\
	X(WANT_REPLACEMENT, "want_replacement")				\
	X(REPLACEMENT, "replacement")	/* will take over from its slot's holder */ \
	X(EXTERNAL_BBL, "external_bbl")	/* userland records bad blocks */ \
	X(FAILFAST, "failfast")						\
	X(BITMAP_STALE, NULL)		/* its copy of the bitmap is to be written */ \
	X(NO_RECOVERY, NULL)		/* rebuilding it failed, don't retry */ \
	X(WANT_REMOVE, NULL)		/* take it out of its slot when possible */ \
	X(BIND_HELD, NULL)		/* link in sysfs exists */

enum md_rdev_flag {
#define X(id, name) MD_RDEV_##id,
	MD_RDEV_FLAGS(X)
#undef X
	MD_RDEV_NR_FLAGS
};

/**
 * struct md_rdev - a member device
 *
 * Bound to at most one array. Lives as long as its kobject is referenced; the
 * block device stays open until the member is unbound and no superblock write
 * uses it any more.
 *
 * Fields are constant while bound or protected by reconfig_mutex, unless said
 * otherwise.
 */
struct md_rdev {
	struct list_head same_set;	/* mddev->disks: changed under
					 * reconfig_mutex + mddev->lock
					 */
	struct mddev *mddev;		/* NULL once unbound; see md_rdev_mddev() */
	struct block_device *bdev;
	struct file *bdev_file;
	struct gendisk *holder;		/* shown as its holder in sysfs */
	bool shared;			/* opened for external metadata */
	dev_t devt;
	unsigned long flags;		/* MD_RDEV_*, atomic */

	int raid_disk;			/* slot or -1; written under
					 * reconfig_mutex + mddev->lock, and only
					 * while I/O is suspended and no sync runs
					 */
	int saved_raid_disk;		/* slot before it left, for re-add */
	int desc_nr;			/* number in the superblock's table; of a
					 * running array changed under mddev->lock
					 */
	sector_t sectors;		/* room for data that is used */
	sector_t by_bitmap;		/* of what isn't recovered: below this it
					 * lacks only what the bitmap names;
					 * mddev->lock
					 */
	sector_t data_offset;
	sector_t new_data_offset;
	sector_t sb_start;
	sector_t recovery_offset;	/* valid below this while not IN_SYNC;
					 * mddev->lock
					 */
	sector_t journal_tail;
	s32 ppl_offset;			/* sectors, relative to sb_start */
	u32 ppl_sectors;

	/* superblock writer; sb_mutex, or not bound yet */
	struct page *sb_page;
	struct page *bb_page;
	struct md_sb_io *sb_io;		/* md-sb.c's */
	u8 device_uuid[16];
	u64 sb_events;			/* events counter last read or written */
	bool sb_loaded;

	u8 bblog_shift;
	u32 bblog_sectors;
	s32 bblog_offset;		/* sectors, relative to sb_start */
	struct badblocks badblocks;	/* own seqlock; absolute sectors */

	atomic_t corrected_errors;	/* read errors cured by rewriting */
	atomic_t read_errors;		/* recent ones, decays with time */
	time64_t last_read_error;
	atomic_t nr_pending;		/* foreground I/O in flight, for balancing */

	u32 idle_seen;			/* md-sync.c: others' I/O at last look */

	struct kobject kobj;
	struct kernfs_node *kn_state;
	struct kernfs_node *kn_bad_blocks;
	struct kernfs_node *kn_unacked;
	struct list_head dying;		/* mddev->dying; reconfig_mutex */
};

static inline bool md_rdev_test(const struct md_rdev *rdev, enum md_rdev_flag f)
{
	return test_bit(f, &rdev->flags);
}

static inline void md_rdev_set(struct md_rdev *rdev, enum md_rdev_flag f)
{
	set_bit(f, &rdev->flags);
}

static inline void md_rdev_clear(struct md_rdev *rdev, enum md_rdev_flag f)
{
	clear_bit(f, &rdev->flags);
}

/*
 * Sync: resync, recovery, check, repair (and, later, reshape)
 */

/* X(enumerator, name in sync_action, word in /proc/mdstat) */
#define MD_SYNC_ACTIONS(X)			\
	X(IDLE, "idle", "")			\
	X(RESYNC, "resync", "resync")		\
	X(RECOVER, "recover", "recovery")	\
	X(CHECK, "check", "check")		\
	X(REPAIR, "repair", "resync")		\
	X(RESHAPE, "reshape", "reshape")	\
	X(FROZEN, "frozen", "")

enum md_sync_action {
#define X(id, name, word) MD_ACTION_##id,
	MD_SYNC_ACTIONS(X)
#undef X
	MD_NR_ACTIONS
};

/*
 * The life of the sync thread; Documentation/sync-thread.md has the drawing.
 * Moved only by md_sync_set_state() in md-sync.c, under mddev->lock.
 */
#define MD_SYNC_STATES(X)						\
	X(IDLE, "idle")		/* no thread, nobody asked for one */	\
	X(STARTING, "starting")	/* daemon has chosen, thread not yet up */ \
	X(WAITING, "delayed")	/* thread waits for another array's turn */ \
	X(RUNNING, "running")						\
	X(STOPPING, "stopping")	/* asked to stop, drains */		\
	X(ENDED, "ended")	/* thread is done, daemon has to reap */

enum md_sync_state {
#define X(id, name) MD_SYNC_##id,
	MD_SYNC_STATES(X)
#undef X
};

/**
 * struct md_sync - the sync-thread state machine of one array
 *
 * All under mddev->lock unless said otherwise; single words may be read
 * without it for display.
 */
struct md_sync {
	enum md_sync_state state;
	enum md_sync_action action;	/* what runs (state != IDLE) */
	enum md_sync_action last_action;
	enum md_sync_action requested;	/* CHECK, REPAIR or IDLE; by userland */
	bool needed;			/* daemon shall look for work */
	bool frozen;			/* nothing starts until thawed */
	bool stop;			/* thread shall end soon; also READ_ONCE */
	bool failed;			/* could not do all of its range */
	bool recovery_disabled;		/* spares can't be rebuilt at present */
	bool parallel;			/* sync_force_parallel */
	sector_t by_bitmap;		/* below only what the bitmap names is done */
	unsigned int runs;		/* threads that have ended and been reaped */
	unsigned int hold;		/* > 0: stop or reconfiguration keeps
					 * the daemon from starting anything
					 */

	/* range and progress of the running thread, sectors of sync space */
	sector_t start;
	sector_t end;
	sector_t pos;			/* handed to the personality so far */
	sector_t completed;		/* all below is done (checkpoint) */
	atomic64_t in_flight;		/* sectors; own */
	atomic64_t mismatches;		/* sectors; own */

	unsigned long start_time;	/* jiffies */
	unsigned long speed;		/* KiB/s, recently; own */
	u64 napped;			/* ns spent on keeping the pace; own */

	/* sysfs, reconfig_mutex */
	sector_t min;			/* sync_min */
	sector_t max;			/* sync_max, MD_SECTOR_NONE: "max" */
	int speed_min;			/* KiB/s, 0: system's */
	int speed_max;

	wait_queue_head_t wait;		/* any change of state, in_flight,
					 * stop, sync_max
					 */
	struct work_struct daemon;	/* on md_wq */
};

/*
 * Windows: ranges that foreground writes keep out of, see md-window.c
 */

/**
 * struct md_window - a range that foreground writes keep out of
 * @list:	mddev->windows; mddev->window_lock
 * @start:	first sector, in the space that md_write_begin() is given
 * @end:	first sector behind
 */
struct md_window {
	struct list_head list;
	sector_t start;
	sector_t end;
};

/* Foreground writes in flight, counted per CPU in two banks (md-window.c). */
struct md_epoch_cpu {
	unsigned long begun[2];
	unsigned long ended[2];
};

struct md_epoch {
	struct md_epoch_cpu __percpu *cpu;
	unsigned int bank;		/* 0 or 1 */
	unsigned int waiting;		/* somebody waits for a bank to drain */
	struct mutex flip;
	wait_queue_head_t drained;
};

/*
 * Reasons why a write can't take the fast path: bits of mddev->write_slow.
 * All under mddev->lock; read without it after counting the write, see
 * md_write_begin().
 */
#define MD_WRITE_CLEAN		BIT(0)	/* array is marked clean on disk */
#define MD_WRITE_WINDOW		BIT(1)	/* windows exist */
#define MD_WRITE_RANGE		BIT(2)	/* suspend_lo..suspend_hi is not empty */
#define MD_WRITE_ACK_HELD	BIT(3)	/* a failure isn't on stable metadata yet:
					 * completions are held back
					 */
#define MD_WRITE_READONLY	BIT(4)	/* read-only or auto-read-only */
#define MD_WRITE_BROKEN		BIT(5)	/* metadata can't be written any more */

enum md_ro {
	MD_RW,
	MD_RO,
	MD_AUTO_RO,			/* becomes MD_RW on the first write */
};

/* X(enumerator); atomic bits of mddev->flags */
enum md_flag {
	MD_CLOSING,			/* stop has begun, or creation hasn't
					 * ended: open gives -EBUSY, nothing may
					 * be configured; open_lock
					 */
	MD_DYING,			/* will be deleted: lookups pass it by */
	MD_HAS_SUPERBLOCK,
	MD_FAIL_LAST_DEV,
	MD_SERIALIZE_POLICY,
	MD_HAS_JOURNAL,
	MD_HAS_PPL,
	MD_HAS_MULTIPLE_PPLS,
};

/* What keeps an array without members or openers from being deleted. */
enum md_hold {
	MD_HOLD_NONE,
	MD_HOLD_UNTIL_IOCTL,		/* created by open() */
	MD_HOLD_UNTIL_STOP,		/* created through new_array */
};

/**
 * struct mddev - an array
 */
struct mddev {
	/* read in every I/O */
	struct md_personality *pers;	/* NULL: not running; changes only while
					 * suspended, under reconfig_mutex
					 */
	void *private;			/* the personality's */
	unsigned long write_slow;	/* MD_WRITE_* */
	enum md_ro ro;			/* mddev->lock */
	struct percpu_ref io_ref;	/* the suspend gate: one per bio inside */
	struct md_bitmap *bitmap;	/* NULL: none; changes like pers, and
					 * under mddev->lock
					 */
	struct md_epoch epoch;
	struct gendisk *gendisk;
	unsigned long flags;		/* enum md_flag, atomic */

	/* suspend gate, md-io.c */
	struct mutex gate_mutex;	/* kill and resurrect of io_ref */
	int suspended;			/* nesting depth; gate_mutex */
	wait_queue_head_t gate_wait;	/* drained, open again, or the suspended
					 * range changed
					 */
	sector_t suspend_lo;		/* mddev->lock */
	sector_t suspend_hi;

	struct mutex reconfig_mutex;
	unsigned int noio;		/* for mddev_unlock(); reconfig_mutex */
	spinlock_t lock;

	/* members */
	struct list_head disks;		/* struct md_rdev.same_set */
	struct list_head dying;		/* unbound, freed by mddev_unlock() */
	struct list_head dying_bitmaps;	/* freed by mddev_unlock() */
	int max_disks;			/* the metadata's limit */
	int degraded;			/* slots without an IN_SYNC member;
					 * mddev->lock
					 */

	/* geometry; reconfig_mutex, for superblocks also mddev->lock */
	int level;
	char clevel[16];
	int layout;
	unsigned int chunk_sectors;
	int raid_disks;
	int delta_disks;
	int new_level;
	int new_layout;
	unsigned int new_chunk_sectors;
	bool reshape_backwards;
	sector_t reshape_position;	/* MD_SECTOR_NONE: no reshape */
	sector_t dev_sectors;		/* used part of every member; "component" */
	sector_t array_sectors;		/* exported size */
	bool external_size;		/* array_size was set by userland */
	bool limits_stale;		/* collect them; reconfig_mutex */
	unsigned int limits_collected;	/* generation; reconfig_mutex */
	unsigned int limits_applied;	/* generation; queue's limits_lock */

	/* metadata */
	const struct md_super_format *format;	/* NULL: none, or external */
	int major_version;		/* as SET_ARRAY_INFO had it */
	int minor_version;
	int patch_version;
	bool persistent;
	bool external;
	char metadata_type[17];		/* of external metadata */
	u8 uuid[16];
	char name[33];
	u64 ctime;
	u64 utime;
	u32 logical_block_size;
	int preferred_minor;

	/* what bitmap there shall be; reconfig_mutex, for superblocks also
	 * mddev->lock
	 */
	bool bitmap_present;		/* as the members' superblocks say */
	s64 bitmap_offset;		/* sectors from the superblock; 0: none */
	sector_t bitmap_space;		/* room for it, 0: not known */
	struct file *bitmap_file;
	u32 bitmap_chunk;		/* bytes, 0: default */
	unsigned long bitmap_sleep;	/* jiffies between two scans */
	unsigned int bitmap_behind;	/* limit of writes behind */
	bool bitmap_external;		/* userland keeps its superblock */
	bool raid0_layout;

	/* superblock writer, md-sb.c; generations under mddev->lock */
	u64 events;
	u64 data_events;		/* of the last superblock that allowed
					 * data to change
					 */
	u64 sb_wanted;			/* newest generation asked for */
	u64 sb_done;			/* newest generation on stable storage */
	u64 sb_ack;			/* completions are held until this one */
	struct mutex sb_mutex;
	struct md_super *sb_image;	/* scratch; sb_mutex */
	struct workqueue_struct *sb_wq;	/* the array's own: arrays nest, and an
					 * upper one's writer waits for a lower's
					 */
	struct work_struct sb_work;	/* on sb_wq */
	wait_queue_head_t sb_wait;	/* sb_done moved, or array_state's
					 * handshake with userland
					 */
	struct bio_list held_acks;	/* mddev->lock */

	/* clean/dirty; mddev->lock */
	bool in_sync;			/* clean: no write in flight */
	u64 dirty_gen;			/* superblock that says "dirty" */
	bool write_pending;		/* external: userland must say "active" */
	bool active_idle;		/* external: userland may say "clean" */
	sector_t resync_offset;		/* redundant below; MD_SECTOR_NONE: all */
	unsigned long safemode_delay;	/* jiffies, 0: never go clean */
	struct delayed_work safemode_work;
	unsigned long safemode_seen;	/* writes begun at last look */

	/* windows, md-window.c */
	spinlock_t window_lock;
	struct list_head windows;
	wait_queue_head_t window_wait;

	struct md_sync sync;
	atomic_t max_corrected_reads;	/* per hour, then the member fails */

	/* lifecycle, md.c */
	struct list_head all;		/* all_mddevs; all_mddevs_lock */
	atomic_t refs;			/* last one goes under all_mddevs_lock */
	dev_t unit;
	enum md_hold hold;		/* mddev->lock */
	spinlock_t open_lock;
	int openers;			/* open_lock */
	struct work_struct delete_work;
	struct kobject kobj;		/* .../md */
	struct kernfs_node *kn_state;	/* array_state */
	struct kernfs_node *kn_action;	/* sync_action */
	struct kernfs_node *kn_completed;
	struct kernfs_node *kn_degraded;
	bool sync_attrs;		/* redundancy group exists */
};

/*
 * Personalities
 */

/**
 * struct md_personality - one RAID level's implementation
 *
 * "Configuration context" below is: I/O suspended, reconfig_mutex held, no
 * sync thread; may sleep, must not wait for I/O of this array. Allocations start
 * no I/O there by themselves; threads must not be created, as that is done by
 * another one for which this doesn't hold.
 *
 * @name:	as in "Personalities :" of /proc/mdstat
 * @level:	number, as in SET_ARRAY_INFO
 * @owner:	module
 * @list:	registry, md.c
 * @whole_bios:	takes reads and writes of any size and shape: the members'
 *		own limits are enough
 * @syncs:	has redundancy: resync, recovery and check make sense
 * @serializes:	heeds MD_SERIALIZE_POLICY
 * @has_layout:	layout is meaningful
 * @has_chunk:	chunk_size is meaningful
 */
struct md_personality {
	const char *name;
	int level;
	struct module *owner;
	struct list_head list;		/* core's */
	bool whole_bios;
	bool syncs;
	bool serializes;
	bool has_layout;
	bool has_chunk;

	/*
	 * @prepare: begin the private data of an array that is going to be run:
	 * workqueues and threads, which can't be made in configuration context.
	 * Knows nothing of the members yet. No locks held, may sleep. Returns it
	 * or an ERR_PTR; undone by free().
	 */
	void *(*prepare)(struct mddev *mddev);

	/*
	 * @run: check the configuration, take the members in mddev->disks that
	 * have a slot, complete mddev->private (as prepare() or takeover() left
	 * it), set ->degraded and ->array_sectors (through
	 * md_set_array_sectors()). Configuration context. Returns 0, or an errno
	 * with a message printed; free() follows.
	 */
	int (*run)(struct mddev *mddev);

	/*
	 * @free: undo prepare(), takeover() and run(), as far as it came.
	 * Configuration context, or nobody knows @priv any more; no I/O is in
	 * flight.
	 */
	void (*free)(struct mddev *mddev, void *priv);

	/*
	 * @set_limits: further restrict @lim, to which the core has already
	 * stacked every member in a slot. reconfig_mutex held.
	 * May be NULL.
	 */
	void (*set_limits)(struct mddev *mddev, struct queue_limits *lim);

	/*
	 * @make_request: carry out @bio. The bio holds a gate reference, which
	 * md_io_end() (or md_gate_exit()) gives back. Submitter's context, may
	 * sleep unless REQ_NOWAIT is set. Flushes are the personality's to
	 * carry out on every member.
	 */
	void (*make_request)(struct mddev *mddev, struct bio *bio);

	/* @status: print " [2/2] [UU]" of /proc/mdstat. mddev->lock not held;
	 * reconfig_mutex held, may sleep.
	 */
	void (*status)(struct seq_file *seq, struct mddev *mddev);

	/*
	 * @error: a member failed. Decide whether the array survives without;
	 * if so mark it through md_rdev_fail() and account for it in
	 * mddev->degraded. Called by md_error() under mddev->lock (irqs off):
	 * must not sleep. Returns false when the member is the last good copy
	 * and stays.
	 */
	bool (*error)(struct mddev *mddev, struct md_rdev *rdev);

	/*
	 * @hot_add: give @rdev a slot (rdev->raid_disk if >= 0, any fitting one
	 * otherwise, a replacement's place included) and set rdev->raid_disk.
	 * @hot_remove: take @rdev out of its slot; sets nothing in @rdev.
	 * Configuration context. 0 or errno (-EBUSY, -ENOSPC, -EINVAL).
	 * May be NULL without redundancy.
	 */
	int (*hot_add)(struct mddev *mddev, struct md_rdev *rdev);
	int (*hot_remove)(struct mddev *mddev, struct md_rdev *rdev);

	/*
	 * @spares_active: recovery is complete: make members whose
	 * recovery_offset is MD_SECTOR_NONE IN_SYNC, let replacements take over
	 * (marking the one replaced MD_RDEV_FAULTY through md_rdev_fail()),
	 * and lower mddev->degraded. Called by the daemon under reconfig_mutex
	 * and mddev->lock; I/O goes on. Returns the number of members that
	 * became active.
	 */
	int (*spares_active)(struct mddev *mddev);

	/*
	 * @sync_begin, @sync_end: first and last call of a sync thread, which
	 * may sleep: allocate and free what sync_range needs. sync_begin
	 * returns 0 or errno. May be NULL.
	 */
	int (*sync_begin)(struct mddev *mddev);
	void (*sync_end)(struct mddev *mddev);

	/*
	 * @sync_range: start mddev->sync.action on at most @max sectors from
	 * @start on. Sync thread, may sleep, opens its own windows. Returns the
	 * number of sectors taken (> 0), each of which is reported later (or
	 * already) by md_sync_done(); sets *@skipped when nothing needed doing,
	 * then they must not be reported. < 0 gives up with that errno.
	 */
	sector_t (*sync_range)(struct mddev *mddev, sector_t start,
			       sector_t max, bool *skipped);

	/* @sync_size: extent of the sync space in sectors; NULL: dev_sectors. */
	sector_t (*sync_size)(struct mddev *mddev);

	/*
	 * @size: exported size with @sectors per member (0: dev_sectors) and
	 * @raid_disks members (0: raid_disks). Pure.
	 */
	sector_t (*size)(struct mddev *mddev, sector_t sectors, int raid_disks);

	/*
	 * @resize: use @sectors of every member. Members are known to have
	 * them. Configuration context. Sets dev_sectors, the array's size and
	 * resync_offset. May be NULL (-EINVAL).
	 */
	int (*resize)(struct mddev *mddev, sector_t sectors);

	/*
	 * @set_raid_disks: change the number of slots at once, without a
	 * reshape. Configuration context. May be NULL (-EINVAL).
	 */
	int (*set_raid_disks)(struct mddev *mddev, int raid_disks);

	/*
	 * @takeover: complete @priv, which prepare() has returned, for an array
	 * that runs as another level, adjusting mddev->new_level, new_layout,
	 * new_chunk_sectors, raid_disks and delta_disks. Configuration context.
	 * Returns 0 or errno. run() is called next. May be NULL (-EINVAL).
	 */
	int (*takeover)(struct mddev *mddev, void *priv);
};

int md_register_personality(struct md_personality *pers);
void md_unregister_personality(struct md_personality *pers);

/* md-io.c: one foreground request, embedded in the personality's own */

/**
 * struct md_io - core's part of a foreground request
 * @mddev:	the array
 * @bio:	what was submitted; ended by md_io_end(), NULL once acknowledged
 * @start_time:	for I/O accounting; 0 when switched off
 * @start:	of a write: first sector, as md_write_begin() was given it
 * @sectors:	of a write: length there
 * @bank:	of md_write_begin(), -1 for reads
 */
struct md_io {
	struct mddev *mddev;
	struct bio *bio;
	unsigned long start_time;
	sector_t start;
	sector_t sectors;
	int bank;
};

/* bank of a request that was not counted as a write */
#define MD_BANK_NONE	(-1)

void md_io_start(struct md_io *io, struct mddev *mddev, struct bio *bio);
void md_submit_rest(struct mddev *mddev, struct bio *rest);
void md_io_start_write(struct md_io *io, struct mddev *mddev, struct bio *bio,
		       int bank, sector_t start, sector_t sectors);
void md_io_end(struct md_io *io, blk_status_t status);
void md_gate_exit(struct mddev *mddev);
int md_write_begin(struct mddev *mddev, struct bio *bio, sector_t start,
		   sector_t sectors);
void md_io_ack_early(struct md_io *io);
void md_write_end(struct mddev *mddev, int bank, sector_t start,
		  sector_t sectors);
int mddev_suspend(struct mddev *mddev, bool interruptible);
void mddev_resume(struct mddev *mddev);
int mddev_suspend_and_lock(struct mddev *mddev);
void mddev_unlock_and_resume(struct mddev *mddev);

/* md-bitmap.c */
bool md_behind_begin(struct mddev *mddev);
void md_behind_end(struct mddev *mddev);

/* md-window.c */
void md_window_open(struct mddev *mddev, struct md_window *w, sector_t start,
		    sector_t sectors);
void md_window_close(struct mddev *mddev, struct md_window *w);

/* md.c */
int mddev_lock(struct mddev *mddev);
void mddev_lock_nointr(struct mddev *mddev);
void mddev_unlock(struct mddev *mddev);
void md_set_array_sectors(struct mddev *mddev, sector_t sectors);
void md_wake_daemon(struct mddev *mddev);
const char *mdname(const struct mddev *mddev);

/* md-rdev.c */
void md_error(struct mddev *mddev, struct md_rdev *rdev);
void md_rdev_fail(struct mddev *mddev, struct md_rdev *rdev);
bool md_rdev_add_badblocks(struct md_rdev *rdev, sector_t s, sector_t sectors);
void md_rdev_clear_badblocks(struct md_rdev *rdev, sector_t s, sector_t sectors);
bool md_rdev_count_read_error(struct mddev *mddev, struct md_rdev *rdev);
int md_rdev_page_io(struct md_rdev *rdev, sector_t sector, struct page *page,
		    unsigned int bytes, blk_opf_t opf);

/**
 * md_rdev_is_bad() - does a range of a member hold bad blocks?
 * @rdev: member
 * @s: first sector, relative to data_offset
 * @sectors: length
 * @first_bad: filled with the first bad sector, relative to data_offset
 * @bad_sectors: filled with the length of the bad range from there
 *
 * Context: any.
 * Return: 0 when all is good, 1 when there are bad blocks, -1 when some of them
 * are not recorded on stable metadata yet.
 */
static inline int md_rdev_is_bad(struct md_rdev *rdev, sector_t s,
				 sector_t sectors, sector_t *first_bad,
				 sector_t *bad_sectors)
{
	int ret;

	if (likely(!READ_ONCE(rdev->badblocks.count)))
		return 0;
	ret = badblocks_check(&rdev->badblocks, s + rdev->data_offset, sectors,
			      first_bad, bad_sectors);
	if (ret)
		*first_bad -= rdev->data_offset;
	return ret;
}

/* md-sb.c */
u64 md_sb_request(struct mddev *mddev);
u64 md_sb_request_locked(struct mddev *mddev);
int md_sb_wait(struct mddev *mddev, u64 generation);

/* md-sync.c */
void md_sync_done(struct mddev *mddev, sector_t sectors, bool ok);
void md_sync_interrupt(struct mddev *mddev);
void md_sync_acct(struct md_rdev *rdev, sector_t sectors);

#define rdev_for_each(rdev, mddev) \
	list_for_each_entry(rdev, &(mddev)->disks, same_set)
#define rdev_for_each_safe(rdev, tmp, mddev) \
	list_for_each_entry_safe(rdev, tmp, &(mddev)->disks, same_set)

#endif
