/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item.h"

G_BEGIN_DECLS

typedef struct {
  const char *name, *role; /* the API's nick of the role */
  gboolean disabled;
  gint64 signed_in; /* µs since 1970, the last time; 0: never */
} ScUserInfo;

/* Somebody who may sign in. The key is the name. */
#define SC_TYPE_USER_ITEM (sc_user_item_get_type ())
G_DECLARE_FINAL_TYPE (ScUserItem, sc_user_item, SC, USER_ITEM, ScItem)

const ScUserInfo *sc_user_item_get_info (ScUserItem *self);

G_END_DECLS
