// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "harness.h"
#include "md-bitmap-format.h"

static const struct md_bitmap_head good = {
	.version = 4,
	.uuid = { 1, 2, 3, [15] = 16 },
	.events = 0x1122334455667788,
	.events_cleared = 0x99aabbccdd,
	.sync_size = 1ULL << 40,
	.chunk_bytes = 64 << 20,
	.sleep = 5,
	.write_behind = 256,
	.reserved = 2040,
};

static void places_of_fields(void)
{
	u8 buf[MD_BITMAP_HEAD_BYTES];

	memset(buf, 0xaa, sizeof(buf));
	md_bitmap_encode(&good, buf);
	CHECK(!memcmp(buf, "bitm", 4));
	CHECK_EQ(buf[4], 4);
	CHECK_EQ(buf[8], 1);
	CHECK_EQ(buf[23], 16);
	CHECK_EQ(buf[24], 0x88);
	CHECK_EQ(buf[32], 0xdd);
	CHECK_EQ(buf[40 + 5], 1);
	CHECK_EQ(buf[48], 0);
	CHECK_EQ(buf[52 + 3], 4);
	CHECK_EQ(buf[56], 5);
	CHECK_EQ(buf[60 + 1], 1);
	CHECK_EQ(buf[64], 2040 & 0xff);
	CHECK_EQ(buf[255], 0);
}

static void round_trip(void)
{
	u8 buf[MD_BITMAP_HEAD_BYTES], again[MD_BITMAP_HEAD_BYTES];
	struct md_bitmap_head out = { };
	const char *why;
	int version;

	for (version = 3; version <= 4; version++) {
		struct md_bitmap_head in = good;

		in.version = version;
		in.stale = version == 3;
		md_bitmap_encode(&in, buf);
		CHECK_EQ(md_bitmap_decode(buf, &out, &why), 0);
		CHECK_EQ(out.stale, in.stale);
		CHECK_EQ(out.events_cleared, in.events_cleared);
		md_bitmap_encode(&out, again);
		CHECK(!memcmp(buf, again, sizeof(buf)));
	}
}

#define REFUSED(change, error, text) do {				\
	struct md_bitmap_head in = good, out;				\
	u8 buf[MD_BITMAP_HEAD_BYTES];					\
	const char *why = NULL;						\
	struct md_bitmap_sb *sb = (struct md_bitmap_sb *)buf;		\
									\
	md_bitmap_encode(&in, buf);					\
	change;								\
	CHECK_EQ(md_bitmap_decode(buf, &out, &why), error);		\
	CHECK_STR(why, text);						\
} while (0)

static void refused(void)
{
	REFUSED(sb->magic = 0, -EINVAL, "it has no magic number");
	REFUSED(sb->version = 2, -EINVAL, "its version is unknown");
	REFUSED(sb->version = 6, -EINVAL, "its version is unknown");
	REFUSED(sb->version = 5, -EOPNOTSUPP, "it belongs to a cluster");
	REFUSED(sb->nodes = 2, -EOPNOTSUPP, "it belongs to a cluster");
	REFUSED(sb->chunksize = 0, -EINVAL,
		"its chunk size is not a power of two from 512 bytes on");
	REFUSED(sb->chunksize = 256, -EINVAL,
		"its chunk size is not a power of two from 512 bytes on");
	REFUSED(sb->chunksize = 3 << 20, -EINVAL,
		"its chunk size is not a power of two from 512 bytes on");
	REFUSED(sb->daemon_sleep = 0, -EINVAL,
		"its daemon sleep period is out of range");
	REFUSED(sb->daemon_sleep = ~0U, -EINVAL,
		"its daemon sleep period is out of range");
	REFUSED(sb->write_behind = 16384, -EINVAL,
		"its write-behind limit is out of range");
}

static void sizes(void)
{
	CHECK_EQ(md_bitmap_chunks(0, 512), 0);
	CHECK_EQ(md_bitmap_chunks(1, 512), 1);
	CHECK_EQ(md_bitmap_chunks(1, 64 << 20), 1);
	CHECK_EQ(md_bitmap_chunks(131072, 64 << 20), 1);
	CHECK_EQ(md_bitmap_chunks(131073, 64 << 20), 2);
	CHECK_EQ(md_bitmap_chunks(~0ULL, 512), ~0ULL);
	CHECK_EQ(md_bitmap_chunks(~0ULL, 1U << 31), 1ULL << 42);
	CHECK_EQ(md_bitmap_bytes(0, 256), 256);
	CHECK_EQ(md_bitmap_bytes(1, 256), 257);
	CHECK_EQ(md_bitmap_bytes(8, 0), 1);
	CHECK_EQ(md_bitmap_bytes(9, 0), 2);
	CHECK_EQ(md_bitmap_bytes(~0ULL, 0), 1ULL << 61);
}

/* Against trying all of them. */
static void fitting(void)
{
	u64 sectors, room, chunk, want;

	for (sectors = 1; sectors < 1ULL << 62; sectors = sectors * 3 + 1) {
		for (room = 1; room <= 1 << 20; room = room * 2 + 1) {
			want = 0;
			for (chunk = 4096; !want && chunk <= 1U << 31; chunk *= 2)
				if (256 + (((sectors - 1) / (chunk / 512) + 1) + 7) / 8 <= room)
					want = chunk;
			CHECK_EQ(md_bitmap_fit_chunk(sectors, 4096, room, 256), want);
		}
	}
}

int main(void)
{
	RUN(places_of_fields);
	RUN(round_trip);
	RUN(refused);
	RUN(sizes);
	RUN(fitting);
	return tests_end();
}
