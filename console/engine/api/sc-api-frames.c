/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-frames.h"

#include "common/sc-control.h"

#define FINAL 0x80
#define OPCODE 0x0f
#define CONTINUATION 0
#define MASKED 0x80
#define MASK_SIZE 4u
#define LENGTH_2 126 /* two bytes of length follow */
#define LENGTH_8 127
/* µs that a frame may take, and each PIECE of it: 2,000 a second. A seat at 10 Gbit/s reports some 300 times. */
#define FRAME_TIME 500
#define PIECE 4096u                      /* bytes */
#define MAX_PAYLOAD SC_CONTROL_MAX_BYTES /* libsoup refuses a longer one by its head */
#define BURST_TIME (5 * G_TIME_SPAN_SECOND)

static guint
get_head_size (const ScApiFrames *self)
{
  guint8 length = self->n_head < 2 ? 0 : self->head[1] & (guint8) ~MASKED;

  return length == LENGTH_2 ? 4 : length == LENGTH_8 ? 10 : 2;
}

static guint64
get_payload (const ScApiFrames *self, guint head_size)
{
  guint64 length = 0;

  if (head_size == 2)
    return self->head[1] & (guint8) ~MASKED;
  for (guint i = 2; i < head_size; i++)
    length = length << 8 | self->head[i];
  return length;
}

/* Whether the frame comes in its time, or not too far before (the generic cell rate algorithm, ITU-T I.371 A.2). */
static gboolean
pay (ScApiFrames *self, guint64 payload, gint64 now)
{
  self->paid_until = MAX (self->paid_until, now) + FRAME_TIME * (gint64) (1 + MIN (payload, MAX_PAYLOAD) / PIECE);
  return self->paid_until - now <= BURST_TIME;
}

gboolean
sc_api_frames_follow (ScApiFrames *self, const guint8 *data, gsize length, gint64 now)
{
  gsize at = 0;

  while (at < length) {
    gsize skipped = (gsize) MIN (self->left, length - at);
    guint head_size;

    self->left -= skipped;
    at += skipped;
    if (at == length)
      return TRUE;
    self->head[self->n_head++] = data[at++];
    if ((self->head[0] & FINAL) == 0 || (self->head[0] & OPCODE) == CONTINUATION)
      return FALSE;
    head_size = get_head_size (self);
    if (self->n_head < 2 || self->n_head < head_size)
      continue;
    self->left = get_payload (self, head_size);
    if (!pay (self, self->left, now))
      return FALSE;
    if ((self->head[1] & MASKED) != 0 && self->left <= G_MAXUINT64 - MASK_SIZE)
      self->left += MASK_SIZE;
    self->n_head = 0;
  }
  return TRUE;
}
