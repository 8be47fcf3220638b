/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-readable.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS 256 /* taken at a turn */
#define NOW 0      /* as a time to be ready at: it has passed */
#define NEVER (-1)

/* Of a thread, as long as it has a source. */
typedef struct {
  int fd;
  GSource *source;
  guint n; /* that it stands for */
} Poller;

typedef struct {
  GSource source;
  Poller *poller;
  GSocket *socket;
  gint64 timeout; /* µs; 0: none */
  gint64 last;    /* µs: when it was ready last */
  gboolean late;
} Readable;

static GPrivate this_thread;

/* What is ready is read at the next turn, which comes at once. The sockets are told again until that is done. */
static gboolean
on_events (int fd, GIOCondition condition, gpointer data)
{
  struct epoll_event events[EVENTS];
  int n = epoll_wait (fd, events, EVENTS, 0);

  for (int i = 0; i < n; i++) {
    Readable *self = events[i].data.ptr;

    self->last = g_get_monotonic_time ();
    g_source_set_ready_time (&self->source, NOW);
  }
  return G_SOURCE_CONTINUE;
}

static Poller *
poller_ref (void)
{
  Poller *poller = g_private_get (&this_thread);
  int fd;

  if (poller == NULL) {
    fd = epoll_create1 (EPOLL_CLOEXEC);
    if (fd < 0)
      return NULL;
    poller = g_new0 (Poller, 1);
    poller->fd = fd;
    poller->source = g_unix_fd_source_new (fd, G_IO_IN);
    g_source_set_callback (poller->source, G_SOURCE_FUNC (on_events), NULL, NULL);
    g_source_attach (poller->source, g_main_context_get_thread_default ());
    g_private_set (&this_thread, poller);
  }
  poller->n++;
  return poller;
}

static void
poller_unref (Poller *poller)
{
  if (--poller->n > 0)
    return;
  g_source_destroy (poller->source);
  g_source_unref (poller->source);
  close (poller->fd);
  g_free (poller);
  g_private_set (&this_thread, NULL);
}

static void
wait_for_more (Readable *self)
{
  g_source_set_ready_time (&self->source, self->timeout > 0 ? self->last + self->timeout : NEVER);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  Readable *self = (Readable *) source;
  gint64 now = g_get_monotonic_time ();

  self->late = self->timeout > 0 && now - self->last >= self->timeout;
  self->last = now;
  wait_for_more (self); /* unless who reads says otherwise */
  return callback == NULL || callback (data);
}

/* What is closed epoll has forgotten, and its number may be another socket's. */
static void
finalize (GSource *source)
{
  Readable *self = (Readable *) source;

  if (self->poller != NULL && !g_socket_is_closed (self->socket))
    epoll_ctl (self->poller->fd, EPOLL_CTL_DEL, g_socket_get_fd (self->socket), NULL);
  if (self->poller != NULL)
    poller_unref (self->poller);
  g_object_unref (self->socket);
}

static GSourceFuncs functions = { .dispatch = dispatch, .finalize = finalize };

GSource *
sc_readable_new (GSocket *socket)
{
  g_autoptr (GSource) source = g_source_new (&functions, sizeof (Readable));
  Readable *self = (Readable *) source;
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.ptr = self };

  self->socket = g_object_ref (socket);
  self->timeout = g_socket_get_timeout (socket) * G_USEC_PER_SEC;
  self->last = g_get_monotonic_time ();
  self->poller = poller_ref ();
  if (self->poller == NULL)
    return NULL;
  if (epoll_ctl (self->poller->fd, EPOLL_CTL_ADD, g_socket_get_fd (socket), &event) !=
      0) { /* another one waits for it already */
    poller_unref (g_steal_pointer (&self->poller));
    return NULL;
  }
  g_source_set_static_name (source, "ScReadable");
  wait_for_more (self);
  return g_steal_pointer (&source);
}

void
sc_readable_note (GSource *source, gboolean more)
{
  if (more)
    g_source_set_ready_time (source, NOW);
  else
    wait_for_more ((Readable *) source);
}

gboolean
sc_readable_is_late (GSource *source)
{
  return ((const Readable *) source)->late;
}
