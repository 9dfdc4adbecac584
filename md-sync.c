// SPDX-License-Identifier: GPL-2.0
/*
 * The sync-thread state machine: who asks, who starts, who runs, who reaps.
 *
 *	   sync.needed            kthread                  daemon
 *	IDLE --daemon--> STARTING --> WAITING --> RUNNING --> STOPPING
 *	 ^                   |           |           |            |
 *	 |                   +-----------+-----------+--> ENDED <-+
 *	 +------------------------- daemon reaps ----------+
 *
 * Anybody may ask (sync.needed, sync.requested) or ask to stop (sync.stop), in
 * any context. Only the daemon, a work item that holds reconfig_mutex, moves
 * IDLE -> STARTING and ENDED -> IDLE; only the thread makes the other moves (if none
 * can be made, the daemon goes back to IDLE, which needs no mutex).
 * So "no thread" stays true for whoever holds reconfig_mutex, and slots only
 * change then. Who wants the thread to end waits on sync.wait and holds nothing.
 * Documentation/sync-thread.md has the whole story.
 */
#include <linux/kthread.h>
#include <linux/part_stat.h>
#include <linux/sched/signal.h>
#include <linux/sysctl.h>

#include "md-bitmap.h"
#include "md-trace.h"

/* Progress is put on stable storage this often while a sync runs. */
#define CHECKPOINT_INTERVAL	(3 * HZ)
/* The speed shown and limited is that of the last one to two of these. */
#define SPEED_INTERVAL		(3 * HZ)
/* How long to leave the members to others before looking again. */
#define YIELD_INTERVAL		(HZ / 10)
/* Foreground sectors between two looks that make the members count as busy. */
#define BUSY_SECTORS		64

const char *const md_sync_state_names[] = {
#define X(id, name) [MD_SYNC_##id] = name,
	MD_SYNC_STATES(X)
#undef X
};

const char *const md_sync_action_names[MD_NR_ACTIONS] = {
#define X(id, name, word) [MD_ACTION_##id] = name,
	MD_SYNC_ACTIONS(X)
#undef X
};

const char *const md_sync_action_words[MD_NR_ACTIONS] = {
#define X(id, name, word) [MD_ACTION_##id] = word,
	MD_SYNC_ACTIONS(X)
#undef X
};

static int sysctl_speed_min = 1000;	/* KiB/s */
static int sysctl_speed_max = 200000;

static DECLARE_WAIT_QUEUE_HEAD(turn_wait);	/* a sync thread has ended */

static struct ctl_table_header *md_sysctl_header;

static struct ctl_table md_sysctls[] = {
	{
		.procname = "speed_limit_min",
		.data = &sysctl_speed_min,
		.maxlen = sizeof(int),
		.mode = 0644,
		.proc_handler = proc_dointvec_minmax,
		.extra1 = SYSCTL_ZERO,
	},
	{
		.procname = "speed_limit_max",
		.data = &sysctl_speed_max,
		.maxlen = sizeof(int),
		.mode = 0644,
		.proc_handler = proc_dointvec_minmax,
		.extra1 = SYSCTL_ZERO,
	},
};

int md_sysctl_init(void)
{
	md_sysctl_header = register_sysctl("dev/raid", md_sysctls);
	return md_sysctl_header ? 0 : -ENOMEM;
}

void md_sysctl_exit(void)
{
	unregister_sysctl_table(md_sysctl_header);
}

int md_speed_min(struct mddev *mddev)
{
	return READ_ONCE(mddev->sync.speed_min) ?: READ_ONCE(sysctl_speed_min);
}

int md_speed_max(struct mddev *mddev)
{
	return READ_ONCE(mddev->sync.speed_max) ?: READ_ONCE(sysctl_speed_max);
}

/*
 * States
 */

static bool transition_is_legal(enum md_sync_state from, enum md_sync_state to)
{
	switch (to) {
	case MD_SYNC_IDLE:
		return from == MD_SYNC_ENDED || from == MD_SYNC_STARTING;
	case MD_SYNC_STARTING:
		return from == MD_SYNC_IDLE;
	case MD_SYNC_WAITING:
		return from == MD_SYNC_STARTING;
	case MD_SYNC_RUNNING:
		return from == MD_SYNC_WAITING;
	case MD_SYNC_STOPPING:
		return from == MD_SYNC_RUNNING;
	case MD_SYNC_ENDED:
		return from == MD_SYNC_WAITING || from == MD_SYNC_STOPPING;
	}
	return false;
}

void md_sync_set_state(struct mddev *mddev, enum md_sync_state state)
{
	struct md_sync *sync = &mddev->sync;

	lockdep_assert_held(&mddev->lock);
	WARN_ON_ONCE(!transition_is_legal(sync->state, state));
	trace_md_sync_state(mddev, sync->state, state);
	WRITE_ONCE(sync->state, state);
	wake_up_all(&sync->wait);
}

static void set_state(struct mddev *mddev, enum md_sync_state state)
{
	spin_lock_irq(&mddev->lock);
	md_sync_set_state(mddev, state);
	spin_unlock_irq(&mddev->lock);
}

sector_t md_sync_space(struct mddev *mddev)
{
	return mddev->pers && mddev->pers->sync_size ?
		mddev->pers->sync_size(mddev) : mddev->dev_sectors;
}

static bool rdev_recovering(struct md_rdev *rdev)
{
	return rdev->raid_disk >= 0 &&
	       !md_rdev_test(rdev, MD_RDEV_IN_SYNC) &&
	       !md_rdev_test(rdev, MD_RDEV_FAULTY) &&
	       !md_rdev_test(rdev, MD_RDEV_JOURNAL) &&
	       !md_rdev_test(rdev, MD_RDEV_NO_RECOVERY);
}

static struct md_rdev *first_recovering(struct mddev *mddev)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev)
		if (rdev_recovering(rdev))
			return rdev;
	return NULL;
}

/* What there is to do now, IDLE if nothing. mddev->lock held. */
static enum md_sync_action choose_action(struct mddev *mddev)
{
	struct md_sync *sync = &mddev->sync;

	lockdep_assert_held(&mddev->lock);

	/* What a broken array syncs is never recorded. */
	if (!mddev->pers || !mddev->pers->syncs || mddev->ro != MD_RW ||
	    sync->frozen || sync->hold ||
	    (mddev->write_slow & MD_WRITE_BROKEN))
		return MD_ACTION_IDLE;
	if (!sync->recovery_disabled && first_recovering(mddev))
		return MD_ACTION_RECOVER;
	if (mddev->resync_offset < md_sync_space(mddev))
		return MD_ACTION_RESYNC;
	return sync->requested;
}

enum md_sync_action md_sync_current(struct mddev *mddev)
{
	struct md_sync *sync = &mddev->sync;
	enum md_sync_action action = MD_ACTION_IDLE;
	unsigned long flags;

	spin_lock_irqsave(&mddev->lock, flags);
	if (sync->state != MD_SYNC_IDLE)
		action = sync->action;
	else if (sync->frozen)
		action = MD_ACTION_FROZEN;
	else if (sync->needed)
		action = choose_action(mddev);
	spin_unlock_irqrestore(&mddev->lock, flags);
	return action;
}

bool md_sync_pending(struct mddev *mddev)
{
	return mddev->pers && mddev->pers->syncs && !md_sync_busy(mddev) &&
	       !(READ_ONCE(mddev->write_slow) & MD_WRITE_BROKEN) &&
	       READ_ONCE(mddev->resync_offset) < md_sync_space(mddev);
}

/*
 * Asking
 */

/**
 * md_sync_interrupt() - have the sync thread end soon
 * @mddev: array
 *
 * It drains what is in flight, then the daemon reaps it and looks again.
 *
 * Context: any, mddev->lock may be held.
 */
void md_sync_interrupt(struct mddev *mddev)
{
	WRITE_ONCE(mddev->sync.stop, true);
	wake_up_all(&mddev->sync.wait);
	wake_up_all(&turn_wait);
}
EXPORT_SYMBOL_GPL(md_sync_interrupt);

/* Interrupt the thread there is now, and wait until it has been reaped. */
static int stop_current(struct mddev *mddev, bool interruptible)
{
	struct md_sync *sync = &mddev->sync;
	unsigned int runs;

	spin_lock_irq(&mddev->lock);
	runs = sync->runs;
	if (sync->state != MD_SYNC_IDLE)
		md_sync_interrupt(mddev);
	spin_unlock_irq(&mddev->lock);

	if (interruptible)
		return wait_event_interruptible(sync->wait,
				READ_ONCE(sync->state) == MD_SYNC_IDLE ||
				READ_ONCE(sync->runs) != runs) ? -EINTR : 0;
	wait_event(sync->wait, READ_ONCE(sync->state) == MD_SYNC_IDLE ||
			       READ_ONCE(sync->runs) != runs);
	return 0;
}

static int request_start(struct mddev *mddev, enum md_sync_action action)
{
	struct md_sync *sync = &mddev->sync;
	struct md_rdev *rdev;
	int ret = 0;

	spin_lock_irq(&mddev->lock);
	if (!mddev->pers || !mddev->pers->syncs) {
		ret = -EINVAL;
	} else if (test_bit(MD_CLOSING, &mddev->flags) ||
		   sync->state != MD_SYNC_IDLE) {
		ret = -EBUSY;
	} else if (action == MD_ACTION_CHECK || action == MD_ACTION_REPAIR) {
		/* A read-only array forgets it at once. */
		if (mddev->ro != MD_RO)
			sync->requested = action;
	} else {
		sync->recovery_disabled = false;
		rdev_for_each(rdev, mddev)
			md_rdev_clear(rdev, MD_RDEV_NO_RECOVERY);
	}
	if (!ret) {
		sync->frozen = false;
		sync->needed = true;
	}
	spin_unlock_irq(&mddev->lock);
	if (ret)
		return ret;
	md_wake_daemon(mddev);
	md_notify_action(mddev);
	md_notify_state(mddev);
	return 0;
}

int md_sync_request(struct mddev *mddev, enum md_sync_action action)
{
	struct md_sync *sync = &mddev->sync;
	int ret;

	if (action != MD_ACTION_IDLE && action != MD_ACTION_FROZEN)
		return request_start(mddev, action);

	spin_lock_irq(&mddev->lock);
	sync->requested = MD_ACTION_IDLE;
	sync->frozen = action == MD_ACTION_FROZEN;
	spin_unlock_irq(&mddev->lock);
	ret = stop_current(mddev, true);
	md_notify_action(mddev);
	if (action == MD_ACTION_IDLE)
		md_wake_daemon(mddev);
	return ret;
}

int md_sync_hold(struct mddev *mddev, bool interruptible)
{
	int ret;

	spin_lock_irq(&mddev->lock);
	mddev->sync.hold++;
	spin_unlock_irq(&mddev->lock);
	ret = stop_current(mddev, interruptible);
	if (ret)
		md_sync_release(mddev);
	return ret;
}

void md_sync_release(struct mddev *mddev)
{
	bool wake;

	spin_lock_irq(&mddev->lock);
	WARN_ON_ONCE(!mddev->sync.hold);
	wake = !--mddev->sync.hold && mddev->sync.needed;
	spin_unlock_irq(&mddev->lock);
	if (wake)
		md_wake_daemon(mddev);
}

/*
 * Arrays that share a disk take turns.
 */

static DEFINE_MUTEX(turn_mutex);
static atomic_t turn_generation;

static bool uses_disk(struct mddev *mddev, struct gendisk *disk)
{
	struct md_rdev *rdev;
	bool uses = false;

	spin_lock_irq(&mddev->lock);
	rdev_for_each(rdev, mddev)
		if (rdev->bdev->bd_disk == disk)
			uses = true;
	spin_unlock_irq(&mddev->lock);
	return uses;
}

/* @mddev's members stay, as it has a sync thread. */
static bool share_disk(struct mddev *mddev, struct mddev *other)
{
	struct gendisk *disks[8];
	struct md_rdev *rdev;
	int n, skip = 0;

	do {
		int i = 0;

		n = 0;
		spin_lock_irq(&mddev->lock);
		rdev_for_each(rdev, mddev)
			if (i++ >= skip && n < ARRAY_SIZE(disks))
				disks[n++] = rdev->bdev->bd_disk;
		spin_unlock_irq(&mddev->lock);
		skip += n;
		for (i = 0; i < n; i++)
			if (uses_disk(other, disks[i]))
				return true;
	} while (n == ARRAY_SIZE(disks));
	return false;
}

static bool try_take_turn(struct mddev *mddev)
{
	struct mddev *other;
	bool free = true;

	mutex_lock(&turn_mutex);
	for (other = mddev_first(); other; other = mddev_next(other)) {
		enum md_sync_state state = READ_ONCE(other->sync.state);

		if (other == mddev || READ_ONCE(mddev->sync.parallel) ||
		    (state != MD_SYNC_RUNNING && state != MD_SYNC_STOPPING))
			continue;
		if (share_disk(mddev, other))
			free = false;
	}
	if (free)
		set_state(mddev, MD_SYNC_RUNNING);
	mutex_unlock(&turn_mutex);
	return free;
}

static bool take_turn(struct mddev *mddev)
{
	struct md_sync *sync = &mddev->sync;
	bool told = false;

	set_state(mddev, MD_SYNC_WAITING);
	while (!READ_ONCE(sync->stop)) {
		int seen = atomic_read(&turn_generation);

		if (try_take_turn(mddev))
			return true;
		if (!told)
			md_info(mddev, "%s waits for an array on the same disks\n",
				md_sync_action_names[sync->action]);
		told = true;
		wait_event_idle(turn_wait, READ_ONCE(sync->stop) ||
				atomic_read(&turn_generation) != seen);
	}
	return false;
}

static void pass_turn(void)
{
	atomic_inc(&turn_generation);
	wake_up_all(&turn_wait);
}

void md_sync_set_parallel(struct mddev *mddev, bool parallel)
{
	WRITE_ONCE(mddev->sync.parallel, parallel);
	if (parallel)
		pass_turn();
}

/*
 * Speed
 */

struct pace {
	unsigned long time[2];	/* jiffies: start of this interval, of the last */
	sector_t done[2];
	sector_t skipped;	/* needed no work: don't count */
	u64 own_seen;		/* foreground sectors of this array */
};

static sector_t pace_done(struct md_sync *sync, struct pace *p)
{
	s64 in_flight = atomic64_read(&sync->in_flight);

	return sync->pos - p->skipped - max_t(s64, in_flight, 0);
}

static unsigned long pace_speed(struct md_sync *sync, struct pace *p)
{
	unsigned long elapsed = jiffies - p->time[1];

	return div_u64((pace_done(sync, p) - p->done[1]) / 2 * HZ,
		       elapsed + 1);
}

static void pace_update(struct md_sync *sync, struct pace *p)
{
	if (time_after(jiffies, p->time[0] + SPEED_INTERVAL)) {
		p->time[1] = p->time[0];
		p->done[1] = p->done[0];
		p->time[0] = jiffies;
		p->done[0] = pace_done(sync, p);
	}
	WRITE_ONCE(sync->speed, pace_speed(sync, p));
}

/**
 * md_sync_acct() - count sync I/O to a member
 * @rdev: member
 * @sectors: about to be submitted
 *
 * So that it can be told from other I/O to the same disk. Context: any.
 */
void md_sync_acct(struct md_rdev *rdev, sector_t sectors)
{
	atomic_add(sectors, &rdev->bdev->bd_disk->sync_io);
}
EXPORT_SYMBOL_GPL(md_sync_acct);

/*
 * Did anybody else use the array or its disks since the last look? A disk counts
 * I/O when it ends, sync_io counts ours when it starts: the difference only
 * says something where it reaches a new maximum.
 */
static bool members_busy(struct mddev *mddev, struct pace *p)
{
	struct md_rdev *rdev;
	bool busy = false;
	u64 own;

	own = part_stat_read_accum(mddev->gendisk->part0, sectors);
	busy = own - p->own_seen > BUSY_SECTORS;
	p->own_seen = own;

	spin_lock_irq(&mddev->lock);
	rdev_for_each(rdev, mddev) {
		struct gendisk *disk = rdev->bdev->bd_disk;
		u32 others = (u32)part_stat_read_accum(disk->part0, sectors) -
			     atomic_read(&disk->sync_io);
		s32 more = others - (u32)rdev->idle_seen;

		if (more > BUSY_SECTORS)
			busy = true;
		if (more > 0 || !rdev->idle_seen)
			rdev->idle_seen = others;
	}
	spin_unlock_irq(&mddev->lock);
	return busy;
}

static void nap(struct mddev *mddev, unsigned long timeout)
{
	u64 start = ktime_get_ns();

	wait_event_idle_timeout(mddev->sync.wait,
				READ_ONCE(mddev->sync.stop), timeout);
	mddev->sync.napped += ktime_get_ns() - start;
}

/* Keep below the maximum always, and to the minimum while others are busy. */
static void keep_pace(struct mddev *mddev, struct pace *p)
{
	struct md_sync *sync = &mddev->sync;

	pace_update(sync, p);
	while (!READ_ONCE(sync->stop)) {
		unsigned long speed = pace_speed(sync, p);

		if (speed > md_speed_max(mddev)) {
			nap(mddev, YIELD_INTERVAL);
			continue;
		}
		if (speed <= md_speed_min(mddev) || !members_busy(mddev, p))
			break;
		nap(mddev, YIELD_INTERVAL);
	}
}

/*
 * The thread
 */

/**
 * md_sync_done() - part of a sync_range() is over
 * @mddev: array
 * @sectors: length
 * @ok: false when it could not be done; ends the sync at its last checkpoint
 *
 * Context: any.
 */
void md_sync_done(struct mddev *mddev, sector_t sectors, bool ok)
{
	/* The array may go away as soon as the last sector is reported. */
	rcu_read_lock();
	if (!ok) {
		WRITE_ONCE(mddev->sync.failed, true);
		WRITE_ONCE(mddev->sync.stop, true);
	}
	atomic64_sub(sectors, &mddev->sync.in_flight);
	if (wq_has_sleeper(&mddev->sync.wait))
		wake_up_all(&mddev->sync.wait);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(md_sync_done);

static void drain(struct md_sync *sync)
{
	wait_event(sync->wait, !atomic64_read(&sync->in_flight));
}

/* Make progress durable: everything below pos is done. */
static void checkpoint(struct mddev *mddev)
{
	struct md_sync *sync = &mddev->sync;
	struct md_rdev *rdev;

	drain(sync);
	if (READ_ONCE(sync->failed))
		return;

	spin_lock_irq(&mddev->lock);
	sync->completed = sync->pos;
	if (sync->action == MD_ACTION_RESYNC) {
		mddev->resync_offset = sync->completed;
	} else if (sync->action == MD_ACTION_RECOVER) {
		rdev_for_each(rdev, mddev)
			if (rdev_recovering(rdev) &&
			    rdev->recovery_offset < sync->completed)
				rdev->recovery_offset = sync->completed;
	}
	spin_unlock_irq(&mddev->lock);
	if (sync->action == MD_ACTION_RESYNC || sync->action == MD_ACTION_RECOVER)
		md_sb_request(mddev);
	md_notify_completed(mddev);
}

/* Wait at sync_max. Returns false when the sync shall end. */
static bool pause_at_max(struct mddev *mddev)
{
	struct md_sync *sync = &mddev->sync;

	checkpoint(mddev);
	wait_event_idle(sync->wait, READ_ONCE(sync->stop) ||
				    READ_ONCE(sync->max) > sync->pos);
	return !READ_ONCE(sync->stop);
}

/*
 * Does the bitmap say that up to *@limit nothing needs doing? Shortens that to where
 * the answer changes.
 */
static bool bitmap_skips(struct mddev *mddev, sector_t *limit)
{
	struct md_sync *sync = &mddev->sync;

	if (sync->pos >= sync->by_bitmap)
		return false;
	*limit = min(*limit, sync->by_bitmap);
	return md_bitmap_skip(mddev->bitmap, sync->pos, limit);
}

static sector_t sync_some(struct mddev *mddev, sector_t limit, bool *skipped)
{
	struct md_sync *sync = &mddev->sync;

	if (bitmap_skips(mddev, &limit)) {
		*skipped = true;
		return limit - sync->pos;
	}
	return mddev->pers->sync_range(mddev, sync->pos, limit - sync->pos,
				       skipped);
}

static void sync_loop(struct mddev *mddev)
{
	struct md_sync *sync = &mddev->sync;
	unsigned long last_checkpoint = jiffies;
	struct pace pace;

	pace.time[0] = pace.time[1] = jiffies;
	pace.done[0] = pace.done[1] = sync->pos;
	pace.skipped = 0;
	pace.own_seen = part_stat_read_accum(mddev->gendisk->part0, sectors);
	members_busy(mddev, &pace);

	while (sync->pos < sync->end && !READ_ONCE(sync->stop)) {
		sector_t limit = min(READ_ONCE(sync->max), sync->end);
		bool skipped = false;
		sector_t taken;

		if (sync->pos >= limit) {
			if (!pause_at_max(mddev))
				break;
			continue;
		}
		taken = sync_some(mddev, limit, &skipped);
		if ((s64)taken <= 0) {
			WRITE_ONCE(sync->failed, true);
			break;
		}
		if (skipped)
			pace.skipped += taken;
		else
			atomic64_add(taken, &sync->in_flight);
		WRITE_ONCE(sync->pos, sync->pos + taken);

		if (time_after(jiffies, last_checkpoint + CHECKPOINT_INTERVAL)) {
			checkpoint(mddev);
			md_new_event();
			last_checkpoint = jiffies;
		}
		keep_pace(mddev, &pace);
		cond_resched();
	}
}

static int sync_thread(void *data)
{
	struct mddev *mddev = data;
	struct md_sync *sync = &mddev->sync;
	struct md_personality *pers = mddev->pers;
	int ret = 0;

	if (take_turn(mddev)) {
		md_info(mddev, "%s from sector %llu of %llu\n",
			md_sync_action_names[sync->action], (u64)sync->start,
			(u64)sync->end);
		if (pers->sync_begin)
			ret = pers->sync_begin(mddev);
		if (ret) {
			md_warn(mddev, "%s can't start: error %d\n",
				md_sync_action_names[sync->action], ret);
			WRITE_ONCE(sync->failed, true);
			set_state(mddev, MD_SYNC_STOPPING);
		} else {
			sync_loop(mddev);
			set_state(mddev, MD_SYNC_STOPPING);
			checkpoint(mddev);
			if (pers->sync_end)
				pers->sync_end(mddev);
		}
	}
	/* Whoever reaps it may free the array: nothing of it from there on. */
	spin_lock_irq(&mddev->lock);
	md_sync_set_state(mddev, MD_SYNC_ENDED);
	md_wake_daemon(mddev);
	spin_unlock_irq(&mddev->lock);
	pass_turn();
	module_put_and_kthread_exit(0);
	return 0;
}

/*
 * The daemon
 */

/* Below which sector does the bitmap know all that @action has to do? */
static sector_t known_by_bitmap(struct mddev *mddev, enum md_sync_action action)
{
	sector_t known = MD_SECTOR_NONE;
	struct md_rdev *rdev;

	lockdep_assert_held(&mddev->lock);

	if (!mddev->bitmap || READ_ONCE(mddev->bitmap->failed) ||
	    (action != MD_ACTION_RECOVER && action != MD_ACTION_RESYNC))
		return 0;
	rdev_for_each(rdev, mddev)
		if (action == MD_ACTION_RECOVER && rdev_recovering(rdev))
			known = min(known, rdev->by_bitmap);
	return known;
}

static void set_range(struct mddev *mddev, enum md_sync_action action)
{
	struct md_sync *sync = &mddev->sync;
	struct md_rdev *rdev;

	lockdep_assert_held(&mddev->lock);

	sync->action = action;
	sync->by_bitmap = round_down(known_by_bitmap(mddev, action),
				     PAGE_SECTORS);
	sync->start = 0;
	sync->end = md_sync_space(mddev);
	if (action == MD_ACTION_RESYNC) {
		sync->start = mddev->resync_offset;
	} else if (action == MD_ACTION_RECOVER) {
		sync->start = sync->end;
		rdev_for_each(rdev, mddev)
			if (rdev_recovering(rdev))
				sync->start = min(sync->start,
						  rdev->recovery_offset);
	} else {
		sync->start = min(sync->min, sync->end);
		atomic64_set(&sync->mismatches, 0);
	}
	/* Whatever wrote it down: units keep to the members' blocks. */
	sync->start = round_down(sync->start, PAGE_SECTORS);
	sync->pos = sync->start;
	sync->completed = sync->start;
	if (sync->requested == action)
		sync->requested = MD_ACTION_IDLE;
	sync->needed = false;
	sync->failed = false;
	sync->speed = 0;
	sync->start_time = jiffies;
	atomic64_set(&sync->in_flight, 0);
}

/* IDLE -> STARTING, if there is something to do. reconfig_mutex held. */
static bool choose_sync(struct mddev *mddev)
{
	struct md_sync *sync = &mddev->sync;
	enum md_sync_action action;

	if (md_sync_busy(mddev) || !sync->needed)
		return false;
	spin_lock_irq(&mddev->lock);
	action = choose_action(mddev);
	if (action != MD_ACTION_IDLE) {
		set_range(mddev, action);
		md_sync_set_state(mddev, MD_SYNC_STARTING);
	} else if (!sync->hold && !sync->frozen && mddev->ro == MD_RW) {
		sync->needed = false;
	}
	spin_unlock_irq(&mddev->lock);
	return action != MD_ACTION_IDLE;
}

/*
 * STARTING -> whatever the thread makes of it. No locks held: whoever makes threads
 * may need memory that is freed by writing to this very array, and that may wait
 * for the gate, which is closed by somebody who waits for reconfig_mutex.
 */
static void start_sync_thread(struct mddev *mddev)
{
	enum md_sync_action action = mddev->sync.action;
	struct task_struct *task;

	__module_get(THIS_MODULE);
	task = kthread_run(sync_thread, mddev, "%s_%s", mdname(mddev),
			   md_sync_action_words[action]);
	if (IS_ERR(task)) {
		module_put(THIS_MODULE);
		md_warn(mddev, "no thread for %s: error %ld; write \"%s\" to sync_action to try again\n",
			md_sync_action_names[action], PTR_ERR(task),
			md_sync_action_names[action]);
		set_state(mddev, MD_SYNC_IDLE);
		return;
	}
	md_notify_action(mddev);
	md_new_event();
}

static bool recovery_ended(struct mddev *mddev, bool complete)
{
	struct md_rdev *rdev;
	int active;

	lockdep_assert_held(&mddev->lock);

	if (!complete)
		return false;
	rdev_for_each(rdev, mddev) {
		if (!rdev_recovering(rdev))
			continue;
		rdev->recovery_offset = MD_SECTOR_NONE;
		rdev->by_bitmap = 0;
	}
	active = mddev->pers->spares_active(mddev);
	return active > 0;
}

/* ENDED -> IDLE. reconfig_mutex held. */
static void reap(struct mddev *mddev)
{
	struct md_sync *sync = &mddev->sync;
	bool complete, stuck, members_changed = false;
	struct md_rdev *rdev;

	spin_lock_irq(&mddev->lock);
	complete = !sync->failed && sync->completed >= sync->end;
	stuck = sync->failed && sync->completed == sync->start;
	if (sync->action == MD_ACTION_RESYNC && complete)
		mddev->resync_offset = MD_SECTOR_NONE;
	else if (sync->action == MD_ACTION_RECOVER)
		members_changed = recovery_ended(mddev, complete);
	if (stuck && sync->action == MD_ACTION_RECOVER)
		sync->recovery_disabled = true;
	if (complete)
		WRITE_ONCE(sync->max, MD_SECTOR_NONE);
	/* The next check goes on where this one has stopped. */
	if (sync->action == MD_ACTION_CHECK || sync->action == MD_ACTION_REPAIR)
		WRITE_ONCE(sync->min, complete ? 0 : sync->completed);
	sync->last_action = sync->action;
	/* Failed at once without a failed member: again would be in vain. */
	sync->needed = !(stuck && sync->action == MD_ACTION_RESYNC);
	sync->runs++;
	md_sync_set_state(mddev, MD_SYNC_IDLE);
	spin_unlock_irq(&mddev->lock);

	md_info(mddev, "%s %s at sector %llu\n",
		md_sync_action_names[sync->last_action],
		complete ? "done" : sync->failed ? "failed" : "interrupted",
		(u64)sync->completed);
	if (members_changed) {
		rdev_for_each(rdev, mddev) {
			md_rdev_notify_state(rdev);
			md_rdev_link_slot(rdev);
		}
		md_notify_degraded(mddev);
	}
	md_sb_request(mddev);
	md_notify_action(mddev);
	md_notify_completed(mddev);
	md_new_event();
}

/* reconfig_mutex held. */
static bool moves_due(struct mddev *mddev)
{
	return !md_sync_busy(mddev) && !mddev->sync.hold &&
	       !(READ_ONCE(mddev->write_slow) & MD_WRITE_BROKEN) &&
	       !mddev->sync.frozen && md_rdev_moves_due(mddev);
}

/*
 * Moving drains the array: not while writes wait for metadata that may be long in
 * coming, or reads would wait as long. md_sb_check_acks() wakes the daemon.
 */
static bool must_not_drain(struct mddev *mddev)
{
	return READ_ONCE(mddev->write_slow) & MD_WRITE_ACK_HELD;
}

static void move_members(struct mddev *mddev)
{
	mddev_suspend_and_lock_nointr(mddev);
	if (moves_due(mddev)) {
		md_rdev_move(mddev);
		spin_lock_irq(&mddev->lock);
		mddev->sync.needed = true;
		spin_unlock_irq(&mddev->lock);
	}
	mddev_unlock_and_resume(mddev);
	md_new_event();
}

static void sync_daemon(struct work_struct *work)
{
	struct mddev *mddev = container_of(work, struct mddev, sync.daemon);
	bool held, start;

	mddev_lock_nointr(mddev);
	if (mddev->sync.state == MD_SYNC_ENDED)
		reap(mddev);
	/* Members that fail later end the thread; moves_due() sees the others. */
	spin_lock_irq(&mddev->lock);
	if (!md_sync_busy(mddev))
		WRITE_ONCE(mddev->sync.stop, false);
	spin_unlock_irq(&mddev->lock);
	held = must_not_drain(mddev);
	if (moves_due(mddev) && !held) {
		/* The gate comes before the mutex. */
		mddev_unlock(mddev);
		move_members(mddev);
		mddev_lock_nointr(mddev);
		held = must_not_drain(mddev);
	}
	/*
	 * Members that are to move soon could not do so under a sync. What was held
	 * when we looked brings us back when it is released.
	 */
	start = !(held && moves_due(mddev)) && choose_sync(mddev);
	mddev_unlock(mddev);
	/* Until the thread has ended nobody takes the array away. */
	if (start)
		start_sync_thread(mddev);
}

void md_sync_init(struct mddev *mddev)
{
	init_waitqueue_head(&mddev->sync.wait);
	INIT_WORK(&mddev->sync.daemon, sync_daemon);
}
