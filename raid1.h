/* SPDX-License-Identifier: GPL-2.0 */
/*
 * RAID1: every member holds a copy of the data.
 *
 * Slots change only while I/O is suspended and no sync thread exists, and every
 * bio holds a reference of the gate until it was ended: the I/O path walks the
 * members without locks, references or RCU. Flags of members change at any
 * time; who reads one acts on what it saw.
 *
 *	raid1-run.c	starting, slots, members, size
 *	raid1-io.c	reads and writes
 *	raid1-repair.c	data that a member failed to read or write
 *	raid1-sync.c	resync, recovery, check and repair
 *
 * Documentation/raid1.md tells who owns a request when, and what is done about
 * which failure.
 */
#ifndef RAID1_H
#define RAID1_H

#include <linux/mempool.h>
#include <linux/rbtree.h>

#include "md.h"

/* Requests and split bios that each array can always have in flight. */
#define R1_POOL_MIN	64

struct r1_slot {
	struct md_rdev *rdev;
	struct md_rdev *replacement;
};

/* A member that I/O goes to; the order is that of the slots. */
struct r1_target {
	struct md_rdev *rdev;
	sector_t head;			/* where the last read ended */
	sector_t stream;		/* where reads without a gap up to there began */
	bool rotational;
};

/* How resync goes about it at present: r1_pick_comparing(). */
struct r1_pick {
	bool compare;
	unsigned int left;		/* units of the present batch */
	unsigned int batches;		/* begun */
	u64 since;			/* start of the batch, ns */
	u64 cost[2];			/* of the last batch, ns; index: compare */
};

struct r1_conf {
	struct mddev *mddev;

	/* constant while I/O or a sync thread may run; see r1_apply_slots() */
	struct r1_target *targets;
	unsigned int nr_targets;
	bool by_load;			/* some member has no head to move */
	unsigned int block;		/* largest logical block, sectors */
	mempool_t *read_pool;
	mempool_t *write_pool;
	unsigned int write_room;	/* clones per request of write_pool */
	struct bio_set split_reads;	/* apart, as repair of reads waits for writes */
	struct bio_set split_writes;

	struct r1_slot *slots;		/* and mddev->lock for writing */
	unsigned int nr_slots;

	/*
	 * Read repair waits for a window, and so for writes: what failed writes
	 * need must not queue up behind it.
	 */
	struct workqueue_struct *read_wq;
	struct workqueue_struct *io_wq;

	spinlock_t lock;		/* writes, repair, units */
	wait_queue_head_t wait;		/* what lock protects has changed */
	struct rb_root_cached writes;	/* in flight, under serialize_policy */

	/* read repair of one range at a time, never in one that is synced */
	sector_t repair_start, repair_end;
	bool repairing;
	struct page *scratch[2];	/* of who is repairing */

	/* sync */
	struct list_head idle, busy;	/* units */
	struct r1_unit *units;
	unsigned int nr_units, nr_bufs, nr_ios;
	sector_t unit_sectors;
	struct r1_pick pick;		/* resync; the sync thread's */
};

static inline bool r1_faulty(const struct md_rdev *rdev)
{
	return md_rdev_test(rdev, MD_RDEV_FAULTY);
}

/* Does a member hold valid data up to @end? */
static inline bool r1_readable(const struct md_rdev *rdev, sector_t end)
{
	unsigned long flags = READ_ONCE(rdev->flags);

	if (flags & BIT(MD_RDEV_FAULTY))
		return false;
	return (flags & BIT(MD_RDEV_IN_SYNC)) ||
	       READ_ONCE(rdev->recovery_offset) >= end;
}

/* An in-sync member that works. */
static inline bool r1_good(const struct md_rdev *rdev)
{
	return rdev && (READ_ONCE(rdev->flags) &
			(BIT(MD_RDEV_FAULTY) | BIT(MD_RDEV_IN_SYNC))) ==
			BIT(MD_RDEV_IN_SYNC);
}

static inline bool r1_clean(struct md_rdev *rdev, sector_t sector, sector_t sectors)
{
	sector_t bad, len;

	return !md_rdev_is_bad(rdev, sector, sectors, &bad, &len);
}

static inline bool r1_overlap(sector_t a, sector_t a_end, sector_t b, sector_t b_end)
{
	return a < b_end && b < a_end;
}

/* raid1-run.c */
bool r1_clean_at(struct r1_conf *conf, struct md_rdev *rdev, sector_t sector,
		 sector_t *sectors);

/* raid1-io.c */
int r1_io_init(void);
void r1_io_exit(void);
int r1_pools_init(struct r1_conf *conf);
void r1_pools_exit(struct r1_conf *conf);
int r1_reserve_clones(struct r1_conf *conf, unsigned int clones);
void r1_make_request(struct mddev *mddev, struct bio *bio);

/* raid1-repair.c; process context, no locks held */
int r1_page_io(struct md_rdev *rdev, sector_t sector, sector_t sectors,
	       struct page *page, enum req_op op);
void r1_record_bad(struct r1_conf *conf, struct md_rdev *rdev, sector_t sector,
		   sector_t sectors);
void r1_note_write_error(struct r1_conf *conf, struct md_rdev *rdev,
			 sector_t sector, sector_t sectors);
sector_t r1_fix_piece(struct r1_conf *conf, struct md_rdev *bad,
		      sector_t sector, sector_t sectors, struct page **pages,
		      bool repair);
blk_status_t r1_read_by_pieces(struct r1_conf *conf, struct md_rdev *bad,
			       struct bio *bio);
bool r1_write_by_pieces(struct r1_conf *conf, struct md_rdev *rdev,
			struct bio *bio);
bool r1_write_zeroes(struct md_rdev *rdev, sector_t sector, sector_t sectors);

/* raid1-sync.c */
int r1_sync_begin(struct mddev *mddev);
void r1_sync_end(struct mddev *mddev);
sector_t r1_sync_range(struct mddev *mddev, sector_t start, sector_t max,
		       bool *skipped);
void r1_repair_begin(struct r1_conf *conf, sector_t start, sector_t end);
void r1_repair_end(struct r1_conf *conf);

#endif
