/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-password.h"

#include "common/sc-error.h"
#include "common/sc-text.h"
#include "common/trust/sc-token.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define SALT_BYTES 16u
#define HASH_BYTES 32u
#define BLOCK_SIZE 8u
#define PARALLEL 1u
/* a damaged catalog must not take all memory or time: 128 · r · 2^cost are 256 MiB at most */
#define MAX_COST 18u
#define MAX_BLOCK_SIZE 8u
#define MAX_PARALLEL 4u
#define MAX_ENCODED 160u

typedef struct {
  guint cost, block_size, parallel;
  guint8 salt[SALT_BYTES];
  guint8 hash[HASH_BYTES];
} Encoded;

gboolean
sc_password_is_allowed (const char *password, const char *user, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *folded = NULL;
  const char *broken = NULL;

  if (!g_utf8_validate (password, -1, NULL) || !sc_text_is_line (password))
    broken = "may only have characters that can be typed";
  else if (strlen (password) > SC_PASSWORD_MAX_BYTES)
    broken = "is too long: it may have 256 bytes";
  else if (g_utf8_strlen (password, -1) < (glong) SC_PASSWORD_MIN_CHARACTERS)
    broken = "is too short: it needs 10 characters or more; several words are easy to remember and hard to guess";
  if (broken == NULL) {
    name = g_utf8_casefold (user, -1);
    folded = g_utf8_casefold (password, -1);
    if (g_str_equal (name, folded))
      broken = "is the user's name: choose another";
    sc_secret_free (g_steal_pointer (&folded));
  }
  if (broken != NULL)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the password %s", broken);
  return broken == NULL;
}

static gboolean
set_openssl_error (GError **error)
{
  char text[256] = "unknown error";
  unsigned long code = ERR_get_error ();

  if (code != 0)
    ERR_error_string_n (code, text, sizeof text);
  ERR_clear_error ();
  g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "a password cannot be hashed (scrypt, 32 MiB of memory): %s", text);
  return FALSE;
}

/* @password: in NFC; sets the hash */
static gboolean
derive (const char *password, Encoded *encoded, GError **error)
{
  EVP_KDF *kdf = EVP_KDF_fetch (NULL, "SCRYPT", NULL);
  EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new (kdf) : NULL;
  guint64 n = (guint64) 1 << encoded->cost, max_memory = (guint64) 512 * 1024 * 1024;
  guint32 block_size = encoded->block_size, parallel = encoded->parallel;
  const OSSL_PARAM parameters[] = {
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_PASSWORD, (char *) password, strlen (password)),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SALT, encoded->salt, SALT_BYTES),
    OSSL_PARAM_construct_uint64 (OSSL_KDF_PARAM_SCRYPT_N, &n),
    OSSL_PARAM_construct_uint32 (OSSL_KDF_PARAM_SCRYPT_R, &block_size),
    OSSL_PARAM_construct_uint32 (OSSL_KDF_PARAM_SCRYPT_P, &parallel),
    OSSL_PARAM_construct_uint64 (OSSL_KDF_PARAM_SCRYPT_MAXMEM, &max_memory),
    OSSL_PARAM_construct_end (),
  };
  gboolean done = context != NULL && EVP_KDF_derive (context, encoded->hash, HASH_BYTES, parameters) == 1;

  EVP_KDF_CTX_free (context);
  EVP_KDF_free (kdf);
  return done || set_openssl_error (error);
}

static gboolean
derive_normalized (const char *password, Encoded *encoded, GError **error)
{
  char *normalized = g_utf8_normalize (password, -1, G_NORMALIZE_DEFAULT_COMPOSE);
  /* what is no UTF-8 has no form: it fits no password, and takes as long to find out */
  gboolean done = derive (normalized != NULL ? normalized : "", encoded, error);

  if (done && normalized == NULL)
    memset (encoded->hash, 0, HASH_BYTES);
  sc_secret_free (normalized);
  return done;
}

static char *
encode_base64 (const guint8 *bytes, gsize length)
{
  char *text = g_base64_encode (bytes, length);

  text[strcspn (text, "=")] = '\0';
  return text;
}

static char *
encoded_to_text (const Encoded *encoded)
{
  g_autofree char *salt = encode_base64 (encoded->salt, SALT_BYTES);
  g_autofree char *hash = encode_base64 (encoded->hash, HASH_BYTES);

  return g_strdup_printf ("$scrypt$ln=%u,r=%u,p=%u$%s$%s", encoded->cost, encoded->block_size, encoded->parallel, salt,
                          hash);
}

static gboolean
decode_base64 (const char *text, guint8 *bytes, gsize length)
{
  g_autofree char *padded = NULL;
  g_autofree guint8 *decoded = NULL;
  gsize decoded_length = 0;

  padded = g_strdup_printf ("%s%.*s", text, (int) ((4 - strlen (text) % 4) % 4), "===");
  decoded = g_base64_decode (padded, &decoded_length);
  if (decoded_length != length)
    return FALSE;
  memcpy (bytes, decoded, length);
  return TRUE;
}

static gboolean
encoded_from_text (Encoded *encoded, const char *text, GError **error)
{
  g_auto (GStrv) parts = strlen (text) <= MAX_ENCODED ? g_strsplit (text, "$", 6) : NULL;
  int end = 0;

  if (parts != NULL && g_strv_length (parts) == 5 && *parts[0] == '\0' && g_str_equal (parts[1], "scrypt") &&
      sscanf (parts[2], "ln=%2u,r=%2u,p=%2u%n", &encoded->cost, &encoded->block_size, &encoded->parallel, &end) == 3 &&
      parts[2][end] == '\0' && encoded->cost >= 1 && encoded->cost <= MAX_COST && encoded->block_size >= 1 &&
      encoded->block_size <= MAX_BLOCK_SIZE && encoded->parallel >= 1 && encoded->parallel <= MAX_PARALLEL &&
      decode_base64 (parts[3], encoded->salt, SALT_BYTES) && decode_base64 (parts[4], encoded->hash, HASH_BYTES))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
               "what the catalog has of the password is damaged: an administrator has to set a new one");
  return FALSE;
}

char *
sc_password_encode (const char *password, guint cost, GError **error)
{
  Encoded encoded = { .cost = cost, .block_size = BLOCK_SIZE, .parallel = PARALLEL };

  if (RAND_bytes (encoded.salt, SALT_BYTES) != 1) {
    set_openssl_error (error);
    return NULL;
  }
  return derive_normalized (password, &encoded, error) ? encoded_to_text (&encoded) : NULL;
}

char *
sc_password_encode_none (guint cost)
{
  Encoded encoded = { .cost = cost, .block_size = BLOCK_SIZE, .parallel = PARALLEL };

  if (RAND_bytes (encoded.salt, SALT_BYTES) != 1 || RAND_bytes (encoded.hash, HASH_BYTES) != 1)
    g_error ("the system gives no random numbers: nothing secret can be made");
  return encoded_to_text (&encoded);
}

gboolean
sc_password_fits (const char *password, const char *encoded, gboolean *fits, GError **error)
{
  Encoded kept = { 0 }, tried;

  *fits = FALSE;
  if (!encoded_from_text (&kept, encoded, error))
    return FALSE;
  tried = kept;
  if (!derive_normalized (password, &tried, error))
    return FALSE;
  *fits = CRYPTO_memcmp (kept.hash, tried.hash, HASH_BYTES) == 0;
  return TRUE;
}
