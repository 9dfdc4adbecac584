// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of an array's configuration that userland asks for through more than
 * one door: geometry, sizes, metadata format, further members.
 *
 * Each function takes its own locks (gate, then reconfig_mutex), looks at the
 * state again under them, and announces and waits for superblocks only after it
 * has let go of them.
 */
#include <linux/random.h>
#include <linux/timekeeping.h>

#include "md-bitmap.h"

int md_config_lock(struct mddev *mddev, bool suspend)
{
	int ret;

	ret = suspend ? mddev_suspend_and_lock(mddev) : mddev_lock(mddev);
	if (ret)
		return ret;
	if (md_configurable(mddev))
		return 0;
	md_config_unlock(mddev, suspend);
	return -EBUSY;
}

void md_config_unlock(struct mddev *mddev, bool suspend)
{
	if (suspend)
		mddev_unlock_and_resume(mddev);
	else
		mddev_unlock(mddev);
}

/* A running array whose geometry shall change at once. reconfig_mutex held. */
static int config_may_change(struct mddev *mddev)
{
	if (mddev->ro != MD_RW)
		return -EROFS;
	if (md_sync_busy(mddev) || mddev->reshape_position != MD_SECTOR_NONE)
		return -EBUSY;
	return 0;
}

/* Have the daemon look at what a change left to do; returns a generation. */
static u64 config_record(struct mddev *mddev)
{
	u64 gen;

	spin_lock_irq(&mddev->lock);
	mddev->sync.needed = true;
	gen = md_sb_request_locked(mddev);
	spin_unlock_irq(&mddev->lock);
	return gen;
}

/* After a change, no locks held. */
static int config_finish(struct mddev *mddev, u64 generation)
{
	md_wake_daemon(mddev);
	/* What is new may be filled as soon as it is there to be seen. */
	if (READ_ONCE(mddev->array_sectors) > get_capacity(mddev->gendisk))
		md_sb_wait(mddev, generation);
	md_announce(mddev);
	return md_sb_wait(mddev, generation);
}

/*
 * Number of slots
 */

static int max_raid_disks(struct mddev *mddev)
{
	return mddev->format ? mddev->format->max_devs : MD_SUPER_MAX_RAID_DISKS;
}

/* Configuration context. */
static int change_raid_disks(struct mddev *mddev, int raid_disks)
{
	struct md_rdev *rdev;
	int ret;

	if (!mddev->pers->set_raid_disks || raid_disks < 1)
		return -EINVAL;
	ret = config_may_change(mddev);
	if (ret)
		return ret;

	/* Members may be moved to lower slots. */
	rdev_for_each(rdev, mddev)
		md_rdev_unlink_slot(rdev);
	ret = mddev->pers->set_raid_disks(mddev, raid_disks);
	md_rdev_link_slots(mddev);
	return ret;
}

/**
 * md_set_raid_disks() - set the number of slots
 * @mddev: array
 * @raid_disks: number; 0, "not known", only while the array doesn't run
 *
 * Context: no locks held.
 * Return: 0, -EINVAL when the level or the metadata can't, -EBUSY when a sync
 * runs or members are in the way, -EROFS, -EINTR.
 */
int md_set_raid_disks(struct mddev *mddev, int raid_disks)
{
	bool changed = false;
	u64 gen = 0;
	int ret;

	ret = md_config_lock(mddev, true);
	if (ret)
		return ret;
	if (raid_disks < 0 || raid_disks > max_raid_disks(mddev)) {
		md_warn(mddev, "can't have %d slots, the limit is %d\n",
			raid_disks, max_raid_disks(mddev));
		ret = -EINVAL;
	} else if (!mddev->pers) {
		spin_lock_irq(&mddev->lock);
		mddev->raid_disks = raid_disks;
		spin_unlock_irq(&mddev->lock);
	} else if (raid_disks != mddev->raid_disks) {
		ret = change_raid_disks(mddev, raid_disks);
		changed = !ret;
	} else if (mddev->ro != MD_RW) {
		ret = -EROFS;
	}
	if (changed)
		gen = config_record(mddev);
	mddev_unlock_and_resume(mddev);
	if (ret || !changed)
		return ret;
	md_notify_degraded(mddev);
	return config_finish(mddev, gen);
}

/*
 * Size of the members' part
 */

/* Does it hold data whose size matters? */
static bool sized_member(const struct md_rdev *rdev)
{
	return !md_rdev_test(rdev, MD_RDEV_FAULTY) &&
	       !md_rdev_test(rdev, MD_RDEV_JOURNAL);
}

static sector_t member_room(struct mddev *mddev, struct md_rdev *rdev)
{
	return max(rdev->sectors, md_sb_grow_room(mddev, rdev,
						  rdev->data_offset));
}

static int check_sectors(struct mddev *mddev, sector_t sectors)
{
	struct md_rdev *rdev;

	if (mddev->format && sectors > mddev->format->max_dev_sectors) {
		md_warn(mddev, "metadata %s can't describe members of %llu KiB\n",
			mddev->format->name, (u64)sectors / 2);
		return -ENOSPC;
	}
	rdev_for_each(rdev, mddev) {
		if (!sized_member(rdev) || member_room(mddev, rdev) >= sectors)
			continue;
		md_warn(mddev, "member %pg has %llu KiB, %llu are needed\n",
			rdev->bdev, (u64)member_room(mddev, rdev) / 2,
			(u64)sectors / 2);
		return -ENOSPC;
	}
	return 0;
}

static sector_t largest_sectors(struct mddev *mddev)
{
	sector_t sectors = MD_SECTOR_NONE;
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev)
		if (sized_member(rdev))
			sectors = min(sectors, member_room(mddev, rdev));
	if (mddev->chunk_sectors && sectors != MD_SECTOR_NONE)
		sectors = rounddown(sectors, mddev->chunk_sectors);
	if (mddev->format)
		sectors = min(sectors, mddev->format->max_dev_sectors);
	return sectors;
}

/* Members whose device has grown give the new room to data. */
static int extend_members(struct mddev *mddev, sector_t sectors)
{
	struct md_rdev *rdev;
	sector_t room;
	int ret;

	rdev_for_each(rdev, mddev) {
		if (!sized_member(rdev) || rdev->sectors >= sectors)
			continue;
		room = member_room(mddev, rdev);
		ret = md_sb_relocate(mddev, rdev);
		if (ret)
			return ret;
		spin_lock_irq(&mddev->lock);
		rdev->sectors = room;
		spin_unlock_irq(&mddev->lock);
	}
	return 0;
}

/* Configuration context. */
static int change_dev_sectors(struct mddev *mddev, sector_t sectors)
{
	int ret;

	if (!mddev->pers->resize)
		return -EINVAL;
	ret = config_may_change(mddev);
	if (ret)
		return ret;
	if (!sectors)
		sectors = largest_sectors(mddev);
	if (!sectors || sectors == MD_SECTOR_NONE)
		return -ENOSPC;
	ret = check_sectors(mddev, sectors);
	if (ret || sectors == mddev->dev_sectors)
		return ret;
	if (mddev->external_size &&
	    mddev->pers->size(mddev, sectors, 0) < mddev->array_sectors) {
		md_warn(mddev, "array_size has to be lowered before the members' part\n");
		return -EINVAL;
	}
	ret = extend_members(mddev, sectors);
	if (ret)
		return ret;
	ret = md_bitmap_resize(mddev, sectors);
	if (!ret) {
		ret = mddev->pers->resize(mddev, sectors);
		if (ret)
			md_bitmap_resize(mddev, mddev->dev_sectors);
	}
	/* Superblocks may have been moved all the same. */
	if (ret)
		md_sb_request(mddev);
	return ret;
}

/* reconfig_mutex held, array not running. */
static int set_inactive_dev_sectors(struct mddev *mddev, sector_t sectors)
{
	struct md_rdev *rdev;

	if (mddev->format && sectors > mddev->format->max_dev_sectors)
		return -ENOSPC;
	rdev_for_each(rdev, mddev)
		if (sized_member(rdev) && rdev->sectors &&
		    rdev->sectors < sectors)
			return -ENOSPC;
	spin_lock_irq(&mddev->lock);
	mddev->dev_sectors = sectors;
	spin_unlock_irq(&mddev->lock);
	return 0;
}

/**
 * md_set_dev_sectors() - set how much of every member is used
 * @mddev: array
 * @sectors: per member; 0: as much as all of them have
 *
 * Context: no locks held.
 * Return: 0, -ENOSPC when a member or the metadata can't hold it, -EINVAL when
 * the level can't, -EBUSY, -EROFS, -EINTR.
 */
int md_set_dev_sectors(struct mddev *mddev, sector_t sectors)
{
	bool running;
	u64 gen = 0;
	int ret;

	ret = md_config_lock(mddev, true);
	if (ret)
		return ret;
	running = mddev->pers;
	if (running)
		ret = change_dev_sectors(mddev, sectors);
	else
		ret = set_inactive_dev_sectors(mddev, sectors);
	if (running && !ret)
		gen = config_record(mddev);
	mddev_unlock_and_resume(mddev);
	if (ret || !running)
		return ret;
	return config_finish(mddev, gen);
}

/**
 * md_set_array_size() - set what "array_size" says
 * @mddev: array
 * @sectors: exported size, MD_SECTOR_NONE: as much as there is
 *
 * Context: no locks held. Return: 0, -E2BIG, -EBUSY, -EINTR.
 */
int md_set_array_size(struct mddev *mddev, sector_t sectors)
{
	sector_t size = 0;
	bool running;
	int ret;

	ret = md_config_lock(mddev, false);
	if (ret)
		return ret;
	running = mddev->pers;
	if (running)
		size = mddev->pers->size(mddev, 0, 0);
	if (sectors == MD_SECTOR_NONE) {
		mddev->external_size = false;
		mddev->array_sectors = size;
	} else if (running && sectors > size) {
		ret = -E2BIG;
	} else {
		mddev->external_size = true;
		mddev->array_sectors = sectors;
	}
	mddev_unlock(mddev);
	if (!ret && running)
		md_announce(mddev);
	return ret;
}

/*
 * SET_ARRAY_INFO
 */

/* Only the metadata format is set: members with superblocks will follow. */
static int set_version(struct mddev *mddev, const mdu_array_info_t *info)
{
	const struct md_super_format *format;
	int minor = info->minor_version;

	/* 0.90 and 0.91 (a reshape was under way) are one format. */
	if (!info->major_version)
		minor = 90;
	format = md_super_find_format(info->major_version, minor);
	if (!format) {
		md_warn(mddev, "unknown metadata version %d.%d\n",
			info->major_version, minor);
		return -EINVAL;
	}
	spin_lock_irq(&mddev->lock);
	mddev->format = format;
	mddev->major_version = format->major_version;
	mddev->minor_version = format->minor_version;
	mddev->patch_version = info->patch_version;
	mddev->persistent = !info->not_persistent;
	mddev->max_disks = format->max_devs;
	/* Keeps the array until members come. */
	mddev->ctime = ktime_get_real_seconds();
	spin_unlock_irq(&mddev->lock);
	return 0;
}

/* The whole array is described: no metadata, or 0.90 that we will write. */
static int set_description(struct mddev *mddev, const mdu_array_info_t *info)
{
	const struct md_super_format *format = &md_super_v090;

	/* Without metadata the version means nothing, nor does userland set it. */
	if ((info->major_version && !info->not_persistent) ||
	    info->raid_disks < 0 || info->raid_disks > format->max_devs ||
	    info->size < 0 || info->chunk_size < 0 ||
	    info->chunk_size % SECTOR_SIZE) {
		md_warn(mddev, "SET_ARRAY_INFO: not a description of an array (metadata %d.%d, %d slots, %d KiB, chunk %d)\n",
			info->major_version, info->minor_version,
			info->raid_disks, info->size, info->chunk_size);
		return -EINVAL;
	}
	spin_lock_irq(&mddev->lock);
	mddev->persistent = !info->not_persistent;
	mddev->format = mddev->persistent ? format : NULL;
	mddev->major_version = format->major_version;
	mddev->minor_version = format->minor_version;
	mddev->patch_version = info->patch_version;
	mddev->max_disks = format->max_devs;
	mddev->ctime = ktime_get_real_seconds();
	mddev->preferred_minor = mddev->gendisk->first_minor /
				 mddev->gendisk->minors;
	get_random_bytes(mddev->uuid, sizeof(mddev->uuid));

	mddev->level = info->level;
	mddev->clevel[0] = '\0';
	mddev->layout = info->layout;
	mddev->chunk_sectors = info->chunk_size / SECTOR_SIZE;
	mddev->raid_disks = info->raid_disks;
	mddev->dev_sectors = (sector_t)info->size * 2;
	mddev->resync_offset = info->state & BIT(MD_SB_CLEAN) ?
			       MD_SECTOR_NONE : 0;
	mddev->reshape_position = MD_SECTOR_NONE;
	mddev->new_level = mddev->level;
	mddev->new_layout = mddev->layout;
	mddev->new_chunk_sectors = mddev->chunk_sectors;
	mddev->delta_disks = 0;
	spin_unlock_irq(&mddev->lock);
	return 0;
}

/**
 * md_set_array_info() - SET_ARRAY_INFO on an array that doesn't run
 * @mddev: array
 * @info: with raid_disks 0 only the metadata version counts
 *
 * Context: no locks held.
 * Return: 0, -EBUSY when the array is configured already, -EINVAL, -EINTR.
 */
int md_set_array_info(struct mddev *mddev, const mdu_array_info_t *info)
{
	int ret;

	ret = md_config_lock(mddev, false);
	if (ret)
		return ret;
	if (mddev->pers || !list_empty(&mddev->disks) || mddev->raid_disks)
		ret = -EBUSY;
	else if (info->raid_disks)
		ret = set_description(mddev, info);
	else
		ret = set_version(mddev, info);
	mddev_unlock(mddev);
	return ret;
}

/* What may be asked of a running array; more than one thing at once may not. */
enum update {
	UPDATE_NOTHING,
	UPDATE_SIZE,
	UPDATE_DISKS,
	UPDATE_BITMAP,
	UPDATE_REFUSED,
};

/* reconfig_mutex held. */
static enum update find_update(struct mddev *mddev, const mdu_array_info_t *info)
{
	const int free_state = BIT(MD_SB_BITMAP_PRESENT) - 1;
	bool bitmap = info->state & BIT(MD_SB_BITMAP_PRESENT);
	enum update update = UPDATE_NOTHING;
	int changes = 0;

	if (info->major_version != mddev->major_version ||
	    info->minor_version != mddev->minor_version ||
	    info->ctime != (u32)mddev->ctime || info->level != mddev->level ||
	    info->layout != mddev->layout ||
	    info->chunk_size != mddev->chunk_sectors * SECTOR_SIZE ||
	    info->not_persistent != !mddev->persistent) {
		md_warn(mddev, "SET_ARRAY_INFO changes what can't change while the array runs\n");
		return UPDATE_REFUSED;
	}
	if (info->state & ~free_state & ~(int)BIT(MD_SB_BITMAP_PRESENT))
		return UPDATE_REFUSED;
	if (info->size >= 0 && info->size != mddev->dev_sectors / 2) {
		update = UPDATE_SIZE;
		changes++;
	}
	if (info->raid_disks != mddev->raid_disks) {
		update = UPDATE_DISKS;
		changes++;
	}
	if (bitmap != (mddev->bitmap && mddev->bitmap_offset)) {
		update = UPDATE_BITMAP;
		changes++;
	}
	return changes > 1 ? UPDATE_REFUSED : update;
}

/* Where tools that can't name a place expect the bitmap to be. */
static int set_default_bitmap(struct mddev *mddev, bool on)
{
	s64 offset = mddev->major_version ? 2 : MD_SB_BYTES >> SECTOR_SHIFT;

	return on ? md_bitmap_add(mddev, offset, NULL) : md_bitmap_remove(mddev);
}

/**
 * md_update_array_info() - SET_ARRAY_INFO on an array that runs
 * @mddev: array
 * @info: as GET_ARRAY_INFO gave it, with at most one change
 *
 * Context: no locks held. Return: 0, -EINVAL, or as the change's own function.
 */
int md_update_array_info(struct mddev *mddev, const mdu_array_info_t *info)
{
	enum update update;
	int ret;

	ret = md_config_lock(mddev, false);
	if (ret)
		return ret;
	update = mddev->pers ? find_update(mddev, info) : UPDATE_REFUSED;
	mddev_unlock(mddev);

	switch (update) {
	case UPDATE_NOTHING:
		return 0;
	case UPDATE_SIZE:
		return md_set_dev_sectors(mddev, (sector_t)info->size * 2);
	case UPDATE_DISKS:
		return info->raid_disks > 0 ?
		       md_set_raid_disks(mddev, info->raid_disks) : -EINVAL;
	case UPDATE_BITMAP:
		return set_default_bitmap(mddev, info->state &
						 BIT(MD_SB_BITMAP_PRESENT));
	case UPDATE_REFUSED:
		break;
	}
	return -EINVAL;
}

/*
 * metadata_version
 */

#define EXTERNAL_PREFIX "external:"

static int set_external(struct mddev *mddev, const char *type)
{
	size_t len = strcspn(type, "\n");

	if (len >= sizeof(mddev->metadata_type) || (type[len] && type[len + 1]))
		return -EINVAL;
	spin_lock_irq(&mddev->lock);
	mddev->format = NULL;
	mddev->persistent = false;
	mddev->external = true;
	mddev->major_version = 0;
	mddev->minor_version = 90;
	mddev->max_disks = 0;
	memcpy(mddev->metadata_type, type, len);
	mddev->metadata_type[len] = '\0';
	spin_unlock_irq(&mddev->lock);
	return 0;
}

static int set_internal(struct mddev *mddev, const char *text)
{
	static const struct md_super_format *const formats[] = {
		&md_super_v090, &md_super_v1[0], &md_super_v1[1],
		&md_super_v1[2],
	};
	const struct md_super_format *format = NULL;
	unsigned int major, minor, i;
	int end = 0;

	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (sysfs_streq(text, formats[i]->name))
			format = formats[i];
	if (!format && !sysfs_streq(text, "none")) {
		if (sscanf(text, "%u.%u%n", &major, &minor, &end) != 2)
			return -EINVAL;
		return sysfs_streq(text + end, "") ? -ENOENT : -EINVAL;
	}

	spin_lock_irq(&mddev->lock);
	mddev->format = format;
	mddev->persistent = format;
	mddev->external = false;
	mddev->major_version = format ? format->major_version : 0;
	mddev->minor_version = format ? format->minor_version : 90;
	mddev->max_disks = format ? format->max_devs : 0;
	spin_unlock_irq(&mddev->lock);
	return 0;
}

/**
 * md_set_metadata_version() - what "metadata_version" is written with
 * @mddev: array
 * @text: "0.90", "1.2", ..., "none" or "external:WORD"
 *
 * Who keeps external metadata may change the word at any time.
 *
 * Context: no locks held.
 * Return: 0, -EBUSY when there are members already, -ENOENT for an unknown
 * version, -EINVAL, -EINTR.
 */
int md_set_metadata_version(struct mddev *mddev, const char *text)
{
	bool external = str_has_prefix(text, EXTERNAL_PREFIX);
	int ret;

	ret = md_config_lock(mddev, false);
	if (ret)
		return ret;
	if (!(external && mddev->external) &&
	    (mddev->pers || !list_empty(&mddev->disks)))
		ret = -EBUSY;
	else if (external)
		ret = set_external(mddev, text + strlen(EXTERNAL_PREFIX));
	else
		ret = set_internal(mddev, text);
	mddev_unlock(mddev);
	return ret;
}

/*
 * Members
 */

/* Bind to an array that doesn't run or whose metadata is external. */
static int bind_member(struct mddev *mddev, struct md_rdev *rdev,
		       const struct md_super_format *format)
{
	int ret;

	ret = md_config_lock(mddev, false);
	if (ret)
		return ret;
	if (mddev->format != format || (mddev->pers && !mddev->external))
		ret = -EBUSY;
	else
		ret = md_rdev_bind(mddev, rdev);
	mddev_unlock(mddev);
	return ret;
}

/**
 * md_add_dev() - make a device a member, with its superblock if there should be
 * @mddev: array
 * @dev: device number
 *
 * On a running array it becomes a spare, with external metadata one that
 * userland has to give a slot.
 *
 * Context: no locks held, waits for I/O.
 * Return: 0, -EBUSY in use elsewhere, -EEXIST, -EINVAL without an acceptable
 * superblock, other errors of opening it.
 */
int md_add_dev(struct mddev *mddev, dev_t dev)
{
	const mdu_disk_info_t spare = { .number = -1, .raid_disk = -1 };
	const struct md_super_format *format;
	struct md_rdev *rdev;
	bool running;
	int ret;

	ret = md_config_lock(mddev, false);
	if (ret)
		return ret;
	format = mddev->format;
	running = mddev->pers && !mddev->external;
	mddev_unlock(mddev);

	rdev = md_rdev_open(mddev, dev, format);
	if (IS_ERR(rdev))
		return PTR_ERR(rdev);
	if (running)
		return md_member_add(mddev, rdev, &spare);
	ret = bind_member(mddev, rdev, format);
	if (ret)
		md_rdev_close(rdev);
	return ret;
}

/* What a member of an array being created gets from userland. */
static void take_disk_info(struct mddev *mddev, struct md_rdev *rdev,
			   const mdu_disk_info_t *info)
{
	rdev->desc_nr = info->number;
	if (info->raid_disk >= 0 && info->raid_disk < mddev->raid_disks)
		rdev->raid_disk = info->raid_disk;
	rdev->recovery_offset = 0;
	if (rdev->raid_disk >= 0 && (info->state & BIT(MD_DISK_SYNC))) {
		rdev->recovery_offset = MD_SECTOR_NONE;
		md_rdev_set(rdev, MD_RDEV_IN_SYNC);
	}
	assign_bit(MD_RDEV_WRITE_MOSTLY, &rdev->flags,
		   info->state & BIT(MD_DISK_WRITEMOSTLY));
	assign_bit(MD_RDEV_FAILFAST, &rdev->flags,
		   info->state & BIT(MD_DISK_FAILFAST));
}

static bool slot_taken(struct mddev *mddev, int raid_disk)
{
	struct md_rdev *rdev;

	rdev_for_each(rdev, mddev)
		if (raid_disk >= 0 && rdev->raid_disk == raid_disk)
			return true;
	return false;
}

/**
 * md_add_new_member() - ADD_NEW_DISK to an array being created
 * @mddev: array that SET_ARRAY_INFO has described
 * @dev: device number
 * @info: number, slot and state of it
 *
 * Context: no locks held.
 * Return: 0, -EBUSY when the device, the number or the slot is taken, -EINVAL,
 * errors of opening it.
 */
int md_add_new_member(struct mddev *mddev, dev_t dev,
		      const mdu_disk_info_t *info)
{
	struct md_rdev *rdev;
	int ret;

	rdev = md_rdev_open(mddev, dev, NULL);
	if (IS_ERR(rdev))
		return PTR_ERR(rdev);
	ret = md_config_lock(mddev, false);
	if (ret)
		goto close;
	take_disk_info(mddev, rdev, info);
	if (mddev->pers || slot_taken(mddev, rdev->raid_disk) ||
	    md_rdev_find_nr(mddev, rdev->desc_nr))
		ret = -EBUSY;
	else if (mddev->external || mddev->major_version)
		ret = -EINVAL;
	else
		ret = md_sb_prepare_new(mddev, rdev);
	if (!ret)
		ret = md_rdev_bind(mddev, rdev);
	mddev_unlock(mddev);
close:
	if (ret)
		md_rdev_close(rdev);
	return ret;
}
