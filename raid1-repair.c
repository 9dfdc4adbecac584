// SPDX-License-Identifier: GPL-2.0
/*
 * RAID1: data that a member failed to read or write. All of this runs in
 * workers, a page at a time, and waits for members.
 */
#include "raid1.h"

/* Pieces of one write that may fail before the rest is given up, too. */
#define R1_MAX_BAD_PIECES	64
/* Pages of zeroes in one write. */
#define R1_ZERO_PAGES		16

/* Transfer a piece of a page and wait for it. */
int r1_page_io(struct md_rdev *rdev, sector_t sector, sector_t sectors,
	       struct page *page, enum req_op op)
{
	return md_rdev_page_io(rdev, sector + rdev->data_offset, page,
			       sectors << SECTOR_SHIFT, op);
}

/* A member may not hold what it should in a range: remember that, or fail it. */
void r1_record_bad(struct r1_conf *conf, struct md_rdev *rdev,
		   sector_t sector, sector_t sectors)
{
	if (r1_faulty(rdev) || md_rdev_add_badblocks(rdev, sector, sectors))
		return;
	md_error(conf->mddev, rdev);
}

void r1_note_write_error(struct r1_conf *conf, struct md_rdev *rdev,
			 sector_t sector, sector_t sectors)
{
	struct mddev *mddev = conf->mddev;

	pr_warn_ratelimited("md/%s: write error on %pg, %llu sectors from %llu\n",
			    mdname(mddev), rdev->bdev,
			    (unsigned long long)sectors,
			    (unsigned long long)sector);
	md_rdev_set(rdev, MD_RDEV_WRITE_ERROR);
	if (!md_rdev_test(rdev, MD_RDEV_IN_SYNC) ||
	    test_and_set_bit(MD_RDEV_WANT_REPLACEMENT, &rdev->flags))
		return;
	spin_lock_irq(&mddev->lock);
	mddev->sync.needed = true;
	spin_unlock_irq(&mddev->lock);
	md_wake_daemon(mddev);
}

/*
 * Get good data of a range into @pages[0] although @bad failed to read it, and
 * write it back to @bad if @repair. Foreground writes are kept out.
 */
static bool r1_fix_range(struct r1_conf *conf, struct md_rdev *bad,
			 sector_t sector, sector_t sectors,
			 struct page **pages, bool repair)
{
	struct md_rdev *rdev;
	unsigned int i;

	if (!r1_faulty(bad) && r1_clean(bad, sector, sectors) &&
	    !r1_page_io(bad, sector, sectors, pages[0], REQ_OP_READ))
		return true;

	for (i = 0; i < conf->nr_targets; i++) {
		rdev = conf->targets[i].rdev;
		if (rdev != bad && r1_readable(rdev, sector + sectors) &&
		    r1_clean(rdev, sector, sectors) &&
		    !r1_page_io(rdev, sector, sectors, pages[0], REQ_OP_READ))
			break;
	}
	if (i == conf->nr_targets)
		return false;
	if (!repair || r1_faulty(bad) || !r1_clean(bad, sector, sectors))
		return true;

	if (r1_page_io(bad, sector, sectors, pages[0], REQ_OP_WRITE)) {
		r1_note_write_error(conf, bad, sector, sectors);
		r1_record_bad(conf, bad, sector, sectors);
	} else if (r1_page_io(bad, sector, sectors, pages[1], REQ_OP_READ)) {
		r1_record_bad(conf, bad, sector, sectors);
	} else {
		atomic_add(sectors, &bad->corrected_errors);
		pr_info_ratelimited("md/%s: read error on %pg cured, %llu sectors from %llu\n",
				    mdname(conf->mddev), bad->bdev,
				    (unsigned long long)sectors,
				    (unsigned long long)sector);
	}
	return true;
}

/*
 * The same for at most a page from @sector on: first all of it, then its first
 * logical block. Returns the number of sectors supplied; 0 if nobody has that
 * block.
 */
sector_t r1_fix_piece(struct r1_conf *conf, struct md_rdev *bad,
		      sector_t sector, sector_t sectors,
		      struct page **pages, bool repair)
{
	sectors = min_t(sector_t, sectors,
			PAGE_SECTORS - (sector & (PAGE_SECTORS - 1)));
	if (r1_fix_range(conf, bad, sector, sectors, pages, repair))
		return sectors;
	if (sectors > conf->block &&
	    r1_fix_range(conf, bad, sector, conf->block, pages, repair))
		return conf->block;
	return 0;
}

static void r1_copy_to_bio(struct bio *bio, struct bvec_iter *iter,
			   struct page *page, unsigned int bytes)
{
	struct bvec_iter src_iter = { .bi_size = bytes };
	struct bio_vec vec;
	struct bio src;

	bvec_set_page(&vec, page, bytes, 0);
	bio_init(&src, NULL, &vec, 1, REQ_OP_READ);
	bio_copy_data_iter(bio, iter, &src, &src_iter);
	bio_uninit(&src);
}

/* Supply a failed read piece by piece, curing the member if that is allowed. */
blk_status_t r1_read_by_pieces(struct r1_conf *conf, struct md_rdev *bad,
			       struct bio *bio)
{
	struct mddev *mddev = conf->mddev;
	struct bvec_iter iter = bio->bi_iter;
	bool repair = READ_ONCE(mddev->ro) == MD_RW && !r1_faulty(bad);
	struct md_window window;
	sector_t n = 1;

	if (repair && md_rdev_count_read_error(mddev, bad)) {
		md_error(mddev, bad);
		repair = !r1_faulty(bad);
	}
	md_window_open(mddev, &window, iter.bi_sector, bio_sectors(bio));
	r1_repair_begin(conf, iter.bi_sector, bio_end_sector(bio));
	while (iter.bi_size && n) {
		n = r1_fix_piece(conf, bad, iter.bi_sector,
				 iter.bi_size >> SECTOR_SHIFT, conf->scratch,
				 repair);
		r1_copy_to_bio(bio, &iter, conf->scratch[0], n << SECTOR_SHIFT);
	}
	r1_repair_end(conf);
	md_window_close(mddev, &window);
	if (n)
		return BLK_STS_OK;
	pr_warn_ratelimited("md/%s: no member can supply sector %llu, read fails\n",
			    mdname(mddev), (unsigned long long)iter.bi_sector);
	return BLK_STS_IOERR;
}

/*
 * Write a member's part of a failed request again in small pieces, recording
 * those that keep failing. True if all of it arrived.
 */
bool r1_write_by_pieces(struct r1_conf *conf, struct md_rdev *rdev,
			struct bio *bio)
{
	sector_t sector = bio->bi_iter.bi_sector, end = bio_end_sector(bio);
	sector_t step = conf->block, n, bad = 0, nr_bad = 0;
	unsigned int failed = 0;
	struct bio piece;
	bool lost;

	if (rdev->badblocks.shift > 0)
		step = max_t(sector_t, step, 1ULL << rdev->badblocks.shift);

	for (; sector < end; sector += n) {
		n = min(end - sector, step - (sector & (step - 1)));
		lost = r1_faulty(rdev) || failed >= R1_MAX_BAD_PIECES ||
		       bio_init_clone(rdev->bdev, &piece, bio, GFP_NOIO);
		if (!lost) {
			bio_trim(&piece, sector - bio->bi_iter.bi_sector, n);
			piece.bi_iter.bi_sector += rdev->data_offset;
			piece.bi_opf &= ~(REQ_FAILFAST_MASK | REQ_NOWAIT |
					  REQ_PREFLUSH | REQ_RAHEAD);
			lost = submit_bio_wait(&piece);
			bio_uninit(&piece);
		}
		if (!lost)
			continue;
		failed++;
		if (nr_bad && bad + nr_bad == sector) {
			nr_bad += n;
			continue;
		}
		if (nr_bad)
			r1_record_bad(conf, rdev, bad, nr_bad);
		bad = sector;
		nr_bad = n;
	}
	if (nr_bad)
		r1_record_bad(conf, rdev, bad, nr_bad);
	return !failed;
}

/*
 * Write zeroes to a member that doesn't make them by itself. It may go on
 * offering the operation after it has turned it down, so blkdev_issue_zeroout()
 * would ask for the same again. False at the first error.
 */
bool r1_write_zeroes(struct md_rdev *rdev, sector_t sector, sector_t sectors)
{
	struct bio_vec vecs[R1_ZERO_PAGES];
	struct bio bio;
	unsigned int n;
	int ret = 0;

	while (sectors && !ret) {
		bio_init(&bio, rdev->bdev, vecs, ARRAY_SIZE(vecs),
			 REQ_OP_WRITE | REQ_SYNC);
		bio.bi_iter.bi_sector = sector + rdev->data_offset;
		while (sectors && bio.bi_vcnt < ARRAY_SIZE(vecs)) {
			n = min_t(sector_t, sectors, PAGE_SECTORS);
			__bio_add_page(&bio, ZERO_PAGE(0), n << SECTOR_SHIFT, 0);
			sector += n;
			sectors -= n;
		}
		ret = submit_bio_wait(&bio);
		bio_uninit(&bio);
	}
	return !ret;
}
