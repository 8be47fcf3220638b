/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/schedule/sc-selection.h"

static ScVersionManifest *
make_version (void)
{
  ScManifestTemplate templates[] = { { .name = "Debian 12", .size = 10 },
                                     { .name = "Windows 11", .size = 200 },
                                     { .name = SC_TEMPLATE_ROOT, .size = 3 } };
  g_autoptr (GError) error = NULL;
  ScVersionManifest *version;

  for (guint i = 0; i < G_N_ELEMENTS (templates); i++)
    sc_chunk_id_of (&templates[i].id, templates[i].name, strlen (templates[i].name));
  version = sc_version_manifest_new (7, 1234567, "staff", "note", templates, G_N_ELEMENTS (templates), &error);
  g_assert_no_error (error);
  return version;
}

static void
test_all (void)
{
  g_autoptr (ScVersionManifest) version = make_version ();
  g_autoptr (ScSelection) all = sc_selection_new (7, NULL);
  g_autoptr (ScSelection) empty = sc_selection_new (7, (const char *const[]){ NULL });
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) same = sc_selection_apply (all, version, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sc_selection_get_version (all), ==, 7);
  g_assert_null (sc_selection_get_templates (all));
  g_assert_cmpstr (sc_selection_templates_to_text (all), ==, "");
  g_assert_true (sc_selection_equal (all, empty));
  g_assert_true (sc_chunk_id_equal (sc_version_manifest_get_id (same), sc_version_manifest_get_id (version)));
}

static void
test_some (void)
{
  g_autoptr (ScVersionManifest) version = make_version ();
  g_autoptr (ScSelection) some = sc_selection_new (7, (const char *const[]){ "Windows 11", ".", "Windows 11", NULL });
  g_autoptr (GError) error = NULL;
  g_autoptr (ScVersionManifest) part = sc_selection_apply (some, version, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sc_selection_templates_to_text (some), ==, "[\".\",\"Windows 11\"]");
  g_assert_cmpstr (sc_selection_get_templates (some)[0], ==, ".");
  g_assert_null (sc_selection_get_templates (some)[2]);
  g_assert_cmpuint (sc_version_manifest_get_n_templates (part), ==, 2);
  g_assert_cmpuint (sc_version_manifest_get_number (part), ==, 7);
  g_assert_cmpint (sc_version_manifest_get_created (part), ==, 1234567);
  g_assert_cmpstr (sc_version_manifest_get_author (part), ==, "staff");
  g_assert_cmpuint (sc_version_manifest_get_size (part), ==, 203);
  g_assert_null (sc_version_manifest_find_template (part, "Debian 12"));
  g_assert_false (sc_chunk_id_equal (sc_version_manifest_get_id (part), sc_version_manifest_get_id (version)));
}

/* The same selection is the same version for a seat, whenever it is made, and all by name is the version itself. */
static void
test_the_same_id_again (void)
{
  g_autoptr (ScVersionManifest) version = make_version ();
  g_autoptr (GError) error = NULL;
  g_autoptr (ScSelection) some = sc_selection_new (7, (const char *const[]){ "Windows 11", ".", NULL });
  g_autoptr (ScSelection) again = sc_selection_new_from_text (7, sc_selection_templates_to_text (some), &error);
  g_autoptr (ScSelection) named = sc_selection_new (7, (const char *const[]){ "Windows 11", ".", "Debian 12", NULL });

  g_assert_no_error (error);
  g_assert_true (sc_selection_equal (some, again));
  g_assert_false (sc_selection_equal (some, named));
  g_assert_false (sc_selection_equal (some, NULL));
  g_assert_false (sc_selection_equal (NULL, some));
  g_assert_true (sc_selection_equal (NULL, NULL));
  g_autoptr (ScVersionManifest) a = sc_selection_apply (some, version, &error);
  g_autoptr (ScVersionManifest) b = sc_selection_apply (again, version, &error);
  g_autoptr (ScVersionManifest) c = sc_selection_apply (named, version, &error);
  g_assert_no_error (error);
  g_assert_true (sc_chunk_id_equal (sc_version_manifest_get_id (a), sc_version_manifest_get_id (b)));
  g_assert_true (sc_chunk_id_equal (sc_version_manifest_get_id (c), sc_version_manifest_get_id (version)));
}

static void
test_unknown_template (void)
{
  g_autoptr (ScVersionManifest) version = make_version ();
  g_autoptr (ScSelection) some = sc_selection_new (7, (const char *const[]){ "Windows 10", NULL });
  g_autoptr (GError) error = NULL;

  g_assert_null (sc_selection_apply (some, version, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "Windows 10"));
}

static void
test_text_that_is_none (void)
{
  static const char *const wrong[] = { "[",        "[]",     "{}",       "[1]",  "\"a\"",           "[\"a/b\"]",
                                       "[\"..\"]", "[\"\"]", "[\"a\"]x", "null", "[\"a\"],\"b\":1", " ",
                                       "[\"a\"]}" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", wrong[i]);
    g_assert_null (sc_selection_new_from_text (1, wrong[i], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/selection/all", test_all);
  g_test_add_func ("/selection/some", test_some);
  g_test_add_func ("/selection/the-same-id-again", test_the_same_id_again);
  g_test_add_func ("/selection/unknown-template", test_unknown_template);
  g_test_add_func ("/selection/text-that-is-none", test_text_that_is_none);
  return g_test_run ();
}
