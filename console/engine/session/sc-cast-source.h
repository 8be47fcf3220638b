/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Where a ScCastDriver gets the blocks that it sends: frames from the store (ScSessionReader), or bytes in memory. All
 * functions are called from one thread at a time, which is not the one that made it.
 */
typedef struct {
  gpointer object;
  /* Asked for in order, each once. Returns: (transfer full): sc_cast_layout_block_bytes() bytes */
  GBytes *(*read_block) (gpointer object, guint32 block, GError **error);
  GDestroyNotify free_object; /* (nullable) */
} ScCastSource;

G_END_DECLS
