/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-path.h"

#include "common/sc-error.h"
#include "common/sc-short-names.h"

#include <string.h>

#define VOLUME_INFORMATION "System Volume Information"

static gboolean
refuse (GError **error, const char *name, const char *rule)
{
  g_autofree char *shown = sc_error_excerpt (name);

  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” cannot be a name on every seat: %s; rename it", shown, rule);
  return FALSE;
}

/* COM0 … COM9, LPT0 … LPT9; ¹ ² ³ count as digits. */
static gboolean
is_port_name (const char *stem)
{
  static const char *const digits[] = { "¹", "²", "³" };
  const char *rest = stem + 3;

  if (g_ascii_strncasecmp (stem, "com", 3) != 0 && g_ascii_strncasecmp (stem, "lpt", 3) != 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (digits); i++)
    if (strcmp (rest, digits[i]) == 0)
      return TRUE;
  return g_ascii_isdigit (rest[0]) && rest[1] == '\0';
}

/* CON, PRN, AUX, NUL, CONIN$, CONOUT$ and the ports, also with an extension (Microsoft, "Naming Files, Paths, and
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
  return is_port_name (stem);
}

/* What Windows itself has at the top of a volume: the files of NTFS, the system's own directories. */
static gboolean
is_system_name (const char *name)
{
  static const char *const names[] = { "$mft",         "$mftmirr", "$logfile", "$volume",
                                       "$attrdef",     "$bitmap",  "$boot",    "$badclus",
                                       "$secure",      "$upcase",  "$extend",  VOLUME_INFORMATION,
                                       "$recycle.bin", "recycler" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;
  return FALSE;
}

/* Returns: (nullable): why a program of Windows, or who reads the name, would take it for another one */
static const char *
find_character_rule (const char *name)
{
  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c)) {
    gunichar character = g_utf8_get_char (c);

    if (g_unichar_iscntrl (character) || character == 0x2028 || character == 0x2029)
      return "it holds a control character";
    if ((character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069))
      return "it holds a character that turns the direction of text, so that it shows as another name";
    if (character >= 0xf000 && character <= 0xf0ff)
      return "it holds a character that Samba, WSL and Cygwin write in place of one that Windows does not allow";
    if ((character & 0xfffe) == 0xfffe || (character >= 0xfdd0 && character <= 0xfdef))
      return "it holds a code of Unicode that is no character";
  }
  return NULL;
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
  const char *rule;

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
  rule = find_character_rule (name);
  if (rule != NULL)
    return refuse (error, name, rule);
  if (name[length - 1] == '.' || name[length - 1] == ' ')
    return refuse (error, name, "Windows drops a dot or a space at the end");
  if (is_device_name (name))
    return refuse (error, name, "Windows keeps it for a device");
  if (is_system_name (name) || sc_short_name_may_be_of (name, VOLUME_INFORMATION))
    return refuse (error, name, "Windows keeps it for itself at the top of a volume");
  if (g_ascii_strcasecmp (name, SC_PATH_PRIVATE) == 0 || sc_short_name_may_be_of (name, SC_PATH_PRIVATE))
    return refuse (error, name,
                   "a seat keeps its own files under it, or under what Windows gives that for a short name");
  if (has_updating_suffix (name))
    return refuse (error, name, "the suffix “.updating” marks files that are being changed");
  if (sc_short_name_is_updating (name))
    return refuse (error, name, "Windows could give it, as a short name, to a file that is being changed");
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
  g_autofree char *folded = g_utf8_casefold (normal != NULL ? normal : path, -1);
  GString *single = g_string_sized_new (strlen (folded));

  /* NTFS compares what each character's capital is: that joins a few more, such as the dotless i and i */
  for (const char *c = folded; *c != '\0'; c = g_utf8_next_char (c))
    g_string_append_unichar (single, g_unichar_tolower (g_unichar_toupper (g_utf8_get_char (c))));
  return g_string_free (single, FALSE);
}
