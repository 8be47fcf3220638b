/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gui/gui-fixture.h"

#include "console/gui/sc-resources.h"

#include <string.h>

#define TIMEOUT (20 * G_TIME_SPAN_SECOND)
#define MAX_ROUNDS 250u /* what moves by itself never settles */
#define GIB ((json_int_t) 1 << 30)

void
gui_fixture_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  gtk_init (argc, argv);
  sc_resources_register ();
  sc_resources_load_style ();
}

static ScJson *
transfer_of (const char *condition, guint number)
{
  const char *state = "idle";
  json_int_t total = 0;

  if (strcmp (condition, "failed") == 0)
    state = "failed";
  else if (strcmp (condition, "running") == 0)
    state = number % 3 == 0 ? "applying" : "receiving";
  else if (strcmp (condition, "verifying") == 0)
    state = "verifying";
  if (strcmp (state, "idle") != 0 && strcmp (state, "failed") != 0)
    total = 12 * GIB;
  return json_pack ("{s:s, s:i, s:I, s:I, s:I, s:b, s:s, s:s}", "state", state, "session", total > 0 ? 1 : 0,
                    "done_bytes", total / 100 * (json_int_t) (number * 37 % 100), "total_bytes", total,
                    "rate_bytes_per_second", total > 0 ? (json_int_t) 58000000 : 0, "throttled", FALSE, "template",
                    total > 0 ? "Debian 12" : "", "reason",
                    strcmp (state, "failed") == 0 ? "the disk is full: 1.2 GB are missing" : "");
}

static ScJson *
template_of (const char *name, const char *condition, gboolean first)
{
  const char *state = "current";

  if (first && strcmp (condition, "drifted") == 0)
    state = "drifted";
  if (first && (strcmp (condition, "updating") == 0 || strcmp (condition, "running") == 0))
    state = "updating";
  return json_pack ("{s:s, s:s, s:i, s:s, s:b}", "name", name, "manifest",
                    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "version", 3, "state", state,
                    "busy", first && strcmp (condition, "busy") == 0);
}

static const char *
version_state_of (const char *condition)
{
  if (strcmp (condition, "drifted") == 0 || strcmp (condition, "unknown") == 0)
    return condition;
  return strcmp (condition, "current") == 0 || strcmp (condition, "verifying") == 0 ? "current" : "behind";
}

ScJson *
gui_fixture_seat (guint number, const char *room, const char *condition)
{
  g_autofree char *id = g_strdup_printf ("seat-%u", number);
  g_autofree char *name = g_strdup_printf ("pc-%02u", number);
  g_autofree char *address = g_strdup_printf ("10.1.%u.%u", number / 200, number % 200 + 10);
  g_autofree char *mac = g_strdup_printf ("52:54:00:12:%02x:%02x", number / 256, number % 256);
  const char *version_state = version_state_of (condition);
  gboolean is_unknown = strcmp (condition, "unknown") == 0;
  ScJson *json = json_pack (
      "{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:i, s:i, s:I, s:I, s:I, s:I, s:[i, i], s:s, s:s, s:s, s:s, s:i, s:s, s:n}",
      "id", id, "name", name, "room", room, "own_room", room, "presence",
      strcmp (condition, "offline") == 0 ? "offline" : "online", "transfer", transfer_of (condition, number),
      "version_state", version_state, "version",
      is_unknown                              ? 0
      : strcmp (version_state, "behind") == 0 ? 3
                                              : 4,
      "assigned_version", is_unknown ? 0 : 4, "free_bytes", number % 17 == 5 ? 3 * GIB : (180 + number % 40) * GIB,
      "reserve_bytes", 10 * GIB, "undo_bytes", 4 * GIB, "total_bytes", 512 * GIB, "back", 3, 2, "os",
      "Debian GNU/Linux 12 (bookworm)", "service_version", "0.1.0", "address", address, "mac", mac, "link_mbps", 1000,
      "last_seen", "2026-11-22T12:00:00.000000Z", "place");

  json_object_set_new (json, "templates",
                       json_pack ("[o, o, o]", template_of ("Debian 12", condition, TRUE),
                                  template_of ("Windows 11", condition, FALSE),
                                  template_of ("Networking lab (three routers)", condition, FALSE)));
  return json;
}

void
gui_fixture_put_seats (ScConsole *console, guint n, const char *room)
{
  /* of 20 seats: most current, one of each of the others */
  static const char *const conditions[] = { "current", "running",  "current", "current", "failed",
                                            "current", "running",  "current", "current", "verifying",
                                            "busy",    "current",  "drifted", "current", "behind",
                                            "current", "updating", "current", "unknown", "offline" };
  g_autoptr (ScJson) room_json = json_pack ("{s:s, s:i}", "name", room, "seats", n);

  sc_item_list_put (sc_console_get_rooms (console), room_json);
  for (guint i = 1; i <= n; i++) {
    g_autoptr (ScJson) seat = gui_fixture_seat (i, room, conditions[(i - 1) % G_N_ELEMENTS (conditions)]);

    sc_item_list_put (sc_console_get_seats (console), seat);
  }
}

void
gui_fixture_put_versions (ScConsole *console, guint n)
{
  static const char *const notes[] = {
    "Debian 12 with PostgreSQL 15", "Security updates of November",
    "The networking lab gets a third router, and all hosts the course's certificate"
  };

  for (guint i = 1; i <= n; i++) {
    g_autofree char *created = g_strdup_printf ("2026-11-%02uT09:%02u:00.000000Z", (i - 1) % 28 + 1, i % 60);
    g_autoptr (ScJson) json = json_pack (
        "{s:i, s:s, s:s, s:s, s:s, s:I, s:[{s:s, s:s, s:I}, {s:s, s:s, s:I}]}", "number", i, "id",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "created", created, "author", "Anna Weber",
        "note", notes[i % G_N_ELEMENTS (notes)], "size_bytes", 102 * GIB, "templates", "name", "Debian 12", "manifest",
        "00", "size_bytes", 32 * GIB, "name", "Windows 11", "manifest", "01", "size_bytes", 70 * GIB);

    sc_item_list_put (sc_console_get_versions (console), json);
  }
}

static ScJson *
session_seat (guint number, const char *session_state)
{
  g_autofree char *id = g_strdup_printf ("seat-%u", number);
  g_autofree char *name = g_strdup_printf ("pc-%02u", number);
  gboolean fails = number % 20 == 5, lags = number % 20 == 7, over = strcmp (session_state, "done") == 0;
  const char *state = fails ? "failed" : over ? "done" : lags ? "repairing" : "receiving";
  json_int_t total = 6 * GIB, done = over ? total : total / 100 * (lags ? 22 : 60 + (json_int_t) number % 3);

  return json_pack ("{s:s, s:s, s:s, s:s, s:s, s:b, s:i, s:I, s:I, s:i, s:i, s:i, s:n}", "id", id, "name", name, "room",
                    "Lab 1", "state", state, "reason", fails ? "the disk is full: 1.2 GB are missing" : "", "catch_up",
                    lags, "version_before", 3, "total_bytes", total, "done_bytes", fails ? total / 5 : done,
                    "repair_symbols", lags ? 48211 : (int) (number * 13 % 400), "received_packets", 2671000,
                    "lost_packets", lags ? 534200 : (int) (number * 29 % 3000), "needs");
}

ScJson *
gui_fixture_session (guint64 id, guint n_seats, const char *state)
{
  gboolean over = strcmp (state, "done") == 0 || strcmp (state, "failed") == 0 || strcmp (state, "cancelled") == 0;
  ScJson *seats = json_array ();

  for (guint i = 1; i <= n_seats; i++)
    json_array_append_new (seats, session_seat (i, state));
  return json_pack (
      "{s:I, s:i, s:s, s:s, s:b, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:i, s:n, s:o}", "id",
      (json_int_t) id, "version", 4, "room", "Lab 1", "state", state, "dry_run", FALSE, "error", "", "created",
      "2026-11-22T12:00:00.000000Z", "ended", over ? "2026-11-22T12:04:12.000000Z" : "", "rate_cap_bits_per_second",
      (json_int_t) 500000000, "plan_bytes", (json_int_t) 1200000, "content_bytes", 4 * GIB, "wire_bytes", 3 * GIB,
      "source_packets", (json_int_t) 2100000, "parity_packets", (json_int_t) 81000, "catch_up_bytes", GIB / 10,
      "content_sent_bytes", 5 * GIB / 2, "rate_bits_per_second", over ? (json_int_t) 0 : (json_int_t) 487000000,
      "window", 14, "windows", 34, "estimate", "seats", seats);
}

void
gui_fixture_wait (GuiFixtureFunc condition, gpointer data, const char *what)
{
  gint64 end = g_get_monotonic_time () + TIMEOUT;

  while (!condition (data)) {
    if (g_get_monotonic_time () > end)
      g_error ("not within 20 s: %s", what);
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
  }
}

void
gui_fixture_settle (void)
{
  /* some frames: layout, drawing, and what these set off */
  for (guint quiet = 0, rounds = 0; quiet < 20 && rounds < MAX_ROUNDS; quiet++, rounds++) {
    while (g_main_context_iteration (NULL, FALSE))
      quiet = MIN (quiet, 10);
    g_usleep (2000);
  }
}

GtkWidget *
gui_fixture_show (GtkWidget *widget, int width, int height)
{
  GtkWidget *window = gtk_window_new (GTK_WINDOW_TOPLEVEL);

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_container_add (GTK_CONTAINER (window), widget);
  gtk_widget_show (widget);
  gtk_widget_show (window);
  gui_fixture_settle ();
  return window;
}

void
gui_fixture_picture (GtkWidget *widget, const char *name)
{
  const char *directory = g_getenv ("SEATCAST_PICTURES");
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = directory != NULL ? g_build_filename (directory, file, NULL) : NULL;
  int scale = gtk_widget_get_scale_factor (widget);
  cairo_surface_t *surface = NULL;
  cairo_t *context = NULL;

  if (path == NULL)
    return;
  gui_fixture_settle ();
  if (gtk_widget_is_toplevel (widget)) {
    /* gtk_widget_draw() leaves the headings of tables blank */
    int width = gdk_window_get_width (gtk_widget_get_window (widget));
    int height = gdk_window_get_height (gtk_widget_get_window (widget));
    g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_get_from_window (gtk_widget_get_window (widget), 0, 0, width, height);

    g_assert_true (gdk_pixbuf_save (pixbuf, path, "png", NULL, NULL));
    return;
  }
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, gtk_widget_get_allocated_width (widget) * scale,
                                        gtk_widget_get_allocated_height (widget) * scale);
  cairo_surface_set_device_scale (surface, scale, scale);
  context = cairo_create (surface);
  gtk_widget_draw (widget, context);
  cairo_destroy (context);
  g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
}

typedef struct {
  GType type;
  const char *name;
  GtkWidget *found;
} Search;

static void
look_at (GtkWidget *widget, gpointer data)
{
  Search *search = data;
  const char *name = NULL;

  if (search->found != NULL)
    return;
  name = gtk_buildable_get_name (GTK_BUILDABLE (widget));
  if (g_type_is_a (G_OBJECT_TYPE (widget), search->type) &&
      (search->name == NULL || g_strcmp0 (name, search->name) == 0))
    search->found = widget;
  else if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), look_at, search);
}

gpointer
gui_fixture_find (GtkWidget *root, GType type, const char *name)
{
  Search search = { .type = type, .name = name };

  look_at (root, &search);
  return search.found;
}

static gboolean
has_label (AtkObject *accessible)
{
  AtkRelationSet *relations = atk_object_ref_relation_set (accessible);
  gboolean labelled = atk_relation_set_contains (relations, ATK_RELATION_LABELLED_BY);

  g_object_unref (relations);
  return labelled;
}

static void
check_one (GtkWidget *widget, gpointer data)
{
  AtkObject *accessible = gtk_widget_get_accessible (widget);
  const char *name = atk_object_get_name (accessible);
  gboolean is_text = GTK_IS_LABEL (widget) || GTK_IS_SCROLLED_WINDOW (widget) || GTK_IS_VIEWPORT (widget);

  if (gtk_widget_get_can_focus (widget) && gtk_widget_get_visible (widget) && !is_text &&
      (name == NULL || *name == '\0') && !has_label (accessible)) {
    g_test_message ("a %s (%s) has no accessible name", G_OBJECT_TYPE_NAME (widget),
                    gtk_buildable_get_name (GTK_BUILDABLE (widget)));
    g_test_fail ();
  }
  if (GTK_IS_CONTAINER (widget))
    gtk_container_forall (GTK_CONTAINER (widget), check_one, data);
}

void
gui_fixture_check_accessible (GtkWidget *root)
{
  check_one (root, NULL);
}
