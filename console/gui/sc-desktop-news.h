/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/sc-window.h"

G_BEGIN_DECLS

/* Tells the user, who looks elsewhere, on the desktop that the @session has ended; choosing what is shown there
 * presents the window with it. @id: of what is told; the same one again replaces it. Where the desktop has no way,
 * nothing happens. Main thread only. */
void sc_desktop_news_tell (ScWindow *window, const char *id, guint64 session, const char *title, const char *body,
                           gboolean urgent);

G_END_DECLS
