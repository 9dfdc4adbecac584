// SPDX-License-Identifier: GPL-2.0
/*
 * Counting foreground writes, and ranges that they keep out of.
 *
 * A write is counted on the CPU where it begins and, maybe on another one,
 * where it ends. Who needs the writes that have begun so far to be over (the
 * sync thread about to touch a range, the daemon about to mark the array
 * clean) flips to the other bank and waits for the old one to drain: writes
 * that begin later don't prolong the wait.
 *
 * A bank is empty when as many writes ended as began. Ends are summed before
 * beginnings: every end that is seen then has its beginning seen as well, so
 * that a write in flight always shows.
 *
 * Why a window is safe: the waiter publishes the window, and MD_WRITE_WINDOW,
 * before it sums. A write counts itself before it looks at write_slow. With a
 * full barrier on both sides either the sum sees the write, or the write sees
 * the window. Both banks are summed after the window was published, the one not
 * in use first, so it doesn't matter in which of them a write counted itself.
 */
#include "md-internal.h"

int md_epoch_init(struct mddev *mddev)
{
	struct md_epoch *e = &mddev->epoch;

	e->cpu = alloc_percpu(struct md_epoch_cpu);
	if (!e->cpu)
		return -ENOMEM;
	mutex_init(&e->flip);
	init_waitqueue_head(&e->drained);
	spin_lock_init(&mddev->window_lock);
	INIT_LIST_HEAD(&mddev->windows);
	init_waitqueue_head(&mddev->window_wait);
	return 0;
}

void md_epoch_destroy(struct mddev *mddev)
{
	free_percpu(mddev->epoch.cpu);
	mddev->epoch.cpu = NULL;
}

static bool bank_empty(struct md_epoch *e, unsigned int bank)
{
	unsigned long ended = 0, begun = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		ended += READ_ONCE(per_cpu_ptr(e->cpu, cpu)->ended[bank]);
	smp_mb();	/* ends before beginnings, see the top of this file */
	for_each_possible_cpu(cpu)
		begun += READ_ONCE(per_cpu_ptr(e->cpu, cpu)->begun[bank]);
	return begun == ended;
}

/**
 * md_epoch_idle() - is no foreground write in flight?
 * @mddev: array
 *
 * Only meaningful to a caller that has stopped new writes from taking the fast
 * path by setting a bit in mddev->write_slow.
 *
 * Context: any.
 */
bool md_epoch_idle(struct mddev *mddev)
{
	smp_mb();	/* the caller's bit in write_slow before the sums */
	return bank_empty(&mddev->epoch, 0) && bank_empty(&mddev->epoch, 1);
}

/**
 * md_epoch_begun() - how many writes have begun so far
 * @mddev: array
 *
 * Context: any. Return: a number that only grows, and wraps.
 */
unsigned long md_epoch_begun(struct mddev *mddev)
{
	unsigned long begun = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct md_epoch_cpu *c = per_cpu_ptr(mddev->epoch.cpu, cpu);

		begun += READ_ONCE(c->begun[0]) + READ_ONCE(c->begun[1]);
	}
	return begun;
}

/**
 * md_epoch_drain() - wait until every write counted before has ended
 * @mddev: array
 *
 * Context: may sleep; must not hold reconfig_mutex, nor a counted write.
 */
void md_epoch_drain(struct mddev *mddev)
{
	struct md_epoch *e = &mddev->epoch;
	unsigned int old;

	mutex_lock(&e->flip);
	old = e->bank;
	WRITE_ONCE(e->waiting, 1);
	smp_mb();	/* waiting and the caller's window before the sums */
	/*
	 * A write may have read the index, been delayed across an earlier flip
	 * and then counted itself in the bank that is not in use now.
	 */
	wait_event(e->drained, bank_empty(e, old ^ 1));
	WRITE_ONCE(e->bank, old ^ 1);
	wait_event(e->drained, bank_empty(e, old));
	WRITE_ONCE(e->waiting, 0);
	mutex_unlock(&e->flip);
}

/**
 * md_window_open() - keep foreground writes out of a range
 * @mddev: array
 * @w: window, the caller's memory until md_window_close()
 * @start: first sector, in the space that md_write_begin() is given
 * @sectors: length
 *
 * On return no foreground write overlaps the range and none can begin in it.
 * Windows may overlap each other; they only exclude writes.
 *
 * Context: may sleep; must not hold reconfig_mutex, nor a counted write.
 */
void md_window_open(struct mddev *mddev, struct md_window *w, sector_t start,
		    sector_t sectors)
{
	w->start = start;
	w->end = start + sectors;

	spin_lock_irq(&mddev->window_lock);
	list_add_tail(&w->list, &mddev->windows);
	spin_lock(&mddev->lock);
	md_write_slow_set(mddev, MD_WRITE_WINDOW);
	spin_unlock(&mddev->lock);
	spin_unlock_irq(&mddev->window_lock);

	md_epoch_drain(mddev);
}
EXPORT_SYMBOL_GPL(md_window_open);

/**
 * md_window_close() - let foreground writes into a range again
 * @mddev: array
 * @w: window
 *
 * Context: any.
 */
void md_window_close(struct mddev *mddev, struct md_window *w)
{
	unsigned long flags;

	spin_lock_irqsave(&mddev->window_lock, flags);
	list_del(&w->list);
	if (list_empty(&mddev->windows)) {
		spin_lock(&mddev->lock);
		md_write_slow_clear(mddev, MD_WRITE_WINDOW);
		spin_unlock(&mddev->lock);
	}
	spin_unlock_irqrestore(&mddev->window_lock, flags);
	wake_up_all(&mddev->window_wait);
}
EXPORT_SYMBOL_GPL(md_window_close);

/**
 * md_window_hit() - does a range touch a window?
 * @mddev: array
 * @start: first sector
 * @sectors: length
 *
 * Context: any.
 */
bool md_window_hit(struct mddev *mddev, sector_t start, sector_t sectors)
{
	struct md_window *w;
	unsigned long flags;
	bool hit = false;

	spin_lock_irqsave(&mddev->window_lock, flags);
	list_for_each_entry(w, &mddev->windows, list) {
		if (start < w->end && w->start < start + sectors) {
			hit = true;
			break;
		}
	}
	spin_unlock_irqrestore(&mddev->window_lock, flags);
	return hit;
}
