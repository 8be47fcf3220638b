/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A link that carries less than what is sent to it, and the queue before it: what does not fit is dropped (tail drop).
 * Times in µs. */
typedef struct {
  guint64 rate;  /* bits/s; 0: whatever comes */
  guint64 queue; /* bytes */
  gint64 free;   /* when it has carried what it has */
  guint64 bits;  /* that are not counted in it */
} ScBottleneck;

/* @length: with all headers. Returns: FALSE when it is dropped */
gboolean sc_bottleneck_pass (ScBottleneck *self, gsize length, gint64 now);

G_END_DECLS
