/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-session-report.h"
#include "console/gui/sessions/sc-session-stragglers.h"
#include "console/gui/words/sc-session-words.h"

#include <glib/gstdio.h>

#define GB ((json_int_t) 1000000000)

typedef struct {
  ScItemList *sessions, *seats;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->sessions = sc_item_list_new (SC_TYPE_SESSION_ITEM);
  fixture->seats = sc_item_list_new (SC_TYPE_SEAT_ITEM);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->sessions);
  g_object_unref (fixture->seats);
}

static ScJson *
make_seat (guint number, const char *name, const char *state, const char *reason, json_int_t done)
{
  g_autofree char *id = g_strdup_printf ("seat-%u", number);

  return json_pack ("{s:s, s:s, s:s, s:s, s:s, s:b, s:i, s:I, s:I, s:i, s:i, s:i, s:n}", "id", id, "name", name, "room",
                    "Lab <1>", "state", state, "reason", reason, "catch_up", FALSE, "version_before", 3, "total_bytes",
                    30 * GB, "done_bytes", done, "repair_symbols", 12, "received_packets", 996, "lost_packets", 4,
                    "needs");
}

/* @seats: (transfer full) */
static ScSessionItem *
put_session (Fixture *fixture, const char *state, ScJson *seats)
{
  gboolean over = g_str_equal (state, "done") || g_str_equal (state, "failed") || g_str_equal (state, "cancelled");
  g_autoptr (ScJson) json = json_pack (
      "{s:i, s:i, s:s, s:s, s:b, s:s, s:s, s:s?, s:I, s:I, s:I, s:i, s:i, s:I, s:I, s:I, s:o, s:i, s:i, s:I}", "id", 12,
      "version", 4, "room", "Lab <1>", "state", state, "dry_run", 0, "error", "", "created", "2026-11-21T12:00:00Z",
      "ended", over ? "2026-11-21T12:13:05Z" : NULL, "rate_cap_bits_per_second", (json_int_t) 500000000,
      "content_bytes", 22 * GB, "wire_bytes", 23 * GB, "source_packets", 970, "parity_packets", 30, "catch_up_bytes",
      GB / 2, "content_sent_bytes", 11 * GB, "rate_bits_per_second", (json_int_t) 480000000, "seats", seats,
      "content_frames", 300, "delta_frames", 75, "delta_saved_bytes", (json_int_t) 22100000);

  return sc_item_list_put (fixture->sessions, json);
}

static void
put_seat (Fixture *fixture, guint number, const char *presence, const char *template_state, gboolean throttled)
{
  g_autofree char *id = g_strdup_printf ("seat-%u", number);
  g_autoptr (ScJson) json =
      json_pack ("{s:s, s:s, s:s, s:s, s:{s:s, s:b}, s:[{s:s, s:i, s:s, s:b}]}", "id", id, "name", id, "room", "Lab",
                 "presence", presence, "transfer", "state", "idle", "throttled", throttled, "templates", "name",
                 "Debian", "version", 3, "state", template_state, "busy", FALSE);

  sc_item_list_put (fixture->seats, json);
}

static ScSessionItem *
put_failed_session (Fixture *fixture)
{
  ScJson *seats = json_array ();

  json_array_append_new (seats, make_seat (1, "pc-1", "done", "", 30 * GB));
  json_array_append_new (seats,
                         make_seat (2, "<script>alert(1)</script>", "failed", "the disk is full & \"broken\"", 3 * GB));
  json_array_append_new (seats, make_seat (3, "pc-3", "busy", "in use", 30 * GB));
  return put_session (fixture, "done", seats);
}

static ScRateSeries *
make_rates (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = json_pack ("{s:i, s:[i, i], s:[i, i]}", "interval_ms", 500, "content_bits_per_second",
                                       400000000, 410000000, "repair_bits_per_second", 0, 1000000);
  ScRateSeries *rates = sc_rate_series_parse (json, &error);

  g_assert_no_error (error);
  return rates;
}

static ScSessionReport *
make_report (Fixture *fixture, ScSessionItem *session, ScRateSeries *rates)
{
  ScSessionReportContext context = { .console = "console & co",
                                     .who = "<b>Mallory</b>",
                                     .version_note = "new \"Debian\" <13>",
                                     .version_author = "Ada",
                                     .seats = fixture->seats,
                                     .rates = rates,
                                     .now = G_GINT64_CONSTANT (1795270000000000) };

  return sc_session_report_new (session, &context);
}

static char *
to_html (ScSessionReport *report)
{
  g_autoptr (GBytes) bytes = sc_session_report_to_html (report);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
assert_contains (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in: %s", part, text);
}

static void
test_html (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScRateSeries) rates = make_rates ();
  ScSessionItem *session = put_failed_session (fixture);
  g_autoptr (ScSessionReport) report = make_report (fixture, session, rates);
  g_autofree char *html = to_html (report);

  assert_contains (html, "<title>Version 4 to Lab &lt;1&gt;</title>");
  assert_contains (html, "2 of 3 seats have version 4");
  assert_contains (html, "1 failed: &lt;script&gt;alert(1)&lt;/script&gt; (the disk is full &amp; &quot;broken&quot;)");
  assert_contains (html, "&lt;b&gt;Mallory&lt;/b&gt;");
  assert_contains (html, "new &quot;Debian&quot; &lt;13&gt;");
  assert_contains (html, "by Ada");
  assert_contains (html, "console &amp; co");
  assert_contains (html, "13 min 5 s");
  assert_contains (html, "23.0 GB, 3 % of it repair");
  assert_contains (html, "75 of 300 frames, 22.1\xc2\xa0MB saved");
  assert_contains (html, "then deploy again: only what they lack is sent.");
  assert_contains (html, "data:image/svg+xml;base64,");
  assert_contains (html, "<td class=\"number\">0.4 %</td>");
  g_assert_null (strstr (html, "<script"));
  g_assert_null (strstr (html, "<b>"));
  g_assert_null (strstr (html, "http:"));
  g_assert_null (strstr (html, "https:"));
}

/* Nothing else may be markup: a page that a browser's strictest reader takes. */
static void
test_html_is_whole (Fixture *fixture, gconstpointer data)
{
  static const GMarkupParser parser = { NULL };
  ScSessionItem *session = put_failed_session (fixture);
  g_autoptr (ScRateSeries) rates = make_rates ();
  g_autoptr (ScSessionReport) report = make_report (fixture, session, rates);
  g_autofree char *html = to_html (report);
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
  g_autoptr (GError) error = NULL;
  char *doctype = strstr (html, "<html");
  char *meta = strstr (html, "<meta charset=\"utf-8\">");
  char *image = strstr (html, "<img ");

  memset (meta, ' ', strlen ("<meta charset=\"utf-8\">")); /* elements without an end are HTML's alone */
  memset (image, ' ', (gsize) (strchr (image, '>') + 1 - image));
  g_assert_true (g_markup_parse_context_parse (context, doctype, -1, &error));
  g_assert_no_error (error);
  g_assert_true (g_markup_parse_context_end_parse (context, &error));
  g_assert_no_error (error);
}

static void
test_failed_first (Fixture *fixture, gconstpointer data)
{
  ScSessionItem *session = put_failed_session (fixture);
  g_autoptr (ScSessionReport) report = make_report (fixture, session, NULL);
  g_autofree char *html = to_html (report);
  const char *body = strstr (html, "<tbody>");

  g_assert_nonnull (body);
  g_assert_true (strstr (body, "class=\"failed\"") < strstr (body, ">pc-1<"));
  g_assert_null (strstr (html, "data:image")); /* nothing was measured */
}

static void
test_half_updated (Fixture *fixture, gconstpointer data)
{
  ScJson *seats = json_array ();
  ScSessionItem *session = NULL;
  g_autoptr (ScSessionReport) report = NULL;
  g_autofree char *html = NULL;
  g_autofree char *text = NULL;

  put_seat (fixture, 1, "online", "updating", FALSE);
  put_seat (fixture, 2, "online", "current", FALSE);
  put_seat (fixture, 3, "online", "updating", FALSE);
  json_array_append_new (seats, make_seat (1, "pc-1", "cancelled", "cancelled by staff", GB));
  json_array_append_new (seats, make_seat (2, "pc-2", "cancelled", "cancelled by staff", GB));
  json_array_append_new (seats, make_seat (3, "pc-3", "done", "", GB)); /* it is a later session's doing */
  session = put_session (fixture, "cancelled", seats);
  text = sc_session_words_half_updated (session, fixture->seats);
  g_assert_true (g_str_has_prefix (text, "1 seat was left half updated: pc-1."));
  report = make_report (fixture, session, NULL);
  html = to_html (report);
  assert_contains (html, "left half updated: pc-1.");
  assert_contains (html, "1 of 3 seats have version 4; 2 were cancelled.");
}

/* A session that ended while the connection was lost: the list of sessions knows, its seats are as they were before. */
static void
test_ended_unseen (Fixture *fixture, gconstpointer data)
{
  ScJson *seats = json_array ();
  ScSessionItem *session = NULL;
  g_autoptr (ScJson) summary =
      json_pack ("{s:i, s:i, s:s, s:s, s:{s:i, s:i, s:i, s:i, s:i}}", "id", 12, "version", 4, "room", "Lab", "state",
                 "done", "seat_counts", "all", 1, "done", 0, "busy", 0, "failed", 1, "cancelled", 0);
  ScSessionCounts counts;

  json_array_append_new (seats, make_seat (1, "pc-1", "done", "", GB));
  session = put_session (fixture, "sending", seats);
  sc_item_update (SC_ITEM (session), summary);
  g_assert_true (sc_session_words_count (session, &counts));
  g_assert_cmpuint (counts.done, ==, 0);
  g_assert_cmpuint (counts.failed, ==, 1);
}

/* What is to be done goes by what the seats are like now, not by what they were like when the session ended. */
static void
test_advice (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *presence, *transfer;
    int version;
    const char *advice;
  } cases[] = {
    { "online", "idle", 3, "Mend what the failed seats report, *" },
    { "offline", "idle", 3, "Switch the seats on *" },
    { "online", "repairing", 0, "*just now." },
    { "online", "idle", 4, "*have the version by now." },
  };
  ScJson *seats = json_array ();
  ScSessionItem *session = NULL;

  json_array_append_new (seats, make_seat (1, "pc-1", "failed", "offline", GB));
  session = put_session (fixture, "done", seats);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *advice = NULL;
    g_autoptr (ScJson) seat =
        json_pack ("{s:s, s:s, s:s, s:i, s:{s:s}, s:s}", "id", "seat-1", "name", "pc-1", "presence", cases[i].presence,
                   "version", cases[i].version, "transfer", "state", cases[i].transfer, "version_state", "behind");

    sc_item_list_put (fixture->seats, seat);
    advice = sc_session_words_advice (session, fixture->seats);
    g_assert_true (g_pattern_match_simple (cases[i].advice, advice));
  }
}

static void
test_pdf (Fixture *fixture, gconstpointer data)
{
  ScJson *seats = json_array ();
  g_autoptr (ScRateSeries) rates = make_rates ();
  g_autoptr (ScSessionReport) report = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strnfill (240, 'W'); /* as long as a name may be */
  gsize size = 0;
  const char *pdf = NULL;

  for (guint i = 1; i <= 200; i++)
    json_array_append_new (seats, make_seat (i, i == 7 ? name : "pc", i % 50 == 0 ? "failed" : "done", name, GB));
  report = make_report (fixture, put_session (fixture, "done", seats), rates);
  bytes = sc_session_report_to_pdf (report, &error);
  g_assert_no_error (error);
  pdf = g_bytes_get_data (bytes, &size);
  g_assert_cmpuint (size, >, 4000);
  g_assert_true (g_str_has_prefix (pdf, "%PDF-"));
  g_assert_nonnull (g_strstr_len (pdf + size - 32, 32, "%%EOF"));
  /* 200 rows do not fit a page */
  g_assert_null (g_strstr_len (pdf, (gssize) size, "/Count 1\n"));
}

typedef struct {
  gboolean done;
  GError *error;
} Saved;

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  Saved *saved = data;

  sc_session_report_save_finish (result, &saved->error);
  saved->done = TRUE;
}

static void
save (Fixture *fixture, const char *path, Saved *saved)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  ScSessionReport *report = make_report (fixture, put_failed_session (fixture), NULL);

  sc_session_report_save_async (report, file, sc_session_report_pick_format (path), NULL, on_saved, saved);
  while (!saved->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_save (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("seatcast-report-XXXXXX", &error);
  g_autofree char *html = g_build_filename (directory, "report.html", NULL);
  g_autofree char *pdf = g_build_filename (directory, "report.PDF", NULL);
  g_autofree char *missing = g_build_filename (directory, "missing", "report.html", NULL);
  g_autofree char *text = NULL;
  Saved saved = { 0 };
  Saved again = { 0 };
  Saved refused = { 0 };

  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (html, "old", -1, NULL));
  save (fixture, html, &saved);
  g_assert_no_error (saved.error);
  g_assert_true (g_file_get_contents (html, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "<!DOCTYPE html>"));
  g_clear_pointer (&text, g_free);
  save (fixture, pdf, &again);
  g_assert_no_error (again.error);
  g_assert_true (g_file_get_contents (pdf, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "%PDF-"));
  save (fixture, missing, &refused);
  g_assert_error (refused.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&refused.error);
  g_unlink (html);
  g_unlink (pdf);
  g_assert_cmpint (g_rmdir (directory), ==, 0); /* nothing else was left there */
}

static void
test_waits_for (Fixture *fixture, gconstpointer data)
{
  ScJson *seats = json_array ();
  ScSessionItem *session = NULL;
  g_autofree char *text = NULL;

  put_seat (fixture, 2, "offline", "current", FALSE);
  json_array_append_new (seats, make_seat (1, "pc-1", "done", "", 30 * GB));
  json_array_append_new (seats, make_seat (2, "pc-2", "waiting", "", 0));
  json_array_append_new (seats, make_seat (3, "pc-3", "repairing", "", 12 * GB));
  session = put_session (fixture, "finishing", seats);
  text = sc_session_words_waits_for (session, fixture->seats);
  g_assert_cmpstr (text, ==, "pc-2 (offline), pc-3 (catching up 40 %)");
}

static void
test_stragglers (Fixture *fixture, gconstpointer data)
{
  ScJson *seats = json_array ();
  g_autoptr (GPtrArray) stragglers = NULL;

  put_seat (fixture, 2, "offline", "current", FALSE);
  put_seat (fixture, 3, "online", "current", TRUE);
  put_seat (fixture, 4, "online", "current", FALSE);
  json_array_append_new (seats, make_seat (1, "pc-1", "receiving", "", 20 * GB));
  json_array_append_new (seats, make_seat (2, "pc-2", "waiting", "", 1 * GB));
  json_array_append_new (seats, make_seat (3, "pc-3", "receiving", "", 20 * GB));
  json_array_append_new (seats, make_seat (4, "pc-4", "receiving", "", 9 * GB));
  json_array_append_new (seats, make_seat (5, "pc-5", "done", "", 30 * GB));
  stragglers = sc_session_find_stragglers (put_session (fixture, "sending", seats), fixture->seats);
  g_assert_cmpuint (stragglers->len, ==, 3);
  g_assert_cmpstr (((ScStraggler *) g_ptr_array_index (stragglers, 0))->why, ==, "is offline");
  g_assert_cmpstr (((ScStraggler *) g_ptr_array_index (stragglers, 1))->why, ==, "36 % behind the others");
  g_assert_cmpstr (((ScStraggler *) g_ptr_array_index (stragglers, 2))->why, ==, "goes slowly, somebody uses it");
}

static void
test_words (Fixture *fixture, gconstpointer data)
{
  ScJson *seats = json_array ();
  ScSessionItem *session = NULL;
  g_autofree char *amount = NULL;
  g_autofree char *outcome = NULL;
  g_autofree char *left = sc_session_words_time_left (130 * G_TIME_SPAN_MINUTE);
  g_autofree char *unknown = sc_session_words_time_left (-1);

  json_array_append_new (seats, make_seat (1, "pc-1", "receiving", "", 12 * GB));
  json_array_append_new (seats, make_seat (2, "pc-2", "failed", "off", 0));
  session = put_session (fixture, "sending", seats);
  amount = sc_session_words_amount (session);
  outcome = sc_session_words_outcome (session);
  g_assert_cmpstr (amount, ==, "12.0 GB of 30.0 GB");
  g_assert_cmpstr (outcome, ==, "0 of 2 seats done, 1 failed");
  g_assert_cmpstr (left, ==, "about 2 h 10 min left");
  g_assert_cmpstr (unknown, ==, "");
}

/* What many say is said once. */
static void
test_failures (Fixture *fixture, gconstpointer data)
{
  ScJson *seats = json_array ();
  g_autofree char *result = NULL;

  for (guint i = 1; i <= 6; i++) {
    g_autofree char *name = g_strdup_printf ("pc-%u", i);

    json_array_append_new (seats,
                           make_seat (i, name, "failed", i == 2 ? "it did not come back" : "the disk is full", 0));
  }
  result = sc_session_words_result (put_session (fixture, "failed", seats));
  g_assert_cmpstr (
      result, ==,
      "0 of 6 seats have version 4; 6 failed: pc-1, pc-3, pc-4, pc-5 and 1 more (the disk is full), pc-2 (it "
      "did not come back).");
}

/* A list of sessions tells no seats, but how many there are. */
static void
test_summary (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) json =
      json_pack ("{s:i, s:i, s:s, s:s, s:{s:i, s:i, s:i, s:i, s:i}}", "id", 7, "version", 4, "room", "Lab 1", "state",
                 "done", "seat_counts", "all", 80, "done", 76, "busy", 2, "failed", 2, "cancelled", 0);
  g_autoptr (ScJson) without =
      json_pack ("{s:i, s:i, s:s, s:s}", "id", 8, "version", 4, "room", "Lab 1", "state", "done");
  ScSessionItem *session = sc_item_list_put (fixture->sessions, json);
  ScSessionCounts counts;
  g_autofree char *tally = sc_session_words_tally (session);
  g_autofree char *outcome = sc_session_words_outcome (session);

  g_assert_cmpstr (tally, ==, "78 of 80, 2 failed");
  g_assert_cmpstr (outcome, ==, "78 of 80 seats done, 2 failed");
  g_assert_false (sc_session_words_count (sc_item_list_put (fixture->sessions, without), &counts));
}

#define add(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

/* Pango complains of fonts of this machine that it cannot use, when a thread lists them: Wine has such. No test is to
 * fail for that. */
static void
forgive_pango (void)
{
  static const char *const domains[] = { "Seatcast", "GLib", "GLib-GObject", "GLib-GIO" };

  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    g_log_set_fatal_mask (domains[i], G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  forgive_pango ();
  add ("/session-report/html", test_html);
  add ("/session-report/html-is-whole", test_html_is_whole);
  add ("/session-report/failed-first", test_failed_first);
  add ("/session-report/half-updated", test_half_updated);
  add ("/session-report/advice", test_advice);
  add ("/session-report/ended-unseen", test_ended_unseen);
  add ("/session-report/pdf", test_pdf);
  add ("/session-report/save", test_save);
  add ("/session-words/waits-for", test_waits_for);
  add ("/session-words/stragglers", test_stragglers);
  add ("/session-words/words", test_words);
  add ("/session-words/failures", test_failures);
  add ("/session-words/summary", test_summary);
  return g_test_run ();
}
