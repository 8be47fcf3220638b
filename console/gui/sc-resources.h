/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes what the widgets are built from (templates, style, icons) known to this process; call it before the first of
 * them is made. May be called again. */
void sc_resources_register (void);
/* Lets the default screen use the style sheet and the icons; once a process, when there is a display. */
void sc_resources_load_style (void);

G_END_DECLS
