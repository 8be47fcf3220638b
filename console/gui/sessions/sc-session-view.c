/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-session-view.h"

#include "console/client/sc-client.h"
#include "console/gui/model/sc-activity-item.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-version-item.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-navigate.h"
#include "console/gui/sc-notice.h"
#include "console/gui/sc-style.h"
#include "console/gui/sessions/sc-rate-feed.h"
#include "console/gui/sessions/sc-rate-plot.h"
#include "console/gui/sessions/sc-report-saver.h"
#include "console/gui/sessions/sc-session-pace.h"
#include "console/gui/sessions/sc-session-report.h"
#include "console/gui/sessions/sc-session-stragglers.h"
#include "console/gui/sessions/sc-session-table.h"
#include "console/gui/words/sc-plan-words.h"
#include "console/gui/words/sc-rate-words.h"
#include "console/gui/words/sc-session-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define UPDATE_INTERVAL_MS 100 /* what comes within is shown at once */
#define CLOCK_INTERVAL_SECONDS 1
#define MAX_STRAGGLERS 12u
#define MAX_DEMOTIONS 5u

struct _ScSessionView {
  GtkBin parent;
  ScConsole *console;
  ScSessionItem *session;
  ScRateFeed *feed;
  ScSessionPace pace;
  GCancellable *cancellable; /* of all requests; dies with the view */
  GSimpleActionGroup *actions;
  const char *style_class;  /* (nullable): of the state's icon and word */
  ScSessionItem *requested; /* (nullable): the session that it has asked to change */
  guint update_source, clock_source;

  GtkImage *state_icon;
  GtkLabel *title, *state, *waits_for, *amount, *time_left, *result, *advice, *rates_error, *deltas, *limit, *demotions;
  GtkWidget *progress_box, *advice_box, *stragglers_box, *demotions_box, *save_button, *pause_button, *resume_button,
      *cancel_button, *roll_back_button;
  GtkProgressBar *progress;
  GtkLabel *rate, *cap, *wire, *repair, *catch_up, *duration;
  ScRatePlot *plot;
  GtkLabel *stragglers_title, *stragglers_more;
  GtkListBox *stragglers;
  ScSessionTable *table;
};

G_DEFINE_FINAL_TYPE (ScSessionView, sc_session_view, GTK_TYPE_BIN)

static void
set_visible_text (GtkLabel *label, const char *text)
{
  sc_label_set (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

static void
set_class (ScSessionView *self, const char *style_class)
{
  if (g_strcmp0 (style_class, self->style_class) == 0)
    return;
  sc_style_swap_class (GTK_WIDGET (self->state_icon), self->style_class, style_class);
  sc_style_swap_class (GTK_WIDGET (self->state), self->style_class, style_class);
  self->style_class = style_class;
}

/* showing */

static void
show_headline (ScSessionView *self)
{
  g_autofree char *title = sc_session_words_title (self->session);
  g_autofree char *awaited = sc_session_words_waits_for (self->session, sc_console_get_seats (self->console));
  const ScSessionInfo *info = sc_session_item_get_info (self->session);
  g_autofree char *suspended = sc_plan_words_suspended (info, g_get_real_time ());
  g_autofree char *waits_for = info->suspended    ? g_strdup ("")
                               : *awaited != '\0' ? g_strdup_printf (_ ("waits for %s"), awaited)
                                                  : g_strdup (sc_plan_words_origin (info));

  sc_label_set (self->title, title);
  gtk_image_set_from_icon_name (self->state_icon, sc_session_words_icon (self->session), GTK_ICON_SIZE_MENU);
  sc_label_set (self->state, info->suspended ? suspended : sc_words_session_state (info->state));
  set_class (self, sc_session_words_class (self->session));
  set_visible_text (self->waits_for, waits_for);
}

static void
note_pace (ScSessionView *self, gint64 now)
{
  if (sc_session_item_get_info (self->session)->state == SC_SESSION_STATE_PAUSED)
    sc_session_pace_reset (&self->pace);
  else
    sc_session_pace_add (&self->pace, now, sc_session_item_get_progress (self->session));
}

static void
show_progress (ScSessionView *self)
{
  gint64 now = g_get_monotonic_time ();
  double fraction = sc_session_item_get_progress (self->session);
  g_autofree char *amount = sc_session_words_amount (self->session);
  g_autofree char *outcome = sc_session_words_outcome (self->session);
  g_autofree char *percent = sc_words_percent (fraction);
  g_autofree char *each = NULL;
  g_autofree char *left = NULL;
  g_autofree char *right = NULL;

  gtk_widget_set_visible (self->progress_box, !sc_session_item_is_over (self->session));
  if (sc_session_item_is_over (self->session))
    return;
  note_pace (self, now);
  left = sc_session_words_time_left (sc_session_pace_get_left (&self->pace, now));
  /* Translators: how much of what a seat lacked it has: "12.1 of 30.0 GB on each seat" */
  each = *amount != '\0' ? g_strdup_printf (_ ("%s on each seat, %s"), amount, outcome) : g_strdup (outcome);
  right = *left != '\0' ? g_strdup_printf (_ ("%s, %s"), percent, left) : g_strdup (percent);
  gtk_progress_bar_set_fraction (self->progress, fraction);
  sc_label_set (self->amount, each);
  sc_label_set (self->time_left, right);
}

static void
show_figures (ScSessionView *self)
{
  const ScSessionInfo *info = sc_session_item_get_info (self->session);
  gboolean over = sc_session_item_is_over (self->session);
  ScRateSeries *series = sc_rate_plot_get_series (self->plot);
  guint64 mean = over && series != NULL ? sc_rate_series_get_mean (series) : 0;
  guint64 packets = info->source_packets + info->parity_packets;
  gint64 end = over ? info->ended : g_get_real_time ();
  g_autofree char *rate = sc_words_rate (over ? mean : info->rate);
  g_autofree char *cap = sc_rate_words_cap (info->rate_cap);
  g_autofree char *deltas = sc_rate_words_deltas_line (self->session);
  g_autofree char *wire = sc_words_size (info->wire_bytes);
  g_autofree char *repair = sc_words_percent (packets > 0 ? (double) info->parity_packets / (double) packets : 0);
  g_autofree char *catch_up = sc_words_size (info->catch_up_bytes);
  g_autofree char *duration = info->created > 0 ? sc_words_duration (MAX (end - info->created, 0)) : g_strdup ("");

  sc_label_set (self->rate, over && mean == 0 ? "–" : rate);
  sc_label_set (self->cap, cap);
  sc_label_set (self->wire, wire);
  sc_label_set (self->repair, repair);
  sc_label_set (self->catch_up, catch_up);
  sc_label_set (self->duration, duration);
  set_visible_text (self->deltas, deltas);
  set_visible_text (self->limit, sc_rate_words_limit (self->session));
}

static void
show_demotions (ScSessionView *self)
{
  g_autofree char *text = sc_rate_words_demotions (self->session, MAX_DEMOTIONS);

  sc_label_set (self->demotions, text);
  gtk_widget_set_visible (self->demotions_box, *text != '\0');
}

static void
show_stragglers (ScSessionView *self, GPtrArray *stragglers)
{
  guint n = MIN (stragglers->len, MAX_STRAGGLERS);
  g_autofree char *more = NULL;

  gtk_widget_set_visible (self->stragglers_box, n > 0);
  sc_label_set (self->stragglers_title, sc_session_item_is_over (self->session) ? _ ("Failed") : _ ("Stragglers"));
  sc_fact_rows_resize (self->stragglers, n);
  for (guint i = 0; i < n; i++) {
    const ScStraggler *straggler = g_ptr_array_index (stragglers, i);
    const ScSessionSeatInfo *seat = sc_session_seat_item_get_info (straggler->seat);
    gboolean online = sc_session_words_is_online (sc_console_get_seats (self->console), seat->id);
    ScSeatCondition condition = sc_session_words_condition (seat, online);
    ScFactRow *row = sc_fact_rows_at (self->stragglers, i);

    gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
    sc_fact_row_set_icon (row, sc_session_words_seat_icon (seat, online), sc_words_condition_class (condition));
    sc_fact_row_set_texts (row, seat->name, straggler->why, "");
  }
  more = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", stragglers->len - n),
                          stragglers->len - n);
  set_visible_text (self->stragglers_more, stragglers->len > n ? more : "");
}

static void
show_result (ScSessionView *self)
{
  g_autofree char *result = sc_session_words_short_result (self->session);
  g_autofree char *half = sc_session_words_half_updated (self->session, sc_console_get_seats (self->console));
  g_autofree char *failed = sc_session_words_advice (self->session, sc_console_get_seats (self->console));
  const char *advice = *half != '\0' ? half : failed;

  set_visible_text (self->result, result);
  sc_label_set (self->advice, advice);
  gtk_widget_set_visible (self->advice_box, *advice != '\0');
  gtk_widget_set_visible (self->roll_back_button, *half != '\0');
}

static void
enable (ScSessionView *self, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), name)),
                               enabled);
}

static void
show_actions (ScSessionView *self)
{
  ScSessionItemState state = sc_session_item_get_info (self->session)->state;
  gboolean over = sc_session_item_is_over (self->session);
  gboolean paused = state == SC_SESSION_STATE_PAUSED;
  gboolean may = sc_me_may (self->console, SC_MAY_OPERATE);
  gboolean free = may && self->requested == NULL;

  enable (self, "pause", free && (state == SC_SESSION_STATE_SENDING || state == SC_SESSION_STATE_PROBING));
  enable (self, "resume", free && paused);
  enable (self, "cancel", free && !over);
  enable (self, "save-report", over && sc_session_item_has_seats (self->session));
  enable (self, "deploy-again", may && over);
  enable (self, "roll-back", may && over);
  gtk_widget_set_visible (self->pause_button, !over && !paused);
  gtk_widget_set_visible (self->resume_button, paused);
  gtk_widget_set_visible (self->cancel_button, !over);
  gtk_widget_set_visible (self->save_button, over);
}

static void
update (ScSessionView *self)
{
  g_autoptr (GPtrArray) stragglers = NULL;

  if (self->session == NULL)
    return;
  stragglers = sc_session_find_stragglers (self->session, sc_console_get_seats (self->console));
  show_headline (self);
  show_progress (self);
  show_figures (self);
  show_stragglers (self, stragglers);
  show_demotions (self);
  show_result (self);
  show_actions (self);
  sc_session_table_update (self->table, self->session, sc_console_get_seats (self->console), stragglers);
}

static gboolean
on_update_due (gpointer data)
{
  ScSessionView *self = data;

  self->update_source = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

/* What is not seen is brought up to date when it is. */
static void
queue_update (ScSessionView *self)
{
  if (self->session != NULL && self->update_source == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->update_source = g_timeout_add (UPDATE_INTERVAL_MS, on_update_due, self);
}

static gboolean
on_clock (gpointer data)
{
  ScSessionView *self = data;

  if (self->session != NULL && !sc_session_item_is_over (self->session))
    queue_update (self);
  return G_SOURCE_CONTINUE;
}

static void
on_rates (gpointer data, ScRateSeries *series, const GError *error)
{
  ScSessionView *self = data;
  g_autofree char *text =
      error != NULL ? g_strdup_printf (_ ("The rate cannot be shown: %s"), error->message) : g_strdup ("");

  if (self->session == NULL)
    return;
  sc_rate_plot_set (self->plot, series, sc_session_item_get_info (self->session)->rate_cap);
  set_visible_text (self->rates_error, text);
  queue_update (self);
}

/* acting */

static void
on_changed_session (GObject *source, GAsyncResult *result, gpointer data)
{
  ScSessionView *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) json = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the view may be gone */
  title = sc_session_words_title (self->requested);
  g_clear_object (&self->requested);
  if (json != NULL) {
    sc_console_put_session (self->console, json);
  } else {
    text = g_strdup_printf (_ ("The session “%s” stays as it is"), title);
    sc_notice_show_error (GTK_WIDGET (self), text, error);
  }
  update (self);
}

/* @name of the action is the API's verb. */
static void
on_change (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScSessionView *self = data;
  g_autoptr (ScJson) body = json_object ();
  g_autofree char *path = sc_client_path ("/v1/sessions/", sc_item_get_key (SC_ITEM (self->session)), "/", NULL);
  g_autofree char *whole = g_strconcat (path, g_action_get_name (G_ACTION (action)), NULL);

  self->requested = g_object_ref (self->session);
  show_actions (self);
  sc_console_request_async (self->console, "POST", whole, body, self->cancellable, on_changed_session, self);
}

/* (nullable): who began it, as far as activity is known */
static const char *
find_who (ScSessionView *self)
{
  ScItemList *activity = sc_console_get_activity (self->console);
  guint64 id = sc_session_item_get_info (self->session)->id;

  for (guint i = 0; i < sc_item_list_get_length (activity); i++) {
    const ScActivityInfo *info = sc_activity_item_get_info (sc_item_list_at (activity, i));

    if (info->session == id && (g_str_equal (info->action, "deploy") || g_str_equal (info->action, "rollback")))
      return info->who;
  }
  return NULL;
}

static ScSessionReport *
make_report (ScSessionView *self)
{
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_session_item_get_info (self->session)->version);
  ScVersionItem *version = sc_item_list_find (sc_console_get_versions (self->console), number);
  ScSessionReportContext context = { .console = sc_console_get_name (self->console),
                                     .who = find_who (self),
                                     .seats = sc_console_get_seats (self->console),
                                     .rates = sc_rate_plot_get_series (self->plot),
                                     .now = g_get_real_time () };

  if (version != NULL) {
    context.version_note = sc_version_item_get_info (version)->note;
    context.version_author = sc_version_item_get_info (version)->author;
  }
  return sc_session_report_new (self->session, &context);
}

static void
on_save_report (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ScSessionView *self = data;

  sc_report_saver_ask (GTK_WIDGET (self), make_report (self), self->cancellable);
}

/* Of the seats that have not got the version. */
static void
navigate_again (ScSessionView *self, const char *action)
{
  const ScSessionInfo *info = sc_session_item_get_info (self->session);
  ScItemList *seats = sc_session_item_get_seats (self->session);
  gboolean back = g_str_equal (action, "roll-back");
  GVariantBuilder ids;

  g_variant_builder_init (&ids, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < sc_item_list_get_length (seats); i++) {
    const ScSessionSeatInfo *seat = sc_session_seat_item_get_info (sc_item_list_at (seats, i));

    if (seat->state != SC_TRANSFER_DONE && seat->state != SC_TRANSFER_BUSY)
      g_variant_builder_add (&ids, "s", seat->id);
  }
  sc_navigate (GTK_WIDGET (self), action, g_variant_new ("(tsas)", back ? (guint64) 0 : info->version, "", &ids));
}

static void
on_deploy_again (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  navigate_again (data, "deploy");
}

static void
on_roll_back (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  navigate_again (data, "roll-back");
}

static const GActionEntry action_entries[] = {
  { "pause", on_change },
  { "resume", on_change },
  { "cancel", on_change },
  { "save-report", on_save_report },
  { "deploy-again", on_deploy_again },
  { "roll-back", on_roll_back },
};

static void
on_straggler_activated (GtkListBox *list, GtkListBoxRow *row, gpointer data)
{
  ScSessionView *self = data;
  g_autoptr (GPtrArray) stragglers = sc_session_find_stragglers (self->session, sc_console_get_seats (self->console));
  guint index = (guint) gtk_list_box_row_get_index (row);

  if (index < stragglers->len) {
    const ScStraggler *straggler = g_ptr_array_index (stragglers, index);

    sc_navigate (GTK_WIDGET (self), "show-seat", g_variant_new_string (sc_item_get_key (SC_ITEM (straggler->seat))));
  }
}

/* What happened meanwhile no event has told. */
static void
on_state_changed (ScSessionView *self)
{
  if (self->session != NULL && sc_console_get_state (self->console) == SC_CONSOLE_CONNECTED)
    sc_console_load_session (self->console, sc_session_item_get_info (self->session)->id);
  if (self->session != NULL)
    show_actions (self);
}

/* the widget */

void
sc_session_view_set_session (ScSessionView *self, ScSessionItem *session)
{
  if (session == self->session)
    return;
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_set_object (&self->session, session);
  sc_session_pace_reset (&self->pace);
  if (session != NULL) {
    g_signal_connect_swapped (session, "changed", G_CALLBACK (queue_update), self);
    if (!sc_session_item_has_seats (session))
      sc_console_load_session (self->console, sc_session_item_get_info (session)->id);
  }
  sc_rate_feed_follow (self->feed, session);
  update (self);
}

ScSessionItem *
sc_session_view_get_session (ScSessionView *self)
{
  return self->session;
}

static void
sc_session_view_map (GtkWidget *widget)
{
  ScSessionView *self = SC_SESSION_VIEW (widget);

  update (self);
  GTK_WIDGET_CLASS (sc_session_view_parent_class)->map (widget);
  sc_rate_feed_set_active (self->feed, TRUE);
  self->clock_source = g_timeout_add_seconds (CLOCK_INTERVAL_SECONDS, on_clock, self);
}

static void
rest (ScSessionView *self)
{
  g_clear_handle_id (&self->update_source, g_source_remove);
  g_clear_handle_id (&self->clock_source, g_source_remove);
  if (self->feed != NULL)
    sc_rate_feed_set_active (self->feed, FALSE);
}

static void
sc_session_view_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sc_session_view_parent_class)->unmap (widget);
  rest (SC_SESSION_VIEW (widget));
}

static void
sc_session_view_dispose (GObject *object)
{
  ScSessionView *self = SC_SESSION_VIEW (object);

  rest (self);
  g_clear_pointer (&self->feed, sc_rate_feed_free);
  g_cancellable_cancel (self->cancellable);
  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  if (self->console != NULL) {
    g_signal_handlers_disconnect_by_data (sc_console_get_seats (self->console), self);
    g_signal_handlers_disconnect_by_data (self->console, self);
  }
  g_clear_object (&self->session);
  g_clear_object (&self->requested);
  g_clear_object (&self->actions);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_session_view_parent_class)->dispose (object);
}

static void
sc_session_view_finalize (GObject *object)
{
  g_object_unref (SC_SESSION_VIEW (object)->cancellable);
  G_OBJECT_CLASS (sc_session_view_parent_class)->finalize (object);
}

#define bind(child) gtk_widget_class_bind_template_child (widget_class, ScSessionView, child)

static void
bind_children (GtkWidgetClass *widget_class)
{
  bind (state_icon);
  bind (title);
  bind (state);
  bind (waits_for);
  bind (amount);
  bind (time_left);
  bind (result);
  bind (advice);
  bind (rates_error);
  bind (deltas);
  bind (limit);
  bind (demotions);
  bind (demotions_box);
  bind (progress_box);
  bind (advice_box);
  bind (stragglers_box);
  bind (save_button);
  bind (pause_button);
  bind (resume_button);
  bind (cancel_button);
  bind (roll_back_button);
  bind (progress);
  bind (rate);
  bind (cap);
  bind (wire);
  bind (repair);
  bind (catch_up);
  bind (duration);
  bind (plot);
  bind (stragglers_title);
  bind (stragglers_more);
  bind (stragglers);
  bind (table);
}

static void
sc_session_view_class_init (ScSessionViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_session_view_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_session_view_finalize;
  widget_class->map = sc_session_view_map;
  widget_class->unmap = sc_session_view_unmap;
  gtk_widget_class_set_css_name (widget_class, "sessionview");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-session-view.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_straggler_activated);
}

static void
sc_session_view_init (ScSessionView *self)
{
  g_type_ensure (SC_TYPE_RATE_PLOT);
  g_type_ensure (SC_TYPE_SESSION_TABLE);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->cancellable = g_cancellable_new ();
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), action_entries, G_N_ELEMENTS (action_entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "session", G_ACTION_GROUP (self->actions));
  for (guint i = 0; i < G_N_ELEMENTS (action_entries); i++)
    enable (self, action_entries[i].name, FALSE);
}

GtkWidget *
sc_session_view_new (ScConsole *console)
{
  ScSessionView *self = g_object_new (SC_TYPE_SESSION_VIEW, NULL);

  self->console = g_object_ref (console);
  self->feed = sc_rate_feed_new (console, on_rates, self);
  g_signal_connect_swapped (sc_console_get_seats (console), "item-changed", G_CALLBACK (queue_update), self);
  g_signal_connect_swapped (console, "state-changed", G_CALLBACK (on_state_changed), self);
  return GTK_WIDGET (self);
}
