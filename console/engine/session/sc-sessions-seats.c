/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/session/sc-sessions-private.h"

gboolean
sc_sessions_is_verifying (ScSessions *self, const char *seat)
{
  const ScSeatTransfer *transfer = sc_seat_hub_get_transfer (self->hub, seat);

  /* by its own word also when the order was another engine's, before this one was started */
  return g_hash_table_contains (self->verifying, seat) ||
         (transfer != NULL && transfer->state == SC_TRANSFER_VERIFYING);
}

gboolean
sc_sessions_check_free (ScSessions *self, const ScInventory *seat, GError **error)
{
  ScSession *holder = sc_sessions_find_holder (self, seat->seat);

  if (holder != NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
                 "seat %s takes part in session %" G_GUINT64_FORMAT ": wait until that is over, or cancel it",
                 seat->name, sc_session_get_id (holder));
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_not_verifying (ScSessions *self, const ScInventory *seat, GError **error)
{
  if (!sc_sessions_is_verifying (self, seat->seat))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_BUSY,
               "seat %s verifies its templates already: “seatcastctl seat %s” shows how far it is", seat->name,
               seat->name);
  return FALSE;
}

static gboolean
check_online (ScSessions *self, const ScInventory *seat, GError **error)
{
  if (sc_seat_hub_is_online (self->hub, seat->seat))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_STATE, "seat %s is offline: switch it on and see that seatcast-service runs",
               seat->name);
  return FALSE;
}

static gboolean
send (ScSessions *self, const ScInventory *seat, const ScControlMessage *message, GError **error)
{
  if (sc_seat_hub_send (self->hub, seat->seat, message))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_STATE, "the connection of seat %s is just closing: try again", seat->name);
  return FALSE;
}

gboolean
sc_sessions_catch_up (ScSessions *self, const char *name, guint64 number, GError **error)
{
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->catalog, name, error);
  g_autoptr (ScVersionManifest) version = NULL;
  g_autoptr (ScControlMessage) message = NULL;

  if (seat == NULL)
    return FALSE;
  if (number == 0)
    number = seat->assigned_version;
  if (number == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "seat %s is not assigned any version: deploy one to it",
                 seat->inventory->name);
    return FALSE;
  }
  if (!sc_sessions_check_free (self, seat->inventory, error) || !check_online (self, seat->inventory, error))
    return FALSE;
  version = sc_store_get_version (self->store, number, error);
  if (version == NULL)
    return FALSE;
  message = sc_control_message_new (SC_CONTROL_CATCH_UP, 0);
  message->version.version = number;
  message->version.manifest = *sc_version_manifest_get_id (version);
  if (!sc_order_signer_sign (&self->signer, self->store, version, seat->inventory->seat, message, error))
    return FALSE;
  if (number != seat->assigned_version &&
      !sc_catalog_assign_version (self->catalog, seat->inventory->seat, number, error))
    return FALSE;
  return send (self, seat->inventory, message, error);
}

static gboolean
order_verify (ScSessions *self, const ScInventory *seat, ScVerifyAction action, GError **error)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_VERIFY, 0);

  message->verify.action = action;
  return send (self, seat, message, error);
}

gboolean
sc_sessions_verify (ScSessions *self, const char *name, GError **error)
{
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->catalog, name, error);

  if (seat == NULL || !sc_sessions_check_free (self, seat->inventory, error) ||
      !check_not_verifying (self, seat->inventory, error) || !check_online (self, seat->inventory, error) ||
      !order_verify (self, seat->inventory, SC_VERIFY_START, error))
    return FALSE;
  g_hash_table_add (self->verifying, g_strdup (seat->inventory->seat));
  return TRUE;
}

gboolean
sc_sessions_stop_verify (ScSessions *self, const char *name, GError **error)
{
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->catalog, name, error);

  if (seat == NULL)
    return FALSE;
  if (!sc_sessions_is_verifying (self, seat->inventory->seat)) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "seat %s is not verifying its templates", seat->inventory->name);
    return FALSE;
  }
  if (!order_verify (self, seat->inventory, SC_VERIFY_STOP, error))
    return FALSE;
  g_hash_table_add (self->verifying, g_strdup (seat->inventory->seat)); /* so that its answer counts */
  return TRUE;
}

void
sc_sessions_verified (ScSessions *self, const char *seat, const ScVerified *verified)
{
  g_autoptr (GError) error = NULL;
  gboolean awaited = g_hash_table_remove (self->verifying, seat);

  /* an order to stop that came too late must not hide what was found */
  if (!awaited && g_str_equal (verified->code, sc_error_code_to_nick (SC_ERROR_CANCELLED)))
    return;
  if (!sc_catalog_save_verified (self->catalog, seat, verified, g_get_real_time (), &error))
    g_warning ("what seat %s found when it verified its templates could not be kept: %s", seat, error->message);
}

/* A seat that only lost its connection may still answer later: then that counts. */
void
sc_sessions_verify_broke (ScSessions *self, const char *seat)
{
  g_autoptr (ScVerified) verified = NULL;

  if (!g_hash_table_contains (self->verifying, seat))
    return;
  verified = sc_verified_new ();
  g_free (verified->code);
  verified->code = g_strdup (sc_error_code_to_nick (SC_ERROR_UNREACHABLE));
  g_free (verified->message);
  verified->message = g_strdup ("the seat's connection ended before it was done: verify it again");
  sc_sessions_verified (self, seat, verified);
}
