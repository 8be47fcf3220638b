/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * norm-peer: sends one file to many by NORM (RFC 5740), and receives it. A peer to measure the cast beside, so it is
 * tuned for a local network: no congestion control, large buffers, parity only on demand.
 *
 * Both print JSON lines: {"event": "complete", "ns": N} when a receiver has the whole file, {"event": "sent"} when all
 * receivers have said so to the sender; ns is of CLOCK_MONOTONIC. A receiver goes on answering until it is ended
 * (SIGTERM).
 */
#include <glib.h>
#include <glib/gstdio.h>
/* The header of NORM 1.5 has two declarations that only C++ can read; neither function is wanted here. */
#define NormGetRxBindAddress(...) norm_peer_unused_1 (void)
#define NormStreamGetVacancy(...) norm_peer_unused_2 (void)
#include <normApi.h>
#undef NormGetRxBindAddress
#undef NormStreamGetVacancy

#define MIB (1024u * 1024)
#define MAX_RATE 10000.0 /* Mbit/s: as good as none; NORM does not begin without any */

/* In the units of the options; `rate` in Mbit/s of NORM's datagrams. */
static char *interface_name, *group, *send_file, *directory;
static int port = 6003, id = 1, receivers, block = 64, parity = 32, segment = 1428, buffer = 32, auto_parity;
static double rate, grtt = 0.01, backoff = 4;

static const GOptionEntry entries[] = {
  { "send", 's', 0, G_OPTION_ARG_FILENAME, &send_file, "send FILE", "FILE" },
  { "receive", 'd', 0, G_OPTION_ARG_FILENAME, &directory, "receive a file into DIR", "DIR" },
  { "interface", 'i', 0, G_OPTION_ARG_STRING, &interface_name, "use the interface NAME", "NAME" },
  { "group", 'g', 0, G_OPTION_ARG_STRING, &group, "the multicast group (239.192.99.1)", "ADDRESS" },
  { "port", 'p', 0, G_OPTION_ARG_INT, &port, "UDP port (6003)", "PORT" },
  { "id", 'n', 0, G_OPTION_ARG_INT, &id, "this node's number; the receivers have 2 and following", "N" },
  { "receivers", 'r', 0, G_OPTION_ARG_INT, &receivers, "wait until so many receivers have all", "N" },
  { "block", 'k', 0, G_OPTION_ARG_INT, &block, "source symbols of a block (64)", "N" },
  { "parity", 0, 0, G_OPTION_ARG_INT, &parity, "parity symbols of a block (32)", "N" },
  { "auto-parity", 0, 0, G_OPTION_ARG_INT, &auto_parity, "of these so many are sent unasked (0)", "N" },
  { "segment", 0, 0, G_OPTION_ARG_INT, &segment, "bytes of a symbol (1428)", "BYTES" },
  { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate, "Mbit/s (0: as fast as it goes)", "MBIT" },
  { "buffer", 0, 0, G_OPTION_ARG_INT, &buffer, "of each socket, in MiB (32)", "MIB" },
  { "grtt", 0, 0, G_OPTION_ARG_DOUBLE, &grtt, "first estimate of the round trip in s (0.01)", "S" },
  { "backoff", 0, 0, G_OPTION_ARG_DOUBLE, &backoff, "round trips that answers are spread over (4)", "N" },
  { 0 },
};

static void
print_event (const char *name)
{
  g_print ("{\"event\": \"%s\", \"ns\": %" G_GINT64_FORMAT "}\n", name, g_get_monotonic_time () * 1000);
}

static NormSessionHandle
open_session (NormInstanceHandle instance, GError **error)
{
  NormSessionHandle session =
      NormCreateSession (instance, group != NULL ? group : "239.192.99.1", (UINT16) port, (NormNodeId) id);

  if (session == NORM_SESSION_INVALID) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "no NORM session; give a multicast group and a free port");
    return NULL;
  }
  if (interface_name != NULL && !NormSetMulticastInterface (session, interface_name)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "no multicast by “%s”; name an interface", interface_name);
    return NULL;
  }
  NormSetTxPort (session, 0, false, NULL);
  NormSetRxPortReuse (session, true, NULL, NULL, 0);
  NormSetGroupSize (session, (unsigned) MAX (receivers, 1));
  NormSetBackoffFactor (session, backoff);
  return session;
}

static gboolean
run_sender (NormInstanceHandle instance, NormSessionHandle session, GError **error)
{
  NormEvent event;
  NormObjectHandle object;

  NormSetGrttEstimate (session, grtt);
  NormSetCongestionControl (session, false, false);
  NormSetFlowControl (session, 0);
  NormSetTxRate (session, (rate > 0 ? rate : MAX_RATE) * 1e6);
  for (int i = 0; i < receivers; i++)
    NormAddAckingNode (session, (NormNodeId) (2 + i));
  if (!NormStartSender (session, 1, 64 * MIB, (UINT16) segment, (UINT16) block, (UINT16) parity, 0) ||
      !NormSetTxSocketBuffer (session, (unsigned) buffer * MIB)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "NORM cannot send; try fewer symbols or a smaller buffer");
    return FALSE;
  }
  NormSetAutoParity (session, (unsigned char) auto_parity);
  object = NormFileEnqueue (session, send_file, NULL, 0);
  if (object == NORM_OBJECT_INVALID || !NormSetWatermark (session, object, false)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "NORM cannot send %s; is it a file?", send_file);
    return FALSE;
  }
  while (NormGetNextEvent (instance, &event, true)) {
    if (event.type != NORM_TX_WATERMARK_COMPLETED)
      continue;
    if (NormGetAckingStatus (session, NORM_NODE_ANY) == NORM_ACK_SUCCESS)
      break;
    NormResetWatermark (session); /* some have not said yet that they have it */
  }
  print_event ("sent");
  return TRUE;
}

/* The file gets its last name, so that whoever looks for it finds it whole. */
static void
finish_file (NormObjectHandle object)
{
  g_autofree char *path = g_build_filename (directory, "received", NULL);
  char name[4096];

  if (!NormFileGetName (object, name, sizeof name) || g_rename (name, path) != 0)
    print_event ("failed");
  else
    print_event ("complete");
}

static gboolean
run_receiver (NormInstanceHandle instance, NormSessionHandle session, GError **error)
{
  g_autofree char *cache = g_strconcat (directory, G_DIR_SEPARATOR_S, NULL);
  NormEvent event;

  if (!NormSetCacheDirectory (instance, cache) || !NormStartReceiver (session, 64 * MIB) ||
      !NormSetRxSocketBuffer (session, (unsigned) buffer * MIB)) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "NORM cannot receive into %s; is it a directory?", cache);
    return FALSE;
  }
  print_event ("ready");
  while (NormGetNextEvent (instance, &event, true)) {
    if (event.type == NORM_RX_OBJECT_COMPLETED)
      finish_file (event.object);
    else if (event.type == NORM_RX_OBJECT_ABORTED)
      print_event ("aborted");
  }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- send or receive a file by NORM");
  g_autoptr (GError) error = NULL;
  NormInstanceHandle instance;
  NormSessionHandle session;
  gboolean ok;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || (send_file == NULL) == (directory == NULL)) {
    g_printerr ("norm-peer: %s\n", error != NULL ? error->message : "say either --send FILE or --receive DIR");
    return 2;
  }
  instance = NormCreateInstance (false);
  session = open_session (instance, &error);
  ok = session != NULL &&
       (send_file != NULL ? run_sender (instance, session, &error) : run_receiver (instance, session, &error));
  if (!ok)
    g_printerr ("norm-peer: %s\n", error->message);
  NormDestroyInstance (instance);
  return ok ? 0 : 1;
}
