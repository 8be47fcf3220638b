/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <jansson.h>

G_BEGIN_DECLS

#define SC_JSON_MAX_DEPTH 16u

typedef json_t ScJson;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScJson, json_decref)

/* Strict: UTF-8, no duplicate keys, at most @max_bytes and SC_JSON_MAX_DEPTH levels, an object at the top, nothing
 * behind it. Errors: %SC_ERROR_INVALID */
ScJson *sc_json_parse_object (const char *text, gsize length, gsize max_bytes, GError **error);
char *sc_json_to_text (const ScJson *value); /* compact, g_free() */

/* Members of an object, checked: a missing or mistyped one is %SC_ERROR_INVALID naming the key. */
const char *sc_json_get_string (const ScJson *object, const char *key, gsize max_bytes, GError **error);
const char *sc_json_get_optional_string (const ScJson *object, const char *key, gsize max_bytes); /* (nullable) */
gboolean sc_json_get_uint (const ScJson *object, const char *key, guint64 max, guint64 *value, GError **error);
guint64 sc_json_get_optional_uint (const ScJson *object, const char *key, guint64 fallback);
gboolean sc_json_get_optional_bool (const ScJson *object, const char *key, gboolean fallback);
gboolean sc_json_get_bool (const ScJson *object, const char *key, gboolean *value, GError **error);
ScJson *sc_json_get_array (const ScJson *object, const char *key, gsize max_items,
                           GError **error); /* (transfer none) */
/* An array of strings of at most @max_bytes each. Returns: (transfer full) (element-type utf8) */
GPtrArray *sc_json_get_strings (const ScJson *object, const char *key, gsize max_items, gsize max_bytes,
                                GError **error);
/* A text for people, cut so that it passes a cap of @max_bytes at the other end, and made valid UTF-8. */
void sc_json_set_text (ScJson *object, const char *key, const char *text, gsize max_bytes);
/* Counterpart of sc_json_get_strings(): the first @max_items of @strings. */
void sc_json_set_strings (ScJson *object, const char *key, GPtrArray *strings, gsize max_items);

G_END_DECLS
