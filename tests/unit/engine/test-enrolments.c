/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/trust/sc-token.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "console/engine/trust/sc-enrolments.h"
#include "tests/unit/engine/enrolment-fixture.h"

/* Which seats are let in, which wait, which are denied; all times are the test's own. */

#define UUID_A "4c4c4544-0042-3510-8052-b3c04f4e3432"
#define UUID_B "4c4c4544-0042-3510-8052-b3c04f4e9999"
#define MAC_A "02:00:00:00:00:0a"
#define MAC_B "02:00:00:00:00:0b"

/* the room's window */

static void
test_window (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 2, FALSE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autofree char *seat = enrolment_expect_approved (fixture, machine);
  g_autoptr (ScCatalogSeat) record = NULL;
  g_autoptr (ScCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;
  guint8 key_id[SC_KEY_ID_SIZE];
  g_autofree char *named = NULL;

  /* a seat of the engine's own choice, in the token's room, with a certificate for its key */
  g_assert_true (g_uuid_string_is_valid (seat));
  record = sc_catalog_find_seat (fixture->base.catalog, seat, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (record->room, ==, "A101");
  g_assert_cmpstr (record->inventory->name, ==, "pc-1");
  g_assert_true (sc_catalog_check_room (fixture->base.catalog, "A101", &error));
  certificate = sc_certificate_parse (fixture->last->certificate, strlen (fixture->last->certificate), &error);
  g_assert_no_error (error);
  named = sc_authority_identify_seat (fixture->authority, certificate, fixture->now, key_id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (named, ==, seat);
  g_assert_true (sc_enrolments_check_certificate (fixture->enrolments, seat, key_id, &error));
  g_assert_no_error (error);
  g_assert_true (sc_anchors_equal (fixture->last->anchors, sc_authority_get_anchors (fixture->authority)));
  g_assert_cmpuint (enrolment_token_uses (fixture, 1), ==, 1);
}

/* The answer was lost: the same one again, and the token counts one seat. */
static void
test_same_key_again (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 1, FALSE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autofree char *seat = enrolment_expect_approved (fixture, machine);
  g_autofree char *certificate = g_strdup (fixture->last->certificate);
  g_autofree char *again = NULL;
  g_autofree char *without_token = NULL;

  g_assert_true (fixture->outcome.is_new);
  again = enrolment_expect_approved (fixture, machine);
  g_assert_cmpstr (again, ==, seat);
  g_assert_cmpstr (fixture->last->certificate, ==, certificate);
  g_assert_false (fixture->outcome.is_new);
  fixture->now += 100 * DAY; /* the token's time is long over */
  enrolment_machine_set_token (machine, "");
  without_token = enrolment_expect_approved (fixture, machine);
  g_assert_cmpstr (without_token, ==, seat);
  g_assert_cmpuint (enrolment_token_uses (fixture, 1), ==, 1);
}

static void
test_used_up (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 3, FALSE);

  for (guint i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf ("pc-%u", i);
    g_autoptr (TestMachine) machine = enrolment_machine (token, name, "", NULL);

    g_free (enrolment_expect_approved (fixture, machine));
  }
  /* somebody replays the token for more seats than it is for */
  for (guint i = 3; i < 6; i++) {
    g_autofree char *name = g_strdup_printf ("pc-%u", i);
    g_autoptr (TestMachine) machine = enrolment_machine (token, name, "", NULL);

    enrolment_expect (fixture, machine, SC_ENROL_PENDING);
    g_assert_nonnull (strstr (fixture->last->reason, "3 seats"));
    g_assert_cmpstr (fixture->last->certificate, ==, "");
    g_assert_null (fixture->last->anchors);
    g_assert_cmpuint (fixture->last->retry, >, 0);
  }
  g_assert_cmpuint (enrolment_token_uses (fixture, 1), ==, 3);
  g_assert_cmpuint (enrolment_count_waiting (fixture), ==, 3);
}

static void
test_expired (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) last = enrolment_machine (token, "pc-1", "", NULL);
  g_autoptr (TestMachine) late = enrolment_machine (token, "pc-2", "", NULL);

  fixture->now += DAY - 1;
  g_free (enrolment_expect_approved (fixture, last));
  fixture->now += 1;
  enrolment_expect (fixture, late, SC_ENROL_PENDING);
  g_assert_nonnull (strstr (fixture->last->reason, "was good until"));
}

static void
test_ask (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 1, TRUE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", "", NULL);
  g_autofree char *seat = NULL;
  guint64 id;

  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  g_assert_true (fixture->outcome.is_new);
  g_assert_cmpstr (fixture->outcome.room, ==, "A101");
  enrolment_machine_set_token (machine, "");
  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  g_assert_false (fixture->outcome.is_new);
  id = enrolment_only_waiting (fixture);
  enrolment_approve (fixture, id, NULL, NULL);
  seat = enrolment_expect_approved (fixture, machine);
  g_assert_cmpuint (enrolment_count_waiting (fixture), ==, 0);
  g_assert_cmpuint (enrolment_token_uses (fixture, 1), ==, 1);
  enrolment_approve (fixture, id, NULL, "approved already");
}

/* It asks ever less often. */
static void
test_retry (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 1, TRUE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", "", NULL);

  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  g_assert_cmpuint (fixture->last->retry, ==, 10);
  fixture->now += 3600;
  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  g_assert_cmpuint (fixture->last->retry, ==, 180);
  fixture->now += 3 * DAY;
  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  g_assert_cmpuint (fixture->last->retry, ==, 600);
}

/* The first token was out of date; the next one is not. */
static void
test_better_token (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *old = enrolment_add_token (fixture, "A101", 1, FALSE);
  g_autoptr (TestMachine) machine = enrolment_machine (old, "pc-1", "", NULL);
  g_autofree char *token = NULL;

  fixture->now += 2 * DAY;
  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  token = enrolment_add_token (fixture, "B7", 1, FALSE);
  enrolment_machine_set_token (machine, token);
  g_free (enrolment_expect_approved (fixture, machine));
  g_assert_cmpuint (enrolment_count_waiting (fixture), ==, 0);
  g_assert_cmpstr (fixture->outcome.room, ==, "B7");
}

/* denials */

static void
test_unknown_and_revoked (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autofree char *made_up = sc_token_new ();
  g_autoptr (TestMachine) machine = enrolment_machine (made_up, "pc-1", "", NULL);
  g_autoptr (GError) error = NULL;

  enrolment_expect (fixture, machine, SC_ENROL_DENIED);
  g_assert_cmpuint (fixture->last->retry, ==, 0);
  g_assert_null (strstr (fixture->last->reason, made_up));
  enrolment_machine_set_token (machine, "");
  enrolment_expect (fixture, machine, SC_ENROL_DENIED);
  g_assert_true (sc_enrolments_revoke_token (fixture->enrolments, 1, fixture->now, &error));
  g_assert_no_error (error);
  enrolment_machine_set_token (machine, token);
  enrolment_expect (fixture, machine, SC_ENROL_DENIED);
  g_assert_cmpuint (enrolment_count_waiting (fixture), ==, 0);
  g_assert_false (sc_enrolments_revoke_token (fixture->enrolments, 2, fixture->now, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
test_denials_are_counted (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) guesser = enrolment_machine ("guess", "pc-1", "", NULL);
  g_autoptr (TestMachine) honest = enrolment_machine (token, "pc-2", "", NULL);

  for (guint i = 0; i < SC_ENROLMENTS_MAX_DENIALS; i++)
    enrolment_expect (fixture, guesser, SC_ENROL_DENIED);
  enrolment_expect_error (fixture, guesser, SC_ERROR_BUSY);
  enrolment_machine_set_token (guesser, token); /* even a right one is not looked at */
  enrolment_expect_error (fixture, guesser, SC_ERROR_BUSY);
  fixture->address = "10.0.0.2"; /* elsewhere nobody is in the way */
  g_free (enrolment_expect_approved (fixture, honest));
  fixture->address = "10.0.0.1";
  fixture->now += SC_ENROLMENTS_DENIAL_TIME;
  g_free (enrolment_expect_approved (fixture, guesser));
}

static void
test_malformed_request (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", "", NULL);

  g_free (machine->request->request);
  machine->request->request = g_strdup ("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n");
  for (guint i = 0; i < SC_ENROLMENTS_MAX_DENIALS; i++)
    enrolment_expect_error (fixture, machine, SC_ERROR_INVALID);
  enrolment_expect_error (fixture, machine, SC_ERROR_BUSY);
  g_assert_cmpuint (enrolment_token_uses (fixture, 1), ==, 0);
}

/* caps */

static void
test_cap_of_address (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 1, TRUE);
  g_autoptr (TestMachine) one_more = enrolment_machine (token, "one-more", "", NULL);
  guint64 first;

  for (guint i = 0; i < SC_ENROLMENTS_MAX_WAITING_OF_ADDRESS; i++) {
    g_autofree char *name = g_strdup_printf ("pc-%u", i);
    g_autoptr (TestMachine) machine = enrolment_machine (token, name, "", NULL);

    enrolment_expect (fixture, machine, SC_ENROL_PENDING);
    enrolment_expect (fixture, machine, SC_ENROL_PENDING); /* the same one again is no further one */
  }
  enrolment_expect_error (fixture, one_more, SC_ERROR_BUSY);
  fixture->address = "10.0.0.2";
  enrolment_expect (fixture, one_more, SC_ENROL_PENDING);
  fixture->address = "10.0.0.1";
  first = enrolment_first_waiting (fixture);
  enrolment_reject (fixture, first, NULL);
  {
    g_autoptr (TestMachine) next = enrolment_machine (token, "next", "", NULL);

    enrolment_expect (fixture, next, SC_ENROL_PENDING);
  }
}

static void
test_cap_of_all (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 1, TRUE);
  g_autoptr (TestMachine) one_more = enrolment_machine (token, "one-more", "", NULL);

  enrolment_fill_waiting (fixture, SC_ENROLMENTS_MAX_WAITING);
  enrolment_expect_error (fixture, one_more, SC_ERROR_BUSY);
  /* those that nobody asks for any more make room */
  fixture->now += SC_ENROLMENTS_KEEP_DAYS * DAY + 1;
  enrolment_expect (fixture, one_more, SC_ENROL_PENDING);
  g_assert_cmpuint (enrolment_count_waiting (fixture), ==, 1);
}

/* rejecting */

static void
test_reject (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 1, TRUE);
  g_autofree char *open = enrolment_add_token (fixture, "A101", 1, FALSE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", "", NULL);
  guint64 id;

  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  id = enrolment_only_waiting (fixture);
  enrolment_reject (fixture, id, NULL);
  enrolment_reject (fixture, id, "rejected already");
  enrolment_approve (fixture, id, NULL, "rejected already");
  enrolment_approve (fixture, 4711, NULL, "does not wait");
  enrolment_machine_set_token (machine, open); /* a better token does not help */
  enrolment_expect (fixture, machine, SC_ENROL_DENIED);
  fixture->now += SC_ENROLMENTS_KEEP_DAYS * DAY - 1;
  enrolment_machine_set_token (machine, token);
  enrolment_expect (fixture, machine, SC_ENROL_DENIED);
  fixture->now += 1;
  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
}

typedef struct {
  const char *label, *name, *machine, *mac, *matched;
} Rejected;

static const Rejected rejected[] = {
  { "all", "pc-4", UUID_A, MAC_A, "machine mac name" },
  { "machine", "PC", UUID_A, NULL, "machine" },
  { "mac", "PC", "", MAC_A, "mac" },
  { "name", "PC-4", UUID_B, MAC_B, "name" },
  { "not/nothing", "pc-5", UUID_B, MAC_B, NULL },
};

/* Staff rejected "pc-4" with UUID_A and MAC_A; then another key comes, with a token that is open. */
static void
test_rejected_machine (EnrolmentFixture *fixture, gconstpointer data)
{
  const Rejected *other = data;
  g_autofree char *ask = enrolment_add_token (fixture, "A101", 1, TRUE);
  g_autofree char *open = enrolment_add_token (fixture, "A101", 5, FALSE);
  g_autoptr (TestMachine) first = enrolment_machine (ask, "pc-4", UUID_A, MAC_A);
  g_autoptr (TestMachine) second = enrolment_machine (open, other->name, other->machine, other->mac);
  guint64 id;

  enrolment_expect (fixture, first, SC_ENROL_PENDING);
  enrolment_reject (fixture, enrolment_only_waiting (fixture), NULL);
  fixture->now += 3600;
  if (other->matched == NULL) {
    g_free (enrolment_expect_approved (fixture, second));
    return;
  }
  enrolment_expect (fixture, second, SC_ENROL_PENDING);
  g_assert_true (g_str_has_prefix (fixture->last->reason, "staff rejected this machine on 2026-09-21: "));
  {
    g_autofree char *same = g_strdup_printf ("(same %s)", other->matched);

    g_assert_nonnull (strstr (fixture->last->reason, same));
  }
  g_assert_cmpuint (enrolment_token_uses (fixture, 2), ==, 0);
  id = enrolment_only_waiting (fixture);
  enrolment_approve (fixture, id, NULL, NULL);
  g_free (enrolment_expect_approved (fixture, second));
  g_assert_cmpuint (enrolment_token_uses (fixture, 2), ==, 1);
  enrolment_expect (fixture, first, SC_ENROL_DENIED);
}

/* As long as a key stays rejected, and in whatever room the token lets it in, but for a name, which is of a room. */
static void
test_rejected_machine_later (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *ask = enrolment_add_token (fixture, "A101", 1, TRUE);
  g_autoptr (TestMachine) first = enrolment_machine (ask, "pc-4", UUID_A, MAC_A);
  g_autoptr (TestMachine) second = NULL;
  g_autoptr (TestMachine) third = NULL;
  g_autoptr (TestMachine) namesake = NULL;
  g_autofree char *open = NULL;

  enrolment_expect (fixture, first, SC_ENROL_PENDING);
  enrolment_reject (fixture, enrolment_only_waiting (fixture), NULL);
  fixture->now += SC_ENROLMENTS_KEEP_DAYS * DAY - 1;
  open = enrolment_add_token (fixture, "B7", 5, FALSE);
  second = enrolment_machine (open, "pc-9", UUID_A, MAC_A);
  third = enrolment_machine (open, "pc-9", UUID_A, MAC_A);
  namesake = enrolment_machine (open, "pc-4", UUID_B, MAC_B);
  g_free (enrolment_expect_approved (fixture, namesake));
  enrolment_expect (fixture, second, SC_ENROL_PENDING);
  fixture->now += 1;
  g_free (enrolment_expect_approved (fixture, third));
}

/* tokens */

static void
test_tokens (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *a = enrolment_add_token (fixture, "A101", 1, FALSE);
  g_autofree char *b = enrolment_add_token (fixture, "B7", 5, TRUE);
  g_autoptr (GPtrArray) tokens = NULL;
  g_autoptr (GError) error = NULL;
  const ScCatalogEnrolToken *token = NULL;
  const struct {
    const char *room;
    guint64 seats, hours;
  } bad[] = { { "", 1, 1 },  { "  ", 1, 1 },       { "A\n1", 1, 1 },        { "A", 0, 1 },          { "A", 4097, 1 },
              { "A", 1, 0 }, { "A", 1, 24 * 367 }, { "A", G_MAXUINT64, 1 }, { "A", 1, G_MAXUINT64 } };

  g_assert_cmpuint (strlen (a), >=, 43); /* 256 bits in base64 */
  g_assert_cmpstr (a, !=, b);
  tokens = sc_catalog_list_enrol_tokens (fixture->base.catalog, 10, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tokens->len, ==, 2);
  token = g_ptr_array_index (tokens, 0);
  g_assert_cmpstr (token->room, ==, "B7");
  g_assert_cmpuint (token->seats, ==, 5);
  g_assert_true (token->ask);
  g_assert_cmpint (token->ends - token->created, ==, DAY);
  g_assert_cmpstr (sc_enrolments_token_state (token, fixture->now), ==, "open");
  g_assert_cmpstr (sc_enrolments_token_state (token, fixture->now + DAY), ==, "expired");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    ScCatalogEnrolToken wrong = { .room = (char *) bad[i].room, .seats = bad[i].seats };

    g_assert_null (sc_enrolments_add_token (fixture->enrolments, &wrong, bad[i].hours, fixture->now, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
  }
  g_assert_true (sc_enrolments_revoke_token (fixture->enrolments, token->id, fixture->now, &error));
  g_clear_pointer (&tokens, g_ptr_array_unref);
  tokens = sc_catalog_list_enrol_tokens (fixture->base.catalog, 10, &error);
  g_assert_cmpstr (sc_enrolments_token_state (g_ptr_array_index (tokens, 0), fixture->now), ==, "revoked");
}

static gboolean
contains (const char *contents, gsize length, const char *text)
{
  gsize n = strlen (text);

  for (gsize i = 0; i + n <= length; i++)
    if (memcmp (contents + i, text, n) == 0)
      return TRUE;
  return FALSE;
}

/* The token itself is nowhere in the catalog's files. */
static void
test_token_is_not_kept (EnrolmentFixture *fixture, gconstpointer data)
{
  static const char *const files[] = { "catalog.db", "catalog.db-wal" };
  g_autofree char *token = enrolment_add_token (fixture, "A101", 1, FALSE);
  g_autofree char *hash = sc_token_hash (token);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  guint found = 0;

  g_free (enrolment_expect_approved (fixture, machine));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_build_filename (fixture->base.directory, files[i], NULL);
    g_autofree char *contents = NULL;
    gsize length = 0;

    if (!g_file_get_contents (path, &contents, &length, NULL))
      continue;
    g_assert_false (contains (contents, length, token));
    found += contains (contents, length, hash);
  }
  g_assert_cmpuint (found, >, 0);
}

/* What is decided outlives the engine. */
static void
test_restart (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 1, FALSE);
  g_autoptr (TestMachine) a = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) b = enrolment_machine (token, "pc-2", UUID_B, MAC_B);
  g_autofree char *seat = enrolment_expect_approved (fixture, a);
  g_autofree char *certificate = g_strdup (fixture->last->certificate);

  enrolment_expect (fixture, b, SC_ENROL_PENDING);
  enrolment_fixture_restart (fixture);
  enrolment_assert_good (fixture, a, seat);
  g_free (enrolment_expect_approved (fixture, a));
  g_assert_cmpstr (fixture->last->certificate, ==, certificate);
  enrolment_machine_set_token (b, "");
  enrolment_expect (fixture, b, SC_ENROL_PENDING);
  g_assert_cmpuint (enrolment_token_uses (fixture, 1), ==, 1);
}

/* Staff decide on what they were shown: what a machine says of itself later, with another token, waits anew. */
static void
test_changed_while_waiting (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, TRUE);
  g_autofree char *other = enrolment_add_token (fixture, "B7", 9, TRUE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  guint64 shown = 0, changed = 0;

  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  shown = enrolment_only_waiting (fixture);
  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  g_assert_cmpuint (enrolment_only_waiting (fixture), ==, shown);
  enrolment_machine_set_token (machine, other);
  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  changed = enrolment_only_waiting (fixture);
  enrolment_approve (fixture, shown, NULL, "does not wait");
  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  enrolment_approve (fixture, changed, NULL, NULL);
  enrolment_expect (fixture, machine, SC_ENROL_APPROVED);
}

#define ADD(name, func, data)                                                                                          \
  g_test_add ("/enrolments/" name, EnrolmentFixture, data, enrolment_fixture_set_up, func, enrolment_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("window", test_window, NULL);
  ADD ("same-key-again", test_same_key_again, NULL);
  ADD ("used-up", test_used_up, NULL);
  ADD ("expired", test_expired, NULL);
  ADD ("ask", test_ask, NULL);
  ADD ("retry", test_retry, NULL);
  ADD ("better-token", test_better_token, NULL);
  ADD ("denied/unknown-and-revoked", test_unknown_and_revoked, NULL);
  ADD ("denied/counted", test_denials_are_counted, NULL);
  ADD ("denied/malformed", test_malformed_request, NULL);
  ADD ("cap/address", test_cap_of_address, NULL);
  ADD ("cap/all", test_cap_of_all, NULL);
  ADD ("reject", test_reject, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rejected); i++) {
    g_autofree char *path = g_strconcat ("/enrolments/rejected-machine/", rejected[i].label, NULL);

    g_test_add (path, EnrolmentFixture, &rejected[i], enrolment_fixture_set_up, test_rejected_machine,
                enrolment_fixture_tear_down);
  }
  ADD ("rejected-machine/later", test_rejected_machine_later, NULL);
  ADD ("tokens", test_tokens, NULL);
  ADD ("token-is-not-kept", test_token_is_not_kept, NULL);
  ADD ("restart", test_restart, NULL);
  ADD ("changed-while-waiting", test_changed_while_waiting, NULL);
  return g_test_run ();
}
