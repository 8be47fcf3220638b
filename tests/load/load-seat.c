/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/load/load-seat.h"

#include "common/sc-error.h"
#include "common/sc-manifest-list.h"
#include "service/sc-fetch.h"

#define HEARTBEAT 20u /* ticks after which progress that stands still is told again: 5 s */
#define DISK_BYTES (512 * G_GUINT64_CONSTANT (1000000000))
#define FREE_BYTES (400 * G_GUINT64_CONSTANT (1000000000))
#define RESERVE_BYTES (10 * G_GUINT64_CONSTANT (1000000000))
#define APPLY_TICKS 4u /* it takes 1 s to sync and commit */

struct _LoadSeat {
  LoadWorld *world;
  guint number;
  char *name, *mac;
  char *local_address;
  ScConnection *connection;
  ScSeatIdentity *identity;
  ScEnroller *enroller; /* (nullable) */
  ScFetch *fetch;       /* (nullable): once it has enrolled */
  ScLink *link;         /* the same */
  GCancellable *cancellable;
  gboolean online;
  /* what it has, and does */
  ScVersionManifest *version; /* (nullable): none yet */
  guint64 session;
  ScVersionManifest *wanted; /* (nullable): that it was ordered to */
  ScChunkId wanted_id;
  GPtrArray *templates; /* (nullable): that it fetches */
  gboolean catch_up;    /* it was ordered to come there without a stream */
  ScTransferState state;
  guint applying; /* ticks that are left until it is done */
  guint64 moved;  /* bytes that others have written to its disk meanwhile */
  char *told;     /* (nullable): progress, as told last */
  guint standing; /* ticks since */
};

/* messages */

static void
say (LoadSeat *self, ScControlMessage *message)
{
  g_autoptr (ScControlMessage) owned = message;

  if (sc_link_send (self->link, owned))
    self->world->counts.sent++;
}

static void
set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text);
}

static void
say_inventory (LoadSeat *self)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_INVENTORY, 0);
  ScInventory *inventory = message->inventory = sc_inventory_new ();
  g_autofree char *run = g_strdup_printf ("load-%u", self->number);

  set_text (&inventory->seat, sc_seat_identity_get_seat (self->identity));
  set_text (&inventory->name, self->name);
  set_text (&inventory->os, "Linux");
  set_text (&inventory->service_version, SC_VERSION);
  set_text (&inventory->address, self->local_address);
  set_text (&inventory->mac, self->mac);
  set_text (&inventory->run, run);
  inventory->link_mbps = 1000;
  inventory->total_bytes = DISK_BYTES;
  inventory->free_bytes = FREE_BYTES;
  inventory->reserve_bytes = RESERVE_BYTES;
  inventory->generation = 1;
  for (guint i = 0; self->version != NULL && i < sc_version_manifest_get_n_templates (self->version); i++) {
    const ScManifestTemplate *item = sc_version_manifest_get_template (self->version, i);

    inventory->version = sc_version_manifest_get_number (self->version);
    sc_inventory_add_template (inventory, item->name, &item->id, inventory->version, SC_TEMPLATE_CURRENT);
  }
  say (self, message);
}

static void
say_prepared (LoadSeat *self)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_PREPARED, self->session);
  guint32 n_chunks = load_streams_get_n_chunks (self->world->streams, &self->wanted_id);
  gboolean has =
      self->version != NULL && sc_chunk_id_equal (sc_version_manifest_get_id (self->version), &self->wanted_id);
  g_autofree guint8 *bits = g_malloc0 (n_chunks / 8 + 1);

  for (guint32 i = 0; i < n_chunks && !has; i++)
    bits[i / 8] |= (guint8) (1u << (i % 8));
  message->prepared.lacks = g_bytes_new (bits, ((gsize) n_chunks + 7) / 8);
  message->prepared.needs = sc_needs_new ();
  message->prepared.needs->lacks_bytes = has ? 0 : sc_version_manifest_get_size (self->wanted);
  message->prepared.needs->free_bytes = FREE_BYTES;
  message->prepared.needs->reserve_bytes = RESERVE_BYTES;
  self->state = SC_TRANSFER_WAITING;
  self->world->counts.prepared++;
  say (self, message);
}

static void
say_progress (LoadSeat *self)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_PROGRESS, self->session);
  guint64 total = self->wanted != NULL ? sc_version_manifest_get_size (self->wanted) : 0;
  guint64 come = load_streams_get_bytes (self->world->streams, self->session);
  g_autofree char *text = NULL;

  message->progress.state = self->state;
  message->progress.total = total;
  message->progress.done = self->state == SC_TRANSFER_APPLYING ? total : MIN (come, total);
  /* the disk of a machine that works never stands still: each tick has news, the most that a seat may say */
  self->moved += self->state == SC_TRANSFER_RECEIVING ? 4096 : 0;
  message->progress.free_bytes = FREE_BYTES - message->progress.done - self->moved;
  message->progress.template_name =
      g_strdup (self->wanted != NULL && sc_version_manifest_get_n_templates (self->wanted) > 0
                    ? sc_version_manifest_get_template (self->wanted, 0)->name
                    : "");
  text = sc_control_message_to_json (message);
  if (g_strcmp0 (text, self->told) == 0 && ++self->standing < HEARTBEAT) {
    sc_control_message_free (message);
    return;
  }
  g_free (self->told);
  self->told = g_steal_pointer (&text);
  self->standing = 0;
  self->world->counts.progress++;
  say (self, message);
}

/* orders */

static void
forget_order (LoadSeat *self)
{
  load_streams_leave (self->world->streams, self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->wanted, sc_version_manifest_unref);
  g_clear_pointer (&self->templates, g_ptr_array_unref);
  g_clear_pointer (&self->told, g_free);
  self->session = 0;
  self->state = SC_TRANSFER_IDLE;
  self->applying = 0;
  self->moved = 0;
}

static void
finish (LoadSeat *self)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_DONE, self->session);

  g_clear_pointer (&self->version, sc_version_manifest_unref);
  self->version = sc_version_manifest_ref (self->wanted);
  message->done.version = sc_version_manifest_get_number (self->version);
  message->done.busy = g_ptr_array_new ();
  say (self, message);
  self->world->counts.done++;
  forget_order (self);
  say_inventory (self);
}

static void
apply (LoadSeat *self)
{
  load_streams_leave (self->world->streams, self);
  self->state = SC_TRANSFER_APPLYING;
  self->applying = APPLY_TICKS;
  say_progress (self);
}

static void
order_known (LoadSeat *self)
{
  if (self->catch_up)
    apply (self);
  else
    say_prepared (self);
}

static void fetch_next (LoadSeat *self);

static void
fetch_failed (LoadSeat *self, GError *error)
{
  if (g_error_matches (error, SC_ERROR, SC_ERROR_CANCELLED)) {
    g_error_free (error);
    return; /* the seat may be gone */
  }
  g_warning ("seat %s: %s", self->name, error->message);
  g_error_free (error);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (GBytes) bytes = sc_fetch_finish (NULL, result, &error);
  LoadSeat *self = user_data;

  if (bytes == NULL) {
    fetch_failed (self, error);
    return;
  }
  self->world->counts.fetches++;
  if (self->wanted == NULL) {
    self->wanted = sc_version_manifest_parse (bytes, &error);
    g_assert_no_error (error);
  } else {
    g_ptr_array_add (self->templates, sc_template_manifest_parse (bytes, &error));
    g_assert_no_error (error);
  }
  fetch_next (self);
}

static void
fetch (LoadSeat *self, const ScChunkId *id)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  g_autofree char *path = NULL;

  sc_chunk_id_to_hex (id, hex);
  path = g_strconcat ("/v1/manifests/", hex, NULL);
  sc_fetch_async (self->fetch, &(ScFetchRequest){ .path = path, .max_bytes = SC_MANIFEST_MAX_BYTES, .hash = id },
                  self->cancellable, on_fetched, self);
}

static void
on_list (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;
  g_autoptr (GBytes) list = sc_fetch_finish (NULL, result, &error);
  LoadSeat *self = user_data;
  gsize offset = 0;

  if (list == NULL) {
    fetch_failed (self, error);
    return;
  }
  self->world->counts.fetches++;
  while (self->templates->len < sc_version_manifest_get_n_templates (self->wanted)) {
    g_autoptr (GBytes) bytes = NULL;

    g_assert_true (sc_manifest_list_next (list, &offset, &bytes));
    g_ptr_array_add (self->templates, sc_template_manifest_parse (bytes, &error));
    g_assert_no_error (error);
  }
  fetch_next (self);
}

static void
fetch_templates (LoadSeat *self)
{
  g_autoptr (GByteArray) ids = g_byte_array_new ();
  g_autoptr (GBytes) body = NULL;

  for (guint i = 0; i < sc_version_manifest_get_n_templates (self->wanted); i++)
    g_byte_array_append (ids, sc_version_manifest_get_template (self->wanted, i)->id.bytes, sizeof (ScChunkId));
  body = g_byte_array_free_to_bytes (g_steal_pointer (&ids));
  sc_fetch_async (self->fetch,
                  &(ScFetchRequest){ .path = "/v1/manifests", .body = body, .max_bytes = SC_MANIFEST_LIST_BYTES },
                  self->cancellable, on_list, self);
}

/* Each seat fetches what it would fetch; only one of them keeps it. */
static void
fetch_next (LoadSeat *self)
{
  if (self->wanted == NULL) {
    fetch (self, &self->wanted_id);
    return;
  }
  if (self->templates->len < sc_version_manifest_get_n_templates (self->wanted)) {
    fetch_templates (self);
    return;
  }
  if (load_streams_find_version (self->world->streams, &self->wanted_id) == NULL)
    load_streams_add_version (self->world->streams, self->wanted, self->templates);
  order_known (self);
}

static void
begin_order (LoadSeat *self, const ScControlMessage *order)
{
  gboolean has =
      self->version != NULL && sc_chunk_id_equal (sc_version_manifest_get_id (self->version), &order->version.manifest);

  forget_order (self);
  self->cancellable = g_cancellable_new ();
  self->session = order->session;
  self->catch_up = order->type == SC_CONTROL_CATCH_UP;
  self->wanted_id = order->version.manifest;
  self->templates = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_template_manifest_unref);
  if (has) { /* as the real one, whose manifests are on its disk */
    self->wanted = sc_version_manifest_ref (self->version);
    order_known (self);
  } else {
    fetch_next (self);
  }
}

static void
join (LoadSeat *self, const ScControlMessage *order)
{
  g_autoptr (GError) error = NULL;

  if (self->wanted == NULL || order->session != self->session)
    return;
  say (self, sc_control_message_new (SC_CONTROL_JOINED, self->session));
  self->state = SC_TRANSFER_RECEIVING;
  self->world->counts.joined++;
  if (!load_streams_join (self->world->streams, order, self->world->interface_address, self, &error))
    g_warning ("seat %s: %s", self->name, error->message);
}

static void
leave (LoadSeat *self, const ScControlMessage *order)
{
  if (order->session != self->session || self->wanted == NULL)
    return;
  if (order->leave.reason == SC_LEAVE_FINISHED || order->leave.reason == SC_LEAVE_CATCH_UP) {
    apply (self);
    return;
  }
  self->state = SC_TRANSFER_CANCELLED;
  say_progress (self);
  forget_order (self);
}

void
load_seat_stream (LoadSeat *self, guint64 session, const ScCastReport *report)
{
  ScControlMessage *message = sc_control_message_new (report != NULL ? SC_CONTROL_REPORT : SC_CONTROL_HEARD, session);

  if (report != NULL) {
    message->report = *report;
    self->world->counts.reports++;
  }
  say (self, message);
}

/* Before a session: it takes no manifests, and hears what is sent on its machine. */
static void
listen_to_probes (LoadSeat *self, const ScControlMessage *order)
{
  ScControlMessage *listening = sc_control_message_new (SC_CONTROL_LISTENING, order->session);
  ScControlMessage *heard = sc_control_message_new (SC_CONTROL_HEARD, order->session);
  gsize length = ((gsize) order->listen.manifests->len + 7) / 8;

  listening->listening.lacks = g_bytes_new_take (g_malloc0 (length), length);
  heard->heard.payload = SC_CAST_SYMBOL_SIZE;
  say (self, listening);
  say (self, heard);
}

/* the link */

static void
on_connected (gpointer user_data, const char *local_address)
{
  LoadSeat *self = user_data;

  set_text (&self->local_address, local_address);
  self->world->counts.connects++;
  say_inventory (self);
}

static void
on_message (gpointer user_data, ScControlMessage *message)
{
  LoadSeat *self = user_data;
  g_autoptr (ScControlMessage) order = message;

  self->world->counts.received++;
  switch (order->type) {
  case SC_CONTROL_WELCOME:
    self->world->counts.online += self->online ? 0 : 1;
    self->online = TRUE;
    break;
  case SC_CONTROL_PREPARE:
  case SC_CONTROL_CATCH_UP:
    begin_order (self, order);
    break;
  case SC_CONTROL_LISTEN:
    listen_to_probes (self, order);
    break;
  case SC_CONTROL_JOIN:
    join (self, order);
    break;
  case SC_CONTROL_LEAVE:
    leave (self, order);
    break;
  case SC_CONTROL_KEY:
    load_streams_add_key (self->world->streams, order->session, &order->key.key);
    break;
  default: /* what to trust, when to fetch: nothing that it does depends on that */
    break;
  }
}

static void
on_lost (gpointer user_data)
{
  LoadSeat *self = user_data;

  self->world->counts.online -= self->online ? 1 : 0;
  self->world->counts.losses++;
  self->online = FALSE;
  forget_order (self); /* the console asks anew */
}

static void
on_refused (gpointer user_data)
{
  ((LoadSeat *) user_data)->world->counts.refusals++;
}

void
load_seat_connect (LoadSeat *self)
{
  static const ScLinkEvents events = { on_connected, on_message, on_lost, on_refused };

  self->fetch = sc_fetch_new (self->connection, self->identity);
  self->link = sc_link_new (self->fetch, &events, self);
  sc_link_start (self->link);
}

/* enrolling */

static void
on_enrol (ScEnrollerState state, const char *words, gpointer user_data)
{
  LoadSeat *self = user_data;

  if (state == SC_ENROLLER_FAILED || state == SC_ENROLLER_WAITING)
    return; /* it asks again */
  if (state == SC_ENROLLER_DENIED)
    g_warning ("seat %s: %s", self->name, words);
  g_clear_pointer (&self->enroller, sc_enroller_free);
  self->world->enrolled (self->world->data, self, state == SC_ENROLLER_APPROVED);
}

void
load_seat_enrol (LoadSeat *self)
{
  g_autoptr (ScEnrolRequest) facts = sc_enrol_request_new ();

  set_text (&facts->name, self->name);
  set_text (&facts->os, "Linux");
  set_text (&facts->service_version, SC_VERSION);
  g_ptr_array_add (facts->macs, g_strdup (self->mac));
  self->enroller = sc_enroller_new (self->connection, self->identity, facts, on_enrol, self);
  sc_enroller_start (self->enroller, 0);
}

gboolean
load_seat_is_enrolled (LoadSeat *self)
{
  return sc_seat_identity_get_seat (self->identity) != NULL;
}

void
load_seat_tick (LoadSeat *self)
{
  if (self->state == SC_TRANSFER_IDLE || !self->online)
    return;
  if (self->applying > 0 && --self->applying == 0)
    finish (self);
  else
    say_progress (self);
}

LoadSeat *
load_seat_new (LoadWorld *world, guint number, const char *directory, const ScConnection *connection, GError **error)
{
  LoadSeat *self = g_new0 (LoadSeat, 1);
  g_autoptr (GPtrArray) macs = g_ptr_array_new ();
  g_autoptr (ScSeatMachine) machine = NULL;
  g_autofree char *state = NULL;

  self->world = world;
  self->number = number;
  self->name = g_strdup_printf ("load-%04u", number);
  self->mac = g_strdup_printf ("02:4c:00:00:%02x:%02x", number >> 8 & 0xff, number & 0xff);
  self->connection = sc_connection_new (connection->url, connection->token, connection->fingerprint);
  g_ptr_array_add (macs, self->mac);
  machine = sc_seat_machine_new (self->name, macs);
  state = g_build_filename (directory, self->name, NULL);
  self->identity = sc_seat_identity_open (state, machine, connection->fingerprint, error);
  if (self->identity == NULL)
    g_clear_pointer (&self, load_seat_free);
  return self;
}

void
load_seat_free (LoadSeat *self)
{
  if (self == NULL)
    return;
  forget_order (self);
  g_clear_pointer (&self->enroller, sc_enroller_free);
  g_clear_pointer (&self->link, sc_link_free);
  g_clear_pointer (&self->fetch, sc_fetch_free);
  g_clear_pointer (&self->identity, sc_seat_identity_free);
  g_clear_pointer (&self->version, sc_version_manifest_unref);
  sc_connection_free (self->connection);
  g_free (self->local_address);
  g_free (self->name);
  g_free (self->mac);
  g_free (self);
}
