/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-mounts.h"

#include <string.h>

void
sc_mount_free (ScMount *self)
{
  g_free (self->root);
  g_free (self->target);
  g_free (self->file_system);
  g_free (self->options);
  g_free (self);
}

/* "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue": id, parent, device, root, target,
 * the mount's own options, any number of tags, then after "-" the type, the source and the file system's options.
 * Space, tab, newline and backslash are written as \040 and so on; in options comma and "=" too. */
static ScMount *
parse_line (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  guint n = g_strv_length (words), dash = 6;

  while (dash < n && !g_str_equal (words[dash], "-"))
    dash++;
  if (dash + 3 >= n)
    return NULL;
  ScMount *self = g_new0 (ScMount, 1);
  self->id = g_ascii_strtoull (words[0], NULL, 10);
  self->root = g_strcompress (words[3]);
  self->target = g_strcompress (words[4]);
  self->file_system = g_strcompress (words[dash + 1]);
  self->options = g_strdup (words[dash + 3]); /* as it is: a comma within a value is written \054 */
  return self;
}

GPtrArray *
sc_mounts_parse (const char *text)
{
  GPtrArray *mounts = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_mount_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++) {
    ScMount *mount = parse_line (*line);
    if (mount != NULL)
      g_ptr_array_add (mounts, mount);
  }
  return mounts;
}

const ScMount *
sc_mounts_find (const GPtrArray *mounts, guint64 id)
{
  for (guint i = 0; i < mounts->len; i++)
    if (((const ScMount *) mounts->pdata[i])->id == id)
      return mounts->pdata[i];
  return NULL;
}

static gboolean
is_beneath (const char *path, const char *target)
{
  gsize length = strlen (target);

  return g_str_equal (target, "/") ||
         (strncmp (path, target, length) == 0 && (path[length] == '/' || path[length] == '\0'));
}

const ScMount *
sc_mounts_find_path (const GPtrArray *mounts, const char *path)
{
  const ScMount *best = NULL;

  for (guint i = 0; i < mounts->len; i++) {
    const ScMount *mount = g_ptr_array_index (mounts, i);
    if (is_beneath (path, mount->target) && (best == NULL || strlen (mount->target) >= strlen (best->target)))
      best = mount;
  }
  return best;
}

char *
sc_mount_get_option (const ScMount *self, const char *name)
{
  g_auto (GStrv) words = g_strsplit (self->options, ",", -1);
  gsize length = strlen (name);

  for (char **word = words; *word != NULL; word++)
    if (strncmp (*word, name, length) == 0 && (*word)[length] == '=')
      return g_strcompress (*word + length + 1);
  return NULL;
}
