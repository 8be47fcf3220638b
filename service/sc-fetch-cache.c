/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-fetch-cache.h"

#include "common/sc-backoff.h"
#include "common/sc-error.h"

struct _ScFetchCache {
  grefcount references;
  char *url, *host;
  char *refusal; /* (nullable) */
  ScBackoff backoff;
  gint64 ready; /* from then on it is asked */
  guint strikes;
  gboolean told;
};

ScFetchCache *
sc_fetch_cache_new (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";
  ScFetchCache *self;

  if (uri == NULL || g_strcmp0 (g_uri_get_scheme (uri), "https") != 0 || g_uri_get_host (uri) == NULL ||
      *g_uri_get_host (uri) == '\0' || (*path != '\0' && !g_str_equal (path, "/")) || g_uri_get_query (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL || g_uri_get_userinfo (uri) != NULL) {
    g_autofree char *excerpt = sc_error_excerpt (url);
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The room's cache “%s” is not of the form https://HOST:PORT",
                 excerpt);
    return NULL;
  }
  self = g_new0 (ScFetchCache, 1);
  g_ref_count_init (&self->references);
  self->url = g_strdup (url);
  if (g_str_has_suffix (self->url, "/"))
    self->url[strlen (self->url) - 1] = '\0';
  self->host = g_strdup (g_uri_get_host (uri));
  self->backoff = (ScBackoff){ .base = SC_FETCH_CACHE_WAIT, .max = SC_FETCH_CACHE_WAIT_MAX };
  return self;
}

ScFetchCache *
sc_fetch_cache_ref (ScFetchCache *self)
{
  g_ref_count_inc (&self->references);
  return self;
}

void
sc_fetch_cache_unref (ScFetchCache *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  g_free (self->url);
  g_free (self->host);
  g_free (self->refusal);
  g_free (self);
}

const char *
sc_fetch_cache_get_url (const ScFetchCache *self)
{
  return self->url;
}

gboolean
sc_fetch_cache_accepts (ScFetchCache *self, ScSeatIdentity *identity, GTlsCertificate *peer, gint64 now)
{
  const ScAnchors *anchors = sc_seat_identity_get_anchors (identity);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCertificate) certificate = sc_certificate_of_tls (peer, &error);
  gboolean good =
      certificate != NULL && anchors != NULL &&
      sc_certificate_check (certificate, anchors->authorities, SC_CERTIFICATE_CACHE, self->host, now, &error);

  g_clear_pointer (&self->refusal, g_free);
  if (!good)
    self->refusal = g_strdup_printf ("%s is not accepted as a cache: %s", self->url,
                                     error != NULL ? error->message : "this seat has not enrolled");
  return good;
}

const char *
sc_fetch_cache_get_refusal (const ScFetchCache *self)
{
  return self->refusal;
}

gboolean
sc_fetch_cache_is_ready (const ScFetchCache *self, gint64 now)
{
  return now >= self->ready;
}

static void
tell (ScFetchCache *self, const char *why)
{
  if (self->told)
    g_debug ("%s", why);
  else
    g_warning ("%s; this seat fetches it from the console, and tries the cache again later", why);
  self->told = TRUE;
}

void
sc_fetch_cache_failed (ScFetchCache *self, const char *why, gint64 now, double random)
{
  /* requests side by side fail side by side: that is one failure */
  if (sc_fetch_cache_is_ready (self, now))
    self->ready = now + (gint64) sc_backoff_next (&self->backoff, random) * G_TIME_SPAN_MILLISECOND;
  self->strikes = 0;
  tell (self, why);
}

void
sc_fetch_cache_was_wrong (ScFetchCache *self, const char *why, gint64 now, double random)
{
  /* One damaged file of the cache must not send a whole room to the console */
  if (++self->strikes >= SC_FETCH_CACHE_STRIKES)
    sc_fetch_cache_failed (self, why, now, random);
  else
    tell (self, why);
}

void
sc_fetch_cache_was_right (ScFetchCache *self)
{
  if (self->told)
    g_message ("%s is of use again", self->url);
  self->told = FALSE;
  self->strikes = 0;
  sc_backoff_reset (&self->backoff);
}
