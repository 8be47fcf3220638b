/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/activity/sc-audit-check.h"

#include "console/gui/model/sc-item.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-style.h"

#include <glib/gi18n-lib.h>

struct _ScAuditCheck {
  GtkBox parent;
  ScConsole *console;
  GCancellable *cancellable;
  gboolean checking;
  GtkWidget *check;
  GtkLabel *result;
  GtkSpinner *audit_spinner;
};

G_DEFINE_FINAL_TYPE (ScAuditCheck, sc_audit_check, GTK_TYPE_BOX)

static void
update (ScAuditCheck *self)
{
  gtk_widget_set_sensitive (self->check, sc_me_may (self->console, SC_MAY_ADMINISTER) && !self->checking);
  gtk_widget_set_tooltip_text (self->check, sc_me_why_not (self->console, SC_MAY_ADMINISTER));
  g_object_set (self->audit_spinner, "active", self->checking, NULL);
}

static void
show_result (ScAuditCheck *self, const char *text, gboolean is_bad)
{
  sc_label_set (self->result, text);
  sc_style_set_class (GTK_WIDGET (self->result), "error", is_bad);
  gtk_widget_set_visible (GTK_WIDGET (self->result), *text != '\0');
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScAuditCheck) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  const guint64 n = sc_item_number_of (answer, "entries");
  g_autofree char *bad = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_item_number_of (answer, "first_bad"));
  g_autofree char *text = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  self->checking = FALSE;
  if (answer == NULL)
    text = g_strdup (error->message);
  else if (sc_item_flag_of (answer, "intact"))
    text = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "The log is whole: %u entry", "The log is whole: %u entries", (gulong) n),
        (guint) n);
  else
    /* Translators: the number of an entry */
    text = g_strdup_printf (_ ("Somebody has changed the log: entry %s is not what was written"), bad);
  show_result (self, text, answer == NULL || !sc_item_flag_of (answer, "intact"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->result), sc_item_text_of (answer, "head"));
  update (self);
}

static void
on_clicked (ScAuditCheck *self)
{
  self->checking = TRUE;
  show_result (self, "", FALSE);
  sc_console_request_async (self->console, "GET", "/v1/audit/verify", NULL, self->cancellable, on_checked,
                            g_object_ref (self));
  update (self);
}

static void
sc_audit_check_dispose (GObject *object)
{
  ScAuditCheck *self = SC_AUDIT_CHECK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_audit_check_parent_class)->dispose (object);
}

static void
sc_audit_check_finalize (GObject *object)
{
  g_object_unref (SC_AUDIT_CHECK (object)->cancellable);
  G_OBJECT_CLASS (sc_audit_check_parent_class)->finalize (object);
}

static void
sc_audit_check_class_init (ScAuditCheckClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_audit_check_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_audit_check_finalize;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-audit-check.ui");
  gtk_widget_class_bind_template_child (widget_class, ScAuditCheck, check);
  gtk_widget_class_bind_template_child (widget_class, ScAuditCheck, result);
  gtk_widget_class_bind_template_child (widget_class, ScAuditCheck, audit_spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_clicked);
}

static void
sc_audit_check_init (ScAuditCheck *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sc_audit_check_set_console (ScAuditCheck *self, ScConsole *console)
{
  self->console = g_object_ref (console);
  g_signal_connect_object (console, "state-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}
