/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/schedule/sc-selection.h"

#include <string.h>

#include "common/sc-error.h"
#include "common/sc-json.h"
#include "common/sc-path.h"

#define MAX_TEXT (SC_MANIFEST_MAX_TEMPLATES * (6 * SC_PATH_MAX_COMPONENT + 3)) /* bytes, each as \uXXXX */

struct _ScSelection {
  guint ref_count;
  guint64 version;
  char **templates; /* (nullable) */
  char *text;
};

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (nullable) */
static char **
sort_names (const char *const *names)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  GPtrArray *unique;

  if (names == NULL || names[0] == NULL)
    return NULL;
  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (sorted, (gpointer) names[i]);
  g_ptr_array_sort (sorted, compare_names);
  unique = g_ptr_array_new ();
  for (guint i = 0; i < sorted->len; i++) {
    if (i == 0 || strcmp (sorted->pdata[i - 1], sorted->pdata[i]) != 0)
      g_ptr_array_add (unique, g_strdup (sorted->pdata[i]));
  }
  g_ptr_array_add (unique, NULL);
  return (char **) g_ptr_array_free (unique, FALSE);
}

static char *
names_to_text (char **names)
{
  g_autoptr (ScJson) array = json_array ();

  if (names == NULL)
    return g_strdup ("");
  for (guint i = 0; names[i] != NULL; i++)
    json_array_append_new (array, json_string (names[i]));
  return sc_json_to_text (array);
}

ScSelection *
sc_selection_new (guint64 version, const char *const *templates)
{
  ScSelection *self = g_new0 (ScSelection, 1);

  self->ref_count = 1;
  self->version = version;
  self->templates = sort_names (templates);
  self->text = names_to_text (self->templates);
  return self;
}

static gboolean
check_names (GPtrArray *names, GError **error)
{
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);

    if (strcmp (name, SC_TEMPLATE_ROOT) != 0 && !sc_path_check_component (name, error))
      return FALSE;
  }
  if (names->len > 0)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "A selection has no template: name at least one, or take all");
  return FALSE;
}

ScSelection *
sc_selection_new_from_text (guint64 version, const char *templates, GError **error)
{
  if (*templates == '\0')
    return sc_selection_new (version, NULL);
  /* the parser wants an object */
  g_autofree char *text = g_strdup_printf ("{\"templates\":%s}", templates);
  g_autoptr (ScJson) json = sc_json_parse_object (text, strlen (text), MAX_TEXT, error);
  g_autoptr (GPtrArray) names = NULL;

  if (json != NULL && json_object_size (json) == 1)
    names = sc_json_get_strings (json, "templates", SC_MANIFEST_MAX_TEMPLATES, SC_PATH_MAX_COMPONENT, error);
  else if (json != NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "A selection's templates are not an array of names");
  if (names == NULL || !check_names (names, error))
    return NULL;
  g_ptr_array_add (names, NULL);
  return sc_selection_new (version, (const char *const *) names->pdata);
}

ScSelection *
sc_selection_ref (ScSelection *self)
{
  self->ref_count++;
  return self;
}

void
sc_selection_unref (ScSelection *self)
{
  if (self == NULL || --self->ref_count > 0)
    return;
  g_strfreev (self->templates);
  g_free (self->text);
  g_free (self);
}

guint64
sc_selection_get_version (const ScSelection *self)
{
  return self->version;
}

const char *const *
sc_selection_get_templates (const ScSelection *self)
{
  return (const char *const *) self->templates;
}

const char *
sc_selection_templates_to_text (const ScSelection *self)
{
  return self->text;
}

gboolean
sc_selection_equal (const ScSelection *a, const ScSelection *b)
{
  if (a == b)
    return TRUE;
  return a != NULL && b != NULL && a->version == b->version && strcmp (a->text, b->text) == 0;
}

ScVersionManifest *
sc_selection_apply (const ScSelection *self, ScVersionManifest *version, GError **error)
{
  g_return_val_if_fail (sc_version_manifest_get_number (version) == self->version, NULL);

  if (self->templates == NULL)
    return sc_version_manifest_ref (version);
  guint n = g_strv_length (self->templates);
  g_autofree ScManifestTemplate *templates = g_new (ScManifestTemplate, n);
  for (guint i = 0; i < n; i++) {
    const ScManifestTemplate *template = sc_version_manifest_find_template (version, self->templates[i]);

    if (template == NULL) {
      g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                   "Version %" G_GUINT64_FORMAT " has no template “%s”: take one that it has", self->version,
                   self->templates[i]);
      return NULL;
    }
    templates[i] = *template;
  }
  return sc_version_manifest_new (self->version, sc_version_manifest_get_created (version),
                                  sc_version_manifest_get_author (version), sc_version_manifest_get_note (version),
                                  templates, n, error);
}
