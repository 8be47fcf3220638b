/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-authority-files.h"

#include "common/platform/sc-system.h"
#include "common/sc-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define AUTHORITY_KEY "authority.key"
#define AUTHORITY "authority.crt"
#define SIGNING_KEY "signing.key"
#define CONSOLE_KEY "console.key"
#define CONSOLE "console.crt"
#define NEXT_KEY "next.key"
#define NEXT "next.crt"
#define NEXT_SIGNING_KEY "next-signing.key"
#define FINISH "finish"
#define ORDER "order"
#define MAX_ORDER ((guint64) 1 << 62) /* JSON's whole numbers are signed */

void
sc_authority_keys_clear (ScAuthorityKeys *self)
{
  g_clear_pointer (&self->key, sc_private_key_free);
  g_clear_pointer (&self->certificate, sc_certificate_free);
  g_clear_pointer (&self->signing_key, sc_private_key_free);
}

static gboolean
has (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* One that is not there is removed. */
static gboolean
remove_file (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  return sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot remove “%s”", path);
}

/* ---- one file each ---- */

/* Always FALSE. */
static gboolean
report_missing (GError **error, const char *folder, const char *missing, const char *there)
{
  if (strcmp (there, NEXT) == 0)
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "“%s” in “%s” is missing, so the change of the authority cannot go on: restore the folder from a "
                 "backup, or remove “" NEXT "” to give the change up; seats that have moved must then enrol again",
                 missing, folder);
  else
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "“%s” in “%s” is missing, but “%s” is there: restore the folder from a backup. Without it the console "
                 "needs a new authority, which every seat must be enrolled with again: remove the whole folder, and "
                 "the file “connection” beside it, for that",
                 missing, folder, there);
  return FALSE;
}

static ScPrivateKey *
load_key (const char *folder, const char *name, ScKeyKind kind, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return sc_private_key_load (path, kind, error);
}

static ScPrivateKey *
make_key (const char *folder, const char *name, ScKeyKind kind, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (ScPrivateKey) key = sc_private_key_new (kind, error);
  if (key == NULL || !sc_private_key_save (key, path, error))
    return NULL;
  return g_steal_pointer (&key);
}

static ScPrivateKey *
load_or_make_key (const char *folder, const char *name, ScKeyKind kind, GError **error)
{
  return has (folder, name) ? load_key (folder, name, kind, error) : make_key (folder, name, kind, error);
}

static ScCertificate *
load_certificate (const char *folder, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return sc_certificate_load (path, error);
}

static gboolean
save_certificate (const char *folder, const char *name, const ScCertificate *certificate, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  return sc_certificate_save (certificate, path, error);
}

/* ---- an authority ---- */

typedef struct {
  const char *key;
  const char *certificate;
  const char *signing_key;
} Names;

static const Names current_names = { AUTHORITY_KEY, AUTHORITY, SIGNING_KEY };
static const Names next_names = { NEXT_KEY, NEXT, NEXT_SIGNING_KEY };

/* The certificate is there, so the keys must be. */
static gboolean
load_keys (const char *folder, const Names *names, ScAuthorityKeys *keys, GError **error)
{
  const char *missing = !has (folder, names->key) ? names->key : names->signing_key;
  if (!has (folder, missing))
    return report_missing (error, folder, missing, names->certificate);
  keys->key = load_key (folder, names->key, SC_KEY_P256, error);
  if (keys->key != NULL)
    keys->signing_key = load_key (folder, names->signing_key, SC_KEY_ED25519, error);
  if (keys->signing_key != NULL)
    keys->certificate = load_certificate (folder, names->certificate, error);
  if (keys->certificate == NULL)
    return FALSE;
  if (sc_certificate_belongs_to (keys->certificate, keys->key) && sc_certificate_is_authority (keys->certificate))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
               "“%s” and “%s” in “%s” do not belong together; restore the folder as a whole from one backup",
               names->certificate, names->key, folder);
  return FALSE;
}

/* The certificate comes last: where it is, the keys are. Keys of an attempt before are taken. */
static gboolean
make_keys (const char *folder, const Names *names, const char *name, gint64 now, ScAuthorityKeys *keys, GError **error)
{
  keys->key = load_or_make_key (folder, names->key, SC_KEY_P256, error);
  if (keys->key != NULL)
    keys->signing_key = load_or_make_key (folder, names->signing_key, SC_KEY_ED25519, error);
  if (keys->signing_key != NULL)
    keys->certificate = sc_certificate_new_authority (keys->key, name, now, error);
  return keys->certificate != NULL && save_certificate (folder, names->certificate, keys->certificate, error);
}

/* The next one's files are copied, each at once and durably, and go when all three are; so this may begin again. */
static gboolean
take_over (const char *folder, GError **error)
{
  g_auto (ScAuthorityKeys) next = { 0 };
  if (has (folder, NEXT)) {
    g_autofree char *key_path = g_build_filename (folder, AUTHORITY_KEY, NULL);
    g_autofree char *signing_path = g_build_filename (folder, SIGNING_KEY, NULL);
    if (!load_keys (folder, &next_names, &next, error) || !sc_private_key_save (next.key, key_path, error) ||
        !sc_private_key_save (next.signing_key, signing_path, error) ||
        !save_certificate (folder, AUTHORITY, next.certificate, error) || !remove_file (folder, NEXT, error))
      return FALSE;
  }
  return remove_file (folder, NEXT_KEY, error) && remove_file (folder, NEXT_SIGNING_KEY, error) &&
         remove_file (folder, FINISH, error);
}

gboolean
sc_authority_files_open (const char *folder, const char *name, gint64 now, ScAuthorityKeys *keys, GError **error)
{
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot create “%s”", folder);
  if (has (folder, FINISH) && !take_over (folder, error))
    return FALSE;
  if (has (folder, AUTHORITY))
    return load_keys (folder, &current_names, keys, error);
  /* the console's certificate is made after the authority's: this is no first start that broke off */
  if (has (folder, CONSOLE))
    return report_missing (error, folder, AUTHORITY, CONSOLE);
  return make_keys (folder, &current_names, name, now, keys, error);
}

gboolean
sc_authority_files_open_next (const char *folder, const ScAuthorityKeys *current, ScAuthorityKeys *next, GError **error)
{
  if (!has (folder, NEXT))
    return sc_authority_files_drop_next (folder, error);
  if (!load_keys (folder, &next_names, next, error))
    return FALSE;
  if (!sc_certificate_equal (current->certificate, next->certificate))
    return TRUE;
  sc_authority_keys_clear (next); /* it has taken over, and its removal was lost with the power */
  return sc_authority_files_drop_next (folder, error);
}

gboolean
sc_authority_files_make_next (const char *folder, const char *name, gint64 now, ScAuthorityKeys *next, GError **error)
{
  if (make_keys (folder, &next_names, name, now, next, error))
    return TRUE;
  sc_authority_keys_clear (next);
  return FALSE;
}

gboolean
sc_authority_files_may_drop_next (const char *folder, GError **error)
{
  if (!has (folder, FINISH))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_STATE,
               "The next authority has begun to take over, which cannot be taken back: finish it again");
  return FALSE;
}

gboolean
sc_authority_files_drop_next (const char *folder, GError **error)
{
  return sc_authority_files_may_drop_next (folder, error) && remove_file (folder, NEXT, error) &&
         remove_file (folder, NEXT_KEY, error) && remove_file (folder, NEXT_SIGNING_KEY, error);
}

gboolean
sc_authority_files_finish (const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, FINISH, NULL);
  return sc_system_write_secret (path, "the next authority takes over\n", error) && take_over (folder, error);
}

/* ---- the console's certificate ---- */

/* What it can be made anew for is no error. */
static gboolean
is_to_be_made (GError **error)
{
  if (!g_error_matches (*error, SC_ERROR, SC_ERROR_NOT_FOUND) && !g_error_matches (*error, SC_ERROR, SC_ERROR_CORRUPT))
    return FALSE;
  g_clear_error (error);
  return TRUE;
}

gboolean
sc_authority_files_open_console (const char *folder, ScPrivateKey **key, ScCertificate **certificate, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (ScPrivateKey) own_key = load_key (folder, CONSOLE_KEY, SC_KEY_P256, &failure);
  g_autoptr (ScCertificate) own = own_key != NULL ? load_certificate (folder, CONSOLE, &failure) : NULL;
  *key = NULL;
  *certificate = NULL;
  if (failure != NULL && !is_to_be_made (&failure)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  if (own != NULL && sc_certificate_belongs_to (own, own_key)) {
    *key = g_steal_pointer (&own_key);
    *certificate = g_steal_pointer (&own);
  }
  return TRUE;
}

gboolean
sc_authority_files_save_console (const char *folder, const ScPrivateKey *key, const ScCertificate *certificate,
                                 GError **error)
{
  g_autofree char *path = g_build_filename (folder, CONSOLE_KEY, NULL);
  return sc_private_key_save (key, path, error) && save_certificate (folder, CONSOLE, certificate, error);
}

/* ---- the numbers of orders ---- */

gboolean
sc_authority_files_load_order (const char *folder, guint64 *order, GError **error)
{
  g_autofree char *path = g_build_filename (folder, ORDER, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) failure = NULL;
  *order = 0;
  if (!g_file_get_contents (path, &text, NULL, &failure)) {
    if (g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      return TRUE;
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "Cannot read the number of the last order: %s", failure->message);
    return FALSE;
  }
  if (g_ascii_string_to_unsigned (g_strchomp (text), 10, 1, MAX_ORDER, order, NULL))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
               "“%s” is damaged: restore it from a backup, or remove it if this machine's clock has never been ahead "
               "of the time; orders then go on by the clock",
               path);
  return FALSE;
}

gboolean
sc_authority_files_save_order (const char *folder, guint64 order, GError **error)
{
  g_autofree char *path = g_build_filename (folder, ORDER, NULL);
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT "\n", order);
  return sc_system_write_secret (path, text, error);
}
