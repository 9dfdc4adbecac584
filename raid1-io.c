// SPDX-License-Identifier: GPL-2.0
/*
 * RAID1: reads and writes.
 *
 * A request is one allocation that has room for its clones. Whatever a clone
 * needs is allocated before the first one is submitted, and nobody waits after.
 */
#include <linux/interval_tree_generic.h>
#include <linux/slab.h>
#include <trace/events/block.h>

#include "raid1.h"

/* Clones that fit into a request from r1_write_cache. */
#define R1_CACHED_CLONES	2
/* A sequential reader may move to an idler member after so many sectors. */
#define R1_STREAM_SECTORS	(SZ_1M >> SECTOR_SHIFT)

#define R1_FAILFAST	(REQ_FAILFAST_DEV | REQ_FAILFAST_TRANSPORT)
#define R1_READ_FLAGS	(BIT(MD_RDEV_FAULTY) | BIT(MD_RDEV_IN_SYNC) | \
			 BIT(MD_RDEV_WRITE_MOSTLY))

struct r1_read {
	struct md_io io;
	struct r1_conf *conf;
	struct md_rdev *rdev;
	struct work_struct work;
	struct bio clone;
};

struct r1_clone {
	struct bio bio;
	struct md_rdev *rdev;
	bool over_bad;			/* covers known bad blocks */
	bool flush_only;		/* a flush for a member that skips the data */
	bool behind;			/* the write is acknowledged without it */
};

struct r1_write {
	struct md_io io;
	struct r1_conf *conf;
	atomic_t remaining;
	atomic_t front;			/* clones to be waited for; if copy is set */
	struct bio *copy;		/* of the data, for clones behind */
	unsigned int nr_clones;
	bool slow;			/* needs r1_write_work() */
	bool serial;			/* in conf->writes */
	struct work_struct work;
	struct rb_node rb;
	sector_t start, last, subtree_last;
};

/* The clones follow the request, as many as conf->write_room. */
static struct r1_clone *r1_clones(struct r1_write *req)
{
	return (struct r1_clone *)(req + 1);
}

static size_t r1_write_bytes(unsigned int clones)
{
	return sizeof(struct r1_write) + clones * sizeof(struct r1_clone);
}

static struct kmem_cache *r1_read_cache;
static struct kmem_cache *r1_write_cache;

#define R1_START(req)	((req)->start)
#define R1_LAST(req)	((req)->last)
INTERVAL_TREE_DEFINE(struct r1_write, rb, sector_t, subtree_last, R1_START,
		     R1_LAST, static __maybe_unused, r1_tree);

/* Point a clone that has no device yet at a member. */
static void r1_aim(struct bio *clone, struct bio *bio, struct md_rdev *rdev)
{
	clone->bi_bdev = rdev->bdev;
	bio_clone_blkg_association(clone, bio);
	clone->bi_iter.bi_sector += rdev->data_offset;
	trace_block_bio_remap(clone, bio_dev(bio), bio->bi_iter.bi_sector);
}

static gfp_t r1_gfp(const struct bio *bio)
{
	return bio->bi_opf & REQ_NOWAIT ? GFP_NOWAIT : GFP_NOIO;
}

/*
 * Reading
 */

/* Is a member not to be read, or only if nothing else is left? */
static bool r1_read_class(struct r1_conf *conf, struct md_rdev *rdev,
			  sector_t sector, sector_t *sectors, bool *last_choice)
{
	*last_choice = md_rdev_test(rdev, MD_RDEV_WRITE_MOSTLY);
	return r1_readable(rdev, sector + *sectors) &&
	       r1_clean_at(conf, rdev, sector, sectors);
}

/*
 * Choose a member to read from; *@sectors is shortened to what it can supply.
 * As long as copies may differ, it is always the first one that can.
 */
static struct r1_target *r1_choose(struct r1_conf *conf, sector_t sector,
				   sector_t *sectors)
{
	const sector_t want = *sectors;
	const bool first = READ_ONCE(conf->mddev->resync_offset) < sector + want;
	struct r1_target *best = NULL, *t = conf->targets;
	struct r1_target *const stop = t + conf->nr_targets;
	unsigned int load, best_load = 0;
	sector_t dist, best_dist = 0, len, best_len = 0;
	bool last_choice, best_last_choice = true;

	for (; t < stop; t++) {
		struct md_rdev *rdev = t->rdev;
		sector_t head = READ_ONCE(t->head);

		len = want;
		last_choice = false;
		if (unlikely((READ_ONCE(rdev->flags) & R1_READ_FLAGS) !=
			     BIT(MD_RDEV_IN_SYNC) ||
			     READ_ONCE(rdev->badblocks.count)) &&
		    !r1_read_class(conf, rdev, sector, &len, &last_choice))
			continue;

		dist = head > sector ? head - sector : sector - head;
		load = 0;
		if (conf->by_load &&
		    (dist || (!t->rotational &&
			      sector - READ_ONCE(t->stream) >= R1_STREAM_SECTORS)))
			load = atomic_read(&rdev->nr_pending);

		if (best) {
			if (last_choice != best_last_choice) {
				if (last_choice)
					continue;
			} else if (first || len < best_len) {
				continue;
			} else if (len == best_len &&
				   (load > best_load || (load == best_load &&
							 dist >= best_dist))) {
				continue;
			}
		}
		best = t;
		best_load = load;
		best_dist = dist;
		best_len = len;
		best_last_choice = last_choice;
	}
	if (likely(best)) {
		*sectors = best_len;
		if (best_dist)
			WRITE_ONCE(best->stream, sector);
		WRITE_ONCE(best->head, sector + best_len);
	}
	return best;
}

/* Could another member supply a range? */
static bool r1_has_other(struct r1_conf *conf, const struct md_rdev *rdev,
			 sector_t sector, sector_t sectors)
{
	unsigned int i;

	for (i = 0; i < conf->nr_targets; i++) {
		struct md_rdev *other = conf->targets[i].rdev;

		if (other != rdev && r1_readable(other, sector + sectors) &&
		    r1_clean(other, sector, sectors))
			return true;
	}
	return false;
}

/* Wait until no member lacks what was acknowledged in a range. */
static bool r1_behind_settle(struct r1_conf *conf, struct bio *bio)
{
	sector_t start = bio->bi_iter.bi_sector, last = bio_end_sector(bio) - 1;
	bool ok = true;

	if (likely(!READ_ONCE(conf->mddev->bitmap_behind)))
		return true;
	spin_lock_irq(&conf->lock);
	if (bio->bi_opf & REQ_NOWAIT)
		ok = !r1_tree_iter_first(&conf->writes, start, last);
	else
		wait_event_lock_irq(conf->wait,
				    !r1_tree_iter_first(&conf->writes, start, last),
				    conf->lock);
	spin_unlock_irq(&conf->lock);
	return ok;
}

static void r1_read_finish(struct r1_read *req, blk_status_t status)
{
	struct md_io io = req->io;

	/* Once the gate is left, nothing keeps the pool. */
	mempool_free(req, req->conf->read_pool);
	md_io_end(&io, status);
}

static void r1_read_work(struct work_struct *work);

static void r1_read_endio(struct bio *clone)
{
	struct r1_read *req = container_of(clone, struct r1_read, clone);
	blk_status_t status = clone->bi_status;

	atomic_dec(&req->rdev->nr_pending);
	bio_uninit(clone);
	if (likely(!status) ||
	    (status == BLK_STS_AGAIN && (clone->bi_opf & REQ_NOWAIT))) {
		r1_read_finish(req, status);
		return;
	}
	INIT_WORK(&req->work, r1_read_work);
	queue_work(req->conf->read_wq, &req->work);
}

static void r1_read_submit(struct r1_read *req, struct md_rdev *rdev)
{
	struct bio *clone = &req->clone, *bio = req->io.bio;

	req->rdev = rdev;
	if (unlikely(bio_init_clone(NULL, clone, bio, r1_gfp(bio)))) {
		r1_read_finish(req, bio->bi_opf & REQ_NOWAIT ? BLK_STS_AGAIN :
							       BLK_STS_RESOURCE);
		return;
	}
	r1_aim(clone, bio, rdev);
	clone->bi_end_io = r1_read_endio;
	if (unlikely(md_rdev_test(rdev, MD_RDEV_FAILFAST)) &&
	    r1_has_other(req->conf, rdev, bio->bi_iter.bi_sector,
			 bio_sectors(bio)))
		clone->bi_opf |= R1_FAILFAST;
	atomic_inc(&rdev->nr_pending);
	submit_bio_noacct(clone);
}

/* A read has failed: other members have the data, and may cure the one. */
static void r1_read_work(struct work_struct *work)
{
	struct r1_read *req = container_of(work, struct r1_read, work);
	struct r1_conf *conf = req->conf;
	struct bio *bio = req->io.bio;
	sector_t sectors = bio_sectors(bio);
	struct r1_target *t;

	if ((req->clone.bi_opf & REQ_FAILFAST_MASK) &&
	    md_rdev_test(req->rdev, MD_RDEV_FAILFAST))
		md_error(conf->mddev, req->rdev);

	/* A member that has failed isn't chosen again: this comes to an end. */
	if (r1_faulty(req->rdev)) {
		t = r1_choose(conf, bio->bi_iter.bi_sector, &sectors);
		if (t && sectors == bio_sectors(bio) &&
		    (!md_rdev_test(t->rdev, MD_RDEV_WRITE_MOSTLY) ||
		     r1_behind_settle(conf, bio))) {
			r1_read_submit(req, t->rdev);
			return;
		}
	}
	r1_read_finish(req, r1_read_by_pieces(conf, req->rdev, bio));
}

static void r1_reject(struct mddev *mddev, struct bio *bio, blk_status_t status)
{
	struct md_io io;

	md_io_start(&io, mddev, bio);
	md_io_end(&io, status);
}

static void r1_read(struct r1_conf *conf, struct bio *bio)
{
	sector_t sectors = bio_sectors(bio);
	struct bio *rest = NULL;
	struct r1_target *t;
	struct r1_read *req;

	t = r1_choose(conf, bio->bi_iter.bi_sector, &sectors);
	if (unlikely(!t)) {
		r1_reject(conf->mddev, bio, BLK_STS_IOERR);
		return;
	}
	if (unlikely(sectors < bio_sectors(bio))) {
		if (bio->bi_opf & REQ_NOWAIT) {
			r1_reject(conf->mddev, bio, BLK_STS_AGAIN);
			return;
		}
		rest = bio;
		bio = bio_split(rest, sectors, GFP_NOIO, &conf->split_reads);
		bio_chain(bio, rest);
	}
	if (unlikely(md_rdev_test(t->rdev, MD_RDEV_WRITE_MOSTLY)) &&
	    !r1_behind_settle(conf, bio))
		goto would_block;
	req = mempool_alloc(conf->read_pool, r1_gfp(bio));
	if (unlikely(!req))
		goto would_block;
	req->conf = conf;
	md_io_start(&req->io, conf->mddev, bio);
	r1_read_submit(req, t->rdev);
	if (unlikely(rest))
		submit_bio_noacct(rest);
	return;

would_block:
	r1_reject(conf->mddev, bio, BLK_STS_AGAIN);
}

/*
 * Writing
 */

/*
 * Writing behind: members that are write-mostly get a copy of the data, and the
 * write is acknowledged without them. Who comes after it, in the same place, waits
 * until all members have it: other writes, and reads from such a member. That is
 * why all writes are in conf->writes while the backlog is in use.
 */

static void r1_behind_free(struct r1_write *req)
{
	bio_free_pages(req->copy);
	bio_uninit(req->copy);
	kfree(req->copy);
	req->copy = NULL;
	md_behind_end(req->conf->mddev);
}

static struct bio *r1_copy_bio(struct bio *bio)
{
	const gfp_t gfp = GFP_NOIO | __GFP_NORETRY | __GFP_NOWARN;
	unsigned int left = bio->bi_iter.bi_size, len, i;
	unsigned int pages = DIV_ROUND_UP(left, PAGE_SIZE);
	struct bio *copy;
	struct page *page;

	if (pages > BIO_MAX_VECS)
		return NULL;
	copy = bio_kmalloc(pages, gfp);
	if (!copy)
		return NULL;
	bio_init(copy, bio->bi_bdev, copy->bi_inline_vecs, pages, bio->bi_opf);
	bio_clone_blkg_association(copy, bio);
	for (i = 0; i < pages; i++, left -= len) {
		len = min_t(unsigned int, left, PAGE_SIZE);
		page = alloc_page(gfp);
		if (!page) {
			bio_free_pages(copy);
			bio_uninit(copy);
			kfree(copy);
			return NULL;
		}
		__bio_add_page(copy, page, len, 0);
	}
	bio_copy_data(copy, bio);
	copy->bi_iter.bi_sector = bio->bi_iter.bi_sector;
	return copy;
}

/* Have a write go behind on members where it may; without memory it doesn't. */
static void r1_behind_begin(struct r1_write *req, struct bio *bio)
{
	unsigned int i, front = 0;
	bool good = false;

	if (!req->serial || bio_op(bio) != REQ_OP_WRITE ||
	    (bio->bi_opf & (REQ_PREFLUSH | REQ_FUA | REQ_NOWAIT)))
		return;
	for (i = 0; i < req->nr_clones; i++) {
		struct r1_clone *c = &r1_clones(req)[i];

		c->behind = md_rdev_test(c->rdev, MD_RDEV_WRITE_MOSTLY) &&
			    !c->over_bad;
		front += !c->behind;
		good |= !c->behind && r1_good(c->rdev);
	}
	if (!good || front == req->nr_clones ||
	    !md_behind_begin(req->conf->mddev))
		return;
	req->copy = r1_copy_bio(bio);
	if (!req->copy) {
		md_behind_end(req->conf->mddev);
		return;
	}
	atomic_set(&req->front, front);
}

static void r1_write_finish(struct r1_write *req, blk_status_t status)
{
	struct r1_conf *conf = req->conf;
	struct md_io io = req->io;
	unsigned long flags;

	if (unlikely(req->copy))
		r1_behind_free(req);
	if (unlikely(req->serial)) {
		spin_lock_irqsave(&conf->lock, flags);
		r1_tree_remove(req, &conf->writes);
		spin_unlock_irqrestore(&conf->lock, flags);
		wake_up_all(&conf->wait);
	}
	mempool_free(req, conf->write_pool);
	md_io_end(&io, status);
}

/*
 * Take a write's range for it alone. It waits for writes that have theirs
 * already, and those wait for nothing but members.
 */
static bool r1_serialize(struct r1_conf *conf, struct r1_write *req,
			 struct bio *bio)
{
	bool ok = true;

	req->start = bio->bi_iter.bi_sector;
	req->last = bio_end_sector(bio) - 1;
	spin_lock_irq(&conf->lock);
	if (bio->bi_opf & REQ_NOWAIT)
		ok = !r1_tree_iter_first(&conf->writes, req->start, req->last);
	else
		wait_event_lock_irq(conf->wait,
				    !r1_tree_iter_first(&conf->writes,
							req->start, req->last),
				    conf->lock);
	if (ok)
		r1_tree_insert(req, &conf->writes);
	spin_unlock_irq(&conf->lock);
	req->serial = ok;
	return ok;
}

/* Did a member only say that it doesn't have this operation? */
static bool r1_unsupported(const struct r1_clone *c, const struct bio *bio)
{
	/* A SCSI disk that turns the command down. */
	if (bio_op(bio) == REQ_OP_WRITE_ZEROES &&
	    c->bio.bi_status == BLK_STS_TARGET)
		return true;
	return c->bio.bi_status == BLK_STS_NOTSUPP &&
	       bio_op(bio) != REQ_OP_WRITE;
}

/* What to do about a member that failed to write. True if it has the data now. */
static bool r1_write_failed(struct r1_conf *conf, struct r1_clone *c,
			    struct bio *bio)
{
	struct md_rdev *rdev = c->rdev;
	sector_t sector = bio->bi_iter.bi_sector, sectors = bio_sectors(bio);
	/* After a failed flush nobody knows what the member still has. */
	bool flush = c->bio.bi_opf & REQ_PREFLUSH;

	if (r1_faulty(rdev) || bio_op(bio) == REQ_OP_DISCARD)
		return false;
	if (r1_unsupported(c, bio)) {
		if (bio_op(bio) != REQ_OP_WRITE_ZEROES)
			return false;
		/*
		 * Others may have their zeroes already: it gets ordinary
		 * writes, and the array doesn't offer the operation any more.
		 */
		blk_queue_disable_write_zeroes(conf->mddev->gendisk->queue);
		if (r1_write_zeroes(rdev, sector, sectors))
			return true;
		c->bio.bi_status = BLK_STS_IOERR;
	}
	if (flush || rdev->badblocks.shift < 0 ||
	    ((c->bio.bi_opf & REQ_FAILFAST_MASK) &&
	     md_rdev_test(rdev, MD_RDEV_FAILFAST)))
		md_error(conf->mddev, rdev);
	if (flush || r1_faulty(rdev))
		return false;

	r1_note_write_error(conf, rdev, sector, sectors);
	if (bio_op(bio) == REQ_OP_WRITE)
		return r1_write_by_pieces(conf, rdev, bio);
	r1_record_bad(conf, rdev, sector, sectors);
	return false;
}

/* A write of which something needs care has come back from all members. */
static void r1_write_work(struct work_struct *work)
{
	struct r1_write *req = container_of(work, struct r1_write, work);
	struct r1_conf *conf = req->conf;
	struct bio *bio = req->copy ?: req->io.bio;
	bool taken = false, unsupported = false;
	unsigned int i;

	for (i = 0; i < req->nr_clones; i++) {
		struct r1_clone *c = &r1_clones(req)[i];

		if (c->bio.bi_status && r1_write_failed(conf, c, bio))
			c->bio.bi_status = BLK_STS_OK;
		else if (!c->bio.bi_status && c->over_bad)
			md_rdev_clear_badblocks(c->rdev, bio->bi_iter.bi_sector,
						bio_sectors(bio));
		unsupported |= r1_unsupported(c, bio);
	}
	/* Only now it is known who is left. */
	for (i = 0; i < req->nr_clones; i++) {
		struct r1_clone *c = &r1_clones(req)[i];

		if (!c->bio.bi_status && !c->flush_only &&
		    (r1_good(c->rdev) || bio_op(bio) == REQ_OP_DISCARD))
			taken = true;
	}
	/* Erasure counts only if every member has done it. */
	if (unsupported && bio_op(bio) != REQ_OP_DISCARD)
		taken = false;
	r1_write_finish(req, taken ? BLK_STS_OK :
			     unsupported ? BLK_STS_NOTSUPP : BLK_STS_IOERR);
}

static void r1_write_endio(struct bio *clone)
{
	struct r1_write *req = clone->bi_private;

	if (unlikely(clone->bi_status))
		WRITE_ONCE(req->slow, true);
	bio_uninit(clone);
	if (unlikely(req->copy) &&
	    !container_of(clone, struct r1_clone, bio)->behind &&
	    atomic_dec_and_test(&req->front) && !READ_ONCE(req->slow))
		md_io_ack_early(&req->io);
	if (!atomic_dec_and_test(&req->remaining))
		return;
	if (likely(!READ_ONCE(req->slow))) {
		r1_write_finish(req, BLK_STS_OK);
		return;
	}
	INIT_WORK(&req->work, r1_write_work);
	queue_work(req->conf->io_wq, &req->work);
}

/*
 * A member has known bad blocks. Writing over them may cure them, unless
 * writing has failed there: then the request is cut at their ends and the
 * member left out of the bad part. False if it gets nothing at all.
 */
static bool r1_write_bad(struct r1_conf *conf, struct r1_clone *c,
			 struct bio *bio, sector_t *sectors)
{
	sector_t sector = bio->bi_iter.bi_sector;

	if (!*sectors || r1_clean(c->rdev, sector, *sectors) ||
	    bio_op(bio) == REQ_OP_DISCARD || bio_op(bio) == REQ_OP_SECURE_ERASE)
		return true;
	if (!md_rdev_test(c->rdev, MD_RDEV_WRITE_ERROR)) {
		c->over_bad = true;
		return true;
	}
	if (r1_clean_at(conf, c->rdev, sector, sectors))
		return true;
	c->flush_only = bio->bi_opf & REQ_PREFLUSH;
	return c->flush_only;
}

/* Choose the members that get a write; *@sectors is shortened as need be. */
static void r1_write_plan(struct r1_conf *conf, struct r1_write *req,
			  struct bio *bio, sector_t *sectors)
{
	struct r1_target *t = conf->targets, *const stop = t + conf->nr_targets;
	struct r1_clone *c = r1_clones(req);
	unsigned long flags, seen = 0;

	req->slow = false;
	for (; t < stop; t++) {
		flags = READ_ONCE(t->rdev->flags);
		if (unlikely(flags & BIT(MD_RDEV_FAULTY)))
			continue;
		c->rdev = t->rdev;
		c->over_bad = false;
		c->flush_only = false;
		c->behind = false;
		if (unlikely(READ_ONCE(t->rdev->badblocks.count)) &&
		    !r1_write_bad(conf, c, bio, sectors))
			continue;
		if (unlikely(bio_op(bio) == REQ_OP_DISCARD) &&
		    !bdev_max_discard_sectors(t->rdev->bdev))
			continue;
		if (unlikely(c->over_bad))
			req->slow = true;
		if (likely(!c->flush_only))
			seen |= flags;
		c++;
	}
	if (unlikely(!(seen & BIT(MD_RDEV_IN_SYNC))))
		req->slow = true;
	req->nr_clones = c - r1_clones(req);
}

static bool r1_write_clone(struct r1_write *req, struct r1_clone *c,
			   struct bio *bio)
{
	struct bio *clone = &c->bio;

	if (unlikely(c->behind && req->copy))
		bio = req->copy;
	if (unlikely(bio_init_clone(NULL, clone, bio, GFP_NOIO)))
		return false;
	r1_aim(clone, bio, c->rdev);
	clone->bi_end_io = r1_write_endio;
	clone->bi_private = req;
	/* Taken by one member and refused by another it would be half done. */
	clone->bi_opf &= ~REQ_NOWAIT;
	if (unlikely(md_rdev_test(c->rdev, MD_RDEV_FAILFAST)) &&
	    req->nr_clones > 1)
		clone->bi_opf |= R1_FAILFAST;
	if (unlikely(c->flush_only)) {
		clone->bi_opf &= ~REQ_FUA;
		clone->bi_iter.bi_size = 0;
	}
	return true;
}

static void r1_write_submit(struct r1_write *req)
{
	unsigned int i, n = req->nr_clones;
	struct r1_clone *c = r1_clones(req);

	atomic_set(&req->remaining, n);
	for (i = 0; i < n; i++) {
		if (unlikely(!r1_write_clone(req, &c[i], req->io.bio))) {
			while (i--)
				bio_uninit(&c[i].bio);
			r1_write_finish(req, BLK_STS_RESOURCE);
			return;
		}
	}
	/* With the last one in flight the request may be gone. */
	for (i = 0; i < n; i++)
		submit_bio_noacct(&c[i].bio);
}

static void r1_write(struct r1_conf *conf, struct bio *bio)
{
	struct mddev *mddev = conf->mddev;
	sector_t start = bio->bi_iter.bi_sector, all = bio_sectors(bio);
	sector_t sectors = all;
	struct r1_write *req;
	int bank;

	bank = md_write_begin(mddev, bio, start, all);
	if (unlikely(bank < 0))
		return;
	req = mempool_alloc(conf->write_pool, r1_gfp(bio));
	if (unlikely(!req))
		goto would_block;
	req->conf = conf;
	req->copy = NULL;
	req->serial = false;
	if (unlikely(test_bit(MD_SERIALIZE_POLICY, &mddev->flags) ||
		     READ_ONCE(mddev->bitmap_behind)) && sectors &&
	    !r1_serialize(conf, req, bio))
		goto free;

	r1_write_plan(conf, req, bio, &sectors);
	if (unlikely(sectors < bio_sectors(bio))) {
		struct bio *rest = bio;

		if (bio->bi_opf & REQ_NOWAIT)
			goto free;
		bio = bio_split(rest, sectors, GFP_NOIO, &conf->split_writes);
		bio_chain(bio, rest);
		md_submit_rest(mddev, rest);
	}
	md_io_start_write(&req->io, mddev, bio, bank, start, all);
	if (unlikely(READ_ONCE(mddev->bitmap_behind)))
		r1_behind_begin(req, bio);
	if (likely(req->nr_clones))
		r1_write_submit(req);
	else
		r1_write_finish(req, bio_op(bio) == REQ_OP_DISCARD ?
				     BLK_STS_NOTSUPP : BLK_STS_IOERR);
	return;

free:
	md_io_start_write(&req->io, mddev, bio, bank, start, all);
	r1_write_finish(req, BLK_STS_AGAIN);
	return;
would_block:
	md_write_end(mddev, bank, start, all);
	bio_wouldblock_error(bio);
	md_gate_exit(mddev);
}

void r1_make_request(struct mddev *mddev, struct bio *bio)
{
	switch (bio_op(bio)) {
	case REQ_OP_READ:
		r1_read(mddev->private, bio);
		break;
	case REQ_OP_WRITE:
	case REQ_OP_DISCARD:
	case REQ_OP_SECURE_ERASE:
	case REQ_OP_WRITE_ZEROES:
		r1_write(mddev->private, bio);
		break;
	default:
		r1_reject(mddev, bio, BLK_STS_NOTSUPP);
	}
}

/**
 * r1_reserve_clones() - have write requests with room for some clones
 * @conf: array
 * @clones: members that get a write
 *
 * Context: no I/O is in flight. Return: 0 or -ENOMEM.
 */
int r1_reserve_clones(struct r1_conf *conf, unsigned int clones)
{
	mempool_t *pool;

	clones = max_t(unsigned int, clones, R1_CACHED_CLONES);
	if (clones <= conf->write_room)
		return 0;
	if (clones == R1_CACHED_CLONES)
		pool = mempool_create_slab_pool(R1_POOL_MIN, r1_write_cache);
	else
		pool = mempool_create_kmalloc_pool(R1_POOL_MIN,
						   r1_write_bytes(clones));
	if (!pool)
		return -ENOMEM;
	mempool_destroy(conf->write_pool);
	conf->write_pool = pool;
	conf->write_room = clones;
	return 0;
}

/* For reads; writes wait for r1_reserve_clones(). */
int r1_pools_init(struct r1_conf *conf)
{
	conf->read_pool = mempool_create_slab_pool(R1_POOL_MIN, r1_read_cache);
	if (!conf->read_pool)
		return -ENOMEM;
	return bioset_init(&conf->split_reads, R1_POOL_MIN, 0, 0) ?:
	       bioset_init(&conf->split_writes, R1_POOL_MIN, 0, 0);
}

/* Accepts what r1_pools_init() has left half done, or never seen. */
void r1_pools_exit(struct r1_conf *conf)
{
	bioset_exit(&conf->split_reads);
	bioset_exit(&conf->split_writes);
	mempool_destroy(conf->read_pool);
	mempool_destroy(conf->write_pool);
}

/* An object with a constructor isn't zeroed at each allocation. */
static void r1_no_init(void *object)
{
}

int r1_io_init(void)
{
	r1_read_cache = kmem_cache_create("md_raid1_read", sizeof(struct r1_read),
					  0, 0, r1_no_init);
	r1_write_cache = kmem_cache_create("md_raid1_write",
					   r1_write_bytes(R1_CACHED_CLONES),
					   0, 0, r1_no_init);
	if (r1_read_cache && r1_write_cache)
		return 0;
	r1_io_exit();
	return -ENOMEM;
}

void r1_io_exit(void)
{
	kmem_cache_destroy(r1_read_cache);
	kmem_cache_destroy(r1_write_cache);
}
