/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-store-signatures.h"

#include "common/sc-error.h"
#include "console/engine/store/sc-store-private.h"

#define DIRECTORY "signatures"
#define FIRST_DIRECTORY "signatures.new" /* becomes the other one when all versions of a store from before are signed  \
                                          */
#define SUFFIX ".new"
#define TEXT_LENGTH (2 * SC_SIGNATURE_SIZE + 1)

typedef enum {
  UNSIGNED,
  WRONG,
  GOOD,
} Verdict;

/* What is known of a version's signature: as it was read, and judged by the keys of that time. */
struct _ScStoreSignature {
  guint64 number;
  ScChunkId manifest;
  Verdict verdict;
  ScSignature signature;
};

static char *
make_path (const char *directory, guint64 number)
{
  return g_strdup_printf ("%s/%" G_GUINT64_FORMAT, directory, number);
}

/* reading */

static gboolean
read_text (ScStore *self, guint64 number, char text[TEXT_LENGTH], gsize *length, GError **error)
{
  g_autofree char *path = make_path (DIRECTORY, number);
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk, path, SC_DISK_READ, error);
  ScDiskInfo info;

  if (file == NULL || !sc_disk_file_info (file, &info, error))
    return FALSE;
  *length = info.size == TEXT_LENGTH ? TEXT_LENGTH : 0;
  return sc_disk_file_read_at (file, 0, text, *length, error);
}

static gboolean
parse_text (char text[TEXT_LENGTH], gsize length, ScSignature *signature)
{
  if (length != TEXT_LENGTH || text[TEXT_LENGTH - 1] != '\n')
    return FALSE;
  text[TEXT_LENGTH - 1] = '\0';
  return sc_signature_from_hex (signature, text, NULL);
}

/* Caller holds the lock. Returns: (transfer none): valid while the lock is held; NULL with an error */
static const ScStoreSignature *
look_up (ScStore *self, guint64 number, const ScChunkId *manifest, GError **error)
{
  ScStoreSignature *known = g_hash_table_lookup (self->signatures, &number);
  g_autoptr (GError) local = NULL;
  char text[TEXT_LENGTH];
  gsize length = 0;

  if (known != NULL && sc_chunk_id_equal (&known->manifest, manifest))
    return known;
  if (!read_text (self, number, text, &length, &local) && !g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  known = g_new0 (ScStoreSignature, 1);
  known->number = number;
  known->manifest = *manifest;
  if (local != NULL)
    known->verdict = UNSIGNED;
  else if (parse_text (text, length, &known->signature) &&
           sc_signature_is_of_version (&known->signature, self->keys, self->n_keys, number, manifest))
    known->verdict = GOOD;
  else
    known->verdict = WRONG;
  g_hash_table_replace (self->signatures, &known->number, known);
  return known;
}

gboolean
sc_store_get_signature (ScStore *self, const ScVersionManifest *version, ScSignature *signature, GError **error)
{
  guint64 number = sc_version_manifest_get_number (version);
  const ScStoreSignature *known;
  Verdict verdict = WRONG;

  sc_store_lock (self);
  known = look_up (self, number, sc_version_manifest_get_id (version), error);
  if (known != NULL) {
    verdict = known->verdict;
    *signature = known->signature;
  }
  sc_store_unlock (self);
  if (known == NULL || verdict == GOOD)
    return known != NULL;
  if (verdict == UNSIGNED)
    g_set_error (error, SC_ERROR, SC_ERROR_STATE,
                 "version %" G_GUINT64_FORMAT
                 " is not signed, so no seat would take it: if it is what you published, an "
                 "administrator signs it by “seatcastctl version sign %" G_GUINT64_FORMAT "”",
                 number, number);
  else
    g_set_error (
        error, SC_ERROR, SC_ERROR_STATE,
        "the signature of version %" G_GUINT64_FORMAT
        " is not this console's, or it is of something else, so no seat would take it: find out who changed %s; "
        "if the version is what you published, an administrator signs it anew by “seatcastctl version sign "
        "%" G_GUINT64_FORMAT "”",
        number, self->directory, number);
  return FALSE;
}

gboolean
sc_store_is_signed (ScStore *self, const ScVersionManifest *version)
{
  ScSignature signature;

  return sc_store_get_signature (self, version, &signature, NULL);
}

void
sc_store_check_signature (ScStore *self, const ScVersionManifest *version, ScStoreReport *report)
{
  g_autoptr (GError) error = NULL;
  ScSignature signature;

  if (self->n_keys == 0 || sc_store_get_signature (self, version, &signature, &error))
    return;
  sc_store_report_add (report, "%s", error->message);
  report->damaged++;
}

void
sc_store_forget_signatures (ScStore *self)
{
  sc_store_lock (self);
  g_hash_table_remove_all (self->signatures);
  sc_store_unlock (self);
}

/* writing: by the one who may change the store */

static gboolean
write_text (ScStore *self, const char *path, const ScSignature *signature, GError **error)
{
  g_autoptr (ScDiskFile) file = sc_disk_open (self->disk, path, SC_DISK_WRITE | SC_DISK_CREATE, error);
  g_autofree char *hex = sc_signature_to_hex (signature);
  g_autofree char *text = g_strconcat (hex, "\n", NULL);

  return file != NULL && sc_disk_file_truncate (file, 0, error) &&
         sc_disk_file_write_at (file, 0, text, strlen (text), error) && sc_disk_file_sync (file, error);
}

/* Replaces what there is, whole; durable once the directory is synced. */
static gboolean
replace (ScStore *self, guint64 number, const ScSignature *signature, GError **error)
{
  g_autofree char *path = make_path (DIRECTORY, number);
  g_autofree char *fresh = g_strconcat (path, SUFFIX, NULL);
  gboolean ok;

  if (!write_text (self, fresh, signature, error))
    return FALSE;
  sc_store_lock (self); /* nobody has the file open */
  g_hash_table_remove (self->signatures, &number);
  ok = sc_disk_rename (self->disk, fresh, path, error);
  sc_store_unlock (self);
  return ok;
}

gboolean
sc_store_write_signature (ScStore *self, ScVersionManifest *version, GError **error)
{
  guint64 number = sc_version_manifest_get_number (version);
  ScVersionSigner signer;
  ScSignature signature;

  sc_store_lock (self);
  signer = self->signer;
  sc_store_unlock (self);
  if (signer.sign == NULL)
    return TRUE;
  signer.sign (signer.data, number, sc_version_manifest_get_id (version), &signature);
  return replace (self, number, &signature, error) && sc_disk_sync_directory (self->disk, DIRECTORY, error);
}

/* Whether @name is that of a signature of one of @versions. */
static gboolean
is_needed (const char *name, GPtrArray *versions)
{
  for (guint i = 0; i < versions->len; i++) {
    char number[24];

    g_snprintf (number, sizeof number, "%" G_GUINT64_FORMAT,
                sc_version_manifest_get_number (g_ptr_array_index (versions, i)));
    if (g_str_equal (name, number))
      return TRUE;
  }
  return FALSE;
}

gboolean
sc_store_drop_signatures (ScStore *self, GPtrArray *versions, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) names = sc_disk_list (self->disk, DIRECTORY, &local);

  if (names == NULL && g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND))
    return TRUE;
  if (names == NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_strconcat (DIRECTORY "/", g_ptr_array_index (names, i), NULL);

    if (!is_needed (g_ptr_array_index (names, i), versions) && !sc_disk_remove (self->disk, path, error))
      return FALSE;
  }
  sc_store_forget_signatures (self);
  return sc_disk_sync_directory (self->disk, DIRECTORY, error);
}

/* keys */

static gboolean
has_directory (ScStore *self, gboolean *has, GError **error)
{
  g_autoptr (GError) local = NULL;
  ScDiskInfo info;

  *has = sc_disk_info (self->disk, DIRECTORY, &info, &local);
  if (*has || g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* All of them appear at once: a crash on the way leaves a store from before, as it was. */
static gboolean
sign_first_time (ScStore *self, const ScVersionSigner *signer, GError **error)
{
  g_autoptr (GPtrArray) versions = sc_store_list_versions (self, error);

  if (versions == NULL || !sc_disk_make_directory (self->disk, FIRST_DIRECTORY, error))
    return FALSE;
  for (guint i = 0; i < versions->len; i++) {
    ScVersionManifest *version = g_ptr_array_index (versions, i);
    guint64 number = sc_version_manifest_get_number (version);
    g_autofree char *path = make_path (FIRST_DIRECTORY, number);
    ScSignature signature;

    signer->sign (signer->data, number, sc_version_manifest_get_id (version), &signature);
    if (!write_text (self, path, &signature, error))
      return FALSE;
  }
  if (versions->len > 0)
    g_message ("The store %s is from before versions were signed: its %u versions are signed now", self->directory,
               versions->len);
  return sc_disk_sync_directory (self->disk, FIRST_DIRECTORY, error) &&
         sc_disk_rename (self->disk, FIRST_DIRECTORY, DIRECTORY, error) &&
         sc_disk_sync_directory (self->disk, ".", error);
}

gboolean
sc_store_set_signer (ScStore *self, const ScVersionSigner *signer, const ScSigningKey *keys, gsize n_keys,
                     GError **error)
{
  gboolean has;

  g_return_val_if_fail (n_keys <= G_N_ELEMENTS (self->keys), FALSE);

  if (!has_directory (self, &has, error))
    return FALSE;
  if (!has) {
    gboolean ok;

    if (!sc_store_begin_writing (self, error))
      return FALSE;
    ok = sign_first_time (self, signer, error);
    sc_store_end_writing (self);
    if (!ok)
      return FALSE;
  }
  sc_store_lock (self);
  self->signer = *signer;
  memcpy (self->keys, keys, n_keys * sizeof *keys);
  self->n_keys = n_keys;
  g_hash_table_remove_all (self->signatures);
  sc_store_unlock (self);
  return TRUE;
}

static gboolean
sign_anew (ScStore *self, const ScVersionSigner *signer, const ScVersionManifest *version, GError **error)
{
  guint64 number = sc_version_manifest_get_number (version);
  g_autoptr (GError) why = NULL;
  ScSignature before, after;

  if (!sc_store_get_signature (self, version, &before, &why)) {
    if (!g_error_matches (why, SC_ERROR, SC_ERROR_STATE)) {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
    g_warning ("Version %" G_GUINT64_FORMAT " is not signed with the new key: %s", number, why->message);
    return TRUE;
  }
  signer->sign (signer->data, number, sc_version_manifest_get_id (version), &after);
  return memcmp (&before, &after, sizeof before) == 0 || replace (self, number, &after, error);
}

gboolean
sc_store_sign_all (ScStore *self, const ScVersionSigner *signer, GError **error)
{
  g_autoptr (GPtrArray) versions = NULL;
  gboolean ok;

  if (!sc_store_begin_writing (self, error))
    return FALSE;
  versions = sc_store_list_versions (self, error);
  ok = versions != NULL;
  for (guint i = 0; ok && i < versions->len; i++)
    ok = sign_anew (self, signer, g_ptr_array_index (versions, i), error);
  ok = ok && sc_disk_sync_directory (self->disk, DIRECTORY, error);
  sc_store_end_writing (self);
  return ok;
}
