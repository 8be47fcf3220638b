/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"
#include "console/engine/store/sc-store.h"
#include "console/engine/trust/sc-authority.h"

G_BEGIN_DECLS

/* A small store and a catalog in a temporary directory, with one version published from files of known content. */
typedef struct {
  char *directory;
  ScStore *store;
  ScCatalog *catalog;
  ScAuthority *authority;
  ScVersionManifest *version;
  ScChunkIndex *chunks; /* of the version */
} TestStore;

/* @n_chunks: of incompressible content, besides some that compresses, is repeated, or is all zero */
TestStore *test_store_new (guint n_chunks);
void test_store_free (TestStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestStore, test_store_free)

/* (transfer full): bits of all chunks, or (@every > 1) of each @every-th one */
GBytes *test_store_make_bits (TestStore *self, guint every);
/* Damages the stored bytes of the chunk at @index of the version. */
void test_store_damage (TestStore *self, guint32 index);

G_END_DECLS
