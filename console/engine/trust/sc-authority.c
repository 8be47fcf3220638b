/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-authority.h"

#include "common/sc-error.h"
#include "console/engine/trust/sc-authority-files.h"

#include <string.h>

#define DAY_SECONDS (24 * 60 * 60)
#define MAX_NAMES 128u                                   /* of a console: more would not fit into a certificate */
#define ORDERS_AHEAD (10 * (guint64) G_TIME_SPAN_MINUTE) /* reserved at a time; numbers follow the clock in µs */

struct _ScAuthority {
  char *folder;
  char *name;
  ScAuthorityKeys current;
  ScAuthorityKeys next; /* its certificate is NULL: none */
  char *fingerprint;
  ScPrivateKey *console_key;
  ScCertificate *console;
  GTlsCertificate *tls;
  GPtrArray *names;
  ScAnchors *anchors;
  guint64 last_order;
  guint64 reserved_order; /* up to here, in the file */
  GMutex mutex;           /* of the keys that versions are signed by */
  ScAuthorityChanged changed;
  gpointer user_data;
};

/* ---- names ---- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* As a certificate has them: each once, sorted. */
static GPtrArray *
normalize_names (GPtrArray *names)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < names->len && list->len < MAX_NAMES; i++) {
    g_autofree char *name = sc_certificate_normalize_name (names->pdata[i]);
    if (name == NULL || g_hash_table_contains (known, name))
      continue;
    g_hash_table_add (known, name);
    g_ptr_array_add (list, g_steal_pointer (&name));
  }
  g_ptr_array_sort (list, compare_names);
  return list;
}

static gboolean
names_equal (const GPtrArray *a, const GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (strcmp (a->pdata[i], b->pdata[i]) != 0)
      return FALSE;
  return TRUE;
}

/* ---- what follows from the files ---- */

static void
add_anchor (ScAnchors *anchors, const ScAuthorityKeys *keys)
{
  g_ptr_array_add (anchors->authorities, sc_certificate_copy (keys->certificate));
  sc_signing_key_of (keys->signing_key, &anchors->signing_keys[anchors->n_signing_keys++]);
}

static void
take_authorities (ScAuthority *self)
{
  g_clear_pointer (&self->anchors, sc_anchors_free);
  g_free (self->fingerprint);
  self->fingerprint = sc_certificate_get_fingerprint (self->current.certificate);
  self->anchors = sc_anchors_new ();
  add_anchor (self->anchors, &self->current);
  if (self->next.certificate != NULL)
    add_anchor (self->anchors, &self->next);
}

static void
notify (ScAuthority *self)
{
  if (self->changed != NULL)
    self->changed (self->user_data);
}

/* Outside of the authority's own time the clock is wrong, or all is over: nothing good could be issued, and what is
 * there may be good again. */
static gboolean
is_authority_time (ScAuthority *self, gint64 now)
{
  return now >= sc_certificate_get_begin (self->current.certificate) &&
         now < sc_certificate_get_end (self->current.certificate);
}

static gboolean
console_is_good (ScAuthority *self, gint64 now)
{
  g_autoptr (GPtrArray) authorities = g_ptr_array_new ();
  g_autoptr (GPtrArray) names = self->console != NULL ? sc_certificate_get_names (self->console) : NULL;
  g_ptr_array_add (authorities, self->current.certificate);
  if (self->console != NULL && !is_authority_time (self, now))
    now = sc_certificate_get_begin (self->console);
  return self->console != NULL && names_equal (names, self->names) &&
         sc_certificate_get_end (self->console) - now > (gint64) SC_CERTIFICATE_RENEW_DAYS * DAY_SECONDS &&
         sc_certificate_check (self->console, authorities, SC_CERTIFICATE_CONSOLE, NULL, now, NULL);
}

/* With a new key. */
static gboolean
issue_console (ScAuthority *self, gint64 now, GError **error)
{
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, error);
  if (key == NULL)
    return FALSE;
  g_autoptr (ScCertificate) console =
      sc_certificate_issue_console (self->current.certificate, self->current.key, key, self->names, now, error);
  if (console == NULL || !sc_authority_files_save_console (self->folder, key, console, error))
    return FALSE;
  sc_private_key_free (self->console_key);
  sc_certificate_free (self->console);
  self->console_key = g_steal_pointer (&key);
  self->console = g_steal_pointer (&console);
  return TRUE;
}

static gboolean
take_console (ScAuthority *self, gint64 now, gboolean *renewed, GError **error)
{
  *renewed = !console_is_good (self, now);
  if (*renewed && !issue_console (self, now, error))
    return FALSE;
  if (!*renewed && self->tls != NULL)
    return TRUE;
  GTlsCertificate *tls = sc_certificate_to_tls (self->console, self->console_key, self->current.certificate, error);
  if (tls == NULL)
    return FALSE;
  g_clear_object (&self->tls);
  self->tls = tls;
  return TRUE;
}

static gboolean
set_names (ScAuthority *self, GPtrArray *names, GError **error)
{
  g_autoptr (GPtrArray) list = normalize_names (names);
  if (list->len == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "This host has no name or address that a certificate could have: give it one by --name");
    return FALSE;
  }
  g_clear_pointer (&self->names, g_ptr_array_unref);
  self->names = g_steal_pointer (&list);
  return TRUE;
}

/* ---- opening ---- */

ScAuthority *
sc_authority_open (const char *directory, GPtrArray *names, gint64 now, GError **error)
{
  g_autoptr (ScAuthority) self = g_new0 (ScAuthority, 1);
  gboolean renewed = FALSE;
  g_mutex_init (&self->mutex);
  self->folder = g_build_filename (directory, SC_AUTHORITY_FOLDER, NULL);
  if (!set_names (self, names, error))
    return NULL;
  self->name = g_strdup_printf ("Seatcast authority of %s", (const char *) names->pdata[0]);
  if (!sc_authority_files_open (self->folder, self->name, now, &self->current, error) ||
      !sc_authority_files_open_next (self->folder, &self->current, &self->next, error) ||
      !sc_authority_files_load_order (self->folder, &self->reserved_order, error) ||
      !sc_authority_files_open_console (self->folder, &self->console_key, &self->console, error))
    return NULL;
  self->last_order = self->reserved_order;
  take_authorities (self);
  return take_console (self, now, &renewed, error) ? g_steal_pointer (&self) : NULL;
}

void
sc_authority_close (ScAuthority *self)
{
  if (self == NULL)
    return;
  sc_authority_keys_clear (&self->current);
  sc_authority_keys_clear (&self->next);
  sc_private_key_free (self->console_key);
  sc_certificate_free (self->console);
  g_clear_object (&self->tls);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  sc_anchors_free (self->anchors);
  g_mutex_clear (&self->mutex);
  g_free (self->fingerprint);
  g_free (self->folder);
  g_free (self->name);
  g_free (self);
}

void
sc_authority_set_changed (ScAuthority *self, ScAuthorityChanged changed, gpointer user_data)
{
  self->changed = changed;
  self->user_data = user_data;
}

gboolean
sc_authority_refresh (ScAuthority *self, GPtrArray *names, gint64 now, GError **error)
{
  gboolean renewed = FALSE;
  if (!set_names (self, names, error) || !take_console (self, now, &renewed, error))
    return FALSE;
  if (renewed)
    notify (self);
  return TRUE;
}

GTlsCertificate *
sc_authority_get_tls (ScAuthority *self)
{
  return self->tls;
}

const ScCertificate *
sc_authority_get_certificate (ScAuthority *self)
{
  return self->current.certificate;
}

const ScCertificate *
sc_authority_get_console_certificate (ScAuthority *self)
{
  return self->console;
}

const char *
sc_authority_get_fingerprint (ScAuthority *self)
{
  return self->fingerprint;
}

const ScAnchors *
sc_authority_get_anchors (ScAuthority *self)
{
  return self->anchors;
}

/* ---- seats ---- */

char *
sc_authority_issue_seat (ScAuthority *self, const char *request, const char *seat, gint64 now,
                         guint8 key_id[SC_KEY_ID_SIZE], gint64 *end, GError **error)
{
  const ScAuthorityKeys *issuer = self->next.certificate != NULL ? &self->next : &self->current;
  g_autoptr (ScCertificate) certificate =
      sc_certificate_issue_seat (issuer->certificate, issuer->key, request, seat, now, error);
  if (certificate == NULL)
    return NULL;
  if (key_id != NULL)
    sc_certificate_get_key_id (certificate, key_id);
  if (end != NULL)
    *end = sc_certificate_get_end (certificate);
  return sc_certificate_to_pem (certificate);
}

char *
sc_authority_identify_seat (ScAuthority *self, const ScCertificate *certificate, gint64 now,
                            guint8 key_id[SC_KEY_ID_SIZE], GError **error)
{
  g_autoptr (GError) failure = NULL;
  char *seat = NULL;
  if (!sc_certificate_check (certificate, self->anchors->authorities, SC_CERTIFICATE_SEAT, NULL, now, &failure)) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "This console does not know the seat: %s. The seat has to enrol again", failure->message);
    return NULL;
  }
  seat = sc_certificate_get_seat (certificate);
  if (seat == NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED, "The certificate names no seat: the seat has to enrol again");
  else if (key_id != NULL)
    sc_certificate_get_key_id (certificate, key_id);
  return seat;
}

/* ---- caches ---- */

char *
sc_authority_issue_cache (ScAuthority *self, const char *request, const char *name, GPtrArray *names, gint64 now,
                          guint8 key_id[SC_KEY_ID_SIZE], gint64 *end, GError **error)
{
  const ScAuthorityKeys *issuer = self->next.certificate != NULL ? &self->next : &self->current;
  g_autoptr (ScCertificate) certificate =
      sc_certificate_issue_cache (issuer->certificate, issuer->key, request, name, names, now, error);
  if (certificate == NULL)
    return NULL;
  sc_certificate_get_key_id (certificate, key_id);
  *end = sc_certificate_get_end (certificate);
  return sc_certificate_to_pem (certificate);
}

char *
sc_authority_identify_cache (ScAuthority *self, const ScCertificate *certificate, gint64 now,
                             guint8 key_id[SC_KEY_ID_SIZE], GError **error)
{
  g_autoptr (GError) failure = NULL;
  char *name = NULL;
  if (!sc_certificate_check (certificate, self->anchors->authorities, SC_CERTIFICATE_CACHE, NULL, now, &failure)) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "This console does not know the cache: %s. Make its certificate again by “seatcastctl cache create”",
                 failure->message);
    return NULL;
  }
  name = sc_certificate_get_cache (certificate);
  if (name == NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED, "The certificate names no cache");
  else
    sc_certificate_get_key_id (certificate, key_id);
  return name;
}

gboolean
sc_authority_is_from_next (ScAuthority *self, const ScCertificate *certificate, gint64 now)
{
  g_autoptr (GPtrArray) authorities = g_ptr_array_new ();
  if (self->next.certificate == NULL)
    return FALSE;
  g_ptr_array_add (authorities, self->next.certificate);
  return sc_certificate_check (certificate, authorities, SC_CERTIFICATE_SEAT, NULL, now, NULL);
}

/* ---- signatures ---- */

void
sc_authority_sign_version (ScAuthority *self, guint64 number, const ScChunkId *manifest, ScSignature *signature)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  sc_signature_of_version (self->current.signing_key, number, manifest, signature);
}

void
sc_authority_sign_version_anew (ScAuthority *self, guint64 number, const ScChunkId *manifest, ScSignature *signature)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  ScPrivateKey *next = self->next.signing_key;
  sc_signature_of_version (next != NULL ? next : self->current.signing_key, number, manifest, signature);
}

gboolean
sc_authority_sign_order (ScAuthority *self, const char *seat, guint64 version, const ScChunkId *manifest,
                         const char *hooks, guint64 *order, ScSignature *signature, GError **error)
{
  guint64 number = MAX (self->last_order + 1, (guint64) MAX (g_get_real_time (), 0));
  /* durable before it is used: after a crash, and with a clock that was set back, no number comes twice */
  if (number > self->reserved_order) {
    if (!sc_authority_files_save_order (self->folder, number + ORDERS_AHEAD, error))
      return FALSE;
    self->reserved_order = number + ORDERS_AHEAD;
  }
  self->last_order = number;
  *order = number;
  sc_signature_of_order (self->current.signing_key, seat, number, version, manifest, hooks, signature);
  return TRUE;
}

/* ---- the change of the authority ---- */

gboolean
sc_authority_is_rotating (ScAuthority *self)
{
  return self->next.certificate != NULL;
}

const ScCertificate *
sc_authority_get_next (ScAuthority *self)
{
  return self->next.certificate;
}

static gboolean
check_rotating (ScAuthority *self, gboolean wanted, GError **error)
{
  if (sc_authority_is_rotating (self) == wanted)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_STATE,
               wanted ? "The authority is not being changed: begin that first"
                      : "The authority is being changed already: finish or cancel that first");
  return FALSE;
}

gboolean
sc_authority_begin_rotation (ScAuthority *self, gint64 now, GError **error)
{
  ScAuthorityKeys next = { 0 };
  if (!check_rotating (self, FALSE, error) ||
      !sc_authority_files_make_next (self->folder, self->name, now, &next, error))
    return FALSE;
  g_mutex_lock (&self->mutex);
  self->next = next;
  g_mutex_unlock (&self->mutex);
  take_authorities (self);
  notify (self);
  return TRUE;
}

gboolean
sc_authority_may_cancel (ScAuthority *self, GError **error)
{
  return sc_authority_files_may_drop_next (self->folder, error);
}

gboolean
sc_authority_cancel_rotation (ScAuthority *self, GError **error)
{
  if (!check_rotating (self, TRUE, error) || !sc_authority_files_drop_next (self->folder, error))
    return FALSE;
  g_mutex_lock (&self->mutex);
  sc_authority_keys_clear (&self->next);
  g_mutex_unlock (&self->mutex);
  take_authorities (self);
  notify (self);
  return TRUE;
}

gboolean
sc_authority_finish_rotation (ScAuthority *self, gint64 now, GError **error)
{
  gboolean renewed = FALSE;
  if (!check_rotating (self, TRUE, error) || !sc_authority_files_finish (self->folder, error))
    return FALSE;
  g_mutex_lock (&self->mutex);
  sc_authority_keys_clear (&self->current);
  self->current = self->next;
  self->next = (ScAuthorityKeys){ 0 };
  g_mutex_unlock (&self->mutex);
  take_authorities (self);
  gboolean shown = take_console (self, now, &renewed, error);
  notify (self);
  if (!shown)
    g_prefix_error (error, "The next authority has taken over, but the console has no certificate from it yet: ");
  return shown;
}
