/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-notice-area.h"

#include <glib/gi18n-lib.h>

#define MAX_NOTICES 3u
#define MAX_WIDTH_CHARS 60

struct _ScNoticeArea {
  GtkBox parent;
};

G_DEFINE_FINAL_TYPE (ScNoticeArea, sc_notice_area, GTK_TYPE_BOX)

/* One notice; owned by its revealer. */
typedef struct {
  GtkWidget *revealer;
  char *text;
  guint timeout; /* 0: none */
} Notice;

static GQuark
notice_quark (void)
{
  return g_quark_from_static_string ("sc-notice");
}

static GQuark
area_quark (void)
{
  return g_quark_from_static_string ("sc-notice-area");
}

static void
notice_free (Notice *notice)
{
  g_clear_handle_id (&notice->timeout, g_source_remove);
  g_free (notice->text);
  g_free (notice);
}

static void
on_toplevel_changed (GtkWidget *widget, GtkWidget *previous)
{
  GtkWidget *toplevel = gtk_widget_get_toplevel (widget);

  if (previous != NULL)
    g_object_set_qdata (G_OBJECT (previous), area_quark (), NULL);
  if (gtk_widget_is_toplevel (toplevel))
    g_object_set_qdata (G_OBJECT (toplevel), area_quark (), widget);
}

static void
sc_notice_area_class_init (ScNoticeAreaClass *class)
{
  GTK_WIDGET_CLASS (class)->hierarchy_changed = on_toplevel_changed;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (class), "noticearea");
}

static void
sc_notice_area_init (ScNoticeArea *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_START);
  gtk_widget_show (GTK_WIDGET (self));
}

GtkWidget *
sc_notice_area_new (void)
{
  return g_object_new (SC_TYPE_NOTICE_AREA, NULL);
}

ScNoticeArea *
sc_notice_area_find (GtkWidget *from)
{
  GtkWidget *window = gtk_widget_get_toplevel (from);
  ScNoticeArea *area = NULL;

  while (area == NULL && GTK_IS_WINDOW (window)) {
    area = g_object_get_qdata (G_OBJECT (window), area_quark ());
    window = (GtkWidget *) gtk_window_get_transient_for (GTK_WINDOW (window));
  }
  return area;
}

static void
on_hidden (GObject *revealer, GParamSpec *property, gpointer data)
{
  if (!gtk_revealer_get_child_revealed (GTK_REVEALER (revealer)))
    gtk_widget_destroy (GTK_WIDGET (revealer));
}

static void
hide (Notice *notice)
{
  g_clear_handle_id (&notice->timeout, g_source_remove);
  if (!gtk_revealer_get_child_revealed (GTK_REVEALER (notice->revealer)))
    gtk_widget_destroy (notice->revealer); /* it has not been seen yet: nothing would tell that it is hidden */
  else
    gtk_revealer_set_reveal_child (GTK_REVEALER (notice->revealer), FALSE);
}

static gboolean
on_timeout (gpointer data)
{
  Notice *notice = data;

  notice->timeout = 0;
  hide (notice);
  return G_SOURCE_REMOVE;
}

static void
on_close (GtkButton *button, gpointer data)
{
  hide (data);
}

static GtkWidget *
make_content (Notice *notice, gboolean is_error)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-error-symbolic", GTK_ICON_SIZE_BUTTON);
  GtkWidget *label = gtk_label_new (notice->text);
  GtkWidget *close = gtk_button_new_from_icon_name ("window-close-symbolic", GTK_ICON_SIZE_BUTTON);

  gtk_label_set_line_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_line_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_WIDTH_CHARS);
  gtk_label_set_selectable (GTK_LABEL (label), is_error);
  gtk_widget_set_can_focus (label, FALSE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_button_set_relief (GTK_BUTTON (close), GTK_RELIEF_NONE);
  gtk_widget_set_valign (close, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (close, _ ("Close this notice"));
  atk_object_set_name (gtk_widget_get_accessible (close), _ ("Close this notice"));
  g_signal_connect (close, "clicked", G_CALLBACK (on_close), notice);
  if (is_error)
    gtk_container_add (GTK_CONTAINER (box), icon);
  else
    g_object_unref (g_object_ref_sink (icon));
  gtk_container_add (GTK_CONTAINER (box), label);
  gtk_box_pack_end (GTK_BOX (box), close, FALSE, FALSE, 0);
  return box;
}

static Notice *
make_notice (const char *text, guint seconds)
{
  Notice *notice = g_new0 (Notice, 1);
  GtkWidget *frame = gtk_frame_new (NULL);
  AtkObject *accessible = gtk_widget_get_accessible (frame);

  notice->text = g_strdup (text);
  notice->revealer = gtk_revealer_new ();
  gtk_style_context_add_class (gtk_widget_get_style_context (frame), "app-notification");
  gtk_frame_set_shadow_type (GTK_FRAME (frame), GTK_SHADOW_NONE);
  gtk_container_add (GTK_CONTAINER (frame), make_content (notice, seconds == 0));
  gtk_container_add (GTK_CONTAINER (notice->revealer), frame);
  /* a screen reader reads the name of what has this role when it comes */
  atk_object_set_role (accessible, ATK_ROLE_NOTIFICATION);
  atk_object_set_name (accessible, text);
  g_object_set_qdata_full (G_OBJECT (notice->revealer), notice_quark (), notice, (GDestroyNotify) notice_free);
  if (seconds != 0)
    notice->timeout = g_timeout_add_seconds (seconds, on_timeout, notice);
  return notice;
}

static void
drop_from (ScNoticeArea *self, const char *text)
{
  g_autoptr (GList) children = gtk_container_get_children (GTK_CONTAINER (self));
  guint n = g_list_length (children);

  for (GList *each = children; each != NULL; each = each->next) {
    Notice *notice = g_object_get_qdata (each->data, notice_quark ());

    if (g_str_equal (notice->text, text) || n >= MAX_NOTICES) {
      gtk_widget_destroy (notice->revealer);
      n--;
    }
  }
}

void
sc_notice_area_show (ScNoticeArea *self, const char *text, guint seconds)
{
  Notice *notice = NULL;

  drop_from (self, text);
  notice = make_notice (text, seconds);
  gtk_container_add (GTK_CONTAINER (self), notice->revealer);
  gtk_widget_show_all (notice->revealer);
  gtk_revealer_set_reveal_child (GTK_REVEALER (notice->revealer), TRUE);
  g_signal_connect (notice->revealer, "notify::child-revealed", G_CALLBACK (on_hidden), NULL);
}
