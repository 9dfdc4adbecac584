/* SPDX-License-Identifier: GPL-2.0 */
/* A test is a void function; CHECK marks it failed and goes on. */
#ifndef HARNESS_H
#define HARNESS_H

#include <stdio.h>
#include <stdlib.h>
#include <linux/types.h>
#include <linux/raid/md_p.h>

#include "md-super.h"

static unsigned int tests_run, tests_failed;
static bool test_failed;
static const char *test_skipped;

#define CHECK(cond) do {						\
	if (!(cond)) {							\
		printf("# %s:%d: %s\n", __FILE__, __LINE__, #cond);	\
		test_failed = true;					\
	}								\
} while (0)

#define CHECK_EQ(a, b) do {						\
	unsigned long long a_ = (unsigned long long)(a);		\
	unsigned long long b_ = (unsigned long long)(b);		\
									\
	if (a_ != b_) {							\
		printf("# %s:%d: %s is %#llx, expected %s = %#llx\n",	\
		       __FILE__, __LINE__, #a, a_, #b, b_);		\
		test_failed = true;					\
	}								\
} while (0)

#define CHECK_STR(a, b) do {						\
	const char *a_ = (a), *b_ = (b);				\
									\
	if (!a_ || strcmp(a_, b_)) {					\
		printf("# %s:%d: %s is \"%s\", expected \"%s\"\n",	\
		       __FILE__, __LINE__, #a, a_ ? a_ : "(null)", b_);	\
		test_failed = true;					\
	}								\
} while (0)

/* Two structs of one type, byte by byte. */
#define CHECK_SAME(a, b) do {						\
	const u8 *a_ = (const void *)(a), *b_ = (const void *)(b);	\
	size_t i_ = 0;							\
									\
	while (i_ < sizeof(*(a)) && a_[i_] == b_[i_])			\
		i_++;							\
	if (i_ < sizeof(*(a))) {					\
		printf("# %s:%d: %s and %s differ at byte %zu\n",	\
		       __FILE__, __LINE__, #a, #b, i_);			\
		test_failed = true;					\
	}								\
} while (0)

#define RUN(test) do {							\
	test_failed = false;						\
	test_skipped = NULL;						\
	test();								\
	tests_run++;							\
	tests_failed += test_failed;					\
	printf("%s %u - %s%s%s\n", test_failed ? "not ok" : "ok", tests_run,	\
	       #test, test_skipped ? " # SKIP " : "",			\
	       test_skipped ? test_skipped : "");			\
} while (0)

static inline int tests_end(void)
{
	printf("1..%u\n", tests_run);
	return tests_failed != 0;
}

static inline u32 get32(const u8 *buf, unsigned int off)
{
	return get_unaligned_le32(buf + off);
}

static inline void put32(u8 *buf, unsigned int off, u32 v)
{
	put_unaligned_le32(v, buf + off);
}

static inline void put64(u8 *buf, unsigned int off, u64 v)
{
	put_unaligned_le64(v, buf + off);
}

/* Independent of the codecs: the checksum of @words words, its own at @at. */
static inline void fix_csum(u8 *buf, unsigned int bytes, unsigned int at)
{
	u64 sum = 0;
	unsigned int i;

	put32(buf, at, 0);
	for (i = 0; i + 4 <= bytes; i += 4)
		sum += get32(buf, i);
	if (bytes % 4)
		sum += get_unaligned_le16(buf + i);
	put32(buf, at, (u32)((sum & 0xffffffff) + (sum >> 32)));
}

/*
 * What mdadm --examine says of a file of @sectors with @buf at @start, in a
 * buffer of its own; NULL where there is no mdadm.
 */
static inline char *mdadm_examine(const u8 *buf, u64 start, u64 sectors)
{
	static char text[16384];
	const char *mdadm = getenv("MDADM");
	char path[] = "/tmp/md-unit-XXXXXX", cmd[512];
	size_t n = 0;
	FILE *f;
	int fd;

	if (!mdadm)
		mdadm = "mdadm";
	snprintf(cmd, sizeof(cmd), "command -v %s >/dev/null 2>&1", mdadm);
	if (system(cmd))
		return NULL;
	fd = mkstemp(path);
	if (fd < 0)
		abort();
	f = fdopen(fd, "wb");
	if (fseek(f, (long)sectors * 512 - 1, SEEK_SET) || fputc(0, f) == EOF ||
	    fseek(f, (long)start * 512, SEEK_SET) ||
	    fwrite(buf, MD_SUPER_BYTES, 1, f) != 1 || fclose(f))
		abort();
	snprintf(cmd, sizeof(cmd), "LC_ALL=C %s --examine %s 2>&1", mdadm, path);
	f = popen(cmd, "r");
	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		pclose(f);
	}
	text[n] = 0;
	remove(path);
	return text;
}

/* A line "KEY : VALUE" of mdadm's output, blanks around the key as they come. */
static inline bool examine_has(const char *text, const char *key,
			       const char *value)
{
	const char *line, *colon;
	size_t len = strlen(key);

	for (line = text; line; line = strchr(line, '\n')) {
		line += strspn(line, " \n");
		if (strncmp(line, key, len))
			continue;
		colon = line + len + strspn(line + len, " ");
		if (*colon != ':')
			continue;
		colon += 1 + strspn(colon + 1, " ");
		if (!strncmp(colon, value, strlen(value)))
			return true;
	}
	printf("# mdadm does not say \"%s : %s\"\n", key, value);
	return false;
}

#endif
