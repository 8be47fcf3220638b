/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-control-private.h"

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
  set_uint (object, "refused", report->refused);
  set_uint (object, "backlog_bytes", report->backlog);
}

static void
layout_to_json (const ScCastLayout *layout, ScJson *object)
{
  set_uint (object, "symbol_size", layout->symbol_size);
  set_uint (object, "block_symbols", layout->block_symbols);
  set_uint (object, "window_blocks", layout->window_blocks);
  set_uint (object, "plan_bytes", layout->plan_length);
  set_uint (object, "content_bytes", layout->content_length);
}

static void
listen_to_json (const ScControlMessage *self, ScJson *object)
{
  ScJson *sizes = json_array ();

  set_string (object, "for", sc_control_listen_for[self->listen.what]);
  set_string (object, "group", self->listen.group);
  set_uint (object, "port", self->listen.port);
  key_to_json (&self->listen.key, object);
  set_octets (object, "manifests", self->listen.manifests->data, self->listen.manifests->len * sizeof (ScChunkId));
  for (guint i = 0; i < self->listen.sizes->len; i++)
    json_array_append_new (sizes, json_integer (g_array_index (self->listen.sizes, guint32, i)));
  json_object_set_new (object, "sizes", sizes);
  if (self->listen.what == SC_LISTEN_MANIFESTS)
    layout_to_json (&self->listen.layout, object);
}

static void
listening_to_json (const ScControlMessage *self, ScJson *object)
{
  gsize length = 0;
  const void *lacks = self->listening.lacks != NULL ? g_bytes_get_data (self->listening.lacks, &length) : NULL;

  set_octets (object, "lacks", lacks, length);
}

static void
join_to_json (const ScControlMessage *self, ScJson *object)
{
  set_uint (object, "version", self->join.version);
  set_id (object, "manifest", &self->join.manifest);
  layout_to_json (&self->join.layout, object);
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
    sc_json_set_text (object, "warning", self->done.warning != NULL ? self->done.warning : "", SC_CONTROL_MESSAGE_MAX);
    break;
  case SC_CONTROL_VERIFIED:
    sc_verified_to_json (self->verified, object);
    break;
  case SC_CONTROL_FAILED:
    set_string (object, "code", self->failed.code);
    /* a long list of problems is cut, not refused by the other end */
    sc_json_set_text (object, "message", self->failed.message, SC_CONTROL_MESSAGE_MAX);
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
    set_string (object, "reason", sc_control_leave_reasons[self->leave.reason]);
    break;
  case SC_CONTROL_VERIFY:
    set_string (object, "action", sc_control_verify_actions[self->verify.action]);
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
    sc_json_set_text (object, "message", self->powered.message, SC_CONTROL_MESSAGE_MAX);
    break;
  case SC_CONTROL_HEARD:
    set_uint (object, "payload_bytes", self->heard.payload);
    break;
  case SC_CONTROL_LISTENING:
    listening_to_json (self, object);
    break;
  case SC_CONTROL_LISTEN:
    listen_to_json (self, object);
    break;
  case SC_CONTROL_JOINED:
  case SC_CONTROL_POWER_OFF:
    break;
  }
}

char *
sc_control_message_to_json (const ScControlMessage *self)
{
  g_autoptr (ScJson) object = json_object ();

  set_string (object, "type", sc_control_types[self->type]);
  set_uint (object, "session", self->session);
  members_to_json (self, object);
  return sc_json_to_text (object);
}
