/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Windows waits for 64 handles at once; GLib does it by threads, 62 handles each and 64 of them at most. Whether the
 * first event ends the waiting is what hundreds of connections depend on: older versions waited for the timeout. */
#include <glib.h>
#include <windows.h>

#define N_EVENTS 300u

typedef struct {
  GPollFD fds[N_EVENTS];
  gboolean late;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < N_EVENTS; i++) {
    fixture->fds[i] = (GPollFD){ .fd = (gintptr) CreateEventW (NULL, TRUE, FALSE, NULL), .events = G_IO_IN };
    g_main_context_add_poll (NULL, &fixture->fds[i], G_PRIORITY_DEFAULT);
  }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < N_EVENTS; i++) {
    g_main_context_remove_poll (NULL, &fixture->fds[i]);
    CloseHandle ((HANDLE) (gintptr) fixture->fds[i].fd);
  }
}

static gboolean
on_late (gpointer data)
{
  ((Fixture *) data)->late = TRUE;
  return G_SOURCE_CONTINUE;
}

static gpointer
set_event (gpointer fd)
{
  g_usleep (20000); /* most likely while it is waited for; nothing depends on it */
  SetEvent ((HANDLE) (gintptr) ((GPollFD *) fd)->fd);
  return NULL;
}

static void
test_first_event_ends_the_waiting (Fixture *fixture, gconstpointer data)
{
  guint source = g_timeout_add_seconds (60, on_late, fixture);

  for (guint i = 0; i < N_EVENTS; i += 23) {
    GThread *thread = g_thread_new ("event", set_event, &fixture->fds[i]);

    while (fixture->fds[i].revents == 0 && !fixture->late)
      g_main_context_iteration (NULL, TRUE);
    g_assert_false (fixture->late);
    for (guint k = 0; k < N_EVENTS; k++)
      g_assert_true ((fixture->fds[k].revents != 0) == (k == i));
    g_thread_join (thread);
    ResetEvent ((HANDLE) (gintptr) fixture->fds[i].fd);
    fixture->fds[i].revents = 0;
  }
  g_source_remove (source);
}

static void
test_all_that_is_ready (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < N_EVENTS; i += 2)
    SetEvent ((HANDLE) (gintptr) fixture->fds[i].fd);
  g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < N_EVENTS; i++)
    g_assert_cmpuint (fixture->fds[i].revents, ==, i % 2 == 0 ? G_IO_IN : 0);
}

#define ADD(name, function) g_test_add ("/many-connections/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("first-event-ends-the-waiting", test_first_event_ends_the_waiting);
  ADD ("all-that-is-ready", test_all_that_is_ready);
  return g_test_run ();
}
