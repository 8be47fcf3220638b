/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes what the widgets are built from (templates, style, icons) known to this process; call it before the first of
 * them is made. May be called again. */
void sc_resources_register (void);

G_END_DECLS
