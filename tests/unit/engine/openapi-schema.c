/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/openapi-schema.h"

#include "common/sc-error.h"

#include <string.h>

const ScJson *
openapi_resolve (const ScJson *document, const ScJson *node)
{
  const char *reference = json_string_value (json_object_get (node, "$ref"));
  g_auto (GStrv) keys = NULL;
  const ScJson *found = document;

  if (reference == NULL)
    return node;
  g_assert_true (g_str_has_prefix (reference, "#/"));
  keys = g_strsplit (reference + 2, "/", -1);
  for (guint i = 0; keys[i] != NULL; i++) {
    found = json_object_get (found, keys[i]);
    if (found == NULL)
      g_error ("%s leads nowhere", reference);
  }
  return openapi_resolve (document, found);
}

static gboolean G_GNUC_PRINTF (3, 4) invalid (GError **error, const char *where, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s: %s", where, message);
  return FALSE;
}

static gboolean
has_type (const ScJson *value, const char *type)
{
  if (g_str_equal (type, "object"))
    return json_is_object (value);
  if (g_str_equal (type, "array"))
    return json_is_array (value);
  if (g_str_equal (type, "string"))
    return json_is_string (value);
  if (g_str_equal (type, "integer"))
    return json_is_integer (value);
  if (g_str_equal (type, "boolean"))
    return json_is_boolean (value);
  g_error ("the type %s is not known to this test", type);
}

static gboolean
validate_required (const ScJson *required, const ScJson *value, const char *where, GError **error)
{
  for (gsize i = 0; i < json_array_size (required); i++) {
    const char *key = json_string_value (json_array_get (required, i));

    if (json_object_get (value, key) == NULL)
      return invalid (error, where, "the member %s is missing", key);
  }
  return TRUE;
}

static gboolean
validate_members (const ScJson *document, const ScJson *schema, const ScJson *value, const char *where, GError **error)
{
  const ScJson *properties = json_object_get (schema, "properties");
  gboolean closed = json_is_false (json_object_get (schema, "additionalProperties"));
  const char *key = NULL;
  json_t *member = NULL;

  json_object_foreach ((json_t *) value, key, member)
  {
    const ScJson *rule = json_object_get (properties, key);
    g_autofree char *below = g_strdup_printf ("%s.%s", where, key);

    if (rule == NULL && closed)
      return invalid (error, below, "the schema has no such member");
    if (rule != NULL && !openapi_validate (document, rule, member, below, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
validate_items (const ScJson *document, const ScJson *items, const ScJson *value, const char *where, GError **error)
{
  for (gsize i = 0; i < json_array_size (value); i++) {
    g_autofree char *below = g_strdup_printf ("%s[%" G_GSIZE_FORMAT "]", where, i);

    if (!openapi_validate (document, items, json_array_get (value, i), below, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
validate_enum (const ScJson *allowed, const ScJson *value, const char *where, GError **error)
{
  for (gsize i = 0; i < json_array_size (allowed); i++)
    if (json_equal (json_array_get (allowed, i), value))
      return TRUE;
  return invalid (error, where, "the value is none of the enum's");
}

static gboolean
validate_text (const ScJson *schema, const ScJson *value, const char *where, GError **error)
{
  const char *text = json_string_value (value);
  const char *pattern = json_string_value (json_object_get (schema, "pattern"));
  const char *format = json_string_value (json_object_get (schema, "format"));
  g_autoptr (GDateTime) date = NULL;

  if (pattern != NULL && !g_regex_match_simple (pattern, text, 0, 0))
    return invalid (error, where, "“%s” does not match %s", text, pattern);
  if (g_strcmp0 (format, "date-time") != 0)
    return TRUE;
  date = g_date_time_new_from_iso8601 (text, NULL);
  return (date != NULL && g_str_has_suffix (text, "Z")) || invalid (error, where, "“%s” is not a time in UTC", text);
}

static gboolean
validate_number (const ScJson *schema, const ScJson *value, const char *where, GError **error)
{
  const ScJson *minimum = json_object_get (schema, "minimum");
  const ScJson *maximum = json_object_get (schema, "maximum");
  json_int_t number = json_integer_value (value);

  if ((minimum != NULL && number < json_integer_value (minimum)) ||
      (maximum != NULL && number > json_integer_value (maximum)))
    return invalid (error, where, "%lld is out of bounds", number);
  return TRUE;
}

static gboolean
validate_combined (const ScJson *document, const ScJson *schema, const ScJson *value, const char *where, GError **error)
{
  const ScJson *all = json_object_get (schema, "allOf");
  const ScJson *one = json_object_get (schema, "oneOf");
  guint n_fitting = 0;

  for (gsize i = 0; i < json_array_size (all); i++)
    if (!openapi_validate (document, json_array_get (all, i), value, where, error))
      return FALSE;
  for (gsize i = 0; i < json_array_size (one); i++)
    n_fitting += openapi_validate (document, json_array_get (one, i), value, where, NULL);
  if (one != NULL && n_fitting != 1)
    return invalid (error, where, "%u of the schemas of oneOf fit", n_fitting);
  return TRUE;
}

static void
check_keywords (const ScJson *schema)
{
  static const char *const known[] = { "type",
                                       "properties",
                                       "required",
                                       "items",
                                       "enum",
                                       "nullable",
                                       "pattern",
                                       "format",
                                       "minimum",
                                       "maximum",
                                       "allOf",
                                       "oneOf",
                                       "default",
                                       "description",
                                       "maxLength",
                                       "maxItems",
                                       "additionalProperties",
                                       NULL };
  const char *key = NULL;
  json_t *rule = NULL;

  json_object_foreach ((json_t *) schema, key, rule) if (!g_strv_contains (known, key))
      g_error ("the keyword %s is not known to this test", key);
}

gboolean
openapi_validate (const ScJson *document, const ScJson *schema, const ScJson *value, const char *where, GError **error)
{
  const char *type = NULL;

  schema = openapi_resolve (document, schema);
  check_keywords (schema);
  if (json_is_null (value))
    return json_is_true (json_object_get (schema, "nullable")) || invalid (error, where, "null is not allowed");
  type = json_string_value (json_object_get (schema, "type"));
  if (type != NULL && !has_type (value, type))
    return invalid (error, where, "the value is not of type %s", type);
  if (json_object_get (schema, "enum") != NULL &&
      !validate_enum (json_object_get (schema, "enum"), value, where, error))
    return FALSE;
  if (json_is_string (value) && !validate_text (schema, value, where, error))
    return FALSE;
  if (json_is_integer (value) && !validate_number (schema, value, where, error))
    return FALSE;
  if (json_is_array (value) && json_object_get (schema, "items") != NULL &&
      !validate_items (document, json_object_get (schema, "items"), value, where, error))
    return FALSE;
  if (json_is_object (value) && (!validate_required (json_object_get (schema, "required"), value, where, error) ||
                                 !validate_members (document, schema, value, where, error)))
    return FALSE;
  return validate_combined (document, schema, value, where, error);
}

ScJson *
openapi_load (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "..", "..", "..", "console", "engine", "api", "openapi.json", NULL);
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr (GError) error = NULL;
  json_error_t json_error;
  ScJson *document = NULL;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  document = json_loadb (text, length, JSON_REJECT_DUPLICATES, &json_error);
  if (document == NULL)
    g_error ("%s:%d: %s", path, json_error.line, json_error.text);
  return document;
}
