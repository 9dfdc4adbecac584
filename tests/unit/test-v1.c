// SPDX-License-Identifier: GPL-2.0
#include "harness.h"

#define BDEV	2097152ULL
#define FMT12	(&md_super_v1[2])

static struct md_super sb, out;
static u8 buf[MD_SUPER_BYTES];

/* A 1.2 superblock of a two-way mirror, laid down byte by byte. */
static void golden(void)
{
	unsigned int i;

	memset(buf, 0, sizeof(buf));
	put32(buf, 0, 0xa92b4efc);
	put32(buf, 4, 1);
	for (i = 0; i < 16; i++)
		buf[16 + i] = 0x10 + i;
	memcpy(buf + 32, "host:mirror", 11);
	put64(buf, 64, 1700000000);
	put32(buf, 72, 1);		/* level */
	put64(buf, 80, 2093056);	/* size */
	put32(buf, 92, 2);		/* raid_disks */
	put64(buf, 128, 2048);		/* data_offset */
	put64(buf, 136, 2093056);	/* data_size */
	put64(buf, 144, 8);		/* super_offset */
	put32(buf, 160, 1);		/* dev_number */
	for (i = 0; i < 16; i++)
		buf[168 + i] = 0xa0 + i;
	put32(buf, 188, 16);		/* bblog_offset */
	buf[186] = 8;			/* bblog_size */
	put64(buf, 192, 1700000100);
	put64(buf, 200, 17);
	put64(buf, 208, ~0ULL);
	put32(buf, 220, 128);
	memset(buf + 256, 0xff, 256);
	put_unaligned_le16(0, buf + 256);
	put_unaligned_le16(1, buf + 258);
	fix_csum(buf, 512, 216);
}

static void recsum(void)
{
	u32 max_dev = get32(buf, 220);

	fix_csum(buf, 256 + 2 * (max_dev > 1920 ? 1920 : max_dev), 216);
}

static int decode(const char **why)
{
	*why = NULL;
	return FMT12->decode(buf, 8, BDEV, &out, why);
}

#define REFUSED(errno_, reason) do {					\
	const char *why_;						\
									\
	CHECK_EQ(decode(&why_), (errno_));				\
	CHECK_STR(why_, reason);					\
} while (0)

/* Change one field of the golden image and expect a refusal. */
#define REFUSE32(off, v, reason) do {					\
	golden();							\
	put32(buf, off, v);						\
	recsum();							\
	REFUSED(-EINVAL, reason);					\
} while (0)
#define REFUSE64(off, v, reason) do {					\
	golden();							\
	put64(buf, off, v);						\
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
	CHECK_EQ(out.major_version, 1);
	CHECK_EQ(out.minor_version, 2);
	CHECK_EQ(out.uuid[0], 0x10);
	CHECK_EQ(out.uuid[15], 0x1f);
	CHECK_STR(out.name, "host:mirror");
	CHECK_EQ(out.ctime, 1700000000);
	CHECK_EQ(out.utime, 1700000100);
	CHECK_EQ(out.level, 1);
	CHECK_EQ(out.raid_disks, 2);
	CHECK_EQ(out.dev_sectors, 2093056);
	CHECK_EQ(out.data_offset, 2048);
	CHECK_EQ(out.new_data_offset, 2048);
	CHECK_EQ(out.data_sectors, 2093056);
	CHECK_EQ(out.super_offset, 8);
	CHECK_EQ(out.events, 17);
	CHECK(out.clean);
	CHECK_EQ(out.resync_offset, MD_SUPER_NONE);
	CHECK_EQ(out.reshape_position, MD_SUPER_NONE);
	CHECK_EQ(out.recovery_offset, MD_SUPER_NONE);
	CHECK_EQ(out.new_level, 1);
	CHECK_EQ(out.dev_number, 1);
	CHECK_EQ(out.nr_devs, 2);
	CHECK_EQ(out.devs[1].role, 1);
	CHECK(out.devs[0].present && out.devs[1].present);
	CHECK_EQ(out.device_uuid[15], 0xaf);
	CHECK_EQ(out.bblog_sectors, 8);
	CHECK_EQ(out.bblog_offset, 16);
	CHECK_EQ(out.logical_block_size, 0);
}

static void golden_image_encodes(void)
{
	u8 again[MD_SUPER_BYTES] = { 0 };

	golden();
	ACCEPTED();
	FMT12->encode(&out, again);
	CHECK(!memcmp(buf, again, sizeof(buf)));
	FMT12->encode(&out, again);
	CHECK(!memcmp(buf, again, sizeof(buf)));
	CHECK_EQ(FMT12->used_bytes(again), 512);
}

static void unaligned_buffer(void)
{
	static u8 odd[MD_SUPER_BYTES + 1];
	const char *why;

	golden();
	memcpy(odd + 1, buf, MD_SUPER_BYTES);
	CHECK_EQ(FMT12->decode(odd + 1, 8, BDEV, &out, &why), 0);
	FMT12->encode(&out, odd + 1);
	CHECK(!memcmp(odd + 1, buf, MD_SUPER_BYTES));
}

static void unknown_bytes_are_kept(void)
{
	golden();
	put32(buf, 12, 0x11223344);	/* pad0 */
	put32(buf, 228, 0x55667788);	/* pad3 behind the block size */
	buf[184] |= 0x80;		/* a device flag of tomorrow */
	put32(buf, 100, 77);		/* new_level without a reshape */
	memset(buf + 512, 0x5a, MD_SUPER_BYTES - 512);
	ACCEPTED();
	out.events++;
	out.write_mostly = true;
	FMT12->encode(&out, buf);
	CHECK_EQ(get32(buf, 12), 0x11223344);
	CHECK_EQ(get32(buf, 228), 0x55667788);
	CHECK_EQ(buf[184], 0x81);
	CHECK_EQ(get32(buf, 100), 77);
	CHECK_EQ(buf[512], 0x5a);
	CHECK_EQ(buf[4095], 0x5a);
	ACCEPTED();
	CHECK_EQ(out.events, 18);
	CHECK(out.write_mostly);
}

static void every_field_round_trips(void)
{
	golden();
	ACCEPTED();
	sb = out;
	sb.level = 5;
	sb.layout = 2;
	sb.chunk_sectors = 1024;
	sb.raid_disks = 4;
	sb.dev_sectors = 1000000;
	sb.data_sectors = 1500000;
	sb.data_offset = 4096;
	sb.new_data_offset = 2048;
	sb.events = 0x123456789abcULL;
	sb.resync_offset = 4096;
	sb.logical_block_size = 4096;
	sb.reshape_position = 8192;
	sb.delta_disks = 1;
	sb.new_level = 6;
	sb.new_layout = 18;
	sb.new_chunk_sectors = 128;
	sb.bitmap_present = true;
	sb.bitmap_offset = 24;
	sb.bad_blocks = true;
	sb.bblog_shift = 3;
	sb.recovery_offset = 512;
	sb.recovery_by_bitmap = true;
	sb.replacement = true;
	sb.corrected_reads = 5;
	sb.failfast = true;
	sb.clustered = true;
	sb.raid0_layout = true;
	sb.devs[1].recovering = 1;
	sb.devs[2] = (struct md_super_dev){ .role = MD_DISK_ROLE_FAULTY, .present = 1 };
	sb.devs[3] = (struct md_super_dev){ .role = 3, .present = 1 };
	sb.nr_devs = 4;
	memset(sb.name, 'n', 32);
	CHECK(!FMT12->unfit(&sb));
	FMT12->encode(&sb, buf);
	ACCEPTED();
	CHECK_SAME(&sb, &out);
	CHECK_EQ(strlen(out.name), 32);
	CHECK_EQ(get32(buf, 224), 4096);
	CHECK_EQ(get32(buf, 8), 1 | 2 | 4 | 8 | 16 | 64 | 128 | 256 | 4096);
}

static void ppl_and_journal_round_trip(void)
{
	golden();
	ACCEPTED();
	sb = out;
	sb.level = sb.new_level = 5;
	sb.ppl = true;
	sb.multiple_ppls = true;
	sb.ppl_offset = 32;
	sb.ppl_sectors = 1024;
	FMT12->encode(&sb, buf);
	CHECK_EQ(get_unaligned_le16(buf + 96), 32);
	CHECK_EQ(get_unaligned_le16(buf + 98), 1024);
	ACCEPTED();
	CHECK_SAME(&sb, &out);

	/* A journal need not be as large as the array's members. */
	golden();
	ACCEPTED();
	sb = out;
	sb.journal = true;
	sb.journal_tail = 777;
	sb.dev_sectors = 1ULL << 40;
	sb.devs[1].role = MD_DISK_ROLE_JOURNAL;
	FMT12->encode(&sb, buf);
	ACCEPTED();
	CHECK_SAME(&sb, &out);
	put32(buf, 8, 0);
	recsum();
	REFUSED(-EINVAL, "journal device of an array without a journal");
	put32(buf, 8, MD_FEATURE_JOURNAL);
	put64(buf, 152, 2093056);
	recsum();
	REFUSED(-EINVAL, "journal tail lies outside the device");
}

static void resync_offset_and_clean(void)
{
	golden();
	ACCEPTED();
	out.clean = false;
	FMT12->encode(&out, buf);
	CHECK_EQ(get_unaligned_le64(buf + 208), 0);
	ACCEPTED();
	CHECK(!out.clean);
	CHECK_EQ(out.resync_offset, 0);
	out.clean = true;
	out.resync_offset = 65536;
	FMT12->encode(&out, buf);
	CHECK_EQ(get_unaligned_le64(buf + 208), 65536);
	ACCEPTED();
	CHECK(out.clean);
	CHECK_EQ(out.resync_offset, 65536);
}

static void recovery_offset_needs_a_slot(void)
{
	golden();
	ACCEPTED();
	out.recovery_offset = 0;
	FMT12->encode(&out, buf);
	CHECK_EQ(get32(buf, 8), MD_FEATURE_RECOVERY_OFFSET);
	ACCEPTED();
	CHECK_EQ(out.recovery_offset, 0);
	CHECK(out.devs[1].recovering);
	out.devs[1].role = MD_DISK_ROLE_SPARE;
	FMT12->encode(&out, buf);
	CHECK_EQ(get32(buf, 8), 0);

	golden();
	put32(buf, 8, MD_FEATURE_RECOVERY_OFFSET);
	put64(buf, 152, ~0ULL);
	ACCEPTED();
	CHECK_EQ(out.recovery_offset, MD_SUPER_NONE);
	CHECK(!out.devs[1].recovering);
	put64(buf, 152, 2093057);
	recsum();
	REFUSED(-EINVAL, "recovery offset lies outside the device");
	put64(buf, 152, 2093056);
	ACCEPTED();
}

static void table_of_devices_grows(void)
{
	golden();
	ACCEPTED();
	out.nr_devs = 129;
	FMT12->encode(&out, buf);
	CHECK_EQ(get32(buf, 220), 384);
	CHECK_EQ(get_unaligned_le16(buf + 256 + 2 * 383), 0xffff);
	ACCEPTED();
	/* It never shrinks. */
	FMT12->encode(&out, buf);
	CHECK_EQ(get32(buf, 220), 384);
	out.nr_devs = 1920;
	FMT12->encode(&out, buf);
	CHECK_EQ(get32(buf, 220), 1920);
	CHECK_EQ(FMT12->used_bytes(buf), 4096);
	ACCEPTED();

	/* An odd number of roles, as any tool may leave it. */
	golden();
	put32(buf, 220, 3);
	ACCEPTED();
	FMT12->encode(&out, buf);
	CHECK_EQ(get32(buf, 220), 3);
	ACCEPTED();

	/* A device beyond the table is a spare. */
	golden();
	put32(buf, 160, 1919);
	ACCEPTED();
	CHECK_EQ(out.devs[1919].role, MD_DISK_ROLE_SPARE);
	CHECK_EQ(out.nr_devs, 1920);
	put32(buf, 160, 1920);
	recsum();
	REFUSED(-EINVAL, "device number is out of range");
}

static void bitmap_inside_the_block(void)
{
	golden();
	put32(buf, 8, MD_FEATURE_BITMAP_OFFSET);
	put32(buf, 96, 2);
	memset(buf + 1024, 0x5a, 3072);
	ACCEPTED();
	CHECK_EQ(out.bitmap_offset, 2);
	out.nr_devs = 384;
	CHECK(!FMT12->unfit(&out));
	FMT12->encode(&out, buf);
	CHECK_EQ(get32(buf, 220), 384);
	CHECK_EQ(buf[1024], 0x5a);
	CHECK_EQ(FMT12->used_bytes(buf), 1024);
	out.nr_devs = 385;
	CHECK_STR(FMT12->unfit(&out), "more devices than the superblock has room for");
	/* Even an encoder that was not asked first leaves the bitmap alone. */
	FMT12->encode(&out, buf);
	CHECK_EQ(get32(buf, 220), 384);
	CHECK_EQ(buf[1024], 0x5a);
	golden();
	put32(buf, 8, MD_FEATURE_BITMAP_OFFSET);
	put32(buf, 96, 2);
	put32(buf, 160, 400);
	recsum();
	REFUSED(-EINVAL, "table of devices has no room for this device");
}

static void array_fields_refused(void)
{
	REFUSE32(0, 0xa92b4efd, "no superblock");
	golden();
	put32(buf, 4, 2);
	recsum();
	REFUSED(-EOPNOTSUPP, "unknown superblock version");
	golden();
	put32(buf, 8, 1 << 13);
	recsum();
	REFUSED(-EOPNOTSUPP, "superblock has unknown features");
	golden();
	buf[300] ^= 1;
	REFUSED(-EINVAL, "superblock checksum is wrong");
	REFUSE32(220, 1921, "table of devices is too large");
	REFUSE32(220, ~0U, "table of devices is too large");
	REFUSE64(144, 0, "superblock belongs to another place");
	REFUSE32(92, 0, "number of devices is out of range");
	REFUSE32(92, 1921, "number of devices is out of range");
	REFUSE32(88, MD_SUPER_MAX_CHUNK + 1, "chunk size is invalid");
	REFUSE64(80, MD_SUPER_MAX_SECTORS + 1, "size is out of range");
	REFUSE64(80, 0, "array has no size");
	REFUSE64(80, 2093057, "array needs more space than this device has");
	REFUSE64(208, MD_SUPER_NONE - 1, "resync offset is out of range");
	REFUSE32(224, 3, "logical block size is invalid");
	REFUSE32(224, 256, "logical block size is invalid");
	REFUSE32(224, 1U << 31, "logical block size is invalid");
	golden();
	put32(buf, 224, 65536);
	ACCEPTED();
	CHECK_EQ(out.logical_block_size, 65536);
}

static void device_fields_refused(void)
{
	const char *why;

	REFUSE64(128, BDEV + 1, "data lies outside the device");
	REFUSE64(128, ~0ULL, "data lies outside the device");
	REFUSE64(128, 4097, "data lies outside the device");
	REFUSE64(136, BDEV - 2048 + 1, "data lies outside the device");
	REFUSE64(136, ~0ULL, "data lies outside the device");
	REFUSE64(136, 0, "device has no space for data");
	REFUSE64(128, 15, "data overlaps the superblock");
	REFUSE64(128, 0, "data overlaps the superblock");
	golden();
	buf[258] = 2;
	recsum();
	REFUSED(-EINVAL, "role of this device is out of range");
	golden();
	put32(buf, 256, 0xff010000);	/* just above the last regular role */
	recsum();
	REFUSED(-EINVAL, "role of this device is out of range");
	/* Another member's role without a slot makes it a spare. */
	golden();
	buf[256] = 2;
	ACCEPTED();
	CHECK_EQ(out.devs[0].role, MD_DISK_ROLE_SPARE);

	golden();
	CHECK_EQ(FMT12->decode(buf, 8, 15, &out, &why), -EINVAL);
	CHECK_STR(why, "superblock lies outside the device");
	CHECK_EQ(FMT12->decode(buf, ~0ULL, BDEV, &out, &why), -EINVAL);
	CHECK_STR(why, "superblock lies outside the device");
	CHECK_EQ(FMT12->decode(buf, 8, ~0ULL, &out, &why), -EINVAL);
	/* The device shrank. */
	CHECK_EQ(FMT12->decode(buf, 8, BDEV - 2049, &out, &why), -EINVAL);
	CHECK_STR(why, "data lies outside the device");
}

#define REFUSE_BITMAP(off, reason) do {					\
	golden();							\
	put32(buf, 8, MD_FEATURE_BITMAP_OFFSET);			\
	put32(buf, 96, (u32)(off));					\
	recsum();							\
	REFUSED(-EINVAL, reason);					\
} while (0)
#define REFUSE_PPL(off, size, reason) do {				\
	golden();							\
	put32(buf, 8, MD_FEATURE_PPL);					\
	put32(buf, 96, (u16)(off) | (u32)(size) << 16);			\
	recsum();							\
	REFUSED(-EINVAL, reason);					\
} while (0)
#define REFUSE_BBLOG(off, reason) REFUSE32(188, (u32)(off), reason)

static void areas_refused(void)
{
	REFUSE_BITMAP(0, "bitmap overlaps the superblock");
	REFUSE_BITMAP(-9, "bitmap lies outside the device");
	REFUSE_BITMAP(INT_MIN, "bitmap lies outside the device");
	REFUSE_BITMAP(2040, "bitmap overlaps the data");
	REFUSE_BITMAP(INT_MAX, "bitmap lies outside the device");
	REFUSE_BITMAP(20, "bad-block log overlaps the bitmap or partial parity log");
	golden();
	put32(buf, 8, MD_FEATURE_BITMAP_OFFSET);
	put32(buf, 96, 2039);
	ACCEPTED();
	put32(buf, 8, MD_FEATURE_BITMAP_OFFSET | MD_FEATURE_PPL);
	recsum();
	REFUSED(-EINVAL, "array has both a bitmap and a partial parity log");

	REFUSE_PPL(32, 0, "partial parity log has no size");
	REFUSE_PPL(-9, 8, "partial parity log lies outside the device");
	REFUSE_PPL(-4, 8, "partial parity log overlaps the superblock");
	REFUSE_PPL(32, 2009, "partial parity log overlaps the data");
	REFUSE_PPL(32, 0xffff, "partial parity log overlaps the data");

	REFUSE_BBLOG(INT_MIN, "bad-block log lies outside the device");
	REFUSE_BBLOG(-1, "bad-block log overlaps the superblock");
	REFUSE_BBLOG(2033, "bad-block log overlaps the data");
	REFUSE_BBLOG(BDEV, "bad-block log lies outside the device");
	golden();
	buf[186] = 9;
	recsum();
	REFUSED(-EINVAL, "bad-block log is too large");
	golden();
	buf[185] = 54;
	recsum();
	REFUSED(-EINVAL, "bad-block log has an invalid unit");
	golden();
	put32(buf, 188, 0);
	ACCEPTED();
	CHECK_EQ(out.bblog_sectors, 0);
	put32(buf, 8, MD_FEATURE_BAD_BLOCKS);
	recsum();
	REFUSED(-EINVAL, "bad blocks are recorded but there is no log of them");
}

static void reshape(s32 delta, u32 raid_disks, u32 features, s32 new_offset)
{
	golden();
	put32(buf, 8, MD_FEATURE_RESHAPE_ACTIVE | features);
	put32(buf, 72, 5);
	put32(buf, 92, raid_disks);
	put32(buf, 112, (u32)delta);
	put32(buf, 124, (u32)new_offset);
	put64(buf, 80, 1000000);
	recsum();
}

#define OUTSIDE	"new data offset lies outside the device"

static void reshapes(void)
{
	reshape(1, 3, 0, 100);
	ACCEPTED();
	CHECK_EQ(out.new_data_offset, out.data_offset);
	CHECK(!out.reshape_backwards);
	reshape(-1, 2, 0, 0);
	/* raid_disks is the new number: slot 2 still exists meanwhile. */
	buf[258] = 2;
	ACCEPTED();
	CHECK(out.reshape_backwards);
	CHECK_EQ(out.devs[1].role, 2);
	reshape(0, 2, MD_FEATURE_RESHAPE_BACKWARDS, 0);
	ACCEPTED();
	CHECK(out.reshape_backwards);

	reshape(2, 2, 0, 0);
	REFUSED(-EINVAL, "change in the number of devices is out of range");
	reshape(INT_MIN, 2, 0, 0);
	REFUSED(-EINVAL, "change in the number of devices is out of range");
	reshape(-1919, 2, 0, 0);
	REFUSED(-EINVAL, "change in the number of devices is out of range");
	reshape(0, 2, 0, 0);
	put64(buf, 104, ~0ULL);
	recsum();
	REFUSED(-EINVAL, "reshape position is out of range");
	reshape(0, 2, 0, 0);
	put32(buf, 120, ~0U);
	recsum();
	REFUSED(-EINVAL, "new chunk size is invalid");
	reshape(0, 2, MD_FEATURE_NEW_OFFSET, -2049);
	REFUSED(-EINVAL, OUTSIDE);
	reshape(0, 2, MD_FEATURE_NEW_OFFSET, -2040);
	REFUSED(-EINVAL, "new data offset overlaps the superblock");
	reshape(0, 2, MD_FEATURE_NEW_OFFSET, INT_MAX);
	REFUSED(-EINVAL, OUTSIDE);
	reshape(0, 2, MD_FEATURE_NEW_OFFSET, 1000000);
	ACCEPTED();
	CHECK_EQ(out.new_data_offset, 1002048);
	reshape(0, 2, MD_FEATURE_NEW_OFFSET, -2024);
	REFUSED(-EINVAL, "bad-block log overlaps the data");
}

static void clustered_decodes(void)
{
	golden();
	put32(buf, 8, MD_FEATURE_CLUSTERED);
	ACCEPTED();
	CHECK(out.clustered);
}

static void unfit_is_told(void)
{
	golden();
	ACCEPTED();
	CHECK(!FMT12->unfit(&out));
#define UNFIT(change, reason) do {					\
	sb = out;							\
	change;								\
	CHECK_STR(FMT12->unfit(&sb), reason);				\
} while (0)
	UNFIT(sb.dev_sectors = MD_SUPER_MAX_SECTORS + 1, "size is out of range");
	UNFIT(sb.nr_devs = 1921, "more devices than the superblock has room for");
	UNFIT(sb.dev_number = 2, "more devices than the superblock has room for");
	UNFIT(sb.new_data_offset += 1ULL << 31, "data moves too far");
	UNFIT((sb.bitmap_present = true, sb.bitmap_offset = 1LL << 31),
	      "bitmap is too far from the superblock");
	UNFIT((sb.ppl = true, sb.ppl_sectors = 1, sb.ppl_offset = 32768),
	      "partial parity log is too large or too far away");
	UNFIT(sb.bblog_sectors = 9, "bad-block log is too large");
	UNFIT((sb.bad_blocks = true, sb.bblog_sectors = 0),
	      "bad blocks are recorded but there is no log of them");
}

static void all_places(void)
{
	const char *why;
	unsigned int i;
	u64 start;

	for (i = 0; i < 3; i++) {
		golden();
		ACCEPTED();
		CHECK_EQ(md_super_v1[i].locate(BDEV, &start), 0);
		out.minor_version = i;
		out.super_offset = start;
		out.bblog_sectors = 0;
		out.bblog_offset = 0;
		out.data_offset = out.new_data_offset = i ? 16 : 0;
		out.data_sectors = md_super_v1[i].data_room(BDEV, start, out.data_offset);
		sb = out;
		memset(buf, 0, sizeof(buf));
		md_super_v1[i].encode(&sb, buf);
		CHECK_EQ(md_super_v1[i].decode(buf, start, BDEV, &out, &why), 0);
		CHECK_SAME(&sb, &out);
	}
}

static void mdadm_reads_ours(void)
{
	char *text;
	unsigned int i;
	u64 start;
	static const u64 sizes[] = { 204800, 204808, 204815 };

	for (i = 0; i < 9; i++) {
		const struct md_super_format *fmt = &md_super_v1[i % 3];
		u64 sectors = sizes[i / 3];

		golden();
		ACCEPTED();
		fmt->locate(sectors, &start);
		out.super_offset = start;
		out.bblog_sectors = 0;
		out.bblog_offset = 0;
		out.data_offset = out.new_data_offset = i % 3 ? 2048 : 0;
		out.data_sectors = 200000;
		out.dev_sectors = 200000;
		out.nr_devs = 200;
		memset(buf, 0, sizeof(buf));
		fmt->encode(&out, buf);
		text = mdadm_examine(buf, start, sectors);
		if (!text) {
			test_skipped = "no mdadm";
			return;
		}
		CHECK(examine_has(text, "Version", i % 3 == 0 ? "1.0" : i % 3 == 1 ? "1.1" : "1.2"));
		CHECK(examine_has(text, "Array UUID", "10111213:14151617:18191a1b:1c1d1e1f"));
		CHECK(examine_has(text, "Name", "host:mirror"));
		CHECK(examine_has(text, "Raid Level", "raid1"));
		CHECK(examine_has(text, "Raid Devices", "2"));
		CHECK(examine_has(text, "Avail Dev Size", "200000 sectors"));
		CHECK(examine_has(text, "State", "clean"));
		CHECK(examine_has(text, "Events", "17"));
		CHECK(examine_has(text, "Device Role", "Active device 1"));
		CHECK(examine_has(text, "Array State", "AA"));
		CHECK(strstr(text, "- correct"));
	}
}

int main(void)
{
	RUN(golden_image_decodes);
	RUN(golden_image_encodes);
	RUN(unaligned_buffer);
	RUN(unknown_bytes_are_kept);
	RUN(every_field_round_trips);
	RUN(ppl_and_journal_round_trip);
	RUN(resync_offset_and_clean);
	RUN(recovery_offset_needs_a_slot);
	RUN(table_of_devices_grows);
	RUN(bitmap_inside_the_block);
	RUN(array_fields_refused);
	RUN(device_fields_refused);
	RUN(areas_refused);
	RUN(reshapes);
	RUN(clustered_decodes);
	RUN(unfit_is_told);
	RUN(all_places);
	RUN(mdadm_reads_ours);
	return tests_end();
}
