/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScItem:
 *
 * One thing of the engine as the API shows it (a seat, a session, …): it keeps its key for life, and takes over each
 * object that the engine sends. What a subclass hands out points into the object it was last updated with, and is valid
 * until the next "changed". Main thread only, as all of the model.
 *
 * Signals: "changed" (): what the engine says of it differs from before
 */
#define SC_TYPE_ITEM (sc_item_get_type ())
G_DECLARE_DERIVABLE_TYPE (ScItem, sc_item, SC, ITEM, GObject)

struct _ScItemClass {
  GObjectClass parent_class;
  /* Returns: (transfer full) (nullable): the key in @json, NULL when it has none */
  char *(*dup_key) (ScJson *json);
  /* Takes over @json; the base keeps it alive. What is missing or mistyped gets its default. */
  void (*update) (ScItem *self, ScJson *json);
  /* (nullable): the order in a list; NULL: by key */
  int (*compare) (ScItem *a, ScItem *b);
};

/* Errors: %SC_ERROR_INVALID when @json has no key */
ScItem *sc_item_new (GType type, ScJson *json, GError **error);
const char *sc_item_get_key (ScItem *self);
/* (transfer none): what the engine said last */
ScJson *sc_item_get_json (ScItem *self);
/* Returns: whether anything differs; then "changed" was emitted */
gboolean sc_item_update (ScItem *self, ScJson *json);
int sc_item_compare (ScItem *a, ScItem *b);

/* For a class whose key is a number above 0. (nullable) (transfer full) */
char *sc_item_dup_number_key (ScJson *json, const char *key);

/* Members for people and models: "" / 0 / FALSE when one is missing or of another type. */
const char *sc_item_text_of (ScJson *object, const char *key);
guint64 sc_item_number_of (ScJson *object, const char *key);
gboolean sc_item_flag_of (ScJson *object, const char *key);
/* (nullable) (transfer none): an array that is not empty */
ScJson *sc_item_names_of (ScJson *object, const char *key);
/* µs since 1970; 0 when it is missing or empty */
gint64 sc_item_time_of (ScJson *object, const char *key);

G_END_DECLS
