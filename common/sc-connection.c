/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-connection.h"

#include <string.h>

#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "common/trust/sc-certificate.h"
#include "common/trust/sc-token.h"

#define GROUP "console"
#define MAX_FILE_BYTES (16u * 1024u)
#define MAX_URL_BYTES 512u
#define MAX_TOKEN_BYTES 256u
#define FINGERPRINT_DIGITS 64u
#define FINGERPRINT "ca-sha256"
#define FORMER_FINGERPRINT "certificate-sha256" /* of consoles without an authority of their own */

ScConnection *
sc_connection_new (const char *url, const char *token, const char *fingerprint)
{
  ScConnection *self = g_new0 (ScConnection, 1);
  gsize length = strlen (url);
  while (length > 0 && url[length - 1] == '/')
    length--;
  self->url = g_strndup (url, length);
  self->token = g_strdup (token);
  self->fingerprint = g_ascii_strdown (fingerprint, -1);
  return self;
}

void
sc_connection_free (ScConnection *self)
{
  if (self == NULL)
    return;
  g_free (self->url);
  sc_secret_free (self->token);
  g_free (self->fingerprint);
  g_free (self);
}

gboolean
sc_connection_is_url (const char *url)
{
  if (strlen (url) > MAX_URL_BYTES)
    return FALSE;
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  return uri != NULL && g_strcmp0 (g_uri_get_scheme (uri), "https") == 0 && g_uri_get_host (uri) != NULL &&
         g_uri_get_host (uri)[0] != '\0' && g_uri_get_path (uri)[0] == '\0' && g_uri_get_userinfo (uri) == NULL &&
         g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL && g_uri_get_port (uri) != 0;
}

/* A token goes into an HTTP header: no spaces and no control characters. */
gboolean
sc_connection_is_token (const char *token)
{
  gsize length = 0;
  while (g_ascii_isgraph (token[length]))
    length++;
  return length > 0 && length <= MAX_TOKEN_BYTES && token[length] == '\0';
}

gboolean
sc_connection_is_fingerprint (const char *fingerprint)
{
  return strlen (fingerprint) == FINGERPRINT_DIGITS && strspn (fingerprint, "0123456789abcdef") == FINGERPRINT_DIGITS;
}

/* The values themselves stay out of the message: it may be logged, and a token is a secret. */
gboolean
sc_connection_check (const ScConnection *self, GError **error)
{
  const char *wrong = NULL;
  if (!sc_connection_is_url (self->url))
    wrong = "“url” must be https://HOST:PORT";
  else if (!sc_connection_is_token (self->token))
    wrong = "“token” must be 1 to 256 characters without spaces";
  else if (!sc_connection_is_fingerprint (self->fingerprint))
    wrong = "“" FINGERPRINT "” must be 64 hexadecimal digits";
  if (wrong != NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "In a connection file's group [%s], %s", GROUP, wrong);
  return wrong == NULL;
}

ScConnection *
sc_connection_parse (const char *text, gsize length, GError **error)
{
  if (length > MAX_FILE_BYTES) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "A connection file has at most %u bytes", MAX_FILE_BYTES);
    return NULL;
  }
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *url = NULL;
  g_autofree char *token = NULL;
  g_autofree char *fingerprint = NULL;
  /* Values as they are, for none of them needs an escape. GLib's own messages quote the file, so they are not passed
   * on. */
  if (!g_key_file_load_from_data (keys, text, length, G_KEY_FILE_NONE, NULL) ||
      (url = g_key_file_get_value (keys, GROUP, "url", NULL)) == NULL ||
      (token = g_key_file_get_value (keys, GROUP, "token", NULL)) == NULL ||
      (fingerprint = g_key_file_get_value (keys, GROUP, FINGERPRINT, NULL)) == NULL) {
    if (g_key_file_has_key (keys, GROUP, FORMER_FINGERPRINT, NULL))
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                   "This connection file is of an older console, with “" FORMER_FINGERPRINT "” instead of “" FINGERPRINT
                   "”: fetch a new one from the console");
    else
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                   "Not a connection file: it must have a group [%s] with “url”, “token” and “" FINGERPRINT "”", GROUP);
    return NULL;
  }
  g_autoptr (ScConnection) self = sc_connection_new (url, token, fingerprint);
  return sc_connection_check (self, error) ? g_steal_pointer (&self) : NULL;
}

/* At most one byte more than is allowed, whatever somebody put there. */
static GBytes *
read_file (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autofree char *text = g_malloc (MAX_FILE_BYTES + 1);
  gsize length;
  if (stream == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (stream), text, MAX_FILE_BYTES + 1, &length, NULL, error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&text), length);
}

ScConnection *
sc_connection_load (const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) bytes = read_file (path, &failure);
  if (bytes == NULL) {
    ScError code = g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_NOT_FOUND)           ? SC_ERROR_NOT_FOUND
                   : g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) ? SC_ERROR_DENIED
                                                                                         : SC_ERROR_SYSTEM;
    g_set_error (
        error, SC_ERROR, (int) code,
        "Cannot read the connection file “%s”: %s; “seatcastctl enrol-token ROOM --output FILE” at the console "
        "makes one for seats, “seatcastctl sign-in” one for staff",
        path, failure->message);
    return NULL;
  }
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);
  ScConnection *self = sc_connection_parse (text, length, error);
  if (self == NULL)
    g_prefix_error (error, "“%s”: ", path);
  return self;
}

gboolean
sc_connection_is_former (const char *path)
{
  g_autoptr (GBytes) bytes = read_file (path, NULL);
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  return bytes != NULL && g_bytes_get_size (bytes) > 0 && g_bytes_get_size (bytes) <= MAX_FILE_BYTES &&
         g_key_file_load_from_bytes (keys, bytes, G_KEY_FILE_NONE, NULL) &&
         g_key_file_has_key (keys, GROUP, FORMER_FINGERPRINT, NULL) &&
         !g_key_file_has_key (keys, GROUP, FINGERPRINT, NULL);
}

gboolean
sc_connection_save (const ScConnection *self, const char *path, GError **error)
{
  if (!sc_connection_check (self, error))
    return FALSE;
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_key_file_set_value (keys, GROUP, "url", self->url);
  g_key_file_set_value (keys, GROUP, "token", self->token);
  g_key_file_set_value (keys, GROUP, FINGERPRINT, self->fingerprint);
  char *text = g_key_file_to_data (keys, NULL, NULL);
  gboolean written = sc_system_write_secret (path, text, error);
  sc_secret_free (text);
  return written;
}

gboolean
sc_connection_check_peer (const ScConnection *self, GTlsCertificate *certificate, gint64 now, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (self->url, G_URI_FLAGS_NONE, error);
  if (uri == NULL)
    return FALSE;
  g_autoptr (ScCertificate) authority = sc_certificate_find_authority (certificate, self->fingerprint);
  if (authority == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "Who answers at %s is not of the authority with the fingerprint %s: either it is another console, or "
                 "this one has a new authority; compare it with “seatcastctl ca fingerprint” at the console",
                 self->url, self->fingerprint);
    return FALSE;
  }
  g_autoptr (GPtrArray) authorities = g_ptr_array_new ();
  g_ptr_array_add (authorities, authority);
  g_autoptr (ScCertificate) console = sc_certificate_of_tls (certificate, error);
  if (console != NULL &&
      sc_certificate_check (console, authorities, SC_CERTIFICATE_CONSOLE, g_uri_get_host (uri), now, error))
    return TRUE;
  g_prefix_error (error, "The console at %s cannot be trusted: ", self->url);
  return FALSE;
}

gboolean
sc_connection_accepts (const ScConnection *self, GTlsCertificate *certificate)
{
  return sc_connection_check_peer (self, certificate, g_get_real_time () / G_TIME_SPAN_SECOND, NULL);
}
