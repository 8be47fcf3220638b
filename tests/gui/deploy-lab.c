/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gui/deploy-lab.h"

#include <string.h>

#define DRY_RUN 7

const char *
deploy_lab_text_of (ScJson *object, const char *key)
{
  return json_string_value (json_object_get (object, key));
}

/* the engine */

static gboolean
is_meant (ScJson *seat, ScJson *request)
{
  const char *room = deploy_lab_text_of (request, "room");
  ScJson *ids = json_object_get (request, "seats"), *id = NULL;
  gsize i = 0;

  if (room != NULL)
    return strcmp (room, deploy_lab_text_of (seat, "room")) == 0;
  json_array_foreach (ids, i, id)
  {
    if (strcmp (json_string_value (id), deploy_lab_text_of (seat, "id")) == 0)
      return TRUE;
  }
  return ids == NULL;
}

static ScJson *
make_way (guint n_files)
{
  return json_pack ("{s:i, s:I}", "files", n_files, "bytes", n_files * GB);
}

static ScJson *
make_needs (guint number, gboolean has_it)
{
  gboolean full = number % 17 == 5;
  ScJson *needs = json_pack ("{s:I, s:I, s:I, s:I, s:I, s:I, s:{s:o, s:o, s:o, s:o}, s:[]}", "lacks_bytes",
                             has_it ? (json_int_t) 0 : 12 * GB + number * GB / 10, "local_bytes", (json_int_t) 0,
                             "peak_bytes", has_it ? (json_int_t) 0 : 14 * GB, "free_bytes", full ? 11 * GB : 200 * GB,
                             "reserve_bytes", 10 * GB, "missing_bytes", full ? 32 * GB / 10 : (json_int_t) 0, "ways",
                             "new", make_way (has_it ? 0 : number % 3), "clone", make_way (0), "undo",
                             make_way (has_it ? 0 : 5), "forward", make_way (0), "busy");

  if (number % 13 == 1)
    json_array_append_new (json_object_get (needs, "busy"), json_string ("Debian 12"));
  return needs;
}

/* One seat as a dry run has it. Every 17th has not the space, every 13th has a template in use. */
static ScJson *
ask_seat (ScJson *seat, guint number, gboolean answered)
{
  gboolean offline = strcmp (deploy_lab_text_of (seat, "presence"), "online") != 0;
  gboolean has_it = json_integer_value (json_object_get (seat, "version")) == 4;
  const char *state = offline || (answered && number % 17 == 5) ? "failed" : answered ? "planned" : "waiting";

  return json_pack ("{s:O, s:O, s:O, s:s, s:s, s:b, s:i, s:i, s:i, s:i, s:i, s:i, s:o}", "id",
                    json_object_get (seat, "id"), "name", json_object_get (seat, "name"), "room",
                    json_object_get (seat, "room"), "state", state, "reason", offline ? "offline: only it knows" : "",
                    "catch_up", FALSE, "version_before", 3, "total_bytes", 0, "done_bytes", 0, "repair_symbols", 0,
                    "received_packets", 0, "lost_packets", 0, "needs",
                    answered && !offline ? make_needs (number, has_it) : json_null ());
}

/* @n_answered: how many of its seats have said what they need. @content: bytes; 0: not planned yet */
static ScJson *
make_dry_run (DeployLab *lab, ScJson *request, guint n_answered, json_int_t content)
{
  ScJson *seats = json_array (), *seat = NULL;
  json_int_t version = json_integer_value (json_object_get (request, "version"));
  gsize i = 0;

  json_array_foreach (lab->seats, i, seat)
  {
    if (is_meant (seat, request))
      json_array_append_new (seats, ask_seat (seat, (guint) i + 1, json_array_size (seats) < n_answered));
  }
  return json_pack ("{s:i, s:I, s:s, s:s, s:b, s:s, s:I, s:I, s:I, s:{s:I, s:I}, s:o}", "id", DRY_RUN, "version",
                    version != 0 ? version : 3, "room", "", "state", content >= 0 ? "planned" : "preparing", "dry_run",
                    TRUE, "error", "", "rate_cap_bits_per_second", (json_int_t) 500000000, "plan_bytes",
                    (json_int_t) 1000000, "content_bytes", MAX (content, 0), "estimate", "wire_bytes",
                    MAX (content, 0) / 100 * 103, "seconds", MAX (content, 0) / 100 * 103 * 8 / 500000000, "seats",
                    seats);
}

static ScJson *
refusal (guint *status, const char *message)
{
  *status = 409;
  return json_pack ("{s:{s:s, s:s}}", "error", "code", "busy", "message", message);
}

static ScJson *
on_post (const char *path, ScJson *body, guint *status, gpointer data)
{
  DeployLab *lab = data;

  if (g_str_has_suffix (path, "/cancel")) {
    lab->n_cancelled++;
    json_object_set_new (lab->session, "state", json_string ("cancelled"));
    return json_incref (lab->session);
  }
  *status = 201;
  if (!json_is_true (json_object_get (body, "dry_run")))
    return lab->refuse_deploys != NULL ? refusal (status, lab->refuse_deploys)
                                       : json_pack ("{s:i, s:s}", "id", DEPLOYED, "state", "preparing");
  if (lab->refuse_dry_runs != NULL)
    return refusal (status, lab->refuse_dry_runs);
  lab->n_dry_runs++;
  g_clear_pointer (&lab->session, json_decref);
  lab->session = make_dry_run (lab, body, 0, -1);
  return json_incref (lab->session);
}

static ScJson *
on_get_session (const char *path, ScJson *body, guint *status, gpointer data)
{
  return json_incref (((DeployLab *) data)->session);
}

/* The engine tells how far the dry run is. */
void
deploy_lab_go_on (DeployLab *lab, const char *path, guint n_answered, json_int_t content)
{
  g_autoptr (ScJson) event = NULL;
  g_autofree char *text = NULL;

  json_decref (lab->session);
  lab->session = make_dry_run (lab, fake_engine_get_body (lab->engine, "POST", path), n_answered, content);
  event = json_deep_copy (lab->session);
  json_object_set_new (event, "type", json_string ("session"));
  text = sc_json_to_text (event);
  fake_engine_send_event (lab->engine, text);
}

/* the lab */

void
deploy_lab_add_seat (DeployLab *lab, guint number, const char *room, const char *condition)
{
  ScJson *seat = gui_fixture_seat (number, room, condition);

  json_array_append_new (lab->seats, seat);
}

/* @n seats: two thirds in Lab 1, the others in Lab 2; every 20th is off, every 7th has version 4. */
void
deploy_lab_fill (DeployLab *lab, guint n, gboolean all_off)
{
  for (guint i = 1; i <= n; i++)
    deploy_lab_add_seat (lab, i, i <= n * 2 / 3 ? "Lab 1" : "Lab 2",
                         all_off || i % 20 == 0 ? "offline"
                         : i % 7 == 0           ? "current"
                                                : "behind");
}

static gboolean
is_connected (gpointer data)
{
  return sc_console_get_state (((DeployLab *) data)->console) == SC_CONSOLE_CONNECTED;
}

static void
on_show_session (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ((DeployLab *) data)->shown = g_variant_get_uint64 (parameter);
}

static GtkWidget *
make_window (DeployLab *lab, int width, int height)
{
  static const GActionEntry entries[] = {
    { .name = "show-session", .activate = on_show_session, .parameter_type = "t" }
  };
  GtkWidget *window = gui_fixture_show (gtk_label_new (""), width, height);
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), lab);
  gtk_widget_insert_action_group (window, "win", G_ACTION_GROUP (actions));
  return window;
}

static void
answer_lists (DeployLab *lab, const char *const *rooms)
{
  ScJson *list = json_array ();
  g_autoptr (ScConsole) model = sc_console_new ();
  ScJson *versions = json_array ();

  for (gsize i = 0; rooms[i] != NULL; i++)
    json_array_append_new (list, json_pack ("{s:s, s:i}", "name", rooms[i], "seats", 1));
  gui_fixture_put_versions (model, 4);
  for (guint i = 0; i < 4; i++)
    json_array_append (versions, sc_item_get_json (sc_item_list_at (sc_console_get_versions (model), i)));
  fake_engine_answer_json (lab->engine, "GET", "/v1/seats", 200, json_pack ("{s:O}", "seats", lab->seats));
  fake_engine_answer_json (lab->engine, "GET", "/v1/rooms", 200, json_pack ("{s:o}", "rooms", list));
  fake_engine_answer_json (lab->engine, "GET", "/v1/versions", 200, json_pack ("{s:o}", "versions", versions));
}

void
deploy_lab_begin (DeployLab *lab)
{
  memset (lab, 0, sizeof *lab);
  lab->engine = fake_engine_new ();
  lab->seats = json_array ();
}

const char *const deploy_lab_two_rooms[] = { "Lab 1", "Lab 2", NULL };

void
deploy_lab_open (DeployLab *lab, const char *const *rooms, int width, int height)
{
  answer_lists (lab, rooms);
  fake_engine_answer_with (lab->engine, "POST", "/v1/sessions", on_post, lab);
  fake_engine_answer_with (lab->engine, "POST", "/v1/rollback", on_post, lab);
  fake_engine_answer_with (lab->engine, "GET", "/v1/sessions/", on_get_session, lab);
  lab->console = sc_console_new ();
  sc_console_connect (lab->console, fake_engine_get_connection (lab->engine));
  gui_fixture_wait (is_connected, lab, "the connection");
  lab->window = make_window (lab, width, height);
  lab->dialog = sc_deploy_dialog_new (lab->console, GTK_WINDOW (lab->window));
  g_object_add_weak_pointer (G_OBJECT (lab->dialog), (gpointer *) &lab->dialog);
}

void
deploy_lab_clear (DeployLab *lab)
{
  gtk_widget_destroy (lab->window);
  gui_fixture_settle ();
  g_assert_null (lab->dialog);
  g_clear_object (&lab->console);
  fake_engine_free (lab->engine);
  json_decref (lab->seats);
  if (lab->session != NULL)
    json_decref (lab->session);
}

const char *
deploy_lab_label (DeployLab *lab, const char *name)
{
  return gtk_label_get_text (gui_fixture_find (lab->dialog, GTK_TYPE_LABEL, name));
}

GtkWidget *
deploy_lab_button (DeployLab *lab)
{
  return gui_fixture_find (lab->dialog, GTK_TYPE_BUTTON, "deploy_button");
}

gboolean
deploy_lab_is_asked (gpointer data)
{
  DeployLab *lab = data;

  return lab->session != NULL && strcmp (deploy_lab_text_of (lab->session, "state"), "preparing") == 0;
}

gboolean
deploy_lab_is_planned (gpointer data)
{
  return !gtk_widget_get_visible (gui_fixture_find (((DeployLab *) data)->dialog, GTK_TYPE_PROGRESS_BAR, "progress"));
}

/* As the keyboard does it. */
void
deploy_lab_press (GtkWidget *window, guint keyval, GdkModifierType modifiers)
{
  GdkKeymap *keymap = gdk_keymap_get_for_display (gtk_widget_get_display (window));
  g_autofree GdkKeymapKey *keys = NULL;
  g_autoptr (GtkWidget) kept = g_object_ref (window);
  int n_keys = 0;

  g_assert_true (gdk_keymap_get_entries_for_keyval (keymap, keyval, &keys, &n_keys));
  for (guint i = 0; i < 2; i++) {
    GdkEvent *event = gdk_event_new (i == 0 ? GDK_KEY_PRESS : GDK_KEY_RELEASE);

    event->key.window = g_object_ref (gtk_widget_get_window (window));
    event->key.keyval = keyval;
    event->key.hardware_keycode = (guint16) keys[0].keycode;
    event->key.state = modifiers;
    gdk_event_set_device (event, gdk_seat_get_keyboard (gdk_display_get_default_seat (gdk_display_get_default ())));
    if (gtk_widget_get_realized (kept))
      gtk_widget_event (kept, event);
    gdk_event_free (event);
  }
  gui_fixture_settle ();
}

void
deploy_lab_show (DeployLab *lab, gboolean roll_back, guint64 version, const char *room, const char *const *seats)
{
  sc_deploy_dialog_set_request (SC_DEPLOY_DIALOG (lab->dialog), roll_back, version, room, seats);
  gtk_widget_show (lab->dialog);
  gui_fixture_settle ();
}

void
deploy_lab_plan (DeployLab *lab, const char *path, guint n_answered, json_int_t content)
{
  gui_fixture_wait (deploy_lab_is_asked, lab, "a dry run");
  deploy_lab_go_on (lab, path, n_answered, content);
  gui_fixture_wait (deploy_lab_is_planned, lab, "the summary");
  gui_fixture_settle ();
}

guint
deploy_lab_count_rows (DeployLab *lab)
{
  GtkTreeView *view = gui_fixture_find (lab->dialog, GTK_TYPE_TREE_VIEW, "view");

  return (guint) gtk_tree_model_iter_n_children (gtk_tree_view_get_model (view), NULL);
}

/* (transfer full): the text in a row of the table */
char *
deploy_lab_cell (DeployLab *lab, guint row, int column)
{
  GtkTreeView *view = gui_fixture_find (lab->dialog, GTK_TYPE_TREE_VIEW, "view");
  GtkTreeModel *model = gtk_tree_view_get_model (view);
  GtkTreeIter iter;
  char *text = NULL;

  g_assert_true (gtk_tree_model_iter_nth_child (model, &iter, NULL, (int) row));
  gtk_tree_model_get (model, &iter, column, &text, -1);
  return text;
}
