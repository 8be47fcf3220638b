/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-strangers.h"

#include <string.h>

/* A TLS record's header (RFC 8446 §5.1): type, version, length. The first one of a client is a handshake's. */
#define RECORD_HEADER 5
#define RECORD_HANDSHAKE 22
#define RECORD_VERSION 3
#define RECORD_MAX 16384u
#define LOOK_AGAIN 50u /* ms, at a first message of which only a part is there */
#define IPV6_NETWORK 8 /* bytes: what a host may choose its addresses in */

typedef enum {
  PHASE_SILENT,   /* its first message is not there in full */
  PHASE_WAITING,  /* for its turn */
  PHASE_GREETING, /* its handshake runs */
  PHASE_TALKING,  /* it may say who it is */
} Phase;

/* Where strangers come from. Lives as long as one of them, refused or not. */
typedef struct {
  char *key;
  guint n_held;
  guint n; /* that have a place */
  guint n_greeting;
  guint64 served; /* number of its last turn */
} Origin;

struct _ScApiStrangers {
  ScApiStrangersGreet greet;
  gpointer user_data;
  GQueue queue;        /* ScApiStranger, oldest first */
  GQueue leaving;      /* ScApiStranger: refused, their threads still run */
  GHashTable *origins; /* key → Origin (owned) */
  guint max, seconds;
  guint n_greeting;
  guint64 turns;
  guint patience; /* a GSource's id */
};

struct _ScApiStranger {
  ScApiStrangers *strangers; /* (unowned) (nullable): NULL: it is none of them any more */
  Origin *origin;            /* (unowned): of the strangers */
  GQueue *place;             /* (nullable): which of the strangers' queues it is in */
  GList link;
  Phase phase;
  GSocketConnection *connection; /* (nullable) */
  GSocket *socket;
  GCancellable *cancellable;
  GSource *look; /* (nullable): for its first message */
  guint timeout;
  gint64 greeting_since; /* µs, monotonic */
  gboolean refused;
};

/* ---- origins ---- */

/* (transfer full) (nullable): NULL: the peer has gone already */
static char *
find_key (GSocket *socket)
{
  g_autoptr (GSocketAddress) remote = g_socket_get_remote_address (socket, NULL);
  GInetAddress *address =
      G_IS_INET_SOCKET_ADDRESS (remote) ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)) : NULL;

  if (address == NULL)
    return NULL;
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
    return g_inet_address_to_string (address);
  /* ::ffff:10.1.0.5 is an IPv4 address, whose network would be everybody's */
  const guint8 *bytes = g_inet_address_to_bytes (address);
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };
  if (memcmp (bytes, mapped, sizeof mapped) == 0)
    return g_strdup_printf ("%u.%u.%u.%u", bytes[12], bytes[13], bytes[14], bytes[15]);
  GString *key = g_string_new (NULL);
  for (guint i = 0; i < IPV6_NETWORK; i++)
    g_string_append_printf (key, "%02x", bytes[i]);
  return g_string_free (key, FALSE);
}

static void
origin_free (gpointer data)
{
  Origin *self = data;

  g_free (self->key);
  g_free (self);
}

/* @key: (transfer full) */
static Origin *
ensure_origin (ScApiStrangers *self, char *key)
{
  Origin *origin = g_hash_table_lookup (self->origins, key);

  if (origin != NULL) {
    g_free (key);
    return origin;
  }
  origin = g_new0 (Origin, 1);
  origin->key = key;
  g_hash_table_insert (self->origins, key, origin);
  return origin;
}

/* ---- one stranger ---- */

static void serve (ScApiStrangers *self);

static void
clear_look (ScApiStranger *self)
{
  if (self->look != NULL)
    g_source_destroy (self->look);
  g_clear_pointer (&self->look, g_source_unref);
}

static void
end_greeting (ScApiStranger *self)
{
  if (self->phase != PHASE_GREETING || self->strangers == NULL)
    return;
  self->phase = PHASE_TALKING;
  self->strangers->n_greeting--;
  self->origin->n_greeting--;
}

static void
move (ScApiStranger *self, GQueue *place)
{
  if (self->place != NULL)
    g_queue_unlink (self->place, &self->link);
  self->place = place;
  if (place != NULL)
    g_queue_push_tail_link (place, &self->link);
}

/* The place is another's; a handshake that still runs keeps its turn until its thread is free. */
static void
leave (ScApiStranger *self)
{
  clear_look (self);
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->strangers == NULL || self->place != &self->strangers->queue)
    return;
  self->origin->n--;
  move (self, &self->strangers->leaving);
}

static void
forget (ScApiStranger *self)
{
  leave (self);
  if (self->strangers == NULL)
    return;
  end_greeting (self);
  move (self, NULL);
  if (--self->origin->n_held == 0)
    g_hash_table_remove (self->strangers->origins, self->origin->key);
  self->strangers = NULL;
}

void
sc_api_stranger_free (ScApiStranger *self)
{
  ScApiStrangers *strangers = self->phase == PHASE_GREETING ? self->strangers : NULL;

  forget (self);
  g_clear_object (&self->connection);
  g_object_unref (self->socket);
  g_object_unref (self->cancellable);
  g_free (self);
  if (strangers != NULL) /* there is a turn for another */
    serve (strangers);
}

/* Whoever reads from the connection finds its end, and frees the stranger; where nobody does, that is done here. */
static void
refuse (ScApiStranger *self)
{
  leave (self);
  self->refused = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  if (self->phase == PHASE_SILENT || self->phase == PHASE_WAITING)
    sc_api_stranger_free (self);
}

static gboolean
on_timeout (gpointer data)
{
  ScApiStranger *self = data;

  self->timeout = 0;
  refuse (self);
  return G_SOURCE_REMOVE;
}

void
sc_api_stranger_greeted (ScApiStranger *self)
{
  end_greeting (self);
  g_clear_object (&self->connection);
  if (self->strangers != NULL)
    serve (self->strangers);
}

GSocketConnection *
sc_api_stranger_get_connection (ScApiStranger *self)
{
  return self->connection;
}

GSocket *
sc_api_stranger_get_socket (ScApiStranger *self)
{
  return self->socket;
}

GCancellable *
sc_api_stranger_get_cancellable (ScApiStranger *self)
{
  return self->cancellable;
}

gboolean
sc_api_stranger_is_refused (ScApiStranger *self)
{
  return self->refused;
}

/* ---- whose turn it is ---- */

/* Whether @a comes before @b: who has had less, then who asks for less. */
static gboolean
comes_before (const Origin *a, const Origin *b)
{
  if (a->n_greeting != b->n_greeting)
    return a->n_greeting < b->n_greeting;
  if (a->served != b->served)
    return a->served < b->served;
  return a->n < b->n;
}

static ScApiStranger *
find_next (ScApiStrangers *self)
{
  ScApiStranger *next = NULL;

  for (GList *link = self->queue.head; link != NULL; link = link->next) {
    ScApiStranger *stranger = link->data;

    if (stranger->phase == PHASE_WAITING && (next == NULL || comes_before (stranger->origin, next->origin)))
      next = stranger;
  }
  return next;
}

/* Of those whose handshake takes too long while others wait: of the address with most of them, the one that began
 * first. */
static ScApiStranger *
find_slowest (ScApiStrangers *self, gint64 now)
{
  ScApiStranger *slowest = NULL;

  for (GList *link = self->queue.head; link != NULL; link = link->next) {
    ScApiStranger *stranger = link->data;

    if (stranger->phase != PHASE_GREETING ||
        now - stranger->greeting_since < SC_API_STRANGERS_PATIENCE * G_TIME_SPAN_MILLISECOND)
      continue;
    if (slowest == NULL || stranger->origin->n_greeting > slowest->origin->n_greeting ||
        (stranger->origin->n_greeting == slowest->origin->n_greeting &&
         stranger->greeting_since < slowest->greeting_since))
      slowest = stranger;
  }
  return slowest;
}

static gboolean
on_patience (gpointer data)
{
  ScApiStrangers *self = data;
  ScApiStranger *slowest = NULL;

  self->patience = 0;
  if (self->n_greeting >= SC_API_STRANGERS_GREETINGS && find_next (self) != NULL)
    slowest = find_slowest (self, g_get_monotonic_time ());
  if (slowest != NULL) /* its turn ends when its thread does, at once */
    refuse (slowest);
  serve (self);
  return G_SOURCE_REMOVE;
}

static void
serve (ScApiStrangers *self)
{
  ScApiStranger *next;

  while (self->n_greeting < SC_API_STRANGERS_GREETINGS && (next = find_next (self)) != NULL) {
    next->phase = PHASE_GREETING;
    next->greeting_since = g_get_monotonic_time ();
    next->origin->n_greeting++;
    next->origin->served = ++self->turns;
    self->n_greeting++;
    self->greet (next, self->user_data);
  }
  if (self->n_greeting >= SC_API_STRANGERS_GREETINGS && self->patience == 0 && find_next (self) != NULL)
    self->patience = g_timeout_add (SC_API_STRANGERS_PATIENCE / 4, on_patience, self);
}

/* ---- the first message ---- */

typedef enum { HELLO_NOT_YET, HELLO_PARTLY, HELLO_THERE, HELLO_NONE } Hello;

static Hello
look_for_hello (GSocket *socket)
{
  guint8 header[RECORD_HEADER];
  GInputVector vector = { header, sizeof header };
  int flags = G_SOCKET_MSG_PEEK;
  g_autoptr (GError) error = NULL;
  gssize n = g_socket_receive_message (socket, NULL, &vector, 1, NULL, NULL, &flags, NULL, &error);

  if (n < 0)
    return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ? HELLO_NOT_YET : HELLO_NONE;
  if (n == 0 || header[0] != RECORD_HANDSHAKE || (n > 1 && header[1] != RECORD_VERSION))
    return HELLO_NONE;
  if (n < RECORD_HEADER)
    return HELLO_PARTLY;
  gsize length = (gsize) header[3] << 8 | header[4];
  if (length > RECORD_MAX)
    return HELLO_NONE;
  gssize available = g_socket_get_available_bytes (socket);
  return available >= 0 && (gsize) available >= RECORD_HEADER + length ? HELLO_THERE : HELLO_PARTLY;
}

static void look (ScApiStranger *self);

static gboolean
on_look_again (gpointer data)
{
  look (data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  look (data);
  return G_SOURCE_REMOVE;
}

/* Takes over @source. */
static void
look_by (ScApiStranger *self, GSource *source, GSourceFunc func)
{
  self->look = source;
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
look (ScApiStranger *self)
{
  ScApiStrangers *strangers = self->strangers;

  clear_look (self);
  switch (look_for_hello (self->socket)) {
  case HELLO_NOT_YET:
    look_by (self, g_socket_create_source (self->socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL),
             G_SOURCE_FUNC (on_readable));
    break;
  case HELLO_PARTLY:
    look_by (self, g_timeout_source_new (LOOK_AGAIN), on_look_again);
    break;
  case HELLO_THERE:
    self->phase = PHASE_WAITING;
    serve (strangers);
    break;
  default:
    refuse (self);
  }
}

/* ---- all of them ---- */

/* Returns: whose place a newcomer takes: of the address with most, the oldest one on which no work was spent yet */
static ScApiStranger *
find_supernumerary (ScApiStrangers *self)
{
  ScApiStranger *found = NULL;

  for (GList *link = self->queue.head; link != NULL; link = link->next) {
    ScApiStranger *stranger = link->data;
    gboolean is_cheaper = found != NULL && found->phase == PHASE_GREETING && stranger->phase != PHASE_GREETING;

    if (found == NULL || stranger->origin->n > found->origin->n ||
        (stranger->origin->n == found->origin->n && is_cheaper))
      found = stranger;
  }
  return found;
}

void
sc_api_strangers_add (ScApiStrangers *self, GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  char *key = find_key (socket);
  ScApiStranger *stranger = NULL;

  if (key == NULL)
    return;
  stranger = g_new0 (ScApiStranger, 1);
  stranger->strangers = self;
  stranger->origin = ensure_origin (self, key);
  stranger->origin->n_held++;
  stranger->origin->n++;
  stranger->connection = g_object_ref (connection);
  stranger->socket = g_object_ref (socket);
  stranger->cancellable = g_cancellable_new ();
  stranger->timeout = g_timeout_add_seconds (self->seconds, on_timeout, stranger);
  stranger->link.data = stranger;
  move (stranger, &self->queue);
  g_socket_set_blocking (socket, FALSE);
  look (stranger); /* it may be gone after that */
  while (g_queue_get_length (&self->queue) > self->max)
    refuse (find_supernumerary (self));
}

void
sc_api_strangers_set_limits (ScApiStrangers *self, guint max, guint seconds)
{
  self->max = MAX (max, 1);
  self->seconds = seconds;
}

ScApiStrangers *
sc_api_strangers_new (ScApiStrangersGreet greet, gpointer user_data)
{
  ScApiStrangers *self = g_new0 (ScApiStrangers, 1);

  self->greet = greet;
  self->user_data = user_data;
  self->origins = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, origin_free);
  g_queue_init (&self->queue);
  g_queue_init (&self->leaving);
  sc_api_strangers_set_limits (self, SC_API_STRANGERS_MAX, SC_API_STRANGERS_SECONDS);
  return self;
}

void
sc_api_strangers_free (ScApiStrangers *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->patience, g_source_remove);
  while (!g_queue_is_empty (&self->queue))
    refuse (g_queue_peek_head (&self->queue));
  while (!g_queue_is_empty (&self->leaving))
    forget (g_queue_peek_head (&self->leaving));
  g_hash_table_unref (self->origins);
  g_free (self);
}
