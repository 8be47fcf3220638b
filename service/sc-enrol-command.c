/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-enrol-command.h"

#include "common/sc-error.h"
#include "common/trust/sc-token.h"
#include "service/sc-enroller.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MAX_LINE 1024

typedef struct {
  gboolean done;
  ScEnrollerState state;
  char *words;
} Outcome;

/* The first answer counts: whoever sits there decides what to do about it. */
static void
on_enroller (ScEnrollerState state, const char *words, gpointer user_data)
{
  Outcome *self = user_data;

  if (self->done)
    return;
  self->done = TRUE;
  self->state = state;
  self->words = g_strdup (words);
}

static ScEnrolCommandResult
tell (const ScEnrolCommand *self, const Outcome *outcome, ScSeatIdentity *identity, GError **error)
{
  const char *url = self->connection->url;

  switch (outcome->state) {
  case SC_ENROLLER_APPROVED:
    g_print ("Approved: the console %s knows this seat as %s. Start the service, or restart it.\n", url,
             sc_seat_identity_get_seat (identity));
    return SC_ENROL_COMMAND_DONE;
  case SC_ENROLLER_WAITING:
    g_print ("Waiting for approval at the console %s: %s. Approve it there, in the window's “Seats waiting” or by "
             "“seatcastctl approve”; start the service, it asks again by itself.\n",
             url, outcome->words);
    return SC_ENROL_COMMAND_PENDING;
  case SC_ENROLLER_DENIED:
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "The console %s has denied it: %s. Where it is the token, get one of the room there by “seatcastctl "
                 "enrol-token ROOM”; a seat that was rejected by mistake asks anew without identity/ in its --state",
                 url, outcome->words);
    return SC_ENROL_COMMAND_FAILED;
  case SC_ENROLLER_FAILED:
  default:
    g_set_error (error, SC_ERROR, SC_ERROR_UNREACHABLE, "This seat has not enrolled at %s: %s", url, outcome->words);
    return SC_ENROL_COMMAND_FAILED;
  }
}

/* The service waits for it; who sits here can do something about it now. */
static void
warn_of_repository (const char *repository)
{
  if (repository != NULL && !g_file_test (repository, G_FILE_TEST_IS_DIR))
    g_print (
        "The directory of the templates “%s” is not there: the service does not work before it is. Make it, connect "
        "its disk, or name another by --repository.\n",
        repository);
}

ScEnrolCommandResult
sc_enrol_command_run (const ScEnrolCommand *self, GError **error)
{
  g_autoptr (ScSeatIdentity) identity =
      sc_seat_identity_open (self->state_directory, self->machine, self->connection->fingerprint, error);
  Outcome outcome = { 0 };

  warn_of_repository (self->options->repository);
  if (identity == NULL)
    return SC_ENROL_COMMAND_FAILED;
  if (sc_seat_identity_get_refusal (identity) != NULL)
    g_print ("%s: it is not used.\n", sc_seat_identity_get_refusal (identity));
  if (sc_seat_identity_get_seat (identity) != NULL) {
    g_print ("This seat has enrolled already, as %s. Should the console not accept it any more, the service enrols "
             "anew by itself.\n",
             sc_seat_identity_get_seat (identity));
    return SC_ENROL_COMMAND_DONE;
  }
  g_autoptr (ScEnrolRequest) facts = sc_seat_settings_describe (self->options, self->machine);
  g_autoptr (ScEnroller) enroller = sc_enroller_new (self->connection, identity, facts, on_enroller, &outcome);
  sc_enroller_start (enroller, 0);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  ScEnrolCommandResult result = tell (self, &outcome, identity, error);
  g_free (outcome.words);
  return result;
}

gboolean
sc_enrol_command_check_console (const char *url, const char *fingerprint, GError **error)
{
  const char *wrong = NULL;
  g_autoptr (ScConnection) connection = sc_connection_new (url, "", fingerprint != NULL ? fingerprint : "");

  if (!sc_connection_is_url (connection->url))
    wrong = "--enrol must be the console's address: https://HOST:PORT";
  else if (fingerprint == NULL)
    wrong = "--ca-fingerprint is missing: “seatcastctl ca fingerprint” says it at the console";
  else if (!sc_connection_is_fingerprint (connection->fingerprint))
    wrong = "--ca-fingerprint must be 64 hexadecimal digits: “seatcastctl ca fingerprint” says them at the console";
  if (wrong != NULL)
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, wrong);
  return wrong == NULL;
}

static char *
read_line (FILE *file, const char *name, GError **error)
{
  char *line = g_malloc0 (MAX_LINE);

  if (fgets (line, MAX_LINE, file) == NULL)
    line[0] = '\0';
  line[strcspn (line, "\r\n")] = '\0';
  if (sc_connection_is_token (line))
    return line;
  sc_secret_free (line);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
               "The first line of %s is not a token: 1 to 256 characters without spaces", name);
  return NULL;
}

char *
sc_enrol_command_read_token (const char *token, const char *path, GError **error)
{
  if ((token == NULL) == (path == NULL)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "Give one of --token and --token-file");
    return NULL;
  }
  if (token != NULL && strcmp (token, "-") == 0)
    return read_line (stdin, "standard input", error);
  if (token != NULL) {
    if (sc_connection_is_token (token))
      return g_strdup (token);
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "--token must be 1 to 256 characters without spaces");
    return NULL;
  }
  g_autofree char *name = g_strdup_printf ("“%s”", path);
  FILE *file = fopen (path, "r");
  if (file == NULL) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "Cannot read the token's file %s", name);
    return NULL;
  }
  char *read = read_line (file, name, error);
  fclose (file);
  return read;
}
