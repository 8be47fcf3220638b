/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/sc-engine.h"

#include <glib-unix.h>
#include <gio/gunixsocketaddress.h>
#include <locale.h>
#include <signal.h>
#include <sys/resource.h>

#define DEFAULT_DIRECTORY "/var/lib/seatcast"
#define DEFAULT_LISTEN "0.0.0.0:8470"
#define DEFAULT_GROUP "239.192.77.0"
#define DEFAULT_MULTICAST_PORT 8471
#define DEFAULT_RATE_MBIT 500.0
#define RETURN_TIME (30 * G_TIME_SPAN_SECOND) /* a seat's longest pause between two attempts to connect */
#define DEFAULT_MTU 1500
#define MAX_FILES 65536u

typedef struct {
  char *directory;
  char *listen;
  char *url;
  char *group;
  char *interface_address;
  int multicast_port;
  int mtu;
  double rate_mbit;
  gboolean version;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->directory);
  g_free (options->listen);
  g_free (options->url);
  g_free (options->group);
  g_free (options->interface_address);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (Options *options, int *argc, char ***argv, GError **error)
{
  const GOptionEntry entries[] = {
    { "directory", 'd', 0, G_OPTION_ARG_FILENAME, &options->directory,
      "keep versions, catalog, identity and connection file in DIR (" DEFAULT_DIRECTORY ")", "DIR" },
    { "listen", 'l', 0, G_OPTION_ARG_STRING, &options->listen,
      "listen for seats and staff here; port 0: any (" DEFAULT_LISTEN ")", "ADDRESS:PORT" },
    { "url", 'u', 0, G_OPTION_ARG_STRING, &options->url,
      "how seats and staff reach this console (https://HOST:PORT with this machine's name, or the address of --listen)",
      "URL" },
    { "group", 'g', 0, G_OPTION_ARG_STRING, &options->group,
      "first multicast group of 64 that sessions take in turn (" DEFAULT_GROUP ")", "ADDRESS" },
    { "multicast-port", 'p', 0, G_OPTION_ARG_INT, &options->multicast_port, "UDP port that seats receive on (8471)",
      "PORT" },
    { "interface", 'i', 0, G_OPTION_ARG_STRING, &options->interface_address,
      "send from the interface with this address (the one that most of a session's seats are connected through)",
      "ADDRESS" },
    { "rate", 'r', 0, G_OPTION_ARG_DOUBLE, &options->rate_mbit,
      "highest rate of a session on the wire unless it is given another, or staff have set one (500)", "MBIT" },
    { "mtu", 'm', 0, G_OPTION_ARG_INT, &options->mtu, "largest packet that every seat hears, 576 to 9000 bytes (1500)",
      "BYTES" },
    { "version", 'V', 0, G_OPTION_ARG_NONE, &options->version, "print the version and end", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (
      context,
      "The engine of Seatcast: keeps the versions of a template repository and casts them to the seats of a lab.");
  g_option_context_set_description (
      context,
      "Seats and staff need the connection file that it writes to DIR/connection: give it to seatcast-service and\n"
      "seatcastctl by --connection. SIGTERM and SIGINT end the engine; sessions go on at its next start.\n"
      "\n"
      "Example: seatcast-consoled --directory /srv/seatcast --listen 10.1.0.5:8470 --rate 800");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "unexpected argument “%s”: see --help", (*argv)[1]);
    return FALSE;
  }
  return TRUE;
}

static gboolean
check_options (const Options *options, GError **error)
{
  g_autoptr (GInetAddress) group = g_inet_address_new_from_string (options->group);

  if (group == NULL || g_inet_address_get_family (group) != G_SOCKET_FAMILY_IPV4 ||
      !g_inet_address_get_is_multicast (group))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "--group %s is not an IPv4 multicast address, such as " DEFAULT_GROUP, options->group);
  else if (options->multicast_port < 1 || options->multicast_port > 65535)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--multicast-port %d is not a port, 1 to 65535",
                 options->multicast_port);
  else if (!(options->rate_mbit >= 1 && options->rate_mbit <= 400000))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--rate %g is outside of 1 to 400000 Mbit/s", options->rate_mbit);
  else if (options->mtu < 576 || options->mtu > 9000)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--mtu %d is outside of 576 to 9000 bytes", options->mtu);
  else if (options->interface_address != NULL && !g_hostname_is_ip_address (options->interface_address))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "--interface %s is not an address: name the interface by its IPv4 address (ip -4 address)",
                 options->interface_address);
  else
    return TRUE;
  return FALSE;
}

/* systemd's readiness protocol (sd_notify(3)): one datagram to the socket that it names. A leading @ is an abstract
 * one. */
static void
notify_ready (void)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  if (path == NULL || *path == '\0')
    return;
  if (*path == '@')
    address = g_unix_socket_address_new_with_type (path + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  else
    address = g_unix_socket_address_new (path);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  if (socket == NULL || g_socket_send_to (socket, address, "READY=1", strlen ("READY=1"), NULL, &error) < 0)
    g_warning ("cannot tell systemd that the engine is ready: %s", error->message);
}

/* A seat is a connection or two and a pack an open file: the usual 1,024 end at 400 seats. What select() cannot take is
 * no matter, for nothing here uses it. */
static void
allow_many_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MAX_FILES)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, MAX_FILES);
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_warning ("the number of open files stays limited: %s", g_strerror (errno));
}

static gboolean
on_signal (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

static int
run (const Options *options, GError **error)
{
  const ScEngineConfig config = {
    .directory = options->directory,
    .listen = options->listen,
    .url = options->url,
    .sessions = {
      .group = options->group,
      .port = (guint16) options->multicast_port,
      .interface_address = options->interface_address,
      .rate_cap = (guint64) (options->rate_mbit * 1000 * 1000),
      .mtu = (guint) options->mtu,
      .return_time = RETURN_TIME,
    },
  };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (ScEngine) engine = NULL;
  guint terminate = g_unix_signal_add (SIGTERM, on_signal, loop);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, loop);

  engine = sc_engine_start (&config, error);
  if (engine != NULL) {
    g_print ("seatcast-consoled: listening on %s; connection file %s\n", sc_engine_get_url (engine),
             sc_engine_get_connection_path (engine));
    fflush (stdout);
    notify_ready ();
    g_main_loop_run (loop);
  }
  g_source_remove (terminate);
  g_source_remove (interrupt);
  return engine != NULL ? 0 : 1;
}

int
main (int argc, char **argv)
{
  g_auto (Options) options = {
    .directory = g_strdup (DEFAULT_DIRECTORY),
    .listen = g_strdup (DEFAULT_LISTEN),
    .group = g_strdup (DEFAULT_GROUP),
    .multicast_port = DEFAULT_MULTICAST_PORT,
    .mtu = DEFAULT_MTU,
    .rate_mbit = DEFAULT_RATE_MBIT,
  };
  g_autoptr (GError) error = NULL;
  int status = 0;

  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN); /* a client that hangs up is no reason to end */
  if (!parse_options (&options, &argc, &argv, &error) || (!options.version && !check_options (&options, &error))) {
    g_printerr ("seatcast-consoled: %s\n", error->message);
    return 2;
  }
  if (options.version) {
    g_print ("seatcast-consoled %s\n", SC_VERSION);
    return 0;
  }
  allow_many_files ();
  status = run (&options, &error);
  if (error != NULL)
    g_printerr ("seatcast-consoled: %s\n", error->message);
  return status;
}
