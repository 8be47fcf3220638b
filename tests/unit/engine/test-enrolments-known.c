/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-certificates.h"
#include "console/engine/catalog/sc-catalog-rooms.h"
#include "tests/unit/engine/enrolment-fixture.h"

/* Machines that are known already, and the certificates of those that were let in; all times are the test's own. */

#define UUID_A "4c4c4544-0042-3510-8052-b3c04f4e3432"
#define UUID_B "4c4c4544-0042-3510-8052-b3c04f4e9999"
#define MAC_A "02:00:00:00:00:0a"
#define MAC_B "02:00:00:00:00:0b"

/* machines that are known */

typedef struct {
  const char *label, *name, *machine, *mac, *matched;
} Known;

/* The last three: one of two cheap boards with the same number; an adapter that is carried from machine to machine. */
static const Known known[] = {
  { "all", "pc-1", UUID_A, MAC_A, "machine mac name" },
  { "machine-and-mac", "DESKTOP-1", UUID_A, MAC_A, "machine mac" },
  { "machine", "DESKTOP-1", UUID_A, NULL, "machine" },
  { "mac", "DESKTOP-1", "", MAC_A, "mac" },
  { "name", "PC-1", UUID_B, MAC_B, "name" },
  { "machine-with-other-mac", "pc-1", UUID_A, MAC_B, "machine name" },
  { "not/machine-alone", "pc-2", UUID_A, MAC_B, NULL },
  { "not/mac-alone", "pc-2", UUID_B, MAC_A, NULL },
  { "not/nothing", "pc-2", "", NULL, NULL },
};

/* A seat "pc-1" with UUID_A and MAC_A has enrolled; then another key comes. */
static void
test_known_machine (EnrolmentFixture *fixture, gconstpointer data)
{
  const Known *other = data;
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) first = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) second = enrolment_machine (token, other->name, other->machine, other->mac);
  g_autofree char *seat = enrolment_expect_approved (fixture, first);
  g_autoptr (GPtrArray) waiting = NULL;
  g_autoptr (GError) error = NULL;
  const ScCatalogEnrolRequest *row = NULL;

  if (other->matched == NULL) {
    g_autofree char *new_seat = enrolment_expect_approved (fixture, second);

    g_assert_cmpstr (new_seat, !=, seat);
    return;
  }
  enrolment_expect (fixture, second, SC_ENROL_DUPLICATE);
  g_assert_nonnull (strstr (fixture->last->reason, "“pc-1” of room “A101”"));
  waiting = sc_catalog_list_waiting (fixture->base.catalog, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (waiting->len, ==, 1);
  row = g_ptr_array_index (waiting, 0);
  g_assert_cmpstr (row->known, ==, seat);
  g_assert_cmpstr (row->matched, ==, other->matched);
  g_assert_cmpstr (row->address, ==, fixture->address);
  g_assert_cmpuint (enrolment_token_uses (fixture, 1), ==, 1);
}

/* A machine that was set up anew: staff approve, and it is the seat that it was. */
static void
test_replacement (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 1, FALSE);
  g_autoptr (TestMachine) first = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) second = enrolment_machine (token, "DESKTOP-1234", UUID_A, MAC_A);
  g_autofree char *seat = enrolment_expect_approved (fixture, first);
  g_autoptr (GPtrArray) decisions = NULL;
  const ScEnrolDecision *decision = NULL;
  g_autofree char *again = NULL;
  g_autoptr (ScCatalogSeat) record = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_add_room (fixture->base.catalog, "B7", &error));
  enrolment_move (fixture, seat, "B7");
  enrolment_expect (fixture, second, SC_ENROL_DUPLICATE);
  enrolment_assert_good (fixture, first, seat);
  decisions = sc_enrolments_approve (fixture->enrolments, (guint64[]){ enrolment_only_waiting (fixture) }, 1, NULL,
                                     fixture->now, &error);
  g_assert_no_error (error);
  decision = g_ptr_array_index (decisions, 0);
  g_assert_null (decision->error);
  g_assert_cmpstr (decision->seat, ==, seat);
  g_assert_cmpstr (decision->room, ==, "B7");
  g_assert_true (decision->replaced);

  again = enrolment_expect_approved (fixture, second);
  g_assert_cmpstr (again, ==, seat);
  enrolment_assert_good (fixture, second, seat);
  enrolment_assert_bad (fixture, first, seat, "revoked");
  enrolment_expect (fixture, first, SC_ENROL_DENIED); /* whoever has the old key is out */
  record = sc_catalog_find_seat (fixture->base.catalog, seat, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (record->room, ==, "B7"); /* where staff put it */
  g_assert_cmpuint (enrolment_token_uses (fixture, 1), ==, 1);
}

/* Two keys that both say that they are the same seat: after one is approved, staff see what the other one is now. */
static void
test_two_replacements (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, TRUE);
  g_autoptr (TestMachine) a = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) b = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  guint64 ids[2];
  g_autoptr (GPtrArray) decisions = NULL;
  g_autoptr (GError) error = NULL;

  enrolment_expect (fixture, a, SC_ENROL_PENDING);
  enrolment_expect (fixture, b, SC_ENROL_PENDING);
  enrolment_list_waiting (fixture, ids, 2);
  decisions = sc_enrolments_approve (fixture->enrolments, ids, 2, NULL, fixture->now, &error);
  g_assert_no_error (error);
  g_assert_null (((ScEnrolDecision *) decisions->pdata[0])->error);
  g_assert_nonnull (strstr (((ScEnrolDecision *) decisions->pdata[1])->error, "look again"));
  g_free (enrolment_expect_approved (fixture, a));
  enrolment_expect (fixture, b, SC_ENROL_DUPLICATE);
  enrolment_approve (fixture, ids[1], NULL, NULL); /* now they know */
  g_free (enrolment_expect_approved (fixture, b));
  enrolment_expect (fixture, a, SC_ENROL_DENIED);
}

/* A record from before seats had certificates is taken over: its place and its history stay. */
static void
test_older_record (EnrolmentFixture *fixture, gconstpointer data)
{
  static const char old[] = "0b9ff0c2-4f0e-4d35-9d34-3f3b7ce3f001";
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "PC-1", UUID_B, MAC_B);
  g_autofree char *seat = NULL;
  g_autoptr (ScCatalogSeat) record = NULL;
  g_autoptr (GError) error = NULL;
  const ScCatalogPlacement place = { old, 3, 4 };

  catalog_save_seat (fixture->base.catalog, old, "pc-1", "A101", 2);
  g_assert_true (sc_catalog_set_places (fixture->base.catalog, "A101", &place, 1, FALSE, &error));
  g_assert_no_error (error);
  seat = enrolment_expect_approved (fixture, machine);
  g_assert_cmpstr (seat, ==, old);
  g_assert_cmpstr (fixture->outcome.replaced, ==, old);
  record = sc_catalog_find_seat (fixture->base.catalog, old, &error);
  g_assert_no_error (error);
  g_assert_true (record->place.is_set);
  g_assert_cmpuint (record->place.column, ==, 3);
  g_assert_cmpuint (record->assigned_version, ==, 2);
  g_assert_cmpuint (enrolment_token_uses (fixture, 1), ==, 1);
}

/* The service starts, for the @generation-th time as its own data count it. Returns: since when the console takes its
 * disk for one that forgets at restart; 0: it does not */
static gint64
start_service (EnrolmentFixture *fixture, const char *seat, const char *run, guint64 generation)
{
  g_autoptr (ScInventory) inventory = catalog_make_inventory (seat, "pc-1", "A101");
  g_autoptr (ScCatalogSeat) record = NULL;
  g_autoptr (GError) error = NULL;

  catalog_set_text (&inventory->run, run);
  inventory->generation = generation;
  fixture->now++;
  g_assert_true (sc_catalog_save_inventory (fixture->base.catalog, inventory, fixture->now * G_USEC_PER_SEC, &error));
  g_assert_no_error (error);
  record = sc_catalog_find_seat (fixture->base.catalog, seat, &error);
  g_assert_no_error (error);
  return record->forgot;
}

static gint64
get_forgot (EnrolmentFixture *fixture, const char *seat)
{
  g_autoptr (ScCatalogSeat) record = sc_catalog_find_seat (fixture->base.catalog, seat, NULL);

  return record->forgot;
}

/* Who was set up anew counts its starts anew, which is no sign that its disk forgets: it is no longer what it was. What
 * its disk does from then on is one. */
static void
test_replacement_counts_anew (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 1, FALSE);
  g_autoptr (TestMachine) first = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) second = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) third = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autofree char *seat = enrolment_expect_approved (fixture, first);

  g_assert_cmpint (start_service (fixture, seat, "a", 7), ==, 0);
  enrolment_expect (fixture, second, SC_ENROL_DUPLICATE);
  enrolment_approve (fixture, enrolment_only_waiting (fixture), NULL, NULL);
  g_assert_cmpint (start_service (fixture, seat, "b", 1), ==, 0);
  g_assert_cmpint (start_service (fixture, seat, "c", 2), ==, 0);
  g_assert_cmpint (start_service (fixture, seat, "d", 2), !=, 0);
  /* nor is a new one known to forget because the one before did */
  enrolment_expect (fixture, third, SC_ENROL_DUPLICATE);
  g_assert_cmpint (get_forgot (fixture, seat), !=, 0);
  enrolment_approve (fixture, enrolment_only_waiting (fixture), NULL, NULL);
  g_assert_cmpint (get_forgot (fixture, seat), ==, 0);
}

/* So does one that takes over a record by its token alone. */
static void
test_older_record_counts_anew (EnrolmentFixture *fixture, gconstpointer data)
{
  static const char old[] = "0b9ff0c2-4f0e-4d35-9d34-3f3b7ce3f001";
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", UUID_B, MAC_B);
  g_autofree char *seat = NULL;

  start_service (fixture, old, "a", 7);
  g_assert_cmpint (start_service (fixture, old, "b", 7), !=, 0);
  seat = enrolment_expect_approved (fixture, machine);
  g_assert_cmpstr (seat, ==, old);
  g_assert_cmpint (get_forgot (fixture, old), ==, 0);
  g_assert_cmpint (start_service (fixture, old, "c", 1), ==, 0);
}

/* By the MAC that its inventory told. */
static void
test_older_record_by_mac (EnrolmentFixture *fixture, gconstpointer data)
{
  static const char old[] = "0b9ff0c2-4f0e-4d35-9d34-3f3b7ce3f001";
  g_autofree char *token = enrolment_add_token (fixture, "B7", 9, FALSE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "new-name", "", "02:fc:00:00:00:17");
  g_autofree char *seat = NULL;
  g_autoptr (ScCatalogSeat) record = NULL;

  catalog_save_seat (fixture->base.catalog, old, "pc-1", "A101", 2);
  seat = enrolment_expect_approved (fixture, machine);
  g_assert_cmpstr (seat, ==, old);
  record = sc_catalog_find_seat (fixture->base.catalog, old, NULL);
  g_assert_cmpstr (record->room, ==, "A101");
}

static void
test_approve_into_room (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, TRUE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", "", NULL);
  g_autofree char *seat = NULL;
  g_autoptr (ScCatalogSeat) record = NULL;

  enrolment_expect (fixture, machine, SC_ENROL_PENDING);
  enrolment_approve (fixture, enrolment_only_waiting (fixture), "B7", NULL);
  seat = enrolment_expect_approved (fixture, machine);
  record = sc_catalog_find_seat (fixture->base.catalog, seat, NULL);
  g_assert_cmpstr (record->room, ==, "B7");
}

/* A room that is renamed takes its tokens and those who wait along. */
static void
test_room_is_renamed (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autofree char *ask = enrolment_add_token (fixture, "A101", 9, TRUE);
  g_autoptr (TestMachine) a = enrolment_machine (token, "pc-1", "", NULL);
  g_autoptr (TestMachine) b = enrolment_machine (ask, "pc-2", "", NULL);
  g_autoptr (TestMachine) c = enrolment_machine (token, "pc-3", "", NULL);
  g_autoptr (GError) error = NULL;

  g_free (enrolment_expect_approved (fixture, a));
  enrolment_expect (fixture, b, SC_ENROL_PENDING);
  g_assert_true (sc_catalog_rename_room (fixture->base.catalog, "A101", "A102", &error));
  g_assert_no_error (error);
  g_free (enrolment_expect_approved (fixture, c));
  g_assert_cmpstr (fixture->outcome.room, ==, "A102");
  enrolment_approve (fixture, enrolment_only_waiting (fixture), NULL, NULL);
  g_assert_false (sc_catalog_check_room (fixture->base.catalog, "A101", &error));
}

/* revoking and renewing */

static void
test_revoke (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) other = enrolment_machine (token, "pc-2", UUID_B, MAC_B);
  g_autoptr (TestMachine) anew = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autofree char *seat = enrolment_expect_approved (fixture, machine);
  g_autofree char *other_seat = enrolment_expect_approved (fixture, other);
  g_autofree char *again = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_enrolments_revoke (fixture->enrolments, seat, fixture->now, &error));
  g_assert_no_error (error);
  enrolment_assert_bad (fixture, machine, seat, "revoked");
  enrolment_assert_good (fixture, other, other_seat);
  enrolment_expect (fixture, machine, SC_ENROL_DENIED);
  g_assert_false (sc_enrolments_revoke (fixture->enrolments, seat, fixture->now, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  /* it may come back with a new key, if staff say so */
  enrolment_expect (fixture, anew, SC_ENROL_DUPLICATE);
  enrolment_approve (fixture, enrolment_only_waiting (fixture), NULL, NULL);
  again = enrolment_expect_approved (fixture, anew);
  g_assert_cmpstr (again, ==, seat);
  enrolment_assert_bad (fixture, machine, seat, "revoked");
}

static void
test_renew (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) first = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) lost = enrolment_machine ("", "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) second = enrolment_machine ("", "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) third = enrolment_machine ("", "pc-1", UUID_A, MAC_A);
  g_autofree char *seat = enrolment_expect_approved (fixture, first);

  fixture->now += 150 * DAY;
  enrolment_renew (fixture, seat, first, lost);
  enrolment_assert_good (fixture, first, seat); /* the answer may never have come */
  enrolment_assert_good (fixture, lost, seat);
  enrolment_renew (fixture, seat, first, second);
  enrolment_assert_good (fixture, first, seat);
  enrolment_assert_good (fixture, second, seat);
  enrolment_assert_bad (fixture, lost, seat, "later certificate");
  fixture->now += 150 * DAY;
  enrolment_renew (fixture, seat, second, third);
  enrolment_assert_bad (fixture, first, seat, "later certificate");
  enrolment_assert_good (fixture, second, seat);
  enrolment_assert_good (fixture, third, seat);
  /* a replaced key is no identity: its machine asks like any that is known */
  enrolment_machine_set_token (first, "");
  enrolment_expect (fixture, first, SC_ENROL_DENIED);
  /* revoking ends all of them */
  g_assert_true (sc_enrolments_revoke (fixture->enrolments, seat, fixture->now, NULL));
  enrolment_assert_bad (fixture, second, seat, "revoked");
  enrolment_assert_bad (fixture, third, seat, "revoked");
}

static void
test_renew_again (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) first = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) second = enrolment_machine ("", "pc-1", UUID_A, MAC_A);
  g_autofree char *seat = enrolment_expect_approved (fixture, first);
  g_autofree char *a = NULL;
  g_autofree char *b = NULL;
  g_autoptr (GError) error = NULL;

  a = sc_enrolments_renew (fixture->enrolments, seat, first->key_id, second->request->request, fixture->now, NULL,
                           &error);
  g_assert_no_error (error);
  b = sc_enrolments_renew (fixture->enrolments, seat, first->key_id, second->request->request, fixture->now, NULL,
                           &error);
  g_assert_no_error (error);
  g_assert_cmpstr (a, ==, b);
}

static void
assert_has_begun (EnrolmentFixture *fixture, const char *pem)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) certificate = sc_certificate_parse (pem, strlen (pem), &error);

  g_assert_no_error (error);
  g_assert_cmpint (sc_certificate_get_begin (certificate), <=, fixture->now);
}

/* The console's clock was ahead: no seat takes what begins only then, so it is given another when the clock is right.
 */
static void
test_clock_was_ahead (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) a = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) b = enrolment_machine (token, "pc-2", UUID_B, MAC_B);
  g_autoptr (TestMachine) next = enrolment_machine ("", "pc-1", UUID_A, MAC_A);
  g_autofree char *seat = enrolment_expect_approved (fixture, a);
  g_autofree char *renewed = NULL;
  g_autofree char *other = NULL;
  g_autofree char *again = NULL;
  g_autoptr (GError) error = NULL;

  fixture->now += 30 * DAY;
  enrolment_renew (fixture, seat, a, next);
  enrolment_expect (fixture, b, SC_ENROL_PENDING);
  enrolment_approve (fixture, enrolment_only_waiting (fixture), NULL, NULL);
  other = enrolment_expect_approved (fixture, b);
  fixture->now -= 30 * DAY;

  renewed =
      sc_enrolments_renew (fixture->enrolments, seat, a->key_id, next->request->request, fixture->now, NULL, &error);
  g_assert_no_error (error);
  assert_has_begun (fixture, renewed);
  again = enrolment_expect_approved (fixture, b);
  g_assert_cmpstr (again, ==, other);
  assert_has_begun (fixture, fixture->last->certificate);
}

/* Nobody gets a certificate for a key that is, or was, another's; nobody fills the catalog. */
static void
test_renew_refused (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) a = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) b = enrolment_machine (token, "pc-2", UUID_B, MAC_B);
  g_autofree char *seat_a = enrolment_expect_approved (fixture, a);
  g_autofree char *seat_b = enrolment_expect_approved (fixture, b);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      sc_enrolments_renew (fixture->enrolments, seat_a, a->key_id, b->request->request, fixture->now, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (sc_enrolments_renew (fixture->enrolments, seat_a, a->key_id, "nonsense", fixture->now, NULL, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  for (guint i = 1; i < SC_ENROLMENTS_MAX_RENEWALS; i++) {
    g_autoptr (TestMachine) next = enrolment_machine ("", "pc-1", UUID_A, MAC_A);

    enrolment_renew (fixture, seat_a, a, next);
  }
  {
    g_autoptr (TestMachine) next = enrolment_machine ("", "pc-1", UUID_A, MAC_A);

    g_assert_null (sc_enrolments_renew (fixture->enrolments, seat_a, a->key_id, next->request->request, fixture->now,
                                        NULL, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
    enrolment_assert_good (fixture, a, seat_a);
    fixture->now += DAY + 1;
    enrolment_renew (fixture, seat_a, a, next);
  }
  enrolment_assert_good (fixture, b, seat_b);
}

/* A certificate says whose it is; the record must say the same. */
static void
test_check (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) a = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) stranger = enrolment_machine (token, "pc-2", UUID_B, MAC_B);
  g_autofree char *seat = enrolment_expect_approved (fixture, a);

  enrolment_assert_good (fixture, a, seat);
  enrolment_assert_bad (fixture, a, "00000000-0000-4000-8000-00000000000b", "no record");
  enrolment_assert_bad (fixture, stranger, seat, "no record");
}

/* Who was off until its certificate had ended waits for staff. */
static void
test_out_of_date (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) machine = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autofree char *seat = enrolment_expect_approved (fixture, machine);
  g_autofree char *again = NULL;

  fixture->now += (SC_CERTIFICATE_DAYS + 1) * DAY;
  enrolment_expect (fixture, machine, SC_ENROL_DUPLICATE);
  enrolment_approve (fixture, enrolment_only_waiting (fixture), NULL, NULL);
  again = enrolment_expect_approved (fixture, machine);
  g_assert_cmpstr (again, ==, seat);
  enrolment_assert_good (fixture, machine, seat);
}

/* During a change of the authority everybody gets certificates from the next one. */
static void
test_rotation (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autofree char *token = enrolment_add_token (fixture, "A101", 9, FALSE);
  g_autoptr (TestMachine) a = enrolment_machine (token, "pc-1", UUID_A, MAC_A);
  g_autoptr (TestMachine) b = enrolment_machine (token, "pc-2", UUID_B, MAC_B);
  g_autofree char *seat_a = enrolment_expect_approved (fixture, a);
  g_autofree char *seat_b = enrolment_expect_approved (fixture, b);
  g_autofree char *before = g_strdup (fixture->last->certificate);
  g_autofree char *again = NULL;
  g_autofree char *next = NULL;
  g_autoptr (GPtrArray) waiting = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  guint64 moved = 0, total = 0;

  g_assert_true (sc_authority_begin_rotation (fixture->authority, fixture->now, &error));
  g_assert_no_error (error);
  again = enrolment_expect_approved (fixture, b);
  g_assert_cmpstr (again, ==, seat_b);
  g_assert_cmpstr (fixture->last->certificate, !=, before);
  next = sc_certificate_get_fingerprint (sc_authority_get_next (fixture->authority));
  g_assert_true (
      sc_catalog_count_moved (fixture->base.catalog, next, fixture->now, &moved, &total, waiting, 9, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (moved, ==, 1);
  g_assert_cmpuint (total, ==, 2);
  g_assert_cmpuint (waiting->len, ==, 1);
  g_assert_cmpstr (waiting->pdata[0], ==, "pc-1");
  enrolment_assert_good (fixture, a, seat_a);
}

#define ADD(name, func, data)                                                                                          \
  g_test_add ("/enrolments/" name, EnrolmentFixture, data, enrolment_fixture_set_up, func, enrolment_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (known); i++) {
    g_autofree char *path = g_strconcat ("/enrolments/known/", known[i].label, NULL);

    g_test_add (path, EnrolmentFixture, &known[i], enrolment_fixture_set_up, test_known_machine,
                enrolment_fixture_tear_down);
  }
  ADD ("known/replacement", test_replacement, NULL);
  ADD ("known/two-replacements", test_two_replacements, NULL);
  ADD ("known/older-record", test_older_record, NULL);
  ADD ("known/replacement-counts-anew", test_replacement_counts_anew, NULL);
  ADD ("known/older-record-counts-anew", test_older_record_counts_anew, NULL);
  ADD ("known/older-record-by-mac", test_older_record_by_mac, NULL);
  ADD ("room/approve-into", test_approve_into_room, NULL);
  ADD ("room/renamed", test_room_is_renamed, NULL);
  ADD ("certificate/revoke", test_revoke, NULL);
  ADD ("certificate/renew", test_renew, NULL);
  ADD ("certificate/renew-again", test_renew_again, NULL);
  ADD ("certificate/clock-was-ahead", test_clock_was_ahead, NULL);
  ADD ("certificate/renew-refused", test_renew_refused, NULL);
  ADD ("certificate/check", test_check, NULL);
  ADD ("certificate/out-of-date", test_out_of_date, NULL);
  ADD ("certificate/rotation", test_rotation, NULL);
  return g_test_run ();
}
