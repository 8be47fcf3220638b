/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-actions.h"

#include "console/gui/model/sc-me.h"
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/model/sc-version-item.h"
#include "console/gui/planning/sc-assign-dialog.h"
#include "console/gui/rooms/sc-move-popover.h"
#include "console/gui/rooms/sc-seat-order.h"
#include "console/gui/rooms/sc-wake.h"
#include "console/gui/sc-navigate.h"

#include <glib/gi18n-lib.h>

struct _ScSeatActions {
  GtkBin parent;
  ScConsole *console;
  GPtrArray *seats; /* ScSeatItem */
  GCancellable *cancellable;
  GtkWidget *deploy, *roll_back, *catch_up, *verify, *stop_verifying, *pin, *unpin, *wake, *move, *revoke;
};

G_DEFINE_FINAL_TYPE (ScSeatActions, sc_seat_actions, GTK_TYPE_BIN)

static void
give_order (ScSeatActions *self, ScSeatOrder order)
{
  sc_seat_order_give (GTK_WIDGET (self), self->console, order, self->seats, self->cancellable);
}

static void
on_verify_clicked (ScSeatActions *self)
{
  give_order (self, SC_SEAT_ORDER_VERIFY);
}

static void
on_stop_verifying_clicked (ScSeatActions *self)
{
  give_order (self, SC_SEAT_ORDER_STOP_VERIFYING);
}

static void
on_revoke_clicked (ScSeatActions *self)
{
  give_order (self, SC_SEAT_ORDER_REVOKE);
}

static void
on_catch_up_clicked (ScSeatActions *self)
{
  give_order (self, SC_SEAT_ORDER_CATCH_UP);
}

static void
on_wake_clicked (ScSeatActions *self)
{
  sc_wake_seats (GTK_WIDGET (self), self->console, self->seats, self->cancellable);
}

static void
on_pin_clicked (ScSeatActions *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));

  gtk_window_present (GTK_WINDOW (sc_assign_dialog_new_for_seats (self->console, GTK_WINDOW (window), self->seats)));
}

static void
on_unpin_clicked (ScSeatActions *self)
{
  sc_unpin_seats (GTK_WIDGET (self), self->console, self->seats, self->cancellable);
}

/* The actions deploy and roll-back of the window: the user picks the version, the seats are these. */
static void
open_deploy (ScSeatActions *self, const char *action)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < self->seats->len; i++)
    g_variant_builder_add (&builder, "s", sc_item_get_key (self->seats->pdata[i]));
  sc_navigate (GTK_WIDGET (self), action, g_variant_new ("(tsas)", (guint64) 0, "", &builder));
}

static void
on_deploy_clicked (ScSeatActions *self)
{
  open_deploy (self, "deploy");
}

static void
on_roll_back_clicked (ScSeatActions *self)
{
  open_deploy (self, "roll-back");
}

static void
on_move_toggled (ScSeatActions *self)
{
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (self->move));

  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->move)))
    sc_move_popover_set_seats (SC_MOVE_POPOVER (popover), self->seats);
}

static void
sc_seat_actions_dispose (GObject *object)
{
  ScSeatActions *self = SC_SEAT_ACTIONS (object);

  g_cancellable_cancel (self->cancellable);
  if (self->console != NULL)
    g_signal_handlers_disconnect_by_data (self->console, self);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_seat_actions_parent_class)->dispose (object);
}

static void
sc_seat_actions_finalize (GObject *object)
{
  ScSeatActions *self = SC_SEAT_ACTIONS (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->seats);
  G_OBJECT_CLASS (sc_seat_actions_parent_class)->finalize (object);
}

static void
sc_seat_actions_class_init (ScSeatActionsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_seat_actions_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_seat_actions_finalize;
  gtk_widget_class_set_css_name (widget_class, "seatactions");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-seat-actions.ui");
  gtk_widget_class_bind_template_child (widget_class, ScSeatActions, deploy);
  gtk_widget_class_bind_template_child (widget_class, ScSeatActions, roll_back);
  gtk_widget_class_bind_template_child (widget_class, ScSeatActions, catch_up);
  gtk_widget_class_bind_template_child (widget_class, ScSeatActions, verify);
  gtk_widget_class_bind_template_child (widget_class, ScSeatActions, stop_verifying);
  gtk_widget_class_bind_template_child (widget_class, ScSeatActions, pin);
  gtk_widget_class_bind_template_child (widget_class, ScSeatActions, unpin);
  gtk_widget_class_bind_template_child (widget_class, ScSeatActions, wake);
  gtk_widget_class_bind_template_child (widget_class, ScSeatActions, move);
  gtk_widget_class_bind_template_child (widget_class, ScSeatActions, revoke);
  gtk_widget_class_bind_template_callback (widget_class, on_deploy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_roll_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_catch_up_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_revoke_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_verify_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_verifying_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_wake_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_pin_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_unpin_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_move_toggled);
}

static void
sc_seat_actions_init (ScSeatActions *self)
{
  self->cancellable = g_cancellable_new ();
  self->seats = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* @obstacle: (transfer full) (nullable): why it cannot work. @hint: (nullable): what it does, otherwise */
static void
allow (GtkWidget *button, char *obstacle, const char *hint)
{
  const char *tooltip = obstacle != NULL ? obstacle : hint;
  g_autofree char *before = gtk_widget_get_tooltip_text (button);

  gtk_widget_set_sensitive (button, obstacle == NULL);
  if (g_strcmp0 (before, tooltip) != 0)
    gtk_widget_set_tooltip_text (button, tooltip);
  g_free (obstacle);
}

/* What keeps everything from working. (transfer full) (nullable) */
static char *
connection_obstacle (ScSeatActions *self)
{
  if (sc_console_get_state (self->console) != SC_CONSOLE_CONNECTED)
    return g_strdup (_ ("The console is not connected"));
  return g_strdup (sc_me_why_not (self->console, SC_MAY_OPERATE));
}

/* When none of the seats can: why the first one cannot. */
static char *
order_obstacle (ScSeatActions *self, ScSeatOrder order)
{
  char *obstacle = connection_obstacle (self);
  g_autofree char *first = NULL;

  for (guint i = 0; obstacle == NULL && i < self->seats->len; i++) {
    g_autofree char *why = sc_seat_order_obstacle (order, self->seats->pdata[i]);

    if (why == NULL)
      return NULL;
    if (first == NULL)
      first = g_steal_pointer (&why);
  }
  if (obstacle != NULL || self->seats->len <= 1)
    return obstacle != NULL ? obstacle : g_steal_pointer (&first);
  return g_strdup_printf (_ ("None of the %u seats can do this now: %s …"), self->seats->len, first);
}

static gboolean
are_off (GPtrArray *seats)
{
  for (guint i = 0; i < seats->len; i++)
    if (sc_seat_item_get_info (seats->pdata[i])->online)
      return FALSE;
  return seats->len > 0;
}

/* Seats that are off are no obstacle: they can be woken, and a deploy can be planned. */
static char *
deploy_obstacle (ScSeatActions *self)
{
  char *obstacle = connection_obstacle (self);

  if (obstacle == NULL && sc_item_list_get_length (sc_console_get_versions (self->console)) == 0)
    return g_strdup (_ ("No version was published yet"));
  return obstacle;
}

static char *
roll_back_obstacle (ScSeatActions *self)
{
  char *obstacle = connection_obstacle (self);
  ScItemList *versions = sc_console_get_versions (self->console);
  guint n = sc_item_list_get_length (versions);
  guint64 newest = 0;

  if (obstacle != NULL)
    return obstacle;
  for (guint i = 0; i < self->seats->len; i++)
    newest = MAX (newest, sc_seat_item_get_info (self->seats->pdata[i])->assigned_version);
  if (n == 0 || sc_version_item_get_info (sc_item_list_at (versions, n - 1))->number >= newest)
    return g_strdup (_ ("There is no earlier version to go back to"));
  return NULL;
}

static gboolean
any_is_verifying (GPtrArray *seats)
{
  for (guint i = 0; i < seats->len; i++)
    if (sc_seat_item_get_info (seats->pdata[i])->transfer.state == SC_TRANSFER_VERIFYING)
      return TRUE;
  return FALSE;
}

/* One button follows the other into the same place; the focus goes along. */
static void
show_verify_or_stop (ScSeatActions *self)
{
  char *obstacle = order_obstacle (self, SC_SEAT_ORDER_VERIFY);
  gboolean stop = obstacle != NULL && any_is_verifying (self->seats);
  GtkWidget *now = stop ? self->stop_verifying : self->verify, *other = stop ? self->verify : self->stop_verifying;
  gboolean focus = gtk_widget_has_focus (other);

  gtk_widget_show (now);
  allow (self->verify, obstacle, _ ("Read all templates and compare them with what was deployed"));
  allow (self->stop_verifying, order_obstacle (self, SC_SEAT_ORDER_STOP_VERIFYING), NULL);
  if (focus)
    gtk_widget_grab_focus (now);
  gtk_widget_hide (other);
}

static char *
wake_obstacle (ScSeatActions *self)
{
  char *obstacle = connection_obstacle (self);

  for (guint i = 0; obstacle == NULL && i < self->seats->len; i++)
    if (!sc_seat_item_get_info (self->seats->pdata[i])->online)
      return NULL;
  if (obstacle != NULL || self->seats->len != 1)
    return obstacle != NULL ? obstacle : g_strdup (_ ("None of the seats is off"));
  return g_strdup_printf (_ ("%s is on"), sc_seat_item_get_info (self->seats->pdata[0])->name);
}

static char *
pin_obstacle (ScSeatActions *self)
{
  char *obstacle = connection_obstacle (self);

  if (obstacle == NULL && sc_item_list_get_length (sc_console_get_versions (self->console)) == 0)
    return g_strdup (_ ("No version was published yet"));
  return obstacle;
}

/* All of them are: then the pins can be taken off. */
static gboolean
are_pinned (GPtrArray *seats)
{
  for (guint i = 0; i < seats->len; i++)
    if (!sc_seat_item_get_info (seats->pdata[i])->pinned)
      return FALSE;
  return seats->len > 0;
}

/* One button follows the other into the same place; the focus goes along. */
static void
show_pin_or_unpin (ScSeatActions *self)
{
  const gboolean pinned = are_pinned (self->seats);
  GtkWidget *now = pinned ? self->unpin : self->pin, *other = pinned ? self->pin : self->unpin;
  const gboolean focus = gtk_widget_has_focus (other);

  gtk_widget_show (now);
  allow (self->pin, pin_obstacle (self), _ ("Keep a version here, whatever the room is assigned"));
  allow (self->unpin, connection_obstacle (self), _ ("Have again what the room is assigned"));
  if (focus)
    gtk_widget_grab_focus (now);
  gtk_widget_hide (other);
}

static void
update (ScSeatActions *self)
{
  if (self->console == NULL)
    return;
  allow (self->deploy, deploy_obstacle (self),
         are_off (self->seats) ? _ ("Plan a version for later, or wake what is off and bring it here")
                               : _ ("Choose a version and bring it here"));
  allow (self->roll_back, roll_back_obstacle (self), _ ("Go back to an earlier version"));
  allow (self->catch_up, order_obstacle (self, SC_SEAT_ORDER_CATCH_UP),
         _ ("Fetch what is missing of the assigned version, without a session"));
  show_verify_or_stop (self);
  show_pin_or_unpin (self);
  allow (self->wake, wake_obstacle (self), _ ("Switch on by a magic packet (Wake-on-LAN)"));
  allow (self->move, connection_obstacle (self), _ ("Choose the room"));
  allow (
      self->revoke, order_obstacle (self, SC_SEAT_ORDER_REVOKE),
      _ ("Revoke the certificate at once, also in a running session; the seat waits for approval when it comes back"));
}

void
sc_seat_actions_set_console (ScSeatActions *self, ScConsole *console)
{
  g_return_if_fail (self->console == NULL);
  self->console = g_object_ref (console);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->move), sc_move_popover_new (console));
  g_signal_connect_swapped (console, "state-changed", G_CALLBACK (update), self);
  g_signal_connect_object (sc_console_get_versions (console), "items-changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
}

void
sc_seat_actions_show (ScSeatActions *self, GPtrArray *seats)
{
  g_ptr_array_set_size (self->seats, 0);
  for (guint i = 0; i < seats->len; i++)
    g_ptr_array_add (self->seats, g_object_ref (seats->pdata[i]));
  update (self);
}
