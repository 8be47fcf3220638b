/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-seat-settings.h"

G_BEGIN_DECLS

/* `seatcast-service --enrol`: asks once, prints how that ended and what to do next. */
typedef struct {
  const ScConnection *connection; /* with a token */
  const char *state_directory;
  const ScServiceOptions *options; /* name and room */
  const ScSeatMachine *machine;
} ScEnrolCommand;

typedef enum {
  SC_ENROL_COMMAND_DONE = 0, /* also where the seat had enrolled at this console before */
  SC_ENROL_COMMAND_FAILED = 1,
  SC_ENROL_COMMAND_PENDING = 3,
} ScEnrolCommandResult; /* the exit status */

/* Runs the thread's main context until there is an answer. Errors: with FAILED */
ScEnrolCommandResult sc_enrol_command_run (const ScEnrolCommand *self, GError **error);

/* Whether @url of --enrol and @fingerprint (nullable) of --ca-fingerprint are such. Errors: %SC_ERROR_INVALID, with the
 * option's name */
gboolean sc_enrol_command_check_console (const char *url, const char *fingerprint, GError **error);

/* The token of --token (nullable; "-": the first line of standard input) or of the first line of the file of
 * --token-file (nullable). Returns: (transfer full): wipe it by sc_secret_free(). Errors: %SC_ERROR_INVALID,
 * %SC_ERROR_SYSTEM; without the token */
char *sc_enrol_command_read_token (const char *token, const char *path, GError **error);

G_END_DECLS
