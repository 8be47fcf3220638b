/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/model/sc-session-item.h"

#include "console/gui/model/sc-session-seat-item.h"

struct _ScSessionItem {
  ScItem parent;
  ScSessionInfo info;
  ScItemList *seats;
  gboolean has_seats;
};

G_DEFINE_FINAL_TYPE (ScSessionItem, sc_session_item, SC_TYPE_ITEM)

static char *
sc_session_item_dup_key (ScJson *json)
{
  return sc_item_dup_number_key (json, "id");
}

static ScSessionItemState
state_of (const char *nick)
{
  static const char *const nicks[] = { "preparing", "probing",   "sending", "paused", "finishing",
                                       "done",      "cancelled", "failed",  "planned" };

  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    if (g_str_equal (nicks[i], nick))
      return (ScSessionItemState) i;
  return SC_SESSION_STATE_UNKNOWN;
}

static void
read_figures (ScSessionInfo *info, ScJson *json)
{
  ScJson *estimate = json_object_get (json, "estimate");

  info->rate_cap = sc_item_number_of (json, "rate_cap_bits_per_second");
  info->share = sc_item_number_of (json, "share_bits_per_second");
  info->plan_size = sc_item_number_of (json, "plan_bytes");
  info->content_size = sc_item_number_of (json, "content_bytes");
  info->content_frames = sc_item_number_of (json, "content_frames");
  info->delta_frames = sc_item_number_of (json, "delta_frames");
  info->delta_saved = sc_item_number_of (json, "delta_saved_bytes");
  info->wire_bytes = sc_item_number_of (json, "wire_bytes");
  info->source_packets = sc_item_number_of (json, "source_packets");
  info->parity_packets = sc_item_number_of (json, "parity_packets");
  info->catch_up_bytes = sc_item_number_of (json, "catch_up_bytes");
  info->has_estimate = json_is_object (estimate);
  info->estimated_wire_bytes = info->has_estimate ? sc_item_number_of (estimate, "wire_bytes") : 0;
  info->estimated_seconds = info->has_estimate ? sc_item_number_of (estimate, "seconds") : 0;
}

static void
sc_session_item_update (ScItem *item, ScJson *json)
{
  ScSessionItem *self = SC_SESSION_ITEM (item);
  ScSessionInfo *info = &self->info;
  ScJson *seats = json_object_get (json, "seats");

  info->id = sc_item_number_of (json, "id");
  info->version = sc_item_number_of (json, "version");
  info->room = sc_item_text_of (json, "room");
  info->rooms = sc_item_names_of (json, "rooms");
  info->templates = sc_item_names_of (json, "templates");
  info->origin = sc_item_text_of (json, "origin");
  info->schedule = sc_item_number_of (json, "schedule");
  info->suspended = sc_item_flag_of (json, "suspended");
  info->resumes = sc_item_time_of (json, "resumes");
  info->power_off = sc_item_flag_of (json, "power_off");
  info->state = state_of (sc_item_text_of (json, "state"));
  info->dry_run = sc_item_flag_of (json, "dry_run");
  info->error = sc_item_text_of (json, "error");
  info->created = sc_item_time_of (json, "created");
  info->ended = sc_item_time_of (json, "ended");
  read_figures (info, json);
  /* a list of sessions leaves out how they go on, and their seats: what is known of these stays */
  if (!json_is_array (seats))
    return;
  info->rate = sc_item_number_of (json, "rate_bits_per_second");
  info->rate_limit = sc_item_text_of (json, "rate_limit");
  info->content_sent = sc_item_number_of (json, "content_sent_bytes");
  self->has_seats = TRUE;
  sc_item_list_put_all (self->seats, seats);
}

/* The newest first. */
static int
sc_session_item_compare (ScItem *a, ScItem *b)
{
  guint64 left = SC_SESSION_ITEM (a)->info.id, right = SC_SESSION_ITEM (b)->info.id;

  return left > right ? -1 : left < right;
}

static void
sc_session_item_finalize (GObject *object)
{
  g_object_unref (SC_SESSION_ITEM (object)->seats);
  G_OBJECT_CLASS (sc_session_item_parent_class)->finalize (object);
}

static void
sc_session_item_class_init (ScSessionItemClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_session_item_finalize;
  SC_ITEM_CLASS (class)->dup_key = sc_session_item_dup_key;
  SC_ITEM_CLASS (class)->update = sc_session_item_update;
  SC_ITEM_CLASS (class)->compare = sc_session_item_compare;
}

static void
sc_session_item_init (ScSessionItem *self)
{
  self->seats = sc_item_list_new (SC_TYPE_SESSION_SEAT_ITEM);
}

const ScSessionInfo *
sc_session_item_get_info (ScSessionItem *self)
{
  return &self->info;
}

gboolean
sc_session_item_is_over (ScSessionItem *self)
{
  return self->info.state >= SC_SESSION_STATE_DONE && self->info.state <= SC_SESSION_STATE_PLANNED;
}

ScItemList *
sc_session_item_get_seats (ScSessionItem *self)
{
  return self->seats;
}

gboolean
sc_session_item_has_seats (ScSessionItem *self)
{
  return self->has_seats;
}

double
sc_session_item_get_progress (ScSessionItem *self)
{
  guint64 done = 0, total = 0;

  for (guint i = 0; i < sc_item_list_get_length (self->seats); i++) {
    const ScSessionSeatInfo *seat = sc_session_seat_item_get_info (sc_item_list_at (self->seats, i));

    /* what a seat that is out will never have is no longer waited for */
    if (seat->state == SC_TRANSFER_FAILED || seat->state == SC_TRANSFER_CANCELLED)
      continue;
    done += MIN (seat->done, seat->total);
    total += seat->total;
  }
  if (total == 0)
    return self->info.state == SC_SESSION_STATE_DONE ? 1.0 : 0.0;
  return (double) done / (double) total;
}
