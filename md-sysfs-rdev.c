// SPDX-License-Identifier: GPL-2.0
/*
 * Members in sysfs: .../md/dev-NAME/. An attribute is a row of a table, so is a
 * command of "state".
 *
 * A member's directory can outlive its binding, for as long as somebody is
 * inside one of its files. So each access looks for the array under a lock that
 * keeps it alive (md_rdev_get_mddev()), and each change looks again once it
 * holds reconfig_mutex.
 */
#include "md-bitmap.h"

/* What the common store does before it calls a row's own. */
enum rdev_attr_flag {
	RDEV_LOCKED	= BIT(0),	/* takes reconfig_mutex */
	RDEV_RECORD	= BIT(1),	/* writes the superblocks afterwards */
	RDEV_CLOSING	= BIT(2),	/* even while the array is being stopped */
};

struct rdev_attribute {
	struct attribute attr;
	unsigned int flags;
	ssize_t (*show)(struct mddev *mddev, struct md_rdev *rdev, char *page);
	/* 0 or errno; @buf has no trailing newline */
	int (*store)(struct mddev *mddev, struct md_rdev *rdev, char *buf);
};

#define RDEV_ATTR(_name, _flags)					\
	static struct rdev_attribute rdev_attr_##_name = {		\
		.attr = { .name = #_name, .mode = 0644 },		\
		.flags = _flags,					\
		.show = _name##_show,					\
		.store = _name##_store,					\
	}

/* mdmon writes these under memory pressure. */
#define RDEV_ATTR_PREALLOC(_name, _flags)				\
	static struct rdev_attribute rdev_attr_##_name = {		\
		.attr = { .name = #_name, .mode = SYSFS_PREALLOC | 0644 }, \
		.flags = _flags,					\
		.show = _name##_show,					\
		.store = _name##_store,					\
	}

/* A number too large is as wrong as any other text. */
static int rdev_parse(const char *buf, unsigned long long *value)
{
	return kstrtoull(buf, 10, value) ? -EINVAL : 0;
}

/*
 * state
 */

static bool rdev_unacked(const struct md_rdev *rdev)
{
	return READ_ONCE(rdev->badblocks.unacked_exist);
}

/* Flags that don't show as they are: what else they depend on. */
static bool rdev_shows_flag(const struct md_rdev *rdev, enum md_rdev_flag flag)
{
	bool set = md_rdev_test(rdev, flag);

	switch (flag) {
	case MD_RDEV_FAULTY:
		return set || (rdev_unacked(rdev) &&
			       !md_rdev_test(rdev, MD_RDEV_EXTERNAL_BBL));
	case MD_RDEV_BLOCKED:
		return set || (rdev_unacked(rdev) &&
			       !md_rdev_test(rdev, MD_RDEV_FAULTY));
	default:
		return set;
	}
}

static ssize_t state_show(struct mddev *mddev, struct md_rdev *rdev, char *page)
{
	/* In the order in which userland has always seen them */
	static const enum md_rdev_flag before[] = {
		MD_RDEV_FAULTY, MD_RDEV_IN_SYNC, MD_RDEV_JOURNAL,
		MD_RDEV_WRITE_MOSTLY, MD_RDEV_BLOCKED,
	};
	static const enum md_rdev_flag behind[] = {
		MD_RDEV_WRITE_ERROR, MD_RDEV_WANT_REPLACEMENT,
		MD_RDEV_REPLACEMENT, MD_RDEV_EXTERNAL_BBL, MD_RDEV_FAILFAST,
	};
	const char *comma = "";
	ssize_t len = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(before); i++) {
		if (!rdev_shows_flag(rdev, before[i]))
			continue;
		len += sysfs_emit_at(page, len, "%s%s", comma,
				     md_rdev_flag_names[before[i]]);
		comma = ",";
	}
	if (!md_rdev_test(rdev, MD_RDEV_FAULTY) &&
	    !md_rdev_test(rdev, MD_RDEV_JOURNAL) &&
	    !md_rdev_test(rdev, MD_RDEV_IN_SYNC)) {
		len += sysfs_emit_at(page, len, "%sspare", comma);
		comma = ",";
	}
	for (i = 0; i < ARRAY_SIZE(behind); i++) {
		if (!rdev_shows_flag(rdev, behind[i]))
			continue;
		len += sysfs_emit_at(page, len, "%s%s", comma,
				     md_rdev_flag_names[behind[i]]);
		comma = ",";
	}
	return len + sysfs_emit_at(page, len, "\n");
}

/* A flag that superblocks record, or that completions wait for. */
static int rdev_change_flag(struct mddev *mddev, struct md_rdev *rdev,
			    enum md_rdev_flag flag, bool on)
{
	spin_lock_irq(&mddev->lock);
	assign_bit(flag, &rdev->flags, on);
	if (flag == MD_RDEV_BLOCKED && on)
		md_sb_hold_acks(mddev);
	spin_unlock_irq(&mddev->lock);
	return 0;
}

static int cmd_write_mostly(struct mddev *mddev, struct md_rdev *rdev, bool on)
{
	return rdev_change_flag(mddev, rdev, MD_RDEV_WRITE_MOSTLY, on);
}

static int cmd_failfast(struct mddev *mddev, struct md_rdev *rdev, bool on)
{
	return rdev_change_flag(mddev, rdev, MD_RDEV_FAILFAST, on);
}

static int cmd_write_error(struct mddev *mddev, struct md_rdev *rdev, bool on)
{
	return rdev_change_flag(mddev, rdev, MD_RDEV_WRITE_ERROR, on);
}

static int cmd_blocked(struct mddev *mddev, struct md_rdev *rdev, bool on)
{
	/* Userland doesn't care for the bad blocks: then the member fails. */
	if (!on && !md_rdev_test(rdev, MD_RDEV_FAULTY) &&
	    !md_rdev_test(rdev, MD_RDEV_EXTERNAL_BBL) && rdev_unacked(rdev))
		md_error(mddev, rdev);
	rdev_change_flag(mddev, rdev, MD_RDEV_BLOCKED, on);
	if (!on)
		md_wake_daemon(mddev);
	return 0;
}

static int cmd_insync(struct mddev *mddev, struct md_rdev *rdev, bool on)
{
	int ret = -EINVAL;

	spin_lock_irq(&mddev->lock);
	if (on && rdev->raid_disk < 0) {
		md_rdev_set(rdev, MD_RDEV_IN_SYNC);
		rdev->recovery_offset = MD_SECTOR_NONE;
		ret = 0;
	} else if (!on && rdev->raid_disk >= 0 && !mddev->pers &&
		   !md_rdev_test(rdev, MD_RDEV_JOURNAL)) {
		md_rdev_clear(rdev, MD_RDEV_IN_SYNC);
		rdev->saved_raid_disk = rdev->raid_disk;
		rdev->raid_disk = -1;
		ret = 0;
	}
	spin_unlock_irq(&mddev->lock);
	return ret;
}

static int cmd_want_replacement(struct mddev *mddev, struct md_rdev *rdev,
				bool on)
{
	/* Userland has never been told that it makes no sense. */
	if (on && (rdev->raid_disk < 0 ||
		   md_rdev_test(rdev, MD_RDEV_FAULTY) ||
		   md_rdev_test(rdev, MD_RDEV_JOURNAL) ||
		   md_rdev_test(rdev, MD_RDEV_REPLACEMENT)))
		return 0;
	spin_lock_irq(&mddev->lock);
	assign_bit(MD_RDEV_WANT_REPLACEMENT, &rdev->flags, on);
	if (on)
		mddev->sync.needed = true;
	spin_unlock_irq(&mddev->lock);
	md_wake_daemon(mddev);
	return 0;
}

static int cmd_replacement(struct mddev *mddev, struct md_rdev *rdev, bool on)
{
	if (mddev->pers)
		return -EBUSY;
	return rdev_change_flag(mddev, rdev, MD_RDEV_REPLACEMENT, on);
}

static int cmd_external_bbl(struct mddev *mddev, struct md_rdev *rdev, bool on)
{
	bool blocked;

	if (!mddev->external || (on && mddev->pers))
		return -EINVAL;
	if (!mddev->pers) {
		rdev->badblocks.shift = on ? 0 : -1;
		return rdev_change_flag(mddev, rdev, MD_RDEV_EXTERNAL_BBL, on);
	}
	/*
	 * Its list is full, say: what userland hasn't recorded it never will. No
	 * write ends until that is seen to be nothing, or has failed the member.
	 */
	spin_lock_irq(&mddev->lock);
	blocked = md_rdev_test(rdev, MD_RDEV_BLOCKED);
	md_rdev_set(rdev, MD_RDEV_BLOCKED);
	md_rdev_clear(rdev, MD_RDEV_EXTERNAL_BBL);
	spin_unlock_irq(&mddev->lock);
	if (rdev_unacked(rdev))
		md_error(mddev, rdev);
	spin_lock_irq(&mddev->lock);
	if (!blocked && !md_rdev_test(rdev, MD_RDEV_FAULTY))
		md_rdev_clear(rdev, MD_RDEV_BLOCKED);
	spin_unlock_irq(&mddev->lock);
	return 0;
}

/*
 * A failed member that has left its slot becomes a spare, or goes back there if the
 * bitmap tells what it lacks.
 */
static int cmd_readd(struct mddev *mddev, struct md_rdev *rdev, bool on)
{
	bool knows = rdev->saved_raid_disk >= 0 && !mddev->external &&
		     md_bitmap_knows(mddev, rdev->sb_events);

	if (!mddev->pers)
		return -EINVAL;
	if (!md_rdev_test(rdev, MD_RDEV_FAULTY) || rdev->raid_disk >= 0 ||
	    md_rdev_test(rdev, MD_RDEV_BLOCKED))
		return -EBUSY;
	spin_lock_irq(&mddev->lock);
	if (!knows)
		rdev->saved_raid_disk = -1;
	rdev->by_bitmap = knows ? MD_SECTOR_NONE : 0;
	rdev->recovery_offset = 0;
	md_rdev_clear(rdev, MD_RDEV_FAULTY);
	md_rdev_clear(rdev, MD_RDEV_NO_RECOVERY);
	md_rdev_clear(rdev, MD_RDEV_WANT_REPLACEMENT);
	md_rdev_clear(rdev, MD_RDEV_WRITE_ERROR);
	mddev->sync.recovery_disabled = false;
	mddev->sync.needed = true;
	spin_unlock_irq(&mddev->lock);
	md_wake_daemon(mddev);
	md_new_event();
	return 0;
}

/*
 * The words of "state". "-word" calls the same function with @on false. Some are
 * carried out while I/O is suspended.
 */
struct rdev_command {
	const char *word;
	bool negates;
	bool suspends;
	int (*run)(struct mddev *mddev, struct md_rdev *rdev, bool on);
};

static const struct rdev_command rdev_commands[] = {
	/* Writes that are behind on it are known by the flag. */
	{ "writemostly", true, true, cmd_write_mostly },
	{ "failfast", true, false, cmd_failfast },
	{ "write_error", true, false, cmd_write_error },
	{ "blocked", true, false, cmd_blocked },
	{ "insync", true, false, cmd_insync },
	{ "in_sync", false, false, cmd_insync },
	{ "want_replacement", true, false, cmd_want_replacement },
	{ "replacement", true, false, cmd_replacement },
	{ "external_bbl", true, false, cmd_external_bbl },
	{ "re-add", false, false, cmd_readd },
};

static const struct rdev_command *find_command(const char *word, bool *on)
{
	size_t i;

	*on = *word != '-';
	for (i = 0; i < ARRAY_SIZE(rdev_commands); i++)
		if (!strcmp(word + !*on, rdev_commands[i].word) &&
		    (*on || rdev_commands[i].negates))
			return &rdev_commands[i];
	return NULL;
}

static bool rdev_bound_to(const struct md_rdev *rdev, const struct mddev *mddev)
{
	lockdep_assert_held(&mddev->reconfig_mutex);
	return rdev->mddev == mddev;
}

/*
 * The member's directory, with the file being written, goes away before this
 * returns. So give up the protection that keeps it.
 */
static int state_remove(struct mddev *mddev, struct md_rdev *rdev,
			const struct attribute *attr)
{
	struct kernfs_node *kn;
	int ret;

	kn = sysfs_break_active_protection(&rdev->kobj, attr);
	if (!kn)
		return -ENODEV;
	ret = md_member_remove(mddev, rdev->devt);
	sysfs_unbreak_active_protection(kn);
	return ret == -ENXIO ? -ENODEV : ret;
}

static struct rdev_attribute rdev_attr_state;

/* Takes its own locks: some of the commands must not be run under them. */
static int state_store(struct mddev *mddev, struct md_rdev *rdev, char *buf)
{
	const struct rdev_command *command;
	u64 gen = 0;
	bool on;
	int ret;

	if (!strcmp(buf, "faulty")) {
		ret = md_member_fail(mddev, rdev->devt);
		return ret == -ENODEV ? -EINVAL : ret;
	}
	if (!strcmp(buf, "remove"))
		return state_remove(mddev, rdev, &rdev_attr_state.attr);

	command = find_command(buf, &on);
	if (!command)
		return -EINVAL;
	ret = command->suspends ? mddev_suspend_and_lock(mddev) :
				  mddev_lock(mddev);
	if (ret)
		return ret;
	if (!rdev_bound_to(rdev, mddev))
		ret = -ENODEV;
	else
		ret = command->run(mddev, rdev, on);
	if (!ret) {
		md_rdev_notify_state(rdev);
		gen = md_sb_request(mddev);
	}
	md_config_unlock(mddev, command->suspends);
	if (ret)
		return ret;
	md_sb_check_acks(mddev);
	return md_sb_wait(mddev, gen);
}

static struct rdev_attribute rdev_attr_state = {
	.attr = { .name = "state", .mode = SYSFS_PREALLOC | 0644 },
	.show = state_show,
	.store = state_store,
};

/*
 * errors
 */

static ssize_t errors_show(struct mddev *mddev, struct md_rdev *rdev, char *page)
{
	return sysfs_emit(page, "%d\n", atomic_read(&rdev->corrected_errors));
}

static int errors_store(struct mddev *mddev, struct md_rdev *rdev, char *buf)
{
	unsigned int n;
	int ret;

	ret = kstrtouint(buf, 10, &n);
	if (ret)
		return ret;
	atomic_set(&rdev->corrected_errors, n);
	return 0;
}
RDEV_ATTR(errors, RDEV_LOCKED);

/*
 * slot
 */

static ssize_t slot_show(struct mddev *mddev, struct md_rdev *rdev, char *page)
{
	int slot = READ_ONCE(rdev->raid_disk);

	if (md_rdev_test(rdev, MD_RDEV_JOURNAL))
		return sysfs_emit(page, "journal\n");
	if (slot < 0)
		return sysfs_emit(page, "none\n");
	return sysfs_emit(page, "%d\n", slot);
}

static int slot_assign(struct mddev *mddev, struct md_rdev *rdev, int slot)
{
	if (slot >= mddev->raid_disks)
		return -ENOSPC;
	spin_lock_irq(&mddev->lock);
	rdev->raid_disk = slot;
	md_rdev_clear(rdev, MD_RDEV_FAULTY);
	md_rdev_clear(rdev, MD_RDEV_WRITE_MOSTLY);
	/* Assumed to be working; recovery_start may say otherwise. */
	assign_bit(MD_RDEV_IN_SYNC, &rdev->flags, slot >= 0);
	if (slot >= 0)
		rdev->recovery_offset = MD_SECTOR_NONE;
	spin_unlock_irq(&mddev->lock);
	return 0;
}

static int slot_leave(struct mddev *mddev, struct md_rdev *rdev)
{
	if (rdev->raid_disk < 0)
		return -EEXIST;
	if (!md_rdev_test(rdev, MD_RDEV_FAULTY) &&
	    md_rdev_test(rdev, MD_RDEV_IN_SYNC))
		return -EBUSY;
	md_rdev_clear(rdev, MD_RDEV_BLOCKED);
	return md_rdev_slot_remove(mddev, rdev);
}

static int slot_join(struct mddev *mddev, struct md_rdev *rdev, int slot)
{
	int ret;

	if (rdev->raid_disk >= 0 || md_rdev_test(rdev, MD_RDEV_FAULTY))
		return -EBUSY;
	if (slot >= mddev->raid_disks)
		return -ENOSPC;
	/* As recovery_start has it: in sync, or rebuilt from there on. */
	spin_lock_irq(&mddev->lock);
	rdev->raid_disk = slot;
	rdev->saved_raid_disk = -1;
	spin_unlock_irq(&mddev->lock);
	ret = md_rdev_slot_add(mddev, rdev);
	if (ret)
		rdev->raid_disk = -1;
	return ret == -EBUSY ? -EEXIST : ret;
}

/* Whether the array runs decides what has to be held, so it takes the locks. */
static int slot_store(struct mddev *mddev, struct md_rdev *rdev, char *buf)
{
	int slot = -1, ret;
	u64 gen = 0;

	if (strcmp(buf, "none")) {
		ret = kstrtoint(buf, 10, &slot);
		if (ret)
			return ret;
		if (slot < 0)
			return -EINVAL;
	}

	ret = md_sync_hold(mddev, true);
	if (ret)
		return ret;
	ret = mddev_suspend_and_lock(mddev);
	if (ret)
		goto release;
	if (!rdev_bound_to(rdev, mddev))
		ret = -ENODEV;
	else if (md_rdev_test(rdev, MD_RDEV_JOURNAL) ||
		 !md_configurable(mddev))
		ret = -EBUSY;
	else if (!mddev->pers)
		ret = slot_assign(mddev, rdev, slot);
	else if (slot < 0)
		ret = slot_leave(mddev, rdev);
	else
		ret = slot_join(mddev, rdev, slot);
	if (!ret) {
		md_rdev_notify_state(rdev);
		gen = md_sb_request(mddev);
	}
	mddev_unlock_and_resume(mddev);
release:
	md_sync_release(mddev);
	if (ret)
		return ret;
	md_sb_check_acks(mddev);
	return md_sb_wait(mddev, gen);
}
RDEV_ATTR(slot, 0);

/*
 * offset, new_offset, size
 */

static bool rdev_in_use(const struct mddev *mddev, const struct md_rdev *rdev)
{
	return mddev->pers && rdev->raid_disk >= 0;
}

static ssize_t offset_show(struct mddev *mddev, struct md_rdev *rdev, char *page)
{
	return sysfs_emit(page, "%llu\n", (unsigned long long)rdev->data_offset);
}

static int offset_store(struct mddev *mddev, struct md_rdev *rdev, char *buf)
{
	unsigned long long offset;
	int ret;

	ret = rdev_parse(buf, &offset);
	if (ret)
		return ret;
	if (rdev_in_use(mddev, rdev))
		return -EBUSY;
	/* The size was checked against the old offset: this one comes first. */
	if (rdev->sectors && mddev->external)
		return -EBUSY;
	if (offset >= bdev_nr_sectors(rdev->bdev))
		return -EINVAL;
	if (!mddev->external &&
	    md_sb_grow_room(mddev, rdev, offset) < max(rdev->sectors, 1))
		return -EINVAL;
	spin_lock_irq(&mddev->lock);
	rdev->data_offset = offset;
	rdev->new_data_offset = offset;
	spin_unlock_irq(&mddev->lock);
	return 0;
}
RDEV_ATTR(offset, RDEV_LOCKED);

static ssize_t new_offset_show(struct mddev *mddev, struct md_rdev *rdev,
			       char *page)
{
	return sysfs_emit(page, "%llu\n",
			  (unsigned long long)rdev->new_data_offset);
}

/* Another offset needs a reshape that moves the data. */
static int new_offset_store(struct mddev *mddev, struct md_rdev *rdev, char *buf)
{
	unsigned long long offset;
	int ret;

	ret = rdev_parse(buf, &offset);
	if (ret)
		return ret;
	if (md_sync_busy(mddev))
		return -EBUSY;
	return offset == rdev->data_offset ? 0 : -E2BIG;
}
RDEV_ATTR(new_offset, RDEV_LOCKED);

static ssize_t size_show(struct mddev *mddev, struct md_rdev *rdev, char *page)
{
	return sysfs_emit(page, "%llu\n", (unsigned long long)rdev->sectors / 2);
}

/* Does another array use part of @sectors from data_offset on? */
static bool rdev_overlaps(struct mddev *mddev, struct md_rdev *rdev,
			  sector_t sectors)
{
	struct mddev *other;
	struct md_rdev *r;
	bool found = false;

	for (other = mddev_first(); other; other = mddev_next(other)) {
		if (other == mddev)
			continue;
		spin_lock_irq(&other->lock);
		rdev_for_each(r, other)
			if (r->devt == rdev->devt &&
			    r->data_offset < rdev->data_offset + sectors &&
			    rdev->data_offset < r->data_offset + r->sectors)
				found = true;
		spin_unlock_irq(&other->lock);
	}
	return found;
}

static int size_parse(const char *buf, sector_t *sectors)
{
	unsigned long long blocks;
	int ret;

	ret = rdev_parse(buf, &blocks);
	if (ret)
		return ret;
	if (blocks > MD_SUPER_MAX_SECTORS / 2)
		return -EINVAL;
	*sectors = blocks * 2;
	return 0;
}

/* rdev_claim_mutex held, so that what was found free still is. */
static int size_change(struct mddev *mddev, struct md_rdev *rdev,
		       sector_t sectors)
{
	sector_t room = bdev_nr_sectors(rdev->bdev);
	int ret;

	if (rdev->data_offset != rdev->new_data_offset)
		return -EINVAL;
	if (mddev->external)
		room = room > rdev->data_offset ? room - rdev->data_offset : 0;
	else
		room = md_sb_grow_room(mddev, rdev, rdev->data_offset);

	if (rdev_in_use(mddev, rdev)) {
		if (!room)
			return -EBUSY;
		if (!mddev->pers->resize)
			return -EINVAL;
		if (!sectors || sectors > room)
			sectors = room;
		if (sectors < mddev->dev_sectors)
			return -EBUSY;
	}
	if (sectors < mddev->dev_sectors)
		return -EINVAL;
	if (sectors > room)
		return -ENOSPC;
	if (mddev->external && sectors > rdev->sectors &&
	    rdev_overlaps(mddev, rdev, sectors))
		return -EBUSY;
	if (mddev->pers) {
		ret = md_sb_relocate(mddev, rdev);
		if (ret)
			return ret;
	}
	spin_lock_irq(&mddev->lock);
	rdev->sectors = sectors;
	spin_unlock_irq(&mddev->lock);
	return 0;
}

static int size_store(struct mddev *mddev, struct md_rdev *rdev, char *buf)
{
	/* Arrays that share a member have mutexes of their own. */
	static DEFINE_MUTEX(rdev_claim_mutex);
	sector_t sectors;
	int ret;

	ret = size_parse(buf, &sectors);
	if (ret)
		return ret;
	mutex_lock(&rdev_claim_mutex);
	ret = size_change(mddev, rdev, sectors);
	mutex_unlock(&rdev_claim_mutex);
	return ret;
}
RDEV_ATTR(size, RDEV_LOCKED | RDEV_RECORD);

/*
 * recovery_start
 */

static ssize_t recovery_start_show(struct mddev *mddev, struct md_rdev *rdev,
				   char *page)
{
	unsigned long long offset;

	spin_lock_irq(&mddev->lock);
	offset = rdev->recovery_offset;
	spin_unlock_irq(&mddev->lock);
	if (md_rdev_test(rdev, MD_RDEV_IN_SYNC) || offset == MD_SECTOR_NONE)
		return sysfs_emit(page, "none\n");
	return sysfs_emit(page, "%llu\n", offset);
}

static int recovery_start_store(struct mddev *mddev, struct md_rdev *rdev,
				char *buf)
{
	unsigned long long offset = MD_SECTOR_NONE;
	int ret;

	if (strcmp(buf, "none")) {
		ret = rdev_parse(buf, &offset);
		if (ret)
			return ret;
	}
	if (rdev_in_use(mddev, rdev))
		return -EBUSY;
	spin_lock_irq(&mddev->lock);
	rdev->recovery_offset = offset;
	assign_bit(MD_RDEV_IN_SYNC, &rdev->flags, offset == MD_SECTOR_NONE);
	spin_unlock_irq(&mddev->lock);
	return 0;
}
RDEV_ATTR(recovery_start, RDEV_LOCKED);

/*
 * bad_blocks, unacknowledged_bad_blocks
 */

static int rdev_parse_badblocks(struct md_rdev *rdev, const char *buf,
				unsigned long long *s, unsigned int *sectors)
{
	sector_t end = bdev_nr_sectors(rdev->bdev);
	char junk;

	if (sscanf(buf, "%llu %u%c", s, sectors, &junk) != 2)
		return -EINVAL;
	if (!*sectors || *s >= end || *sectors > end - *s)
		return -EINVAL;
	return 0;
}

/* A long list doesn't fit: as many whole lines as do. */
static ssize_t rdev_show_badblocks(struct md_rdev *rdev, char *page, int unacked)
{
	ssize_t len = badblocks_show(&rdev->badblocks, page, unacked);

	/* It counts what it had no room for, too. */
	if (len < PAGE_SIZE)
		return len;
	len = PAGE_SIZE - 1;
	while (len && page[len - 1] != '\n')
		len--;
	return len;
}

static ssize_t bad_blocks_show(struct mddev *mddev, struct md_rdev *rdev,
			       char *page)
{
	return rdev_show_badblocks(rdev, page, 0);
}

/*
 * Also how userland that keeps the list says that it has recorded a range. Who stops
 * the array may wait for that, as he writes what is cached first.
 */
static int bad_blocks_store(struct mddev *mddev, struct md_rdev *rdev, char *buf)
{
	unsigned long long s;
	unsigned int sectors;
	int ret;

	ret = rdev_parse_badblocks(rdev, buf, &s, &sectors);
	if (ret)
		return ret;
	return md_badblocks_set(rdev, s, sectors, true) ? 0 : -ENOSPC;
}
RDEV_ATTR_PREALLOC(bad_blocks, RDEV_LOCKED | RDEV_RECORD | RDEV_CLOSING);

static ssize_t unacknowledged_bad_blocks_show(struct mddev *mddev,
					      struct md_rdev *rdev, char *page)
{
	return rdev_show_badblocks(rdev, page, 1);
}

static int unacknowledged_bad_blocks_store(struct mddev *mddev,
					   struct md_rdev *rdev, char *buf)
{
	unsigned long long s;
	unsigned int sectors;
	bool ok;
	int ret;

	ret = rdev_parse_badblocks(rdev, buf, &s, &sectors);
	if (ret)
		return ret;
	spin_lock_irq(&mddev->lock);
	if (mddev->pers)
		md_sb_hold_acks(mddev);
	ok = md_badblocks_set(rdev, s, sectors, false);
	spin_unlock_irq(&mddev->lock);
	return ok ? 0 : -ENOSPC;
}
RDEV_ATTR_PREALLOC(unacknowledged_bad_blocks, RDEV_LOCKED);

/*
 * ppl_sector, ppl_size: kept for the level that has a partial parity log
 */

static ssize_t ppl_sector_show(struct mddev *mddev, struct md_rdev *rdev,
			       char *page)
{
	/* The superblock itself is there. */
	if (!rdev->ppl_offset)
		return sysfs_emit(page, "0\n");
	return sysfs_emit(page, "%lld\n",
			  (long long)rdev->sb_start + rdev->ppl_offset);
}

/* May its place or size be set? */
static int ppl_check(struct mddev *mddev, struct md_rdev *rdev)
{
	if (mddev->format && !mddev->format->has_ppl)
		return -EINVAL;
	if (rdev_in_use(mddev, rdev) && test_bit(MD_HAS_PPL, &mddev->flags))
		return -EBUSY;
	return 0;
}

static int ppl_sector_store(struct mddev *mddev, struct md_rdev *rdev, char *buf)
{
	unsigned long long sector;
	s64 offset;
	int ret;

	ret = rdev_parse(buf, &sector);
	if (!ret)
		ret = ppl_check(mddev, rdev);
	if (ret)
		return ret;
	if (sector >= bdev_nr_sectors(rdev->bdev))
		return -EINVAL;
	offset = (s64)(sector - rdev->sb_start);
	if (offset != (s32)offset || (mddev->format && offset != (s16)offset))
		return -EINVAL;
	spin_lock_irq(&mddev->lock);
	rdev->ppl_offset = offset;
	spin_unlock_irq(&mddev->lock);
	return 0;
}
RDEV_ATTR(ppl_sector, RDEV_LOCKED);

static ssize_t ppl_size_show(struct mddev *mddev, struct md_rdev *rdev,
			     char *page)
{
	return sysfs_emit(page, "%u\n", rdev->ppl_sectors);
}

static int ppl_size_store(struct mddev *mddev, struct md_rdev *rdev, char *buf)
{
	unsigned long long sectors;
	int ret;

	ret = rdev_parse(buf, &sectors);
	if (!ret)
		ret = ppl_check(mddev, rdev);
	if (ret)
		return ret;
	if (sectors > U16_MAX || sectors >= bdev_nr_sectors(rdev->bdev))
		return -EINVAL;
	spin_lock_irq(&mddev->lock);
	rdev->ppl_sectors = sectors;
	spin_unlock_irq(&mddev->lock);
	return 0;
}
RDEV_ATTR(ppl_size, RDEV_LOCKED);

/*
 * The table, and what its rows have in common
 */

static struct attribute *rdev_attrs[] = {
	&rdev_attr_state.attr,
	&rdev_attr_errors.attr,
	&rdev_attr_slot.attr,
	&rdev_attr_offset.attr,
	&rdev_attr_new_offset.attr,
	&rdev_attr_size.attr,
	&rdev_attr_recovery_start.attr,
	&rdev_attr_bad_blocks.attr,
	&rdev_attr_unacknowledged_bad_blocks.attr,
	&rdev_attr_ppl_sector.attr,
	&rdev_attr_ppl_size.attr,
	NULL,
};
ATTRIBUTE_GROUPS(rdev);

static ssize_t rdev_show(struct kobject *kobj, struct attribute *attr, char *page)
{
	struct rdev_attribute *row = container_of(attr, struct rdev_attribute,
						  attr);
	struct md_rdev *rdev = container_of(kobj, struct md_rdev, kobj);
	struct mddev *mddev = md_rdev_get_mddev(rdev);
	ssize_t ret;

	if (!mddev)
		return -ENODEV;
	ret = row->show(mddev, rdev, page);
	mddev_put(mddev);
	return ret;
}

static int rdev_store_locked(struct rdev_attribute *row, struct mddev *mddev,
			     struct md_rdev *rdev, char *buf)
{
	bool record = row->flags & RDEV_RECORD;
	u64 gen = 0;
	int ret;

	ret = mddev_lock(mddev);
	if (ret)
		return ret;
	if (!rdev_bound_to(rdev, mddev))
		ret = -ENODEV;
	else if (!md_configurable(mddev) && !(row->flags & RDEV_CLOSING))
		ret = -EBUSY;
	else
		ret = row->store(mddev, rdev, buf);
	if (!ret && record)
		gen = md_sb_request(mddev);
	mddev_unlock(mddev);
	if (ret || !record)
		return ret;
	md_sb_check_acks(mddev);
	return md_sb_wait(mddev, gen);
}

static ssize_t rdev_store(struct kobject *kobj, struct attribute *attr,
			  const char *buf, size_t len)
{
	struct rdev_attribute *row = container_of(attr, struct rdev_attribute,
						  attr);
	struct md_rdev *rdev = container_of(kobj, struct md_rdev, kobj);
	struct mddev *mddev;
	char text[64];
	size_t n = len;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	if (n && buf[n - 1] == '\n')
		n--;
	/* No value or command is as long as that. */
	if (n >= sizeof(text) || memchr(buf, '\0', n))
		return -EINVAL;
	memcpy(text, buf, n);
	text[n] = '\0';

	mddev = md_rdev_get_mddev(rdev);
	if (!mddev)
		return -ENODEV;
	if (row->flags & RDEV_LOCKED)
		ret = rdev_store_locked(row, mddev, rdev, text);
	else
		ret = row->store(mddev, rdev, text);
	mddev_put(mddev);
	return ret ? ret : len;
}

static const struct sysfs_ops rdev_sysfs_ops = {
	.show = rdev_show,
	.store = rdev_store,
};

const struct kobj_type md_rdev_ktype = {
	.release = md_rdev_kobj_release,
	.sysfs_ops = &rdev_sysfs_ops,
	.default_groups = rdev_groups,
};
