/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/engine/enrolment-fixture.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-rooms.h"

#include <glib/gstdio.h>

static void
open_parts (EnrolmentFixture *fixture)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (names, (gpointer) "localhost");
  fixture->authority = sc_authority_open (fixture->trust, names, fixture->now, &error);
  g_assert_no_error (error);
  fixture->enrolments = sc_enrolments_new (fixture->base.catalog, fixture->authority);
}

void
enrolment_fixture_set_up (EnrolmentFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  catalog_fixture_set_up (&fixture->base, NULL);
  fixture->trust = g_dir_make_tmp ("seatcast-trust-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->now = NOW / G_USEC_PER_SEC;
  fixture->address = "10.0.0.1";
  open_parts (fixture);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name = NULL;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    if (g_file_test (child, G_FILE_TEST_IS_DIR))
      remove_tree (child);
    else
      g_unlink (child);
  }
  g_rmdir (path);
}

void
enrolment_fixture_tear_down (EnrolmentFixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->last, sc_enrol_answer_free);
  sc_enrol_outcome_clear (&fixture->outcome);
  sc_enrolments_free (fixture->enrolments);
  sc_authority_close (fixture->authority);
  remove_tree (fixture->trust);
  g_free (fixture->trust);
  catalog_fixture_tear_down (&fixture->base, NULL);
}

void
enrolment_fixture_restart (EnrolmentFixture *fixture)
{
  sc_enrolments_free (fixture->enrolments);
  sc_authority_close (fixture->authority);
  catalog_fixture_reopen (&fixture->base);
  open_parts (fixture);
}

TestMachine *
enrolment_machine (const char *token, const char *name, const char *machine, const char *mac)
{
  TestMachine *self = g_new0 (TestMachine, 1);
  g_autoptr (GError) error = NULL;

  self->key = sc_private_key_new (SC_KEY_P256, &error);
  g_assert_no_error (error);
  sc_private_key_get_id (self->key, self->key_id);
  self->request = sc_enrol_request_new ();
  g_free (self->request->request);
  self->request->request = sc_certificate_request_new (self->key, &error);
  g_assert_no_error (error);
  catalog_set_text (&self->request->token, token);
  catalog_set_text (&self->request->name, name);
  catalog_set_text (&self->request->machine, machine);
  if (mac != NULL)
    g_ptr_array_add (self->request->macs, g_strdup (mac));
  return self;
}

void
enrolment_machine_free (TestMachine *machine)
{
  if (machine == NULL)
    return;
  sc_private_key_free (machine->key);
  sc_enrol_request_free (machine->request);
  g_free (machine);
}

void
enrolment_machine_set_token (TestMachine *machine, const char *token)
{
  catalog_set_text (&machine->request->token, token);
}

char *
enrolment_add_token (EnrolmentFixture *fixture, const char *room, guint seats, gboolean ask)
{
  ScCatalogEnrolToken token = { .room = (char *) room, .seats = seats, .ask = ask };
  g_autoptr (GError) error = NULL;
  char *text = sc_enrolments_add_token (fixture->enrolments, &token, 24, fixture->now, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (token.id, >, 0);
  return text;
}

guint64
enrolment_token_uses (EnrolmentFixture *fixture, guint64 id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCatalogEnrolToken) token = sc_catalog_find_enrol_token (fixture->base.catalog, NULL, id, &error);

  g_assert_no_error (error);
  return token->used;
}

static void
ask (EnrolmentFixture *fixture, const TestMachine *machine, GError **error)
{
  g_clear_pointer (&fixture->last, sc_enrol_answer_free);
  sc_enrol_outcome_clear (&fixture->outcome);
  fixture->last = sc_enrolments_ask (fixture->enrolments, machine->request, fixture->address, fixture->now,
                                     &fixture->outcome, error);
}

void
enrolment_expect (EnrolmentFixture *fixture, const TestMachine *machine, ScEnrolState state)
{
  g_autoptr (GError) error = NULL;

  ask (fixture, machine, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sc_enrol_state_to_nick (fixture->last->state), ==, sc_enrol_state_to_nick (state));
}

void
enrolment_expect_error (EnrolmentFixture *fixture, const TestMachine *machine, gint code)
{
  g_autoptr (GError) error = NULL;

  ask (fixture, machine, &error);
  g_assert_error (error, SC_ERROR, code);
  g_assert_null (fixture->last);
}

char *
enrolment_expect_approved (EnrolmentFixture *fixture, const TestMachine *machine)
{
  enrolment_expect (fixture, machine, SC_ENROL_APPROVED);
  g_assert_cmpstr (fixture->last->certificate, !=, "");
  return g_strdup (fixture->last->seat);
}

static GPtrArray *
list_waiting (EnrolmentFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *waiting = sc_catalog_list_waiting (fixture->base.catalog, &error);

  g_assert_no_error (error);
  return waiting;
}

guint64
enrolment_count_waiting (EnrolmentFixture *fixture)
{
  g_autoptr (GPtrArray) waiting = list_waiting (fixture);

  return waiting->len;
}

guint64
enrolment_first_waiting (EnrolmentFixture *fixture)
{
  g_autoptr (GPtrArray) waiting = list_waiting (fixture);

  g_assert_cmpuint (waiting->len, >, 0);
  return ((const ScCatalogEnrolRequest *) waiting->pdata[0])->id;
}

guint64
enrolment_only_waiting (EnrolmentFixture *fixture)
{
  guint64 id = 0;

  enrolment_list_waiting (fixture, &id, 1);
  return id;
}

void
enrolment_list_waiting (EnrolmentFixture *fixture, guint64 *ids, guint n)
{
  g_autoptr (GPtrArray) waiting = list_waiting (fixture);

  g_assert_cmpuint (waiting->len, ==, n);
  for (guint i = 0; i < n; i++)
    ids[i] = ((const ScCatalogEnrolRequest *) waiting->pdata[i])->id;
}

void
enrolment_fill_waiting (EnrolmentFixture *fixture, guint n)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_catalog_begin (fixture->base.catalog, &error));
  for (guint i = 0; i < n; i++) {
    g_autoptr (ScCatalogEnrolRequest) row = sc_catalog_enrol_request_new ();

    memcpy (row->key_id, &i, sizeof i);
    row->token = 1;
    g_free (row->address);
    row->address = g_strdup_printf ("10.1.%u.%u", i / 256, i % 256);
    row->requested = row->asked = fixture->now;
    g_assert_true (sc_catalog_save_enrol_request (fixture->base.catalog, row, &error));
    g_assert_no_error (error);
  }
  g_assert_true (sc_catalog_commit (fixture->base.catalog, &error));
}

static void
check_decision (GPtrArray *decisions, const char *expected)
{
  const ScEnrolDecision *decision = NULL;

  g_assert_cmpuint (decisions->len, ==, 1);
  decision = g_ptr_array_index (decisions, 0);
  if (expected == NULL)
    g_assert_cmpstr (decision->error, ==, NULL);
  else
    g_assert_nonnull (strstr (decision->error, expected));
}

void
enrolment_approve (EnrolmentFixture *fixture, guint64 id, const char *room, const char *error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) decisions = sc_enrolments_approve (fixture->enrolments, &id, 1, room, fixture->now, &local);

  g_assert_no_error (local);
  check_decision (decisions, error);
}

void
enrolment_reject (EnrolmentFixture *fixture, guint64 id, const char *error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) decisions = sc_enrolments_reject (fixture->enrolments, &id, 1, fixture->now, &local);

  g_assert_no_error (local);
  check_decision (decisions, error);
}

void
enrolment_move (EnrolmentFixture *fixture, const char *seat, const char *room)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (seats, (gpointer) seat);
  g_assert_true (sc_catalog_assign_room (fixture->base.catalog, seats, room, &error));
  g_assert_no_error (error);
}

void
enrolment_renew (EnrolmentFixture *fixture, const char *seat, const TestMachine *shown, const TestMachine *next)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pem = sc_enrolments_renew (fixture->enrolments, seat, shown->key_id, next->request->request,
                                              fixture->now, NULL, &error);
  g_autoptr (ScCertificate) certificate = NULL;
  g_autofree char *named = NULL;
  guint8 key_id[SC_KEY_ID_SIZE];

  g_assert_no_error (error);
  certificate = sc_certificate_parse (pem, strlen (pem), &error);
  g_assert_no_error (error);
  named = sc_authority_identify_seat (fixture->authority, certificate, fixture->now, key_id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (named, ==, seat);
  g_assert_cmpmem (key_id, sizeof key_id, next->key_id, sizeof next->key_id);
}

void
enrolment_assert_good (EnrolmentFixture *fixture, const TestMachine *machine, const char *seat)
{
  g_autoptr (GError) error = NULL;
  gboolean good = sc_enrolments_check_certificate (fixture->enrolments, seat, machine->key_id, &error);

  g_assert_no_error (error);
  g_assert_true (good);
}

void
enrolment_assert_bad (EnrolmentFixture *fixture, const TestMachine *machine, const char *seat, const char *why)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (sc_enrolments_check_certificate (fixture->enrolments, seat, machine->key_id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
  g_assert_nonnull (strstr (error->message, why));
}
