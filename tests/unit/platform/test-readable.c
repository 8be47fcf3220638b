/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-readable.h"

#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  GSocket *ours;
  int theirs;
  GSource *source;
  guint ready;
  gboolean reads; /* all that is there, when it is ready */
} Fixture;

static gboolean
on_ready (gpointer data)
{
  Fixture *fixture = data;
  char buffer[4];
  gssize n;

  fixture->ready++;
  if (!fixture->reads)
    return G_SOURCE_CONTINUE;
  do {
    n = g_socket_receive (fixture->ours, buffer, sizeof buffer, NULL, NULL);
    sc_readable_note (fixture->source, n > 0);
  } while (n > 0);
  return G_SOURCE_CONTINUE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  fixture->ours = g_socket_new_from_fd (fds[0], NULL);
  fixture->theirs = fds[1];
  fixture->reads = TRUE;
  g_socket_set_blocking (fixture->ours, FALSE);
  g_socket_set_timeout (fixture->ours, GPOINTER_TO_UINT (data));
  fixture->source = sc_readable_new (fixture->ours);
  g_assert_nonnull (fixture->source);
  g_source_set_callback (fixture->source, on_ready, fixture, NULL);
  g_source_attach (fixture->source, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->source != NULL) {
    g_source_destroy (fixture->source);
    g_source_unref (fixture->source);
  }
  g_object_unref (fixture->ours);
  if (fixture->theirs >= 0)
    close (fixture->theirs);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_data (Fixture *fixture, gconstpointer data)
{
  settle ();
  g_assert_cmpuint (fixture->ready, ==, 0);
  for (guint i = 1; i <= 3; i++) {
    g_assert_cmpint (write (fixture->theirs, "0123456789", 10), ==, 10);
    while (fixture->ready < i)
      g_main_context_iteration (NULL, TRUE);
    settle ();
    g_assert_cmpint (g_socket_get_available_bytes (fixture->ours), ==, 0);
  }
  fixture->ready = 0;
  settle ();
  g_assert_cmpuint (fixture->ready, ==, 0); /* nothing is left, so it sleeps */
  g_assert_false (sc_readable_is_late (fixture->source));
}

/* What is not read is told again; and what a buffer may still have, although the socket is empty. */
static void
test_unread (Fixture *fixture, gconstpointer data)
{
  fixture->reads = FALSE;
  g_assert_cmpint (write (fixture->theirs, "0", 1), ==, 1);
  while (fixture->ready < 3)
    g_main_context_iteration (NULL, TRUE);
  fixture->reads = TRUE;
  settle ();
  fixture->ready = 0;
  sc_readable_note (fixture->source, TRUE);
  settle ();
  g_assert_cmpuint (fixture->ready, ==, 1);
}

static void
test_end (Fixture *fixture, gconstpointer data)
{
  fixture->reads = FALSE;
  close (fixture->theirs);
  fixture->theirs = -1;
  while (fixture->ready == 0)
    g_main_context_iteration (NULL, TRUE);
}

/* @data: its timeout, 1 s */
static void
test_late (Fixture *fixture, gconstpointer data)
{
  while (fixture->ready == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (sc_readable_is_late (fixture->source));
}

/* The socket is closed before its source goes, and its number is another one's: which is still heard. */
static void
test_number_again (Fixture *fixture, gconstpointer data)
{
  Fixture other = { 0 };
  int number = g_socket_get_fd (fixture->ours);

  g_socket_close (fixture->ours, NULL);
  set_up (&other, NULL);
  g_assert_cmpint (g_socket_get_fd (other.ours), ==, number);
  g_source_destroy (fixture->source);
  g_clear_pointer (&fixture->source, g_source_unref);
  g_assert_cmpint (write (other.theirs, "0", 1), ==, 1);
  while (other.ready == 0)
    g_main_context_iteration (NULL, TRUE);
  tear_down (&other, NULL);
}

#define ADD(path, seconds, func)                                                                                       \
  g_test_add ("/readable/" path, Fixture, GUINT_TO_POINTER (seconds), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("data", 60, test_data);
  ADD ("unread", 60, test_unread);
  ADD ("end", 60, test_end);
  ADD ("late", 1, test_late);
  ADD ("number-again", 60, test_number_again);
  return g_test_run ();
}
