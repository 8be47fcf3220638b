/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-activity.h"

#include "console/engine/api/sc-api-routes.h"

#include <openssl/crypto.h>
#include <string.h>

#define MAX_TEXT 1024u /* bytes of what a request that was refused may leave */

/* @text: (nullable): valid UTF-8, which is cut */
static void
set_text (char **member, const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;

  g_free (*member);
  if (length > MAX_TEXT)
    length = (gsize) (g_utf8_find_prev_char (text, text + MAX_TEXT + 1) - text);
  *member = g_strndup (text != NULL ? text : "", length);
}

static void
add_seat (ScActivityEntry *entry, const char *name)
{
  g_autofree char *cut = NULL;

  set_text (&cut, name);
  sc_activity_entry_add_seat (entry, cut);
}

/* @seat: as a request names it: by its id or its name */
static void
add_named_seat (ScActivityEntry *entry, const ScApiRequest *request, const char *seat)
{
  g_autofree char *name = NULL;
  g_autofree char *room = NULL;

  if (entry->n_seats < SC_ACTIVITY_MAX_SEATS)
    sc_catalog_dup_seat_labels (request->parts->catalog, seat, &name, &room);
  add_seat (entry, name);
}

static void
add_argument (ScActivityEntry *entry, const ScApiRequest *request, const char *name, const char *value)
{
  if (g_str_equal (name, "{seat}"))
    add_named_seat (entry, request, value);
  else if (g_str_equal (name, "{room}"))
    set_text (&entry->room, value);
  else if (g_str_equal (name, "{id}") && g_str_has_prefix (request->route->pattern, "/v1/sessions/"))
    entry->session = g_ascii_strtoull (value, NULL, 10) & G_MAXINT64;
  else if (g_str_equal (name, "{number}"))
    entry->version = g_ascii_strtoull (value, NULL, 10) & G_MAXINT64;
  else
    set_text (&entry->detail, value);
}

static void
take_path (ScActivityEntry *entry, const ScApiRequest *request)
{
  g_auto (GStrv) segments = g_strsplit (request->route->pattern, "/", -1);
  guint n = 0;

  for (guint i = 0; segments[i] != NULL; i++)
    if (*segments[i] == '{' && n < SC_API_MAX_ARGUMENTS)
      add_argument (entry, request, segments[i], request->arguments[n++]);
}

/* @list: of ids or names, or of objects that have one as "seat" */
static void
take_seats (ScActivityEntry *entry, const ScApiRequest *request, const ScJson *list)
{
  for (gsize i = 0; i < json_array_size (list); i++) {
    const ScJson *item = json_array_get (list, i);
    const char *seat = json_string_value (json_is_object (item) ? json_object_get (item, "seat") : item);

    if (seat != NULL)
      add_named_seat (entry, request, seat);
  }
}

/* (transfer full): a text as it is, anything else as JSON */
static char *
text_of_value (const ScJson *value)
{
  return json_is_string (value) ? g_strdup (json_string_value (value))
                                : json_dumps (value, JSON_ENCODE_ANY | JSON_COMPACT);
}

/* "rate_cap_bits_per_second=500000000 publish_directory=/srv/templates" */
static void
describe_members (ScActivityEntry *entry, const ScJson *body)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *key;
  json_t *value;

  json_object_foreach ((json_t *) body, key, value)
  {
    g_autofree char *said = text_of_value (value);

    g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", key, said);
  }
  set_text (&entry->detail, text->str);
}

static void
add_word (GString *text, const char *word)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", word);
}

/* @list: of texts; "key=a,b"; nothing where there is no list */
static void
add_list (GString *text, const char *key, const ScJson *list)
{
  for (gsize i = 0; i < json_array_size (list) && text->len <= MAX_TEXT; i++) {
    const char *item = json_string_value (json_array_get (list, i));

    if (i == 0)
      add_word (text, key);
    g_string_append_printf (text, "%s%s", i == 0 ? "=" : ",", item != NULL ? item : "?");
  }
}

/* "at 2026-12-01T21:00:00Z", "window", "repeat mon,fri 22:00 Europe/Berlin" */
static void
add_when (GString *text, const ScJson *when)
{
  static const char *const keys[] = { "kind", "at", "days", "time", "zone" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    const ScJson *value = json_object_get (when, keys[i]);

    if (json_is_string (value) && json_string_length (value) > 0)
      add_word (text, json_string_value (value));
    else if (json_is_array (value))
      add_list (text, keys[i], value);
  }
}

/* What a session that is asked for, or an assignment, is besides its version, room and seats: "newest at
 * 2026-12-01T21:00:00Z templates=a,b wake power-off" */
static void
describe_wish (ScActivityEntry *entry, const ScJson *body)
{
  g_autoptr (GString) text = g_string_new (entry->detail);
  const char *what = json_string_value (json_object_get (body, "what"));

  if (what != NULL)
    add_word (text, what);
  if (entry->version == 0 && (g_str_equal (entry->action, "assign-version") || g_str_equal (entry->action, "pin")))
    add_word (text, "none");
  add_when (text, json_object_get (body, "when"));
  add_list (text, "rooms", json_object_get (body, "rooms"));
  add_list (text, "templates", json_object_get (body, "templates"));
  if (json_is_true (json_object_get (body, "wake")))
    add_word (text, "wake");
  if (json_is_true (json_object_get (body, "power_off")))
    add_word (text, "power-off");
  set_text (&entry->detail, text->str);
}

/* "before-commit /usr/local/bin/check, after-commit C:\\tools\\report.exe"; "none" */
static void
describe_hooks (ScActivityEntry *entry, const ScJson *body)
{
  const ScJson *hooks = json_object_get (body, "hooks");
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < json_array_size (hooks); i++) {
    const ScJson *hook = json_array_get (hooks, i);
    const char *when = json_string_value (json_object_get (hook, "when"));
    const char *program = json_string_value (json_array_get (json_object_get (hook, "run"), 0));

    if (when != NULL && program != NULL)
      g_string_append_printf (text, "%s%s %s", text->len > 0 ? ", " : "", when, program);
  }
  set_text (&entry->detail, json_array_size (hooks) > 0 ? text->str : "none");
}

/* "anna role=operator password disabled=true": never the password itself. */
static void
describe_user (ScActivityEntry *entry, const ScJson *body)
{
  const ScJson *role = json_object_get (body, "role"), *disabled = json_object_get (body, "disabled");
  GString *text = g_string_new (entry->detail);

  if (json_is_string (role))
    g_string_append_printf (text, " role=%s", json_string_value (role));
  if (json_object_get (body, "password") != NULL && !g_str_equal (entry->action, "user-add"))
    g_string_append (text, " password");
  if (json_is_boolean (disabled))
    g_string_append_printf (text, " disabled=%s", json_is_true (disabled) ? "true" : "false");
  set_text (&entry->detail, text->str);
  g_string_free (text, TRUE);
}

/* The answers' secrets are wiped where they are made; these are parsed once more here. */
static void
forget_secrets (const ScJson *body)
{
  static const char *const keys[] = { "password", "old", "new" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    const char *text = json_string_value (json_object_get (body, keys[i]));

    if (text != NULL)
      OPENSSL_cleanse ((char *) text, strlen (text));
  }
}

static void
take_name (ScActivityEntry *entry, const char *name)
{
  if (g_str_equal (entry->action, "room-create"))
    set_text (&entry->room, name);
  else
    set_text (&entry->detail, name);
}

static void
describe_body (ScActivityEntry *entry, const ScJson *body)
{
  static const char *const wishes[] = { "deploy", "dry-run", "rollback", "assign-version", "pin", "schedule", NULL };

  if (g_str_equal (entry->action, "settings") || g_str_equal (entry->action, "room-policy"))
    describe_members (entry, body);
  else if (g_str_equal (entry->action, "version-hooks"))
    describe_hooks (entry, body);
  else if (g_strv_contains (wishes, entry->action))
    describe_wish (entry, body);
}

static void
take_body (ScActivityEntry *entry, const ScApiRequest *request)
{
  g_autoptr (ScJson) body = NULL;

  if (request->body->len > 0)
    body =
        sc_json_parse_object ((const char *) request->body->data, request->body->len, request->route->max_body, NULL);
  if (body == NULL)
    return;
  entry->version = sc_json_get_optional_uint (body, "version", entry->version);
  take_seats (entry, request, json_object_get (body, "seats"));
  take_seats (entry, request, json_object_get (body, "places"));
  if (json_is_string (json_object_get (body, "room")))
    set_text (&entry->room, json_string_value (json_object_get (body, "room")));
  if (json_is_string (json_object_get (body, "directory")))
    set_text (&entry->detail, json_string_value (json_object_get (body, "directory")));
  if (json_is_string (json_object_get (body, "action")))
    set_text (&entry->detail, json_string_value (json_object_get (body, "action")));
  if (json_is_string (json_object_get (body, "name")))
    take_name (entry, json_string_value (json_object_get (body, "name")));
  if (json_is_true (json_object_get (body, "dry_run")))
    sc_activity_entry_set_text (&entry->action, "dry-run");
  describe_body (entry, body);
  if (g_str_has_prefix (entry->action, "user-"))
    describe_user (entry, body);
  forget_secrets (body);
}

static void
forget_seats (ScActivityEntry *entry)
{
  g_ptr_array_set_size (entry->seats, 0);
  entry->n_seats = 0;
}

/* "3, 4: newest at …", "12 woken, 1 failed": what only the answer knows */
static void
take_planning (ScActivityEntry *entry, const ScJson *answer)
{
  const ScJson *schedules = json_object_get (answer, "schedules");
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < json_array_size (schedules) && text->len <= MAX_TEXT / 2; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? ", " : "",
                            sc_json_get_optional_uint (json_array_get (schedules, i), "id", 0));
  if (text->len > 0)
    g_string_append_printf (text, ": %s", entry->detail);
  if (json_object_get (answer, "woken") != NULL)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT " woken, %" G_GSIZE_FORMAT " failed",
                            json_array_size (json_object_get (answer, "woken")),
                            json_array_size (json_object_get (answer, "failed")));
  if (text->len > 0)
    set_text (&entry->detail, text->str);
}

/* The answer tells names for ids, all seats for a room's, the version that was meant. */
static void
take_answer (ScActivityEntry *entry, const ScJson *answer)
{
  const ScJson *seats = json_object_get (answer, "seats");

  take_planning (entry, answer);
  if (json_is_array (seats)) {
    forget_seats (entry);
    for (gsize i = 0; i < json_array_size (seats); i++)
      add_seat (entry, json_string_value (json_object_get (json_array_get (seats, i), "name")));
  }
  if (json_object_get (answer, "dry_run") != NULL) {
    entry->session = sc_json_get_optional_uint (answer, "id", 0);
    entry->version = sc_json_get_optional_uint (answer, "version", 0);
    set_text (&entry->room, json_string_value (json_object_get (answer, "room")));
  }
  if (json_object_get (answer, "presence") != NULL) {
    forget_seats (entry);
    add_seat (entry, json_string_value (json_object_get (answer, "name")));
    set_text (&entry->room, json_string_value (json_object_get (answer, "room")));
    if (g_str_equal (entry->action, "catch-up"))
      entry->version = sc_json_get_optional_uint (answer, "assigned_version", 0);
  }
}

void
sc_api_activity_record (ScApiRequest *request, guint status, const ScJson *answer)
{
  g_autoptr (ScActivityEntry) entry = sc_activity_entry_new (request->route->action);

  entry->who = g_strdup (request->principal.name);
  entry->role = g_strdup (sc_role_to_nick (request->principal.role));
  entry->address = g_strdup (request->address);
  entry->done = SOUP_STATUS_IS_SUCCESSFUL (status);
  take_path (entry, request);
  take_body (entry, request);
  if (entry->done)
    take_answer (entry, answer);
  else
    set_text (&entry->error, json_string_value (json_object_get (json_object_get (answer, "error"), "message")));
  sc_activity_record (request->parts->activity, entry);
}
