/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/gui/model/sc-deploy-plan.h"
#include "console/gui/words/sc-deploy-words.h"

#include <string.h>

/* A plan over six seats: a, b, c in Lab 1, d, e in Lab 2, f in none; e is off, c has version 4. */
typedef struct {
  ScItemList *seats;
  ScDeployPlan *plan;
  guint n_requests, n_news, n_changes;
} Fixture;

static void
count (guint *n)
{
  (*n)++;
}

static void
put_seat (Fixture *fixture, const char *id, const char *room, const char *presence, int version)
{
  g_autoptr (ScJson) json = json_pack ("{s:s, s:s, s:s, s:s, s:i, s:i, s:s, s:I}", "id", id, "name", id, "room", room,
                                       "presence", presence, "version", version, "assigned_version", 3, "version_state",
                                       "current", "free_bytes", (json_int_t) 5000);

  sc_item_list_put (fixture->seats, json);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  memset (fixture, 0, sizeof *fixture);
  fixture->seats = sc_item_list_new (SC_TYPE_SEAT_ITEM);
  put_seat (fixture, "a", "Lab 1", "online", 3);
  put_seat (fixture, "b", "Lab 1", "online", 3);
  put_seat (fixture, "c", "Lab 1", "online", 4);
  put_seat (fixture, "d", "Lab 2", "online", 3);
  put_seat (fixture, "e", "Lab 2", "offline", 3);
  put_seat (fixture, "f", "", "online", 3);
  fixture->plan = sc_deploy_plan_new (fixture->seats);
  g_signal_connect_swapped (fixture->plan, "request-changed", G_CALLBACK (count), &fixture->n_requests);
  g_signal_connect_swapped (fixture->plan, "seats-changed", G_CALLBACK (count), &fixture->n_news);
  g_signal_connect_swapped (fixture->plan, "changed", G_CALLBACK (count), &fixture->n_changes);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->plan);
  g_object_unref (fixture->seats);
}

static void
check_body (Fixture *fixture, gboolean dry_run, const char *expected)
{
  g_autoptr (ScJson) body = sc_deploy_plan_to_body (fixture->plan, dry_run);
  g_autoptr (ScJson) wanted = json_loads (expected, 0, NULL);

  g_assert_nonnull (wanted);
  if (!json_equal (body, wanted)) {
    g_autofree char *text = sc_json_to_text (body);

    g_error ("%s is not %s", text, expected);
  }
}

static void
test_request (Fixture *fixture, gconstpointer data)
{
  ScDeployPlan *plan = fixture->plan;

  g_assert_false (sc_deploy_plan_can_ask (plan)); /* there is no version */
  g_assert_false (sc_deploy_plan_can_deploy (plan));
  sc_deploy_plan_pick_version (plan, 4);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
  g_assert_true (sc_deploy_plan_can_ask (plan));
  g_assert_cmpstr (sc_deploy_plan_get_path (plan), ==, "/v1/sessions");
  check_body (fixture, TRUE, "{\"version\": 4, \"dry_run\": true}");

  sc_deploy_plan_set_target (plan, SC_DEPLOY_TO_ROOMS);
  g_assert_false (sc_deploy_plan_can_ask (plan)); /* none is chosen */
  sc_deploy_plan_set_room (plan, "Lab 2", TRUE);
  check_body (fixture, FALSE, "{\"version\": 4, \"room\": \"Lab 2\"}");
  sc_deploy_plan_set_room (plan, "", TRUE); /* several rooms, and one without a name, are their seats */
  check_body (fixture, FALSE, "{\"version\": 4, \"seats\": [\"d\", \"e\", \"f\"]}");
  sc_deploy_plan_set_room (plan, "Lab 2", FALSE);
  check_body (fixture, FALSE, "{\"version\": 4, \"seats\": [\"f\"]}");

  sc_deploy_plan_set_seat (plan, "b", TRUE);
  sc_deploy_plan_set_seat (plan, "nobody", TRUE);
  g_assert_cmpuint (fixture->n_requests, ==, 5); /* seats are no target yet */
  sc_deploy_plan_set_target (plan, SC_DEPLOY_TO_SEATS);
  check_body (fixture, FALSE, "{\"version\": 4, \"seats\": [\"b\"]}");
  sc_deploy_plan_set_rate_cap (plan, TRUE, 50000000);
  check_body (fixture, FALSE, "{\"version\": 4, \"seats\": [\"b\"], \"rate_cap\": 50000000}");
  sc_deploy_plan_set_rate_cap (plan, TRUE, 0); /* as fast as the seats take it */
  check_body (fixture, FALSE, "{\"version\": 4, \"seats\": [\"b\"], \"rate_cap\": 0}");
  sc_deploy_plan_set_rate_cap (plan, FALSE, 0);
  check_body (fixture, FALSE, "{\"version\": 4, \"seats\": [\"b\"]}");
  sc_deploy_plan_set_rate_cap (plan, TRUE, 50000000);
  check_body (fixture, TRUE, "{\"version\": 4, \"seats\": [\"b\"], \"dry_run\": true}");
  g_assert_cmpuint (fixture->n_requests, ==, 6);
  sc_deploy_plan_pick_version (plan, 4); /* what is the same asks nobody */
  sc_deploy_plan_set_room (plan, "Lab 1", TRUE);
  g_assert_cmpuint (fixture->n_requests, ==, 6);
}

static void
test_seats_that_come_and_go (Fixture *fixture, gconstpointer data)
{
  sc_deploy_plan_pick_version (fixture->plan, 4);
  sc_deploy_plan_set_room (fixture->plan, "Lab 2", TRUE);
  sc_deploy_plan_set_target (fixture->plan, SC_DEPLOY_TO_ROOMS);
  g_assert_cmpuint (fixture->n_news, ==, 0);
  put_seat (fixture, "e", "Lab 2", "online", 3);
  g_assert_cmpuint (fixture->n_news, ==, 1);
  put_seat (fixture, "d", "Lab 2", "online", 4);
  g_assert_cmpuint (fixture->n_news, ==, 2);
  put_seat (fixture, "a", "Lab 1", "offline", 3); /* not meant */
  g_assert_cmpuint (fixture->n_news, ==, 2);
  put_seat (fixture, "a", "Lab 2", "offline", 3); /* moved there */
  g_assert_cmpuint (fixture->n_news, ==, 3);
  g_assert_cmpuint (sc_filter_list_get_length (sc_deploy_plan_get_seats (fixture->plan)), ==, 3);
  g_assert_cmpuint (fixture->n_requests, ==, 2);
}

/* What a seat is at changes all the time, and is no news. */
static void
test_progress_is_no_news (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) json = json_copy (sc_item_get_json (sc_item_list_find (fixture->seats, "a")));

  sc_deploy_plan_pick_version (fixture->plan, 4);
  fixture->n_changes = 0;
  json_object_set_new (json, "transfer", json_pack ("{s:s, s:i}", "state", "receiving", "done_bytes", 12));
  sc_item_list_put (fixture->seats, json);
  g_assert_cmpuint (fixture->n_news, ==, 0);
  g_assert_cmpuint (fixture->n_changes, ==, 0);
}

static ScJson *
answer (const char *id, const char *state, const char *reason, int lacks, int missing, const char *busy)
{
  ScJson *needs = json_pack ("{s:i, s:i, s:i, s:i, s:i, s:i, s:{s:{s:i}, s:{s:i}}, s:[]}", "lacks_bytes", lacks,
                             "local_bytes", 0, "peak_bytes", 7, "free_bytes", 100, "reserve_bytes", 10, "missing_bytes",
                             missing, "ways", "undo", "files", 2, "new", "files", 1, "busy");

  if (busy != NULL)
    json_array_append_new (json_object_get (needs, "busy"), json_string (busy));
  if (strcmp (state, "waiting") == 0 || *reason != '\0') {
    json_decref (needs);
    needs = json_null (); /* it has not said */
  }
  return json_pack ("{s:s, s:s, s:s, s:s, s:s, s:o}", "id", id, "name", id, "room", "Lab 1", "state", state, "reason",
                    reason, "needs", needs);
}

static ScSessionItem *
dry_run (const char *state, ScJson *seats)
{
  g_autoptr (ScJson) json = json_pack (
      "{s:i, s:i, s:s, s:b, s:I, s:I, s:i, s:{s:I, s:i}, s:o}", "id", 9, "version", 4, "state", state, "dry_run", TRUE,
      "rate_cap_bits_per_second", (json_int_t) 1000000, "share_bits_per_second", (json_int_t) 2000000, "content_bytes",
      900000, "estimate", "wire_bytes", (json_int_t) 1000000, "seconds", 8, "seats", seats);
  g_autoptr (GError) error = NULL;
  ScItem *item = sc_item_new (SC_TYPE_SESSION_ITEM, json, &error);

  g_assert_no_error (error);
  return SC_SESSION_ITEM (item);
}

static ScDeployVerdict
verdict_of (Fixture *fixture, const char *id)
{
  ScDeploySeat seat;

  sc_deploy_plan_judge (fixture->plan, sc_item_list_find (fixture->seats, id), &seat);
  return seat.verdict;
}

static void
test_verdicts (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSessionItem) session = NULL;
  ScDeploySummary summary;
  ScDeploySeat seat;
  g_autofree char *ways = NULL;
  g_autofree char *result = NULL;

  sc_deploy_plan_pick_version (fixture->plan, 4);
  g_assert_cmpint (verdict_of (fixture, "a"), ==, SC_DEPLOY_SEAT_UNKNOWN);
  g_assert_cmpint (verdict_of (fixture, "c"), ==, SC_DEPLOY_SEAT_HAS_IT);
  g_assert_cmpint (verdict_of (fixture, "e"), ==, SC_DEPLOY_SEAT_OFF);

  session = dry_run ("planned",
                     json_pack ("[o, o, o, o, o, o]", answer ("a", "planned", "", 50, 0, "Debian"),
                                answer ("b", "failed", "", 60, 2000, NULL), answer ("c", "planned", "", 0, 0, NULL),
                                answer ("d", "failed", "at work: ask again", 0, 0, NULL),
                                answer ("e", "failed", "offline: only it knows", 0, 0, NULL),
                                answer ("f", "waiting", "", 0, 0, NULL)));
  sc_deploy_plan_set_session (fixture->plan, session);
  g_assert_cmpint (verdict_of (fixture, "a"), ==, SC_DEPLOY_SEAT_FITS);
  g_assert_cmpint (verdict_of (fixture, "b"), ==, SC_DEPLOY_SEAT_NO_SPACE);
  g_assert_cmpint (verdict_of (fixture, "c"), ==, SC_DEPLOY_SEAT_HAS_IT);
  g_assert_cmpint (verdict_of (fixture, "d"), ==, SC_DEPLOY_SEAT_REFUSED);
  g_assert_cmpint (verdict_of (fixture, "e"), ==, SC_DEPLOY_SEAT_OFF);
  g_assert_cmpint (verdict_of (fixture, "f"), ==, SC_DEPLOY_SEAT_ASKED);
  sc_deploy_plan_judge (fixture->plan, sc_item_list_find (fixture->seats, "a"), &seat);
  g_assert_cmpuint (seat.lacks, ==, 50);
  g_assert_cmpuint (seat.peak, ==, 7);
  ways = sc_deploy_words_ways (&seat);
  g_assert_cmpstr (ways, ==, "In place, can be undone; New files");
  result = sc_deploy_words_verdict (&seat);
  g_assert_cmpstr (result, ==, "In use: Debian");

  sc_deploy_plan_sum_up (fixture->plan, &summary);
  g_assert_cmpuint (summary.n_seats, ==, 6);
  g_assert_cmpuint (summary.n_online, ==, 5);
  g_assert_cmpuint (summary.n[SC_DEPLOY_SEAT_FITS], ==, 1);
  g_assert_cmpuint (summary.n_busy, ==, 1);
  g_assert_cmpuint (summary.n_lacking, ==, 1);
  g_assert_cmpuint (summary.missing, ==, 2000);
  g_assert_true (summary.planned);
  g_assert_cmpuint (summary.content_bytes, ==, 900000);
  g_assert_cmpuint (summary.wire_bytes, ==, 1000000);
  g_assert_cmpint (summary.duration, ==, 8 * G_USEC_PER_SEC);
  sc_deploy_plan_set_rate_cap (fixture->plan, TRUE, 4000000);
  sc_deploy_plan_sum_up (fixture->plan, &summary);
  g_assert_cmpint (summary.duration, ==, 4 * G_USEC_PER_SEC); /* its room has no more than 2 Mbit/s */
}

/* A seat that has the version, but was changed, takes part. */
static void
test_lacking_seat_of_the_version (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSessionItem) session = dry_run ("planned", json_pack ("[o]", answer ("c", "planned", "", 5, 0, NULL)));

  sc_deploy_plan_pick_version (fixture->plan, 4);
  sc_deploy_plan_set_session (fixture->plan, session);
  g_assert_cmpint (verdict_of (fixture, "c"), ==, SC_DEPLOY_SEAT_FITS);
}

static void
test_can_deploy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSessionItem) full = dry_run ("planned", json_pack ("[o]", answer ("a", "failed", "", 5, 9, NULL)));
  g_autoptr (ScSessionItem) asked = dry_run ("preparing", json_pack ("[o]", answer ("a", "waiting", "", 0, 0, NULL)));

  sc_deploy_plan_pick_version (fixture->plan, 4);
  sc_deploy_plan_set_target (fixture->plan, SC_DEPLOY_TO_SEATS);
  sc_deploy_plan_set_seat (fixture->plan, "e", TRUE);
  g_assert_false (sc_deploy_plan_can_deploy (fixture->plan)); /* it is off */
  g_assert_false (sc_deploy_plan_can_ask (fixture->plan));
  sc_deploy_plan_set_seat (fixture->plan, "a", TRUE);
  g_assert_true (sc_deploy_plan_can_deploy (fixture->plan));
  sc_deploy_plan_set_session (fixture->plan, asked);
  g_assert_true (sc_deploy_plan_can_deploy (fixture->plan));
  sc_deploy_plan_set_session (fixture->plan, full);
  g_assert_false (sc_deploy_plan_can_deploy (fixture->plan));
  sc_deploy_plan_set_seat (fixture->plan, "d", TRUE); /* another choice is another question */
  g_assert_true (sc_deploy_plan_can_deploy (fixture->plan));
}

static void
test_rolling_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSessionItem) session = dry_run ("preparing", json_pack ("[o]", answer ("a", "waiting", "", 0, 0, NULL)));

  sc_deploy_plan_set_rolling_back (fixture->plan, TRUE);
  g_assert_cmpstr (sc_deploy_plan_get_path (fixture->plan), ==, "/v1/rollback");
  g_assert_true (sc_deploy_plan_can_ask (fixture->plan));
  g_assert_false (sc_deploy_plan_can_deploy (fixture->plan)); /* to which version, nobody has seen */
  check_body (fixture, TRUE, "{\"dry_run\": true}");
  sc_deploy_plan_set_session (fixture->plan, session);
  g_assert_cmpuint (sc_deploy_plan_get_version (fixture->plan), ==, 4);
  g_assert_true (sc_deploy_plan_can_deploy (fixture->plan));
  check_body (fixture, FALSE, "{\"version\": 4}");
  check_body (fixture, TRUE, "{\"dry_run\": true}");
  sc_deploy_plan_set_room (fixture->plan, "Lab 1", TRUE);
  sc_deploy_plan_set_target (fixture->plan, SC_DEPLOY_TO_ROOMS);
  g_assert_cmpuint (sc_deploy_plan_get_version (fixture->plan), ==, 0); /* another room may have another way back */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define add(name, function) g_test_add ("/deploy-plan/" name, Fixture, NULL, set_up, function, tear_down)
  add ("request", test_request);
  add ("seats-that-come-and-go", test_seats_that_come_and_go);
  add ("progress-is-no-news", test_progress_is_no_news);
  add ("verdicts", test_verdicts);
  add ("lacking-seat-of-the-version", test_lacking_seat_of_the_version);
  add ("can-deploy", test_can_deploy);
  add ("rolling-back", test_rolling_back);
  return g_test_run ();
}
