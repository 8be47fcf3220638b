/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-waiting.h"

#include "common/sc-error.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"

#include <stdio.h>

#define MAX_NAMES 8u      /* that are worth a line */
#define MAX_AT_ONCE 4096u /* the API's */

static gboolean
is_duplicate (ScJson *seat)
{
  return g_str_equal (sc_ctl_text_of (seat, "state"), "duplicate");
}

/* Adds the one that is called so. */
static gboolean
choose_one (ScJson *waiting, const char *name, ScJson *ids, GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  ScJson *chosen = NULL;
  gsize i;
  ScJson *seat;
  json_array_foreach (waiting, i, seat)
  {
    g_autofree char *id = sc_ctl_id_of (seat);
    gboolean by_id = g_str_equal (id, name);
    if (by_id)
      g_ptr_array_set_size (found, 0);
    if (!by_id && !g_str_equal (sc_ctl_text_of (seat, "name"), name))
      continue;
    chosen = json_object_get (seat, "id");
    g_ptr_array_add (found, g_steal_pointer (&id));
    if (by_id)
      break;
  }
  if (found->len == 1) {
    json_array_append (ids, chosen);
    return TRUE;
  }
  g_autofree char *listed = sc_ctl_names (found, MAX_NAMES);
  if (found->len == 0)
    g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND, "no seat “%s” waits: see “seatcastctl waiting”", name);
  else
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "%u seats that wait call themselves “%s”: name the right one by its id (%s), see “seatcastctl "
                 "waiting”",
                 found->len, name, listed);
  return FALSE;
}

ScJson *
sc_ctl_waiting_choose (ScJson *waiting, const ScCtlWaitingChoice *choice, GPtrArray **left_out, GError **error)
{
  g_autoptr (ScJson) ids = json_array ();
  *left_out = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; choice->names && choice->names[i]; i++)
    if (!choose_one (waiting, choice->names[i], ids, error))
      return NULL;
  if (choice->names && *choice->names)
    return g_steal_pointer (&ids);

  gsize i;
  ScJson *seat;
  json_array_foreach (waiting, i, seat)
  {
    if (choice->room && !g_str_equal (sc_ctl_text_of (seat, "room"), choice->room))
      continue;
    if (is_duplicate (seat) && !choice->duplicates)
      g_ptr_array_add (*left_out, g_strdup (sc_ctl_text_of (seat, "name")));
    else if (json_array_size (ids) < MAX_AT_ONCE)
      json_array_append (ids, json_object_get (seat, "id"));
  }
  return g_steal_pointer (&ids);
}

/* What the two have in common, for people. */
static char *
matched_in_words (ScJson *known)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  gsize i;
  ScJson *item;
  json_array_foreach (json_object_get (known, "matched"), i, item)
  {
    const char *word = json_is_string (item) ? json_string_value (item) : "";
    g_ptr_array_add (words, (gpointer) (g_str_equal (word, "machine") ? "hardware"
                                        : g_str_equal (word, "mac")   ? "MAC"
                                                                      : word));
  }
  return sc_ctl_names (words, MAX_NAMES);
}

char *
sc_ctl_waiting_known (ScJson *seat)
{
  ScJson *known = json_object_get (seat, "known");
  if (!json_is_object (known))
    return g_strdup ("");
  g_autofree char *matched = matched_in_words (known);
  const char *room = sc_ctl_text_of (known, "room");
  gboolean online = sc_json_get_optional_bool (known, "online", FALSE);
  g_autofree char *seen = sc_ctl_format_time (sc_ctl_text_of (known, "last_seen"));
  g_autofree char *last = g_str_equal (seen, "-") ? g_strdup ("") : g_strconcat ("; last seen ", seen, NULL);
  return g_strdup_printf ("%s%s%s%s by %s%s", sc_ctl_text_of (known, "name"), *room ? " (" : "", room, *room ? ")" : "",
                          matched, online ? "; online now!" : last);
}

/* KNOWN AS says it better. */
static const char *
why_of (ScJson *seat)
{
  return json_is_object (json_object_get (seat, "known")) ? "it has another key" : sc_ctl_text_of (seat, "reason");
}

static void
add_row (ScCtlTable *table, ScJson *seat)
{
  const char *room = sc_ctl_text_of (seat, "room");
  sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (seat, "name")), g_strdup (*room ? room : "(no room)"),
                    sc_ctl_waiting_known (seat), g_strdup (why_of (seat)), g_strdup (sc_ctl_text_of (seat, "address")),
                    sc_ctl_names_of (json_object_get (seat, "macs"), 2), g_strdup (sc_ctl_text_of (seat, "os")),
                    sc_ctl_format_time (sc_ctl_text_of (seat, "requested")), sc_ctl_id_of (seat));
}

static ScJson *
get_waiting (ScCtl *self, GError **error)
{
  return sc_ctl_client_request (self->client, "GET", "/v1/waiting-seats", NULL, error);
}

ScCtlStatus
sc_ctl_waiting (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = get_waiting (self, error);
  if (!answer)
    return SC_CTL_FAILED;
  const char *const headings[] = {
    "SEAT", "ROOM", "?KNOWN AS", "WHY", "ADDRESS", "?MAC", "SYSTEM", "SINCE", "ID", NULL
  };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *seat;
  json_array_foreach (json_object_get (answer, "waiting"), i, seat)
  {
    if (self->options.json)
      sc_ctl_print_json (seat);
    else
      add_row (table, seat);
  }
  return sc_ctl_print_table (self, table, "No seat waits.");
}

/* @ids: (transfer full). Returns: the answer, or NULL: an empty choice is none to ask for */
static ScJson *
decide (ScCtl *self, const char *path, ScJson *ids, GError **error)
{
  g_autoptr (ScJson) body = json_object ();
  json_object_set_new (body, "ids", ids);
  if (self->options.into)
    json_object_set_new (body, "room", json_string (self->options.into));
  return sc_ctl_client_request (self->client, "POST", path, body, error);
}

static const char *
name_of (ScJson *waiting, ScJson *id)
{
  gsize i;
  ScJson *seat;
  json_array_foreach (waiting, i, seat)
  {
    if (json_equal (json_object_get (seat, "id"), id))
      return sc_ctl_text_of (seat, "name");
  }
  return "?";
}

/* @what: "let in". Returns: %SC_CTL_FAILED when the console could not do it for all */
static ScCtlStatus
print_decision (ScCtl *self, ScJson *waiting, ScJson *answer, const char *what)
{
  ScJson *failed = json_object_get (answer, "failed");
  gsize n_done = json_array_size (json_object_get (answer, "done"));
  ScCtlStatus status = json_array_size (failed) > 0 ? SC_CTL_FAILED : SC_CTL_DONE;
  if (self->options.json) {
    sc_ctl_print_json (answer);
    return status;
  }
  printf ("%" G_GSIZE_FORMAT " seat%s %s.\n", n_done, n_done == 1 ? "" : "s", what);
  gsize i;
  ScJson *item;
  json_array_foreach (failed, i, item)
  {
    g_autofree char *name = sc_ctl_text_cut (name_of (waiting, json_object_get (item, "id")), G_MAXUINT);
    g_autofree char *why = sc_ctl_text_cut (sc_ctl_text_of (item, "error"), G_MAXUINT);
    printf ("Not %s: %s\n", name, why);
  }
  return status;
}

static ScCtlStatus
decide_about_waiting (ScCtl *self, const char *path, gboolean duplicates, const char *what, GError **error)
{
  g_autoptr (ScJson) answer = get_waiting (self, error);
  if (!answer)
    return SC_CTL_FAILED;
  ScJson *waiting = json_object_get (answer, "waiting");
  ScCtlWaitingChoice choice = { self->arguments, self->options.room, duplicates };
  g_autoptr (GPtrArray) left_out = NULL;
  ScJson *ids = sc_ctl_waiting_choose (waiting, &choice, &left_out, error);
  if (!ids)
    return SC_CTL_FAILED;
  gboolean none = json_array_size (ids) == 0;
  g_autoptr (ScJson) done = none ? json_pack ("{s:[], s:[]}", "done", "failed") : decide (self, path, ids, error);
  if (none)
    json_decref (ids);
  if (!done)
    return SC_CTL_FAILED;
  ScCtlStatus status = print_decision (self, waiting, done, what);
  if (left_out->len > 0) {
    g_autofree char *names = sc_ctl_names (left_out, MAX_NAMES);
    fprintf (stderr,
             "Left out, because the console knows them by another key: %s; see “seatcastctl waiting”, then name "
             "them, or add --duplicates.\n",
             names);
  }
  return status;
}

ScCtlStatus
sc_ctl_approve (ScCtl *self, GError **error)
{
  return decide_about_waiting (self, "/v1/waiting-seats/approve", self->options.duplicates, "let in", error);
}

ScCtlStatus
sc_ctl_reject (ScCtl *self, GError **error)
{
  return decide_about_waiting (self, "/v1/waiting-seats/reject", TRUE, "turned away", error);
}

ScCtlStatus
sc_ctl_revoke (ScCtl *self, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/seats/", self->arguments[0], "/revoke", NULL);
  g_autoptr (ScJson) body = json_object ();
  g_autoptr (ScJson) seat = sc_ctl_client_request (self->client, "POST", path, body, error);
  if (!seat)
    return SC_CTL_FAILED;
  if (self->options.json) {
    sc_ctl_print_json (seat);
    return SC_CTL_DONE;
  }
  g_autofree char *name = sc_ctl_text_cut (self->arguments[0], G_MAXUINT);
  printf (
      "The certificate of seat %s counts no more; it has to enrol again, and waits for “seatcastctl approve” then.\n",
      name);
  return SC_CTL_DONE;
}
