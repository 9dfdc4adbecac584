// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/mdstat. mdadm, udev rules and monitoring parse it, so every blank of the
 * format counts.
 */
#include <linux/math64.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>

#include "md-bitmap.h"

static DECLARE_WAIT_QUEUE_HEAD(event_wait);
static atomic_t event_count;

/**
 * md_new_event() - something that mdstat shows has changed
 *
 * Context: any.
 */
void md_new_event(void)
{
	atomic_inc(&event_count);
	wake_up(&event_wait);
}

/*
 * One array
 */

static void show_member(struct seq_file *seq, const struct md_rdev *rdev)
{
	seq_printf(seq, " %pg[%d]", rdev->bdev, rdev->desc_nr);
	if (md_rdev_test(rdev, MD_RDEV_WRITE_MOSTLY))
		seq_puts(seq, "(W)");
	if (md_rdev_test(rdev, MD_RDEV_JOURNAL))
		seq_puts(seq, "(J)");
	if (md_rdev_test(rdev, MD_RDEV_FAULTY)) {
		seq_puts(seq, "(F)");
		return;
	}
	if (rdev->raid_disk < 0)
		seq_puts(seq, "(S)");
	if (md_rdev_test(rdev, MD_RDEV_REPLACEMENT))
		seq_puts(seq, "(R)");
}

static void show_state(struct seq_file *seq, struct mddev *mddev)
{
	if (!mddev->pers) {
		seq_puts(seq, "inactive");
		return;
	}
	seq_puts(seq, READ_ONCE(mddev->write_slow) & MD_WRITE_BROKEN ?
		 "broken" : "active");
	if (mddev->ro == MD_RO)
		seq_puts(seq, " (read-only)");
	else if (mddev->ro == MD_AUTO_RO)
		seq_puts(seq, " (auto-read-only)");
	seq_printf(seq, " %s", mddev->pers->name);
}

static void show_metadata(struct seq_file *seq, struct mddev *mddev)
{
	if (mddev->external)
		seq_printf(seq, " super external:%s", mddev->metadata_type);
	else if (!mddev->persistent)
		seq_puts(seq, " super non-persistent");
	else if (mddev->major_version)
		seq_printf(seq, " super %d.%d", mddev->major_version,
			   mddev->minor_version);
}

#define BAR_LENGTH 20

/*
 * "[=>...................]  resync =  6.2% (65536/1048512) finish=0.2min speed=..."
 * in KiB.
 */
static void show_progress(struct seq_file *seq, const struct md_sync *sync)
{
	s64 in_flight = max_t(s64, atomic64_read(&sync->in_flight), 0);
	s64 ended = READ_ONCE(sync->pos) - in_flight;
	u64 total = max_t(u64, READ_ONCE(sync->end) / 2, 1);
	u64 done = max_t(s64, ended, 0) / 2;	/* they aren't read at once */
	unsigned long speed = READ_ONCE(sync->speed);
	unsigned int permille, i;
	u64 seconds;

	done = min(done, total);
	permille = mul_u64_u64_div_u64(done, 1000, total);
	seconds = div64_u64(total - done, speed + 1);

	seq_putc(seq, '[');
	for (i = 0; i < permille / (1000 / BAR_LENGTH); i++)
		seq_putc(seq, '=');
	seq_putc(seq, '>');
	for (; i < BAR_LENGTH; i++)
		seq_putc(seq, '.');
	seq_printf(seq, "]  %s =%3u.%u%% (%llu/%llu)",
		   md_sync_action_words[sync->action], permille / 10,
		   permille % 10, done, total);
	seq_printf(seq, " finish=%llu.%llumin speed=%luK/sec",
		   div_u64(seconds, 60), div_u64(seconds, 6) % 10, speed);
}

/* Returns whether there was anything to show. */
static bool show_sync(struct seq_file *seq, struct mddev *mddev)
{
	struct md_sync *sync = &mddev->sync;

	switch (READ_ONCE(sync->state)) {
	case MD_SYNC_IDLE:
		if (!md_sync_pending(mddev))
			return false;
		seq_puts(seq, "\tresync=PENDING");
		break;
	case MD_SYNC_STARTING:
	case MD_SYNC_WAITING:
		seq_puts(seq, "\tresync=DELAYED");
		break;
	case MD_SYNC_RUNNING:
	case MD_SYNC_STOPPING:
	case MD_SYNC_ENDED:
		show_progress(seq, sync);
		break;
	}
	return true;
}

/* reconfig_mutex held. */
static void show_array(struct seq_file *seq, struct mddev *mddev)
{
	struct md_rdev *rdev;
	sector_t sectors = 0;

	seq_printf(seq, "%s : ", mdname(mddev));
	show_state(seq, mddev);
	rdev_for_each(rdev, mddev) {
		show_member(seq, rdev);
		sectors += rdev->sectors;
	}
	if (!list_empty(&mddev->disks)) {
		if (mddev->pers)
			sectors = mddev->array_sectors;
		seq_printf(seq, "\n      %llu blocks", (u64)sectors / 2);
	}
	show_metadata(seq, mddev);
	if (!mddev->pers) {
		seq_puts(seq, "\n       ");
	} else {
		mddev->pers->status(seq, mddev);
		seq_puts(seq, "\n      ");
		if (mddev->pers->syncs && show_sync(seq, mddev))
			seq_puts(seq, "\n      ");
		md_bitmap_status(seq, mddev);
	}
	seq_putc(seq, '\n');
}

/*
 * The file: the head, one entry per array, the tail
 */

/* Stand for the lines around the arrays; never followed. */
#define MDSTAT_HEAD	((void *)1)
#define MDSTAT_TAIL	((void *)2)

static void *mdstat_start(struct seq_file *seq, loff_t *pos)
{
	struct mddev *mddev;
	loff_t i = *pos;

	if (!i--) {
		seq->poll_event = atomic_read(&event_count);
		return MDSTAT_HEAD;
	}
	for (mddev = mddev_first(); mddev && i; mddev = mddev_next(mddev))
		i--;
	if (mddev)
		return mddev;
	return i ? NULL : MDSTAT_TAIL;
}

static void *mdstat_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct mddev *mddev;

	(*pos)++;
	if (v == MDSTAT_TAIL)
		return NULL;
	mddev = v == MDSTAT_HEAD ? mddev_first() : mddev_next(v);
	return mddev ?: MDSTAT_TAIL;
}

static void mdstat_stop(struct seq_file *seq, void *v)
{
	if (v && v != MDSTAT_HEAD && v != MDSTAT_TAIL)
		mddev_put(v);
}

static int mdstat_show(struct seq_file *seq, void *v)
{
	struct mddev *mddev = v;

	if (v == MDSTAT_HEAD) {
		md_show_personalities(seq);
		return 0;
	}
	if (v == MDSTAT_TAIL) {
		seq_puts(seq, "unused devices: <none>\n");
		return 0;
	}
	if (mddev_lock_killable(mddev))
		return -EINTR;
	if (mddev->pers || mddev->raid_disks || !list_empty(&mddev->disks))
		show_array(seq, mddev);
	mddev_unlock(mddev);
	return 0;
}

static const struct seq_operations mdstat_seq_ops = {
	.start	= mdstat_start,
	.next	= mdstat_next,
	.stop	= mdstat_stop,
	.show	= mdstat_show,
};

/* Who polls sits in a queue of this module: it has to stay until the close. */
static int mdstat_open(struct inode *inode, struct file *file)
{
	struct seq_file *seq;
	int ret;

	if (!try_module_get(THIS_MODULE))
		return -ENOENT;
	ret = seq_open(file, &mdstat_seq_ops);
	if (ret) {
		module_put(THIS_MODULE);
		return ret;
	}
	seq = file->private_data;
	seq->poll_event = atomic_read(&event_count);
	return 0;
}

static int mdstat_release(struct inode *inode, struct file *file)
{
	int ret = seq_release(inode, file);

	module_put(THIS_MODULE);
	return ret;
}

static __poll_t mdstat_poll(struct file *file, poll_table *wait)
{
	struct seq_file *seq = file->private_data;
	__poll_t mask = EPOLLIN | EPOLLRDNORM;

	poll_wait(file, &event_wait, wait);
	if (seq->poll_event != atomic_read(&event_count))
		mask |= EPOLLERR | EPOLLPRI;
	return mask;
}

static const struct proc_ops mdstat_proc_ops = {
	.proc_open	= mdstat_open,
	.proc_read_iter	= seq_read_iter,
	.proc_lseek	= seq_lseek,
	.proc_release	= mdstat_release,
	.proc_poll	= mdstat_poll,
};

int md_proc_init(void)
{
	return proc_create("mdstat", 0444, NULL, &mdstat_proc_ops) ? 0 : -ENOMEM;
}

void md_proc_exit(void)
{
	remove_proc_entry("mdstat", NULL);
}
