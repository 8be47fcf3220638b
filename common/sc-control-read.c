/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-control-private.h"
#include "common/sc-error.h"

#define LACKS_MAX (4u * 1024 * 1024) /* bytes of the bitmap: 32 M chunks, 2 TB */

static gboolean
get_uint32 (const ScJson *object, const char *key, guint32 max, guint32 *value, GError **error)
{
  guint64 wide;

  if (!sc_json_get_uint (object, key, max, &wide, error))
    return FALSE;
  *value = (guint32) wide;
  return TRUE;
}

static gboolean
get_id (const ScJson *object, const char *key, ScChunkId *id, GError **error)
{
  const char *hex = sc_json_get_string (object, key, SC_CHUNK_ID_HEX_LENGTH, error);

  return hex != NULL && sc_chunk_id_from_hex (id, hex, error);
}

static gboolean
get_copy (const ScJson *object, const char *key, gsize max_bytes, char **value, GError **error)
{
  *value = g_strdup (sc_json_get_string (object, key, max_bytes, error));
  return *value != NULL;
}

/* Decodes base64 strictly; GLib's decoder skips what it does not know. */
static GBytes *
get_octets (const ScJson *object, const char *key, gsize max_bytes, GError **error)
{
  const char *text = sc_json_get_string (object, key, (max_bytes + 2) / 3 * 4, error);
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *again = NULL;
  guchar *data;
  gsize length;

  if (text == NULL)
    return NULL;
  data = g_base64_decode (text, &length);
  bytes = g_bytes_new_take (data, length);
  again = g_base64_encode (data, length);
  if (strcmp (again, text) != 0 || length > max_bytes) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not base64 of at most %" G_GSIZE_FORMAT " bytes", key,
                 max_bytes);
    return NULL;
  }
  return g_steal_pointer (&bytes);
}

static gboolean
get_octets_exactly (const ScJson *object, const char *key, guint8 *out, gsize length, GError **error)
{
  g_autoptr (GBytes) bytes = get_octets (object, key, length, error);

  if (bytes == NULL)
    return FALSE;
  if (g_bytes_get_size (bytes) != length) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” does not have %" G_GSIZE_FORMAT " bytes", key, length);
    return FALSE;
  }
  memcpy (out, g_bytes_get_data (bytes, NULL), length);
  return TRUE;
}

static gboolean
report_from_json (ScCastReport *report, const ScJson *object, GError **error)
{
  g_autoptr (GBytes) deficits = NULL;

  if (!get_uint32 (object, "window", G_MAXUINT32, &report->window, error) ||
      !get_uint32 (object, "round", G_MAXUINT32, &report->round, error) ||
      !sc_json_get_uint (object, "received", G_MAXINT64, &report->received, error) ||
      !sc_json_get_uint (object, "lost", G_MAXINT64, &report->lost, error) ||
      !sc_json_get_uint (object, "dropped", G_MAXINT64, &report->dropped, error) ||
      !sc_json_get_uint (object, "refused", G_MAXINT64, &report->refused, error) ||
      !sc_json_get_uint (object, "backlog_bytes", G_MAXINT64, &report->backlog, error))
    return FALSE;
  deficits = get_octets (object, "deficits", sizeof report->deficits, error);
  if (deficits == NULL)
    return FALSE;
  report->n_blocks = (guint32) g_bytes_get_size (deficits);
  if (report->n_blocks > 0)
    memcpy (report->deficits, g_bytes_get_data (deficits, NULL), report->n_blocks);
  return TRUE;
}

static gboolean
layout_from_json (ScCastLayout *layout, const ScJson *object, GError **error)
{
  return get_uint32 (object, "symbol_size", SC_CAST_SYMBOL_SIZE_MAX, &layout->symbol_size, error) &&
         get_uint32 (object, "block_symbols", SC_CAST_MAX_SOURCE_SYMBOLS, &layout->block_symbols, error) &&
         get_uint32 (object, "window_blocks", SC_CAST_WINDOW_BLOCKS, &layout->window_blocks, error) &&
         sc_json_get_uint (object, "plan_bytes", G_MAXINT64, &layout->plan_length, error) &&
         sc_json_get_uint (object, "content_bytes", G_MAXINT64, &layout->content_length, error) &&
         sc_cast_layout_check (layout, error);
}

static gboolean
key_from_json (ScCastKey *key, const ScJson *object, GError **error)
{
  guint32 tag;

  if (!get_octets_exactly (object, "key", key->key, sizeof key->key, error) ||
      !get_octets_exactly (object, "salt", key->salt, sizeof key->salt, error) ||
      !get_uint32 (object, "tag", G_MAXUINT16, &tag, error))
    return FALSE;
  key->tag = (guint16) tag;
  return TRUE;
}

static gboolean
get_signature (const ScJson *object, const char *key, ScSignature *signature, GError **error)
{
  const char *hex = sc_json_get_string (object, key, 2 * SC_SIGNATURE_SIZE, error);

  if (hex == NULL)
    return FALSE;
  if (sc_signature_from_hex (signature, hex, error))
    return TRUE;
  g_prefix_error (error, "“%s”: ", key);
  return FALSE;
}

static gboolean
version_from_json (ScControlMessage *self, const ScJson *object, GError **error)
{
  return sc_json_get_uint (object, "version", G_MAXINT64, &self->version.version, error) &&
         get_id (object, "manifest", &self->version.manifest, error) &&
         get_signature (object, "signature", &self->version.signature, error) &&
         sc_json_get_uint (object, "order", G_MAXINT64, &self->version.order, error) &&
         get_signature (object, "order_signature", &self->version.order_signature, error) &&
         sc_json_get_bool (object, "local", &self->version.local, error) &&
         get_copy (object, "hooks", SC_CONTROL_MAX_HOOKS, &self->version.hooks, error);
}

static gboolean
trust_from_json (ScControlMessage *self, const ScJson *object, GError **error)
{
  self->trust.anchors = sc_anchors_from_json (json_object_get (object, "anchors"), error);
  if (self->trust.anchors == NULL) {
    g_prefix_error (error, "“anchors”: ");
    return FALSE;
  }
  return sc_json_get_bool (object, "renew", &self->trust.renew, error);
}

static gboolean
wake_from_json (ScControlMessage *self, const ScJson *object, GError **error)
{
  g_ptr_array_unref (self->wake.macs);
  self->wake.macs = sc_json_get_strings (object, "macs", SC_CONTROL_MAX_MACS, sizeof "00:00:00:00:00:00" - 1, error);
  return self->wake.macs != NULL && get_copy (object, "destination", 64, &self->wake.destination, error);
}

static gboolean
join_from_json (ScControlMessage *self, const ScJson *object, GError **error)
{
  guint32 port;

  if (!sc_json_get_uint (object, "version", G_MAXINT64, &self->join.version, error) ||
      !get_id (object, "manifest", &self->join.manifest, error) ||
      !layout_from_json (&self->join.layout, object, error) || !get_id (object, "plan", &self->join.plan, error) ||
      !key_from_json (&self->join.key, object, error) || !get_copy (object, "group", 64, &self->join.group, error) ||
      !get_uint32 (object, "port", G_MAXUINT16, &port, error) ||
      !get_uint32 (object, "first_window", G_MAXUINT32, &self->join.first_window, error))
    return FALSE;
  self->join.port = (guint16) port;
  return TRUE;
}

/* Of a stream of manifests: how they follow one another in it. */
static gboolean
sizes_from_json (ScControlMessage *self, const ScJson *object, GError **error)
{
  const ScJson *sizes = sc_json_get_array (object, "sizes", SC_CONTROL_MAX_MANIFESTS, error);
  gboolean expected = self->listen.what == SC_LISTEN_MANIFESTS;
  guint64 total = 0;

  if (sizes == NULL)
    return FALSE;
  for (gsize i = 0; i < json_array_size (sizes); i++) {
    const ScJson *item = json_array_get (sizes, i);
    json_int_t value = json_is_integer (item) ? json_integer_value (item) : 0;
    guint32 size = value > 0 && value <= (json_int_t) SC_CONTROL_MAX_MANIFEST_BYTES ? (guint32) value : 0;

    if (size == 0)
      break;
    total += size;
    g_array_append_val (self->listen.sizes, size);
  }
  if (self->listen.sizes->len == json_array_size (sizes) && total <= SC_CONTROL_MAX_MANIFEST_BYTES &&
      self->listen.sizes->len == (expected ? self->listen.manifests->len : 0) &&
      (!expected || (self->listen.layout.plan_length == total && self->listen.layout.content_length == 0)))
    return TRUE;
  g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "“sizes” do not fit the manifests and the stream");
  return FALSE;
}

static gboolean
get_nick (const ScJson *object, const char *key, const char *const *nicks, guint n_nicks, guint *value, GError **error)
{
  const char *nick = sc_json_get_string (object, key, 32, error);

  if (nick == NULL)
    return FALSE;
  if (sc_control_find_nick (nicks, n_nicks, nick, value))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is “%s”", key, nick);
  return FALSE;
}

static gboolean
listen_from_json (ScControlMessage *self, const ScJson *object, GError **error)
{
  g_autoptr (GBytes) manifests = NULL;
  guint32 port;
  guint what;

  if (!get_nick (object, "for", sc_control_listen_for, SC_CONTROL_N_LISTEN_FOR, &what, error) ||
      !key_from_json (&self->listen.key, object, error) ||
      !get_copy (object, "group", 64, &self->listen.group, error) ||
      !get_uint32 (object, "port", G_MAXUINT16, &port, error))
    return FALSE;
  self->listen.what = (ScListenFor) what;
  self->listen.port = (guint16) port;
  if (self->listen.what == SC_LISTEN_MANIFESTS && !layout_from_json (&self->listen.layout, object, error))
    return FALSE;
  manifests = get_octets (object, "manifests", SC_CONTROL_MAX_MANIFESTS * sizeof (ScChunkId), error);
  if (manifests == NULL)
    return FALSE;
  if (g_bytes_get_size (manifests) % sizeof (ScChunkId) != 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "“manifests” are not whole ids");
    return FALSE;
  }
  if (g_bytes_get_size (manifests) > 0)
    g_array_append_vals (self->listen.manifests, g_bytes_get_data (manifests, NULL),
                         (guint) (g_bytes_get_size (manifests) / sizeof (ScChunkId)));
  return sizes_from_json (self, object, error);
}

static gboolean
prepared_from_json (ScControlMessage *self, const ScJson *object, GError **error)
{
  self->prepared.lacks = get_octets (object, "lacks", LACKS_MAX, error);
  if (self->prepared.lacks == NULL)
    return FALSE;
  self->prepared.needs = sc_needs_from_json (object, error);
  return self->prepared.needs != NULL;
}

static gboolean
progress_from_json (ScControlMessage *self, const ScJson *object, GError **error)
{
  const char *state = sc_json_get_string (object, "state", 32, error);

  if (state == NULL)
    return FALSE;
  if (!sc_transfer_state_from_nick (state, &self->progress.state)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“state” is “%s”", state);
    return FALSE;
  }
  return sc_json_get_uint (object, "done_bytes", G_MAXINT64, &self->progress.done, error) &&
         sc_json_get_uint (object, "total_bytes", G_MAXINT64, &self->progress.total, error) &&
         sc_json_get_uint (object, "free_bytes", G_MAXINT64, &self->progress.free_bytes, error) &&
         get_copy (object, "template", SC_INVENTORY_STRING_MAX, &self->progress.template_name, error) &&
         sc_json_get_bool (object, "throttled", &self->progress.throttled, error);
}

static gboolean
done_from_json (ScControlMessage *self, const ScJson *object, GError **error)
{
  if (!sc_json_get_uint (object, "version", G_MAXINT64, &self->done.version, error))
    return FALSE;
  g_ptr_array_unref (self->done.busy);
  self->done.busy = sc_json_get_strings (object, "busy", SC_NEEDS_MAX_BUSY, SC_INVENTORY_STRING_MAX, error);
  return self->done.busy != NULL && get_copy (object, "warning", SC_CONTROL_MESSAGE_MAX, &self->done.warning, error);
}

static gboolean
members_from_json (ScControlMessage *self, const ScJson *object, GError **error)
{
  guint32 protocol;
  guint value;

  switch (self->type) {
  case SC_CONTROL_INVENTORY:
    self->inventory = sc_inventory_from_json (object, error);
    return self->inventory != NULL;
  case SC_CONTROL_PREPARED:
    return prepared_from_json (self, object, error);
  case SC_CONTROL_REPORT:
    return report_from_json (&self->report, object, error);
  case SC_CONTROL_PROGRESS:
    return progress_from_json (self, object, error);
  case SC_CONTROL_DONE:
    return done_from_json (self, object, error);
  case SC_CONTROL_VERIFIED:
    self->verified = sc_verified_from_json (object, error);
    return self->verified != NULL;
  case SC_CONTROL_FAILED:
    return get_copy (object, "code", 32, &self->failed.code, error) &&
           get_copy (object, "message", SC_CONTROL_MESSAGE_MAX, &self->failed.message, error);
  case SC_CONTROL_WELCOME:
    if (!get_uint32 (object, "protocol", G_MAXUINT32, &protocol, error))
      return FALSE;
    self->welcome.protocol = protocol;
    return get_copy (object, "console", SC_CONTROL_MESSAGE_MAX, &self->welcome.console, error);
  case SC_CONTROL_PREPARE:
  case SC_CONTROL_CATCH_UP:
    return version_from_json (self, object, error);
  case SC_CONTROL_JOIN:
    return join_from_json (self, object, error);
  case SC_CONTROL_LEAVE:
    if (!get_nick (object, "reason", sc_control_leave_reasons, SC_CONTROL_N_LEAVE_REASONS, &value, error))
      return FALSE;
    self->leave.reason = (ScLeaveReason) value;
    return TRUE;
  case SC_CONTROL_VERIFY:
    if (!get_nick (object, "action", sc_control_verify_actions, SC_CONTROL_N_VERIFY_ACTIONS, &value, error))
      return FALSE;
    self->verify.action = (ScVerifyAction) value;
    return TRUE;
  case SC_CONTROL_KEY:
    return key_from_json (&self->key.key, object, error);
  case SC_CONTROL_TRUST:
    return trust_from_json (self, object, error);
  case SC_CONTROL_POLICY:
    return sc_json_get_bool (object, "fetch", &self->policy.fetch, error) &&
           get_copy (object, "cache", SC_INVENTORY_STRING_MAX, &self->policy.cache, error);
  case SC_CONTROL_WAKE:
    return wake_from_json (self, object, error);
  case SC_CONTROL_POWERED:
    return sc_json_get_bool (object, "off", &self->powered.off, error) &&
           get_copy (object, "message", SC_CONTROL_MESSAGE_MAX, &self->powered.message, error);
  case SC_CONTROL_HEARD:
    return get_uint32 (object, "payload_bytes", SC_CAST_SYMBOL_SIZE_MAX, &self->heard.payload, error);
  case SC_CONTROL_LISTENING:
    self->listening.lacks = get_octets (object, "lacks", (SC_CONTROL_MAX_MANIFESTS + 7) / 8, error);
    return self->listening.lacks != NULL;
  case SC_CONTROL_LISTEN:
    return listen_from_json (self, object, error);
  case SC_CONTROL_JOINED:
  case SC_CONTROL_POWER_OFF:
    return TRUE;
  }
  return FALSE;
}

ScControlMessage *
sc_control_message_parse (const char *text, gsize length, GError **error)
{
  g_autoptr (ScJson) object = sc_json_parse_object (text, length, SC_CONTROL_MAX_BYTES, error);
  g_autoptr (ScControlMessage) self = NULL;
  const char *type;
  guint64 session;
  guint value;

  if (object == NULL)
    return NULL;
  type = sc_json_get_string (object, "type", 32, error);
  if (type == NULL || !sc_json_get_uint (object, "session", G_MAXINT64, &session, error))
    return NULL;
  if (!sc_control_find_nick (sc_control_types, SC_CONTROL_N_TYPES, type, &value)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "a message has the unknown type “%s”; update Seatcast", type);
    return NULL;
  }
  self = sc_control_message_new ((ScControlType) value, session);
  if (!members_from_json (self, object, error)) {
    g_prefix_error (error, "message “%s”: ", type);
    return NULL;
  }
  return g_steal_pointer (&self);
}
