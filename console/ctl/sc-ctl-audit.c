/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-history.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"

#include "common/sc-error.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_ENTRIES 50u
#define HASH_SHOWN 12 /* digits */
#define HASH_DIGITS 64u

static gboolean
add_entry (ScCtl *self, ScJson *entry, gpointer data)
{
  ScCtlTable *table = data;
  if (self->options.json) {
    sc_ctl_print_json (entry);
    return TRUE;
  }
  sc_ctl_table_add (table, g_strdup_printf ("%" G_GUINT64_FORMAT, sc_ctl_number_of (entry, "id")),
                    sc_ctl_format_second (sc_ctl_text_of (entry, "time")), sc_ctl_activity_who (entry),
                    g_strdup (sc_ctl_text_of (entry, "role")), g_strdup (sc_ctl_text_of (entry, "address")),
                    g_strdup (sc_ctl_text_of (entry, "action")), sc_ctl_activity_what (entry),
                    sc_ctl_activity_result (entry), g_strndup (sc_ctl_text_of (entry, "hash"), HASH_SHOWN));
  return TRUE;
}

ScCtlStatus
sc_ctl_audit (ScCtl *self, GError **error)
{
  const char *const headings[] = { ">ID", "TIME", "WHO", "?ROLE", "?FROM", "ACTION", "WHAT", "RESULT", "?HASH", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  guint64 wanted = self->options.max_entries > 0 ? self->options.max_entries : DEFAULT_ENTRIES;
  if (!sc_ctl_history_each (self, wanted, add_entry, table, error))
    return SC_CTL_FAILED;
  return sc_ctl_print_table (self, table, "Nobody has done anything yet.");
}

static void
print_verdict (ScCtl *self, ScJson *answer, gboolean intact, gboolean found)
{
  g_autofree char *head = sc_ctl_text_cut (sc_ctl_text_of (answer, "head"), G_MAXUINT);
  guint64 entries = sc_ctl_number_of (answer, "entries");
  if (!intact) {
    printf ("The audit log was changed: entry %" G_GUINT64_FORMAT " does not fit the one before it.\n",
            sc_ctl_number_of (answer, "first_bad"));
    return;
  }
  if (!found) {
    printf ("The audit log was written anew: no entry has the hash %s. All that came with it or before may have been "
            "changed.\n",
            self->options.head);
    return;
  }
  printf ("%" G_GUINT64_FORMAT " entr%s, unchanged.\n", entries, entries == 1 ? "y" : "ies");
  if (self->options.head)
    printf ("Entry %" G_GUINT64_FORMAT " is the one that was asked for.\n", sc_ctl_number_of (answer, "found"));
  printf ("head  %s\n", head);
}

ScCtlStatus
sc_ctl_audit_verify (ScCtl *self, GError **error)
{
  const char *head = self->options.head;
  if (head && (strlen (head) != HASH_DIGITS || strspn (head, "0123456789abcdefABCDEF") != HASH_DIGITS)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "--head has to be %u hexadecimal digits, as an earlier “audit "
                 "verify” printed them",
                 HASH_DIGITS);
    return SC_CTL_USAGE;
  }
  g_autofree char *path = g_strconcat ("/v1/audit/verify", head ? "?head=" : "", head, NULL);
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", path, NULL, error);
  if (!answer)
    return SC_CTL_FAILED;
  gboolean intact = sc_json_get_optional_bool (answer, "intact", FALSE);
  gboolean found = !head || sc_ctl_number_of (answer, "found") > 0;
  if (self->options.json)
    sc_ctl_print_json (answer);
  else
    print_verdict (self, answer, intact, found);
  return intact && found ? SC_CTL_DONE : SC_CTL_FAILED;
}
