/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-plan.h"
#include "common/sc-error.h"
#include "console/engine/session/sc-session-plan.h"
#include "console/engine/session/sc-session-reader.h"
#include "console/engine/session/sc-session-sketch.h"
#include "console/engine/store/sc-publish.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#define SHIFT 1000u /* bytes by which "<" moves a chunk's content */
#define EDIT 300u   /* bytes that "'" changes of it */

/* A store whose versions are each one file in one template, told by a letter for each chunk: A is a chunk of noise, A'
 * the same with a few other bytes, A< the same with its content moved, 0 a chunk of zeros. */
typedef struct {
  char *directory;
  ScStore *store;
  ScFrameCoder *coder;
} Fixture;

static void
fill_chunk (guint8 *chunk, char letter)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint8) letter);

  for (gsize i = 0; letter != '0' && i < SC_CHUNK_SIZE; i += 4) {
    guint32 value = g_rand_int (random);

    memcpy (chunk + i, &value, sizeof value);
  }
}

static GByteArray *
make_content (const char *chunks)
{
  GByteArray *content = g_byte_array_new ();

  for (const char *at = chunks; *at != '\0'; at++) {
    guint8 chunk[SC_CHUNK_SIZE] = { 0 };

    fill_chunk (chunk, *at);
    if (at[1] == '\'') {
      memset (chunk + SC_CHUNK_SIZE / 2, 'x', EDIT);
      at++;
    } else if (at[1] == '<') {
      memmove (chunk, chunk + SHIFT, SC_CHUNK_SIZE - SHIFT);
      at++;
    }
    g_byte_array_append (content, chunk, sizeof chunk);
  }
  return content;
}

static ScVersionManifest *
publish (Fixture *self, const char *chunks)
{
  g_autoptr (GByteArray) content = make_content (chunks);
  g_autofree char *path = g_build_filename (self->directory, "master", "lab", "disk.vmdk", NULL);
  g_autofree char *master = g_build_filename (self->directory, "master", NULL);
  g_autoptr (ScPublishResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_unlink (path); /* an own time stamp and inode for each version */
  g_assert_true (g_file_set_contents (path, (const char *) content->data, (gssize) content->len, &error));
  result = sc_publish (self->store, master, "tester", chunks, 1000000, NULL, NULL, &error);
  g_assert_no_error (error);
  return sc_version_manifest_ref (result->version);
}

static Fixture *
fixture_new (void)
{
  Fixture *self = g_new0 (Fixture, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *template = NULL;
  g_autofree char *place = NULL;

  self->directory = g_dir_make_tmp ("seatcast-delta-XXXXXX", &error);
  g_assert_no_error (error);
  template = g_build_filename (self->directory, "master", "lab", NULL);
  place = g_build_filename (self->directory, "store", NULL);
  g_assert_cmpint (g_mkdir_with_parents (template, 0700), ==, 0);
  self->store = sc_store_open (place, &error);
  g_assert_no_error (error);
  self->coder = sc_frame_coder_new ();
  return self;
}

static void
remove_tree (GFile *file)
{
  g_autoptr (GFileEnumerator) children =
      g_file_enumerate_children (file, G_FILE_ATTRIBUTE_STANDARD_NAME, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child = NULL;

  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) && child != NULL)
    remove_tree (child);
  g_file_delete (file, NULL, NULL);
}

static void
fixture_free (Fixture *self)
{
  g_autoptr (GFile) directory = g_file_new_for_path (self->directory);

  sc_frame_coder_free (self->coder);
  sc_store_close (self->store);
  remove_tree (directory);
  g_free (self->directory);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static ScChunkIndex *
collect (Fixture *self, ScVersionManifest *version)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) templates = sc_store_get_templates (self->store, version, &error);

  g_assert_no_error (error);
  return sc_version_chunks_collect (templates);
}

static ScInventory *
make_inventory (ScVersionManifest *version, ScTemplateState state)
{
  ScInventory *inventory = sc_inventory_new ();
  const ScManifestTemplate *template = sc_version_manifest_get_template (version, 0);

  sc_inventory_add_template (inventory, template->name, &template->id, 1, state);
  return inventory;
}

/* A session to a version, with seats at others. */
typedef struct {
  Fixture *fixture;
  ScVersionManifest *version;
  ScChunkIndex *chunks;
  ScSessionHolders *holders;
  guint8 *wanted;
  gsize n_bytes;
  ScSessionDeltaLimits limits;
} Session;

static Session *
session_new (Fixture *fixture, const char *chunks)
{
  Session *self = g_new0 (Session, 1);

  self->fixture = fixture;
  self->version = publish (fixture, chunks);
  self->chunks = collect (fixture, self->version);
  self->holders = sc_session_holders_new (sc_chunk_index_size (self->chunks));
  self->n_bytes = (sc_chunk_index_size (self->chunks) + 7) / 8;
  self->wanted = g_malloc0 (self->n_bytes);
  self->limits = (ScSessionDeltaLimits){ 1000, G_TIME_SPAN_HOUR, SC_SESSION_DELTAS_MEMORY };
  return self;
}

static void
session_free (Session *self)
{
  sc_version_manifest_unref (self->version);
  sc_chunk_index_free (self->chunks);
  sc_session_holders_free (self->holders);
  g_free (self->wanted);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)

/* What a seat lacks that has @chunks (nullable: nothing). */
static GBytes *
list_lacks (Session *self, ScChunkIndex *has)
{
  guint8 *bits = g_malloc0 (self->n_bytes);

  for (guint32 i = 0; i < sc_chunk_index_size (self->chunks); i++) {
    if (has != NULL && sc_chunk_index_find (has, sc_chunk_index_get (self->chunks, i)) != SC_CHUNK_INDEX_NONE)
      continue;
    bits[i / 8] |= (guint8) (1u << (i % 8));
    self->wanted[i / 8] |= (guint8) (1u << (i % 8));
  }
  return g_bytes_new_take (bits, self->n_bytes);
}

static void
add_seat_with (Session *self, ScVersionManifest *version, ScTemplateState state, gboolean forward)
{
  g_autoptr (ScChunkIndex) has = collect (self->fixture, version);
  g_autoptr (GBytes) lacks = list_lacks (self, has);
  g_autoptr (ScInventory) inventory = make_inventory (version, state);

  sc_session_holders_add (self->holders, inventory, forward, lacks);
}

static void
add_seat (Session *self, ScVersionManifest *version, ScTemplateState state)
{
  add_seat_with (self, version, state, FALSE);
}

static ScSessionPlan *
make_plan (Session *self)
{
  g_autoptr (GBytes) wanted = g_bytes_new (self->wanted, self->n_bytes);
  g_autoptr (GError) error = NULL;
  ScSessionPlan *plan = sc_session_plan_new_with_deltas (self->fixture->store, self->version, self->chunks, wanted,
                                                         self->holders, &self->limits, NULL, &error);

  g_assert_no_error (error);
  return plan;
}

/* What chunk @chunk of the session's version (by its letters) is sent against; '-': as it is stored; '?': not at all */
static char
find_reference (const ScSessionPlan *plan, const char *chunk, const char *letters)
{
  g_autoptr (GByteArray) content = make_content (chunk);
  ScChunkId id;

  sc_chunk_id_of (&id, content->data, content->len);
  for (guint32 i = 0; i < sc_session_plan_get_n_frames (plan); i++) {
    const ScSessionDelta *delta = sc_session_plan_get_delta (plan, i);

    if (!sc_chunk_id_equal (&sc_session_plan_get_entry (plan, i)->id, &id))
      continue;
    for (const char *letter = letters; delta != NULL && *letter != '\0'; letter++) {
      guint8 reference[SC_CHUNK_SIZE] = { 0 };
      ScChunkId reference_id;

      fill_chunk (reference, *letter);
      sc_chunk_id_of (&reference_id, reference, sizeof reference);
      if (sc_chunk_id_equal (&reference_id, &delta->reference))
        return *letter;
    }
    return delta == NULL ? '-' : '!';
  }
  return '?';
}

/* All that the plan sends, as its blocks carry it, decodes to the chunks that it names. */
static void
assert_content (Session *self, ScSessionPlan *plan)
{
  ScCastLayout layout = { 1444, 100, 4, g_bytes_get_size (sc_session_plan_get_bytes (plan)),
                          sc_session_plan_get_content_length (plan) };
  g_autoptr (ScSessionReader) reader = sc_session_reader_new (self->fixture->store, plan, &layout);
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCastPlan) parsed = sc_cast_plan_parse (sc_session_plan_get_bytes (plan), &error);

  g_assert_no_error (error);
  for (guint32 i = sc_cast_layout_n_plan_blocks (&layout); i < sc_cast_layout_n_blocks (&layout); i++) {
    g_autoptr (GBytes) block = sc_session_reader_read_block (reader, i, &error);

    g_assert_no_error (error);
    g_byte_array_append (content, g_bytes_get_data (block, NULL), (guint) g_bytes_get_size (block));
  }
  g_assert_cmpuint (content->len, ==, sc_cast_plan_get_content_length (parsed));
  for (guint32 i = 0; i < sc_cast_plan_get_n_frames (parsed); i++) {
    guint8 reference[SC_CHUNK_SIZE], chunk[SC_CHUNK_SIZE];
    gsize reference_length = 0;
    ScStoreEntry entry;
    ScCastFrame frame;
    ScChunkId id;

    sc_cast_plan_get_frame (parsed, i, &frame);
    if (frame.encoding == SC_ENCODING_DELTA)
      g_assert_true (
          sc_store_locate (self->fixture->store, &frame.reference, 1, &entry, NULL) &&
          sc_store_read_chunk (self->fixture->store, &entry, self->fixture->coder, reference, &reference_length, NULL));
    g_assert_true (sc_frame_decode (self->fixture->coder, frame.encoding, content->data + frame.offset, frame.length,
                                    reference_length > 0 ? reference : NULL, reference_length, chunk, SC_CHUNK_SIZE,
                                    &error));
    sc_chunk_id_of (&id, chunk, SC_CHUNK_SIZE);
    g_assert_true (sc_chunk_id_equal (&id, &frame.id));
  }
}

static void
test_same_place (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) before = publish (fixture, "ABC0");
  g_autoptr (Session) session = session_new (fixture, "A'BC'D");
  g_autoptr (ScSessionPlan) plan = NULL;

  add_seat (session, before, SC_TEMPLATE_CURRENT);
  add_seat (session, before, SC_TEMPLATE_CURRENT);
  plan = make_plan (session);
  g_assert_cmpuint (sc_session_plan_get_n_frames (plan), ==, 3);
  g_assert_cmpuint (sc_session_plan_get_n_deltas (plan), ==, 2);
  g_assert_cmpint (find_reference (plan, "A'", "ABC"), ==, 'A');
  g_assert_cmpint (find_reference (plan, "C'", "ABC"), ==, 'C');
  g_assert_cmpint (find_reference (plan, "D", "ABC"), ==, '-');
  g_assert_cmpuint (sc_session_plan_get_delta_saved (plan), >, 2 * (SC_CHUNK_SIZE - EDIT - 1000));
  g_assert_cmpuint (sc_session_plan_get_delta_saved (plan) + sc_session_plan_get_content_length (plan) +
                        2 * sizeof (ScChunkId),
                    ==, 3 * SC_CHUNK_SIZE);
  assert_content (session, plan);
}

static void
test_moved (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) before = publish (fixture, "ABCDEFG");
  g_autoptr (Session) session = session_new (fixture, "E<BCDXFGC'");
  g_autoptr (ScSessionPlan) plan = NULL;

  add_seat (session, before, SC_TEMPLATE_CURRENT);
  plan = make_plan (session);
  g_assert_cmpuint (sc_session_plan_get_n_frames (plan), ==, 3);
  g_assert_cmpint (find_reference (plan, "E<", "ABCDEFG"), ==, 'E');
  g_assert_cmpint (find_reference (plan, "C'", "ABCDEFG"), ==, 'C');
  g_assert_cmpint (find_reference (plan, "X", "ABCDEFG"), ==, '-');
  assert_content (session, plan);
}

static void
test_unrelated (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) before = publish (fixture, "ABC");
  g_autoptr (Session) session = session_new (fixture, "XYZ");
  g_autoptr (ScSessionPlan) plan = NULL;

  add_seat (session, before, SC_TEMPLATE_CURRENT);
  plan = make_plan (session);
  g_assert_cmpuint (sc_session_plan_get_n_deltas (plan), ==, 0);
  g_assert_cmpuint (sc_session_plan_get_delta_saved (plan), ==, 0);
  g_assert_cmpuint (sc_session_plan_get_content_length (plan), ==, 3 * SC_CHUNK_SIZE);
  assert_content (session, plan);
}

/* Only what all have that want the chunk. */
static void
test_mixed_versions (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) one = publish (fixture, "ABCD");
  g_autoptr (ScVersionManifest) other = publish (fixture, "EBFC");
  g_autoptr (Session) session = session_new (fixture, "A'B'FC'D");
  g_autoptr (ScSessionPlan) plan = NULL;

  add_seat (session, one, SC_TEMPLATE_CURRENT);
  add_seat (session, other, SC_TEMPLATE_CURRENT);
  plan = make_plan (session);
  g_assert_cmpuint (sc_session_plan_get_n_frames (plan), ==, 5);
  g_assert_cmpint (find_reference (plan, "A'", "ABCDEF"), ==, '-'); /* A: not at the other */
  g_assert_cmpint (find_reference (plan, "B'", "ABCDEF"), ==, 'B');
  g_assert_cmpint (find_reference (plan, "F", "ABCDEF"), ==, '-');
  g_assert_cmpint (find_reference (plan, "C'", "ABCDEF"), ==, 'C'); /* at another place each */
  assert_content (session, plan);
}

static void
test_only_those_that_want (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) old = publish (fixture, "ABC");
  g_autoptr (ScVersionManifest) newer = publish (fixture, "A'BX");
  g_autoptr (Session) session = session_new (fixture, "A'BC'");
  g_autoptr (ScSessionPlan) plan = NULL;

  add_seat (session, old, SC_TEMPLATE_CURRENT);
  add_seat (session, newer, SC_TEMPLATE_CURRENT);
  plan = make_plan (session);
  g_assert_cmpint (find_reference (plan, "A'", "ABC"), ==, 'A'); /* the newer one has A' and not A */
  g_assert_cmpint (find_reference (plan, "C'", "ABC"), ==, '-');
}

/* A seat that keeps nothing of what it overwrites has what stays, and what lies where the frame goes. */
static void
test_forward (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) one = publish (fixture, "ABCDEFG");
  g_autoptr (ScVersionManifest) other = publish (fixture, "ABCDFGE");
  g_autoptr (Session) session = session_new (fixture, "E<B'CDXFG'C'");
  g_autoptr (ScSessionPlan) plan = NULL;

  add_seat_with (session, one, SC_TEMPLATE_CURRENT, TRUE);
  plan = make_plan (session);
  g_assert_cmpint (find_reference (plan, "E<", "ABCDEFG"), ==, '-'); /* X goes where E lies */
  g_assert_cmpint (find_reference (plan, "C'", "ABCDEFG"), ==, 'C');
  g_assert_cmpint (find_reference (plan, "B'", "ABCDEFG"), ==, 'B');
  g_assert_cmpint (find_reference (plan, "G'", "ABCDEFG"), ==, 'G');
  assert_content (session, plan);

  add_seat (session, other, SC_TEMPLATE_CURRENT);
  g_clear_pointer (&plan, sc_session_plan_unref);
  plan = make_plan (session);
  g_assert_cmpint (find_reference (plan, "B'", "ABCDEFG"), ==, 'B');
  g_assert_cmpint (find_reference (plan, "G'", "ABCDEFG"), ==,
                   '-'); /* elsewhere at the other: who keeps what is not told */
  assert_content (session, plan);
}

static void
test_unknown_seats (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) before = publish (fixture, "AB");
  const ScTemplateState states[] = { SC_TEMPLATE_UPDATING, SC_TEMPLATE_DRIFTED };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_autoptr (Session) session = session_new (fixture, "A'B'");
    g_autoptr (ScSessionPlan) plan = NULL;
    g_autoptr (GBytes) all = NULL;

    add_seat (session, before, SC_TEMPLATE_CURRENT);
    add_seat (session, before, states[i]);
    plan = make_plan (session);
    g_assert_cmpuint (sc_session_plan_get_n_deltas (plan), ==, 0);
    g_clear_pointer (&session->holders, sc_session_holders_free);
    session->holders = sc_session_holders_new (sc_chunk_index_size (session->chunks));
    add_seat (session, before, SC_TEMPLATE_CURRENT);
    all = list_lacks (session, NULL);
    sc_session_holders_add (session->holders, NULL, FALSE, all);
    g_clear_pointer (&plan, sc_session_plan_unref);
    plan = make_plan (session);
    g_assert_cmpuint (sc_session_plan_get_n_deltas (plan), ==, 0);
  }
}

/* A seat that lacks what it says that it has is not sent it against itself. */
static void
test_lacks_what_it_has (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) before = publish (fixture, "AB");
  g_autoptr (Session) session = session_new (fixture, "ABC");
  g_autoptr (ScInventory) inventory = make_inventory (before, SC_TEMPLATE_CURRENT);
  g_autoptr (GBytes) all = list_lacks (session, NULL);
  g_autoptr (ScSessionPlan) plan = NULL;

  sc_session_holders_add (session->holders, inventory, FALSE, all);
  plan = make_plan (session);
  g_assert_cmpuint (sc_session_plan_get_n_frames (plan), ==, 3);
  g_assert_cmpuint (sc_session_plan_get_n_deltas (plan), ==, 0);
}

static void
test_deleted_version (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) before = publish (fixture, "AB");
  g_autoptr (Session) session = session_new (fixture, "A'B");
  g_autoptr (ScInventory) inventory = make_inventory (before, SC_TEMPLATE_CURRENT);
  g_autoptr (GBytes) all = list_lacks (session, NULL);
  g_autoptr (ScSessionPlan) plan = NULL;

  ((ScInventoryTemplate *) inventory->templates->pdata[0])->manifest.bytes[0] ^= 1;
  sc_session_holders_add (session->holders, inventory, FALSE, all);
  plan = make_plan (session);
  g_assert_cmpuint (sc_session_plan_get_n_deltas (plan), ==, 0);
}

static void
test_budget (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) before = publish (fixture, "ABCDEFGHIJ");
  g_autoptr (Session) session = session_new (fixture, "A'BCDEFGHIJ'");
  g_autoptr (ScSessionPlan) plan = NULL;

  add_seat (session, before, SC_TEMPLATE_CURRENT);
  session->limits.max_time = -1;
  plan = make_plan (session);
  g_assert_cmpuint (sc_session_plan_get_n_deltas (plan), ==, 0);
  g_clear_pointer (&plan, sc_session_plan_unref);
  session->limits.max_time = G_TIME_SPAN_HOUR;
  session->limits.max_references = 0;
  plan = make_plan (session);
  g_assert_cmpuint (sc_session_plan_get_n_deltas (plan), ==, 0);
  g_clear_pointer (&plan, sc_session_plan_unref);
  session->limits.max_references = 2; /* those where something changes come first */
  plan = make_plan (session);
  g_assert_cmpuint (sc_session_plan_get_n_deltas (plan), ==, 2);
}

static void
test_spill (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) before = publish (fixture, "ABCDEFGHIJ");
  g_autoptr (Session) session = session_new (fixture, "A'B'C'D'E'F'G'H'I'J'");
  g_autofree char *store = g_build_filename (fixture->directory, "store", NULL);
  g_autoptr (ScSessionPlan) plan = NULL;
  g_autoptr (GDir) listing = NULL;
  const char *name;

  add_seat (session, before, SC_TEMPLATE_CURRENT);
  session->limits.memory = 60; /* for two of them */
  plan = make_plan (session);
  g_assert_cmpuint (sc_session_plan_get_n_deltas (plan), ==, 10);
  g_assert_cmpuint (sc_session_plan_get_content_length (plan), >, 200);
  assert_content (session, plan);
  g_clear_pointer (&plan, sc_session_plan_unref); /* Windows keeps a removed file's name until it is closed */
  listing = g_dir_open (store, 0, NULL);
  while ((name = g_dir_read_name (listing)) != NULL)
    g_assert_false (g_str_has_prefix (name, "scratch")); /* nothing stays behind */
}

static void
test_cancelled (void)
{
  g_autoptr (Fixture) fixture = fixture_new ();
  g_autoptr (ScVersionManifest) before = publish (fixture, "AB");
  g_autoptr (Session) session = session_new (fixture, "A'B");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GBytes) wanted = NULL;
  g_autoptr (GError) error = NULL;

  add_seat (session, before, SC_TEMPLATE_CURRENT);
  wanted = g_bytes_new (session->wanted, session->n_bytes);
  g_cancellable_cancel (cancellable);
  g_assert_null (sc_session_plan_new_with_deltas (fixture->store, session->version, session->chunks, wanted,
                                                  session->holders, &session->limits, cancellable, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CANCELLED);
}

static void
test_sketches (void)
{
  g_autoptr (GByteArray) content = make_content ("AA<B0");
  g_autoptr (ScSessionSketchIndex) index = sc_session_sketch_index_new (SC_SESSION_SKETCH_MAX * 2);
  ScSessionSketchMatch matches[SC_SESSION_SKETCH_MAX_MATCHES];
  ScSessionSketch sketches[4];

  for (guint i = 0; i < G_N_ELEMENTS (sketches); i++)
    sc_session_sketch_of (&sketches[i], content->data + i * SC_CHUNK_SIZE, SC_CHUNK_SIZE);
  g_assert_cmpuint (sketches[0].n, >=, 10);
  g_assert_cmpuint (sketches[3].n, <=, 1); /* zeros: one hash at all places */
  sc_session_sketch_index_add (index, 7, &sketches[0]);
  sc_session_sketch_index_add (index, 8, &sketches[2]);
  g_assert_cmpuint (sc_session_sketch_index_find (index, &sketches[1], matches), ==, 1);
  g_assert_cmpuint (matches[0].chunk, ==, 7);
  g_assert_cmpuint (matches[0].votes, >=, sketches[0].n * 3 / 4);
  sc_session_sketch_of (&sketches[0], content->data, 1); /* the shortest */
  g_assert_cmpuint (sketches[0].n, <=, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-delta/same-place", test_same_place);
  g_test_add_func ("/session-delta/moved", test_moved);
  g_test_add_func ("/session-delta/unrelated", test_unrelated);
  g_test_add_func ("/session-delta/mixed-versions", test_mixed_versions);
  g_test_add_func ("/session-delta/only-those-that-want", test_only_those_that_want);
  g_test_add_func ("/session-delta/forward", test_forward);
  g_test_add_func ("/session-delta/unknown-seats", test_unknown_seats);
  g_test_add_func ("/session-delta/lacks-what-it-has", test_lacks_what_it_has);
  g_test_add_func ("/session-delta/deleted-version", test_deleted_version);
  g_test_add_func ("/session-delta/budget", test_budget);
  g_test_add_func ("/session-delta/spill", test_spill);
  g_test_add_func ("/session-delta/cancelled", test_cancelled);
  g_test_add_func ("/session-delta/sketches", test_sketches);
  return g_test_run ();
}
