/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-siblings.h"

#include "common/sc-error.h"
#include "common/sc-path.h"
#include "common/sc-short-names.h"

#include <string.h>

/* The paths [begin, end) that lie in one directory, whose own path is their first @skip bytes (with its '/'). */
typedef struct {
  const char *const *paths;
  guint begin, end;
  gsize skip;
} Range;

static char *
get_name (const Range *range, guint i)
{
  const char *name = range->paths[i] + range->skip;

  return g_strndup (name, strcspn (name, "/"));
}

/* Behind the last path that begins with the same directory as @begin does; of a file, the next path. */
static guint
find_end (const Range *range, guint begin)
{
  const char *path = range->paths[begin], *slash = strchr (path + range->skip, '/');
  guint i = begin + 1;

  while (slash != NULL && i < range->end && strncmp (range->paths[i], path, (gsize) (slash - path) + 1) == 0)
    i++;
  return i;
}

static gboolean
add_name (const Range *range, guint i, const char *name, GHashTable *folded, ScShortNames *shorts, GError **error)
{
  g_autofree char *fold = sc_path_fold (name);
  const char *other = g_hash_table_lookup (folded, fold);

  if (other == NULL) {
    g_hash_table_insert (folded, g_steal_pointer (&fold), g_strdup (name));
    sc_short_names_add (shorts, name);
    return TRUE;
  }
  if (strcmp (other, name) == 0)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "%.*s“%s” is there twice, or as a file and a directory; rename one of them", (int) range->skip,
                 range->paths[i], name);
  else
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "%.*s“%s” and “%s” are one name where case and Unicode form are ignored; rename one of them",
                 (int) range->skip, range->paths[i], other, name);
  return FALSE;
}

static gboolean
check_short_names (const Range *range, GHashTable *folded, const ScShortNames *shorts, GError **error)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, folded);
  while (g_hash_table_iter_next (&iter, NULL, &name)) {
    const char *other = sc_short_names_find (shorts, name);

    if (other != NULL) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                   "%.*s“%s” could be the short name that Windows gives “%s” beside it; rename “%s”", (int) range->skip,
                   range->paths[range->begin], other, (const char *) name, other);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_directory (const Range *range, GError **error)
{
  g_autoptr (GHashTable) folded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (ScShortNames) shorts = sc_short_names_new ();

  for (guint i = range->begin; i < range->end; i = find_end (range, i)) {
    g_autofree char *name = get_name (range, i);

    if (!add_name (range, i, name, folded, shorts, error))
      return FALSE;
  }
  return check_short_names (range, folded, shorts, error);
}

/* No deeper than SC_PATH_MAX_DEPTH. */
static gboolean
check_range (const Range *range, GError **error)
{
  guint next;

  if (!check_directory (range, error))
    return FALSE;
  for (guint i = range->begin; i < range->end; i = next) {
    const char *path = range->paths[i], *slash = strchr (path + range->skip, '/');
    Range directory = { .paths = range->paths, .begin = i };

    next = find_end (range, i);
    directory.end = next;
    directory.skip = slash != NULL ? (gsize) (slash - path) + 1 : 0;
    if (slash != NULL && !check_range (&directory, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
sc_siblings_check (const char *const *paths, guint n_paths, GError **error)
{
  Range all = { .paths = paths, .end = n_paths };

  return check_range (&all, error);
}
