/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/sc-waker.h"

#include "common/platform/sc-system.h"
#include "common/platform/sc-wake.h"
#include "common/sc-error.h"

#define MAX_JOBS 8192u

/* Packets that are still to be sent to one card from one interface. */
typedef struct {
  char *mac;
  char *interface_address;
  char *destination; /* (nullable) */
  guint left;
} Job;

struct _ScWaker {
  guint interval;
  GPtrArray *jobs; /* Job */
  guint timer;
};

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->mac);
  g_free (job->interface_address);
  g_free (job->destination);
  g_free (job);
}

ScWaker *
sc_waker_new (guint interval)
{
  ScWaker *self = g_new0 (ScWaker, 1);

  self->interval = interval;
  self->jobs = g_ptr_array_new_with_free_func (job_free);
  return self;
}

void
sc_waker_free (ScWaker *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->timer, g_source_remove);
  g_ptr_array_unref (self->jobs);
  g_free (self);
}

static gboolean
send_again (gpointer data)
{
  ScWaker *self = data;

  for (guint i = self->jobs->len; i-- > 0;) {
    Job *job = g_ptr_array_index (self->jobs, i);
    g_autoptr (GError) error = NULL;

    if (!sc_system_wake (job->mac, job->interface_address, job->destination, &error))
      g_warning ("%s", error->message);
    if (--job->left == 0)
      g_ptr_array_remove_index_fast (self->jobs, i);
  }
  if (self->jobs->len > 0)
    return G_SOURCE_CONTINUE;
  self->timer = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
is_under_way (ScWaker *self, const char *mac, const char *interface_address, const char *destination)
{
  for (guint i = 0; i < self->jobs->len; i++) {
    const Job *job = g_ptr_array_index (self->jobs, i);

    if (g_str_equal (job->mac, mac) && g_str_equal (job->interface_address, interface_address) &&
        g_strcmp0 (job->destination, destination) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
begin (ScWaker *self, const char *mac, const char *interface_address, const char *destination, GError **error)
{
  Job *job = NULL;

  if (is_under_way (self, mac, interface_address, destination))
    return TRUE;
  if (!sc_system_wake (mac, interface_address, destination, error))
    return FALSE;
  if (self->jobs->len >= MAX_JOBS)
    return TRUE; /* it has had one */
  job = g_new0 (Job, 1);
  job->mac = g_strdup (mac);
  job->interface_address = g_strdup (interface_address);
  job->destination = g_strdup (destination);
  job->left = SC_WAKER_PACKETS - 1;
  g_ptr_array_add (self->jobs, job);
  if (self->timer == 0)
    self->timer = g_timeout_add (self->interval, send_again, self);
  return TRUE;
}

/* (element-type utf8) (transfer full): of all interfaces but loopback, or the one */
static GPtrArray *
list_addresses (const char *interface_address, GError **error)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) interfaces = NULL;

  if (interface_address != NULL) {
    g_ptr_array_add (addresses, g_strdup (interface_address));
    return addresses;
  }
  interfaces = sc_system_list_interfaces (error);
  for (guint i = 0; interfaces != NULL && i < interfaces->len; i++) {
    const ScInterface *interface_found = g_ptr_array_index (interfaces, i);

    if (!g_str_has_prefix (interface_found->address, "127."))
      g_ptr_array_add (addresses, g_strdup (interface_found->address));
  }
  if (interfaces != NULL && addresses->len == 0)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                         "the console has no network interface that is up to send wake packets from");
  return addresses;
}

gboolean
sc_waker_wake (ScWaker *self, GPtrArray *macs, const char *interface_address, const char *destination, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GPtrArray) addresses = list_addresses (interface_address, &failure);
  gboolean sent = FALSE;

  if (macs->len == 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_NOT_FOUND,
                         "no MAC address of it is known: it tells that when it connects");
    return FALSE;
  }
  for (guint i = 0; i < macs->len; i++)
    for (guint j = 0; j < addresses->len; j++) {
      g_clear_error (&failure);
      sent = begin (self, g_ptr_array_index (macs, i), g_ptr_array_index (addresses, j), destination, &failure) || sent;
    }
  if (!sent)
    g_propagate_error (error, g_steal_pointer (&failure));
  return sent;
}
