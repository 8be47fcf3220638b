/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "service/sc-service-private.h"
#include "service/sc-verify.h"

static gboolean
says_anything (const ScVerifyFinding *finding)
{
  return finding->missing || finding->damaged_chunks > 0;
}

static ScVerified *
make_verified (const GPtrArray *findings, ScProgress *progress)
{
  ScVerified *verified = sc_verified_new ();
  g_autoptr (GHashTable) templates = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (ScProgressState) state = { 0 };
  const ScVerifyFinding *unread = NULL;
  guint n_unread = 0;

  for (guint i = 0; i < findings->len; i++) {
    const ScVerifyFinding *finding = g_ptr_array_index (findings, i);

    if (finding->in_use) {
      unread = finding;
      n_unread++;
    }
    if (!says_anything (finding))
      continue;
    sc_verified_add_file (verified, finding->template_name, finding->path, finding->missing, finding->damaged_chunks);
    g_hash_table_add (templates, finding->template_name);
  }
  sc_progress_get (progress, &state);
  verified->bytes = state.done;
  verified->n_templates = g_hash_table_size (templates);
  if (n_unread > 0) {
    g_free (verified->code);
    g_free (verified->message);
    verified->code = g_strdup (sc_error_code_to_nick (SC_ERROR_BUSY));
    verified->message = g_strdup_printf (
        "Files in use cannot be verified, %u of them, such as “%s” of template “%s”: verify again when they are not",
        n_unread, unread->path, unread->template_name);
  }
  return verified;
}

static void
verify_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ScService *self = task_data;
  GError *error = NULL;
  g_autoptr (GPtrArray) findings =
      sc_verify_run (self->disk, self->state, self->settings.throttle, self->progress, cancellable, &error);

  if (findings != NULL)
    g_task_return_pointer (task, make_verified (findings, self->progress), (GDestroyNotify) sc_verified_free);
  else
    g_task_return_error (task, error);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;
  ScVerified *verified = g_task_propagate_pointer (G_TASK (result), &error);

  if (verified != NULL && sc_seat_core_get_phase (self->core) == SC_SEAT_STOPPING) {
    g_clear_pointer (&verified, sc_verified_free); /* the console was told that it was stopped */
  } else if (verified != NULL) {
    g_clear_pointer (&self->verified, sc_control_message_free);
    self->verified = sc_control_message_new (SC_CONTROL_VERIFIED, 0);
    self->verified->verified = verified;
  }
  sc_service_step_ended (self, error, FALSE);
}

void
sc_service_start_verifying (ScService *self)
{
  g_message ("Verifying all templates");
  sc_service_start_work (self);
  sc_service_run_step (self, verify_thread, on_verified);
}

void
sc_service_send_verified (ScService *self)
{
  if (self->verified == NULL)
    return;
  g_message ("Verified %" G_GUINT64_FORMAT " bytes: %u files of %u templates are not as they should be",
             self->verified->verified->bytes, self->verified->verified->n_files, self->verified->verified->n_templates);
  if (sc_link_send (self->link, self->verified))
    g_clear_pointer (&self->verified, sc_control_message_free);
}
