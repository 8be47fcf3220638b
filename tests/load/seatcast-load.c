/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* seatcast-load: a room of seats in one process, for measuring the engine (tests/bench/scale). They speak the real
 * protocol over real connections, each with a certificate of its own; only their disks are none. Each second, and for
 * each line on stdin, a line of JSON says what they have done. */
#include "common/sc-json.h"
#include "tests/load/load-seat.h"

#include <stdio.h>
#include <sys/resource.h>

#define TICKS 25u      /* in which the seats of a quarter of a second take their turns */
#define TICK 10u       /* ms */
#define ENROLLING 6u   /* at once */
#define MAX_FILES 8192 /* a connection or two a seat */

typedef struct {
  LoadWorld world;
  GPtrArray *seats; /* LoadSeat */
  GMainLoop *loop;
  guint next, enrolling; /* of those that enrol */
  guint tick;
  int status;
} Program;

static void
print_counts (Program *self)
{
  const LoadCounts *counts = &self->world.counts;
  g_autoptr (ScJson) line =
      json_pack ("{s:f, s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:i, s:i}", "time",
                 (double) g_get_monotonic_time () / G_USEC_PER_SEC, "enrolled", (int) counts->enrolled, "online",
                 (int) counts->online, "connects", (json_int_t) counts->connects, "losses", (json_int_t) counts->losses,
                 "refusals", (json_int_t) counts->refusals, "fetches", (json_int_t) counts->fetches, "sent",
                 (json_int_t) counts->sent, "received", (json_int_t) counts->received, "progress",
                 (json_int_t) counts->progress, "reports", (json_int_t) counts->reports, "prepared",
                 (int) counts->prepared, "joined", (int) counts->joined, "done", (int) counts->done);
  g_autofree char *text = sc_json_to_text (line);

  puts (text);
  fflush (stdout);
}

static gboolean
on_second (gpointer user_data)
{
  print_counts (user_data);
  return G_SOURCE_CONTINUE;
}

/* Each seat has a tick of its own, 4 times a second, as machines that were switched on at different moments. */
static gboolean
on_tick (gpointer user_data)
{
  Program *self = user_data;

  for (guint i = self->tick; i < self->seats->len; i += TICKS)
    load_seat_tick (self->seats->pdata[i]);
  self->tick = (self->tick + 1) % TICKS;
  return G_SOURCE_CONTINUE;
}

/* Its stdin closed: who started it wants no more, or is gone. */
static gboolean
on_input (GIOChannel *channel, GIOCondition condition, gpointer user_data)
{
  Program *self = user_data;
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) == G_IO_STATUS_NORMAL) {
    print_counts (self);
    return G_SOURCE_CONTINUE;
  }
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
tell_stream (gpointer seat, guint64 session, const ScCastReport *report)
{
  load_seat_stream (seat, session, report);
}

static void
enrol_more (Program *self)
{
  while (self->enrolling < ENROLLING && self->next < self->seats->len) {
    LoadSeat *seat = self->seats->pdata[self->next++];

    if (load_seat_is_enrolled (seat)) {
      self->world.counts.enrolled++;
      load_seat_connect (seat);
    } else {
      self->enrolling++;
      load_seat_enrol (seat);
    }
  }
}

static void
on_enrolled (gpointer data, LoadSeat *seat, gboolean ok)
{
  Program *self = data;

  self->enrolling--;
  if (ok) {
    self->world.counts.enrolled++;
    load_seat_connect (seat);
    enrol_more (self);
  } else {
    self->status = 1;
    g_main_loop_quit (self->loop);
  }
}

static gboolean
make_seats (Program *self, guint first, guint n, const char *directory, const char *path, GError **error)
{
  g_autoptr (ScConnection) connection = sc_connection_load (path, error);

  for (guint i = 0; i < n; i++) {
    LoadSeat *seat = connection != NULL ? load_seat_new (&self->world, first + i, directory, connection, error) : NULL;

    if (seat == NULL)
      return FALSE;
    g_ptr_array_add (self->seats, seat);
  }
  return TRUE;
}

static void
allow_many_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = MIN (limit.rlim_max, MAX_FILES);
    setrlimit (RLIMIT_NOFILE, &limit);
  }
}

/* Or else each connection would read all authorities of the system, which takes 60 ms: what a seat does now and then a
 * thousand of them on one machine cannot. They check the console by their own anchors, as ever. */
static gboolean
use_few_authorities (const char *path, GError **error)
{
  g_autoptr (GTlsDatabase) database = g_tls_file_database_new (path, error);

  if (database == NULL)
    return FALSE;
  g_tls_backend_set_default_database (g_tls_backend_get_default (), database);
  return TRUE;
}

static void
run (Program *self)
{
  GIOChannel *input = g_io_channel_unix_new (0);

  self->loop = g_main_loop_new (NULL, FALSE);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_input, self);
  g_timeout_add_seconds (1, on_second, self);
  g_timeout_add (TICK, on_tick, self);
  enrol_more (self);
  g_main_loop_run (self->loop);
  g_io_channel_unref (input);
  g_main_loop_unref (self->loop);
}

int
main (int argc, char **argv)
{
  Program self = { .world = { .enrolled = on_enrolled, .data = &self } };
  int n_seats = 40, first = 1;
  g_autofree char *directory = NULL;
  g_autofree char *interface_address = NULL;
  g_autofree char *connection = NULL;
  g_autofree char *authority = NULL;
  const GOptionEntry entries[] = {
    { "seats", 'n', 0, G_OPTION_ARG_INT, &n_seats, "how many seats (40): GLib shakes hands on ten threads of a process",
      "N" },
    { "first", 'f', 0, G_OPTION_ARG_INT, &first, "the number of the first of them (1)", "N" },
    { "directory", 'd', 0, G_OPTION_ARG_FILENAME, &directory, "where they keep who they are", "DIR" },
    { "connection", 'c', 0, G_OPTION_ARG_FILENAME, &connection, "their room's connection file, with a token", "FILE" },
    { "authority", 'a', 0, G_OPTION_ARG_FILENAME, &authority, "any certificate of an authority", "FILE" },
    { "interface", 'i', 0, G_OPTION_ARG_STRING, &interface_address, "receive on it (127.0.0.1)", "ADDRESS" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || directory == NULL || connection == NULL ||
      authority == NULL || n_seats < 1 || n_seats > G_MAXUINT16 || first < 1 || first > G_MAXUINT16) {
    g_printerr ("seatcast-load: %s\n",
                error != NULL ? error->message : "--directory, --connection, --authority: see --help");
    return 2;
  }
  allow_many_files ();
  self.world.interface_address = interface_address != NULL ? interface_address : "127.0.0.1";
  self.world.streams = load_streams_new (tell_stream);
  self.seats = g_ptr_array_new_with_free_func ((GDestroyNotify) load_seat_free);
  if (use_few_authorities (authority, &error) &&
      make_seats (&self, (guint) first, (guint) n_seats, directory, connection, &error)) {
    run (&self);
  } else {
    g_printerr ("seatcast-load: %s\n", error->message);
    self.status = 1;
  }
  g_ptr_array_unref (self.seats);
  load_streams_free (self.world.streams);
  return self.status;
}
