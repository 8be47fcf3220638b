/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-store.h"

#include "common/sc-error.h"
#include "console/engine/store/sc-store-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Open pack files at once: 1 TB are 1,000 packs, and a process may often have no more than 1,024 files open. */
#define MAX_OPEN_PACKS 64u
#define LOCK_FILE "lock"
#define PROCESS_FILE "lock.process" /* whose the lock is: on Windows nobody else may read a locked file */

ScStoreReport *
sc_store_report_new (void)
{
  ScStoreReport *self = g_new0 (ScStoreReport, 1);

  self->problems = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sc_store_report_free (ScStoreReport *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->problems);
  g_free (self);
}

void
sc_store_report_add (ScStoreReport *self, const char *format, ...)
{
  va_list arguments;

  if (self->problems->len >= SC_STORE_MAX_PROBLEMS)
    return;
  va_start (arguments, format);
  g_ptr_array_add (self->problems, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

gboolean
sc_store_check_cancelled (GCancellable *cancellable, const char *what, GError **error)
{
  if (!g_cancellable_is_cancelled (cancellable))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_CANCELLED, "%s was cancelled; nothing is lost", what);
  return FALSE;
}

/* Opening */

static gboolean
write_process (ScStore *self, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%ld\n", (long) getpid ());
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk, PROCESS_FILE, SC_DISK_WRITE | SC_DISK_CREATE, error);

  return file != NULL && sc_disk_file_truncate (file, 0, error) &&
         sc_disk_file_write_at (file, 0, text, strlen (text), error);
}

static gboolean
take_lock (ScStore *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  self->lock_file = sc_disk_open (self->disk, LOCK_FILE, SC_DISK_WRITE | SC_DISK_CREATE | SC_DISK_EXCLUSIVE, &local);
  if (self->lock_file != NULL)
    return write_process (self, error);
  if (g_error_matches (local, SC_ERROR, SC_ERROR_BUSY)) {
    g_autofree char *path = g_build_filename (self->directory, PROCESS_FILE, NULL);
    g_autofree char *owner = NULL;

    if (g_file_get_contents (path, &owner, NULL, NULL))
      g_strstrip (owner);
    g_set_error (
        error, SC_ERROR, SC_ERROR_BUSY,
        "Another engine has the store %s open (process %s): stop that one first, or start this one with another "
        "directory",
        self->directory, owner != NULL && *owner != '\0' ? owner : "unknown");
    return FALSE;
  }
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* A damaged index is put aside, not deleted: it may tell what happened. The packs hold all that it knew. */
static gboolean
put_index_aside (ScStore *self, const GError *why, GError **error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autofree char *stamp = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time ());

  g_warning ("%s; it is kept as index.db.damaged-%s and a new one is made from the packs", why->message, stamp);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *from = g_strconcat ("index.db", suffixes[i], NULL);
    g_autofree char *to = g_strconcat ("index.db.damaged-", stamp, suffixes[i], NULL);
    g_autoptr (GError) local = NULL;

    if (!sc_disk_rename (self->disk, from, to, &local) && !g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  }
  return sc_disk_sync_directory (self->disk, ".", error);
}

static gboolean
open_index (ScStore *self, GError **error)
{
  g_autoptr (GError) local = NULL;

  self->index = sc_store_index_open (self->directory, SC_STORE_INDEX_NAME, &local);
  if (self->index != NULL)
    return TRUE;
  if (!g_error_matches (local, SC_ERROR, SC_ERROR_CORRUPT)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (!put_index_aside (self, local, error))
    return FALSE;
  self->index = sc_store_index_open (self->directory, SC_STORE_INDEX_NAME, error);
  return self->index != NULL;
}

static gboolean
recover (ScStore *self, GError **error)
{
  g_autoptr (ScStoreReport) report = sc_store_report_new ();
  g_autoptr (GArray) packs = sc_store_index_list_packs (self->index, error);

  if (packs == NULL || !sc_store_recover (self, self->index, packs->len == 0, report, NULL, NULL, error))
    return FALSE;
  for (guint i = 0; i < report->problems->len; i++)
    g_warning ("Store %s: %s", self->directory, (const char *) g_ptr_array_index (report->problems, i));
  return TRUE;
}

ScStore *
sc_store_open_with (const char *directory, ScDisk *disk, guint64 pack_limit, GError **error)
{
  g_autoptr (ScStore) self = g_new0 (ScStore, 1);

  g_mutex_init (&self->writing);
  g_mutex_init (&self->lock);
  self->directory = g_canonicalize_filename (directory, NULL);
  self->disk = disk;
  self->pack_limit = pack_limit;
  self->packs = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) sc_pack_unref);
  self->signatures = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  if (self->disk == NULL && g_mkdir_with_parents (self->directory, 0700) != 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot make the store's directory %s", self->directory);
    return NULL;
  }
  if (self->disk == NULL)
    self->disk = sc_disk_system (self->directory, error);
  if (self->disk == NULL || !take_lock (self, error) ||
      !sc_disk_make_directory (self->disk, SC_PACK_DIRECTORY, error) ||
      !sc_disk_sync_directory (self->disk, ".", error) || !open_index (self, error) || !recover (self, error))
    return NULL;
  self->reader = sc_store_open_reader (self, error);
  if (self->reader == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

ScStore *
sc_store_open (const char *directory, GError **error)
{
  return sc_store_open_with (directory, NULL, SC_PACK_SIZE_LIMIT, error);
}

void
sc_store_close (ScStore *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->packs);
  g_hash_table_unref (self->signatures);
  sc_store_index_close (self->reader);
  sc_store_index_close (self->index);
  if (self->lock_file != NULL)
    sc_disk_file_close (self->lock_file); /* last: the next engine finds everything closed */
  if (self->disk != NULL)
    sc_disk_free (self->disk);
  g_mutex_clear (&self->writing);
  g_mutex_clear (&self->lock);
  g_free (self->broken);
  g_free (self->directory);
  g_free (self);
}

gboolean
sc_store_begin_writing (ScStore *self, GError **error)
{
  if (!g_mutex_trylock (&self->writing)) {
    g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
                 "The store %s is being published to, verified or cleaned up: try again when that is done",
                 self->directory);
    return FALSE;
  }
  sc_store_lock (self);
  if (self->broken != NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_STATE,
                 "The store %s takes no changes because %s: check its disk and restart the engine", self->directory,
                 self->broken);
  sc_store_unlock (self);
  if (self->broken == NULL)
    return TRUE;
  g_mutex_unlock (&self->writing);
  return FALSE;
}

void
sc_store_end_writing (ScStore *self)
{
  g_mutex_unlock (&self->writing);
}

/* Packs */

static void
set_pack_missing (ScStore *self, guint32 number, gboolean known, GError **error)
{
  if (known)
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                 "Pack %u of the store %s is missing: put it back from a backup, or run seatcastctl store verify and "
                 "publish again",
                 number, self->directory);
  else
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "The store %s has no pack %u (any more)", self->directory,
                 number);
}

/* Caller holds the lock. */
static ScPack *
get_pack_locked (ScStore *self, guint32 number, GError **error)
{
  ScPack *pack = g_hash_table_lookup (self->packs, GUINT_TO_POINTER (number));
  g_autoptr (GError) local = NULL;
  guint64 size;
  gboolean known;

  if (pack != NULL)
    return sc_pack_ref (pack);
  pack = sc_pack_open (self->disk, number, &local);
  if (pack == NULL && g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    if (sc_store_index_get_pack (self->reader, number, &size, &known, error))
      set_pack_missing (self, number, known, error);
    return NULL;
  }
  if (pack == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (g_hash_table_size (self->packs) >= MAX_OPEN_PACKS)
    g_hash_table_remove_all (self->packs); /* whoever reads one holds a reference */
  g_hash_table_insert (self->packs, GUINT_TO_POINTER (number), sc_pack_ref (pack));
  return pack;
}

ScPack *
sc_store_get_pack (ScStore *self, guint32 number, GError **error)
{
  ScPack *pack;

  sc_store_lock (self);
  pack = get_pack_locked (self, number, error);
  sc_store_unlock (self);
  return pack;
}

void
sc_store_drop_packs (ScStore *self, guint32 number)
{
  sc_store_lock (self);
  if (number == 0)
    g_hash_table_remove_all (self->packs);
  else
    g_hash_table_remove (self->packs, GUINT_TO_POINTER (number));
  sc_store_unlock (self);
}

gboolean
sc_store_get_pack_size (ScStore *self, guint32 pack, guint64 *size, GError **error)
{
  gboolean found = FALSE;
  gboolean ok;

  sc_store_lock (self);
  ok = sc_store_index_get_pack (self->reader, pack, size, &found, error);
  sc_store_unlock (self);
  if (ok && !found)
    set_pack_missing (self, pack, FALSE, error);
  return ok && found;
}

GBytes *
sc_store_read_pack (ScStore *self, guint32 pack, guint64 offset, gsize length, GError **error)
{
  g_autoptr (ScPack) opened = NULL;
  g_autofree guint8 *data = NULL;
  guint64 size = 0;

  if (!sc_store_get_pack_size (self, pack, &size, error))
    return NULL;
  if (offset > size || length > size - offset) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "Pack %u has %" G_GUINT64_FORMAT " bytes; %" G_GSIZE_FORMAT " bytes at %" G_GUINT64_FORMAT
                 " reach past its end",
                 pack, size, length, offset);
    return NULL;
  }
  opened = sc_store_get_pack (self, pack, error);
  if (opened == NULL)
    return NULL;
  data = g_malloc (MAX (length, 1));
  if (!sc_pack_read (opened, offset, data, length, error)) {
    g_prefix_error (error, "Pack %u is damaged: ", pack);
    return NULL;
  }
  return g_bytes_new_take (g_steal_pointer (&data), length);
}

ScDiskFile *
sc_store_open_scratch (ScStore *self, GError **error)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *path = g_strconcat ("scratch-", uuid, NULL);
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk, path, SC_DISK_READ | SC_DISK_WRITE | SC_DISK_CREATE, error);

  if (file == NULL || !sc_disk_remove (self->disk, path, error))
    return NULL;
  return g_steal_pointer (&file);
}
