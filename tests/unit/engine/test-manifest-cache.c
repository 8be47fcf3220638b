/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/api/sc-manifest-cache.h"
#include "tests/unit/engine/engine-fixture.h"

typedef struct {
  EngineFixture engine;
  ScChunkId version;
  ScChunkId template;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) version = NULL;

  engine_fixture_set_up (&fixture->engine, data);
  version = sc_store_get_version (fixture->engine.parts.store, 1, &error);
  g_assert_no_error (error);
  fixture->version = *sc_version_manifest_get_id (version);
  fixture->template = sc_version_manifest_get_template (version, 0)->id;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  engine_fixture_tear_down (&fixture->engine, data);
}

static GBytes *
get (ScManifestCache *cache, const ScChunkId *id)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = sc_manifest_cache_get (cache, id, &error);
  ScChunkId found;

  g_assert_no_error (error);
  sc_chunk_id_of (&found, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_true (sc_chunk_id_equal (&found, id));
  return bytes;
}

/* Who asks for the same manifest shares one copy. */
static void
test_shares (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScManifestCache) cache = sc_manifest_cache_new (fixture->engine.parts.store, 1024 * 1024);
  g_autoptr (GBytes) first = get (cache, &fixture->version);
  g_autoptr (GBytes) other = get (cache, &fixture->template);
  g_autoptr (GBytes) again = get (cache, &fixture->version);

  g_assert_true (first == again);
  g_assert_true (first != other);
}

/* Beyond its size the one used longest ago goes; whoever still has it keeps it. */
static void
test_is_bounded (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScManifestCache) cache = sc_manifest_cache_new (fixture->engine.parts.store, 1);
  g_autoptr (GBytes) first = get (cache, &fixture->version);
  g_autoptr (GBytes) same = get (cache, &fixture->version);
  g_autoptr (GBytes) other = get (cache, &fixture->template);
  g_autoptr (GBytes) again = get (cache, &fixture->version);

  g_assert_true (first == same);
  g_assert_true (first != again);
  g_assert_true (g_bytes_equal (first, again));
}

static void
test_keeps_no_errors (Fixture *fixture, gconstpointer data)
{
  g_autoptr (ScManifestCache) cache = sc_manifest_cache_new (fixture->engine.parts.store, 1024 * 1024);
  ScChunkId id = { { 1 } };

  for (int i = 0; i < 2; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sc_manifest_cache_get (cache, &id, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  }
}

#define ADD(name, func) g_test_add ("/manifest-cache/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("shares", test_shares);
  ADD ("is-bounded", test_is_bounded);
  ADD ("keeps-no-errors", test_keeps_no_errors);
  return g_test_run ();
}
