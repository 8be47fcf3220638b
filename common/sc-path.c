/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-path.h"

#include "common/sc-error.h"

#include <string.h>

static gboolean
refuse (GError **error, const char *name, const char *rule)
{
  g_autofree char *shown = sc_error_excerpt (name);

  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” cannot be a name on every seat: %s; rename it", shown, rule);
  return FALSE;
}

/* CON, PRN, AUX, NUL, COM0 … COM9, LPT0 … LPT9, also with an extension (Microsoft, "Naming Files, Paths, and
 * Namespaces"). */
static gboolean
is_device_name (const char *name)
{
  static const char *const devices[] = { "con", "prn", "aux", "nul", "conin$", "conout$" };
  g_autofree char *stem = g_strndup (name, strcspn (name, "."));

  g_strchomp (stem);
  for (gsize i = 0; i < G_N_ELEMENTS (devices); i++)
    if (g_ascii_strcasecmp (stem, devices[i]) == 0)
      return TRUE;
  return (g_ascii_strncasecmp (stem, "com", 3) == 0 || g_ascii_strncasecmp (stem, "lpt", 3) == 0) &&
         strlen (stem) == 4 && g_ascii_isdigit (stem[3]);
}

static gboolean
has_control_character (const char *name)
{
  for (const char *c = name; *c != '\0'; c++)
    if ((guchar) *c < 0x20 || *c == 0x7f)
      return TRUE;
  return FALSE;
}

static gboolean
has_updating_suffix (const char *name)
{
  gsize length = strlen (name), suffix = strlen (SC_PATH_UPDATING_SUFFIX);

  return length >= suffix && g_ascii_strcasecmp (name + length - suffix, SC_PATH_UPDATING_SUFFIX) == 0;
}

gboolean
sc_path_check_component (const char *name, GError **error)
{
  gsize length = strlen (name);

  if (length == 0)
    return refuse (error, name, "it is empty");
  if (!g_utf8_validate (name, (gssize) length, NULL)) {
    g_autofree char *shown = g_utf8_make_valid (name, (gssize) length);
    return refuse (error, shown, "it is not UTF-8");
  }
  if (length > SC_PATH_MAX_COMPONENT)
    return refuse (error, name, "it is longer than 240 bytes");
  if (strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    return refuse (error, name, "it leads out of its directory");
  if (strpbrk (name, "/\\:*?\"<>|") != NULL)
    return refuse (error, name, "Windows allows none of / \\ : * ? \" < > |");
  if (has_control_character (name))
    return refuse (error, name, "it holds a control character");
  if (name[length - 1] == '.' || name[length - 1] == ' ')
    return refuse (error, name, "Windows drops a dot or a space at the end");
  if (is_device_name (name))
    return refuse (error, name, "Windows keeps it for a device");
  if (g_ascii_strcasecmp (name, SC_PATH_PRIVATE) == 0)
    return refuse (error, name, "a seat keeps its own files under it");
  if (has_updating_suffix (name))
    return refuse (error, name, "the suffix “.updating” marks files that are being changed");
  return TRUE;
}

gboolean
sc_path_check_relative (const char *path, GError **error)
{
  g_auto (GStrv) components = NULL;

  if (!g_utf8_validate (path, -1, NULL))
    return refuse (error, path, "it is not UTF-8");
  if (strlen (path) > SC_PATH_MAX_BYTES) {
    g_autofree char *shown = sc_error_excerpt (path);

    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "a path is longer than %u bytes: “%s…”", SC_PATH_MAX_BYTES, shown);
    return FALSE;
  }
  components = g_strsplit (path, "/", SC_PATH_MAX_DEPTH + 1);
  if (g_strv_length (components) > SC_PATH_MAX_DEPTH) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” lies deeper than %u directories", path, SC_PATH_MAX_DEPTH);
    return FALSE;
  }
  if (components[0] == NULL)
    return sc_path_check_component ("", error);
  for (guint i = 0; components[i] != NULL; i++)
    if (!sc_path_check_component (components[i], error)) {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  return TRUE;
}

char *
sc_path_fold (const char *path)
{
  g_autofree char *normal = g_utf8_normalize (path, -1, G_NORMALIZE_NFKC);

  return g_utf8_casefold (normal != NULL ? normal : path, -1);
}
