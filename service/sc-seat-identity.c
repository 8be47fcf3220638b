/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-identity.h"

#include "common/platform/sc-system.h"
#include "common/sc-error.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define DAY (24 * 60 * 60)
#define ANCHORS_MAX_BYTES (256u * 1024)
#define MACHINE_MAX_BYTES (16u * 1024)
#define FINGERPRINT_DIGITS 64u

/* A key that a certificate is asked for with. */
typedef struct {
  char *path;
  ScPrivateKey *key; /* (nullable) */
} Next;

enum {
  NEXT_RENEWAL,
  NEXT_ENROLMENT, /* another: a seat that is revoked enrols with a key that the console has never heard of */
  N_NEXT,
};

static const char *const next_names[N_NEXT] = { "renewal.key", "next.key" };

struct _ScSeatIdentity {
  char *key_path, *certificate_path, *anchors_path, *machine_path;
  Next next[N_NEXT];
  ScSeatMachine *machine;
  char *fingerprint; /* as the settings have it */
  char *refusal;     /* (nullable) */
  gboolean foreign;  /* what is there is of another machine */
  gboolean recorded; /* machine.json is this one's */

  /* Of the identity that is used; all or none, but for anchors, by which it enrols anew: */
  char *seat;                 /* (nullable) */
  ScCertificate *certificate; /* (nullable) */
  ScAnchors *anchors;         /* (nullable) */
  GTlsCertificate *tls;       /* (nullable) */
  char *enrolled_by;          /* (nullable): the fingerprint when it enrolled */
};

/* What was read of the files. */
typedef struct {
  ScPrivateKey *key;
  ScCertificate *certificate;
  ScAnchors *anchors;
  char *enrolled_by;
} Found;

static void
found_clear (Found *self)
{
  g_clear_pointer (&self->key, sc_private_key_free);
  g_clear_pointer (&self->certificate, sc_certificate_free);
  g_clear_pointer (&self->anchors, sc_anchors_free);
  g_clear_pointer (&self->enrolled_by, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Found, found_clear)

/* ---- reading ---- */

static gboolean
is_missing (const GError *error)
{
  return g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

/* What is damaged is no reason to end: the seat asks for another. */
static gboolean
is_damage (const GError *error)
{
  return g_error_matches (error, SC_ERROR, SC_ERROR_CORRUPT) || g_error_matches (error, SC_ERROR, SC_ERROR_INVALID);
}

static void
refuse (ScSeatIdentity *self, const char *why)
{
  if (self->refusal == NULL)
    self->refusal = g_strdup (why);
}

/* Returns: FALSE only where the file cannot be read. */
static gboolean
judge (ScSeatIdentity *self, GError *failure, gboolean may_be_missing, GError **error)
{
  if (failure == NULL)
    return TRUE;
  if (!is_damage (failure) && !is_missing (failure)) {
    g_propagate_error (error, failure);
    return FALSE;
  }
  if (is_damage (failure) || !may_be_missing)
    refuse (self, failure->message);
  g_error_free (failure);
  return TRUE;
}

/* Returns: (nullable): NULL with @error, %SC_ERROR_NOT_FOUND where there is no such file */
static ScJson *
read_json (const char *path, gsize max_bytes, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, &failure)) {
    ScError code = g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT) ? SC_ERROR_NOT_FOUND : SC_ERROR_SYSTEM;
    g_set_error (error, SC_ERROR, (int) code, "Cannot read “%s”: %s", path, failure->message);
    return NULL;
  }
  ScJson *json = sc_json_parse_object (text, length, max_bytes, error);
  if (json == NULL)
    g_prefix_error (error, "“%s” is damaged: ", path);
  return json;
}

static gboolean
record_machine (ScSeatIdentity *self, GError **error)
{
  if (self->recorded)
    return TRUE;
  g_autoptr (ScJson) json = sc_seat_machine_to_json (self->machine);
  g_autofree char *text = sc_json_to_text (json);
  self->recorded = sc_system_write_secret (self->machine_path, text, error);
  return self->recorded;
}

static gboolean
read_machine (ScSeatIdentity *self, GError **error)
{
  GError *failure = NULL;
  g_autoptr (ScJson) json = read_json (self->machine_path, MACHINE_MAX_BYTES, &failure);
  g_autoptr (ScSeatMachine) recorded = json != NULL ? sc_seat_machine_from_json (json, &failure) : NULL;

  if (recorded == NULL)
    return judge (self, failure, TRUE, error);
  self->foreign = !sc_seat_machine_is_same (recorded, self->machine);
  if (self->foreign) {
    refuse (self, "This seat's identity was given to another machine, whose disk was copied or moved here");
    return TRUE;
  }
  /* Its network cards are replaced one at a time */
  self->recorded = sc_seat_machine_equal (recorded, self->machine);
  return record_machine (self, error);
}

static gboolean
read_anchors (ScSeatIdentity *self, Found *found, gboolean may_be_missing, GError **error)
{
  GError *failure = NULL;
  g_autoptr (ScJson) json = read_json (self->anchors_path, ANCHORS_MAX_BYTES, &failure);
  const char *fingerprint =
      json != NULL ? sc_json_get_string (json, "enrolled_by", FINGERPRINT_DIGITS, &failure) : NULL;

  if (fingerprint != NULL)
    found->anchors = sc_anchors_from_json (json, &failure);
  if (found->anchors == NULL)
    return judge (self, failure, may_be_missing, error);
  found->enrolled_by = g_strdup (fingerprint);
  return TRUE;
}

/* ---- judging ---- */

/* The authority of @anchors that issued @certificate, as it was then: a wrong clock here makes nobody a stranger.
 * Returns: (transfer none) (nullable) */
static const ScCertificate *
find_issuer (const ScCertificate *certificate, const ScAnchors *anchors)
{
  gint64 issued = sc_certificate_get_begin (certificate) + DAY; /* it begins a day early */

  for (guint i = 0; i < anchors->authorities->len; i++) {
    g_autoptr (GPtrArray) one = g_ptr_array_new ();

    g_ptr_array_add (one, anchors->authorities->pdata[i]);
    if (sc_certificate_check (certificate, one, SC_CERTIFICATE_SEAT, NULL, issued, NULL))
      return anchors->authorities->pdata[i];
  }
  return NULL;
}

static gboolean
has_authority (const ScAnchors *anchors, const char *fingerprint)
{
  for (guint i = 0; i < anchors->authorities->len; i++) {
    g_autofree char *found = sc_certificate_get_fingerprint (anchors->authorities->pdata[i]);

    if (strcmp (found, fingerprint) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Whether who is told to trust @anchors now has trusted one of their authorities before. */
static gboolean
shares_authority (const ScAnchors *anchors, const ScAnchors *before)
{
  for (guint i = 0; before != NULL && i < before->authorities->len; i++) {
    g_autofree char *fingerprint = sc_certificate_get_fingerprint (before->authorities->pdata[i]);

    if (has_authority (anchors, fingerprint))
      return TRUE;
  }
  return FALSE;
}

static void
forget (ScSeatIdentity *self)
{
  g_clear_pointer (&self->seat, g_free);
  g_clear_pointer (&self->certificate, sc_certificate_free);
  g_clear_pointer (&self->anchors, sc_anchors_free);
  g_clear_object (&self->tls);
  g_clear_pointer (&self->enrolled_by, g_free);
}

/* Takes over what @found has, but its key, if it is whole. */
static gboolean
use (ScSeatIdentity *self, Found *found, const char *seat, GError **error)
{
  const ScCertificate *issuer = find_issuer (found->certificate, found->anchors);
  GTlsCertificate *tls = sc_certificate_to_tls (found->certificate, found->key, issuer, error);

  if (tls == NULL)
    return FALSE;
  forget (self);
  self->tls = tls;
  self->seat = g_strdup (seat);
  self->certificate = g_steal_pointer (&found->certificate);
  self->anchors = g_steal_pointer (&found->anchors);
  self->enrolled_by = g_steal_pointer (&found->enrolled_by);
  return TRUE;
}

/* A certificate came for one of them. Who has enrolled does not renew with a key of before: the console may have
 * revoked what it was for, and would refuse it for ever. That key goes first: while the other stays, the next start is
 * here again. */
static void
drop_keys (ScSeatIdentity *self, guint taken)
{
  for (guint i = 0; i <= taken; i++) {
    g_clear_pointer (&self->next[i].key, sc_private_key_free);
    g_remove (self->next[i].path);
  }
}

/* A certificate that came, and whose key was not made the seat's own any more. */
static gboolean
complete_taking (ScSeatIdentity *self, Found *found, GError **error)
{
  for (guint i = 0; i < N_NEXT; i++) {
    Next *next = &self->next[i];

    if (next->key == NULL || !sc_certificate_belongs_to (found->certificate, next->key))
      continue;
    if (!sc_private_key_save (next->key, self->key_path, error))
      return FALSE;
    sc_private_key_free (found->key);
    found->key = g_steal_pointer (&next->key);
    drop_keys (self, i);
  }
  return TRUE;
}

/* Whether @found's anchors are of the console in the settings, though its authority may have been changed since. */
static gboolean
is_of_settings (ScSeatIdentity *self, const Found *found)
{
  return strcmp (found->enrolled_by, self->fingerprint) == 0 || has_authority (found->anchors, self->fingerprint);
}

static gboolean
judge_found (ScSeatIdentity *self, Found *found, GError **error)
{
  g_autofree char *seat = NULL;

  if (!complete_taking (self, found, error))
    return FALSE;
  if (found->key == NULL || !sc_certificate_belongs_to (found->certificate, found->key))
    refuse (self, "This seat's certificate does not belong to its key");
  else if (found->anchors == NULL || find_issuer (found->certificate, found->anchors) == NULL)
    refuse (self, "This seat's certificate is of none of the authorities that it trusts");
  else if (!is_of_settings (self, found))
    refuse (self, "This seat's identity was given by another console than the one in its settings");
  else if ((seat = sc_certificate_get_seat (found->certificate)) == NULL)
    refuse (self, "This seat's certificate names no seat");
  return self->refusal != NULL || use (self, found, seat, error);
}

/* Returns: FALSE only where it cannot be read: without it, or when it is damaged, another is made. */
static gboolean
read_key (const char *path, ScPrivateKey **key, GError **error)
{
  g_autoptr (GError) failure = NULL;

  *key = sc_private_key_load (path, SC_KEY_P256, &failure);
  if (*key != NULL || is_missing (failure) || is_damage (failure))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

static gboolean
read_all (ScSeatIdentity *self, GError **error)
{
  g_auto (Found) found = { 0 };
  GError *failure = NULL;

  if (!read_machine (self, error))
    return FALSE;
  if (self->foreign)
    return TRUE;
  for (guint i = 0; i < N_NEXT; i++)
    if (!read_key (self->next[i].path, &self->next[i].key, error))
      return FALSE;
  found.certificate = sc_certificate_load (self->certificate_path, &failure);
  if (!judge (self, failure, TRUE, error) || !read_anchors (self, &found, found.certificate == NULL, error))
    return FALSE;
  /* a key that is missing is judged with the certificate: it may be the next one's */
  if (found.certificate != NULL && !(read_key (self->key_path, &found.key, error) && judge_found (self, &found, error)))
    return FALSE;
  /* it enrols anew with the console that it has trusted, whose authority the settings may not name any more */
  if (self->seat == NULL && found.anchors != NULL && is_of_settings (self, &found))
    self->anchors = g_steal_pointer (&found.anchors);
  return TRUE;
}

ScSeatIdentity *
sc_seat_identity_open (const char *state_directory, const ScSeatMachine *machine, const char *fingerprint,
                       GError **error)
{
  g_autoptr (ScSeatIdentity) self = g_new0 (ScSeatIdentity, 1);
  g_autofree char *directory = g_build_filename (state_directory, "identity", NULL);

  self->key_path = g_build_filename (directory, "seat.key", NULL);
  for (guint i = 0; i < N_NEXT; i++)
    self->next[i].path = g_build_filename (directory, next_names[i], NULL);
  self->certificate_path = g_build_filename (directory, "seat.crt", NULL);
  self->anchors_path = g_build_filename (directory, "anchors.json", NULL);
  self->machine_path = g_build_filename (directory, "machine.json", NULL);
  self->machine = sc_seat_machine_copy (machine);
  self->fingerprint = g_strdup (fingerprint);
  if (g_mkdir_with_parents (directory, 0700) != 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot make the directory “%s”", directory);
    return NULL;
  }
  return read_all (self, error) ? g_steal_pointer (&self) : NULL;
}

void
sc_seat_identity_free (ScSeatIdentity *self)
{
  if (self == NULL)
    return;
  forget (self);
  for (guint i = 0; i < N_NEXT; i++) {
    g_clear_pointer (&self->next[i].key, sc_private_key_free);
    g_free (self->next[i].path);
  }
  sc_seat_machine_free (self->machine);
  g_free (self->key_path);
  g_free (self->certificate_path);
  g_free (self->anchors_path);
  g_free (self->machine_path);
  g_free (self->fingerprint);
  g_free (self->refusal);
  g_free (self);
}

const char *
sc_seat_identity_get_seat (ScSeatIdentity *self)
{
  return self->seat;
}

const char *
sc_seat_identity_get_refusal (ScSeatIdentity *self)
{
  return self->refusal;
}

const ScAnchors *
sc_seat_identity_get_anchors (ScSeatIdentity *self)
{
  return self->anchors;
}

GTlsCertificate *
sc_seat_identity_get_tls (ScSeatIdentity *self)
{
  return self->tls;
}

gboolean
sc_seat_identity_accepts (ScSeatIdentity *self, GTlsCertificate *peer, const char *host, gint64 now, GError **error)
{
  g_autoptr (ScCertificate) certificate = sc_certificate_of_tls (peer, error);

  return certificate != NULL &&
         sc_certificate_check (certificate, self->anchors->authorities, SC_CERTIFICATE_CONSOLE, host, now, error);
}

gboolean
sc_seat_identity_is_due (ScSeatIdentity *self, gint64 now)
{
  return self->certificate != NULL &&
         sc_certificate_get_end (self->certificate) - now < (gint64) SC_CERTIFICATE_RENEW_DAYS * DAY;
}

/* ---- writing ---- */

static gboolean
write_anchors (ScSeatIdentity *self, const ScAnchors *anchors, const char *enrolled_by, GError **error)
{
  g_autoptr (ScJson) json = sc_anchors_to_json (anchors);

  json_object_set_new (json, "enrolled_by", json_string (enrolled_by));
  g_autofree char *text = sc_json_to_text (json);
  return sc_system_write_secret (self->anchors_path, text, error);
}

gboolean
sc_seat_identity_set_anchors (ScSeatIdentity *self, const ScAnchors *anchors, GError **error)
{
  if (sc_anchors_equal (anchors, self->anchors))
    return TRUE;
  if (find_issuer (self->certificate, anchors) == NULL) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_DENIED,
                         "The console would have this seat trust none but authorities that did not issue its own "
                         "certificate: it would shut itself out");
    return FALSE;
  }
  if (!write_anchors (self, anchors, self->enrolled_by, error))
    return FALSE;
  sc_anchors_free (self->anchors);
  self->anchors = sc_anchors_copy (anchors);
  return TRUE;
}

static gboolean
remove_file (const char *path, GError **error)
{
  if (g_remove (path) == 0 || errno == ENOENT)
    return TRUE;
  return sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot remove “%s”", path);
}

/* The certificate first: without it nothing else is an identity. Two machines never have one key. */
static gboolean
remove_foreign (ScSeatIdentity *self, GError **error)
{
  if (!self->foreign)
    return TRUE;
  self->foreign =
      !(remove_file (self->certificate_path, error) && remove_file (self->key_path, error) &&
        remove_file (self->next[NEXT_RENEWAL].path, error) && remove_file (self->next[NEXT_ENROLMENT].path, error) &&
        remove_file (self->anchors_path, error) && remove_file (self->machine_path, error));
  return !self->foreign;
}

static gboolean
make_key (Next *next, GError **error)
{
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, error);

  if (key == NULL || !sc_private_key_save (key, next->path, error))
    return FALSE;
  next->key = g_steal_pointer (&key);
  return TRUE;
}

char *
sc_seat_identity_make_request (ScSeatIdentity *self, gboolean enrolling, GError **error)
{
  Next *next = &self->next[enrolling ? NEXT_ENROLMENT : NEXT_RENEWAL];

  if (!remove_foreign (self, error) || !record_machine (self, error) || (next->key == NULL && !make_key (next, error)))
    return NULL;
  return sc_certificate_request_new (next->key, error);
}

static gboolean
deny (GError **error, const char *why)
{
  g_set_error (error, SC_ERROR, SC_ERROR_DENIED, "The console gave a certificate that this seat cannot use: %s", why);
  return FALSE;
}

static gboolean
check_taken (ScSeatIdentity *self, const Found *found, gboolean enrolled, gint64 now, GError **error)
{
  if (!sc_certificate_belongs_to (found->certificate, found->key))
    return deny (error, "it is for another key");
  if (!sc_certificate_check (found->certificate, found->anchors->authorities, SC_CERTIFICATE_SEAT, NULL, now, error)) {
    g_prefix_error (error, "The console gave a certificate that this seat cannot use: ");
    return FALSE;
  }
  if (find_issuer (found->certificate, found->anchors) == NULL)
    return deny (error, "it begins before its authority does");
  g_autofree char *seat = sc_certificate_get_seat (found->certificate);
  if (seat == NULL)
    return deny (error, "it names no seat");
  if (!enrolled && strcmp (seat, self->seat) != 0)
    return deny (error, "it is for another seat");
  if (enrolled && !has_authority (found->anchors, self->fingerprint) &&
      !shares_authority (found->anchors, self->anchors))
    return deny (error, "the authority that the settings name is not among those that came with it");
  return TRUE;
}

gboolean
sc_seat_identity_take (ScSeatIdentity *self, const char *pem, const ScAnchors *anchors, gboolean enrolled, gint64 now,
                       GError **error)
{
  guint kind = enrolled ? NEXT_ENROLMENT : NEXT_RENEWAL;
  Next *next = &self->next[kind];
  g_auto (Found) found = { 0 };

  g_return_val_if_fail (enrolled || self->seat != NULL, FALSE);
  if (next->key == NULL)
    return deny (error, "it was asked for before the seat enrolled anew");
  found.certificate = sc_certificate_parse (pem, strlen (pem), error);
  if (found.certificate == NULL)
    return FALSE;
  found.key = next->key; /* the identity's until all is written: only it opens what is written here */
  found.anchors = sc_anchors_copy (anchors);
  found.enrolled_by = g_strdup (enrolled ? self->fingerprint : self->enrolled_by);
  g_autofree char *seat = NULL;
  gboolean taken = check_taken (self, &found, enrolled, now, error) &&
                   write_anchors (self, anchors, found.enrolled_by, error) &&
                   sc_certificate_save (found.certificate, self->certificate_path, error) &&
                   sc_private_key_save (found.key, self->key_path, error) &&
                   (seat = sc_certificate_get_seat (found.certificate)) != NULL && use (self, &found, seat, error);
  if (!taken) {
    found.key = NULL;
    return FALSE;
  }
  next->key = NULL;
  drop_keys (self, kind);
  g_clear_pointer (&self->refusal, g_free);
  return TRUE;
}
