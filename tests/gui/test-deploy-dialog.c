/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gui/deploy-lab.h"

#include <string.h>

/* Columns of the table. */
#define COLUMN_NAME 3
#define COLUMN_RESULT 5

static gboolean
can_deploy (DeployLab *lab)
{
  return gtk_widget_is_sensitive (deploy_lab_button (lab));
}

static gboolean
is_gone (gpointer data)
{
  return ((DeployLab *) data)->dialog == NULL;
}

static gboolean
is_cancelled (gpointer data)
{
  return ((DeployLab *) data)->n_cancelled == 1;
}

static gboolean
is_told (gpointer data)
{
  return gtk_info_bar_get_revealed (gui_fixture_find (((DeployLab *) data)->dialog, GTK_TYPE_INFO_BAR, "info_bar"));
}

static gboolean
has_failed (gpointer data)
{
  return gtk_widget_get_visible (gui_fixture_find (((DeployLab *) data)->dialog, GTK_TYPE_BUTTON, "again_button"));
}

/* From the window to the session without a mouse: the newest version, to everybody. */
static void
test_keyboard (void)
{
  DeployLab lab;
  ScJson *body = NULL;
  g_autofree char *first = NULL;
  g_autofree char *result = NULL;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 80, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  gui_fixture_wait (deploy_lab_is_asked, &lab, "a dry run");
  body = fake_engine_get_body (lab.engine, "POST", "/v1/sessions");
  g_assert_cmpint (json_integer_value (json_object_get (body, "version")), ==, 4);
  g_assert_true (json_is_true (json_object_get (body, "dry_run")));
  g_assert_null (json_object_get (body, "room"));
  g_assert_null (json_object_get (body, "seats"));
  deploy_lab_go_on (&lab, "/v1/sessions", 31, -1);
  gui_fixture_settle ();
  g_assert_true (can_deploy (&lab)); /* nobody has to wait for all of them */
  gui_fixture_picture (lab.dialog, "deploy-asking");
  deploy_lab_plan (&lab, "/v1/sessions", 80, 124 * GB / 10);
  g_assert_cmpstr (deploy_lab_label (&lab, "headline"), ==, "Sends 12.8\u00a0GB in about 3 min 24 s");
  g_assert_cmpuint (deploy_lab_count_rows (&lab), ==, 80);
  first = deploy_lab_cell (&lab, 0, COLUMN_NAME);
  result = deploy_lab_cell (&lab, 0, COLUMN_RESULT);
  g_assert_cmpstr (first, ==, "pc-05"); /* the first that has not the space */
  g_assert_cmpstr (result, ==, "3.2\u00a0GB missing");
  gui_fixture_check_accessible (lab.dialog);
  gui_fixture_picture (lab.dialog, "deploy-planned");

  deploy_lab_press (lab.dialog, GDK_KEY_d, GDK_MOD1_MASK);
  gui_fixture_wait (is_gone, &lab, "the dialog's end");
  g_assert_cmpuint (lab.shown, ==, DEPLOYED);
  body = fake_engine_get_body (lab.engine, "POST", "/v1/sessions");
  g_assert_cmpint (json_integer_value (json_object_get (body, "version")), ==, 4);
  g_assert_null (json_object_get (body, "dry_run"));
  g_assert_null (json_object_get (body, "rate_cap"));
  g_assert_cmpuint (lab.n_dry_runs, ==, 1);
  g_assert_cmpuint (lab.n_cancelled, ==, 0);
  deploy_lab_clear (&lab);
}

static gboolean
is_asked_of_version_3 (gpointer data)
{
  DeployLab *lab = data;
  ScJson *body = fake_engine_get_body (lab->engine, "POST", "/v1/sessions");

  return body != NULL && json_integer_value (json_object_get (body, "version")) == 3;
}

/* The list of versions opens where the focus is, and the arrows choose in it. */
static void
test_version_by_keyboard (void)
{
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  deploy_lab_plan (&lab, "/v1/sessions", 3, GB);
  deploy_lab_press (lab.dialog, GDK_KEY_space, 0);
  deploy_lab_press (lab.dialog, GDK_KEY_Down, 0);
  deploy_lab_press (lab.dialog, GDK_KEY_Return, 0);
  g_assert_cmpstr (deploy_lab_label (&lab, "title"), ==, "Version 3");
  gui_fixture_wait (is_asked_of_version_3, &lab, "another dry run");
  g_assert_cmpuint (lab.n_cancelled, ==, 0); /* the first was over */
  deploy_lab_clear (&lab);
}

/* Escape closes it, and the seats are let go. */
static void
test_escape (void)
{
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  gui_fixture_wait (deploy_lab_is_asked, &lab, "a dry run");
  deploy_lab_press (lab.dialog, GDK_KEY_Escape, 0);
  gui_fixture_wait (is_gone, &lab, "the dialog's end");
  gui_fixture_wait (is_cancelled, &lab, "the end of the dry run");
  g_assert_cmpuint (lab.shown, ==, 0);
  deploy_lab_clear (&lab);
}

/* The dry run holds its seats: it ends before the deploy begins. */
static void
test_deploy_while_asking (void)
{
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 3, "Lab 2", NULL);
  gui_fixture_wait (deploy_lab_is_asked, &lab, "a dry run");
  g_assert_true (can_deploy (&lab));
  gtk_button_clicked (GTK_BUTTON (deploy_lab_button (&lab)));
  g_assert_false (can_deploy (&lab)); /* once is enough */
  gui_fixture_wait (is_gone, &lab, "the dialog's end");
  g_assert_cmpuint (lab.n_cancelled, ==, 1);
  g_assert_cmpuint (lab.shown, ==, DEPLOYED);
  g_assert_cmpstr (deploy_lab_text_of (fake_engine_get_body (lab.engine, "POST", "/v1/sessions"), "room"), ==, "Lab 2");
  deploy_lab_clear (&lab);
}

static void
test_no_seat_fits (void)
{
  static const char *const seats[] = { "seat-5", NULL };
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 6, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 4, "", seats);
  gui_fixture_wait (deploy_lab_is_asked, &lab, "a dry run");
  deploy_lab_go_on (&lab, "/v1/sessions", 6, 0);
  while (strcmp (deploy_lab_label (&lab, "headline"), "No seat can take it now") != 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (can_deploy (&lab));
  gui_fixture_picture (lab.dialog, "deploy-no-seat-fits");
  deploy_lab_clear (&lab);
}

/* Nothing is asked of seats that are off, until one is on. */
static void
test_all_off (void)
{
  DeployLab lab;
  g_autoptr (ScJson) event = NULL;
  g_autofree char *text = NULL;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, TRUE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  g_assert_cmpstr (deploy_lab_label (&lab, "headline"), ==, "All 3 seats are offline");
  g_assert_false (can_deploy (&lab));
  gui_fixture_picture (lab.dialog, "deploy-all-off");
  g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (deploy_lab_button (&lab)), "have them woken before"));
  gtk_toggle_button_set_active (gui_fixture_find (lab.dialog, GTK_TYPE_TOGGLE_BUTTON, "at"), TRUE);
  g_assert_true (can_deploy (&lab)); /* a deploy that is planned finds them on */
  gtk_toggle_button_set_active (gui_fixture_find (lab.dialog, GTK_TYPE_TOGGLE_BUTTON, "now"), TRUE);
  g_assert_false (can_deploy (&lab));

  json_array_set_new (lab.seats, 0, gui_fixture_seat (1, "Lab 1", "behind"));
  event = json_deep_copy (json_array_get (lab.seats, 0));
  json_object_set_new (event, "type", json_string ("seat"));
  text = sc_json_to_text (event);
  fake_engine_send_event (lab.engine, text);
  deploy_lab_plan (&lab, "/v1/sessions", 3, GB);
  g_assert_true (can_deploy (&lab));
  g_assert_cmpuint (lab.n_dry_runs, ==, 1);
  deploy_lab_clear (&lab);
}

static gboolean
is_deployed (gpointer data)
{
  return ((DeployLab *) data)->shown == DEPLOYED;
}

/* Seats that are off get it now when they are woken. */
static void
test_all_off_woken (void)
{
  DeployLab lab;
  ScJson *body = NULL;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, TRUE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  gtk_toggle_button_set_active (gui_fixture_find (lab.dialog, GTK_TYPE_TOGGLE_BUTTON, "wake"), TRUE);
  g_assert_true (can_deploy (&lab));
  g_assert_null (gtk_widget_get_tooltip_text (deploy_lab_button (&lab)));
  g_assert_true (g_str_has_prefix (deploy_lab_label (&lab, "detail"), "They are woken first."));
  gui_fixture_picture (lab.dialog, "deploy-all-off-woken");
  gtk_button_clicked (GTK_BUTTON (deploy_lab_button (&lab)));
  gui_fixture_wait (is_deployed, &lab, "the session");
  body = fake_engine_get_body (lab.engine, "POST", "/v1/sessions");
  g_assert_true (json_is_true (json_object_get (body, "wake")));
  g_assert_null (json_object_get (body, "dry_run"));
  deploy_lab_clear (&lab);
}

static gboolean
is_asked_again (gpointer data)
{
  return ((DeployLab *) data)->n_dry_runs == 2;
}

/* Seats come and go in the morning: the one that runs is let end, so that there is an answer at all. */
static void
test_seat_goes_while_asking (void)
{
  DeployLab lab;
  g_autoptr (ScJson) event = NULL;
  g_autofree char *text = NULL;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  gui_fixture_wait (deploy_lab_is_asked, &lab, "a dry run");
  json_array_set_new (lab.seats, 2, gui_fixture_seat (3, "Lab 2", "offline"));
  event = json_deep_copy (json_array_get (lab.seats, 2));
  json_object_set_new (event, "type", json_string ("seat"));
  text = sc_json_to_text (event);
  fake_engine_send_event (lab.engine, text);
  deploy_lab_plan (&lab, "/v1/sessions", 3, GB);
  g_assert_cmpuint (lab.n_dry_runs, ==, 1);
  g_assert_true (can_deploy (&lab));
  gui_fixture_wait (is_asked_again, &lab, "another dry run");
  g_assert_cmpuint (lab.n_cancelled, ==, 0);
  deploy_lab_clear (&lab);
}

/* A connection that was lost and is back asks anew: what became of the dry run nobody knows. */
static void
test_comes_back (void)
{
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  gui_fixture_wait (deploy_lab_is_asked, &lab, "a dry run");
  fake_engine_drop_listeners (lab.engine);
  gui_fixture_wait (is_asked_again, &lab, "another dry run");
  g_assert_cmpuint (lab.n_cancelled, ==, 1);
  while (!fake_engine_has_listener (lab.engine))
    g_main_context_iteration (NULL, TRUE);
  deploy_lab_plan (&lab, "/v1/sessions", 3, GB);
  deploy_lab_clear (&lab);
}

/* What the engine says stays in the dialog, and the user can go on. */
static void
test_deploy_refused (void)
{
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  deploy_lab_plan (&lab, "/v1/sessions", 3, GB);
  lab.refuse_deploys = "seat pc-02 takes part in session 12: wait until that is over, or cancel it";
  gtk_button_clicked (GTK_BUTTON (deploy_lab_button (&lab)));
  gui_fixture_wait (is_told, &lab, "the error");
  g_assert_nonnull (strstr (deploy_lab_label (&lab, "info_label"), "session 12"));
  deploy_lab_plan (&lab, "/v1/sessions", 3, GB); /* asked anew */
  gui_fixture_picture (lab.dialog, "deploy-refused");
  lab.refuse_deploys = NULL;
  gtk_button_clicked (GTK_BUTTON (deploy_lab_button (&lab)));
  gui_fixture_wait (is_gone, &lab, "the dialog's end");
  deploy_lab_clear (&lab);
}

static void
test_dry_run_refused (void)
{
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, FALSE);
  lab.refuse_dry_runs = "seat pc-02 takes part in session 12: wait until that is over, or cancel it";
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  gui_fixture_wait (has_failed, &lab, "the error");
  g_assert_cmpstr (deploy_lab_label (&lab, "headline"), ==, "Not possible right now");
  g_assert_cmpstr (deploy_lab_label (&lab, "detail"), ==,
                   "Seat pc-02 takes part in session 12: wait until that is over, or cancel it.");
  g_assert_false (can_deploy (&lab));
  gui_fixture_picture (lab.dialog, "deploy-dry-run-refused");
  lab.refuse_dry_runs = NULL;
  gtk_button_clicked (gui_fixture_find (lab.dialog, GTK_TYPE_BUTTON, "again_button"));
  deploy_lab_plan (&lab, "/v1/sessions", 3, GB);
  g_assert_true (can_deploy (&lab));
  deploy_lab_clear (&lab);
}

/* That nothing would be sent is said before the button is pressed. */
static void
test_all_have_it (void)
{
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_add_seat (&lab, 2, "Lab 1", "current");
  deploy_lab_add_seat (&lab, 3, "Lab 1", "current");
  deploy_lab_add_seat (&lab, 4, "Lab 1", "offline");
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  deploy_lab_plan (&lab, "/v1/sessions", 3, 0);
  g_assert_cmpstr (deploy_lab_label (&lab, "headline"), ==, "Nothing needs to be sent");
  g_assert_cmpstr (deploy_lab_label (&lab, "detail"), ==, "Every seat that could be asked has version 4 already.");
  g_assert_true (can_deploy (&lab)); /* it is assigned to the one that is off */
  deploy_lab_clear (&lab);
}

/* Another member of the staff may cancel what they see: then nothing is known, and nothing is made up. */
static void
test_dry_run_cancelled (void)
{
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  gui_fixture_wait (deploy_lab_is_asked, &lab, "a dry run");
  fake_engine_send_event (lab.engine, "{\"type\": \"session\", \"id\": 7, \"dry_run\": true, \"version\": 4, "
                                      "\"state\": \"cancelled\", \"seats\": []}");
  gui_fixture_wait (has_failed, &lab, "the error");
  g_assert_cmpstr (deploy_lab_label (&lab, "detail"), ==, "Somebody has cancelled the dry run.");
  g_assert_false (can_deploy (&lab));
  deploy_lab_clear (&lab);
}

/* The API takes one room by its name, and several by theirs: their seats are not pinned to what they are given. */
static void
test_rooms (void)
{
  static const char *const rooms[] = { "Lab 1", "Lab 2", "Store room", NULL };
  DeployLab lab;
  GtkWidget *list = NULL, *check = NULL;
  ScJson *body = NULL;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 6, FALSE);
  deploy_lab_open (&lab, rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "Lab 2", NULL);
  deploy_lab_plan (&lab, "/v1/sessions", 6, GB);
  body = fake_engine_get_body (lab.engine, "POST", "/v1/sessions");
  g_assert_cmpstr (deploy_lab_text_of (body, "room"), ==, "Lab 2");
  g_assert_cmpuint (deploy_lab_count_rows (&lab), ==, 2);

  list = gui_fixture_find (lab.dialog, GTK_TYPE_BOX, "room_list");
  check = gui_fixture_find (list, GTK_TYPE_CHECK_BUTTON, NULL);
  gtk_widget_grab_focus (check);
  deploy_lab_press (lab.dialog, GDK_KEY_space, 0);
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (check)));
  g_assert_cmpuint (deploy_lab_count_rows (&lab), ==, 6);
  deploy_lab_plan (&lab, "/v1/sessions", 6, GB);
  body = fake_engine_get_body (lab.engine, "POST", "/v1/sessions");
  g_assert_null (json_object_get (body, "room"));
  g_assert_null (json_object_get (body, "seats"));
  g_assert_cmpuint (json_array_size (json_object_get (body, "rooms")), ==, 2);
  gui_fixture_picture (lab.dialog, "deploy-rooms");
  deploy_lab_clear (&lab);
}

static void
test_seats (void)
{
  static const char *const seats[] = { "seat-2", "seat-3", "seat-7", NULL };
  DeployLab lab;
  GtkWidget *chips = NULL;
  ScJson *body = NULL;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 12, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", seats);
  deploy_lab_plan (&lab, "/v1/sessions", 12, GB);
  g_assert_cmpuint (deploy_lab_count_rows (&lab), ==, 3);
  gui_fixture_picture (lab.dialog, "deploy-seats");

  chips = gui_fixture_find (lab.dialog, GTK_TYPE_FLOW_BOX, "seat_list");
  gtk_button_clicked (gui_fixture_find (chips, GTK_TYPE_BUTTON, NULL));
  g_assert_cmpuint (deploy_lab_count_rows (&lab), ==, 2);
  deploy_lab_plan (&lab, "/v1/sessions", 12, GB);
  body = json_object_get (fake_engine_get_body (lab.engine, "POST", "/v1/sessions"), "seats");
  g_assert_cmpuint (json_array_size (body), ==, 2);
  g_assert_cmpstr (json_string_value (json_array_get (body, 0)), ==, "seat-3");
  deploy_lab_clear (&lab);
}

/* The engine finds the version; what was shown is what is rolled back to. */
static void
test_roll_back (void)
{
  DeployLab lab;
  ScJson *body = NULL;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 6, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, TRUE, 0, "Lab 1", NULL);
  gui_fixture_wait (deploy_lab_is_asked, &lab, "a dry run");
  g_assert_null (json_object_get (fake_engine_get_body (lab.engine, "POST", "/v1/rollback"), "version"));
  deploy_lab_plan (&lab, "/v1/rollback", 6, 0);
  g_assert_cmpstr (deploy_lab_label (&lab, "headline"), ==, "Nothing needs to be sent");
  g_assert_cmpstr (deploy_lab_label (&lab, "title"), ==, "Version 3");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (deploy_lab_button (&lab))), ==, "_Roll back");
  gui_fixture_picture (lab.dialog, "deploy-roll-back");
  gtk_button_clicked (GTK_BUTTON (deploy_lab_button (&lab)));
  gui_fixture_wait (is_gone, &lab, "the dialog's end");
  body = fake_engine_get_body (lab.engine, "POST", "/v1/rollback");
  g_assert_cmpint (json_integer_value (json_object_get (body, "version")), ==, 3);
  g_assert_cmpstr (deploy_lab_text_of (body, "room"), ==, "Lab 1");
  deploy_lab_clear (&lab);
}

/* A rate changes how long it takes, which the seats need not be asked for. */
static void
test_rate (void)
{
  DeployLab lab;
  ScJson *body = NULL;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 3, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  deploy_lab_plan (&lab, "/v1/sessions", 3, 124 * GB / 10);
  gtk_toggle_button_set_active (gui_fixture_find (lab.dialog, GTK_TYPE_TOGGLE_BUTTON, "rate_free"), TRUE);
  gtk_spin_button_set_value (gui_fixture_find (lab.dialog, GTK_TYPE_SPIN_BUTTON, "rate"), 50);
  g_assert_cmpstr (deploy_lab_label (&lab, "headline"), ==, "Sends 12.8\u00a0GB in about 34 min 4 s");
  g_assert_cmpuint (lab.n_dry_runs, ==, 1);
  gtk_button_clicked (GTK_BUTTON (deploy_lab_button (&lab)));
  gui_fixture_wait (is_gone, &lab, "the dialog's end");
  g_assert_cmpuint (lab.n_dry_runs, ==, 1);
  body = fake_engine_get_body (lab.engine, "POST", "/v1/sessions");
  g_assert_cmpint (json_integer_value (json_object_get (body, "rate_cap")), ==, 50000000);
  deploy_lab_clear (&lab);
}

/* What the user looks at stays where it is while the seats answer. */
static void
test_rows_stay (void)
{
  DeployLab lab;
  GtkTreeView *view = NULL;
  GtkTreeModel *model = NULL;
  GtkTreeIter iter;
  g_autofree char *name = NULL;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 40, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  gui_fixture_wait (deploy_lab_is_asked, &lab, "a dry run");
  view = gui_fixture_find (lab.dialog, GTK_TYPE_TREE_VIEW, "view");
  model = gtk_tree_view_get_model (view);
  g_assert_true (gtk_tree_model_iter_nth_child (model, &iter, NULL, 0));
  gtk_tree_selection_select_iter (gtk_tree_view_get_selection (view), &iter);
  deploy_lab_plan (&lab, "/v1/sessions", 40, GB);
  g_assert_true (gtk_tree_selection_get_selected (gtk_tree_view_get_selection (view), NULL, &iter));
  gtk_tree_model_get (model, &iter, COLUMN_NAME, &name, -1);
  g_assert_cmpstr (name, ==, "pc-01");
  g_assert_true (g_str_has_prefix (deploy_lab_label (&lab, "explanation"), "In use: Debian 12."));
  deploy_lab_clear (&lab);
}

static gboolean
is_one_column (gpointer data)
{
  GtkWidget *columns = gui_fixture_find (((DeployLab *) data)->dialog, GTK_TYPE_BOX, "columns");

  return gtk_orientable_get_orientation (GTK_ORIENTABLE (columns)) == GTK_ORIENTATION_VERTICAL;
}

static void
test_narrow (void)
{
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_fill (&lab, 30, FALSE);
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 0, "", NULL);
  deploy_lab_plan (&lab, "/v1/sessions", 30, GB);
  g_assert_false (is_one_column (&lab));
  gtk_window_resize (GTK_WINDOW (lab.dialog), 460, 700);
  gui_fixture_wait (is_one_column, &lab, "one column");
  gui_fixture_picture (lab.dialog, "deploy-narrow");
  gtk_window_resize (GTK_WINDOW (lab.dialog), 1000, 700);
  while (is_one_column (&lab))
    g_main_context_iteration (NULL, TRUE);
  deploy_lab_clear (&lab);
}

/* Names of any length leave every control where it can be reached. */
static void
test_long_names (void)
{
  static const char *const rooms[] = { "Übungsraum für Datenbanken und verteilte Systeme, Gebäude 27", NULL };
  static const char *const seats[] = { "seat-1", "seat-2", "seat-3", NULL };
  DeployLab lab;
  int width = 0, height = 0;

  deploy_lab_begin (&lab);
  for (guint i = 1; i <= 9; i++) {
    g_autofree char *name = g_strdup_printf ("informatik-uebungsraum-27-arbeitsplatz-%03u.example.org", i);

    deploy_lab_add_seat (&lab, i, rooms[0], "behind");
    json_object_set_new (json_array_get (lab.seats, i - 1), "name", json_string (name));
  }
  deploy_lab_open (&lab, rooms, 1024, 600);
  deploy_lab_show (&lab, FALSE, 3, "", seats);
  deploy_lab_plan (&lab, "/v1/sessions", 9, GB);
  gtk_window_get_size (GTK_WINDOW (lab.dialog), &width, &height);
  g_assert_cmpint (width, <=, 1024);
  g_assert_cmpint (height, <=, 600);
  gui_fixture_picture (lab.dialog, "deploy-long-names");
  deploy_lab_clear (&lab);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add_func ("/deploy-dialog/keyboard", test_keyboard);
  g_test_add_func ("/deploy-dialog/version-by-keyboard", test_version_by_keyboard);
  g_test_add_func ("/deploy-dialog/escape", test_escape);
  g_test_add_func ("/deploy-dialog/deploy-while-asking", test_deploy_while_asking);
  g_test_add_func ("/deploy-dialog/no-seat-fits", test_no_seat_fits);
  g_test_add_func ("/deploy-dialog/all-off", test_all_off);
  g_test_add_func ("/deploy-dialog/all-off-woken", test_all_off_woken);
  g_test_add_func ("/deploy-dialog/seat-goes-while-asking", test_seat_goes_while_asking);
  g_test_add_func ("/deploy-dialog/comes-back", test_comes_back);
  g_test_add_func ("/deploy-dialog/deploy-refused", test_deploy_refused);
  g_test_add_func ("/deploy-dialog/dry-run-refused", test_dry_run_refused);
  g_test_add_func ("/deploy-dialog/all-have-it", test_all_have_it);
  g_test_add_func ("/deploy-dialog/dry-run-cancelled", test_dry_run_cancelled);
  g_test_add_func ("/deploy-dialog/rooms", test_rooms);
  g_test_add_func ("/deploy-dialog/seats", test_seats);
  g_test_add_func ("/deploy-dialog/roll-back", test_roll_back);
  g_test_add_func ("/deploy-dialog/rate", test_rate);
  g_test_add_func ("/deploy-dialog/rows-stay", test_rows_stay);
  g_test_add_func ("/deploy-dialog/narrow", test_narrow);
  g_test_add_func ("/deploy-dialog/long-names", test_long_names);
  return g_test_run ();
}
