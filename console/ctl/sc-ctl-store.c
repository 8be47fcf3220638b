/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-follow.h"
#include "console/ctl/sc-ctl-table.h"

#include <stdio.h>

/* Returns: (transfer full): the report */
static ScJson *
run_operation (ScCtl *self, const char *path, GError **error)
{
  g_autoptr (ScJson) operation = sc_ctl_client_request (self->client, "POST", path, NULL, error);
  return operation ? sc_ctl_follow_operation (self, operation, error) : NULL;
}

/* Damage is what verify is asked to find, so it is the exit status and no error. */
static ScCtlStatus
print_report (ScCtl *self, ScJson *result, const char *what)
{
  guint64 damaged = sc_ctl_number_of (result, "damaged");
  if (!self->options.json) {
    g_autofree char *bytes = sc_ctl_format_size (sc_ctl_number_of (result, "bytes"));
    guint64 versions = sc_ctl_number_of (result, "versions");
    printf ("%s %" G_GUINT64_FORMAT " entries, %s, %" G_GUINT64_FORMAT " version%s: %" G_GUINT64_FORMAT " damaged\n",
            what, sc_ctl_number_of (result, "entries"), bytes, versions, versions == 1 ? "" : "s", damaged);
    gsize i;
    ScJson *problem;
    json_array_foreach (json_object_get (result, "problems"), i, problem)
        printf ("  %s\n", json_string_value (problem) ? json_string_value (problem) : "?");
  }
  return damaged > 0 ? SC_CTL_FAILED : SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_store_verify (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) result = run_operation (self, "/v1/store/verify", error);
  return result ? print_report (self, result, "Checked") : SC_CTL_FAILED;
}

ScCtlStatus
sc_ctl_store_rebuild_index (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) result = run_operation (self, "/v1/store/rebuild-index", error);
  return result ? print_report (self, result, "Indexed") : SC_CTL_FAILED;
}

ScCtlStatus
sc_ctl_store_gc (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) result = run_operation (self, "/v1/store/gc", error);
  if (!result)
    return SC_CTL_FAILED;
  if (!self->options.json) {
    g_autofree char *freed = sc_ctl_format_size (sc_ctl_number_of (result, "freed_bytes"));
    printf ("Freed %s\n", freed);
  }
  return SC_CTL_DONE;
}
