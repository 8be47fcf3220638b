/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-engine-configure.h"

#include "common/platform/sc-installation.h"
#include "common/platform/sc-registry.h"
#include "common/platform/sc-system.h"
#include "common/sc-error.h"

#include <gio/gio.h>
#include <string.h>
#include <windows.h>

#define SERVICE "seatcast-consoled"
#define DESCRIPTION "Keeps the versions of this lab's virtual-machine templates and sends them to its workstations."
#define MAX_PROGRAM 32768u
#define MAX_PATH_BYTES 4000u

/* ---- the settings ---- */

typedef struct {
  const char *program;
  GHashTable *given; /* name → text */
} Settings;

/* A word that takes back what was set, where there is something to be without. */
static gboolean
is_taken_back (const char *name, const char *text)
{
  static const char *const names[] = { "Url", "Names", "Interface", "Metrics", "SessionHook", NULL };

  return g_strcmp0 (text, "none") == 0 && g_strv_contains (names, name);
}

static gboolean
add_given (const char *name, const char *text, gpointer given, GError **error)
{
  g_hash_table_insert (given, g_strdup (name), g_strdup (text));
  return TRUE;
}

static gboolean
write_setting (const char *name, const char *text, gpointer program, GError **error)
{
  return sc_registry_set (program, name, is_taken_back (name, text) ? NULL : text, error);
}

static char *
get_given (const char *name, const char **where, gpointer user_data)
{
  const Settings *self = user_data;
  const char *given = g_hash_table_lookup (self->given, name);

  return is_taken_back (name, given) ? NULL : g_strdup (given);
}

/* As the service will see it: a policy goes before what is given now. */
static char *
get_effective (const char *name, const char **where, gpointer user_data)
{
  const Settings *self = user_data;
  const char *given = self->given != NULL ? g_hash_table_lookup (self->given, name) : NULL;
  char *policy = sc_registry_get_policy (self->program, name);

  *where = policy != NULL ? "the registry's policies" : given != NULL ? NULL : "the registry";
  if (policy != NULL)
    return policy;
  if (is_taken_back (name, given))
    return NULL;
  return given != NULL ? g_strdup (given) : sc_registry_get (self->program, name);
}

/* On a network drive or a share the service's account has no rights, and SQLite's locks cannot be relied on. */
static gboolean
check_directory (const ScEngineOptions *options, GError **error)
{
  const char *path = options->directory;
  const char *where = options->where[SC_ENGINE_SETTING_DIRECTORY];
  g_autofree char *excerpt = NULL;

  if (strlen (path) > 3 && strlen (path) <= MAX_PATH_BYTES && g_ascii_isalpha (path[0]) && path[1] == ':' &&
      G_IS_DIR_SEPARATOR (path[2]) && strpbrk (path + 2, "\"<>|?*:") == NULL)
    return TRUE;
  excerpt = sc_error_excerpt (path);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "%s%s “%s” is not a directory on a disk of this computer, with its letter, such as D:\\Seatcast",
               where != NULL ? "the setting Directory in " : "--directory", where != NULL ? where : "", excerpt);
  return FALSE;
}

gboolean
sc_engine_settings_complete (ScEngineOptions *options, const char *program, GError **error)
{
  Settings settings = { .program = program };

  return sc_engine_options_complete (options, get_effective, &settings, error) &&
         (options->where[SC_ENGINE_SETTING_DIRECTORY] == NULL || check_directory (options, error));
}

gboolean
sc_engine_settings_write (const ScEngineOptions *options, const char *program, ScEngineOptions *complete,
                          GError **error)
{
  g_autoptr (GHashTable) given = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (ScEngineOptions) alone = { 0 };
  Settings settings = { program, given };

  sc_engine_options_init (&alone);
  sc_engine_options_init (complete);
  return sc_engine_options_foreach (options, add_given, given, error) &&
         sc_engine_options_complete (&alone, get_given, &settings, error) && check_directory (&alone, error) &&
         sc_engine_options_complete (complete, get_effective, &settings, error) && check_directory (complete, error) &&
         sc_engine_options_foreach (options, write_setting, (gpointer) program, error);
}

/* ---- the installation ---- */

static char *
get_program (void)
{
  g_autofree wchar_t *wide = g_new0 (wchar_t, MAX_PROGRAM);

  if (GetModuleFileNameW (NULL, wide, MAX_PROGRAM) == 0)
    return NULL;
  return g_utf16_to_utf8 ((const gunichar2 *) wide, -1, NULL, NULL, NULL);
}

static guint16
get_port (const char *listen)
{
  const char *colon = strrchr (listen, ':');
  guint64 port = colon != NULL ? g_ascii_strtoull (colon + 1, NULL, 10) : 0;

  return port <= G_MAXUINT16 ? (guint16) port : 0;
}

/* The log stays in the usual place when the data lies elsewhere. */
static gboolean
apply (const ScEngineOptions *options, gboolean (*func) (const ScInstallation *installation, GError **error),
       GError **error)
{
  g_autofree char *program = get_program ();
  g_autofree char *usual = sc_system_get_console_directory ();
  const ScInstallationDirectory directories[] = {
    { usual, SC_INSTALLATION_PRIVATE },
    { options->directory, SC_INSTALLATION_PRIVATE },
  };
  const ScInstallation installation = {
    .service = SERVICE,
    .description = DESCRIPTION,
    .program = program,
    .tcp_port = get_port (options->listen),
    .directories = directories,
    .n_directories = g_strcmp0 (usual, options->directory) == 0 ? 1 : 2,
  };

  return func (&installation, error);
}

gboolean
sc_engine_configure (const ScEngineOptions *options, GError **error)
{
  g_auto (ScEngineOptions) complete = { 0 };

  return sc_engine_settings_write (options, SC_ENGINE_REGISTRY, &complete, error) &&
         apply (&complete, sc_installation_configure, error);
}

gboolean
sc_engine_unconfigure (GError **error)
{
  g_auto (ScEngineOptions) complete = { 0 };
  g_autoptr (GError) local = NULL;
  gboolean done;

  sc_engine_options_init (&complete);
  if (!sc_engine_settings_complete (&complete, SC_ENGINE_REGISTRY, &local)) {
    g_warning ("%s; the usual settings are taken instead", local->message);
    sc_engine_options_clear (&complete);
    sc_engine_options_init (&complete);
    if (!sc_engine_options_complete (&complete, NULL, NULL, error))
      return FALSE;
  }
  done = apply (&complete, sc_installation_unconfigure, error);
  return sc_registry_remove (SC_ENGINE_REGISTRY, done ? error : NULL) && done;
}
