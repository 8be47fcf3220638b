/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/planning/sc-assign-dialog.h"
#include "console/gui/planning/sc-day-toggles.h"
#include "console/gui/planning/sc-room-dialog.h"
#include "console/gui/planning/sc-template-chooser.h"
#include "console/gui/planning/sc-time-spin.h"
#include "console/gui/model/sc-room-item.h"
#include "tests/gui/planning-lab.h"

#include <string.h>

typedef struct {
  PlanningLab lab;
  GtkWidget *window, *dialog;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer room)
{
  planning_lab_begin (&fixture->lab);
  fixture->window = gui_fixture_show (gtk_label_new (""), 1000, 900);
  if (room == NULL)
    return;
  fixture->dialog = sc_room_dialog_new (fixture->lab.console, GTK_WINDOW (fixture->window), room);
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *) &fixture->dialog);
  gtk_widget_show (fixture->dialog);
  gui_fixture_settle ();
}

static void
tear_down (Fixture *fixture, gconstpointer room)
{
  gtk_widget_destroy (fixture->window);
  planning_lab_clear (&fixture->lab);
  g_assert_null (fixture->dialog);
}

static gpointer
find (Fixture *fixture, const char *name)
{
  return gui_fixture_find (fixture->dialog, GTK_TYPE_WIDGET, name);
}

static const char *
label (Fixture *fixture, const char *name)
{
  return gtk_label_get_text (find (fixture, name));
}

static gboolean
is_gone (gpointer data)
{
  return ((Fixture *) data)->dialog == NULL;
}

static void
test_shown (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (label (fixture, "assigned"), ==, "Version 4");
  g_assert_cmpstr (label (fixture, "assigned_note"), ==, "2 seats are pinned to something else");
  g_assert_true (gtk_toggle_button_get_active (find (fixture, "in_window")));
  g_assert_cmpuint (sc_day_toggles_get_days (find (fixture, "days")), ==, 0x1f);
  g_assert_cmpuint (sc_time_spin_get_minute (find (fixture, "from")), ==, 18 * 60);
  g_assert_cmpstr (gtk_entry_get_text (find (fixture, "from")), ==, "18:00");
  g_assert_cmpstr (label (fixture, "sentence"), ==,
                   "Mon–Fri, from 18:00 to 06:00 of the next day, in the time zone Europe/Berlin.");
  g_assert_true (g_str_has_prefix (label (fixture, "opens"), "By your clock: opens "));
  g_assert_false (gtk_widget_get_sensitive (find (fixture, "rate")));
  gui_fixture_check_accessible (fixture->dialog);
  gui_fixture_picture (fixture->dialog, "room-dialog");
  gtk_widget_destroy (fixture->dialog);
}

/* What is not touched is not sent: somebody else may have changed it; the engine's answer is shown without waiting for
 * its event. */
static void
test_saved (Fixture *fixture, gconstpointer data)
{
  ScJson *body = NULL, *window = NULL;
  ScRoomItem *room = sc_item_list_find (sc_console_get_rooms (fixture->lab.console), "Lab 2");

  fake_engine_answer_json (fixture->lab.engine, "POST", "/v1/rooms/Lab 2/policy", 200,
                           planning_lab_room ("Lab 2", TRUE, 0));
  g_assert_false (gtk_widget_get_sensitive (find (fixture, "window_box")));
  gtk_toggle_button_set_active (find (fixture, "in_window"), TRUE);
  g_assert_true (gtk_widget_get_sensitive (find (fixture, "window_box")));
  sc_day_toggles_set_days (find (fixture, "days"), 0);
  g_assert_false (gtk_widget_get_sensitive (find (fixture, "save")));
  sc_day_toggles_set_days (find (fixture, "days"), 0x41);
  gtk_entry_set_text (find (fixture, "from"), "22"); /* typed, and not left */
  sc_time_spin_set_minute (find (fixture, "to"), 5 * 60 + 30);
  gtk_combo_box_set_active_id (find (fixture, "late"), "gather");
  gtk_toggle_button_set_active (find (fixture, "own_rate"), TRUE);
  gtk_spin_button_set_value (find (fixture, "rate"), 80);
  gtk_toggle_button_set_active (find (fixture, "wake"), TRUE);
  gtk_entry_set_text (find (fixture, "wake_destination"), " 10.1.3.255 ");
  gtk_button_clicked (find (fixture, "save"));
  gui_fixture_wait (is_gone, fixture, "the dialog is closed");
  body = fake_engine_get_body (fixture->lab.engine, "POST", "/v1/rooms/Lab 2/policy");
  window = json_object_get (body, "window");
  g_assert_cmpuint (sc_days_from_json (json_object_get (window, "days")), ==, 0x41);
  g_assert_cmpstr (sc_item_text_of (window, "from"), ==, "22:00");
  g_assert_cmpstr (sc_item_text_of (window, "to"), ==, "05:30");
  g_assert_cmpstr (sc_item_text_of (body, "late"), ==, "gather");
  g_assert_cmpuint (sc_item_number_of (body, "rate_cap_bits_per_second"), ==, 80000000);
  g_assert_null (json_object_get (body, "busy_deadline_hours"));
  g_assert_null (json_object_get (body, "cache"));
  g_assert_true (sc_item_flag_of (body, "wake"));
  g_assert_null (json_object_get (body, "power_off"));
  g_assert_cmpstr (sc_item_text_of (body, "wake_destination"), ==, "10.1.3.255");
  g_assert_cmpuint (sc_room_item_get_info (room)->window.days, ==, 0x1f);
}

static gboolean
says_refused (gpointer data)
{
  return gtk_widget_get_mapped (find (data, "error_bar")) && gtk_widget_get_sensitive (find (data, "save"));
}

/* Said above all, where it is seen. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  fake_engine_answer_error (fixture->lab.engine, "POST", "/v1/rooms/Lab 1/policy", 400, "invalid",
                            "the time zone “Europe/Berlni” is not known");
  gtk_toggle_button_set_active (find (fixture, "wake"), TRUE);
  gtk_button_clicked (find (fixture, "save"));
  gui_fixture_wait (says_refused, fixture, "the refusal");
  g_assert_nonnull (fixture->dialog);
  g_assert_cmpstr (label (fixture, "error"), ==, "Not saved: the time zone “Europe/Berlni” is not known");
  gui_fixture_picture (fixture->dialog, "room-dialog-refused");
  gtk_toggle_button_set_active (find (fixture, "wake"), FALSE);
  g_assert_false (gtk_widget_get_visible (find (fixture, "error_bar")));
  gtk_widget_destroy (fixture->dialog);
}

/* What is no time is neither sent nor changed into one. */
static void
test_no_time (Fixture *fixture, gconstpointer data)
{
  gtk_entry_set_text (find (fixture, "from"), "2500");
  gtk_spin_button_update (find (fixture, "from"));
  g_assert_cmpstr (gtk_entry_get_text (find (fixture, "from")), ==, "2500");
  g_assert_true (gtk_style_context_has_class (gtk_widget_get_style_context (find (fixture, "from")), "error"));
  gtk_button_clicked (find (fixture, "save"));
  gui_fixture_settle ();
  g_assert_true (says_refused (fixture));
  g_assert_nonnull (strstr (label (fixture, "error"), "HH:MM"));
  g_assert_cmpuint (fake_engine_count (fixture->lab.engine, "POST", "/v1/rooms/"), ==, 0);
  gui_fixture_picture (fixture->dialog, "room-dialog-no-time");
  gtk_entry_set_text (find (fixture, "from"), "7:30");
  gtk_spin_button_update (find (fixture, "from"));
  g_assert_cmpstr (gtk_entry_get_text (find (fixture, "from")), ==, "07:30");
  g_assert_false (gtk_style_context_has_class (gtk_widget_get_style_context (find (fixture, "from")), "error"));
  gtk_widget_destroy (fixture->dialog);
}

static gboolean
may_not (gpointer data)
{
  g_autofree char *why = gtk_widget_get_tooltip_text (find (data, "save"));

  return why != NULL;
}

static void
test_viewer (Fixture *fixture, gconstpointer data)
{
  g_autofree char *why = NULL;

  fake_engine_answer (fixture->lab.engine, "GET", "/v1/me", 200,
                      "{\"user\":\"vera\",\"role\":\"viewer\",\"expires\":\"\",\"local\":false}");
  fake_engine_drop_listeners (fixture->lab.engine);
  g_assert_true (gtk_widget_get_sensitive (find (fixture, "policy")));
  sc_console_connect (fixture->lab.console, fake_engine_get_connection (fixture->lab.engine));
  gui_fixture_wait (may_not, fixture, "the role");
  g_assert_false (gtk_widget_get_sensitive (find (fixture, "policy")));
  g_assert_false (gtk_widget_get_sensitive (find (fixture, "save")));
  g_assert_false (gtk_widget_get_sensitive (find (fixture, "assign")));
  why = gtk_widget_get_tooltip_text (find (fixture, "save"));
  g_assert_nonnull (strstr (why, "operator"));
  gtk_widget_destroy (fixture->dialog);
}

static gboolean
has_nothing (gpointer data)
{
  return g_str_equal (label (data, "assigned"), "Nothing");
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  fake_engine_answer_json (fixture->lab.engine, "POST", "/v1/rooms/Lab 1/assign-version", 200,
                           planning_lab_room ("Lab 1", TRUE, 0));
  gtk_button_clicked (find (fixture, "unassign"));
  gui_fixture_wait (has_nothing, fixture, "nothing is assigned");
  g_assert_cmpuint (
      sc_item_number_of (fake_engine_get_body (fixture->lab.engine, "POST", "/v1/rooms/Lab 1/assign-version"),
                         "version"),
      ==, 0);
  g_assert_cmpstr (label (fixture, "assigned"), ==, "Nothing");
  g_assert_false (gtk_widget_get_visible (find (fixture, "unassign")));
  gtk_widget_destroy (fixture->dialog);
}

/* assigning */

static void
open_assign (Fixture *fixture, GtkWidget *dialog)
{
  fixture->dialog = dialog;
  g_object_add_weak_pointer (G_OBJECT (dialog), (gpointer *) &fixture->dialog);
  gtk_widget_show (dialog);
  gui_fixture_settle ();
}

static void
test_assign (Fixture *fixture, gconstpointer data)
{
  ScJson *body = NULL;
  GtkWidget *list = NULL;

  fake_engine_answer_json (fixture->lab.engine, "POST", "/v1/rooms/Lab 1/assign-version", 200,
                           planning_lab_room ("Lab 1", TRUE, 4));
  open_assign (fixture, sc_assign_dialog_new_for_room (fixture->lab.console, GTK_WINDOW (fixture->window), "Lab 1"));
  g_assert_true (g_str_has_prefix (label (fixture, "consequence"),
                                   "A session brings it there when the room’s maintenance window opens: "));
  list = gui_fixture_find (find (fixture, "templates"), GTK_TYPE_RADIO_BUTTON, NULL);
  gtk_toggle_button_set_active (
      GTK_TOGGLE_BUTTON (g_slist_nth_data (gtk_radio_button_get_group (GTK_RADIO_BUTTON (list)), 0)), TRUE);
  g_assert_false (gtk_widget_get_sensitive (find (fixture, "apply")));
  gtk_toggle_button_set_active (
      gui_fixture_find (gui_fixture_find (find (fixture, "templates"), GTK_TYPE_SCROLLED_WINDOW, NULL),
                        GTK_TYPE_CHECK_BUTTON, NULL),
      TRUE);
  g_assert_true (gtk_widget_get_sensitive (find (fixture, "apply")));
  gui_fixture_check_accessible (fixture->dialog);
  gui_fixture_picture (fixture->dialog, "assign-dialog");
  gtk_button_clicked (find (fixture, "apply"));
  gui_fixture_wait (is_gone, fixture, "the dialog is closed");
  body = fake_engine_get_body (fixture->lab.engine, "POST", "/v1/rooms/Lab 1/assign-version");
  g_assert_cmpuint (sc_item_number_of (body, "version"), ==, 4);
  g_assert_cmpuint (json_array_size (json_object_get (body, "templates")), ==, 1);
  g_assert_cmpstr (json_string_value (json_array_get (json_object_get (body, "templates"), 0)), ==, "Debian 12");
}

static void
test_pin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) seats = g_ptr_array_new ();

  fake_engine_answer_json (fixture->lab.engine, "POST", "/v1/seats/seat-1/pin", 200,
                           gui_fixture_seat (1, "Lab 1", "current"));
  fake_engine_answer_json (fixture->lab.engine, "POST", "/v1/seats/seat-3/pin", 200,
                           gui_fixture_seat (3, "Lab 1", "behind"));
  g_ptr_array_add (seats, sc_item_list_find (sc_console_get_seats (fixture->lab.console), "seat-1"));
  g_ptr_array_add (seats, sc_item_list_find (sc_console_get_seats (fixture->lab.console), "seat-3"));
  open_assign (fixture, sc_assign_dialog_new_for_seats (fixture->lab.console, GTK_WINDOW (fixture->window), seats));
  gui_fixture_picture (fixture->dialog, "pin-dialog");
  gtk_button_clicked (find (fixture, "apply"));
  gui_fixture_wait (is_gone, fixture, "the dialog is closed");
  g_assert_cmpuint (fake_engine_count (fixture->lab.engine, "POST", "/v1/seats/"), ==, 2);
  g_assert_cmpuint (
      sc_item_number_of (fake_engine_get_body (fixture->lab.engine, "POST", "/v1/seats/seat-3/pin"), "version"), ==, 4);
}

int
main (int argc, char **argv)
{
  gui_fixture_init (&argc, &argv);
  g_test_add ("/gui/room-dialog/shown", Fixture, "Lab 1", set_up, test_shown, tear_down);
  g_test_add ("/gui/room-dialog/saved", Fixture, "Lab 2", set_up, test_saved, tear_down);
  g_test_add ("/gui/room-dialog/refused", Fixture, "Lab 1", set_up, test_refused, tear_down);
  g_test_add ("/gui/room-dialog/no-time", Fixture, "Lab 1", set_up, test_no_time, tear_down);
  g_test_add ("/gui/room-dialog/viewer", Fixture, "Lab 1", set_up, test_viewer, tear_down);
  g_test_add ("/gui/room-dialog/nothing", Fixture, "Lab 1", set_up, test_nothing, tear_down);
  g_test_add ("/gui/assign-dialog/room", Fixture, NULL, set_up, test_assign, tear_down);
  g_test_add ("/gui/assign-dialog/seats", Fixture, NULL, set_up, test_pin, tear_down);
  return g_test_run ();
}
