/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The write-intent bitmap inside md-mod. Documentation/bitmap.md has the rules
 * that make it safe to skip what it does not name.
 */
#ifndef MD_BITMAP_H
#define MD_BITMAP_H

#include "md-bitmap-format.h"
#include "md-internal.h"

/*
 * A chunk's word: writes in flight, looks of the scan since the last of them,
 * and whether its bit is on stable storage on every member. A bit that was
 * loaded from one member isn't, though it counts.
 */
#define MD_CHUNK_WRITES		(BIT(28) - 1)
#define MD_CHUNK_AGE_ONE	BIT(28)
#define MD_CHUNK_AGE		(BIT(28) | BIT(29))
#define MD_CHUNK_ON_DISK	BIT(30)

/* The scan goes by groups, which /proc/mdstat calls pages. */
#define MD_BITMAP_GROUP		2048U

/**
 * struct md_bitmap - the bitmap of a running array
 *
 * Constant after md_bitmap_open() unless said otherwise.
 */
struct md_bitmap {
	struct mddev *mddev;
	struct list_head dying;		/* mddev->dying_bitmaps; reconfig_mutex */
	unsigned int shift;		/* sectors of a chunk, log2 */
	unsigned long nr_chunks;
	sector_t sync_size;		/* sectors that the bits cover */
	unsigned int head_bytes;	/* in front of the bits */
	unsigned int bytes;		/* of head and bits */
	struct file *file;		/* NULL: on the members */
	s64 offset;			/* sectors from their superblocks, or from
					 * their start with external metadata
					 */
	u32 version;
	u64 events;			/* of the array, when it was compared */
	unsigned long sleep;		/* jiffies; for mddev->bitmap_sleep */
	unsigned int write_behind;	/* for mddev->bitmap_behind */
	sector_t reserved;		/* for mddev->bitmap_space */

	atomic_t *chunks;		/* MD_CHUNK_* */

	spinlock_t lock;		/* irq-safe, innermost */
	void *image;			/* the bits, as on disk; lock for writing */
	unsigned long *active;		/* groups that may have set bits; lock */
	unsigned long *dirty;		/* pages to be written; lock */
	bool cleared;			/* bits have been, without a flush; lock */
	bool flushing;			/* ... with one under way; lock */
	bool undo;			/* a member didn't take part in it; lock */
	bool failed;			/* can't be written: not kept any more; lock */
	struct bio_list waiting;	/* for the next write of pages; lock */
	struct bio_list writing;	/* for the present one; lock */
	struct bio_list written;	/* for failures to be recorded; lock */
	struct bio_list ready;		/* to be carried out; lock */

	/* mddev->lock */
	u64 events_cleared;
	bool trusted;			/* what it doesn't name is in sync */
	bool can_clear;			/* bits may be cleared; and lock */
	bool want_clear;		/* ... once events_cleared was written */
	bool promised;			/* ... which is under way */

	/* the writer's; sb_mutex */
	unsigned int nr_pages;
	struct page **pages;		/* I/O buffers */
	unsigned long *writing_pages;
	struct bio_set bios;

	struct workqueue_struct *wq;
	struct work_struct resume;
	struct delayed_work scan;	/* on md_wq */

	atomic_t behind;		/* writes behind in flight */
	int max_behind_used;
};

static inline u32 md_bitmap_chunk_bytes(const struct md_bitmap *b)
{
	return (u32)SECTOR_SIZE << b->shift;
}

/* md-bitmap-io.c */

/* Every member is to get the whole bitmap. mddev->lock held. */
void md_bitmap_all_stale(struct mddev *mddev);
/**
 * md_bitmap_open() - load or make the bitmap that the configuration asks for
 * @mddev: array
 * @pers: the personality that runs it or is going to
 *
 * Context: no locks held, waits for I/O.
 * Return: the bitmap, to be given to md_bitmap_attach() or md_bitmap_free();
 * NULL when there shall be none; or ERR_PTR with a message printed.
 */
struct md_bitmap *md_bitmap_open(struct mddev *mddev,
				 struct md_personality *pers);
/* The array is being written: all of it counts as written. Not attached yet. */
void md_bitmap_distrust(struct md_bitmap *b);
/* Undo md_bitmap_open(), also when half done. No locks held, may sleep. */
void md_bitmap_free(struct md_bitmap *b);
void md_bitmap_free_dying(struct list_head *dying);

/**
 * md_bitmap_attach() - have an array use a bitmap
 * @b: of md_bitmap_open(); the caller keeps it when this fails
 *
 * Context: configuration context, with the array's size known.
 * Return: 0, -ENOSPC, or -EBUSY when the array has changed meanwhile.
 */
int md_bitmap_attach(struct mddev *mddev, struct md_bitmap *b);
/* The array's bitmap goes, if there is one; mddev_unlock() frees it.
 * Context: configuration context.
 */
void md_bitmap_detach(struct mddev *mddev);

/**
 * md_bitmap_resize() - have the bitmap cover the array's new size
 * @mddev: array
 * @sectors: of every member, and so of the sync space
 *
 * Context: configuration context. What is new counts as written.
 * Return: 0; -ENOMEM, or -ENOSPC when data would run into the bitmap, with everything
 * as before.
 */
int md_bitmap_resize(struct mddev *mddev, sector_t sectors);

/* Has a member a place for the bitmap? reconfig_mutex held. 0 or -ENOSPC. */
int md_bitmap_check_member(struct mddev *mddev, struct md_rdev *rdev);

/* Is there something to write? mddev->lock or sb_mutex held. */
bool md_bitmap_pending(struct md_bitmap *b);
/**
 * md_bitmap_must_flush() - have bits been cleared that are still on disk?
 * @b: bitmap
 *
 * They are cleared for good if no member leaves until md_bitmap_take().
 *
 * Context: sb_mutex held.
 * Return: whether members have to be flushed before md_bitmap_take().
 */
bool md_bitmap_must_flush(struct md_bitmap *b);
/* ... and the attempt ends without md_bitmap_take(). sb_mutex held. */
void md_bitmap_unflush(struct md_bitmap *b);
/**
 * md_bitmap_take() - settle what md_bitmap_write() is going to write
 * @b: bitmap
 * @members: of struct md_sb_io
 * @events: of the superblocks that will be written next, 0 when none will be
 * Context: sb_mutex held; who did not take the flush was marked failed.
 */
void md_bitmap_take(struct md_bitmap *b, struct list_head *members, u64 events);
/**
 * md_bitmap_write() - write the pages that changed to all members in slots
 * @b: bitmap
 * @members: of struct md_sb_io; those that don't take it move to @failed
 * @events: as for md_bitmap_take()
 * Context: sb_mutex held.
 */
void md_bitmap_write(struct md_bitmap *b, struct list_head *members,
		     struct list_head *failed, u64 events);
/* Failures were judged: parked bios may go on when they are recorded. sb_mutex. */
void md_bitmap_written(struct md_bitmap *b);
/* It can't be written: go on without. Context: process, no spinlocks held. */
void md_bitmap_give_up(struct md_bitmap *b);
/* The superblocks announced are on disk. sb_mutex and mddev->lock held. */
void md_bitmap_recorded(struct md_bitmap *b);

/* md-bitmap.c */
void md_bitmap_set_image(struct md_bitmap *b, unsigned long chunk, bool write);
unsigned int md_bitmap_page_of(const struct md_bitmap *b, unsigned long chunk);
void md_bitmap_scan_work(struct work_struct *work);
/* Have the scan look again in a while. Context: any. */
void md_bitmap_kick_scan(struct md_bitmap *b);
void md_bitmap_resume_work(struct work_struct *work);
void md_bitmap_clear_idle(struct mddev *mddev);
void md_bitmap_set_sleep(struct mddev *mddev);
bool md_bitmap_knows(struct mddev *mddev, u64 events);
bool md_bitmap_skip(struct md_bitmap *b, sector_t pos, sector_t *limit);
int md_bitmap_dirty_range(struct md_bitmap *b, unsigned long first,
			  unsigned long last);
unsigned long md_bitmap_usage(struct md_bitmap *b, unsigned long *used);

/* md-bitmap-sysfs.c */
int md_bitmap_add(struct mddev *mddev, s64 offset, struct file *file);
int md_bitmap_remove(struct mddev *mddev);
int md_bitmap_set_file(struct mddev *mddev, int fd);
void md_bitmap_status(struct seq_file *seq, struct mddev *mddev);

#endif
