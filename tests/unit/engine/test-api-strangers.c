/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-strangers.h"

#include <string.h>

#define ATTACKER "127.0.0.9"
#define HONEST "127.0.0.2"

/* A TLS record of 10 bytes that says to be a handshake's: what it is is for TLS to say. */
static const char hello[] = "\x16\x03\x01\x00\x0a"
                            "0123456789";
#define HELLO_SIZE (sizeof hello - 1)

typedef struct {
  GSocketService *service;
  guint16 port;
  ScApiStrangers *strangers;
  GPtrArray *greeted; /* ScApiStranger (owned) */
  guint n_incoming;
} Fixture;

static void
on_turn (ScApiStranger *stranger, gpointer user_data)
{
  Fixture *self = user_data;

  g_ptr_array_add (self->greeted, stranger);
}

static gboolean
on_incoming (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_incoming++;
  sc_api_strangers_add (self->strangers, connection);
  return TRUE;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  self->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  self->greeted = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_api_stranger_free);
  self->strangers = sc_api_strangers_new (on_turn, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  sc_api_strangers_free (self->strangers);
  g_ptr_array_unref (self->greeted);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Returns: a connection from @address on which @size bytes of a client's first message were sent */
static GSocket *
knock (Fixture *self, const char *address, gsize size)
{
  g_autoptr (GSocketAddress) from = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketAddress) to = g_inet_socket_address_new_from_string ("127.0.0.1", self->port);
  g_autoptr (GError) error = NULL;
  guint before = self->n_incoming;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_socket_bind (socket, from, FALSE, &error);
  g_assert_no_error (error);
  g_socket_connect (socket, to, NULL, &error);
  g_assert_no_error (error);
  if (size > 0)
    g_assert_cmpint (g_socket_send (socket, hello, size, NULL, &error), ==, (gssize) size);
  while (self->n_incoming == before)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  return socket;
}

static void
wait_greeted (Fixture *self, guint n)
{
  while (self->greeted->len < n)
    g_main_context_iteration (NULL, TRUE);
  settle ();
  g_assert_cmpuint (self->greeted->len, ==, n);
}

static gboolean
is_closed (GSocket *socket)
{
  char byte;

  settle ();
  g_socket_set_blocking (socket, FALSE);
  return g_socket_receive (socket, &byte, 1, NULL, NULL) == 0;
}

static char *
address_of (ScApiStranger *stranger)
{
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (sc_api_stranger_get_socket (stranger), NULL);

  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static void
test_first_message (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocket) silent = knock (self, ATTACKER, 0);
  g_autoptr (GSocket) partly = knock (self, HONEST, HELLO_SIZE - 1);

  g_assert_cmpuint (self->greeted->len, ==, 0);
  g_socket_send (partly, hello + HELLO_SIZE - 1, 1, NULL, NULL);
  wait_greeted (self, 1);
  g_autofree char *address = address_of (self->greeted->pdata[0]);
  g_assert_cmpstr (address, ==, HONEST);
  g_assert_false (is_closed (silent));
}

static void
test_other_protocol (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocket) socket = knock (self, ATTACKER, 0);
  g_autoptr (GError) error = NULL;

  g_socket_send (socket, "GET / HTTP/1.1\r\n\r\n", 18, NULL, &error);
  g_assert_no_error (error);
  while (!is_closed (socket))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->greeted->len, ==, 0);
}

/* Few handshakes at a time, and the next turn is of another address, however long the line before it is. */
static void
test_turns (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < 20; i++)
    g_ptr_array_add (sockets, knock (self, ATTACKER, HELLO_SIZE));
  wait_greeted (self, SC_API_STRANGERS_GREETINGS);
  g_ptr_array_add (sockets, knock (self, HONEST, HELLO_SIZE));
  g_ptr_array_remove_index (self->greeted, 0);
  wait_greeted (self, SC_API_STRANGERS_GREETINGS);
  g_autofree char *address = address_of (self->greeted->pdata[SC_API_STRANGERS_GREETINGS - 1]);
  g_assert_cmpstr (address, ==, HONEST);
  /* who is greeted makes room as well, and stays a stranger */
  sc_api_stranger_greeted (self->greeted->pdata[0]);
  wait_greeted (self, SC_API_STRANGERS_GREETINGS + 1);
}

/* All turns are taken by handshakes that do not get on: while somebody waits, one of them gives way. */
static void
test_patience (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  ScApiStranger *refused = NULL;

  for (guint i = 0; i < SC_API_STRANGERS_GREETINGS; i++)
    g_ptr_array_add (sockets, knock (self, ATTACKER, HELLO_SIZE));
  wait_greeted (self, SC_API_STRANGERS_GREETINGS);
  g_ptr_array_add (sockets, knock (self, HONEST, HELLO_SIZE));
  while (refused == NULL) {
    g_main_context_iteration (NULL, TRUE);
    for (guint i = 0; i < self->greeted->len; i++)
      if (sc_api_stranger_is_refused (self->greeted->pdata[i]))
        refused = self->greeted->pdata[i];
  }
  g_assert_true (g_cancellable_is_cancelled (sc_api_stranger_get_cancellable (refused)));
  g_ptr_array_remove (self->greeted, refused); /* as its thread does */
  wait_greeted (self, SC_API_STRANGERS_GREETINGS);
  g_autofree char *address = address_of (self->greeted->pdata[SC_API_STRANGERS_GREETINGS - 1]);
  g_assert_cmpstr (address, ==, HONEST);
}

/* Who takes all places loses his own. */
static void
test_places (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GSocket) honest = NULL;
  guint n_open = 0;

  sc_api_strangers_set_limits (self->strangers, 8, 60);
  honest = knock (self, HONEST, 0);
  for (guint i = 0; i < 30; i++)
    g_ptr_array_add (sockets, knock (self, ATTACKER, 0));
  g_assert_false (is_closed (honest));
  for (guint i = 0; i < sockets->len; i++)
    n_open += is_closed (sockets->pdata[i]) ? 0 : 1;
  g_assert_cmpuint (n_open, ==, 7);
  g_assert_true (is_closed (sockets->pdata[0]));
  g_socket_send (honest, hello, HELLO_SIZE, NULL, NULL);
  wait_greeted (self, 1);
}

/* The end comes while handshakes run; their owners free them afterwards. */
static void
test_end (Fixture *self, gconstpointer data)
{
  g_autoptr (GSocket) greeted = knock (self, HONEST, HELLO_SIZE);
  g_autoptr (GSocket) silent = knock (self, HONEST, 0);

  wait_greeted (self, 1);
  g_clear_pointer (&self->strangers, sc_api_strangers_free);
  g_assert_true (sc_api_stranger_is_refused (self->greeted->pdata[0]));
  g_assert_true (is_closed (silent));
  g_assert_true (is_closed (greeted));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/api-strangers/first-message", test_first_message);
  ADD ("/api-strangers/other-protocol", test_other_protocol);
  ADD ("/api-strangers/turns", test_turns);
  ADD ("/api-strangers/patience", test_patience);
  ADD ("/api-strangers/places", test_places);
  ADD ("/api-strangers/end", test_end);
  return g_test_run ();
}
