/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-anchors.h"

#include "common/sc-error.h"

#include <string.h>

ScAnchors *
sc_anchors_new (void)
{
  ScAnchors *self = g_new0 (ScAnchors, 1);
  self->authorities = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_certificate_free);
  return self;
}

ScAnchors *
sc_anchors_copy (const ScAnchors *self)
{
  ScAnchors *copy = sc_anchors_new ();
  for (guint i = 0; i < self->authorities->len; i++)
    g_ptr_array_add (copy->authorities, sc_certificate_copy (self->authorities->pdata[i]));
  memcpy (copy->signing_keys, self->signing_keys, sizeof copy->signing_keys);
  copy->n_signing_keys = self->n_signing_keys;
  return copy;
}

void
sc_anchors_free (ScAnchors *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->authorities);
  g_free (self);
}

gboolean
sc_anchors_equal (const ScAnchors *a, const ScAnchors *b)
{
  if (a->authorities->len != b->authorities->len || a->n_signing_keys != b->n_signing_keys ||
      memcmp (a->signing_keys, b->signing_keys, a->n_signing_keys * sizeof *a->signing_keys) != 0)
    return FALSE;
  for (guint i = 0; i < a->authorities->len; i++)
    if (!sc_certificate_equal (a->authorities->pdata[i], b->authorities->pdata[i]))
      return FALSE;
  return TRUE;
}

ScJson *
sc_anchors_to_json (const ScAnchors *self)
{
  g_autoptr (GPtrArray) authorities = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);
  ScJson *json = json_object ();
  for (guint i = 0; i < self->authorities->len; i++)
    g_ptr_array_add (authorities, sc_certificate_to_pem (self->authorities->pdata[i]));
  for (gsize i = 0; i < self->n_signing_keys; i++)
    g_ptr_array_add (keys, sc_signing_key_to_hex (&self->signing_keys[i]));
  sc_json_set_strings (json, "authorities", authorities, SC_ANCHORS_MAX);
  sc_json_set_strings (json, "signing_keys", keys, SC_ANCHORS_MAX);
  return json;
}

/* Always FALSE. */
static gboolean
refuse (GError **error, const char *member, const char *why)
{
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "What is to be trusted is not as it should be: “%s” %s", member, why);
  return FALSE;
}

static gboolean
read_authorities (ScAnchors *self, GPtrArray *pems, GError **error)
{
  if (pems->len == 0)
    return refuse (error, "authorities", "names none");
  for (guint i = 0; i < pems->len; i++) {
    g_autoptr (GError) failure = NULL;
    ScCertificate *authority = sc_certificate_parse (pems->pdata[i], strlen (pems->pdata[i]), &failure);
    if (authority == NULL)
      return refuse (error, "authorities", failure->message);
    g_ptr_array_add (self->authorities, authority);
    if (!sc_certificate_is_authority (authority))
      return refuse (error, "authorities", "has a certificate that is no authority's");
  }
  return TRUE;
}

ScAnchors *
sc_anchors_from_json (const ScJson *json, GError **error)
{
  g_autoptr (ScAnchors) self = sc_anchors_new ();
  g_autoptr (GPtrArray) authorities =
      sc_json_get_strings (json, "authorities", SC_ANCHORS_MAX, SC_CERTIFICATE_MAX_BYTES, error);
  g_autoptr (GPtrArray) keys = NULL;
  if (authorities == NULL || !read_authorities (self, authorities, error))
    return NULL;
  keys = sc_json_get_strings (json, "signing_keys", SC_ANCHORS_MAX, 2 * SC_SIGNING_KEY_SIZE, error);
  if (keys == NULL)
    return NULL;
  if (keys->len == 0) {
    refuse (error, "signing_keys", "names none");
    return NULL;
  }
  for (guint i = 0; i < keys->len; i++) {
    g_autoptr (GError) failure = NULL;
    if (!sc_signing_key_from_hex (&self->signing_keys[self->n_signing_keys++], keys->pdata[i], &failure)) {
      refuse (error, "signing_keys", failure->message);
      return NULL;
    }
  }
  return g_steal_pointer (&self);
}
