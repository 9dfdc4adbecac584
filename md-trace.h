/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM md

#if !defined(MD_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define MD_TRACE_H

#include <linux/tracepoint.h>
#include "md-internal.h"

DECLARE_EVENT_CLASS(md_gate_class,
	TP_PROTO(struct mddev *mddev, int depth),
	TP_ARGS(mddev, depth),
	TP_STRUCT__entry(
		__string(name, mdname(mddev))
		__field(int, depth)
	),
	TP_fast_assign(
		__assign_str(name);
		__entry->depth = depth;
	),
	TP_printk("%s depth=%d", __get_str(name), __entry->depth)
);

/* The gate is closed and drained; depth counts nested suspends. */
DEFINE_EVENT(md_gate_class, md_suspend,
	TP_PROTO(struct mddev *mddev, int depth), TP_ARGS(mddev, depth));
DEFINE_EVENT(md_gate_class, md_resume,
	TP_PROTO(struct mddev *mddev, int depth), TP_ARGS(mddev, depth));

TRACE_EVENT(md_sync_state,
	TP_PROTO(struct mddev *mddev, enum md_sync_state from,
		 enum md_sync_state to),
	TP_ARGS(mddev, from, to),
	TP_STRUCT__entry(
		__string(name, mdname(mddev))
		__string(action, md_sync_action_names[mddev->sync.action])
		__string(from, md_sync_state_names[from])
		__string(to, md_sync_state_names[to])
		__field(u64, completed)
	),
	TP_fast_assign(
		__assign_str(name);
		__assign_str(action);
		__assign_str(from);
		__assign_str(to);
		__entry->completed = mddev->sync.completed;
	),
	TP_printk("%s %s: %s -> %s at %llu", __get_str(name), __get_str(action),
		  __get_str(from), __get_str(to), __entry->completed)
);

TRACE_EVENT(md_sb_write,
	TP_PROTO(struct mddev *mddev, u64 generation, int written, int failed),
	TP_ARGS(mddev, generation, written, failed),
	TP_STRUCT__entry(
		__string(name, mdname(mddev))
		__field(u64, generation)
		__field(u64, events)
		__field(int, written)
		__field(int, failed)
	),
	TP_fast_assign(
		__assign_str(name);
		__entry->generation = generation;
		__entry->events = mddev->events;
		__entry->written = written;
		__entry->failed = failed;
	),
	TP_printk("%s generation=%llu events=%llu written=%d failed=%d",
		  __get_str(name), __entry->generation, __entry->events,
		  __entry->written, __entry->failed)
);

TRACE_EVENT(md_member_failed,
	TP_PROTO(struct mddev *mddev, struct md_rdev *rdev, bool kept),
	TP_ARGS(mddev, rdev, kept),
	TP_STRUCT__entry(
		__string(name, mdname(mddev))
		__field(dev_t, dev)
		__field(int, slot)
		__field(bool, kept)
	),
	TP_fast_assign(
		__assign_str(name);
		__entry->dev = rdev->devt;
		__entry->slot = rdev->raid_disk;
		__entry->kept = kept;
	),
	TP_printk("%s member %d:%d slot=%d kept=%d", __get_str(name),
		  MAJOR(__entry->dev), MINOR(__entry->dev), __entry->slot,
		  __entry->kept)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE md-trace
#include <trace/define_trace.h>
