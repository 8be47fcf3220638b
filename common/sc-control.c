/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-control-private.h"

const char *const sc_control_types[SC_CONTROL_N_TYPES] = {
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
  [SC_CONTROL_POWERED] = "powered",     [SC_CONTROL_LISTENING] = "listening",
  [SC_CONTROL_LISTEN] = "listen",
};

static const char *const transfer_states[] = { "idle",   "waiting",   "receiving", "repairing", "applying", "done",
                                               "failed", "cancelled", "busy",      "planned",   "verifying" };

const char *const sc_control_leave_reasons[SC_CONTROL_N_LEAVE_REASONS] = { "finished", "catch-up", "cancelled",
                                                                           "suspended" };

const char *const sc_control_verify_actions[SC_CONTROL_N_VERIFY_ACTIONS] = { "start", "stop" };

const char *const sc_control_listen_for[SC_CONTROL_N_LISTEN_FOR] = { "probes", "manifests" };

gboolean
sc_control_find_nick (const char *const *nicks, guint n_nicks, const char *nick, guint *value)
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

  if (!sc_control_find_nick (transfer_states, G_N_ELEMENTS (transfer_states), nick, &value))
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
  if (type == SC_CONTROL_LISTEN) {
    self->listen.manifests = g_array_new (FALSE, FALSE, sizeof (ScChunkId));
    self->listen.sizes = g_array_new (FALSE, FALSE, sizeof (guint32));
  }
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
    g_free (self->done.warning);
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
  case SC_CONTROL_LISTENING:
    g_clear_pointer (&self->listening.lacks, g_bytes_unref);
    break;
  case SC_CONTROL_LISTEN:
    g_free (self->listen.group);
    g_clear_pointer (&self->listen.manifests, g_array_unref);
    g_clear_pointer (&self->listen.sizes, g_array_unref);
    sc_cast_key_wipe (&self->listen.key);
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
