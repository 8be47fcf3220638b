/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-control.h"

#include "common/sc-error.h"

#define MESSAGE_MAX 1024u            /* bytes of a text for people */
#define LACKS_MAX (4u * 1024 * 1024) /* bytes of the bitmap: 32 M chunks, 2 TB */

static const char *const types[] = {
  [SC_CONTROL_INVENTORY] = "inventory", [SC_CONTROL_PREPARED] = "prepared",
  [SC_CONTROL_JOINED] = "joined",       [SC_CONTROL_HEARD] = "heard",
  [SC_CONTROL_REPORT] = "report",       [SC_CONTROL_PROGRESS] = "progress",
  [SC_CONTROL_DONE] = "done",           [SC_CONTROL_FAILED] = "failed",
  [SC_CONTROL_WELCOME] = "welcome",     [SC_CONTROL_PREPARE] = "prepare",
  [SC_CONTROL_JOIN] = "join",           [SC_CONTROL_LEAVE] = "leave",
  [SC_CONTROL_CATCH_UP] = "catch-up",   [SC_CONTROL_VERIFY] = "verify",
  [SC_CONTROL_VERIFIED] = "verified",   [SC_CONTROL_KEY] = "key",
  [SC_CONTROL_TRUST] = "trust",         [SC_CONTROL_POLICY] = "policy",
  [SC_CONTROL_WAKE] = "wake",           [SC_CONTROL_POWER_OFF] = "power-off",
  [SC_CONTROL_POWERED] = "powered",
};

static const char *const transfer_states[] = { "idle",   "waiting",   "receiving", "repairing", "applying", "done",
                                               "failed", "cancelled", "busy",      "planned",   "verifying" };

static const char *const leave_reasons[] = { "finished", "catch-up", "cancelled", "suspended" };

static const char *const verify_actions[] = { "start", "stop" };

static gboolean
find_nick (const char *const *nicks, guint n_nicks, const char *nick, guint *value)
{
  for (guint i = 0; i < n_nicks; i++)
    if (strcmp (nicks[i], nick) == 0) {
      *value = i;
      return TRUE;
    }
  return FALSE;
}

const char *
sc_transfer_state_to_nick (ScTransferState state)
{
  return transfer_states[state];
}

gboolean
sc_transfer_state_from_nick (const char *nick, ScTransferState *state)
{
  guint value;

  if (!find_nick (transfer_states, G_N_ELEMENTS (transfer_states), nick, &value))
    return FALSE;
  *state = (ScTransferState) value;
  return TRUE;
}

ScControlMessage *
sc_control_message_new (ScControlType type, guint64 session)
{
  ScControlMessage *self = g_new0 (ScControlMessage, 1);

  self->type = type;
  self->session = session;
  if (type == SC_CONTROL_DONE)
    self->done.busy = g_ptr_array_new_with_free_func (g_free);
  if (type == SC_CONTROL_WAKE)
    self->wake.macs = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sc_control_message_free (ScControlMessage *self)
{
  if (self == NULL)
    return;
  switch (self->type) {
  case SC_CONTROL_INVENTORY:
    sc_inventory_free (self->inventory);
    break;
  case SC_CONTROL_PREPARED:
    g_clear_pointer (&self->prepared.lacks, g_bytes_unref);
    g_clear_pointer (&self->prepared.needs, sc_needs_free);
    break;
  case SC_CONTROL_PROGRESS:
    g_free (self->progress.template_name);
    break;
  case SC_CONTROL_DONE:
    g_clear_pointer (&self->done.busy, g_ptr_array_unref);
    break;
  case SC_CONTROL_VERIFIED:
    sc_verified_free (self->verified);
    break;
  case SC_CONTROL_FAILED:
    g_free (self->failed.code);
    g_free (self->failed.message);
    break;
  case SC_CONTROL_WELCOME:
    g_free (self->welcome.console);
    break;
  case SC_CONTROL_JOIN:
    g_free (self->join.group);
    sc_cast_key_wipe (&self->join.key);
    break;
  case SC_CONTROL_KEY:
    sc_cast_key_wipe (&self->key.key);
    break;
  case SC_CONTROL_TRUST:
    sc_anchors_free (self->trust.anchors);
    break;
  case SC_CONTROL_PREPARE:
  case SC_CONTROL_CATCH_UP:
    g_free (self->version.hooks);
    break;
  case SC_CONTROL_POLICY:
    g_free (self->policy.cache);
    break;
  case SC_CONTROL_WAKE:
    g_clear_pointer (&self->wake.macs, g_ptr_array_unref);
    g_free (self->wake.destination);
    break;
  case SC_CONTROL_POWERED:
    g_free (self->powered.message);
    break;
  default:
    break;
  }
  g_free (self);
}

static void
set_uint (ScJson *object, const char *key, guint64 value)
{
  json_object_set_new (object, key, json_integer ((json_int_t) value));
}

static void
set_string (ScJson *object, const char *key, const char *value)
{
  json_object_set_new (object, key, json_string (value != NULL ? value : ""));
}

static void
set_id (ScJson *object, const char *key, const ScChunkId *id)
{
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];

  sc_chunk_id_to_hex (id, hex);
  set_string (object, key, hex);
}

static void
set_octets (ScJson *object, const char *key, const void *data, gsize length)
{
  g_autofree char *text = g_base64_encode (data, length);

  set_string (object, key, text);
}

static void
set_signature (ScJson *object, const char *key, const ScSignature *signature)
{
  g_autofree char *hex = sc_signature_to_hex (signature);

  set_string (object, key, hex);
}

static void
key_to_json (const ScCastKey *key, ScJson *object)
{
  set_octets (object, "key", key->key, sizeof key->key);
  set_octets (object, "salt", key->salt, sizeof key->salt);
  set_uint (object, "tag", key->tag);
}

static void
version_to_json (const ScControlMessage *self, ScJson *object)
{
  set_uint (object, "version", self->version.version);
  set_id (object, "manifest", &self->version.manifest);
  set_signature (object, "signature", &self->version.signature);
  set_uint (object, "order", self->version.order);
  set_signature (object, "order_signature", &self->version.order_signature);
  json_object_set_new (object, "local", json_boolean (self->version.local));
  set_string (object, "hooks", self->version.hooks);
}

static void
report_to_json (const ScCastReport *report, ScJson *object)
{
  set_uint (object, "window", report->window);
  set_uint (object, "round", report->round);
  set_octets (object, "deficits", report->deficits, report->n_blocks);
  set_uint (object, "received", report->received);
  set_uint (object, "lost", report->lost);
  set_uint (object, "dropped", report->dropped);
  set_uint (object, "backlog_bytes", report->backlog);
}

static void
join_to_json (const ScControlMessage *self, ScJson *object)
{
  const ScCastLayout *layout = &self->join.layout;

  set_uint (object, "version", self->join.version);
  set_id (object, "manifest", &self->join.manifest);
  set_uint (object, "symbol_size", layout->symbol_size);
  set_uint (object, "block_symbols", layout->block_symbols);
  set_uint (object, "window_blocks", layout->window_blocks);
  set_uint (object, "plan_bytes", layout->plan_length);
  set_uint (object, "content_bytes", layout->content_length);
  set_id (object, "plan", &self->join.plan);
  key_to_json (&self->join.key, object);
  set_string (object, "group", self->join.group);
  set_uint (object, "port", self->join.port);
  set_uint (object, "first_window", self->join.first_window);
}

static void
prepared_to_json (const ScControlMessage *self, ScJson *object)
{
  gsize length;
  const void *lacks = g_bytes_get_data (self->prepared.lacks, &length);

  set_octets (object, "lacks", lacks, length);
  sc_needs_to_json (self->prepared.needs, object);
}

static void
members_to_json (const ScControlMessage *self, ScJson *object)
{
  switch (self->type) {
  case SC_CONTROL_INVENTORY:
    sc_inventory_to_json (self->inventory, object);
    break;
  case SC_CONTROL_PREPARED:
    prepared_to_json (self, object);
    break;
  case SC_CONTROL_REPORT:
    report_to_json (&self->report, object);
    break;
  case SC_CONTROL_PROGRESS:
    set_string (object, "state", sc_transfer_state_to_nick (self->progress.state));
    set_uint (object, "done_bytes", self->progress.done);
    set_uint (object, "total_bytes", self->progress.total);
    set_uint (object, "free_bytes", self->progress.free_bytes);
    set_string (object, "template", self->progress.template_name);
    json_object_set_new (object, "throttled", json_boolean (self->progress.throttled));
    break;
  case SC_CONTROL_DONE:
    set_uint (object, "version", self->done.version);
    sc_json_set_strings (object, "busy", self->done.busy, SC_NEEDS_MAX_BUSY);
    break;
  case SC_CONTROL_VERIFIED:
    sc_verified_to_json (self->verified, object);
    break;
  case SC_CONTROL_FAILED:
    set_string (object, "code", self->failed.code);
    /* a long list of problems is cut, not refused by the other end */
    sc_json_set_text (object, "message", self->failed.message, MESSAGE_MAX);
    break;
  case SC_CONTROL_WELCOME:
    set_uint (object, "protocol", self->welcome.protocol);
    set_string (object, "console", self->welcome.console);
    break;
  case SC_CONTROL_PREPARE:
  case SC_CONTROL_CATCH_UP:
    version_to_json (self, object);
    break;
  case SC_CONTROL_JOIN:
    join_to_json (self, object);
    break;
  case SC_CONTROL_LEAVE:
    set_string (object, "reason", leave_reasons[self->leave.reason]);
    break;
  case SC_CONTROL_VERIFY:
    set_string (object, "action", verify_actions[self->verify.action]);
    break;
  case SC_CONTROL_KEY:
    key_to_json (&self->key.key, object);
    break;
  case SC_CONTROL_TRUST:
    json_object_set_new (object, "anchors", sc_anchors_to_json (self->trust.anchors));
    json_object_set_new (object, "renew", json_boolean (self->trust.renew));
    break;
  case SC_CONTROL_POLICY:
    json_object_set_new (object, "fetch", json_boolean (self->policy.fetch));
    set_string (object, "cache", self->policy.cache);
    break;
  case SC_CONTROL_WAKE:
    sc_json_set_strings (object, "macs", self->wake.macs, SC_CONTROL_MAX_MACS);
    set_string (object, "destination", self->wake.destination);
    break;
  case SC_CONTROL_POWERED:
    json_object_set_new (object, "off", json_boolean (self->powered.off));
    sc_json_set_text (object, "message", self->powered.message, MESSAGE_MAX);
    break;
  case SC_CONTROL_JOINED:
  case SC_CONTROL_HEARD:
  case SC_CONTROL_POWER_OFF:
    break;
  }
}

char *
sc_control_message_to_json (const ScControlMessage *self)
{
  g_autoptr (ScJson) object = json_object ();

  set_string (object, "type", types[self->type]);
  set_uint (object, "session", self->session);
  members_to_json (self, object);
  return sc_json_to_text (object);
}

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
  return self->done.busy != NULL;
}

static gboolean
get_nick (const ScJson *object, const char *key, const char *const *nicks, guint n_nicks, guint *value, GError **error)
{
  const char *nick = sc_json_get_string (object, key, 32, error);

  if (nick == NULL)
    return FALSE;
  if (find_nick (nicks, n_nicks, nick, value))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is “%s”", key, nick);
  return FALSE;
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
           get_copy (object, "message", MESSAGE_MAX, &self->failed.message, error);
  case SC_CONTROL_WELCOME:
    if (!get_uint32 (object, "protocol", G_MAXUINT32, &protocol, error))
      return FALSE;
    self->welcome.protocol = protocol;
    return get_copy (object, "console", MESSAGE_MAX, &self->welcome.console, error);
  case SC_CONTROL_PREPARE:
  case SC_CONTROL_CATCH_UP:
    return version_from_json (self, object, error);
  case SC_CONTROL_JOIN:
    return join_from_json (self, object, error);
  case SC_CONTROL_LEAVE:
    if (!get_nick (object, "reason", leave_reasons, G_N_ELEMENTS (leave_reasons), &value, error))
      return FALSE;
    self->leave.reason = (ScLeaveReason) value;
    return TRUE;
  case SC_CONTROL_VERIFY:
    if (!get_nick (object, "action", verify_actions, G_N_ELEMENTS (verify_actions), &value, error))
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
           get_copy (object, "message", MESSAGE_MAX, &self->powered.message, error);
  case SC_CONTROL_JOINED:
  case SC_CONTROL_HEARD:
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
  if (!find_nick (types, G_N_ELEMENTS (types), type, &value)) {
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
