/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-session-row.h"

#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-style.h"
#include "console/gui/words/sc-plan-words.h"
#include "console/gui/words/sc-session-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScSessionRow {
  GtkListBoxRow parent;
  ScSessionItem *session;
  ScSessionRowPart part;
  const char *style_class; /* (nullable): of the state's icon and word */
  GtkImage *icon;
  GtkLabel *title, *state, *when, *seats, *wire;
  GtkProgressBar *progress;
};

G_DEFINE_FINAL_TYPE (ScSessionRow, sc_session_row, GTK_TYPE_LIST_BOX_ROW)

static void
set_class (ScSessionRow *self, const char *style_class)
{
  if (g_strcmp0 (style_class, self->style_class) == 0)
    return;
  sc_style_swap_class (GTK_WIDGET (self->icon), self->style_class, style_class);
  sc_style_swap_class (GTK_WIDGET (self->state), self->style_class, style_class);
  self->style_class = style_class;
}

static void
show_progress (ScSessionRow *self)
{
  double fraction = sc_session_item_get_progress (self->session);
  g_autofree char *percent = sc_words_percent (fraction);

  gtk_widget_set_visible (GTK_WIDGET (self->progress), self->part == SC_SESSION_ROW_RUNNING);
  gtk_progress_bar_set_fraction (self->progress, fraction);
  if (self->part == SC_SESSION_ROW_RUNNING)
    sc_label_set (self->wire, percent);
}

static void
show_past (ScSessionRow *self)
{
  const ScSessionInfo *info = sc_session_item_get_info (self->session);
  g_autofree char *size = sc_words_size (info->wire_bytes);
  /* Translators: on the wire: "33.1 GB sent" */
  g_autofree char *wire = g_strdup_printf (_ ("%s sent"), size);

  if (self->part == SC_SESSION_ROW_PAST)
    sc_label_set (self->wire, wire);
}

/* (transfer full): "Today 14:05", and once it is over how long it took */
static char *
describe_time (ScSessionItem *session)
{
  const ScSessionInfo *info = sc_session_item_get_info (session);
  g_autofree char *when = sc_words_time (info->created);
  g_autofree char *duration = NULL;

  if (info->ended <= info->created || info->created == 0)
    return g_steal_pointer (&when);
  duration = sc_words_duration (info->ended - info->created);
  /* Translators: when it began, how long it took: "Today 14:05, 13 min 5 s" */
  return g_strdup_printf (_ ("%s, %s"), when, duration);
}

static void
name_accessibly (ScSessionRow *self)
{
  g_autofree char *name = g_strdup_printf ("%s, %s, %s, %s, %s", gtk_label_get_text (self->title),
                                           gtk_label_get_text (self->state), gtk_label_get_text (self->when),
                                           gtk_label_get_text (self->seats), gtk_label_get_text (self->wire));
  AtkObject *accessible = gtk_widget_get_accessible (GTK_WIDGET (self));

  if (g_strcmp0 (atk_object_get_name (accessible), name) != 0)
    atk_object_set_name (accessible, name);
}

static void
update (ScSessionRow *self)
{
  const ScSessionInfo *info = sc_session_item_get_info (self->session);
  g_autofree char *title = sc_session_words_title (self->session);
  g_autofree char *suspended = sc_plan_words_suspended (info, g_get_real_time ());
  g_autofree char *when = info->suspended ? g_strdup ("") : describe_time (self->session);
  g_autofree char *seats = sc_session_words_tally (self->session);
  ScSessionRowPart part = sc_session_item_is_over (self->session) ? SC_SESSION_ROW_PAST : SC_SESSION_ROW_RUNNING;
  gboolean moved = part != self->part;

  self->part = part;
  gtk_image_set_from_icon_name (self->icon, sc_session_words_icon (self->session), GTK_ICON_SIZE_MENU);
  sc_label_set (self->title, title);
  sc_label_set (self->state, info->suspended ? suspended : sc_words_session_state (info->state));
  set_class (self, sc_session_words_class (self->session));
  sc_label_set (self->when, when);
  sc_label_set (self->seats, seats);
  show_progress (self);
  show_past (self);
  name_accessibly (self);
  if (moved)
    gtk_list_box_row_changed (GTK_LIST_BOX_ROW (self));
}

static void
sc_session_row_dispose (GObject *object)
{
  ScSessionRow *self = SC_SESSION_ROW (object);

  if (self->session != NULL)
    g_signal_handlers_disconnect_by_data (self->session, self);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (sc_session_row_parent_class)->dispose (object);
}

static void
sc_session_row_class_init (ScSessionRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_session_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-session-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScSessionRow, icon);
  gtk_widget_class_bind_template_child (widget_class, ScSessionRow, title);
  gtk_widget_class_bind_template_child (widget_class, ScSessionRow, state);
  gtk_widget_class_bind_template_child (widget_class, ScSessionRow, when);
  gtk_widget_class_bind_template_child (widget_class, ScSessionRow, seats);
  gtk_widget_class_bind_template_child (widget_class, ScSessionRow, wire);
  gtk_widget_class_bind_template_child (widget_class, ScSessionRow, progress);
}

static void
sc_session_row_init (ScSessionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sc_session_row_new (ScSessionItem *session)
{
  ScSessionRow *self = g_object_new (SC_TYPE_SESSION_ROW, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_swapped (session, "changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}

ScSessionItem *
sc_session_row_get_session (ScSessionRow *self)
{
  return self->session;
}

ScSessionRowPart
sc_session_row_get_part (ScSessionRow *self)
{
  return self->part;
}
