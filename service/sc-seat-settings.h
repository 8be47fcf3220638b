/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-enrolment.h"
#include "service/sc-service-options.h"

G_BEGIN_DECLS

/**
 * ScSeatSettings:
 *
 * All that a seat has to know, put together from three places, the first that has something counting: the command line;
 * the settings that administrators distribute (on Windows the registry, its policy key first); the connection file,
 * which has the console's address, the token of a room and the fingerprint of the console's authority. Of these three
 * the policy's go before the file's one by one; what was set locally only stands in where there is no file. A seat that
 * has enrolled needs no token any more: it is empty where nobody has it.
 */
typedef struct {
  ScServiceOptions options;
  ScConnection *connection; /* its token may be empty */
  char *where;              /* where to set what is missing, for messages */
} ScSeatSettings;

void sc_seat_settings_free (ScSeatSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatSettings, sc_seat_settings_free)

/* What the settings are called in the registry. */
#define SC_SETTING_CONSOLE "Console"
#define SC_SETTING_TOKEN "Token"
#define SC_SETTING_FINGERPRINT "CAFingerprint"
#define SC_SETTING_TEMPLATES "Templates"
#define SC_SETTING_STATE "State"

/* A setting beside these four: its name, and its place in the options. */
typedef struct {
  const char *name;
  const char *option; /* of the command line */
  gsize offset;
} ScSeatSetting;
/* Ends with one without a name. */
const ScSeatSetting *sc_seat_settings_list (void);
/* (transfer none): the member of @options */
char **sc_seat_setting_of (const ScSeatSetting *setting, ScServiceOptions *options);

typedef struct {
  /* Returns: (transfer full) (nullable): @policy: only as an administrator enforces it */
  char *(*get) (const char *name, gboolean policy, gpointer user_data);
  gpointer user_data;
  const char *where;        /* where to set what is missing, for the message */
  const char *policy_place; /* where @get has it from, for messages about what is wrong */
  const char *local_place;
} ScSeatSettingsSource;

/**
 * sc_seat_settings_read:
 * @options: (nullable): of the command line
 *
 * Errors: %SC_ERROR_NOT_FOUND with the names of all that is missing; %SC_ERROR_INVALID with name and place of what is
 * wrong. No message has the token.
 */
ScSeatSettings *sc_seat_settings_read (const ScSeatSettingsSource *source, const ScServiceOptions *options,
                                       GError **error);
/* But for the token, which a seat that has enrolled does not use. */
gboolean sc_seat_settings_equal (const ScSeatSettings *a, const ScSeatSettings *b);
/* (transfer full): what a seat tells the console of itself to enrol; without token and request */
ScEnrolRequest *sc_seat_settings_describe (const ScServiceOptions *options, const ScSeatMachine *machine);

G_END_DECLS
