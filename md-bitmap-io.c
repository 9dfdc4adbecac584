// SPDX-License-Identifier: GPL-2.0
/*
 * The write-intent bitmap on disk: loading it, its pages, its place on members or
 * in a file; making, attaching, resizing and freeing it.
 *
 * Pages are written by the metadata writer only, from buffers of their own, so
 * that what is under way doesn't change. Members take all pages or fail, like
 * with superblocks. What can't be written at all (the file, or the last good
 * member) ends the bitmap: superblocks get a newer event count than it has, so
 * that nobody ever trusts it.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/sched/mm.h>

#include "md-bitmap.h"
#include "md-format.h"

#define BITMAP_BIOS	64

/* What is needed to find a bitmap and to judge it, as it was at some time. */
struct wi_plan {
	struct file *file;
	s64 offset;			/* on members */
	bool external;			/* userland keeps the superblock */
	bool persistent;		/* members have superblocks of ours */
	u8 uuid[16];
	u64 events;
	sector_t sync_size;
	sector_t space;			/* sectors, 0: not known */
	sector_t reserved;		/* of them, 0: not known */
	u32 chunk_bytes;
	unsigned long sleep;		/* jiffies */
	unsigned int write_behind;
};

/*
 * Place
 */

/* First sector on a member of a bitmap at @offset. */
static sector_t wi_start(struct mddev *mddev, struct md_rdev *rdev, s64 offset)
{
	return mddev->external ? offset : rdev->sb_start + offset;
}

static bool areas_meet(sector_t a, sector_t a_sectors, sector_t b,
		       sector_t b_sectors)
{
	return a < b + b_sectors && b < a + a_sectors;
}

/* What keeps a bitmap of @sectors from a member's place for it, or NULL. */
static const char *wi_misplaced(struct mddev *mddev, struct md_rdev *rdev,
				s64 offset, sector_t sectors,
				sector_t dev_sectors)
{
	sector_t start = wi_start(mddev, rdev, offset);
	unsigned int block = bdev_logical_block_size(rdev->bdev) >> SECTOR_SHIFT;

	if (start & (block - 1))
		return "it would not begin at a block";
	sectors = round_up(sectors, block);
	if (start > bdev_nr_sectors(rdev->bdev) ||
	    sectors > bdev_nr_sectors(rdev->bdev) - start)
		return "it would not end on the device";
	if (mddev->external)
		return NULL;
	if (areas_meet(start, sectors, rdev->data_offset, dev_sectors))
		return "it would lie over the data";
	if (rdev->bblog_sectors &&
	    areas_meet(start, sectors, rdev->sb_start + rdev->bblog_offset,
		       rdev->bblog_sectors))
		return "it would lie over the bad-block log";
	if (areas_meet(start, sectors, rdev->sb_start, 1))
		return "it would lie over the superblock";
	return NULL;
}

/* Has a member a place for @b when so much of it is used? 0 or -ENOSPC. */
static int wi_check_member(struct mddev *mddev, const struct md_bitmap *b,
			   struct md_rdev *rdev, sector_t dev_sectors)
{
	const char *why;

	if (!b || b->file)
		return 0;
	why = wi_misplaced(mddev, rdev, b->offset,
			   DIV_ROUND_UP(b->bytes, SECTOR_SIZE), dev_sectors);
	if (!why)
		return 0;
	md_warn(mddev, "%pg has no place for the bitmap: %s\n", rdev->bdev, why);
	return -ENOSPC;
}

static int wi_check_members(struct mddev *mddev, const struct md_bitmap *b,
			    sector_t dev_sectors)
{
	struct md_rdev *rdev;
	int ret = 0;

	rdev_for_each(rdev, mddev)
		if (!ret && rdev->raid_disk >= 0 &&
		    !md_rdev_test(rdev, MD_RDEV_FAULTY))
			ret = wi_check_member(mddev, b, rdev, dev_sectors);
	return ret;
}

int md_bitmap_check_member(struct mddev *mddev, struct md_rdev *rdev)
{
	return wi_check_member(mddev, mddev->bitmap, rdev, mddev->dev_sectors);
}

/* Sectors that a member has from the bitmap's start to what comes next. */
static sector_t member_space(struct mddev *mddev, struct md_rdev *rdev)
{
	sector_t start = wi_start(mddev, rdev, mddev->bitmap_offset);
	sector_t end = bdev_nr_sectors(rdev->bdev), bblog;

	if (mddev->external)
		return end - min(start, end);
	if (!mddev->major_version)
		return MD_RESERVED_SECTORS - MD_SB0_BITMAP_OFFSET;
	if (rdev->data_offset > start)
		end = min(end, rdev->data_offset);
	if (rdev->sb_start > start)
		end = min(end, rdev->sb_start);
	bblog = rdev->sb_start + rdev->bblog_offset;
	if (rdev->bblog_sectors && bblog > start)
		end = min(end, bblog);
	return end - min(start, end);
}

static sector_t smallest_space(struct mddev *mddev)
{
	sector_t space = MD_SECTOR_NONE;
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev)
		if (rdev->raid_disk >= 0)
			space = min(space, member_space(mddev, rdev));
	return space == MD_SECTOR_NONE ? 0 : space;
}

/*
 * Memory
 */

void md_bitmap_free(struct md_bitmap *b)
{
	unsigned int i;

	if (!b)
		return;
	cancel_delayed_work_sync(&b->scan);
	/* The workqueue may be another bitmap's by now. */
	cancel_work_sync(&b->resume);
	if (b->wq)
		destroy_workqueue(b->wq);
	for (i = 0; b->pages && i < b->nr_pages; i++)
		if (b->pages[i])
			__free_page(b->pages[i]);
	kvfree(b->pages);
	bioset_exit(&b->bios);
	bitmap_free(b->writing_pages);
	bitmap_free(b->dirty);
	bitmap_free(b->active);
	kvfree(b->image);
	kvfree(b->chunks);
	if (b->file)
		fput(b->file);
	kfree(b);
}

static int wi_alloc_pages(struct md_bitmap *b)
{
	unsigned int i;

	b->pages = kvcalloc(b->nr_pages, sizeof(*b->pages), GFP_KERNEL);
	if (!b->pages)
		return -ENOMEM;
	for (i = 0; i < b->nr_pages; i++) {
		b->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!b->pages[i])
			return -ENOMEM;
	}
	return 0;
}

/* A bitmap with all bits clear. @wq: NULL to make one; taken on success. */
static struct md_bitmap *wi_alloc(struct mddev *mddev, sector_t sync_size,
				  u32 chunk_bytes, bool has_head,
				  struct workqueue_struct *wq)
{
	unsigned int head_bytes = has_head ? MD_BITMAP_HEAD_BYTES : 0;
	u64 chunks = md_bitmap_chunks(sync_size, chunk_bytes);
	u64 bytes = md_bitmap_bytes(chunks, head_bytes);
	struct md_bitmap *b;

	if (!chunks || chunks > MD_BITMAP_MAX_CHUNKS)
		return ERR_PTR(-EFBIG);
	b = kzalloc(sizeof(*b), GFP_KERNEL);
	if (!b)
		return ERR_PTR(-ENOMEM);
	b->mddev = mddev;
	INIT_LIST_HEAD(&b->dying);
	spin_lock_init(&b->lock);
	bio_list_init(&b->waiting);
	bio_list_init(&b->writing);
	bio_list_init(&b->written);
	bio_list_init(&b->ready);
	INIT_WORK(&b->resume, md_bitmap_resume_work);
	INIT_DELAYED_WORK(&b->scan, md_bitmap_scan_work);
	b->shift = ilog2(chunk_bytes) - SECTOR_SHIFT;
	b->nr_chunks = chunks;
	b->sync_size = sync_size;
	b->head_bytes = head_bytes;
	b->bytes = bytes;
	b->version = MD_BITMAP_VERSION;
	b->nr_pages = DIV_ROUND_UP(b->bytes, PAGE_SIZE);

	b->chunks = kvcalloc(chunks, sizeof(*b->chunks), GFP_KERNEL);
	b->image = kvcalloc(BITS_TO_LONGS(chunks), sizeof(long), GFP_KERNEL);
	b->active = bitmap_zalloc(DIV_ROUND_UP(chunks, MD_BITMAP_GROUP),
				  GFP_KERNEL);
	b->dirty = bitmap_zalloc(b->nr_pages, GFP_KERNEL);
	b->writing_pages = bitmap_zalloc(b->nr_pages, GFP_KERNEL);
	b->wq = wq ?: alloc_workqueue("md_bitmap/%s",
				      WQ_UNBOUND | WQ_MEM_RECLAIM, 1,
				      mdname(mddev));
	if (!b->chunks || !b->image || !b->active || !b->dirty ||
	    !b->writing_pages || !b->wq || wi_alloc_pages(b) ||
	    bioset_init(&b->bios, BITMAP_BIOS, 0, BIOSET_NEED_BVECS)) {
		if (wq)
			b->wq = NULL;
		md_bitmap_free(b);
		return ERR_PTR(-ENOMEM);
	}
	return b;
}

/* Nobody else knows the bitmap yet. */
static void wi_set_from(struct md_bitmap *b, unsigned long first)
{
	for (; first < b->nr_chunks; first++)
		md_bitmap_set_image(b, first, false);
}

void md_bitmap_distrust(struct md_bitmap *b)
{
	b->trusted = false;
	b->events_cleared = 0;
	wi_set_from(b, 0);
}

/*
 * Loading
 */

/* Members that hold all data, while sb_mutex keeps them open. */
static struct md_rdev *next_source(struct mddev *mddev, struct md_rdev *after)
{
	struct md_rdev *rdev, *found = NULL;
	bool passed = !after;

	lockdep_assert_held(&mddev->sb_mutex);

	spin_lock_irq(&mddev->lock);
	rdev_for_each(rdev, mddev) {
		if (passed && rdev->raid_disk >= 0 &&
		    md_rdev_test(rdev, MD_RDEV_IN_SYNC) &&
		    !md_rdev_test(rdev, MD_RDEV_FAULTY)) {
			found = rdev;
			break;
		}
		if (rdev == after)
			passed = true;
	}
	spin_unlock_irq(&mddev->lock);
	return found;
}

static int read_file_page(struct file *file, unsigned int nr, struct page *page,
			  unsigned int bytes)
{
	loff_t pos = (loff_t)nr * PAGE_SIZE;
	ssize_t len;

	len = kernel_read(file, page_address(page), bytes, &pos);
	if (len < 0)
		return len;
	return len < bytes ? -ENODATA : 0;
}

/* Read one page of a bitmap of @bytes. @rdev: NULL for a file. */
static int wi_read_page(struct mddev *mddev, const struct wi_plan *plan,
			struct md_rdev *rdev, unsigned int nr,
			unsigned int bytes, struct page *page)
{
	bytes = min_t(unsigned int, bytes - nr * PAGE_SIZE, PAGE_SIZE);
	if (plan->file)
		return read_file_page(plan->file, nr, page, bytes);
	return md_rdev_page_io(rdev, wi_start(mddev, rdev, plan->offset) +
				     nr * PAGE_SECTORS, page, bytes,
			       REQ_OP_READ | REQ_META);
}

/* Returns NULL, or why the superblock at @buf is not this array's. */
static const char *head_unfit(const struct wi_plan *plan, const void *buf,
			      struct md_bitmap_head *head, int *ret)
{
	const char *why;
	u64 chunks;

	*ret = md_bitmap_decode(buf, head, &why);
	if (*ret)
		return why;
	*ret = -EINVAL;
	if (plan->persistent &&
	    memcmp(head->uuid, plan->uuid, sizeof(head->uuid)))
		return "it belongs to another array";
	chunks = md_bitmap_chunks(plan->sync_size, head->chunk_bytes);
	if (chunks > MD_BITMAP_MAX_CHUNKS)
		return "its chunks are too small";
	if (plan->space && md_bitmap_bytes(chunks, MD_BITMAP_HEAD_BYTES) >
			   plan->space * SECTOR_SIZE)
		return "its chunks are too small for the room it has";
	*ret = 0;
	return NULL;
}

/* Read and judge one superblock. Returns 0 or an errno, with a message. */
static int load_one_head(struct mddev *mddev, const struct wi_plan *plan,
			 struct md_rdev *rdev, struct page *page,
			 struct md_bitmap_head *head)
{
	const char *why = NULL;
	int ret = -EINVAL;

	if (rdev)
		why = wi_misplaced(mddev, rdev, plan->offset, 1,
				   mddev->dev_sectors);
	if (!why) {
		ret = wi_read_page(mddev, plan, rdev, 0, MD_BITMAP_HEAD_BYTES,
				   page);
		why = ret ? "it can't be read" :
			    head_unfit(plan, page_address(page), head, &ret);
	}
	if (ret && rdev)
		md_warn(mddev, "bitmap on %pg not accepted: %s\n", rdev->bdev,
			why);
	else if (ret)
		md_warn(mddev, "bitmap file not accepted: %s\n", why);
	return ret;
}

static bool head_current(const struct wi_plan *plan,
			 const struct md_bitmap_head *head)
{
	return !head->stale && head->events >= plan->events;
}

/*
 * Find a superblock, one that is up to date if there is any. @source is set to its
 * member, NULL for the file. Returns 0, -ENODATA when the bitmap is to be made
 * anew, or an errno.
 */
static int load_head(struct mddev *mddev, const struct wi_plan *plan,
		     struct page *page, struct md_bitmap_head *head,
		     struct md_rdev **source)
{
	struct md_rdev *rdev = NULL;
	struct md_bitmap_head cur;
	int ret;

	/* Who knows what another file is: it is left alone. */
	if (plan->file)
		return load_one_head(mddev, plan, NULL, page, head);

	while ((rdev = next_source(mddev, rdev))) {
		ret = load_one_head(mddev, plan, rdev, page, &cur);
		if (ret == -EOPNOTSUPP)
			return ret;
		if (ret || (*source && !head_current(plan, &cur)))
			continue;
		*head = cur;
		*source = rdev;
		if (head_current(plan, &cur))
			break;
	}
	return *source ? 0 : -ENODATA;
}

/* Copy what a page that was read says about bits into the image. */
static void take_bits(struct md_bitmap *b, unsigned int nr, const void *buf)
{
	unsigned int skip = nr ? 0 : b->head_bytes;
	unsigned long at = (unsigned long)nr * PAGE_SIZE + skip - b->head_bytes;
	unsigned long end = min_t(unsigned long, b->bytes - b->head_bytes,
				  (nr + 1) * PAGE_SIZE - b->head_bytes);
	const u8 *bits = buf + skip;
	unsigned long chunk;

	for (; at < end; at++, bits++)
		for (chunk = at * 8; *bits && chunk < at * 8 + 8; chunk++)
			if ((*bits & BIT(chunk & 7)) && chunk < b->nr_chunks)
				md_bitmap_set_image(b, chunk, false);
}

static int load_bits(struct md_bitmap *b, const struct wi_plan *plan,
		     struct md_rdev *source)
{
	unsigned int i;
	int ret;

	for (i = 0; i < b->nr_pages; i++) {
		ret = wi_read_page(b->mddev, plan, source, i, b->bytes,
				   b->pages[0]);
		if (ret)
			return ret;
		take_bits(b, i, page_address(b->pages[0]));
	}
	clear_page(page_address(b->pages[0]));
	return 0;
}

/* Judge what was found, and read the bits unless none of them counts. */
static void load_trusted(struct md_bitmap *b, const struct wi_plan *plan,
			 const struct md_bitmap_head *head,
			 struct md_rdev *source)
{
	struct mddev *mddev = b->mddev;

	b->version = head->version;
	if (!head_current(plan, head)) {
		md_warn(mddev, "bitmap is out of date (%llu < %llu): all of the array counts as written\n",
			head->events, plan->events);
		wi_set_from(b, 0);
		return;
	}
	if (load_bits(b, plan, source)) {
		md_warn(mddev, "bitmap can't be read: all of the array counts as written\n");
		wi_set_from(b, 0);
		return;
	}
	b->events_cleared = head->events_cleared;
	b->events = plan->events;
	b->trusted = true;
	if (head->sync_size < plan->sync_size) {
		md_warn(mddev, "bitmap covers only %llu of %llu KiB: the rest counts as written\n",
			head->sync_size / 2, (u64)plan->sync_size / 2);
		wi_set_from(b, head->sync_size >> b->shift);
	}
}

/* With sb_mutex held: members stay. */
static struct md_bitmap *wi_load(struct mddev *mddev,
				     struct wi_plan *plan,
				     struct page *page)
{
	struct md_rdev *source = NULL;
	struct md_bitmap_head head;
	struct md_bitmap *b;
	u32 chunk_bytes;
	int ret = 0;

	if (!plan->external)
		ret = load_head(mddev, plan, page, &head, &source);
	else
		source = next_source(mddev, NULL);
	if (ret && ret != -ENODATA)
		return ERR_PTR(ret);

	if (!plan->external && !ret) {
		chunk_bytes = head.chunk_bytes;
		plan->sleep = head.sleep * HZ;
		plan->write_behind = head.write_behind;
		if (head.reserved)
			plan->reserved = head.reserved;
	} else {
		chunk_bytes = md_bitmap_fit_chunk(plan->sync_size,
						  plan->chunk_bytes,
						  min_not_zero(plan->space,
							       plan->reserved) *
						  SECTOR_SIZE,
						  plan->external ? 0 :
						  MD_BITMAP_HEAD_BYTES);
		if (!chunk_bytes) {
			md_warn(mddev, "no room for a bitmap\n");
			return ERR_PTR(-ENOSPC);
		}
	}
	b = wi_alloc(mddev, plan->sync_size, chunk_bytes, !plan->external,
		     NULL);
	if (IS_ERR(b)) {
		md_warn(mddev, "no memory for a bitmap with chunks of %u KiB\n",
			chunk_bytes >> 10);
		return b;
	}
	b->offset = plan->offset;
	b->sleep = plan->sleep;
	b->write_behind = plan->write_behind;
	b->reserved = plan->reserved;
	/* Behind that comes what other superblocks have a say in. */
	if (plan->space)
		b->reserved = min(b->reserved, plan->space);
	if (b->reserved * SECTOR_SIZE < b->bytes)
		b->reserved = 0;
	if (plan->file)
		b->file = get_file(plan->file);
	if (ret) {
		md_warn(mddev, "a new bitmap is made: all of the array counts as written\n");
		wi_set_from(b, 0);
	} else if (plan->external) {
		b->trusted = source && !load_bits(b, plan, source);
		if (!b->trusted)
			wi_set_from(b, 0);
	} else {
		load_trusted(b, plan, &head, source);
	}
	return b;
}

/* Returns -ENOENT when the array isn't to have a bitmap. */
static int wi_make_plan(struct mddev *mddev, struct md_personality *pers,
			    struct wi_plan *plan)
{
	int ret;

	ret = mddev_lock(mddev);
	if (ret)
		return ret;
	if (!mddev->bitmap_file && !mddev->bitmap_offset) {
		ret = -ENOENT;
	} else {
		plan->file = mddev->bitmap_file;
		if (plan->file)
			get_file(plan->file);
		plan->offset = mddev->bitmap_offset;
		plan->external = mddev->bitmap_external;
		memcpy(plan->uuid, mddev->uuid, sizeof(plan->uuid));
		plan->persistent = mddev->persistent && mddev->format;
		plan->events = plan->persistent ? mddev->events : 0;
		plan->sync_size = pers->sync_size ? pers->sync_size(mddev) :
						    mddev->dev_sectors;
		plan->space = 0;
		if (!plan->file)
			plan->space = smallest_space(mddev);
		plan->reserved = mddev->bitmap_space;
		plan->chunk_bytes = mddev->bitmap_chunk ?:
				    MD_BITMAP_DEFAULT_CHUNK;
		plan->sleep = mddev->bitmap_sleep;
		plan->write_behind = mddev->bitmap_behind;
	}
	mddev_unlock(mddev);
	return ret;
}

struct md_bitmap *md_bitmap_open(struct mddev *mddev,
				 struct md_personality *pers)
{
	struct wi_plan plan = { };
	struct md_bitmap *b;
	struct page *page;
	int ret;

	if (!pers->syncs)
		return NULL;
	ret = wi_make_plan(mddev, pers, &plan);
	if (ret)
		return ret == -ENOENT ? NULL : ERR_PTR(ret);
	page = alloc_page(GFP_KERNEL);
	if (page) {
		mutex_lock(&mddev->sb_mutex);
		b = wi_load(mddev, &plan, page);
		mutex_unlock(&mddev->sb_mutex);
		__free_page(page);
	} else {
		b = ERR_PTR(-ENOMEM);
	}
	if (plan.file)
		fput(plan.file);
	return b;
}

/*
 * Attaching
 */

void md_bitmap_all_stale(struct mddev *mddev)
{
	struct md_rdev *rdev;

	lockdep_assert_held(&mddev->lock);

	rdev_for_each(rdev, mddev)
		md_rdev_set(rdev, MD_RDEV_BITMAP_STALE);
}

int md_bitmap_attach(struct mddev *mddev, struct md_bitmap *b)
{
	struct md_rdev *rdev;
	int ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	/* What a bitmap vouches for counts only while it is kept. */
	rdev_for_each(rdev, mddev) {
		if (!rdev->by_bitmap || (b && b->trusted))
			continue;
		rdev->by_bitmap = 0;
		if (!md_rdev_test(rdev, MD_RDEV_IN_SYNC))
			rdev->recovery_offset = 0;
	}
	if (!b)
		return 0;
	if (b->sync_size != md_sync_space(mddev) || mddev->bitmap ||
	    b->offset != mddev->bitmap_offset)
		return -EBUSY;
	/* What it was compared with may not be what has been settled since. */
	if (b->trusted && mddev->persistent && b->events != mddev->events)
		return -EBUSY;
	ret = wi_check_members(mddev, b, mddev->dev_sectors);
	if (ret)
		return ret;
	bitmap_fill(b->dirty, b->nr_pages);
	mddev->bitmap_chunk = md_bitmap_chunk_bytes(b);
	mddev->bitmap_sleep = b->sleep;
	mddev->bitmap_behind = b->write_behind;
	WRITE_ONCE(mddev->bitmap_space, b->reserved);
	spin_lock_irq(&mddev->lock);
	mddev->bitmap = b;
	md_bitmap_all_stale(mddev);
	spin_unlock_irq(&mddev->lock);
	md_bitmap_kick_scan(b);
	return 0;
}

void md_bitmap_detach(struct mddev *mddev)
{
	struct md_bitmap *b = mddev->bitmap;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (!b)
		return;
	spin_lock_irq(&mddev->lock);
	mddev->bitmap = NULL;
	spin_unlock_irq(&mddev->lock);
	list_add_tail(&b->dying, &mddev->dying_bitmaps);
}

void md_bitmap_free_dying(struct list_head *dying)
{
	struct md_bitmap *b, *tmp;

	list_for_each_entry_safe(b, tmp, dying, dying)
		md_bitmap_free(b);
}

/* Where the bits of a page of the bitmap are in b->image, and how many bytes. */
static void *wi_image_of(struct md_bitmap *b, unsigned int nr, void **buf,
			 size_t *len)
{
	unsigned int skip = nr ? 0 : b->head_bytes;
	size_t at = (size_t)nr * PAGE_SIZE + skip - b->head_bytes;

	*buf = page_address(b->pages[nr]) + skip;
	*len = min_t(size_t, b->bytes - b->head_bytes - at, PAGE_SIZE - skip);
	return b->image + at;
}

/*
 * A member left before it was flushed, and may have lost what it had of chunks whose
 * bits were cleared: set what is set on disk. Any time before pages are copied.
 */
static void wi_restore(struct md_bitmap *b)
{
	unsigned int nr;
	u8 *image, lost;
	void *buf;
	size_t len, i;

	for_each_set_bit(nr, b->dirty, b->nr_pages) {
		image = wi_image_of(b, nr, &buf, &len);
		for (i = 0; i < len; i++) {
			lost = ((u8 *)buf)[i] & ~image[i];
			if (!lost)
				continue;
			image[i] |= lost;
			__set_bit((image - (u8 *)b->image + i) * 8 /
				  MD_BITMAP_GROUP, b->active);
		}
	}
	b->undo = false;
	b->cleared = false;
}

/* Does any sector of a chunk of @to lie in a chunk that is set in @from? */
static void wi_copy(struct md_bitmap *to, const struct md_bitmap *from)
{
	unsigned long chunk, i, last;

	for (chunk = find_next_bit_le(from->image, from->nr_chunks, 0);
	     chunk < from->nr_chunks;
	     chunk = find_next_bit_le(from->image, from->nr_chunks, chunk + 1)) {
		i = (sector_t)chunk << from->shift >> to->shift;
		last = (((sector_t)chunk + 1) << from->shift) - 1;
		last = min_t(sector_t, last >> to->shift, to->nr_chunks - 1);
		for (; i <= last; i++)
			md_bitmap_set_image(to, i, false);
	}
}

int md_bitmap_resize(struct mddev *mddev, sector_t sectors)
{
	struct md_bitmap *old = mddev->bitmap, *b;
	u64 room = min_not_zero(smallest_space(mddev), mddev->bitmap_space);
	u32 chunk_bytes;
	int ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (!old || old->sync_size == sectors)
		return 0;
	room *= SECTOR_SIZE;
	if (old->file)
		room = MD_BITMAP_HEAD_BYTES + MD_BITMAP_MAX_CHUNKS / 8;
	chunk_bytes = md_bitmap_fit_chunk(sectors, md_bitmap_chunk_bytes(old),
					  room, old->head_bytes);
	if (!chunk_bytes)
		return -ENOSPC;
	b = wi_alloc(mddev, sectors, chunk_bytes, old->head_bytes, old->wq);
	if (IS_ERR(b))
		return PTR_ERR(b);
	if (old->file)
		b->file = get_file(old->file);
	b->offset = old->offset;
	ret = wi_check_members(mddev, b, sectors);
	if (ret) {
		b->wq = NULL;
		md_bitmap_free(b);
		return ret;
	}
	/* Its thread could not be made behind the gate; nothing is parked. */
	old->wq = NULL;
	b->version = old->version;
	b->trusted = old->trusted;
	/* The new one does not know which bits are cleared but not flushed. */
	spin_lock_irq(&mddev->lock);
	md_bitmap_member_left(mddev);
	spin_lock(&old->lock);
	if (old->undo)
		wi_restore(old);
	spin_unlock(&old->lock);
	spin_unlock_irq(&mddev->lock);
	wi_copy(b, old);
	if (sectors > old->sync_size)
		wi_set_from(b, old->sync_size >> b->shift);
	bitmap_fill(b->dirty, b->nr_pages);
	md_bitmap_detach(mddev);
	spin_lock_irq(&mddev->lock);
	b->events_cleared = old->events_cleared;
	b->failed = old->failed;
	mddev->bitmap_chunk = chunk_bytes;
	mddev->bitmap = b;
	md_bitmap_all_stale(mddev);
	spin_unlock_irq(&mddev->lock);
	md_bitmap_kick_scan(b);
	return 0;
}

/*
 * Writing
 */

bool md_bitmap_pending(struct md_bitmap *b)
{
	unsigned long flags;
	bool pending;

	if (!b)
		return false;
	spin_lock_irqsave(&b->lock, flags);
	pending = !bio_list_empty(&b->waiting) ||
		  (!b->failed && !bitmap_empty(b->dirty, b->nr_pages));
	spin_unlock_irqrestore(&b->lock, flags);
	return pending;
}

static void fill_head(struct md_bitmap *b, u64 events, void *buf)
{
	struct mddev *mddev = b->mddev;
	struct md_bitmap_head head = {
		.version = b->version,
		.sync_size = b->sync_size,
		.chunk_bytes = md_bitmap_chunk_bytes(b),
		.sleep = max_t(u32, mddev->bitmap_sleep / HZ, 1),
		.write_behind = mddev->bitmap_behind,
		.reserved = mddev->bitmap_space,
	};

	spin_lock_irq(&mddev->lock);
	memcpy(head.uuid, mddev->uuid, sizeof(head.uuid));
	if (events && b->want_clear) {
		b->events_cleared = events;
		b->promised = true;
	}
	head.events = events ?: mddev->events;
	head.events_cleared = b->events_cleared;
	spin_unlock_irq(&mddev->lock);
	md_bitmap_encode(&head, buf);
}

/*
 * Who has a slot now gets the bitmap. A member that gets one later has an old
 * event count in its copy, so that a superblock of this attempt which says that
 * it has a slot doesn't make it count.
 */
static bool wi_choose_members(struct mddev *mddev, struct list_head *members)
{
	struct md_sb_io *io;
	bool stale = false;

	spin_lock_irq(&mddev->lock);
	list_for_each_entry(io, members, link) {
		struct md_rdev *rdev = io->rdev;

		io->bitmap = rdev->raid_disk >= 0;
		/* One that has moved since needs all of it in the new place. */
		if (io->bitmap && io->sector == rdev->sb_start)
			stale |= test_and_clear_bit(MD_RDEV_BITMAP_STALE,
						    &rdev->flags);
	}
	spin_unlock_irq(&mddev->lock);
	return stale;
}

bool md_bitmap_must_flush(struct md_bitmap *b)
{
	spin_lock_irq(&b->lock);
	b->flushing = b->cleared;
	b->cleared = false;
	spin_unlock_irq(&b->lock);
	return b->flushing;
}

void md_bitmap_unflush(struct md_bitmap *b)
{
	spin_lock_irq(&b->lock);
	b->cleared |= b->flushing;
	b->flushing = false;
	spin_unlock_irq(&b->lock);
}

void md_bitmap_take(struct md_bitmap *b, struct list_head *members, u64 events)
{
	bool stale = wi_choose_members(b->mddev, members);
	unsigned int nr;
	void *image, *buf;
	size_t len;

	spin_lock_irq(&b->lock);
	if (b->undo) {
		wi_restore(b);
		/* It may have found nothing left to look at. */
		md_bitmap_kick_scan(b);
	}
	b->flushing = false;
	if (stale && !b->file)
		bitmap_fill(b->dirty, b->nr_pages);
	if (b->failed)
		bitmap_zero(b->dirty, b->nr_pages);
	else if (events && b->head_bytes)
		__set_bit(0, b->dirty);
	for_each_set_bit(nr, b->dirty, b->nr_pages) {
		image = wi_image_of(b, nr, &buf, &len);
		__set_bit(nr, b->writing_pages);
		/* Bits that were cleared since the flush are for the next write. */
		if (b->cleared) {
			bitmap_or(buf, buf, image, len * 8);
			continue;
		}
		memcpy(buf, image, len);
		__clear_bit(nr, b->dirty);
	}
	bio_list_merge(&b->writing, &b->waiting);
	bio_list_init(&b->waiting);
	spin_unlock_irq(&b->lock);
}

static void wi_end_io(struct bio *bio)
{
	struct md_sb_io *io = bio->bi_private;
	struct md_sb_batch *batch = io->batch;

	if (bio->bi_status)
		WRITE_ONCE(io->status, bio->bi_status);
	bio_put(bio);
	md_sb_batch_put(batch);
}

static void wi_submit(struct md_bitmap *b, struct md_sb_io *io,
			  unsigned int nr)
{
	struct md_rdev *rdev = io->rdev;
	unsigned int bytes = min_t(unsigned int, b->bytes - nr * PAGE_SIZE,
				   PAGE_SIZE);
	struct bio *bio;

	bio = bio_alloc_bioset(rdev->bdev, 1,
			       REQ_OP_WRITE | REQ_SYNC | REQ_META | REQ_FUA,
			       GFP_NOIO, &b->bios);
	/* Where its superblock goes in this attempt */
	bio->bi_iter.bi_sector = b->offset + nr * PAGE_SECTORS;
	if (!b->mddev->external)
		bio->bi_iter.bi_sector += io->sector;
	bio->bi_end_io = wi_end_io;
	bio->bi_private = io;
	__bio_add_page(bio, b->pages[nr],
		       round_up(bytes, bdev_logical_block_size(rdev->bdev)), 0);
	atomic_inc(&io->batch->pending);
	submit_bio(bio);
}

static void wi_write_members(struct md_bitmap *b, struct list_head *members,
				 struct list_head *failed)
{
	struct md_sb_io *io, *tmp;
	struct md_sb_batch batch;
	unsigned int nr;

	md_sb_batch_init(&batch);
	list_for_each_entry(io, members, link) {
		io->batch = &batch;
		io->status = BLK_STS_OK;
		if (!io->bitmap)
			continue;
		for_each_set_bit(nr, b->writing_pages, b->nr_pages)
			wi_submit(b, io, nr);
	}
	md_sb_batch_wait(&batch);
	list_for_each_entry_safe(io, tmp, members, link)
		if (io->status)
			list_move_tail(&io->link, failed);
}

/* Returns false when the file doesn't take it. */
static bool wi_write_file(struct md_bitmap *b)
{
	unsigned int noio = memalloc_noio_save();
	unsigned int nr, bytes;
	ssize_t ret = 0;
	loff_t pos;

	for_each_set_bit(nr, b->writing_pages, b->nr_pages) {
		pos = (loff_t)nr * PAGE_SIZE;
		bytes = min_t(unsigned int, b->bytes - pos, PAGE_SIZE);
		ret = kernel_write(b->file, page_address(b->pages[nr]), bytes,
				   &pos);
		if (ret != bytes)
			break;
		ret = 0;
	}
	if (!ret)
		ret = vfs_fsync(b->file, 1);
	memalloc_noio_restore(noio);
	return !ret;
}

void md_bitmap_give_up(struct md_bitmap *b)
{
	struct mddev *mddev = b->mddev;
	bool news;

	spin_lock_irq(&mddev->lock);
	spin_lock(&b->lock);
	news = !b->failed;
	b->failed = true;
	spin_unlock(&b->lock);
	/* Nobody may trust it from before the first write that it lacks. */
	if (news)
		md_sb_hold_acks(mddev);
	spin_unlock_irq(&mddev->lock);
	if (news)
		md_err(mddev, "bitmap can't be written and isn't kept any more\n");
}

void md_bitmap_write(struct md_bitmap *b, struct list_head *members,
		     struct list_head *failed, u64 events)
{
	if (!bitmap_empty(b->writing_pages, b->nr_pages)) {
		if (b->head_bytes && test_bit(0, b->writing_pages))
			fill_head(b, events, page_address(b->pages[0]));
		if (!b->file)
			wi_write_members(b, members, failed);
		else if (!wi_write_file(b))
			md_bitmap_give_up(b);
		bitmap_zero(b->writing_pages, b->nr_pages);
	}
}

void md_bitmap_written(struct md_bitmap *b)
{
	spin_lock_irq(&b->lock);
	bio_list_merge(&b->written, &b->writing);
	bio_list_init(&b->writing);
	spin_unlock_irq(&b->lock);
}

void md_bitmap_recorded(struct md_bitmap *b)
{
	struct md_rdev *rdev;

	lockdep_assert_held(&b->mddev->lock);

	/* What is wanted by now may not have been when the pages were filled. */
	if (!b->promised)
		return;
	b->promised = false;
	b->want_clear = false;
	b->can_clear = true;
	/* Who was re-added and waits for its slot: from here on bits are lost. */
	rdev_for_each(rdev, b->mddev)
		if (rdev->raid_disk < 0)
			rdev->by_bitmap = 0;
}
