// SPDX-License-Identifier: GPL-2.0
/*
 * RAID1: starting and stopping, slots, members, size.
 */
#include <linux/slab.h>

#include "raid1.h"

/*
 * Is a member free of known bad blocks at @sector? Shortens *@sectors to where
 * the answer changes.
 */
bool r1_clean_at(struct r1_conf *conf, struct md_rdev *rdev,
		 sector_t sector, sector_t *sectors)
{
	sector_t bad, len, end;

	if (likely(!md_rdev_is_bad(rdev, sector, *sectors, &bad, &len)))
		return true;
	end = round_up(bad + len, conf->block);
	bad = round_down(bad, conf->block);
	if (bad > sector) {
		*sectors = bad - sector;
		return true;
	}
	*sectors = min(*sectors, max(end, sector + conf->block) - sector);
	return false;
}

static bool r1_slot_good(const struct r1_slot *slot)
{
	return r1_good(slot->rdev) || r1_good(slot->replacement);
}

/* Slots whose data nobody holds completely; mddev->lock held. */
static void r1_count_degraded(struct r1_conf *conf)
{
	struct mddev *mddev = conf->mddev;
	unsigned int i, good = 0;

	for (i = 0; i < conf->nr_slots; i++)
		good += r1_slot_good(&conf->slots[i]);
	mddev->degraded = conf->nr_slots - good;
}

static void r1_add_target(struct r1_conf *conf, struct md_rdev *rdev)
{
	struct r1_target *t = &conf->targets[conf->nr_targets];

	if (!rdev)
		return;
	t->rdev = rdev;
	t->head = 0;
	t->stream = 0;
	t->rotational = !bdev_nonrot(rdev->bdev);
	if (!t->rotational)
		conf->by_load = true;
	conf->block = max(conf->block,
			  bdev_logical_block_size(rdev->bdev) >> SECTOR_SHIFT);
	conf->nr_targets++;
}

/* Make I/O see the slots; mddev->lock held, or nobody knows conf yet. */
static void r1_apply_slots(struct r1_conf *conf)
{
	unsigned int i;

	conf->nr_targets = 0;
	conf->by_load = false;
	conf->block = 1;
	for (i = 0; i < conf->nr_slots; i++)
		r1_add_target(conf, conf->slots[i].rdev);
	for (i = 0; i < conf->nr_slots; i++)
		r1_add_target(conf, conf->slots[i].replacement);
}

/* Accepts a half-built one. */
static void r1_conf_free(struct r1_conf *conf)
{
	unsigned int i;

	if (conf->read_wq)
		destroy_workqueue(conf->read_wq);
	if (conf->io_wq)
		destroy_workqueue(conf->io_wq);
	for (i = 0; i < ARRAY_SIZE(conf->scratch); i++)
		if (conf->scratch[i])
			__free_page(conf->scratch[i]);
	r1_pools_exit(conf);
	kvfree(conf->targets);
	kvfree(conf->slots);
	kfree(conf);
}

/* Both arrays for @slots slots; the targets are twice as many. */
static int r1_alloc_slots(unsigned int nr, struct r1_slot **slots,
			  struct r1_target **targets)
{
	*slots = kvcalloc(nr, sizeof(**slots), GFP_KERNEL);
	*targets = kvcalloc(2 * (size_t)nr, sizeof(**targets), GFP_KERNEL);
	if (*slots && *targets)
		return 0;
	kvfree(*slots);
	kvfree(*targets);
	*slots = NULL;
	*targets = NULL;
	return -ENOMEM;
}

static int r1_conf_alloc(struct r1_conf *conf)
{
	struct mddev *mddev = conf->mddev;
	unsigned int i;
	int ret;

	ret = r1_alloc_slots(mddev->raid_disks, &conf->slots, &conf->targets);
	if (ret)
		return ret;
	conf->nr_slots = mddev->raid_disks;
	for (i = 0; i < ARRAY_SIZE(conf->scratch); i++) {
		conf->scratch[i] = alloc_page(GFP_KERNEL);
		if (!conf->scratch[i])
			return -ENOMEM;
	}
	return r1_pools_init(conf);
}

/* Put the array's members into the slots that they claim. */
static int r1_place_members(struct r1_conf *conf)
{
	struct mddev *mddev = conf->mddev;
	struct md_rdev *rdev, **place;
	unsigned int i;

	rdev_for_each(rdev, mddev) {
		if (rdev->raid_disk < 0 || rdev->raid_disk >= conf->nr_slots ||
		    md_rdev_test(rdev, MD_RDEV_JOURNAL))
			continue;
		place = &conf->slots[rdev->raid_disk].rdev;
		if (md_rdev_test(rdev, MD_RDEV_REPLACEMENT))
			place = &conf->slots[rdev->raid_disk].replacement;
		if (*place) {
			pr_err("md/%s: %pg and %pg both claim slot %d, not started\n",
			       mdname(mddev), (*place)->bdev, rdev->bdev,
			       rdev->raid_disk);
			return -EINVAL;
		}
		*place = rdev;
	}
	/* Nothing left to replace: an ordinary member. */
	for (i = 0; i < conf->nr_slots; i++) {
		struct r1_slot *slot = &conf->slots[i];

		if (slot->rdev || !slot->replacement)
			continue;
		slot->rdev = slot->replacement;
		slot->replacement = NULL;
		md_rdev_clear(slot->rdev, MD_RDEV_REPLACEMENT);
	}
	return 0;
}

static void *r1_prepare(struct mddev *mddev)
{
	struct r1_conf *conf = kzalloc(sizeof(*conf), GFP_KERNEL);

	if (!conf)
		return ERR_PTR(-ENOMEM);
	conf->mddev = mddev;
	conf->writes = RB_ROOT_CACHED;
	spin_lock_init(&conf->lock);
	init_waitqueue_head(&conf->wait);
	INIT_LIST_HEAD(&conf->idle);
	INIT_LIST_HEAD(&conf->busy);
	conf->read_wq = alloc_workqueue("%s_read", WQ_MEM_RECLAIM | WQ_UNBOUND,
					0, mdname(mddev));
	conf->io_wq = alloc_workqueue("%s_io", WQ_MEM_RECLAIM | WQ_UNBOUND, 0,
				      mdname(mddev));
	if (!conf->read_wq || !conf->io_wq) {
		r1_conf_free(conf);
		return ERR_PTR(-ENOMEM);
	}
	return conf;
}

/* All that depends on the configuration. */
static int r1_conf_fill(struct r1_conf *conf)
{
	int ret;

	ret = r1_conf_alloc(conf);
	if (ret)
		return ret;
	ret = r1_place_members(conf);
	if (ret)
		return ret;
	r1_apply_slots(conf);
	return r1_reserve_clones(conf, max(conf->nr_targets, conf->nr_slots));
}

static sector_t r1_size(struct mddev *mddev, sector_t sectors, int raid_disks)
{
	return sectors ?: mddev->dev_sectors;
}

static int r1_check(struct mddev *mddev)
{
	if (mddev->level != 1 || mddev->raid_disks < 1) {
		pr_err("md/%s: level %d with %d slots is not RAID1, not started\n",
		       mdname(mddev), mddev->level, mddev->raid_disks);
		return -EINVAL;
	}
	if (mddev->reshape_position != MD_SECTOR_NONE) {
		pr_err("md/%s: a reshape is under way that RAID1 does not have, not started\n",
		       mdname(mddev));
		return -EINVAL;
	}
	return 0;
}

static int r1_run(struct mddev *mddev)
{
	struct r1_conf *conf = mddev->private;
	int ret, good;

	ret = r1_check(mddev);
	/* A takeover has filled it already. */
	if (!ret && !conf->slots)
		ret = r1_conf_fill(conf);
	if (ret)
		return ret;

	spin_lock_irq(&mddev->lock);
	r1_count_degraded(conf);
	good = mddev->raid_disks - mddev->degraded;
	/* A single copy can't differ from others. */
	if (good == 1)
		mddev->resync_offset = MD_SECTOR_NONE;
	spin_unlock_irq(&mddev->lock);
	if (!good) {
		pr_err("md/%s: none of the %d slots has a member in sync, not started\n",
		       mdname(mddev), mddev->raid_disks);
		return -EINVAL;
	}
	md_set_array_sectors(mddev, r1_size(mddev, 0, 0));
	pr_info("md/%s: RAID1 with %d of %d members in sync%s\n", mdname(mddev),
		good, mddev->raid_disks,
		mddev->resync_offset == MD_SECTOR_NONE ? "" :
		", copies may differ: resync needed");
	return 0;
}

static void r1_free(struct mddev *mddev, void *priv)
{
	r1_conf_free(priv);
}

static void r1_set_limits(struct mddev *mddev, struct queue_limits *lim)
{
	struct r1_conf *conf = mddev->private;
	unsigned int i;

	/* What one member can't erase isn't erased. */
	for (i = 0; i < conf->nr_targets; i++)
		if (!bdev_max_secure_erase_sectors(conf->targets[i].rdev->bdev))
			lim->max_secure_erase_sectors = 0;
}

static void r1_status(struct seq_file *seq, struct mddev *mddev)
{
	struct r1_conf *conf = mddev->private;
	unsigned int i;

	seq_printf(seq, " [%d/%d] [", mddev->raid_disks,
		   mddev->raid_disks - READ_ONCE(mddev->degraded));
	for (i = 0; i < conf->nr_slots; i++)
		seq_putc(seq, r1_slot_good(&conf->slots[i]) ? 'U' : '_');
	seq_putc(seq, ']');
}

static bool r1_error(struct mddev *mddev, struct md_rdev *rdev)
{
	struct r1_conf *conf = mddev->private;
	unsigned int i;

	lockdep_assert_held(&mddev->lock);

	if (r1_good(rdev) && !test_bit(MD_FAIL_LAST_DEV, &mddev->flags)) {
		for (i = 0; i < conf->nr_targets; i++)
			if (conf->targets[i].rdev != rdev &&
			    r1_good(conf->targets[i].rdev))
				break;
		if (i == conf->nr_targets)
			return false;
	}
	md_rdev_fail(mddev, rdev);
	r1_count_degraded(conf);
	return true;
}

static bool r1_activate(struct md_rdev *rdev)
{
	if (!rdev || r1_faulty(rdev) || md_rdev_test(rdev, MD_RDEV_IN_SYNC) ||
	    rdev->recovery_offset != MD_SECTOR_NONE)
		return false;
	md_rdev_set(rdev, MD_RDEV_IN_SYNC);
	return true;
}

static int r1_spares_active(struct mddev *mddev)
{
	struct r1_conf *conf = mddev->private;
	unsigned int i;
	int nr = 0;

	lockdep_assert_held(&mddev->lock);

	for (i = 0; i < conf->nr_slots; i++) {
		struct r1_slot *slot = &conf->slots[i];

		nr += r1_activate(slot->rdev);
		nr += r1_activate(slot->replacement);
		if (r1_good(slot->replacement) && slot->rdev &&
		    !r1_faulty(slot->rdev))
			md_rdev_fail(mddev, slot->rdev);
	}
	r1_count_degraded(conf);
	return nr;
}

/* A place for a new member; *@replacement tells which of the slot's two. */
static int r1_find_slot(struct r1_conf *conf, struct md_rdev *rdev,
			bool *replacement)
{
	int slot, first = 0, last = conf->nr_slots - 1;
	int saved = rdev->saved_raid_disk;

	*replacement = false;
	if (rdev->raid_disk >= 0) {
		if (rdev->raid_disk > last)
			return -EINVAL;
		first = rdev->raid_disk;
		last = first;
	} else if (saved >= 0 && saved <= last && !conf->slots[saved].rdev) {
		return saved;
	}
	for (slot = first; slot <= last; slot++)
		if (!conf->slots[slot].rdev)
			return slot;
	*replacement = true;
	for (slot = first; slot <= last; slot++)
		if (!conf->slots[slot].replacement &&
		    !r1_faulty(conf->slots[slot].rdev) &&
		    md_rdev_test(conf->slots[slot].rdev, MD_RDEV_WANT_REPLACEMENT))
			return slot;
	return rdev->raid_disk >= 0 ? -EBUSY : -ENOSPC;
}

static int r1_hot_add(struct mddev *mddev, struct md_rdev *rdev)
{
	struct r1_conf *conf = mddev->private;
	bool replacement;
	int slot, ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	slot = r1_find_slot(conf, rdev, &replacement);
	if (slot < 0)
		return slot;
	ret = r1_reserve_clones(conf, conf->nr_targets + 1);
	if (ret)
		return ret;

	spin_lock_irq(&mddev->lock);
	if (replacement) {
		md_rdev_set(rdev, MD_RDEV_REPLACEMENT);
		md_rdev_clear(rdev, MD_RDEV_IN_SYNC);
		conf->slots[slot].replacement = rdev;
	} else {
		md_rdev_clear(rdev, MD_RDEV_REPLACEMENT);
		conf->slots[slot].rdev = rdev;
	}
	rdev->raid_disk = slot;
	r1_apply_slots(conf);
	r1_count_degraded(conf);
	spin_unlock_irq(&mddev->lock);
	return 0;
}

static int r1_hot_remove(struct mddev *mddev, struct md_rdev *rdev)
{
	struct r1_conf *conf = mddev->private;
	int ret = -EBUSY, nr = rdev->raid_disk;
	struct r1_slot *slot;

	lockdep_assert_held(&mddev->reconfig_mutex);

	if (nr < 0 || nr >= conf->nr_slots)
		return -EINVAL;
	slot = &conf->slots[nr];
	spin_lock_irq(&mddev->lock);
	if (r1_good(rdev))
		goto unlock;
	ret = 0;
	if (slot->replacement == rdev) {
		slot->replacement = NULL;
	} else if (slot->rdev == rdev) {
		slot->rdev = slot->replacement;
		slot->replacement = NULL;
		if (slot->rdev)
			md_rdev_clear(slot->rdev, MD_RDEV_REPLACEMENT);
	} else {
		ret = -EINVAL;
	}
	r1_apply_slots(conf);
	r1_count_degraded(conf);
unlock:
	spin_unlock_irq(&mddev->lock);
	return ret;
}

static int r1_resize(struct mddev *mddev, sector_t sectors)
{
	spin_lock_irq(&mddev->lock);
	/* What is new has never been made equal. */
	if (sectors > mddev->dev_sectors &&
	    mddev->resync_offset > mddev->dev_sectors &&
	    mddev->raid_disks - mddev->degraded > 1)
		mddev->resync_offset = mddev->dev_sectors;
	mddev->dev_sectors = sectors;
	spin_unlock_irq(&mddev->lock);
	if (!mddev->external_size)
		md_set_array_sectors(mddev, sectors);
	return 0;
}

static void r1_renumber(struct r1_slot *slot, int nr)
{
	if (slot->rdev)
		slot->rdev->raid_disk = nr;
	if (slot->replacement)
		slot->replacement->raid_disk = nr;
}

static int r1_set_raid_disks(struct mddev *mddev, int raid_disks)
{
	struct r1_conf *conf = mddev->private;
	unsigned int used = 0, i, to;
	struct r1_target *targets;
	struct r1_slot *slots;
	int ret;

	lockdep_assert_held(&mddev->reconfig_mutex);

	for (i = 0; i < conf->nr_slots; i++)
		used += !!conf->slots[i].rdev;
	if (raid_disks < 1)
		return -EINVAL;
	if (used > raid_disks)
		return -EBUSY;

	ret = r1_alloc_slots(raid_disks, &slots, &targets);
	if (!ret)
		ret = r1_reserve_clones(conf, max_t(unsigned int, raid_disks,
						    conf->nr_targets));
	if (ret) {
		kvfree(slots);
		kvfree(targets);
		return ret;
	}

	spin_lock_irq(&mddev->lock);
	for (i = 0; i < min_t(unsigned int, conf->nr_slots, raid_disks); i++)
		slots[i] = conf->slots[i];
	/* Members of slots that go away move into empty ones. */
	for (to = 0; i < conf->nr_slots; i++) {
		if (!conf->slots[i].rdev)
			continue;
		while (slots[to].rdev)
			to++;
		slots[to] = conf->slots[i];
		r1_renumber(&slots[to], to);
	}
	swap(conf->slots, slots);
	swap(conf->targets, targets);
	conf->nr_slots = raid_disks;
	mddev->raid_disks = raid_disks;
	mddev->delta_disks = 0;
	r1_apply_slots(conf);
	r1_count_degraded(conf);
	spin_unlock_irq(&mddev->lock);
	kvfree(slots);
	kvfree(targets);
	return 0;
}

/* RAID5 with two members keeps a copy of the data as parity. */
static int r1_takeover(struct mddev *mddev, void *priv)
{
	int ret;

	if (mddev->level != 5 || mddev->raid_disks != 2 ||
	    mddev->reshape_position != MD_SECTOR_NONE ||
	    test_bit(MD_HAS_JOURNAL, &mddev->flags) ||
	    test_bit(MD_HAS_PPL, &mddev->flags)) {
		pr_err("md/%s: only RAID5 with two members and without journal or PPL can become RAID1\n",
		       mdname(mddev));
		return -EINVAL;
	}
	ret = r1_conf_fill(priv);
	if (ret)
		return ret;
	mddev->new_level = 1;
	mddev->new_layout = 0;
	mddev->new_chunk_sectors = 0;
	mddev->delta_disks = 0;
	return 0;
}

static struct md_personality r1_personality = {
	.name		= "raid1",
	.level		= 1,
	.owner		= THIS_MODULE,
	.whole_bios	= true,
	.syncs		= true,
	.serializes	= true,
	.prepare	= r1_prepare,
	.run		= r1_run,
	.free		= r1_free,
	.set_limits	= r1_set_limits,
	.make_request	= r1_make_request,
	.status		= r1_status,
	.error		= r1_error,
	.hot_add	= r1_hot_add,
	.hot_remove	= r1_hot_remove,
	.spares_active	= r1_spares_active,
	.sync_begin	= r1_sync_begin,
	.sync_end	= r1_sync_end,
	.sync_range	= r1_sync_range,
	.size		= r1_size,
	.resize		= r1_resize,
	.set_raid_disks	= r1_set_raid_disks,
	.takeover	= r1_takeover,
};

static int __init r1_init(void)
{
	int ret = r1_io_init();

	if (!ret)
		ret = md_register_personality(&r1_personality);
	if (ret)
		r1_io_exit();
	return ret;
}

static void __exit r1_exit(void)
{
	md_unregister_personality(&r1_personality);
	r1_io_exit();
}

module_init(r1_init);
module_exit(r1_exit);

MODULE_DESCRIPTION("RAID1 (mirroring) for MD");
MODULE_LICENSE("GPL");
MODULE_VERSION(MD_VERSION);
MODULE_ALIAS("md-personality-3");
MODULE_ALIAS("md-raid1");
MODULE_ALIAS("md-level-1");
