/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-certificate.h"

G_BEGIN_DECLS

/*
 * The authority's files in DIR/trust: in which order they come and go, so that a crash between any two is a state that
 * the next start repairs or explains. No thread of its own; not thread-safe.
 */

/* An authority, and the key that versions and orders are signed by. */
typedef struct {
  ScPrivateKey *key;
  ScCertificate *certificate; /* NULL: there is none */
  ScPrivateKey *signing_key;
} ScAuthorityKeys;

void sc_authority_keys_clear (ScAuthorityKeys *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScAuthorityKeys, sc_authority_keys_clear)

/* The authority that counts, made if this is the first start; finishes what sc_authority_files_finish() had begun.
 * @name: for people, of an authority that is made */
gboolean sc_authority_files_open (const char *folder, const char *name, gint64 now, ScAuthorityKeys *keys,
                                  GError **error);
/* The next one: certificate NULL if there is none; removes what was left of one that never came to be. */
gboolean sc_authority_files_open_next (const char *folder, const ScAuthorityKeys *current, ScAuthorityKeys *next,
                                       GError **error);
gboolean sc_authority_files_make_next (const char *folder, const char *name, gint64 now, ScAuthorityKeys *next,
                                       GError **error);
/* Errors: %SC_ERROR_STATE it has begun to take over */
gboolean sc_authority_files_may_drop_next (const char *folder, GError **error);
gboolean sc_authority_files_drop_next (const char *folder, GError **error);
/* The next one takes the current one's place. */
gboolean sc_authority_files_finish (const char *folder, GError **error);

/* The console's key and certificate; NULL where it must be made: one is missing, damaged, or of another key. Errors:
 * %SC_ERROR_SYSTEM it cannot be read */
gboolean sc_authority_files_open_console (const char *folder, ScPrivateKey **key, ScCertificate **certificate,
                                          GError **error);
gboolean sc_authority_files_save_console (const char *folder, const ScPrivateKey *key, const ScCertificate *certificate,
                                          GError **error);

/* Up to which number orders may have been used; 0: none was. Errors: %SC_ERROR_CORRUPT */
gboolean sc_authority_files_load_order (const char *folder, guint64 *order, GError **error);
gboolean sc_authority_files_save_order (const char *folder, guint64 order, GError **error);

G_END_DECLS
