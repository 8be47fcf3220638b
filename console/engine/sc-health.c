/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-health.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-figures.h"

#include <gio/gio.h>

struct _ScHealth {
  ScCatalog *catalog;
  char *directory;
  gint64 looked; /* µs; 0: never */
  guint64 free_bytes;
  const char *catalog_fails, *disk_fails; /* (nullable): why */
};

ScHealth *
sc_health_new (ScCatalog *catalog, const char *directory)
{
  ScHealth *self = g_new0 (ScHealth, 1);

  self->catalog = catalog;
  self->directory = g_strdup (directory);
  return self;
}

void
sc_health_free (ScHealth *self)
{
  if (self == NULL)
    return;
  g_free (self->directory);
  g_free (self);
}

static void
look_at_catalog (ScHealth *self)
{
  g_autoptr (GError) error = NULL;
  const char *before = self->catalog_fails;

  self->catalog_fails = NULL;
  if (sc_catalog_try_write (self->catalog, &error))
    return;
  if (g_error_matches (error, SC_ERROR, SC_ERROR_NO_SPACE))
    self->catalog_fails = "no space is left for it";
  else if (g_error_matches (error, SC_ERROR, SC_ERROR_CORRUPT))
    self->catalog_fails = "it is damaged";
  else if (g_error_matches (error, SC_ERROR, SC_ERROR_BUSY))
    self->catalog_fails = "another process has it locked";
  else
    self->catalog_fails = "it cannot be written";
  if (before == NULL)
    g_warning ("the engine is not healthy: %s", error->message);
}

static void
look_at_disk (ScHealth *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->directory);
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
  const char *before = self->disk_fails;

  self->disk_fails = NULL;
  if (info == NULL) {
    self->disk_fails = "the directory of the engine cannot be looked at";
  } else {
    self->free_bytes = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
    if (self->free_bytes < SC_HEALTH_MIN_FREE)
      self->disk_fails = "its disk is full: nothing more can be published";
  }
  if (self->disk_fails != NULL && before == NULL)
    g_warning ("the engine is not healthy: the store in %s: %s", self->directory, self->disk_fails);
}

ScJson *
sc_health_check (ScHealth *self, gint64 now, gboolean *ok)
{
  ScJson *checks;

  if (self->looked == 0 || now - self->looked >= SC_HEALTH_INTERVAL) {
    self->looked = now;
    look_at_catalog (self);
    look_at_disk (self);
  }
  *ok = self->catalog_fails == NULL && self->disk_fails == NULL;
  if (*ok)
    return json_pack ("{s:s}", "status", "ok");
  checks = json_object ();
  if (self->catalog_fails != NULL)
    json_object_set_new (checks, "catalog", json_string (self->catalog_fails));
  if (self->disk_fails != NULL)
    json_object_set_new (checks, "store", json_string (self->disk_fails));
  return json_pack ("{s:s, s:o}", "status", "failing", "checks", checks);
}

guint64
sc_health_get_free_bytes (ScHealth *self)
{
  return self->free_bytes;
}
