/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-desired.h"
#include "console/engine/catalog/sc-catalog-enrolment.h"
#include "console/engine/session/sc-sessions-private.h"

#define MAX_NAMED 5u /* seats in a message */

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

/* Of one room, or (%NULL) all of them. */
static gboolean
add_room_seats (ScSessions *self, GPtrArray *seats, const char *room, GError **error)
{
  g_autoptr (GPtrArray) found = sc_catalog_list_seats (self->catalog, room, error);

  if (found == NULL)
    return FALSE;
  if (found->len == 0 && room != NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "no seat is in room “%s”: see “seatcastctl rooms”", room);
    return FALSE;
  }
  if (found->len == 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE,
                         "no seat has ever connected to this console: start seatcast-service on the workstations");
    return FALSE;
  }
  g_ptr_array_extend_and_steal (seats, g_steal_pointer (&found));
  return TRUE;
}

static void
leave_out_pinned (GPtrArray *seats)
{
  for (guint i = seats->len; i-- > 0;)
    if (((const ScCatalogSeat *) g_ptr_array_index (seats, i))->pinned)
      g_ptr_array_remove_index (seats, i);
}

static GPtrArray *
find_room_seats (ScSessions *self, const ScDeployRequest *request, GError **error)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_seat_free);

  for (const char *const *room = request->rooms; room != NULL && *room != NULL; room++)
    if (!add_room_seats (self, seats, *room, error))
      return NULL;
  if (request->rooms == NULL && !add_room_seats (self, seats, request->room, error))
    return NULL;
  leave_out_pinned (seats);
  if (seats->len > 0)
    return g_steal_pointer (&seats);
  g_set_error_literal (error, SC_ERROR, SC_ERROR_STATE,
                       "all of these seats are pinned to a version of their own: unpin them (“seatcastctl pin SEAT "
                       "none”), or deploy to seats by their names");
  return NULL;
}

/* Whether a session may count on the seat. Just after the engine's start its seats are still on their way back. */
static gboolean
is_expected (ScSessions *self, const char *seat)
{
  return sc_seat_hub_is_online (self->hub, seat) || g_get_monotonic_time () - self->started < self->config.return_time;
}

/* "pc-1 (session 5), pc-2 (session 6) and 3 more" */
static char *
describe_held (ScSessions *self, GPtrArray *seats, guint *n_held)
{
  GString *text = g_string_new (NULL);

  *n_held = 0;
  for (guint i = 0; i < seats->len; i++) {
    const ScInventory *inventory = ((const ScCatalogSeat *) g_ptr_array_index (seats, i))->inventory;
    ScSession *holder = sc_sessions_find_holder (self, inventory->seat);

    if (holder != NULL && (*n_held)++ < MAX_NAMED)
      g_string_append_printf (text, "%s%s (session %" G_GUINT64_FORMAT ")", *n_held > 1 ? ", " : "", inventory->name,
                              sc_session_get_id (holder));
  }
  if (*n_held > MAX_NAMED)
    g_string_append_printf (text, " and %u more", *n_held - MAX_NAMED);
  return g_string_free (text, FALSE);
}

static void
leave_out_held (ScSessions *self, GPtrArray *seats)
{
  for (guint i = seats->len; i-- > 0;) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

    if (sc_sessions_find_holder (self, seat->inventory->seat) != NULL)
      g_ptr_array_remove_index (seats, i);
  }
}

/* That no other session goes on with them. One that the scheduler starts goes on without those. */
static gboolean
free_seats (ScSessions *self, const ScDeployRequest *request, GPtrArray *seats, GError **error)
{
  guint n_held = 0;
  g_autofree char *held = describe_held (self, seats, &n_held);

  if (n_held == 0)
    return TRUE;
  if (request->by_scheduler)
    leave_out_held (self, seats);
  if (request->by_scheduler && seats->len > 0)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
               "other sessions go on with %s: wait until they are over, cancel them, or deploy to the other seats",
               held);
  return FALSE;
}

static gboolean
check_presence (ScSessions *self, const ScDeployRequest *request, GPtrArray *seats, GError **error)
{
  for (guint i = 0; i < seats->len; i++)
    if (is_expected (self, ((const ScCatalogSeat *) g_ptr_array_index (seats, i))->inventory->seat))
      return TRUE;
  if (request->wake && !request->dry_run)
    return TRUE;
  g_set_error_literal (
      error, SC_ERROR, SC_ERROR_STATE,
      "no seat of those chosen is online: switch them on, or have them woken, see that seatcast-service runs, and "
      "deploy again");
  return FALSE;
}

/* Those that are to take part, which is possible. */
static GPtrArray *
choose_seats (ScSessions *self, const ScDeployRequest *request, GError **error)
{
  g_autoptr (GPtrArray) seats =
      request->seats != NULL ? find_named_seats (self, request->seats, error) : find_room_seats (self, request, error);

  if (seats == NULL || !free_seats (self, request, seats, error) || !check_presence (self, request, seats, error))
    return NULL;
  return g_steal_pointer (&seats);
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

/* What comes of a seat that is off, as its room's policy for late seats says; they have the room's window to keep to.
 */
static const char *
explain_return (ScSessions *self, const ScCatalogSeat *seat)
{
  g_autoptr (ScCatalogRoom) room =
      *seat->room != '\0' ? sc_catalog_load_room (self->catalog, seat->room, NULL) : NULL; /* it may be gone */

  if (room == NULL || room->policy.late == SC_LATE_CATCH_UP)
    return room != NULL && sc_window_is_set (&room->policy.window)
               ? "offline: it catches up by itself when it is on and its room's maintenance window is open"
               : "offline: it catches up by itself when it is on";
  if (room->policy.late == SC_LATE_GATHER)
    return "offline: it gets that with the next late seats of its room, when it is on";
  return "offline: when it is on, have it catch up (its room's late seats wait for you)";
}

/* Whether a packet can be made that wakes it. Where the catalog cannot tell, the waker does. */
static gboolean
can_be_woken (ScSessions *self, const ScInventory *inventory)
{
  g_autofree char *macs = *inventory->mac == '\0' ? sc_catalog_dup_macs (self->catalog, inventory->seat, NULL) : NULL;

  return macs == NULL || *macs != '\0';
}

/* Why the seat cannot take part: (transfer full) (nullable) */
static char *
explain_absence (ScSessions *self, const ScCatalogSeat *seat, const ScDeployRequest *request)
{
  const ScInventory *inventory = seat->inventory;
  gboolean expected = is_expected (self, inventory->seat);

  if (!expected && request->dry_run)
    return g_strdup ("offline: only the seat itself knows what it needs; switch it on and ask again");
  if (!expected && !request->wake)
    return g_strdup (explain_return (self, seat));
  if (!expected && !request->dry_run && !can_be_woken (self, inventory))
    return g_strdup ("offline: it cannot be woken, as no MAC address of it is known: it tells that when it connects by "
                     "a network card; switch it on");
  if (request->dry_run && is_at_work (self, inventory->seat))
    return g_strdup ("at work: it catches up or verifies its templates; ask again when that is over");
  return NULL;
}

static GPtrArray *
make_rows (ScSessions *self, const ScDeployRequest *request, GPtrArray *seats)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_session_seat_free);

  for (guint i = 0; i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);
    const ScInventory *inventory = seat->inventory;
    ScCatalogSessionSeat *row = g_new0 (ScCatalogSessionSeat, 1);

    row->seat = g_strdup (inventory->seat);
    row->version_before = inventory->version;
    row->reason = explain_absence (self, seat, request);
    row->state = row->reason == NULL ? SC_TRANSFER_WAITING : SC_TRANSFER_FAILED;
    if (row->reason == NULL)
      row->reason = g_strdup ("");
    g_ptr_array_add (rows, row);
  }
  return rows;
}

/* desired state */

static gboolean
pin (ScSessions *self, GPtrArray *seats, ScSelection *selection, GError **error)
{
  for (guint i = 0; i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);
    g_autoptr (ScSelection) wanted = sc_catalog_seat_dup_wanted (seat);

    if (!sc_selection_equal (wanted, selection) &&
        !sc_catalog_pin (self->catalog, seat->inventory->seat, selection, SC_DUE_NOT, 0, g_get_real_time (), error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
assign (ScSessions *self, const ScDeployRequest *request, GPtrArray *seats, ScSelection *selection, GError **error)
{
  gint64 now = g_get_real_time ();

  if (request->dry_run || request->by_scheduler)
    return TRUE;
  if (request->seats != NULL)
    return pin (self, seats, selection, error);
  for (const char *const *room = request->rooms; room != NULL && *room != NULL; room++)
    if (!sc_catalog_assign (self->catalog, *room, selection, SC_DUE_NOT, 0, now, error))
      return FALSE;
  return request->rooms != NULL ||
         sc_catalog_assign (self->catalog, request->room, selection, SC_DUE_NOT, 0, now, error);
}

/* What they waited for comes now. */
static gboolean
clear_due (ScSessions *self, const ScDeployRequest *request, GPtrArray *rows, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (request->dry_run)
    return TRUE;
  for (guint i = 0; i < rows->len; i++) {
    const ScCatalogSessionSeat *row = g_ptr_array_index (rows, i);

    if (!request->by_scheduler || row->state == SC_TRANSFER_WAITING)
      g_ptr_array_add (ids, row->seat);
  }
  return sc_catalog_set_due (self->catalog, ids, SC_DUE_NOT, 0, error);
}

/* the session */

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list_rooms (GPtrArray *seats)
{
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (seats, i);

    if (seat->room[0] != '\0' && !g_ptr_array_find_with_equal_func (rooms, seat->room, g_str_equal, NULL))
      g_ptr_array_add (rooms, g_strdup (seat->room));
  }
  g_ptr_array_sort (rooms, compare_names);
  return rooms;
}

static const char *
name_room (const ScDeployRequest *request)
{
  if (request->rooms != NULL)
    return request->rooms[0] != NULL && request->rooms[1] == NULL ? request->rooms[0] : "";
  return request->room != NULL ? request->room : "";
}

static ScCatalogSession *
make_session (ScSessions *self, const ScDeployRequest *request, ScSelection *selection, GPtrArray *seats)
{
  ScCatalogSession *session = g_new0 (ScCatalogSession, 1);

  session->version = request->version;
  session->templates = g_strdup (sc_selection_templates_to_text (selection));
  session->room = g_strdup (name_room (request));
  session->rooms = list_rooms (seats);
  session->origin = g_strdup (request->origin != NULL ? request->origin : "staff");
  session->schedule = request->schedule;
  session->any_time = !request->by_scheduler;
  session->wake = request->wake && !request->dry_run;
  session->power_off = request->power_off && !request->dry_run;
  session->state = SC_SESSION_PREPARING;
  session->dry_run = request->dry_run;
  session->error = g_strdup ("");
  session->created = g_get_real_time ();
  session->rate_cap = request->rate_cap_set ? request->rate_cap : self->config.rate_cap;
  return session;
}

static gboolean
record (ScSessions *self, ScCatalogSession *session, GPtrArray *rows, GError **error)
{
  if (!sc_catalog_add_session (self->catalog, session, error))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    if (!sc_catalog_save_session_seat (self->catalog, session->id, g_ptr_array_index (rows, i), error))
      return FALSE;
  return TRUE;
}

/* The seats' assignments, the session and its rows: all of them are kept, or none. @taken: (out): sessions that have
 * lost seats to it */
static gboolean
assign_and_record (ScSessions *self, const ScDeployRequest *request, ScSelection *selection, GPtrArray *seats,
                   ScCatalogSession *session, GPtrArray *rows, GPtrArray **taken, GError **error)
{
  if (!sc_catalog_begin (self->catalog, error))
    return FALSE;
  *taken = request->dry_run ? g_ptr_array_new () : sc_sessions_take_over (self, rows, error);
  if (*taken != NULL && assign (self, request, seats, selection, error) && clear_due (self, request, rows, error) &&
      record (self, session, rows, error) && sc_catalog_commit (self->catalog, error))
    return TRUE;
  sc_catalog_rollback (self->catalog);
  return FALSE;
}

guint64
sc_sessions_deploy (ScSessions *self, const ScDeployRequest *request, GError **error)
{
  g_autoptr (ScSelection) selection = sc_selection_new (request->version, request->templates);
  g_autoptr (ScVersionManifest) version = sc_sessions_compose (self, selection, error);
  g_autoptr (GPtrArray) seats = version != NULL ? choose_seats (self, request, error) : NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) taken = NULL;
  g_autoptr (ScCatalogSession) session = NULL;
  guint64 id;

  if (seats == NULL)
    return 0;
  rows = make_rows (self, request, seats);
  session = make_session (self, request, selection, seats);
  if (!assign_and_record (self, request, selection, seats, session, rows, &taken, error))
    return 0;
  id = session->id;
  sc_sessions_tell_views (self, taken);
  for (guint i = 0; i < rows->len; i++)
    sc_sessions_tell_seat (self, session, g_ptr_array_index (rows, i));
  sc_sessions_run (self, g_steal_pointer (&session), g_steal_pointer (&rows), version);
  return id;
}
