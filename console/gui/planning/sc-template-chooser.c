/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-template-chooser.h"

#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MAX_NAME_CHARS 28
#define MAX_LIST_HEIGHT 150 /* more are scrolled */

struct _ScTemplateChooser {
  GtkBox parent;
  GtkToggleButton *all, *some;
  GtkBox *list;
  GtkWidget *scroller;
  GHashTable *chosen; /* (element-type utf8): names, a set; also of templates that the version does not have */
  guint64 version;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (ScTemplateChooser, sc_template_chooser, GTK_TYPE_BOX)

static guint signal_changed;

static void
sc_template_chooser_finalize (GObject *object)
{
  g_hash_table_unref (SC_TEMPLATE_CHOOSER (object)->chosen);
  G_OBJECT_CLASS (sc_template_chooser_parent_class)->finalize (object);
}

static void
sc_template_chooser_class_init (ScTemplateChooserClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_template_chooser_finalize;
  signal_changed =
      g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tell (ScTemplateChooser *self)
{
  gtk_widget_set_visible (self->scroller, gtk_toggle_button_get_active (self->some));
  if (!self->refreshing)
    g_signal_emit (self, signal_changed, 0);
}

/* Each of the two says that it has changed. */
static void
on_kind_toggled (GtkToggleButton *button, ScTemplateChooser *self)
{
  if (gtk_toggle_button_get_active (button))
    tell (self);
}

static void
on_template_toggled (GtkToggleButton *check, ScTemplateChooser *self)
{
  const char *name = g_object_get_data (G_OBJECT (check), "template");

  if (gtk_toggle_button_get_active (check))
    g_hash_table_add (self->chosen, g_strdup (name));
  else
    g_hash_table_remove (self->chosen, name);
  tell (self);
}

static void
sc_template_chooser_init (ScTemplateChooser *self)
{
  GtkWidget *all = gtk_radio_button_new_with_mnemonic (NULL, _ ("All _templates"));
  GtkWidget *some = gtk_radio_button_new_with_mnemonic_from_widget (GTK_RADIO_BUTTON (all), _ ("_Only some:"));
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  self->chosen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->all = GTK_TOGGLE_BUTTON (all);
  self->some = GTK_TOGGLE_BUTTON (some);
  self->list = GTK_BOX (list);
  self->scroller = gtk_scrolled_window_new (NULL, NULL);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 2);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (self->scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (self->scroller), MAX_LIST_HEIGHT);
  gtk_widget_set_margin_start (self->scroller, 24);
  gtk_container_add (GTK_CONTAINER (self->scroller), list);
  gtk_container_add (GTK_CONTAINER (self), all);
  gtk_container_add (GTK_CONTAINER (self), some);
  gtk_container_add (GTK_CONTAINER (self), self->scroller);
  gtk_widget_show (all);
  gtk_widget_show (some);
  gtk_widget_show (list);
  gtk_widget_show (gtk_bin_get_child (GTK_BIN (self->scroller)));
  g_signal_connect (all, "toggled", G_CALLBACK (on_kind_toggled), self);
  g_signal_connect (some, "toggled", G_CALLBACK (on_kind_toggled), self);
}

static void
add_check (ScTemplateChooser *self, const char *name)
{
  GtkWidget *label = gtk_label_new (sc_words_template (name)), *check = gtk_check_button_new ();

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_NAME_CHARS);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_container_add (GTK_CONTAINER (check), label);
  atk_object_set_name (gtk_widget_get_accessible (check), sc_words_template (name));
  g_object_set_data_full (G_OBJECT (check), "template", g_strdup (name), g_free);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (check), g_hash_table_contains (self->chosen, name));
  g_signal_connect (check, "toggled", G_CALLBACK (on_template_toggled), self);
  gtk_widget_show_all (check);
  gtk_container_add (GTK_CONTAINER (self->list), check);
}

static void
destroy_check (GtkWidget *check, gpointer data)
{
  gtk_widget_destroy (check);
}

void
sc_template_chooser_set_version (ScTemplateChooser *self, ScVersionItem *version)
{
  ScJson *templates = version != NULL ? json_object_get (sc_item_get_json (SC_ITEM (version)), "templates") : NULL;
  guint64 number = version != NULL ? sc_version_item_get_info (version)->number : 0;

  if (number == self->version)
    return;
  self->version = number;
  self->refreshing = TRUE;
  gtk_container_foreach (GTK_CONTAINER (self->list), destroy_check, NULL);
  for (gsize i = 0; i < json_array_size (templates); i++)
    add_check (self, sc_item_text_of (json_array_get (templates, i), "name"));
  self->refreshing = FALSE;
}

static void
show_choice (GtkWidget *check, gpointer data)
{
  ScTemplateChooser *self = data;

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (check),
                                g_hash_table_contains (self->chosen, g_object_get_data (G_OBJECT (check), "template")));
}

void
sc_template_chooser_set_templates (ScTemplateChooser *self, ScJson *names)
{
  self->refreshing = TRUE;
  g_hash_table_remove_all (self->chosen);
  for (gsize i = 0; i < json_array_size (names); i++)
    g_hash_table_add (self->chosen, g_strdup (json_string_value (json_array_get (names, i))));
  gtk_toggle_button_set_active (names != NULL ? self->some : self->all, TRUE);
  gtk_container_foreach (GTK_CONTAINER (self->list), show_choice, self);
  self->refreshing = FALSE;
}

static void
add_name (GtkWidget *check, gpointer data)
{
  if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (check)))
    json_array_append_new (data, json_string (g_object_get_data (G_OBJECT (check), "template")));
}

ScJson *
sc_template_chooser_get_templates (ScTemplateChooser *self)
{
  ScJson *names = NULL;

  if (gtk_toggle_button_get_active (self->all))
    return NULL;
  names = json_array ();
  gtk_container_foreach (GTK_CONTAINER (self->list), add_name, names);
  return names;
}

gboolean
sc_template_chooser_is_complete (ScTemplateChooser *self)
{
  g_autoptr (ScJson) names = sc_template_chooser_get_templates (self);

  return names == NULL || json_array_size (names) > 0;
}
