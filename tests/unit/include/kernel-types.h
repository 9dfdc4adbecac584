/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few kernel helpers that the pure sources use, for userspace. The headers
 * in linux/ beside this file stand for the kernel's and lead here.
 */
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#include <endian.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef long long s64;

#define U8_MAX		((u8)~0U)
#define U16_MAX		((u16)~0U)
#define U32_MAX		((u32)~0U)
#define U64_MAX		((u64)~0ULL)

/* As in the kernel, only one of the two is defined. */
#if __BYTE_ORDER == __LITTLE_ENDIAN
#undef __BIG_ENDIAN
#else
#undef __LITTLE_ENDIAN
#endif

#ifndef static_assert
#define static_assert(expr, ...)	_Static_assert(expr, #expr)
#endif

#define BIT(n)			(1UL << (n))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

#define min(a, b) ({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); \
		     (void)(&a_ == &b_); a_ < b_ ? a_ : b_; })
#define max(a, b) ({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); \
		     (void)(&a_ == &b_); a_ > b_ ? a_ : b_; })
#define min_t(type, a, b) ({ type a_ = (a); type b_ = (b); a_ < b_ ? a_ : b_; })
#define max_t(type, a, b) ({ type a_ = (a); type b_ = (b); a_ > b_ ? a_ : b_; })
#define clamp(v, lo, hi) ({ __typeof__(v) v_ = (v), lo_ = (lo), hi_ = (hi); \
			    v_ < lo_ ? lo_ : v_ > hi_ ? hi_ : v_; })

#define get_unaligned(p) ({						\
	struct { __typeof__(*(p)) x; } __attribute__((packed)) const *u_ = \
		(const void *)(p);					\
	u_->x; })
#define put_unaligned(v, p) do {					\
	struct { __typeof__(*(p)) x; } __attribute__((packed)) *u_ =	\
		(void *)(p);						\
	u_->x = (v);							\
} while (0)

#define __force
#define ilog2(n)		(63 - __builtin_clzll(n))
#define is_power_of_2(n)	((n) && !((n) & ((n) - 1)))

#define check_add_overflow(a, b, d)	__builtin_add_overflow(a, b, d)
#define check_sub_overflow(a, b, d)	__builtin_sub_overflow(a, b, d)
#define check_mul_overflow(a, b, d)	__builtin_mul_overflow(a, b, d)

#define cpu_to_le32(v)		htole32(v)
#define cpu_to_le64(v)		htole64(v)
#define le32_to_cpu(v)		le32toh(v)
#define le64_to_cpu(v)		((u64)le64toh(v))

#define KERNEL_LE(bits)							\
static inline u##bits get_unaligned_le##bits(const void *p)		\
{									\
	u##bits v;							\
									\
	memcpy(&v, p, sizeof(v));					\
	return le##bits##toh(v);					\
}									\
									\
static inline void put_unaligned_le##bits(u##bits v, void *p)		\
{									\
	v = htole##bits(v);						\
	memcpy(p, &v, sizeof(v));					\
}
KERNEL_LE(16)
KERNEL_LE(32)
KERNEL_LE(64)

#endif
