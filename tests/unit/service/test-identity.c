/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* By what a seat is known: kept over crashes at any point, not used where it does not belong. */
#include "common/sc-error.h"
#include "sc-test-console.h"

#include <glib/gstdio.h>

#define OTHER_SEAT "a0b1c2d3-0000-4000-8000-00000000000f"
#define DAY (24 * 60 * 60)

typedef struct {
  TestAuthority *authority;
  char *state;
  ScSeatMachine *machine;
  gint64 now;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  f->authority = test_authority_new ();
  f->state = g_dir_make_tmp ("seatcast-test-XXXXXX", &error);
  g_assert_no_error (error);
  f->machine = sc_test_machine_new ();
  f->now = g_get_real_time () / G_USEC_PER_SEC;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  sc_test_remove_tree (f->state);
  g_free (f->state);
  sc_seat_machine_free (f->machine);
  test_authority_free (f->authority);
}

static ScSeatIdentity *
open_as (Fixture *f, const ScSeatMachine *machine, const char *fingerprint)
{
  g_autoptr (GError) error = NULL;
  ScSeatIdentity *identity = sc_seat_identity_open (f->state, machine, fingerprint, &error);

  g_assert_no_error (error);
  return identity;
}

static ScSeatIdentity *
reopen (Fixture *f)
{
  return open_as (f, f->machine, f->authority->fingerprint);
}

static char *
ask_to (ScSeatIdentity *identity, gboolean enrol)
{
  g_autoptr (GError) error = NULL;
  char *request = sc_seat_identity_make_request (identity, enrol, &error);

  g_assert_no_error (error);
  return request;
}

static char *
ask (ScSeatIdentity *identity)
{
  return ask_to (identity, TRUE);
}

static char *
issue (const TestAuthority *authority, const char *request, const char *seat, gint64 now)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) certificate =
      sc_certificate_issue_seat (authority->certificate, authority->key, request, seat, now, &error);

  g_assert_no_error (error);
  return sc_certificate_to_pem (certificate);
}

static void
take (Fixture *f, ScSeatIdentity *identity, gboolean enrolled)
{
  g_autofree char *request = ask_to (identity, enrolled);
  g_autofree char *pem = issue (f->authority, request, TEST_AUTHORITY_SEAT, f->now);
  g_autoptr (GError) error = NULL;

  sc_seat_identity_take (identity, pem, f->authority->anchors, enrolled, f->now, &error);
  g_assert_no_error (error);
}

static void
assert_enrolled (ScSeatIdentity *identity, const char *seat)
{
  g_assert_cmpstr (sc_seat_identity_get_refusal (identity), ==, NULL);
  g_assert_cmpstr (sc_seat_identity_get_seat (identity), ==, seat);
  g_assert_true (G_IS_TLS_CERTIFICATE (sc_seat_identity_get_tls (identity)));
}

static void
assert_refused (ScSeatIdentity *identity, const char *why)
{
  g_assert_cmpstr (sc_seat_identity_get_seat (identity), ==, NULL);
  g_assert_nonnull (sc_seat_identity_get_refusal (identity));
  g_assert_nonnull (strstr (sc_seat_identity_get_refusal (identity), why));
}

static char *
path_of (Fixture *f, const char *name)
{
  return g_build_filename (f->state, "identity", name, NULL);
}

static gboolean
has (Fixture *f, const char *name)
{
  g_autofree char *path = path_of (f, name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
remove_file (Fixture *f, const char *name)
{
  g_autofree char *path = path_of (f, name);

  g_assert_cmpint (g_remove (path), ==, 0);
}

static GBytes *
read_file (Fixture *f, const char *name)
{
  g_autofree char *path = path_of (f, name);
  char *text;
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  return g_bytes_new_take (text, length);
}

static void
write_file (Fixture *f, const char *name, GBytes *bytes)
{
  g_autofree char *path = path_of (f, name);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
}

static void
test_enrols (Fixture *f, gconstpointer data)
{
  g_autoptr (ScSeatIdentity) identity = reopen (f);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (sc_seat_identity_get_seat (identity), ==, NULL);
  g_assert_cmpstr (sc_seat_identity_get_refusal (identity), ==, NULL);
  take (f, identity, TRUE);
  assert_enrolled (identity, TEST_AUTHORITY_SEAT);
  g_assert_false (has (f, "next.key"));
  g_autoptr (ScSeatIdentity) again = reopen (f);
  assert_enrolled (again, TEST_AUTHORITY_SEAT);
  g_assert_true (sc_anchors_equal (sc_seat_identity_get_anchors (again), f->authority->anchors));

  /* the console is checked by what it trusts, its name and the time */
  g_assert_true (sc_seat_identity_accepts (again, f->authority->tls, "127.0.0.1", f->now, &error));
  g_assert_no_error (error);
  g_assert_false (sc_seat_identity_accepts (again, f->authority->tls, "elsewhere.example", f->now, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (sc_seat_identity_accepts (again, f->authority->tls, "127.0.0.1", f->now + 400 * DAY, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_clear_error (&error);
  g_autoptr (TestAuthority) stranger = test_authority_new ();
  g_assert_false (sc_seat_identity_accepts (again, stranger->tls, "127.0.0.1", f->now, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
}

/* A question whose answer was lost is asked again with the same key. */
static void
test_same_key (Fixture *f, gconstpointer data)
{
  g_autoptr (ScSeatIdentity) first = reopen (f);
  g_autofree char *request = ask (first);
  g_autofree char *pem = issue (f->authority, request, TEST_AUTHORITY_SEAT, f->now);
  g_autoptr (GError) error = NULL;

  g_assert_true (has (f, "next.key"));
  g_autofree char *renewal = ask_to (first, FALSE); /* with another: what is revoked with it does not keep it out */
  g_autoptr (GBytes) next = read_file (f, "next.key");
  g_autoptr (GBytes) of_renewal = read_file (f, "renewal.key");
  g_assert_false (g_bytes_equal (next, of_renewal));
  g_autoptr (ScSeatIdentity) second = reopen (f);
  g_autofree char *again = ask (second);
  sc_seat_identity_take (second, pem, f->authority->anchors, TRUE, f->now, &error);
  g_assert_no_error (error);
  assert_enrolled (second, TEST_AUTHORITY_SEAT);
}

/* After each of the writes of an answer the power fails: it is either the former identity or the new one, and never
 * needs another key. */
static void
test_crashes (Fixture *f, gconstpointer data)
{
  static const char *const files[] = { "anchors.json", "seat.crt", "seat.key" };
  g_autoptr (ScSeatIdentity) identity = reopen (f);
  g_autofree char *request = ask (identity);
  g_autofree char *pem = issue (f->authority, request, TEST_AUTHORITY_SEAT, f->now);
  g_autoptr (GBytes) next = read_file (f, "next.key");
  g_autoptr (GError) error = NULL;
  GBytes *written[3];

  sc_seat_identity_take (identity, pem, f->authority->anchors, TRUE, f->now, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++)
    written[i] = read_file (f, files[i]);
  for (guint n = 0; n <= 3; n++) { /* that came to the disk */
    for (guint i = 0; i < 3; i++) {
      if (has (f, files[i]))
        remove_file (f, files[i]);
      if (i < n)
        write_file (f, files[i], written[i]);
    }
    write_file (f, "next.key", next);
    g_autoptr (ScSeatIdentity) after = reopen (f);
    if (n >= 2) {
      assert_enrolled (after, TEST_AUTHORITY_SEAT);
    } else {
      g_assert_cmpstr (sc_seat_identity_get_seat (after), ==, NULL);
      g_autofree char *again = ask (after); /* whose answer is for the same key */
      sc_seat_identity_take (after, pem, f->authority->anchors, TRUE, f->now, &error);
      g_assert_no_error (error);
    }
    g_autoptr (ScSeatIdentity) later = reopen (f);
    assert_enrolled (later, TEST_AUTHORITY_SEAT);
  }
  for (guint i = 0; i < 3; i++)
    g_bytes_unref (written[i]);
}

/* The same while an identity is renewed: it is never lost. */
static void
test_crashes_of_renewal (Fixture *f, gconstpointer data)
{
  static const char *const files[] = { "anchors.json", "seat.crt", "seat.key" };
  g_autoptr (ScSeatIdentity) identity = reopen (f);
  GBytes *before[3], *after[3];

  take (f, identity, TRUE);
  for (guint i = 0; i < 3; i++)
    before[i] = read_file (f, files[i]);
  g_autofree char *request = ask_to (identity, FALSE);
  g_autoptr (GBytes) next = read_file (f, "renewal.key");
  f->now += 200 * DAY;
  take (f, identity, FALSE);
  for (guint i = 0; i < 3; i++)
    after[i] = read_file (f, files[i]);
  for (guint n = 0; n <= 3; n++) {
    for (guint i = 0; i < 3; i++)
      write_file (f, files[i], i < n ? after[i] : before[i]);
    write_file (f, "renewal.key", next);
    g_autoptr (ScSeatIdentity) found = reopen (f);
    assert_enrolled (found, TEST_AUTHORITY_SEAT);
    g_assert_true (sc_seat_identity_is_due (found, f->now) == (n < 2));
  }
  for (guint i = 0; i < 3; i++) {
    g_bytes_unref (before[i]);
    g_bytes_unref (after[i]);
  }
}

/* What a renewal whose answer was lost was given may be revoked by now, for which the console refuses its key for ever:
 * who has enrolled anew renews with another. */
static void
test_renewal_of_before (Fixture *f, gconstpointer data)
{
  g_autoptr (ScSeatIdentity) identity = reopen (f);
  g_autoptr (GError) error = NULL;

  take (f, identity, TRUE);
  g_autofree char *lost = ask_to (identity, FALSE);
  g_autofree char *late = issue (f->authority, lost, TEST_AUTHORITY_SEAT, f->now);
  g_autoptr (GBytes) before = read_file (f, "renewal.key");
  g_autofree char *enrolment = ask (identity);
  g_autoptr (GBytes) next = read_file (f, "next.key");
  take (f, identity, TRUE);
  g_assert_false (sc_seat_identity_take (identity, late, f->authority->anchors, FALSE, f->now, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_autofree char *renewal = ask_to (identity, FALSE);
  g_autoptr (GBytes) after = read_file (f, "renewal.key");
  g_assert_false (g_bytes_equal (before, after));

  /* the power failed before any key was removed */
  write_file (f, "renewal.key", before);
  write_file (f, "next.key", next);
  g_autoptr (ScSeatIdentity) again = reopen (f);
  assert_enrolled (again, TEST_AUTHORITY_SEAT);
  g_assert_false (has (f, "renewal.key"));
  g_assert_false (has (f, "next.key"));
}

static void
test_due (Fixture *f, gconstpointer data)
{
  g_autoptr (ScSeatIdentity) identity = reopen (f);
  gint64 due = f->now + ((gint64) SC_CERTIFICATE_DAYS - SC_CERTIFICATE_RENEW_DAYS) * DAY;

  g_assert_false (sc_seat_identity_is_due (identity, f->now));
  take (f, identity, TRUE);
  g_assert_false (sc_seat_identity_is_due (identity, f->now));
  g_assert_false (sc_seat_identity_is_due (identity, due - 2 * DAY));
  g_assert_true (sc_seat_identity_is_due (identity, due + 2 * DAY));
}

/* A disk that was copied: neither the certificate nor a key that is asked with. */
static void
test_other_machine (Fixture *f, gconstpointer data)
{
  g_autoptr (ScSeatMachine) other = sc_seat_machine_new ("11111111-58a2-4d1c-9f5e-0c6f6f3f9a10", NULL);
  g_autoptr (ScSeatIdentity) identity = reopen (f);
  g_autofree char *of_first = ask (identity);

  g_autoptr (ScSeatIdentity) early = open_as (f, other, f->authority->fingerprint);
  assert_refused (early, "another machine");
  take (f, identity, TRUE);
  g_autoptr (GBytes) key = read_file (f, "seat.key");
  g_autoptr (ScSeatIdentity) copied = open_as (f, other, f->authority->fingerprint);
  assert_refused (copied, "another machine");
  g_autoptr (ScSeatIdentity) back = reopen (f); /* nothing was lost by looking */
  assert_enrolled (back, TEST_AUTHORITY_SEAT);

  g_autofree char *request = ask (copied);
  g_assert_false (has (f, "seat.crt"));
  g_autoptr (GBytes) next = read_file (f, "next.key");
  g_assert_false (g_bytes_equal (key, next));
  g_autofree char *pem = issue (f->authority, request, OTHER_SEAT, f->now);
  g_autoptr (GError) error = NULL;
  sc_seat_identity_take (copied, pem, f->authority->anchors, TRUE, f->now, &error);
  g_assert_no_error (error);
  g_autoptr (ScSeatIdentity) again = open_as (f, other, f->authority->fingerprint);
  assert_enrolled (again, OTHER_SEAT);
}

static GPtrArray *
list (const char *first, const char *second)
{
  GPtrArray *macs = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (macs, g_strdup (first));
  if (second != NULL)
    g_ptr_array_add (macs, g_strdup (second));
  return macs;
}

static ScSeatMachine *
machine_with (const char *id, const char *first, const char *second)
{
  g_autoptr (GPtrArray) macs = list (first, second);

  return sc_seat_machine_new (id, macs);
}

/* Without an id the network cards tell, of which one at a time may be replaced. */
static void
test_cards (Fixture *f, gconstpointer data)
{
  g_autoptr (ScSeatMachine) first = machine_with ("", "02:00:00:00:00:01", "02:00:00:00:00:02");
  g_autoptr (ScSeatMachine) second = machine_with ("", "02:00:00:00:00:02", "02:00:00:00:00:03");
  g_autoptr (ScSeatMachine) third = machine_with ("", "02:00:00:00:00:03", NULL);
  g_autoptr (ScSeatMachine) unknown = sc_seat_machine_new ("", NULL);
  g_autoptr (ScSeatIdentity) identity = open_as (f, first, f->authority->fingerprint);

  g_assert_false (sc_seat_machine_is_same (first, third));
  take (f, identity, TRUE);
  g_autoptr (ScSeatIdentity) by_second = open_as (f, second, f->authority->fingerprint);
  assert_enrolled (by_second, TEST_AUTHORITY_SEAT);
  g_autoptr (ScSeatIdentity) by_third = open_as (f, third, f->authority->fingerprint);
  assert_enrolled (by_third, TEST_AUTHORITY_SEAT);
  g_autoptr (ScSeatIdentity) by_first = open_as (f, first, f->authority->fingerprint);
  assert_refused (by_first, "another machine");
  g_autoptr (ScSeatIdentity) by_unknown = open_as (f, unknown, f->authority->fingerprint);
  assert_enrolled (by_unknown, TEST_AUTHORITY_SEAT);
}

/* The settings name another console: asked there, what it gives counts. */
static void
test_other_console (Fixture *f, gconstpointer data)
{
  g_autoptr (TestAuthority) other = test_authority_new ();
  g_autoptr (ScSeatIdentity) identity = reopen (f);
  g_autoptr (GError) error = NULL;

  take (f, identity, TRUE);
  g_autoptr (ScSeatIdentity) moved = open_as (f, f->machine, other->fingerprint);
  assert_refused (moved, "another console");
  g_autofree char *request = ask (moved);
  g_autoptr (ScSeatIdentity) back = reopen (f);
  assert_enrolled (back, TEST_AUTHORITY_SEAT);
  g_autofree char *pem = issue (other, request, OTHER_SEAT, f->now);
  sc_seat_identity_take (moved, pem, other->anchors, TRUE, f->now, &error);
  g_assert_no_error (error);
  g_autoptr (ScSeatIdentity) there = open_as (f, f->machine, other->fingerprint);
  assert_enrolled (there, OTHER_SEAT);
}

/* What the console gives is looked at before anything of it is kept. */
static void
test_wrong_certificates (Fixture *f, gconstpointer data)
{
  g_autoptr (TestAuthority) other = test_authority_new ();
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, NULL);
  g_autofree char *of_other_key = sc_certificate_request_new (key, NULL);
  g_autoptr (ScSeatIdentity) identity = reopen (f);
  g_autofree char *request = ask (identity);
  g_autofree char *for_other_key = issue (f->authority, of_other_key, TEST_AUTHORITY_SEAT, f->now);
  g_autofree char *by_other = issue (other, request, TEST_AUTHORITY_SEAT, f->now);
  g_autofree char *expired = issue (f->authority, request, TEST_AUTHORITY_SEAT, f->now - 400 * DAY);
  g_autofree char *console = sc_certificate_to_pem (f->authority->console);
  const struct {
    const char *pem;
    const ScAnchors *anchors;
  } wrong[] = {
    { for_other_key, f->authority->anchors },
    { by_other, f->authority->anchors },
    { by_other, other->anchors }, /* the settings name another authority */
    { expired, f->authority->anchors },
    { console, f->authority->anchors },
    { "no certificate", f->authority->anchors },
  };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (sc_seat_identity_take (identity, wrong[i].pem, wrong[i].anchors, TRUE, f->now, &error));
    g_assert_true (g_error_matches (error, SC_ERROR, SC_ERROR_DENIED) ||
                   g_error_matches (error, SC_ERROR, SC_ERROR_INVALID));
    g_assert_false (has (f, "seat.crt") || has (f, "anchors.json"));
  }
  take (f, identity, TRUE);
  /* and a renewal makes it no other seat */
  g_autofree char *again = ask_to (identity, FALSE);
  g_autofree char *of_other_seat = issue (f->authority, again, OTHER_SEAT, f->now);
  g_autoptr (GError) error = NULL;
  g_assert_false (sc_seat_identity_take (identity, of_other_seat, f->authority->anchors, FALSE, f->now, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  assert_enrolled (identity, TEST_AUTHORITY_SEAT);
}

static void
test_damaged (Fixture *f, gconstpointer data)
{
  static const char *const files[] = { "anchors.json", "seat.crt", "seat.key", "machine.json" };
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("nonsense", 8);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr (ScSeatIdentity) identity = reopen (f);

    if (sc_seat_identity_get_seat (identity) == NULL)
      take (f, identity, TRUE);
    write_file (f, files[i], nonsense);
    g_autoptr (ScSeatIdentity) damaged = reopen (f);
    g_assert_cmpstr (sc_seat_identity_get_seat (damaged), ==, NULL);
    g_assert_nonnull (sc_seat_identity_get_refusal (damaged));
    take (f, damaged, TRUE);
    g_autoptr (ScSeatIdentity) again = reopen (f);
    assert_enrolled (again, TEST_AUTHORITY_SEAT);
  }
}

/* While the authority is changed a seat trusts both, and never shuts itself out. */
static void
test_anchors (Fixture *f, gconstpointer data)
{
  g_autoptr (TestAuthority) other = test_authority_new ();
  g_autoptr (ScAnchors) both = sc_anchors_copy (f->authority->anchors);
  g_autoptr (ScSeatIdentity) identity = reopen (f);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (both->authorities, sc_certificate_copy (other->certificate));
  take (f, identity, TRUE);
  g_assert_false (sc_seat_identity_set_anchors (identity, other->anchors, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (sc_seat_identity_accepts (identity, other->tls, "127.0.0.1", f->now, NULL));
  g_assert_true (sc_seat_identity_set_anchors (identity, both, &error));
  g_assert_no_error (error);
  g_autoptr (ScSeatIdentity) again = reopen (f);
  g_assert_true (sc_seat_identity_accepts (again, other->tls, "127.0.0.1", f->now, NULL));

  /* a certificate of the new authority, then that alone; the settings still name the old one */
  g_autofree char *request = ask_to (again, FALSE);
  g_autofree char *pem = issue (other, request, TEST_AUTHORITY_SEAT, f->now);
  sc_seat_identity_take (again, pem, both, FALSE, f->now, &error);
  g_assert_no_error (error);
  g_assert_true (sc_seat_identity_set_anchors (again, other->anchors, &error));
  g_assert_no_error (error);
  g_autoptr (ScSeatIdentity) moved = reopen (f);
  assert_enrolled (moved, TEST_AUTHORITY_SEAT);
  g_assert_false (sc_seat_identity_accepts (moved, f->authority->tls, "127.0.0.1", f->now, NULL));
  g_autoptr (ScSeatIdentity) told = open_as (f, f->machine, other->fingerprint); /* they may name the new one */
  assert_enrolled (told, TEST_AUTHORITY_SEAT);

  /* revoked, it enrols anew with settings that still name the old one */
  g_autofree char *again_asked = ask (moved);
  g_autofree char *again_given = issue (other, again_asked, OTHER_SEAT, f->now);
  sc_seat_identity_take (moved, again_given, other->anchors, TRUE, f->now, &error);
  g_assert_no_error (error);
  g_autoptr (ScSeatIdentity) anew = reopen (f);
  assert_enrolled (anew, OTHER_SEAT);
}

/* The authority was changed since the settings were written. Without its certificate the seat enrols anew with the
 * console that it has trusted last: by the settings alone it would take that for another. */
static void
test_damaged_after_change (Fixture *f, gconstpointer data)
{
  static const char *const ends[] = { "seat.crt", "seat.key" };
  g_autoptr (TestAuthority) other = test_authority_new ();
  g_autoptr (ScAnchors) both = sc_anchors_copy (f->authority->anchors);
  g_autoptr (ScSeatIdentity) identity = reopen (f);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (both->authorities, sc_certificate_copy (other->certificate));
  take (f, identity, TRUE);
  sc_seat_identity_set_anchors (identity, both, &error);
  g_assert_no_error (error);
  g_autofree char *request = ask_to (identity, FALSE);
  g_autofree char *pem = issue (other, request, TEST_AUTHORITY_SEAT, f->now);
  g_assert_true (sc_seat_identity_take (identity, pem, other->anchors, FALSE, f->now, &error));
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++) {
    remove_file (f, ends[i]);
    g_autoptr (ScSeatIdentity) damaged = reopen (f);
    g_assert_cmpstr (sc_seat_identity_get_seat (damaged), ==, NULL);
    g_assert_nonnull (sc_seat_identity_get_anchors (damaged));
    g_assert_true (sc_seat_identity_accepts (damaged, other->tls, "127.0.0.1", f->now, NULL));
    g_autoptr (TestAuthority) third = test_authority_new ();
    g_autoptr (ScSeatIdentity) elsewhere = open_as (f, f->machine, third->fingerprint);
    g_assert_null (sc_seat_identity_get_anchors (elsewhere));
    g_autofree char *asked = ask (damaged);
    g_autofree char *given = issue (other, asked, OTHER_SEAT, f->now);
    sc_seat_identity_take (damaged, given, other->anchors, TRUE, f->now, &error);
    g_assert_no_error (error);
    assert_enrolled (damaged, OTHER_SEAT);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/seat-identity/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("enrols", test_enrols);
  ADD ("same-key", test_same_key);
  ADD ("crashes", test_crashes);
  ADD ("crashes-of-renewal", test_crashes_of_renewal);
  ADD ("renewal-of-before", test_renewal_of_before);
  ADD ("due", test_due);
  ADD ("other-machine", test_other_machine);
  ADD ("cards", test_cards);
  ADD ("other-console", test_other_console);
  ADD ("wrong-certificates", test_wrong_certificates);
  ADD ("damaged", test_damaged);
  ADD ("anchors", test_anchors);
  ADD ("damaged-after-change", test_damaged_after_change);
  return g_test_run ();
}
