/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/bench/apply/measure.h"

#include "common/sc-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOOK_INTERVAL (2 * G_TIME_SPAN_MILLISECOND)
#define BLOCK 512u /* bytes: st_blocks and a device's sectors */

typedef struct {
  gint64 used;   /* bytes of the volume */
  gint64 blocks; /* bytes of the files */
} Space;

struct _BenchMeasure {
  char *directory;
  char *device_statistics;
  Space before;
  gint64 begin;
  guint64 device_written;
  guint64 kernel_written;
  GThread *thread;
  int end;    /* atomic */
  Space peak; /* the thread's until it is joined */
};

typedef void (*Visit) (const char *path, gpointer data);

static void
walk (const char *path, Visit visit, gpointer data)
{
  g_autoptr (GDir) directory = NULL;
  const char *name;

  /* what is renamed or removed meanwhile is left out */
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    directory = g_dir_open (path, 0, NULL);
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    walk (child, visit, data);
  }
  if (directory == NULL)
    visit (path, data);
}

guint64
bench_allocated_bytes (const char *path)
{
  struct stat status;

  return stat (path, &status) == 0 ? (guint64) status.st_blocks * BLOCK : 0;
}

static void
add_blocks (const char *path, gpointer data)
{
  *(gint64 *) data += (gint64) bench_allocated_bytes (path);
}

static void
drop_cache (const char *path, gpointer data)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  posix_fadvise (fd, 0, 0, POSIX_FADV_DONTNEED);
  close (fd);
}

static Space
look (const BenchMeasure *self)
{
  struct statvfs volume;
  Space space = { 0 };

  if (statvfs (self->directory, &volume) == 0)
    space.used = (gint64) ((volume.f_blocks - volume.f_bfree) * volume.f_frsize);
  walk (self->directory, add_blocks, &space.blocks);
  return space;
}

static void
look_for_peak (BenchMeasure *self)
{
  Space now = look (self);

  self->peak.used = MAX (self->peak.used, now.used);
  self->peak.blocks = MAX (self->peak.blocks, now.blocks);
}

static gpointer
sample (gpointer data)
{
  BenchMeasure *self = data;

  while (!g_atomic_int_get (&self->end)) {
    look_for_peak (self);
    g_usleep (LOOK_INTERVAL);
  }
  return NULL;
}

static gboolean
sync_volume (const char *directory, GError **error)
{
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int result = fd < 0 ? -1 : syncfs (fd);
  int saved = errno;

  if (fd >= 0)
    close (fd);
  return result == 0 || sc_error_set_errno (error, saved, SC_ERROR_SYSTEM, "Cannot sync the volume of “%s”", directory);
}

/* Of this process and of its children that were waited for. */
static guint64
read_kernel_written (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/io", &text, NULL, NULL) || (line = strstr (text, "\nwrite_bytes: ")) == NULL)
    return 0;
  return g_ascii_strtoull (line + strlen ("\nwrite_bytes: "), NULL, 10);
}

/* The seventh number is sectors written (the kernel's Documentation/block/stat.rst). */
static guint64
read_device_written (const char *path)
{
  g_autofree char *text = NULL;
  const char *rest;
  guint64 number = 0;

  if (path == NULL || !g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  rest = text;
  for (guint i = 0; i < 7; i++) {
    char *end;

    number = g_ascii_strtoull (rest, &end, 10);
    rest = end;
  }
  return number * BLOCK;
}

BenchMeasure *
bench_measure_begin (const char *directory, const char *device_statistics, GError **error)
{
  BenchMeasure *self;

  if (!sync_volume (directory, error))
    return NULL;
  walk (directory, drop_cache, NULL);
  self = g_new0 (BenchMeasure, 1);
  self->directory = g_strdup (directory);
  self->device_statistics = g_strdup (device_statistics);
  self->before = look (self);
  self->device_written = read_device_written (device_statistics);
  self->kernel_written = read_kernel_written ();
  self->thread = g_thread_new ("sampler", sample, self);
  self->begin = g_get_monotonic_time ();
  return self;
}

static void
set_int (ScJson *object, const char *key, gint64 value)
{
  json_object_set_new (object, key, json_integer ((json_int_t) value));
}

ScJson *
bench_measure_end (BenchMeasure *self, GError **error)
{
  ScJson *object;
  double seconds;

  if (!sync_volume (self->directory, error))
    return NULL;
  seconds = (double) (g_get_monotonic_time () - self->begin) / G_USEC_PER_SEC;
  g_atomic_int_set (&self->end, TRUE);
  g_thread_join (g_steal_pointer (&self->thread));
  look_for_peak (self);
  object = json_object ();
  json_object_set_new (object, "seconds", json_real (seconds));
  set_int (object, "peak_volume_bytes", self->peak.used - self->before.used);
  set_int (object, "peak_blocks_bytes", self->peak.blocks - self->before.blocks);
  set_int (object, "kernel_written_bytes", (gint64) (read_kernel_written () - self->kernel_written));
  if (self->device_statistics != NULL)
    set_int (object, "device_written_bytes",
             (gint64) (read_device_written (self->device_statistics) - self->device_written));
  return object;
}

void
bench_measure_free (BenchMeasure *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->end, TRUE);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_free (self->directory);
  g_free (self->device_statistics);
  g_free (self);
}
