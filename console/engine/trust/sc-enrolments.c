/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-enrolments-private.h"

#include "common/sc-error.h"
#include "common/sc-text.h"
#include "common/trust/sc-token.h"

#include <string.h>

#define MIN_RETRY 10  /* s */
#define MAX_RETRY 600 /* s */
#define KEEP_TIME (SC_ENROLMENTS_KEEP_DAYS * SC_ENROLMENTS_DAY)
#define ASKED_INTERVAL SC_ENROLMENTS_DENIAL_TIME

ScEnrolments *
sc_enrolments_new (ScCatalog *catalog, ScAuthority *authority)
{
  ScEnrolments *self = g_new0 (ScEnrolments, 1);

  self->catalog = catalog;
  self->authority = authority;
  self->denials = sc_denials_new (SC_ENROLMENTS_MAX_ADDRESSES, SC_ENROLMENTS_MAX_DENIALS, SC_ENROLMENTS_DENIAL_TIME);
  return self;
}

void
sc_enrolments_free (ScEnrolments *self)
{
  if (self == NULL)
    return;
  sc_denials_free (self->denials);
  g_free (self);
}

void
sc_enrolments_set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

void
sc_enrol_outcome_clear (ScEnrolOutcome *self)
{
  g_clear_pointer (&self->room, g_free);
  g_clear_pointer (&self->replaced, g_free);
  self->is_new = FALSE;
}

/* tokens */

static gboolean
check_token (const ScCatalogEnrolToken *token, guint64 hours, GError **error)
{
  if (*token->room == '\0' || !sc_text_is_line (token->room) || sc_text_is_blank (token->room))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "a token is for a room: name it, in one line");
  else if (token->seats < 1 || token->seats > SC_ENROLMENTS_MAX_TOKEN_SEATS)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "a token is for 1 to %u seats, not for %" G_GUINT64_FORMAT,
                 SC_ENROLMENTS_MAX_TOKEN_SEATS, token->seats);
  else if (hours < 1 || hours > SC_ENROLMENTS_MAX_TOKEN_HOURS)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "a token is for 1 to %u hours, not for %" G_GUINT64_FORMAT,
                 SC_ENROLMENTS_MAX_TOKEN_HOURS, hours);
  else
    return TRUE;
  return FALSE;
}

char *
sc_enrolments_add_token (ScEnrolments *self, ScCatalogEnrolToken *token, guint64 hours, gint64 now, GError **error)
{
  g_autofree char *hash = NULL;
  char *text = NULL;

  if (!check_token (token, hours, error))
    return NULL;
  token->created = now;
  token->ends = now + (gint64) hours * 3600;
  text = sc_token_new ();
  hash = sc_token_hash (text);
  if (sc_catalog_add_enrol_token (self->catalog, hash, token, error))
    return text;
  sc_secret_free (text);
  return NULL;
}

gboolean
sc_enrolments_revoke_token (ScEnrolments *self, guint64 id, gint64 now, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ScCatalogEnrolToken) token = sc_catalog_find_enrol_token (self->catalog, NULL, id, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  if (token == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                 "there is no token %" G_GUINT64_FORMAT ": “seatcastctl enrol-tokens” lists those that there are", id);
    return FALSE;
  }
  return sc_catalog_revoke_enrol_token (self->catalog, id, now, error);
}

const char *
sc_enrolments_token_state (const ScCatalogEnrolToken *token, gint64 now)
{
  if (token->revoked != 0)
    return "revoked";
  if (now >= token->ends)
    return "expired";
  return token->used >= token->seats ? "used-up" : "open";
}

/* answers */

static ScEnrolAnswer *
deny (ScEnrolments *self, const char *address, gint64 now, const char *reason)
{
  ScEnrolAnswer *answer = sc_enrol_answer_new (SC_ENROL_DENIED);

  sc_denials_note (self->denials, address, now);
  sc_enrolments_set_text (&answer->reason, reason);
  return answer;
}

static ScEnrolAnswer *
approve (ScEnrolments *self, const ScCatalogCertificate *certificate)
{
  ScEnrolAnswer *answer = sc_enrol_answer_new (SC_ENROL_APPROVED);

  sc_enrolments_set_text (&answer->seat, certificate->seat);
  sc_enrolments_set_text (&answer->certificate, certificate->certificate);
  answer->anchors = sc_anchors_copy (sc_authority_get_anchors (self->authority));
  return answer;
}

/* The longer it has waited, the less often it asks. */
static ScEnrolAnswer *
have_wait (const ScCatalogEnrolRequest *row, gint64 now)
{
  ScEnrolAnswer *answer = sc_enrol_answer_new (row->state);

  sc_enrolments_set_text (&answer->reason, row->reason);
  answer->retry = (guint) CLAMP ((now - row->requested) / 20, MIN_RETRY, MAX_RETRY);
  return answer;
}

/* requests of keys that are known */

static ScEnrolAnswer *
answer_certificate (ScEnrolments *self, const ScEnrolRequest *request, const ScCatalogCertificate *certificate,
                    gint64 now, GError **error)
{
  g_autoptr (ScCatalogCertificate) renewed = NULL;

  if (sc_enrolments_is_current (self, certificate, now))
    return approve (self, certificate);
  /* the authority was changed since, or the clock; the key is the same */
  renewed = sc_enrolments_issue (self, request->request, certificate->seat, now, error);
  return renewed != NULL ? approve (self, renewed) : NULL;
}

/* It asks again. When it did last is kept, but not each time. */
static ScEnrolAnswer *
answer_waiting (ScEnrolments *self, ScCatalogEnrolRequest *row, gint64 now, ScEnrolOutcome *outcome, GError **error)
{
  sc_enrolments_set_text (&outcome->room, row->request->room);
  if (now - row->asked >= ASKED_INTERVAL || now < row->asked) {
    row->asked = now;
    if (!sc_catalog_save_enrol_request (self->catalog, row, error))
      return NULL;
  }
  return have_wait (row, now);
}

/* requests of keys that are not */

void
sc_enrolments_set_duplicate (ScCatalogEnrolRequest *row, const ScCatalogMachine *known, const char *matched)
{
  row->state = SC_ENROL_DUPLICATE;
  g_free (row->reason);
  row->reason = g_strdup_printf ("the console knows this machine as seat “%s” of room “%s” (same %s), by another key:"
                                 " staff must say whether it was set up anew",
                                 known->name, known->room, matched);
}

static void
set_pending (ScCatalogEnrolRequest *row, const ScCatalogEnrolToken *token, gint64 now)
{
  g_autoptr (GDateTime) end = g_date_time_new_from_unix_utc (token->ends);
  g_autofree char *end_text = g_date_time_format (end, "%Y-%m-%d %H:%M UTC");

  row->state = SC_ENROL_PENDING;
  g_free (row->reason);
  if (now >= token->ends)
    row->reason = g_strdup_printf ("its token was good until %s: staff must approve it", end_text);
  else if (token->used >= token->seats)
    row->reason = g_strdup_printf ("its token was for %" G_GUINT64_FORMAT
                                   " seats, and all of them have come: staff must approve it",
                                   token->seats);
  else
    row->reason = g_strdup ("its token is one by which staff approve every seat");
}

static void
set_rejected (ScCatalogEnrolRequest *row, const ScCatalogMachine *rejected, const char *matched)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (rejected->last_seen / G_USEC_PER_SEC);
  g_autofree char *day = g_date_time_format (time, "%Y-%m-%d");

  row->state = SC_ENROL_PENDING;
  g_free (row->reason);
  row->reason = g_strdup_printf ("staff rejected this machine on %s: it comes by another key (same %s), and staff must"
                                 " approve it",
                                 day, matched);
}

/* Whether one more may wait. */
static gboolean
check_room_to_wait (ScEnrolments *self, const char *address, GError **error)
{
  guint64 all = 0, here = 0;

  if (!sc_catalog_count_waiting (self->catalog, NULL, &all, error) ||
      !sc_catalog_count_waiting (self->catalog, address, &here, error))
    return FALSE;
  if (all < SC_ENROLMENTS_MAX_WAITING && here < SC_ENROLMENTS_MAX_WAITING_OF_ADDRESS)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
               "%" G_GUINT64_FORMAT " seats wait for staff already, %" G_GUINT64_FORMAT
               " of them at this address: approve or reject them, then ask again",
               all, here);
  return FALSE;
}

static ScEnrolAnswer *
let_wait (ScEnrolments *self, ScCatalogEnrolRequest *row, gint64 now, GError **error)
{
  if (row->id == 0 && (!sc_catalog_forget_enrol_requests (self->catalog, now - KEEP_TIME, error) ||
                       !check_room_to_wait (self, row->address, error)))
    return NULL;
  row->id = 0; /* who was shown to staff is not let in as what it says that it is now */
  if (!sc_catalog_save_enrol_request (self->catalog, row, error))
    return NULL;
  return have_wait (row, now);
}

static ScEnrolAnswer *
let_in (ScEnrolments *self, ScCatalogEnrolRequest *row, ScCatalogMachine *known, gint64 now, GError **error)
{
  g_autoptr (ScCatalogCertificate) certificate = NULL;

  if (!sc_catalog_begin (self->catalog, error))
    return NULL;
  certificate = sc_enrolments_admit (self, row, known, NULL, now, error);
  if (certificate == NULL || !sc_catalog_commit (self->catalog, error)) {
    sc_catalog_rollback (self->catalog);
    return NULL;
  }
  return approve (self, certificate);
}

static ScEnrolRequest *
copy_request (const ScEnrolRequest *request, const char *room)
{
  ScEnrolRequest *copy = sc_enrol_request_new ();

  sc_enrolments_set_text (&copy->request, request->request);
  sc_enrolments_set_text (&copy->name, request->name);
  sc_enrolments_set_text (&copy->room, room);
  sc_enrolments_set_text (&copy->machine, request->machine);
  sc_enrolments_set_text (&copy->os, request->os);
  sc_enrolments_set_text (&copy->service_version, request->service_version);
  for (guint i = 0; i < request->macs->len; i++)
    g_ptr_array_add (copy->macs, g_strdup (request->macs->pdata[i]));
  return copy;
}

/* @row: new, or of an earlier request of the same key; takes over all that is said now */
static void
fill_row (ScCatalogEnrolRequest *row, const ScEnrolRequest *request, const ScCatalogEnrolToken *token,
          const char *address, gint64 now)
{
  sc_enrol_request_free (row->request);
  row->request = copy_request (request, token->room);
  row->token = token->id;
  row->requested = row->asked = now;
  sc_enrolments_set_text (&row->address, address);
  sc_enrolments_set_text (&row->seat, "");
}

static ScEnrolAnswer *
decide (ScEnrolments *self, ScCatalogEnrolRequest *row, const ScCatalogEnrolToken *token, gint64 now,
        ScEnrolOutcome *outcome, GError **error)
{
  g_autoptr (GPtrArray) machines = sc_catalog_list_machines (self->catalog, error);
  g_autoptr (GPtrArray) rejected =
      machines != NULL ? sc_catalog_list_rejected_machines (self->catalog, now - KEEP_TIME, error) : NULL;
  g_autofree char *matched = NULL;
  g_autofree char *matched_rejected = NULL;
  const ScCatalogMachine *turned_away = NULL;
  ScCatalogMachine *known = NULL;

  if (rejected == NULL)
    return NULL;
  outcome->is_new = TRUE;
  known = sc_machines_find (machines, row->request, &matched);
  sc_enrolments_set_text (&row->known, known != NULL ? known->seat : "");
  sc_enrolments_set_text (&row->matched, matched);
  sc_enrolments_set_text (&outcome->room, row->request->room);
  if (known != NULL && known->enrolled) {
    sc_enrolments_set_duplicate (row, known, matched);
    return let_wait (self, row, now, error);
  }
  turned_away = sc_machines_find (rejected, row->request, &matched_rejected);
  if (turned_away != NULL) {
    set_rejected (row, turned_away, matched_rejected);
    return let_wait (self, row, now, error);
  }
  if (token->ask || !g_str_equal (sc_enrolments_token_state (token, now), "open")) {
    set_pending (row, token, now);
    return let_wait (self, row, now, error);
  }
  if (known != NULL)
    sc_enrolments_set_text (&outcome->replaced, known->seat);
  return let_in (self, row, known, now, error);
}

/* @row: (nullable) (transfer full): what the same key asked before */
static ScEnrolAnswer *
ask_with_token (ScEnrolments *self, ScCatalogEnrolRequest *row, const ScEnrolRequest *request,
                const guint8 key_id[SC_KEY_ID_SIZE], const char *address, gint64 now, ScEnrolOutcome *outcome,
                GError **error)
{
  g_autoptr (ScCatalogEnrolRequest) old = row;
  g_autofree char *hash = sc_token_hash (request->token);
  g_autoptr (GError) local = NULL;
  g_autoptr (ScCatalogEnrolToken) token =
      *request->token != '\0' ? sc_catalog_find_enrol_token (self->catalog, hash, 0, &local) : NULL;
  gboolean waits = old != NULL && (old->state == SC_ENROL_PENDING || old->state == SC_ENROL_DUPLICATE);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (waits && (*request->token == '\0' || (token != NULL && token->id == old->token)))
    return answer_waiting (self, old, now, outcome, error);
  if (token == NULL || token->revoked != 0)
    return deny (self, address, now,
                 *request->token == '\0'
                     ? "the console does not know this seat (any more): give it a token of its room"
                     : "the token is not one of this console's, or was revoked: give the seat another one");
  if (old == NULL) {
    old = sc_catalog_enrol_request_new ();
    memcpy (old->key_id, key_id, SC_KEY_ID_SIZE);
  }
  fill_row (old, request, token, address, now);
  return decide (self, old, token, now, outcome, error);
}

static gboolean
is_rejected (const ScCatalogEnrolRequest *row, gint64 now)
{
  return row != NULL && row->state == SC_ENROL_DENIED && now - row->asked < KEEP_TIME;
}

/* @key_id: (out) */
static gboolean
check_request (ScEnrolments *self, const ScEnrolRequest *request, const char *address, gint64 now,
               guint8 key_id[SC_KEY_ID_SIZE], GError **error)
{
  gint64 wait = sc_denials_get_wait (self->denials, address, now);

  if (wait > 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
                 "too many requests from this address were denied: ask again in %" G_GINT64_FORMAT " s", wait);
    return FALSE;
  }
  if (sc_certificate_request_check (request->request, strlen (request->request), key_id, error))
    return TRUE;
  sc_denials_note (self->denials, address, now);
  return FALSE;
}

ScEnrolAnswer *
sc_enrolments_ask (ScEnrolments *self, const ScEnrolRequest *request, const char *address, gint64 now,
                   ScEnrolOutcome *outcome, GError **error)
{
  guint8 key_id[SC_KEY_ID_SIZE];
  g_autoptr (GError) local = NULL;
  g_autoptr (ScCatalogCertificate) certificate = NULL;
  g_autoptr (ScCatalogEnrolRequest) row = NULL;

  if (!check_request (self, request, address, now, key_id, error))
    return NULL;
  certificate = sc_catalog_find_certificate (self->catalog, key_id, &local);
  if (local == NULL)
    row = sc_catalog_find_enrol_request (self->catalog, key_id, 0, &local);
  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (certificate != NULL && certificate->revoked != 0)
    return deny (self, address, now,
                 "staff revoked the certificate of this key: to let the seat in again, remove its identity and give it"
                 " a token");
  /* one that is out of date, or that a later one replaced, shows only that the machine was here */
  if (certificate != NULL && certificate->replaced == 0 && certificate->ends > now)
    return answer_certificate (self, request, certificate, now, error);
  if (is_rejected (row, now))
    return deny (self, address, now, "staff rejected this seat");
  return ask_with_token (self, g_steal_pointer (&row), request, key_id, address, now, outcome, error);
}
