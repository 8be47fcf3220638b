/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/versions/sc-version-hooks.h"

#include "common/sc-error.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/versions/sc-hooks-dialog.h"
#include "console/gui/words/sc-hook-words.h"

#include <glib/gi18n-lib.h>

struct _ScVersionHooks {
  GtkBin parent;
  ScConsole *console;
  guint64 version;
  ScJson *hooks;             /* (nullable): not known */
  GCancellable *cancellable; /* of asking for them */
  GtkLabel *summary;
  GtkWidget *change, *scroller;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (ScVersionHooks, sc_version_hooks, GTK_TYPE_BIN)

static void
show_rows (ScVersionHooks *self)
{
  const guint n = (guint) json_array_size (self->hooks);

  sc_fact_rows_resize (self->list, n);
  for (guint i = 0; i < n; i++) {
    ScJson *hook = json_array_get (self->hooks, i);
    g_autofree char *line = sc_hook_words_join (json_object_get (hook, "run"));
    g_autofree char *text = sc_hook_words_describe (hook);

    sc_fact_row_set_texts (sc_fact_rows_at (self->list, i), line, text, "");
  }
  gtk_widget_set_visible (self->scroller, n > 0);
}

static void
update (ScVersionHooks *self)
{
  const gboolean may = sc_me_may (self->console, SC_MAY_ADMINISTER);
  const guint n = (guint) json_array_size (self->hooks);
  g_autofree char *some = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Seats run %u program around the commit",
                                                        "Seats run %u programs around the commit", n),
                                           n);

  sc_label_set (self->summary, n > 0 ? some : _ ("Seats run nothing"));
  gtk_widget_set_visible (GTK_WIDGET (self->summary), self->hooks != NULL);
  gtk_widget_set_visible (self->change, self->hooks != NULL);
  gtk_widget_set_sensitive (self->change, may);
  gtk_widget_set_tooltip_text (self->change, sc_me_why_not (self->console, SC_MAY_ADMINISTER));
  show_rows (self);
}

static void
forget (ScVersionHooks *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->hooks, json_decref);
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  ScVersionHooks *self = data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* it may be gone */
  g_clear_object (&self->cancellable);
  if (answer != NULL) {
    g_clear_pointer (&self->hooks, json_decref);
    self->hooks = json_incref (json_object_get (answer, "hooks"));
    update (self);
  } else if (!g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND)) { /* an earlier engine does not know of them */
    g_autofree char *text = g_strdup_printf (_ ("It is not known what seats run: %s"), error->message);

    sc_label_set (self->summary, text);
    gtk_widget_show (GTK_WIDGET (self->summary));
  }
}

static void
load (ScVersionHooks *self)
{
  g_autofree char *path = g_strdup_printf ("/v1/versions/%" G_GUINT64_FORMAT "/hooks", self->version);

  if (self->version == 0 || !sc_me_may (self->console, SC_MAY_VIEW))
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  sc_console_request_async (self->console, "GET", path, NULL, self->cancellable, on_loaded, self);
}

/* Who is signed in may be somebody else; what it was stays until the answer. */
static void
on_state_changed (ScVersionHooks *self)
{
  update (self);
  load (self);
}

static void
on_forgotten (ScVersionHooks *self)
{
  forget (self);
  update (self);
}

static void
on_change_clicked (ScVersionHooks *self)
{
  GtkWidget *window = gtk_widget_get_toplevel (GTK_WIDGET (self));
  GtkWidget *dialog = sc_hooks_dialog_new (self->console, GTK_WINDOW (window), self->version, self->hooks);

  g_signal_connect_object (dialog, "saved", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
sc_version_hooks_dispose (GObject *object)
{
  ScVersionHooks *self = SC_VERSION_HOOKS (object);

  forget (self);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_version_hooks_parent_class)->dispose (object);
}

static void
sc_version_hooks_class_init (ScVersionHooksClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_version_hooks_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-version-hooks.ui");
  gtk_widget_class_bind_template_child (widget_class, ScVersionHooks, summary);
  gtk_widget_class_bind_template_child (widget_class, ScVersionHooks, change);
  gtk_widget_class_bind_template_child (widget_class, ScVersionHooks, scroller);
  gtk_widget_class_bind_template_child (widget_class, ScVersionHooks, list);
  gtk_widget_class_bind_template_callback (widget_class, on_change_clicked);
}

static void
sc_version_hooks_init (ScVersionHooks *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sc_version_hooks_set_console (ScVersionHooks *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (on_state_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (console, "forgotten", G_CALLBACK (on_forgotten), self, G_CONNECT_SWAPPED);
}

void
sc_version_hooks_set_version (ScVersionHooks *self, guint64 version)
{
  forget (self);
  self->version = version;
  update (self);
  load (self);
}
