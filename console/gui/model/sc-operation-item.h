/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

typedef struct {
  guint64 id;
  const char *kind;  /* "publish", "verify", "gc", "rebuild-index" */
  const char *state; /* "running", "done", "failed", "cancelled" */
  const char *phase, *item;
  guint64 done, total;       /* bytes */
  const char *error_message; /* empty */
  ScJson *result;            /* (nullable) */
} ScOperationInfo;

/* Long work of the engine that somebody asked for. */
#define SC_TYPE_OPERATION_ITEM (sc_operation_item_get_type ())
G_DECLARE_FINAL_TYPE (ScOperationItem, sc_operation_item, SC, OPERATION_ITEM, ScItem)

const ScOperationInfo *sc_operation_item_get_info (ScOperationItem *self);
gboolean sc_operation_item_is_running (ScOperationItem *self);

G_END_DECLS
