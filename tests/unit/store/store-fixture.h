/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-error.h"
#include "console/engine/store/sc-publish.h"
#include "console/engine/store/sc-store-private.h"

/* A store and a directory to publish, in a directory of their own. */
typedef struct {
  char *base;
  char *source; /* base/source */
  char *where;  /* base/store */
  ScStore *store;
} StoreFixture;

void store_fixture_set_up (StoreFixture *self, gconstpointer data);
void store_fixture_tear_down (StoreFixture *self, gconstpointer data);
void store_fixture_open (StoreFixture *self, guint64 pack_limit);
void store_fixture_close (StoreFixture *self);

/* Writes @length bytes that depend on @seed into source/@path, and makes it old enough to be trusted. */
void store_fixture_write (StoreFixture *self, const char *path, guint32 seed, gsize length);
/* Overwrites part of a file. */
void store_fixture_change (StoreFixture *self, const char *path, guint64 offset, guint32 seed, gsize length);
/* The same of any file, which is made if it is missing. */
void store_fixture_write_at (const char *path, guint64 offset, gconstpointer data, gsize length);
/* Cuts it, or makes it longer by zeros. */
void store_fixture_truncate (const char *path, guint64 size);
/* The bytes that store_fixture_write() makes; every third 8 KiB compresses. */
void store_fixture_fill (guint8 *data, gsize length, guint32 seed);
/* Publishes source; fails the test on an error. */
ScPublishResult *store_fixture_publish (StoreFixture *self);
/* Publishes source, which must fail with @code and a message that has @text in it. */
void store_fixture_publish_fails (StoreFixture *self, ScError code, const char *text);
/* Every file of the version has the bytes of the files in @directory, and there are no others. */
void store_fixture_assert_version (StoreFixture *self, guint64 number, const char *directory);
/* Verify finds nothing. */
void store_fixture_assert_sound (StoreFixture *self, guint64 versions);
char *store_fixture_pack_path (StoreFixture *self, guint32 pack);
/* A copy of @source as base/@name. (transfer full): its path */
char *store_fixture_copy_source (StoreFixture *self, const char *name);
void store_fixture_remove_tree (const char *path);
