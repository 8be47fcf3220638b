/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

typedef struct {
  guint64 number;
  const char *id; /* SHA-256 of its manifest, hex */
  const char *author, *note;
  gint64 created; /* µs since 1970 */
  guint64 size;   /* bytes */
  guint n_templates;
} ScVersionInfo;

/* A version; lists have the newest first. */
#define SC_TYPE_VERSION_ITEM (sc_version_item_get_type ())
G_DECLARE_FINAL_TYPE (ScVersionItem, sc_version_item, SC, VERSION_ITEM, ScItem)

const ScVersionInfo *sc_version_item_get_info (ScVersionItem *self);

G_END_DECLS
