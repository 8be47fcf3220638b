/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-counters.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

static const struct {
  const char *icon;        /* (nullable) */
  const char *style_class; /* (nullable): of the colour, as a condition's */
  gboolean always;         /* also when there is none */
} looks[SC_N_SEAT_COUNTERS] = {
  [SC_SEATS_ALL] = { "sc-seat-symbolic", NULL, TRUE },
  [SC_SEATS_ONLINE] = { "sc-online-symbolic", NULL, TRUE },
  [SC_SEATS_CURRENT] = { "sc-current-symbolic", "current", TRUE },
  [SC_SEATS_BEHIND] = { "sc-behind-symbolic", "behind", TRUE },
  [SC_SEATS_RUNNING] = { "sc-running-symbolic", "running", FALSE },
  [SC_SEATS_FAILED] = { "sc-failed-symbolic", "failed", TRUE },
  [SC_SEATS_DRIFTED] = { "sc-drifted-symbolic", "drifted", FALSE },
  [SC_SEATS_BUSY] = { "sc-busy-symbolic", "busy", FALSE },
  [SC_SEATS_LOW_SPACE] = { "sc-low-space-symbolic", "busy", FALSE },
  [SC_SEATS_UNSUITABLE_DISK] = { "sc-volume-symbolic", "failed", FALSE },
  [SC_SEATS_OFFLINE] = { "sc-offline-symbolic", "offline", FALSE },
};

#define PADDING_GAINED 6 /* pixels: what a button is narrower by, as style.css says */

typedef struct {
  GtkWidget *button, *number, *word;
  guint count;
} Counter;

struct _ScSeatCounters {
  GtkBin parent_instance;
  ScSeatCensus *census;
  char *room;
  GtkWidget *box;
  Counter counters[SC_N_SEAT_COUNTERS];
  ScSeatCounter choice;
  gboolean compact;
  guint compact_source;
};

G_DEFINE_FINAL_TYPE (ScSeatCounters, sc_seat_counters, GTK_TYPE_BIN)

static guint changed_signal;

static void
show_count (ScSeatCounters *self, ScSeatCounter which, guint count)
{
  Counter *counter = &self->counters[which];
  g_autofree char *number = g_strdup_printf ("%u", count);
  g_autofree char *name = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s: %u seat", "%s: %u seats", count),
                                           sc_words_counter (which), count);

  counter->count = count;
  gtk_label_set_text (GTK_LABEL (counter->number), number);
  gtk_widget_set_tooltip_text (counter->button, name);
  atk_object_set_name (gtk_widget_get_accessible (counter->button), name);
  /* what is being filtered by does not go away under the pointer */
  gtk_widget_set_visible (counter->button, count > 0 || looks[which].always || self->choice == which);
  if (looks[which].style_class != NULL) {
    GtkStyleContext *style = gtk_widget_get_style_context (counter->button);

    if (count > 0)
      gtk_style_context_add_class (style, looks[which].style_class);
    else
      gtk_style_context_remove_class (style, looks[which].style_class);
  }
}

static void
on_census_changed (ScSeatCensus *census, ScSeatCounters *self)
{
  for (guint i = 0; i < SC_N_SEAT_COUNTERS; i++) {
    guint count = sc_seat_census_count (census, self->room, i);

    if (count != self->counters[i].count)
      show_count (self, i, count);
  }
}

static void
refresh (ScSeatCounters *self)
{
  for (guint i = 0; i < SC_N_SEAT_COUNTERS; i++)
    show_count (self, i, sc_seat_census_count (self->census, self->room, i));
}

static void
on_toggled (GtkToggleButton *button, ScSeatCounters *self)
{
  for (guint i = 0; i < SC_N_SEAT_COUNTERS; i++)
    if (self->counters[i].button == GTK_WIDGET (button) && gtk_toggle_button_get_active (button) && self->choice != i) {
      self->choice = i;
      refresh (self);
      g_signal_emit (self, changed_signal, 0);
    }
}

/* What the buttons take with their words, which are below the numbers. */
static int
get_full_width (ScSeatCounters *self)
{
  int width = 0, extra = 0;

  gtk_widget_get_preferred_width (self->box, NULL, &width);
  for (guint i = 0; self->compact && i < SC_N_SEAT_COUNTERS; i++)
    if (gtk_widget_get_visible (self->counters[i].button)) {
      g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (self->counters[i].word, sc_words_counter (i));
      int number = 0, word = 0;

      gtk_widget_get_preferred_width (gtk_widget_get_parent (self->counters[i].word), NULL, &number);
      pango_layout_get_pixel_size (layout, &word, NULL);
      extra += MAX (word - number, 0) + PADDING_GAINED;
    }
  return width + extra;
}

static gboolean
on_compact_due (gpointer data)
{
  ScSeatCounters *self = data;
  gboolean compact = get_full_width (self) > gtk_widget_get_allocated_width (GTK_WIDGET (self));

  self->compact_source = 0;
  if (compact != self->compact) {
    self->compact = compact;
    if (compact)
      gtk_style_context_add_class (gtk_widget_get_style_context (GTK_WIDGET (self)), "compact");
    else
      gtk_style_context_remove_class (gtk_widget_get_style_context (GTK_WIDGET (self)), "compact");
    for (guint i = 0; i < SC_N_SEAT_COUNTERS; i++)
      gtk_widget_set_visible (self->counters[i].word, !compact);
  }
  return G_SOURCE_REMOVE;
}

static void
sc_seat_counters_size_allocate (GtkWidget *widget, GtkAllocation *allocation)
{
  ScSeatCounters *self = SC_SEAT_COUNTERS (widget);

  GTK_WIDGET_CLASS (sc_seat_counters_parent_class)->size_allocate (widget, allocation);
  if (self->compact_source == 0 && (get_full_width (self) > allocation->width) != self->compact)
    self->compact_source = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_compact_due, self, NULL);
}

static void
sc_seat_counters_destroy (GtkWidget *widget)
{
  ScSeatCounters *self = SC_SEAT_COUNTERS (widget);

  g_clear_handle_id (&self->compact_source, g_source_remove);
  if (self->census != NULL)
    g_signal_handlers_disconnect_by_data (self->census, self);
  g_clear_object (&self->census);
  GTK_WIDGET_CLASS (sc_seat_counters_parent_class)->destroy (widget);
}

static void
sc_seat_counters_finalize (GObject *object)
{
  g_free (SC_SEAT_COUNTERS (object)->room);
  G_OBJECT_CLASS (sc_seat_counters_parent_class)->finalize (object);
}

static void
sc_seat_counters_class_init (ScSeatCountersClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sc_seat_counters_finalize;
  widget_class->destroy = sc_seat_counters_destroy;
  widget_class->size_allocate = sc_seat_counters_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "seatcounters");
  changed_signal =
      g_signal_new ("changed", SC_TYPE_SEAT_COUNTERS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_counter (ScSeatCounters *self, ScSeatCounter which)
{
  Counter *counter = &self->counters[which];
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  counter->button = which == 0 ? gtk_radio_button_new (NULL)
                               : gtk_radio_button_new_from_widget (GTK_RADIO_BUTTON (self->counters[0].button));
  gtk_toggle_button_set_mode (GTK_TOGGLE_BUTTON (counter->button), FALSE);
  gtk_button_set_relief (GTK_BUTTON (counter->button), GTK_RELIEF_NONE);
  counter->number = gtk_label_new (NULL);
  gtk_style_context_add_class (gtk_widget_get_style_context (counter->number), "number");
  counter->word = gtk_label_new (sc_words_counter (which));
  gtk_style_context_add_class (gtk_widget_get_style_context (counter->word), "small");
  gtk_widget_set_halign (line, GTK_ALIGN_CENTER);
  gtk_container_add (GTK_CONTAINER (line), gtk_image_new_from_icon_name (looks[which].icon, GTK_ICON_SIZE_BUTTON));
  gtk_container_add (GTK_CONTAINER (line), counter->number);
  gtk_container_add (GTK_CONTAINER (box), line);
  gtk_container_add (GTK_CONTAINER (box), counter->word);
  gtk_widget_show_all (box);
  gtk_container_add (GTK_CONTAINER (counter->button), box);
  gtk_container_add (GTK_CONTAINER (self->box), counter->button);
  g_signal_connect (counter->button, "toggled", G_CALLBACK (on_toggled), self);
}

static void
sc_seat_counters_init (ScSeatCounters *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (NULL, NULL);

  /* the row never asks for more than it is given */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_EXTERNAL, GTK_POLICY_NEVER);
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
  for (guint i = 0; i < SC_N_SEAT_COUNTERS; i++)
    add_counter (self, i);
  gtk_container_add (GTK_CONTAINER (scrolled), self->box);
  gtk_widget_show (self->box);
  gtk_widget_show_all (gtk_bin_get_child (GTK_BIN (scrolled)));
  gtk_widget_show (scrolled);
  gtk_container_add (GTK_CONTAINER (self), scrolled);
  gtk_style_context_add_class (gtk_widget_get_style_context (self->box), "counters");
}

GtkWidget *
sc_seat_counters_new (ScSeatCensus *census)
{
  ScSeatCounters *self = g_object_new (SC_TYPE_SEAT_COUNTERS, NULL);

  self->census = g_object_ref (census);
  g_signal_connect (census, "changed", G_CALLBACK (on_census_changed), self);
  refresh (self);
  return GTK_WIDGET (self);
}

void
sc_seat_counters_set_room (ScSeatCounters *self, const char *room)
{
  g_free (self->room);
  self->room = g_strdup (room);
  refresh (self);
}

ScSeatCounter
sc_seat_counters_get_choice (ScSeatCounters *self)
{
  return self->choice;
}

void
sc_seat_counters_choose (ScSeatCounters *self, ScSeatCounter counter)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->counters[counter].button), TRUE);
}
