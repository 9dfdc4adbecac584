// SPDX-License-Identifier: GPL-2.0
/*
 * The write-intent bitmap: counting writes, clearing bits, what sync may skip.
 *
 * A write counts itself in its chunks' words. Where a bit is not on stable storage
 * yet the bio is parked: the metadata writer (md-sb.c) writes the pages, for as
 * many bios as have come together, and a worker carries them out. So nobody
 * who submits ever waits for a bitmap, and no lock is taken for a chunk that is
 * dirty already.
 *
 * A bit is cleared by the scan, which finds the chunk unused three times running,
 * and only while the array is complete: see md_bitmap_may_clear(). The word and
 * the image change together under b->lock; a write that counts itself meanwhile
 * makes the exchange fail, or finds the bit gone and has it written again.
 *
 * What is set in the image may differ between members. Documentation/bitmap.md.
 */
#include "md-bitmap.h"

unsigned int md_bitmap_page_of(const struct md_bitmap *b, unsigned long chunk)
{
	return (b->head_bytes + chunk / 8) / PAGE_SIZE;
}

/*
 * Set a chunk's bit, which has to be written. b->lock held, or nobody else
 * knows the bitmap yet.
 */
void md_bitmap_set_image(struct md_bitmap *b, unsigned long chunk, bool write)
{
	__set_bit_le(chunk, b->image);
	__set_bit(chunk / MD_BITMAP_GROUP, b->active);
	if (write)
		__set_bit(md_bitmap_page_of(b, chunk), b->dirty);
}

static void wi_range(const struct md_bitmap *b, sector_t start,
			 sector_t sectors, unsigned long *first,
			 unsigned long *last)
{
	*first = start >> b->shift;
	*last = min_t(sector_t, (start + sectors - 1) >> b->shift,
		      b->nr_chunks - 1);
}

static void wi_kick_writer(struct md_bitmap *b)
{
	queue_work(b->mddev->sb_wq, &b->mddev->sb_work);
}

void md_bitmap_kick_scan(struct md_bitmap *b)
{
	queue_delayed_work(md_wq, &b->scan, READ_ONCE(b->mddev->bitmap_sleep));
}

/*
 * Writing
 */

/* Set the bits of a bio's chunks. False if all of them are on disk. */
static bool wi_set_bits(struct md_bitmap *b, unsigned long first,
			unsigned long last)
{
	bool missing = false;

	lockdep_assert_held(&b->lock);

	for (; first <= last; first++) {
		if (atomic_read(&b->chunks[first]) & MD_CHUNK_ON_DISK)
			continue;
		missing = true;
		md_bitmap_set_image(b, first, true);
	}
	return missing;
}

/*
 * Park a bio until the bits of its chunks are on disk; where the bitmap isn't kept
 * any more, until superblocks say so. False if they are, or do.
 */
static bool wi_park(struct md_bitmap *b, struct bio *bio,
		    unsigned long first, unsigned long last)
{
	unsigned long flags;
	bool parked;

	spin_lock_irqsave(&b->lock, flags);
	if (b->failed) {
		/* md_bitmap_release() follows when this is cleared. */
		parked = READ_ONCE(b->mddev->write_slow) & MD_WRITE_ACK_HELD;
		if (parked)
			bio_list_add(&b->written, bio);
	} else {
		parked = wi_set_bits(b, first, last);
		if (parked) {
			bio_list_add(&b->waiting, bio);
			/* Without the lock it could be over by now, and @b gone. */
			wi_kick_writer(b);
			md_bitmap_kick_scan(b);
		}
	}
	spin_unlock_irqrestore(&b->lock, flags);
	return parked;
}

/**
 * md_bitmap_begin() - count a write in the bitmap
 * @b: bitmap
 * @bio: the write, inside the gate
 * @start: its first sector in sync space
 * @sectors: its length there, not 0
 *
 * Undone by md_bitmap_end().
 *
 * Context: any.
 * Return: true when it may go ahead. False: the bitmap has taken the bio, and
 * hands it to the personality again when its bits are on stable storage.
 */
bool md_bitmap_begin(struct md_bitmap *b, struct bio *bio, sector_t start,
		     sector_t sectors)
{
	unsigned long first, last, i;
	bool missing = false;
	unsigned int old;

	wi_range(b, start, sectors, &first, &last);
	for (i = first; i <= last; i++) {
		old = atomic_fetch_inc(&b->chunks[i]);
		if (likely((old & (MD_CHUNK_AGE | MD_CHUNK_ON_DISK)) ==
			   MD_CHUNK_ON_DISK))
			continue;
		if (old & MD_CHUNK_ON_DISK)
			atomic_andnot(MD_CHUNK_AGE, &b->chunks[i]);
		else
			missing = true;
	}
	return likely(!missing) || !wi_park(b, bio, first, last);
}

/**
 * md_bitmap_end() - a write that was counted is over
 * @b: bitmap
 * @start: as for md_bitmap_begin()
 * @sectors: as for md_bitmap_begin()
 *
 * Members that it did not reach were marked failed before, which keeps the scan
 * from clearing the bit.
 *
 * Context: any.
 */
void md_bitmap_end(struct md_bitmap *b, sector_t start, sector_t sectors)
{
	unsigned long i, last;

	wi_range(b, start, sectors, &i, &last);
	for (; i <= last; i++)
		atomic_fetch_dec_release(&b->chunks[i]);
}

/* The bits of a parked bio are on disk, or never will be (@on_disk false). */
static void wi_unpark(struct md_bitmap *b, struct bio *bio, bool on_disk)
{
	unsigned long i, last;

	wi_range(b, bio->bi_iter.bi_sector, bio_sectors(bio), &i, &last);
	for (; i <= last; i++) {
		if (on_disk) {
			atomic_or(MD_CHUNK_ON_DISK, &b->chunks[i]);
			atomic_andnot(MD_CHUNK_AGE, &b->chunks[i]);
		}
		atomic_fetch_dec_release(&b->chunks[i]);
	}
}

/**
 * md_bitmap_release() - let bios go on whose bits are on stable storage
 * @mddev: array
 * @all: also those whose bits aren't: writes are going to fail anyway
 *
 * To be called when no failure is left to be recorded.
 *
 * Context: mddev->lock held, which keeps the bitmap.
 */
void md_bitmap_release(struct mddev *mddev, bool all)
{
	struct md_bitmap *b = mddev->bitmap;
	struct bio_list bios;
	struct bio *bio;

	lockdep_assert_held(&mddev->lock);

	if (!b)
		return;
	spin_lock(&b->lock);
	bios = b->written;
	bio_list_init(&b->written);
	bio_list_for_each(bio, &bios)
		wi_unpark(b, bio, !b->failed);
	bio_list_merge(&b->ready, &bios);
	if (all) {
		bio_list_for_each(bio, &b->waiting)
			wi_unpark(b, bio, false);
		bio_list_merge(&b->ready, &b->waiting);
		bio_list_init(&b->waiting);
	}
	if (!bio_list_empty(&b->ready))
		queue_work(b->wq, &b->resume);
	spin_unlock(&b->lock);
}

/**
 * md_bitmap_go_on() - have the worker carry out another bio
 * @b: bitmap
 * @bio: inside the gate, not counted
 *
 * Context: any.
 */
void md_bitmap_go_on(struct md_bitmap *b, struct bio *bio)
{
	unsigned long flags;

	spin_lock_irqsave(&b->lock, flags);
	bio_list_add(&b->ready, bio);
	queue_work(b->wq, &b->resume);
	spin_unlock_irqrestore(&b->lock, flags);
}

void md_bitmap_resume_work(struct work_struct *work)
{
	struct md_bitmap *b = container_of(work, struct md_bitmap, resume);
	struct mddev *mddev = b->mddev;
	struct bio_list bios;
	struct blk_plug plug;
	struct bio *bio;

	spin_lock_irq(&b->lock);
	bios = b->ready;
	bio_list_init(&b->ready);
	spin_unlock_irq(&b->lock);

	/* Each holds the gate: personality and bitmap stay. */
	blk_start_plug(&plug);
	while ((bio = bio_list_pop(&bios)))
		mddev->pers->make_request(mddev, bio);
	blk_finish_plug(&plug);
}

/*
 * Writes behind
 */

/**
 * md_behind_begin() - may a write go behind?
 * @mddev: array
 *
 * Only where a bitmap names what members may lack after a crash, and as long as
 * the backlog isn't full. Undone by md_behind_end().
 *
 * Context: any, inside the gate.
 */
bool md_behind_begin(struct mddev *mddev)
{
	struct md_bitmap *b = mddev->bitmap;
	int used;

	if (!b)
		return false;
	used = atomic_inc_return(&b->behind);
	if (used > READ_ONCE(mddev->bitmap_behind)) {
		atomic_dec(&b->behind);
		return false;
	}
	if (used > READ_ONCE(b->max_behind_used))
		WRITE_ONCE(b->max_behind_used, used);
	return true;
}
EXPORT_SYMBOL_GPL(md_behind_begin);

void md_behind_end(struct mddev *mddev)
{
	atomic_dec(&mddev->bitmap->behind);
}
EXPORT_SYMBOL_GPL(md_behind_end);

/*
 * Clearing
 */

/* Does each slot's member have all writes, and nobody need the bits for the rest? */
static bool wi_complete(struct mddev *mddev)
{
	struct md_rdev *rdev;

	lockdep_assert_held(&mddev->lock);

	/* A replacement can be behind although the array is not degraded. */
	rdev_for_each(rdev, mddev)
		if (rdev->raid_disk >= 0 && rdev->by_bitmap &&
		    !md_rdev_test(rdev, MD_RDEV_IN_SYNC) &&
		    !md_rdev_test(rdev, MD_RDEV_FAULTY))
			return false;
	return !mddev->degraded && mddev->ro == MD_RW;
}

/*
 * Bits may go while the array is complete. events_cleared says which members have all
 * writes, also after they have left: it is moved up and written before the first
 * bit goes after a member has left.
 */
static bool md_bitmap_may_clear(struct md_bitmap *b)
{
	struct mddev *mddev = b->mddev;
	bool may, complete, ask = false;

	spin_lock_irq(&mddev->lock);
	complete = wi_complete(mddev);
	may = complete && b->can_clear;
	if (complete && !b->can_clear && !b->want_clear && !mddev->external) {
		/* Without superblocks nobody comes back. */
		ask = mddev->persistent;
		b->want_clear = ask;
		b->can_clear = !ask;
	}
	spin_unlock_irq(&mddev->lock);
	if (ask)
		md_sb_request(mddev);
	return may;
}

/**
 * md_bitmap_member_left() - a member fails or is about to lack writes
 * @mddev: array
 *
 * Context: mddev->lock held.
 */
void md_bitmap_member_left(struct mddev *mddev)
{
	struct md_bitmap *b = mddev->bitmap;

	lockdep_assert_held(&mddev->lock);

	if (!b)
		return;
	b->want_clear = false;
	b->promised = false;
	spin_lock(&b->lock);
	b->can_clear = false;
	b->undo |= b->cleared || b->flushing;
	spin_unlock(&b->lock);
}

/**
 * md_bitmap_knows() - does it name all that a former member lacks?
 * @mddev: array
 * @events: of the superblock that the member, then complete, has seen last
 *
 * Context: process, mddev->lock not held.
 */
bool md_bitmap_knows(struct mddev *mddev, u64 events)
{
	struct md_bitmap *b;
	bool knows;

	spin_lock_irq(&mddev->lock);
	b = mddev->bitmap;
	knows = b && !b->failed && mddev->persistent &&
		events >= b->events_cleared && events <= mddev->events;
	spin_unlock_irq(&mddev->lock);
	return knows;
}

/* One look at a chunk whose bit is set. Returns true when that was cleared. */
static bool wi_age(struct md_bitmap *b, unsigned long chunk, bool may,
		       bool now)
{
	atomic_t *word = &b->chunks[chunk];
	int old = atomic_read(word);

	lockdep_assert_held(&b->lock);

	if (old & MD_CHUNK_WRITES)
		return false;
	if (!now && (old & MD_CHUNK_AGE) < 2 * MD_CHUNK_AGE_ONE) {
		atomic_cmpxchg(word, old, old + MD_CHUNK_AGE_ONE);
		return false;
	}
	if (!may || atomic_cmpxchg(word, old, 0) != old)
		return false;
	__clear_bit_le(chunk, b->image);
	b->cleared = true;
	__set_bit(md_bitmap_page_of(b, chunk), b->dirty);
	return true;
}

/* Returns true when a bit was cleared. */
static bool wi_scan_group(struct md_bitmap *b, unsigned long group,
			      unsigned long synced, bool may, bool now)
{
	unsigned long first = group * MD_BITMAP_GROUP, chunk;
	unsigned long end = min(first + MD_BITMAP_GROUP, b->nr_chunks);
	bool cleared = false, left = false;

	spin_lock_irq(&b->lock);
	/* Until now a member may have left, but none can before this is over. */
	may = may && b->can_clear;
	for (chunk = find_next_bit_le(b->image, end, first); chunk < end;
	     chunk = find_next_bit_le(b->image, end, chunk + 1)) {
		if (chunk < synced && wi_age(b, chunk, may, now))
			cleared = true;
		else
			left = true;
	}
	if (!left)
		__clear_bit(group, b->active);
	spin_unlock_irq(&b->lock);
	return cleared;
}

/*
 * Look at all chunks whose bit is set; those that a resync has still to do keep
 * it. False when nothing is left to look at.
 */
static bool wi_scan(struct md_bitmap *b, bool now)
{
	struct mddev *mddev = b->mddev;
	unsigned long groups = DIV_ROUND_UP(b->nr_chunks, MD_BITMAP_GROUP);
	bool cleared = false, may = md_bitmap_may_clear(b);
	unsigned long group, synced;
	sector_t resync;

	spin_lock_irq(&mddev->lock);
	resync = mddev->resync_offset;
	spin_unlock_irq(&mddev->lock);
	synced = resync >= b->sync_size ? b->nr_chunks : resync >> b->shift;

	for_each_set_bit(group, b->active, groups)
		cleared |= wi_scan_group(b, group, synced, may, now);
	if (cleared)
		wi_kick_writer(b);
	return !bitmap_empty(b->active, groups);
}

void md_bitmap_scan_work(struct work_struct *work)
{
	struct md_bitmap *b = container_of(to_delayed_work(work),
					   struct md_bitmap, scan);

	if (wi_scan(b, false))
		md_bitmap_kick_scan(b);
}

/**
 * md_bitmap_clear_idle() - clear what may be cleared without waiting further
 * @mddev: array that is about to be stopped, nothing in flight
 *
 * Context: process, may sleep.
 */
void md_bitmap_clear_idle(struct mddev *mddev)
{
	if (mddev->bitmap)
		wi_scan(mddev->bitmap, true);
}

/**
 * md_bitmap_set_sleep() - how long the scan sleeps has changed
 * @mddev: array
 *
 * Context: reconfig_mutex held.
 */
void md_bitmap_set_sleep(struct mddev *mddev)
{
	if (mddev->bitmap)
		mod_delayed_work(md_wq, &mddev->bitmap->scan,
				 mddev->bitmap_sleep);
}

/*
 * Syncing
 */

/**
 * md_bitmap_skip() - how much of a sync range needs no work
 * @b: bitmap
 * @pos: first sector
 * @limit: end of the range; lowered to where the answer changes
 *
 * A bit that is set while this looks belongs to a write that reaches every
 * member: who wants to skip has made sure of that.
 *
 * Context: any.
 * Return: true when up to *@limit nothing needs doing.
 */
bool md_bitmap_skip(struct md_bitmap *b, sector_t pos, sector_t *limit)
{
	unsigned long chunk = pos >> b->shift, next;
	sector_t end;
	bool set;

	if (chunk >= b->nr_chunks)
		return false;
	set = test_bit_le(chunk, b->image);
	next = set ? find_next_zero_bit_le(b->image, b->nr_chunks, chunk) :
		     find_next_bit_le(b->image, b->nr_chunks, chunk);
	if (next >= b->nr_chunks)
		return !set;
	/* Chunks may be smaller than members' blocks: sync keeps to pages. */
	end = (sector_t)next << b->shift;
	end = set ? round_up(end, PAGE_SECTORS) : round_down(end, PAGE_SECTORS);
	if (end <= pos) {
		end = round_up(pos + 1, PAGE_SECTORS);
		set = true;
	}
	*limit = min(*limit, end);
	return !set;
}

/**
 * md_bitmap_dirty_range() - set bits on behalf of userland
 * @b: bitmap
 * @first: first chunk
 * @last: last chunk
 *
 * Context: configuration context. Return: 0 or -EINVAL.
 */
int md_bitmap_dirty_range(struct md_bitmap *b, unsigned long first,
			  unsigned long last)
{
	unsigned long i;

	if (first > last || last >= b->nr_chunks)
		return -EINVAL;
	for (i = first; i <= last; i++) {
		spin_lock_irq(&b->lock);
		md_bitmap_set_image(b, i, true);
		atomic_andnot(MD_CHUNK_AGE, &b->chunks[i]);
		spin_unlock_irq(&b->lock);
		cond_resched();
	}
	md_bitmap_kick_scan(b);
	return 0;
}

/**
 * md_bitmap_usage() - what /proc/mdstat says
 * @b: bitmap
 * @used: filled with the groups that have set bits
 *
 * Context: any. Return: number of groups.
 */
unsigned long md_bitmap_usage(struct md_bitmap *b, unsigned long *used)
{
	unsigned long groups = DIV_ROUND_UP(b->nr_chunks, MD_BITMAP_GROUP);

	*used = bitmap_weight(b->active, groups);
	return groups;
}
