/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-private-key.h"
#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/* Every certificate that was ever issued to a seat, by its key. Times are s since 1970. None of these functions begins
 * a transaction. */

typedef struct {
  guint8 key_id[SC_KEY_ID_SIZE];
  char *seat;
  char *authority;   /* fingerprint of who issued it */
  char *certificate; /* PEM */
  gint64 issued, ends;
  gint64 replaced, revoked; /* 0: not */
} ScCatalogCertificate;
void sc_catalog_certificate_free (ScCatalogCertificate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogCertificate, sc_catalog_certificate_free)

/* Of the same key: takes its place. */
gboolean sc_catalog_save_certificate (ScCatalog *self, const ScCatalogCertificate *certificate, GError **error);
/* Returns: (transfer full) (nullable): NULL without an error when the key has none */
ScCatalogCertificate *sc_catalog_find_certificate (ScCatalog *self, const guint8 key_id[SC_KEY_ID_SIZE],
                                                   GError **error);
/* Whether one of the seat's good certificates is from @authority (a fingerprint). */
gboolean sc_catalog_is_certified_by (ScCatalog *self, const char *seat, const char *authority, gint64 now,
                                     gboolean *certified, GError **error);
/* How many certificates were made for @seat since @since. */
gboolean sc_catalog_count_certificates (ScCatalog *self, const char *seat, gint64 since, guint64 *n, GError **error);
/* All of the seat's but those of @key_id and @other are good for nothing any more. */
gboolean sc_catalog_replace_certificates (ScCatalog *self, const char *seat, const guint8 key_id[SC_KEY_ID_SIZE],
                                          const guint8 other[SC_KEY_ID_SIZE], gint64 now, GError **error);
/* All of the seat's. @n: (out): those that were good until now */
gboolean sc_catalog_revoke_certificates (ScCatalog *self, const char *seat, gint64 now, guint64 *n, GError **error);

/* How far the seats have moved to an authority: of all seats with a good certificate, how many have one from
 * @authority (a fingerprint). @waiting: (element-type utf8): gets the names of the others, @max at most */
gboolean sc_catalog_count_moved (ScCatalog *self, const char *authority, gint64 now, guint64 *moved, guint64 *total,
                                 GPtrArray *waiting, guint max, GError **error);

G_END_DECLS
