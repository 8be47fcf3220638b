/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-facts.h"

#include "console/gui/rooms/sc-space-bar.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-style.h"
#include "console/gui/words/sc-version-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

struct _ScSeatFacts {
  GtkBin parent;
  ScSpaceBar *space;
  GtkLabel *volume, *space_summary, *free_size, *reserve_size, *undo_size, *other_size;
  GtkLabel *templates_title, *back;
  GtkListBox *templates;
  GtkLabel *no_templates;
  GtkLabel *os, *service, *address, *mac, *link, *last_seen, *room, *room_from, *id;
};

G_DEFINE_FINAL_TYPE (ScSeatFacts, sc_seat_facts, GTK_TYPE_BIN)

static void
sc_seat_facts_class_init (ScSeatFactsClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  g_type_ensure (SC_TYPE_SPACE_BAR);
  gtk_widget_class_set_css_name (widget_class, "seatfacts");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-seat-facts.ui");
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, space);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, space_summary);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, volume);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, free_size);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, reserve_size);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, undo_size);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, other_size);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, templates_title);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, templates);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, no_templates);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, back);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, os);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, service);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, address);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, mac);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, link);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, last_seen);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, room);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, room_from);
  gtk_widget_class_bind_template_child (widget_class, ScSeatFacts, id);
}

static void
sc_seat_facts_init (ScSeatFacts *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
set_size (GtkLabel *label, guint64 bytes)
{
  g_autofree char *text = sc_words_size (bytes);

  sc_label_set (label, text);
}

static void
show_space (ScSeatFacts *self, ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  const guint64 taken = info->total_space > info->free_space ? info->total_space - info->free_space : 0;
  const gboolean low = sc_seat_item_is_low_on_space (seat);
  AtkObject *accessible = gtk_widget_get_accessible (GTK_WIDGET (self->space));
  g_autofree char *free_text = sc_words_size (info->free_space);
  g_autofree char *total_text = sc_words_size (info->total_space);
  g_autofree char *text = g_strdup_printf (low ? _ ("Low: %s of %s free") : _ ("%s of %s free"), free_text, total_text);

  if (info->total_space == 0)
    sc_label_set (self->space_summary, _ ("Not known yet"));
  else
    sc_label_set (self->space_summary, text);
  sc_style_set_class (GTK_WIDGET (self->space_summary), "low", low);
  sc_space_bar_set (self->space, info->total_space, info->free_space, info->reserve, info->undo);
  atk_object_set_description (accessible, gtk_label_get_text (self->space_summary));
  set_size (self->free_size, info->free_space - MIN (info->reserve, info->free_space));
  set_size (self->reserve_size, info->reserve);
  set_size (self->undo_size, info->undo);
  set_size (self->other_size, taken - MIN (info->undo, taken));
}

static void
show_volume (ScSeatFacts *self, ScSeatItem *seat)
{
  g_autofree char *text = sc_words_seat_volumes (seat);

  sc_label_set (self->volume, text);
  gtk_widget_set_visible (GTK_WIDGET (self->volume), *text != '\0');
  sc_style_set_class (GTK_WIDGET (self->volume), "low", sc_seat_item_has_unsuitable_disk (seat));
}

static void
show_template (ScFactRow *row, const ScSeatTemplate *item)
{
  /* not “has version 3”: the seat may have gone back since, and the template was the same before and after */
  g_autofree char *version = g_strdup_printf (_ ("since version %" PRIu64), item->version);
  const char *text = "", *icon = "object-select-symbolic", *style_class = "current";

  if (item->state == SC_TEMPLATE_DRIFTED) {
    text = _ ("Drifted: its files were changed here");
    icon = sc_words_condition_icon (SC_CONDITION_DRIFTED);
    style_class = sc_words_condition_class (SC_CONDITION_DRIFTED);
  } else if (item->state == SC_TEMPLATE_UPDATING) {
    text = _ ("Half updated: cannot be started until it is done");
    icon = sc_words_condition_icon (SC_CONDITION_UPDATING);
    style_class = sc_words_condition_class (SC_CONDITION_UPDATING);
  }
  if (item->busy) {
    text = _ ("In use: its update waits");
    icon = sc_words_condition_icon (SC_CONDITION_BUSY);
    style_class = sc_words_condition_class (SC_CONDITION_BUSY);
  }
  sc_fact_row_set_icon (row, icon, style_class);
  sc_fact_row_set_texts (row, sc_words_template (item->name), text, version);
}

static gboolean
is_well (const ScSeatTemplate *item)
{
  return item->state == SC_TEMPLATE_CURRENT && !item->busy;
}

/* Those that somebody has to look at come first. */
static void
show_templates (ScSeatFacts *self, const ScSeatInfo *info)
{
  const guint n = info->templates->len;
  guint row = 0;
  g_autofree char *title = n == 0
                               ? g_strdup (_ ("Templates"))
                               : g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u template", "%u templates", n), n);

  sc_label_set (self->templates_title, title);
  sc_fact_rows_resize (self->templates, n);
  for (guint i = 0; i < n; i++)
    if (!is_well (g_ptr_array_index (info->templates, i)))
      show_template (sc_fact_rows_at (self->templates, row++), g_ptr_array_index (info->templates, i));
  for (guint i = 0; i < n; i++)
    if (is_well (g_ptr_array_index (info->templates, i)))
      show_template (sc_fact_rows_at (self->templates, row++), g_ptr_array_index (info->templates, i));
  gtk_widget_set_visible (gtk_widget_get_parent (GTK_WIDGET (self->templates)), n > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->no_templates), n == 0);
}

/* No way back is known while a template is drifted or half updated. */
static gboolean
is_whole (const ScSeatInfo *info)
{
  for (guint i = 0; i < info->templates->len; i++) {
    const ScSeatTemplate *item = g_ptr_array_index (info->templates, i);

    if (item->state != SC_TEMPLATE_CURRENT)
      return FALSE;
  }
  return TRUE;
}

static void
show_back (ScSeatFacts *self, const ScSeatInfo *info)
{
  GString *numbers = g_string_new (NULL);
  g_autofree char *list = NULL, *text = NULL;

  for (guint i = 0; i < info->back->len; i++)
    g_string_append_printf (numbers, "%s%" G_GUINT64_FORMAT, i > 0 ? ", " : "", g_array_index (info->back, guint64, i));
  list = g_string_free (numbers, FALSE);
  if (info->back->len > 0)
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "To version %s: what that takes is kept on the seat",
                                         "To versions %s: what that takes is kept on the seat", info->back->len),
                            list);
  else if (!is_whole (info))
    text = g_strdup (_ ("No way is known while a template is drifted or half updated"));
  else
    text = g_strdup (_ ("Nothing is kept: going back sends the content again"));
  sc_label_set (self->back, text);
}

static void
show_known (GtkLabel *label, const char *text)
{
  sc_label_set (label, *text != '\0' ? text : _ ("Not known"));
}

static void
show_inventory (ScSeatFacts *self, const ScSeatInfo *info)
{
  g_autofree char *link = sc_words_rate (info->link_mbps * 1000 * 1000);
  g_autofree char *seen = sc_words_time (info->last_seen);
  const gboolean assigned = !g_str_equal (info->room, info->own_room);
  g_autofree char *from = NULL;

  show_known (self->os, info->os);
  show_known (self->service, info->service_version);
  show_known (self->address, info->address);
  show_known (self->mac, info->mac);
  show_known (self->link, info->link_mbps != 0 ? link : "");
  show_known (self->last_seen, info->online ? _ ("Connected") : seen);
  sc_label_set (self->room, sc_words_room (info->room));
  sc_label_set (self->id, info->id);
  if (assigned && *info->own_room != '\0')
    from = g_strdup_printf (_ ("Assigned here; its service names “%s”"), info->own_room);
  else
    from = g_strdup (assigned ? _ ("Assigned here; its service names none") : _ ("As its service says"));
  sc_label_set (self->room_from, from);
}

void
sc_seat_facts_show (ScSeatFacts *self, ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);

  show_space (self, seat);
  show_volume (self, seat);
  show_templates (self, info);
  show_back (self, info);
  show_inventory (self, info);
}
