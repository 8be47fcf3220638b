/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/session/sc-sessions-private.h"
#include "console/engine/store/sc-store-signatures.h"

static gboolean
has_seat (GPtrArray *seats, const char *id)
{
  for (guint i = 0; i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

    if (g_str_equal (seat->inventory->seat, id))
      return TRUE;
  }
  return FALSE;
}

static GPtrArray *
find_named_seats (ScSessions *self, const char *const *names, GError **error)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_seat_free);

  for (; *names != NULL; names++) {
    g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->catalog, *names, error);

    if (seat == NULL)
      return NULL;
    if (!has_seat (seats, seat->inventory->seat))
      g_ptr_array_add (seats, g_steal_pointer (&seat));
  }
  if (seats->len == 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "the list of seats to deploy to is empty");
    return NULL;
  }
  return g_steal_pointer (&seats);
}

static GPtrArray *
find_room_seats (ScSessions *self, const char *room, GError **error)
{
  g_autoptr (GPtrArray) seats = sc_catalog_list_seats (self->catalog, room, error);

  if (seats == NULL)
    return NULL;
  if (seats->len == 0 && room != NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "no seat is in room “%s”: see “seatcastctl rooms”", room);
    return NULL;
  }
  if (seats->len == 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE,
                         "no seat has ever connected to this console: start seatcast-service on the workstations");
    return NULL;
  }
  return g_steal_pointer (&seats);
}

/* Whether a session may count on the seat. Just after the engine's start its seats are still on their way back. */
static gboolean
is_expected (ScSessions *self, const char *seat)
{
  return sc_seat_hub_is_online (self->hub, seat) || g_get_monotonic_time () - self->started < self->config.return_time;
}

/* That nothing else goes on with one of the seats, and that at least one of them is there. */
static gboolean
check_seats (ScSessions *self, GPtrArray *seats, GError **error)
{
  guint online = 0;

  for (guint i = 0; i < seats->len; i++) {
    const ScInventory *inventory = ((const ScCatalogSeat *) g_ptr_array_index (seats, i))->inventory;

    if (!sc_sessions_check_free (self, inventory, error))
      return FALSE;
    online += is_expected (self, inventory->seat);
  }
  if (online == 0) {
    g_set_error_literal (
        error, SC_ERROR, SC_ERROR_STATE,
        "no seat of those chosen is online: switch them on, see that seatcast-service runs, and deploy again");
    return FALSE;
  }
  return TRUE;
}

/* What a dry run must not interrupt. No session holds the seat, so what it last said of one is past. */
static gboolean
is_at_work (ScSessions *self, const char *seat)
{
  const ScSeatTransfer *transfer = sc_seat_hub_get_transfer (self->hub, seat);

  return transfer != NULL && transfer->session == 0 &&
         ((transfer->state >= SC_TRANSFER_WAITING && transfer->state <= SC_TRANSFER_APPLYING) ||
          transfer->state == SC_TRANSFER_VERIFYING);
}

/* Why the seat cannot take part: (transfer full) (nullable) */
static char *
explain_absence (ScSessions *self, const ScInventory *inventory, gboolean dry_run)
{
  gboolean expected = is_expected (self, inventory->seat);

  if (!expected && !dry_run)
    return g_strdup ("offline: when it is on, have it catch up");
  if (!expected)
    return g_strdup ("offline: only the seat itself knows what it needs; switch it on and ask again");
  if (dry_run && is_at_work (self, inventory->seat))
    return g_strdup ("at work: it catches up or verifies its templates; ask again when that is over");
  return NULL;
}

static ScCatalogSessionSeat *
make_row (ScSessions *self, const ScInventory *inventory, gboolean dry_run)
{
  ScCatalogSessionSeat *row = g_new0 (ScCatalogSessionSeat, 1);

  row->seat = g_strdup (inventory->seat);
  row->version_before = inventory->version;
  row->reason = explain_absence (self, inventory, dry_run);
  row->state = row->reason == NULL ? SC_TRANSFER_WAITING : SC_TRANSFER_FAILED;
  if (row->reason == NULL)
    row->reason = g_strdup ("");
  return row;
}

/* The seats' rows; assigns them the version, unless it is a dry run. */
static GPtrArray *
assign (ScSessions *self, const ScDeployRequest *request, GPtrArray *seats, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_session_seat_free);

  for (guint i = 0; i < seats->len; i++) {
    const ScInventory *inventory = ((const ScCatalogSeat *) g_ptr_array_index (seats, i))->inventory;

    if (!request->dry_run && !sc_catalog_assign_version (self->catalog, inventory->seat, request->version, error))
      return NULL;
    g_ptr_array_add (rows, make_row (self, inventory, request->dry_run));
  }
  return g_steal_pointer (&rows);
}

static ScCatalogSession *
record (ScSessions *self, const ScDeployRequest *request, GPtrArray *rows, GError **error)
{
  g_autoptr (ScCatalogSession) session = g_new0 (ScCatalogSession, 1);

  session->version = request->version;
  session->room = g_strdup (request->room != NULL ? request->room : "");
  session->state = SC_SESSION_PREPARING;
  session->dry_run = request->dry_run;
  session->error = g_strdup ("");
  session->created = g_get_real_time ();
  session->rate_cap = request->rate_cap != 0 ? request->rate_cap : self->config.rate_cap;
  if (!sc_catalog_add_session (self->catalog, session, error))
    return NULL;
  for (guint i = 0; i < rows->len; i++)
    if (!sc_catalog_save_session_seat (self->catalog, session->id, g_ptr_array_index (rows, i), error))
      return NULL;
  return g_steal_pointer (&session);
}

/* The seats' assignments, the session and its rows: all of them are kept, or none. @rows: (out) */
static ScCatalogSession *
assign_and_record (ScSessions *self, const ScDeployRequest *request, GPtrArray *seats, GPtrArray **rows, GError **error)
{
  g_autoptr (ScCatalogSession) session = NULL;

  if (!sc_catalog_begin (self->catalog, error))
    return NULL;
  *rows = assign (self, request, seats, error);
  if (*rows != NULL)
    session = record (self, request, *rows, error);
  if (session == NULL || !sc_catalog_commit (self->catalog, error)) {
    sc_catalog_rollback (self->catalog);
    return NULL;
  }
  return g_steal_pointer (&session);
}

guint64
sc_sessions_deploy (ScSessions *self, const ScDeployRequest *request, GError **error)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (self->store, request->version, error);
  g_autoptr (GPtrArray) seats = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  ScCatalogSession *session;
  ScSignature signature;
  guint64 id;

  if (version == NULL || !sc_store_get_signature (self->store, version, &signature, error))
    return 0;
  seats = request->seats != NULL ? find_named_seats (self, request->seats, error)
                                 : find_room_seats (self, request->room, error);
  if (seats == NULL || !check_seats (self, seats, error))
    return 0;
  session = assign_and_record (self, request, seats, &rows, error);
  if (session == NULL)
    return 0;
  id = session->id;
  for (guint i = 0; i < rows->len; i++)
    sc_sessions_tell_seat (self, session, g_ptr_array_index (rows, i));
  sc_sessions_run (self, session, g_steal_pointer (&rows), version);
  return id;
}
