/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-short-names.h"

#include "common/sc-path.h"

#include <string.h>

#define STEM 8u      /* characters before the dot of a short name */
#define EXTENSION 3u /* behind it */
#define PREFIX 6u    /* of the long name, at most */
#define CHECKSUM 4u  /* hexadecimal digits */
#define REDUCED 2u   /* of the long name, before a checksum */

/*
 * Keys of the table, "STEM|EXTENSION" in capitals: what comes before "~", and
 *   AB#|VMD   the same with its checksum left out
 *   LO*|VMD   its first characters: the others may be anything
 *   …|*       whatever the extension is
 */
struct _ScShortNames {
  GHashTable *names; /* key → GPtrArray of 1 or 2 names: enough to find another one than a name itself */
};

typedef struct {
  char prefix[PREFIX + 1];
  char extension[EXTENSION + 1];
  gboolean prefix_is_open; /* what follows it may be anything */
  gboolean extension_is_open;
} Parts;

ScShortNames *
sc_short_names_new (void)
{
  ScShortNames *self = g_new0 (ScShortNames, 1);

  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  return self;
}

void
sc_short_names_free (ScShortNames *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->names);
  g_free (self);
}

/* The first characters of @text as a short name has them, up to @end. Returns: whether the rest is not known */
static gboolean
shorten (const char *text, const char *end, char *out, gsize max)
{
  gsize n = 0;

  for (const char *c = text; c < end && n < max; c++) {
    if ((guchar) *c >= 0x80) {
      out[n] = '\0';
      return TRUE;
    }
    if (*c != ' ' && *c != '.')
      out[n++] = strchr ("+,;=[]", *c) != NULL ? '_' : g_ascii_toupper (*c);
  }
  out[n] = '\0';
  return FALSE;
}

static void
split (const char *name, Parts *parts)
{
  const char *start = name + strspn (name, ". "), *dot = strrchr (start, '.');
  const char *end = start + strlen (start), *stem_end = dot != NULL ? dot : end;

  parts->prefix_is_open = shorten (start, stem_end, parts->prefix, PREFIX);
  parts->extension_is_open = shorten (stem_end, end, parts->extension, EXTENSION);
}

/* Whether MS-DOS could have it as it is: NTFS makes no other name for it. */
static gboolean
is_short (const char *name)
{
  gsize length = strlen (name), stem = strcspn (name, ".");

  for (gsize i = 0; i < length; i++)
    if ((guchar) name[i] >= 0x80)
      return FALSE;
  return stem > 0 && stem <= STEM && strpbrk (name, " +,;=[]") == NULL &&
         (stem == length || (length - stem - 1 <= EXTENSION && strchr (name + stem + 1, '.') == NULL));
}

/* Returns: the "~" of a name that has the form of a generated one; NULL for others */
static const char *
find_tilde (const char *name)
{
  gsize stem = strcspn (name, ".");
  const char *tilde = NULL;

  for (gsize i = 0; i < stem; i++)
    if (name[i] == '~')
      tilde = name + i;
  if (tilde == NULL || tilde + 1 == name + stem || g_utf8_strlen (name, tilde - name) > PREFIX ||
      g_utf8_strlen (name, (gssize) stem) > STEM || strchr (name + stem + (name[stem] == '.' ? 1 : 0), '.') != NULL ||
      (name[stem] == '.' && g_utf8_strlen (name + stem + 1, -1) > EXTENSION))
    return NULL;
  for (const char *c = tilde + 1; c < name + stem; c++)
    if (!g_ascii_isdigit (*c))
      return NULL;
  return tilde;
}

static char *
make_key (const char *prefix, gsize length, const char *mark, const char *extension)
{
  return g_strdup_printf ("%.*s%s|%s", (int) length, prefix, mark, extension);
}

/* @key: (transfer full) */
static void
insert_key (ScShortNames *self, char *key, const char *name)
{
  GPtrArray *names = g_hash_table_lookup (self->names, key);

  if (names == NULL) {
    names = g_ptr_array_new_with_free_func (g_free);
    g_hash_table_insert (self->names, key, names);
  } else {
    g_free (key);
  }
  if (names->len < 2)
    g_ptr_array_add (names, g_strdup (name));
}

static void
insert (ScShortNames *self, const char *prefix, gsize length, const char *mark, const char *extension, const char *name)
{
  insert_key (self, make_key (prefix, length, mark, extension), name);
  insert_key (self, make_key (prefix, length, mark, "*"), name);
}

static gboolean
has_checksum (const char *prefix, gsize length)
{
  if (length < CHECKSUM || length > REDUCED + CHECKSUM)
    return FALSE;
  for (gsize i = length - CHECKSUM; i < length; i++)
    if (!g_ascii_isxdigit (prefix[i]))
      return FALSE;
  return TRUE;
}

void
sc_short_names_add (ScShortNames *self, const char *name)
{
  const char *tilde = find_tilde (name), *dot = strchr (name, '.');
  g_autofree char *prefix = tilde != NULL ? g_ascii_strup (name, tilde - name) : NULL;
  g_autofree char *extension = g_ascii_strup (dot != NULL ? dot + 1 : "", -1);
  gsize length;

  if (prefix == NULL)
    return;
  length = strlen (prefix);
  insert (self, prefix, length, "", extension, name);
  if (has_checksum (prefix, length))
    insert (self, prefix, length - CHECKSUM, "#", extension, name);
  for (gsize i = 0; i <= length; i++)
    insert (self, prefix, i, "*", extension, name);
}

static const char *
look_up (const ScShortNames *self, const Parts *parts, gsize length, const char *mark, const char *name)
{
  g_autofree char *key = make_key (parts->prefix, length, mark, parts->extension_is_open ? "*" : parts->extension);
  const GPtrArray *names = g_hash_table_lookup (self->names, key);

  for (guint i = 0; names != NULL && i < names->len; i++)
    if (strcmp (names->pdata[i], name) != 0)
      return names->pdata[i];
  return NULL;
}

const char *
sc_short_names_find (const ScShortNames *self, const char *name)
{
  const char *found = NULL;
  gsize length;
  Parts parts;

  if (g_hash_table_size (self->names) == 0 || is_short (name))
    return NULL;
  split (name, &parts);
  length = strlen (parts.prefix);
  if (parts.prefix_is_open)
    found = look_up (self, &parts, length, "*", name);
  /* a longer number leaves room for fewer characters */
  for (gsize i = 0; found == NULL && i <= length; i++)
    found = look_up (self, &parts, i, "", name);
  for (gsize i = 0; found == NULL && i <= MIN (length, REDUCED); i++)
    found = look_up (self, &parts, i, "#", name);
  return found;
}

gboolean
sc_short_name_may_be_of (const char *name, const char *other)
{
  g_autoptr (ScShortNames) shorts = NULL;

  if (find_tilde (name) == NULL)
    return FALSE;
  shorts = sc_short_names_new ();
  sc_short_names_add (shorts, name);
  return sc_short_names_find (shorts, other) != NULL;
}

gboolean
sc_short_name_is_updating (const char *name)
{
  const char *dot = strchr (name, '.');

  return find_tilde (name) != NULL && dot != NULL && g_ascii_strncasecmp (dot, SC_PATH_UPDATING_SUFFIX, 4) == 0;
}
