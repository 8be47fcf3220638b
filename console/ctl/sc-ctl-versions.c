/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-follow.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"

#include "common/sc-error.h"

#include <stdio.h>

/* Publishing is done by now: that it cannot be compared with the version before is worth no failure. */
static void
print_comparison (ScCtl *self, guint64 version)
{
  if (version < 2)
    return;
  g_autofree char *before = g_strdup_printf ("%" G_GUINT64_FORMAT, version - 1);
  g_autofree char *now = g_strdup_printf ("%" G_GUINT64_FORMAT, version);
  g_autofree char *path = sc_client_path ("/v1/versions/", before, "/diff/", now, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) diff = sc_ctl_client_request (self->client, "GET", path, NULL, &error);
  if (!diff) {
    printf ("  not compared with version %s: %s\n", before, error->message);
    return;
  }
  g_autofree char *changes = sc_ctl_diff_changes (diff);
  if (*changes)
    printf ("  compared with version %s: %s\n", before, changes);
  else
    printf ("  the same as version %s\n", before);
}

ScCtlStatus
sc_ctl_publish (ScCtl *self, GError **error)
{
  /* the engine has another working directory */
  g_autofree char *directory = g_canonicalize_filename (self->arguments[0], NULL);
  const char *author = self->options.author ? self->options.author : g_get_user_name ();
  g_autoptr (ScJson) body =
      json_pack ("{s:s, s:s, s:s}", "directory", directory, "note", self->options.note, "author", author);
  if (!body) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the directory's name, the note and the author have to be UTF-8");
    return SC_CTL_USAGE;
  }

  g_autoptr (ScJson) operation = sc_ctl_client_request (self->client, "POST", "/v1/versions", body, error);
  g_autoptr (ScJson) result = operation ? sc_ctl_follow_operation (self, operation, error) : NULL;
  if (!result)
    return SC_CTL_FAILED;
  if (self->options.json)
    return SC_CTL_DONE;

  g_autofree char *bytes = sc_ctl_format_size (sc_ctl_number_of (result, "size_bytes"));
  g_autofree char *read_bytes = sc_ctl_format_size (sc_ctl_number_of (result, "read_bytes"));
  g_autofree char *new_bytes = sc_ctl_format_size (sc_ctl_number_of (result, "new_bytes"));
  g_autofree char *stored = sc_ctl_format_size (sc_ctl_number_of (result, "stored_bytes"));
  printf ("Version %" G_GUINT64_FORMAT ": %s, of which %s were read; %s are new and take %s in the store\n",
          sc_ctl_number_of (result, "version"), bytes, read_bytes, new_bytes, stored);
  print_comparison (self, sc_ctl_number_of (result, "version"));
  return SC_CTL_DONE;
}

/* What an administrator has to see to is said before what staff wrote. (transfer full) */
static char *
dup_note (ScJson *version)
{
  const char *note = sc_ctl_text_of (version, "note");
  return g_strconcat (json_is_false (json_object_get (version, "signed")) ? "(not signed) " : "", note, NULL);
}

ScCtlStatus
sc_ctl_versions (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/versions", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;

  const char *const headings[] = { ">VERSION", "TIME", "AUTHOR", ">TEMPLATES", ">SIZE", "NOTE", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *version;
  json_array_foreach (json_object_get (answer, "versions"), i, version)
  {
    if (self->options.json) {
      sc_ctl_print_json (version);
      continue;
    }
    sc_ctl_table_add (table, g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (version, "number")),
                      sc_ctl_format_time (sc_ctl_text_of (version, "created")),
                      g_strdup (sc_ctl_text_of (version, "author")),
                      g_strdup_printf ("%" G_GSIZE_FORMAT, json_array_size (json_object_get (version, "templates"))),
                      sc_ctl_format_size (sc_ctl_number_of (version, "size_bytes")), dup_note (version));
  }
  return sc_ctl_print_table (self, table, "There is no version yet: “seatcastctl publish DIR -m NOTE” makes one.");
}

static void
print_version (ScJson *version)
{
  g_autofree char *time = sc_ctl_format_time (sc_ctl_text_of (version, "created"));
  g_autofree char *size = sc_ctl_format_size (sc_ctl_number_of (version, "size_bytes"));
  g_autofree char *note = dup_note (version);
  printf ("Version %" G_GUINT64_FORMAT ", %s, %s, %s\n%s\n", sc_ctl_number_of (version, "number"), time,
          sc_ctl_text_of (version, "author"), size, note);

  const char *const headings[] = { "TEMPLATE", "FILE", ">SIZE", "CHANGED", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i, k;
  ScJson *item, *file;
  json_array_foreach (json_object_get (version, "templates"), i, item)
  {
    json_array_foreach (json_object_get (item, "files"), k, file)
    {
      sc_ctl_table_add (table, g_strdup (k == 0 ? sc_ctl_text_of (item, "name") : ""),
                        g_strdup (sc_ctl_text_of (file, "path")),
                        sc_ctl_format_size (sc_ctl_number_of (file, "size_bytes")),
                        sc_ctl_format_time (sc_ctl_text_of (file, "mtime")));
    }
  }
  g_autofree char *text = sc_ctl_table_to_text (table);
  fputs (text, stdout);
}

ScCtlStatus
sc_ctl_show (ScCtl *self, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "version", &number, error))
    return SC_CTL_USAGE;
  g_autofree char *path = sc_client_path ("/v1/versions/", self->arguments[0], NULL);
  g_autoptr (ScJson) version = sc_ctl_client_request (self->client, "GET", path, NULL, error);
  if (!version)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (version);
  else
    print_version (version);
  return SC_CTL_DONE;
}

/* A file may differ by its time only; the API tells for all files together whether there is any new data. */
static char *
file_change (ScJson *diff, ScJson *file)
{
  const char *change = sc_ctl_text_of (file, "change");
  gboolean new_data = sc_ctl_number_of (diff, "chunks_to_send") > 0 || sc_ctl_number_of (diff, "bytes_to_send") > 0;
  gboolean same_size = sc_ctl_number_of (file, "size_bytes") == sc_ctl_number_of (file, "old_size_bytes");
  return g_strconcat (change, g_str_equal (change, "changed") && same_size && !new_data ? " (no new data)" : "", NULL);
}

static void
print_diff (ScJson *diff)
{
  const char *const headings[] = { "TEMPLATE", "FILE", "CHANGE", ">SIZE", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i, k;
  ScJson *item, *file;
  json_array_foreach (json_object_get (diff, "templates"), i, item)
  {
    sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (item, "name")), NULL, g_strdup (sc_ctl_text_of (item, "change")),
                      NULL);
    json_array_foreach (json_object_get (item, "files"), k, file)
        sc_ctl_table_add (table, NULL, g_strdup (sc_ctl_text_of (file, "path")), file_change (diff, file),
                          sc_ctl_format_size (sc_ctl_number_of (file, "size_bytes")));
  }
  if (sc_ctl_table_get_n_rows (table) == 0) {
    puts ("Nothing differs.");
    return;
  }
  g_autofree char *text = sc_ctl_table_to_text (table);
  fputs (text, stdout);
  g_autofree char *send = sc_ctl_format_size (sc_ctl_number_of (diff, "bytes_to_send"));
  printf ("To send: %s\n", send);
}

ScCtlStatus
sc_ctl_diff (ScCtl *self, GError **error)
{
  guint64 number;
  for (guint i = 0; i < 2; i++)
    if (!sc_ctl_parse_number (self->arguments[i], "version", &number, error))
      return SC_CTL_USAGE;
  g_autofree char *path = sc_client_path ("/v1/versions/", self->arguments[0], "/diff/", self->arguments[1], NULL);
  g_autoptr (ScJson) diff = sc_ctl_client_request (self->client, "GET", path, NULL, error);
  if (!diff)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (diff);
  else
    print_diff (diff);
  return SC_CTL_DONE;
}
