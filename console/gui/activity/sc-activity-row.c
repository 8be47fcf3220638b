/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/activity/sc-activity-row.h"

#include "console/gui/model/sc-seat-item.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-navigate.h"
#include "console/gui/sc-style.h"
#include "console/gui/words/sc-activity-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _ScActivityRow {
  GtkListBoxRow parent;
  ScConsole *console;
  ScActivityItem *entry;
  GtkImage *icon;
  GtkLabel *what, *error, *who, *links, *time;
};

G_DEFINE_FINAL_TYPE (ScActivityRow, sc_activity_row, GTK_TYPE_LIST_BOX_ROW)

/* What an action is about, for the eye; the first whose beginning fits. */
static const struct {
  const char *action, *icon;
} icons[] = {
  { "publish", "document-send-symbolic" },
  { "deploy", "network-transmit-symbolic" },
  { "dry-run", "dialog-question-symbolic" },
  { "rollback", "edit-undo-symbolic" },
  { "pause", "media-playback-pause-symbolic" },
  { "resume", "media-playback-start-symbolic" },
  { "cancel", "media-playback-stop-symbolic" },
  { "operation-cancel", "media-playback-stop-symbolic" },
  { "schedule", "x-office-calendar-symbolic" },
  { "assign-version", "network-transmit-symbolic" },
  { "reminder", "sc-busy-symbolic" },
  { "room", "computer-symbolic" },
  { "settings", "emblem-system-symbolic" },
  { "store", "drive-harddisk-symbolic" },
  { "session-end", "object-select-symbolic" },
};

static const char *
icon_of (const ScActivityInfo *info)
{
  if (!info->done)
    return sc_words_condition_icon (SC_CONDITION_FAILED);
  if (*info->error != '\0') /* done, but for some seats */
    return "dialog-warning-symbolic";
  for (gsize i = 0; i < G_N_ELEMENTS (icons); i++)
    if (g_str_has_prefix (info->action, icons[i].action))
      return icons[i].icon;
  return "computer-symbolic"; /* verify, catch-up */
}

/* Seats are told by name; (nullable) NULL: there is none of this name, or more than one */
static const char *
id_of_seat (ScConsole *console, const char *name)
{
  ScItemList *seats = sc_console_get_seats (console);
  const char *id = NULL;

  for (guint i = 0; i < sc_item_list_get_length (seats); i++) {
    const ScSeatInfo *info = sc_seat_item_get_info (sc_item_list_at (seats, i));

    if (!g_str_equal (info->name, name))
      continue;
    if (id != NULL)
      return NULL;
    id = info->id;
  }
  return id;
}

static gboolean
on_link (ScActivityRow *self, const char *uri)
{
  const char *value = strchr (uri, ':') + 1;

  if (g_str_has_prefix (uri, "session:"))
    sc_navigate (GTK_WIDGET (self), "show-session", g_variant_new_uint64 (g_ascii_strtoull (value, NULL, 10)));
  else if (g_str_has_prefix (uri, "version:"))
    sc_navigate (GTK_WIDGET (self), "show-version", g_variant_new_uint64 (g_ascii_strtoull (value, NULL, 10)));
  else
    sc_navigate (GTK_WIDGET (self), "show-seat", g_variant_new_string (value));
  return TRUE;
}

void
sc_activity_row_open (ScActivityRow *self)
{
  const ScActivityInfo *info = sc_activity_item_get_info (self->entry);
  const char *name = json_string_value (json_array_get (info->seats, 0));
  const char *seat = name != NULL ? id_of_seat (self->console, name) : NULL;

  if (info->session != 0)
    sc_navigate (GTK_WIDGET (self), "show-session", g_variant_new_uint64 (info->session));
  else if (info->version != 0)
    sc_navigate (GTK_WIDGET (self), "show-version", g_variant_new_uint64 (info->version));
  else if (seat != NULL)
    sc_navigate (GTK_WIDGET (self), "show-seat", g_variant_new_string (seat));
}

static void
add_link (GString *markup, const char *uri, const char *text)
{
  g_autofree char *part = g_markup_printf_escaped ("%s<a href=\"%s\">%s</a>", markup->len > 0 ? " · " : "", uri, text);

  g_string_append (markup, part);
}

static void
add_number (GString *markup, const char *kind, const char *words, guint64 number)
{
  g_autofree char *uri = g_strdup_printf ("%s:%" G_GUINT64_FORMAT, kind, number);
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  g_auto (GStrv) parts = g_strsplit (words, "%s", 2);
  g_autofree char *text = g_strjoinv (digits, parts);

  if (number != 0)
    add_link (markup, uri, text);
}

static void
add_seats (ScActivityRow *self, GString *markup, const ScActivityInfo *info)
{
  const gsize n = json_array_size (info->seats);

  for (gsize i = 0; i < n; i++) {
    const char *name = json_string_value (json_array_get (info->seats, i));
    const char *id = name != NULL ? id_of_seat (self->console, name) : NULL;
    g_autofree char *uri = g_strconcat ("seat:", id, NULL);
    g_autofree char *plain = g_markup_printf_escaped ("%s%s", markup->len > 0 ? " · " : "", name != NULL ? name : "");

    if (id != NULL)
      add_link (markup, uri, name);
    else
      g_string_append (markup, plain);
  }
  if (info->n_seats > n && n > 0) {
    const guint more = (guint) (info->n_seats - n);

    g_string_append (markup, " ");
    g_string_append_printf (markup, g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", more), more);
  }
}

static void
show_links (ScActivityRow *self, const ScActivityInfo *info)
{
  GString *links = g_string_new (NULL);
  g_autofree char *markup = NULL;

  /* Translators: %s is a number */
  add_number (links, "session", _ ("Session %s"), info->session);
  /* Translators: %s is a number */
  add_number (links, "version", _ ("Version %s"), info->version);
  add_seats (self, links, info);
  markup = g_string_free (links, FALSE);
  if (g_strcmp0 (gtk_label_get_label (self->links), markup) != 0)
    gtk_label_set_markup (self->links, markup);
  gtk_widget_set_visible (GTK_WIDGET (self->links), *markup != '\0');
}

/* "anna, operator (10.1.0.3)" */
static char *
who_of (const ScActivityInfo *info)
{
  g_autofree char *who = NULL;

  if (*info->who == '\0' && *info->address == '\0')
    return g_strdup (_ ("The console itself"));
  if (*info->who == '\0')
    return g_strdup (info->address);
  who =
      *info->role != '\0' ? g_strdup_printf ("%s, %s", info->who, sc_me_role_words (info->role)) : g_strdup (info->who);
  return *info->address != '\0' ? g_strdup_printf ("%s (%s)", who, info->address) : g_steal_pointer (&who);
}

/* The day is above the rows. */
static char *
clock_of (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  /* Translators: the time of a day, as strftime() */
  return local != NULL ? g_date_time_format (local, _ ("%H:%M")) : g_strdup ("");
}

static void
update (ScActivityRow *self)
{
  const ScActivityInfo *info = sc_activity_item_get_info (self->entry);
  g_autofree char *what = sc_activity_words (sc_item_get_json (SC_ITEM (self->entry)));
  g_autofree char *who = who_of (info);
  g_autofree char *clock = clock_of (info->time);
  g_autofree char *when = sc_words_time (info->time);
  g_autofree char *error = g_strdup_printf (_ ("Not done: %s"), *info->error != '\0' ? info->error : _ ("refused"));
  g_autofree char *hash = g_strdup_printf (_ ("%s\nHash of the log up to here: %s"), who, info->hash);
  g_autofree char *sentence = g_strconcat (what, ", ", who, ", ", when, info->done ? NULL : ", ", error, NULL);

  gtk_image_set_from_icon_name (self->icon, icon_of (info), GTK_ICON_SIZE_MENU);
  sc_style_set_class (GTK_WIDGET (self->icon), "failed", !info->done);
  sc_label_set (self->what, what);
  sc_label_set (self->error, error);
  gtk_widget_set_visible (GTK_WIDGET (self->error), !info->done);
  sc_label_set (self->who, who);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->who), *info->hash != '\0' ? hash : NULL);
  sc_label_set (self->time, clock);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->time), when);
  show_links (self, info);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), sentence);
}

static void
sc_activity_row_dispose (GObject *object)
{
  ScActivityRow *self = SC_ACTIVITY_ROW (object);

  if (self->entry != NULL)
    g_signal_handlers_disconnect_by_data (self->entry, self);
  g_clear_object (&self->entry);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_activity_row_parent_class)->dispose (object);
}

static void
sc_activity_row_class_init (ScActivityRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_activity_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-activity-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScActivityRow, icon);
  gtk_widget_class_bind_template_child (widget_class, ScActivityRow, what);
  gtk_widget_class_bind_template_child (widget_class, ScActivityRow, error);
  gtk_widget_class_bind_template_child (widget_class, ScActivityRow, who);
  gtk_widget_class_bind_template_child (widget_class, ScActivityRow, links);
  gtk_widget_class_bind_template_child (widget_class, ScActivityRow, time);
  gtk_widget_class_bind_template_callback (widget_class, on_link);
}

static void
sc_activity_row_init (ScActivityRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sc_activity_row_new (ScConsole *console, ScActivityItem *entry)
{
  ScActivityRow *self = g_object_new (SC_TYPE_ACTIVITY_ROW, NULL);

  self->console = g_object_ref (console);
  self->entry = g_object_ref (entry);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}

ScActivityItem *
sc_activity_row_get_entry (ScActivityRow *self)
{
  return self->entry;
}
