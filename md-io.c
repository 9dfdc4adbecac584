// SPDX-License-Identifier: GPL-2.0
/*
 * The I/O path of the core: the suspend gate, accounting, clean and dirty,
 * and acknowledgements that wait for metadata.
 *
 * Every bio inside holds one reference of the gate (mddev->io_ref) from
 * md_submit_bio() until it was ended. Suspending kills the reference and waits
 * until it is zero. What a bio inside may wait for never needs the gate nor
 * reconfig_mutex: the superblock writer, a window of the sync thread, or
 * userland writing "active" to array_state.
 */

#include "md-internal.h"
#include "md-trace.h"

static void gate_drained(struct percpu_ref *ref)
{
	struct mddev *mddev = container_of(ref, struct mddev, io_ref);

	wake_up_all(&mddev->gate_wait);
}

int md_gate_init(struct mddev *mddev)
{
	mutex_init(&mddev->gate_mutex);
	init_waitqueue_head(&mddev->gate_wait);
	bio_list_init(&mddev->held_acks);
	return percpu_ref_init(&mddev->io_ref, gate_drained,
			       PERCPU_REF_ALLOW_REINIT, GFP_KERNEL);
}

void md_gate_destroy(struct mddev *mddev)
{
	/* Whoever dropped the last reference may still be in gate_drained(). */
	synchronize_rcu();
	percpu_ref_exit(&mddev->io_ref);
}

/**
 * mddev_suspend() - close the gate and wait until no I/O is inside
 * @mddev: array
 * @interruptible: give up on a signal
 *
 * Nests. Each success is undone by one mddev_resume(). The gate comes before
 * reconfig_mutex: the caller must not hold that, nor a bio inside the gate.
 *
 * Context: process, sleeps.
 * Return: 0, or -EINTR with the gate as it was.
 */
int mddev_suspend(struct mddev *mddev, bool interruptible)
{
	int depth;

	lockdep_assert_not_held(&mddev->reconfig_mutex);

	mutex_lock(&mddev->gate_mutex);
	depth = ++mddev->suspended;
	if (depth == 1)
		percpu_ref_kill(&mddev->io_ref);
	mutex_unlock(&mddev->gate_mutex);

	if (!interruptible) {
		wait_event(mddev->gate_wait, percpu_ref_is_zero(&mddev->io_ref));
	} else if (wait_event_interruptible(mddev->gate_wait,
				percpu_ref_is_zero(&mddev->io_ref))) {
		mddev_resume(mddev);
		return -EINTR;
	}
	trace_md_suspend(mddev, depth);
	return 0;
}
EXPORT_SYMBOL_GPL(mddev_suspend);

/**
 * mddev_resume() - undo one mddev_suspend()
 * @mddev: array
 *
 * Only opens the gate; whoever wants recovery asks for it.
 *
 * Context: process, may sleep for an RCU grace period.
 */
void mddev_resume(struct mddev *mddev)
{
	int depth;

	mutex_lock(&mddev->gate_mutex);
	depth = --mddev->suspended;
	WARN_ON_ONCE(depth < 0);
	if (depth == 0)
		percpu_ref_resurrect(&mddev->io_ref);
	mutex_unlock(&mddev->gate_mutex);

	trace_md_resume(mddev, depth);
	wake_up_all(&mddev->gate_wait);
}
EXPORT_SYMBOL_GPL(mddev_resume);

/**
 * mddev_suspend_and_lock() - close the gate, then take reconfig_mutex
 * @mddev: array
 *
 * Context: process, sleeps. Return: 0 or -EINTR.
 */
int mddev_suspend_and_lock(struct mddev *mddev)
{
	int ret;

	ret = mddev_suspend(mddev, true);
	if (ret)
		return ret;
	ret = mddev_lock(mddev);
	if (ret)
		mddev_resume(mddev);
	return ret;
}
EXPORT_SYMBOL_GPL(mddev_suspend_and_lock);

void mddev_suspend_and_lock_nointr(struct mddev *mddev)
{
	mddev_suspend(mddev, false);
	mddev_lock_nointr(mddev);
}

static bool md_range_held(struct mddev *mddev, struct bio *bio)
{
	unsigned long flags;
	bool held;

	spin_lock_irqsave(&mddev->lock, flags);
	held = bio->bi_iter.bi_sector < mddev->suspend_hi &&
	       bio_end_sector(bio) > mddev->suspend_lo;
	spin_unlock_irqrestore(&mddev->lock, flags);
	return held;
}

/*
 * Pass the gate. A write into suspend_lo..suspend_hi waits outside, as that
 * range changes only while nothing is inside.
 */
static bool md_gate_enter(struct mddev *mddev, struct bio *bio)
{
	for (;;) {
		if (likely(percpu_ref_tryget_live(&mddev->io_ref))) {
			if (likely(!(READ_ONCE(mddev->write_slow) &
				     MD_WRITE_RANGE)) ||
			    !op_is_write(bio_op(bio)) ||
			    !bio_sectors(bio) || !md_range_held(mddev, bio))
				return true;
			percpu_ref_put(&mddev->io_ref);
			if (bio->bi_opf & REQ_NOWAIT)
				break;
			/* As long as userland likes: no reason to call it hung. */
			wait_event_idle(mddev->gate_wait,
					!md_range_held(mddev, bio));
			continue;
		}
		if (bio->bi_opf & REQ_NOWAIT)
			break;
		wait_event(mddev->gate_wait,
			   !percpu_ref_is_dying(&mddev->io_ref));
	}
	bio_wouldblock_error(bio);
	return false;
}

/**
 * md_gate_exit() - a bio that md_submit_bio() let in is over
 * @mddev: array
 *
 * md_io_end() does this, too. Context: any.
 */
void md_gate_exit(struct mddev *mddev)
{
	percpu_ref_put(&mddev->io_ref);
}
EXPORT_SYMBOL_GPL(md_gate_exit);

void md_submit_bio(struct bio *bio)
{
	struct mddev *mddev = bio->bi_bdev->bd_disk->private_data;
	struct md_personality *pers;

	if (unlikely(!md_gate_enter(mddev, bio)))
		return;

	pers = mddev->pers;
	if (unlikely(!pers)) {
		bio_io_error(bio);
		md_gate_exit(mddev);
		return;
	}
	if (!pers->whole_bios ||
	    (bio_op(bio) != REQ_OP_READ && bio_op(bio) != REQ_OP_WRITE)) {
		bio = bio_split_to_limits(bio);
		if (!bio) {
			md_gate_exit(mddev);
			return;
		}
	}
	/* A merge below would be undone by nobody. */
	bio->bi_opf &= ~REQ_NOMERGE;
	pers->make_request(mddev, bio);
}

/**
 * md_submit_rest() - submit what was split off a write
 * @mddev: array
 * @rest: to go on as a bio of its own; the caller's bio is still inside the gate
 *
 * A write that the bitmap had parked comes from a worker with others in its hands,
 * for which somebody may be waiting who has closed the gate. There the rest doesn't
 * wait at the gate: it is inside already, and the worker gets to it.
 *
 * Context: make_request(), before the caller's part is submitted.
 */
void md_submit_rest(struct mddev *mddev, struct bio *rest)
{
	/* Set while a bio is being submitted */
	if (likely(current->bio_list)) {
		submit_bio_noacct(rest);
		return;
	}
	percpu_ref_get(&mddev->io_ref);
	md_bitmap_go_on(mddev->bitmap, rest);
}
EXPORT_SYMBOL_GPL(md_submit_rest);

static void md_io_account(struct md_io *io, struct mddev *mddev,
			  struct bio *bio)
{
	io->mddev = mddev;
	io->bio = bio;
	io->start_time = 0;
	if (blk_queue_io_stat(mddev->gendisk->queue))
		io->start_time = bio_start_io_acct(bio) ?: 1;
}

/**
 * md_io_start() - begin accounting for a bio that wasn't counted as a write
 * @io: to be filled, the personality's memory until md_io_end()
 * @mddev: array
 * @bio: what was submitted
 *
 * Context: any.
 */
void md_io_start(struct md_io *io, struct mddev *mddev, struct bio *bio)
{
	md_io_account(io, mddev, bio);
	io->bank = MD_BANK_NONE;
}
EXPORT_SYMBOL_GPL(md_io_start);

/**
 * md_io_start_write() - begin accounting for a write
 * @io: to be filled, the personality's memory until md_io_end()
 * @mddev: array
 * @bio: what was submitted, or what is left of it
 * @bank: of md_write_begin()
 * @start: as given to md_write_begin()
 * @sectors: as given to md_write_begin()
 *
 * Context: any.
 */
void md_io_start_write(struct md_io *io, struct mddev *mddev, struct bio *bio,
		       int bank, sector_t start, sector_t sectors)
{
	md_io_account(io, mddev, bio);
	io->bank = bank;
	io->start = start;
	io->sectors = sectors;
}
EXPORT_SYMBOL_GPL(md_io_start_write);

/* Hold the write's completion, or have it fail. Returns whether it is held. */
static bool md_hold_ack(struct mddev *mddev, struct bio *bio)
{
	unsigned long flags;
	bool hold;

	spin_lock_irqsave(&mddev->lock, flags);
	hold = mddev->write_slow & MD_WRITE_ACK_HELD;
	if (mddev->write_slow & MD_WRITE_BROKEN) {
		/* What it may have met will never be recorded. */
		bio->bi_status = BLK_STS_IOERR;
		hold = false;
	}
	if (hold)
		bio_list_add(&mddev->held_acks, bio);
	spin_unlock_irqrestore(&mddev->lock, flags);
	return hold;
}

static void md_io_done(struct md_io *io)
{
	if (io->start_time)
		bio_end_io_acct(io->bio, io->start_time);
}

/**
 * md_io_ack_early() - acknowledge a write though not all members have it yet
 * @io: of md_io_start_write(); md_io_end() is still to come
 *
 * Does nothing where completions are held: md_io_end() will do it then.
 *
 * Context: any.
 */
void md_io_ack_early(struct md_io *io)
{
	struct bio *bio = io->bio;

	if (READ_ONCE(io->mddev->write_slow) &
	    (MD_WRITE_ACK_HELD | MD_WRITE_BROKEN))
		return;
	md_io_done(io);
	io->bio = NULL;
	bio_endio(bio);
}
EXPORT_SYMBOL_GPL(md_io_ack_early);

/**
 * md_io_end() - end a bio and leave the gate
 * @io: of md_io_start(); may be freed after this
 * @status: result
 *
 * A write is acknowledged only once the failures that it may have met are on
 * stable metadata: the personality reports them (md_error(),
 * md_rdev_add_badblocks()) before it calls this.
 *
 * Context: any.
 */
void md_io_end(struct md_io *io, blk_status_t status)
{
	struct mddev *mddev = io->mddev;
	struct bio *bio = io->bio;
	bool write = io->bank != MD_BANK_NONE;

	if (unlikely(!bio)) {
		md_write_end(mddev, io->bank, io->start, io->sectors);
		md_gate_exit(mddev);
		return;
	}
	if (unlikely(status))
		bio->bi_status = status;
	md_io_done(io);
	if (write) {
		md_write_end(mddev, io->bank, io->start, io->sectors);
		if (unlikely(READ_ONCE(mddev->write_slow) &
			     (MD_WRITE_ACK_HELD | MD_WRITE_BROKEN)) &&
		    md_hold_ack(mddev, bio))
			return;
	}
	bio_endio(bio);
	md_gate_exit(mddev);
}
EXPORT_SYMBOL_GPL(md_io_end);

/**
 * md_end_held_acks() - end writes that waited for metadata
 * @mddev: array
 * @bios: what was in mddev->held_acks; taken in the section under mddev->lock
 *	that cleared MD_WRITE_ACK_HELD, as what comes in after it waits for more
 * @status: BLK_STS_OK, or what they end with
 *
 * Context: any, mddev->lock not held.
 */
void md_end_held_acks(struct mddev *mddev, struct bio_list *bios,
		      blk_status_t status)
{
	struct bio *bio;

	while ((bio = bio_list_pop(bios))) {
		if (status)
			bio->bi_status = status;
		bio_endio(bio);
		md_gate_exit(mddev);
	}
}

void md_write_slow_set(struct mddev *mddev, unsigned long bits)
{
	lockdep_assert_held(&mddev->lock);
	WRITE_ONCE(mddev->write_slow, mddev->write_slow | bits);
}

void md_write_slow_clear(struct mddev *mddev, unsigned long bits)
{
	lockdep_assert_held(&mddev->lock);
	WRITE_ONCE(mddev->write_slow, mddev->write_slow & ~bits);
}

static int md_count_write(struct mddev *mddev)
{
	unsigned int bank = READ_ONCE(mddev->epoch.bank);

	this_cpu_inc(mddev->epoch.cpu->begun[bank]);
	smp_mb();	/* counted before write_slow is looked at, md-window.c */
	return bank;
}

static void md_uncount_write(struct mddev *mddev, int bank)
{
	struct md_epoch *e = &mddev->epoch;

	this_cpu_inc(e->cpu->ended[bank]);
	smp_mb();	/* counted before waiting is looked at, md_epoch_drain() */
	if (unlikely(READ_ONCE(e->waiting)))
		wake_up_all(&e->drained);
}

/**
 * md_write_end() - a write counted by md_write_begin() is over
 * @mddev: array
 * @bank: what md_write_begin() returned
 * @start: as given to md_write_begin()
 * @sectors: as given to md_write_begin()
 *
 * For writes that don't get as far as md_io_end(). Context: any.
 */
void md_write_end(struct mddev *mddev, int bank, sector_t start,
		  sector_t sectors)
{
	if (mddev->bitmap && sectors)
		md_bitmap_end(mddev->bitmap, start, sectors);
	md_uncount_write(mddev, bank);
}
EXPORT_SYMBOL_GPL(md_write_end);

/* First write to an array that is read-only until then. */
static void md_leave_auto_ro(struct mddev *mddev)
{
	spin_lock_irq(&mddev->lock);
	if (mddev->ro == MD_AUTO_RO) {
		mddev->ro = MD_RW;
		md_write_slow_clear(mddev, MD_WRITE_READONLY);
	}
	spin_unlock_irq(&mddev->lock);
	md_ro_left(mddev);
}

/* Record on stable metadata that writes are going to happen. */
static int md_mark_dirty(struct mddev *mddev)
{
	bool handshake = false;
	int ret = 0;
	u64 gen;

	spin_lock_irq(&mddev->lock);
	if (mddev->in_sync) {
		mddev->in_sync = false;
		mddev->active_idle = false;
		if (mddev->external)
			mddev->write_pending = handshake = true;
		mddev->dirty_gen = md_sb_request_locked(mddev);
	}
	gen = mddev->dirty_gen;
	spin_unlock_irq(&mddev->lock);

	if (handshake)
		md_notify_state(mddev);
	if (mddev->external)
		wait_event_idle(mddev->sb_wait,
				!READ_ONCE(mddev->write_pending));
	else
		ret = md_sb_wait(mddev, gen);
	if (ret)
		return ret;

	spin_lock_irq(&mddev->lock);
	if (!mddev->in_sync && !mddev->write_pending && mddev->dirty_gen == gen)
		md_write_slow_clear(mddev, MD_WRITE_CLEAN);
	spin_unlock_irq(&mddev->lock);
	md_safemode_kick(mddev);
	if (!handshake)
		md_notify_state(mddev);
	return 0;
}

/*
 * Deal with one reason why a write can't simply go ahead. Returns true when the
 * counted write may, false when it must be counted and looked at again; sets
 * *@status to end it.
 */
static bool md_write_obstacle(struct mddev *mddev, struct bio *bio, int bank,
			      sector_t start, sector_t sectors,
			      blk_status_t *status)
{
	unsigned long slow = READ_ONCE(mddev->write_slow);
	bool nowait = bio->bi_opf & REQ_NOWAIT;

	if (slow & MD_WRITE_BROKEN)
		*status = BLK_STS_IOERR;
	else if ((slow & MD_WRITE_READONLY) && mddev->ro == MD_RO)
		*status = BLK_STS_IOERR;
	if (*status) {
		md_uncount_write(mddev, bank);
		return false;
	}
	if (slow & MD_WRITE_READONLY) {
		md_uncount_write(mddev, bank);
		md_leave_auto_ro(mddev);
		return false;
	}
	if (slow & MD_WRITE_CLEAN) {
		md_uncount_write(mddev, bank);
		if (nowait)
			*status = BLK_STS_AGAIN;
		else if (md_mark_dirty(mddev))
			*status = BLK_STS_IOERR;
		return false;
	}
	if ((slow & MD_WRITE_WINDOW) && md_window_hit(mddev, start, sectors)) {
		md_uncount_write(mddev, bank);
		if (nowait)
			*status = BLK_STS_AGAIN;
		else
			wait_event(mddev->window_wait,
				   !md_window_hit(mddev, start, sectors));
		return false;
	}
	return true;
}

/**
 * md_write_begin() - count a write and make sure that it may happen now
 * @mddev: array
 * @bio: the write, inside the gate
 * @start: first sector in the space of the personality's windows
 * @sectors: length there; 0 for a flush without data
 *
 * Makes a clean array dirty on stable metadata first, leaves auto-read-only,
 * keeps out of windows, and has the bitmap name what is going to be written. The
 * caller must not have submitted anything to members that it waits for.
 *
 * Context: process; sleeps unless REQ_NOWAIT is set.
 * Return: a bank for md_io_start_write(), or a negative number when the bio was
 * taken: it has been ended and has left the gate, or make_request() will be
 * called again with it.
 */
int md_write_begin(struct mddev *mddev, struct bio *bio, sector_t start,
		   sector_t sectors)
{
	blk_status_t status = BLK_STS_OK;
	int bank;

	for (;;) {
		bank = md_count_write(mddev);
		if (likely(!READ_ONCE(mddev->write_slow)))
			break;
		/* A flush without data dirties nothing and meets no window. */
		if (!sectors && !(READ_ONCE(mddev->write_slow) & MD_WRITE_BROKEN))
			break;
		if (md_write_obstacle(mddev, bio, bank, start, sectors, &status))
			break;
		if (status)
			goto end;
	}
	if (!mddev->bitmap || !sectors ||
	    likely(md_bitmap_begin(mddev->bitmap, bio, start, sectors)))
		return bank;
	md_uncount_write(mddev, bank);
	return MD_BANK_NONE;
end:
	if (status == BLK_STS_AGAIN) {
		bio_wouldblock_error(bio);
	} else {
		bio->bi_status = status;
		bio_endio(bio);
	}
	md_gate_exit(mddev);
	return MD_BANK_NONE;
}
EXPORT_SYMBOL_GPL(md_write_begin);

/* External metadata: userland has recorded that the array is dirty. */
void md_write_acked(struct mddev *mddev)
{
	spin_lock_irq(&mddev->lock);
	mddev->write_pending = false;
	spin_unlock_irq(&mddev->lock);
	wake_up_all(&mddev->sb_wait);
}

bool md_try_clean(struct mddev *mddev)
{
	unsigned long flags;
	bool clean, changed = false;

	spin_lock_irqsave(&mddev->lock, flags);
	clean = mddev->in_sync;
	if (!clean && !mddev->write_pending) {
		md_write_slow_set(mddev, MD_WRITE_CLEAN);
		if (md_epoch_idle(mddev)) {
			mddev->in_sync = clean = changed = true;
			mddev->active_idle = false;
			md_sb_request_locked(mddev);
		} else if (mddev->sb_done >= mddev->dirty_gen) {
			md_write_slow_clear(mddev, MD_WRITE_CLEAN);
		}
	}
	spin_unlock_irqrestore(&mddev->lock, flags);

	if (changed) {
		md_notify_state(mddev);
		md_new_event();
	}
	return clean;
}

/* Start looking for idleness, on an array that is dirty. */
void md_safemode_kick(struct mddev *mddev)
{
	unsigned long delay = READ_ONCE(mddev->safemode_delay);

	if (delay)
		queue_delayed_work(md_wq, &mddev->safemode_work, delay);
}

void md_safemode_work(struct work_struct *work)
{
	struct mddev *mddev = container_of(to_delayed_work(work), struct mddev,
					   safemode_work);
	unsigned long begun = md_epoch_begun(mddev);
	bool idle = begun == mddev->safemode_seen;
	bool notify = false;

	mddev->safemode_seen = begun;
	if (READ_ONCE(mddev->in_sync) || !READ_ONCE(mddev->safemode_delay) ||
	    READ_ONCE(mddev->ro) != MD_RW)
		return;
	if (idle && mddev->external) {
		spin_lock_irq(&mddev->lock);
		notify = !mddev->active_idle && !mddev->write_pending;
		if (notify)
			mddev->active_idle = true;
		spin_unlock_irq(&mddev->lock);
		if (notify)
			md_notify_state(mddev);
	} else if (idle && md_try_clean(mddev)) {
		return;
	} else if (!idle && READ_ONCE(mddev->active_idle)) {
		WRITE_ONCE(mddev->active_idle, false);
	}
	md_safemode_kick(mddev);
}
