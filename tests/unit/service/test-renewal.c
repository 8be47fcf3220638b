/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a seat stays known to its console: in time, over failures, and while the console's authority is changed. */
#include "common/sc-error.h"
#include "sc-test-service.h"
#include "service/sc-seat-renewal.h"

#define DAY (24 * 60 * 60)
#define DUE ((gint64) (SC_CERTIFICATE_DAYS - SC_CERTIFICATE_RENEW_DAYS + 2) * DAY)

/* How a test's console renews certificates. */
typedef struct {
  ScTestConsole *console;
  const TestAuthority *by; /* that issues it */
  gint64 now;              /* s */
  guint status;
  guint n_asked;
  guint8 key_id[SC_KEY_ID_SIZE]; /* of the last request */
} Renewals;

typedef struct {
  ScTestConsole console;
  Renewals renewals;
  ScFetch *fetch;
  ScSeatRenewal *renewal;
  gint64 now;    /* s */
  guint n_looks; /* at the clock */
  guint n_renewed;
} Fixture;

static char *
issue (const Renewals *self, const char *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) certificate =
      sc_certificate_issue_seat (self->by->certificate, self->by->key, request, TEST_AUTHORITY_SEAT, self->now, &error);

  g_assert_no_error (error);
  return sc_certificate_to_pem (certificate);
}

static ScAnchors *
anchors_of (const TestAuthority *first, const TestAuthority *second)
{
  ScAnchors *anchors = sc_anchors_copy (first->anchors);

  if (second != NULL && second != first)
    g_ptr_array_add (anchors->authorities, sc_certificate_copy (second->certificate));
  return anchors;
}

static void
serve (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  Renewals *self = user_data;
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (message));
  g_autoptr (ScJson) json = sc_json_parse_object (g_bytes_get_data (body, NULL), g_bytes_get_size (body), 65536, NULL);
  const char *request = sc_json_get_string (json, "request", SC_CERTIFICATE_MAX_BYTES, NULL);
  g_autoptr (ScAnchors) anchors = anchors_of (self->console->authority, self->by);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (soup_server_message_get_method (message), ==, "POST");
  g_assert_true (sc_certificate_request_check (request, strlen (request), self->key_id, &error));
  g_autofree char *pem = issue (self, request);
  g_autoptr (ScJson) answer =
      self->status == 200 ? json_pack ("{s:s, s:o}", "certificate", pem, "anchors", sc_anchors_to_json (anchors))
                          : json_pack ("{s:{s:s, s:s}}", "error", "code", "denied", "message", "not now");
  g_autofree char *text = sc_json_to_text (answer);
  soup_server_message_set_status (message, self->status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_COPY, text, strlen (text));
  self->n_asked++;
}

static void
serve_renewals (Renewals *self, ScTestConsole *console)
{
  *self = (Renewals){
    .console = console, .by = console->authority, .now = g_get_real_time () / G_USEC_PER_SEC, .status = 200
  };
  soup_server_add_handler (console->server, "/v1/seat/certificate", serve, self, NULL);
}

static gint64
get_time (gpointer user_data)
{
  Fixture *f = user_data;

  f->n_looks++;
  return f->now;
}

static void
on_renewed (gpointer user_data)
{
  ((Fixture *) user_data)->n_renewed++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  const ScSeatRenewalWorld world = { get_time, on_renewed, f };

  sc_test_console_init (&f->console);
  serve_renewals (&f->renewals, &f->console);
  f->now = f->renewals.now;
  f->fetch = sc_fetch_new (f->console.connection, f->console.identity);
  f->renewal = sc_seat_renewal_new (f->fetch, f->console.identity, &world);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  sc_seat_renewal_free (f->renewal);
  sc_fetch_free (f->fetch);
  sc_test_console_clear (&f->console);
}

static void
pass (Fixture *f, gint64 seconds)
{
  f->now += seconds;
  f->renewals.now += seconds;
}

static void
run_until_renewed (Fixture *f, guint n)
{
  while (f->n_renewed < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
run_until_told (Fixture *f, guint n_asked)
{
  while (f->renewals.n_asked < n_asked)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_in_time (Fixture *f, gconstpointer data)
{
  sc_seat_renewal_look (f->renewal, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (f->renewals.n_asked, ==, 0);
  pass (f, DUE);
  sc_seat_renewal_look (f->renewal, FALSE);
  sc_seat_renewal_look (f->renewal, FALSE); /* it is asked for already */
  run_until_renewed (f, 1);
  g_assert_cmpuint (f->renewals.n_asked, ==, 1);
  g_assert_false (sc_seat_identity_is_due (f->console.identity, f->now));
  g_autoptr (ScSeatIdentity) kept = sc_test_console_enrol (&f->console, f->console.directory);
  g_assert_false (sc_seat_identity_is_due (kept, f->now));
}

/* What failed while the clock was ahead is not put off until that time comes. */
static void
test_clock_was_ahead (Fixture *f, gconstpointer data)
{
  pass (f, DUE);
  f->now += 900 * DAY;
  f->renewals.status = 500;
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*cannot be renewed yet*: not now");
  sc_seat_renewal_look (f->renewal, FALSE);
  while (f->n_looks < 2) /* when it asked, and when that had failed */
    g_main_context_iteration (NULL, TRUE);
  f->now -= 900 * DAY;
  f->renewals.status = 200;
  sc_seat_renewal_look (f->renewal, FALSE);
  run_until_renewed (f, 1);
  g_test_assert_expected_messages ();
}

/* A failure is said once and tried again in an hour, or when the console is seen again; always with the same key. */
static void
test_failure (Fixture *f, gconstpointer data)
{
  guint8 first[SC_KEY_ID_SIZE];

  pass (f, DUE);
  f->renewals.status = 500;
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*cannot be renewed yet*: not now");
  sc_seat_renewal_look (f->renewal, FALSE);
  while (f->renewals.n_asked == 0)
    g_main_context_iteration (NULL, TRUE);
  memcpy (first, f->renewals.key_id, sizeof first);
  for (guint n = 2; n <= 3; n++) {
    gint64 start = f->now;

    /* the answer comes in its time: until then nothing more is asked */
    while (f->renewals.n_asked < n) {
      sc_seat_renewal_look (f->renewal, n == 2);
      if (n == 3)
        pass (f, 1); /* little: on a slow machine there are very many turns, and the authority does not live for ever */
      g_main_context_iteration (NULL, FALSE);
    }
    if (n == 3)
      g_assert_cmpint (f->now - start, >=, SC_SEAT_RENEWAL_AGAIN);
    g_assert_cmpmem (f->renewals.key_id, sizeof first, first, sizeof first);
  }
  g_test_assert_expected_messages (); /* once */
  f->renewals.status = 200;
  while (f->n_renewed == 0) {
    sc_seat_renewal_look (f->renewal, TRUE);
    g_main_context_iteration (NULL, FALSE);
  }
  g_assert_cmpmem (f->renewals.key_id, sizeof first, first, sizeof first);
  g_assert_false (sc_seat_identity_is_due (f->console.identity, f->now));
}

/* The authority is changed: both are trusted, the certificate becomes one of the new, then the old one goes. */
static void
test_rotation (Fixture *f, gconstpointer data)
{
  g_autoptr (TestAuthority) next = test_authority_new ();
  g_autoptr (ScAnchors) both = anchors_of (f->console.authority, next);

  sc_seat_renewal_trust (f->renewal, both, FALSE);
  g_assert_true (sc_anchors_equal (sc_seat_identity_get_anchors (f->console.identity), both));
  sc_seat_renewal_look (f->renewal, TRUE);
  f->renewals.by = next;
  sc_seat_renewal_trust (f->renewal, both, TRUE);
  run_until_renewed (f, 1);
  g_assert_cmpuint (f->renewals.n_asked, ==, 1);
  sc_seat_renewal_look (f->renewal, TRUE); /* it is not wanted any more */
  run_until_told (f, 1);
  g_assert_cmpuint (f->renewals.n_asked, ==, 1);
  sc_seat_renewal_trust (f->renewal, next->anchors, FALSE);
  g_assert_true (sc_anchors_equal (sc_seat_identity_get_anchors (f->console.identity), next->anchors));

  /* but never one by which the seat would be a stranger itself */
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*is not taken: *shut itself out*");
  sc_seat_renewal_trust (f->renewal, f->console.authority->anchors, FALSE);
  g_test_assert_expected_messages ();
  g_assert_true (sc_anchors_equal (sc_seat_identity_get_anchors (f->console.identity), next->anchors));
}

static void
test_freed (Fixture *f, gconstpointer data)
{
  pass (f, DUE);
  sc_seat_renewal_look (f->renewal, FALSE);
  g_clear_pointer (&f->renewal, sc_seat_renewal_free);
  run_until_told (f, 0);
  g_assert_cmpuint (f->n_renewed, ==, 0);
}

/* ---- the whole service ---- */

static void
tell_trust (ScTestService *f, gboolean renew)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_TRUST, 0);

  message->trust.anchors = sc_anchors_copy (f->console.authority->anchors);
  message->trust.renew = renew;
  sc_test_service_say (f, message);
}

/* With the new certificate it connects anew when nothing is in hand. */
static void
test_reconnects_when_idle (ScTestService *f, gconstpointer data)
{
  ScControlMessage *leave = sc_control_message_new (SC_CONTROL_LEAVE, 5);
  Renewals renewals;

  serve_renewals (&renewals, &f->console);
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  g_autoptr (SoupWebsocketConnection) first = g_object_ref (f->socket);
  sc_test_service_order (f, SC_CONTROL_PREPARE, 5, f->second);
  sc_control_message_free (sc_test_service_wait_for (f, SC_CONTROL_PREPARED));
  tell_trust (f, TRUE);
  while (!f->service->reconnecting)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (renewals.n_asked, ==, 1);
  sc_service_pump (f->service);
  g_assert_true (f->socket == first); /* it waits for the session */
  leave->leave.reason = SC_LEAVE_CANCELLED;
  sc_test_service_say (f, leave);
  while (f->socket == first)
    g_main_context_iteration (NULL, TRUE);
  sc_test_service_wait_for_inventory (f);
  g_assert_false (f->service->reconnecting);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/renewal/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("in-time", test_in_time);
  ADD ("failure", test_failure);
  ADD ("clock-was-ahead", test_clock_was_ahead);
  ADD ("rotation", test_rotation);
  ADD ("freed", test_freed);
  g_test_add ("/renewal/reconnects-when-idle", ScTestService, NULL, sc_test_service_set_up, test_reconnects_when_idle,
              sc_test_service_tear_down);
  return g_test_run ();
}
