/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-registry.h"

#include <windows.h>

#include "common/platform/sc-system.h"
#include "common/sc-error.h"

#define WAIT_S 10u

typedef struct {
  char *program; /* of this test alone */
  wchar_t *policy;
  wchar_t *local;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->program = g_strdup_printf ("Test-%lu", GetCurrentProcessId ());
  g_autofree char *policy = g_strconcat ("SOFTWARE\\Policies\\Seatcast\\", f->program, NULL);
  g_autofree char *local = g_strconcat ("SOFTWARE\\Seatcast\\", f->program, NULL);
  f->policy = (wchar_t *) g_utf8_to_utf16 (policy, -1, NULL, NULL, NULL);
  f->local = (wchar_t *) g_utf8_to_utf16 (local, -1, NULL, NULL, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  RegDeleteTreeW (HKEY_LOCAL_MACHINE, f->policy);
  RegDeleteTreeW (HKEY_LOCAL_MACHINE, f->local);
  g_free (f->program);
  g_free (f->policy);
  g_free (f->local);
}

static void
set_raw (const wchar_t *key, const wchar_t *name, DWORD type, gconstpointer data, gsize size)
{
  g_assert_cmpint (RegSetKeyValueW (HKEY_LOCAL_MACHINE, key, name, type, data, (DWORD) size), ==, ERROR_SUCCESS);
}

static void
set_text (const wchar_t *key, const wchar_t *name, const wchar_t *text)
{
  set_raw (key, name, REG_SZ, text, (wcslen (text) + 1) * sizeof *text);
}

static void
set (Fixture *f, const char *name, const char *value)
{
  g_autoptr (GError) error = NULL;

  sc_registry_set (f->program, name, value, &error);
  g_assert_no_error (error);
}

static void
assert_value (Fixture *f, const char *name, const char *expected)
{
  g_autofree char *value = sc_registry_get (f->program, name);

  g_assert_cmpstr (value, ==, expected);
}

static void
test_values (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *huge = g_strnfill (100000, 'x');

  assert_value (f, "Room", NULL);
  set (f, "Room", "Hörsaal 2 „Ünïcode“ 𝄞");
  assert_value (f, "Room", "Hörsaal 2 „Ünïcode“ 𝄞");
  set (f, "Room", NULL);
  assert_value (f, "Room", NULL);
  set (f, "Room", NULL); /* again */
  set (f, "Room", "");
  assert_value (f, "Room", NULL);
  g_assert_false (sc_registry_set (f->program, "Room", huge, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static void
test_remove (Fixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  set (f, "Room", "1");
  set (f, "Name", "2");
  g_assert_true (sc_registry_remove (f->program, &error));
  g_assert_no_error (error);
  assert_value (f, "Room", NULL);
  g_assert_true (sc_registry_remove (f->program, &error));
  g_assert_no_error (error);
}

static void
test_policy (Fixture *f, gconstpointer data)
{
  set (f, "Room", "mine");
  set (f, "Name", "pc-1");
  set_text (f->policy, L"Room", L"theirs");
  set_text (f->policy, L"Name", L""); /* not configured */
  assert_value (f, "Room", "theirs");
  assert_value (f, "Name", "pc-1");
  g_autofree char *enforced = sc_registry_get_policy (f->program, "Room");
  g_autofree char *local = sc_registry_get_policy (f->program, "Name");
  g_assert_cmpstr (enforced, ==, "theirs");
  g_assert_null (local);
}

/* Whatever somebody put there. */
static void
test_types (Fixture *f, gconstpointer data)
{
  const DWORD number = 4096;
  const wchar_t unterminated[] = { L'a', L'b', L'c' };
  const wchar_t lone[] = { 0xd800, L'x', 0 };
  g_autofree guint8 *huge = g_malloc0 (100000);

  set_raw (f->policy, L"Reserve", REG_DWORD, &number, sizeof number);
  assert_value (f, "Reserve", "4096");
  set_raw (f->policy, L"Name", REG_SZ, unterminated, sizeof unterminated);
  assert_value (f, "Name", "abc");
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*cannot be used*");
  set_raw (f->policy, L"Room", REG_BINARY, "xyz", 3);
  assert_value (f, "Room", NULL);
  g_test_assert_expected_messages ();
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*is no text*");
  set_raw (f->policy, L"Room", REG_SZ, lone, sizeof lone);
  assert_value (f, "Room", NULL);
  g_test_assert_expected_messages ();
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*cannot be used*");
  memset (huge, 'x', 90000);
  set_raw (f->policy, L"Room", REG_SZ, huge, 100000);
  assert_value (f, "Room", NULL);
  g_test_assert_expected_messages ();
}

static gboolean
on_changed (gpointer data)
{
  (*(guint *) data)++;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_late (gpointer data)
{
  g_error ("Change %u was not noticed", *(guint *) data);
  return G_SOURCE_REMOVE;
}

static void
wait_for_change (guint *n)
{
  guint before = *n;
  guint late = g_timeout_add_seconds (WAIT_S, on_late, n);

  while (*n == before)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (late);
  while (g_main_context_iteration (NULL, FALSE))
    ; /* what belongs to the same change */
}

/* Neither key is there at first; both come, change, and go. */
static void
test_watch (Fixture *f, gconstpointer data)
{
  guint n = 0;
  g_autoptr (GSource) watch = sc_registry_watch ();

  g_source_set_callback (watch, on_changed, &n, NULL);
  g_source_attach (watch, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (n, ==, 0);
  set (f, "Room", "1");
  wait_for_change (&n);
  set (f, "Room", "2");
  wait_for_change (&n);
  set_text (f->policy, L"Room", L"3");
  wait_for_change (&n);
  assert_value (f, "Room", "3");
  set_text (f->policy, L"Room", L"4");
  wait_for_change (&n);
  assert_value (f, "Room", "4");
  g_assert_cmpint (RegDeleteTreeW (HKEY_LOCAL_MACHINE, f->policy), ==, ERROR_SUCCESS);
  wait_for_change (&n);
  assert_value (f, "Room", "2");
  set_text (f->policy, L"Room", L"5");
  wait_for_change (&n);
  assert_value (f, "Room", "5");
  g_source_destroy (watch);
}

/* Of the engine itself, where it is installed on this machine: what is set stays, and is what is found. */
static void
test_console_directory (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = sc_registry_get_local ("Console", "Directory");
  g_autofree char *policy = sc_registry_get_policy ("Console", "Directory");
  g_autofree char *usual = sc_system_get_console_directory ();

  if (policy != NULL || !sc_registry_set ("Console", "Directory", "E:\\Versions", &error)) {
    g_test_skip ("the engine's settings cannot be changed here");
    return;
  }
  g_autofree char *found = sc_system_find_console_directory ();
  g_autofree char *still = sc_system_get_console_directory ();
  g_assert_true (sc_registry_set ("Console", "Directory", NULL, &error));
  g_autofree char *unset = sc_system_find_console_directory ();
  if (before != NULL)
    g_assert_true (sc_registry_set ("Console", "Directory", before, &error));
  g_assert_cmpstr (found, ==, "E:\\Versions");
  g_assert_cmpstr (still, ==, usual);
  g_assert_cmpstr (unset, ==, usual);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/registry/values", Fixture, NULL, set_up, test_values, tear_down);
  g_test_add ("/registry/remove", Fixture, NULL, set_up, test_remove, tear_down);
  g_test_add ("/registry/policy", Fixture, NULL, set_up, test_policy, tear_down);
  g_test_add ("/registry/types", Fixture, NULL, set_up, test_types, tear_down);
  g_test_add ("/registry/watch", Fixture, NULL, set_up, test_watch, tear_down);
  g_test_add_func ("/registry/console-directory", test_console_directory);
  return g_test_run ();
}
