/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <string.h>

/* libsoup's server warns of a client that has hung up before it was looked at. That is the client's right, and happens
 * to every test whose client gives up soon; GTest would end the program. Everything else stays fatal. Holds for the
 * test that runs: to be called where its server is made. */
static gboolean
is_fatal_with_hasty_clients (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  return g_strcmp0 (domain, "libsoup") != 0 || strstr (message, "could not get remote address") == NULL;
}

static inline void
expect_hasty_clients (void)
{
  g_test_log_set_fatal_handler (is_fatal_with_hasty_clients, NULL);
}
