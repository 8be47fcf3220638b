/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-manifest.h"
#include "service/sc-seat-state.h"
#include "tests/unit/apply/test-version.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

#define FIXTURE_SEAT "6d0f1a52-1f0e-4c8e-9a7b-5d2f4c3b2a10"

static const ScChunkId nothing;

typedef struct {
  char *directory;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->directory = g_dir_make_tmp ("seatcast-state-XXXXXX", NULL);
  g_assert_nonnull (fixture->directory);
}

static void
remove_children (const char *path)
{
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_children (child);
    g_remove (child);
  }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  remove_children (fixture->directory);
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
}

static ScSeatState *
open_state (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  ScSeatState *state = sc_seat_state_open (fixture->directory, &error);

  g_assert_no_error (error);
  return state;
}

static GPtrArray *
make_paths (const char *first, const char *second)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (paths, g_strdup (first));
  if (second != NULL)
    g_ptr_array_add (paths, g_strdup (second));
  return paths;
}

static GPtrArray *
make_stamps (void)
{
  GPtrArray *stamps = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_file_stamp_free);

  g_ptr_array_add (stamps, sc_file_stamp_new ("disk.vmdk", G_GUINT64_CONSTANT (5000000000), -77, G_MAXUINT64));
  g_ptr_array_add (stamps, sc_file_stamp_new ("vm.vmx", 12, G_GINT64_CONSTANT (1700000000000000), 3));
  return stamps;
}

static void
test_first_start (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatState) state = open_state (fixture);
  g_autofree char *seat = g_strdup (sc_seat_state_get_seat (state));
  g_autoptr (GPtrArray) templates = NULL;
  g_autoptr (GError) error = NULL;
  guint64 session = 1, version = 1;
  ScChunkId manifest = { { 1 } };

  g_assert_true (g_uuid_string_is_valid (seat));
  g_assert_cmpuint (sc_seat_state_get_version (state), ==, 0);
  sc_seat_state_get_pending (state, &session, &version, &manifest);
  g_assert_cmpuint (session, ==, 0);
  g_assert_cmpuint (version, ==, 0);
  g_assert_true (sc_chunk_id_equal (&manifest, &nothing));
  templates = sc_seat_state_list_templates (state, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (templates->len, ==, 0);
  g_assert_null (sc_seat_state_get_template (state, "none", &error));
  g_assert_no_error (error);

  g_clear_pointer (&state, sc_seat_state_close);
  state = open_state (fixture);
  g_assert_cmpstr (sc_seat_state_get_seat (state), ==, seat);
}

static void
test_one_service (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatState) state = open_state (fixture);
  g_autoptr (GError) error = NULL;

  g_assert_null (sc_seat_state_open (fixture->directory, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
}

static void
assert_stamps (ScSeatState *state, const char *name)
{
  g_autoptr (GPtrArray) expected = make_stamps ();
  g_autoptr (GPtrArray) stamps = sc_seat_state_list_stamps (state, name, NULL);

  g_assert_nonnull (stamps);
  g_assert_cmpuint (stamps->len, ==, expected->len);
  for (guint i = 0; i < stamps->len; i++) {
    const ScFileStamp *a = stamps->pdata[i], *b = expected->pdata[i];

    g_assert_cmpstr (a->path, ==, b->path);
    g_assert_cmpuint (a->size, ==, b->size);
    g_assert_cmpint (a->mtime, ==, b->mtime);
    g_assert_cmpuint (a->id, ==, b->id);
  }
}

static void
test_life_of_a_template (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatState) state = open_state (fixture);
  g_autoptr (GPtrArray) both = make_paths ("disk.vmdk", "vm.vmx");
  g_autoptr (GPtrArray) one = make_paths ("disk.vmdk", NULL);
  g_autoptr (GPtrArray) stamps = make_stamps ();
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GPtrArray) touched = NULL;
  g_autoptr (ScSeatTemplate) template = NULL;
  g_autoptr (GError) error = NULL;
  const ScChunkId first = { { 1 } }, second = { { 2 } };

  g_assert_true (sc_seat_state_begin_update (state, "vm", &first, 4, both, &error));
  template = sc_seat_state_get_template (state, "vm", &error);
  g_assert_cmpint (template->state, ==, SC_TEMPLATE_UPDATING);
  g_assert_true (sc_chunk_id_equal (&template->manifest, &nothing));
  g_assert_true (sc_chunk_id_equal (&template->target, &first));
  g_assert_true (sc_seat_state_set_template_state (state, "vm", SC_TEMPLATE_DRIFTED, &error));
  g_clear_pointer (&template, sc_seat_template_free);
  template = sc_seat_state_get_template (state, "vm", &error);
  g_assert_cmpint (template->state, ==, SC_TEMPLATE_UPDATING); /* only a commit ends that */

  g_assert_true (sc_seat_state_commit_template (state, "vm", &first, 4, stamps, &error));
  g_assert_true (sc_seat_state_set_version (state, 4, &error));
  assert_stamps (state, "vm");
  g_assert_cmpuint (sc_seat_state_get_version (state), ==, 4);

  g_assert_true (sc_seat_state_begin_update (state, "vm", &second, 5, one, &error));
  g_clear_pointer (&state, sc_seat_state_close);
  state = open_state (fixture);
  g_clear_pointer (&template, sc_seat_template_free);
  template = sc_seat_state_get_template (state, "vm", &error);
  g_assert_true (sc_chunk_id_equal (&template->manifest, &first));
  g_assert_true (sc_chunk_id_equal (&template->target, &second));
  g_assert_cmpuint (template->version, ==, 5);
  g_assert_cmpuint (sc_seat_state_get_version (state), ==, 0);
  left = sc_seat_state_list_stamps (state, "vm", &error);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_cmpstr (((ScFileStamp *) left->pdata[0])->path, ==, "vm.vmx");
  touched = sc_seat_state_list_touched (state, "vm", &error);
  g_assert_cmpuint (touched->len, ==, 1);
  g_assert_cmpstr (touched->pdata[0], ==, "disk.vmdk");

  g_assert_true (sc_seat_state_remove_template (state, "vm", &error));
  g_assert_null (sc_seat_state_get_template (state, "vm", &error));
  g_clear_pointer (&left, g_ptr_array_unref);
  left = sc_seat_state_list_stamps (state, "vm", &error);
  g_assert_cmpuint (left->len, ==, 0);
  g_assert_no_error (error);
}

static void
test_manifests (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatState) state = open_state (fixture);
  g_autoptr (GBytes) kept = g_bytes_new_static ("kept", 4);
  g_autoptr (GBytes) pruned = g_bytes_new_static ("pruned", 6);
  g_autoptr (GPtrArray) stamps = make_stamps ();
  g_autoptr (GBytes) loaded = NULL;
  g_autoptr (GError) error = NULL;
  ScChunkId kept_id, pruned_id;

  sc_chunk_id_of (&kept_id, "kept", 4);
  sc_chunk_id_of (&pruned_id, "pruned", 6);
  g_assert_false (sc_seat_state_save_manifest (state, &kept_id, pruned, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_seat_state_load_manifest (state, &kept_id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (sc_seat_state_save_manifest (state, &kept_id, kept, &error));
  g_assert_true (sc_seat_state_save_manifest (state, &pruned_id, pruned, &error));
  g_assert_true (sc_seat_state_commit_template (state, "vm", &kept_id, 1, stamps, &error));
  g_assert_true (sc_seat_state_prune_manifests (state, NULL, &error));
  loaded = sc_seat_state_load_manifest (state, &kept_id, &error);
  g_assert_true (g_bytes_equal (loaded, kept));
  g_assert_null (sc_seat_state_load_manifest (state, &pruned_id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

static void
test_damaged_manifest (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatState) state = open_state (fixture);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("manifest", 8);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  ScChunkId id;

  sc_chunk_id_of (&id, "manifest", 8);
  sc_chunk_id_to_hex (&id, hex);
  g_assert_true (sc_seat_state_save_manifest (state, &id, bytes, &error));
  path = g_build_filename (fixture->directory, "manifests", hex, NULL);
  g_assert_true (g_file_set_contents (path, "manifesT", 8, NULL));
  g_assert_null (sc_seat_state_load_manifest (state, &id, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
}

static void
test_forget_stamp (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatState) state = open_state (fixture);
  g_autoptr (GPtrArray) stamps = make_stamps ();
  g_autoptr (GPtrArray) left = NULL;
  g_autoptr (GPtrArray) touched = NULL;
  g_autoptr (GError) error = NULL;
  const ScChunkId first = { { 1 } };

  g_assert_true (sc_seat_state_commit_template (state, "vm", &first, 4, stamps, &error));
  g_assert_true (sc_seat_state_commit_template (state, "other", &first, 4, stamps, &error));
  g_assert_true (sc_seat_state_forget_stamp (state, "vm", "disk.vmdk", &error));
  g_assert_true (sc_seat_state_forget_stamp (state, "vm", "no such file", &error));
  left = sc_seat_state_list_stamps (state, "vm", &error);
  g_assert_cmpuint (left->len, ==, 1);
  g_assert_cmpstr (((ScFileStamp *) left->pdata[0])->path, ==, "vm.vmx");
  assert_stamps (state, "other");
  touched = sc_seat_state_list_touched (state, "vm", &error);
  g_assert_cmpuint (touched->len, ==, 0); /* the file is where it belongs */
}

static void
assert_versions (ScSeatState *state, const ScSeatVersion *expected, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) versions = sc_seat_state_list_versions (state, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (versions->len, ==, n);
  for (guint i = 0; i < n; i++) {
    const ScSeatVersion *version = &g_array_index (versions, ScSeatVersion, i);

    g_assert_cmpuint (version->number, ==, expected[i].number);
    g_assert_true (sc_chunk_id_equal (&version->manifest, &expected[i].manifest));
  }
}

static void
keep_versions (ScSeatState *state, guint64 first, guint64 second)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));
  g_autoptr (GError) error = NULL;

  g_array_append_val (numbers, first);
  g_array_append_val (numbers, second);
  g_assert_true (sc_seat_state_keep_versions (state, numbers, &error));
  g_assert_no_error (error);
}

static void
test_versions (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatState) state = open_state (fixture);
  const ScSeatVersion all[] = { { 3, { { 3 } } }, { 10, { { 1, 0 } } }, { G_MAXINT64, { { 9 } } } };
  const ScSeatVersion replaced[] = { { 3, { { 3 } } }, { 10, { { 7 } } } };
  g_autoptr (GError) error = NULL;

  assert_versions (state, NULL, 0);
  for (guint i = G_N_ELEMENTS (all); i > 0; i--)
    g_assert_true (sc_seat_state_add_version (state, all[i - 1].number, &all[i - 1].manifest, &error));
  assert_versions (state, all, 3);
  g_assert_true (sc_seat_state_add_version (state, 10, &replaced[1].manifest, &error));
  keep_versions (state, 3, 10);
  g_clear_pointer (&state, sc_seat_state_close);
  state = open_state (fixture);
  assert_versions (state, replaced, 2);
  /* that which is here and that which is to come stay in any case */
  g_assert_true (sc_seat_state_set_version (state, 10, &error));
  g_assert_true (sc_seat_state_set_pending (state, 1, 3, &all[0].manifest, NULL, &error));
  keep_versions (state, 77, 78);
  assert_versions (state, replaced, 2);
  g_assert_true (sc_seat_state_set_pending (state, 0, 0, NULL, NULL, &error));
  keep_versions (state, 77, 78);
  assert_versions (state, &replaced[1], 1);
}

static void
test_pending (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatState) state = open_state (fixture);
  const ScChunkId expected = { { 5, 6 } };
  g_autoptr (GError) error = NULL;
  guint64 session, version;
  ScChunkId manifest;

  g_assert_true (sc_seat_state_set_pending (state, 12, 5, &expected, "{\"hooks\":[]}", &error));
  g_clear_pointer (&state, sc_seat_state_close);
  state = open_state (fixture);
  sc_seat_state_get_pending (state, &session, &version, &manifest);
  g_assert_cmpuint (session, ==, 12);
  g_assert_cmpuint (version, ==, 5);
  g_assert_true (sc_chunk_id_equal (&manifest, &expected));
  g_autofree char *hooks = sc_seat_state_dup_pending_hooks (state);
  g_assert_cmpstr (hooks, ==, "{\"hooks\":[]}");
  g_assert_true (sc_seat_state_set_pending (state, 0, 0, NULL, NULL, &error));
  sc_seat_state_get_pending (state, &session, &version, &manifest);
  g_assert_cmpuint (session, ==, 0);
  g_assert_cmpuint (version, ==, 0);
  g_assert_true (sc_chunk_id_equal (&manifest, &nothing));
  g_autofree char *none = sc_seat_state_dup_pending_hooks (state);
  g_assert_cmpstr (none, ==, "");
}

/* A manifest of version @number whose one template's manifest is the bytes @text; both are saved. */
static void
save_version (ScSeatState *state, guint64 number, const char *text, ScChunkId *version_id, ScChunkId *template_id)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  ScManifestTemplate template = { .name = "vm", .size = 1 };
  g_autoptr (ScVersionManifest) version = NULL;
  g_autoptr (GError) error = NULL;

  sc_chunk_id_of (&template.id, text, strlen (text));
  version = sc_version_manifest_new (number, 0, "", "", &template, 1, &error);
  g_assert_no_error (error);
  *version_id = *sc_version_manifest_get_id (version);
  *template_id = template.id;
  g_assert_true (sc_seat_state_save_manifest (state, version_id, sc_version_manifest_get_bytes (version), &error));
  g_assert_true (sc_seat_state_save_manifest (state, template_id, bytes, &error));
}

static gboolean
has_manifest (ScSeatState *state, const ScChunkId *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sc_seat_state_load_manifest (state, id, &error);

  if (bytes == NULL)
    g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  return bytes != NULL;
}

/* What a known or a pending version names is kept, so that going there needs nothing from the network. */
static void
test_kept_manifests (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatState) state = open_state (fixture);
  g_autoptr (GHashTable) also = g_hash_table_new (sc_chunk_id_hash, sc_chunk_id_equal_func);
  g_autoptr (GBytes) undo = g_bytes_new_static ("undo", 4);
  ScChunkId versions[3], templates[3], undo_id;
  g_autofree char *torn = g_build_filename (fixture->directory, "manifests", "0123.new", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 3; i++) {
    g_autofree char *text = g_strdup_printf ("template %u", i);

    save_version (state, i + 1, text, &versions[i], &templates[i]);
  }
  sc_chunk_id_of (&undo_id, "undo", 4);
  g_assert_true (sc_seat_state_save_manifest (state, &undo_id, undo, &error));
  g_assert_true (g_file_set_contents (torn, "x", 1, NULL));
  g_hash_table_add (also, &undo_id);
  g_assert_true (sc_seat_state_add_version (state, 1, &versions[0], &error));
  g_assert_true (sc_seat_state_add_version (state, 9, &undo_id, &error)); /* no version's manifest: names none */
  g_assert_true (sc_seat_state_set_pending (state, 0, 2, &versions[1], NULL, &error));
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*manifest cannot be used*");
  g_assert_true (sc_seat_state_prune_manifests (state, also, &error));
  g_test_assert_expected_messages ();
  for (guint i = 0; i < 3; i++) {
    g_assert_cmpint (has_manifest (state, &versions[i]), ==, i < 2);
    g_assert_cmpint (has_manifest (state, &templates[i]), ==, i < 2);
  }
  g_assert_true (has_manifest (state, &undo_id));
  g_assert_false (g_file_test (torn, G_FILE_TEST_EXISTS));

  g_assert_true (sc_seat_state_set_pending (state, 0, 0, NULL, NULL, &error));
  keep_versions (state, 0, 0);
  g_assert_true (sc_seat_state_prune_manifests (state, NULL, &error));
  for (guint i = 0; i < 3; i++)
    g_assert_false (has_manifest (state, &templates[i]));
  g_assert_false (has_manifest (state, &undo_id));
}

static void
copy_fixture (Fixture *fixture, gboolean damaged, guint schema)
{
  g_autofree char *name = g_strdup_printf ("seat-v%u.db", schema);
  g_autofree char *from = g_build_filename (g_getenv ("SEATCAST_FIXTURES"), name, NULL);
  g_autofree char *to = g_build_filename (fixture->directory, "seat.db", NULL);
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (from, &bytes, &length, NULL));
  if (damaged)
    memset (bytes + 4096, 0xa5, length - 4096);
  g_assert_true (g_file_set_contents (to, bytes, (gssize) length, NULL));
}

/* What a service of an earlier release wrote is read by every later one. */
static void
test_schema (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScSeatState) state = NULL;
  g_autoptr (ScSeatTemplate) current = NULL;
  g_autoptr (ScSeatTemplate) updating = NULL;
  g_autoptr (GPtrArray) touched = NULL;
  g_autoptr (GError) error = NULL;
  const ScChunkId first = { { 1 } }, second = { { 2 } };
  const ScSeatVersion known = { 4, first };
  guint schema = GPOINTER_TO_UINT (data);
  guint64 session, version;
  ScChunkId manifest;

  copy_fixture (fixture, FALSE, schema);
  state = open_state (fixture);
  g_assert_cmpstr (sc_seat_state_get_seat (state), ==, FIXTURE_SEAT);
  sc_seat_state_get_pending (state, &session, &version, &manifest);
  g_assert_cmpuint (session, ==, 12);
  g_assert_cmpuint (version, ==, 5);
  g_assert_true (sc_chunk_id_equal (&manifest, schema == 1 ? &nothing : &second));
  g_assert_true (sc_seat_state_is_pending_ordered (state) == (schema >= 4)); /* before, nobody checked who ordered it */
  g_autofree char *hooks = sc_seat_state_dup_pending_hooks (state);
  g_assert_cmpstr (hooks, ==, "");
  assert_versions (state, &known, schema == 1 ? 0 : 1);
  current = sc_seat_state_get_template (state, "debian", &error);
  g_assert_cmpint (current->state, ==, SC_TEMPLATE_CURRENT);
  g_assert_cmpuint (current->version, ==, 4);
  g_assert_true (sc_chunk_id_equal (&current->manifest, &first));
  assert_stamps (state, "debian");
  updating = sc_seat_state_get_template (state, "windows", &error);
  g_assert_cmpint (updating->state, ==, SC_TEMPLATE_UPDATING);
  g_assert_true (sc_chunk_id_equal (&updating->target, &second));
  touched = sc_seat_state_list_touched (state, "windows", &error);
  g_assert_cmpuint (touched->len, ==, 1);
  g_assert_cmpstr (touched->pdata[0], ==, "disk.vmdk");
}

static void
take_order (ScSeatState *state, guint64 order, gboolean expected, guint64 before)
{
  g_autoptr (GError) error = NULL;
  guint64 last = 0;

  g_assert_true (sc_seat_state_take_order (state, order, &last, &error) == expected);
  g_assert_cmpuint (last, ==, before);
  if (expected)
    g_assert_no_error (error);
  else
    g_assert_error (error, SC_ERROR, SC_ERROR_DENIED);
}

/* Each order counts once, over restarts too; another seat begins anew, and keeps its templates. */
static void
test_orders (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) stamps = make_stamps ();
  g_autoptr (GError) error = NULL;
  const ScChunkId manifest = { { 1 } };
  ScSeatState *state = open_state (fixture);

  g_assert_true (sc_seat_state_commit_template (state, "debian", &manifest, 4, stamps, &error));
  take_order (state, 5, TRUE, 0);
  take_order (state, 5, FALSE, 5);
  sc_seat_state_close (state);
  state = open_state (fixture);
  take_order (state, 4, FALSE, 5);
  take_order (state, 7, TRUE, 5);
  g_assert_true (sc_seat_state_set_pending (state, 0, 5, &manifest, NULL, &error));
  g_assert_true (sc_seat_state_is_pending_ordered (state));
  g_assert_true (sc_seat_state_set_seat (state, sc_seat_state_get_seat (state), &error));
  g_assert_true (sc_seat_state_is_pending_ordered (state));
  take_order (state, 7, FALSE, 7);
  g_assert_true (sc_seat_state_set_seat (state, FIXTURE_SEAT, &error));
  g_assert_false (sc_seat_state_is_pending_ordered (state)); /* by this one's console */
  take_order (state, 1, TRUE, 0);
  sc_seat_state_close (state);
  state = open_state (fixture);
  g_assert_cmpstr (sc_seat_state_get_seat (state), ==, FIXTURE_SEAT);
  g_autoptr (ScSeatTemplate) template = sc_seat_state_get_template (state, "debian", &error);
  g_assert_nonnull (template);
  sc_seat_state_close (state);
}

static void
test_damaged_database (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  copy_fixture (fixture, TRUE, 1);
  g_assert_null (sc_seat_state_open (fixture->directory, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "seat.db"));
}

/* Writes DIR/seat.db with what test_schema() expects: run when a migration is about to be added
 * (tests/fixtures/README.md). */
static void
make_fixture (const char *directory)
{
  g_autoptr (ScSeatState) state = NULL;
  g_autoptr (GPtrArray) stamps = make_stamps ();
  g_autoptr (GPtrArray) paths = make_paths ("disk.vmdk", NULL);
  g_autofree char *path = g_build_filename (directory, "seat.db", NULL);
  g_autoptr (GError) error = NULL;
  const ScChunkId first = { { 1 } }, second = { { 2 } };
  sqlite3 *database = NULL;

  state = sc_seat_state_open (directory, &error);
  g_assert_no_error (error);
  g_assert_true (sc_seat_state_commit_template (state, "debian", &first, 4, stamps, &error));
  g_assert_true (sc_seat_state_commit_template (state, "windows", &first, 4, stamps, &error));
  g_assert_true (sc_seat_state_begin_update (state, "windows", &second, 5, paths, &error));
  g_assert_true (sc_seat_state_set_pending (state, 12, 5, &second, NULL, &error));
  g_assert_true (sc_seat_state_add_version (state, 4, &first, &error));
  g_clear_pointer (&state, sc_seat_state_close);
  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, "UPDATE seat SET id = '" FIXTURE_SEAT "'; PRAGMA journal_mode = DELETE",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (database);
}

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--make-fixture") == 0) {
    make_fixture (argv[2]);
    return 0;
  }
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/seat-state/first-start", Fixture, NULL, set_up, test_first_start, tear_down);
  g_test_add ("/seat-state/one-service", Fixture, NULL, set_up, test_one_service, tear_down);
  g_test_add ("/seat-state/life-of-a-template", Fixture, NULL, set_up, test_life_of_a_template, tear_down);
  g_test_add ("/seat-state/manifests", Fixture, NULL, set_up, test_manifests, tear_down);
  g_test_add ("/seat-state/damaged-manifest", Fixture, NULL, set_up, test_damaged_manifest, tear_down);
  g_test_add ("/seat-state/schema-1", Fixture, GUINT_TO_POINTER (1), set_up, test_schema, tear_down);
  g_test_add ("/seat-state/schema-2", Fixture, GUINT_TO_POINTER (2), set_up, test_schema, tear_down);
  g_test_add ("/seat-state/schema-3", Fixture, GUINT_TO_POINTER (3), set_up, test_schema, tear_down);
  g_test_add ("/seat-state/schema-4", Fixture, GUINT_TO_POINTER (4), set_up, test_schema, tear_down);
  g_test_add ("/seat-state/orders", Fixture, NULL, set_up, test_orders, tear_down);
  g_test_add ("/seat-state/forget-stamp", Fixture, NULL, set_up, test_forget_stamp, tear_down);
  g_test_add ("/seat-state/versions", Fixture, NULL, set_up, test_versions, tear_down);
  g_test_add ("/seat-state/pending", Fixture, NULL, set_up, test_pending, tear_down);
  g_test_add ("/seat-state/kept-manifests", Fixture, NULL, set_up, test_kept_manifests, tear_down);
  g_test_add ("/seat-state/damaged-database", Fixture, NULL, set_up, test_damaged_database, tear_down);
  return g_test_run ();
}
