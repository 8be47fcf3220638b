/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScGcm:
 *
 * AES-128-GCM (NIST SP 800-38D) of short messages under one key, by whichever of the libraries here is the fastest:
 * sc-multi-buffer.h, else OpenSSL. One thread at a time.
 */
typedef struct _ScGcm ScGcm;

#define SC_GCM_KEY_SIZE 16u
#define SC_GCM_NONCE_SIZE 12u
#define SC_GCM_TAG_SIZE 16u

ScGcm *sc_gcm_new (const guint8 key[SC_GCM_KEY_SIZE]);
/* By OpenSSL whatever else there is: for comparisons. */
ScGcm *sc_gcm_new_openssl (const guint8 key[SC_GCM_KEY_SIZE]);
void sc_gcm_free (ScGcm *self); /* wipes the key */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScGcm, sc_gcm_free)

/* @header: associated data. @out: @length bytes for what is sealed, which may be @data, followed by SC_GCM_TAG_SIZE
 * bytes for the tag. A nonce is for one message only. */
void sc_gcm_seal (ScGcm *self, const guint8 nonce[SC_GCM_NONCE_SIZE], const guint8 *header, gsize header_length,
                  const guint8 *data, gsize length, guint8 *out);
/* @data: @length bytes that were sealed, followed by the tag. @out: @length bytes, which are written to even when the
 * answer is FALSE: something was altered */
gboolean sc_gcm_open (ScGcm *self, const guint8 nonce[SC_GCM_NONCE_SIZE], const guint8 *header, gsize header_length,
                      const guint8 *data, gsize length, guint8 *out);

G_END_DECLS
