/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/deploy/sc-deploy-dialog.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/planning/sc-day-toggles.h"
#include "console/gui/planning/sc-template-chooser.h"
#include "console/gui/rooms/sc-rooms-page.h"
#include "console/gui/sc-window.h"
#include "tests/gui/deploy-lab.h"
#include "tests/gui/planning-lab.h"

#include <string.h>

/* A lab of two rooms, of which the first has a maintenance window, and the dialog for @room. */
static void
open_lab (DeployLab *lab, const char *room, gboolean all_off)
{
  g_autoptr (ScJson) first = planning_lab_room ("Lab 1", TRUE, 4);
  g_autoptr (ScJson) second = planning_lab_room ("Lab 2", FALSE, 0);

  deploy_lab_begin (lab);
  deploy_lab_fill (lab, 6, all_off);
  deploy_lab_open (lab, deploy_lab_two_rooms, 1240, 860);
  sc_item_list_put (sc_console_get_rooms (lab->console), first);
  sc_item_list_put (sc_console_get_rooms (lab->console), second);
  fake_engine_answer (lab->engine, "POST", "/v1/schedules", 201, "{\"schedules\":[{\"id\":1}]}");
  deploy_lab_show (lab, FALSE, 0, room, NULL);
}

static gpointer
find (DeployLab *lab, const char *name)
{
  return gui_fixture_find (lab->dialog, GTK_TYPE_WIDGET, name);
}

static void
choose (DeployLab *lab, const char *name)
{
  gtk_toggle_button_set_active (find (lab, name), TRUE);
  gui_fixture_settle ();
}

static gboolean
is_closed (gpointer data)
{
  return ((DeployLab *) data)->dialog == NULL;
}

static ScJson *
press_and_get_schedule (DeployLab *lab)
{
  gtk_button_clicked (GTK_BUTTON (deploy_lab_button (lab)));
  gui_fixture_wait (is_closed, lab, "the dialog is closed");
  return fake_engine_get_body (lab->engine, "POST", "/v1/schedules");
}

/* A deploy at once does not wait for windows: what is closed is said. */
static void
test_now (void)
{
  DeployLab lab;
  g_autoptr (ScJson) open = NULL;

  open_lab (&lab, "", FALSE);
  deploy_lab_plan (&lab, "/v1/sessions", 6, GB);
  g_assert_cmpstr (deploy_lab_label (&lab, "when_text"), ==,
                   "At once, although the maintenance window of Lab 1 is closed.");
  g_assert_true (gtk_widget_get_visible (find (&lab, "when_text")));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (deploy_lab_button (&lab))), ==, "_Deploy version");
  gui_fixture_picture (lab.dialog, "deploy-closed");
  open = planning_lab_room ("Lab 1", TRUE, 4);
  json_object_set_new (json_object_get (json_object_get (open, "policy"), "window"), "open", json_true ());
  sc_item_list_put (sc_console_get_rooms (lab.console), open); /* as the dialog stands there */
  gui_fixture_settle ();
  g_assert_false (gtk_widget_get_visible (find (&lab, "when_text")));
  deploy_lab_clear (&lab);
}

/* Seats that are picked keep the version, whatever their room gets: that is said before. */
static void
test_picked (void)
{
  DeployLab lab;
  static const char *const seats[] = { "seat-1", "seat-2", NULL };
  static const char *const pinned =
      "Picked seats are pinned to the version, unless it is what they are assigned already.";

  open_lab (&lab, "", FALSE);
  g_assert_null (strstr (deploy_lab_label (&lab, "when_text"), "pinned"));
  deploy_lab_show (&lab, FALSE, 0, "", seats);
  g_assert_true (g_str_has_suffix (deploy_lab_label (&lab, "when_text"), pinned));
  gui_fixture_picture (lab.dialog, "deploy-picked");
  choose (&lab, "repeat");
  sc_day_toggles_set_days (find (&lab, "days"), 0x01);
  gui_fixture_settle ();
  g_assert_true (g_str_has_suffix (deploy_lab_label (&lab, "when_text"), pinned));
  choose (&lab, "assigned");
  g_assert_null (strstr (deploy_lab_label (&lab, "when_text"), "pinned"));
  deploy_lab_clear (&lab);
}

static void
test_at (void)
{
  DeployLab lab;
  ScJson *body = NULL, *when = NULL;

  open_lab (&lab, "Lab 2", FALSE);
  deploy_lab_plan (&lab, "/v1/sessions", 6, GB);
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (deploy_lab_button (&lab))), ==, "_Deploy version");
  choose (&lab, "at");
  choose (&lab, "wake");
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (deploy_lab_button (&lab))), ==, "_Plan");
  g_assert_true (g_str_has_prefix (deploy_lab_label (&lab, "when_text"), "Planned: t"));
  gui_fixture_check_accessible (lab.dialog);
  gui_fixture_picture (lab.dialog, "deploy-at");
  body = press_and_get_schedule (&lab);
  when = json_object_get (body, "when");
  g_assert_cmpstr (sc_item_text_of (when, "kind"), ==, "at");
  g_assert_cmpint (sc_item_time_of (when, "at"), >, g_get_real_time ());
  g_assert_cmpint (sc_item_time_of (when, "at") / G_USEC_PER_SEC % 60, ==, 0);
  g_assert_cmpstr (sc_item_text_of (body, "room"), ==, "Lab 2");
  g_assert_cmpuint (sc_item_number_of (body, "version"), ==, 4);
  g_assert_true (sc_item_flag_of (body, "wake"));
  g_assert_null (json_object_get (body, "templates"));
  g_assert_cmpuint (lab.shown, ==, 0); /* no session has begun */
  deploy_lab_clear (&lab);
}

/* A time that is past is no time to plan for. */
static void
test_past (void)
{
  DeployLab lab;

  open_lab (&lab, "Lab 2", FALSE);
  choose (&lab, "at");
  gtk_calendar_select_month (find (&lab, "calendar"), 0, 2020);
  gui_fixture_settle ();
  g_assert_cmpstr (deploy_lab_label (&lab, "when_text"), ==, "That time is past: choose a later one.");
  g_assert_false (gtk_widget_get_sensitive (deploy_lab_button (&lab)));
  deploy_lab_clear (&lab);
}

/* What is typed counts at once, and what is no time is not taken for one. */
static void
test_no_time (void)
{
  DeployLab lab;

  open_lab (&lab, "Lab 2", FALSE);
  choose (&lab, "repeat");
  sc_day_toggles_set_days (find (&lab, "days"), 0x01);
  gtk_entry_set_text (find (&lab, "repeat_time"), "2500");
  gui_fixture_settle ();
  g_assert_cmpstr (deploy_lab_label (&lab, "when_text"), ==,
                   "That is not a time of the day; write it as HH:MM, as in 18:30.");
  g_assert_false (gtk_widget_get_sensitive (deploy_lab_button (&lab)));
  gtk_spin_button_update (find (&lab, "repeat_time"));
  g_assert_cmpstr (gtk_entry_get_text (find (&lab, "repeat_time")), ==, "2500");
  gui_fixture_picture (lab.dialog, "deploy-no-time");
  gtk_entry_set_text (find (&lab, "repeat_time"), "7:30");
  gui_fixture_settle ();
  g_assert_true (g_str_has_prefix (deploy_lab_label (&lab, "when_text"), "Planned: Mon 07:30 "));
  g_assert_true (gtk_widget_get_sensitive (deploy_lab_button (&lab)));
  deploy_lab_clear (&lab);
}

/* Rooms that have no window do not wait for one: they get their session at once. */
static void
test_window (void)
{
  DeployLab lab;
  ScJson *body = NULL;

  open_lab (&lab, "", FALSE);
  deploy_lab_plan (&lab, "/v1/sessions", 6, GB);
  choose (&lab, "window");
  g_assert_true (g_str_has_prefix (deploy_lab_label (&lab, "when_text"), "Lab 1: when its maintenance window opens, "));
  g_assert_nonnull (strstr (deploy_lab_label (&lab, "when_text"), "\nLab 2: at once, it has no maintenance window"));
  g_assert_cmpstr (gtk_button_get_label (GTK_BUTTON (deploy_lab_button (&lab))), ==, "_Plan and deploy");
  gui_fixture_picture (lab.dialog, "deploy-window");
  body = press_and_get_schedule (&lab);
  g_assert_cmpstr (sc_item_text_of (json_object_get (body, "when"), "kind"), ==, "window");
  g_assert_cmpuint (json_array_size (json_object_get (body, "rooms")), ==, 1);
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (body, "rooms"), 0)), ==, "Lab 1");
  body = fake_engine_get_body (lab.engine, "POST", "/v1/sessions");
  g_assert_null (json_object_get (body, "dry_run"));
  g_assert_cmpuint (json_array_size (json_object_get (body, "rooms")), ==, 1);
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (body, "rooms"), 0)), ==, "Lab 2");
  g_assert_cmpuint (lab.shown, ==, DEPLOYED);
  deploy_lab_clear (&lab);
}

/* Seats that are off can be planned for. */
static void
test_repeat (void)
{
  DeployLab lab;
  ScJson *body = NULL, *when = NULL;

  open_lab (&lab, "", TRUE);
  g_assert_false (gtk_widget_get_sensitive (deploy_lab_button (&lab)));
  choose (&lab, "repeat");
  g_assert_false (gtk_widget_get_sensitive (deploy_lab_button (&lab))); /* no day */
  sc_day_toggles_set_days (find (&lab, "days"), 0x11);
  gui_fixture_settle ();
  g_assert_true (gtk_widget_get_sensitive (deploy_lab_button (&lab)));
  g_assert_cmpstr (
      deploy_lab_label (&lab, "when_text"), ==,
      "Planned: Mon, Fri 22:00 (the console’s time zone), until it is cancelled."); /* the rooms' zones differ */
  gui_fixture_picture (lab.dialog, "deploy-repeat");
  body = press_and_get_schedule (&lab);
  when = json_object_get (body, "when");
  g_assert_cmpstr (sc_item_text_of (when, "kind"), ==, "repeat");
  g_assert_cmpuint (sc_days_from_json (json_object_get (when, "days")), ==, 0x11);
  g_assert_cmpstr (sc_item_text_of (when, "time"), ==, "22:00");
  g_assert_cmpstr (sc_item_text_of (when, "zone"), ==, "");
  g_assert_null (json_object_get (body, "room"));
  g_assert_null (json_object_get (body, "rooms"));
  g_assert_null (json_object_get (body, "seats"));
  deploy_lab_clear (&lab);
}

/* What is repeated need not be a version that is known now; which templates there are is not either. */
static void
test_repeat_newest (void)
{
  DeployLab lab;
  ScJson *body = NULL;
  g_autoptr (ScJson) some = json_pack ("[s]", "Debian 12");

  open_lab (&lab, "Lab 1", FALSE);
  deploy_lab_plan (&lab, "/v1/sessions", 6, GB);
  sc_template_chooser_set_templates (find (&lab, "templates"), some);
  g_signal_emit_by_name (find (&lab, "templates"), "changed");
  deploy_lab_plan (&lab, "/v1/sessions", 6, GB / 2);
  choose (&lab, "repeat");
  sc_day_toggles_set_days (find (&lab, "days"), 0x01);
  choose (&lab, "newest");
  g_assert_nonnull (
      strstr (deploy_lab_label (&lab, "when_text"), "\nEach time the version that is the newest then.\n"));
  g_assert_false (gtk_widget_get_sensitive (find (&lab, "version")));
  g_assert_false (gtk_widget_get_sensitive (find (&lab, "templates")));
  gui_fixture_check_accessible (lab.dialog);
  gui_fixture_picture (lab.dialog, "deploy-newest");
  choose (&lab, "now"); /* what was chosen there is of no account elsewhere */
  g_assert_true (gtk_widget_get_sensitive (find (&lab, "version")));
  choose (&lab, "repeat");
  body = press_and_get_schedule (&lab);
  g_assert_cmpstr (sc_item_text_of (body, "what"), ==, "newest");
  g_assert_null (json_object_get (body, "version"));
  g_assert_null (json_object_get (body, "templates"));
  g_assert_cmpstr (sc_item_text_of (body, "room"), ==, "Lab 1");
  deploy_lab_clear (&lab);
}

static void
test_repeat_assigned (void)
{
  DeployLab lab;
  ScJson *body = NULL;

  open_lab (&lab, "", FALSE);
  choose (&lab, "repeat");
  sc_day_toggles_set_days (find (&lab, "days"), 0x01);
  choose (&lab, "assigned");
  g_assert_nonnull (strstr (deploy_lab_label (&lab, "when_text"), "\nEach time what the seats are assigned then.\n"));
  body = press_and_get_schedule (&lab);
  g_assert_cmpstr (sc_item_text_of (body, "what"), ==, "assigned");
  g_assert_null (json_object_get (body, "version"));
  deploy_lab_clear (&lab);
}

/* A time of day is that of the room's maintenance window. */
static void
test_repeat_zone (void)
{
  DeployLab lab;
  ScJson *when = NULL;

  open_lab (&lab, "Lab 1", FALSE);
  choose (&lab, "repeat");
  sc_day_toggles_set_days (find (&lab, "days"), 0x01);
  gui_fixture_settle ();
  g_assert_cmpstr (deploy_lab_label (&lab, "when_text"), ==,
                   "Planned: Mon 22:00 (Europe/Berlin), until it is cancelled.");
  when = json_object_get (press_and_get_schedule (&lab), "when");
  g_assert_cmpstr (sc_item_text_of (when, "zone"), ==, "Europe/Berlin");
  deploy_lab_clear (&lab);
}

static gboolean
says_refused (gpointer data)
{
  return gtk_info_bar_get_revealed (find (data, "info_bar"));
}

static void
test_refused (void)
{
  DeployLab lab;

  open_lab (&lab, "Lab 1", FALSE);
  choose (&lab, "window");
  fake_engine_answer_error (lab.engine, "POST", "/v1/schedules", 400, "invalid", "the room has no window any more");
  gtk_button_clicked (GTK_BUTTON (deploy_lab_button (&lab)));
  gui_fixture_wait (says_refused, &lab, "the refusal");
  g_assert_cmpstr (deploy_lab_label (&lab, "info_label"), ==, "Not deployed: the room has no window any more");
  g_assert_true (gtk_widget_get_sensitive (deploy_lab_button (&lab)));
  deploy_lab_clear (&lab);
}

/* The seats are asked anew what these take. */
static void
test_templates (void)
{
  DeployLab lab;
  GtkWidget *chooser = NULL;
  ScJson *body = NULL;
  g_autoptr (ScJson) some = json_pack ("[s]", "Debian 12");

  open_lab (&lab, "Lab 1", FALSE);
  deploy_lab_plan (&lab, "/v1/sessions", 6, GB);
  chooser = find (&lab, "templates");
  sc_template_chooser_set_templates (SC_TEMPLATE_CHOOSER (chooser), some);
  g_signal_emit_by_name (chooser, "changed");
  deploy_lab_plan (&lab, "/v1/sessions", 6, GB / 2);
  body = fake_engine_get_body (lab.engine, "POST", "/v1/sessions");
  g_assert_true (sc_item_flag_of (body, "dry_run"));
  g_assert_true (json_equal (json_object_get (body, "templates"), some));
  gui_fixture_picture (lab.dialog, "deploy-templates");
  deploy_lab_clear (&lab);
}

/* A deploy to rooms leaves pinned seats out, and says so; one to the seat itself does not. */
static void
test_pinned (void)
{
  static const char *const seats[] = { "seat-1", NULL };
  DeployLab lab;

  deploy_lab_begin (&lab);
  deploy_lab_add_seat (&lab, 1, "Lab 1", "behind");
  json_object_set_new (json_array_get (lab.seats, 0), "pinned", json_true ());
  deploy_lab_open (&lab, deploy_lab_two_rooms, 1240, 860);
  deploy_lab_show (&lab, FALSE, 0, "Lab 1", NULL);
  g_assert_cmpstr (deploy_lab_label (&lab, "headline"), ==, "All of these seats are pinned");
  g_assert_cmpuint (lab.n_dry_runs, ==, 0);
  g_assert_false (gtk_widget_get_sensitive (deploy_lab_button (&lab)));
  gui_fixture_picture (lab.dialog, "deploy-pinned");
  deploy_lab_show (&lab, FALSE, 0, "", seats);
  deploy_lab_plan (&lab, "/v1/sessions", 1, GB);
  g_assert_true (gtk_widget_get_sensitive (deploy_lab_button (&lab)));
  deploy_lab_clear (&lab);
}

static GtkWidget *
find_dialog (GtkWidget *window)
{
  GList *windows = gtk_window_list_toplevels ();
  GtkWidget *dialog = NULL;

  for (GList *each = windows; each != NULL; each = each->next)
    if (SC_IS_DEPLOY_DIALOG (each->data) && gtk_window_get_transient_for (each->data) == GTK_WINDOW (window))
      dialog = each->data;
  g_list_free (windows);
  return dialog;
}

static gboolean
is_room_chosen (GtkWidget *dialog, const char *room)
{
  g_autoptr (GList) lines = gtk_container_get_children (gui_fixture_find (dialog, GTK_TYPE_CONTAINER, "room_list"));

  for (GList *each = lines; each != NULL; each = each->next) {
    GtkToggleButton *check = gui_fixture_find (each->data, GTK_TYPE_CHECK_BUTTON, NULL);

    if (check != NULL && g_strcmp0 (g_object_get_data (G_OBJECT (check), "room"), room) == 0)
      return gtk_toggle_button_get_active (check);
  }
  g_assert_not_reached ();
}

/* The rooms that are proposed to who presses Ctrl+D, of Lab 1 and Lab 2. */
static void
check_proposed (GtkWidget *window, gboolean first, gboolean second)
{
  GtkWidget *dialog = NULL;

  g_action_group_activate_action (G_ACTION_GROUP (window), "deploy", g_variant_new_parsed ("(uint64 0, '', @as [])"));
  gui_fixture_settle ();
  dialog = find_dialog (window);
  g_assert_nonnull (dialog);
  g_assert_true (is_room_chosen (dialog, "Lab 1") == first);
  g_assert_true (is_room_chosen (dialog, "Lab 2") == second);
  g_assert_true (gtk_toggle_button_get_active (gui_fixture_find (dialog, GTK_TYPE_RADIO_BUTTON, "all")) ==
                 !(first || second));
  gtk_widget_destroy (dialog);
}

/* What is proposed to be deployed to is the room that is looked at. */
static void
test_proposed (void)
{
  const ScConnectorConfig config = { .connection_file = "/nowhere/connection" };
  g_autoptr (ScConnector) connector = NULL;
  GtkWidget *window = NULL;
  GtkStack *pages = NULL;
  DeployLab lab;

  open_lab (&lab, "", FALSE);
  connector = sc_connector_new (lab.console, &config);
  window = GTK_WIDGET (sc_window_new (NULL, lab.console, connector));
  gtk_widget_show (window);
  gui_fixture_settle ();
  pages = gui_fixture_find (window, GTK_TYPE_STACK, "pages");
  sc_rooms_page_show_room (SC_ROOMS_PAGE (gtk_stack_get_child_by_name (pages, "rooms")), NULL);
  check_proposed (window, FALSE, FALSE);
  sc_rooms_page_show_room (SC_ROOMS_PAGE (gtk_stack_get_child_by_name (pages, "rooms")), "Lab 2");
  check_proposed (window, FALSE, TRUE);
  gtk_stack_set_visible_child_name (pages, "versions");
  check_proposed (window, FALSE, FALSE);
  gtk_widget_destroy (window);
  deploy_lab_clear (&lab);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add_func ("/gui/deploy-when/now", test_now);
  g_test_add_func ("/gui/deploy-when/proposed", test_proposed);
  g_test_add_func ("/gui/deploy-when/picked", test_picked);
  g_test_add_func ("/gui/deploy-when/at", test_at);
  g_test_add_func ("/gui/deploy-when/past", test_past);
  g_test_add_func ("/gui/deploy-when/no-time", test_no_time);
  g_test_add_func ("/gui/deploy-when/window", test_window);
  g_test_add_func ("/gui/deploy-when/repeat", test_repeat);
  g_test_add_func ("/gui/deploy-when/repeat-newest", test_repeat_newest);
  g_test_add_func ("/gui/deploy-when/repeat-assigned", test_repeat_assigned);
  g_test_add_func ("/gui/deploy-when/repeat-zone", test_repeat_zone);
  g_test_add_func ("/gui/deploy-when/refused", test_refused);
  g_test_add_func ("/gui/deploy-when/pinned", test_pinned);
  g_test_add_func ("/gui/deploy-when/templates", test_templates);
  return g_test_run ();
}
