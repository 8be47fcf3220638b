/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-openssl.h"

#include <openssl/err.h>
#include <string.h>

gboolean
sc_openssl_set_error (GError **error, ScError code, const char *what)
{
  char reason[256] = "";
  gulong number = ERR_get_error ();
  if (number != 0)
    ERR_error_string_n (number, reason, sizeof reason);
  ERR_clear_error ();
  g_set_error (error, SC_ERROR, (int) code, "%s%s%s", what, number != 0 ? ": " : "", reason);
  return FALSE;
}

char *
sc_openssl_take_text (BIO *memory)
{
  char *data = NULL;
  long length = BIO_get_mem_data (memory, &data);
  return g_strndup (data, (gsize) length);
}

BIO *
sc_openssl_open_pem (const char *pem, gsize length, gsize max_bytes, const char *begin)
{
  static const char end[] = "-----END ";
  gsize begin_length = strlen (begin);
  if (length > max_bytes || length < begin_length || memcmp (pem, begin, begin_length) != 0)
    return NULL;
  const char *last = g_strstr_len (pem, (gssize) length, end);
  const char *line_end = last != NULL ? memchr (last, '\n', (gsize) (pem + length - last)) : NULL;
  for (const char *c = line_end; c != NULL && c < pem + length; c++)
    if (!g_ascii_isspace (*c))
      return NULL;
  return last != NULL ? BIO_new_mem_buf (pem, (int) length) : NULL;
}

gboolean
sc_openssl_is_p256 (const EVP_PKEY *key)
{
  char group[32] = "";
  gsize length = 0;
  return EVP_PKEY_is_a (key, "EC") == 1 && EVP_PKEY_get_group_name (key, group, sizeof group, &length) == 1 &&
         strcmp (group, "prime256v1") == 0;
}

void
sc_openssl_get_key_id (const EVP_PKEY *key, guint8 id[32])
{
  guint8 *der = NULL;
  int length = i2d_PUBKEY ((EVP_PKEY *) key, &der);
  gsize size = 0;
  if (length <= 0 || EVP_Q_digest (NULL, "SHA256", NULL, der, (gsize) length, id, &size) != 1)
    g_error ("A public key cannot be written: out of memory");
  OPENSSL_free (der);
}
