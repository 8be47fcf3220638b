/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-engine-options.h"

#include "common/platform/sc-system.h"
#include "common/sc-connection.h"
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "common/trust/sc-certificate.h"
#include "console/engine/sc-listen.h"

#include <string.h>

#define DEFAULT_LISTEN "0.0.0.0:8470"
#define DEFAULT_GROUP "239.192.77.0"
#define DEFAULT_MULTICAST_PORT 8471
#define DEFAULT_RATE_MBIT 500.0
#define DEFAULT_MTU 9000                      /* bytes: what is beyond 1500 is sent only where all hear it */
#define RETURN_TIME (30 * G_TIME_SPAN_SECOND) /* a seat's longest pause between two attempts to connect */
#define UNSAID G_MININT

typedef enum {
  TEXT,
  WHOLE,
  NUMBER,
} Kind;

/* ---- what cannot be: each takes where the setting is kept, and returns what is wrong with it, NULL: nothing ---- */

static const char *
check_listen (gconstpointer member)
{
  g_autoptr (GInetSocketAddress) address = sc_listen_parse (*(char *const *) member, NULL);

  return address != NULL ? NULL : "is not ADDRESS:PORT with an IP address, such as " DEFAULT_LISTEN;
}

static const char *
check_url (gconstpointer member)
{
  g_autofree char *url = g_strdup (*(char *const *) member);

  for (gsize length = strlen (url); length > 0 && url[length - 1] == '/'; length--)
    url[length - 1] = '\0';
  return sc_connection_is_url (url) ? NULL : "is not https://HOST:PORT";
}

static const char *
check_group (gconstpointer member)
{
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string (*(char *const *) member);

  return group != NULL && g_inet_address_get_family (group) == G_SOCKET_FAMILY_IPV4 &&
                 g_inet_address_get_is_multicast (group)
             ? NULL
             : "is not an IPv4 multicast address, such as " DEFAULT_GROUP;
}

static const char *
check_port (gconstpointer member)
{
  int port = *(const int *) member;

  return port >= 1 && port <= 65535 ? NULL : "is not a port, 1 to 65535";
}

static const char *
check_rate (gconstpointer member)
{
  double mbit = *(const double *) member;

  return mbit == 0 || (mbit >= 1 && mbit <= 400000)
             ? NULL
             : "is outside of 1 to 400000 Mbit/s; 0 is as fast as the seats take it";
}

static const char *
check_mtu (gconstpointer member)
{
  int bytes = *(const int *) member;

  return bytes >= 576 && bytes <= 9000 ? NULL : "is outside of 576 to 9000 bytes";
}

static const char *
check_interface (gconstpointer member)
{
  return g_hostname_is_ip_address (*(char *const *) member)
             ? NULL
             : "is not an address: name the interface by its IPv4 address (for example 10.1.0.5)";
}

static const char *
check_names (gconstpointer member)
{
  g_auto (GStrv) names = g_strsplit (*(char *const *) member, " ", -1);

  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *name = names[i][0] != '\0' ? sc_certificate_normalize_name (names[i]) : NULL;

    if (name == NULL && names[i][0] != '\0')
      return "is neither a host's name nor an IP address, nor several with blanks between them";
  }
  return NULL;
}

static const char *
check_metrics (gconstpointer member)
{
  g_autoptr (GInetSocketAddress) address = sc_listen_parse (*(char *const *) member, NULL);

  return address != NULL ? NULL : "is not ADDRESS:PORT with an IP address, such as 127.0.0.1:9470";
}

static const char *
check_session_hook (gconstpointer member)
{
  return g_path_is_absolute (*(char *const *) member) ? NULL : "is not the whole path of a program";
}

static const char *
check_log_format (gconstpointer member)
{
  ScLogFormat format;

  return sc_log_format_from_nick (*(char *const *) member, &format) ? NULL : "is neither text nor json";
}

/* ---- the settings ---- */

/* By their names in the registry and on the command line, each with where it is kept here. */
static const struct {
  const char *name;
  const char *option;
  Kind kind;
  gsize offset;
  const char *(*check) (gconstpointer member); /* (nullable) */
} settings[] = {
  { "Directory", "--directory", TEXT, G_STRUCT_OFFSET (ScEngineOptions, directory), NULL },
  { "Listen", "--listen", TEXT, G_STRUCT_OFFSET (ScEngineOptions, listen), check_listen },
  { "Url", "--url", TEXT, G_STRUCT_OFFSET (ScEngineOptions, url), check_url },
  { "Group", "--group", TEXT, G_STRUCT_OFFSET (ScEngineOptions, group), check_group },
  { "MulticastPort", "--multicast-port", WHOLE, G_STRUCT_OFFSET (ScEngineOptions, multicast_port), check_port },
  { "Rate", "--rate", NUMBER, G_STRUCT_OFFSET (ScEngineOptions, rate_mbit), check_rate },
  { "Mtu", "--mtu", WHOLE, G_STRUCT_OFFSET (ScEngineOptions, mtu), check_mtu },
  { "Names", "--name", TEXT, G_STRUCT_OFFSET (ScEngineOptions, names), check_names },
  { "Interface", "--interface", TEXT, G_STRUCT_OFFSET (ScEngineOptions, interface_address), check_interface },
  { "Metrics", "--metrics", TEXT, G_STRUCT_OFFSET (ScEngineOptions, metrics), check_metrics },
  { "SessionHook", "--session-hook", TEXT, G_STRUCT_OFFSET (ScEngineOptions, session_hook), check_session_hook },
  { "LogFormat", "--log-format", TEXT, G_STRUCT_OFFSET (ScEngineOptions, log_format), check_log_format },
};
G_STATIC_ASSERT (G_N_ELEMENTS (settings) == SC_ENGINE_N_SETTINGS);

void
sc_engine_options_init (ScEngineOptions *self)
{
  *self = (ScEngineOptions){ .multicast_port = UNSAID, .mtu = UNSAID, .rate_mbit = UNSAID };
}

void
sc_engine_options_clear (ScEngineOptions *self)
{
  g_free (self->directory);
  g_free (self->listen);
  g_free (self->url);
  g_free (self->group);
  g_free (self->interface_address);
  g_free (self->names);
  g_free (self->metrics);
  g_free (self->session_hook);
  g_free (self->log_format);
  g_strfreev (self->more_names);
}

/* (transfer full) (nullable) */
static char *
to_text (const ScEngineOptions *self, guint setting)
{
  gconstpointer member = G_STRUCT_MEMBER_P (self, settings[setting].offset);
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (settings[setting].kind == TEXT) {
    const char *text = *(char *const *) member;

    return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
  }
  if (settings[setting].kind == WHOLE)
    return *(const int *) member == UNSAID ? NULL : g_strdup_printf ("%d", *(const int *) member);
  if (*(const double *) member == UNSAID)
    return NULL;
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.10g", *(const double *) member));
}

/* (transfer full): how a message names it */
static char *
describe (const ScEngineOptions *self, guint setting)
{
  if (self->where[setting] == NULL)
    return g_strdup (settings[setting].option);
  return g_strdup_printf ("the setting %s in %s:", settings[setting].name, self->where[setting]);
}

static gboolean
from_text (ScEngineOptions *self, guint setting, const char *text, GError **error)
{
  gpointer member = G_STRUCT_MEMBER_P (self, settings[setting].offset);
  g_autofree char *description = NULL;
  char *end = NULL;
  gint64 whole = 0;

  if (settings[setting].kind == TEXT) {
    g_free (*(char **) member);
    *(char **) member = g_strdup (text);
    return TRUE;
  }
  if (settings[setting].kind == NUMBER) {
    *(double *) member = g_ascii_strtod (text, &end);
    if (end != text && *end == '\0')
      return TRUE;
  } else if (g_ascii_string_to_signed (text, 10, 0, G_MAXINT, &whole, NULL)) {
    *(int *) member = (int) whole;
    return TRUE;
  }
  description = describe (self, setting);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s “%s” is not a number", description, text);
  return FALSE;
}

static gboolean
check (const ScEngineOptions *self, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    g_autofree char *text = settings[i].check != NULL ? to_text (self, i) : NULL;
    const char *wrong = text != NULL ? settings[i].check (G_STRUCT_MEMBER_P (self, settings[i].offset)) : NULL;

    if (wrong != NULL) {
      g_autofree char *description = describe (self, i);

      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s %s %s", description, text, wrong);
      return FALSE;
    }
  }
  return TRUE;
}

gboolean
sc_engine_options_foreach (const ScEngineOptions *self, ScEngineSettingFunc func, gpointer user_data, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    g_autofree char *text = to_text (self, i);

    if (text != NULL && !func (settings[i].name, text, user_data, error))
      return FALSE;
  }
  return TRUE;
}

static void
take_default (char **text, const char *value)
{
  if (*text != NULL && **text != '\0')
    return;
  g_free (*text);
  *text = g_strdup (value);
}

static void
take_defaults (ScEngineOptions *self)
{
  g_autofree char *directory = sc_system_get_console_directory ();

  take_default (&self->directory, directory);
  take_default (&self->listen, DEFAULT_LISTEN);
  take_default (&self->url, NULL);
  take_default (&self->group, DEFAULT_GROUP);
  take_default (&self->interface_address, NULL);
  take_default (&self->names, NULL);
  take_default (&self->metrics, NULL);
  take_default (&self->session_hook, NULL);
  take_default (&self->log_format, "text");
  g_strfreev (self->more_names);
  self->more_names = self->names != NULL ? g_strsplit (self->names, " ", -1) : NULL;
  if (self->multicast_port == UNSAID)
    self->multicast_port = DEFAULT_MULTICAST_PORT;
  if (self->mtu == UNSAID)
    self->mtu = DEFAULT_MTU;
  if (self->rate_mbit == UNSAID)
    self->rate_mbit = DEFAULT_RATE_MBIT;
}

gboolean
sc_engine_options_complete (ScEngineOptions *self, ScEngineSetting get, gpointer user_data, GError **error)
{
  for (guint i = 0; get != NULL && i < G_N_ELEMENTS (settings); i++) {
    g_autofree char *said = to_text (self, i);
    const char *where = NULL;
    g_autofree char *text = said == NULL ? get (settings[i].name, &where, user_data) : NULL;

    self->where[i] = text != NULL ? where : NULL;
    if (text != NULL && !from_text (self, i, text, error))
      return FALSE;
  }
  if (!check (self, error))
    return FALSE;
  take_defaults (self);
  return TRUE;
}

/* ---- the command line ---- */

gboolean
sc_engine_options_parse (ScEngineOptions *self, const GOptionEntry *more, const char *notes, char ***arguments,
                         GError **error)
{
  g_autofree char *directory = sc_system_get_console_directory ();
  g_autofree char *directory_text =
      g_strdup_printf ("keep versions, catalog, authority and connection file in DIR (%s)", directory);
  const GOptionEntry entries[] = {
    { "directory", 'd', 0, G_OPTION_ARG_FILENAME, &self->directory, directory_text, "DIR" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &self->listen,
      "listen for seats and staff here; port 0: any (" DEFAULT_LISTEN ")", "ADDRESS:PORT" },
    { "url", 'u', 0, G_OPTION_ARG_STRING, &self->url,
      "how seats and staff reach this console (https://HOST:PORT with this machine's name, or the address of --listen)",
      "URL" },
    { "name", 'n', 0, G_OPTION_ARG_STRING_ARRAY, &self->more_names,
      "seats and staff also reach this console by this name or address: its certificate gets it (may be repeated)",
      "NAME" },
    { "group", 'g', 0, G_OPTION_ARG_STRING, &self->group,
      "first multicast group of 64 that sessions take in turn (" DEFAULT_GROUP ")", "ADDRESS" },
    { "multicast-port", 'p', 0, G_OPTION_ARG_INT, &self->multicast_port, "UDP port that seats receive on (8471)",
      "PORT" },
    { "interface", 'i', 0, G_OPTION_ARG_STRING, &self->interface_address,
      "send from the interface with this address (the one that most of a session's seats are connected through)",
      "ADDRESS" },
    { "rate", 'r', 0, G_OPTION_ARG_DOUBLE, &self->rate_mbit,
      "highest rate of all sessions together on the wire, unless staff have set one; 0: as fast as the seats take it "
      "(500)",
      "MBIT" },
    { "mtu", 'm', 0, G_OPTION_ARG_INT, &self->mtu,
      "largest packet, 576 to 9000 bytes; beyond 1500 as far as all hear it (9000)", "BYTES" },
    { "metrics", 0, 0, G_OPTION_ARG_STRING, &self->metrics,
      "serve /metrics (Prometheus) and /health here, by HTTP and to anybody: for 127.0.0.1 or a network of "
      "administrators",
      "ADDRESS:PORT" },
    { "session-hook", 0, 0, G_OPTION_ARG_FILENAME, &self->session_hook,
      "run this when a session has ended; what of it: docs/operations.md", "PROGRAM" },
    { "log-format", 0, 0, G_OPTION_ARG_STRING, &self->log_format,
      "how messages are logged: text, or json: one object a line (text)", "FORMAT" },
    { "version", 'V', 0, G_OPTION_ARG_NONE, &self->version, "print the version and end", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context,
      "The engine of Seatcast: keeps the versions of a template repository and casts them to the seats of a lab.");
  g_option_context_set_description (context, notes);
  g_option_context_add_main_entries (context, entries, NULL);
  if (more != NULL)
    g_option_context_add_main_entries (context, more, NULL);
  if (!g_option_context_parse_strv (context, arguments, error))
    return FALSE;
  if (self->more_names != NULL) {
    g_free (self->names);
    self->names = g_strstrip (g_strjoinv (" ", self->more_names));
  }
  if (g_strv_length (*arguments) > 1) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "unexpected argument “%s”: see --help", (*arguments)[1]);
    return FALSE;
  }
  return TRUE;
}

ScLogFormat
sc_engine_options_get_log_format (const ScEngineOptions *self)
{
  ScLogFormat format;

  sc_log_format_from_nick (self->log_format, &format);
  return format;
}

ScEngineConfig
sc_engine_options_get_config (const ScEngineOptions *self)
{
  return (ScEngineConfig){
    .directory = self->directory,
    .listen = self->listen,
    .url = self->url,
    .names = (const char *const *) self->more_names,
    .metrics = self->metrics,
    .session_hook = self->session_hook,
    .sessions = {
      .group = self->group,
      .port = (guint16) self->multicast_port,
      .interface_address = self->interface_address,
      .rate_cap = (guint64) (self->rate_mbit * 1000 * 1000),
      .mtu = (guint) self->mtu,
      .return_time = RETURN_TIME,
    },
  };
}
