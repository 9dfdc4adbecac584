// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 raw[MD_SUPER_BYTES + 8];
	static struct md_super sb;
	u8 *buf = raw + (size & 7);
	const struct md_super_format *fmt;
	const char *why = NULL;
	u64 bdev, start, sum = 0;
	u32 max_dev, bytes, i;
	u8 mode;
	int ret;

	if (size < 9)
		return 0;
	mode = data[0];
	memcpy(&bdev, data + 1, 8);
	data += 9;
	size -= 9;
	memset(raw, 0, sizeof(raw));
	bdev ^= 1ULL << 21;
	fmt = &md_super_v1[mode % 3];
	if (bdev > MD_SUPER_MAX_SECTORS || fmt->locate(bdev, &start))
		return 0;

	put_unaligned_le32(1, buf + 72);		/* level */
	put_unaligned_le64(1000000, buf + 80);		/* size */
	put_unaligned_le32(2, buf + 92);		/* raid_disks */
	put_unaligned_le32(24, buf + 96);		/* bitmap, PPL */
	put_unaligned_le64(2048, buf + 128);		/* data_offset */
	put_unaligned_le64(1500000, buf + 136);		/* data_size */
	put_unaligned_le16(8, buf + 186);		/* bblog_size */
	put_unaligned_le32(start == 8 ? 16 : -8, buf + 188);
	put_unaligned_le32(4, buf + 220);		/* max_dev */
	put_unaligned_le16(1, buf + 258);
	xor_input(buf, data, size);
	put_unaligned_le32(MD_SB_MAGIC, buf);
	put_unaligned_le32(1, buf + 4);
	put_unaligned_le64(start, buf + 144);
	if (mode & 4)
		put_unaligned_le32(get_unaligned_le32(buf + 8) & 0x1fff, buf + 8);
	if (mode & 8)	/* a data area that fits */
		put_unaligned_le64(get_unaligned_le64(buf + 128) % bdev, buf + 128);
	if (mode & 16)
		put_unaligned_le64(get_unaligned_le64(buf + 136) % bdev, buf + 136);
	if (mode & 32)
		put_unaligned_le64(get_unaligned_le64(buf + 80) % bdev, buf + 80);
	if (mode & 64)
		put_unaligned_le32(get_unaligned_le32(buf + 92) % 1921, buf + 92);
	max_dev = get_unaligned_le32(buf + 220);
	if (max_dev > MD_SUPER_MAX_DEVS && mode & 128) {
		max_dev %= MD_SUPER_MAX_DEVS + 1;
		put_unaligned_le32(max_dev, buf + 220);
	}
	if (max_dev <= MD_SUPER_MAX_DEVS) {
		bytes = 256 + 2 * max_dev;
		put_unaligned_le32(0, buf + 216);
		for (i = 0; i + 4 <= bytes; i += 4)
			sum += get_unaligned_le32(buf + i);
		if (i < bytes)
			sum += get_unaligned_le16(buf + i);
		put_unaligned_le32((u32)((sum & 0xffffffff) + (sum >> 32)),
				   buf + 216);
	}

	ret = fmt->decode(buf, start, bdev, &sb, &why);
	if (ret) {
		ASSERT(why && (ret == -EINVAL || ret == -EOPNOTSUPP));
		return 0;
	}
	assert_ranges(&sb, start, bdev);
	assert_round_trip(fmt, &sb, buf, start, bdev);
	return 0;
}
