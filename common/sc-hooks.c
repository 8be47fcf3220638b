/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-hooks.h"

#include "common/sc-error.h"
#include "common/sc-json.h"

#include <string.h>

static const char *const whens[] = { "before-commit", "after-commit", NULL };
static const char *const systems[] = { "linux", "windows", "any", NULL };
static const char *const members[] = { "when", "os", "run", "timeout_seconds" };

const char *
sc_hook_when_to_nick (ScHookWhen when)
{
  return whens[when];
}

const char *
sc_hook_os_to_nick (ScHookOs os)
{
  return systems[os];
}

void
sc_hook_free (ScHook *self)
{
  g_strfreev (self->run);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScHook, sc_hook_free)

gboolean
sc_hook_is_for (const ScHook *self, ScHookOs os)
{
  return self->os == SC_HOOK_ANY || self->os == os;
}

gboolean
sc_hook_is_absolute (const char *path, ScHookOs os)
{
  if (os == SC_HOOK_ANY)
    return sc_hook_is_absolute (path, SC_HOOK_LINUX) || sc_hook_is_absolute (path, SC_HOOK_WINDOWS);
  if (os == SC_HOOK_LINUX)
    return path[0] == '/';
  return g_ascii_isalpha (path[0]) && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

static gboolean
get_nick (const ScJson *object, const char *key, const char *const *nicks, guint *value, GError **error)
{
  const char *nick = sc_json_get_string (object, key, 32, error);
  g_autofree char *known = NULL;

  if (nick == NULL)
    return FALSE;
  for (*value = 0; nicks[*value] != NULL; (*value)++)
    if (strcmp (nicks[*value], nick) == 0)
      return TRUE;
  known = g_strjoinv ("”, “", (char **) nicks);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is “%s”, but must be one of “%s”", key, nick, known);
  return FALSE;
}

static gboolean
has_only (const ScJson *object, const char *const *names, guint n_names, GError **error)
{
  const char *key;
  ScJson *value;

  json_object_foreach ((ScJson *) object, key, value)
  {
    gboolean known = FALSE;

    for (guint i = 0; i < n_names; i++)
      known = known || strcmp (names[i], key) == 0;
    if (!known) {
      g_autofree char *excerpt = sc_error_excerpt (key);

      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the member “%s” is not known", excerpt);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
check_program (const ScHook *self, GError **error)
{
  if (self->run[0] != NULL && sc_hook_is_absolute (self->run[0], self->os))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "“run” must begin with a program by its absolute path, such as “%s” for “os” “%s”",
               self->os == SC_HOOK_WINDOWS ? "C:\\\\Tools\\\\before.exe" : "/usr/local/bin/before",
               sc_hook_os_to_nick (self->os));
  return FALSE;
}

static ScHook *
parse_one (const ScJson *object, GError **error)
{
  g_autoptr (ScHook) self = g_new0 (ScHook, 1);
  g_autoptr (GPtrArray) run = NULL;
  guint64 timeout;
  guint value;

  if (!json_is_object (object)) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "it is not an object");
    return NULL;
  }
  if (!has_only (object, members, G_N_ELEMENTS (members), error) || !get_nick (object, "when", whens, &value, error))
    return NULL;
  self->when = (ScHookWhen) value;
  if (!get_nick (object, "os", systems, &value, error))
    return NULL;
  self->os = (ScHookOs) value;
  run = sc_json_get_strings (object, "run", SC_HOOKS_MAX_ARGUMENTS, SC_HOOKS_MAX_ARGUMENT, error);
  if (run == NULL || !sc_json_get_uint (object, "timeout_seconds", SC_HOOKS_MAX_TIMEOUT, &timeout, error))
    return NULL;
  if (timeout == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“timeout_seconds” must be 1 to %u", SC_HOOKS_MAX_TIMEOUT);
    return NULL;
  }
  self->timeout = (guint) timeout;
  self->run = g_new0 (char *, run->len + 1);
  for (guint i = 0; i < run->len; i++)
    self->run[i] = g_strdup (run->pdata[i]);
  if (!check_program (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

GPtrArray *
sc_hooks_parse (const char *text, GError **error)
{
  static const char *const top[] = { "hooks" };
  g_autoptr (GPtrArray) hooks = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_hook_free);
  g_autoptr (ScJson) object = NULL;
  const ScJson *array;

  if (text == NULL || *text == '\0')
    return g_steal_pointer (&hooks);
  object = sc_json_parse_object (text, strlen (text), SC_HOOKS_MAX_BYTES, error);
  if (object == NULL || !has_only (object, top, G_N_ELEMENTS (top), error))
    return NULL;
  array = sc_json_get_array (object, "hooks", SC_HOOKS_MAX, error);
  for (gsize i = 0; array != NULL && i < json_array_size (array); i++) {
    ScHook *hook = parse_one (json_array_get (array, i), error);

    if (hook == NULL) {
      g_prefix_error (error, "hook %" G_GSIZE_FORMAT ": ", i + 1);
      return NULL;
    }
    g_ptr_array_add (hooks, hook);
  }
  return array != NULL ? g_steal_pointer (&hooks) : NULL;
}
