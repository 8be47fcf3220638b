/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/trust/sc-enrolments-private.h"

#include <string.h>

/* Of who issues now. (transfer full) */
static char *
dup_issuer (ScEnrolments *self)
{
  const ScCertificate *next = sc_authority_get_next (self->authority);

  return next != NULL ? sc_certificate_get_fingerprint (next)
                      : g_strdup (sc_authority_get_fingerprint (self->authority));
}

gboolean
sc_enrolments_is_current (ScEnrolments *self, const ScCatalogCertificate *certificate, gint64 now)
{
  g_autofree char *issuer = dup_issuer (self);

  /* they begin a day early; of a time when the clock was ahead no seat takes it */
  return certificate->revoked == 0 && certificate->replaced == 0 && certificate->ends > now &&
         certificate->issued - SC_ENROLMENTS_DAY <= now && g_str_equal (certificate->authority, issuer);
}

ScCatalogCertificate *
sc_enrolments_issue (ScEnrolments *self, const char *request, const char *seat, gint64 now, GError **error)
{
  g_autoptr (ScCatalogCertificate) certificate = g_new0 (ScCatalogCertificate, 1);

  certificate->seat = g_strdup (seat);
  certificate->authority = dup_issuer (self);
  certificate->issued = now;
  certificate->certificate =
      sc_authority_issue_seat (self->authority, request, seat, now, certificate->key_id, &certificate->ends, error);
  if (certificate->certificate == NULL || !sc_catalog_save_certificate (self->catalog, certificate, error))
    return NULL;
  return g_steal_pointer (&certificate);
}

const ScAnchors *
sc_enrolments_get_anchors (ScEnrolments *self)
{
  return sc_authority_get_anchors (self->authority);
}

gboolean
sc_enrolments_check_certificate (ScEnrolments *self, const char *seat, const guint8 key_id[SC_KEY_ID_SIZE],
                                 GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ScCatalogCertificate) known = sc_catalog_find_certificate (self->catalog, key_id, &local);

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (known == NULL || !g_str_equal (known->seat, seat))
    g_set_error (
        error, SC_ERROR, SC_ERROR_DENIED,
        "the console has no record of this seat's certificate: remove the seat's identity and give it a token");
  else if (known->revoked != 0)
    g_set_error (
        error, SC_ERROR, SC_ERROR_DENIED,
        "staff revoked this seat's certificate: with a token of its room in its settings it asks to be let in again");
  else if (known->replaced != 0)
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "a later certificate of this seat has taken this one's place: with a token of its room in its "
                 "settings it asks to be let in again");
  else
    return TRUE;
  return FALSE;
}

/* That the key is nobody else's. @known: (out) (transfer full) (nullable): its certificate, of this seat */
static gboolean
check_key (ScEnrolments *self, const char *seat, const guint8 key_id[SC_KEY_ID_SIZE], ScCatalogCertificate **known,
           GError **error)
{
  g_autoptr (GError) local = NULL;

  *known = sc_catalog_find_certificate (self->catalog, key_id, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (*known == NULL || ((*known)->revoked == 0 && (*known)->replaced == 0 && g_str_equal ((*known)->seat, seat)))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
               "the key of the request was used before: the seat must make a new one to renew its certificate");
  return FALSE;
}

static gboolean
check_rate (ScEnrolments *self, const char *seat, gint64 now, GError **error)
{
  guint64 n = 0;

  if (!sc_catalog_count_certificates (self->catalog, seat, now - SC_ENROLMENTS_DAY, &n, error))
    return FALSE;
  if (n < SC_ENROLMENTS_MAX_RENEWALS)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
               "the seat got %" G_GUINT64_FORMAT
               " certificates within a day: see why it does not keep them, then ask again tomorrow",
               n);
  return FALSE;
}

char *
sc_enrolments_renew (ScEnrolments *self, const char *seat, const guint8 key_id[SC_KEY_ID_SIZE], const char *request,
                     gint64 now, gboolean *is_new, GError **error)
{
  guint8 new_key[SC_KEY_ID_SIZE];
  g_autoptr (ScCatalogCertificate) known = NULL;
  g_autoptr (ScCatalogCertificate) renewed = NULL;
  gboolean is_same = FALSE;

  if (!sc_certificate_request_check (request, strlen (request), new_key, error) ||
      !check_key (self, seat, new_key, &known, error))
    return NULL;
  /* the answer was lost: the same one again */
  is_same = known != NULL && sc_enrolments_is_current (self, known, now);
  if (is_new != NULL)
    *is_new = !is_same;
  if (is_same)
    return g_steal_pointer (&known->certificate);
  if (!check_rate (self, seat, now, error) || !sc_catalog_begin (self->catalog, error))
    return NULL;
  renewed = sc_enrolments_issue (self, request, seat, now, error);
  if (renewed == NULL || !sc_catalog_replace_certificates (self->catalog, seat, key_id, new_key, now, error) ||
      !sc_catalog_commit (self->catalog, error)) {
    sc_catalog_rollback (self->catalog);
    return NULL;
  }
  return g_steal_pointer (&renewed->certificate);
}
