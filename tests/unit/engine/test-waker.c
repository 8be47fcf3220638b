/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/sc-waker.h"

#include <gio/gio.h>
#include <string.h>

/* Magic packets that a socket of this machine gets. */

#define MAC_1 "02:fc:00:00:00:01"
#define MAC_2 "02:fc:00:00:00:02"
#define PACKET_BYTES 102u

typedef struct {
  GSocket *socket;
  char *destination;
  guint n[3]; /* that the machine with this last byte of the address has been sent */
} Listener;

static void
listener_set_up (Listener *listener, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  listener->socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_bind (listener->socket, any, FALSE, &error));
  g_socket_set_blocking (listener->socket, FALSE);
  bound = g_socket_get_local_address (listener->socket, &error);
  listener->destination =
      g_strdup_printf ("127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
}

static void
listener_tear_down (Listener *listener, gconstpointer data)
{
  g_object_unref (listener->socket);
  g_free (listener->destination);
}

/* What has come by now. */
static guint
take (Listener *listener)
{
  guint8 packet[PACKET_BYTES + 1];
  guint total = 0;
  gssize length;

  while ((length = g_socket_receive (listener->socket, (char *) packet, sizeof packet, NULL, NULL)) >= 0) {
    g_assert_cmpint (length, ==, PACKET_BYTES);
    for (guint i = 0; i < 6; i++)
      g_assert_cmpuint (packet[i], ==, 0xff);
    g_assert_cmpuint (packet[PACKET_BYTES - 1], <, G_N_ELEMENTS (listener->n));
    listener->n[packet[PACKET_BYTES - 1]]++;
  }
  for (guint i = 0; i < G_N_ELEMENTS (listener->n); i++)
    total += listener->n[i];
  return total;
}

static GPtrArray *
make_macs (const char *first, const char *second)
{
  GPtrArray *macs = g_ptr_array_new ();

  if (first != NULL)
    g_ptr_array_add (macs, (gpointer) first);
  if (second != NULL)
    g_ptr_array_add (macs, (gpointer) second);
  return macs;
}

static void
wait_for (Listener *listener, guint total)
{
  while (take (listener) < total)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_three_of_each (Listener *listener, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScWaker) waker = sc_waker_new (10);
  g_autoptr (GPtrArray) macs = make_macs (MAC_1, MAC_2);
  gint64 begun = g_get_monotonic_time ();

  g_assert_true (sc_waker_wake (waker, macs, "127.0.0.1", listener->destination, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (take (listener), ==, 2); /* one of each at once */
  wait_for (listener, 6);
  g_assert_cmpuint (listener->n[1], ==, SC_WAKER_PACKETS);
  g_assert_cmpuint (listener->n[2], ==, SC_WAKER_PACKETS);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, 2 * 10 * G_TIME_SPAN_MILLISECOND - G_TIME_SPAN_MILLISECOND);

  /* and then no more, and no timer */
  g_assert_false (g_main_context_pending (NULL));
  g_assert_true (sc_waker_wake (waker, macs, "127.0.0.1", listener->destination, &error));
  wait_for (listener, 12);
}

/* Asked again while it goes on it does not send more. */
static void
test_once_at_a_time (Listener *listener, gconstpointer data)
{
  g_autoptr (ScWaker) waker = sc_waker_new (10);
  g_autoptr (GPtrArray) macs = make_macs (MAC_1, NULL);
  g_autoptr (GPtrArray) other = make_macs (MAC_2, NULL);

  for (guint i = 0; i < 5; i++)
    g_assert_true (sc_waker_wake (waker, macs, "127.0.0.1", listener->destination, NULL));
  g_assert_true (sc_waker_wake (waker, other, "127.0.0.1", listener->destination, NULL));
  g_assert_cmpuint (take (listener), ==, 2);
  wait_for (listener, 6);
  g_assert_cmpuint (listener->n[1], ==, SC_WAKER_PACKETS);
}

static void
test_refused (Listener *listener, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScWaker) waker = sc_waker_new (10);
  g_autoptr (GPtrArray) none = make_macs (NULL, NULL);
  g_autoptr (GPtrArray) wrong = make_macs ("ff:ff:ff:ff:ff:ff", NULL);
  g_autoptr (GPtrArray) half = make_macs (MAC_1, "02-fc");
  g_autoptr (GPtrArray) good = make_macs (MAC_1, NULL);

  g_assert_false (sc_waker_wake (waker, none, "127.0.0.1", listener->destination, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sc_waker_wake (waker, wrong, "127.0.0.1", listener->destination, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_false (sc_waker_wake (waker, good, "192.0.2.77", listener->destination, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_clear_error (&error);
  g_assert_cmpuint (take (listener), ==, 0);
  g_assert_true (sc_waker_wake (waker, half, "127.0.0.1", listener->destination, &error)); /* by one of its cards */
  g_assert_no_error (error);
  wait_for (listener, 3);
}

#define ADD(path, func) g_test_add (path, Listener, NULL, listener_set_up, func, listener_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/waker/three-of-each", test_three_of_each);
  ADD ("/waker/once-at-a-time", test_once_at_a_time);
  ADD ("/waker/refused", test_refused);
  return g_test_run ();
}
