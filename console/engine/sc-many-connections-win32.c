/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-many-connections.h"

#include <windows.h>

/* Windows waits for 64 handles at once. GLib (2.74's g_poll()) makes threads for more, at each call, and with a timeout
 * it waits until all of them have something to tell. Here the threads stay, and the first event ends the waiting. */
#define GROUP (MAXIMUM_WAIT_OBJECTS - 1) /* and the event that ends the waiting */

typedef struct {
  HANDLE handles[MAXIMUM_WAIT_OBJECTS]; /* the first one is `stop` */
  guint n_handles;
  guint hit;     /* in `handles`; 0: none. Kept, for an event may be reset by having been waited for */
  gboolean busy; /* under the lock */
} Waiter;

static struct {
  GMutex lock;
  GCond begin, done;
  GPtrArray *waiters; /* of Waiter, each with a thread; they live as long as the process */
  guint n_busy;
  HANDLE stop;  /* ends the waiting of all */
  HANDLE found; /* one has something */
} poll_threads;

static gpointer
wait_in_thread (gpointer data)
{
  Waiter *self = data;

  g_mutex_lock (&poll_threads.lock);
  while (TRUE) {
    while (!self->busy)
      g_cond_wait (&poll_threads.begin, &poll_threads.lock);
    g_mutex_unlock (&poll_threads.lock);
    DWORD code = WaitForMultipleObjects (self->n_handles, self->handles, FALSE, INFINITE);
    /* a failure ends the waiting, too: looking at all of them tells which it was */
    self->hit = code < WAIT_OBJECT_0 + self->n_handles ? code - WAIT_OBJECT_0 : 0;
    if (code != WAIT_OBJECT_0)
      SetEvent (poll_threads.found);
    g_mutex_lock (&poll_threads.lock);
    self->busy = FALSE;
    poll_threads.n_busy--;
    g_cond_signal (&poll_threads.done);
  }
  return NULL;
}

/* Marks what is ready now. Returns: how many more than before, -1 on a failure */
static int
look (GPollFD *fds, guint n)
{
  int found = 0;
  guint begin = 0;

  while (begin < n) {
    HANDLE handles[MAXIMUM_WAIT_OBJECTS];
    guint count = MIN (n - begin, MAXIMUM_WAIT_OBJECTS);

    for (guint i = 0; i < count; i++)
      handles[i] = (HANDLE) (gintptr) fds[begin + i].fd;
    DWORD code = WaitForMultipleObjects (count, handles, FALSE, 0);
    if (code == WAIT_FAILED) {
      g_warning ("cannot wait for connections: %lu", GetLastError ());
      return -1;
    }
    if (code >= WAIT_OBJECT_0 + count) { /* nothing there */
      begin += count;
      continue;
    }
    GPollFD *fd = &fds[begin + code - WAIT_OBJECT_0];
    found += fd->revents == 0 ? 1 : 0;
    fd->revents = fd->events;
    begin += code - WAIT_OBJECT_0 + 1;
  }
  return found;
}

static Waiter *
get_waiter (guint number)
{
  if (number == poll_threads.waiters->len) {
    Waiter *waiter = g_new0 (Waiter, 1);

    waiter->handles[0] = poll_threads.stop;
    g_ptr_array_add (poll_threads.waiters, waiter);
    g_thread_unref (g_thread_new ("wait", wait_in_thread, waiter));
  }
  return g_ptr_array_index (poll_threads.waiters, number);
}

/* Until one of them is ready or @timeout, ms, is over. Returns: how many the threads saw */
static int
wait_for (GPollFD *fds, guint n, gint timeout)
{
  guint n_waiters = (n + GROUP - 1) / GROUP;
  int found = 0;

  ResetEvent (poll_threads.stop);
  ResetEvent (poll_threads.found);
  g_mutex_lock (&poll_threads.lock);
  for (guint w = 0; w < n_waiters; w++) {
    Waiter *waiter = get_waiter (w);
    guint first = w * GROUP;

    waiter->n_handles = 1;
    for (guint i = first; i < MIN (first + GROUP, n); i++)
      waiter->handles[waiter->n_handles++] = (HANDLE) (gintptr) fds[i].fd;
    waiter->busy = TRUE;
  }
  poll_threads.n_busy = n_waiters;
  g_cond_broadcast (&poll_threads.begin);
  g_mutex_unlock (&poll_threads.lock);

  WaitForSingleObjectEx (poll_threads.found, timeout < 0 ? INFINITE : (DWORD) timeout, TRUE);
  SetEvent (poll_threads.stop);

  g_mutex_lock (&poll_threads.lock);
  while (poll_threads.n_busy > 0)
    g_cond_wait (&poll_threads.done, &poll_threads.lock);
  g_mutex_unlock (&poll_threads.lock);
  for (guint w = 0; w < n_waiters; w++) {
    const Waiter *waiter = g_ptr_array_index (poll_threads.waiters, w);

    if (waiter->hit == 0)
      continue;
    GPollFD *fd = &fds[w * GROUP + waiter->hit - 1];
    fd->revents = fd->events;
    found++;
  }
  return found;
}

static gint
poll_many (GPollFD *fds, guint n, gint timeout)
{
  if (n <= MAXIMUM_WAIT_OBJECTS)
    return g_poll (fds, n, timeout);
  for (guint i = 0; i < n; i++) {
    if (fds[i].fd == G_WIN32_MSG_HANDLE || fds[i].fd == 0)
      return g_poll (fds, n, timeout); /* messages of windows come to this thread only; the engine has none */
    fds[i].revents = 0;
  }
  int found = look (fds, n);
  if (found != 0 || timeout == 0)
    return found;
  found = wait_for (fds, n, timeout);
  int more = look (fds, n);
  return more < 0 ? -1 : found + more;
}

void
sc_many_connections_allow (void)
{
  if (poll_threads.waiters != NULL)
    return;
  poll_threads.waiters = g_ptr_array_new ();
  poll_threads.stop = CreateEventW (NULL, TRUE, FALSE, NULL);
  poll_threads.found = CreateEventW (NULL, TRUE, FALSE, NULL);
  g_main_context_set_poll_func (NULL, poll_many);
}
