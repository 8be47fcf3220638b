/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/scheduler-fixture.h"

#include <string.h>

#define OUTLOOK_LOOKS 50

static gint64
get_real (gpointer data)
{
  return ((SchedulerFixture *) data)->real;
}

static gint64
get_now (gpointer data)
{
  return ((SchedulerFixture *) data)->now;
}

void
scheduler_fixture_set_up (SchedulerFixture *fixture, gconstpointer data)
{
  engine_fixture_set_up (&fixture->engine, data);
  fixture->scheduler = fixture->engine.parts.scheduler;
  fixture->real = SCHEDULER_START;
  fixture->now = 1000 * G_TIME_SPAN_SECOND;
  sc_scheduler_set_clocks (fixture->scheduler, get_real, get_now, fixture);
}

void
scheduler_fixture_tear_down (SchedulerFixture *fixture, gconstpointer data)
{
  engine_fixture_tear_down (&fixture->engine, data);
}

static gboolean
set_flag (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Longer than sessions and the scheduler wait for what comes together. */
void
scheduler_fixture_settle (SchedulerFixture *fixture)
{
  gboolean over = FALSE;

  g_timeout_add (400, set_flag, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

void
scheduler_fixture_pass (SchedulerFixture *fixture, gint64 time)
{
  scheduler_fixture_settle (fixture); /* what was before has been before */
  fixture->real += time;
  fixture->now += time;
  sc_scheduler_look (fixture->scheduler);
  scheduler_fixture_settle (fixture);
}

char *
scheduler_seat_id (guint number)
{
  return g_strdup_printf ("0b9ff0c2-4f0e-4d35-9d34-3f3b7ce3f%03u", number);
}

static void
set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

ScControlMessage *
scheduler_make_inventory (SchedulerFixture *fixture, guint number, const char *room, guint64 version)
{
  ScControlMessage *message = engine_fixture_make_inventory ();
  ScInventory *inventory = message->inventory;
  g_autoptr (ScVersionManifest) manifest =
      version != 0 ? sc_store_get_version (fixture->engine.parts.store, version, NULL) : NULL;

  g_free (inventory->seat);
  inventory->seat = scheduler_seat_id (number);
  g_free (inventory->name);
  inventory->name = g_strdup_printf ("pc-%u", number);
  g_free (inventory->mac);
  inventory->mac = g_strdup_printf ("02:fc:00:00:00:%02x", number);
  set_text (&inventory->room, room);
  inventory->version = version;
  for (guint i = 0; manifest != NULL && i < sc_version_manifest_get_n_templates (manifest); i++) {
    const ScManifestTemplate *template = sc_version_manifest_get_template (manifest, i);

    sc_inventory_add_template (inventory, template->name, &template->id, version, SC_TEMPLATE_CURRENT);
  }
  return message;
}

static void
on_message (SoupWebsocketConnection *connection, gint type, GBytes *bytes, SchedulerSeat *seat)
{
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  const char *text = g_bytes_get_data (bytes, &length);
  ScControlMessage *message = sc_control_message_parse (text, length, &error);

  g_assert_no_error (error);
  if (message->type == SC_CONTROL_LISTEN)
    engine_fixture_answer_listen (connection, message);
  g_ptr_array_add (seat->heard, message);
}

SchedulerSeat *
scheduler_seat_new (SchedulerFixture *fixture, guint number, const char *room, guint64 version)
{
  g_autoptr (GError) error = NULL;
  SchedulerSeat *seat = g_new0 (SchedulerSeat, 1);
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (ScControlMessage) inventory = scheduler_make_inventory (fixture, number, room, version);

  seat->id = scheduler_seat_id (number);
  seat->heard = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_control_message_free);
  certificate = engine_fixture_certify (&fixture->engine, seat->id);
  seat->connection = engine_fixture_connect_of (&fixture->engine, certificate, "/v1/seat", &error);
  g_assert_no_error (error);
  g_signal_connect (seat->connection, "message", G_CALLBACK (on_message), seat);
  engine_fixture_say (seat->connection, inventory);
  scheduler_seat_wait (seat, SC_CONTROL_WELCOME, 1);
  return seat;
}

void
scheduler_seat_free (SchedulerSeat *seat)
{
  if (seat == NULL)
    return;
  g_signal_handlers_disconnect_by_data (seat->connection, seat);
  if (soup_websocket_connection_get_state (seat->connection) == SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (seat->connection, SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  while (soup_websocket_connection_get_state (seat->connection) != SOUP_WEBSOCKET_STATE_CLOSED)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (seat->connection);
  g_ptr_array_unref (seat->heard);
  g_free (seat->id);
  g_free (seat);
}

guint
scheduler_seat_count (const SchedulerSeat *seat, ScControlType type)
{
  guint n = 0;

  for (guint i = 0; i < seat->heard->len; i++)
    n += ((const ScControlMessage *) g_ptr_array_index (seat->heard, i))->type == type;
  return n;
}

const ScControlMessage *
scheduler_seat_last (const SchedulerSeat *seat, ScControlType type)
{
  for (guint i = seat->heard->len; i-- > 0;)
    if (((const ScControlMessage *) g_ptr_array_index (seat->heard, i))->type == type)
      return g_ptr_array_index (seat->heard, i);
  return NULL;
}

const ScControlMessage *
scheduler_seat_wait (const SchedulerSeat *seat, ScControlType type, guint n)
{
  while (scheduler_seat_count (seat, type) < n)
    g_main_context_iteration (NULL, TRUE);
  return scheduler_seat_last (seat, type);
}

ScCatalogSeat *
scheduler_fixture_load_seat (SchedulerFixture *fixture, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = scheduler_seat_id (number);
  ScCatalogSeat *seat = sc_catalog_find_seat (fixture->engine.parts.catalog, id, &error);

  g_assert_no_error (error);
  return seat;
}

static char *
get_outlook (SchedulerFixture *fixture, guint number)
{
  g_autofree char *id = scheduler_seat_id (number);
  ScOutlook outlook;

  sc_scheduler_get_outlook (fixture->scheduler, id, &outlook);
  return g_strdup_printf ("%s %s", sc_behind_to_nick (outlook.behind), sc_next_to_nick (outlook.next));
}

/* It settles first, also where the machine has more to do. */
void
scheduler_fixture_assert_outlook (SchedulerFixture *fixture, guint number, const char *expected)
{
  g_autofree char *text = get_outlook (fixture, number);

  for (guint i = 0; i < OUTLOOK_LOOKS && !g_str_equal (text, expected); i++) {
    scheduler_fixture_settle (fixture);
    g_free (text);
    text = get_outlook (fixture, number);
  }
  g_assert_cmpstr (text, ==, expected);
}

void
scheduler_fixture_set_window (SchedulerFixture *fixture, const char *room, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogRoom) found = sc_catalog_load_room (fixture->engine.parts.catalog, room, &error);

  g_assert_no_error (error);
  sc_window_clear (&found->policy.window);
  g_assert_true (sc_window_parse (text, &found->policy.window, &error));
  g_assert_no_error (error);
  g_assert_true (sc_scheduler_set_policy (fixture->scheduler, room, &found->policy, &error));
  g_assert_no_error (error);
}

void
scheduler_fixture_assign (SchedulerFixture *fixture, const char *room, guint64 version)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSelection) selection = sc_selection_new (version, NULL);

  g_assert_true (sc_scheduler_assign (fixture->scheduler, room, selection, SC_DUE_SESSION, &error));
  g_assert_no_error (error);
}
