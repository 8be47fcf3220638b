/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-notice-area.h"
#include "tests/gui/deploy-lab.h"

#include <string.h>

/* What happens around the dialog while it is open. */

static void
begin (DeployLab *lab, const char *room, const char *const *seats)
{
  deploy_lab_begin (lab);
  deploy_lab_fill (lab, 6, FALSE); /* 1 to 4 in Lab 1 */
  deploy_lab_open (lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (lab, FALSE, 0, room, seats);
  deploy_lab_plan (lab, "/v1/sessions", 6, GB);
}

/* @changes: of the seat's JSON, taken over */
static void
change_seat (DeployLab *lab, const char *id, ScJson *changes)
{
  ScItem *item = sc_item_list_find (sc_console_get_seats (lab->console), id);
  g_autoptr (ScJson) json = json_deep_copy (sc_item_get_json (item));

  json_object_update_new (json, changes);
  sc_item_list_put (sc_console_get_seats (lab->console), json);
}

/* Its neighbours' rows stay theirs. */
static void
check_rows (DeployLab *lab, guint n, const char *last)
{
  g_autofree char *name = NULL;

  gui_fixture_settle ();
  g_assert_cmpuint (deploy_lab_count_rows (lab), ==, n);
  name = deploy_lab_cell (lab, n - 1, 3);
  g_assert_cmpstr (name, ==, last);
}

static void
test_seat_vanishes (void)
{
  DeployLab lab;

  begin (&lab, "", NULL);
  check_rows (&lab, 6, "pc-06");
  sc_item_list_remove (sc_console_get_seats (lab.console), "seat-2");
  check_rows (&lab, 5, "pc-06");
  sc_item_list_remove (sc_console_get_seats (lab.console), "seat-6");
  check_rows (&lab, 4, "pc-04"); /* the fifth has not the space, and stands first */
  for (guint i = 1; i <= 5; i++) {
    g_autofree char *id = g_strdup_printf ("seat-%u", i);

    sc_item_list_remove (sc_console_get_seats (lab.console), id);
  }
  gui_fixture_settle ();
  g_assert_cmpuint (deploy_lab_count_rows (&lab), ==, 0);
  deploy_lab_clear (&lab);
}

static void
test_seat_leaves_room (void)
{
  DeployLab lab;

  begin (&lab, "Lab 1", NULL);
  check_rows (&lab, 4, "pc-04");
  change_seat (&lab, "seat-4", json_pack ("{s:s}", "room", "Lab 2"));
  check_rows (&lab, 3, "pc-03");
  change_seat (&lab, "seat-6", json_pack ("{s:s}", "room", "Lab 1"));
  check_rows (&lab, 4, "pc-06");
  deploy_lab_clear (&lab);
}

/* A name is told as it is now. */
static void
test_seat_renamed (void)
{
  DeployLab lab;

  begin (&lab, "", NULL);
  change_seat (&lab, "seat-6", json_pack ("{s:s}", "name", "pc-06-new"));
  check_rows (&lab, 6, "pc-06-new");
  deploy_lab_clear (&lab);
}

static void
count_chips (GtkWidget *child, gpointer data)
{
  (*(guint *) data)++;
}

/* Nothing is left of one that was picked and is gone. */
static void
test_picked_seat_vanishes (void)
{
  DeployLab lab;
  const char *const picked[] = { "seat-1", "seat-2", NULL };
  guint n = 0;

  begin (&lab, "", picked);
  sc_item_list_remove (sc_console_get_seats (lab.console), "seat-2");
  check_rows (&lab, 1, "pc-01");
  gtk_container_foreach (gui_fixture_find (lab.dialog, GTK_TYPE_FLOW_BOX, "seat_list"), count_chips, &n);
  g_assert_cmpuint (n, ==, 1);
  deploy_lab_clear (&lab);
}

static gboolean
is_connected (gpointer console)
{
  return sc_console_get_state (console) == SC_CONSOLE_CONNECTED;
}

/* What was chosen of one console is not deployed by another one, whose version 4 is not that; nor is a session of it
 * cancelled, because it has the number of the dry run. */
static void
test_another_console (void)
{
  DeployLab lab;
  g_autoptr (FakeEngine) other = fake_engine_new ();

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 6, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  gui_fixture_wait (deploy_lab_is_asked, &lab, "a dry run");
  gui_fixture_settle ();
  sc_console_connect (lab.console, fake_engine_get_connection (other));
  gui_fixture_wait (is_connected, lab.console, "the other console");
  gui_fixture_settle ();
  g_assert_null (lab.dialog);
  g_assert_cmpuint (fake_engine_count (other, "POST", "/"), ==, 0);
  deploy_lab_clear (&lab);
}

/* The same while the engine has not answered yet. */
static void
test_another_console_early (void)
{
  DeployLab lab;
  g_autoptr (FakeEngine) other = fake_engine_new ();

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 6, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  fake_engine_hold (lab.engine, "/v1/sessions");
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  while (fake_engine_count_held (lab.engine) == 0)
    g_main_context_iteration (NULL, TRUE);
  sc_console_connect (lab.console, fake_engine_get_connection (other));
  gui_fixture_wait (is_connected, lab.console, "the other console");
  fake_engine_release (lab.engine);
  gui_fixture_settle ();
  g_assert_null (lab.dialog);
  g_assert_cmpuint (fake_engine_count (other, "POST", "/"), ==, 0);
  deploy_lab_clear (&lab);
}

/* Who closes the dialog at once is told all the same that nothing was deployed. */
static void
test_refused_after_closing (void)
{
  DeployLab lab;
  GtkWidget *area = sc_notice_area_new ();
  GtkWidget *label = NULL;

  begin (&lab, "", NULL);
  gtk_container_remove (GTK_CONTAINER (lab.window), gtk_bin_get_child (GTK_BIN (lab.window)));
  gtk_container_add (GTK_CONTAINER (lab.window), area);
  lab.refuse_deploys = "seat pc-02 takes part in session 12";
  fake_engine_hold (lab.engine, "/v1/sessions");
  gtk_button_clicked (GTK_BUTTON (deploy_lab_button (&lab)));
  while (fake_engine_count_held (lab.engine) == 0)
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_destroy (lab.dialog);
  fake_engine_release (lab.engine);
  gui_fixture_settle ();
  label = gui_fixture_find (area, GTK_TYPE_LABEL, NULL);
  g_assert_nonnull (label);
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (label)), "session 12"));
  deploy_lab_clear (&lab);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add_func ("/deploy-changes/seat-vanishes", test_seat_vanishes);
  g_test_add_func ("/deploy-changes/seat-leaves-room", test_seat_leaves_room);
  g_test_add_func ("/deploy-changes/seat-renamed", test_seat_renamed);
  g_test_add_func ("/deploy-changes/picked-seat-vanishes", test_picked_seat_vanishes);
  g_test_add_func ("/deploy-changes/another-console", test_another_console);
  g_test_add_func ("/deploy-changes/another-console-early", test_another_console_early);
  g_test_add_func ("/deploy-changes/refused-after-closing", test_refused_after_closing);
  return g_test_run ();
}
