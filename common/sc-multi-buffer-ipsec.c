/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-multi-buffer.h"

#define NO_COMPAT_IMB_API_053 /* names without a prefix, such as SHA1, that OpenSSL has, too */
#include <intel-ipsec-mb.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#define TAG_SIZE 16u
#define KEY_ALIGNMENT 64u /* what the library itself gives it where it declares one */
#define CHECKED 16u       /* lanes at most */

struct _ScMultiBufferKey {
  struct gcm_key_data data;
};

/* Each thread hashes with a manager of its own, as it holds what is under way. */
static GPrivate managers = G_PRIVATE_INIT ((GDestroyNotify) free_mb_mgr);

static IMB_MGR *
make_manager (void)
{
  IMB_MGR *manager = alloc_mb_mgr (0);
  IMB_ARCH arch;

  if (manager == NULL)
    return NULL;
  init_mb_mgr_auto (manager, &arch);
  if (imb_get_errno (manager) == 0)
    return manager;
  free_mb_mgr (manager);
  return NULL;
}

/* For GCM, of which nothing is held in the manager. */
static gpointer
make_shared (gpointer data)
{
  return make_manager ();
}

static IMB_MGR *
get_shared (void)
{
  static GOnce once = G_ONCE_INIT;

  return g_once (&once, make_shared, NULL);
}

/* ---- GCM ---- */

ScMultiBufferKey *
sc_multi_buffer_key_new (const guint8 key[16])
{
  ScMultiBufferKey *self = g_aligned_alloc0 (1, sizeof *self, KEY_ALIGNMENT);

  IMB_AES128_GCM_PRE (get_shared (), key, &self->data);
  return self;
}

void
sc_multi_buffer_key_free (ScMultiBufferKey *self)
{
  if (self == NULL)
    return;
  OPENSSL_cleanse (self, sizeof *self);
  g_aligned_free (self);
}

void
sc_multi_buffer_seal (const ScMultiBufferKey *self, const guint8 nonce[12], const guint8 *header, gsize header_length,
                      const guint8 *data, gsize length, guint8 *out, guint8 *tag)
{
  struct gcm_context_data context;

  IMB_AES128_GCM_ENC (get_shared (), &self->data, &context, out, data, length, nonce, header, header_length, tag,
                      TAG_SIZE);
}

void
sc_multi_buffer_open (const ScMultiBufferKey *self, const guint8 nonce[12], const guint8 *header, gsize header_length,
                      const guint8 *data, gsize length, guint8 *out, guint8 *tag)
{
  struct gcm_context_data context;

  IMB_AES128_GCM_DEC (get_shared (), &self->data, &context, out, data, length, nonce, header, header_length, tag,
                      TAG_SIZE);
}

/* ---- SHA-256 ---- */

static void
submit (IMB_MGR *manager, const guint8 *chunk, gsize length, ScChunkId *id, guint *n_done)
{
  IMB_JOB *job = IMB_GET_NEXT_JOB (manager);

  memset (job, 0, sizeof *job);
  job->cipher_mode = IMB_CIPHER_NULL;
  job->cipher_direction = IMB_DIR_ENCRYPT;
  job->chain_order = IMB_ORDER_HASH_CIPHER;
  job->hash_alg = IMB_AUTH_SHA_256;
  job->src = chunk;
  job->msg_len_to_hash_in_bytes = length;
  job->auth_tag_output = id->bytes;
  job->auth_tag_output_len_in_bytes = sizeof id->bytes;
  /* The check that is left out refuses more than 65,534 bytes, which is a limit of other algorithms: this one counts
   * blocks. is_right() makes sure that it is so. */
  for (job = IMB_SUBMIT_JOB_NOCHECK (manager); job != NULL; job = IMB_GET_COMPLETED_JOB (manager))
    *n_done += job->status == IMB_STATUS_COMPLETED;
}

gboolean
sc_multi_buffer_hash (const guint8 *const *chunks, const gsize *lengths, guint n, ScChunkId *ids)
{
  IMB_MGR *manager = g_private_get (&managers);
  guint n_done = 0;

  g_return_val_if_fail (n <= SC_MULTI_BUFFER_MAX, FALSE);
  /* all before the first is under way: who returned in the middle would leave jobs that write to the caller's memory */
  for (guint i = 0; i < n; i++)
    g_return_val_if_fail (lengths[i] > 0 && lengths[i] <= SC_CHUNK_SIZE, FALSE);

  if (manager == NULL) {
    manager = make_manager ();
    g_private_set (&managers, manager);
  }
  if (manager == NULL)
    return FALSE;
  for (guint i = 0; i < n; i++)
    submit (manager, chunks[i], lengths[i], &ids[i], &n_done);
  for (IMB_JOB *job = IMB_FLUSH_JOB (manager); job != NULL; job = IMB_FLUSH_JOB (manager))
    n_done += job->status == IMB_STATUS_COMPLETED;
  return n_done == n;
}

/* ---- is it right? ---- */

static gboolean
hashes_right (const guint8 *data)
{
  const guint8 *chunks[CHECKED];
  gsize lengths[CHECKED];
  ScChunkId ids[CHECKED], expected;

  for (guint i = 0; i < CHECKED; i++) {
    chunks[i] = data + i;
    lengths[i] = i % 2 == 0 ? SC_CHUNK_SIZE : i < 8 ? 52 + i : SC_CHUNK_SIZE - i; /* 55 and 56: where padding changes */
  }
  if (!sc_multi_buffer_hash (chunks, lengths, CHECKED, ids))
    return FALSE;
  for (guint i = 0; i < CHECKED; i++) {
    SHA256 (chunks[i], lengths[i], expected.bytes);
    if (!sc_chunk_id_equal (&expected, &ids[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
seal_by_openssl (const guint8 *key, const guint8 *nonce, const guint8 *data, gsize length, guint8 *out, guint8 *tag)
{
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new ();
  int n;
  gboolean ok = context != NULL && EVP_EncryptInit_ex (context, EVP_aes_128_gcm (), NULL, key, nonce) == 1 &&
                EVP_EncryptUpdate (context, NULL, &n, data, 12) == 1 &&
                EVP_EncryptUpdate (context, out, &n, data, (int) length) == 1 &&
                EVP_EncryptFinal_ex (context, out + length, &n) == 1 &&
                EVP_CIPHER_CTX_ctrl (context, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, tag) == 1;

  EVP_CIPHER_CTX_free (context);
  return ok;
}

static gboolean
seals_right (const guint8 *data)
{
  static const gsize lengths[] = { 1, 15, 16, 17, 255, 1444, 8944 };
  ScMultiBufferKey *key = sc_multi_buffer_key_new (data);
  g_autofree guint8 *expected = g_malloc (SC_CHUNK_SIZE), *out = g_malloc (SC_CHUNK_SIZE);
  guint8 expected_tag[TAG_SIZE], tag[TAG_SIZE];
  gboolean right = TRUE;

  for (guint i = 0; right && i < G_N_ELEMENTS (lengths); i++) {
    gsize length = lengths[i];
    right = seal_by_openssl (data, data + i, data, length, expected, expected_tag);
    sc_multi_buffer_seal (key, data + i, data, 12, data, length, out, tag);
    right = right && memcmp (out, expected, length) == 0 && memcmp (tag, expected_tag, TAG_SIZE) == 0;
    sc_multi_buffer_open (key, data + i, data, 12, expected, length, out, tag);
    right = right && memcmp (out, data, length) == 0 && memcmp (tag, expected_tag, TAG_SIZE) == 0;
  }
  sc_multi_buffer_key_free (key);
  return right;
}

static gpointer
check (gpointer nothing)
{
  g_autofree guint8 *data = g_malloc (SC_CHUNK_SIZE + CHECKED);

  for (gsize i = 0; i < SC_CHUNK_SIZE + CHECKED; i++)
    data[i] = (guint8) (i * 167 + i / 256);
  if (get_shared () == NULL)
    return GINT_TO_POINTER (FALSE);
  if (hashes_right (data) && seals_right (data))
    return GINT_TO_POINTER (TRUE);
  g_warning ("The multi-buffer library for ciphers and hashes gives wrong answers on this processor and is not used; "
             "please report it with the processor's name");
  return GINT_TO_POINTER (FALSE);
}

gboolean
sc_multi_buffer_is_usable (void)
{
  static GOnce once = G_ONCE_INIT;

  return GPOINTER_TO_INT (g_once (&once, check, NULL));
}
