/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-room-dialog.h"

#include "console/client/sc-client.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/planning/sc-assign-dialog.h"
#include "console/gui/planning/sc-day-toggles.h"
#include "console/gui/planning/sc-time-spin.h"
#include "console/gui/sc-combo.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/settings/sc-save-status.h"
#include "console/gui/words/sc-plan-words.h"

#include <glib/gi18n-lib.h>

#define MBIT 1000000.0
#define DEFAULT_FROM (18 * 60) /* of a room that has no window yet: the night */
#define DEFAULT_TO (6 * 60)
#define DEFAULT_DAYS 0x1f /* Monday to Friday */
#define DEFAULT_DEADLINE 72

struct _ScRoomDialog {
  GtkWindow parent;
  ScConsole *console;
  ScRoomItem *room;
  GCancellable *cancellable;
  gboolean filling; /* the dialog itself changes what is shown */
  ScJson *before;   /* the policy as the dialog showed it first */
  GtkHeaderBar *header;
  GtkWidget *save, *assign, *unassign, *policy, *window_box, *error_bar;
  GtkLabel *assigned, *assigned_note, *sentence, *opens, *error;
  GtkToggleButton *any_time, *in_window, *own_rate, *remind, *wake, *power_off;
  ScDayToggles *days;
  ScTimeSpin *from, *to;
  GtkComboBoxText *zone, *late;
  GtkSpinButton *rate, *deadline;
  GtkEntry *wake_address, *wake_destination, *cache;
  ScSaveStatus *assign_status, *status;
};

G_DEFINE_FINAL_TYPE (ScRoomDialog, sc_room_dialog, GTK_TYPE_WINDOW)

static GtkEntry *
zone_entry (ScRoomDialog *self)
{
  return GTK_ENTRY (gtk_bin_get_child (GTK_BIN (self->zone)));
}

/* what is shown, as a window; its zone belongs to the entry */
static void
read_window (ScRoomDialog *self, ScRoomWindow *window)
{
  *window = (ScRoomWindow){
    .days = sc_day_toggles_get_days (self->days),
    .from = sc_time_spin_get_minute (self->from),
    .to = sc_time_spin_get_minute (self->to),
    .zone = gtk_entry_get_text (zone_entry (self)),
  };
}

static gboolean
is_saved_window (ScRoomDialog *self, const ScRoomWindow *window)
{
  const ScRoomWindow *saved = &sc_room_item_get_info (self->room)->window;

  return saved->days == window->days && saved->from == window->from && saved->to == window->to &&
         g_str_equal (saved->zone, window->zone);
}

/* When the window opens next: as the engine says it, or, of one that was not saved yet, as far as it is known here. */
static char *
describe_opening (ScRoomDialog *self, const ScRoomWindow *window)
{
  const gint64 now = g_get_real_time ();
  gint64 next = 0;
  g_autofree char *state = NULL, *at = NULL;

  if (is_saved_window (self, window)) {
    state = sc_plan_words_window_state (&sc_room_item_get_info (self->room)->window, now);
    /* Translators: “open until 06:00”, “opens today 18:00” */
    return *state != '\0' ? g_strdup_printf (_ ("By your clock: %s"), state) : g_strdup ("");
  }
  if (*window->zone == '\0' && !sc_me_is_local (self->console))
    return g_strdup (""); /* the console's zone is not known here */
  next = sc_plan_window_next_opening (window, now);
  at = sc_plan_words_time (next, now);
  return next != 0 ? g_strdup_printf (_ ("Opens next, by your clock: %s"), at) : g_strdup ("");
}

/* Of the two times, that which cannot be read. (nullable) */
static ScTimeSpin *
find_unreadable (ScRoomDialog *self)
{
  if (!gtk_toggle_button_get_active (self->in_window))
    return NULL;
  return !sc_time_spin_is_valid (self->from) ? self->from : !sc_time_spin_is_valid (self->to) ? self->to : NULL;
}

/* (transfer full) */
static char *
describe_unreadable (ScTimeSpin *time)
{
  return g_strdup_printf (_ ("“%s” is not a time of the day; write it as HH:MM, as in 18:30."),
                          gtk_entry_get_text (GTK_ENTRY (time)));
}

static void
show_sentence (ScRoomDialog *self)
{
  ScTimeSpin *unreadable = find_unreadable (self);
  g_autofree char *sentence = NULL, *opens = NULL;
  ScRoomWindow window;

  read_window (self, &window);
  sentence = unreadable != NULL ? describe_unreadable (unreadable) : sc_plan_words_window_sentence (&window);
  opens = unreadable != NULL ? g_strdup ("") : describe_opening (self, &window);
  sc_label_set (self->sentence, sentence);
  sc_label_set (self->opens, opens);
  gtk_widget_set_visible (GTK_WIDGET (self->opens), *opens != '\0');
}

static void
update_sensitivity (ScRoomDialog *self)
{
  const gboolean may = sc_me_may (self->console, SC_MAY_OPERATE);
  const char *why_not = sc_me_why_not (self->console, SC_MAY_OPERATE);
  const gboolean window = gtk_toggle_button_get_active (self->in_window);
  const ScRoomInfo *info = sc_room_item_get_info (self->room);

  gtk_widget_set_sensitive (self->policy, may);
  gtk_widget_set_sensitive (self->window_box, window);
  gtk_widget_set_sensitive (GTK_WIDGET (self->rate), gtk_toggle_button_get_active (self->own_rate));
  gtk_widget_set_sensitive (GTK_WIDGET (self->deadline), gtk_toggle_button_get_active (self->remind));
  gtk_widget_set_sensitive (self->save, may && (!window || sc_day_toggles_get_days (self->days) != 0));
  gtk_widget_set_tooltip_text (self->save, why_not);
  gtk_widget_set_sensitive (self->assign, may && sc_item_list_get_length (sc_console_get_versions (self->console)) > 0);
  gtk_widget_set_tooltip_text (self->assign, why_not);
  gtk_widget_set_visible (self->unassign, info->version != 0);
  gtk_widget_set_sensitive (self->unassign, may);
  gtk_widget_set_tooltip_text (self->unassign, why_not);
}

static void
on_changed (ScRoomDialog *self)
{
  if (self->filling)
    return;
  sc_save_status_clear (self->status);
  gtk_widget_hide (self->error_bar);
  show_sentence (self);
  update_sensitivity (self);
}

/* what is assigned */

static void
show_assignment (ScRoomDialog *self)
{
  const ScRoomInfo *info = sc_room_item_get_info (self->room);
  g_autofree char *selection = sc_plan_words_selection (info->version, info->templates);
  GString *note = g_string_new (NULL);
  g_autofree char *text = NULL;

  if (info->due > 0)
    g_string_append_printf (
        note,
        g_dngettext (GETTEXT_PACKAGE, "%u seat waits for its session", "%u seats wait for their session", info->due),
        info->due);
  if (info->pinned > 0)
    g_string_append_printf (g_string_append (note, note->len > 0 ? "; " : ""),
                            g_dngettext (GETTEXT_PACKAGE, "%u seat is pinned to something else",
                                         "%u seats are pinned to something else", info->pinned),
                            info->pinned);
  text = g_string_free (note, FALSE);
  sc_label_set (self->assigned, selection);
  sc_label_set (self->assigned_note, text);
  gtk_widget_set_visible (GTK_WIDGET (self->assigned_note), *text != '\0');
}

static void
on_room_changed (ScRoomDialog *self)
{
  show_assignment (self);
  show_sentence (self);
  update_sensitivity (self);
}

static void
on_assign_clicked (ScRoomDialog *self)
{
  GtkWidget *dialog =
      sc_assign_dialog_new_for_room (self->console, GTK_WINDOW (self), sc_room_item_get_name (self->room));

  gtk_window_present (GTK_WINDOW (dialog));
}

/* saving */

static void
on_unassigned (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScRoomDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (answer == NULL) {
    sc_save_status_show_error (self->assign_status, error);
    return;
  }
  sc_item_list_put (sc_console_get_rooms (self->console), answer);
  sc_save_status_show_saved (self->assign_status);
}

static void
on_unassign_clicked (ScRoomDialog *self)
{
  g_autofree char *path = sc_client_path ("/v1/rooms/", sc_room_item_get_name (self->room), "/assign-version", NULL);
  g_autoptr (ScJson) body = json_pack ("{s:i}", "version", 0);

  sc_save_status_show_saving (self->assign_status);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_unassigned, g_object_ref (self));
}

/* At the top of the dialog, where it is seen however far down the cause is. */
static void
show_error (ScRoomDialog *self, const char *message)
{
  g_autofree char *text = g_strdup_printf (_ ("Not saved: %s"), message);

  sc_save_status_clear (self->status);
  sc_label_set (self->error, text);
  gtk_widget_show (self->error_bar);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->error_bar), TRUE);
  atk_object_set_role (gtk_widget_get_accessible (self->error_bar), ATK_ROLE_ALERT);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScRoomDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (answer == NULL) {
    show_error (self, error->message);
    gtk_widget_set_sensitive (self->save, TRUE);
    return;
  }
  sc_item_list_put (sc_console_get_rooms (self->console), answer);
  gtk_widget_destroy (GTK_WIDGET (self));
}

static void
set_text (ScJson *body, const char *key, GtkEntry *entry)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_entry_get_text (entry)));

  json_object_set_new (body, key, json_string (text));
}

static ScJson *
make_window (ScRoomDialog *self)
{
  g_autofree char *from = sc_minute_to_text (sc_time_spin_get_minute (self->from));
  g_autofree char *to = sc_minute_to_text (sc_time_spin_get_minute (self->to));
  ScJson *window = NULL;

  if (!gtk_toggle_button_get_active (self->in_window))
    return json_null ();
  window = json_pack ("{s:o, s:s, s:s}", "days", sc_days_to_json (sc_day_toggles_get_days (self->days)), "from", from,
                      "to", to);
  set_text (window, "zone", zone_entry (self));
  return window;
}

/* The whole policy, as it is shown. (transfer full) */
static ScJson *
read_policy (ScRoomDialog *self)
{
  ScJson *body = json_object ();
  double rate = 0;

  gtk_spin_button_update (self->rate); /* what was typed, too */
  gtk_spin_button_update (self->deadline);
  rate = gtk_toggle_button_get_active (self->own_rate) ? gtk_spin_button_get_value (self->rate) * MBIT : 0;
  json_object_set_new (body, "window", make_window (self));
  json_object_set_new (body, "rate_cap_bits_per_second", json_integer ((json_int_t) rate));
  json_object_set_new (body, "late", json_string (gtk_combo_box_get_active_id (GTK_COMBO_BOX (self->late))));
  json_object_set_new (body, "wake", json_boolean (gtk_toggle_button_get_active (self->wake)));
  json_object_set_new (body, "power_off", json_boolean (gtk_toggle_button_get_active (self->power_off)));
  json_object_set_new (body, "busy_deadline_hours",
                       json_integer (gtk_toggle_button_get_active (self->remind)
                                         ? gtk_spin_button_get_value_as_int (self->deadline)
                                         : 0));
  set_text (body, "wake_address", self->wake_address);
  set_text (body, "wake_destination", self->wake_destination);
  set_text (body, "cache", self->cache);
  return body;
}

/* What was changed in this dialog: the rest may have been changed elsewhere meanwhile, and stays. (transfer full) */
static ScJson *
read_changes (ScRoomDialog *self)
{
  ScJson *body = read_policy (self), *value = NULL;
  const char *key = NULL;
  void *next = NULL;

  json_object_foreach_safe (body, next, key, value)
  {
    if (json_equal (value, json_object_get (self->before, key)))
      json_object_del (body, key);
  }
  return body;
}

/* Whether both times can be read; the one that cannot gets the focus, and keeps what was typed. */
static gboolean
check_times (ScRoomDialog *self)
{
  ScTimeSpin *unreadable = find_unreadable (self);
  g_autofree char *text = unreadable != NULL ? describe_unreadable (unreadable) : NULL;

  if (unreadable == NULL)
    return TRUE;
  show_error (self, text);
  gtk_widget_grab_focus (GTK_WIDGET (unreadable));
  return FALSE;
}

static void
on_save_clicked (ScRoomDialog *self)
{
  g_autofree char *path = sc_client_path ("/v1/rooms/", sc_room_item_get_name (self->room), "/policy", NULL);
  g_autoptr (ScJson) body = NULL;

  if (!check_times (self))
    return;
  body = read_changes (self);
  if (json_object_size (body) == 0) {
    gtk_widget_destroy (GTK_WIDGET (self));
    return;
  }
  gtk_widget_hide (self->error_bar);
  sc_save_status_show_saving (self->status);
  gtk_widget_set_sensitive (self->save, FALSE);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_saved, g_object_ref (self));
}

/* opening */

static void
add_zone (ScRoomDialog *self, const char *zone, GHashTable *known)
{
  if (*zone != '\0' && g_hash_table_add (known, g_strdup (zone)))
    gtk_combo_box_text_append_text (self->zone, zone);
}

/* This machine's, and those that other rooms have. */
static void
offer_zones (ScRoomDialog *self)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GTimeZone) local = g_time_zone_new_local ();
  const char *identifier = g_time_zone_get_identifier (local);
  ScItemList *rooms = sc_console_get_rooms (self->console);

  if (strchr (identifier, '/') != NULL && *identifier != '/') /* a name, and no file or rule */
    add_zone (self, identifier, known);
  for (guint i = 0; i < sc_item_list_get_length (rooms); i++)
    add_zone (self, sc_room_item_get_info (sc_item_list_at (rooms, i))->window.zone, known);
  add_zone (self, "UTC", known);
  gtk_entry_set_placeholder_text (zone_entry (self), _ ("The console’s"));
  gtk_entry_set_width_chars (zone_entry (self), 14);
  gtk_entry_set_max_length (zone_entry (self), 64);
  sc_combo_set_name (GTK_COMBO_BOX (self->zone), _ ("Time zone"));
}

static void
fill_window (ScRoomDialog *self, const ScRoomWindow *window)
{
  const gboolean set = window->days != 0;

  gtk_toggle_button_set_active (set ? self->in_window : self->any_time, TRUE);
  sc_day_toggles_set_days (self->days, set ? window->days : DEFAULT_DAYS);
  sc_time_spin_set_minute (self->from, set ? window->from : DEFAULT_FROM);
  sc_time_spin_set_minute (self->to, set ? window->to : DEFAULT_TO);
  gtk_entry_set_text (zone_entry (self), set ? window->zone : "");
}

static void
fill (ScRoomDialog *self)
{
  static const char *const policies[] = { "catch-up", "gather", "ask" };
  const ScRoomInfo *info = sc_room_item_get_info (self->room);
  ScJson *settings = sc_console_get_settings (self->console);
  const guint64 common = settings != NULL ? sc_item_number_of (settings, "rate_cap_bits_per_second") : 0;

  self->filling = TRUE;
  offer_zones (self);
  fill_window (self, &info->window);
  for (gsize i = 0; i < G_N_ELEMENTS (policies); i++)
    gtk_combo_box_text_append (self->late, policies[i], sc_plan_words_late (policies[i]));
  sc_combo_set_name (GTK_COMBO_BOX (self->late), _ ("Seats that come late"));
  gtk_combo_box_set_active_id (GTK_COMBO_BOX (self->late), *info->late != '\0' ? info->late : policies[0]);
  gtk_toggle_button_set_active (self->own_rate, info->rate_cap != 0);
  if (info->rate_cap != 0 || common != 0)
    gtk_spin_button_set_value (self->rate, (double) (info->rate_cap != 0 ? info->rate_cap : common) / MBIT);
  gtk_toggle_button_set_active (self->remind, info->busy_deadline != 0);
  gtk_spin_button_set_value (self->deadline, info->busy_deadline != 0 ? info->busy_deadline : DEFAULT_DEADLINE);
  gtk_toggle_button_set_active (self->wake, info->wake);
  gtk_toggle_button_set_active (self->power_off, info->power_off);
  gtk_entry_set_text (self->wake_address, info->wake_address);
  gtk_entry_set_text (self->wake_destination, info->wake_destination);
  gtk_entry_set_text (self->cache, info->cache);
  self->before = read_policy (self);
  self->filling = FALSE;
}

static gboolean
on_key_press (GtkWidget *widget, GdkEventKey *event)
{
  if (GTK_WIDGET_CLASS (sc_room_dialog_parent_class)->key_press_event (widget, event))
    return GDK_EVENT_STOP;
  if (event->keyval != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  gtk_window_close (GTK_WINDOW (widget));
  return GDK_EVENT_STOP;
}

static void
on_rooms_changed (ScRoomDialog *self)
{
  ScItemList *rooms = sc_console_get_rooms (self->console);

  if (sc_item_list_find (rooms, sc_room_item_get_name (self->room)) != (gpointer) self->room)
    gtk_widget_destroy (GTK_WIDGET (self));
}

static void
sc_room_dialog_dispose (GObject *object)
{
  ScRoomDialog *self = SC_ROOM_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->room);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_room_dialog_parent_class)->dispose (object);
}

static void
sc_room_dialog_finalize (GObject *object)
{
  g_object_unref (SC_ROOM_DIALOG (object)->cancellable);
  g_clear_pointer (&SC_ROOM_DIALOG (object)->before, json_decref);
  G_OBJECT_CLASS (sc_room_dialog_parent_class)->finalize (object);
}

#define bind(child) gtk_widget_class_bind_template_child (widget_class, ScRoomDialog, child)

static void
bind_children (GtkWidgetClass *widget_class)
{
  bind (header);
  bind (save);
  bind (assign);
  bind (unassign);
  bind (policy);
  bind (window_box);
  bind (assigned);
  bind (assigned_note);
  bind (sentence);
  bind (opens);
  bind (any_time);
  bind (in_window);
  bind (own_rate);
  bind (remind);
  bind (wake);
  bind (power_off);
  bind (days);
  bind (from);
  bind (to);
  bind (zone);
  bind (late);
  bind (rate);
  bind (deadline);
  bind (wake_address);
  bind (wake_destination);
  bind (cache);
  bind (error_bar);
  bind (error);
  bind (assign_status);
  bind (status);
}

static void
sc_room_dialog_class_init (ScRoomDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_room_dialog_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_room_dialog_finalize;
  widget_class->key_press_event = on_key_press;
  g_type_ensure (SC_TYPE_DAY_TOGGLES);
  g_type_ensure (SC_TYPE_TIME_SPIN);
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_css_name (widget_class, "roomdialog");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-room-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, gtk_window_close);
  gtk_widget_class_bind_template_callback (widget_class, on_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_save_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_assign_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_unassign_clicked);
}

static void
sc_room_dialog_init (ScRoomDialog *self)
{
  self->cancellable = g_cancellable_new ();
  self->filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->filling = FALSE;
  gtk_widget_grab_default (self->save);
}

static void
set_size (ScRoomDialog *self, GtkWindow *parent)
{
  int width = 640, height = 800;

  if (parent != NULL)
    gtk_window_get_size (parent, &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (self), CLAMP (width - 40, 480, 640), CLAMP (height - 60, 420, 860));
}

GtkWidget *
sc_room_dialog_new (ScConsole *console, GtkWindow *parent, const char *room)
{
  ScRoomDialog *self = g_object_new (SC_TYPE_ROOM_DIALOG, "transient-for", parent, NULL);
  ScRoomItem *item = sc_item_list_find (sc_console_get_rooms (console), room);

  g_return_val_if_fail (item != NULL, GTK_WIDGET (self));
  self->console = g_object_ref (console);
  self->room = g_object_ref (item);
  gtk_window_set_title (GTK_WINDOW (self), room);
  gtk_header_bar_set_title (self->header, room);
  set_size (self, parent);
  fill (self);
  g_signal_connect_object (item, "changed", G_CALLBACK (on_room_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sc_console_get_rooms (console), "items-changed", G_CALLBACK (on_rooms_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update_sensitivity), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "forgotten", G_CALLBACK (gtk_widget_destroy), self, G_CONNECT_SWAPPED);
  on_room_changed (self);
  return GTK_WIDGET (self);
}
