// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"
#include "md-bitmap-format.h"

/* The input is a change to a good superblock, then a size of the array. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct md_bitmap_head head = {
		.version = 4, .sync_size = 1 << 20, .chunk_bytes = 1 << 20,
		.sleep = 5,
	};
	u8 buf[MD_BITMAP_HEAD_BYTES], again[MD_BITMAP_HEAD_BYTES];
	u64 sectors = 1 << 20, chunks;
	const char *why = NULL;
	size_t i;
	int ret;

	md_bitmap_encode(&head, buf);
	for (i = 0; i < size && i < sizeof(buf); i++)
		buf[i] ^= data[i];
	if (size >= sizeof(buf) + 8)
		memcpy(&sectors, data + sizeof(buf), 8);
	ret = md_bitmap_decode(buf, &head, &why);
	ASSERT((ret == 0) == (why == NULL));
	if (ret)
		return 0;

	ASSERT(head.chunk_bytes >= 512 && head.sleep && head.write_behind < 16384);
	chunks = md_bitmap_chunks(sectors, head.chunk_bytes);
	ASSERT(chunks <= sectors);
	ASSERT((unsigned __int128)chunks * (head.chunk_bytes / 512) >= sectors);
	ASSERT(md_bitmap_bytes(chunks, 256) >= 256);
	ASSERT(md_bitmap_fit_chunk(sectors, head.chunk_bytes, ~0ULL, 256) ==
	       head.chunk_bytes);
	md_bitmap_encode(&head, again);
	ASSERT(!md_bitmap_decode(again, &head, &why));
	return 0;
}
