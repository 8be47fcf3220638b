/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-pack.h"

#include "common/sc-error.h"

#define NAME_FORMAT "%08u.pack"

struct _ScPack {
  int references; /* atomic */
  guint32 number;
  ScDiskFile *file;
};

char *
sc_pack_make_path (guint32 number)
{
  return g_strdup_printf (SC_PACK_DIRECTORY "/" NAME_FORMAT, number);
}

guint32
sc_pack_parse_name (const char *name)
{
  g_autofree char *expected = NULL;
  guint64 number;

  if (!g_ascii_isdigit (name[0]))
    return 0;
  number = g_ascii_strtoull (name, NULL, 10);
  if (number == 0 || number >= G_MAXUINT32)
    return 0;
  expected = g_strdup_printf (NAME_FORMAT, (guint32) number);
  return g_str_equal (name, expected) ? (guint32) number : 0;
}

ScPack *
sc_pack_open (ScDisk *disk, guint32 number, GError **error)
{
  g_autofree char *path = sc_pack_make_path (number);
  ScDiskFile *file = sc_disk_open (disk, path, SC_DISK_READ, error);
  ScPack *self;

  if (file == NULL)
    return NULL;
  self = g_new0 (ScPack, 1);
  self->references = 1;
  self->number = number;
  self->file = file;
  return self;
}

ScPack *
sc_pack_ref (ScPack *self)
{
  g_atomic_int_inc (&self->references);
  return self;
}

void
sc_pack_unref (ScPack *self)
{
  if (!g_atomic_int_dec_and_test (&self->references))
    return;
  sc_disk_file_close (self->file);
  g_free (self);
}

guint32
sc_pack_get_number (const ScPack *self)
{
  return self->number;
}

gboolean
sc_pack_read (ScPack *self, guint64 offset, void *data, gsize length, GError **error)
{
  return sc_disk_file_read_at (self->file, offset, data, length, error);
}

gboolean
sc_pack_read_entry (ScPack *self, guint64 offset, guint64 end, ScPackEntry *entry, GByteArray *stored, GError **error)
{
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];

  if (offset > end || end - offset < sizeof header) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "Pack %u ends in the middle of the entry at %" G_GUINT64_FORMAT,
                 self->number, offset);
    return FALSE;
  }
  if (!sc_pack_read (self, offset, header, sizeof header, error) || !sc_pack_entry_parse_header (entry, header, error))
    return FALSE;
  if (entry->stored_length > end - offset - sizeof header) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "Pack %u ends in the middle of the entry at %" G_GUINT64_FORMAT,
                 self->number, offset);
    return FALSE;
  }
  g_byte_array_set_size (stored, entry->stored_length);
  return sc_pack_read (self, offset + sizeof header, stored->data, stored->len, error) &&
         sc_pack_entry_check (entry, stored->data, error);
}
