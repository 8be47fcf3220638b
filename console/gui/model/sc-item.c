/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-item.h"

#include "common/sc-error.h"

#define TEXT_MAX_BYTES 65536u

typedef struct {
  char *key;
  ScJson *json;
} ScItemPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ScItem, sc_item, G_TYPE_OBJECT)

static guint signal_changed;

static void
sc_item_finalize (GObject *object)
{
  ScItemPrivate *private = sc_item_get_instance_private (SC_ITEM (object));

  g_free (private->key);
  g_clear_pointer (&private->json, json_decref);
  G_OBJECT_CLASS (sc_item_parent_class)->finalize (object);
}

static void
sc_item_class_init (ScItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_item_finalize;
  signal_changed =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sc_item_init (ScItem *self)
{
}

static void
take_over (ScItem *self, ScJson *json)
{
  ScItemPrivate *private = sc_item_get_instance_private (self);
  g_autoptr (ScJson) old = private->json; /* until nothing points into it any more */

  private->json = json_incref (json);
  SC_ITEM_GET_CLASS (self)->update (self, json);
}

ScItem *
sc_item_new (GType type, ScJson *json, GError **error)
{
  g_autoptr (ScItem) self = g_object_new (type, NULL);
  ScItemPrivate *private = sc_item_get_instance_private (self);

  private->key = SC_ITEM_GET_CLASS (self)->dup_key (json);
  if (private->key == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the console sent a %s without a name: is it of another version?",
                 g_type_name (type));
    return NULL;
  }
  take_over (self, json);
  return g_steal_pointer (&self);
}

const char *
sc_item_get_key (ScItem *self)
{
  ScItemPrivate *private = sc_item_get_instance_private (self);

  return private->key;
}

ScJson *
sc_item_get_json (ScItem *self)
{
  ScItemPrivate *private = sc_item_get_instance_private (self);

  return private->json;
}

gboolean
sc_item_update (ScItem *self, ScJson *json)
{
  ScItemPrivate *private = sc_item_get_instance_private (self);

  if (json_equal (private->json, json))
    return FALSE;
  take_over (self, json);
  g_signal_emit (self, signal_changed, 0);
  return TRUE;
}

int
sc_item_compare (ScItem *a, ScItem *b)
{
  int order = SC_ITEM_GET_CLASS (a)->compare != NULL ? SC_ITEM_GET_CLASS (a)->compare (a, b) : 0;

  return order != 0 ? order : g_strcmp0 (sc_item_get_key (a), sc_item_get_key (b));
}

char *
sc_item_dup_number_key (ScJson *json, const char *key)
{
  guint64 number = sc_item_number_of (json, key);

  return number > 0 ? g_strdup_printf ("%" G_GUINT64_FORMAT, number) : NULL;
}

const char *
sc_item_text_of (ScJson *object, const char *key)
{
  const char *text = sc_json_get_optional_string (object, key, TEXT_MAX_BYTES);

  return text != NULL ? text : "";
}

guint64
sc_item_number_of (ScJson *object, const char *key)
{
  return sc_json_get_optional_uint (object, key, 0);
}

gboolean
sc_item_flag_of (ScJson *object, const char *key)
{
  return sc_json_get_optional_bool (object, key, FALSE);
}

ScJson *
sc_item_names_of (ScJson *object, const char *key)
{
  ScJson *names = json_object_get (object, key);

  return json_array_size (names) > 0 ? names : NULL;
}

gint64
sc_item_time_of (ScJson *object, const char *key)
{
  const char *text = sc_item_text_of (object, key);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = *text != '\0' ? g_date_time_new_from_iso8601 (text, utc) : NULL;

  return time != NULL ? g_date_time_to_unix (time) * G_USEC_PER_SEC + g_date_time_get_microsecond (time) : 0;
}
