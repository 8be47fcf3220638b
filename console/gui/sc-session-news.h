/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/sc-window.h"

G_BEGIN_DECLS

/* Tells when a session has ended: in the window; and on the desktop, unless the user is looking at the window. */
void sc_session_news_watch (ScWindow *window);

G_END_DECLS
