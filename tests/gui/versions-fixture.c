/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/gui/versions-fixture.h"

#include "console/gui/versions/sc-versions-page.h"

#include <string.h>

static const char *const notes[] = {
  "CAD 2027 and the licences for it",
  "Security updates of November, and what the course on databases asked for: PostgreSQL 15, a client for it, and "
  "examples in the home directory.\n\nThe networking lab gets a third router. Please restart the machines of Lab 2 "
  "once they have it, the printer’s driver wants that.",
  "Debian 12.5",
};

ScJson *
versions_fixture_version (guint number)
{
  g_autofree char *id = g_strdup_printf ("%064x", number * 0x1234567u);
  g_autofree char *created =
      g_strdup_printf ("2026-%02u-%02uT09:%02u:00.000000Z", number / 28 % 12 + 1, number % 28 + 1, number % 60);

  return json_pack ("{s:i, s:s, s:s, s:s, s:s, s:I, s:[{s:s, s:s, s:I}, {s:s, s:s, s:I}, {s:s, s:s, s:I}]}", "number",
                    number, "id", id, "created", created, "author", "Anna Weber", "note", notes[number % 3],
                    "size_bytes", 96 * VERSIONS_GB, "templates", "name", "Debian 12", "manifest", id, "size_bytes",
                    24 * VERSIONS_GB, "name", "Networking lab (three routers)", "manifest", id, "size_bytes",
                    2 * VERSIONS_GB, "name", "Windows 11", "manifest", id, "size_bytes", 70 * VERSIONS_GB);
}

static ScJson *
answer_diff (const char *path, ScJson *body, guint *status, gpointer data)
{
  guint from = 0, to = 0;

  if (sscanf (path, "/v1/versions/%u/diff/%u", &from, &to) != 2)
    return NULL;
  return json_pack ("{s:i, s:i, s:[{s:s, s:s, s:I, s:[{s:s, s:s, s:I, s:n}]}, {s:s, s:s, s:I, s:[{s:s, s:s, s:I, s:I}, "
                    "{s:s, s:s, s:I, s:I}]}, {s:s, s:s, s:I, s:[]}], s:i, s:I}",
                    "from", from, "to", to, "templates", "name", "Networking lab (three routers)", "change", "added",
                    "size_bytes", 2 * VERSIONS_GB, "files", "path", "router.vmdk", "change", "added", "size_bytes",
                    2 * VERSIONS_GB, "old_size_bytes", "name", "Debian 12", "change", "changed", "size_bytes",
                    24 * VERSIONS_GB, "files", "path", "disk.vmdk", "change", "changed", "size_bytes", 24 * VERSIONS_GB,
                    "old_size_bytes", 23 * VERSIONS_GB, "path", "old.nvram", "change", "removed", "size_bytes",
                    (json_int_t) 8000, "old_size_bytes", (json_int_t) 8000, "name", "CentOS 7", "change", "removed",
                    "size_bytes", 9 * VERSIONS_GB, "files", "chunks_to_send", 20000, "bytes_to_send",
                    12 * VERSIONS_GB / 10);
}

static void
on_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  VersionsFixture *self = data;
  g_autofree char *text = g_variant_print (parameter, TRUE);

  g_free (self->activated);
  self->activated = g_strconcat (g_action_get_name (G_ACTION (action)), " ", text, NULL);
}

static gboolean
is_connected (gpointer data)
{
  return sc_console_get_state (data) == SC_CONSOLE_CONNECTED;
}

void
versions_fixture_init (VersionsFixture *self, guint n)
{
  static const GActionEntry entries[] = { { "deploy", on_action, "(tsas)" }, { "roll-back", on_action, "(tsas)" } };
  ScJson *versions = json_array ();
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  memset (self, 0, sizeof *self);
  for (guint i = 1; i <= n; i++)
    json_array_append_new (versions, versions_fixture_version (i));
  self->engine = fake_engine_new ();
  fake_engine_answer_json (self->engine, "GET", "/v1/versions", 200, json_pack ("{s:o}", "versions", versions));
  fake_engine_answer_with (self->engine, "GET", "/v1/versions/", answer_diff, self);
  self->console = sc_console_new ();
  self->page = sc_versions_page_new (self->console);
  self->window = gui_fixture_show (self->page, 1024, 553);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (self->window, "win", G_ACTION_GROUP (group));
  sc_console_connect (self->console, fake_engine_get_connection (self->engine));
  gui_fixture_wait (is_connected, self->console, "the connection");
  gui_fixture_settle ();
}

void
versions_fixture_clear (VersionsFixture *self)
{
  gpointer page = self->page, console = self->console;

  g_object_add_weak_pointer (page, &page);
  g_object_add_weak_pointer (console, &console);
  gtk_widget_destroy (self->window);
  gui_fixture_settle ();
  g_assert_null (page); /* nobody holds it, no request either */
  g_object_unref (self->console);
  gui_fixture_settle ();
  g_assert_null (console);
  fake_engine_free (self->engine);
  g_free (self->activated);
}

void
versions_fixture_event (VersionsFixture *self, const char *type, ScJson *json)
{
  g_autoptr (ScJson) owned = json;
  g_autofree char *text = NULL;

  json_object_set_new (owned, "type", json_string (type));
  text = sc_json_to_text (owned);
  fake_engine_send_event (self->engine, text);
}

ScJson *
versions_fixture_publish (guint id, const char *state, guint done)
{
  return json_pack ("{s:i, s:s, s:s, s:s, s:s, s:I, s:I, s:n, s:n}", "id", id, "kind", "publish", "state", state,
                    "phase", "reading", "item", "Debian 12/disk.vmdk", "done_bytes", done * VERSIONS_GB, "total_bytes",
                    30 * VERSIONS_GB, "result", "error");
}

ScVersionRow *
versions_fixture_row (VersionsFixture *self, guint number)
{
  GtkListBox *history = gui_fixture_find (self->page, GTK_TYPE_LIST_BOX, "history");
  GtkListBoxRow *row = NULL;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (history, i)) != NULL; i++)
    if (sc_version_item_get_info (sc_version_row_get_version (SC_VERSION_ROW (row)))->number == number)
      return SC_VERSION_ROW (row);
  return NULL;
}

const char *
versions_fixture_label (gpointer root, const char *name)
{
  GtkWidget *label = gui_fixture_find (root, GTK_TYPE_LABEL, name);

  g_assert_nonnull (label);
  return gtk_label_get_text (GTK_LABEL (label));
}

typedef struct {
  gpointer root;
  const char *name, *text;
} Wanted;

static gboolean
has_text (gpointer data)
{
  const Wanted *wanted = data;

  return strstr (versions_fixture_label (wanted->root, wanted->name), wanted->text) != NULL;
}

void
versions_fixture_wait_label (gpointer root, const char *name, const char *text)
{
  Wanted wanted = { root, name, text };

  gui_fixture_wait (has_text, &wanted, text);
}

typedef struct {
  FakeEngine *engine;
  const char *method, *prefix;
  guint n;
} Count;

static gboolean
has_count (gpointer data)
{
  const Count *count = data;

  return fake_engine_count (count->engine, count->method, count->prefix) >= count->n;
}

void
versions_fixture_wait_count (VersionsFixture *self, const char *method, const char *prefix, guint n)
{
  Count count = { self->engine, method, prefix, n };

  gui_fixture_wait (has_count, &count, prefix);
}

const char *
versions_fixture_page_name (VersionsFixture *self, const char *stack)
{
  return gtk_stack_get_visible_child_name (gui_fixture_find (self->page, GTK_TYPE_STACK, stack));
}

void
versions_fixture_activate (VersionsFixture *self, const char *action)
{
  g_action_group_activate_action (gtk_widget_get_action_group (self->page, "versions"), action, NULL);
}
