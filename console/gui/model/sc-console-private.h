/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/client/sc-client.h"
#include "console/gui/model/sc-console.h"

G_BEGIN_DECLS

/* sc-console.c */
ScClient *sc_console_get_client (ScConsole *self);          /* (nullable) (transfer none) */
GCancellable *sc_console_get_cancellable (ScConsole *self); /* (nullable) (transfer none): of the connection */

G_END_DECLS
