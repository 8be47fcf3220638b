/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-machines.h"

#include <string.h>

typedef enum {
  BY_NAME = 1 << 0,
  BY_MAC = 1 << 1,
  BY_MACHINE = 1 << 2,
} Match;

/* What a board says whose maker has set no number. */
static gboolean
is_telling (const char *machine)
{
  static const char ami[] = "03000200-0400-0500-0006-000700080009"; /* American Megatrends' sample */
  char first = *machine;

  if (first == '\0' || strcmp (machine, ami) == 0)
    return FALSE;
  for (; *machine != '\0'; machine++)
    if (*machine != first && *machine != '-')
      return TRUE;
  return FALSE;
}

static gboolean
has_mac (const ScCatalogMachine *machine, const GPtrArray *macs)
{
  for (guint i = 0; i < macs->len; i++)
    if (strstr (machine->macs, macs->pdata[i]) != NULL)
      return TRUE;
  return FALSE;
}

static guint
match (const ScCatalogMachine *machine, const ScEnrolRequest *request)
{
  gboolean machines_known = is_telling (machine->machine) && is_telling (request->machine);
  gboolean macs_known = *machine->macs != '\0' && request->macs->len > 0;
  gboolean same_machine = machines_known && strcmp (machine->machine, request->machine) == 0;
  gboolean same_mac = macs_known && has_mac (machine, request->macs);
  gboolean same_name = g_ascii_strcasecmp (machine->name, request->name) == 0;
  gboolean same_seat = same_name && strcmp (machine->room, request->room) == 0;

  if (same_machine && macs_known && !same_mac && !same_name)
    same_machine = FALSE;
  if (same_mac && machines_known && !same_machine && !same_name)
    same_mac = FALSE;
  return (same_machine ? BY_MACHINE : 0u) | (same_mac ? BY_MAC : 0u) | (same_seat ? BY_NAME : 0u);
}

static gboolean
is_better (const ScCatalogMachine *a, guint a_match, const ScCatalogMachine *b, guint b_match)
{
  if (a->enrolled != b->enrolled)
    return a->enrolled;
  return a_match != b_match ? a_match > b_match : a->last_seen > b->last_seen;
}

static char *
describe (guint found)
{
  static const char *const words[] = { "name", "mac", "machine" };
  GString *text = g_string_new (NULL);

  for (guint i = G_N_ELEMENTS (words); i-- > 0;)
    if (found & (1u << i))
      g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", words[i]);
  return g_string_free (text, FALSE);
}

ScCatalogMachine *
sc_machines_find (GPtrArray *machines, const ScEnrolRequest *request, char **matched)
{
  ScCatalogMachine *best = NULL;
  guint best_match = 0;

  for (guint i = 0; i < machines->len; i++) {
    ScCatalogMachine *machine = g_ptr_array_index (machines, i);
    guint found = match (machine, request);

    if (found != 0 && (best == NULL || is_better (machine, found, best, best_match))) {
      best = machine;
      best_match = found;
    }
  }
  if (matched != NULL)
    *matched = describe (best_match);
  return best;
}
