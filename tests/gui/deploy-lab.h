/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/deploy/sc-deploy-dialog.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

G_BEGIN_DECLS

#define GB ((json_int_t) 1000000000)
#define DEPLOYED 100 /* the session that a deploy is answered with */

/* An engine with seats in two rooms, the window over which the dialog opens, and the dialog. */
typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  ScJson *seats; /* as GET /v1/seats lists them */
  GtkWidget *window, *dialog;
  guint n_dry_runs, n_cancelled;
  const char *refuse_dry_runs, *refuse_deploys; /* (nullable): why */
  ScJson *session;                              /* (nullable): the dry run as it is now */
  guint64 shown;                                /* the session that win.show-session was asked for */
} DeployLab;

/* Begins without seats; then come these, deploy_lab_open() and deploy_lab_show(). */
void deploy_lab_begin (DeployLab *lab);
/* @condition: as of gui_fixture_seat() */
void deploy_lab_add_seat (DeployLab *lab, guint number, const char *room, const char *condition);
/* @n seats: two thirds in Lab 1, the others in Lab 2; every 20th is off, every 7th has version 4. Asked what they need,
 * every 17th has not the space, and every 13th has a template in use. */
void deploy_lab_fill (DeployLab *lab, guint n, gboolean all_off);
extern const char *const deploy_lab_two_rooms[];
/* Connects, and makes the dialog above a window of this size, not shown yet. */
void deploy_lab_open (DeployLab *lab, const char *const *rooms, int width, int height);
/* sc_deploy_dialog_set_request(), and shows it */
void deploy_lab_show (DeployLab *lab, gboolean roll_back, guint64 version, const char *room, const char *const *seats);
/* The dialog has to be gone, or goes with its window. */
void deploy_lab_clear (DeployLab *lab);

/* The engine tells how far the dry run is that was asked for at @path: @n_answered of its seats have said what they
 * need; @content: bytes of the stream, -1: it is not planned yet */
void deploy_lab_go_on (DeployLab *lab, const char *path, guint n_answered, json_int_t content);
/* The same to its end; waits for the dry run before, and for the summary after. */
void deploy_lab_plan (DeployLab *lab, const char *path, guint n_answered, json_int_t content);
/* For gui_fixture_wait() */
gboolean deploy_lab_is_asked (gpointer lab);
gboolean deploy_lab_is_planned (gpointer lab);

/* What the user sees and does. */
const char *deploy_lab_label (DeployLab *lab, const char *name);
GtkWidget *deploy_lab_button (DeployLab *lab);
void deploy_lab_press (GtkWidget *window, guint keyval, GdkModifierType modifiers);
guint deploy_lab_count_rows (DeployLab *lab);
/* (transfer full): the text in a row of the table */
char *deploy_lab_cell (DeployLab *lab, guint row, int column);

const char *deploy_lab_text_of (ScJson *object, const char *key);

G_END_DECLS
