/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/settings/sc-cache-row.h"

#include "console/client/sc-client.h"
#include "console/gui/model/sc-item.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/settings/sc-save-status.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

#define MAX_HOSTS 4u /* named one by one */

struct _ScCacheRow {
  GtkListBoxRow parent;
  ScConsole *console;
  ScJson *cache;
  GCancellable *cancellable;
  GtkLabel *name, *hosts, *state, *question;
  GtkWidget *revoke, *popover;
  ScSaveStatus *status;
};

G_DEFINE_FINAL_TYPE (ScCacheRow, sc_cache_row, GTK_TYPE_LIST_BOX_ROW)

static guint signal_revoked;

static gboolean
is_revoked (ScCacheRow *self)
{
  return sc_item_time_of (self->cache, "revoked") != 0;
}

static char *
describe_state (ScCacheRow *self)
{
  g_autofree char *revoked = sc_words_time (sc_item_time_of (self->cache, "revoked"));
  g_autofree char *expires = sc_words_time (sc_item_time_of (self->cache, "expires"));

  if (is_revoked (self))
    return g_strdup_printf (_ ("Revoked: %s"), revoked);
  if (g_str_equal (sc_item_text_of (self->cache, "state"), "expired"))
    /* Translators: a time: since when a certificate is good no more */
    return g_strdup_printf (_ ("Expired: %s"), expires);
  /* Translators: a time: until when a certificate is good */
  return g_strdup_printf (_ ("Good until: %s"), expires);
}

static char *
describe_hosts (ScCacheRow *self)
{
  ScJson *names = json_object_get (self->cache, "names");
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < json_array_size (names) && i < MAX_HOSTS; i++) {
    const char *name = json_string_value (json_array_get (names, i));

    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", name != NULL ? name : "");
  }
  if (json_array_size (names) > MAX_HOSTS)
    g_string_append (text, " …");
  return g_string_free (text, FALSE);
}

static void
update (ScCacheRow *self)
{
  const char *name = sc_item_text_of (self->cache, "name");
  g_autofree char *hosts = describe_hosts (self), *state = describe_state (self);
  g_autofree char *sentence = g_strdup_printf ("%s, %s", name, state);
  g_autofree char *revoke = g_strdup_printf (_ ("Revoke the certificate of %s"), name);
  g_autofree char *question = g_strdup_printf (
      _ ("The console answers %s nothing any more, at once; seats fetch from the console. Its key gets no other "
         "certificate."),
      name);

  sc_label_set (self->name, name);
  sc_label_set (self->hosts, hosts);
  sc_label_set (self->state, state);
  sc_label_set (self->question, question);
  gtk_widget_set_visible (self->revoke, !is_revoked (self));
  gtk_widget_set_sensitive (self->revoke, sc_me_may (self->console, SC_MAY_ADMINISTER));
  gtk_widget_set_tooltip_text (self->revoke, sc_me_why_not (self->console, SC_MAY_ADMINISTER));
  atk_object_set_name (gtk_widget_get_accessible (self->revoke), revoke);
  atk_object_set_name (gtk_widget_get_accessible (GTK_WIDGET (self)), sentence);
}

static void
on_revoked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScCacheRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (answer == NULL) {
    sc_save_status_show_error (self->status, error);
    update (self);
    return;
  }
  sc_save_status_clear (self->status);
  g_signal_emit (self, signal_revoked, 0);
}

static void
on_confirm_clicked (ScCacheRow *self)
{
  g_autofree char *path = sc_client_path ("/v1/caches/", sc_item_text_of (self->cache, "name"), "/revoke", NULL);
  g_autoptr (ScJson) body = json_object ();

  gtk_popover_popdown (GTK_POPOVER (self->popover));
  gtk_widget_set_sensitive (self->revoke, FALSE);
  sc_save_status_show_saving (self->status);
  sc_console_request_async (self->console, "POST", path, body, self->cancellable, on_revoked, g_object_ref (self));
}

static void
sc_cache_row_dispose (GObject *object)
{
  ScCacheRow *self = SC_CACHE_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_cache_row_parent_class)->dispose (object);
}

static void
sc_cache_row_finalize (GObject *object)
{
  ScCacheRow *self = SC_CACHE_ROW (object);

  g_object_unref (self->cancellable);
  g_clear_pointer (&self->cache, json_decref);
  G_OBJECT_CLASS (sc_cache_row_parent_class)->finalize (object);
}

static void
sc_cache_row_class_init (ScCacheRowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_cache_row_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_cache_row_finalize;
  signal_revoked =
      g_signal_new ("revoked", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (SC_TYPE_SAVE_STATUS);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-cache-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ScCacheRow, name);
  gtk_widget_class_bind_template_child (widget_class, ScCacheRow, hosts);
  gtk_widget_class_bind_template_child (widget_class, ScCacheRow, state);
  gtk_widget_class_bind_template_child (widget_class, ScCacheRow, question);
  gtk_widget_class_bind_template_child (widget_class, ScCacheRow, revoke);
  gtk_widget_class_bind_template_child (widget_class, ScCacheRow, popover);
  gtk_widget_class_bind_template_child (widget_class, ScCacheRow, status);
  gtk_widget_class_bind_template_callback (widget_class, on_confirm_clicked);
}

static void
sc_cache_row_init (ScCacheRow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
sc_cache_row_new (ScConsole *console, ScJson *cache)
{
  ScCacheRow *self = g_object_new (SC_TYPE_CACHE_ROW, NULL);

  self->console = g_object_ref (console);
  self->cache = json_incref (cache);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
