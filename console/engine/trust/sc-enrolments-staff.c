/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/trust/sc-enrolments-private.h"

void
sc_enrol_decision_free (ScEnrolDecision *self)
{
  if (self == NULL)
    return;
  g_free (self->error);
  g_free (self->name);
  g_free (self->seat);
  g_free (self->room);
  g_free (self);
}

/* Where it comes to be: (nullable) NULL: where it is. */
static const char *
choose_room (const ScCatalogEnrolRequest *row, const ScCatalogMachine *known, const char *room)
{
  if (room != NULL)
    return room;
  return known == NULL || *known->room == '\0' ? row->request->room : NULL;
}

ScCatalogCertificate *
sc_enrolments_admit (ScEnrolments *self, ScCatalogEnrolRequest *row, ScCatalogMachine *known, const char *room,
                     gint64 now, GError **error)
{
  gboolean replaces = known != NULL && known->enrolled;
  g_autofree char *seat = known != NULL ? g_strdup (known->seat) : g_uuid_string_random ();
  g_autoptr (ScCatalogCertificate) certificate = NULL;
  guint64 revoked = 0;

  if ((replaces && !sc_catalog_revoke_certificates (self->catalog, seat, now, &revoked, error)) ||
      (!replaces && !sc_catalog_use_enrol_token (self->catalog, row->token, error)) ||
      !sc_catalog_enrol_seat (self->catalog, seat, row->request, row->address, choose_room (row, known, room), now,
                              error))
    return NULL;
  certificate = sc_enrolments_issue (self, row->request->request, seat, now, error);
  if (certificate == NULL)
    return NULL;
  row->state = SC_ENROL_APPROVED;
  row->asked = now;
  sc_enrolments_set_text (&row->reason, "");
  sc_enrolments_set_text (&row->seat, seat);
  if (row->id != 0 && !sc_catalog_save_enrol_request (self->catalog, row, error))
    return NULL;
  if (known != NULL)
    known->enrolled = TRUE;
  return g_steal_pointer (&certificate);
}

/* One of those that wait. Returns: (transfer full) (nullable): NULL with @decision->error, or with @error */
static ScCatalogEnrolRequest *
find_waiting (ScEnrolments *self, ScEnrolDecision *decision, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ScCatalogEnrolRequest) row = sc_catalog_find_enrol_request (self->catalog, NULL, decision->id, &local);

  if (local != NULL) {
    g_propagate_error (error, g_steal_pointer (&local));
    return NULL;
  }
  if (row == NULL) {
    decision->error = g_strdup ("it does not wait (any more): see “seatcastctl waiting”");
    return NULL;
  }
  decision->name = g_strdup (row->request->name);
  decision->room = g_strdup (row->request->room);
  if (row->state == SC_ENROL_PENDING || row->state == SC_ENROL_DUPLICATE)
    return g_steal_pointer (&row);
  decision->error = g_strdup (row->state == SC_ENROL_APPROVED ? "it was approved already" : "it was rejected already");
  return NULL;
}

/* Staff decide on what they were shown. Where something else is true by now, that is kept, and shown to them first. */
static gboolean
check_as_shown (ScEnrolments *self, ScCatalogEnrolRequest *row, const ScCatalogMachine *known, const char *matched,
                ScEnrolDecision *decision, GError **error)
{
  gboolean enrolled = known != NULL && known->enrolled;

  if (g_str_equal (row->known, known != NULL ? known->seat : "") && enrolled == (row->state == SC_ENROL_DUPLICATE))
    return TRUE;
  sc_enrolments_set_text (&row->known, known != NULL ? known->seat : "");
  sc_enrolments_set_text (&row->matched, matched);
  if (enrolled) {
    sc_enrolments_set_duplicate (row, known, matched);
  } else {
    row->state = SC_ENROL_PENDING;
    sc_enrolments_set_text (&row->reason, "it was taken for another seat: staff must approve it");
  }
  if (!sc_catalog_save_enrol_request (self->catalog, row, error))
    return FALSE;
  decision->error = g_strdup_printf ("what is known of it has changed, look again: %s", row->reason);
  return FALSE;
}

/* A machine that is a seat from now on is one for those that are decided on next, too. */
static void
remember (GPtrArray *machines, const ScCatalogEnrolRequest *row, const char *room)
{
  ScCatalogMachine *machine = g_new0 (ScCatalogMachine, 1);
  GString *macs = g_string_new (NULL);

  for (guint i = 0; i < row->request->macs->len; i++)
    g_string_append_printf (macs, "%s%s", i > 0 ? " " : "", (const char *) row->request->macs->pdata[i]);
  machine->seat = g_strdup (row->seat);
  machine->name = g_strdup (row->request->name);
  machine->room = g_strdup (room != NULL ? room : row->request->room);
  machine->machine = g_strdup (row->request->machine);
  machine->macs = g_string_free (macs, FALSE);
  machine->enrolled = TRUE;
  g_ptr_array_add (machines, machine);
}

/* Returns: FALSE with @decision->error, or with @error */
static gboolean
approve_one (ScEnrolments *self, GPtrArray *machines, const char *room, gint64 now, ScEnrolDecision *decision,
             GError **error)
{
  g_autoptr (ScCatalogEnrolRequest) row = find_waiting (self, decision, error);
  g_autoptr (ScCatalogCertificate) certificate = NULL;
  g_autofree char *matched = NULL;
  ScCatalogMachine *known = NULL;

  if (row == NULL)
    return FALSE;
  known = sc_machines_find (machines, row->request, &matched);
  if (!check_as_shown (self, row, known, matched, decision, error))
    return FALSE;
  decision->replaced = known != NULL && known->enrolled;
  certificate = sc_enrolments_admit (self, row, known, room, now, error);
  if (certificate == NULL)
    return FALSE;
  decision->seat = g_strdup (certificate->seat);
  if (room != NULL || (known != NULL && *known->room != '\0'))
    sc_enrolments_set_text (&decision->room, room != NULL ? room : known->room);
  if (known == NULL)
    remember (machines, row, room);
  return TRUE;
}

static gboolean
reject_one (ScEnrolments *self, GPtrArray *machines, const char *room, gint64 now, ScEnrolDecision *decision,
            GError **error)
{
  g_autoptr (ScCatalogEnrolRequest) row = find_waiting (self, decision, error);

  if (row == NULL)
    return FALSE;
  row->state = SC_ENROL_DENIED;
  row->asked = now;
  return sc_catalog_save_enrol_request (self->catalog, row, error);
}

typedef gboolean (*DecideOne) (ScEnrolments *self, GPtrArray *machines, const char *room, gint64 now,
                               ScEnrolDecision *decision, GError **error);

static gboolean
decide_each (ScEnrolments *self, DecideOne decide, GPtrArray *decisions, const char *room, gint64 now, GError **error)
{
  g_autoptr (GPtrArray) machines = sc_catalog_list_machines (self->catalog, error);

  for (guint i = 0; machines != NULL && i < decisions->len; i++) {
    ScEnrolDecision *decision = g_ptr_array_index (decisions, i);

    if (!decide (self, machines, room, now, decision, error) && decision->error == NULL)
      return FALSE;
  }
  return machines != NULL;
}

/* All of them are durable together: a thousand would take their time one by one. */
static GPtrArray *
decide_all (ScEnrolments *self, DecideOne decide, const guint64 *ids, gsize n_ids, const char *room, gint64 now,
            GError **error)
{
  g_autoptr (GPtrArray) decisions = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_enrol_decision_free);

  for (gsize i = 0; i < n_ids; i++) {
    ScEnrolDecision *decision = g_new0 (ScEnrolDecision, 1);

    decision->id = ids[i];
    g_ptr_array_add (decisions, decision);
  }
  if (!sc_catalog_begin (self->catalog, error))
    return NULL;
  if (!decide_each (self, decide, decisions, room, now, error) || !sc_catalog_commit (self->catalog, error)) {
    sc_catalog_rollback (self->catalog);
    return NULL;
  }
  return g_steal_pointer (&decisions);
}

GPtrArray *
sc_enrolments_approve (ScEnrolments *self, const guint64 *ids, gsize n_ids, const char *room, gint64 now,
                       GError **error)
{
  return decide_all (self, approve_one, ids, n_ids, room, now, error);
}

GPtrArray *
sc_enrolments_reject (ScEnrolments *self, const guint64 *ids, gsize n_ids, gint64 now, GError **error)
{
  return decide_all (self, reject_one, ids, n_ids, NULL, now, error);
}

gboolean
sc_enrolments_revoke (ScEnrolments *self, const char *seat, gint64 now, GError **error)
{
  guint64 n = 0;

  if (!sc_catalog_revoke_certificates (self->catalog, seat, now, &n, error))
    return FALSE;
  if (n == 0)
    g_set_error (error, SC_ERROR, SC_ERROR_STATE,
                 "seat %s has no certificate that could be revoked: it never enrolled, or was revoked before", seat);
  return n > 0;
}
