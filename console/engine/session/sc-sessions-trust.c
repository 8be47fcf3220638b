/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-certificates.h"
#include "console/engine/catalog/sc-catalog-hooks.h"
#include "console/engine/session/sc-sessions-private.h"
#include "console/engine/store/sc-store-signatures.h"

void
sc_sessions_set_signer (ScSessions *self, const ScOrderSigner *signer)
{
  self->signer = *signer;
}

/* On any thread. */
static void
sign_version (gpointer data, guint64 number, const ScChunkId *manifest, ScSignature *signature)
{
  sc_authority_sign_version_anew (data, number, manifest, signature);
}

static void
sign_part (gpointer data, guint64 number, const ScChunkId *manifest, ScSignature *signature)
{
  ScSessions *self = data;

  sc_authority_sign_version (self->authority, number, manifest, signature);
}

static gboolean
dup_hooks (gpointer data, guint64 version, char **hooks, GError **error)
{
  ScSessions *self = data;
  g_autoptr (ScCatalogHooks) known = sc_catalog_get_hooks (self->catalog, version, error);

  if (known == NULL)
    return FALSE;
  *hooks = g_strdup (known->text);
  return TRUE;
}

static gboolean
sign_order (gpointer data, const char *seat, guint64 version, const ScChunkId *manifest, const char *hooks,
            guint64 *order, ScSignature *signature, GError **error)
{
  ScSessions *self = data;

  return sc_authority_sign_order (self->authority, seat, version, manifest, hooks, order, signature, error);
}

/* Not again and again while it is on its way to the next authority: it may have one good certificate of each. */
static gboolean
must_renew (ScSessions *self, const char *seat)
{
  const ScCertificate *next = sc_authority_get_next (self->authority);
  g_autofree char *fingerprint = next != NULL ? sc_certificate_get_fingerprint (next) : NULL;
  g_autoptr (GError) error = NULL;
  gboolean certified = FALSE;

  if (next == NULL)
    return FALSE;
  if (g_hash_table_contains (self->behind, seat))
    return TRUE;
  if (!sc_catalog_is_certified_by (self->catalog, seat, fingerprint, g_get_real_time () / G_USEC_PER_SEC, &certified,
                                   &error))
    g_warning ("whether seat %s has a certificate of the next authority is not known: %s", seat, error->message);
  return !certified;
}

static const ScAnchors *
get_anchors (gpointer data, const char *seat, gboolean *renew)
{
  ScSessions *self = data;

  *renew = must_renew (self, seat);
  return sc_authority_get_anchors (self->authority);
}

gboolean
sc_sessions_use_authority (ScSessions *self, ScAuthority *authority, GError **error)
{
  const ScVersionSigner version_signer = { sign_version, authority };
  const ScOrderSigner order_signer = { sign_order, sign_part, dup_hooks, get_anchors, self };
  const ScAnchors *anchors = sc_authority_get_anchors (authority);

  if (!sc_store_set_signer (self->store, &version_signer, anchors->signing_keys, anchors->n_signing_keys, error))
    return FALSE;
  self->authority = authority;
  sc_sessions_set_signer (self, &order_signer);
  sc_sessions_tell_trust (self);
  return TRUE;
}

void
sc_sessions_note_behind (ScSessions *self, const char *seat, gboolean behind)
{
  if (behind)
    g_hash_table_add (self->behind, g_strdup (seat));
  else
    g_hash_table_remove (self->behind, seat);
}

void
sc_sessions_tell_trust_to (ScSessions *self, const char *seat)
{
  const ScAnchors *anchors = NULL;
  g_autoptr (ScControlMessage) message = NULL;
  gboolean renew = FALSE;

  if (self->signer.get_anchors != NULL)
    anchors = self->signer.get_anchors (self->signer.data, seat, &renew);
  if (anchors == NULL)
    return;
  message = sc_control_message_new (SC_CONTROL_TRUST, 0);
  message->trust.anchors = sc_anchors_copy (anchors);
  message->trust.renew = renew;
  sc_seat_hub_send (self->hub, seat, message);
}

void
sc_sessions_tell_trust (ScSessions *self)
{
  g_autoptr (GPtrArray) seats = sc_seat_hub_list_online (self->hub);

  for (guint i = 0; i < seats->len; i++)
    sc_sessions_tell_trust_to (self, g_ptr_array_index (seats, i));
}

void
sc_sessions_shut_out (ScSessions *self, const char *seat, const char *why)
{
  /* also from sessions that are done with it: it still has their key */
  for (guint i = 0; i < self->running->len; i++)
    sc_session_shut_out (g_ptr_array_index (self->running, i), seat, why);
}
