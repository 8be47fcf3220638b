/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-readable.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS 256                          /* taken at a turn */
#define HOLD (10 * G_TIME_SPAN_MILLISECOND) /* between such turns */
#define NOW 0                               /* as a time to be ready at: it has passed */
#define NEVER (-1)

/* Of a thread, as long as it has a source. */
typedef struct {
  GSource source;
  int fd;
  gpointer tag; /* of it */
  guint n;      /* that it stands for */
} Poller;

typedef struct {
  GSource source;
  Poller *poller;
  GSocket *socket;
  gint64 timeout; /* µs; 0: none */
  gint64 last;    /* µs: when it was ready last */
  gboolean late;
  GObject *stream;                /* (nullable) (owned): the callback is a GPollableSourceFunc, of it */
  void (*gone) (GObject *stream); /* (nullable) */
} Readable;

static GPrivate this_thread;

/* What is ready is read at the next turn, which comes at once; what comes within a moment after that is taken together,
 * as each turn asks all sources. The sockets are told again until they are read. */
static gboolean
take_events (GSource *source, GSourceFunc callback, gpointer data)
{
  Poller *poller = (Poller *) source;
  struct epoll_event events[EVENTS];
  gint64 now = g_get_monotonic_time ();
  int n = epoll_wait (poller->fd, events, EVENTS, 0);

  for (int i = 0; i < n; i++) {
    Readable *self = events[i].data.ptr;

    self->last = now;
    g_source_set_ready_time (&self->source, NOW);
  }
  g_source_modify_unix_fd (source, poller->tag, n > 0 ? 0 : G_IO_IN);
  g_source_set_ready_time (source, n > 0 ? now + HOLD : NEVER);
  return G_SOURCE_CONTINUE;
}

static void
close_poller (GSource *source)
{
  close (((Poller *) source)->fd);
}

static GSourceFuncs poller_functions = { .dispatch = take_events, .finalize = close_poller };

static Poller *
poller_ref (void)
{
  Poller *poller = g_private_get (&this_thread);
  int fd;

  if (poller == NULL) {
    fd = epoll_create1 (EPOLL_CLOEXEC);
    if (fd < 0)
      return NULL;
    poller = (Poller *) g_source_new (&poller_functions, sizeof (Poller));
    poller->fd = fd;
    poller->tag = g_source_add_unix_fd (&poller->source, fd, G_IO_IN);
    g_source_set_static_name (&poller->source, "ScReadable's sockets");
    g_source_attach (&poller->source, g_main_context_get_thread_default ());
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
  g_private_set (&this_thread, NULL);
  g_source_destroy (&poller->source);
  g_source_unref (&poller->source);
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
  if (callback == NULL)
    return G_SOURCE_CONTINUE;
  return self->stream != NULL ? ((GPollableSourceFunc) (void (*) (void)) callback) (self->stream, data)
                              : callback (data);
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
  if (self->gone != NULL)
    self->gone (self->stream);
  g_clear_object (&self->stream);
  g_object_unref (self->socket);
}

static GSourceFuncs functions = { .dispatch = dispatch, .finalize = finalize };

/* libsoup sets closures. */
static gboolean
call_closure (GObject *stream, gpointer closure)
{
  GValue parameter = G_VALUE_INIT;
  GValue result = G_VALUE_INIT;
  gboolean goes_on;

  g_value_init (&parameter, G_TYPE_OBJECT);
  g_value_set_object (&parameter, stream);
  g_value_init (&result, G_TYPE_BOOLEAN);
  g_closure_invoke (closure, &result, 1, &parameter, NULL);
  goes_on = g_value_get_boolean (&result);
  g_value_unset (&result);
  g_value_unset (&parameter);
  return goes_on;
}

static GSourceFuncs stream_functions = { .dispatch = dispatch,
                                         .finalize = finalize,
                                         .closure_callback = G_SOURCE_FUNC (call_closure) };

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
sc_readable_set_stream (GSource *source, GObject *stream, void (*gone) (GObject *stream))
{
  Readable *self = (Readable *) source;

  self->stream = g_object_ref (stream);
  self->gone = gone;
  g_source_set_funcs (source, &stream_functions);
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
