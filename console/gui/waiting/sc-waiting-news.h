/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/sc-window.h"

G_BEGIN_DECLS

/* Tells the window's user that seats have begun to wait for staff. Once a window; it ends with it. */
void sc_waiting_news_watch (ScWindow *window);

G_END_DECLS
