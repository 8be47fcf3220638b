/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScApiFrames:
 *
 * Follows the frames of a WebSocket (RFC 6455 §5.2) as a client sends them, however they are cut on the way.
 * libsoup 3.2 caps a frame, but gathers the parts of a message without an end, reads as long as anything comes before
 * anybody else has a turn, and keeps an answer for each ping. No client of ours sends a message in parts, or thousands
 * of messages a second: who does is refused. A plain struct, zero at the beginning.
 */
typedef struct {
  guint8 head[10]; /* of the frame whose head is being read: 2 bytes, and up to 8 of its length */
  guint n_head;
  guint64 left;      /* bytes of the frame behind these: mask and payload */
  gint64 paid_until; /* µs: how long all frames before may take together */
} ScApiFrames;

/* @data: what comes next; @now: µs, monotonic. Returns: FALSE for a part of a message, or too many; then all is lost */
gboolean sc_api_frames_follow (ScApiFrames *self, const guint8 *data, gsize length, gint64 now);

G_END_DECLS
