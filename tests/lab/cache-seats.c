/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many seats in one process that catch up at the same time, for test-cache.py: they enrol, fetch and check as the
 * service does, by its own code, and throw away what they have checked.
 *
 *   cache-seats enrol DIRECTORY CONNECTION SEATS
 *   cache-seats fetch DIRECTORY CONNECTION SEATS --manifest HASH [--has HASH] [--every N [--spread]] [--cache URL]
 *
 * What they have must have been fetched before: the manifests are kept in DIRECTORY, as a seat keeps them.
 * fetch prints one JSON object: seats that have all of it, the stored bytes that each was to fetch, seconds, errors. */
#include "common/sc-error.h"
#include "common/sc-manifest.h"
#include "common/sc-pack-entry.h"
#include "service/sc-catch-up.h"
#include "service/sc-enroller.h"

#include <stdio.h>

#define ENROLLED "4f8b7d0e-3c51-4a0e-8a55-%012x" /* hardware */

typedef struct {
  char *manifest, *has, *cache;
  int every;
  gboolean spread;
} Options;

typedef struct {
  const Options *options;
  GMainLoop *loop;
  ScConnection *connection;
  GPtrArray *seats; /* Seat */
  const char *directory;
  ScChunkIndex *had; /* what all of them have */
  guint running;
} World;

typedef struct {
  World *world;
  guint number;
  ScSeatIdentity *identity;
  ScEnroller *enroller;
  ScFetch *fetch;
  GArray *manifests; /* ScChunkId: still to be fetched; the first is being */
  guint n_versions;  /* how many of them are versions' */
  GMutex mutex;
  ScChunkIndex *index; /* what it is to have */
  guint8 *wanted;      /* one of each in index */
  guint n_wanted;
  guint64 bytes; /* as they lie in packs */
  GError *error;
} Seat;

static void next_manifest (Seat *self);

static void
seat_free (gpointer data)
{
  Seat *self = data;

  g_clear_pointer (&self->enroller, sc_enroller_free);
  g_clear_pointer (&self->fetch, sc_fetch_free);
  g_clear_pointer (&self->identity, sc_seat_identity_free);
  g_clear_pointer (&self->manifests, g_array_unref);
  g_clear_pointer (&self->index, sc_chunk_index_free);
  g_free (self->wanted);
  g_clear_error (&self->error);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

static void
end (Seat *self)
{
  if (--self->world->running == 0)
    g_main_loop_quit (self->world->loop);
}

/* Takes over @error. */
static void
fail (Seat *self, GError *error)
{
  fprintf (stderr, "seat %u: %s\n", self->number, error->message);
  self->error = error;
  end (self);
}

static Seat *
seat_new (World *world, guint number, const char *directory, GError **error)
{
  Seat *self = g_new0 (Seat, 1);
  g_autofree char *hardware = g_strdup_printf (ENROLLED, number);
  g_autoptr (ScSeatMachine) machine = sc_seat_machine_new (hardware, NULL);
  g_autofree char *name = g_strdup_printf ("%u", number);
  g_autofree char *state = g_build_filename (directory, name, NULL);

  self->world = world;
  self->number = number;
  g_mutex_init (&self->mutex);
  self->identity = sc_seat_identity_open (state, machine, world->connection->fingerprint, error);
  g_ptr_array_add (world->seats, self);
  return self->identity != NULL ? self : NULL;
}

/* ---- enrol ---- */

static void
on_enrolled (ScEnrollerState state, const char *words, gpointer user_data)
{
  Seat *self = user_data;

  if (state == SC_ENROLLER_APPROVED)
    end (self);
  else if (state != SC_ENROLLER_FAILED) /* else it asks again by itself: 80 at once are many */
    fail (self, g_error_new (SC_ERROR, SC_ERROR_DENIED, "it was not let in: %s", words));
}

static void
enrol (Seat *self)
{
  g_autoptr (ScEnrolRequest) facts = sc_enrol_request_new ();

  g_free (facts->name);
  facts->name = g_strdup_printf ("load-%u", self->number);
  g_free (facts->machine);
  facts->machine = g_strdup_printf (ENROLLED, self->number);
  self->enroller = sc_enroller_new (self->world->connection, self->identity, facts, on_enrolled, self);
  sc_enroller_start (self->enroller, 0);
}

/* ---- the sink: decodes, checks and counts ---- */

static gboolean
sink_wants (gpointer object, const ScChunkId *id)
{
  Seat *self = object;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  guint32 index = sc_chunk_index_find (self->index, id);

  return index != SC_CHUNK_INDEX_NONE && self->wanted[index] != 0;
}

static GArray *
sink_list_wanted (gpointer object, guint max)
{
  Seat *self = object;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (ScChunkId));

  for (guint32 i = 0; i < sc_chunk_index_size (self->index) && list->len < max; i++)
    if (self->wanted[i] != 0)
      g_array_append_vals (list, sc_chunk_index_get (self->index, i), 1);
  return list;
}

static gboolean
sink_put_frame (gpointer object, ScFrameCoder *coder, const ScChunkId *id, ScEncoding encoding,
                const ScChunkId *reference, const guint8 *frame, gsize length, GError **error)
{
  Seat *self = object;
  g_autofree guint8 *chunk = g_malloc (SC_CHUNK_SIZE);
  ScChunkId found;

  if (!sc_frame_decode (coder, encoding, frame, length, NULL, 0, chunk, SC_CHUNK_SIZE, error))
    return FALSE;
  sc_chunk_id_of (&found, chunk, SC_CHUNK_SIZE);
  if (!sc_chunk_id_equal (&found, id)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "A chunk has another hash");
    return FALSE;
  }
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  self->wanted[sc_chunk_index_find (self->index, id)] = 0;
  self->n_wanted--;
  self->bytes += SC_PACK_ENTRY_HEADER_SIZE + length;
  return TRUE;
}

static gboolean
sink_is_complete (gpointer object)
{
  Seat *self = object;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);

  return self->n_wanted == 0;
}

/* ---- fetch ---- */

static void
on_caught_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Seat *self = user_data;
  GError *error = NULL;

  if (sc_catch_up_finish (result, &error))
    end (self);
  else
    fail (self, error);
}

static void
catch_up (Seat *self)
{
  const Options *options = self->world->options;
  ScChunkSink sink = { self, sink_wants, sink_list_wanted, sink_put_frame, sink_is_complete };
  guint32 n = sc_chunk_index_size (self->index);
  guint phase = options->spread ? self->number : 0;

  self->wanted = g_malloc0 (MAX (n, 1));
  for (guint32 i = 0; i < n; i++)
    if ((i + phase) % (guint) options->every == 0 &&
        sc_chunk_index_find (self->world->had, sc_chunk_index_get (self->index, i)) == SC_CHUNK_INDEX_NONE) {
      self->wanted[i] = 1;
      self->n_wanted++;
    }
  sc_catch_up_async (self->fetch, &sink, 0, NULL, on_caught_up, self);
}

static void
take_template (ScChunkIndex *index, const ScTemplateManifest *manifest)
{
  for (guint f = 0; f < sc_template_manifest_get_n_files (manifest); f++) {
    const ScManifestFile *file = sc_template_manifest_get_file (manifest, f);

    /* of full size: what the sink decodes */
    for (gsize i = 0; i < file->size / SC_CHUNK_SIZE; i++)
      sc_chunk_index_add (index, &file->chunks[i], NULL);
  }
}

/* (transfer full) */
static char *
make_path (World *world, const ScChunkId *id)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  sc_chunk_id_to_hex (id, hex);
  return g_build_filename (world->directory, hex, NULL);
}

static GBytes *
load_manifest (World *world, const ScChunkId *id, GError **error)
{
  g_autofree char *path = make_path (world, id);
  char *text = NULL;
  gsize length = 0;

  return g_file_get_contents (path, &text, &length, error) ? g_bytes_new_take (text, length) : NULL;
}

static gboolean
load_has (World *world, GError **error)
{
  ScChunkId id;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ScVersionManifest) version = NULL;

  if (world->options->has == NULL)
    return TRUE;
  if (sc_chunk_id_from_hex (&id, world->options->has, error))
    bytes = load_manifest (world, &id, error);
  version = bytes != NULL ? sc_version_manifest_parse (bytes, error) : NULL;
  for (guint i = 0; version != NULL && i < sc_version_manifest_get_n_templates (version); i++) {
    g_autoptr (GBytes) of_template = load_manifest (world, &sc_version_manifest_get_template (version, i)->id, error);
    g_autoptr (ScTemplateManifest) template =
        of_template != NULL ? sc_template_manifest_parse (of_template, error) : NULL;

    if (template == NULL)
      return FALSE;
    take_template (world->had, template);
  }
  return version != NULL;
}

static void
keep_manifest (Seat *self, GBytes *bytes)
{
  g_autofree char *path = make_path (self->world, &g_array_index (self->manifests, ScChunkId, 0));

  if (self->number == 0)
    g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL);
}

static void
on_manifest (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Seat *self = user_data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes = sc_fetch_finish (self->fetch, result, &error);

  if (bytes != NULL)
    keep_manifest (self, bytes);
  if (bytes != NULL && self->n_versions > 0) {
    g_autoptr (ScVersionManifest) version = sc_version_manifest_parse (bytes, &error);

    self->n_versions--;
    for (guint i = 0; version != NULL && i < sc_version_manifest_get_n_templates (version); i++)
      g_array_append_vals (self->manifests, &sc_version_manifest_get_template (version, i)->id, 1);
  } else if (bytes != NULL) {
    g_autoptr (ScTemplateManifest) template = sc_template_manifest_parse (bytes, &error);

    if (template != NULL)
      take_template (self->index, template);
  }
  if (error != NULL) {
    fail (self, error);
    return;
  }
  g_array_remove_index (self->manifests, 0);
  next_manifest (self);
}

static gboolean
begin_version (Seat *self, const char *hex, GError **error)
{
  ScChunkId id;

  if (!sc_chunk_id_from_hex (&id, hex, error))
    return FALSE;
  g_array_append_val (self->manifests, id);
  self->n_versions = 1;
  return TRUE;
}

static void
next_manifest (Seat *self)
{
  if (self->manifests->len == 0) {
    catch_up (self);
    return;
  }
  ScChunkId *id = &g_array_index (self->manifests, ScChunkId, 0);
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  sc_chunk_id_to_hex (id, hex);
  g_autofree char *path = g_strconcat ("/v1/manifests/", hex, NULL);
  g_autofree char *cache_path = g_strconcat ("/v1/cache/manifests/", hex, NULL);
  ScFetchRequest request = { .path = path, .cache_path = cache_path, .max_bytes = SC_MANIFEST_MAX_BYTES, .hash = id };
  sc_fetch_async (self->fetch, &request, NULL, on_manifest, self);
}

static void
fetch (Seat *self)
{
  const Options *options = self->world->options;
  GError *error = NULL;

  self->manifests = g_array_new (FALSE, FALSE, sizeof (ScChunkId));
  self->index = sc_chunk_index_new ();
  self->fetch = sc_fetch_new (self->world->connection, self->identity);
  sc_fetch_set_cache (self->fetch, options->cache);
  if (begin_version (self, options->manifest, &error))
    next_manifest (self);
  else
    fail (self, error);
}

static void
print_result (World *world, gint64 begin)
{
  guint n_complete = 0;
  guint64 bytes = 0, all = 0;

  for (guint i = 0; i < world->seats->len; i++) {
    const Seat *seat = world->seats->pdata[i];

    n_complete += seat->error == NULL && seat->n_wanted == 0;
    bytes = MAX (bytes, seat->bytes);
    all += seat->bytes;
  }
  printf ("{\"complete\": %u, \"bytes\": %" G_GUINT64_FORMAT ", \"all_bytes\": %" G_GUINT64_FORMAT
          ", \"seconds\": %.2f}\n",
          n_complete, bytes, all, (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC);
}

static int
run (World *world, char **arguments, GError **error)
{
  gboolean is_enrolment = g_str_equal (arguments[0], "enrol");
  guint n_seats = (guint) g_ascii_strtoull (arguments[3], NULL, 10);
  gint64 begin = g_get_monotonic_time ();

  world->directory = arguments[1];
  world->connection = sc_connection_load (arguments[2], error);
  if (world->connection == NULL || !load_has (world, error))
    return 1;
  for (guint i = 0; i < n_seats; i++)
    if (seat_new (world, i, arguments[1], error) == NULL)
      return 1;
  world->running = n_seats;
  for (guint i = 0; i < n_seats; i++)
    if (is_enrolment)
      enrol (world->seats->pdata[i]);
    else
      fetch (world->seats->pdata[i]);
  g_main_loop_run (world->loop);
  print_result (world, begin);
  for (guint i = 0; i < n_seats; i++)
    if (((const Seat *) world->seats->pdata[i])->error != NULL)
      return 2;
  return 0;
}

int
main (int argc, char **argv)
{
  Options options = { .every = 1 };
  const GOptionEntry entries[] = {
    { "manifest", 0, 0, G_OPTION_ARG_STRING, &options.manifest, "of the version", "HASH" },
    { "has", 0, 0, G_OPTION_ARG_STRING, &options.has, "of the version that the seats have", "HASH" },
    { "cache", 0, 0, G_OPTION_ARG_STRING, &options.cache, "the seats' cache", "URL" },
    { "every", 0, 0, G_OPTION_ARG_INT, &options.every, "they lack each Nth chunk", "N" },
    { "spread", 0, 0, G_OPTION_ARG_NONE, &options.spread, "each seat lacks others", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("enrol|fetch DIRECTORY CONNECTION SEATS");
  g_autoptr (GError) error = NULL;
  World world = { .options = &options };
  int status = 1;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc != 5 || options.every < 1) {
    fprintf (stderr, "cache-seats: %s\n", error != NULL ? error->message : "see --help");
    return 1;
  }
  world.loop = g_main_loop_new (NULL, FALSE);
  world.seats = g_ptr_array_new_with_free_func (seat_free);
  world.had = sc_chunk_index_new ();
  status = run (&world, argv + 1, &error);
  if (error != NULL)
    fprintf (stderr, "cache-seats: %s\n", error->message);
  g_ptr_array_unref (world.seats);
  sc_chunk_index_free (world.had);
  g_clear_pointer (&world.connection, sc_connection_free);
  g_main_loop_unref (world.loop);
  g_free (options.manifest);
  g_free (options.has);
  g_free (options.cache);
  return status;
}
