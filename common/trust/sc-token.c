/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#define TOKEN_BYTES 32

char *
sc_token_new (void)
{
  guint8 bytes[TOKEN_BYTES];
  if (RAND_bytes (bytes, sizeof bytes) != 1)
    g_error ("The system gives no random numbers; nothing secret can be made");
  char *token = g_base64_encode (bytes, sizeof bytes);
  OPENSSL_cleanse (bytes, sizeof bytes);
  token[strcspn (token, "=")] = '\0';
  return g_strdelimit (g_strdelimit (token, "+", '-'), "/", '_');
}

gboolean
sc_token_equal (const char *a, const char *b)
{
  guint8 hash_a[EVP_MAX_MD_SIZE], hash_b[EVP_MAX_MD_SIZE];
  gsize size_a, size_b;
  /* No token was given, or none was set: that never lets anybody in */
  if (a == NULL || b == NULL || a[0] == '\0' || b[0] == '\0')
    return FALSE;
  /* The hashes are compared, so that the time taken tells nothing about where, or how long, the token is */
  if (EVP_Q_digest (NULL, "SHA256", NULL, a, strlen (a), hash_a, &size_a) != 1 ||
      EVP_Q_digest (NULL, "SHA256", NULL, b, strlen (b), hash_b, &size_b) != 1)
    return FALSE;
  return CRYPTO_memcmp (hash_a, hash_b, size_a) == 0;
}

char *
sc_token_hash (const char *token)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, token, -1);
}

void
sc_secret_free (char *secret)
{
  if (secret != NULL)
    OPENSSL_cleanse (secret, strlen (secret));
  g_free (secret);
}
