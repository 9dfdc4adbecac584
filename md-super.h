/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a member's superblock says, free of its on-disk format.
 *
 * The codecs (md-sb-v0.c, md-sb-v1.c) are pure: they turn bytes into
 * struct md_super and back, take no locks, do no I/O, allocate nothing, and
 * also compile in userspace, where tests/unit exercises and fuzzes them.
 */
#ifndef MD_SUPER_H
#define MD_SUPER_H

#include <linux/types.h>
#include <linux/raid/md_p.h>
#include <linux/raid/md_u.h>

/* "No such position": in sync to the end, no reshape under way. */
#define MD_SUPER_NONE		(~0ULL)

/* A superblock of any version occupies one aligned block of this size. */
#define MD_SUPER_BYTES		4096
#define MD_SUPER_SECTORS	(MD_SUPER_BYTES / 512)

/* What fits behind the 256 fixed bytes of a version-1 superblock. */
#define MD_SUPER_MAX_DEVS	((MD_SUPER_BYTES - 256) / 2)

/* Largest number of slots accepted, see MD_DISK_ROLE_MAX. */
#define MD_SUPER_MAX_RAID_DISKS	MD_SUPER_MAX_DEVS

/* Sectors whose number of bytes still fits into a signed 64-bit integer. */
#define MD_SUPER_MAX_SECTORS	(~0ULL >> 10)

/* GET_ARRAY_INFO reports the chunk in bytes and in an int. */
#define MD_SUPER_MAX_CHUNK	(0x7fffffffU >> 9)

/**
 * struct md_super_dev - one line of the table of devices
 * @role:	slot in the array, or MD_DISK_ROLE_{SPARE,FAULTY,JOURNAL}
 * @recovering:	holds @role but is not in sync yet; 1.x writes the role of such
 *		a member all the same (its own recovery_offset tells), 0.90 lists
 *		it as a spare
 * @major:	block device number when last seen; 0.90 only
 * @minor:	block device number when last seen; 0.90 only
 * @write_mostly: 0.90 keeps this flag in the table
 * @failfast:	0.90 keeps this flag in the table
 * @present:	the entry describes a device that is bound to the array
 */
struct md_super_dev {
	u16 role;
	u32 major;
	u32 minor;
	u8 recovering:1;
	u8 write_mostly:1;
	u8 failfast:1;
	u8 present:1;
};

/**
 * struct md_super - content of one member's superblock
 *
 * Sizes and positions are in 512-byte sectors. Fields from @dev_number on
 * belong to the member that carries the superblock, those before it to the
 * array. Everything that a decoder returns has passed its range checks.
 */
struct md_super {
	u32 major_version;		/* 0 or 1 */
	u32 minor_version;		/* 90, or 0..2 */
	u8 uuid[16];
	char name[33];			/* NUL-terminated; empty for 0.90 */
	u64 ctime;			/* as on disk: low 40 bits are seconds */
	u64 utime;
	s32 level;
	s32 layout;
	u32 chunk_sectors;
	u32 raid_disks;
	u64 dev_sectors;		/* used part of every member */
	u64 events;
	u64 resync_offset;		/* MD_SUPER_NONE: redundancy is complete */
	bool clean;			/* no write was in flight */
	u32 md_minor;			/* 0.90: preferred minor */
	u32 logical_block_size;		/* bytes, 0 when not recorded */

	u64 reshape_position;		/* MD_SUPER_NONE: no reshape */
	s32 delta_disks;
	bool reshape_backwards;
	s32 new_level;
	s32 new_layout;
	u32 new_chunk_sectors;

	bool bitmap_present;		/* internal bitmap */
	s64 bitmap_offset;		/* from the superblock's start */
	bool journal;			/* the array has a journal device */
	bool ppl;
	bool multiple_ppls;
	s32 ppl_offset;			/* from the superblock's start */
	u32 ppl_sectors;
	bool raid0_layout;		/* layout is meaningful at level 0 */
	bool clustered;

	u32 nr_devs;			/* entries used in devs[] */

	/* this member */
	u32 dev_number;			/* index into devs[] */
	u8 device_uuid[16];
	u64 super_offset;		/* sector of this superblock */
	u64 data_offset;
	u64 new_data_offset;		/* equals data_offset without a move */
	u64 data_sectors;		/* room for data on this member */
	u64 recovery_offset;		/* MD_SUPER_NONE: in sync */
	bool recovery_by_bitmap;
	bool replacement;
	u64 journal_tail;
	u32 corrected_reads;
	bool write_mostly;
	bool failfast;
	bool bad_blocks;		/* the list is not empty */
	u8 bblog_shift;			/* a bblog unit is 512 << shift bytes */
	u32 bblog_sectors;		/* room kept for the list, 0: none */
	s32 bblog_offset;		/* from the superblock's start */

	struct md_super_dev devs[MD_SUPER_MAX_DEVS];
};

/**
 * struct md_super_format - one on-disk superblock format
 *
 * All callbacks are pure and may be called in any context.
 *
 * @major_version:	as in SET_ARRAY_INFO
 * @minor_version:	as in SET_ARRAY_INFO
 * @name:		as in metadata_version and /proc/mdstat ("0.90", "1.2")
 * @max_devs:		how many devices the format can describe
 * @max_dev_sectors:	largest dev_sectors of a redundant level that the
 *			format can express, MD_SUPER_NONE without a limit
 * @has_ppl:		can record where a partial parity log is
 */
struct md_super_format {
	u32 major_version;
	u32 minor_version;
	const char *name;
	u32 max_devs;
	u64 max_dev_sectors;
	bool has_ppl;

	/*
	 * @locate: sector where the superblock of a device of @bdev_sectors
	 * lies. Returns 0 and sets @start, or -ENOSPC when the device is too
	 * small to hold one.
	 */
	int (*locate)(u64 bdev_sectors, u64 *start);

	/*
	 * @decode: validate MD_SUPER_BYTES bytes found at @start on a device of
	 * @bdev_sectors and fill @out. Returns 0; -EINVAL when this is not an
	 * acceptable superblock (*why says what is wrong, a constant string;
	 * NULL *why is never left behind on error); -EOPNOTSUPP for unknown
	 * feature bits or versions. @out is undefined on error.
	 */
	int (*decode)(const void *buf, u64 start, u64 bdev_sectors,
		      struct md_super *out, const char **why);

	/*
	 * @encode: write @in, for which @unfit returned NULL, into the
	 * MD_SUPER_BYTES bytes at @buf, which hold either zeroes or the member's
	 * previous superblock: what @in does not describe stays as it is. Sets
	 * the checksum. Devices have the numbers that @number gives.
	 */
	void (*encode)(const struct md_super *in, void *buf);

	/*
	 * @number: what number @encode gives to a device of @in. 0.90 numbers
	 * them anew: an in-sync device has the number of its slot, the others
	 * follow behind the slots. U32_MAX if it finds no room. NULL: they keep
	 * their numbers.
	 */
	u32 (*number)(const struct md_super *in, u32 dev);

	/*
	 * @data_room: sectors available for data on a device of @bdev_sectors
	 * that carries a superblock at @start and data from @data_offset on
	 * (for growing a member after its device grew). 0 when nothing fits.
	 * A bitmap or bad-block log in front of a 1.0 superblock is not
	 * subtracted: only the caller knows if it stays.
	 */
	u64 (*data_room)(u64 bdev_sectors, u64 start, u64 data_offset);

	/*
	 * @used_bytes: how many bytes at the start of @buf, as left by @encode
	 * or accepted by @decode, belong to the superblock. What follows may
	 * be somebody else's (a bitmap can start 1 KiB behind a 1.x
	 * superblock), so a writer rounds this up to the logical block size
	 * and writes no more.
	 */
	u32 (*used_bytes)(const void *buf);

	/*
	 * @unfit: why the format can't express @in, a constant string, or NULL
	 * when it can. To be asked before a change of the array is made;
	 * @encode has no way to refuse and drops what does not fit.
	 */
	const char *(*unfit)(const struct md_super *in);
};

extern const struct md_super_format md_super_v090;
extern const struct md_super_format md_super_v1[3];	/* 1.0, 1.1, 1.2 */

/**
 * md_super_find_format() - look up a superblock format
 * @major: major version
 * @minor: minor version
 *
 * Return: the format, or NULL when there is none of that version.
 */
const struct md_super_format *md_super_find_format(int major, int minor);

/**
 * md_super_conflict() - why two superblocks can't be of the same array
 * @a: one member's superblock
 * @b: another member's, of the same format
 *
 * Compares what never differs between members (uuid, format); events, roles
 * and sizes are for the core to weigh.
 *
 * Return: NULL when they belong together, else a constant string that says
 * what differs.
 */
const char *md_super_conflict(const struct md_super *a,
			      const struct md_super *b);

/*
 * The bad-block log of 1.x: an array of little-endian u64, each
 * start << 10 | length, both in units of 512 << bblog_shift bytes; all ones
 * ends it. Source of the format: mdadm's super1.c output (--examine-badblocks)
 * and observation.
 */
#define MD_BBLOG_END		(~0ULL)
#define MD_BBLOG_MAX_SECTORS	8	/* one page is all that is ever used */

/**
 * md_bblog_decode_entry() - check and unpack one entry of a bad-block log
 * @raw: the entry, converted to CPU byte order
 * @shift: bblog_shift of the superblock
 * @start: filled with the first bad sector, relative to the device's start
 * @sectors: filled with the number of bad sectors
 *
 * Return: 1 with @start and @sectors filled, 0 at the end of the list,
 * -EINVAL when the entry is empty or does not fit into 64 bits.
 */
int md_bblog_decode_entry(u64 raw, u8 shift, u64 *start, u64 *sectors);

#endif
