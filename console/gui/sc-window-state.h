/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a window is to look like the next time; kept in ~/.config/seatcast/window. */
typedef struct {
  int width, height; /* pixels; 0: not known */
  gboolean maximized;
  char *page; /* (nullable) */
} ScWindowState;

void sc_window_state_clear (ScWindowState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScWindowState, sc_window_state_clear)

/* What is missing or no use is left at 0. */
void sc_window_state_load (ScWindowState *state);
/* A failure is warned of: it is no reason to bother anybody. */
void sc_window_state_save (const ScWindowState *state);

G_END_DECLS
