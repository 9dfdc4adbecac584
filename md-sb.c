// SPDX-License-Identifier: GPL-2.0
/*
 * The superblock writer.
 *
 * Whoever changes something that superblocks record asks for a write, any time
 * and in any context, and gets a generation: a number that the writer has
 * passed once the change is on stable storage. Requests that come in while a
 * write runs share the next one. The writer is a work item with a mutex of its
 * own: it never needs reconfig_mutex, so metadata makes progress whoever
 * configures the array.
 *
 * One run of the work is one attempt:
 *
 *	collect		note the generation asked for and the members
 *	flush		data that metadata is going to speak of; fail members that
 *			did not take it
 *	logs		write the bad-block logs that changed
 *	bitmap		write the bitmap's pages that changed, its events first
 *	encode		take a snapshot into each member's page, events + 1
 *	superblocks	write them to all members at once, wait for all
 *	judge		fail members that did not take it
 *
 * Where only the bitmap has changed there is no new superblock.
 *
 * A member that fails asks for the next generation itself, so that the survivors
 * record the failure; each further attempt has a member less. What can't go on
 * like that (the last good copy doesn't take its superblock either) breaks the
 * array: it stays readable, but acknowledges no write any more.
 *
 * Nothing is written, and every generation counts as reached at once, while the
 * array doesn't run, has no metadata of ours (non-persistent, external), or is
 * read-only or auto-read-only. There is no exception: what such an array would
 * have to record (a failed member) is recorded when it becomes read-write, and
 * before its first write, as it is clean until then.
 *
 * A member that the writer has collected stays open until sb_mutex is free:
 * md_rdev_free_dying() takes it once before it closes anything.
 */
#include "md-bitmap.h"
#include "md-trace.h"

/* Metadata that this module keeps, as opposed to none or userland's. */
static bool sb_kept(const struct mddev *mddev)
{
	return mddev->persistent && !mddev->external && mddev->format;
}

static bool sb_writable(const struct mddev *mddev)
{
	lockdep_assert_held(&mddev->lock);
	return sb_kept(mddev) && mddev->pers && mddev->ro == MD_RW &&
	       !(mddev->write_slow & MD_WRITE_BROKEN);
}

/*
 * Snapshot
 */

static void sb_fill_devs(const struct mddev *mddev, struct md_super *sb)
{
	const struct md_rdev *rdev;
	struct md_super_dev *dev;
	unsigned int i;

	sb->nr_devs = 0;
	rdev_for_each(rdev, mddev)
		if (rdev->desc_nr >= 0 && rdev->desc_nr < MD_SUPER_MAX_DEVS)
			sb->nr_devs = max_t(u32, sb->nr_devs, rdev->desc_nr + 1);
	for (i = 0; i < sb->nr_devs; i++)
		sb->devs[i] = (struct md_super_dev) {
			.role = MD_DISK_ROLE_SPARE,
		};
	rdev_for_each(rdev, mddev) {
		if (rdev->desc_nr < 0 || rdev->desc_nr >= MD_SUPER_MAX_DEVS)
			continue;
		dev = &sb->devs[rdev->desc_nr];
		dev->present = 1;
		dev->major = MAJOR(rdev->devt);
		dev->minor = MINOR(rdev->devt);
		dev->write_mostly = md_rdev_test(rdev, MD_RDEV_WRITE_MOSTLY);
		dev->failfast = md_rdev_test(rdev, MD_RDEV_FAILFAST);
		if (md_rdev_test(rdev, MD_RDEV_FAULTY)) {
			dev->role = MD_DISK_ROLE_FAULTY;
		} else if (md_rdev_test(rdev, MD_RDEV_JOURNAL)) {
			dev->role = MD_DISK_ROLE_JOURNAL;
		} else if (rdev->raid_disk >= 0) {
			dev->role = rdev->raid_disk;
			dev->recovering = !md_rdev_test(rdev, MD_RDEV_IN_SYNC);
		}
	}
}

/*
 * Members have the numbers that superblocks say: mdadm takes one that is free here
 * for a new member, and writes it to disk before we hear of it.
 */
static void sb_renumber(struct mddev *mddev, struct md_super *sb)
{
	struct md_rdev *rdev;

	lockdep_assert_held(&mddev->lock);

	if (!mddev->format->number)
		return;
	rdev_for_each(rdev, mddev)
		if (mddev->format->number(sb, rdev->desc_nr) == U32_MAX)
			return;
	rdev_for_each(rdev, mddev)
		rdev->desc_nr = mddev->format->number(sb, rdev->desc_nr);
	sb_fill_devs(mddev, sb);
}

static void sb_fill_array(const struct mddev *mddev, struct md_super *sb)
{
	sb->major_version = mddev->format->major_version;
	sb->minor_version = mddev->format->minor_version;
	memcpy(sb->uuid, mddev->uuid, sizeof(sb->uuid));
	memcpy(sb->name, mddev->name, sizeof(sb->name));
	sb->ctime = mddev->ctime;
	sb->utime = mddev->utime;
	sb->level = mddev->level;
	sb->layout = mddev->layout;
	sb->chunk_sectors = mddev->chunk_sectors;
	sb->raid_disks = mddev->raid_disks;
	sb->dev_sectors = mddev->dev_sectors;
	sb->events = mddev->events;
	sb->resync_offset = mddev->resync_offset;
	sb->clean = mddev->in_sync;
	sb->md_minor = mddev->preferred_minor;
	sb->logical_block_size = mddev->logical_block_size;

	sb->reshape_position = mddev->reshape_position;
	sb->delta_disks = mddev->delta_disks;
	sb->reshape_backwards = mddev->reshape_backwards;
	sb->new_level = mddev->new_level;
	sb->new_layout = mddev->new_layout;
	sb->new_chunk_sectors = mddev->new_chunk_sectors;

	sb->bitmap_present = mddev->bitmap_present;
	sb->bitmap_offset = mddev->bitmap_offset;
	sb->journal = test_bit(MD_HAS_JOURNAL, &mddev->flags);
	sb->ppl = test_bit(MD_HAS_PPL, &mddev->flags);
	sb->multiple_ppls = test_bit(MD_HAS_MULTIPLE_PPLS, &mddev->flags);
	sb->raid0_layout = mddev->raid0_layout;
	sb->clustered = false;
	sb_fill_devs(mddev, sb);
}

static void sb_fill_member(const struct md_rdev *rdev, bool has_bad_blocks,
			   struct md_super *sb)
{
	bool partial = rdev->raid_disk >= 0 &&
		       !md_rdev_test(rdev, MD_RDEV_IN_SYNC) &&
		       !md_rdev_test(rdev, MD_RDEV_JOURNAL);

	sb->dev_number = rdev->desc_nr;
	memcpy(sb->device_uuid, rdev->device_uuid, sizeof(sb->device_uuid));
	sb->super_offset = rdev->sb_start;
	sb->data_offset = rdev->data_offset;
	sb->new_data_offset = rdev->new_data_offset;
	sb->data_sectors = rdev->sectors;
	sb->recovery_offset = partial ? rdev->recovery_offset : MD_SUPER_NONE;
	sb->recovery_by_bitmap = partial && rdev->by_bitmap == MD_SECTOR_NONE;
	sb->replacement = md_rdev_test(rdev, MD_RDEV_REPLACEMENT);
	sb->journal_tail = rdev->journal_tail;
	sb->corrected_reads = atomic_read(&rdev->corrected_errors);
	sb->write_mostly = md_rdev_test(rdev, MD_RDEV_WRITE_MOSTLY);
	sb->failfast = md_rdev_test(rdev, MD_RDEV_FAILFAST);
	sb->bad_blocks = has_bad_blocks;
	sb->bblog_shift = rdev->bblog_shift;
	sb->bblog_sectors = rdev->bblog_sectors;
	sb->bblog_offset = rdev->bblog_offset;
	sb->ppl_offset = rdev->ppl_offset;
	sb->ppl_sectors = rdev->ppl_sectors;
}

/**
 * md_sb_unfit() - can the array's metadata describe a further member?
 * @mddev: array with metadata of ours
 * @rdev: bound, with its number
 *
 * Context: reconfig_mutex held, may sleep.
 * Return: 0, -ENOMEM, or -ENOSPC with a message.
 */
int md_sb_unfit(struct mddev *mddev, struct md_rdev *rdev)
{
	struct md_super *sb;
	const char *why;

	lockdep_assert_held(&mddev->reconfig_mutex);

	sb = kvzalloc(sizeof(*sb), GFP_KERNEL);
	if (!sb)
		return -ENOMEM;
	spin_lock_irq(&mddev->lock);
	sb_fill_array(mddev, sb);
	sb_fill_member(rdev, rdev->badblocks.count > 0, sb);
	spin_unlock_irq(&mddev->lock);
	why = mddev->format->unfit(sb);
	if (why)
		md_warn(mddev, "member %pg can't be recorded: %s\n", rdev->bdev,
			why);
	kvfree(sb);
	return why ? -ENOSPC : 0;
}

/*
 * Bad-block logs
 */

/* How many entries the log on disk has room for. */
unsigned int md_sb_bblog_room(const struct md_rdev *rdev)
{
	return min_t(unsigned int, rdev->bblog_sectors, MD_BBLOG_MAX_SECTORS) *
	       512 / sizeof(__le64);
}

/*
 * The log's units may be coarser than sectors: round outwards, so that nothing
 * bad is forgotten.
 */
static __le64 bblog_entry(u64 entry, u8 shift)
{
	u64 first = BB_OFFSET(entry) >> shift;
	u64 last = (BB_END(entry) - 1) >> shift;

	return cpu_to_le64(first << 10 | (last - first + 1));
}

/* Returns true when the log has to be written; it is in bb_page then. */
static bool sb_encode_log(struct md_rdev *rdev, struct md_sb_io *io)
{
	struct badblocks *bb = &rdev->badblocks;
	__le64 *log = page_address(rdev->bb_page);
	int room = md_sb_bblog_room(rdev);
	bool changed;
	int i;

	write_seqlock_irq(&bb->lock);
	io->has_bad_blocks = room && bb->count > 0;
	changed = room && bb->changed;
	if (changed) {
		for (i = 0; i < room && i < bb->count; i++)
			log[i] = bblog_entry(bb->page[i], rdev->bblog_shift);
		/* Additions from here on set it again: for the next attempt. */
		bb->changed = 0;
	}
	write_sequnlock_irq(&bb->lock);

	if (!changed)
		return false;
	for (; i < room; i++)
		log[i] = cpu_to_le64(MD_BBLOG_END);
	return true;
}

/*
 * I/O
 */

void md_sb_batch_init(struct md_sb_batch *batch)
{
	/* One for md_sb_batch_wait(), so that it can't complete too early. */
	atomic_set(&batch->pending, 1);
	init_completion(&batch->done);
}

void md_sb_batch_put(struct md_sb_batch *batch)
{
	if (atomic_dec_and_test(&batch->pending))
		complete(&batch->done);
}

static void sb_end_io(struct bio *bio)
{
	struct md_sb_io *io = bio->bi_private;

	io->status = bio->bi_status;
	md_sb_batch_put(io->batch);
}

void md_sb_batch_wait(struct md_sb_batch *batch)
{
	if (!atomic_dec_and_test(&batch->pending))
		wait_for_completion_io(&batch->done);
}

/* @page: NULL for a flush */
static void sb_submit(struct md_sb_batch *batch, struct md_sb_io *io,
		      struct page *page, sector_t sector, unsigned int bytes)
{
	struct block_device *bdev = io->rdev->bdev;

	bio_init(&io->bio, bdev, &io->bvec, 1, REQ_OP_WRITE | REQ_SYNC |
		 REQ_IDLE | REQ_META | (page ? REQ_FUA : REQ_PREFLUSH));
	io->bio.bi_end_io = sb_end_io;
	io->bio.bi_private = io;
	if (page) {
		io->bio.bi_iter.bi_sector = sector;
		__bio_add_page(&io->bio, page,
			       round_up(bytes, bdev_logical_block_size(bdev)), 0);
	}
	io->batch = batch;
	atomic_inc(&batch->pending);
	submit_bio(&io->bio);
}

/* Wait for a stage in which every member took part; who failed moves to @failed. */
static void sb_finish_stage(struct md_sb_batch *batch, struct list_head *members,
			    struct list_head *failed)
{
	struct md_sb_io *io, *tmp;

	md_sb_batch_wait(batch);
	list_for_each_entry_safe(io, tmp, members, link) {
		bio_uninit(&io->bio);
		if (io->status)
			list_move_tail(&io->link, failed);
	}
}

/*
 * Metadata says that members are equal, or hold what they were given: on no member
 * may it be stable before that is true of all of them.
 */
static void sb_flush(struct list_head *members, struct list_head *failed)
{
	struct md_sb_batch batch;
	struct md_sb_io *io;

	md_sb_batch_init(&batch);
	list_for_each_entry(io, members, link)
		sb_submit(&batch, io, NULL, 0, 0);
	sb_finish_stage(&batch, members, failed);
}

/*
 * One attempt
 */

static bool sb_bitmap_writable(const struct mddev *mddev)
{
	lockdep_assert_held(&mddev->lock);
	return mddev->pers && mddev->ro == MD_RW &&
	       !(mddev->write_slow & MD_WRITE_BROKEN);
}

/*
 * Returns whether there is anything to write; *@gen is the generation, 0 for pages
 * of the bitmap alone. That no member is left to be written to (@members is empty)
 * is for the attempt to find out: somebody waits for its result.
 */
static bool sb_collect(struct mddev *mddev, struct list_head *members, u64 *gen)
{
	struct md_rdev *rdev;
	bool pages;

	*gen = 0;
	spin_lock_irq(&mddev->lock);
	pages = sb_bitmap_writable(mddev) && md_bitmap_pending(mddev->bitmap);
	if (!sb_writable(mddev))
		mddev->sb_done = mddev->sb_wanted;
	else if (mddev->sb_done != mddev->sb_wanted)
		*gen = mddev->sb_wanted;
	if (*gen || pages) {
		rdev_for_each(rdev, mddev) {
			if (!rdev->sb_io || md_rdev_test(rdev, MD_RDEV_FAULTY))
				continue;
			/* It may move, but not away from its log and bitmap. */
			rdev->sb_io->sector = rdev->sb_start;
			list_add_tail(&rdev->sb_io->link, members);
		}
	}
	spin_unlock_irq(&mddev->lock);
	return *gen || pages;
}

/*
 * Logs go first: a superblock must not announce bad blocks that a log which was
 * never written, or an old one, doesn't have. Members that don't take it move to
 * @failed.
 */
static void sb_write_logs(struct list_head *members, struct list_head *failed)
{
	struct md_sb_batch batch;
	struct md_sb_io *io, *tmp;
	LIST_HEAD(busy);

	md_sb_batch_init(&batch);
	list_for_each_entry_safe(io, tmp, members, link) {
		struct md_rdev *rdev = io->rdev;

		io->status = BLK_STS_OK;
		if (!sb_encode_log(rdev, io))
			continue;
		list_move_tail(&io->link, &busy);
		sb_submit(&batch, io, rdev->bb_page,
			  io->sector + rdev->bblog_offset,
			  rdev->bblog_sectors * 512);
	}
	md_sb_batch_wait(&batch);
	list_for_each_entry_safe(io, tmp, &busy, link) {
		bio_uninit(&io->bio);
		if (io->status) {
			struct badblocks *bb = &io->rdev->badblocks;

			write_seqlock_irq(&bb->lock);
			bb->changed = 1;
			write_sequnlock_irq(&bb->lock);
			list_move_tail(&io->link, failed);
		}
	}
	list_splice_tail(&busy, members);
}

/* Returns false when the array has become one that isn't written to. */
static bool sb_encode(struct mddev *mddev, struct list_head *members)
{
	struct md_super *sb = mddev->sb_image;
	struct md_sb_io *io, *tmp;

	spin_lock_irq(&mddev->lock);
	if (!sb_writable(mddev)) {
		mddev->sb_done = mddev->sb_wanted;
		spin_unlock_irq(&mddev->lock);
		return false;
	}
	mddev->events++;
	mddev->utime = ktime_get_real_seconds();
	sb_fill_array(mddev, sb);
	sb_renumber(mddev, sb);
	if (!sb->clean || sb->resync_offset != MD_SUPER_NONE)
		mddev->data_events = mddev->events;
	list_for_each_entry_safe(io, tmp, members, link) {
		struct md_rdev *rdev = io->rdev;
		void *buf = page_address(rdev->sb_page);

		/* Unbound, its number may be another one's by now. */
		if (md_rdev_test(rdev, MD_RDEV_FAULTY) ||
		    list_empty(&rdev->same_set)) {
			list_del_init(&io->link);
			continue;
		}
		io->good = rdev->raid_disk >= 0 &&
			   md_rdev_test(rdev, MD_RDEV_IN_SYNC);
		sb_fill_member(rdev, io->has_bad_blocks, sb);
		sb->super_offset = io->sector;
		mddev->format->encode(sb, buf);
		io->bytes = mddev->format->used_bytes(buf);
	}
	spin_unlock_irq(&mddev->lock);
	return true;
}

static void sb_write_superblocks(struct list_head *members,
				 struct list_head *failed)
{
	struct md_sb_batch batch;
	struct md_sb_io *io;

	md_sb_batch_init(&batch);
	list_for_each_entry(io, members, link)
		sb_submit(&batch, io, io->rdev->sb_page, io->sector, io->bytes);
	sb_finish_stage(&batch, members, failed);
}

/* Returns how many of the members that hold data took the superblock. */
static unsigned int sb_count_written(struct mddev *mddev,
				     struct list_head *members, int *written)
{
	unsigned int good = 0;
	struct md_sb_io *io;

	list_for_each_entry(io, members, link) {
		struct md_rdev *rdev = io->rdev;

		rdev->sb_events = mddev->sb_image->events;
		rdev->sb_loaded = true;
		if (rdev->badblocks.unacked_exist) {
			ack_all_badblocks(&rdev->badblocks);
			md_rdev_notify_badblocks(rdev);
		}
		good += io->good;
		(*written)++;
	}
	return good;
}

/* Those of them that have been told of already are passed by. */
static void sb_fail_members(struct mddev *mddev, struct list_head *failed)
{
	struct md_sb_io *io;

	list_for_each_entry(io, failed, link) {
		struct md_rdev *rdev = io->rdev;

		if (!io->status)
			continue;
		md_err(mddev, "can't write the metadata of member %pg (%d)\n",
		       rdev->bdev, blk_status_to_errno(io->status));
		io->status = BLK_STS_OK;
		if (!md_rdev_test(rdev, MD_RDEV_FAULTY))
			md_error(mddev, rdev);
		io->gone = md_rdev_test(rdev, MD_RDEV_FAULTY) ||
			   list_empty(&rdev->same_set);
	}
}

/* How many of those that failed are gone, or are the last good copy? */
static unsigned int sb_count(struct list_head *failed, bool gone)
{
	struct md_sb_io *io;
	unsigned int n = 0;

	list_for_each_entry(io, failed, link)
		n += io->gone == gone;
	return n;
}

/*
 * Who doesn't take the bitmap fails. The last good member can't: it gets superblocks
 * all the same, which say that there is no bitmap to be trusted.
 */
static void sb_write_bitmap(struct mddev *mddev, struct md_bitmap *b,
			    struct list_head *members, u64 events)
{
	struct md_sb_io *io, *tmp;
	LIST_HEAD(failed);

	md_bitmap_take(b, members, events);
	md_bitmap_write(b, members, &failed, events);
	sb_fail_members(mddev, &failed);
	list_for_each_entry_safe(io, tmp, &failed, link) {
		if (md_rdev_test(io->rdev, MD_RDEV_FAULTY)) {
			list_del_init(&io->link);
			continue;
		}
		md_bitmap_give_up(b);
		list_move_tail(&io->link, members);
	}
}

static bool sb_has_good(struct mddev *mddev)
{
	struct md_rdev *rdev;

	lockdep_assert_held(&mddev->lock);

	rdev_for_each(rdev, mddev)
		if (rdev->raid_disk >= 0 && md_rdev_test(rdev, MD_RDEV_IN_SYNC) &&
		    !md_rdev_test(rdev, MD_RDEV_FAULTY))
			return true;
	return false;
}

static void sb_judge(struct mddev *mddev, u64 gen, struct list_head *members,
		     struct list_head *failed)
{
	unsigned int good, newly, nr_failed;
	bool broken = false;
	int written = 0;

	good = sb_count_written(mddev, members, &written);
	sb_fail_members(mddev, failed);
	newly = sb_count(failed, true);
	nr_failed = newly + sb_count(failed, false);

	spin_lock_irq(&mddev->lock);
	if (good) {
		/*
		 * Spares alone don't count: assembly would find them newer than
		 * all members that hold data.
		 */
		mddev->sb_done = max(mddev->sb_done, gen);
		if (mddev->bitmap)
			md_bitmap_recorded(mddev->bitmap);
	} else if (!sb_writable(mddev)) {
		/* Stopped meanwhile, or read-only: nobody asks any more. */
		mddev->sb_done = mddev->sb_wanted;
	} else if (newly || (!nr_failed && sb_has_good(mddev))) {
		/*
		 * The others may do better now that this is one less, or one has
		 * come in place of those that failed on the way.
		 */
		md_sb_request_locked(mddev);
	} else {
		broken = true;
		md_write_slow_set(mddev, MD_WRITE_BROKEN);
		mddev->sb_done = mddev->sb_wanted;
	}
	spin_unlock_irq(&mddev->lock);

	trace_md_sb_write(mddev, gen, written, nr_failed);
	if (broken) {
		md_err(mddev, "no good member takes its superblock: array is broken, writes fail from now on\n");
		md_notify_state(mddev);
		md_new_event();
	}
}

static void sb_forget(struct list_head *members)
{
	struct md_sb_io *io, *tmp;

	list_for_each_entry_safe(io, tmp, members, link)
		list_del_init(&io->link);
}

/*
 * The last good copy is out of it before the pages of the bitmap are written, and
 * nobody else is to get what it lacks. They stay for the next attempt, if there is
 * one.
 */
static void sb_give_up(struct mddev *mddev, u64 gen, struct list_head *members,
		       struct list_head *failed)
{
	sb_forget(members);
	if (mddev->bitmap)
		md_bitmap_unflush(mddev->bitmap);
	sb_judge(mddev, gen, members, failed);
	sb_forget(failed);
}

static void sb_attempt(struct mddev *mddev, u64 gen, struct list_head *members)
{
	struct md_bitmap *b = mddev->bitmap;
	u64 events = gen ? mddev->events + 1 : 0;
	LIST_HEAD(failed);

	if ((b && md_bitmap_must_flush(b)) || gen) {
		sb_flush(members, &failed);
		sb_fail_members(mddev, &failed);
	}
	if (gen) {
		sb_write_logs(members, &failed);
		sb_fail_members(mddev, &failed);
	}
	if (sb_count(&failed, false)) {
		if (gen) {
			sb_give_up(mddev, gen, members, &failed);
			return;
		}
		md_bitmap_give_up(b);
	}
	if (b)
		sb_write_bitmap(mddev, b, members, events);
	if (gen && sb_encode(mddev, members)) {
		sb_write_superblocks(members, &failed);
		sb_judge(mddev, gen, members, &failed);
	}
	if (b)
		md_bitmap_written(b);
	sb_forget(&failed);
}

static void md_sb_work(struct work_struct *work)
{
	struct mddev *mddev = container_of(work, struct mddev, sb_work);
	LIST_HEAD(members);
	u64 gen;

	mutex_lock(&mddev->sb_mutex);
	if (sb_collect(mddev, &members, &gen))
		sb_attempt(mddev, gen, &members);
	sb_forget(&members);
	mutex_unlock(&mddev->sb_mutex);

	wake_up_all(&mddev->sb_wait);
	md_sb_check_acks(mddev);
}

/*
 * Asking and waiting
 */

/**
 * md_sb_request_locked() - ask for the superblocks to be written
 * @mddev: array
 *
 * What has changed under mddev->lock before this call is recorded.
 *
 * Context: mddev->lock held.
 * Return: generation for md_sb_wait().
 */
u64 md_sb_request_locked(struct mddev *mddev)
{
	u64 gen;

	lockdep_assert_held(&mddev->lock);
	gen = ++mddev->sb_wanted;
	queue_work(mddev->sb_wq, &mddev->sb_work);
	return gen;
}
EXPORT_SYMBOL_GPL(md_sb_request_locked);

/**
 * md_sb_request() - ask for the superblocks to be written
 * @mddev: array
 *
 * Context: any but under mddev->lock.
 * Return: generation for md_sb_wait().
 */
u64 md_sb_request(struct mddev *mddev)
{
	unsigned long flags;
	u64 gen;

	spin_lock_irqsave(&mddev->lock, flags);
	gen = md_sb_request_locked(mddev);
	spin_unlock_irqrestore(&mddev->lock, flags);
	return gen;
}
EXPORT_SYMBOL_GPL(md_sb_request);

static bool sb_reached(struct mddev *mddev, u64 generation, bool *broken)
{
	unsigned long flags;
	bool reached;

	spin_lock_irqsave(&mddev->lock, flags);
	*broken = mddev->write_slow & MD_WRITE_BROKEN;
	reached = *broken || mddev->sb_done >= generation;
	spin_unlock_irqrestore(&mddev->lock, flags);
	return reached;
}

/**
 * md_sb_wait() - wait until a change is on stable metadata
 * @mddev: array
 * @generation: of md_sb_request()
 *
 * The wait isn't interruptible: it ends as soon as every member has answered,
 * and callers go on to rely on the result.
 *
 * Context: process, sleeps; reconfig_mutex must not be held.
 * Return: 0 when it is recorded or the array has no metadata to write, -EIO when
 * no good member took it.
 */
int md_sb_wait(struct mddev *mddev, u64 generation)
{
	bool broken;

	lockdep_assert_not_held(&mddev->reconfig_mutex);
	wait_event(mddev->sb_wait, sb_reached(mddev, generation, &broken));
	return broken ? -EIO : 0;
}
EXPORT_SYMBOL_GPL(md_sb_wait);

/*
 * Acknowledgements that are held back
 */

/**
 * md_sb_hold_acks() - hold completions of writes until all is recorded
 * @mddev: array
 *
 * To be called before the change (a failure, a bad block) becomes visible, in
 * the same section under mddev->lock. Asks for the superblocks.
 *
 * Context: mddev->lock held.
 */
void md_sb_hold_acks(struct mddev *mddev)
{
	lockdep_assert_held(&mddev->lock);

	if (!mddev->external && !sb_kept(mddev))
		return;
	md_write_slow_set(mddev, MD_WRITE_ACK_HELD);
	/* md_io_end() looks at it after it has seen what comes next. */
	smp_wmb();
	mddev->sb_ack = md_sb_request_locked(mddev);
}

bool md_sb_acks_must_wait(struct mddev *mddev)
{
	struct md_rdev *rdev;

	lockdep_assert_held(&mddev->lock);

	if (mddev->write_slow & MD_WRITE_BROKEN)
		return false;
	if (!mddev->external)
		return sb_kept(mddev) && mddev->sb_done < mddev->sb_ack;
	rdev_for_each(rdev, mddev) {
		if (md_rdev_test(rdev, MD_RDEV_BLOCKED))
			return true;
		if (md_rdev_test(rdev, MD_RDEV_EXTERNAL_BBL) &&
		    !md_rdev_test(rdev, MD_RDEV_FAULTY) &&
		    READ_ONCE(rdev->badblocks.unacked_exist))
			return true;
	}
	return false;
}

void md_sb_check_acks(struct mddev *mddev)
{
	blk_status_t status = BLK_STS_OK;
	struct bio_list bios;
	unsigned long flags;

	bio_list_init(&bios);
	spin_lock_irqsave(&mddev->lock, flags);
	if (!md_sb_acks_must_wait(mddev)) {
		/* It moves no members as long as any are held. */
		if (mddev->pers && (mddev->write_slow & MD_WRITE_ACK_HELD))
			md_wake_daemon(mddev);
		md_write_slow_clear(mddev, MD_WRITE_ACK_HELD);
		/* The next failure may hold others as soon as the lock is free. */
		bio_list_merge_init(&bios, &mddev->held_acks);
		/* What they have met will never be recorded. */
		if (mddev->write_slow & MD_WRITE_BROKEN)
			status = BLK_STS_IOERR;
		md_bitmap_release(mddev, !sb_bitmap_writable(mddev));
	}
	spin_unlock_irqrestore(&mddev->lock, flags);
	md_end_held_acks(mddev, &bios, status);
}

/*
 * Life
 */

/* Context: process. Return: 0 or -ENOMEM with nothing to undo. */
int md_sb_init(struct mddev *mddev)
{
	mutex_init(&mddev->sb_mutex);
	init_waitqueue_head(&mddev->sb_wait);
	INIT_WORK(&mddev->sb_work, md_sb_work);
	mddev->sb_image = kvzalloc(sizeof(*mddev->sb_image), GFP_KERNEL);
	return mddev->sb_image ? 0 : -ENOMEM;
}

/* Context: process; the work was cancelled and nobody can ask any more. */
void md_sb_destroy(struct mddev *mddev)
{
	kvfree(mddev->sb_image);
	mddev->sb_image = NULL;
}

/**
 * md_sb_member_init() - allocate what superblock I/O of a member needs
 * @rdev: member, new
 *
 * Context: process, sleeps.
 * Return: 0, or -ENOMEM; md_sb_member_exit() undoes either.
 */
int md_sb_member_init(struct md_rdev *rdev)
{
	rdev->sb_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	rdev->bb_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	rdev->sb_io = kzalloc(sizeof(*rdev->sb_io), GFP_KERNEL);
	if (!rdev->sb_page || !rdev->bb_page || !rdev->sb_io)
		return -ENOMEM;
	rdev->sb_io->rdev = rdev;
	INIT_LIST_HEAD(&rdev->sb_io->link);
	return 0;
}

/* Context: process; no superblock write uses the member any more. */
void md_sb_member_exit(struct md_rdev *rdev)
{
	if (rdev->sb_page)
		__free_page(rdev->sb_page);
	if (rdev->bb_page)
		__free_page(rdev->bb_page);
	kfree(rdev->sb_io);
	rdev->sb_page = NULL;
	rdev->bb_page = NULL;
	rdev->sb_io = NULL;
}
