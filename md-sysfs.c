// SPDX-License-Identifier: GPL-2.0
/*
 * Arrays in sysfs: .../md/. An attribute is a row of a table: name, mode, when
 * it may be written and under which locks, show, store.
 *
 * The kobject's active reference keeps the array's memory while one of its files
 * is in use; a reference of its own keeps the array from being deleted meanwhile.
 * Stores that stop, start or reconfigure the array take their locks in the
 * functions that they call; the others get them here.
 */
#include <linux/ctype.h>

#include "md-bitmap.h"
#include "md-sysfs.h"

/* A number that fits into an int, as most do. */
int md_parse_int(const char *buf, int *value)
{
	unsigned int n;
	int ret;

	ret = kstrtouint(buf, 10, &n);
	if (ret)
		return ret;
	if (n > INT_MAX)
		return -EINVAL;
	*value = n;
	return 0;
}

/* A size in KiB, that is to be held in sectors and, some day, in bytes. */
static int parse_kib(const char *buf, sector_t *sectors)
{
	unsigned long long kib;

	if (kstrtoull(buf, 10, &kib) || kib > LLONG_MAX >> 10)
		return -EINVAL;
	*sectors = kib * 2;
	return 0;
}

/* Geometry while a reshape moves it: "new (old)". */
static ssize_t emit_new_old(struct mddev *mddev, char *page, long long new,
			    long long old)
{
	if (mddev->reshape_position != MD_SECTOR_NONE && new != old)
		return sysfs_emit(page, "%lld (%lld)\n", new, old);
	return sysfs_emit(page, "%lld\n", new);
}

/*
 * What kind of array
 */

static ssize_t level_show(struct mddev *mddev, char *page)
{
	char name[sizeof(mddev->clevel)] = "";
	int level;

	spin_lock_irq(&mddev->lock);
	level = mddev->level;
	if (mddev->pers)
		strscpy(name, mddev->pers->name, sizeof(name));
	else
		memcpy(name, mddev->clevel, sizeof(name));
	spin_unlock_irq(&mddev->lock);

	if (name[0])
		return sysfs_emit(page, "%s\n", name);
	if (level != LEVEL_NONE)
		return sysfs_emit(page, "%d\n", level);
	return 0;
}

static int set_inactive_level(struct mddev *mddev, int level, const char *name)
{
	int ret;

	ret = md_config_lock(mddev, false);
	if (ret)
		return ret;
	if (mddev->pers) {
		ret = -EBUSY;
	} else {
		spin_lock_irq(&mddev->lock);
		mddev->level = level;
		strscpy(mddev->clevel, name, sizeof(mddev->clevel));
		spin_unlock_irq(&mddev->lock);
	}
	mddev_unlock(mddev);
	return ret;
}

static int level_store(struct mddev *mddev, const char *buf)
{
	char name[sizeof(mddev->clevel)];
	size_t len = strcspn(buf, "\n");
	int level;

	if (len >= sizeof(name) || (buf[len] && buf[len + 1]))
		return -EINVAL;
	strscpy(name, buf, len + 1);
	if (kstrtoint(name, 10, &level))
		level = LEVEL_NONE;
	if (!READ_ONCE(mddev->pers))
		return set_inactive_level(mddev, level, name);
	if (READ_ONCE(mddev->ro) != MD_RW)
		return -EROFS;
	return len ? md_change_level(mddev, level, name) : -EINVAL;
}
MD_ATTR_PREALLOC(level, 0);

static ssize_t new_level_show(struct mddev *mddev, char *page)
{
	int level = READ_ONCE(mddev->new_level);

	return sysfs_emit(page, "%d\n", level == LEVEL_NONE ? 0 : level);
}

static int new_level_store(struct mddev *mddev, const char *buf)
{
	int level, ret;

	ret = md_parse_int(buf, &level);
	if (!ret)
		WRITE_ONCE(mddev->new_level, level);
	return ret;
}
MD_ATTR(new_level, 0664, ATTR_LOCK, new_level_show, new_level_store);

/* Without a reshape, a running array keeps its geometry. */
static int refuse_new_geometry(struct mddev *mddev, bool same)
{
	if (mddev->ro != MD_RW)
		return -EROFS;
	return same ? 0 : -EINVAL;
}

static ssize_t layout_show(struct mddev *mddev, char *page)
{
	return emit_new_old(mddev, page, mddev->new_layout, mddev->layout);
}

static int layout_store(struct mddev *mddev, const char *buf)
{
	int layout, ret;

	ret = md_parse_int(buf, &layout);
	if (ret)
		return ret;
	if (mddev->pers)
		return refuse_new_geometry(mddev, layout == mddev->layout);
	spin_lock_irq(&mddev->lock);
	mddev->layout = layout;
	mddev->new_layout = layout;
	spin_unlock_irq(&mddev->lock);
	return 0;
}
MD_ATTR_RW(layout, ATTR_LOCK);

static ssize_t chunk_size_show(struct mddev *mddev, char *page)
{
	return emit_new_old(mddev, page,
			    (u64)mddev->new_chunk_sectors * SECTOR_SIZE,
			    (u64)mddev->chunk_sectors * SECTOR_SIZE);
}

static int chunk_size_store(struct mddev *mddev, const char *buf)
{
	unsigned int chunk;
	int bytes, ret;

	ret = md_parse_int(buf, &bytes);
	if (ret)
		return ret;
	if (bytes % SECTOR_SIZE)
		return -EINVAL;
	chunk = bytes / SECTOR_SIZE;
	if (mddev->pers)
		return refuse_new_geometry(mddev, chunk == mddev->chunk_sectors);
	spin_lock_irq(&mddev->lock);
	mddev->chunk_sectors = chunk;
	mddev->new_chunk_sectors = chunk;
	spin_unlock_irq(&mddev->lock);
	return 0;
}
MD_ATTR_RW(chunk_size, ATTR_LOCK);

static ssize_t raid_disks_show(struct mddev *mddev, char *page)
{
	if (!mddev->raid_disks)
		return 0;
	return emit_new_old(mddev, page, mddev->raid_disks,
			    mddev->raid_disks - mddev->delta_disks);
}

static int raid_disks_store(struct mddev *mddev, const char *buf)
{
	int raid_disks, ret;

	ret = md_parse_int(buf, &raid_disks);
	return ret ? ret : md_set_raid_disks(mddev, raid_disks);
}
MD_ATTR_RW(raid_disks, 0);

/*
 * Sizes
 */

static ssize_t component_size_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%llu\n", (u64)mddev->dev_sectors / 2);
}

static int component_size_store(struct mddev *mddev, const char *buf)
{
	sector_t sectors;
	int ret;

	ret = parse_kib(buf, &sectors);
	return ret ? ret : md_set_dev_sectors(mddev, sectors);
}
MD_ATTR_RW(component_size, 0);

static ssize_t array_size_show(struct mddev *mddev, char *page)
{
	if (mddev->external_size)
		return sysfs_emit(page, "%llu\n", (u64)mddev->array_sectors / 2);
	return sysfs_emit(page, "default\n");
}

static int array_size_store(struct mddev *mddev, const char *buf)
{
	sector_t sectors = MD_SECTOR_NONE;
	int ret = 0;

	if (!sysfs_streq(buf, "default"))
		ret = parse_kib(buf, &sectors);
	return ret ? ret : md_set_array_size(mddev, sectors);
}
MD_ATTR_RW(array_size, 0);

/*
 * Metadata and members
 */

static ssize_t metadata_version_show(struct mddev *mddev, char *page)
{
	ssize_t len;

	spin_lock_irq(&mddev->lock);
	if (mddev->external)
		len = sysfs_emit(page, "external:%s\n", mddev->metadata_type);
	else if (mddev->persistent)
		len = sysfs_emit(page, "%s\n", mddev->format->name);
	else
		len = sysfs_emit(page, "none\n");
	spin_unlock_irq(&mddev->lock);
	return len;
}

static int metadata_version_store(struct mddev *mddev, const char *buf)
{
	return md_set_metadata_version(mddev, buf);
}
MD_ATTR_PREALLOC(metadata_version, 0);

static ssize_t uuid_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%pU\n", mddev->uuid);
}
MD_ATTR_RO(uuid);

/* "major:minor" and nothing else */
static int parse_dev(const char *buf, dev_t *dev)
{
	unsigned int major, minor;
	char text[24];
	char *colon;

	if (strscpy(text, buf, sizeof(text)) < 0)
		return -EINVAL;
	colon = strchr(text, ':');
	if (!colon)
		return -EINVAL;
	*colon = '\0';
	if (!isdigit(text[0]) || !isdigit(colon[1]) ||
	    kstrtouint(text, 10, &major) || kstrtouint(colon + 1, 10, &minor))
		return -EINVAL;
	*dev = MKDEV(major, minor);
	return MAJOR(*dev) == major && MINOR(*dev) == minor ? 0 : -EOVERFLOW;
}

static int new_dev_store(struct mddev *mddev, const char *buf)
{
	dev_t dev;
	int ret;

	ret = parse_dev(buf, &dev);
	return ret ? ret : md_add_dev(mddev, dev);
}
MD_ATTR(new_dev, 0200, 0, NULL, new_dev_store);

/*
 * array_state
 */

/* X(enumerator, word) */
#define ARRAY_STATES(X)				\
	X(CLEAR, "clear")			\
	X(INACTIVE, "inactive")			\
	X(READONLY, "readonly")			\
	X(READ_AUTO, "read-auto")		\
	X(CLEAN, "clean")			\
	X(ACTIVE, "active")			\
	X(WRITE_PENDING, "write-pending")	\
	X(ACTIVE_IDLE, "active-idle")		\
	X(BROKEN, "broken")

enum array_state {
#define X(id, name) STATE_##id,
	ARRAY_STATES(X)
#undef X
	NR_STATES
};

static const char *const state_names[NR_STATES] = {
#define X(id, name) [STATE_##id] = name,
	ARRAY_STATES(X)
#undef X
};

/* mddev->lock held. */
static enum array_state current_state(struct mddev *mddev)
{
	if (!mddev->pers)
		return list_empty(&mddev->disks) && !mddev->raid_disks &&
		       !mddev->dev_sectors ? STATE_CLEAR : STATE_INACTIVE;
	if (mddev->write_slow & MD_WRITE_BROKEN)
		return STATE_BROKEN;
	if (mddev->ro == MD_RO)
		return STATE_READONLY;
	if (mddev->ro == MD_AUTO_RO)
		return STATE_READ_AUTO;
	if (mddev->write_pending)
		return STATE_WRITE_PENDING;
	if (mddev->in_sync)
		return STATE_CLEAN;
	return mddev->active_idle ? STATE_ACTIVE_IDLE : STATE_ACTIVE;
}

const char *md_array_state(struct mddev *mddev)
{
	enum array_state state;
	unsigned long flags;

	spin_lock_irqsave(&mddev->lock, flags);
	state = current_state(mddev);
	spin_unlock_irqrestore(&mddev->lock, flags);
	return state_names[state];
}

static ssize_t array_state_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%s\n", md_array_state(mddev));
}

/*
 * What is to hold from the start on. Whether a resync is needed is for userland
 * to say only where there is no superblock that does. @resync_offset is set, and
 * filled with what was there.
 */
static int prepare_start(struct mddev *mddev, enum md_ro ro,
			 sector_t *resync_offset)
{
	int ret;

	ret = md_config_lock(mddev, false);
	if (ret)
		return ret;
	if (mddev->pers) {
		ret = -EBUSY;
	} else if (resync_offset && mddev->persistent) {
		ret = -EINVAL;
	} else {
		spin_lock_irq(&mddev->lock);
		mddev->ro = ro;
		if (resync_offset)
			swap(mddev->resync_offset, *resync_offset);
		spin_unlock_irq(&mddev->lock);
	}
	mddev_unlock(mddev);
	return ret;
}

static int start_array(struct mddev *mddev, enum array_state state)
{
	enum md_ro ro = state == STATE_READONLY ? MD_RO :
			state == STATE_READ_AUTO ? MD_AUTO_RO : MD_RW;
	sector_t resync_offset = MD_SECTOR_NONE;
	sector_t *offset = state == STATE_CLEAN ? &resync_offset : NULL;
	int ret;

	ret = prepare_start(mddev, ro, offset);
	if (ret)
		return ret;
	ret = md_start(mddev);
	if (ret)
		prepare_start(mddev, MD_RW, offset);
	return ret;
}

/*
 * "active" and "clean" of a running array imply that it may be written.
 *
 * Userland has recorded that the array is dirty: must get through whatever the
 * array is doing, so it takes no lock that anybody sleeps under.
 */
static int state_active(struct mddev *mddev)
{
	int ret;

	ret = md_ensure_rw(mddev);
	if (!ret && mddev->external)
		md_write_acked(mddev);
	return ret;
}

static int state_clean(struct mddev *mddev)
{
	int ret;

	ret = md_ensure_rw(mddev);
	if (ret)
		return ret;
	return md_try_clean(mddev) ? 0 : -EBUSY;
}

static int array_state_store(struct mddev *mddev, const char *buf)
{
	bool running = READ_ONCE(mddev->pers);
	int state = __sysfs_match_string(state_names, NR_STATES, buf);

	switch (state) {
	case STATE_CLEAR:
		return md_stop(mddev, MD_STOP_CLEAR, 0);
	case STATE_INACTIVE:
		return running ? md_stop(mddev, MD_STOP_INACTIVE, 0) : 0;
	case STATE_READONLY:
		if (READ_ONCE(mddev->ro) == MD_RO && running)
			return -ENXIO;
		return running ? md_stop(mddev, MD_STOP_READONLY, 0) :
				 start_array(mddev, state);
	case STATE_READ_AUTO:
		return running ? md_set_read_auto(mddev) :
				 start_array(mddev, state);
	case STATE_CLEAN:
		return running ? state_clean(mddev) : start_array(mddev, state);
	case STATE_ACTIVE:
		return running ? state_active(mddev) : start_array(mddev, state);
	default:
		return -EINVAL;
	}
}
MD_ATTR_PREALLOC(array_state, 0);

/*
 * Redundancy
 */

static ssize_t emit_sector(char *page, sector_t sector)
{
	if (sector == MD_SECTOR_NONE)
		return sysfs_emit(page, "none\n");
	return sysfs_emit(page, "%llu\n", (u64)sector);
}

static ssize_t resync_start_show(struct mddev *mddev, char *page)
{
	sector_t sector;

	spin_lock_irq(&mddev->lock);
	sector = mddev->resync_offset;
	spin_unlock_irq(&mddev->lock);
	return emit_sector(page, sector);
}

static int resync_start_store(struct mddev *mddev, const char *buf)
{
	unsigned long long sector = MD_SECTOR_NONE;
	int ret = 0;

	if (!sysfs_streq(buf, "none")) {
		ret = kstrtoull(buf, 10, &sector);
		if (!ret && sector != (sector_t)sector)
			ret = -EINVAL;
	}
	if (ret)
		return ret;

	spin_lock_irq(&mddev->lock);
	/* Of a running array only while nothing can start that uses it. */
	if (mddev->pers && (!mddev->sync.frozen || md_sync_busy(mddev)))
		ret = -EBUSY;
	else
		mddev->resync_offset = sector;
	/* For when it is thawed. */
	if (!ret && mddev->pers)
		mddev->sync.needed = true;
	spin_unlock_irq(&mddev->lock);
	if (!ret && mddev->pers)
		md_sb_request(mddev);
	return ret;
}
MD_ATTR_PREALLOC(resync_start, ATTR_LOCK);

static ssize_t consistency_policy_show(struct mddev *mddev, char *page)
{
	const char *policy = "unknown";

	spin_lock_irq(&mddev->lock);
	if (test_bit(MD_HAS_JOURNAL, &mddev->flags))
		policy = "journal";
	else if (test_bit(MD_HAS_PPL, &mddev->flags))
		policy = "ppl";
	else if (mddev->pers)
		policy = mddev->bitmap ? "bitmap" :
			 mddev->pers->syncs ? "resync" : "none";
	spin_unlock_irq(&mddev->lock);
	return sysfs_emit(page, "%s\n", policy);
}

/* What there is to choose has doors of its own: bitmap/location. */
static int consistency_policy_store(struct mddev *mddev, const char *buf)
{
	return mddev->pers ? -EBUSY : -EINVAL;
}
MD_ATTR_RW(consistency_policy, ATTR_LOCK);

static ssize_t fail_last_dev_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%d\n",
			  test_bit(MD_FAIL_LAST_DEV, &mddev->flags));
}

static int fail_last_dev_store(struct mddev *mddev, const char *buf)
{
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	if (!ret)
		assign_bit(MD_FAIL_LAST_DEV, &mddev->flags, on);
	return ret;
}
MD_ATTR_RW(fail_last_dev, 0);

static bool may_serialize(struct mddev *mddev)
{
	bool may;

	spin_lock_irq(&mddev->lock);
	may = mddev->pers && mddev->pers->serializes;
	spin_unlock_irq(&mddev->lock);
	return may;
}

static ssize_t serialize_policy_show(struct mddev *mddev, char *page)
{
	if (!may_serialize(mddev))
		return sysfs_emit(page, "n/a\n");
	return sysfs_emit(page, "%d\n",
			  test_bit(MD_SERIALIZE_POLICY, &mddev->flags));
}

static int serialize_policy_store(struct mddev *mddev, const char *buf)
{
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	if (ret || on == test_bit(MD_SERIALIZE_POLICY, &mddev->flags))
		return ret;
	if (!may_serialize(mddev))
		return -EINVAL;
	assign_bit(MD_SERIALIZE_POLICY, &mddev->flags, on);
	return 0;
}
MD_ATTR_RW(serialize_policy, ATTR_SUSPEND);

static ssize_t max_read_errors_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%d\n",
			  atomic_read(&mddev->max_corrected_reads));
}

static int max_read_errors_store(struct mddev *mddev, const char *buf)
{
	int limit, ret;

	ret = md_parse_int(buf, &limit);
	if (!ret)
		atomic_set(&mddev->max_corrected_reads, limit);
	return ret;
}
MD_ATTR_RW(max_read_errors, 0);

/*
 * Safe mode
 */

static ssize_t safe_mode_delay_show(struct mddev *mddev, char *page)
{
	unsigned int ms = jiffies_to_msecs(READ_ONCE(mddev->safemode_delay));

	return sysfs_emit(page, "%u.%03u\n", ms / 1000, ms % 1000);
}

/* Seconds with at most three places that count, to milliseconds */
static int parse_seconds(const char *buf, unsigned int *ms)
{
	unsigned int whole = 0, part = 0, scale = 100;
	bool digits = false;

	for (; isdigit(*buf); buf++, digits = true) {
		whole = whole * 10 + *buf - '0';
		/* So that it can be counted in jiffies */
		if (whole >= UINT_MAX / 1000 / HZ)
			return -EINVAL;
	}
	if (*buf == '.') {
		for (buf++; isdigit(*buf); buf++, scale /= 10, digits = true)
			part += (*buf - '0') * scale;
	}
	if (!digits || !(buf[0] == '\0' || (buf[0] == '\n' && !buf[1])))
		return -EINVAL;
	*ms = whole * 1000 + part;
	return 0;
}

static int safe_mode_delay_store(struct mddev *mddev, const char *buf)
{
	unsigned int ms;
	int ret;

	ret = parse_seconds(buf, &ms);
	if (ret)
		return ret;
	WRITE_ONCE(mddev->safemode_delay, msecs_to_jiffies(ms));
	if (mddev->pers)
		md_safemode_kick(mddev);
	return 0;
}
MD_ATTR_PREALLOC(safe_mode_delay, ATTR_LOCK);

/*
 * Reshape, of which there is none yet
 */

static ssize_t reshape_position_show(struct mddev *mddev, char *page)
{
	sector_t sector;

	spin_lock_irq(&mddev->lock);
	sector = mddev->reshape_position;
	spin_unlock_irq(&mddev->lock);
	return emit_sector(page, sector);
}

static int reshape_position_store(struct mddev *mddev, const char *buf)
{
	unsigned long long sector;
	int ret;

	ret = kstrtoull(buf, 10, &sector);
	if (ret)
		return ret;
	if (mddev->pers)
		return -EBUSY;
	md_warn(mddev, "a reshape can't be continued: not supported\n");
	return -EOPNOTSUPP;
}
MD_ATTR_RW(reshape_position, ATTR_LOCK);

static ssize_t reshape_direction_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%s\n", READ_ONCE(mddev->reshape_backwards) ?
			  "backwards" : "forwards");
}

static int reshape_direction_store(struct mddev *mddev, const char *buf)
{
	static const char *const directions[] = { "forwards", "backwards" };
	int backwards = sysfs_match_string(directions, buf);

	if (backwards < 0)
		return backwards;
	if (backwards != mddev->reshape_backwards && mddev->delta_disks)
		return -EBUSY;
	WRITE_ONCE(mddev->reshape_backwards, backwards);
	return 0;
}
MD_ATTR_RW(reshape_direction, ATTR_LOCK);

/*
 * Only with redundancy: the sync thread
 */

static ssize_t sync_action_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%s\n",
			  md_sync_action_names[md_sync_current(mddev)]);
}

static int sync_action_store(struct mddev *mddev, const char *buf)
{
	int action = __sysfs_match_string(md_sync_action_names, MD_NR_ACTIONS,
					  buf);
	int ret;

	if (action < 0)
		return -EINVAL;
	/* No level has one yet. */
	if (action == MD_ACTION_RESHAPE)
		return md_sync_busy(mddev) ? -EBUSY : -EINVAL;
	ret = md_sync_request(mddev, action);
	/* Who wants anything but a standstill means an array to be written. */
	if (!ret && action != MD_ACTION_FROZEN &&
	    READ_ONCE(mddev->ro) == MD_AUTO_RO)
		ret = md_ensure_rw(mddev);
	return ret;
}
MD_ATTR_PREALLOC(sync_action, 0);

static ssize_t last_sync_action_show(struct mddev *mddev, char *page)
{
	enum md_sync_action action;

	spin_lock_irq(&mddev->lock);
	action = md_sync_busy(mddev) ? mddev->sync.action :
				       mddev->sync.last_action;
	spin_unlock_irq(&mddev->lock);
	return sysfs_emit(page, "%s\n", md_sync_action_names[action]);
}
MD_ATTR_RO(last_sync_action);

static ssize_t mismatch_cnt_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%lld\n",
			  (s64)atomic64_read(&mddev->sync.mismatches));
}
MD_ATTR_RO(mismatch_cnt);

static ssize_t emit_speed(char *page, int own, int in_force)
{
	return sysfs_emit(page, "%d (%s)\n", in_force,
			  own ? "local" : "system");
}

static int store_speed(const char *buf, int *own)
{
	int speed = 0, ret;

	if (!sysfs_streq(buf, "system")) {
		ret = md_parse_int(buf, &speed);
		if (ret)
			return ret;
		if (!speed)
			return -EINVAL;
	}
	WRITE_ONCE(*own, speed);
	return 0;
}

static ssize_t sync_speed_min_show(struct mddev *mddev, char *page)
{
	return emit_speed(page, mddev->sync.speed_min, md_speed_min(mddev));
}

static int sync_speed_min_store(struct mddev *mddev, const char *buf)
{
	return store_speed(buf, &mddev->sync.speed_min);
}
MD_ATTR_RW(sync_speed_min, ATTR_LOCK);

static ssize_t sync_speed_max_show(struct mddev *mddev, char *page)
{
	return emit_speed(page, mddev->sync.speed_max, md_speed_max(mddev));
}

static int sync_speed_max_store(struct mddev *mddev, const char *buf)
{
	return store_speed(buf, &mddev->sync.speed_max);
}
MD_ATTR_RW(sync_speed_max, ATTR_LOCK);

static ssize_t sync_speed_show(struct mddev *mddev, char *page)
{
	if (!md_sync_busy(mddev))
		return sysfs_emit(page, "none\n");
	return sysfs_emit(page, "%lu\n", READ_ONCE(mddev->sync.speed));
}
MD_ATTR_RO(sync_speed);

static ssize_t sync_completed_show(struct mddev *mddev, char *page)
{
	struct md_sync *sync = &mddev->sync;
	enum md_sync_state state;
	u64 completed, end;

	spin_lock_irq(&mddev->lock);
	state = sync->state;
	completed = sync->completed;
	end = sync->end;
	spin_unlock_irq(&mddev->lock);

	switch (state) {
	case MD_SYNC_IDLE:
		return sysfs_emit(page, "none\n");
	case MD_SYNC_STARTING:
	case MD_SYNC_WAITING:
		return sysfs_emit(page, "delayed\n");
	default:
		return sysfs_emit(page, "%llu / %llu\n", completed, end);
	}
}
MD_ATTR(sync_completed, SYSFS_PREALLOC | 0444, 0, sync_completed_show, NULL);

static ssize_t sync_force_parallel_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(mddev->sync.parallel));
}

static int sync_force_parallel_store(struct mddev *mddev, const char *buf)
{
	int on;

	if (md_parse_int(buf, &on) || on > 1)
		return -EINVAL;
	md_sync_set_parallel(mddev, on);
	return 0;
}
MD_ATTR_RW(sync_force_parallel, 0);

static ssize_t sync_min_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%llu\n", (u64)READ_ONCE(mddev->sync.min));
}

static int sync_min_store(struct mddev *mddev, const char *buf)
{
	unsigned long long min;

	if (kstrtoull(buf, 10, &min) || min > mddev->sync.max)
		return -EINVAL;
	WRITE_ONCE(mddev->sync.min, round_down(min, PAGE_SECTORS));
	return 0;
}
MD_ATTR_RW(sync_min, ATTR_LOCK | ATTR_IDLE);

static ssize_t sync_max_show(struct mddev *mddev, char *page)
{
	sector_t max = READ_ONCE(mddev->sync.max);

	if (max == MD_SECTOR_NONE)
		return sysfs_emit(page, "max\n");
	return sysfs_emit(page, "%llu\n", (u64)max);
}

static int sync_max_store(struct mddev *mddev, const char *buf)
{
	unsigned long long max = MD_SECTOR_NONE;

	if (!sysfs_streq(buf, "max")) {
		u32 rest = 0;

		if (kstrtoull(buf, 10, &max))
			return -EINVAL;
		/* As sync_min: units keep to the members' blocks. */
		max = round_down(max, PAGE_SECTORS);
		if (max < mddev->sync.min)
			return -EINVAL;
		/* The thread must never find that it is beyond it. */
		if (max < mddev->sync.max && md_sync_busy(mddev))
			return -EBUSY;
		if (mddev->chunk_sectors)
			div_u64_rem(max, mddev->chunk_sectors, &rest);
		if (rest)
			return -EINVAL;
	}
	WRITE_ONCE(mddev->sync.max, max);
	wake_up_all(&mddev->sync.wait);
	return 0;
}
MD_ATTR_RW(sync_max, ATTR_LOCK);

/*
 * A range that writes keep out of. It changes only while nothing is inside;
 * whoever waits for it looks again when I/O is resumed. That may be who stops the
 * array and writes what is cached first, so it has to get through then.
 */
#define ATTR_RANGE (ATTR_SUSPEND | ATTR_CLOSING | ATTR_RUNNING)

static int set_suspended_range(struct mddev *mddev, sector_t lo, sector_t hi)
{
	spin_lock_irq(&mddev->lock);
	mddev->suspend_lo = lo;
	mddev->suspend_hi = hi;
	if (lo < hi)
		md_write_slow_set(mddev, MD_WRITE_RANGE);
	else
		md_write_slow_clear(mddev, MD_WRITE_RANGE);
	spin_unlock_irq(&mddev->lock);
	return 0;
}

static ssize_t suspend_lo_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%llu\n", (u64)READ_ONCE(mddev->suspend_lo));
}

static int suspend_lo_store(struct mddev *mddev, const char *buf)
{
	unsigned long long lo;
	int ret;

	ret = kstrtoull(buf, 10, &lo);
	return ret ? ret : set_suspended_range(mddev, lo, mddev->suspend_hi);
}
MD_ATTR_RW(suspend_lo, ATTR_RANGE);

static ssize_t suspend_hi_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%llu\n", (u64)READ_ONCE(mddev->suspend_hi));
}

static int suspend_hi_store(struct mddev *mddev, const char *buf)
{
	unsigned long long hi;
	int ret;

	ret = kstrtoull(buf, 10, &hi);
	return ret ? ret : set_suspended_range(mddev, mddev->suspend_lo, hi);
}
MD_ATTR_RW(suspend_hi, ATTR_RANGE);

static ssize_t degraded_show(struct mddev *mddev, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(mddev->degraded));
}
MD_ATTR_RO(degraded);

/*
 * The tables
 */

static struct attribute *md_attrs[] = {
	&attr_level.attr,
	&attr_new_level.attr,
	&attr_layout.attr,
	&attr_chunk_size.attr,
	&attr_raid_disks.attr,
	&attr_component_size.attr,
	&attr_array_size.attr,
	&attr_metadata_version.attr,
	&attr_uuid.attr,
	&attr_new_dev.attr,
	&attr_array_state.attr,
	&attr_resync_start.attr,
	&attr_consistency_policy.attr,
	&attr_fail_last_dev.attr,
	&attr_serialize_policy.attr,
	&attr_max_read_errors.attr,
	&attr_safe_mode_delay.attr,
	&attr_reshape_position.attr,
	&attr_reshape_direction.attr,
	&md_attr_bitmap_set_bits.attr,
	NULL
};

static const struct attribute_group md_group = {
	.attrs = md_attrs,
};

static const struct attribute_group *md_groups[] = {
	&md_group,
	&md_bitmap_group,
	NULL
};

static struct attribute *md_redundancy_attrs[] = {
	&attr_sync_action.attr,
	&attr_last_sync_action.attr,
	&attr_mismatch_cnt.attr,
	&attr_sync_speed_min.attr,
	&attr_sync_speed_max.attr,
	&attr_sync_speed.attr,
	&attr_sync_completed.attr,
	&attr_sync_force_parallel.attr,
	&attr_sync_min.attr,
	&attr_sync_max.attr,
	&attr_suspend_lo.attr,
	&attr_suspend_hi.attr,
	&attr_degraded.attr,
	NULL
};

static const struct attribute_group md_redundancy_group = {
	.attrs = md_redundancy_attrs,
};

/*
 * Common show and store
 */

static ssize_t md_attr_show(struct kobject *kobj, struct attribute *attr,
			    char *page)
{
	struct md_attribute *row = container_of(attr, struct md_attribute, attr);
	struct mddev *mddev = container_of(kobj, struct mddev, kobj);
	ssize_t ret;

	if (!row->show)
		return -EIO;
	if (!mddev_get(mddev))
		return -ENODEV;
	ret = row->show(mddev, page);
	mddev_put(mddev);
	return ret;
}

static int store_locked(struct mddev *mddev, const struct md_attribute *row,
			const char *buf)
{
	bool suspend = row->flags & ATTR_SUSPEND;
	int ret;

	ret = row->flags & ATTR_CLOSING ? mddev_suspend_and_lock(mddev) :
					  md_config_lock(mddev, suspend);
	if (ret)
		return ret;
	if ((row->flags & ATTR_RUNNING) && !mddev->pers)
		ret = -EINVAL;
	else if ((row->flags & ATTR_IDLE) && md_sync_busy(mddev))
		ret = -EBUSY;
	else
		ret = row->store(mddev, buf);
	md_config_unlock(mddev, suspend);
	return ret;
}

static ssize_t md_attr_store(struct kobject *kobj, struct attribute *attr,
			     const char *buf, size_t len)
{
	struct md_attribute *row = container_of(attr, struct md_attribute, attr);
	struct mddev *mddev = container_of(kobj, struct mddev, kobj);
	int ret;

	if (!row->store)
		return -EIO;
	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	/* A NUL inside would hide what follows it. */
	if (memchr(buf, '\0', len))
		return -EINVAL;
	if (!mddev_get(mddev))
		return -ENODEV;
	if (row->flags & (ATTR_LOCK | ATTR_SUSPEND))
		ret = store_locked(mddev, row, buf);
	else
		ret = row->store(mddev, buf);
	mddev_put(mddev);
	return ret ? ret : len;
}

static const struct sysfs_ops md_sysfs_ops = {
	.show	= md_attr_show,
	.store	= md_attr_store,
};

const struct kobj_type md_ktype = {
	.release	= mddev_kobj_release,
	.sysfs_ops	= &md_sysfs_ops,
	.default_groups	= md_groups,
};

/*
 * Waking those who poll: any context, mddev->lock held or not
 */

/* Files of the redundancy group come and go. Innermost. */
static DEFINE_SPINLOCK(notify_lock);

static void notify(struct kernfs_node **kn)
{
	unsigned long flags;

	spin_lock_irqsave(&notify_lock, flags);
	if (*kn)
		sysfs_notify_dirent(*kn);
	spin_unlock_irqrestore(&notify_lock, flags);
}

void md_notify_state(struct mddev *mddev)
{
	notify(&mddev->kn_state);
}

void md_notify_action(struct mddev *mddev)
{
	notify(&mddev->kn_action);
}

void md_notify_completed(struct mddev *mddev)
{
	notify(&mddev->kn_completed);
}

void md_notify_degraded(struct mddev *mddev)
{
	notify(&mddev->kn_degraded);
}

/*
 * The redundancy group, which only a running array has
 */

static void set_notified(struct kernfs_node **kn, struct kernfs_node *node)
{
	unsigned long flags;

	spin_lock_irqsave(&notify_lock, flags);
	swap(*kn, node);
	spin_unlock_irqrestore(&notify_lock, flags);
	sysfs_put(node);
}

void md_add_sync_attrs(struct mddev *mddev)
{
	struct kernfs_node *dir = mddev->kobj.sd;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (mddev->sync_attrs || !mddev->pers->syncs)
		return;
	if (sysfs_create_group(&mddev->kobj, &md_redundancy_group)) {
		md_warn(mddev, "sync attributes could not be created in sysfs\n");
		return;
	}
	mddev->sync_attrs = true;
	set_notified(&mddev->kn_action, sysfs_get_dirent(dir, "sync_action"));
	set_notified(&mddev->kn_completed,
		     sysfs_get_dirent(dir, "sync_completed"));
	set_notified(&mddev->kn_degraded, sysfs_get_dirent(dir, "degraded"));
}

void md_remove_sync_attrs(struct mddev *mddev)
{
	lockdep_assert_not_held(&mddev->reconfig_mutex);

	if (!mddev->sync_attrs)
		return;
	set_notified(&mddev->kn_action, NULL);
	set_notified(&mddev->kn_completed, NULL);
	set_notified(&mddev->kn_degraded, NULL);
	sysfs_remove_group(&mddev->kobj, &md_redundancy_group);
	mddev->sync_attrs = false;
}
