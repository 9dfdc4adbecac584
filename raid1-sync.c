// SPDX-License-Identifier: GPL-2.0
/*
 * RAID1: resync, recovery, check and repair, in units of up to 1 MiB that each
 * have a window of their own.
 *
 * A unit is idle, or busy with a range: planned by the sync thread, then read,
 * then written, the later phases by its work. Where that fails it is copied
 * again piece by piece. Read repair never touches a range that a unit is busy
 * with, as both write what they have read before.
 */
#include <linux/slab.h>

#include "raid1.h"

/* Sync: units in flight, their size, and what all of them may occupy. */
#define R1_UNITS		8
#define R1_UNIT_SECTORS_MAX	(SZ_1M >> SECTOR_SHIFT)
#define R1_UNIT_SECTORS_MIN	(SZ_64K >> SECTOR_SHIFT)
#define R1_SYNC_SECTORS		(SZ_16M >> SECTOR_SHIFT)
/* Check compares, counts and rewrites in grains of this many sectors. */
#define R1_GRAIN		8
#define R1_GRAINS		(R1_UNIT_SECTORS_MAX / R1_GRAIN)
/* Resync looks after so many units which way is faster ... */
#define R1_BATCH		32
/* ... and tries the other one every so many batches. */
#define R1_PROBE		16

/* One buffer of a unit: few bvecs, as memory comes in large folios if it can. */
struct r1_buf {
	struct bio_vec *vec;
	unsigned short nr;
};

enum r1_role { R1_SOURCE, R1_TARGET };

struct r1_unit_io {
	struct bio bio;
	struct r1_unit *unit;
	struct md_rdev *rdev;
	struct r1_buf *buf;		/* of a source */
	enum r1_role role;
	bool submitted;			/* in the present phase */
	bool over_bad;
	unsigned int first, end;	/* sectors of the unit to be written */
};

/* A range that the sync thread works on. */
struct r1_unit {
	struct list_head list;		/* conf->idle or conf->busy; conf->lock */
	struct r1_conf *conf;
	struct work_struct work;
	struct md_window window;
	sector_t start;
	sector_t sectors;
	enum md_sync_action action;
	bool writing;			/* phase */
	bool equal;			/* resync: members may hold the same */
	atomic_t remaining;
	unsigned int nr_io;
	struct r1_unit_io *io;
	struct r1_buf *bufs;
	struct page *scratch[2];
};

static bool r1_unit_compares(const struct r1_unit *unit)
{
	return unit->action == MD_ACTION_CHECK || unit->action == MD_ACTION_REPAIR;
}

static void r1_buf_free(struct r1_buf *buf)
{
	while (buf->nr--)
		__free_pages(buf->vec[buf->nr].bv_page,
			     get_order(buf->vec[buf->nr].bv_len));
	kvfree(buf->vec);
}

/* Few large pieces, or many small ones. On failure it is to be freed, too. */
static int r1_buf_alloc(struct r1_buf *buf, size_t bytes)
{
	unsigned int order = get_order(bytes);
	struct page *page;
	gfp_t gfp;

	buf->nr = 0;
	buf->vec = kvcalloc(bytes >> PAGE_SHIFT, sizeof(*buf->vec), GFP_KERNEL);
	if (!buf->vec)
		return -ENOMEM;
	while (bytes) {
		while (order && PAGE_SIZE << order > bytes)
			order--;
		/* Members behind a network take references of pages inside. */
		gfp = GFP_KERNEL | __GFP_NOWARN |
		      (order ? __GFP_NORETRY | __GFP_COMP : 0);
		page = alloc_pages(gfp, order);
		if (!page) {
			if (!order)
				return -ENOMEM;
			order--;
			continue;
		}
		bvec_set_page(&buf->vec[buf->nr++], page, PAGE_SIZE << order, 0);
		bytes -= PAGE_SIZE << order;
	}
	return 0;
}

static void r1_unit_free(struct r1_conf *conf, struct r1_unit *unit)
{
	unsigned int i;

	for (i = 0; unit->bufs && i < conf->nr_bufs; i++)
		r1_buf_free(&unit->bufs[i]);
	for (i = 0; i < ARRAY_SIZE(unit->scratch); i++)
		if (unit->scratch[i])
			__free_page(unit->scratch[i]);
	kfree(unit->bufs);
	kvfree(unit->io);
}

static void r1_unit_work(struct work_struct *work);

static int r1_unit_alloc(struct r1_conf *conf, struct r1_unit *unit)
{
	unsigned int i;

	memset(unit, 0, sizeof(*unit));
	unit->conf = conf;
	INIT_WORK(&unit->work, r1_unit_work);
	unit->io = kvcalloc(conf->nr_ios, sizeof(*unit->io), GFP_KERNEL);
	unit->bufs = kcalloc(conf->nr_bufs, sizeof(*unit->bufs), GFP_KERNEL);
	if (!unit->io || !unit->bufs)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(unit->scratch); i++) {
		unit->scratch[i] = alloc_page(GFP_KERNEL);
		if (!unit->scratch[i])
			return -ENOMEM;
	}
	for (i = 0; i < conf->nr_bufs; i++)
		if (r1_buf_alloc(&unit->bufs[i], conf->unit_sectors << SECTOR_SHIFT))
			return -ENOMEM;
	return 0;
}

void r1_sync_end(struct mddev *mddev)
{
	struct r1_conf *conf = mddev->private;

	spin_lock_irq(&conf->lock);
	wait_event_lock_irq(conf->wait, list_empty(&conf->busy), conf->lock);
	INIT_LIST_HEAD(&conf->idle);
	spin_unlock_irq(&conf->lock);

	while (conf->nr_units)
		r1_unit_free(conf, &conf->units[--conf->nr_units]);
	kfree(conf->units);
	conf->units = NULL;
}

/* One unit of the smallest size is enough to go on. */
int r1_sync_begin(struct mddev *mddev)
{
	struct r1_conf *conf = mddev->private;
	enum md_sync_action action = mddev->sync.action;
	struct r1_unit *unit;

	conf->nr_ios = conf->nr_targets;
	conf->nr_bufs = action == MD_ACTION_RECOVER ? 1 : conf->nr_targets;
	memset(&conf->pick, 0, sizeof(conf->pick));
	conf->unit_sectors = R1_UNIT_SECTORS_MAX;
	while (conf->unit_sectors > R1_UNIT_SECTORS_MIN &&
	       conf->unit_sectors * conf->nr_bufs * R1_UNITS > R1_SYNC_SECTORS)
		conf->unit_sectors /= 2;

	conf->nr_units = 0;
	conf->units = kcalloc(R1_UNITS, sizeof(*conf->units), GFP_KERNEL);
	if (!conf->units)
		return -ENOMEM;
	while (conf->nr_units < R1_UNITS) {
		unit = &conf->units[conf->nr_units];
		if (!r1_unit_alloc(conf, unit)) {
			unit->action = action;
			list_add_tail(&unit->list, &conf->idle);
			conf->nr_units++;
			continue;
		}
		r1_unit_free(conf, unit);
		if (conf->nr_units)
			break;
		if (conf->unit_sectors <= R1_UNIT_SECTORS_MIN) {
			r1_sync_end(mddev);
			return -ENOMEM;
		}
		conf->unit_sectors /= 2;
	}
	return 0;
}

static void r1_unit_put(struct r1_unit *unit)
{
	struct r1_conf *conf = unit->conf;

	spin_lock_irq(&conf->lock);
	list_move(&unit->list, &conf->idle);
	spin_unlock_irq(&conf->lock);
	wake_up_all(&conf->wait);
}

static void r1_unit_finish(struct r1_unit *unit, bool ok)
{
	struct mddev *mddev = unit->conf->mddev;

	md_window_close(mddev, &unit->window);
	/* Only recovery fails, and would again. */
	if (!ok)
		WRITE_ONCE(mddev->sync.recovery_disabled, true);
	md_sync_done(mddev, unit->sectors, ok);
	r1_unit_put(unit);
}

static void r1_unit_put_io(struct r1_unit *unit)
{
	if (atomic_dec_and_test(&unit->remaining))
		queue_work(unit->conf->io_wq, &unit->work);
}

static void r1_unit_endio(struct bio *bio)
{
	struct r1_unit_io *io = container_of(bio, struct r1_unit_io, bio);

	r1_unit_put_io(io->unit);
}

/* Start a member's part of a phase: sectors @first to @end of the unit. */
static void r1_unit_submit(struct r1_unit_io *io, struct r1_buf *buf,
			   enum req_op op, unsigned int first, unsigned int end)
{
	struct r1_unit *unit = io->unit;
	struct bio *bio = &io->bio;

	bio_init(bio, io->rdev->bdev, buf->vec, buf->nr, op);
	bio->bi_vcnt = buf->nr;
	bio->bi_iter.bi_sector = unit->start + io->rdev->data_offset;
	bio->bi_iter.bi_size = end << SECTOR_SHIFT;
	if (first)
		bio_advance_iter(bio, &bio->bi_iter, first << SECTOR_SHIFT);
	bio->bi_end_io = r1_unit_endio;
	io->submitted = true;
	atomic_inc(&unit->remaining);
	md_sync_acct(io->rdev, end - first);
	submit_bio_noacct(bio);
}

static void r1_unit_read(struct r1_unit *unit)
{
	unsigned int i;

	unit->writing = false;
	atomic_set(&unit->remaining, 1);
	for (i = 0; i < unit->nr_io; i++) {
		struct r1_unit_io *io = &unit->io[i];

		if (io->role == R1_SOURCE)
			r1_unit_submit(io, io->buf, REQ_OP_READ, 0, unit->sectors);
	}
	r1_unit_put_io(unit);
}

/* Write what a member lacks; the work function is called in any case. */
static void r1_unit_write(struct r1_unit *unit, struct r1_buf *good)
{
	unsigned int i;

	unit->writing = true;
	atomic_set(&unit->remaining, 1);
	for (i = 0; i < unit->nr_io; i++) {
		struct r1_unit_io *io = &unit->io[i];

		io->submitted = false;
		if (io->end > io->first && !r1_faulty(io->rdev))
			r1_unit_submit(io, good, REQ_OP_WRITE, io->first, io->end);
	}
	r1_unit_put_io(unit);
}

/*
 * Copy piece by piece to the targets whose write failed, or to all of them if
 * it was the reading. Returns false when recovery can't be complete.
 */
static bool r1_unit_by_pieces(struct r1_unit *unit, struct md_rdev *source)
{
	struct r1_conf *conf = unit->conf;
	sector_t sector, end = unit->start + unit->sectors, n;
	bool ok = true, lost;
	unsigned int i;

	for (sector = unit->start; sector < end; sector += n) {
		n = r1_fix_piece(conf, source, sector, end - sector,
				 unit->scratch, true);
		lost = !n;
		if (lost) {
			n = min_t(sector_t, conf->block, end - sector);
			pr_warn_ratelimited("md/%s: no member can supply sector %llu, not copied\n",
					    mdname(conf->mddev),
					    (unsigned long long)sector);
		}
		for (i = 0; i < unit->nr_io; i++) {
			struct r1_unit_io *io = &unit->io[i];

			if (io->end == io->first || r1_faulty(io->rdev) ||
			    (unit->writing && !io->bio.bi_status))
				continue;
			if (lost) {
				if (unit->action == MD_ACTION_RECOVER &&
				    !md_rdev_add_badblocks(io->rdev, sector, n))
					ok = false;
			} else if (r1_page_io(io->rdev, sector, n,
					      unit->scratch[0], REQ_OP_WRITE)) {
				r1_note_write_error(conf, io->rdev, sector, n);
				r1_record_bad(conf, io->rdev, sector, n);
			} else if (io->over_bad) {
				md_rdev_clear_badblocks(io->rdev, sector, n);
			}
		}
	}
	return ok;
}

/* A member can't read in a check or repair: cure what can be cured. */
static void r1_unit_cure(struct r1_unit *unit, struct md_rdev *rdev)
{
	struct r1_conf *conf = unit->conf;
	sector_t sector, end = unit->start + unit->sectors, n;

	for (sector = unit->start; sector < end && !r1_faulty(rdev); sector += n)
		n = r1_fix_piece(conf, rdev, sector, end - sector,
				 unit->scratch, true) ?: conf->block;
}

/* As fast as it gets without vectors: memcmp() looks at each word by itself. */
static bool r1_same(const void *a, const void *b, unsigned int bytes)
{
	const u64 *x = a, *y = b;

	for (; bytes >= 64; bytes -= 64, x += 8, y += 8)
		if (((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) |
		     (x[3] ^ y[3]) | (x[4] ^ y[4]) | (x[5] ^ y[5]) |
		     (x[6] ^ y[6]) | (x[7] ^ y[7])))
			return false;
	return true;
}

/* Compare two pieces of memory that begin at sector @at of a unit. */
static void r1_compare_piece(const void *a, const void *b, unsigned int bytes,
			     unsigned int at, struct r1_unit_io *io,
			     unsigned long *differ)
{
	unsigned int off, len, grain;

	if (likely(r1_same(a, b, bytes)))
		return;
	for (off = 0; off < bytes; off += len) {
		grain = (at + (off >> SECTOR_SHIFT)) / R1_GRAIN;
		len = min_t(unsigned int, bytes - off, R1_GRAIN << SECTOR_SHIFT);
		if (!memcmp(a + off, b + off, len))
			continue;
		__set_bit(grain, differ);
		if (io->end == io->first)
			io->first = at + (off >> SECTOR_SHIFT);
		io->end = at + ((off + len) >> SECTOR_SHIFT);
	}
}

/* Find out where @io's data differ from @good: io->first to io->end. */
static void r1_compare(struct r1_unit *unit, struct r1_buf *good,
		       struct r1_unit_io *io, unsigned long *differ)
{
	struct bvec_iter ia = { .bi_size = unit->sectors << SECTOR_SHIFT };
	struct bvec_iter ib = ia;
	unsigned int at = 0, len;

	while (ia.bi_size) {
		struct bio_vec a = mp_bvec_iter_bvec(good->vec, ia);
		struct bio_vec b = mp_bvec_iter_bvec(io->buf->vec, ib);

		len = min(a.bv_len, b.bv_len);
		r1_compare_piece(page_address(a.bv_page) + a.bv_offset,
				 page_address(b.bv_page) + b.bv_offset,
				 len, at, io, differ);
		bvec_iter_advance(good->vec, &ia, len);
		bvec_iter_advance(io->buf->vec, &ib, len);
		at += len >> SECTOR_SHIFT;
	}
}

/* All members were read: count, and note for repair, what differs. */
static struct r1_buf *r1_unit_compare(struct r1_unit *unit)
{
	struct mddev *mddev = unit->conf->mddev;
	DECLARE_BITMAP(differ, R1_GRAINS) = { };
	struct r1_buf *good = NULL;
	unsigned int i, grain, sectors = 0;

	for (i = 0; i < unit->nr_io; i++) {
		struct r1_unit_io *io = &unit->io[i];

		if (io->role != R1_SOURCE)
			continue;
		if (io->bio.bi_status)
			r1_unit_cure(unit, io->rdev);
		else if (!good)
			good = io->buf;
		else
			r1_compare(unit, good, io, differ);
	}
	for_each_set_bit(grain, differ, R1_GRAINS)
		sectors += min_t(sector_t, R1_GRAIN,
				 unit->sectors - grain * R1_GRAIN);
	if (sectors)
		atomic64_add(sectors, &mddev->sync.mismatches);
	return good;
}

static struct md_rdev *r1_unit_source(struct r1_unit *unit, struct r1_buf *buf)
{
	unsigned int i;

	for (i = 0; i < unit->nr_io; i++)
		if (unit->io[i].role == R1_SOURCE &&
		    (!buf || unit->io[i].buf == buf))
			return unit->io[i].rdev;
	return NULL;
}

static void r1_unit_release_bios(struct r1_unit *unit)
{
	unsigned int i;

	for (i = 0; i < unit->nr_io; i++)
		if (unit->io[i].submitted)
			bio_uninit(&unit->io[i].bio);
}

static bool r1_unit_read_failed(struct r1_unit *unit)
{
	unsigned int i;

	for (i = 0; i < unit->nr_io; i++)
		if (unit->io[i].role == R1_SOURCE && unit->io[i].bio.bi_status)
			return true;
	return false;
}

/*
 * Resync has read all members. Note what differs from the first one; if one of
 * them could not be read, that is all of it.
 */
static bool r1_unit_differs(struct r1_unit *unit)
{
	DECLARE_BITMAP(differ, R1_GRAINS) = { };
	bool failed = r1_unit_read_failed(unit);
	bool differs = failed;
	unsigned int i;

	for (i = 1; i < unit->nr_io; i++) {
		struct r1_unit_io *io = &unit->io[i];

		if (failed)
			io->end = unit->sectors;
		else
			r1_compare(unit, unit->io[0].buf, io, differ);
		differs |= io->end > io->first;
	}
	return differs;
}

static void r1_unit_read_done(struct r1_unit *unit)
{
	struct r1_buf *good;

	r1_unit_release_bios(unit);
	if (r1_unit_compares(unit)) {
		good = r1_unit_compare(unit);
		if (!good || unit->action == MD_ACTION_CHECK)
			r1_unit_finish(unit, true);
		else
			r1_unit_write(unit, good);
		return;
	}
	if (unit->equal && !r1_unit_differs(unit))
		r1_unit_finish(unit, true);
	else if (r1_unit_read_failed(unit))
		r1_unit_finish(unit, r1_unit_by_pieces(unit, unit->io[0].rdev));
	else
		r1_unit_write(unit, unit->io[0].buf);
}

static void r1_unit_write_done(struct r1_unit *unit)
{
	bool failed = false;
	unsigned int i;

	r1_unit_release_bios(unit);
	for (i = 0; i < unit->nr_io; i++) {
		struct r1_unit_io *io = &unit->io[i];

		if (!io->submitted)
			io->bio.bi_status = BLK_STS_OK;
		else if (io->bio.bi_status)
			failed = true;
		else if (io->over_bad)
			md_rdev_clear_badblocks(io->rdev, unit->start + io->first,
						io->end - io->first);
	}
	r1_unit_finish(unit, !failed ||
		       r1_unit_by_pieces(unit, r1_unit_source(unit, NULL)));
}

static void r1_unit_work(struct work_struct *work)
{
	struct r1_unit *unit = container_of(work, struct r1_unit, work);

	if (unit->writing)
		r1_unit_write_done(unit);
	else
		r1_unit_read_done(unit);
}

static void r1_unit_add(struct r1_unit *unit, struct md_rdev *rdev,
			enum r1_role role)
{
	struct r1_unit_io *io = &unit->io[unit->nr_io];

	io->unit = unit;
	io->rdev = rdev;
	io->role = role;
	io->buf = NULL;
	if (role == R1_SOURCE)
		io->buf = &unit->bufs[unit->nr_io];
	io->submitted = false;
	io->over_bad = false;
	io->first = 0;
	io->end = 0;
	unit->nr_io++;
}

/* Let a member be written, bad blocks included unless that has failed before. */
static bool r1_unit_add_target(struct r1_unit *unit, struct md_rdev *rdev)
{
	bool bad = !r1_clean(rdev, unit->start, unit->sectors);

	if (bad && md_rdev_test(rdev, MD_RDEV_WRITE_ERROR) &&
	    !r1_clean_at(unit->conf, rdev, unit->start, &unit->sectors))
		return false;
	r1_unit_add(unit, rdev, R1_TARGET);
	unit->io[unit->nr_io - 1].over_bad = bad;
	return true;
}

/* Does resync or recovery have to write a member? */
static bool r1_is_target(const struct r1_unit *unit, const struct md_rdev *rdev,
			 const struct md_rdev *source)
{
	bool readable = r1_readable(rdev, unit->start + unit->sectors);

	if (unit->action == MD_ACTION_RECOVER)
		return !readable && !r1_faulty(rdev);
	return readable && rdev != source;
}

/* Resync and recovery: from one member to others. False if recovery fails. */
static bool r1_plan_copy(struct r1_unit *unit)
{
	struct r1_conf *conf = unit->conf;
	sector_t len, want = unit->sectors, shortest = want;
	struct md_rdev *rdev, *source = NULL;
	bool wanted = false, readable = false;
	unsigned int i;

	for (i = 0; i < conf->nr_targets; i++) {
		rdev = conf->targets[i].rdev;
		wanted |= r1_is_target(unit, rdev, NULL);
		if (!r1_readable(rdev, unit->start + want))
			continue;
		readable = true;
		len = want;
		if (!r1_clean_at(conf, rdev, unit->start, &len)) {
			shortest = min(shortest, len);
			continue;
		}
		/* The same choice as r1_choose() makes while copies differ. */
		if (!source || (md_rdev_test(source, MD_RDEV_WRITE_MOSTLY) &&
				!md_rdev_test(rdev, MD_RDEV_WRITE_MOSTLY))) {
			source = rdev;
			unit->sectors = len;
		}
	}
	if (!wanted)
		return true;
	if (!readable)
		return false;
	if (source) {
		r1_unit_add(unit, source, R1_SOURCE);
		for (i = 0; i < conf->nr_targets; i++) {
			rdev = conf->targets[i].rdev;
			if (r1_is_target(unit, rdev, source))
				r1_unit_add_target(unit, rdev);
		}
		if (unit->nr_io == 1)
			unit->nr_io = 0;
		return true;
	}

	/* Known to be bad wherever it could come from. */
	unit->sectors = shortest;
	for (i = 0; i < conf->nr_targets; i++) {
		rdev = conf->targets[i].rdev;
		if (unit->action == MD_ACTION_RECOVER &&
		    r1_is_target(unit, rdev, NULL) &&
		    !md_rdev_add_badblocks(rdev, unit->start, unit->sectors))
			return false;
	}
	return true;
}

/*
 * Resync can read all members and write what differs, or read one and write the
 * others. Which is faster depends on the members (their speed of reading and
 * writing, thin or not) and on how much of them is equal: after a crash nearly
 * all, after creation all or nothing. So time both, and now and then again.
 */
static bool r1_pick_comparing(struct r1_conf *conf)
{
	struct r1_pick *pick = &conf->pick;
	u64 now;

	if (pick->left--)
		return pick->compare;

	/* The members' time; keeping to a speed limit says nothing about them. */
	now = ktime_get_ns() - conf->mddev->sync.napped;
	if (pick->batches)
		pick->cost[pick->compare] = now - pick->since;
	pick->since = now;
	if (pick->batches < 2) {
		pick->compare = !pick->batches;
	} else {
		pick->compare = pick->cost[true] <= pick->cost[false];
		if (pick->batches % R1_PROBE == 0)
			pick->compare = !pick->compare;
	}
	pick->batches++;
	pick->left = R1_BATCH - 1;
	return pick->compare;
}

/* False when this isn't the time for comparing, or it isn't as simple as that. */
static bool r1_plan_equal(struct r1_unit *unit)
{
	struct r1_conf *conf = unit->conf;
	unsigned int i;

	if (!r1_pick_comparing(conf))
		return false;
	for (i = 0; i < conf->nr_targets; i++) {
		struct md_rdev *rdev = conf->targets[i].rdev;

		if (!r1_good(rdev) || md_rdev_test(rdev, MD_RDEV_WRITE_MOSTLY) ||
		    !r1_clean(rdev, unit->start, unit->sectors)) {
			unit->nr_io = 0;
			return false;
		}
		r1_unit_add(unit, rdev, R1_SOURCE);
	}
	unit->equal = true;
	return true;
}

/* Check and repair: all members, bad blocks of some cured from the others. */
static void r1_plan_compare(struct r1_unit *unit)
{
	struct r1_conf *conf = unit->conf;
	sector_t end = unit->start + unit->sectors;
	unsigned int i, sources = 0;

	for (i = 0; i < conf->nr_targets; i++) {
		struct md_rdev *rdev = conf->targets[i].rdev;

		if (!r1_readable(rdev, end))
			continue;
		if (r1_clean_at(conf, rdev, unit->start, &unit->sectors)) {
			r1_unit_add(unit, rdev, R1_SOURCE);
			sources++;
		} else if (unit->action == MD_ACTION_REPAIR &&
			   !md_rdev_test(rdev, MD_RDEV_WRITE_ERROR)) {
			r1_unit_add_target(unit, rdev);
		}
	}
	if (!sources || unit->nr_io == 1)
		unit->nr_io = 0;
}

static bool r1_unit_may_start(struct r1_conf *conf, sector_t start, sector_t end)
{
	return !list_empty(&conf->idle) &&
	       !(conf->repairing && r1_overlap(start, end, conf->repair_start,
					       conf->repair_end));
}

/* Wait for a unit, and for the read repair of its range. */
static struct r1_unit *r1_unit_get(struct r1_conf *conf, sector_t start,
				   sector_t sectors)
{
	struct r1_unit *unit;

	spin_lock_irq(&conf->lock);
	wait_event_lock_irq(conf->wait,
			    r1_unit_may_start(conf, start, start + sectors),
			    conf->lock);
	unit = list_first_entry(&conf->idle, struct r1_unit, list);
	unit->start = start;
	unit->sectors = sectors;
	unit->nr_io = 0;
	unit->equal = false;
	list_move(&unit->list, &conf->busy);
	spin_unlock_irq(&conf->lock);
	return unit;
}

sector_t r1_sync_range(struct mddev *mddev, sector_t start, sector_t max,
		       bool *skipped)
{
	struct r1_conf *conf = mddev->private;
	struct r1_unit *unit;
	unsigned int i, alive = 0, good = 0;
	sector_t sectors;
	bool ok = true;

	for (i = 0; i < conf->nr_targets; i++) {
		alive += !r1_faulty(conf->targets[i].rdev);
		good += r1_good(conf->targets[i].rdev);
	}
	/* A lonely member that isn't in sync must not count as recovered. */
	if (alive == 1 && good == 1) {
		*skipped = true;
		return max;
	}

	/* Bios to members keep to the grid of unit_sectors. */
	max = min(max, conf->unit_sectors - (start & (conf->unit_sectors - 1)));
	unit = r1_unit_get(conf, start, max);
	/*
	 * Writes that the window waits for may fail a member or leave bad blocks:
	 * who holds the newest data is known only after them.
	 */
	md_window_open(mddev, &unit->window, start, max);
	if (r1_unit_compares(unit))
		r1_plan_compare(unit);
	else if (unit->action != MD_ACTION_RESYNC || !r1_plan_equal(unit))
		ok = r1_plan_copy(unit);
	sectors = unit->sectors;

	if (!unit->nr_io) {
		md_window_close(mddev, &unit->window);
		r1_unit_put(unit);
		if (!ok) {
			WRITE_ONCE(mddev->sync.recovery_disabled, true);
			return -EIO;
		}
		*skipped = true;
		return sectors;
	}
	for (i = 0; i < unit->nr_io; i++)
		if (unit->io[i].role == R1_TARGET)
			unit->io[i].end = sectors;
	r1_unit_read(unit);
	return sectors;
}

static bool r1_repair_may_start(struct r1_conf *conf, sector_t start,
				sector_t end)
{
	struct r1_unit *unit;

	lockdep_assert_held(&conf->lock);

	if (conf->repairing)
		return false;
	list_for_each_entry(unit, &conf->busy, list)
		if (r1_overlap(start, end, unit->start,
			       unit->start + unit->sectors))
			return false;
	return true;
}

void r1_repair_begin(struct r1_conf *conf, sector_t start, sector_t end)
{
	spin_lock_irq(&conf->lock);
	wait_event_lock_irq(conf->wait, r1_repair_may_start(conf, start, end),
			    conf->lock);
	conf->repairing = true;
	conf->repair_start = start;
	conf->repair_end = end;
	spin_unlock_irq(&conf->lock);
}

void r1_repair_end(struct r1_conf *conf)
{
	spin_lock_irq(&conf->lock);
	conf->repairing = false;
	spin_unlock_irq(&conf->lock);
	wake_up_all(&conf->wait);
}

