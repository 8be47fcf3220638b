/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-options.h"

#include "common/sc-connection.h"
#include "common/sc-error.h"
#include "common/sc-text.h"

#include <math.h>

#define MIN_RATE 1.0      /* Mbit/s */
#define MAX_RATE 400000.0 /* the API's */
#define WITHOUT_CAP "as fast as the seats take it"
#define MAX_DAYS 400u /* the API's, of “planned” */
#define USUAL_CACHE_PORT 8472u

static gboolean
takes (const ScCtlCommand *command, const char *option)
{
  return g_strv_contains (command->options, option);
}

/* Mbit/s, within what the API takes. @zero: (nullable): what 0 is, where it may be that, too */
static gboolean
parse_mbit (const char *option, const char *text, const char *zero, double *mbit, GError **error)
{
  const char *or_zero = zero ? "; 0: " : "", *what = zero ? zero : "";
  char *end = NULL;
  *mbit = g_ascii_strtod (text, &end);
  if (end == text || *end || isnan (*mbit))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--%s “%s” is no number: it is in Mbit/s, %g to %.0f%s%s", option,
                 text, MIN_RATE, MAX_RATE, or_zero, what);
  else if (!(zero && *mbit == 0) && (*mbit < MIN_RATE || *mbit > MAX_RATE))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--%s %s is outside of %g to %.0f Mbit/s%s%s", option, text,
                 MIN_RATE, MAX_RATE, or_zero, what);
  else
    return TRUE;
  return FALSE;
}

static gboolean
parse_rates (ScCtlOptions *options, GError **error)
{
  if (options->rate && !parse_mbit ("rate", options->rate, WITHOUT_CAP, &options->rate_mbit, error))
    return FALSE;
  if (options->catch_up_rate && !g_str_equal (options->catch_up_rate, "none") &&
      !parse_mbit ("catch-up-rate", options->catch_up_rate, NULL, &options->catch_up_rate_mbit, error))
    return FALSE;
  if (options->catch_up_seats &&
      !sc_ctl_parse_number (options->catch_up_seats, "number of seats", &options->max_catch_up_seats, error))
    return FALSE;
  return !options->room_rate || g_str_equal (options->room_rate, "none") ||
         parse_mbit ("rate", options->room_rate, "none of its own", &options->room_rate_mbit, error);
}

/* Neither an address nor JSON has a place for one that is empty or in another encoding. */
static gboolean
check_texts (char **arguments, GError **error)
{
  for (gsize i = 0; arguments[i]; i++)
    if (!*arguments[i] || !g_utf8_validate (arguments[i], -1, NULL)) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "argument %" G_GSIZE_FORMAT " is %s", i + 1,
                   *arguments[i] ? "not valid UTF-8" : "empty");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_enrolment (const ScCtlCommand *command, ScCtlOptions *options, char **arguments, GError **error)
{
  gboolean whole = options->all || options->room != NULL;
  if (takes (command, "hours") && (!options->n_seats || !options->hours)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "say for how many seats and how long: --seats N --hours H");
    return FALSE;
  }
  if (options->n_seats && (!sc_ctl_parse_number (options->n_seats, "number of seats", &options->max_seats, error) ||
                           !sc_ctl_parse_number (options->hours, "number of hours", &options->max_hours, error)))
    return FALSE;
  if (takes (command, "all") && (options->all + (options->room != NULL) + (*arguments != NULL) != 1)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "say which: SEAT…, or --room ROOM, or --all");
    return FALSE;
  }
  if (options->duplicates && !whole) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "--duplicates goes with --room or --all: a seat that is named is "
                 "meant, whatever it replaces");
    return FALSE;
  }
  if (options->finish && options->cancel) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--finish and --cancel exclude each other");
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_role (const char *role)
{
  const char *const roles[] = { "viewer", "operator", "administrator", NULL };
  return g_strv_contains (roles, role);
}

static gboolean
check_url (ScCtlOptions *options, GError **error)
{
  g_autoptr (ScConnection) connection = sc_connection_new (options->url ? options->url : "", "", "");
  if (!options->url || sc_connection_is_url (connection->url))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not the address of a console: https://HOST:PORT",
               options->url);
  return FALSE;
}

static gboolean
check_staff (const ScCtlCommand *command, ScCtlOptions *options, GError **error)
{
  if (takes (command, "user") && !options->user)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "say who you are: --user NAME");
  else if (takes (command, "role") && !options->role)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "say what they may do: --role viewer, operator or administrator");
  else if (options->role && !is_role (options->role))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is no role: it is viewer, operator or administrator",
                 options->role);
  else
    return check_url (options, error);
  return FALSE;
}

static gboolean
check_days (ScCtlOptions *options, GError **error)
{
  if (options->days && !sc_ctl_parse_number (options->days, "number of days", &options->n_days, error))
    return FALSE;
  if (options->n_days <= MAX_DAYS)
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--days %s is too far away: the console plans %u days at most",
               options->days, MAX_DAYS);
  return FALSE;
}

static gboolean
check_schedule (const ScCtlCommand *command, ScCtlOptions *options, char **arguments, GError **error)
{
  guint n_times = (options->at != NULL) + options->in_window + (options->every != NULL);
  if (takes (command, "in-window") && n_times != 1)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "say when: --at TIME, --in-window, or --every DAYS --time TIME");
  else if (!options->every != !options->time || (options->zone && !options->every))
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--every DAYS and --time TIME go together, and --zone with them");
  else if (takes (command, "room:wake") && !options->room == !*arguments)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "say which: SEAT…, or --room ROOM");
  else if (options->set && options->clear)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--set and --clear exclude each other");
  else
    return check_days (options, error);
  return FALSE;
}

static gboolean
check_cache (const ScCtlCommand *command, ScCtlOptions *options, GError **error)
{
  options->port_number = USUAL_CACHE_PORT;
  if (takes (command, "output:dir") && (!options->names || !options->output)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "say how seats reach the cache, and where its files are to go: --name HOST --output DIR");
    return FALSE;
  }
  if (options->port && !g_ascii_string_to_unsigned (options->port, 10, 1, 65535, &options->port_number, NULL)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” is not a port: 1 to 65535", options->port);
    return FALSE;
  }
  return TRUE;
}

gboolean
sc_ctl_options_check (const ScCtlCommand *command, ScCtlOptions *options, char **arguments, GError **error)
{
  guint n_arguments = g_strv_length (arguments);
  guint most =
      strstr (command->arguments, "…") ? G_MAXUINT : command->n_arguments + (strchr (command->arguments, '[') != NULL);
  if (n_arguments < command->n_arguments || n_arguments > most) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "usage: seatcastctl %s%s%s; see “seatcastctl %s --help”",
                 command->name, *command->arguments ? " " : "", command->arguments, command->name);
    return FALSE;
  }
  if (!check_texts (arguments, error))
    return FALSE;
  if (takes (command, "note") && (!options->note || sc_text_is_blank (options->note))) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "a version needs a note that says what is new in it: add -m NOTE");
    return FALSE;
  }
  if ((options->room || options->rooms) && options->seats) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--room and --seat exclude each other");
    return FALSE;
  }
  if (takes (command, "own-room") && !options->room == !options->own_room) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "say where to: either --room ROOM, or --own-room for the room that each seat's service names");
    return FALSE;
  }
  if (options->max && !sc_ctl_parse_number (options->max, "count of entries", &options->max_entries, error))
    return FALSE;
  if (!check_enrolment (command, options, arguments, error) || !check_staff (command, options, error) ||
      !check_schedule (command, options, arguments, error) || !check_cache (command, options, error))
    return FALSE;
  if (options->to && !sc_ctl_parse_number (options->to, "version", &options->to_version, error))
    return FALSE;
  return parse_rates (options, error);
}
