/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScConnection:
 *
 * How to reach and trust a console: the one file that a seat or a member of staff needs. A GKeyFile, readable by its
 * owner alone:
 *
 *   [console]
 *   url=https://10.1.0.5:8470
 *   token=…
 *   ca-sha256=… (64 hex digits: SHA-256 of the DER certificate of the console's authority)
 */
typedef struct {
  char *url; /* without a trailing slash */
  char *token;
  char *fingerprint; /* of the console's authority, lower-case hex */
} ScConnection;

/* Checks nothing, sc_connection_check() and _save() do; a slash behind @url goes. */
ScConnection *sc_connection_new (const char *url, const char *token, const char *fingerprint);
/* Errors: %SC_ERROR_INVALID, without the token in the message */
ScConnection *sc_connection_parse (const char *text, gsize length, GError **error);
ScConnection *sc_connection_load (const char *path, GError **error);
/* Whether the file is one that consoles wrote before they had an authority: of no use any more. */
gboolean sc_connection_is_former (const char *path);
gboolean sc_connection_save (const ScConnection *self, const char *path, GError **error);
/* Errors: %SC_ERROR_INVALID, without the token in the message */
gboolean sc_connection_check (const ScConnection *self, GError **error);
void sc_connection_free (ScConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScConnection, sc_connection_free)

/* Each of the three by itself; the fingerprint in lower case. */
gboolean sc_connection_is_url (const char *url);
gboolean sc_connection_is_token (const char *token);
gboolean sc_connection_is_fingerprint (const char *fingerprint);

/* Whether @certificate, with the issuers that it was shown with, is that of the console: from the authority with that
 * fingerprint, for the host of the URL, good at @now (s since 1970). Errors: %SC_ERROR_DENIED: why not, and what to do
 */
gboolean sc_connection_check_peer (const ScConnection *self, GTlsCertificate *certificate, gint64 now, GError **error);
/* The same, now: for "accept-certificate" of a SoupMessage or GTlsConnection. */
gboolean sc_connection_accepts (const ScConnection *self, GTlsCertificate *certificate);

G_END_DECLS
