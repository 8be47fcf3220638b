/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-json.h"

#include <stdlib.h>
#include <string.h>

#include "common/sc-error.h"

/* Counts brackets outside strings, so that a text which nests too deeply never reaches the parser, which recurses. */
static gboolean
depth_is_allowed (const char *text, gsize length)
{
  guint depth = 0;
  gboolean in_string = FALSE;
  for (gsize i = 0; i < length; i++) {
    char c = text[i];
    if (in_string) {
      if (c == '\\')
        i++;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = TRUE;
    } else if (c == '{' || c == '[') {
      if (++depth > SC_JSON_MAX_DEPTH)
        return FALSE;
    } else if ((c == '}' || c == ']') && depth > 0) {
      depth--;
    }
  }
  return TRUE;
}

ScJson *
sc_json_parse_object (const char *text, gsize length, gsize max_bytes, GError **error)
{
  if (length > max_bytes) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "The JSON text has %" G_GSIZE_FORMAT " bytes; at most %" G_GSIZE_FORMAT " are allowed here", length,
                 max_bytes);
    return NULL;
  }
  if (!depth_is_allowed (text, length)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The JSON text nests more than %u levels deep", SC_JSON_MAX_DEPTH);
    return NULL;
  }
  json_error_t failure = { 0 };
  g_autoptr (ScJson) value = json_loadb (text, length, JSON_REJECT_DUPLICATES, &failure);
  if (value == NULL) {
    g_autofree char *message =
        g_utf8_make_valid (failure.text, -1); /* Jansson may cut a character of the input in two */
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "Not valid JSON at line %d, column %d: %s", failure.line,
                 failure.column, message);
    return NULL;
  }
  if (!json_is_object (value)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The JSON text must be an object, from “{” to “}”");
    return NULL;
  }
  return g_steal_pointer (&value);
}

char *
sc_json_to_text (const ScJson *value)
{
  char *text = json_dumps (value, JSON_COMPACT | JSON_ENCODE_ANY);
  if (text == NULL)
    g_error ("A JSON value could not be written: out of memory, or it contains itself");
  char *copy = g_strdup (text);
  free (text); /* Jansson's own allocator */
  return copy;
}

static void
set_member_error (GError **error, const ScJson *object, const char *key, const char *expected)
{
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The member “%s” %s: it must be %s", key,
               json_object_get (object, key) == NULL ? "is missing" : "is not as it should be", expected);
}

const char *
sc_json_get_string (const ScJson *object, const char *key, gsize max_bytes, GError **error)
{
  const char *value = sc_json_get_optional_string (object, key, max_bytes);
  if (value == NULL) {
    g_autofree char *expected = g_strdup_printf ("a string of at most %" G_GSIZE_FORMAT " bytes", max_bytes);
    set_member_error (error, object, key, expected);
  }
  return value;
}

const char *
sc_json_get_optional_string (const ScJson *object, const char *key, gsize max_bytes)
{
  const ScJson *value = json_object_get (object, key);
  return json_is_string (value) && json_string_length (value) <= max_bytes ? json_string_value (value) : NULL;
}

gboolean
sc_json_get_uint (const ScJson *object, const char *key, guint64 max, guint64 *value, GError **error)
{
  const ScJson *member = json_object_get (object, key);
  json_int_t number = json_integer_value (member);
  if (json_is_integer (member) && number >= 0 && (guint64) number <= max) {
    *value = (guint64) number;
    return TRUE;
  }
  g_autofree char *expected = g_strdup_printf ("a whole number from 0 to %" G_GUINT64_FORMAT, max);
  set_member_error (error, object, key, expected);
  return FALSE;
}

guint64
sc_json_get_optional_uint (const ScJson *object, const char *key, guint64 fallback)
{
  const ScJson *member = json_object_get (object, key);
  json_int_t number = json_integer_value (member);
  return json_is_integer (member) && number >= 0 ? (guint64) number : fallback;
}

gboolean
sc_json_get_optional_bool (const ScJson *object, const char *key, gboolean fallback)
{
  const ScJson *member = json_object_get (object, key);
  return json_is_boolean (member) ? json_is_true (member) : fallback;
}

gboolean
sc_json_get_bool (const ScJson *object, const char *key, gboolean *value, GError **error)
{
  const ScJson *member = json_object_get (object, key);
  if (!json_is_boolean (member)) {
    set_member_error (error, object, key, "true or false");
    return FALSE;
  }
  *value = json_is_true (member);
  return TRUE;
}

ScJson *
sc_json_get_array (const ScJson *object, const char *key, gsize max_items, GError **error)
{
  ScJson *member = json_object_get (object, key);
  if (json_is_array (member) && json_array_size (member) <= max_items)
    return member;
  g_autofree char *expected = g_strdup_printf ("an array of at most %" G_GSIZE_FORMAT " items", max_items);
  set_member_error (error, object, key, expected);
  return NULL;
}

GPtrArray *
sc_json_get_strings (const ScJson *object, const char *key, gsize max_items, gsize max_bytes, GError **error)
{
  const ScJson *array = sc_json_get_array (object, key, max_items, error);
  g_autoptr (GPtrArray) strings = g_ptr_array_new_with_free_func (g_free);
  if (array == NULL)
    return NULL;
  for (gsize i = 0; i < json_array_size (array); i++) {
    const ScJson *item = json_array_get (array, i);
    if (!json_is_string (item) || json_string_length (item) > max_bytes) {
      g_autofree char *expected =
          g_strdup_printf ("an array of strings of at most %" G_GSIZE_FORMAT " bytes each", max_bytes);
      set_member_error (error, object, key, expected);
      return NULL;
    }
    g_ptr_array_add (strings, g_strdup (json_string_value (item)));
  }
  return g_steal_pointer (&strings);
}

void
sc_json_set_strings (ScJson *object, const char *key, GPtrArray *strings, gsize max_items)
{
  ScJson *array = json_array ();
  for (guint i = 0; i < MIN (strings->len, max_items); i++)
    json_array_append_new (array, json_string (g_ptr_array_index (strings, i)));
  json_object_set_new (object, key, array);
}

void
sc_json_set_text (ScJson *object, const char *key, const char *text, gsize max_bytes)
{
  const char *some = text != NULL ? text : "";
  /* a character more than goes in, lest the last one be cut in two and replaced */
  g_autofree char *valid = g_utf8_make_valid (some, (gssize) strnlen (some, max_bytes + 4));
  const char *end = valid + MIN (strlen (valid), max_bytes);

  while (((guchar) *end & 0xc0) == 0x80)
    end--;
  json_object_set_new (object, key, json_stringn (valid, (size_t) (end - valid)));
}
