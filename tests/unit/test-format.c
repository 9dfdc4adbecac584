// SPDX-License-Identifier: GPL-2.0
#include "harness.h"

static void places_of_superblocks(void)
{
	static const struct {
		int major, minor;
		u64 bdev;
		int ret;
		u64 start;
	} t[] = {
		{ 0, 90, 0, -ENOSPC, 0 },
		{ 0, 90, 255, -ENOSPC, 0 },
		{ 0, 90, 256, 0, 128 },
		{ 0, 90, 383, 0, 128 },
		{ 0, 90, 384, 0, 256 },
		{ 0, 90, 2097152, 0, 2097024 },
		{ 0, 90, 1ULL << 40, 0, (1ULL << 40) - 128 },
		{ 1, 0, 23, -ENOSPC, 0 },
		{ 1, 0, 24, 0, 8 },
		{ 1, 0, 31, 0, 8 },
		{ 1, 0, 32, 0, 16 },
		{ 1, 0, 2097152, 0, 2097136 },
		{ 1, 0, 2097159, 0, 2097136 },
		{ 1, 0, 2097160, 0, 2097144 },
		{ 1, 1, 23, -ENOSPC, 0 },
		{ 1, 1, 24, 0, 0 },
		{ 1, 1, 2097152, 0, 0 },
		{ 1, 2, 23, -ENOSPC, 0 },
		{ 1, 2, 24, 0, 8 },
		{ 1, 2, 2097152, 0, 8 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		const struct md_super_format *f =
			md_super_find_format(t[i].major, t[i].minor);
		u64 start = 12345;

		CHECK_EQ(f->locate(t[i].bdev, &start), t[i].ret);
		if (!t[i].ret)
			CHECK_EQ(start, t[i].start);
	}
}

static void room_for_data(void)
{
	CHECK_EQ(md_super_v090.data_room(384, 256, 0), 256);
	CHECK_EQ(md_super_v090.data_room(384, 256, 256), 0);
	CHECK_EQ(md_super_v090.data_room(200, 256, 0), 0);
	CHECK_EQ(md_super_v1[0].data_room(2048, 2032, 0), 2032);
	CHECK_EQ(md_super_v1[0].data_room(2048, 2032, 2032), 0);
	CHECK_EQ(md_super_v1[0].data_room(2039, 2032, 0), 0);
	CHECK_EQ(md_super_v1[0].data_room(2048, ~0ULL, 0), 0);
	CHECK_EQ(md_super_v1[1].data_room(2048, 0, 8), 2040);
	CHECK_EQ(md_super_v1[1].data_room(2048, 0, 7), 0);
	CHECK_EQ(md_super_v1[2].data_room(2048, 8, 1024), 1024);
	CHECK_EQ(md_super_v1[2].data_room(2048, 8, 15), 0);
	CHECK_EQ(md_super_v1[2].data_room(2048, 8, 2048), 0);
	CHECK_EQ(md_super_v1[2].data_room(2048, 8, ~0ULL), 0);
}

static void find_format_by_version(void)
{
	CHECK(md_super_find_format(0, 90) == &md_super_v090);
	CHECK(md_super_find_format(1, 0) == &md_super_v1[0]);
	CHECK(md_super_find_format(1, 1) == &md_super_v1[1]);
	CHECK(md_super_find_format(1, 2) == &md_super_v1[2]);
	CHECK_STR(md_super_find_format(0, 90)->name, "0.90");
	CHECK_STR(md_super_find_format(1, 2)->name, "1.2");
	CHECK(!md_super_find_format(0, 91));
	CHECK(!md_super_find_format(1, 3));
	CHECK(!md_super_find_format(2, 0));
	CHECK(!md_super_find_format(-1, -1));
	CHECK_EQ(md_super_v090.max_devs, 27);
	CHECK_EQ(md_super_v1[0].max_devs, 1920);
	CHECK_EQ(md_super_v090.max_dev_sectors, (4ULL << 40) / 512 - 2);
}

static void conflict_of_members(void)
{
	static struct md_super a, b;

	memset(&a, 0, sizeof(a));
	a.major_version = 1;
	a.minor_version = 2;
	a.uuid[15] = 7;
	b = a;
	b.events = 99;
	b.dev_number = 3;
	CHECK(!md_super_conflict(&a, &b));
	b.uuid[15] = 8;
	CHECK_STR(md_super_conflict(&a, &b), "array UUIDs differ");
	b = a;
	b.minor_version = 0;
	CHECK_STR(md_super_conflict(&a, &b), "superblock formats differ");
}

static void bad_block_entries(void)
{
	u64 start, n;

	CHECK_EQ(md_bblog_decode_entry(~0ULL, 0, &start, &n), 0);
	CHECK_EQ(md_bblog_decode_entry(~0ULL, 255, &start, &n), 0);
	CHECK_EQ(md_bblog_decode_entry(1000ULL << 10 | 8, 0, &start, &n), 1);
	CHECK_EQ(start, 1000);
	CHECK_EQ(n, 8);
	CHECK_EQ(md_bblog_decode_entry(1000ULL << 10 | 8, 3, &start, &n), 1);
	CHECK_EQ(start, 8000);
	CHECK_EQ(n, 64);
	CHECK_EQ(md_bblog_decode_entry(1023, 0, &start, &n), 1);
	CHECK_EQ(start, 0);
	CHECK_EQ(n, 1023);
	CHECK_EQ(md_bblog_decode_entry(1000ULL << 10, 0, &start, &n), -EINVAL);
	CHECK_EQ(md_bblog_decode_entry(0, 0, &start, &n), -EINVAL);
	CHECK_EQ(md_bblog_decode_entry(1, 54, &start, &n), -EINVAL);
	CHECK_EQ(md_bblog_decode_entry(1, 255, &start, &n), -EINVAL);
	CHECK_EQ(md_bblog_decode_entry(1, 53, &start, &n), 1);
	CHECK_EQ(n, 1ULL << 53);
	/* The largest start of all, and the first one that is shifted out. */
	CHECK_EQ(md_bblog_decode_entry(~0ULL << 10 | 1, 0, &start, &n), 1);
	CHECK_EQ(start, (1ULL << 54) - 1);
	CHECK_EQ(md_bblog_decode_entry(1ULL << 63 | 1, 11, &start, &n), -EINVAL);
	CHECK_EQ(md_bblog_decode_entry(1ULL << 62 | 1, 11, &start, &n), 1);
	CHECK_EQ(start, 1ULL << 63);
}

int main(void)
{
	RUN(places_of_superblocks);
	RUN(room_for_data);
	RUN(find_format_by_version);
	RUN(conflict_of_members);
	RUN(bad_block_entries);
	return tests_end();
}
