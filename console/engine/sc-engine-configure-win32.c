/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-engine-configure.h"

#include "common/platform/sc-installation.h"
#include "common/platform/sc-registry.h"
#include "common/platform/sc-system.h"
#include "common/sc-error.h"

#include <gio/gio.h>
#include <windows.h>

#define SERVICE "seatcast-consoled"
#define DESCRIPTION "Keeps the versions of this lab's virtual-machine templates and sends them to its workstations."
#define MAX_PROGRAM 32768u

static gboolean
write_setting (const char *name, const char *text, gpointer user_data, GError **error)
{
  return sc_registry_set (SC_ENGINE_REGISTRY, name, text, error);
}

static char *
read_setting (const char *name, gpointer user_data)
{
  return sc_registry_get (SC_ENGINE_REGISTRY, name);
}

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

  if (options->directory != NULL && !g_path_is_absolute (options->directory)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "--directory %s is not an absolute path, such as D:\\Seatcast: the service starts elsewhere",
                 options->directory);
    return FALSE;
  }
  if (!sc_engine_options_foreach (options, write_setting, NULL, error))
    return FALSE;
  sc_engine_options_init (&complete);
  return sc_engine_options_complete (&complete, read_setting, NULL, error) &&
         apply (&complete, sc_installation_configure, error);
}

gboolean
sc_engine_unconfigure (GError **error)
{
  g_auto (ScEngineOptions) complete = { 0 };
  g_autoptr (GError) local = NULL;
  gboolean done;

  sc_engine_options_init (&complete);
  if (!sc_engine_options_complete (&complete, read_setting, NULL, &local)) {
    g_warning ("%s; the usual settings are taken instead", local->message);
    sc_engine_options_clear (&complete);
    sc_engine_options_init (&complete);
    if (!sc_engine_options_complete (&complete, NULL, NULL, error))
      return FALSE;
  }
  done = apply (&complete, sc_installation_unconfigure, error);
  return sc_registry_remove (SC_ENGINE_REGISTRY, done ? error : NULL) && done;
}
