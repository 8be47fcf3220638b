/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-prelude.h"

#include "common/sc-log.h"
#include "console/engine/catalog/sc-demotion.h"
#include "console/engine/session/sc-session-estimate.h"
#include "console/engine/session/sc-session-private.h"

#define TICK_INTERVAL ((guint) (SC_SESSION_PROBE_INTERVAL / G_TIME_SPAN_MILLISECOND))

/* The worker's, until it is done. */
typedef struct {
  ScStore *store;
  GArray *ids;   /* ScChunkId: in, those that are wanted; out, those that are had */
  GArray *sizes; /* guint32 */
  GByteArray *bytes;
  guint32 symbol_size;
} Load;

struct _ScSessionPrelude {
  guint timer;
  ScCastKey key; /* of the probes */
  ScCastSealer *sealer;
  ScMulticastSender *prober; /* (nullable) */
  gboolean failed;           /* it cannot be had, or nothing can be sent */
  guint32 small, large;      /* bytes of the probes' symbols; the same: only one is sent */
  guint32 counter;
  guint8 *datagram;
  Load load;
  ScWorker *worker; /* (nullable) */
  ScSessionManifests manifests;
  GBytes *content;      /* (nullable): the stream */
  ScCastDriver *driver; /* (nullable) */
  gboolean sending;
  guint64 rate_limit; /* bits/s: what the slowest seat's link bears */
};

/* probes */

static gboolean
on_tick (gpointer data)
{
  ScSession *session = data;

  if (sc_session_core_is_listening (session->core))
    sc_session_core_tick (session->core, sc_session_now ());
  return G_SOURCE_CONTINUE;
}

void
sc_session_begin_prelude (ScSession *session)
{
  ScSessionPrelude *self = g_new0 (ScSessionPrelude, 1);
  g_autofree char *group = sc_session_make_group (session);
  g_autoptr (GArray) manifests = g_array_new (FALSE, FALSE, sizeof (ScChunkId));
  ScVersionManifest *version = session->work.version;
  ScSessionListen listen = { .group = group, .port = session->parts.config->port, .manifests = manifests };

  session->prelude = self;
  self->large = sc_session_estimate_probes (session->parts.config->mtu, &self->small);
  self->datagram = g_malloc (SC_CAST_SYMBOL_SIZE_MAX + SC_CAST_HEADER_SIZE + SC_CAST_TAG_SIZE);
  sc_cast_key_generate (&self->key);
  self->sealer = sc_cast_sealer_new (&self->key);
  g_array_append_vals (manifests, sc_version_manifest_get_id (version), 1);
  for (guint i = 0; i < sc_version_manifest_get_n_templates (version) && manifests->len < SC_CONTROL_MAX_MANIFESTS; i++)
    g_array_append_vals (manifests, &sc_version_manifest_get_template (version, i)->id, 1);
  listen.key = self->key;
  sc_session_core_set_listen (session->core, &listen);
  sc_cast_key_wipe (&listen.key);
  self->timer = g_timeout_add (TICK_INTERVAL, on_tick, session);
}

static void
clear_load (Load *load)
{
  g_clear_pointer (&load->ids, g_array_unref);
  g_clear_pointer (&load->sizes, g_array_unref);
  g_clear_pointer (&load->bytes, g_byte_array_unref);
}

void
sc_session_end_manifests (ScSession *session)
{
  ScSessionPrelude *self = session->prelude;

  if (self == NULL)
    return;
  g_clear_pointer (&self->worker, sc_worker_free);
  g_clear_pointer (&self->driver, sc_cast_driver_free);
  clear_load (&self->load);
  g_clear_pointer (&self->content, g_bytes_unref);
}

void
sc_session_end_prelude (ScSession *session)
{
  ScSessionPrelude *self = session->prelude;

  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  sc_session_end_manifests (session);
  session->prelude = NULL;
  sc_multicast_sender_free (self->prober);
  sc_cast_sealer_free (self->sealer);
  g_clear_pointer (&self->manifests.manifests, g_array_unref);
  g_clear_pointer (&self->manifests.sizes, g_array_unref);
  sc_cast_key_wipe (&self->manifests.key);
  sc_cast_key_wipe (&self->key);
  g_free (self->datagram);
  g_free (self);
}

/* As long as a datagram with a symbol of that size, so that what is heard is what would be sent. */
static gboolean
send_probe (ScSessionPrelude *self, guint32 symbol_size, GError **error)
{
  const ScCastHeader header = { .type = SC_CAST_PACKET_PROBE, .counter = self->counter++ };
  g_autofree guint8 *payload = g_malloc0 (symbol_size);
  guint32 number = GUINT32_TO_BE (header.counter);
  gsize length;

  memcpy (payload, &number, sizeof number);
  length = sc_cast_sealer_seal (self->sealer, &header, payload, symbol_size, self->datagram);
  return sc_multicast_sender_send_or_drop (self->prober, self->datagram, length, error);
}

static gboolean
open_prober (ScSession *session, GError **error)
{
  ScSessionPrelude *self = session->prelude;
  g_autofree char *group = sc_session_make_group (session);
  const char *interface_address = sc_session_choose_interface (session);

  if (self->prober == NULL && interface_address != NULL)
    self->prober = sc_multicast_sender_new (group, session->parts.config->port, interface_address, error);
  return self->prober != NULL;
}

/* A failure is told when the stream fails for the same reason, if there is one. */
guint32
sc_session_probe (gpointer data, guint32 *smallest)
{
  ScSession *session = data;
  ScSessionPrelude *self = session->prelude;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) too_large = NULL;

  *smallest = self != NULL ? self->small : 0;
  if (self == NULL || self->failed)
    return 0;
  if (!open_prober (session, &error) || !send_probe (self, self->small, &error)) {
    sc_log_session_warning (sc_session_get_id (session), "session %" G_GUINT64_FORMAT " is not probed: %s",
                            sc_session_get_id (session), error != NULL ? error->message : "its seats are gone");
    self->failed = error != NULL;
    return 0;
  }
  if (self->large > self->small && !send_probe (self, self->large, &too_large)) {
    g_debug ("large packets are not probed: %s", too_large->message);
    self->large = self->small; /* they do not fit the interface */
  }
  return self->large;
}

void
sc_session_note_unheard (gpointer data, ScCatalogSessionSeat *seat)
{
  sc_demotions_add (&seat->demotions, g_get_real_time (), sc_cast_seat_state_to_nick (SC_CAST_SEAT_UNHEARD));
}

/* manifests */

/* What does not fit, or cannot be read, the seats get or hear of by HTTPS. */
static void
load_run (gpointer data, GCancellable *cancellable)
{
  Load *load = &((ScSession *) data)->prelude->load;
  guint kept = 0;

  for (guint i = 0; i < load->ids->len && !g_cancellable_is_cancelled (cancellable); i++) {
    const ScChunkId id = g_array_index (load->ids, ScChunkId, i);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sc_store_get_manifest_bytes (load->store, &id, &error);
    guint32 size = bytes != NULL ? (guint32) g_bytes_get_size (bytes) : 0;

    if (bytes == NULL)
      g_warning ("a manifest is not sent by multicast: %s", error->message);
    if (size == 0 || load->bytes->len + (guint64) size > SC_CONTROL_MAX_MANIFEST_BYTES)
      continue;
    g_byte_array_append (load->bytes, g_bytes_get_data (bytes, NULL), size);
    g_array_append_val (load->sizes, size);
    g_array_index (load->ids, ScChunkId, kept++) = id;
  }
  g_array_set_size (load->ids, kept);
}

static void
load_done (gpointer data)
{
  ScSession *session = data;
  ScSessionPrelude *self = session->prelude;
  Load *load = &self->load;
  guint32 symbol_size = load->symbol_size != 0 ? load->symbol_size : self->small;

  if (load->ids->len == 0) {
    sc_session_core_manifests_made (session->core, NULL, sc_session_now ());
    return;
  }
  self->manifests.manifests = g_array_ref (load->ids);
  self->manifests.sizes = g_array_ref (load->sizes);
  self->content = g_byte_array_free_to_bytes (g_steal_pointer (&load->bytes));
  sc_session_fill_layout (&self->manifests.layout, symbol_size, g_bytes_get_size (self->content), 0);
  sc_cast_key_generate (&self->manifests.key);
  sc_session_core_manifests_made (session->core, &self->manifests, sc_session_now ());
}

void
sc_session_make_manifests (gpointer data, const GArray *manifests, guint32 symbol_size)
{
  ScSession *session = data;
  ScSessionPrelude *self = session->prelude;

  clear_load (&self->load);
  self->load.store = session->parts.store;
  self->load.symbol_size = symbol_size;
  self->load.ids = g_array_sized_new (FALSE, FALSE, sizeof (ScChunkId), manifests->len);
  g_array_append_vals (self->load.ids, manifests->data, manifests->len);
  self->load.sizes = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->load.bytes = g_byte_array_new ();
  self->worker = sc_worker_new ("session-manifests", load_run, load_done, session);
}

/* What follows reads @content on the driver's threads; it has a reference of its own. */
typedef struct {
  GBytes *content;
  ScCastLayout layout;
} Source;

static GBytes *
read_block (gpointer object, guint32 block, GError **error)
{
  const Source *source = object;

  return g_bytes_new_from_bytes (source->content, (gsize) sc_cast_layout_block_offset (&source->layout, block, NULL),
                                 sc_cast_layout_block_bytes (&source->layout, block));
}

static void
free_source (gpointer object)
{
  Source *source = object;

  g_bytes_unref (source->content);
  g_free (source);
}

static void
on_seat_added (gpointer data, guint32 seat, guint32 first_window)
{
  /* all are there from the start */
}

static void
on_seat_lost (gpointer data, guint32 seat, ScCastSeatState state)
{
  ScSession *session = data;

  sc_session_core_manifests_lost (session->core, seat, sc_session_now ());
}

static void
on_sending (gpointer data)
{
  /* nobody is told: the session still prepares */
}

static void
on_finished (gpointer data)
{
  ScSession *session = data;

  sc_session_core_manifests_sent (session->core, sc_session_now ());
}

static void
on_failed (gpointer data, const GError *error)
{
  ScSession *session = data;

  sc_log_session_warning (sc_session_get_id (session),
                          "session %" G_GUINT64_FORMAT " leaves the manifests to HTTPS: %s",
                          sc_session_get_id (session), error->message);
  sc_session_core_manifests_sent (session->core, sc_session_now ());
}

static const ScCastDriverListener driver_listener = {
  .seat_added = on_seat_added,
  .seat_lost = on_seat_lost,
  .sending = on_sending,
  .finished = on_finished,
  .failed = on_failed,
};

/* bits/s; the seats that do not know their links are as fast as the others */
static guint64
find_slowest_link (ScSession *session, const guint32 *seats, guint n_seats)
{
  guint64 slowest = G_MAXUINT64;

  for (guint i = 0; i < n_seats; i++) {
    const ScCatalogSessionSeat *row = sc_session_core_get_seat (session->core, seats[i], NULL);
    g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (session->parts.catalog, row->seat, NULL);

    if (seat != NULL && seat->inventory->link_mbps != 0)
      slowest = MIN (slowest, seat->inventory->link_mbps * G_GUINT64_CONSTANT (1000000));
  }
  return slowest;
}

static guint64
rate_of_manifests (ScSession *session)
{
  guint64 rate = MIN (SC_SESSION_MANIFESTS_RATE, session->prelude->rate_limit);

  return session->rate != 0 ? MIN (rate, session->rate) : rate;
}

void
sc_session_update_manifests_rate (ScSession *session)
{
  ScCastDriver *driver = sc_session_get_manifests_driver (session);

  if (driver != NULL)
    sc_cast_driver_set_rate (driver, rate_of_manifests (session));
}

ScCastDriver *
sc_session_get_manifests_driver (ScSession *session)
{
  return session->prelude != NULL && session->prelude->sending ? session->prelude->driver : NULL;
}

gboolean
sc_session_start_manifests (gpointer data, const guint32 *seats, guint n_seats)
{
  ScSession *session = data;
  ScSessionPrelude *self = session->prelude;
  g_autofree char *group = sc_session_make_group (session);
  const char *interface_address = sc_session_choose_interface (session);
  g_autoptr (GError) error = NULL;
  ScMulticastSender *sender = NULL;
  ScCastSource source = { .read_block = read_block, .free_object = free_source };

  if (interface_address != NULL)
    sender = sc_multicast_sender_new (group, session->parts.config->port, interface_address, &error);
  if (sender == NULL) {
    g_warning ("the manifests are left to HTTPS: %s", error != NULL ? error->message : "all seats are gone");
    return FALSE;
  }
  source.object = g_memdup2 (&(Source){ g_bytes_ref (self->content), self->manifests.layout }, sizeof (Source));
  self->rate_limit = find_slowest_link (session, seats, n_seats);
  session->rate = sc_session_get_rate_cap (session);
  sc_session_set_streaming (session, TRUE, FALSE); /* gives it its share, before anything is sent */
  self->driver =
      sc_cast_driver_new_from (&source, &self->manifests.layout, &self->manifests.key, rate_of_manifests (session),
                               sender, seats, n_seats, &driver_listener, session);
  self->sending = TRUE;
  sc_log_session_message (
      sc_session_get_id (session),
      "session %" G_GUINT64_FORMAT " sends %u manifests, %" G_GSIZE_FORMAT " bytes, by multicast to %u seats",
      sc_session_get_id (session), self->manifests.manifests->len, g_bytes_get_size (self->content), n_seats);
  return TRUE;
}

/* Its figures are the session's, too: they went over the same wire. */
void
sc_session_stop_manifests (gpointer data)
{
  ScSession *session = data;
  ScCastDriver *driver = sc_session_get_manifests_driver (session);
  ScCastSenderStats stats;

  if (driver == NULL)
    return;
  sc_cast_driver_get_stats (driver, &stats);
  sc_cast_driver_stop (driver);
  session->prelude->sending = FALSE;
  sc_session_set_streaming (session, FALSE, FALSE);
  session->before.wire_bytes += stats.wire_bytes;
  session->before.source_packets += stats.source_packets;
  session->before.parity_packets += stats.parity_packets;
}
