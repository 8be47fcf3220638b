/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which templates are deployed, when, and what is done to seats before and after it. */
#include "console/gui/deploy/sc-deploy-dialog-private.h"
#include "console/gui/model/sc-me.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sc-notice.h"
#include "console/gui/words/sc-deploy-words.h"
#include "console/gui/words/sc-plan-words.h"

#include <glib/gi18n-lib.h>

void
sc_deploy_dialog_on_templates_changed (ScDeployDialog *self)
{
  g_autoptr (ScJson) templates = NULL;

  if (self->plan == NULL)
    return;
  templates = sc_template_chooser_get_templates (self->templates);
  if (sc_template_chooser_is_complete (self->templates))
    sc_deploy_plan_set_templates (self->plan, templates);
  sc_deploy_dialog_refresh (self);
}

void
sc_deploy_dialog_on_when_changed (ScDeployDialog *self)
{
  if (self->plan != NULL) /* which says that it has changed */
    sc_deploy_plan_set_power (self->plan, sc_when_chooser_wakes (self->when), sc_when_chooser_powers_off (self->when));
}

gboolean
sc_deploy_dialog_is_planned (ScDeployDialog *self)
{
  g_autoptr (ScJson) body = NULL;
  ScDeployWhen when;

  sc_when_chooser_get (self->when, &when);
  body = sc_deploy_schedule_to_body (self->plan, &when, sc_console_get_rooms (self->console));
  return body != NULL;
}

gboolean
sc_deploy_dialog_takes_version (ScDeployDialog *self)
{
  ScDeployWhen when;

  sc_when_chooser_get (self->when, &when);
  return when.what == SC_DEPLOY_THIS;
}

gboolean
sc_deploy_dialog_begins_now (ScDeployDialog *self)
{
  g_autoptr (ScJson) rest = NULL;
  ScDeployWhen when;

  sc_when_chooser_get (self->when, &when);
  rest = sc_deploy_schedule_rest_to_body (self->plan, &when, sc_console_get_rooms (self->console));
  return rest != NULL;
}

gboolean
sc_deploy_dialog_can_plan (ScDeployDialog *self)
{
  ScDeployWhen when;

  sc_when_chooser_get (self->when, &when);
  return when.moment != SC_DEPLOY_NOW && sc_me_may (self->console, SC_MAY_OPERATE) &&
         sc_deploy_schedule_is_complete (self->plan, &when, g_get_real_time ());
}

void
sc_deploy_dialog_refresh_templates (ScDeployDialog *self)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, sc_deploy_plan_get_version (self->plan));
  ScVersionItem *version = sc_item_list_find (sc_console_get_versions (self->console), key);

  if (version != NULL)
    sc_template_chooser_set_version (self->templates, version);
}

void
sc_deploy_dialog_refresh_when (ScDeployDialog *self)
{
  g_autofree char *text = NULL, *moment = NULL, *pinned = NULL;
  ScDeployWhen when;

  sc_when_chooser_get (self->when, &when);
  moment = sc_plan_words_deploy_when (self->plan, &when, sc_console_get_rooms (self->console), g_get_real_time ());
  pinned = sc_deploy_words_pinned (self->plan, &when);
  text = g_strconcat (moment, *moment != '\0' && *pinned != '\0' ? "\n" : "", pinned, NULL);
  sc_label_set (self->when_text, text);
  gtk_widget_set_visible (GTK_WIDGET (self->when_text), *text != '\0');
}

static void
tell_planned (ScDeployDialog *self, ScJson *answer)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  ScJson *first = json_array_get (json_object_get (answer, "schedules"), 0);
  g_autofree char *next = sc_plan_words_time (sc_item_time_of (first, "next"), g_get_real_time ());
  g_autofree char *text = *next != '\0' ? g_strdup_printf (_ ("Planned: %s"), next) : g_strdup (_ ("Planned"));

  if (parent != NULL)
    sc_notice_show (GTK_WIDGET (parent), text);
}

static void
on_planned (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ScDeployDialog) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) answer = sc_console_request_finish (SC_CONSOLE (source), result, &error);
  g_autoptr (ScJson) rest = NULL;
  ScDeployWhen when;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  self->planning = FALSE;
  if (answer == NULL) {
    sc_deploy_dialog_show_refusal (self, error);
    sc_deploy_dialog_refresh (self);
    return;
  }
  tell_planned (self, answer);
  sc_when_chooser_get (self->when, &when);
  rest = sc_deploy_schedule_rest_to_body (self->plan, &when, sc_console_get_rooms (self->console));
  if (rest != NULL) /* which closes the dialog, once it has begun */
    sc_deployer_deploy (self->deployer, sc_deploy_plan_get_path (self->plan), rest);
  else
    gtk_widget_destroy (GTK_WIDGET (self));
}

void
sc_deploy_dialog_plan (ScDeployDialog *self)
{
  g_autoptr (ScJson) body = NULL;
  ScDeployWhen when;

  sc_when_chooser_get (self->when, &when);
  body = sc_deploy_schedule_to_body (self->plan, &when, sc_console_get_rooms (self->console));
  gtk_info_bar_set_revealed (self->info_bar, FALSE);
  self->planning = TRUE;
  sc_deploy_dialog_refresh (self);
  /* what was asked for goes on without the dialog: a deploy that is planned is seen among the sessions */
  sc_console_request_async (self->console, "POST", "/v1/schedules", body, NULL, on_planned, g_object_ref (self));
}
