/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-registry.h"

#include <windows.h>

#include "common/platform/sc-nt.h"

#define SETTINGS "SOFTWARE\\Seatcast\\"
#define POLICY "SOFTWARE\\Policies\\Seatcast\\"
#define N_KEYS 2u
#define MAX_VALUE_BYTES 8192u /* of UTF-16, with the final zero */
#define VIEW KEY_WOW64_64KEY  /* also in a 32-bit process there is one place for them */

static wchar_t *
to_wide (const char *text)
{
  return (wchar_t *) g_utf8_to_utf16 (text, -1, NULL, NULL, NULL);
}

/* ---- values ---- */

/* (nullable): as text; administrative templates also write numbers */
static char *
read_value (const char *prefix, const char *program, const char *name)
{
  g_autofree char *path = g_strconcat (prefix, program, NULL);
  g_autofree wchar_t *wide_path = to_wide (path);
  g_autofree wchar_t *wide_name = to_wide (name);
  g_autofree guint8 *data = g_malloc0 (MAX_VALUE_BYTES);
  HKEY key;
  DWORD type = 0, size = MAX_VALUE_BYTES;

  if (wide_path == NULL || wide_name == NULL ||
      RegOpenKeyExW (HKEY_LOCAL_MACHINE, wide_path, 0, KEY_QUERY_VALUE | VIEW, &key) != ERROR_SUCCESS)
    return NULL;
  LSTATUS code = RegGetValueW (key, NULL, wide_name, RRF_RT_REG_SZ | RRF_RT_REG_DWORD, &type, data, &size);
  RegCloseKey (key);
  if (code != ERROR_SUCCESS) {
    if (code != ERROR_FILE_NOT_FOUND)
      g_warning (
          "The value “%s” of HKEY_LOCAL_MACHINE\\%s cannot be used (error %ld): it must be a text (REG_SZ) of at "
          "most %u characters",
          name, path, code, MAX_VALUE_BYTES / 2 - 1);
    return NULL;
  }
  if (type == REG_DWORD) {
    DWORD number;
    memcpy (&number, data, sizeof number);
    return g_strdup_printf ("%lu", number);
  }
  char *text = g_utf16_to_utf8 ((const gunichar2 *) (gpointer) data, -1, NULL, NULL, NULL);
  if (text == NULL)
    g_warning ("The value “%s” of HKEY_LOCAL_MACHINE\\%s is no text", name, path);
  return text;
}

char *
sc_registry_get (const char *program, const char *name)
{
  static const char *const prefixes[N_KEYS] = { POLICY, SETTINGS };

  for (guint i = 0; i < N_KEYS; i++) {
    g_autofree char *text = read_value (prefixes[i], program, name);

    if (text != NULL && *text != '\0')
      return g_steal_pointer (&text);
  }
  return NULL;
}

char *
sc_registry_get_policy (const char *program, const char *name)
{
  g_autofree char *text = read_value (POLICY, program, name);

  return text != NULL && *text != '\0' ? g_steal_pointer (&text) : NULL;
}

char *
sc_registry_get_local (const char *program, const char *name)
{
  g_autofree char *text = read_value (SETTINGS, program, name);

  return text != NULL && *text != '\0' ? g_steal_pointer (&text) : NULL;
}

gboolean
sc_registry_set (const char *program, const char *name, const char *value, GError **error)
{
  g_autofree char *path = g_strconcat (SETTINGS, program, NULL);
  g_autofree wchar_t *wide_path = to_wide (path);
  g_autofree wchar_t *wide_name = to_wide (name);
  glong units = 0;
  g_autofree gunichar2 *data = value != NULL ? g_utf8_to_utf16 (value, -1, NULL, &units, NULL) : NULL;
  gsize size = ((gsize) units + 1) * sizeof *data;
  HKEY key = NULL;

  if (wide_path == NULL || wide_name == NULL || (value != NULL && (data == NULL || size > MAX_VALUE_BYTES))) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The value of “%s” is too long for the registry, or no text", name);
    return FALSE;
  }
  LSTATUS code = RegCreateKeyExW (HKEY_LOCAL_MACHINE, wide_path, 0, NULL, 0, KEY_SET_VALUE | VIEW, NULL, &key, NULL);
  if (code == ERROR_SUCCESS) {
    code = value != NULL ? RegSetValueExW (key, wide_name, 0, REG_SZ, (const BYTE *) data, (DWORD) size)
                         : RegDeleteValueW (key, wide_name);
    RegCloseKey (key);
  }
  if (code == ERROR_SUCCESS || (value == NULL && code == ERROR_FILE_NOT_FOUND))
    return TRUE;
  return sc_nt_set_error (error, (DWORD) code, SC_ERROR_SYSTEM,
                          "Cannot write “%s” to HKEY_LOCAL_MACHINE\\%s; that takes an administrator", name, path);
}

gboolean
sc_registry_remove (const char *program, GError **error)
{
  g_autofree wchar_t *parent = to_wide (SETTINGS);
  g_autofree wchar_t *wide = to_wide (program);
  HKEY key = NULL;
  LSTATUS code = RegOpenKeyExW (HKEY_LOCAL_MACHINE, parent, 0,
                                DELETE | KEY_ENUMERATE_SUB_KEYS | KEY_QUERY_VALUE | KEY_SET_VALUE | VIEW, &key);

  if (code == ERROR_SUCCESS) {
    code = RegDeleteTreeW (key, wide);
    RegCloseKey (key);
  }
  if (code == ERROR_SUCCESS || code == ERROR_FILE_NOT_FOUND)
    return TRUE;
  return sc_nt_set_error (error, (DWORD) code, SC_ERROR_SYSTEM, "Cannot remove HKEY_LOCAL_MACHINE\\" SETTINGS "%s",
                          program);
}

/* ---- changes ---- */

/* A key that is removed does not tell it, only the one above it does: what is watched is the tree above ours. Nobody
 * removes the first; while the second does not exist, it is the place where it will appear. */
static const char *const trees[N_KEYS] = { "SOFTWARE\\Policies", "SOFTWARE\\Seatcast" };

typedef struct {
  GSource source;
  HKEY keys[N_KEYS]; /* (nullable) */
  HANDLE events[N_KEYS];
  GPollFD fds[N_KEYS];
} Watch;

/* @tree: (out): all beneath it counts */
static HKEY
open_tree (const char *path, gboolean *tree)
{
  g_autofree wchar_t *wide = to_wide (path);
  HKEY key = NULL;

  *tree = RegOpenKeyExW (HKEY_LOCAL_MACHINE, wide, 0, KEY_NOTIFY | VIEW, &key) == ERROR_SUCCESS;
  if (!*tree && RegOpenKeyExW (HKEY_LOCAL_MACHINE, L"SOFTWARE", 0, KEY_NOTIFY | VIEW, &key) != ERROR_SUCCESS)
    return NULL;
  return key;
}

/* To be called before the values are read, so that no change falls in between; each time anew, for the tree may have
 * come. */
static void
arm (Watch *self, guint i)
{
  gboolean tree = FALSE;
  const DWORD what = REG_NOTIFY_CHANGE_NAME | REG_NOTIFY_CHANGE_LAST_SET | REG_NOTIFY_THREAD_AGNOSTIC;

  if (self->keys[i] != NULL)
    RegCloseKey (self->keys[i]);
  ResetEvent (self->events[i]); /* closing a key signals it */
  self->keys[i] = open_tree (trees[i], &tree);
  LSTATUS code = self->keys[i] != NULL ? RegNotifyChangeKeyValue (self->keys[i], tree, what, self->events[i], TRUE)
                                       : ERROR_FILE_NOT_FOUND;
  if (code != ERROR_SUCCESS)
    g_warning ("Changes of HKEY_LOCAL_MACHINE\\%s are not noticed (error %ld): restart the service after one", trees[i],
               code);
}

static gboolean
watch_check (GSource *source)
{
  Watch *self = (Watch *) source;

  for (guint i = 0; i < N_KEYS; i++)
    if (self->fds[i].revents != 0)
      return TRUE;
  return FALSE;
}

static gboolean
watch_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return FALSE;
}

static gboolean
watch_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Watch *self = (Watch *) source;

  for (guint i = 0; i < N_KEYS; i++)
    if (self->fds[i].revents != 0)
      arm (self, i);
  return callback != NULL ? callback (user_data) : G_SOURCE_REMOVE;
}

static void
watch_finalize (GSource *source)
{
  Watch *self = (Watch *) source;

  for (guint i = 0; i < N_KEYS; i++) {
    if (self->keys[i] != NULL)
      RegCloseKey (self->keys[i]);
    CloseHandle (self->events[i]);
  }
}

GSource *
sc_registry_watch (void)
{
  static GSourceFuncs funcs = { watch_prepare, watch_check, watch_dispatch, watch_finalize, NULL, NULL };
  GSource *source = g_source_new (&funcs, sizeof (Watch));
  Watch *self = (Watch *) source;

  g_source_set_name (source, "registry");
  for (guint i = 0; i < N_KEYS; i++) {
    self->events[i] = CreateEventW (NULL, TRUE, FALSE, NULL);
    self->fds[i] = (GPollFD){ .fd = (gintptr) self->events[i], .events = G_IO_IN };
    g_source_add_poll (source, &self->fds[i]);
    arm (self, i);
  }
  return source;
}
