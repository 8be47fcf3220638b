/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Windows Management Instrumentation, asked on this machine. Only built for Windows. A provider that hangs holds the
 * caller up until it answers, which may be never: call it on a thread of its own that can be done without, where COM is
 * not initialised or has no apartment. Thread-safe.
 *
 * Errors: %SC_ERROR_NOT_FOUND no such namespace or class (what provides it is not installed), %SC_ERROR_DENIED this
 * account may not, %SC_ERROR_SYSTEM
 */
#define SC_WMI_MAX_ROWS 256u

/* @query: WQL. @properties: %NULL-terminated. Returns: (transfer full) (element-type GStrv): for each object its
 * @properties as text: numbers in decimal, booleans "true" and "false", what is not set "" */
GPtrArray *sc_wmi_query (const char *name_space, const char *query, const char *const *properties, GError **error);
/* Calls @method of the object at @path ("__RELPATH" of a query) with one text and gets a boolean: @result_name of its
 * answer. */
gboolean sc_wmi_ask (const char *name_space, const char *path, const char *method, const char *argument_name,
                     const char *argument, const char *result_name, gboolean *result, GError **error);

G_END_DECLS
