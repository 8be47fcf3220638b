/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-deploy-plan.h"

struct _ScDeployPlan {
  GObject parent;
  ScFilterList *seats;
  gboolean rolling_back;
  guint64 picked, found; /* versions */
  ScDeployTarget target;
  GHashTable *rooms;      /* (element-type utf8): a set */
  GHashTable *picked_ids; /* (element-type utf8): a set */
  gboolean rate_own;      /* else the engine's default */
  guint64 rate_cap;       /* bits/s; 0: as fast as the seats take it */
  ScJson *templates;      /* (nullable) */
  gboolean wake, power_off;
  ScSessionItem *session; /* (nullable) */
  GHashTable *seen;       /* id → what was last seen of a chosen seat, see outlook_of() */
};

G_DEFINE_FINAL_TYPE (ScDeployPlan, sc_deploy_plan, G_TYPE_OBJECT)

enum { REQUEST_CHANGED, SEATS_CHANGED, CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
sc_deploy_plan_finalize (GObject *object)
{
  ScDeployPlan *self = SC_DEPLOY_PLAN (object);

  g_signal_handlers_disconnect_by_data (self->seats, self);
  g_clear_object (&self->seats);
  g_clear_object (&self->session);
  g_clear_pointer (&self->templates, json_decref);
  g_hash_table_unref (self->rooms);
  g_hash_table_unref (self->picked_ids);
  g_hash_table_unref (self->seen);
  G_OBJECT_CLASS (sc_deploy_plan_parent_class)->finalize (object);
}

static void
sc_deploy_plan_class_init (ScDeployPlanClass *class)
{
  static const char *const names[] = { "request-changed", "seats-changed", "changed" };

  G_OBJECT_CLASS (class)->finalize = sc_deploy_plan_finalize;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] =
        g_signal_new (names[i], G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sc_deploy_plan_init (ScDeployPlan *self)
{
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->picked_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* the seats that are chosen */

static gboolean
is_chosen (ScItem *item, gpointer data)
{
  ScDeployPlan *self = data;
  const ScSeatInfo *info = sc_seat_item_get_info (SC_SEAT_ITEM (item));

  switch (self->target) {
  case SC_DEPLOY_TO_ALL:
    return TRUE;
  case SC_DEPLOY_TO_ROOMS:
    return g_hash_table_contains (self->rooms, info->room);
  case SC_DEPLOY_TO_SEATS:
    return g_hash_table_contains (self->picked_ids, info->id);
  }
  g_return_val_if_reached (FALSE);
}

/* What of a seat decides about the dry run's answer: never 0. */
static guint64
outlook_of (const ScSeatInfo *info)
{
  return info->version << 3 | (info->pinned ? 4 : 0) | (info->online ? 3 : 1);
}

/* Returns: whether the seat was not known so */
static gboolean
note_outlook (ScDeployPlan *self, ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  const guint64 *before = g_hash_table_lookup (self->seen, info->id);
  guint64 now = outlook_of (info);

  if (before != NULL && *before == now)
    return FALSE;
  g_hash_table_insert (self->seen, g_strdup (info->id), g_memdup2 (&now, sizeof now));
  return TRUE;
}

static void
note_all (ScDeployPlan *self)
{
  g_hash_table_remove_all (self->seen);
  for (guint i = 0; i < sc_filter_list_get_length (self->seats); i++)
    note_outlook (self, sc_filter_list_at (self->seats, i));
}

static void
on_items_changed (GListModel *seats, guint position, guint removed, guint added, gpointer user_data)
{
  ScDeployPlan *self = user_data;
  gboolean differs = FALSE;

  for (guint i = position; i < position + added; i++)
    differs |= note_outlook (self, sc_filter_list_at (self->seats, i));
  /* one that only changed its place in the list is no news; one that is gone for good is no reason to ask */
  if (differs)
    g_signal_emit (self, signals[SEATS_CHANGED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_item_changed (ScFilterList *seats, guint position, ScItem *item, gpointer user_data)
{
  ScDeployPlan *self = user_data;

  /* the progress of what a seat is at changes often, and nothing here */
  if (!note_outlook (self, SC_SEAT_ITEM (item)))
    return;
  g_signal_emit (self, signals[SEATS_CHANGED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

ScDeployPlan *
sc_deploy_plan_new (ScItemList *seats)
{
  ScDeployPlan *self = g_object_new (SC_TYPE_DEPLOY_PLAN, NULL);

  self->seats = sc_filter_list_new (seats, is_chosen, self, NULL);
  note_all (self);
  /* after those who show the seats: they have a row for each when they hear of "changed" */
  g_signal_connect_after (self->seats, "items-changed", G_CALLBACK (on_items_changed), self);
  g_signal_connect (self->seats, "item-changed", G_CALLBACK (on_item_changed), self);
  return self;
}

ScFilterList *
sc_deploy_plan_get_seats (ScDeployPlan *self)
{
  return self->seats;
}

/* choices */

static void
choose_anew (ScDeployPlan *self)
{
  self->found = 0;
  g_clear_object (&self->session);
  g_signal_handlers_block_by_func (self->seats, on_items_changed, self);
  sc_filter_list_refilter (self->seats);
  g_signal_handlers_unblock_by_func (self->seats, on_items_changed, self);
  note_all (self);
  g_signal_emit (self, signals[REQUEST_CHANGED], 0);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
sc_deploy_plan_set_rolling_back (ScDeployPlan *self, gboolean rolling_back)
{
  if (self->rolling_back == rolling_back)
    return;
  self->rolling_back = rolling_back;
  choose_anew (self);
}

gboolean
sc_deploy_plan_is_rolling_back (ScDeployPlan *self)
{
  return self->rolling_back;
}

void
sc_deploy_plan_pick_version (ScDeployPlan *self, guint64 version)
{
  if (self->picked == version)
    return;
  self->picked = version;
  choose_anew (self);
}

guint64
sc_deploy_plan_get_version (ScDeployPlan *self)
{
  return self->picked != 0 ? self->picked : self->found;
}

void
sc_deploy_plan_set_target (ScDeployPlan *self, ScDeployTarget target)
{
  if (self->target == target)
    return;
  self->target = target;
  choose_anew (self);
}

ScDeployTarget
sc_deploy_plan_get_target (ScDeployPlan *self)
{
  return self->target;
}

static void
set_member (ScDeployPlan *self, GHashTable *set, const char *key, gboolean member, ScDeployTarget concerned)
{
  if (g_hash_table_contains (set, key) == member)
    return;
  if (member)
    g_hash_table_add (set, g_strdup (key));
  else
    g_hash_table_remove (set, key);
  if (self->target == concerned)
    choose_anew (self);
}

void
sc_deploy_plan_set_room (ScDeployPlan *self, const char *room, gboolean chosen)
{
  set_member (self, self->rooms, room, chosen, SC_DEPLOY_TO_ROOMS);
}

gboolean
sc_deploy_plan_has_room (ScDeployPlan *self, const char *room)
{
  return g_hash_table_contains (self->rooms, room);
}

void
sc_deploy_plan_set_seat (ScDeployPlan *self, const char *id, gboolean chosen)
{
  set_member (self, self->picked_ids, id, chosen, SC_DEPLOY_TO_SEATS);
}

gboolean
sc_deploy_plan_has_seat (ScDeployPlan *self, const char *id)
{
  return g_hash_table_contains (self->picked_ids, id);
}

void
sc_deploy_plan_set_rate_cap (ScDeployPlan *self, gboolean own, guint64 rate_cap)
{
  if (self->rate_own == own && (!own || self->rate_cap == rate_cap))
    return;
  self->rate_own = own;
  self->rate_cap = rate_cap;
  g_signal_emit (self, signals[CHANGED], 0);
}

void
sc_deploy_plan_set_templates (ScDeployPlan *self, ScJson *templates)
{
  if (self->templates == templates || (templates != NULL && json_equal (self->templates, templates)))
    return;
  g_clear_pointer (&self->templates, json_decref);
  self->templates = templates != NULL ? json_incref (templates) : NULL;
  choose_anew (self);
}

void
sc_deploy_plan_set_power (ScDeployPlan *self, gboolean wake, gboolean power_off)
{
  self->wake = wake;
  self->power_off = power_off;
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
sc_deploy_plan_wakes (ScDeployPlan *self)
{
  return self->wake;
}

/* what it means */

void
sc_deploy_plan_set_session (ScDeployPlan *self, ScSessionItem *session)
{
  g_set_object (&self->session, session);
  if (session != NULL && self->picked == 0)
    self->found = sc_session_item_get_info (session)->version;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
read_needs (ScJson *needs, ScDeploySeat *result)
{
  if (!json_is_object (needs))
    return;
  result->answered = TRUE;
  result->lacks = sc_item_number_of (needs, "lacks_bytes");
  result->local = sc_item_number_of (needs, "local_bytes");
  result->peak = sc_item_number_of (needs, "peak_bytes");
  result->free = sc_item_number_of (needs, "free_bytes");
  result->missing = sc_item_number_of (needs, "missing_bytes");
  result->ways = json_object_get (needs, "ways");
  result->busy = json_object_get (needs, "busy");
}

static gboolean
has_version (ScDeployPlan *self, ScSeatItem *seat)
{
  return sc_seat_item_get_info (seat)->version == sc_deploy_plan_get_version (self) &&
         !sc_seat_item_is_drifted (seat) && sc_deploy_plan_get_version (self) != 0;
}

/* Of a seat that is on. @part: (nullable): as the dry run has it */
static ScDeployVerdict
find_verdict (ScDeployPlan *self, ScSeatItem *seat, const ScSessionSeatInfo *part, const ScDeploySeat *result)
{
  gboolean whole = has_version (self, seat) && result->lacks == 0 && result->local == 0;

  if (part != NULL && result->answered && result->missing > 0)
    return SC_DEPLOY_SEAT_NO_SPACE;
  if (part != NULL && part->state == SC_TRANSFER_FAILED)
    return SC_DEPLOY_SEAT_REFUSED;
  if (whole)
    return SC_DEPLOY_SEAT_HAS_IT;
  if (part == NULL || part->state == SC_TRANSFER_CANCELLED)
    return SC_DEPLOY_SEAT_UNKNOWN;
  return result->answered ? SC_DEPLOY_SEAT_FITS : SC_DEPLOY_SEAT_ASKED;
}

/* Only those who name it can have a pinned seat have something else. */
static gboolean
is_left_out (ScDeployPlan *self, const ScSeatInfo *info)
{
  return info->pinned && self->target != SC_DEPLOY_TO_SEATS;
}

void
sc_deploy_plan_judge (ScDeployPlan *self, ScSeatItem *seat, ScDeploySeat *result)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  ScSessionSeatItem *item =
      self->session != NULL ? sc_item_list_find (sc_session_item_get_seats (self->session), info->id) : NULL;
  const ScSessionSeatInfo *part = item != NULL ? sc_session_seat_item_get_info (item) : NULL;

  *result = (ScDeploySeat){ .verdict = SC_DEPLOY_SEAT_OFF, .free = info->free_space, .reason = "" };
  if (part != NULL) {
    read_needs (part->needs, result);
    result->reason = part->reason;
  }
  if (is_left_out (self, info))
    result->verdict = SC_DEPLOY_SEAT_PINNED;
  else if (info->online)
    result->verdict = find_verdict (self, seat, part, result);
}

/* At the cap that is chosen now, whatever the dry run was asked with. */
static gint64
find_duration (ScDeployPlan *self, const ScSessionInfo *session)
{
  guint64 rate = self->rate_own ? self->rate_cap : session->rate_cap;

  if (session->share != 0) /* a room's, or the console's */
    rate = rate != 0 ? MIN (rate, session->share) : session->share;
  if (rate == 0)
    return (gint64) session->estimated_seconds * G_USEC_PER_SEC;
  return (gint64) ((double) session->estimated_wire_bytes * 8 / (double) rate * G_USEC_PER_SEC);
}

void
sc_deploy_plan_sum_up (ScDeployPlan *self, ScDeploySummary *summary)
{
  const ScSessionInfo *session = self->session != NULL ? sc_session_item_get_info (self->session) : NULL;

  *summary = (ScDeploySummary){ .n_seats = sc_filter_list_get_length (self->seats) };
  for (guint i = 0; i < summary->n_seats; i++) {
    ScDeploySeat seat;

    sc_deploy_plan_judge (self, sc_filter_list_at (self->seats, i), &seat);
    summary->n[seat.verdict]++;
    summary->n_online += seat.verdict < SC_DEPLOY_SEAT_OFF;
    summary->missing = MAX (summary->missing, seat.verdict == SC_DEPLOY_SEAT_NO_SPACE ? seat.missing : 0);
    if (seat.verdict != SC_DEPLOY_SEAT_FITS)
      continue;
    summary->n_busy += json_array_size (seat.busy) > 0;
    summary->n_lacking += seat.lacks > 0;
  }
  if (session == NULL || session->state != SC_SESSION_STATE_PLANNED)
    return;
  summary->planned = TRUE;
  summary->content_bytes = session->content_size;
  summary->wire_bytes = session->estimated_wire_bytes;
  summary->duration = find_duration (self, session);
}

gboolean
sc_deploy_plan_can_deploy (ScDeployPlan *self)
{
  if (sc_deploy_plan_get_version (self) == 0)
    return FALSE;
  for (guint i = 0; i < sc_filter_list_get_length (self->seats); i++) {
    ScDeploySeat seat;

    sc_deploy_plan_judge (self, sc_filter_list_at (self->seats, i), &seat);
    if (seat.verdict <= SC_DEPLOY_SEAT_HAS_IT || (self->wake && seat.verdict == SC_DEPLOY_SEAT_OFF))
      return TRUE;
  }
  return FALSE;
}

gboolean
sc_deploy_plan_can_ask (ScDeployPlan *self)
{
  if (self->picked == 0 && !self->rolling_back)
    return FALSE;
  for (guint i = 0; i < sc_filter_list_get_length (self->seats); i++)
    if (sc_seat_item_get_info (sc_filter_list_at (self->seats, i))->online &&
        !is_left_out (self, sc_seat_item_get_info (sc_filter_list_at (self->seats, i))))
      return TRUE;
  return FALSE;
}

/* the request */

const char *
sc_deploy_plan_get_path (ScDeployPlan *self)
{
  return self->rolling_back ? "/v1/rollback" : "/v1/sessions";
}

/* (nullable): the one room that is chosen; the API takes a room by its name only when it has one */
static const char *
find_only_room (ScDeployPlan *self)
{
  GHashTableIter iter;
  gpointer room = NULL;

  if (self->target != SC_DEPLOY_TO_ROOMS || g_hash_table_size (self->rooms) != 1)
    return NULL;
  g_hash_table_iter_init (&iter, self->rooms);
  g_hash_table_iter_next (&iter, &room, NULL);
  return *(const char *) room != '\0' ? room : NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full) (nullable): several rooms, each with a name */
static ScJson *
list_rooms (ScDeployPlan *self)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autofree gpointer *keys = NULL;
  ScJson *rooms = NULL;
  guint n = 0;

  if (self->target != SC_DEPLOY_TO_ROOMS || g_hash_table_contains (self->rooms, ""))
    return NULL;
  keys = g_hash_table_get_keys_as_array (self->rooms, &n);
  names = g_ptr_array_new ();
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (names, keys[i]);
  g_ptr_array_sort (names, compare_names);
  rooms = json_array ();
  for (guint i = 0; i < n; i++)
    json_array_append_new (rooms, json_string (names->pdata[i]));
  return rooms;
}

static ScJson *
list_ids (ScDeployPlan *self)
{
  ScJson *ids = json_array ();

  for (guint i = 0; i < sc_filter_list_get_length (self->seats); i++)
    json_array_append_new (ids, json_string (sc_item_get_key (sc_filter_list_at (self->seats, i))));
  return ids;
}

ScJson *
sc_deploy_plan_to_body (ScDeployPlan *self, gboolean dry_run)
{
  /* a dry run lets the engine find the version; what staff have seen is what is deployed */
  guint64 version = dry_run ? self->picked : sc_deploy_plan_get_version (self);
  const char *room = find_only_room (self);
  ScJson *rooms = room == NULL ? list_rooms (self) : NULL;
  ScJson *body = json_object ();

  if (version != 0)
    json_object_set_new (body, "version", json_integer ((json_int_t) version));
  if (room != NULL)
    json_object_set_new (body, "room", json_string (room));
  else if (rooms != NULL)
    json_object_set_new (body, "rooms", rooms);
  else if (self->target != SC_DEPLOY_TO_ALL)
    json_object_set_new (body, "seats", list_ids (self));
  if (self->templates != NULL)
    json_object_set (body, "templates", self->templates);
  if (!dry_run && self->wake)
    json_object_set_new (body, "wake", json_true ());
  if (!dry_run && self->power_off)
    json_object_set_new (body, "power_off", json_true ());
  if (dry_run)
    json_object_set_new (body, "dry_run", json_true ());
  else if (self->rate_own)
    json_object_set_new (body, "rate_cap", json_integer ((json_int_t) self->rate_cap));
  return body;
}
