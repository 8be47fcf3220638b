/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-log.h"
#include "console/engine/sc-engine.h"

G_BEGIN_DECLS

enum {
  SC_ENGINE_SETTING_DIRECTORY,
  SC_ENGINE_N_SETTINGS = 12,
};

/* What seatcast-consoled is told at its start, on both systems. Main thread only. */
typedef struct {
  char *directory;
  char *listen;
  char *url;
  char *group;
  char *interface_address;
  char *metrics;      /* ADDRESS:PORT */
  char *session_hook; /* a program's path */
  char *log_format;   /* "text", "json" */
  char *names;        /* with blanks between them */
  char **more_names;  /* of --name */
  int multicast_port;
  int mtu;
  double rate_mbit;
  gboolean version;
  const char *where[SC_ENGINE_N_SETTINGS]; /* whose setting each is; NULL: the command line's, or the default */
} ScEngineOptions;

/* Nothing is said yet. */
void sc_engine_options_init (ScEngineOptions *self);
void sc_engine_options_clear (ScEngineOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScEngineOptions, sc_engine_options_clear)

/* @where: (out) (transfer none): the place, as a message names it, for as long as the program runs.
 * Returns: (transfer full) (nullable): what the machine's settings say, NULL where they say nothing */
typedef char *(*ScEngineSetting) (const char *name, const char **where, gpointer user_data);
/* Calls @func with each setting that @self says, as text: what --configure writes down for later starts. */
typedef gboolean (*ScEngineSettingFunc) (const char *name, const char *text, gpointer user_data, GError **error);
gboolean sc_engine_options_foreach (const ScEngineOptions *self, ScEngineSettingFunc func, gpointer user_data,
                                    GError **error);
/* What is not said yet becomes what the machine's settings say (@get: nullable), then the default; "" is not said.
 * Errors: %SC_ERROR_INVALID naming the option, or the setting and whose it is */
gboolean sc_engine_options_complete (ScEngineOptions *self, ScEngineSetting get, gpointer user_data, GError **error);
/* Parses @arguments, which are freed and replaced; @more: (nullable): options besides our own; @notes: (nullable):
 * lines for --help. Errors: %SC_ERROR_INVALID, %G_OPTION_ERROR */
gboolean sc_engine_options_parse (ScEngineOptions *self, const GOptionEntry *more, const char *notes, char ***arguments,
                                  GError **error);
ScLogFormat sc_engine_options_get_log_format (const ScEngineOptions *self);
/* Of what is complete. Borrows from @self. */
ScEngineConfig sc_engine_options_get_config (const ScEngineOptions *self);

G_END_DECLS
