/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-world.h"

#include "common/sc-error.h"

static void
order (World *world, char *text)
{
  g_ptr_array_add (world->orders, text);
}

static gboolean
act_send (gpointer data, const char *seat, const ScControlMessage *message)
{
  static const char *const leaves[] = { "finished", "catch-up", "cancelled", "suspended" };
  World *world = data;

  if (!g_hash_table_contains (world->online, seat))
    return FALSE;
  g_assert_cmpuint (message->session, ==, 7);
  if (message->type == SC_CONTROL_PREPARE) {
    order (world, g_strdup_printf ("%s prepare", seat));
    g_assert_cmpuint (message->version.version, ==, 3);
    g_assert_cmpuint (message->version.order, ==, world->n_signed);
  } else if (message->type == SC_CONTROL_CATCH_UP) {
    order (world, g_strdup_printf ("%s catch-up", seat));
    g_assert_cmpuint (message->version.version, ==, 3);
    g_assert_cmpuint (message->version.order, ==, world->n_signed);
  } else if (message->type == SC_CONTROL_LEAVE) {
    order (world, g_strdup_printf ("%s leave %s", seat, leaves[message->leave.reason]));
  } else if (message->type == SC_CONTROL_JOIN) {
    order (world, g_strdup_printf ("%s join %u", seat, message->join.first_window));
    g_assert_cmpstr (message->join.group, ==, "239.1.2.3");
    g_assert_cmpuint (message->join.port, ==, 4711);
    g_assert_cmpuint (message->join.plan.bytes[0], ==, 0xaa);
    g_assert_cmpuint (message->join.key.tag, ==, world->tag);
  } else if (message->type == SC_CONTROL_KEY) {
    order (world, g_strdup_printf ("%s key %u", seat, message->key.key.tag));
  } else if (message->type == SC_CONTROL_LISTEN) {
    gboolean probes = message->listen.what == SC_LISTEN_PROBES;

    order (world, g_strdup_printf ("%s listen %s", seat, probes ? "probes" : "manifests"));
    g_assert_cmpstr (message->listen.group, ==, "239.1.2.3");
    g_assert_cmpuint (message->listen.port, ==, 4711);
    g_assert_cmpuint (message->listen.key.tag, ==, probes ? 21 : 22);
  } else {
    g_assert_not_reached ();
  }
  return TRUE;
}

static gboolean
act_sign (gpointer data, const char *seat, ScControlMessage *message, GError **error)
{
  World *world = data;

  if (g_strcmp0 (world->unsigned_seat, seat) == 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_SYSTEM, "the number of the order could not be kept");
    return FALSE;
  }
  message->version.order = ++world->n_signed;
  return TRUE;
}

static void
act_make_plan (gpointer data, GBytes *wanted)
{
  const guint8 *bits = g_bytes_get_data (wanted, NULL);

  g_assert_cmpuint (g_bytes_get_size (wanted), ==, 3);
  order (data, g_strdup_printf ("plan %02x%02x%02x", bits[0], bits[1], bits[2]));
}

static gboolean
act_start_driver (gpointer data, const guint32 *seats, guint n_seats, GError **error)
{
  World *world = data;
  GString *text = g_string_new ("driver");

  for (guint i = 0; i < n_seats; i++)
    g_string_append_printf (text, " %u", seats[i]);
  order (world, g_string_free (text, FALSE));
  if (world->driver_fails)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_SYSTEM, "no such interface");
  return !world->driver_fails;
}

static void
act_stop_driver (gpointer data)
{
  order (data, g_strdup ("stop"));
}

static void
act_add_seat (gpointer data, guint32 number)
{
  order (data, g_strdup_printf ("add %u", number));
}

static void
act_remove_seat (gpointer data, guint32 number)
{
  order (data, g_strdup_printf ("remove %u", number));
}

static void
act_heard (gpointer data, guint32 number)
{
  order (data, g_strdup_printf ("heard %u", number));
}

static void
act_report (gpointer data, guint32 number, const ScCastReport *report)
{
  order (data, g_strdup_printf ("report %u window %u", number, report->window));
}

static void
act_set_paused (gpointer data, gboolean paused)
{
  order (data, g_strdup (paused ? "hold" : "go on"));
}

static void
act_set_key (gpointer data, const ScCastKey *key)
{
  order (data, g_strdup_printf ("key %u", key->tag));
}

static void
act_changed (gpointer data, const ScCatalogSessionSeat *seat)
{
  ((World *) data)->n_changed++;
}

static void
act_wake (gpointer data, const char *const *seats)
{
  g_autofree char *list = g_strjoinv (" ", (char **) seats);

  order (data, g_strdup_printf ("wake %s", list));
}

static guint32
act_probe (gpointer data, guint32 *smallest)
{
  World *world = data;

  order (world, g_strdup ("probe"));
  *smallest = MIN (world->probed, SC_CAST_SYMBOL_SIZE);
  return world->probed;
}

static void
act_make_manifests (gpointer data, const GArray *manifests, guint32 symbol_size)
{
  GString *text = g_string_new ("make");

  for (guint i = 0; i < manifests->len; i++)
    g_string_append_printf (text, " %u", g_array_index (manifests, ScChunkId, i).bytes[0]);
  g_string_append_printf (text, " by %u", symbol_size);
  order (data, g_string_free (text, FALSE));
}

static gboolean
act_start_manifests (gpointer data, const guint32 *seats, guint n_seats)
{
  World *world = data;
  GString *text = g_string_new ("cast");

  for (guint i = 0; i < n_seats; i++)
    g_string_append_printf (text, " %u", seats[i]);
  order (world, g_string_free (text, FALSE));
  return !world->manifests_fail;
}

static void
act_stop_manifests (gpointer data)
{
  order (data, g_strdup ("end cast"));
}

static void
act_unheard (gpointer data, ScCatalogSessionSeat *seat)
{
  order (data, g_strdup_printf ("%s is deaf", seat->seat));
}

static const ScSessionActions actions = {
  .send = act_send,
  .sign = act_sign,
  .make_plan = act_make_plan,
  .start_driver = act_start_driver,
  .stop_driver = act_stop_driver,
  .add_seat = act_add_seat,
  .remove_seat = act_remove_seat,
  .heard = act_heard,
  .report = act_report,
  .set_paused = act_set_paused,
  .set_key = act_set_key,
  .changed = act_changed,
  .wake = act_wake,
  .probe = act_probe,
  .make_manifests = act_make_manifests,
  .start_manifests = act_start_manifests,
  .stop_manifests = act_stop_manifests,
  .unheard = act_unheard,
};

void
world_add_seat (World *world, const char *seat, ScTransferState state)
{
  ScCatalogSessionSeat *row = g_new0 (ScCatalogSessionSeat, 1);

  row->seat = g_strdup (seat);
  row->reason = g_strdup ("");
  row->state = state;
  sc_session_core_add_seat (world->core, row);
}

World *
world_new (ScSessionState state)
{
  return world_new_waking (state, FALSE);
}

World *
world_new_waking (ScSessionState state, gboolean wake)
{
  World *world = g_new0 (World, 1);
  ScCatalogSession *session = g_new0 (ScCatalogSession, 1);
  const ScChunkId manifest = { { 1 } };

  session->id = 7;
  session->version = 3;
  session->state = state;
  session->wake = wake;
  session->room = g_strdup ("");
  session->error = g_strdup ("");
  world->now = 1000 * S;
  world->online = g_hash_table_new (g_str_hash, g_str_equal);
  world->orders = g_ptr_array_new_with_free_func (g_free);
  world->core = sc_session_core_new (session, &manifest, &actions, world);
  for (const char *const *seat = (const char *const[]){ "a", "b", "c", NULL }; *seat != NULL; seat++) {
    world_add_seat (world, *seat, SC_TRANSFER_WAITING);
    g_hash_table_add (world->online, (gpointer) *seat);
  }
  return world;
}

void
world_set_listen (World *world)
{
  const ScChunkId ids[] = { { { 1 } }, { { 2 } }, { { 3 } } };
  g_autoptr (GArray) manifests = g_array_new (FALSE, FALSE, sizeof (ScChunkId));
  char group[] = "239.1.2.3";
  const ScSessionListen listen = { .group = group, .port = 4711, .key = { .tag = 21 }, .manifests = manifests };

  g_array_append_vals (manifests, ids, G_N_ELEMENTS (ids));
  world->probed = SC_CAST_SYMBOL_SIZE_MAX;
  sc_session_core_set_listen (world->core, &listen);
}

void
world_listening (World *world, const char *seat, guint8 lacks)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_LISTENING, 7);

  message->listening.lacks = g_bytes_new (&lacks, 1);
  sc_session_core_message (world->core, seat, message, world->now);
}

void
world_heard (World *world, const char *seat, guint32 payload)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_HEARD, 7);

  message->heard.payload = payload;
  sc_session_core_message (world->core, seat, message, world->now);
}

void
world_manifests_made (World *world, const guint8 *first, guint n)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (ScChunkId));
  g_autoptr (GArray) sizes = g_array_new (FALSE, FALSE, sizeof (guint32));
  const ScSessionManifests manifests = { .layout = { world->symbol_size != 0 ? world->symbol_size : 1444, 200, 64,
                                                     100u * n, 0 },
                                         .key = { .tag = 22 },
                                         .manifests = ids,
                                         .sizes = sizes };

  for (guint i = 0; i < n; i++) {
    g_array_append_vals (ids, &(ScChunkId){ { first[i] } }, 1);
    g_array_append_vals (sizes, &(guint32){ 100 }, 1);
  }
  sc_session_core_manifests_made (world->core, &manifests, world->now);
}

void
world_pass_quickly (World *world, guint milliseconds)
{
  for (guint i = 0; i < milliseconds; i += 50) {
    world->now += 50 * G_TIME_SPAN_MILLISECOND;
    sc_session_core_tick (world->core, world->now);
  }
}

void
world_free (World *world)
{
  sc_session_core_free (world->core);
  g_hash_table_unref (world->online);
  g_ptr_array_unref (world->orders);
  g_free (world);
}
char *
world_take (World *world)
{
  char *text;

  g_ptr_array_add (world->orders, NULL);
  text = g_strjoinv (", ", (char **) world->orders->pdata);
  g_ptr_array_set_size (world->orders, 0);
  return text;
}

ScCatalogSessionSeat *
world_row (World *world, const char *seat)
{
  return sc_session_core_get_seat (world->core, (guint) (seat[0] - 'a'), NULL);
}

ScSessionState
world_state (World *world)
{
  return sc_session_core_get_session (world->core)->state;
}

void
world_say (World *world, const char *seat, ScControlType type)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (type, 7);

  if (type == SC_CONTROL_DONE)
    message->done.version = 3;
  if (type == SC_CONTROL_REPORT) {
    message->report.window = 2;
    message->report.received = 900;
    message->report.lost = 100;
  }
  if (type == SC_CONTROL_FAILED) {
    message->failed.code = g_strdup ("no-space");
    message->failed.message = g_strdup ("the disk is full");
  }
  if (type == SC_CONTROL_PROGRESS) {
    message->progress.state = SC_TRANSFER_APPLYING;
    message->progress.done = 5;
    message->progress.total = 10;
    message->progress.template_name = g_strdup ("");
  }
  sc_session_core_message (world->core, seat, message, world->now);
}

void
world_repairing (World *world, const char *seat, guint64 done)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_PROGRESS, 7);

  message->progress.state = SC_TRANSFER_REPAIRING;
  message->progress.done = done;
  message->progress.total = 10;
  message->progress.template_name = g_strdup ("");
  sc_session_core_message (world->core, seat, message, world->now);
}

void
world_prepared (World *world, const char *seat, guint32 bits, gsize length, guint64 needed)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_PREPARED, 7);
  const guint8 bytes[] = { (guint8) bits, (guint8) (bits >> 8), (guint8) (bits >> 16), (guint8) (bits >> 24) };

  message->prepared.lacks = g_bytes_new (bytes, length);
  message->prepared.needs = sc_needs_new ();
  message->prepared.needs->lacks_bytes = 10;
  message->prepared.needs->free_bytes = 1000;
  message->prepared.needs->missing_bytes = needed - MIN (needed, 1000);
  message->prepared.needs->peak_bytes = needed;
  sc_session_core_message (world->core, seat, message, world->now);
}

void
world_planned (World *world)
{
  ScSessionStream stream = { .layout = { 1444, 200, 2, 1000, 20 * 288800 }, .port = 4711 };
  g_autofree char *group = g_strdup ("239.1.2.3");

  if (world->symbol_size != 0)
    stream.layout.symbol_size = world->symbol_size;
  stream.plan.bytes[0] = 0xaa;
  stream.group = group;
  stream.key.tag = world->tag;
  sc_session_core_planned (world->core, &stream, world->now);
}

void
world_shut_out (World *world, const char *seat, guint16 tag)
{
  const ScCastKey next = { .tag = tag };

  world->tag = tag;
  sc_session_core_shut_out (world->core, seat, &next, "revoked", world->now);
}

void
world_pass (World *world, guint seconds)
{
  for (guint i = 0; i < seconds; i++) {
    world->now += S;
    sc_session_core_tick (world->core, world->now);
  }
}

void
world_go_offline (World *world, const char *seat)
{
  g_hash_table_remove (world->online, seat);
  sc_session_core_seat_offline (world->core, seat, world->now);
}

void
world_come_online (World *world, const char *seat)
{
  g_hash_table_add (world->online, (gpointer) seat);
  sc_session_core_seat_online (world->core, seat, world->now);
}

void
world_bring_to_sending (World *world)
{
  sc_session_core_start (world->core, N_CHUNKS, world->now);
  world_prepared (world, "a", 0x000001, 3, 0);
  world_prepared (world, "b", 0x000100, 3, 0);
  world_prepared (world, "c", 0x080000, 3, 0);
  world_planned (world);
  world_say (world, "a", SC_CONTROL_JOINED);
  world_say (world, "b", SC_CONTROL_JOINED);
  world_say (world, "c", SC_CONTROL_JOINED);
  sc_session_core_sending (world->core, world->now);
  g_assert_cmpint (world_state (world), ==, SC_SESSION_SENDING);
  g_ptr_array_set_size (world->orders, 0);
}

void
world_finish_all (World *world)
{
  world_say (world, "a", SC_CONTROL_DONE);
  world_say (world, "b", SC_CONTROL_DONE);
  world_say (world, "c", SC_CONTROL_DONE);
}
