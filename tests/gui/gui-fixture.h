/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-console.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Begins a test program with a display (tests/gui/with-display): GTest, GTK, the window's resources and style. */
void gui_fixture_init (int *argc, char ***argv);

/* A seat as the API shows it, in the state that @condition names (sc_words_condition_class()): id "seat-7", name
 * "pc-07". (transfer full) */
ScJson *gui_fixture_seat (guint number, const char *room, const char *condition);
/* Puts @n seats into the console's list: most are current, some of every condition; in @room, which is put, too. */
void gui_fixture_put_seats (ScConsole *console, guint n, const char *room);
/* Puts versions 1 to @n. */
void gui_fixture_put_versions (ScConsole *console, guint n);
/* A session of @n_seats seats in the middle, as GET /v1/sessions/{id} answers. (transfer full) */
ScJson *gui_fixture_session (guint64 id, guint n_seats, const char *state);

/* Runs the main loop until @condition () is true; fails the test after 20 s. */
typedef gboolean (*GuiFixtureFunc) (gpointer data);
void gui_fixture_wait (GuiFixtureFunc condition, gpointer data, const char *what);
/* Runs the main loop until nothing is to be done now, and what is shown has been drawn. */
void gui_fixture_settle (void);

/* Shows @widget (floating) in a window of this size and lets it settle. Returns: (transfer none): destroy it */
GtkWidget *gui_fixture_show (GtkWidget *widget, int width, int height);
/* Saves what @widget (a window, too) looks like now: to $SEATCAST_PICTURES/NAME.png, if that is set. */
void gui_fixture_picture (GtkWidget *widget, const char *name);

/* (nullable) (transfer none): the first widget below @root of @type, and of this buildable name (nullable) */
gpointer gui_fixture_find (GtkWidget *root, GType type, const char *name);
/* Fails the test, naming it, for every control below @root that can have the focus and has no accessible name. */
void gui_fixture_check_accessible (GtkWidget *root);

G_END_DECLS
