/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-gate-input.h"

#include "common/platform/sc-readable.h"
#include "console/engine/api/sc-api-frames.h"
#include "console/engine/api/sc-api-head.h"

#include <string.h>

#define PIECE 2048u

struct _ScApiGateInput {
  GFilterInputStream parent_instance;

  GByteArray *head; /* what was read and is not yet passed on; may end with the beginning of the body */
  gsize passed;     /* bytes of it */
  gboolean is_open; /* the head was judged: what follows passes */
  gboolean is_upgrade;
  ScApiFrames frames; /* of an upgrade: what follows passes as long as these are sound */
  GSocket *socket;    /* (nullable): what @base reads from in the end */
  GSource *readable;  /* (unowned) (nullable): an upgraded connection's, while somebody waits: ScReadable */
};

/* What libsoup answers by 400 and nothing else. */
static const char refused[] = "-\r\n\r\n";

static void pollable_iface_init (GPollableInputStreamInterface *iface);

G_DEFINE_TYPE_WITH_CODE (ScApiGateInput, sc_api_gate_input, G_TYPE_FILTER_INPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM, pollable_iface_init))

static GPollableInputStream *
get_base (ScApiGateInput *self)
{
  return G_POLLABLE_INPUT_STREAM (g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self)));
}

static gsize
get_waiting (ScApiGateInput *self)
{
  return self->is_open ? self->head->len - self->passed : 0;
}

static void
open_gate (ScApiGateInput *self, gsize head_length)
{
  self->is_open = TRUE;
  if (head_length > 0 && sc_api_head_is_sound ((const char *) self->head->data, head_length)) {
    self->is_upgrade = sc_api_head_is_upgrade ((const char *) self->head->data, head_length);
    return;
  }
  g_byte_array_set_size (self->head, 0);
  g_byte_array_append (self->head, (const guint8 *) refused, (guint) strlen (refused));
}

/* What is behind the head was not followed yet when it was read with it. Returns: FALSE with an error */
static gboolean
follow_frames (ScApiGateInput *self, gconstpointer data, gsize length, GError **error)
{
  if (!self->is_upgrade || sc_api_frames_follow (&self->frames, data, length, g_get_monotonic_time ()))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       "it sent a part of a message, or too many messages: no client of ours does");
  return FALSE;
}

/* Returns: the last read's count: 0 at the end, −1 with an error; more once the gate is open */
static gssize
gather (ScApiGateInput *self, gboolean blocking, GCancellable *cancellable, GError **error)
{
  while (!self->is_open) {
    guint8 piece[PIECE];
    gsize before = self->head->len, length;
    gssize n =
        g_pollable_stream_read (G_INPUT_STREAM (get_base (self)), piece, sizeof piece, blocking, cancellable, error);

    if (n <= 0)
      return n;
    g_byte_array_append (self->head, piece, (guint) n);
    length = sc_api_head_find_end ((const char *) self->head->data, self->head->len, before);
    if (length > 0 || self->head->len >= SC_API_HEAD_MAX)
      open_gate (self, length <= SC_API_HEAD_MAX ? length : 0);
    if (self->is_upgrade && !follow_frames (self, self->head->data + length, self->head->len - length, error))
      return -1;
  }
  return 1;
}

static gssize
read_through (ScApiGateInput *self, void *buffer, gsize count, gboolean blocking, GCancellable *cancellable,
              GError **error)
{
  gssize n = gather (self, blocking, cancellable, error);
  gsize waiting = get_waiting (self);

  if (n <= 0)
    return n;
  if (waiting == 0) {
    n = g_pollable_stream_read (G_INPUT_STREAM (get_base (self)), buffer, count, blocking, cancellable, error);
    return n > 0 && !follow_frames (self, buffer, (gsize) n, error) ? -1 : n;
  }
  count = MIN (count, waiting);
  memcpy (buffer, self->head->data + self->passed, count);
  self->passed += count;
  if (self->passed == self->head->len) {
    g_byte_array_set_size (self->head, 0);
    self->passed = 0;
  }
  return (gssize) count;
}

static gssize
sc_api_gate_input_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable, GError **error)
{
  return read_through (SC_API_GATE_INPUT (stream), buffer, count, TRUE, cancellable, error);
}

/* Whatever the TLS keeps of what it has read: when it has no more to give, it has read all of the socket. */
static void
note_read (ScApiGateInput *self, gssize n)
{
  if (self->readable != NULL)
    sc_readable_note (self->readable, n > 0);
}

static gboolean
is_late (ScApiGateInput *self, GError **error)
{
  if (self->readable == NULL || !sc_readable_is_late (self->readable))
    return FALSE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "nothing has moved on the connection for too long");
  return TRUE;
}

static gssize
sc_api_gate_input_read_nonblocking (GPollableInputStream *stream, void *buffer, gsize count, GError **error)
{
  ScApiGateInput *self = SC_API_GATE_INPUT (stream);
  gssize n = read_through (self, buffer, count, FALSE, NULL, error);

  if (n < 0 && error != NULL && g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) && is_late (self, NULL)) {
    g_clear_error (error);
    is_late (self, error);
  }
  note_read (self, n);
  return n;
}

static gboolean
sc_api_gate_input_is_readable (GPollableInputStream *stream)
{
  ScApiGateInput *self = SC_API_GATE_INPUT (stream);

  return get_waiting (self) > 0 || g_pollable_input_stream_is_readable (get_base (self));
}

static void
on_readable_gone (GObject *stream)
{
  SC_API_GATE_INPUT (stream)->readable = NULL;
}

/* Upgraded connections stay, a thousand of them. Returns: (transfer full) (nullable) */
static GSource *
create_lasting_source (ScApiGateInput *self)
{
  GSource *source = sc_readable_new (self->socket);

  if (source == NULL)
    return NULL;
  self->readable = source;
  sc_readable_set_stream (source, G_OBJECT (self), on_readable_gone);
  sc_readable_note (source, g_pollable_input_stream_is_readable (get_base (self)));
  return source;
}

static GSource *
create_usual_source (ScApiGateInput *self, GCancellable *cancellable)
{
  g_autoptr (GSource) ready =
      get_waiting (self) > 0 ? g_timeout_source_new (0) : g_pollable_input_stream_create_source (get_base (self), NULL);

  return g_pollable_source_new_full (self, ready, cancellable);
}

static GSource *
sc_api_gate_input_create_source (GPollableInputStream *stream, GCancellable *cancellable)
{
  ScApiGateInput *self = SC_API_GATE_INPUT (stream);
  gboolean lasts = self->is_upgrade && self->socket != NULL && self->readable == NULL && get_waiting (self) == 0;
  GSource *lasting = lasts && cancellable == NULL ? create_lasting_source (self) : NULL;

  return lasting != NULL ? lasting : create_usual_source (self, cancellable);
}

static gboolean
sc_api_gate_input_can_poll (GPollableInputStream *stream)
{
  return g_pollable_input_stream_can_poll (get_base (SC_API_GATE_INPUT (stream)));
}

static void
pollable_iface_init (GPollableInputStreamInterface *iface)
{
  iface->can_poll = sc_api_gate_input_can_poll;
  iface->is_readable = sc_api_gate_input_is_readable;
  iface->create_source = sc_api_gate_input_create_source;
  iface->read_nonblocking = sc_api_gate_input_read_nonblocking;
}

static void
sc_api_gate_input_finalize (GObject *object)
{
  g_byte_array_unref (SC_API_GATE_INPUT (object)->head);
  g_clear_object (&SC_API_GATE_INPUT (object)->socket);
  G_OBJECT_CLASS (sc_api_gate_input_parent_class)->finalize (object);
}

static void
sc_api_gate_input_class_init (ScApiGateInputClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_api_gate_input_finalize;
  G_INPUT_STREAM_CLASS (class)->read_fn = sc_api_gate_input_read;
}

static void
sc_api_gate_input_init (ScApiGateInput *self)
{
  self->head = g_byte_array_new ();
}

GInputStream *
sc_api_gate_input_new (GInputStream *base, GSocket *socket)
{
  /* the connection closes its streams itself */
  ScApiGateInput *self = g_object_new (SC_TYPE_API_GATE_INPUT, "base-stream", base, "close-base-stream", FALSE, NULL);

  g_set_object (&self->socket, socket);
  return G_INPUT_STREAM (self);
}
