// SPDX-License-Identifier: GPL-2.0
/*
 * The bitmap as userland sees it: adding and removing it, .../md/bitmap/, its line
 * in /proc/mdstat.
 */
#include <linux/ctype.h>
#include <linux/file.h>

#include "md-bitmap.h"
#include "md-sysfs.h"

/*
 * Adding and removing
 */

/* reconfig_mutex held. */
static int may_change(struct mddev *mddev)
{
	if (!mddev->pers)
		return 0;
	if (mddev->ro == MD_RO)
		return -EROFS;
	if (!mddev->pers->syncs || md_sync_busy(mddev))
		return -EBUSY;
	return 0;
}

static void forget_config(struct mddev *mddev)
{
	spin_lock_irq(&mddev->lock);
	mddev->bitmap_present = false;
	mddev->bitmap_offset = 0;
	spin_unlock_irq(&mddev->lock);
	if (mddev->bitmap_file)
		fput(mddev->bitmap_file);
	mddev->bitmap_file = NULL;
}

/* What the array shall have. The file's reference is taken over on success. */
static int configure(struct mddev *mddev, s64 offset, struct file *file,
		     struct md_personality **pers)
{
	int ret;

	ret = md_config_lock(mddev, false);
	if (ret)
		return ret;
	ret = may_change(mddev);
	if (!ret && (mddev->bitmap_offset || mddev->bitmap_file))
		ret = -EBUSY;
	if (!ret && file && mddev->external)
		ret = -EINVAL;
	if (!ret && (test_bit(MD_HAS_JOURNAL, &mddev->flags) ||
		     test_bit(MD_HAS_PPL, &mddev->flags))) {
		md_warn(mddev, "journal or PPL and a bitmap exclude each other\n");
		ret = -EINVAL;
	}
	/* 0.90 has one place for it only. */
	if (!ret && offset && mddev->format == &md_super_v090 &&
	    offset != MD_SB_BYTES >> SECTOR_SHIFT)
		ret = -EINVAL;
	if (!ret) {
		spin_lock_irq(&mddev->lock);
		mddev->bitmap_offset = offset;
		mddev->bitmap_file = file;
		/* Without members running it is what will be assembled. */
		mddev->bitmap_present = offset && !mddev->pers;
		spin_unlock_irq(&mddev->lock);
		*pers = mddev->pers;
		if (*pers)
			__module_get((*pers)->owner);
	}
	mddev_unlock(mddev);
	return ret;
}

static int attach_running(struct mddev *mddev, struct md_personality *pers)
{
	struct md_bitmap *b;
	u64 gen = 0;
	int ret;

	b = md_bitmap_open(mddev, pers);
	if (IS_ERR_OR_NULL(b))
		return b ? PTR_ERR(b) : -EINVAL;
	md_bitmap_distrust(b);
	ret = mddev_suspend_and_lock(mddev);
	if (ret)
		goto free;
	if (mddev->pers != pers || !md_configurable(mddev) ||
	    md_sync_busy(mddev))
		ret = -EBUSY;
	else
		ret = md_bitmap_attach(mddev, b);
	if (!ret) {
		spin_lock_irq(&mddev->lock);
		mddev->bitmap_present = mddev->bitmap_offset;
		gen = md_sb_request_locked(mddev);
		spin_unlock_irq(&mddev->lock);
	}
	mddev_unlock_and_resume(mddev);
	if (!ret) {
		md_new_event();
		return md_sb_wait(mddev, gen);
	}
free:
	md_bitmap_free(b);
	return ret;
}

/**
 * md_bitmap_add() - give an array a bitmap
 * @mddev: array
 * @offset: sectors from the members' superblocks, or 0
 * @file: where it shall be instead, or NULL; its reference is taken over when
 *	this succeeds
 *
 * Context: no locks held, waits for I/O.
 * Return: 0, -EBUSY when there is one or a sync runs, -EROFS, -EINVAL, -ENOSPC.
 */
int md_bitmap_add(struct mddev *mddev, s64 offset, struct file *file)
{
	struct md_personality *pers = NULL;
	int ret;

	ret = configure(mddev, offset, file, &pers);
	if (ret || !pers)
		return ret;
	if (file)
		get_file(file);
	ret = attach_running(mddev, pers);
	module_put(pers->owner);
	if (ret) {
		mddev_lock_nointr(mddev);
		if (!mddev->bitmap)
			forget_config(mddev);
		mddev_unlock(mddev);
	} else if (file) {
		fput(file);
	}
	return ret;
}

/**
 * md_bitmap_remove() - have an array go without its bitmap
 * @mddev: array
 *
 * Context: no locks held, waits for I/O.
 * Return: 0, -ENOENT when there is none, -EBUSY while a sync runs, -EROFS.
 */
int md_bitmap_remove(struct mddev *mddev)
{
	u64 gen = 0;
	int ret;

	ret = md_config_lock(mddev, true);
	if (ret)
		return ret;
	ret = may_change(mddev);
	if (!ret && !mddev->bitmap_offset && !mddev->bitmap_file)
		ret = -ENOENT;
	if (!ret) {
		md_bitmap_detach(mddev);
		md_bitmap_attach(mddev, NULL);
		forget_config(mddev);
		mddev->bitmap_space = 0;
		gen = md_sb_request(mddev);
	}
	mddev_unlock(mddev);
	/* No write before superblocks say that nothing tells of it. */
	if (!ret)
		ret = md_sb_wait(mddev, gen);
	mddev_resume(mddev);
	md_new_event();
	return ret;
}

/**
 * md_bitmap_set_file() - SET_BITMAP_FILE
 * @mddev: array
 * @fd: a file that is open for writing, or negative to remove the bitmap
 *
 * Context: no locks held. Return: 0, -EBADF, -EBUSY when the file is in use, or as
 * md_bitmap_add() and md_bitmap_remove().
 */
int md_bitmap_set_file(struct mddev *mddev, int fd)
{
	struct inode *inode;
	struct file *file;
	int ret = 0;

	if (fd < 0)
		return md_bitmap_remove(mddev);
	file = fget(fd);
	if (!file)
		return -EBADF;
	inode = file_inode(file);
	if (!S_ISREG(inode->i_mode) || !(file->f_mode & FMODE_WRITE) ||
	    !(file->f_mode & FMODE_CAN_READ)) {
		md_warn(mddev, "a bitmap takes a regular file, open for writing\n");
		ret = -EBADF;
	} else if (atomic_read(&inode->i_writecount) != 1) {
		md_warn(mddev, "bitmap file is in use already\n");
		ret = -EBUSY;
	}
	if (!ret)
		ret = md_bitmap_add(mddev, 0, file);
	if (ret)
		fput(file);
	return ret;
}

/*
 * Attributes. As in the directory "bitmap" their names don't have its name.
 */

#define BITMAP_ATTR(_name, _mode, _flags, _show, _store)		\
	static struct md_attribute bitmap_attr_##_name = {		\
		.attr = { .name = #_name, .mode = _mode },		\
		.flags = _flags,					\
		.show = _show,						\
		.store = _store,					\
	}

static ssize_t location_show(struct mddev *mddev, char *page)
{
	ssize_t len;

	spin_lock_irq(&mddev->lock);
	if (mddev->bitmap_file)
		len = sysfs_emit(page, "file\n");
	else if (mddev->bitmap_offset)
		len = sysfs_emit(page, "%+lld\n", mddev->bitmap_offset);
	else
		len = sysfs_emit(page, "none\n");
	spin_unlock_irq(&mddev->lock);
	return len;
}

static int location_store(struct mddev *mddev, const char *buf)
{
	long long offset;
	int ret;

	if (sysfs_streq(buf, "none")) {
		ret = md_bitmap_remove(mddev);
		return ret == -ENOENT ? 0 : ret;
	}
	ret = kstrtoll(buf, 10, &offset);
	if (ret)
		return ret;
	if (!offset || offset != (s32)offset)
		return -EINVAL;
	return md_bitmap_add(mddev, offset, NULL);
}
BITMAP_ATTR(location, 0644, 0, location_show, location_store);

static ssize_t space_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%llu\n", (u64)READ_ONCE(mddev->bitmap_space));
}

static int space_store(struct mddev *mddev, const char *buf)
{
	unsigned int sectors;
	int ret;

	ret = kstrtouint(buf, 10, &sectors);
	if (ret)
		return ret;
	if (!sectors)
		return -EINVAL;
	if (mddev->bitmap && (u64)sectors * SECTOR_SIZE < mddev->bitmap->bytes)
		return -EFBIG;
	WRITE_ONCE(mddev->bitmap_space, sectors);
	return 0;
}
BITMAP_ATTR(space, 0644, ATTR_LOCK, space_show, space_store);

static ssize_t time_base_show(struct mddev *mddev, char *page)
{
	unsigned int ms = jiffies_to_msecs(READ_ONCE(mddev->bitmap_sleep));

	if (ms % MSEC_PER_SEC)
		return sysfs_emit(page, "%u.%03u\n", ms / (u32)MSEC_PER_SEC,
				  ms % (u32)MSEC_PER_SEC);
	return sysfs_emit(page, "%u\n", ms / (u32)MSEC_PER_SEC);
}

/* Seconds, with up to three digits behind the point. */
static int time_base_store(struct mddev *mddev, const char *buf)
{
	unsigned int ms = 0, weight = 100;
	unsigned long long seconds = 0;

	if (!isdigit(*buf))
		return -EINVAL;
	for (; isdigit(*buf); buf++) {
		seconds = seconds * 10 + *buf - '0';
		if (seconds > MD_BITMAP_MAX_SLEEP)
			return -EINVAL;
	}
	if (*buf == '.')
		for (buf++; isdigit(*buf); buf++, weight /= 10)
			ms += (*buf - '0') * weight;
	if (!sysfs_streq(buf, "") || (!seconds && !ms))
		return -EINVAL;
	mddev->bitmap_sleep = max(seconds * HZ + msecs_to_jiffies(ms), 1ULL);
	md_bitmap_set_sleep(mddev);
	return 0;
}
BITMAP_ATTR(time_base, 0644, ATTR_LOCK, time_base_show, time_base_store);

static ssize_t chunksize_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(mddev->bitmap_chunk));
}

static int chunksize_store(struct mddev *mddev, const char *buf)
{
	unsigned int bytes;
	int ret;

	if (mddev->bitmap)
		return -EBUSY;
	ret = kstrtouint(buf, 10, &bytes);
	if (ret)
		return ret;
	if (bytes < MD_BITMAP_MIN_CHUNK || !is_power_of_2(bytes))
		return -EINVAL;
	WRITE_ONCE(mddev->bitmap_chunk, bytes);
	return 0;
}
BITMAP_ATTR(chunksize, 0644, ATTR_LOCK, chunksize_show, chunksize_store);

static ssize_t metadata_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%s\n", READ_ONCE(mddev->bitmap_external) ?
			  "external" : "internal");
}

static int metadata_store(struct mddev *mddev, const char *buf)
{
	static const char *const words[] = { "internal", "external" };
	int external = sysfs_match_string(words, buf);

	if (mddev->bitmap || mddev->bitmap_file || mddev->bitmap_offset)
		return -EBUSY;
	/* Elsewhere it has a superblock, and isn't trusted without one. */
	if (external < 0 || (external && !mddev->external))
		return -EINVAL;
	WRITE_ONCE(mddev->bitmap_external, external);
	return 0;
}
BITMAP_ATTR(metadata, 0644, ATTR_LOCK, metadata_show, metadata_store);

static ssize_t can_clear_show(struct mddev *mddev, char *page)
{
	ssize_t len = 0;

	spin_lock_irq(&mddev->lock);
	if (mddev->bitmap)
		len = sysfs_emit(page, "%s\n", mddev->bitmap->can_clear ?
				 "true" : "false");
	spin_unlock_irq(&mddev->lock);
	return len ?: sysfs_emit(page, "\n");
}

/*
 * Who keeps external metadata has recorded there that the array is complete. Otherwise
 * it gets true by itself, when superblocks promise what that is built on.
 */
static int can_clear_store(struct mddev *mddev, const char *buf)
{
	bool on = sysfs_streq(buf, "true");
	int ret = 0;

	if (!on && !sysfs_streq(buf, "false"))
		return -EINVAL;
	spin_lock_irq(&mddev->lock);
	if (!mddev->bitmap)
		ret = -ENOENT;
	else if (on && mddev->degraded)
		ret = -EBUSY;
	else if (!on)
		md_bitmap_member_left(mddev);
	else if (mddev->external)
		mddev->bitmap->can_clear = true;
	spin_unlock_irq(&mddev->lock);
	return ret;
}
BITMAP_ATTR(can_clear, 0644, ATTR_LOCK, can_clear_show, can_clear_store);

static ssize_t backlog_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(mddev->bitmap_behind));
}

static int backlog_store(struct mddev *mddev, const char *buf)
{
	unsigned int limit;
	int ret;

	ret = kstrtouint(buf, 10, &limit);
	if (ret)
		return ret;
	if (limit > MD_BITMAP_MAX_WRITE_BEHIND)
		return -EINVAL;
	/* Nothing is in flight: what goes behind must be known to who comes after. */
	WRITE_ONCE(mddev->bitmap_behind, limit);
	md_sb_request(mddev);
	return 0;
}
BITMAP_ATTR(backlog, 0644, ATTR_SUSPEND, backlog_show, backlog_store);

static ssize_t max_backlog_used_show(struct mddev *mddev, char *page)
{
	int used = 0;

	spin_lock_irq(&mddev->lock);
	if (mddev->bitmap)
		used = READ_ONCE(mddev->bitmap->max_behind_used);
	spin_unlock_irq(&mddev->lock);
	return sysfs_emit(page, "%d\n", used);
}

/* Whatever is written starts anew. */
static int max_backlog_used_store(struct mddev *mddev, const char *buf)
{
	spin_lock_irq(&mddev->lock);
	if (mddev->bitmap)
		WRITE_ONCE(mddev->bitmap->max_behind_used, 0);
	spin_unlock_irq(&mddev->lock);
	return 0;
}
BITMAP_ATTR(max_backlog_used, 0644, ATTR_LOCK, max_backlog_used_show,
	    max_backlog_used_store);

static struct attribute *bitmap_attrs[] = {
	&bitmap_attr_location.attr,
	&bitmap_attr_space.attr,
	&bitmap_attr_time_base.attr,
	&bitmap_attr_backlog.attr,
	&bitmap_attr_chunksize.attr,
	&bitmap_attr_metadata.attr,
	&bitmap_attr_can_clear.attr,
	&bitmap_attr_max_backlog_used.attr,
	NULL
};

const struct attribute_group md_bitmap_group = {
	.name = "bitmap",
	.attrs = bitmap_attrs,
};

/* One "N" or "N-M". Returns where it ends, NULL if it is something else. */
static const char *parse_range(const char *s, unsigned long *first,
			       unsigned long *last)
{
	int n = 0;

	if (!isdigit(*s) || sscanf(s, "%lu%n", first, &n) != 1)
		return NULL;
	s += n;
	*last = *first;
	if (*s != '-')
		return s;
	s++;
	if (!isdigit(*s) || sscanf(s, "%lu%n", last, &n) != 1)
		return NULL;
	return s + n;
}

static int set_bits(struct mddev *mddev, unsigned long first, unsigned long last)
{
	sector_t sector = (sector_t)first << mddev->bitmap->shift;
	int ret;

	ret = md_bitmap_dirty_range(mddev->bitmap, first, last);
	if (ret)
		return ret;
	spin_lock_irq(&mddev->lock);
	if (sector < mddev->resync_offset)
		mddev->resync_offset = sector;
	mddev->sync.needed = true;
	md_sb_request_locked(mddev);
	spin_unlock_irq(&mddev->lock);
	return 0;
}

/* "N N-M ...": these chunks are in doubt. */
static int bitmap_set_bits_store(struct mddev *mddev, const char *buf)
{
	unsigned long first, last;
	int ret;

	if (!mddev->bitmap)
		return -EINVAL;
	for (buf = skip_spaces(buf); *buf; buf = skip_spaces(buf)) {
		buf = parse_range(buf, &first, &last);
		if (!buf || (*buf && !isspace(*buf)))
			return -EINVAL;
		ret = set_bits(mddev, first, last);
		if (ret)
			return ret;
	}
	md_wake_daemon(mddev);
	return 0;
}

struct md_attribute md_attr_bitmap_set_bits = {
	.attr = { .name = "bitmap_set_bits", .mode = 0200 },
	.flags = ATTR_SUSPEND | ATTR_RUNNING | ATTR_IDLE,
	.store = bitmap_set_bits_store,
};

/* "bitmap: 0/1 pages [0KB], 65536KB chunk"; reconfig_mutex held. */
void md_bitmap_status(struct seq_file *seq, struct mddev *mddev)
{
	struct md_bitmap *b = mddev->bitmap;
	unsigned long used, groups;
	u32 chunk;

	if (!b)
		return;
	groups = md_bitmap_usage(b, &used);
	chunk = md_bitmap_chunk_bytes(b);
	seq_printf(seq, "bitmap: %lu/%lu pages [%luKB], %u%s chunk", used, groups,
		   used << (PAGE_SHIFT - 10),
		   chunk < 1024 ? chunk : chunk >> 10, chunk < 1024 ? "B" : "KB");
	if (b->file) {
		seq_puts(seq, ", file: ");
		seq_file_path(seq, b->file, " \t\n");
	}
	seq_puts(seq, "\n      ");
}
