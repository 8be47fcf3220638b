/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-metrics.h"

#include "common/cast/sc-cast-figures.h"
#include "console/engine/api/sc-api-json.h"
#include "console/engine/catalog/sc-catalog-enrolment.h"
#include "console/engine/catalog/sc-catalog-figures.h"
#include "console/engine/catalog/sc-demotion.h"
#include "console/engine/sc-metrics-text.h"

/* What the thread has read. */
typedef struct {
  GPtrArray *seats; /* ScCatalogSeat */
  ScCatalogFigures sessions[SC_CATALOG_N_FIGURES];
  guint64 waiting;
  guint64 versions;
  guint64 store_bytes, free_bytes;
  gint64 taken, store_taken; /* µs, monotonic */
} Snapshot;

struct _ScMetrics {
  GObject parent_instance;
  const ScApiParts *parts; /* (nullable): NULL: stopped */
  char *directory;
  ScStore *store;
  ScCatalog *reader; /* (nullable): the thread's own, while there is one */
  Snapshot *snapshot;
  GPtrArray *waiting; /* GTask: that want the next one */
  gboolean reading;
  double started; /* s since 1970 */
};

G_DEFINE_FINAL_TYPE (ScMetrics, sc_metrics, G_TYPE_OBJECT)

static void
snapshot_free (gpointer data)
{
  Snapshot *self = data;

  if (self == NULL)
    return;
  g_clear_pointer (&self->seats, g_ptr_array_unref);
  g_free (self);
}

static void
sc_metrics_finalize (GObject *object)
{
  ScMetrics *self = SC_METRICS (object);

  sc_catalog_close (self->reader);
  snapshot_free (self->snapshot);
  g_ptr_array_unref (self->waiting);
  g_free (self->directory);
  G_OBJECT_CLASS (sc_metrics_parent_class)->finalize (object);
}

static void
sc_metrics_class_init (ScMetricsClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_metrics_finalize;
}

static void
sc_metrics_init (ScMetrics *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->started = (double) g_get_real_time () / G_USEC_PER_SEC;
}

ScMetrics *
sc_metrics_new (const ScApiParts *parts)
{
  ScMetrics *self = g_object_new (SC_TYPE_METRICS, NULL);

  self->parts = parts;
  self->store = parts->store;
  self->directory = g_strdup (parts->directory);
  return self;
}

/* ---- reading, on the thread ---- */

static gboolean
read_store (ScMetrics *self, const Snapshot *before, Snapshot *snapshot, GError **error)
{
  g_autoptr (GPtrArray) versions = sc_store_list_versions (self->store, error);

  if (versions == NULL)
    return FALSE;
  snapshot->versions = versions->len;
  if (before != NULL && snapshot->taken - before->store_taken < SC_METRICS_STORE_INTERVAL) {
    snapshot->store_bytes = before->store_bytes;
    snapshot->free_bytes = before->free_bytes;
    snapshot->store_taken = before->store_taken;
    return TRUE;
  }
  snapshot->store_taken = snapshot->taken;
  return sc_store_get_size (self->store, &snapshot->store_bytes, &snapshot->free_bytes, error);
}

static gboolean
read_catalog (ScMetrics *self, Snapshot *snapshot, GError **error)
{
  if (self->reader == NULL)
    self->reader = sc_catalog_open (self->directory, error);
  if (self->reader == NULL || !sc_catalog_get_figures (self->reader, snapshot->sessions, error) ||
      !sc_catalog_count_waiting (self->reader, NULL, &snapshot->waiting, error))
    return FALSE;
  snapshot->seats = sc_catalog_list_seats (self->reader, NULL, error);
  return snapshot->seats != NULL;
}

static void
read_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ScMetrics *self = source;
  Snapshot *snapshot = g_new0 (Snapshot, 1);
  GError *error = NULL;

  snapshot->taken = g_get_monotonic_time ();
  /* the snapshot before stays until this one is there */
  if (read_catalog (self, snapshot, &error) && read_store (self, self->snapshot, snapshot, &error)) {
    g_task_return_pointer (task, snapshot, snapshot_free);
  } else {
    snapshot_free (snapshot);
    g_task_return_error (task, error);
  }
}

/* ---- writing ---- */

#define SEPARATOR "\x1f" /* in no state */

/* @tally: state and room → how many seats */
static void
count (GHashTable *tally, const char *room, const char *state)
{
  g_autofree char *key = g_strconcat (state, SEPARATOR, room, NULL);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (tally, key));

  g_hash_table_replace (tally, g_steal_pointer (&key), GUINT_TO_POINTER (n + 1));
}

static void
write_tally (ScMetricsText *text, const char *name, const char *help, GHashTable *tally)
{
  g_autoptr (GList) keys = g_list_sort (g_hash_table_get_keys (tally), (GCompareFunc) g_strcmp0);

  sc_metrics_text_begin (text, name, "gauge", help);
  for (GList *link = keys; link != NULL; link = link->next) {
    g_auto (GStrv) parts = g_strsplit (link->data, SEPARATOR, 2);
    const char *const labels[] = { "room", parts[1], "state", parts[0], NULL };

    sc_metrics_text_add (text, GPOINTER_TO_UINT (g_hash_table_lookup (tally, link->data)), labels);
  }
}

static GHashTable *
tally_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
write_seats (ScMetrics *self, ScMetricsText *text)
{
  g_autoptr (GHashTable) presences = tally_new ();
  g_autoptr (GHashTable) versions = tally_new ();
  g_autoptr (GHashTable) transfers = tally_new ();

  for (guint i = 0; i < self->snapshot->seats->len; i++) {
    const ScCatalogSeat *seat = g_ptr_array_index (self->snapshot->seats, i);
    const char *id = seat->inventory->seat;
    const ScSeatTransfer *transfer = sc_seat_hub_get_transfer (self->parts->hub, id);

    count (presences, seat->room, sc_seat_hub_is_online (self->parts->hub, id) ? "online" : "offline");
    count (versions, seat->room, sc_api_version_state (self->parts, seat));
    if (transfer != NULL)
      count (transfers, seat->room, sc_transfer_state_to_nick (transfer->state));
  }
  write_tally (text, "seatcast_seats", "Seats by presence: online, offline.", presences);
  write_tally (text, "seatcast_seats_version",
               "Seats by what they have: current (all that they are assigned), behind, drifted, unknown.", versions);
  write_tally (text, "seatcast_seats_transfer", "Seats that are online, by what they do: idle, receiving, applying, …",
               transfers);
  sc_metrics_text_single (text, "seatcast_seats_waiting", "gauge", "Machines that wait for approval.",
                          (double) self->snapshot->waiting);
}

static void
write_states (ScMetrics *self, ScMetricsText *text, gboolean over)
{
  for (guint state = 0; state < SC_CATALOG_N_FIGURES; state++) {
    const char *const labels[] = { "state", sc_session_state_to_nick (state), NULL };

    if (state != SC_SESSION_PLANNED && sc_session_state_is_over (state) == over)
      sc_metrics_text_add (text, (double) self->snapshot->sessions[state].sessions, labels);
  }
}

static ScCatalogFigures
add_up (const ScCatalogFigures *figures)
{
  ScCatalogFigures sum = { 0 };

  for (guint i = 0; i < SC_CATALOG_N_FIGURES; i++) {
    sum.wire_bytes += figures[i].wire_bytes;
    sum.content_bytes += figures[i].content_bytes;
    sum.catch_up_bytes += figures[i].catch_up_bytes;
    sum.source_packets += figures[i].source_packets;
    sum.parity_packets += figures[i].parity_packets;
  }
  return sum;
}

/* What seats of the sessions that run cost them. */
typedef struct {
  double worst_loss; /* 0 … 1 */
  guint64 dropped, backlog;
  guint n_demoted[SC_CAST_SEAT_REMOVED + 1]; /* by ScCastSeatState */
  guint n_limited[SC_CAST_N_LIMITS]; /* sessions, by ScCastRateLimit */
} Costs;

static void
add_demotions (Costs *self, GPtrArray *demotions)
{
  for (guint i = 0; demotions != NULL && i < demotions->len; i++)
    for (guint state = 0; state < G_N_ELEMENTS (self->n_demoted); state++)
      self->n_demoted[state] += g_str_equal (((const ScDemotion *) g_ptr_array_index (demotions, i))->reason,
                                             sc_cast_seat_state_to_nick ((ScCastSeatState) state));
}

static void
add_costs (Costs *self, const ScSessionView *view)
{
  for (guint i = 0; i < view->seats->len; i++) {
    const ScCatalogSessionSeat *seat = g_ptr_array_index (view->seats, i);
    guint64 all = seat->received + seat->lost;

    self->worst_loss = MAX (self->worst_loss, all > 0 ? (double) seat->lost / (double) all : 0);
    self->dropped += seat->dropped;
    self->backlog += seat->backlog;
    add_demotions (self, seat->demotions);
  }
  for (guint limit = 0; limit < G_N_ELEMENTS (self->n_limited); limit++)
    self->n_limited[limit] += g_strcmp0 (view->limit, sc_cast_rate_limit_to_nick ((ScCastRateLimit) limit)) == 0;
}

static void
write_costs (const Costs *self, ScMetricsText *text)
{
  sc_metrics_text_single (text, "seatcast_multicast_worst_loss_ratio", "gauge",
                          "Share of packets that never came to the worst seat of the sessions that run.",
                          self->worst_loss);
  sc_metrics_text_single (text, "seatcast_multicast_dropped_packets", "gauge",
                          "What the sockets of the seats of sessions that run have dropped.", (double) self->dropped);
  sc_metrics_text_single (text, "seatcast_multicast_backlog_bytes", "gauge",
                          "What seats of the sessions that run have received and not yet written.",
                          (double) self->backlog);
  sc_metrics_text_begin (text, "seatcast_multicast_demotions", "gauge",
                         "How often seats of the sessions that run were taken off the stream, by why.");
  for (guint state = SC_CAST_SEAT_UNHEARD; state < G_N_ELEMENTS (self->n_demoted); state++) {
    const char *const labels[] = { "reason", sc_cast_seat_state_to_nick ((ScCastSeatState) state), NULL };

    sc_metrics_text_add (text, self->n_demoted[state], labels);
  }
  sc_metrics_text_begin (text, "seatcast_multicast_limited_sessions", "gauge",
                         "Sessions that send, by what keeps them from being faster.");
  for (guint limit = 0; limit < G_N_ELEMENTS (self->n_limited); limit++) {
    const char *const labels[] = { "limit", sc_cast_rate_limit_to_nick ((ScCastRateLimit) limit), NULL };

    sc_metrics_text_add (text, self->n_limited[limit], labels);
  }
}

/* Of the sessions that run, as they are now. */
static void
write_rates (ScMetrics *self, ScMetricsText *text)
{
  g_autoptr (GArray) running = sc_sessions_list_running (self->parts->sessions);
  Costs costs = { 0 };
  guint64 rate = 0, source = 0, parity = 0;

  for (guint i = 0; i < running->len; i++) {
    g_autoptr (ScSessionView) view =
        sc_sessions_view (self->parts->sessions, g_array_index (running, guint64, i), NULL);

    if (view == NULL) /* it is over since */
      continue;
    rate += view->rate;
    source += view->session->source_packets;
    parity += view->session->parity_packets;
    add_costs (&costs, view);
  }
  sc_metrics_text_single (text, "seatcast_multicast_bytes_per_second", "gauge",
                          "What all sessions send by multicast now, on the wire.", (double) rate / 8);
  sc_metrics_text_single (text, "seatcast_multicast_repair_ratio", "gauge",
                          "Share of repair packets in what the sessions that run have sent.",
                          source + parity > 0 ? (double) parity / (double) (source + parity) : 0);
  write_costs (&costs, text);
}

static void
write_sessions (ScMetrics *self, ScMetricsText *text)
{
  static const char *const source[] = { "kind", "source", NULL };
  static const char *const repair[] = { "kind", "repair", NULL };
  const ScCatalogFigures sum = add_up (self->snapshot->sessions);

  sc_metrics_text_begin (text, "seatcast_sessions", "gauge", "Sessions that are not over, by state.");
  write_states (self, text, FALSE);
  sc_metrics_text_begin (text, "seatcast_sessions_ended_total", "counter",
                         "Sessions that are over, by how they ended.");
  write_states (self, text, TRUE);
  sc_metrics_text_single (text, "seatcast_multicast_wire_bytes_total", "counter",
                          "Sent by multicast, all headers from Ethernet on.", (double) sum.wire_bytes);
  sc_metrics_text_single (text, "seatcast_content_bytes_total", "counter",
                          "Content that sessions were to send, each byte counted once a session.",
                          (double) sum.content_bytes);
  sc_metrics_text_single (text, "seatcast_catch_up_bytes_total", "counter", "Fetched by seats of sessions over HTTPS.",
                          (double) sum.catch_up_bytes);
  sc_metrics_text_begin (text, "seatcast_multicast_packets_total", "counter",
                         "Packets of content sent by multicast: source, and repair after losses.");
  sc_metrics_text_add (text, (double) sum.source_packets, source);
  sc_metrics_text_add (text, (double) sum.parity_packets, repair);
  write_rates (self, text);
}

static char *
write_all (ScMetrics *self)
{
  static const char *const build[] = { "version", SC_VERSION, NULL };
  ScMetricsText *text = sc_metrics_text_new ();
  g_autoptr (GPtrArray) online = sc_seat_hub_list_online (self->parts->hub);

  sc_metrics_text_begin (text, "seatcast_build_info", "gauge", "1, with the version of the engine.");
  sc_metrics_text_add (text, 1, build);
  sc_metrics_text_single (text, "process_start_time_seconds", "gauge", "When the engine was started, s since 1970.",
                          self->started);
  write_seats (self, text);
  write_sessions (self, text);
  sc_metrics_text_single (text, "seatcast_versions", "gauge", "Versions in the store.",
                          (double) self->snapshot->versions);
  sc_metrics_text_single (text, "seatcast_store_bytes", "gauge", "What the store takes.",
                          (double) self->snapshot->store_bytes);
  sc_metrics_text_single (text, "seatcast_store_free_bytes", "gauge", "What is free on the store's disk.",
                          (double) self->snapshot->free_bytes);
  sc_metrics_text_begin (text, "seatcast_connections", "gauge", "WebSockets now: of seats, of staff.");
  sc_metrics_text_add (text, online->len, (const char *const[]){ "of", "seats", NULL });
  sc_metrics_text_add (text, sc_events_count_clients (self->parts->events),
                       (const char *const[]){ "of", "staff", NULL });
  return sc_metrics_text_end (text);
}

/* ---- asking ---- */

static void
answer (ScMetrics *self, GTask *task, const GError *error)
{
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else if (self->parts == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the engine ends");
  else
    g_task_return_pointer (task, write_all (self), g_free);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScMetrics *self = SC_METRICS (source);
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);
  g_autoptr (GError) error = NULL;
  Snapshot *snapshot = g_task_propagate_pointer (G_TASK (result), &error);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->reading = FALSE;
  if (snapshot != NULL) {
    snapshot_free (self->snapshot);
    self->snapshot = snapshot;
  }
  for (guint i = 0; i < waiting->len; i++)
    answer (self, g_ptr_array_index (waiting, i), error);
}

void
sc_metrics_get_async (ScMetrics *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GTask) read = NULL;

  if (self->parts == NULL ||
      (self->snapshot != NULL && g_get_monotonic_time () - self->snapshot->taken < SC_METRICS_MIN_INTERVAL)) {
    answer (self, task, NULL);
    return;
  }
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  if (self->reading)
    return;
  self->reading = TRUE;
  read = g_task_new (self, NULL, on_read, NULL);
  g_task_run_in_thread (read, read_thread);
}

char *
sc_metrics_get_finish (ScMetrics *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sc_metrics_stop (ScMetrics *self)
{
  self->parts = NULL;
  while (self->reading)
    g_main_context_iteration (NULL, TRUE);
}
