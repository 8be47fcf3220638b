/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-engine-options.h"

#include "common/platform/sc-system.h"
#include "common/sc-error.h"

#define DEFAULT_LISTEN "0.0.0.0:8470"
#define DEFAULT_GROUP "239.192.77.0"
#define DEFAULT_MULTICAST_PORT 8471
#define DEFAULT_RATE_MBIT 500.0
#define DEFAULT_MTU 1500
#define RETURN_TIME (30 * G_TIME_SPAN_SECOND) /* a seat's longest pause between two attempts to connect */
#define UNSAID G_MININT

typedef enum {
  TEXT,
  WHOLE,
  NUMBER,
} Kind;

/* The settings by their names in the registry, each with where it is kept here. */
static const struct {
  const char *name;
  Kind kind;
  gsize offset;
} settings[] = {
  { "Directory", TEXT, G_STRUCT_OFFSET (ScEngineOptions, directory) },
  { "Listen", TEXT, G_STRUCT_OFFSET (ScEngineOptions, listen) },
  { "Url", TEXT, G_STRUCT_OFFSET (ScEngineOptions, url) },
  { "Group", TEXT, G_STRUCT_OFFSET (ScEngineOptions, group) },
  { "MulticastPort", WHOLE, G_STRUCT_OFFSET (ScEngineOptions, multicast_port) },
  { "Rate", NUMBER, G_STRUCT_OFFSET (ScEngineOptions, rate_mbit) },
  { "Mtu", WHOLE, G_STRUCT_OFFSET (ScEngineOptions, mtu) },
  { "Interface", TEXT, G_STRUCT_OFFSET (ScEngineOptions, interface_address) },
};

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
}

/* ---- what the machine's settings say ---- */

/* (transfer full) (nullable) */
static char *
to_text (const ScEngineOptions *self, guint setting)
{
  gconstpointer member = G_STRUCT_MEMBER_P (self, settings[setting].offset);
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (settings[setting].kind == TEXT)
    return g_strdup (*(char *const *) member);
  if (settings[setting].kind == WHOLE)
    return *(const int *) member == UNSAID ? NULL : g_strdup_printf ("%d", *(const int *) member);
  if (*(const double *) member == UNSAID)
    return NULL;
  return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, *(const double *) member));
}

static gboolean
from_text (ScEngineOptions *self, guint setting, const char *text, GError **error)
{
  gpointer member = G_STRUCT_MEMBER_P (self, settings[setting].offset);
  char *end = NULL;
  gint64 whole = 0;

  if (settings[setting].kind == TEXT) {
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
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the setting %s is “%s”, which is not a number",
               settings[setting].name, text);
  return FALSE;
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
take_defaults (ScEngineOptions *self)
{
  if (self->directory == NULL)
    self->directory = sc_system_get_console_directory ();
  if (self->listen == NULL)
    self->listen = g_strdup (DEFAULT_LISTEN);
  if (self->group == NULL)
    self->group = g_strdup (DEFAULT_GROUP);
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
    g_autofree char *text = said == NULL ? get (settings[i].name, user_data) : NULL;

    if (text != NULL && !from_text (self, i, text, error))
      return FALSE;
  }
  if (!sc_engine_options_check (self, error))
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
      g_strdup_printf ("keep versions, catalog, identity and connection file in DIR (%s)", directory);
  const GOptionEntry entries[] = {
    { "directory", 'd', 0, G_OPTION_ARG_FILENAME, &self->directory, directory_text, "DIR" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &self->listen,
      "listen for seats and staff here; port 0: any (" DEFAULT_LISTEN ")", "ADDRESS:PORT" },
    { "url", 'u', 0, G_OPTION_ARG_STRING, &self->url,
      "how seats and staff reach this console (https://HOST:PORT with this machine's name, or the address of --listen)",
      "URL" },
    { "group", 'g', 0, G_OPTION_ARG_STRING, &self->group,
      "first multicast group of 64 that sessions take in turn (" DEFAULT_GROUP ")", "ADDRESS" },
    { "multicast-port", 'p', 0, G_OPTION_ARG_INT, &self->multicast_port, "UDP port that seats receive on (8471)",
      "PORT" },
    { "interface", 'i', 0, G_OPTION_ARG_STRING, &self->interface_address,
      "send from the interface with this address (the one that most of a session's seats are connected through)",
      "ADDRESS" },
    { "rate", 'r', 0, G_OPTION_ARG_DOUBLE, &self->rate_mbit,
      "highest rate of a session on the wire unless it is given another, or staff have set one (500)", "MBIT" },
    { "mtu", 'm', 0, G_OPTION_ARG_INT, &self->mtu, "largest packet that every seat hears, 576 to 9000 bytes (1500)",
      "BYTES" },
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
  if (g_strv_length (*arguments) > 1) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "unexpected argument “%s”: see --help", (*arguments)[1]);
    return FALSE;
  }
  return TRUE;
}

gboolean
sc_engine_options_check (const ScEngineOptions *self, GError **error)
{
  g_autoptr (GInetAddress) group = self->group != NULL ? g_inet_address_new_from_string (self->group) : NULL;

  if (self->group != NULL && (group == NULL || g_inet_address_get_family (group) != G_SOCKET_FAMILY_IPV4 ||
                              !g_inet_address_get_is_multicast (group)))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "--group %s is not an IPv4 multicast address, such as " DEFAULT_GROUP, self->group);
  else if (self->multicast_port != UNSAID && (self->multicast_port < 1 || self->multicast_port > 65535))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--multicast-port %d is not a port, 1 to 65535",
                 self->multicast_port);
  else if (self->rate_mbit != UNSAID && !(self->rate_mbit >= 1 && self->rate_mbit <= 400000))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--rate %g is outside of 1 to 400000 Mbit/s", self->rate_mbit);
  else if (self->mtu != UNSAID && (self->mtu < 576 || self->mtu > 9000))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--mtu %d is outside of 576 to 9000 bytes", self->mtu);
  else if (self->interface_address != NULL && !g_hostname_is_ip_address (self->interface_address))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "--interface %s is not an address: name the interface by its IPv4 address (for example 10.1.0.5)",
                 self->interface_address);
  else
    return TRUE;
  return FALSE;
}

ScEngineConfig
sc_engine_options_get_config (const ScEngineOptions *self)
{
  return (ScEngineConfig){
    .directory = self->directory,
    .listen = self->listen,
    .url = self->url,
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
