/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-journal.h"

typedef struct {
  TestInode *inode;
  TestInode *from; /* (nullable) */
  char *from_name;
  TestInode *to; /* (nullable) */
  char *to_name;
  gboolean from_synced, to_synced;
} Entry;

struct _TestJournal {
  GPtrArray *entries; /* Entry */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  test_inode_unref (entry->inode);
  g_clear_pointer (&entry->from, test_inode_unref);
  g_clear_pointer (&entry->to, test_inode_unref);
  g_free (entry->from_name);
  g_free (entry->to_name);
  g_free (entry);
}

TestJournal *
test_journal_new (void)
{
  TestJournal *self = g_new0 (TestJournal, 1);

  self->entries = g_ptr_array_new_with_free_func (entry_free);
  return self;
}

void
test_journal_free (TestJournal *self)
{
  g_ptr_array_unref (self->entries);
  g_free (self);
}

void
test_journal_add (TestJournal *self, TestInode *inode, TestInode *from, const char *from_name, TestInode *to,
                  const char *to_name)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->inode = test_inode_ref (inode);
  entry->from = from != NULL ? test_inode_ref (from) : NULL;
  entry->from_name = g_strdup (from_name);
  entry->from_synced = from == NULL;
  entry->to = to != NULL ? test_inode_ref (to) : NULL;
  entry->to_name = g_strdup (to_name);
  entry->to_synced = to == NULL;
  g_ptr_array_add (self->entries, entry);
}

static gboolean
is_durable (const Entry *entry)
{
  return entry->from_synced && entry->to_synced;
}

/* Takes the name away and gives the other one. @entries_of: a directory's names to be changed */
static void
perform (const Entry *entry, GHashTable *(*entries_of) (TestInode *directory, gpointer data), gpointer data)
{
  GHashTable *from = entry->from != NULL ? entries_of (entry->from, data) : NULL;

  if (from != NULL && g_hash_table_lookup (from, entry->from_name) != entry->inode)
    return; /* it never came there */
  if (from != NULL)
    g_hash_table_remove (from, entry->from_name);
  if (entry->to != NULL)
    g_hash_table_replace (entries_of (entry->to, data), g_strdup (entry->to_name), test_inode_ref (entry->inode));
}

static GHashTable *
durable_entries_of (TestInode *directory, gpointer data)
{
  return directory->durable_entries;
}

static gboolean
uses_name (const Entry *entry, TestInode *directory, const char *name)
{
  return directory != NULL && ((entry->from == directory && g_str_equal (entry->from_name, name)) ||
                               (entry->to == directory && g_str_equal (entry->to_name, name)));
}

/* A change that is durable takes along the earlier ones of the same file and of the same names. */
static void
spread (TestJournal *self)
{
  for (guint later = self->entries->len; later-- > 0;) {
    const Entry *durable = self->entries->pdata[later];

    if (!is_durable (durable))
      continue;
    for (guint i = 0; i < later; i++) {
      Entry *entry = self->entries->pdata[i];

      if (entry->inode == durable->inode || uses_name (entry, durable->from, durable->from_name) ||
          uses_name (entry, durable->to, durable->to_name))
        entry->from_synced = entry->to_synced = TRUE;
    }
  }
}

void
test_journal_sync (TestJournal *self, TestInode *directory)
{
  guint n = 0;

  for (guint i = 0; i < self->entries->len; i++) {
    Entry *entry = self->entries->pdata[i];

    entry->from_synced = entry->from_synced || entry->from == directory;
    entry->to_synced = entry->to_synced || entry->to == directory;
  }
  spread (self);
  while (n < self->entries->len && is_durable (self->entries->pdata[n]))
    perform (self->entries->pdata[n++], durable_entries_of, NULL);
  if (n > 0)
    g_ptr_array_remove_range (self->entries, 0, n);
}

gboolean
test_journal_is_empty (const TestJournal *self)
{
  return self->entries->len == 0;
}

void
test_journal_sync_all (TestJournal *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    perform (self->entries->pdata[i], durable_entries_of, NULL);
  g_ptr_array_set_size (self->entries, 0);
}

static void
copy_entries (GHashTable *to, GHashTable *from)
{
  GHashTableIter iter;
  gpointer name, inode;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &name, &inode))
    g_hash_table_insert (to, g_strdup (name), test_inode_ref (inode));
}

/* @data: directory → its names after the crash, where they differ from the durable ones */
static GHashTable *
changed_entries_of (TestInode *directory, gpointer data)
{
  GHashTable *changed = data;
  GHashTable *entries = g_hash_table_lookup (changed, directory);

  if (entries == NULL) {
    entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) test_inode_unref);
    copy_entries (entries, directory->durable_entries);
    g_hash_table_insert (changed, directory, entries);
  }
  return entries;
}

typedef struct {
  GHashTable *changed;
  TestSpace *space;
  GRand *random;
  const TestLuck *luck;
} Crash;

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static TestInode *
crash_inode (const Crash *crash, TestInode *inode)
{
  TestInode *left = test_inode_crash (inode, crash->space, crash->random, crash->luck);
  GHashTable *entries = inode->directory ? g_hash_table_lookup (crash->changed, inode) : NULL;
  g_autofree gpointer *names = NULL;
  guint n = 0;

  if (!inode->directory)
    return left;
  if (entries == NULL)
    entries = inode->durable_entries;
  /* in an order that the random numbers can be repeated in */
  names = g_hash_table_get_keys_as_array (entries, &n);
  qsort (names, n, sizeof *names, compare_names);
  for (guint i = 0; i < n; i++)
    g_hash_table_insert (left->entries, g_strdup (names[i]),
                         crash_inode (crash, g_hash_table_lookup (entries, names[i])));
  copy_entries (left->durable_entries, left->entries);
  return left;
}

TestInode *
test_journal_crash (TestJournal *self, TestInode *root, TestSpace *space, GRand *random, const TestLuck *luck)
{
  g_autoptr (GHashTable) changed =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) g_hash_table_unref);
  Crash crash = { .changed = changed, .space = space, .random = random, .luck = luck };
  guint kept = 0;

  if (luck->survives >= 1)
    kept = self->entries->len;
  else if (luck->survives > 0)
    kept = (guint) g_rand_int_range (random, 0, (gint32) self->entries->len + 1);
  for (guint i = 0; i < self->entries->len; i++)
    if (i < kept || is_durable (self->entries->pdata[i]))
      perform (self->entries->pdata[i], changed_entries_of, changed);
  return crash_inode (&crash, root);
}
