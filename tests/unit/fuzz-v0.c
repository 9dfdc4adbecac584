// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 raw[MD_SUPER_BYTES + 8];
	static struct md_super sb;
	u8 *buf = raw + (size & 7);
	mdp_super_t fixed;
	const char *why = NULL;
	u64 bdev, start, sum = 0;
	u32 words[MD_SB_WORDS];
	unsigned int i;
	int ret;

	if (size < 8)
		return 0;
	memcpy(&bdev, data, 8);
	data += 8;
	size -= 8;
	memset(raw, 0, sizeof(raw));
	bdev ^= 1ULL << 34;
	if (bdev > MD_SUPER_MAX_SECTORS || md_super_v090.locate(bdev, &start))
		return 0;

	memset(&fixed, 0, sizeof(fixed));
	fixed.minor_version = 90;
	fixed.level = 1;
	fixed.size = 500000;
	fixed.raid_disks = 3;
	for (i = 0; i < 4; i++) {
		fixed.disks[i].number = i;
		fixed.disks[i].major = 8;
		fixed.disks[i].minor = 16 * i;
		fixed.disks[i].raid_disk = i;
		fixed.disks[i].state = i < 3 ? 6 : 0;
	}
	memcpy(buf, &fixed, sizeof(fixed));
	xor_input(buf, data, size);
	memcpy(&fixed, buf, sizeof(fixed));
	fixed.md_magic = MD_SB_MAGIC;
	fixed.major_version = 0;
	fixed.minor_version = 90 + (fixed.minor_version & 1);
	fixed.raid_disks %= 29;
	fixed.this_disk.number %= 28;
	fixed.chunk_size &= ~511U | (fixed.ctime & 1);
	if (fixed.delta_disks & 64)
		fixed.delta_disks = (u32)((int)(fixed.delta_disks & 31) - 16);
	for (i = 0; i < MD_SB_DISKS; i++)
		if (fixed.disks[i].raid_disk & 64)
			fixed.disks[i].raid_disk &= 31;
	fixed.sb_csum = 0;
	memcpy(words, &fixed, sizeof(words));
	for (i = 0; i < MD_SB_WORDS; i++)
		sum += words[i];
	fixed.sb_csum = (u32)((sum & 0xffffffff) + (sum >> 32));
	memcpy(buf, &fixed, sizeof(fixed));

	ret = md_super_v090.decode(buf, start, bdev, &sb, &why);
	if (ret) {
		ASSERT(why && (ret == -EINVAL || ret == -EOPNOTSUPP));
		return 0;
	}
	assert_ranges(&sb, start, bdev);
	assert_round_trip(&md_super_v090, &sb, buf, start, bdev);
	return 0;
}
