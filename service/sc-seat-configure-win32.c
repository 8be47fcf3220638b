/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-configure.h"

#include <windows.h>

#include <glib/gstdio.h>

#include "common/platform/sc-disk.h"
#include "common/platform/sc-installation.h"
#include "common/platform/sc-registry.h"
#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "common/sc-path.h"

#define SERVICE "seatcast-service"
#define DESCRIPTION "Keeps this computer's VM templates as the Seatcast console says."
#define UDP_PORT 8471 /* that the console sends on unless it is told another */
#define CONFIGURED "Configured"
#define MAX_PATH_BYTES 4000u
#define MAX_PROGRAM 32768u /* UTF-16 units: no path is longer */

void
sc_seat_setup_clear (ScSeatSetup *self)
{
  sc_service_options_clear (&self->options);
  g_clear_pointer (&self->console, g_free);
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->fingerprint, g_free);
}

/* ---- checks ---- */

/* The MSI passes properties that nobody has set as empty texts. */
static void
forget_empty (char **text)
{
  if (*text != NULL && **text == '\0')
    g_clear_pointer (text, g_free);
}

/* Where the service's account has no rights, no network drive or no such letter, a path leads nowhere: it must be one
 * of this machine's disks. */
static gboolean
check_directory (const char *option, char **path, GError **error)
{
  if (*path == NULL)
    return TRUE;
  gsize length = strlen (*path);
  while (length > 3 && ((*path)[length - 1] == '\\' || (*path)[length - 1] == '/'))
    (*path)[--length] = '\0';
  if (length >= 3 && length <= MAX_PATH_BYTES && g_ascii_isalpha ((*path)[0]) && (*path)[1] == ':' &&
      ((*path)[2] == '\\' || (*path)[2] == '/') && strpbrk (*path + 2, "\"<>|?*:") == NULL)
    return TRUE;
  g_autofree char *excerpt = sc_error_excerpt (*path);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "%s “%s” must be a directory on a disk of this computer, with its letter, such as D:\\Templates", option,
               excerpt);
  return FALSE;
}

static gboolean
check_connection (ScSeatSetup *self, GError **error)
{
  if (self->fingerprint != NULL) {
    g_auto (GStrv) pieces = g_strsplit_set (self->fingerprint, ": ", -1);
    g_autofree char *joined = g_strjoinv ("", pieces);
    g_free (self->fingerprint);
    self->fingerprint = g_ascii_strdown (joined, -1);
  }
  if (self->console != NULL && g_str_has_suffix (self->console, "/"))
    self->console[strlen (self->console) - 1] = '\0';
  const char *wrong = NULL;
  if (self->console != NULL && !sc_connection_is_url (self->console))
    wrong = "--console (CONSOLE) must be https://HOST:PORT, as the console's connection file has it";
  else if (self->token != NULL && !sc_connection_is_token (self->token))
    wrong = "--token (TOKEN) must be 1 to 256 characters without spaces: copy it from “seatcastctl enrol-token ROOM” "
            "at the console";
  else if (self->fingerprint != NULL && !sc_connection_is_fingerprint (self->fingerprint))
    wrong = "--ca-fingerprint (CAFP) must be 64 hexadecimal digits: “seatcastctl ca fingerprint” says them at the "
            "console";
  if (wrong != NULL)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, wrong);
  return wrong == NULL;
}

static gboolean
is_removable (const ScSeatSetting *setting)
{
  return strcmp (setting->name, SC_SETTING_TEMPLATES) != 0;
}

/* A bit of @removed for each of the list. */
static guint
bit_of (const ScSeatSetting *setting)
{
  return 1u << (setting - sc_seat_settings_list ());
}

static gboolean
is_removed (const ScSeatSetup *self, const ScSeatSetting *setting)
{
  return (self->removed & bit_of (setting)) != 0;
}

static void
take_removed (ScSeatSetup *self, const ScSeatSetting *setting)
{
  char **text = sc_seat_setting_of (setting, &self->options);

  if (!is_removable (setting) || g_strcmp0 (*text, SC_SEAT_SETUP_NONE) != 0)
    return;
  self->removed |= bit_of (setting);
  g_clear_pointer (text, g_free);
}

gboolean
sc_seat_setup_check (ScSeatSetup *self, GError **error)
{
  ScServiceConfig config;

  forget_empty (&self->console);
  forget_empty (&self->token);
  forget_empty (&self->fingerprint);
  for (const ScSeatSetting *setting = sc_seat_settings_list (); setting->name != NULL; setting++) {
    forget_empty (sc_seat_setting_of (setting, &self->options));
    take_removed (self, setting);
  }
  return check_connection (self, error) && check_directory ("--templates", &self->options.repository, error) &&
         check_directory ("--state", &self->options.state, error) &&
         sc_service_options_read (&self->options, &config, error);
}

/* ---- writing ---- */

static char *
given_or (const char *given, const char *kept)
{
  return g_strdup (given != NULL ? given : kept);
}

/* What was there before, for a run that fails. */
typedef struct {
  gboolean unconfigured;  /* no run has succeeded yet */
  GPtrArray *directories; /* that were missing */
  gboolean connected;     /* there was a connection file */
  char *connection;       /* (nullable): its text */
  gboolean connection_written;
  GPtrArray *values; /* (element-type char *) (nullable): by their places in write_registry() */
} Before;

static void
before_clear (Before *self)
{
  g_clear_pointer (&self->directories, g_ptr_array_unref);
  g_clear_pointer (&self->values, g_ptr_array_unref);
  g_free (self->connection);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Before, before_clear)

/* @whole: (out): there will be a connection file. @connection: (out) (nullable): to be written, NULL: nothing */
static gboolean
plan_connection (const ScSeatSetup *self, const char *path, const char *program, gboolean *whole,
                 ScConnection **connection, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (ScConnection) kept = sc_connection_load (path, &local);
  g_autofree char *local_url = sc_registry_get (program, SC_SETTING_CONSOLE);
  g_autofree char *local_fingerprint = sc_registry_get (program, SC_SETTING_FINGERPRINT);
  g_autofree char *url = given_or (self->console, kept != NULL ? kept->url : local_url);
  g_autofree char *token = given_or (self->token, kept != NULL ? kept->token : NULL);
  g_autofree char *fingerprint = given_or (self->fingerprint, kept != NULL ? kept->fingerprint : local_fingerprint);

  *whole = kept != NULL;
  *connection = NULL;
  if (url == NULL || token == NULL || fingerprint == NULL) {
    if (self->token == NULL)
      return TRUE; /* the policy may have it */
    g_set_error (
        error, SC_ERROR, SC_ERROR_INVALID,
        "--token (TOKEN) needs --console (CONSOLE) and --ca-fingerprint (CAFP) with it: none were given before");
    return FALSE;
  }
  if (self->console == NULL && self->token == NULL && self->fingerprint == NULL)
    return TRUE;
  *connection = sc_connection_new (url, token, fingerprint);
  *whole = TRUE;
  return sc_connection_check (*connection, error);
}

/* Sets @value of @name, unless it is NULL, or removes it; what was there goes to @before. */
static gboolean
write_value (const char *program, const char *name, const char *value, gboolean remove, Before *before, GError **error)
{
  if (value == NULL && !remove)
    return TRUE;
  g_ptr_array_add (before->values, g_strdup (name));
  g_ptr_array_add (before->values, sc_registry_get_local (program, name));
  return sc_registry_set (program, name, value, error);
}

static gboolean
write_registry (const ScSeatSetup *self, const char *program, Before *before, GError **error)
{
  ScServiceOptions options = self->options;

  before->values = g_ptr_array_new_with_free_func (g_free);
  for (const ScSeatSetting *setting = sc_seat_settings_list (); setting->name != NULL; setting++)
    if (!write_value (program, setting->name, *sc_seat_setting_of (setting, &options), is_removed (self, setting),
                      before, error))
      return FALSE;
  return write_value (program, SC_SETTING_CONSOLE, self->console, FALSE, before, error) &&
         write_value (program, SC_SETTING_FINGERPRINT, self->fingerprint, FALSE, before, error);
}

/* The last value, which changes in any case: it tells a running service that the connection file may have, too. */
static gboolean
write_time (const char *program, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");

  return sc_registry_set (program, CONFIGURED, time, error);
}

static gboolean
write_connection (const ScConnection *planned, const char *path, const ScInstallation *installation, Before *before,
                  GError **error)
{
  if (planned == NULL)
    return TRUE;
  before->connection_written = TRUE;
  return sc_connection_save (planned, path, error) &&
         (installation == NULL || sc_installation_share (installation, error));
}

/* As far as it can be; the error that is told is the one that led here. */
static void
restore (const Before *self, const char *connection, const char *program, const ScInstallation *installation)
{
  g_autoptr (GError) failure = NULL;

  for (guint i = 0; self->values != NULL && i + 1 < self->values->len; i += 2)
    if (!sc_registry_set (program, self->values->pdata[i], self->values->pdata[i + 1], &failure)) {
      g_warning ("%s", failure->message);
      g_clear_error (&failure);
    }
  if (self->connection_written && !self->connected) {
    g_remove (connection);
  } else if (self->connection_written && self->connection != NULL &&
             (!sc_system_write_secret (connection, self->connection, &failure) ||
              (installation != NULL && !sc_installation_share (installation, &failure)))) {
    g_warning ("%s", failure->message);
    g_clear_error (&failure);
  }
  if (installation != NULL && self->unconfigured && !sc_installation_unconfigure (installation, &failure))
    g_warning ("%s", failure->message);
  for (guint i = 0; self->directories != NULL && i < self->directories->len; i++)
    g_rmdir (self->directories->pdata[i]); /* only where it is empty */
}

/* In this order: nothing is read or written in a directory that a user may have put there; what may fail comes before
 * the token is written; the registry tells a running service of it all. */
static gboolean
write_all (const ScSeatSetup *self, const char *connection, const char *program, const ScInstallation *installation,
           gboolean *whole, Before *before, GError **error)
{
  g_autoptr (ScConnection) planned = NULL;

  if ((installation != NULL && !sc_installation_take_directories (installation, error)) ||
      !plan_connection (self, connection, program, whole, &planned, error))
    return FALSE;
  before->connected = g_file_test (connection, G_FILE_TEST_EXISTS);
  if (planned != NULL)
    g_file_get_contents (connection, &before->connection, NULL, NULL);
  if (installation != NULL) {
    g_autofree char *configured = sc_registry_get_local (program, CONFIGURED);

    before->unconfigured = configured == NULL;
    if (!sc_installation_configure (installation, error))
      return FALSE;
  }
  return write_registry (self, program, before, error) &&
         write_connection (planned, connection, installation, before, error) && write_time (program, error);
}

gboolean
sc_seat_setup_write (const ScSeatSetup *self, const char *connection, const char *program,
                     const ScInstallation *installation, GError **error)
{
  gboolean whole = FALSE;
  g_auto (Before) before = { 0 };

  before.directories = installation != NULL ? sc_installation_list_missing (installation) : NULL;
  if (!write_all (self, connection, program, installation, &whole, &before, error)) {
    restore (&before, connection, program, installation);
    return FALSE;
  }
  if (!whole)
    g_message (
        "The console's address, its authority's fingerprint and a token are not all given: the service waits for "
        "them");
  return TRUE;
}

/* ---- the installation ---- */

static char *
program_path (void)
{
  g_autofree wchar_t *wide = g_new0 (wchar_t, MAX_PROGRAM);

  if (GetModuleFileNameW (NULL, wide, MAX_PROGRAM) == 0)
    return NULL;
  return g_utf16_to_utf8 ((const gunichar2 *) wide, -1, NULL, NULL, NULL);
}

typedef struct {
  char *program, *data, *templates, *state;
  ScInstallationDirectory directories[3];
  ScInstallation installation;
} Plan;

static void
plan_clear (Plan *self)
{
  g_free (self->program);
  g_free (self->data);
  g_free (self->templates);
  g_free (self->state);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

/* @options: what is given counts before what is set already. @usual_state: which is removed */
static void
plan_init (Plan *self, const ScServiceOptions *options, gboolean usual_state)
{
  guint n = 0;

  *self = (Plan){ .program = program_path (),
                  .data = sc_system_get_service_directory (),
                  .templates = options->repository != NULL ? g_strdup (options->repository)
                                                           : sc_registry_get (SC_SEAT_REGISTRY, SC_SETTING_TEMPLATES),
                  .state = options->state != NULL ? g_strdup (options->state)
                           : usual_state          ? sc_registry_get_policy (SC_SEAT_REGISTRY, SC_SETTING_STATE)
                                                  : sc_registry_get (SC_SEAT_REGISTRY, SC_SETTING_STATE) };
  self->directories[n++] = (ScInstallationDirectory){ self->data, SC_INSTALLATION_PRIVATE };
  if (self->state != NULL)
    self->directories[n++] = (ScInstallationDirectory){ self->state, SC_INSTALLATION_PRIVATE };
  if (self->templates != NULL)
    self->directories[n++] = (ScInstallationDirectory){ self->templates, SC_INSTALLATION_CHANGE };
  self->installation = (ScInstallation){ .service = SERVICE,
                                         .description = DESCRIPTION,
                                         .program = self->program,
                                         .udp_port = UDP_PORT,
                                         .powers_off = TRUE,
                                         .directories = self->directories,
                                         .n_directories = n };
}

static gboolean
is_state_removed (const ScSeatSetup *setup)
{
  for (const ScSeatSetting *setting = sc_seat_settings_list (); setting->name != NULL; setting++)
    if (strcmp (setting->name, SC_SETTING_STATE) == 0)
      return is_removed (setup, setting);
  return FALSE;
}

/* It may come later: a seat that is installed before it is in its place. */
static void
look_at_interface (const char *text)
{
  g_autoptr (ScInterface) found = text != NULL ? sc_system_find_interface (text) : NULL;

  if (text != NULL && found == NULL)
    g_warning ("--interface (INTERFACE) %s is no address of this computer now: as long as it is none, no multicast is "
               "received and the seat gets everything from the console directly",
               text);
}

gboolean
sc_seat_configure (ScSeatSetup *setup, GError **error)
{
  g_autofree char *connection = sc_system_get_service_connection ();
  g_auto (Plan) plan = { 0 };

  if (!sc_seat_setup_check (setup, error))
    return FALSE;
  look_at_interface (setup->options.interface_address);
  plan_init (&plan, &setup->options, is_state_removed (setup));
  return sc_seat_setup_write (setup, connection, SC_SEAT_REGISTRY, &plan.installation, error);
}

/* ---- and back ---- */

static gboolean
remove_tree (ScDisk *disk, const char *path, GError **error)
{
  g_autoptr (GError) local = NULL;
  ScDiskInfo info;

  if (!sc_disk_info (disk, path, &info, &local)) {
    if (g_error_matches (local, SC_ERROR, SC_ERROR_NOT_FOUND))
      return TRUE;
    g_propagate_error (error, g_steal_pointer (&local));
    return FALSE;
  }
  g_autoptr (GPtrArray) names = info.directory ? sc_disk_list (disk, path, error) : g_ptr_array_new ();
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *child = g_strconcat (path, "/", (const char *) names->pdata[i], NULL);

    if (!remove_tree (disk, child, error))
      return FALSE;
  }
  return sc_disk_remove (disk, path, error);
}

/* @names: what is ours in @directory, which itself goes only when nothing else is in it. Beneath it no link is
 * followed. */
static gboolean
remove_ours (const char *directory, const char *const *names, gboolean itself, GError **error)
{
  if (directory == NULL || !g_file_test (directory, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_autoptr (ScDisk) disk = sc_disk_system (directory, error);
  if (disk == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    if (!remove_tree (disk, names[i], error))
      return FALSE;
  g_clear_pointer (&disk, sc_disk_free);
  if (itself && g_rmdir (directory) != 0)
    g_message ("“%s” stays: there is more in it", directory);
  return TRUE;
}

/* Everything is tried. @failure: (nullable) (transfer full): of one part */
static void
keep_first (GError **first, GError *failure)
{
  if (failure == NULL)
    return;
  if (*first == NULL) {
    *first = failure;
    return;
  }
  g_warning ("%s", failure->message);
  g_error_free (failure);
}

static void
remove_part (const char *directory, const char *const *names, gboolean itself, GError **first)
{
  GError *failure = NULL;

  remove_ours (directory, names, itself, &failure);
  keep_first (first, failure);
}

/* Not in a directory that a user has put in its place; --unconfigure also takes back a --configure that refused one. */
static void
remove_private (const char *directory, const char *const *names, gboolean itself, GError **first)
{
  if (directory != NULL && sc_installation_owns (directory))
    remove_part (directory, names, itself, first);
}

gboolean
sc_seat_unconfigure (gboolean purge, GError **error)
{
  static const char *const ours[] = { "connection", "logs", NULL };
  static const char *const state[] = { "identity",    "manifests",       "seat.db",   "seat.db-wal",
                                       "seat.db-shm", "seat.db-journal", "seat.lock", NULL };
  static const char *const repository[] = { SC_PATH_PRIVATE, NULL };
  const ScServiceOptions none = { 0 };
  g_auto (Plan) plan = { 0 };
  GError *first = NULL, *failure = NULL;

  plan_init (&plan, &none, FALSE);
  sc_installation_unconfigure (&plan.installation, &first);
  remove_private (plan.data, ours, FALSE, &first);
  if (purge) {
    remove_private (plan.state, state, TRUE, &first);
    remove_private (plan.data, state, TRUE, &first);
    remove_part (plan.templates, repository, FALSE, &first);
  }
  sc_registry_remove (SC_SEAT_REGISTRY, &failure);
  keep_first (&first, failure);
  if (first != NULL)
    g_propagate_error (error, first);
  return first == NULL;
}
