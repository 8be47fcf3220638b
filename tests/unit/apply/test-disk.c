/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-disk-private.h"

#include "common/sc-error.h"

#include <errno.h>
#include <string.h>

static TestDisk *
disk_of (ScDisk *disk)
{
  return (TestDisk *) disk;
}

gboolean
test_disk_set_error (GError **error, int number, ScDisk *disk, const char *path, const char *what)
{
  ScError hint = number == EEXIST || number == ENOTEMPTY ? SC_ERROR_EXISTS : SC_ERROR_SYSTEM;

  return sc_error_set_errno (error, number, hint, "Cannot %s “%s” in “%s”", what, path, disk->root);
}

/* Whether it is this operation's turn to fail. @number: counted from 1 */
static gboolean
is_turn (TestFaults *faults, guint number, gboolean once)
{
  gboolean turn = once ? number == faults->after + 1 : number > faults->after;

  faults->happened += turn ? 1 : 0;
  return turn;
}

/* Returns: 0 or an errno */
static int
fault_of_change (TestFaults *faults, gboolean takes)
{
  faults->changes++;
  faults->takes += takes ? 1 : 0;
  switch (faults->fault) {
  case TEST_FAULT_DEAD:
    return is_turn (faults, faults->changes, FALSE) ? EIO : 0;
  case TEST_FAULT_CHANGE:
    return is_turn (faults, faults->changes, TRUE) ? EIO : 0;
  case TEST_FAULT_FULL:
  case TEST_FAULT_FULL_ONCE:
    return takes && is_turn (faults, faults->takes, faults->fault == TEST_FAULT_FULL_ONCE) ? ENOSPC : 0;
  case TEST_FAULT_NONE:
  case TEST_FAULT_READ:
  default:
    return 0;
  }
}

static void
call_hook (ScDisk *disk, gboolean done, const char *operation, const char *path)
{
  const TestFaults *faults = disk_of (disk)->faults;

  if (faults->hook != NULL)
    faults->hook (disk, done, operation, path, faults->hook_data);
}

/* Whether a change may go on. */
gboolean
test_disk_begin (ScDisk *disk, const char *operation, const char *path, gboolean takes, GError **error)
{
  int number;

  call_hook (disk, FALSE, operation, path);
  disk_of (disk)->space->capacity = disk_of (disk)->faults->capacity / TEST_BLOCK_SIZE;
  number = fault_of_change (disk_of (disk)->faults, takes);
  return number == 0 || test_disk_set_error (error, number, disk, path, operation);
}

gboolean
test_disk_end (ScDisk *disk, const char *operation, const char *path)
{
  call_hook (disk, TRUE, operation, path);
  return TRUE;
}

/* Whether a reading operation may go on. */
gboolean
test_disk_pass (ScDisk *disk, const char *path, GError **error)
{
  TestFaults *faults = disk_of (disk)->faults;
  gboolean fails = (faults->fault == TEST_FAULT_DEAD && faults->happened > 0);

  faults->reads++;
  if (faults->fault == TEST_FAULT_READ)
    fails = is_turn (faults, faults->reads, TRUE);
  return !fails || test_disk_set_error (error, EIO, disk, path, "read");
}

const char *
test_disk_find_name (ScDisk *disk, TestInode *directory, const char *name)
{
  GHashTableIter iter;
  gpointer key;

  if (g_hash_table_lookup_extended (directory->entries, name, &key, NULL))
    return key;
  if (!disk_of (disk)->faults->ignore_case)
    return NULL;
  g_hash_table_iter_init (&iter, directory->entries);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_ascii_strcasecmp (key, name) == 0)
      return key;
  return NULL;
}

/* Returns: (nullable) */
static TestInode *
find_child (ScDisk *disk, TestInode *directory, const char *name)
{
  const char *found = test_disk_find_name (disk, directory, name);

  return found != NULL ? g_hash_table_lookup (directory->entries, found) : NULL;
}

static void
add_entry (ScDisk *disk, TestInode *directory, const char *name, TestInode *inode)
{
  inode->linked = TRUE;
  g_hash_table_replace (directory->entries, g_strdup (name), test_inode_ref (inode));
  directory->mtime = disk_of (disk)->clock++;
}

/* The directory that holds @path's last component. @name: that component. Returns: NULL with an errno */
TestInode *
test_disk_find_parent (ScDisk *disk, const char *path, const char **name, int *number)
{
  TestInode *directory = disk_of (disk)->root;
  const char *slash;

  for (; (slash = strchr (path, '/')) != NULL; path = slash + 1) {
    g_autofree char *component = g_strndup (path, (gsize) (slash - path));

    directory = find_child (disk, directory, component);
    *number = directory == NULL ? ENOENT : ENOTDIR;
    if (directory == NULL || !directory->directory)
      return NULL;
  }
  *name = path;
  return directory;
}

TestInode *
test_disk_find (ScDisk *disk, const char *path, int *number)
{
  const char *name;
  TestInode *parent, *inode;

  if (strcmp (path, ".") == 0)
    return disk_of (disk)->root;
  parent = test_disk_find_parent (disk, path, &name, number);
  if (parent == NULL)
    return NULL;
  inode = find_child (disk, parent, name);
  *number = ENOENT;
  return inode;
}

/* What would be left after a power cut stays. */
void
test_disk_release (ScDisk *disk, TestInode *inode)
{
  if (inode->linked || inode->handles > 0)
    return;
  test_blocks_release (inode->now, disk_of (disk)->space);
  test_blocks_unref (inode->now);
  inode->now = test_blocks_new ();
}

static void
memory_free (ScDisk *disk)
{
  TestDisk *self = disk_of (disk);

  g_assert_cmpuint (self->handles, ==, 0);
  test_inode_unref (self->root);
  test_journal_free (self->journal);
  test_space_free (self->space);
  g_rand_free (self->random);
  g_rec_mutex_clear (&self->lock);
  g_free (disk->root);
  g_free (self);
}

/* One directory, durable. */
static TestInode *
make_component (ScDisk *disk, TestInode *parent, const char *name, const char *path, GError **error)
{
  TestDisk *self = disk_of (disk);
  TestInode *directory = find_child (disk, parent, name);

  if (directory != NULL && directory->directory)
    return directory;
  if (directory != NULL) {
    test_disk_set_error (error, ENOTDIR, disk, path, "make the directory");
    return NULL;
  }
  if (!test_disk_begin (disk, "make the directory", path, TRUE, error))
    return NULL;
  directory = test_inode_new (self->next_id++, TRUE);
  add_entry (disk, parent, name, directory);
  test_journal_add (self->journal, directory, NULL, NULL, parent, name);
  test_inode_unref (directory); /* the entry has it */
  test_disk_end (disk, "make the directory", path);
  if (!test_disk_begin (disk, "sync the directory above", path, FALSE, error))
    return NULL;
  test_journal_sync (self->journal, parent);
  test_disk_end (disk, "sync the directory above", path);
  return directory;
}

/* Makes all directories of @path but, unless @all, the last component. */
static TestInode *
make_directories (ScDisk *disk, const char *path, gboolean all, GError **error)
{
  g_auto (GStrv) components = g_strsplit (path, "/", -1);
  TestInode *directory = disk_of (disk)->root;

  for (guint i = 0; directory != NULL && components[i] != NULL; i++)
    if (all || components[i + 1] != NULL)
      directory = make_component (disk, directory, components[i], path, error);
  return directory;
}

TestInode *
test_disk_create (ScDisk *disk, const char *path, GError **error)
{
  TestDisk *self = disk_of (disk);
  TestInode *parent = make_directories (disk, path, FALSE, error);
  const char *slash = strrchr (path, '/'), *name = slash != NULL ? slash + 1 : path;
  TestInode *inode = parent != NULL ? find_child (disk, parent, name) : NULL;

  if (parent == NULL || inode != NULL)
    return inode;
  if (!test_disk_begin (disk, "create", path, TRUE, error))
    return NULL;
  inode = test_inode_new (self->next_id++, FALSE);
  inode->mtime = inode->durable_mtime = self->clock++;
  add_entry (disk, parent, name, inode);
  test_journal_add (self->journal, inode, NULL, NULL, parent, name);
  test_inode_unref (inode);
  test_disk_end (disk, "create", path);
  return inode;
}

/* Another program has the file, so nothing of ours may touch it. */
gboolean
test_disk_is_held (ScDisk *disk, const char *path)
{
  const char *held = disk_of (disk)->faults->held;

  return held != NULL && strcmp (held, path) == 0;
}

static gboolean
memory_info (ScDisk *disk, const char *path, ScDiskInfo *info, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (disk)->lock);
  int number = ENOENT;
  const TestInode *inode;

  if (!test_disk_pass (disk, path, error))
    return FALSE;
  inode = test_disk_find (disk, path, &number);
  if (inode == NULL)
    return test_disk_set_error (error, number, disk, path, "examine");
  test_disk_fill_info (inode, info);
  return TRUE;
}

/* Whether it may be renamed, removed or replaced. Returns: 0 or an errno */
static int
check_unused (ScDisk *disk, const char *path, const TestInode *inode)
{
  return inode->exclusive || test_disk_is_held (disk, path) ? EBUSY : 0;
}

/* Whether a rename may replace what is there. Returns: 0 or an errno */
static int
check_replaced (ScDisk *disk, const char *to, const TestInode *inode, const TestInode *replaced)
{
  if (replaced == NULL || replaced == inode)
    return 0;
  if (replaced->directory)
    return inode->directory && g_hash_table_size (replaced->entries) > 0 ? ENOTEMPTY : EISDIR;
  return inode->directory ? ENOTDIR : check_unused (disk, to, replaced);
}

static void
drop_entry (ScDisk *disk, TestInode *directory, const char *name)
{
  TestInode *inode = g_hash_table_lookup (directory->entries, name);

  inode->linked = FALSE;
  g_hash_table_remove (directory->entries, name);
  directory->mtime = disk_of (disk)->clock++;
}

static void
move_entry (ScDisk *disk, TestInode *inode, TestInode *from, const char *from_name, TestInode *to, const char *to_name)
{
  const char *found = test_disk_find_name (disk, to, to_name);
  g_autofree char *replaced_name = g_strdup (found);
  TestInode *replaced = found != NULL ? g_hash_table_lookup (to->entries, found) : NULL;

  test_journal_add (disk_of (disk)->journal, inode, from, from_name, to, to_name);
  drop_entry (disk, from, from_name);
  if (replaced != NULL && replaced != inode) {
    drop_entry (disk, to, replaced_name);
    test_disk_release (disk, replaced);
  }
  add_entry (disk, to, to_name, inode);
}

static gboolean
memory_rename (ScDisk *disk, const char *from, const char *to, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (disk)->lock);
  const char *from_name = NULL, *to_name = NULL;
  int number = ENOENT;
  TestInode *from_parent, *to_parent, *inode;
  g_autofree char *old_name = NULL;

  if (!test_disk_begin (disk, "rename", from, FALSE, error))
    return FALSE;
  from_parent = test_disk_find_parent (disk, from, &from_name, &number);
  inode = from_parent != NULL ? find_child (disk, from_parent, from_name) : NULL;
  if (inode == NULL)
    return test_disk_set_error (error, from_parent == NULL ? number : ENOENT, disk, from, "rename");
  to_parent = test_disk_find_parent (disk, to, &to_name, &number);
  if (to_parent == NULL)
    return test_disk_set_error (error, number, disk, to, "rename a file to");
  number = check_unused (disk, from, inode);
  number = number != 0 ? number : check_replaced (disk, to, inode, find_child (disk, to_parent, to_name));
  if (number != 0)
    return test_disk_set_error (error, number, disk, to, "rename a file to");
  old_name = g_strdup (test_disk_find_name (disk, from_parent, from_name));
  test_inode_ref (inode);
  move_entry (disk, inode, from_parent, old_name, to_parent, to_name);
  test_inode_unref (inode);
  return test_disk_end (disk, "rename", from);
}

static gboolean
memory_remove (ScDisk *disk, const char *path, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (disk)->lock);
  const char *name = NULL;
  int number = ENOENT;
  TestInode *parent, *inode;
  g_autofree char *found = NULL;

  if (!test_disk_begin (disk, "remove", path, FALSE, error))
    return FALSE;
  parent = test_disk_find_parent (disk, path, &name, &number);
  inode = parent != NULL ? find_child (disk, parent, name) : NULL;
  if (inode == NULL)
    return test_disk_set_error (error, parent == NULL ? number : ENOENT, disk, path, "remove");
  number = check_unused (disk, path, inode);
  if (inode->directory && g_hash_table_size (inode->entries) > 0)
    number = ENOTEMPTY;
  if (number != 0)
    return test_disk_set_error (error, number, disk, path, "remove");
  found = g_strdup (test_disk_find_name (disk, parent, name));
  test_journal_add (disk_of (disk)->journal, inode, parent, found, NULL, NULL);
  test_inode_ref (inode);
  drop_entry (disk, parent, found);
  test_disk_release (disk, inode);
  test_inode_unref (inode);
  return test_disk_end (disk, "remove", path);
}

static gboolean
memory_make_directory (ScDisk *disk, const char *path, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (disk)->lock);

  return strcmp (path, ".") == 0 || make_directories (disk, path, TRUE, error) != NULL;
}

static TestInode *
find_directory (ScDisk *disk, const char *path, GError **error)
{
  int number = ENOENT;
  TestInode *inode = test_disk_find (disk, path, &number);

  if (inode != NULL && inode->directory)
    return inode;
  test_disk_set_error (error, inode != NULL ? ENOTDIR : number, disk, path, "open the directory");
  return NULL;
}

static gboolean
memory_sync_directory (ScDisk *disk, const char *path, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (disk)->lock);
  TestInode *directory;
  GHashTableIter iter;
  gpointer inode;

  if (!test_disk_begin (disk, "sync the directory", path, FALSE, error))
    return FALSE;
  directory = find_directory (disk, path, error);
  if (directory == NULL)
    return FALSE;
  test_journal_sync (disk_of (disk)->journal, directory);
  g_hash_table_iter_init (&iter, directory->entries);
  while (g_hash_table_iter_next (&iter, NULL, &inode))
    test_inode_sync_attributes (inode);
  return test_disk_end (disk, "sync the directory", path);
}

static gboolean
memory_set_read_only (ScDisk *disk, const char *path, gboolean read_only, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (disk)->lock);
  int number = ENOENT;
  TestInode *inode;

  if (!test_disk_begin (disk, "set the permissions of", path, FALSE, error))
    return FALSE;
  inode = test_disk_find (disk, path, &number);
  if (inode == NULL)
    return test_disk_set_error (error, number, disk, path, "set the permissions of");
  inode->read_only = read_only;
  return test_disk_end (disk, "set the permissions of", path);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
memory_list (ScDisk *disk, const char *path, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (disk)->lock);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const TestInode *directory;
  GHashTableIter iter;
  gpointer name;

  if (!test_disk_pass (disk, path, error))
    return NULL;
  directory = find_directory (disk, path, error);
  if (directory == NULL)
    return NULL;
  g_hash_table_iter_init (&iter, directory->entries);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

static gboolean
memory_space (ScDisk *disk, ScDiskSpace *space, GError **error)
{
  g_autoptr (GRecMutexLocker) locker = g_rec_mutex_locker_new (&disk_of (disk)->lock);
  const TestSpace *own = disk_of (disk)->space;
  guint64 capacity = disk_of (disk)->faults->capacity / TEST_BLOCK_SIZE;

  if (!test_disk_pass (disk, ".", error))
    return FALSE;
  space->moves = disk_of (disk)->faults->moves;
  space->total = capacity * TEST_BLOCK_SIZE;
  space->free = own->used < capacity ? (capacity - own->used) * TEST_BLOCK_SIZE : 0;
  return TRUE;
}

static const ScDiskClass memory_class = {
  .free = memory_free,
  .open = test_disk_file_open,
  .file_close = test_disk_file_close,
  .file_read_at = test_disk_file_read_at,
  .file_write_at = test_disk_file_write_at,
  .file_punch = test_disk_file_punch,
  .file_allocate = test_disk_file_allocate,
  .file_truncate = test_disk_file_truncate,
  .file_clone = test_disk_file_clone,
  .file_sync = test_disk_file_sync,
  .file_set_mtime = test_disk_file_set_mtime,
  .file_info = test_disk_file_info,
  .info = memory_info,
  .rename = memory_rename,
  .remove = memory_remove,
  .make_directory = memory_make_directory,
  .sync_directory = memory_sync_directory,
  .set_read_only = memory_set_read_only,
  .list = memory_list,
  .space = memory_space,
};

ScDisk *
test_disk_new_from (TestFaults *faults, TestInode *root, TestSpace *space, guint64 next_id, gint64 clock, guint32 seed)
{
  TestDisk *self = g_new0 (TestDisk, 1);

  self->base.klass = &memory_class;
  self->base.root = g_strdup ("/seat");
  g_rec_mutex_init (&self->lock);
  self->faults = faults;
  self->space = space;
  self->journal = test_journal_new ();
  self->root = root;
  self->random = g_rand_new_with_seed (seed);
  self->next_id = next_id;
  self->clock = clock;
  return &self->base;
}

ScDisk *
test_disk_new (TestFaults *faults)
{
  TestInode *root = test_inode_new (1, TRUE);

  root->linked = TRUE;
  return test_disk_new_from (faults, root, test_space_new (1), 2, G_GINT64_CONSTANT (1800000000000000), 1);
}
