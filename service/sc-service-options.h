/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-service.h"

G_BEGIN_DECLS

/*
 * What a seat is told by its command line, or by its settings elsewhere, as text; %NULL is not given. The same on every
 * system.
 */
typedef struct {
  char *repository;
  char *state;
  char *connection;
  char *name;
  char *room;
  char *interface_address;
  char *reserve;
  char *undo_budget;
  char *accept_volume;
} ScServiceOptions;

void sc_service_options_clear (ScServiceOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScServiceOptions, sc_service_options_clear)

/* Adds the options to @context, whose parsing fills @self; both must stay until then. @repository_name: the system's
 * name of that option, "repository" or "templates". */
void sc_service_options_add (ScServiceOptions *self, GOptionContext *context, const char *repository_name);
/**
 * sc_service_options_read:
 * @config: (out): all but the connection; its texts are those of @self, or literals
 *
 * Checks everything that can be checked without the disk. What is missing but the repository gets its default.
 * Errors: %SC_ERROR_INVALID
 */
gboolean sc_service_options_read (const ScServiceOptions *self, ScServiceConfig *config, GError **error);
/* Returns: (transfer full): what @option ("--reserve") is called where its value comes from */
typedef char *(*ScServiceOptionName) (const char *option, gpointer user_data);
/* The same, its errors naming the options by @name. (nullable) @name: as on the command line */
gboolean sc_service_options_read_as (const ScServiceOptions *self, ScServiceOptionName name, gpointer user_data,
                                     ScServiceConfig *config, GError **error);

G_END_DECLS
