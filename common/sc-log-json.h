/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SC_LOG_MAX_TEXT 8192u /* bytes of one line's message */

/**
 * sc_log_to_json:
 * @time: µs since 1970
 * @domain: (nullable)
 * @fields: (nullable): of a structured message: those that begin with SEATCAST_ become members without that, in lower
 * case
 *
 * A message as one object on one line, without its end: {"time": RFC 3339 in UTC with ms, "level":
 * "critical|warning|message|debug", "domain", "message", …}. Returns: (transfer full): UTF-8, whatever came
 */
char *sc_log_to_json (gint64 time, GLogLevelFlags level, const char *domain, const char *text, const GLogField *fields,
                      gsize n_fields);
/* "critical", "warning", "message" or "debug" */
const char *sc_log_level_to_nick (GLogLevelFlags level);
/* "2026-11-23T08:00:00.123Z" */
void sc_log_append_time (GString *line, gint64 time);

G_END_DECLS
