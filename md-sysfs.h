/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rows of the tables of arrays' attributes in sysfs, see md-sysfs.c.
 */
#ifndef MD_SYSFS_H
#define MD_SYSFS_H

#include <linux/sysfs.h>

/* What the common store makes sure of before it calls a row's own. */
enum md_attr_flag {
	ATTR_LOCK	= BIT(0),	/* holds reconfig_mutex */
	ATTR_SUSPEND	= BIT(1),	/* holds it, and I/O is suspended */
	ATTR_RUNNING	= BIT(2),	/* -EINVAL unless the array runs; locked */
	ATTR_IDLE	= BIT(3),	/* -EBUSY while a sync runs; locked */
	ATTR_CLOSING	= BIT(4),	/* even while it is being stopped; suspended */
};

struct md_attribute {
	struct attribute attr;
	unsigned int flags;
	ssize_t (*show)(struct mddev *mddev, char *page);
	/* 0 or errno */
	int (*store)(struct mddev *mddev, const char *buf);
};

#define MD_ATTR(_name, _mode, _flags, _show, _store)			\
	static struct md_attribute attr_##_name = {			\
		.attr = { .name = #_name, .mode = _mode },		\
		.flags = _flags,					\
		.show = _show,						\
		.store = _store,					\
	}

#define MD_ATTR_RW(_name, _flags) \
	MD_ATTR(_name, 0644, _flags, _name##_show, _name##_store)
#define MD_ATTR_RO(_name) \
	MD_ATTR(_name, 0444, 0, _name##_show, NULL)
/* mdmon uses these under memory pressure. */
#define MD_ATTR_PREALLOC(_name, _flags) \
	MD_ATTR(_name, SYSFS_PREALLOC | 0644, _flags, _name##_show, _name##_store)

/* A number that fits into an int. Return: 0 or errno. */
int md_parse_int(const char *buf, int *value);

/* md-bitmap-sysfs.c */
extern const struct attribute_group md_bitmap_group;
extern struct md_attribute md_attr_bitmap_set_bits;

#endif
