/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-desired.h"
#include "console/engine/catalog/sc-catalog-whole.h"
#include "console/engine/session/sc-sessions-private.h"
#include "console/engine/store/sc-store-signatures.h"

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

ScVersionManifest *
sc_sessions_compose (ScSessions *self, ScSelection *selection, GError **error)
{
  g_autoptr (ScVersionManifest) whole = sc_store_get_version (self->store, sc_selection_get_version (selection), error);
  ScSignature signature;

  if (whole == NULL || !sc_store_get_signature (self->store, whole, &signature, error))
    return NULL;
  return sc_selection_apply (selection, whole, error);
}

/* A signed order to bring itself there. */
static ScControlMessage *
make_order (ScSessions *self, const ScInventory *seat, ScSelection *selection, gboolean local, GError **error)
{
  g_autoptr (ScVersionManifest) version = sc_sessions_compose (self, selection, error);
  g_autoptr (ScControlMessage) message = NULL;

  if (version == NULL)
    return NULL;
  message = sc_control_message_new (SC_CONTROL_CATCH_UP, 0);
  message->version.version = sc_selection_get_version (selection);
  message->version.manifest = *sc_version_manifest_get_id (version);
  message->version.local = local;
  if (!sc_order_signer_sign (&self->signer, self->store, version, seat->seat, message, error))
    return NULL;
  return g_steal_pointer (&message);
}

/* What the seat is to have of version @number: those templates that it has of others, too. */
static ScSelection *
choose_selection (const ScCatalogSeat *seat, guint64 number, GError **error)
{
  g_autoptr (ScSelection) wanted = sc_catalog_seat_dup_wanted (seat);

  if (number == 0 && wanted == NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "seat %s is not assigned any version: deploy one to it",
                 seat->inventory->name);
  if (wanted == NULL)
    return number != 0 ? sc_selection_new (number, NULL) : NULL;
  if (number == 0)
    return g_steal_pointer (&wanted);
  return sc_selection_new (number, sc_selection_get_templates (wanted));
}

/* Whoever says that it is to catch up has changed their mind about the session that they cancelled. */
static gboolean
end_hold (ScSessions *self, const ScCatalogSeat *seat, GError **error)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();

  if ((seat->due & SC_DUE_HELD) == 0)
    return TRUE;
  g_ptr_array_add (seats, seat->inventory->seat);
  return sc_catalog_set_due (self->catalog, seats, SC_DUE_NOT, 0, error);
}

gboolean
sc_sessions_catch_up (ScSessions *self, const char *name, guint64 number, GError **error)
{
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->catalog, name, error);
  g_autoptr (ScSelection) selection = seat != NULL ? choose_selection (seat, number, error) : NULL;
  g_autoptr (ScSelection) wanted = NULL;
  g_autoptr (ScControlMessage) message = NULL;

  if (selection == NULL || !sc_sessions_check_free (self, seat->inventory, error) ||
      !check_online (self, seat->inventory, error))
    return FALSE;
  message = make_order (self, seat->inventory, selection, FALSE, error);
  if (message == NULL)
    return FALSE;
  wanted = sc_catalog_seat_dup_wanted (seat);
  if (!sc_selection_equal (wanted, selection) &&
      !sc_catalog_pin (self->catalog, seat->inventory->seat, selection, SC_DUE_NOT, 0, g_get_real_time (), error))
    return FALSE;
  if (!end_hold (self, seat, error) || !send (self, seat->inventory, message, error))
    return FALSE;
  g_hash_table_remove (self->ways_back, seat->inventory->seat);
  return TRUE;
}

/* (transfer full) (nullable): with these templates, if the version has them: all of it, if it has no others */
static ScSelection *
select_whole (ScSessions *self, guint64 number, const char *templates)
{
  g_autoptr (ScSelection) all = sc_selection_new (number, NULL);
  g_autoptr (ScSelection) part = *templates != '\0' ? sc_selection_new_from_text (number, templates, NULL) : NULL;
  g_autoptr (ScVersionManifest) version = sc_sessions_compose (self, all, NULL);
  g_autoptr (ScVersionManifest) composed = NULL;

  if (part == NULL || version == NULL)
    return NULL;
  composed = sc_selection_apply (part, version, NULL);
  if (composed == NULL)
    return NULL;
  return sc_version_manifest_get_n_templates (composed) < sc_version_manifest_get_n_templates (version)
             ? g_steal_pointer (&part)
             : g_steal_pointer (&all);
}

/* The way back is there for what the seat had then. */
static ScSelection *
find_way_back (ScSessions *self, const ScCatalogSeat *seat, guint64 number, GError **error)
{
  g_autofree char *templates = NULL;
  g_autofree char *whole = NULL;
  guint64 whole_version = 0;
  g_autoptr (ScSelection) selection = NULL;
  g_autoptr (ScVersionManifest) version = NULL;

  if (!sc_catalog_find_whole (self->catalog, seat->inventory->seat, &whole_version, &whole, NULL, error))
    return NULL;
  if (whole_version == number)
    selection = select_whole (self, number, whole);
  if (selection != NULL)
    return g_steal_pointer (&selection);
  if (!sc_catalog_find_templates (self->catalog, seat->inventory->seat, number, &templates, error))
    return NULL;
  if (templates != NULL)
    return sc_selection_new_from_text (number, templates, error);
  selection = choose_selection (seat, number, error);
  if (selection != NULL)
    version = sc_sessions_compose (self, selection, NULL);
  return version != NULL ? g_steal_pointer (&selection) : sc_selection_new (number, NULL);
}

gboolean
sc_sessions_go_back (ScSessions *self, const char *name, guint64 number, const char *why, GError **error)
{
  g_autoptr (ScCatalogSeat) seat = sc_catalog_find_seat (self->catalog, name, error);
  g_autoptr (ScSelection) selection = NULL;
  g_autoptr (ScControlMessage) message = NULL;

  if (seat == NULL || !sc_sessions_check_free (self, seat->inventory, error) ||
      !check_online (self, seat->inventory, error))
    return FALSE;
  selection = find_way_back (self, seat, number, error);
  if (selection != NULL)
    message = make_order (self, seat->inventory, selection, TRUE, error);
  if (message == NULL)
    return FALSE;
  /* it may read that version's manifests for it, although it is not assigned */
  g_hash_table_replace (self->ways_back, g_strdup (seat->inventory->seat), sc_selection_ref (selection));
  if (!send (self, seat->inventory, message, error))
    return FALSE;
  sc_sessions_tell_going_back (self, seat->inventory->seat, number, why);
  return TRUE;
}

gboolean
sc_sessions_is_on_way_back (ScSessions *self, const char *seat)
{
  return g_hash_table_contains (self->ways_back, seat);
}

GArray *
sc_sessions_list_ordered (ScSessions *self, const char *seat, GError **error)
{
  GArray *list = sc_catalog_list_ordered (self->catalog, seat, error);
  const ScSelection *way_back = g_hash_table_lookup (self->ways_back, seat);
  ScCatalogOrdered ordered;

  if (list == NULL || way_back == NULL)
    return list;
  ordered.version = sc_selection_get_version (way_back);
  ordered.templates = g_strdup (sc_selection_templates_to_text (way_back));
  g_array_append_val (list, ordered);
  return list;
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
