/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* More connections than Windows waits for at once (64), each heard at once. Both ends are in this process. */
#include "common/sc-error.h"
#include "tests/unit/engine/engine-fixture.h"

#define N_SEATS 100u
#define LATE 60u /* s */

static gboolean
on_late (gpointer late)
{
  *(gboolean *) late = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

static char *
make_id (guint number)
{
  return g_strdup_printf ("00000000-0000-4000-8000-%012u", number);
}

static void
say_inventory (SoupWebsocketConnection *seat, const char *id)
{
  g_autoptr (ScControlMessage) message = engine_fixture_make_inventory ();

  set_text (&message->inventory->seat, id);
  engine_fixture_say (seat, message);
}

static void
wait_for (EngineFixture *fixture, const char *id, gboolean online)
{
  while (sc_seat_hub_is_online (fixture->parts.hub, id) != online)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_heard_at_once (EngineFixture *fixture, gconstpointer data)
{
  static const guint leaving[] = { N_SEATS - 1, 0, 63, 64, 31 };
  g_autoptr (GPtrArray) seats = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  gboolean late = FALSE;
  guint source;

  for (guint i = 0; i < N_SEATS; i++) {
    g_autofree char *id = make_id (i);
    g_autoptr (GTlsCertificate) certificate = engine_fixture_certify (fixture, id);
    SoupWebsocketConnection *seat = engine_fixture_connect_of (fixture, certificate, "/v1/seat", &error);

    g_assert_no_error (error);
    g_ptr_array_add (seats, seat);
    say_inventory (seat, id);
    wait_for (fixture, id, TRUE);
  }
  for (guint i = 0; i < N_SEATS; i++) { /* all of them still */
    g_autofree char *id = make_id (i);

    g_assert_true (sc_seat_hub_is_online (fixture->parts.hub, id));
  }
  for (guint i = 0; i < G_N_ELEMENTS (leaving); i++) {
    g_autofree char *id = make_id (leaving[i]);

    while (g_main_context_iteration (NULL, FALSE)) /* at rest */
      ;
    source = g_timeout_add_seconds (LATE, on_late, &late);
    soup_websocket_connection_close (seats->pdata[leaving[i]], SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
    wait_for (fixture, id, FALSE);
    g_assert_false (late);
    g_source_remove (source);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/many-seats/heard-at-once", EngineFixture, NULL, engine_fixture_set_up, test_heard_at_once,
              engine_fixture_tear_down);
  return g_test_run ();
}
