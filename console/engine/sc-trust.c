/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-trust.h"

#include "common/sc-error.h"
#include "console/engine/store/sc-store-signatures.h"

struct _ScTrust {
  ScAuthority *authority;
  ScStore *store;
  ScSessions *sessions;
  ScTrustChanged changed;
  gpointer user_data;
  gint held; /* atomic */
};

/* While there is no next one, by the current one. */
static void
sign_by_next (gpointer data, guint64 number, const ScChunkId *manifest, ScSignature *signature)
{
  sc_authority_sign_version_anew (data, number, manifest, signature);
}

static void
sign_by_current (gpointer data, guint64 number, const ScChunkId *manifest, ScSignature *signature)
{
  sc_authority_sign_version (data, number, manifest, signature);
}

static void
on_authority_changed (gpointer data)
{
  ScTrust *self = data;

  if (self->changed != NULL)
    self->changed (self->user_data);
}

ScTrust *
sc_trust_new (ScAuthority *authority, ScStore *store, ScSessions *sessions, GError **error)
{
  ScTrust *self = NULL;

  if (!sc_sessions_use_authority (sessions, authority, error))
    return NULL;
  self = g_new0 (ScTrust, 1);
  self->authority = authority;
  self->store = store;
  self->sessions = sessions;
  sc_authority_set_changed (authority, on_authority_changed, self);
  return self;
}

void
sc_trust_free (ScTrust *self)
{
  if (self == NULL)
    return;
  sc_authority_set_changed (self->authority, NULL, NULL);
  g_free (self);
}

void
sc_trust_set_changed (ScTrust *self, ScTrustChanged changed, gpointer user_data)
{
  self->changed = changed;
  self->user_data = user_data;
}

/* Both keys are good from the beginning on, so nothing depends on which of them a version was signed by. */
gboolean
sc_trust_begin (ScTrust *self, gint64 now, GError **error)
{
  return sc_authority_begin_rotation (self->authority, now, error) &&
         sc_sessions_use_authority (self->sessions, self->authority, error);
}

gboolean
sc_trust_hold (ScTrust *self, GError **error)
{
  if (!sc_authority_is_rotating (self->authority)) {
    g_set_error (error, SC_ERROR, SC_ERROR_STATE, "The authority is not being changed: begin that first");
    return FALSE;
  }
  if (g_atomic_int_compare_and_exchange (&self->held, FALSE, TRUE))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_BUSY, "The change of the authority is just being ended: look how it ends");
  return FALSE;
}

void
sc_trust_release (ScTrust *self)
{
  g_atomic_int_set (&self->held, FALSE);
}

gboolean
sc_trust_sign_back (ScTrust *self, GError **error)
{
  const ScVersionSigner signer = { sign_by_current, self->authority };

  return sc_authority_may_cancel (self->authority, error) && sc_store_sign_all (self->store, &signer, error);
}

gboolean
sc_trust_cancel (ScTrust *self, GError **error)
{
  return sc_authority_cancel_rotation (self->authority, error) &&
         sc_sessions_use_authority (self->sessions, self->authority, error);
}

gboolean
sc_trust_sign_anew (ScTrust *self, GError **error)
{
  const ScVersionSigner signer = { sign_by_next, self->authority };

  return sc_store_sign_all (self->store, &signer, error);
}

gboolean
sc_trust_finish (ScTrust *self, gint64 now, GError **error)
{
  return sc_authority_finish_rotation (self->authority, now, error) &&
         sc_sessions_use_authority (self->sessions, self->authority, error);
}
