/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The manifests of several templates in one answer. */
#include "prepare-fixture.h"

/* The version has three templates instead of one. */
static void
widen (PrepareFixture *f)
{
  static const char *const names[] = { "debian", "fedora", "ubuntu" };
  ScManifestTemplate entries[G_N_ELEMENTS (names)];
  g_autoptr (GError) error = NULL;
  ScChunkId chunk;

  sc_chunk_id_of (&chunk, f->content, 1000);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (ScTemplateManifestBuilder) builder = sc_template_manifest_builder_new (names[i]);
    g_autoptr (ScTemplateManifest) template = NULL;

    sc_template_manifest_builder_add (builder, "disk.vmdk", 1000, 1700000000000000, 0, &chunk, 1);
    template = sc_template_manifest_builder_end (builder, &error);
    g_assert_no_error (error);
    prepare_fixture_publish (f, sc_template_manifest_get_id (template), sc_template_manifest_get_bytes (template));
    entries[i] = (ScManifestTemplate){ .name = names[i], .id = *sc_template_manifest_get_id (template), .size = 1000 };
  }
  sc_version_manifest_unref (f->version);
  f->version =
      sc_version_manifest_new (4, 1700000000000000, "staff", "a note", entries, G_N_ELEMENTS (entries), &error);
  g_assert_no_error (error);
  prepare_fixture_publish (f, sc_version_manifest_get_id (f->version), sc_version_manifest_get_bytes (f->version));
}

static void
assert_requests (PrepareFixture *f, guint n)
{
  prepare_fixture_run (f, 4);
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_requests, ==, n);
  prepare_fixture_run (f, 4); /* all of them are kept */
  g_assert_no_error (f->error);
  g_assert_cmpuint (f->n_requests, ==, n);
}

static void
test_several (PrepareFixture *f, gconstpointer name_in_version)
{
  widen (f);
  f->lists = TRUE;
  assert_requests (f, 2);
}

/* What did not fit into the answer comes by itself. */
static void
test_several_left_out (PrepareFixture *f, gconstpointer name_in_version)
{
  widen (f);
  f->lists = TRUE;
  f->n_left_out = 1;
  assert_requests (f, 3);
}

/* An older console: the version, the list that it does not know, and three templates. */
static void
test_several_unknown (PrepareFixture *f, gconstpointer name_in_version)
{
  widen (f);
  assert_requests (f, 5);
}

/* The last of them is not what it should be, and is fetched by itself. */
static void
test_several_damaged (PrepareFixture *f, gconstpointer name_in_version)
{
  widen (f);
  f->lists = f->is_damaged = TRUE;
  assert_requests (f, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/service/prepare/" name, PrepareFixture, "debian", prepare_fixture_set_up, func,                        \
              prepare_fixture_tear_down)
  ADD ("several", test_several);
  ADD ("several/left-out", test_several_left_out);
  ADD ("several/unknown", test_several_unknown);
  ADD ("several/damaged", test_several_damaged);
  return g_test_run ();
}
