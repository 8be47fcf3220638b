/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/apply/sc-apply.h"
#include "tests/bench/apply/bench-version.h"
#include "tests/bench/apply/counting-disk.h"
#include "tests/bench/apply/measure.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>

/*
 * apply-tool [--device-statistics FILE] [--forward] apply VOLUME OLD NEW
 *     brings a seat in VOLUME from the file OLD ("-": nothing) to NEW, and back again; measures both.
 * apply-tool [--device-statistics FILE] command VOLUME COMMAND…
 *     measures a command.
 * Prints a JSON object for each.
 */
#define BALLAST "ballast"
#define ALLOWANCE (64 * 1024 * 1024) /* bytes that an update forward only may take beyond what the disk grows by */
#define SLACK (4 * 1024 * 1024)      /* bytes of it that the planner may not count on */

typedef struct {
  char *repository;
  char *file; /* where the disk lies */
  ScDisk *disk;
  ScSeatState *state;
  BenchDiskCounts counts;
  ScApplySettings settings;
} Seat;

static Seat *
seat_new (const char *volume, GError **error)
{
  Seat *self = g_new0 (Seat, 1);
  g_autofree char *state = g_build_filename (volume, "state", NULL);
  ScDisk *system;

  /* the volume is ours alone, and as small as a test's */
  self->settings.undo_budget = G_MAXINT64;
  self->repository = g_build_filename (volume, "repository", NULL);
  self->file = g_build_filename (self->repository, BENCH_TEMPLATE, BENCH_FILE, NULL);
  g_mkdir (self->repository, 0755);
  system = sc_disk_system (self->repository, error);
  if (system != NULL) {
    self->disk = bench_counting_disk_new (system, &self->counts);
    self->state = sc_seat_state_open (state, error);
  }
  return self;
}

static void
seat_free (Seat *self)
{
  g_clear_pointer (&self->state, sc_seat_state_close);
  g_clear_pointer (&self->disk, sc_disk_free);
  g_free (self->repository);
  g_free (self->file);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Seat, seat_free)

static ScApply *
plan (Seat *seat, const BenchVersion *version, GError **error)
{
  ScTemplateManifest *manifest = version->templates->pdata[0];

  if (!sc_seat_state_save_manifest (seat->state, sc_template_manifest_get_id (manifest),
                                    sc_template_manifest_get_bytes (manifest), error))
    return NULL;
  return sc_apply_new (seat->disk, seat->state, &seat->settings, version->manifest, version->templates, NULL, NULL,
                       error);
}

static gboolean
receive (ScApply *apply, GArray *frames, GError **error)
{
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();

  for (guint i = 0; i < frames->len; i++) {
    const BenchFrame *frame = &g_array_index (frames, BenchFrame, i);
    gsize length;
    const guint8 *bytes = g_bytes_get_data (frame->bytes, &length);

    if (!sc_apply_put_frame (apply, coder, frame->id, frame->encoding, NULL, bytes, length, error))
      return FALSE;
  }
  return TRUE;
}

/* Adds how long it took since @begin, and moves that on. @phases: (nullable) */
static void
add_seconds (ScJson *phases, const char *name, gint64 *begin)
{
  gint64 now = g_get_monotonic_time ();

  if (phases != NULL)
    json_object_set_new (phases, name, json_real ((double) (now - *begin) / G_USEC_PER_SEC));
  *begin = now;
}

static gboolean
update (Seat *seat, const BenchVersion *version, GArray *frames, ScJson *phases, GError **error)
{
  gint64 begin = g_get_monotonic_time ();
  g_autoptr (ScApply) apply = plan (seat, version, error);

  if (apply == NULL)
    return FALSE;
  if (phases != NULL) {
    json_object_set_new (phases, "needs", json_object ());
    sc_needs_to_json (sc_apply_get_needs (apply), json_object_get (phases, "needs"));
  }
  add_seconds (phases, "plan_seconds", &begin);
  if (!sc_apply_begin (apply, NULL, NULL, error))
    return FALSE;
  add_seconds (phases, "begin_seconds", &begin);
  if (!receive (apply, frames, error))
    return FALSE;
  add_seconds (phases, "receive_seconds", &begin);
  if (!sc_apply_finish (apply, NULL, error))
    return FALSE;
  add_seconds (phases, "finish_seconds", &begin);
  return TRUE;
}

static gboolean
is_whole (Seat *seat, const BenchVersion *version, GError **error)
{
  g_autoptr (GMappedFile) mapped = g_mapped_file_new (seat->file, FALSE, error);
  gsize size;

  if (mapped == NULL)
    return FALSE;
  size = g_mapped_file_get_length (mapped);
  if (size == version->size &&
      memcmp (g_mapped_file_get_contents (mapped), g_bytes_get_data (version->data, NULL), size) == 0)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "“%s” is not what was applied", seat->file);
  return FALSE;
}

/* Takes so much of the volume that only @left bytes are free. */
static gboolean
fill_volume (Seat *seat, guint64 left, GError **error)
{
  g_autoptr (ScDiskFile) ballast = NULL;
  ScDiskSpace space;

  return sc_disk_space (seat->disk, &space, error) &&
         (ballast = sc_disk_open (seat->disk, BALLAST, SC_DISK_CREATE, error)) != NULL &&
         sc_disk_file_truncate (ballast, space.free - left, error) &&
         sc_disk_file_allocate (ballast, 0, space.free - left, error) && sc_disk_file_sync (ballast, error);
}

static gboolean
empty_volume (Seat *seat, GError **error)
{
  g_autofree char *path = g_build_filename (seat->repository, BALLAST, NULL);

  return !g_file_test (path, G_FILE_TEST_EXISTS) || sc_disk_remove (seat->disk, BALLAST, error);
}

/* Lets no more be free than the way forward may take, and keeps the planner from any other. */
static gboolean
leave_no_room (Seat *seat, const BenchVersion *version, GError **error)
{
  g_autoptr (ScApply) apply = NULL;
  guint64 needed;
  ScDiskSpace space;

  if (!sc_disk_space (seat->disk, &space, error))
    return FALSE;
  seat->settings.reserve = (gint64) space.free;
  apply = plan (seat, version, error);
  if (apply == NULL)
    return FALSE;
  needed = sc_apply_get_needs (apply)->missing_bytes;
  seat->settings.reserve = ALLOWANCE - SLACK;
  return fill_volume (seat, needed + ALLOWANCE, error);
}

/* Plans without doing it, for what is lacking. */
static GArray *
make_frames (Seat *seat, const BenchVersion *version, gboolean forward, GError **error)
{
  g_autoptr (ScApply) apply = NULL;
  g_autoptr (GBytes) lacks = NULL;

  seat->settings.reserve = 0;
  if (!empty_volume (seat, error) || (forward && !leave_no_room (seat, version, error)))
    return NULL;
  apply = plan (seat, version, error);
  if (apply == NULL)
    return NULL;
  lacks = sc_apply_get_lacks (apply);
  return bench_version_encode (version, lacks);
}

static void
set_uint (ScJson *object, const char *key, guint64 value)
{
  json_object_set_new (object, key, json_integer ((json_int_t) value));
}

static void
set_seconds (ScJson *object, const char *key, gint64 microseconds)
{
  json_object_set_new (object, key, json_real ((double) microseconds / G_USEC_PER_SEC));
}

static guint64
frame_bytes (GArray *frames)
{
  guint64 sum = 0;

  for (guint i = 0; i < frames->len; i++)
    sum += g_bytes_get_size (g_array_index (frames, BenchFrame, i).bytes);
  return sum;
}

/* @old: (nullable) */
static gboolean
measure_update (Seat *seat, const char *volume, const char *statistics, const BenchVersion *old,
                const BenchVersion *version, gboolean forward, GError **error)
{
  g_autoptr (GArray) frames = make_frames (seat, version, forward, error);
  g_autoptr (BenchMeasure) measure = NULL;
  g_autoptr (ScJson) phases = json_object ();
  g_autoptr (ScJson) result = NULL;
  g_autofree char *text = NULL;
  guint64 before = bench_allocated_bytes (seat->file);
  BenchChange change;

  if (frames == NULL)
    return FALSE;
  measure = bench_measure_begin (volume, statistics, error);
  if (measure == NULL)
    return FALSE;
  seat->counts = (BenchDiskCounts){ 0 };
  if (!update (seat, version, frames, phases, error))
    return FALSE;
  result = bench_measure_end (measure, error);
  if (result == NULL || !is_whole (seat, version, error))
    return FALSE;
  json_object_update (result, phases);
  bench_version_compare (old, version, &change);
  set_uint (result, "changed_bytes", change.changed);
  set_uint (result, "old_compressed_bytes", change.old_compressed);
  set_uint (result, "grown_bytes", MAX (bench_allocated_bytes (seat->file), before) - before);
  set_uint (result, "frame_bytes", frame_bytes (frames));
  set_uint (result, "read_bytes", seat->counts.read_bytes);
  set_uint (result, "written_bytes", seat->counts.written_bytes);
  set_uint (result, "punched_bytes", seat->counts.punched_bytes);
  set_uint (result, "n_syncs", seat->counts.n_syncs);
  set_seconds (result, "read_seconds", seat->counts.read_time);
  set_seconds (result, "write_seconds", seat->counts.write_time);
  set_seconds (result, "sync_seconds", seat->counts.sync_time);
  text = sc_json_to_text (result);
  puts (text);
  fflush (stdout);
  return TRUE;
}

static gboolean
run_apply (const char *volume, const char *statistics, const char *old_path, const char *new_path, gboolean forward,
           GError **error)
{
  g_autoptr (BenchVersion) old = NULL;
  g_autoptr (BenchVersion) version = bench_version_new (2, new_path, error);
  g_autoptr (Seat) seat = seat_new (volume, error);

  if (version == NULL || seat->state == NULL)
    return FALSE;
  if (strcmp (old_path, "-") != 0) {
    g_autoptr (GArray) frames = NULL;

    old = bench_version_new (1, old_path, error);
    frames = old != NULL ? make_frames (seat, old, FALSE, error) : NULL;
    if (frames == NULL || !update (seat, old, frames, NULL, error))
      return FALSE;
  }
  return measure_update (seat, volume, statistics, old, version, forward, error) &&
         (old == NULL || measure_update (seat, volume, statistics, version, old, forward, error));
}

static gboolean
run_command (const char *volume, const char *statistics, char **command, GError **error)
{
  g_autoptr (BenchMeasure) measure = bench_measure_begin (volume, statistics, error);
  g_autoptr (ScJson) result = NULL;
  g_autofree char *text = NULL;
  int status;

  if (measure == NULL ||
      !g_spawn_sync (NULL, command, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL,
                     &status, error) ||
      !g_spawn_check_wait_status (status, error))
    return FALSE;
  result = bench_measure_end (measure, error);
  if (result == NULL)
    return FALSE;
  text = sc_json_to_text (result);
  puts (text);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *statistics = NULL;
  gboolean forward = FALSE;
  const GOptionEntry entries[] = {
    { "device-statistics", 0, 0, G_OPTION_ARG_FILENAME, &statistics, "/sys/block/NAME/stat", "FILE" },
    { "forward", 0, 0, G_OPTION_ARG_NONE, &forward, "Leave room for the way forward only", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("apply VOLUME OLD NEW | command VOLUME COMMAND…");
  gboolean done = FALSE;

  g_option_context_set_strict_posix (context, TRUE);
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("apply-tool: %s\n", error->message);
    return 2;
  }
  if (argc == 5 && strcmp (argv[1], "apply") == 0)
    done = run_apply (argv[2], statistics, argv[3], argv[4], forward, &error);
  else if (argc >= 4 && strcmp (argv[1], "command") == 0)
    done = run_command (argv[2], statistics, argv + 3, &error);
  else {
    g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

    g_printerr ("%s", help);
    return 2;
  }
  if (!done)
    g_printerr ("apply-tool: %s\n", error->message);
  return done ? 0 : 1;
}
