/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-core-private.h"

#define MIN_TAKERS 2u /* for one seat HTTPS is as cheap */

void
sc_session_core_set_listen (ScSessionCore *self, const ScSessionListen *listen)
{
  self->prelude = TRUE;
  self->listen = *listen;
  self->listen.group = g_strdup (listen->group);
  self->listen.manifests = g_array_ref (listen->manifests);
}

void
sc_session_core_free_listen (ScSessionCore *self)
{
  g_free (self->listen.group);
  g_clear_pointer (&self->listen.manifests, g_array_unref);
  sc_cast_key_wipe (&self->listen.key);
}

char *
sc_session_core_describe_unheard (guint16 port)
{
  return g_strdup_printf ("no multicast reaches this seat: check IGMP snooping, the VLAN, and that its firewall lets "
                          "UDP port %u in",
                          port);
}

/* calling */

static ScControlMessage *
make_listen (ScSessionCore *self, ScListenFor what, const ScCastKey *key)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_LISTEN, self->session->id);

  message->listen.what = what;
  message->listen.group = g_strdup (self->listen.group);
  message->listen.port = self->listen.port;
  message->listen.key = *key;
  return message;
}

static void
call (ScSessionCore *self, ScSessionSeat *seat, gint64 now)
{
  g_autoptr (ScControlMessage) message = make_listen (self, SC_LISTEN_PROBES, &self->listen.key);
  const GArray *manifests = self->listen.manifests;

  if (self->ticked == 0)
    self->ticked = now;
  g_array_append_vals (message->listen.manifests, manifests->data, manifests->len);
  sc_session_core_set_phase (
      seat, self->actions.send (self->data, seat->row->seat, message) ? PHASE_CALLED : PHASE_ABSENT, now);
  sc_session_core_set_row (self, seat, SC_TRANSFER_WAITING, NULL);
}

void
sc_session_core_listen (ScSessionCore *self, gint64 now)
{
  self->answered = 0;
  sc_session_core_set_stage (self, STAGE_LISTENING, SC_SESSION_PREPARING, now);
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase != PHASE_OVER)
      call (self, seat, now);
  }
}

/* what seats say */

/* To HTTPS, from the start, and without the others' waiting for it. */
static void
serve_by_catch_up (ScSessionCore *self, ScSessionSeat *seat, const char *reason, gint64 now)
{
  seat->row->catch_up = TRUE;
  self->actions.unheard (self->data, seat->row);
  sc_session_core_order (self, seat, SC_CONTROL_CATCH_UP, PHASE_ALONE, now);
  if (seat->phase != PHASE_OVER)
    sc_session_core_set_row (self, seat, SC_TRANSFER_REPAIRING, reason);
}

/* It is known what the seat hears, or it is not waited for. */
static void
settle (ScSessionCore *self, ScSessionSeat *seat, gint64 now)
{
  guint32 sent = self->stage >= STAGE_JOINING ? self->stream.layout.symbol_size : 0;

  if (sent > SC_CAST_SYMBOL_SIZE && seat->heard < sent)
    serve_by_catch_up (self, seat,
                       "it came late, and it is not known to hear packets as large as the session's: check the MTU of "
                       "its network card and of the switches on its way",
                       now);
  else if (self->stage == STAGE_LISTENING)
    sc_session_core_set_phase (seat, PHASE_LISTENED, now);
  else
    sc_session_core_prepare (self, seat, now);
}

void
sc_session_core_bring_in (ScSessionCore *self, ScSessionSeat *seat, gint64 now)
{
  gboolean in_time = self->stage >= STAGE_LISTENING && self->stage <= STAGE_STREAMING;

  if (!self->prelude || self->session->dry_run || !in_time)
    sc_session_core_prepare (self, seat, now);
  else if (seat->heard == 0)
    call (self, seat, now);
  else
    settle (self, seat, now);
}

/* Nobody can be judged by what is not sent: where probes fail, who has heard none is not waited for. What was heard of
 * earlier ones counts on. */
static void
send_probes (ScSessionCore *self, gint64 now)
{
  guint32 probed, smallest = 0;

  if (now >= self->probe_at) {
    self->probe_at = now + SC_SESSION_PROBE_INTERVAL;
    probed = self->actions.probe (self->data, &smallest);
    self->unprobed = probed == 0;
    if (probed != 0) {
      self->probed = probed;
      self->smallest = smallest;
    }
  }
  for (guint i = 0; self->unprobed && i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase == PHASE_LISTENING && seat->heard == 0)
      settle (self, seat, now);
  }
}

void
sc_session_core_on_listening (ScSessionCore *self, ScSessionSeat *seat, const ScControlMessage *message, gint64 now)
{
  if (seat->phase == PHASE_CALLED) {
    gsize length = ((gsize) self->listen.manifests->len + 7) / 8;

    /* a list that does not fit is as good as none */
    g_clear_pointer (&seat->lacks, g_bytes_unref);
    if (g_bytes_get_size (message->listening.lacks) == length)
      seat->lacks = g_bytes_ref (message->listening.lacks);
    sc_session_core_set_phase (seat, PHASE_LISTENING, now);
    self->answered = now;
    send_probes (self, now);
  } else if (seat->phase == PHASE_OFFERED) {
    sc_session_core_set_phase (seat, PHASE_TAKING, now);
    self->answered = now;
  }
}

/* What a seat says decides for all: it counts as one of the sizes that were sent. Returns: 0: none of them */
static guint32
round_to_probed (const ScSessionCore *self, guint32 payload)
{
  if (payload > self->probed || payload < self->smallest)
    return 0;
  return payload == self->probed ? self->probed : self->smallest;
}

void
sc_session_core_on_heard (ScSessionCore *self, ScSessionSeat *seat, guint32 payload, gint64 now)
{
  payload = round_to_probed (self, payload);
  if (payload <= seat->heard)
    return;
  if (seat->heard == 0)
    seat->heard_at = now;
  seat->heard = payload;
  self->answered = now;
  if (payload == self->probed)
    settle (self, seat, now);
}

guint32
sc_session_core_get_symbol_size (ScSessionCore *self)
{
  guint32 size = G_MAXUINT32;

  /* who was not probed may hear no large ones, or come to hear none at all */
  for (guint i = 0; i < self->seats->len; i++) {
    const ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase == PHASE_LISTENED || seat->phase == PHASE_PREPARED || seat->phase == PHASE_PREPARING)
      size = MIN (size, seat->heard);
  }
  return size != G_MAXUINT32 ? size : 0;
}

/* manifests */

static gboolean
seat_lacks (const ScSessionSeat *seat, guint manifest)
{
  const guint8 *bits = seat->lacks != NULL ? g_bytes_get_data (seat->lacks, NULL) : NULL;

  return seat->phase == PHASE_LISTENED && seat->heard > 0 && bits != NULL &&
         (bits[manifest / 8] & 1u << manifest % 8) != 0;
}

static guint
count_lacking (ScSessionCore *self, guint manifest)
{
  guint n = 0;

  for (guint i = 0; i < self->seats->len; i++)
    n += seat_lacks (g_ptr_array_index (self->seats, i), manifest) ? 1 : 0;
  return n;
}

/* Who needs nothing of what is sent is asked at once. @chosen: indexes */
static void
prepare_others (ScSessionCore *self, const GArray *chosen, gint64 now)
{
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);
    gboolean takes = FALSE;

    for (guint j = 0; j < chosen->len && !takes; j++)
      takes = seat_lacks (seat, g_array_index (chosen, guint, j));
    if (seat->phase == PHASE_LISTENED && !takes)
      sc_session_core_prepare (self, seat, now);
  }
}

static void
end_listening (ScSessionCore *self, gint64 now)
{
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (ScChunkId));
  guint32 symbol_size = sc_session_core_get_symbol_size (self);

  for (guint i = 0; i < self->listen.manifests->len; i++) {
    if (count_lacking (self, i) < MIN_TAKERS)
      continue;
    g_array_append_val (chosen, i);
    g_array_append_vals (ids, &g_array_index (self->listen.manifests, ScChunkId, i), 1);
  }
  if (chosen->len == 0) {
    sc_session_core_ask (self, now);
    return;
  }
  sc_session_core_set_stage (self, STAGE_MANIFESTS, SC_SESSION_PREPARING, now);
  prepare_others (self, chosen, now);
  self->actions.make_manifests (self->data, ids, symbol_size);
}

void
sc_session_core_manifests_made (ScSessionCore *self, const ScSessionManifests *manifests, gint64 now)
{
  g_autoptr (ScControlMessage) message = NULL;
  g_autoptr (GError) error = NULL;

  if (self->stage != STAGE_MANIFESTS || self->made)
    return;
  if (manifests == NULL || !sc_cast_layout_check (&manifests->layout, &error)) {
    if (error != NULL)
      g_message ("the manifests are left to HTTPS: %s", error->message);
    sc_session_core_ask (self, now);
    sc_session_core_advance (self, now);
    return;
  }
  message = make_listen (self, SC_LISTEN_MANIFESTS, &manifests->key);
  message->listen.layout = manifests->layout;
  g_array_append_vals (message->listen.manifests, manifests->manifests->data, manifests->manifests->len);
  g_array_append_vals (message->listen.sizes, manifests->sizes->data, manifests->sizes->len);
  self->made = TRUE;
  self->answered = 0;
  self->since = now;
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase == PHASE_LISTENED)
      sc_session_core_set_phase (
          seat, self->actions.send (self->data, seat->row->seat, message) ? PHASE_OFFERED : PHASE_ABSENT, now);
  }
  sc_session_core_advance (self, now);
}

static void
start_manifests (ScSessionCore *self, gint64 now)
{
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase == PHASE_TAKING && sc_session_core_give_number (self, seat))
      g_array_append_val (numbers, seat->number);
  }
  self->taking = numbers->len > 0 &&
                 self->actions.start_manifests (self->data, (const guint32 *) (gpointer) numbers->data, numbers->len);
  if (!self->taking)
    sc_session_core_ask (self, now);
}

void
sc_session_core_manifests_lost (ScSessionCore *self, guint32 number, gint64 now)
{
  ScSessionSeat *seat = number < self->seats->len ? g_ptr_array_index (self->seats, number) : NULL;

  if (seat == NULL || seat->phase != PHASE_TAKING)
    return;
  seat->number = NO_NUMBER;
  sc_session_core_prepare (self, seat, now);
  sc_session_core_advance (self, now);
}

void
sc_session_core_manifests_sent (ScSessionCore *self, gint64 now)
{
  if (self->stage != STAGE_MANIFESTS || !self->taking)
    return;
  sc_session_core_ask (self, now);
  sc_session_core_advance (self, now);
}

void
sc_session_core_stop_prelude (ScSessionCore *self)
{
  if (self->taking)
    self->actions.stop_manifests (self->data);
  /* also those of a stream that could not be started: nobody is there who knows them */
  for (guint i = 0; i < self->seats->len; i++)
    ((ScSessionSeat *) g_ptr_array_index (self->seats, i))->number = NO_NUMBER;
  self->made = self->taking = FALSE;
}

/* time */

static gboolean
somebody_heard (ScSessionCore *self)
{
  for (guint i = 0; i < self->seats->len; i++)
    if (((ScSessionSeat *) g_ptr_array_index (self->seats, i))->heard > 0)
      return TRUE;
  return FALSE;
}

static void
serve_unheard (ScSessionCore *self, ScSessionSeat *seat, gint64 now)
{
  g_autofree char *reason = sc_session_core_describe_unheard (self->listen.port);

  serve_by_catch_up (self, seat, reason, now);
}

static void
tick_seat (ScSessionCore *self, ScSessionSeat *seat, gboolean others, gboolean quiet, gint64 now)
{
  gint64 passed = now - seat->since;

  if (seat->phase == PHASE_CALLED && passed >= SC_SESSION_LISTEN_TIMEOUT)
    settle (self, seat, now);
  else if (seat->phase == PHASE_LISTENING && seat->heard > 0 && now - seat->heard_at >= SC_SESSION_QUIET_TIME)
    settle (self, seat, now);
  else if (seat->phase == PHASE_LISTENING && seat->heard == 0 &&
           passed >= (others ? SC_SESSION_UNHEARD_TIME : SC_SESSION_LISTEN_TIMEOUT))
    serve_unheard (self, seat, now);
  else if (seat->phase == PHASE_OFFERED && (quiet || passed >= SC_SESSION_LISTEN_TIMEOUT))
    sc_session_core_prepare (self, seat, now);
}

gboolean
sc_session_core_is_listening (ScSessionCore *self)
{
  return self->stage == STAGE_LISTENING || self->stage == STAGE_MANIFESTS ||
         (self->stage >= STAGE_ASKING && self->stage <= STAGE_STREAMING &&
          sc_session_core_count (self, PHASE_CALLED, PHASE_LISTENING) > 0);
}

static gint64
shift (gint64 since, gint64 gap, gint64 now)
{
  return since != 0 ? MIN (since + gap, now) : 0;
}

/* A tick that is late is the console's own doing: nothing was sent meanwhile, and what the seats said lies unread. Such
 * time is nobody's. */
static void
excuse_gap (ScSessionCore *self, gint64 now)
{
  gint64 gap = now - self->ticked - SC_SESSION_PROBE_INTERVAL;

  if (self->ticked == 0 || gap <= SC_SESSION_LATE_TICK)
    return;
  self->answered = shift (self->answered, gap, now);
  if (self->stage == STAGE_LISTENING || self->stage == STAGE_MANIFESTS)
    self->since = shift (self->since, gap, now);
  for (guint i = 0; i < self->seats->len; i++) {
    ScSessionSeat *seat = g_ptr_array_index (self->seats, i);

    if (seat->phase < PHASE_CALLED || seat->phase > PHASE_TAKING)
      continue;
    seat->since = shift (seat->since, gap, now);
    seat->heard_at = shift (seat->heard_at, gap, now);
  }
}

void
sc_session_core_tick_prelude (ScSessionCore *self, gint64 now)
{
  gboolean others = somebody_heard (self);
  gboolean quiet;

  if (!sc_session_core_is_listening (self)) {
    self->ticked = 0;
    return;
  }
  excuse_gap (self, now);
  self->ticked = now;
  quiet = self->answered != 0 && now - self->answered >= SC_SESSION_QUIET_TIME;
  for (guint i = 0; i < self->seats->len; i++)
    tick_seat (self, g_ptr_array_index (self->seats, i), others, quiet, now);
  if (sc_session_core_count (self, PHASE_LISTENING, PHASE_LISTENING) > 0)
    send_probes (self, now);
  if (self->stage == STAGE_LISTENING && (quiet || now - self->since >= SC_SESSION_LISTEN_TIMEOUT) &&
      sc_session_core_count (self, PHASE_LISTENED, PHASE_LISTENED) > 0)
    end_listening (self, now);
  else if (self->stage == STAGE_MANIFESTS && now - self->since >= SC_SESSION_MANIFESTS_MAX)
    sc_session_core_ask (self, now);
}

void
sc_session_core_advance_prelude (ScSessionCore *self, gint64 now)
{
  if (self->stage == STAGE_LISTENING && sc_session_core_count (self, PHASE_CALLED, PHASE_LISTENING) == 0)
    end_listening (self, now);
  if (self->stage != STAGE_MANIFESTS || !self->made)
    return;
  if (self->taking && sc_session_core_count (self, PHASE_TAKING, PHASE_TAKING) == 0)
    sc_session_core_ask (self, now);
  else if (!self->taking && sc_session_core_count (self, PHASE_OFFERED, PHASE_OFFERED) == 0)
    start_manifests (self, now);
}
