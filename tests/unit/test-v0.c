// SPDX-License-Identifier: GPL-2.0
#include "harness.h"

#define BDEV	204800ULL
#define START	204672ULL
#define FMT	(&md_super_v090)

#define DISK(i)	(512 + 128 * (i))

static struct md_super sb, out;
static u8 buf[MD_SUPER_BYTES];

/*
 * All offsets below are of the format itself; values are written in host order,
 * for which the little-endian helpers stand on the machines that run this.
 */
static void disk(unsigned int at, u32 number, u32 major, u32 minor, u32 role, u32 state)
{
	put32(buf, at, number);
	put32(buf, at + 4, major);
	put32(buf, at + 8, minor);
	put32(buf, at + 12, role);
	put32(buf, at + 16, state);
}

static void recsum(void)
{
	fix_csum(buf, 4096, 152);
}

/* A two-way mirror with one spare, seen by its second member. */
static void golden(void)
{
	memset(buf, 0, sizeof(buf));
	put32(buf, 0, 0xa92b4efc);
	put32(buf, 8, 90);
	put32(buf, 12, 3);
	put32(buf, 20, 0x11111111);
	put32(buf, 24, 1700000000);
	put32(buf, 28, 1);
	put32(buf, 32, 102336);		/* size in KiB */
	put32(buf, 36, 3);
	put32(buf, 40, 2);
	put32(buf, 44, 5);
	put32(buf, 52, 0x22222222);
	put32(buf, 56, 0x33333333);
	put32(buf, 60, 0x44444444);
	put32(buf, 128, 1700000100);
	put32(buf, 132, 1);
	put32(buf, 136, 2);
	put32(buf, 140, 3);
	put32(buf, 148, 1);
	put32(buf, 156, 17);
	put32(buf, 164, 17);
	put32(buf, 172, ~0U);
	disk(DISK(0), 0, 8, 1, 0, 6);
	disk(DISK(1), 1, 8, 17, 1, 6 | 1 << 9);
	disk(DISK(2), 2, 8, 33, 2, 0);
	disk(3968, 1, 8, 17, 1, 6 | 1 << 9);
	recsum();
}

static int decode(const char **why)
{
	*why = NULL;
	return FMT->decode(buf, START, BDEV, &out, why);
}

#define REFUSED(errno_, reason) do {					\
	const char *why_;						\
									\
	CHECK_EQ(decode(&why_), (errno_));				\
	CHECK_STR(why_, reason);					\
} while (0)
#define REFUSE32(off, v, reason) do {					\
	golden();							\
	put32(buf, off, v);						\
	recsum();							\
	REFUSED(-EINVAL, reason);					\
} while (0)
#define ACCEPTED() do {							\
	const char *why_;						\
	int ret_;							\
									\
	recsum();							\
	ret_ = decode(&why_);						\
	if (ret_) {							\
		printf("# %s:%d: refused: %s\n", __FILE__, __LINE__, why_); \
		test_failed = true;					\
	}								\
} while (0)

static void golden_image_decodes(void)
{
	golden();
	ACCEPTED();
	CHECK_EQ(out.major_version, 0);
	CHECK_EQ(out.minor_version, 90);
	CHECK_EQ(out.uuid[0], 0x11);
	CHECK_EQ(out.uuid[4], 0x22);
	CHECK_EQ(out.uuid[15], 0x44);
	CHECK_EQ(out.ctime, 1700000000);
	CHECK_EQ(out.level, 1);
	CHECK_EQ(out.dev_sectors, 204672);
	CHECK_EQ(out.raid_disks, 2);
	CHECK_EQ(out.md_minor, 5);
	CHECK_EQ(out.events, 17);
	CHECK(out.clean);
	CHECK_EQ(out.resync_offset, MD_SUPER_NONE);
	CHECK_EQ(out.nr_devs, 3);
	CHECK_EQ(out.dev_number, 1);
	CHECK_EQ(out.devs[0].role, 0);
	CHECK_EQ(out.devs[1].role, 1);
	CHECK_EQ(out.devs[1].major, 8);
	CHECK_EQ(out.devs[1].minor, 17);
	CHECK_EQ(out.devs[2].role, MD_DISK_ROLE_SPARE);
	CHECK(out.devs[2].present);
	CHECK(out.write_mostly && !out.failfast);
	CHECK_EQ(out.data_offset, 0);
	CHECK_EQ(out.data_sectors, START);
	CHECK_EQ(out.super_offset, START);
	CHECK_EQ(out.recovery_offset, MD_SUPER_NONE);
	CHECK_EQ(out.reshape_position, MD_SUPER_NONE);
}

static void golden_image_encodes(void)
{
	u8 again[MD_SUPER_BYTES] = { 0 };

	golden();
	ACCEPTED();
	FMT->encode(&out, again);
	CHECK(!memcmp(buf, again, sizeof(buf)));
	FMT->encode(&out, again);
	CHECK(!memcmp(buf, again, sizeof(buf)));
	CHECK_EQ(FMT->used_bytes(again), 4096);
}

static void both_checksums(void)
{
	u32 sum;

	golden();
	sum = get32(buf, 152);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	put32(buf, 152, sum);
	{
		const char *why;

		CHECK_EQ(decode(&why), 0);
	}
	put32(buf, 152, sum ^ 1);
	REFUSED(-EINVAL, "superblock checksum is wrong");
}

static void unaligned_buffer(void)
{
	static u8 odd[MD_SUPER_BYTES + 1];
	const char *why;

	golden();
	memcpy(odd + 1, buf, MD_SUPER_BYTES);
	CHECK_EQ(FMT->decode(odd + 1, START, BDEV, &out, &why), 0);
	FMT->encode(&out, odd + 1);
	CHECK(!memcmp(odd + 1, buf, MD_SUPER_BYTES));
}

static void unknown_bytes_are_kept(void)
{
	golden();
	put32(buf, 12, 1);		/* patch_version */
	put32(buf, 64, 0x1234);		/* generic reserved */
	put32(buf, 132, 1 | 2 | 1 << 20);	/* a state bit of others */
	put32(buf, DISK(0) + 20, 0x5678);	/* descriptor reserved */
	ACCEPTED();
	out.events++;
	FMT->encode(&out, buf);
	CHECK_EQ(get32(buf, 12), 1);
	CHECK_EQ(get32(buf, 64), 0x1234);
	CHECK_EQ(get32(buf, 132), 1 | 2 | 1 << 20);
	CHECK_EQ(get32(buf, DISK(0) + 20), 0x5678);
	ACCEPTED();
	CHECK_EQ(out.events, 18);
}

static void clean_and_checkpoint(void)
{
	golden();
	ACCEPTED();
	sb = out;
	sb.clean = false;
	sb.resync_offset = 0;
	FMT->encode(&sb, buf);
	CHECK_EQ(get32(buf, 132) & 1, 0);
	CHECK_EQ(get32(buf, 172), 0);
	ACCEPTED();
	CHECK_SAME(&sb, &out);
	/* Events 0 leave an unclean array unclean too. */
	sb.events = 0;
	FMT->encode(&sb, buf);
	ACCEPTED();
	CHECK(!out.clean);

	sb.events = 18;
	sb.clean = true;
	sb.resync_offset = 65536;
	FMT->encode(&sb, buf);
	CHECK_EQ(get32(buf, 132) & 1, 0);
	CHECK_EQ(get32(buf, 172), 65536);
	ACCEPTED();
	CHECK_SAME(&sb, &out);
	/* A checkpoint of another superblock update means nothing. */
	put32(buf, 164, 17);
	ACCEPTED();
	CHECK(!out.clean);
	CHECK_EQ(out.resync_offset, 0);

	/* 32 bits don't hold it: an earlier one does no harm. */
	sb.resync_offset = 1ULL << 33;
	FMT->encode(&sb, buf);
	ACCEPTED();
	CHECK(out.clean);
	CHECK(out.resync_offset < 1ULL << 32 && out.resync_offset > 1U << 31);
}

static void table_is_numbered_by_slot(void)
{
	golden();
	ACCEPTED();
	/* The spare has taken slot 0, whose device failed. */
	out.devs[0].role = MD_DISK_ROLE_FAULTY;
	out.devs[2].role = 0;
	FMT->encode(&out, buf);
	CHECK_EQ(get32(buf, DISK(0) + 8), 33);
	CHECK_EQ(get32(buf, DISK(0) + 16), 6);
	CHECK_EQ(get32(buf, DISK(1) + 8), 17);
	CHECK_EQ(get32(buf, DISK(2) + 8), 1);
	CHECK_EQ(get32(buf, DISK(2) + 0), 2);
	CHECK_EQ(get32(buf, DISK(2) + 16), 1);
	CHECK_EQ(get32(buf, 36), 3);
	CHECK_EQ(get32(buf, 136), 2);
	CHECK_EQ(get32(buf, 140), 2);
	CHECK_EQ(get32(buf, 144), 1);
	CHECK_EQ(get32(buf, 148), 0);
	CHECK(!memcmp(buf + 3968, buf + DISK(1), 128));

	/* A recovering device is a spare, its slot is empty. */
	golden();
	ACCEPTED();
	out.devs[0].role = MD_DISK_ROLE_FAULTY;
	out.devs[2].role = 0;
	out.devs[2].recovering = 1;
	FMT->encode(&out, buf);
	CHECK_EQ(get32(buf, DISK(0) + 16), 9);
	CHECK_EQ(get32(buf, DISK(2) + 8), 33);
	CHECK_EQ(get32(buf, DISK(2) + 16), 0);
	CHECK_EQ(get32(buf, DISK(3) + 8), 1);
	CHECK_EQ(get32(buf, DISK(3) + 16), 1);
	CHECK_EQ(get32(buf, 136), 1);
	CHECK_EQ(get32(buf, 144), 2);
	CHECK_EQ(get32(buf, 148), 1);
	ACCEPTED();
	CHECK(!out.devs[0].present);
	CHECK_EQ(out.devs[2].role, MD_DISK_ROLE_SPARE);
	CHECK_EQ(out.devs[3].role, MD_DISK_ROLE_FAULTY);
}

static void reshape(void)
{
	golden();
	ACCEPTED();
	sb = out;
	sb.level = 5;
	sb.layout = 2;
	sb.chunk_sectors = 128;
	sb.raid_disks = 3;
	sb.delta_disks = 1;
	sb.reshape_position = 1ULL << 35;
	sb.new_level = 6;
	sb.new_layout = 16;
	sb.new_chunk_sectors = 256;
	sb.devs[2].role = 2;
	sb.devs[2].recovering = 1;
	CHECK(!FMT->unfit(&sb));
	FMT->encode(&sb, buf);
	CHECK_EQ(get32(buf, 8), 91);
	CHECK_EQ(get32(buf, 196), 131072);
	CHECK_EQ(get32(buf, DISK(2) + 16), 2);
	ACCEPTED();
	CHECK_SAME(&sb, &out);

	put32(buf, 188, 3);
	recsum();
	REFUSED(-EINVAL, "change in the number of devices is out of range");
	put32(buf, 188, (u32)-25);
	recsum();
	REFUSED(-EINVAL, "change in the number of devices is out of range");
	put32(buf, 188, (u32)INT_MIN);
	recsum();
	REFUSED(-EINVAL, "change in the number of devices is out of range");
	put32(buf, 188, (u32)-24);
	ACCEPTED();
	CHECK(out.reshape_backwards);
	put32(buf, 196, 131073);
	recsum();
	REFUSED(-EINVAL, "new chunk size is invalid");
	put32(buf, 196, 131072);
	put64(buf, 176, ~0ULL);
	recsum();
	REFUSED(-EINVAL, "reshape position is out of range");
}

static void bitmap_is_behind_the_superblock(void)
{
	golden();
	put32(buf, 132, 1 | 1 << 8);
	ACCEPTED();
	CHECK(out.bitmap_present);
	CHECK_EQ(out.bitmap_offset, 8);
	out.bitmap_present = false;
	out.bitmap_offset = 0;
	FMT->encode(&out, buf);
	CHECK_EQ(get32(buf, 132), 1);
	/* Some other start, so near the end that no bitmap follows. */
	{
		const char *why;

		golden();
		put32(buf, 132, 1 | 1 << 8);
		recsum();
		CHECK_EQ(FMT->decode(buf, START, START + 15, &out, &why), -EINVAL);
		CHECK_STR(why, "bitmap lies outside the device");
		CHECK_EQ(FMT->decode(buf, START, START + 16, &out, &why), 0);
	}
}

static void refused(void)
{
	const char *why;

	REFUSE32(0, 0, "no superblock");
	REFUSE32(0, 0xfc4e2ba9, "superblock was written by a machine of the other byte order");
	golden();
	put32(buf, 8, 92);
	recsum();
	REFUSED(-EOPNOTSUPP, "unknown superblock version");
	golden();
	put32(buf, 4, 1);
	recsum();
	REFUSED(-EOPNOTSUPP, "unknown superblock version");
	golden();
	buf[1000] ^= 4;
	REFUSED(-EINVAL, "superblock checksum is wrong");
	REFUSE32(40, 0, "number of devices is out of range");
	REFUSE32(40, 28, "number of devices is out of range");
	REFUSE32(40, ~0U, "number of devices is out of range");
	REFUSE32(32, 0, "array has no size");
	REFUSE32(32, 102337, "array needs more space than this device has");
	REFUSE32(32, ~0U, "array needs more space than this device has");
	REFUSE32(260, 1, "chunk size is invalid");
	REFUSE32(260, 1U << 31, "chunk size is invalid");
	REFUSE32(3968, 27, "device number is out of range");
	REFUSE32(DISK(1) + 12, 2, "role of this device is out of range");
	REFUSE32(DISK(0) + 12, 1, "two devices have the same role");
	golden();
	put32(buf, DISK(0) + 12, 26);
	ACCEPTED();
	CHECK_EQ(out.devs[2].role, MD_DISK_ROLE_SPARE);
	golden();
	CHECK_EQ(FMT->decode(buf, START, START + 7, &out, &why), -EINVAL);
	CHECK_STR(why, "superblock lies outside the device");
	CHECK_EQ(FMT->decode(buf, ~0ULL, BDEV, &out, &why), -EINVAL);
	CHECK_EQ(FMT->decode(buf, 0, BDEV, &out, &why), -EINVAL);
}

static void size_limits(void)
{
	const char *why;
	u64 start;

	/* A member above 4 TiB offers what the format can count. */
	golden();
	put32(buf, 32, ~0U);
	recsum();
	CHECK_EQ(FMT->locate(1ULL << 34, &start), 0);
	CHECK_EQ(FMT->decode(buf, start, 1ULL << 34, &out, &why), 0);
	CHECK_EQ(out.dev_sectors, FMT->max_dev_sectors);
	CHECK_EQ(out.data_sectors, FMT->max_dev_sectors);
	CHECK(!FMT->unfit(&out));
	out.dev_sectors += 2;
	CHECK_STR(FMT->unfit(&out), "0.90 superblocks are limited to 4 TiB per device");
	/* Levels without redundancy use all of each member. */
	put32(buf, 28, 0);
	recsum();
	CHECK_EQ(FMT->decode(buf, start, 1ULL << 34, &out, &why), 0);
	CHECK_EQ(out.data_sectors, start);
	out.dev_sectors += 2;
	CHECK(!FMT->unfit(&out));
}

static void unfit_is_told(void)
{
	unsigned int i;

	golden();
	ACCEPTED();
	CHECK(!FMT->unfit(&out));
#define UNFIT(change, reason) do {					\
	sb = out;							\
	change;								\
	CHECK_STR(FMT->unfit(&sb), reason);				\
} while (0)
	UNFIT(sb.dev_sectors++, "0.90 superblocks count device sizes in KiB");
	UNFIT(sb.nr_devs = 28, "0.90 superblocks are limited to 27 devices");
	UNFIT(sb.raid_disks = 28, "0.90 superblocks are limited to 27 devices");
	UNFIT(sb.data_offset = 8, "0.90 superblocks have the data at the device's start");
	UNFIT((sb.bitmap_present = true, sb.bitmap_offset = 16),
	      "0.90 superblocks have the bitmap right behind them");
	UNFIT(sb.journal = true,
	      "0.90 superblocks have no journal, PPL, replacement or bad-block log");
	UNFIT((sb.reshape_position = 0, sb.reshape_backwards = true),
	      "0.90 superblocks can't record the direction of this reshape");
	UNFIT(sb.devs[1].present = 0, "this device is missing from the table of devices");

	/* 26 slots leave room for one spare; two don't fit. */
	sb = out;
	sb.raid_disks = 26;
	CHECK(!FMT->unfit(&sb));
	sb.nr_devs = 4;
	sb.devs[3] = sb.devs[2];
	CHECK_STR(FMT->unfit(&sb), "0.90 superblocks are limited to 27 devices");
	/* A failed one needs none. */
	sb.devs[3].role = MD_DISK_ROLE_FAULTY;
	CHECK(!FMT->unfit(&sb));

	/* All 27 in use, and one of them fails. */
	sb.raid_disks = 27;
	sb.nr_devs = 27;
	for (i = 0; i < 27; i++)
		sb.devs[i] = (struct md_super_dev){ .role = i, .present = 1, .major = 8 };
	CHECK(!FMT->unfit(&sb));
	sb.devs[0].role = MD_DISK_ROLE_FAULTY;
	CHECK(!FMT->unfit(&sb));
	FMT->encode(&sb, buf);
	CHECK_EQ(get32(buf, DISK(0) + 16), 9);
	ACCEPTED();
	CHECK(!out.devs[0].present);
	CHECK_EQ(out.nr_devs, 27);
}

static void mdadm_reads_ours(void)
{
	char *text;

	golden();
	ACCEPTED();
	memset(buf, 0, sizeof(buf));
	FMT->encode(&out, buf);
	text = mdadm_examine(buf, START, BDEV);
	if (!text) {
		test_skipped = "no mdadm";
		return;
	}
	CHECK(examine_has(text, "Version", "0.90.0"));
	CHECK(examine_has(text, "UUID", "11111111:22222222:33333333:44444444"));
	CHECK(examine_has(text, "Raid Level", "raid1"));
	CHECK(examine_has(text, "Used Dev Size", "102336 "));
	CHECK(examine_has(text, "Raid Devices", "2"));
	CHECK(examine_has(text, "Total Devices", "3"));
	CHECK(examine_has(text, "Preferred Minor", "5"));
	CHECK(examine_has(text, "State", "clean"));
	CHECK(examine_has(text, "Active Devices", "2"));
	CHECK(examine_has(text, "Working Devices", "3"));
	CHECK(examine_has(text, "Failed Devices", "0"));
	CHECK(examine_has(text, "Spare Devices", "1"));
	CHECK(examine_has(text, "Events", "17"));
	CHECK(strstr(text, "- correct"));
	CHECK(strstr(text, "write-mostly"));

	out.devs[0].present = 0;
	FMT->encode(&out, buf);
	text = mdadm_examine(buf, START, BDEV);
	CHECK(examine_has(text, "Failed Devices", "1"));
	CHECK(strstr(text, "faulty removed"));
	CHECK(strstr(text, "- correct"));
}

int main(void)
{
	RUN(golden_image_decodes);
	RUN(golden_image_encodes);
	RUN(both_checksums);
	RUN(unaligned_buffer);
	RUN(unknown_bytes_are_kept);
	RUN(clean_and_checkpoint);
	RUN(table_is_numbered_by_slot);
	RUN(reshape);
	RUN(bitmap_is_behind_the_superblock);
	RUN(refused);
	RUN(size_limits);
	RUN(unfit_is_told);
	RUN(mdadm_reads_ours);
	return tests_end();
}
