/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-needs.h"

#include "common/sc-error.h"
#include "common/sc-path.h"

#define NAME_MAX_BYTES SC_PATH_MAX_COMPONENT

static const char *const ways[SC_N_WAYS] = { "new", "clone", "undo", "forward" };

const char *
sc_way_to_nick (ScWay way)
{
  return ways[way];
}

ScNeeds *
sc_needs_new (void)
{
  ScNeeds *self = g_new0 (ScNeeds, 1);

  self->busy = g_ptr_array_new_with_free_func (g_free);
  return self;
}

ScNeeds *
sc_needs_copy (const ScNeeds *self)
{
  ScNeeds *copy = g_memdup2 (self, sizeof *self);

  copy->busy = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->busy->len; i++)
    g_ptr_array_add (copy->busy, g_strdup (self->busy->pdata[i]));
  return copy;
}

void
sc_needs_free (ScNeeds *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->busy, g_ptr_array_unref);
  g_free (self);
}

static void
set_uint (ScJson *object, const char *key, guint64 value)
{
  json_object_set_new (object, key, json_integer ((json_int_t) value));
}

void
sc_needs_to_json (const ScNeeds *self, ScJson *object)
{
  ScJson *by_way = json_object ();

  set_uint (object, "lacks_bytes", self->lacks_bytes);
  set_uint (object, "local_bytes", self->local_bytes);
  set_uint (object, "peak_bytes", self->peak_bytes);
  set_uint (object, "free_bytes", self->free_bytes);
  set_uint (object, "reserve_bytes", self->reserve_bytes);
  set_uint (object, "missing_bytes", self->missing_bytes);
  for (guint i = 0; i < SC_N_WAYS; i++) {
    ScJson *way = json_object ();

    set_uint (way, "files", self->ways[i].files);
    set_uint (way, "bytes", self->ways[i].bytes);
    json_object_set_new (by_way, ways[i], way);
  }
  json_object_set_new (object, "ways", by_way);
  sc_json_set_strings (object, "busy", self->busy, SC_NEEDS_MAX_BUSY);
}

static gboolean
way_from_json (ScNeeds *self, const ScJson *by_way, guint way, GError **error)
{
  const ScJson *object = json_object_get (by_way, ways[way]);
  guint64 files = 0;

  if (!json_is_object (object)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The member “ways” says nothing of “%s”", ways[way]);
    return FALSE;
  }
  if (!sc_json_get_uint (object, "files", G_MAXUINT32, &files, error) ||
      !sc_json_get_uint (object, "bytes", G_MAXINT64, &self->ways[way].bytes, error))
    return FALSE;
  self->ways[way].files = (guint32) files;
  return TRUE;
}

ScNeeds *
sc_needs_from_json (const ScJson *object, GError **error)
{
  g_autoptr (ScNeeds) self = sc_needs_new ();
  const ScJson *by_way = json_object_get (object, "ways");

  if (!sc_json_get_uint (object, "lacks_bytes", G_MAXINT64, &self->lacks_bytes, error) ||
      !sc_json_get_uint (object, "local_bytes", G_MAXINT64, &self->local_bytes, error) ||
      !sc_json_get_uint (object, "peak_bytes", G_MAXINT64, &self->peak_bytes, error) ||
      !sc_json_get_uint (object, "free_bytes", G_MAXINT64, &self->free_bytes, error) ||
      !sc_json_get_uint (object, "reserve_bytes", G_MAXINT64, &self->reserve_bytes, error) ||
      !sc_json_get_uint (object, "missing_bytes", G_MAXINT64, &self->missing_bytes, error))
    return NULL;
  for (guint i = 0; i < SC_N_WAYS; i++)
    if (!way_from_json (self, by_way, i, error))
      return NULL;
  g_ptr_array_unref (self->busy);
  self->busy = sc_json_get_strings (object, "busy", SC_NEEDS_MAX_BUSY, NAME_MAX_BYTES, error);
  return self->busy != NULL ? g_steal_pointer (&self) : NULL;
}
