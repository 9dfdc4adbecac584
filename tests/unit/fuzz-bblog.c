// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u64 raw, start = 0, sectors = 0;
	int ret;

	if (size < 9)
		return 0;
	memcpy(&raw, data, 8);
	ret = md_bblog_decode_entry(raw, data[8], &start, &sectors);
	if (raw == ~0ULL) {
		ASSERT(ret == 0);
		return 0;
	}
	if (ret == -EINVAL) {
		/* Refused for a reason: empty, or not to be held in 64 bits. */
		unsigned __int128 end = (raw >> 10) + (raw & 1023);

		ASSERT(!(raw & 1023) || data[8] > 53 || (end << data[8]) >> 64);
		return 0;
	}
	ASSERT(ret == 1 && sectors && start + sectors > start);
	ASSERT((start >> data[8] << 10 | sectors >> data[8]) == raw);
	return 0;
}
