/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/deploy/sc-deploy-dialog-private.h"

#include "common/sc-error.h"
#include "console/gui/model/sc-version-item.h"
#include "console/gui/sc-navigate.h"
#include "console/gui/sc-notice.h"
#include "console/gui/sc-style.h"
#include "console/gui/words/sc-deploy-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define ASK_DELAY 400u   /* ms after the user's last choice */
#define NEWS_DELAY 2000u /* ms after the last seat was switched on or off: many are at once */
#define NARROW_WIDTH 720 /* below it, the columns stand one below the other */
#define TABLE_HEIGHT 240 /* of the table then */
#define MBIT 1000000.0

/* What the line of counts has, in this order; the last is that of seats with templates in use. */
static const ScDeployVerdict counted[] = { SC_DEPLOY_SEAT_FITS,   SC_DEPLOY_SEAT_NO_SPACE, SC_DEPLOY_SEAT_REFUSED,
                                           SC_DEPLOY_SEAT_HAS_IT, SC_DEPLOY_SEAT_OFF,      SC_DEPLOY_SEAT_PINNED };
G_STATIC_ASSERT (G_N_ELEMENTS (counted) + 1 == SC_DEPLOY_DIALOG_N_COUNTS);

G_DEFINE_FINAL_TYPE (ScDeployDialog, sc_deploy_dialog, GTK_TYPE_WINDOW)

/* What is asked for goes on without the dialog; that it was refused is told all the same. */
static void
on_refused_later (ScDeployer *deployer, const GError *error, GtkWindow *parent)
{
  sc_notice_show_error (GTK_WIDGET (parent), _ ("Not deployed"), error);
}

static void
tell_parent (ScDeployDialog *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL && sc_deployer_is_deploying (self->deployer))
    g_signal_connect_object (self->deployer, "refused", G_CALLBACK (on_refused_later), parent, 0);
}

static void
sc_deploy_dialog_dispose (GObject *object)
{
  ScDeployDialog *self = SC_DEPLOY_DIALOG (object);

  g_clear_handle_id (&self->turn_source, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  if (self->console != NULL) {
    g_signal_handlers_disconnect_by_data (self->console, self);
    g_signal_handlers_disconnect_by_data (sc_console_get_versions (self->console), self);
    g_signal_handlers_disconnect_by_data (self->plan, self);
    g_signal_handlers_disconnect_by_data (self->deployer, self);
    tell_parent (self);
    sc_deployer_stop (self->deployer);
  }
  g_clear_object (&self->deployer);
  g_clear_object (&self->plan);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_deploy_dialog_parent_class)->dispose (object);
}

/* asking */

static void
ask (ScDeployDialog *self, guint delay, gboolean patient)
{
  g_autoptr (ScJson) body = NULL;

  if (!sc_deploy_plan_can_ask (self->plan)) {
    sc_deployer_stop (self->deployer);
    return;
  }
  body = sc_deploy_plan_to_body (self->plan, TRUE);
  sc_deployer_ask (self->deployer, sc_deploy_plan_get_path (self->plan), body, delay, patient);
}

static void
on_request_changed (ScDeployDialog *self)
{
  gtk_info_bar_set_revealed (self->info_bar, FALSE);
  ask (self, ASK_DELAY, FALSE);
}

static void
on_seats_changed (ScDeployDialog *self)
{
  ask (self, NEWS_DELAY, TRUE);
}

static void
on_again (ScDeployDialog *self)
{
  ask (self, 0, FALSE);
}

static void
on_console_state_changed (ScDeployDialog *self)
{
  if (sc_console_get_state (self->console) == SC_CONSOLE_CONNECTED)
    ask (self, 0, FALSE);
}

/* It may have been in the way. */
static void
on_session_ended (ScConsole *console, ScSessionItem *session, ScDeployDialog *self)
{
  if (g_error_matches (sc_deployer_get_error (self->deployer), SC_ERROR, SC_ERROR_BUSY))
    ask (self, ASK_DELAY, FALSE);
}

/* showing */

static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_text (label), text) != 0)
    gtk_label_set_text (label, text);
}

static void
refresh_counts (ScDeployDialog *self, const ScDeploySummary *summary)
{
  for (guint i = 0; i < SC_DEPLOY_DIALOG_N_COUNTS; i++) {
    GtkWidget *child = gtk_widget_get_ancestor (GTK_WIDGET (self->count_labels[i]), GTK_TYPE_FLOW_BOX_CHILD);
    g_autofree char *text =
        i < G_N_ELEMENTS (counted) ? sc_deploy_words_count (summary, counted[i]) : sc_deploy_words_busy_count (summary);

    set_text (self->count_labels[i], text);
    gtk_widget_set_visible (child, *text != '\0' && summary->n_online > 0);
  }
}

static void
refresh_progress (ScDeployDialog *self, const ScDeploySummary *summary, ScDeployOutlook outlook)
{
  guint n_awaited = summary->n[SC_DEPLOY_SEAT_ASKED] + summary->n[SC_DEPLOY_SEAT_UNKNOWN];
  gboolean asking = outlook == SC_DEPLOY_OUTLOOK_ASKING;

  gtk_widget_set_visible (GTK_WIDGET (self->progress), asking);
  if (asking && summary->n_online > 0)
    gtk_progress_bar_set_fraction (self->progress,
                                   (double) (summary->n_online - n_awaited) / (double) summary->n_online);
}

static void
refresh_outlook (ScDeployDialog *self)
{
  ScDeployOutlook outlook = sc_deploy_words_get_outlook (self->plan, self->deployer);
  g_autofree char *headline = sc_deploy_words_headline (self->plan, self->deployer);
  g_autofree char *detail = sc_deploy_words_detail (self->plan, self->deployer);
  const gboolean later = outlook == SC_DEPLOY_OUTLOOK_INCOMPLETE && sc_deploy_dialog_can_plan (self);
  ScDeploySummary summary;

  sc_deploy_plan_sum_up (self->plan, &summary);
  set_text (self->headline, headline);
  set_text (self->detail, later ? _ ("What will be sent then is not known yet: nobody is there to be asked.") : detail);
  sc_style_set_class (GTK_WIDGET (self->headline), "failed",
                      outlook == SC_DEPLOY_OUTLOOK_FAILED || outlook == SC_DEPLOY_OUTLOOK_IMPOSSIBLE);
  gtk_widget_set_visible (GTK_WIDGET (self->again_button), outlook == SC_DEPLOY_OUTLOOK_FAILED);
  refresh_progress (self, &summary, outlook);
  refresh_counts (self, &summary);
}

/* The newest version that is assigned to one of the seats: only what is older leads back. */
static guint64
find_newest_assigned (ScDeployDialog *self)
{
  ScFilterList *seats = sc_deploy_plan_get_seats (self->plan);
  guint64 newest = 0;

  for (guint i = 0; i < sc_filter_list_get_length (seats); i++)
    newest = MAX (newest, sc_seat_item_get_info (sc_filter_list_at (seats, i))->assigned_version);
  return newest;
}

static void
refresh_version (ScDeployDialog *self)
{
  gboolean back = sc_deploy_plan_is_rolling_back (self->plan);
  const char *placeholder = !back                                            ? _ ("No version yet")
                            : sc_deployer_get_error (self->deployer) == NULL ? _ ("The one before")
                                                                             : _ ("No earlier version");

  sc_version_chooser_show (self->version, sc_deploy_plan_get_version (self->plan), placeholder);
  sc_version_chooser_set_before (self->version, back ? find_newest_assigned (self) : 0);
}

/* (nullable): said at the button; everything else is said above it */
static const char *
why_not_now (ScDeployDialog *self, gboolean planned)
{
  ScDeploySummary summary;

  sc_deploy_plan_sum_up (self->plan, &summary);
  if (planned || summary.n[SC_DEPLOY_SEAT_OFF] == 0 || summary.n_online > 0 || sc_deploy_plan_wakes (self->plan))
    return NULL;
  return _ ("Seats that are off cannot take it now: have them woken before, or plan it for later");
}

static void
refresh_deploy_button (ScDeployDialog *self)
{
  const gboolean planned = sc_deploy_dialog_is_planned (self), back = sc_deploy_plan_is_rolling_back (self->plan);
  gboolean deploying = sc_deployer_is_deploying (self->deployer) || self->planning;
  gboolean possible = planned
                          ? sc_deploy_dialog_can_plan (self)
                          : sc_deploy_plan_can_deploy (self->plan) && sc_deployer_get_error (self->deployer) == NULL;

  if (sc_deploy_dialog_takes_version (self))
    possible = possible && sc_template_chooser_is_complete (self->templates);
  gtk_button_set_label (self->deploy_button, planned && sc_deploy_dialog_begins_now (self) ? _ ("_Plan and deploy")
                                             : planned                                     ? _ ("_Plan")
                                             : back                                        ? _ ("_Roll back")
                                                                                           : _ ("_Deploy version"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->deploy_button), possible && !deploying);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->deploy_button), possible ? NULL : why_not_now (self, planned));
  gtk_widget_set_sensitive (GTK_WIDGET (self->columns), !deploying);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), deploying);
  g_object_set (self->spinner, "active", deploying, NULL);
}

void
sc_deploy_dialog_refresh (ScDeployDialog *self)
{
  if (self->refreshing)
    return;
  self->refreshing = TRUE;
  refresh_version (self);
  sc_deploy_dialog_refresh_templates (self);
  gtk_widget_set_sensitive (GTK_WIDGET (self->version), sc_deploy_dialog_takes_version (self));
  gtk_widget_set_sensitive (GTK_WIDGET (self->templates), sc_deploy_dialog_takes_version (self));
  sc_deploy_dialog_refresh_when (self);
  sc_target_chooser_refresh (self->target);
  sc_deploy_table_refresh (self->table);
  refresh_outlook (self);
  refresh_deploy_button (self);
  self->refreshing = FALSE;
}

static void
on_deployer_changed (ScDeployDialog *self)
{
  sc_deploy_plan_set_session (self->plan, sc_deployer_get_session (self->deployer));
}

/* choosing */

static void
on_version_picked (ScVersionChooser *chooser, guint64 version, ScDeployDialog *self)
{
  sc_deploy_plan_pick_version (self->plan, version);
}

static void
on_versions_changed (ScDeployDialog *self)
{
  ScVersionItem *newest = sc_item_list_at (sc_console_get_versions (self->console), 0);

  if (newest != NULL && sc_deploy_plan_get_version (self->plan) == 0 && !sc_deploy_plan_is_rolling_back (self->plan))
    sc_deploy_plan_pick_version (self->plan, sc_version_item_get_info (newest)->number);
}

static void
on_rate_changed (ScDeployDialog *self)
{
  gboolean own = gtk_toggle_button_get_active (self->rate_own);
  gboolean free = gtk_toggle_button_get_active (self->rate_free);

  sc_deploy_plan_set_rate_cap (self->plan, own || free,
                               own ? (guint64) (gtk_spin_button_get_value (self->rate) * MBIT) : 0);
}

/* To type a rate is to choose it. */
static void
on_rate_value_changed (ScDeployDialog *self)
{
  if (gtk_toggle_button_get_active (self->rate_own))
    on_rate_changed (self);
  else
    gtk_toggle_button_set_active (self->rate_own, TRUE);
}

static void
refresh_default_rate (ScDeployDialog *self)
{
  ScJson *settings = sc_console_get_settings (self->console);
  guint64 rate = settings != NULL ? sc_item_number_of (settings, "rate_cap_bits_per_second") : 0;
  g_autofree char *text = rate > 0 ? sc_words_rate (rate) : g_strdup (_ ("as fast as the seats take it"));
  g_autofree char *label = settings != NULL ? g_strdup_printf (_ ("De_fault: %s"), text) : g_strdup (_ ("De_fault"));

  gtk_button_set_label (GTK_BUTTON (self->rate_default), label);
  if (rate == 0 || gtk_toggle_button_get_active (self->rate_own))
    return;
  g_signal_handlers_block_by_func (self->rate, on_rate_value_changed, self);
  gtk_spin_button_set_value (self->rate, (double) rate / MBIT);
  g_signal_handlers_unblock_by_func (self->rate, on_rate_value_changed, self);
}

/* deploying */

static void
on_deploy (ScDeployDialog *self)
{
  g_autoptr (ScJson) body = NULL;

  gtk_spin_button_update (self->rate); /* what was typed, too */
  if (sc_deploy_dialog_is_planned (self)) {
    sc_deploy_dialog_plan (self);
    return;
  }
  body = sc_deploy_plan_to_body (self->plan, FALSE);
  gtk_info_bar_set_revealed (self->info_bar, FALSE);
  sc_deployer_deploy (self->deployer, sc_deploy_plan_get_path (self->plan), body);
}

static void
on_started (ScDeployer *deployer, guint64 session, ScDeployDialog *self)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  if (parent != NULL)
    sc_navigate (GTK_WIDGET (parent), "show-session", g_variant_new_uint64 (session));
  gtk_widget_destroy (GTK_WIDGET (self));
}

void
sc_deploy_dialog_show_refusal (ScDeployDialog *self, const GError *error)
{
  g_autofree char *text = g_strdup_printf (
      sc_deploy_plan_is_rolling_back (self->plan) ? _ ("Not rolled back: %s") : _ ("Not deployed: %s"), error->message);

  gtk_label_set_text (self->info_label, text);
  gtk_info_bar_set_revealed (self->info_bar, TRUE);
  ask (self, 0, FALSE);
}

static void
on_refused (ScDeployer *deployer, const GError *error, ScDeployDialog *self)
{
  sc_deploy_dialog_show_refusal (self, error);
}

static void
on_info_bar_response (GtkInfoBar *bar, int response, ScDeployDialog *self)
{
  gtk_info_bar_set_revealed (bar, FALSE);
}

static void
on_cancel (ScDeployDialog *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

/* layout */

static void
set_narrow (ScDeployDialog *self, gboolean narrow)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->columns),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->separator),
                                  narrow ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
  gtk_scrolled_window_set_policy (self->outer, GTK_POLICY_EXTERNAL, narrow ? GTK_POLICY_AUTOMATIC : GTK_POLICY_NEVER);
  gtk_scrolled_window_set_policy (self->choices, GTK_POLICY_NEVER, narrow ? GTK_POLICY_NEVER : GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (GTK_WIDGET (self->table), -1, narrow ? TABLE_HEIGHT : -1);
}

static gboolean
is_narrow (ScDeployDialog *self)
{
  return gtk_orientable_get_orientation (GTK_ORIENTABLE (self->columns)) == GTK_ORIENTATION_VERTICAL;
}

static gboolean
on_turn (gpointer data)
{
  ScDeployDialog *self = data;

  self->turn_source = 0;
  set_narrow (self, !is_narrow (self));
  return G_SOURCE_REMOVE;
}

/* The layout cannot be changed while it is made. */
static void
on_size_allocate (GtkWidget *outer, GdkRectangle *allocation, ScDeployDialog *self)
{
  if (self->turn_source == 0 && is_narrow (self) != (allocation->width < NARROW_WIDTH))
    self->turn_source = g_idle_add_full (GTK_PRIORITY_RESIZE, on_turn, self, NULL);
}

static void
bind_children (GtkWidgetClass *class)
{
  gtk_widget_class_bind_template_child (class, ScDeployDialog, header);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, deploy_button);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, spinner);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, info_bar);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, info_label);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, outer);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, choices);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, columns);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, separator);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, version);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, target);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, templates);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, when);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, when_text);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, rate_default);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, rate_own);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, rate_free);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, rate);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, headline);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, detail);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, progress);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, again_button);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, counts);
  gtk_widget_class_bind_template_child (class, ScDeployDialog, table);
}

static void
sc_deploy_dialog_finalize (GObject *object)
{
  g_object_unref (SC_DEPLOY_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (sc_deploy_dialog_parent_class)->finalize (object);
}

static void
sc_deploy_dialog_class_init (ScDeployDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GtkBindingSet *bindings = gtk_binding_set_by_class (class);

  G_OBJECT_CLASS (class)->dispose = sc_deploy_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_deploy_dialog_finalize;
  g_type_ensure (SC_TYPE_VERSION_CHOOSER);
  g_type_ensure (SC_TYPE_TARGET_CHOOSER);
  g_type_ensure (SC_TYPE_DEPLOY_TABLE);
  g_type_ensure (SC_TYPE_TEMPLATE_CHOOSER);
  g_type_ensure (SC_TYPE_WHEN_CHOOSER);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-deploy-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_deploy);
  gtk_widget_class_bind_template_callback (widget_class, on_again);
  gtk_widget_class_bind_template_callback (widget_class, on_info_bar_response);
  gtk_widget_class_bind_template_callback (widget_class, on_size_allocate);
  gtk_widget_class_bind_template_callback (widget_class, on_version_picked);
  gtk_widget_class_bind_template_callback_full (widget_class, "on_templates_changed",
                                                G_CALLBACK (sc_deploy_dialog_on_templates_changed));
  gtk_widget_class_bind_template_callback_full (widget_class, "on_when_changed",
                                                G_CALLBACK (sc_deploy_dialog_on_when_changed));
  gtk_widget_class_bind_template_callback (widget_class, on_rate_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_rate_value_changed);
  g_signal_new_class_handler ("cancel", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION,
                              G_CALLBACK (on_cancel), NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_binding_entry_add_signal (bindings, GDK_KEY_Escape, 0, "cancel", 0);
}

static GtkLabel *
add_count (ScDeployDialog *self, const char *icon_name, const char *style_class)
{
  GtkWidget *child = gtk_flow_box_child_new ();
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *icon = gtk_image_new_from_icon_name (icon_name, GTK_ICON_SIZE_MENU);
  GtkWidget *label = gtk_label_new ("");

  sc_style_set_class (icon, style_class, TRUE);
  gtk_container_add (GTK_CONTAINER (line), icon);
  gtk_container_add (GTK_CONTAINER (line), label);
  gtk_container_add (GTK_CONTAINER (child), line);
  gtk_widget_set_can_focus (child, FALSE);
  gtk_widget_show_all (line);
  gtk_container_add (GTK_CONTAINER (self->counts), child);
  return GTK_LABEL (label);
}

static void
sc_deploy_dialog_init (ScDeployDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  sc_style_set_class (GTK_WIDGET (self), "deploydialog", TRUE);
  gtk_window_set_default (GTK_WINDOW (self), GTK_WIDGET (self->deploy_button));
  for (guint i = 0; i < G_N_ELEMENTS (counted); i++)
    self->count_labels[i] = add_count (self, sc_deploy_words_icon (counted[i]), sc_deploy_words_class (counted[i]));
  self->count_labels[G_N_ELEMENTS (counted)] =
      add_count (self, sc_words_condition_icon (SC_CONDITION_BUSY), sc_words_condition_class (SC_CONDITION_BUSY));
}

static void
bind_model (ScDeployDialog *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  self->plan = sc_deploy_plan_new (sc_console_get_seats (console));
  self->deployer = sc_deployer_new (console);
  sc_version_chooser_bind (self->version, sc_console_get_versions (console));
  sc_target_chooser_bind (self->target, console, self->plan);
  sc_deploy_table_bind (self->table, self->plan);
  g_signal_connect_swapped (self->plan, "request-changed", G_CALLBACK (on_request_changed), self);
  g_signal_connect_swapped (self->plan, "seats-changed", G_CALLBACK (on_seats_changed), self);
  g_signal_connect_swapped (self->plan, "changed", G_CALLBACK (sc_deploy_dialog_refresh), self);
  g_signal_connect_swapped (self->deployer, "changed", G_CALLBACK (on_deployer_changed), self);
  g_signal_connect (self->deployer, "started", G_CALLBACK (on_started), self);
  g_signal_connect (self->deployer, "refused", G_CALLBACK (on_refused), self);
  g_signal_connect_swapped (console, "state-changed", G_CALLBACK (on_console_state_changed), self);
  g_signal_connect_swapped (console, "settings-changed", G_CALLBACK (refresh_default_rate), self);
  g_signal_connect (console, "session-ended", G_CALLBACK (on_session_ended), self);
  g_signal_connect_swapped (console, "forgotten", G_CALLBACK (gtk_widget_destroy), self);
  g_signal_connect_swapped (sc_console_get_versions (console), "items-changed", G_CALLBACK (on_versions_changed), self);
  g_signal_connect_object (sc_console_get_rooms (console), "item-changed", G_CALLBACK (sc_deploy_dialog_refresh_when),
                           self, G_CONNECT_SWAPPED);
  refresh_default_rate (self);
  on_versions_changed (self);
  sc_deploy_dialog_refresh (self);
}

/* As large as fits over its parent, and no larger than one can look at. */
static void
set_size (ScDeployDialog *self, GtkWindow *parent)
{
  int width = 1100, height = 760;

  if (parent != NULL)
    gtk_window_get_size (parent, &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (self), CLAMP (width - 40, 860, 1100), CLAMP (height - 92, 500, 760));
}

GtkWidget *
sc_deploy_dialog_new (ScConsole *console, GtkWindow *parent)
{
  ScDeployDialog *self = g_object_new (SC_TYPE_DEPLOY_DIALOG, "transient-for", parent, NULL);

  set_size (self, parent);
  bind_model (self, console);
  return GTK_WIDGET (self);
}

void
sc_deploy_dialog_set_request (ScDeployDialog *self, gboolean roll_back, guint64 version, const char *room,
                              const char *const *seat_ids)
{
  const char *title = roll_back ? _ ("Roll back") : _ ("Deploy version");

  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_header_bar_set_title (self->header, title);
  sc_deploy_plan_set_rolling_back (self->plan, roll_back);
  sc_deploy_plan_pick_version (self->plan, version);
  on_versions_changed (self);
  for (gsize i = 0; seat_ids != NULL && seat_ids[i] != NULL; i++)
    sc_deploy_plan_set_seat (self->plan, seat_ids[i], TRUE);
  if (room != NULL && *room != '\0')
    sc_deploy_plan_set_room (self->plan, room, TRUE);
  if (seat_ids != NULL && seat_ids[0] != NULL)
    sc_deploy_plan_set_target (self->plan, SC_DEPLOY_TO_SEATS);
  else if (room != NULL && *room != '\0')
    sc_deploy_plan_set_target (self->plan, SC_DEPLOY_TO_ROOMS);
  gtk_widget_grab_focus (GTK_WIDGET (self->version));
}
