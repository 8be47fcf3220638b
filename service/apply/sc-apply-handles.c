/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/apply/sc-apply-handles.h"

#include "common/sc-error.h"

struct _ScApplyHandles {
  ScDisk *disk;
  GQueue open; /* the links are the files' own; the one used last at the head */
};

ScApplyHandles *
sc_apply_handles_new (ScDisk *disk)
{
  ScApplyHandles *self = g_new0 (ScApplyHandles, 1);

  self->disk = disk;
  g_queue_init (&self->open);
  return self;
}

void
sc_apply_handles_close_all (ScApplyHandles *self)
{
  while (self->open.head != NULL)
    sc_apply_handles_close (self, self->open.head->data);
}

void
sc_apply_handles_free (ScApplyHandles *self)
{
  if (self == NULL)
    return;
  sc_apply_handles_close_all (self);
  g_free (self);
}

void
sc_apply_handles_close (ScApplyHandles *self, ScApplyFile *file)
{
  if (file->handle == NULL)
    return;
  g_queue_unlink (&self->open, &file->link);
  g_clear_pointer (&file->handle, sc_disk_file_close);
  file->writable = FALSE;
}

void
sc_apply_handles_close_under (ScApplyHandles *self, const char *prefix)
{
  for (GList *link = self->open.head; link != NULL;) {
    ScApplyFile *file = link->data;

    link = link->next;
    if (g_str_has_prefix (file->place, prefix))
      sc_apply_handles_close (self, file);
  }
}

gboolean
sc_apply_handles_sync (ScApplyHandles *self, ScApplyFile *file, GError **error)
{
  if (!file->dirty)
    return TRUE;
  if (!sc_disk_file_sync (file->handle, error))
    return FALSE;
  file->dirty = FALSE;
  return TRUE;
}

static gboolean
make_room (ScApplyHandles *self, GError **error)
{
  ScApplyFile *oldest;

  if (self->open.length < SC_APPLY_MAX_HANDLES)
    return TRUE;
  oldest = self->open.tail->data;
  if (!sc_apply_handles_sync (self, oldest, error))
    return FALSE;
  sc_apply_handles_close (self, oldest);
  return TRUE;
}

static ScDiskFile *
open_file (ScApplyHandles *self, ScApplyFile *file, ScDiskFlags flags, GError **error)
{
  if (!make_room (self, error))
    return NULL;
  file->handle = sc_disk_open (self->disk, file->place, flags, error);
  if (file->handle == NULL)
    return NULL;
  file->writable = (flags & SC_DISK_WRITE) != 0;
  g_queue_push_head_link (&self->open, &file->link);
  return file->handle;
}

static ScDiskFile *
use_open (ScApplyHandles *self, ScApplyFile *file)
{
  g_queue_unlink (&self->open, &file->link);
  g_queue_push_head_link (&self->open, &file->link);
  return file->handle;
}

ScDiskFile *
sc_apply_handles_open (ScApplyHandles *self, ScApplyFile *file, GError **error)
{
  return file->handle != NULL ? use_open (self, file) : open_file (self, file, SC_DISK_READ, error);
}

gboolean
sc_apply_handles_claim (ScApplyHandles *self, ScApplyFile *file, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (file->writable)
    return TRUE;
  sc_apply_handles_close (self, file);
  if (open_file (self, file, SC_DISK_WRITE | SC_DISK_EXCLUSIVE, &local) != NULL)
    return TRUE;
  if (!g_error_matches (local, SC_ERROR, SC_ERROR_SYSTEM)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  return open_file (self, file, SC_DISK_READ | SC_DISK_EXCLUSIVE, error) != NULL;
}

ScDiskFile *
sc_apply_handles_open_writable (ScApplyHandles *self, ScApplyFile *file, gboolean create, GError **error)
{
  ScDiskFlags flags = SC_DISK_WRITE | SC_DISK_EXCLUSIVE | (create ? SC_DISK_CREATE : 0);
  g_autoptr (GError) local = NULL;
  ScDiskFile *handle;

  if (file->writable)
    return use_open (self, file);
  sc_apply_handles_close (self, file);
  handle = open_file (self, file, flags, &local);
  if (handle != NULL)
    return handle;
  /* perhaps it only bears the read-only attribute */
  if (g_error_matches (local, SC_ERROR, SC_ERROR_SYSTEM) &&
      sc_disk_set_read_only (self->disk, file->place, FALSE, NULL))
    return open_file (self, file, flags, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}
