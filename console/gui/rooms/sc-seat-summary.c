/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-seat-summary.h"

#include "console/gui/sc-fact-row.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MAX_LOW 5u /* seats with little space that are named */

struct _ScSeatSummary {
  GtkBin parent;
  GtkListBox *conditions, *versions, *rooms;
  GtkLabel *low;
};

G_DEFINE_FINAL_TYPE (ScSeatSummary, sc_seat_summary, GTK_TYPE_BIN)

static void
sc_seat_summary_class_init (ScSeatSummaryClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  gtk_widget_class_set_css_name (widget_class, "seatsummary");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-seat-summary.ui");
  gtk_widget_class_bind_template_child (widget_class, ScSeatSummary, conditions);
  gtk_widget_class_bind_template_child (widget_class, ScSeatSummary, versions);
  gtk_widget_class_bind_template_child (widget_class, ScSeatSummary, rooms);
  gtk_widget_class_bind_template_child (widget_class, ScSeatSummary, low);
}

static void
sc_seat_summary_init (ScSeatSummary *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static char *
number (guint n)
{
  return g_strdup_printf ("%u", n);
}

static void
show_conditions (ScSeatSummary *self, GPtrArray *seats)
{
  guint counts[SC_N_CONDITIONS] = { 0 }, n_rows = 0, row = 0;

  for (guint i = 0; i < seats->len; i++)
    n_rows += counts[sc_seat_item_get_condition (seats->pdata[i])]++ == 0;
  sc_fact_rows_resize (self->conditions, n_rows);
  for (guint i = 0; i < SC_N_CONDITIONS; i++) {
    g_autofree char *count = number (counts[i]);
    ScFactRow *fact = NULL;

    if (counts[i] == 0)
      continue;
    fact = sc_fact_rows_at (self->conditions, row++);
    sc_fact_row_set_icon (fact, sc_words_condition_icon (i), sc_words_condition_class (i));
    sc_fact_row_set_texts (fact, sc_words_condition (i), "", count);
  }
}

/* Numbers by their value: Version 2 before Version 10. */
static int
compare_names (gconstpointer a, gconstpointer b)
{
  g_autofree char *key_a = g_utf8_collate_key_for_filename (*(const char *const *) a, -1);
  g_autofree char *key_b = g_utf8_collate_key_for_filename (*(const char *const *) b, -1);

  return strcmp (key_a, key_b);
}

/* How many seats have each of the texts that @describe gives. */
static void
show_counts (GtkListBox *list, GPtrArray *seats, char *(*describe) (ScSeatItem *) )
{
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree gpointer *keys = NULL;
  guint n = 0;

  for (guint i = 0; i < seats->len; i++) {
    char *text = describe (seats->pdata[i]);
    guint so_far = GPOINTER_TO_UINT (g_hash_table_lookup (counts, text));

    g_hash_table_replace (counts, text, GUINT_TO_POINTER (so_far + 1));
  }
  keys = g_hash_table_get_keys_as_array (counts, &n);
  qsort (keys, n, sizeof *keys, compare_names);
  sc_fact_rows_resize (list, n);
  for (guint i = 0; i < n; i++) {
    g_autofree char *count = number (GPOINTER_TO_UINT (g_hash_table_lookup (counts, keys[i])));

    sc_fact_row_set_texts (sc_fact_rows_at (list, i), keys[i], "", count);
  }
}

static char *
describe_version (ScSeatItem *seat)
{
  const ScSeatInfo *info = sc_seat_item_get_info (seat);
  g_autofree char *now = sc_words_version (info->version);
  g_autofree char *assigned = sc_words_version (info->assigned_version);

  if (info->assigned_version == 0 || info->assigned_version == info->version)
    return g_steal_pointer (&now);
  /* Translators: the version that is there, and the one that shall be */
  return g_strdup_printf (_ ("%s → %s"), now, assigned);
}

static char *
describe_room (ScSeatItem *seat)
{
  return g_strdup (sc_words_room (sc_seat_item_get_info (seat)->room));
}

static void
show_low (ScSeatSummary *self, GPtrArray *seats)
{
  GString *names = g_string_new (NULL);
  g_autofree char *list = NULL, *text = NULL;
  guint n = 0;

  for (guint i = 0; i < seats->len; i++) {
    if (!sc_seat_item_is_low_on_space (seats->pdata[i]))
      continue;
    if (n++ < MAX_LOW)
      g_string_append_printf (names, "%s%s", n > 1 ? ", " : "", sc_seat_item_get_info (seats->pdata[i])->name);
  }
  if (n > MAX_LOW)
    g_string_append (names, ", …");
  list = g_string_free (names, FALSE);
  text = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u seat is low on space: %s", "%u seats are low on space: %s", n), n, list);
  sc_label_set (self->low, text);
  gtk_widget_set_visible (GTK_WIDGET (self->low), n > 0);
}

void
sc_seat_summary_show (ScSeatSummary *self, GPtrArray *seats)
{
  show_conditions (self, seats);
  show_counts (self->versions, seats, describe_version);
  show_counts (self->rooms, seats, describe_room);
  show_low (self, seats);
}
