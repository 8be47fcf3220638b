/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-system.h"
#include "common/platform/sc-wake.h"
#include "common/sc-error.h"
#include "common/sc-log.h"
#include "service/sc-service-private.h"

#define WAKE_TIMES 3u         /* each machine: nobody answers, and a packet may be lost */
#define WAKE_ROUND 300u       /* ms that one time takes at least */
#define WAKE_PACKET 10u       /* ms between packets at least */
#define MAX_WAKES 16u         /* orders at a time; the oldest gives way */
#define POWER_OFF_DELAY 1000u /* ms for the answer to be on its way */

/* ---- waking others ---- */

typedef struct {
  ScService *service; /* (transfer none) */
  GPtrArray *macs;    /* (element-type utf8) */
  char *destination;
  guint next; /* of all packets */
  gboolean warned;
  GSource *timer;
} Wake;

static void
wake_free (gpointer data)
{
  Wake *self = data;

  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  g_ptr_array_unref (self->macs);
  g_free (self->destination);
  g_free (self);
}

static gboolean
on_wake (gpointer user_data)
{
  Wake *self = user_data;
  ScService *service = self->service;
  const char *mac = self->macs->pdata[self->next % self->macs->len];
  g_autoptr (GError) error = NULL;

  if (!service->system.wake (mac, service->local_address, *self->destination != '\0' ? self->destination : NULL,
                             &error) &&
      !self->warned) {
    g_warning ("%s", error->message);
    self->warned = TRUE; /* the others would say the same */
  }
  self->next++;
  if (self->next < WAKE_TIMES * self->macs->len)
    return G_SOURCE_CONTINUE;
  g_ptr_array_remove (service->wakes, self);
  return G_SOURCE_REMOVE;
}

void
sc_service_wake (ScService *self, ScControlMessage *message)
{
  guint n = message->wake.macs->len;
  Wake *wake;

  if (n == 0 || self->stopped != NULL || self->local_address == NULL)
    return;
  if (self->wakes == NULL)
    self->wakes = g_ptr_array_new_with_free_func (wake_free);
  if (self->wakes->len == MAX_WAKES)
    g_ptr_array_remove_index (self->wakes, 0);
  g_message ("The console has machines on this network woken: %u", n);
  wake = g_new0 (Wake, 1);
  wake->service = self;
  wake->macs = g_ptr_array_ref (message->wake.macs);
  wake->destination = g_strdup (message->wake.destination != NULL ? message->wake.destination : "");
  wake->timer = g_timeout_source_new (MAX (WAKE_PACKET, WAKE_ROUND / n));
  g_source_set_callback (wake->timer, on_wake, wake, NULL);
  g_source_attach (wake->timer, g_main_context_get_thread_default ());
  g_ptr_array_add (self->wakes, wake);
}

/* ---- powering off ---- */

/* @why: (nullable): why it does not */
static void
answer (ScService *self, const char *why)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_POWERED, 0);

  message->powered.off = why == NULL;
  message->powered.message = g_strdup (why != NULL ? why : "");
  if (why != NULL)
    g_message ("The console would have this machine off, but it stays on: %s", why);
  sc_link_send (self->link, message);
}

/* Somebody may have come while the answer was on its way. */
static gboolean
check_users (ScService *self, GError **error)
{
  gboolean users = TRUE;

  if (!self->system.has_users (&users, error))
    return FALSE;
  if (users)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_BUSY, "Somebody has just signed in");
  return !users;
}

static void
power_off_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ScService *self = task_data;
  GError *error = NULL;

  if (check_users (self, &error) && self->system.power_off (&error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_powered_off (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;

  self->power_running = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    answer (self, error->message);
  sc_service_pump (self);
}

static gboolean
on_delay (gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_powered_off, self);

  sc_log_event ("The console has this machine powered off");
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, power_off_thread);
  return G_SOURCE_REMOVE;
}

static void
users_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ScService *self = task_data;
  GError *error = NULL;
  gboolean users = TRUE;

  if (self->system.has_users (&users, &error))
    g_task_return_boolean (task, users);
  else
    g_task_return_error (task, error);
}

static void
on_users (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ScService *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean users = g_task_propagate_boolean (G_TASK (result), &error);
  const char *why = NULL;

  if (error != NULL)
    why = error->message;
  else if (users)
    why = "Somebody is signed in";
  else if (sc_seat_core_is_at_work (self->core))
    why = "The seat is at work";
  if (self->stopped == NULL)
    answer (self, why);
  if (why != NULL || self->stopped != NULL) {
    self->power_running = FALSE;
    sc_service_pump (self);
    return;
  }
  g_autoptr (GSource) delay = g_timeout_source_new (POWER_OFF_DELAY);
  g_source_set_callback (delay, on_delay, self, NULL);
  g_source_attach (delay, g_main_context_get_thread_default ());
}

void
sc_service_power_off (ScService *self)
{
  if (self->stopped != NULL || self->power_running)
    return; /* the first one is answered */
  if (sc_seat_core_is_at_work (self->core)) {
    answer (self, "The seat is at work");
    return;
  }
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_users, self);

  self->power_running = TRUE;
  g_task_set_task_data (task, self, NULL);
  g_task_run_in_thread (task, users_thread);
}
