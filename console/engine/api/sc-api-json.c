/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-json.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-desired.h"
#include "console/engine/catalog/sc-demotion.h"
#include "console/engine/sc-json-text.h"
#include "console/engine/session/sc-session-estimate.h"
#include "console/engine/store/sc-store-signatures.h"

#include <string.h>

void
sc_api_json_set_uint (ScJson *object, const char *key, guint64 value)
{
  /* JSON's integers are signed here; no count or size comes near the limit, but outside data may claim to */
  json_object_set_new (object, key, json_integer ((json_int_t) MIN (value, (guint64) G_MAXINT64)));
}

void
sc_api_json_set_text (ScJson *object, const char *key, const char *text)
{
  json_object_set_new (object, key, sc_json_text (text));
}

void
sc_api_json_set_id (ScJson *object, const char *key, const ScChunkId *id)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  sc_chunk_id_to_hex (id, hex);
  json_object_set_new (object, key, json_string (hex));
}

static ScJson *
json_of_template (const ScManifestTemplate *item)
{
  ScJson *json = json_object ();

  sc_api_json_set_text (json, "name", item->name);
  sc_api_json_set_id (json, "manifest", &item->id);
  sc_api_json_set_uint (json, "size_bytes", item->size);
  return json;
}

ScJson *
sc_api_json_of_version (ScStore *store, const ScVersionManifest *version)
{
  ScJson *json = json_object ();
  ScJson *templates = json_array ();

  sc_api_json_set_uint (json, "number", sc_version_manifest_get_number (version));
  sc_api_json_set_id (json, "id", sc_version_manifest_get_id (version));
  json_object_set_new (json, "created", sc_json_time (sc_version_manifest_get_created (version)));
  sc_api_json_set_text (json, "author", sc_version_manifest_get_author (version));
  sc_api_json_set_text (json, "note", sc_version_manifest_get_note (version));
  sc_api_json_set_uint (json, "size_bytes", sc_version_manifest_get_size (version));
  json_object_set_new (json, "signed", json_boolean (sc_store_is_signed (store, version)));
  for (guint i = 0; i < sc_version_manifest_get_n_templates (version); i++)
    json_array_append_new (templates, json_of_template (sc_version_manifest_get_template (version, i)));
  json_object_set_new (json, "templates", templates);
  return json;
}

static ScJson *
json_of_files (const ScTemplateManifest *manifest)
{
  ScJson *files = json_array ();

  for (guint i = 0; i < sc_template_manifest_get_n_files (manifest); i++) {
    const ScManifestFile *file = sc_template_manifest_get_file (manifest, i);
    ScJson *json = json_object ();

    sc_api_json_set_text (json, "path", file->path);
    sc_api_json_set_uint (json, "size_bytes", file->size);
    json_object_set_new (json, "mtime", sc_json_time (file->mtime));
    json_object_set_new (json, "read_only", json_boolean ((file->attributes & SC_FILE_READ_ONLY) != 0));
    json_array_append_new (files, json);
  }
  return files;
}

ScJson *
sc_api_json_of_version_and_files (ScStore *store, const ScVersionManifest *version, GPtrArray *templates)
{
  ScJson *json = sc_api_json_of_version (store, version);
  ScJson *items = json_object_get (json, "templates");

  for (guint i = 0; i < templates->len; i++)
    json_object_set_new (json_array_get (items, i), "files", json_of_files (g_ptr_array_index (templates, i)));
  return json;
}

ScJson *
sc_api_json_of_templates (const char *templates)
{
  g_autofree char *text = NULL;
  g_autoptr (ScJson) object = NULL;
  const ScJson *list;

  if (templates == NULL || *templates == '\0')
    return json_null ();
  text = g_strdup_printf ("{\"templates\":%s}", templates);
  object = sc_json_parse_object (text, strlen (text), SC_CONTROL_MAX_BYTES, NULL);
  list = json_object_get (object, "templates");
  return json_is_array (list) ? json_incref ((ScJson *) list) : json_null ();
}

ScJson *
sc_api_json_of_time (gint64 time)
{
  return time == G_MAXINT64 ? json_null () : sc_json_time (time);
}

const char *
sc_api_version_state (const ScApiParts *parts, const ScCatalogSeat *seat)
{
  const ScInventory *inventory = seat->inventory;

  for (guint i = 0; i < inventory->templates->len; i++)
    if (((const ScInventoryTemplate *) g_ptr_array_index (inventory->templates, i))->state == SC_TEMPLATE_DRIFTED)
      return "drifted";
  if (seat->assigned_version == 0)
    return "unknown";
  return sc_met_check (parts->met, inventory, seat->assigned_version, seat->assigned_templates) ? "current" : "behind";
}

static ScJson *
json_of_transfer (const ScSeatTransfer *transfer)
{
  static const ScSeatTransfer none = { .state = SC_TRANSFER_IDLE };
  const ScSeatTransfer *shown = transfer != NULL ? transfer : &none;
  ScJson *json = json_object ();

  sc_api_json_set_text (json, "state", sc_transfer_state_to_nick (shown->state));
  sc_api_json_set_uint (json, "session", shown->session);
  sc_api_json_set_uint (json, "done_bytes", shown->done);
  sc_api_json_set_uint (json, "total_bytes", shown->total);
  sc_api_json_set_uint (json, "rate_bytes_per_second", shown->rate);
  json_object_set_new (json, "throttled", json_boolean (shown->throttled));
  sc_api_json_set_text (json, "template", shown->template_name);
  sc_api_json_set_text (json, "reason", shown->reason);
  return json;
}

static ScJson *
json_of_seat_templates (GPtrArray *templates)
{
  ScJson *list = json_array ();

  for (guint i = 0; i < templates->len; i++) {
    const ScInventoryTemplate *item = g_ptr_array_index (templates, i);
    ScJson *json = json_object ();

    sc_api_json_set_text (json, "name", item->name);
    sc_api_json_set_id (json, "manifest", &item->manifest);
    sc_api_json_set_uint (json, "version", item->version);
    sc_api_json_set_text (json, "state", sc_template_state_to_nick (item->state));
    json_object_set_new (json, "busy", json_boolean (item->busy));
    json_array_append_new (list, json);
  }
  return list;
}

static ScJson *
json_of_back (GArray *back)
{
  ScJson *list = json_array ();

  for (guint i = 0; i < back->len; i++)
    json_array_append_new (list, json_integer ((json_int_t) g_array_index (back, guint64, i)));
  return list;
}

static ScJson *
json_of_place (const ScPlace *place)
{
  if (!place->is_set)
    return json_null ();
  return json_pack ("{s:i, s:i}", "column", (int) place->column, "row", (int) place->row);
}

static ScJson *
json_of_outlook (const ScApiParts *parts, const char *seat)
{
  ScOutlook outlook = { 0 };
  ScJson *json = json_object ();

  sc_scheduler_get_outlook (parts->scheduler, seat, &outlook);
  sc_api_json_set_text (json, "behind", sc_behind_to_nick (outlook.behind));
  sc_api_json_set_text (json, "next", sc_next_to_nick (outlook.next));
  json_object_set_new (json, "at", sc_api_json_of_time (outlook.at));
  sc_api_json_set_uint (json, "schedule", outlook.schedule);
  return json;
}

ScJson *
sc_api_json_of_seat (const ScApiParts *parts, const ScCatalogSeat *seat)
{
  const ScInventory *inventory = seat->inventory;
  ScJson *json = json_object ();
  gboolean online = sc_seat_hub_is_online (parts->hub, inventory->seat);

  sc_api_json_set_text (json, "id", inventory->seat);
  sc_api_json_set_text (json, "name", inventory->name);
  sc_api_json_set_text (json, "room", seat->room);
  sc_api_json_set_text (json, "own_room", inventory->room);
  json_object_set_new (json, "place", json_of_place (&seat->place));
  sc_api_json_set_text (json, "presence", online ? "online" : "offline");
  json_object_set_new (json, "transfer", json_of_transfer (sc_seat_hub_get_transfer (parts->hub, inventory->seat)));
  sc_api_json_set_text (json, "version_state", sc_api_version_state (parts, seat));
  sc_api_json_set_uint (json, "version", inventory->version);
  sc_api_json_set_uint (json, "assigned_version", seat->assigned_version);
  json_object_set_new (json, "assigned_templates", sc_api_json_of_templates (seat->assigned_templates));
  json_object_set_new (json, "pinned", json_boolean (seat->pinned));
  json_object_set_new (json, "outlook", json_of_outlook (parts, inventory->seat));
  sc_api_json_set_uint (json, "free_bytes", inventory->free_bytes);
  sc_api_json_set_uint (json, "reserve_bytes", inventory->reserve_bytes);
  sc_api_json_set_uint (json, "undo_bytes", inventory->undo_bytes);
  json_object_set_new (json, "volume", sc_volume_to_json (inventory->volume));
  json_object_set_new (json, "state_volume", sc_volume_to_json (inventory->state_volume));
  json_object_set_new (json, "forgot", sc_json_time (seat->forgot));
  json_object_set_new (json, "back", json_of_back (inventory->back));
  sc_api_json_set_uint (json, "total_bytes", inventory->total_bytes);
  sc_api_json_set_text (json, "os", inventory->os);
  sc_api_json_set_text (json, "service_version", inventory->service_version);
  sc_api_json_set_text (json, "address", inventory->address);
  sc_api_json_set_text (json, "mac", inventory->mac);
  sc_api_json_set_uint (json, "link_mbps", inventory->link_mbps);
  json_object_set_new (json, "last_seen", sc_json_time (seat->last_seen));
  json_object_set_new (json, "templates", json_of_seat_templates (inventory->templates));
  return json;
}

static const char *
verify_state (const ScVerified *verified)
{
  if (verified == NULL)
    return "never";
  if (*verified->code == '\0')
    return "done";
  return g_str_equal (verified->code, sc_error_code_to_nick (SC_ERROR_CANCELLED)) ? "cancelled" : "failed";
}

ScJson *
sc_api_json_of_verify (gboolean running, const ScVerified *verified, gint64 ended)
{
  g_autoptr (ScVerified) none = sc_verified_new ();
  ScJson *json = json_object ();

  sc_api_json_set_text (json, "state", running ? "running" : verify_state (verified));
  json_object_set_new (json, "ended", sc_json_time (ended));
  sc_verified_to_json (verified != NULL ? verified : none, json);
  return json;
}

/* bits/s that it would be sent at: where no cap holds it, what the slowest of its seats' links carries, as far as a
 * session goes without trying. */
static guint64
estimate_rate (const ScApiParts *parts, const ScCatalogSession *session)
{
  guint64 share = sc_sessions_get_share (parts->sessions, session);
  g_autoptr (GError) error = NULL;
  guint64 link = 0;

  if (share != 0)
    return share;
  if (!sc_catalog_get_slowest_link (parts->catalog, session->id, &link, &error))
    g_warning ("how fast session %" G_GUINT64_FORMAT " would be is not known: %s", session->id, error->message);
  return link != 0 ? MIN (link, SC_SESSIONS_ASSUMED_RATE) : SC_SESSIONS_ASSUMED_RATE;
}

/* Of a dry run that is over; else null. */
static ScJson *
json_of_estimate (const ScApiParts *parts, const ScCatalogSession *session)
{
  ScSessionEstimate estimate;
  guint64 rate;
  ScJson *json;

  if (session->state != SC_SESSION_PLANNED)
    return json_null ();
  rate = estimate_rate (parts, session);
  estimate = sc_session_estimate_stream (session->plan_bytes, session->content_bytes,
                                         sc_sessions_get_config (parts->sessions)->mtu, rate);
  json = json_object ();
  sc_api_json_set_uint (json, "wire_bytes", estimate.wire_bytes);
  sc_api_json_set_uint (json, "seconds", estimate.seconds);
  sc_api_json_set_uint (json, "rate_bits_per_second", rate);
  return json;
}

/* When the first window opens that a session waits for; 0: at once, or nobody knows */
static gint64
find_resume (const ScApiParts *parts, const ScCatalogSession *session)
{
  gint64 now = g_get_real_time ();
  gint64 resumes = G_MAXINT64;

  for (guint i = 0; session->suspended && i < session->rooms->len; i++) {
    g_autoptr (ScCatalogRoom) room =
        sc_catalog_load_room (parts->catalog, g_ptr_array_index (session->rooms, i), NULL); /* it may be gone */

    if (room != NULL && sc_window_is_open (&room->policy.window, now, NULL))
      return 0;
    if (room != NULL)
      resumes = MIN (resumes, sc_window_next_opening (&room->policy.window, now));
  }
  return resumes;
}

static void
set_origin (ScJson *json, const ScApiParts *parts, const ScCatalogSession *session)
{
  json_object_set_new (json, "templates", sc_api_json_of_templates (session->templates));
  sc_json_set_strings (json, "rooms", session->rooms, session->rooms->len);
  sc_api_json_set_text (json, "origin", session->origin != NULL ? session->origin : "staff");
  sc_api_json_set_uint (json, "schedule", session->schedule);
  json_object_set_new (json, "suspended", json_boolean (session->suspended));
  json_object_set_new (json, "resumes", sc_api_json_of_time (find_resume (parts, session)));
  json_object_set_new (json, "any_time", json_boolean (session->any_time));
  json_object_set_new (json, "power_off", json_boolean (session->power_off));
}

/* @part of a million of @whole; nothing of nothing is 0. */
static void
set_ppm (ScJson *json, const char *key, guint64 part, guint64 whole)
{
  sc_api_json_set_uint (json, key, whole > 0 ? (guint64) ((double) part / (double) whole * 1e6 + 0.5) : 0);
}

static ScJson *
json_of_session (const ScApiParts *parts, const ScCatalogSession *session)
{
  ScJson *json = json_object ();

  sc_api_json_set_uint (json, "id", session->id);
  sc_api_json_set_uint (json, "version", session->version);
  sc_api_json_set_text (json, "room", session->room);
  sc_api_json_set_text (json, "state", sc_session_state_to_nick (session->state));
  json_object_set_new (json, "dry_run", json_boolean (session->dry_run));
  sc_api_json_set_text (json, "error", session->error);
  json_object_set_new (json, "created", sc_json_time (session->created));
  json_object_set_new (json, "ended", sc_json_time (session->ended));
  sc_api_json_set_uint (json, "rate_cap_bits_per_second", session->rate_cap);
  sc_api_json_set_uint (json, "share_bits_per_second", sc_sessions_get_share (parts->sessions, session));
  sc_api_json_set_uint (json, "plan_bytes", session->plan_bytes);
  sc_api_json_set_uint (json, "content_bytes", session->content_bytes);
  sc_api_json_set_uint (json, "content_frames", session->content_frames);
  sc_api_json_set_uint (json, "delta_frames", session->delta_frames);
  sc_api_json_set_uint (json, "delta_saved_bytes", session->delta_saved);
  sc_api_json_set_uint (json, "wire_bytes", session->wire_bytes);
  sc_api_json_set_uint (json, "source_packets", session->source_packets);
  sc_api_json_set_uint (json, "parity_packets", session->parity_packets);
  set_ppm (json, "repair_ppm", session->parity_packets, session->source_packets + session->parity_packets);
  sc_api_json_set_uint (json, "catch_up_bytes", session->catch_up_bytes);
  json_object_set_new (json, "estimate", json_of_estimate (parts, session));
  set_origin (json, parts, session);
  return json;
}

static ScJson *
json_of_seat_counts (const ScApiParts *parts, guint64 session)
{
  g_autoptr (GError) error = NULL;
  ScCatalogSeatCounts counts;
  ScJson *json = json_object ();

  if (!sc_catalog_count_session_seats (parts->catalog, session, &counts, &error))
    g_warning ("cannot count the seats of session %" G_GUINT64_FORMAT ": %s", session, error->message);
  sc_api_json_set_uint (json, "all", counts.all);
  sc_api_json_set_uint (json, "done", counts.done);
  sc_api_json_set_uint (json, "busy", counts.busy);
  sc_api_json_set_uint (json, "failed", counts.failed);
  sc_api_json_set_uint (json, "cancelled", counts.cancelled);
  return json;
}

ScJson *
sc_api_json_of_session (const ScApiParts *parts, const ScCatalogSession *session)
{
  ScJson *json = json_of_session (parts, session);

  json_object_set_new (json, "seat_counts", json_of_seat_counts (parts, session->id));
  return json;
}

static ScJson *
json_of_needs (const ScNeeds *needs)
{
  ScJson *json;

  if (needs == NULL)
    return json_null ();
  json = json_object ();
  sc_needs_to_json (needs, json);
  return json;
}

static ScJson *
json_of_demotions (GPtrArray *demotions)
{
  ScJson *list = json_array ();

  for (guint i = 0; demotions != NULL && i < demotions->len; i++) {
    const ScDemotion *demotion = g_ptr_array_index (demotions, i);
    ScJson *json = json_object ();

    json_object_set_new (json, "time", sc_json_time (demotion->time));
    sc_api_json_set_text (json, "reason", demotion->reason);
    sc_api_json_set_text (json, "text", sc_demotion_describe (demotion->reason));
    json_array_append_new (list, json);
  }
  return list;
}

static void
set_figures (ScJson *json, const ScCatalogSessionSeat *seat)
{
  sc_api_json_set_uint (json, "repair_symbols", seat->repairs);
  sc_api_json_set_uint (json, "charged_symbols", seat->charged);
  sc_api_json_set_uint (json, "waited_ms", (guint64) (seat->waited / G_TIME_SPAN_MILLISECOND));
  sc_api_json_set_uint (json, "received_packets", seat->received);
  sc_api_json_set_uint (json, "lost_packets", seat->lost);
  sc_api_json_set_uint (json, "dropped_packets", seat->dropped);
  set_ppm (json, "loss_ppm", seat->lost, seat->received + seat->lost);
  sc_api_json_set_uint (json, "backlog_bytes", seat->backlog);
  json_object_set_new (json, "demotions", json_of_demotions (seat->demotions));
}

ScJson *
sc_api_json_of_session_seat (const ScApiParts *parts, const ScCatalogSessionSeat *seat)
{
  g_autofree char *name = NULL;
  g_autofree char *room = NULL;
  ScJson *json = json_object ();

  sc_catalog_dup_seat_labels (parts->catalog, seat->seat, &name, &room);
  sc_api_json_set_text (json, "id", seat->seat);
  sc_api_json_set_text (json, "name", name);
  sc_api_json_set_text (json, "room", room);
  sc_api_json_set_text (json, "state", sc_transfer_state_to_nick (seat->state));
  sc_api_json_set_text (json, "reason", seat->reason);
  json_object_set_new (json, "catch_up", json_boolean (seat->catch_up));
  sc_api_json_set_uint (json, "version_before", seat->version_before);
  sc_api_json_set_uint (json, "total_bytes", seat->total);
  sc_api_json_set_uint (json, "done_bytes", seat->done);
  set_figures (json, seat);
  json_object_set_new (json, "needs", json_of_needs (seat->needs));
  return json;
}

ScJson *
sc_api_json_of_session_view (const ScApiParts *parts, const ScSessionView *view)
{
  ScJson *json = json_of_session (parts, view->session);
  ScJson *seats = json_array ();

  sc_api_json_set_uint (json, "content_sent_bytes", view->content_sent);
  sc_api_json_set_uint (json, "rate_bits_per_second", view->rate);
  json_object_set_new (json, "rate_limit", view->limit != NULL ? json_string (view->limit) : json_null ());
  sc_api_json_set_uint (json, "window", view->window);
  sc_api_json_set_uint (json, "windows", view->n_windows);
  for (guint i = 0; i < view->seats->len; i++)
    json_array_append_new (seats, sc_api_json_of_session_seat (parts, g_ptr_array_index (view->seats, i)));
  json_object_set_new (json, "seats", seats);
  return json;
}
