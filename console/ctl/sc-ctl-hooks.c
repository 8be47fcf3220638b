/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"
#include "console/ctl/sc-ctl.h"

#include "common/sc-error.h"

#include <gio/gio.h>
#include <stdio.h>

#define MAX_FILE_BYTES (64u * 1024)

/* At most one byte more than is allowed, whatever somebody has named. (transfer full) (nullable) */
static char *
read_file (const char *path, gsize *length, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, error);
  g_autofree char *text = g_malloc (MAX_FILE_BYTES + 1);
  if (!stream || !g_input_stream_read_all (G_INPUT_STREAM (stream), text, MAX_FILE_BYTES + 1, length, NULL, error))
    return NULL;
  return g_steal_pointer (&text);
}

/* {"hooks": […]} of the file. (transfer full) (nullable) */
static ScJson *
load_hooks (const char *path, GError **error)
{
  gsize length = 0;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = read_file (path, &length, &local_error);
  if (!text) {
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "the hooks cannot be read: %s", local_error->message);
    return NULL;
  }
  if (length > MAX_FILE_BYTES) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is larger than the %u KiB that a file of hooks may have",
                 path, MAX_FILE_BYTES / 1024);
    return NULL;
  }
  ScJson *hooks = sc_json_parse_object (text, length, MAX_FILE_BYTES, error);
  if (!hooks)
    g_prefix_error (error, "“%s”: ", path);
  return hooks;
}

static void
print_hooks (ScJson *answer)
{
  const char *const headings[] = { "WHEN", "SYSTEM", ">SECONDS", "PROGRAM", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *hook;
  json_array_foreach (json_object_get (answer, "hooks"), i, hook)
      sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (hook, "when")), g_strdup (sc_ctl_text_of (hook, "os")),
                        g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (hook, "timeout_seconds")),
                        sc_ctl_names_of (json_object_get (hook, "run"), G_MAXUINT));
  g_autofree char *text = sc_ctl_table_to_text (table);
  fputs (sc_ctl_table_get_n_rows (table) > 0 ? text : "Seats run nothing before or after they get this version.\n",
         stdout);
}

ScCtlStatus
sc_ctl_version_hooks (ScCtl *self, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "version", &number, error))
    return SC_CTL_USAGE;
  gboolean change = self->options.set || self->options.clear;
  g_autoptr (ScJson) hooks = self->options.set ? load_hooks (self->options.set, error) : json_pack ("{s:[]}", "hooks");
  if (!hooks)
    return SC_CTL_FAILED;
  g_autofree char *path = sc_client_path ("/v1/versions/", self->arguments[0], "/hooks", NULL);
  g_autoptr (ScJson) answer =
      sc_ctl_client_request (self->client, change ? "POST" : "GET", path, change ? hooks : NULL, error);
  if (!answer)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (answer);
  else
    print_hooks (answer);
  return SC_CTL_DONE;
}
