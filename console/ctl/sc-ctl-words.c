/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-words.h"

#include "console/ctl/sc-ctl.h"

#define MAX_ACTIVITY_NAMES 3u
#define MAX_REMOVED 12u
#define MAX_AWAITED 4u

static gboolean
state_is_one_of (ScJson *object, const char *const *states)
{
  return g_strv_contains (states, sc_ctl_text_of (object, "state"));
}

gboolean
sc_ctl_session_is_paused (ScJson *sessions, guint64 id)
{
  gsize i;
  ScJson *session;
  json_array_foreach (sessions, i, session)
  {
    if (sc_ctl_number_of (session, "id") == id)
      return g_str_equal (sc_ctl_text_of (session, "state"), "paused");
  }
  return FALSE;
}

gboolean
sc_ctl_session_is_over (ScJson *session)
{
  const char *const over[] = { "done", "cancelled", "failed", "planned", "busy", NULL };
  return state_is_one_of (session, over);
}

guint
sc_ctl_session_count_seats (ScJson *session, const char *state)
{
  guint n = 0;
  gsize i;
  ScJson *seat;
  json_array_foreach (json_object_get (session, "seats"), i, seat) n +=
      g_str_equal (sc_ctl_text_of (seat, "state"), state);
  return n;
}

gboolean
sc_ctl_session_went_well (ScJson *session)
{
  gboolean dry = sc_json_get_optional_bool (session, "dry_run", FALSE);
  guint n_well = sc_ctl_session_count_seats (session, dry ? "planned" : "done");
  if (!dry)
    n_well += sc_ctl_session_count_seats (session, "busy");
  return n_well == json_array_size (json_object_get (session, "seats")) &&
         g_str_equal (sc_ctl_text_of (session, "state"), dry ? "planned" : "done");
}

GTimeSpan
sc_ctl_session_get_span (ScJson *session)
{
  g_autoptr (GDateTime) created = g_date_time_new_from_iso8601 (sc_ctl_text_of (session, "created"), NULL);
  g_autoptr (GDateTime) ended = g_date_time_new_from_iso8601 (sc_ctl_text_of (session, "ended"), NULL);
  return created && ended ? g_date_time_difference (ended, created) : -1;
}

char *
sc_ctl_session_duration (ScJson *session)
{
  GTimeSpan span = sc_ctl_session_get_span (session);
  return span >= 0 ? sc_ctl_format_duration (span) : g_strdup ("");
}

gboolean
sc_ctl_seat_is_busy (ScJson *seat)
{
  const char *const busy[] = { "waiting", "receiving", "repairing", "applying", "verifying", NULL };
  ScJson *transfer = json_object_get (seat, "transfer");
  return transfer && state_is_one_of (transfer, busy);
}

/* Templates between two versions. */
static guint
count_half_updated (ScJson *seat)
{
  guint n = 0;
  gsize i;
  ScJson *item;
  json_array_foreach (json_object_get (seat, "templates"), i, item) n +=
      g_str_equal (sc_ctl_text_of (item, "state"), "updating");
  return n;
}

static const char *
plural (guint n)
{
  return n == 1 ? "" : "s";
}

char *
sc_ctl_seat_waits_for (ScJson *seat)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  gsize i;
  ScJson *item;
  json_array_foreach (json_object_get (seat, "templates"), i, item)
  {
    if (sc_json_get_optional_bool (item, "busy", FALSE))
      g_ptr_array_add (names, (gpointer) sc_ctl_text_of (item, "name"));
  }
  return sc_ctl_names (names, MAX_AWAITED);
}

static char *
idle_state (ScJson *seat)
{
  ScJson *transfer = json_object_get (seat, "transfer");
  gboolean failed = transfer && g_str_equal (sc_ctl_text_of (transfer, "state"), "failed");
  GString *text = g_string_new (NULL);
  if (failed)
    g_string_append_printf (text, "failed: %s", sc_ctl_text_of (transfer, "reason"));
  else
    g_string_append_printf (text, "online, %s", sc_ctl_text_of (seat, "version_state"));
  guint updating = count_half_updated (seat);
  if (updating > 0)
    g_string_append_printf (text, ", %u template%s half updated", updating, plural (updating));
  g_autofree char *busy = sc_ctl_seat_waits_for (seat);
  if (*busy)
    g_string_append_printf (text, ", waits for %s (in use)", busy);
  return g_string_free (text, FALSE);
}

char *
sc_ctl_seat_state (ScJson *seat, ScJson *sessions)
{
  const char *const streamed[] = { "waiting", "receiving", NULL };
  ScJson *transfer = json_object_get (seat, "transfer");
  const char *presence = sc_ctl_text_of (seat, "presence");
  if (!g_str_equal (presence, "online"))
    return g_strdup (presence);
  if (!sc_ctl_seat_is_busy (seat))
    return idle_state (seat);
  if (state_is_one_of (transfer, streamed) &&
      sc_ctl_session_is_paused (sessions, sc_ctl_number_of (transfer, "session")))
    return g_strdup ("paused");
  const char *state = sc_ctl_text_of (transfer, "state"), *item = sc_ctl_text_of (transfer, "template");
  gboolean throttled = sc_json_get_optional_bool (transfer, "throttled", FALSE);
  return g_strconcat (state, *item ? " " : "", item, throttled ? ", slowly: somebody uses the machine" : "", NULL);
}

char *
sc_ctl_seat_version (ScJson *seat)
{
  guint64 version = sc_ctl_number_of (seat, "version"), assigned = sc_ctl_number_of (seat, "assigned_version");
  g_autofree char *now = version ? g_strdup_printf ("%" G_GUINT64_FORMAT, version) : g_strdup ("-");
  if (assigned == 0 || assigned == version)
    return g_steal_pointer (&now);
  return g_strdup_printf ("%s → %" G_GUINT64_FORMAT, now, assigned);
}

static char *
list_traits (ScJson *volume, const char *key)
{
  GString *text = g_string_new (NULL);
  gsize i;
  ScJson *trait;
  json_array_foreach (json_object_get (volume, key), i, trait)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", json_string_value (trait));
  return g_string_free (text, FALSE);
}

char *
sc_ctl_seat_volume (ScJson *seat)
{
  ScJson *volume = json_object_get (seat, "volume");
  g_autofree char *traits = list_traits (volume, "traits");
  gboolean refused = json_array_size (json_object_get (volume, "refused")) > 0;
  /* found out by what became of it, whatever the reason */
  gboolean forgot = json_is_string (json_object_get (seat, "forgot")) && strstr (traits, "forgets") == NULL;
  return g_strconcat (forgot ? "forgets" : "", forgot && *traits ? ", " : "", traits, refused ? ": not written to" : "",
                      NULL);
}

char *
sc_ctl_volume_in_words (ScJson *volume)
{
  g_autofree char *traits = list_traits (volume, "traits");
  g_autofree char *refused = list_traits (volume, "refused");
  const char *file_system = sc_ctl_text_of (volume, "file_system"), *reason = sc_ctl_text_of (volume, "reason");
  g_autofree char *why = *reason ? g_strdup_printf (" (%s)", reason) : g_strdup ("");
  g_autofree char *text = g_strconcat (*file_system ? file_system : "unknown", *traits ? ": " : "", traits, why, NULL);
  return *refused ? g_strconcat (text, "; it takes no updates, because “", refused, "” is not accepted there", NULL)
                  : g_steal_pointer (&text);
}

char *
sc_ctl_transfer_percent (ScJson *transfer)
{
  guint64 total = sc_ctl_number_of (transfer, "total_bytes");
  if (total > 0)
    return sc_ctl_format_percent (sc_ctl_number_of (transfer, "done_bytes"), total);
  return g_strdup (g_str_equal (sc_ctl_text_of (transfer, "state"), "done") ? "–" : "");
}

char *
sc_ctl_names (GPtrArray *names, guint max)
{
  GString *text = g_string_new (NULL);
  guint shown = names->len > max ? max : names->len;
  for (guint i = 0; i < shown; i++) {
    g_autofree char *name = sc_ctl_text_cut (names->pdata[i], G_MAXUINT);
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", name);
  }
  if (names->len > shown)
    g_string_append_printf (text, " and %u more", names->len - shown);
  return g_string_free (text, FALSE);
}

char *
sc_ctl_names_of (ScJson *strings, guint max)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  gsize i;
  ScJson *item;
  json_array_foreach (strings, i, item)
  {
    if (json_is_string (item))
      g_ptr_array_add (names, (gpointer) json_string_value (item));
  }
  return sc_ctl_names (names, max);
}

static ScJson *
find_seat (ScJson *seats, const char *id)
{
  gsize i;
  ScJson *seat;
  json_array_foreach (seats, i, seat)
  {
    if (g_str_equal (sc_ctl_text_of (seat, "id"), id))
      return seat;
  }
  return NULL;
}

/* "pc-03 (repairing 40 %)" */
static char *
awaited_seat (ScJson *part, ScJson *seats)
{
  ScJson *seat = find_seat (seats, sc_ctl_text_of (part, "id"));
  const char *name = sc_ctl_text_of (part, "name"), *state = sc_ctl_text_of (part, "state");
  const char *presence = seat ? sc_ctl_text_of (seat, "presence") : "online";
  if (!g_str_equal (presence, "online"))
    return g_strdup_printf ("%s (%s)", name, presence);
  if (g_str_equal (state, "waiting"))
    return g_strdup_printf ("%s (%s)", name, sc_ctl_number_of (part, "total_bytes") > 0 ? "waiting" : "preparing");
  g_autofree char *percent = sc_ctl_transfer_percent (part);
  return g_strdup_printf ("%s (%s%s%s)", name, state, *percent ? " " : "", percent);
}

char *
sc_ctl_session_awaited (ScJson *session, ScJson *seats)
{
  g_autoptr (GPtrArray) awaited = g_ptr_array_new_with_free_func (g_free);
  gboolean preparing = g_str_equal (sc_ctl_text_of (session, "state"), "preparing");
  gsize i;
  ScJson *part;
  json_array_foreach (json_object_get (session, "seats"), i, part)
  {
    /* a seat that has said what it lacks is prepared: it is others that the session waits for */
    gboolean prepared = sc_ctl_number_of (part, "total_bytes") > 0;
    if (!sc_ctl_session_is_over (part) && !(preparing && prepared))
      g_ptr_array_add (awaited, awaited_seat (part, seats));
  }
  return sc_ctl_names (awaited, MAX_AWAITED);
}

char *
sc_ctl_session_half_updated (ScJson *session, ScJson *seats)
{
  guint n_templates = 0, n_seats = 0;
  gsize i;
  ScJson *part;
  json_array_foreach (json_object_get (session, "seats"), i, part)
  {
    ScJson *seat = find_seat (seats, sc_ctl_text_of (part, "id"));
    guint n = seat ? count_half_updated (seat) : 0;
    n_templates += n;
    n_seats += n > 0;
  }
  if (n_templates == 0)
    return NULL;
  return g_strdup_printf ("%u template%s on %u seat%s %s half updated: deploy again or roll back", n_templates,
                          plural (n_templates), n_seats, plural (n_seats), n_templates == 1 ? "is" : "are");
}

static guint
count_changes (ScJson *diff, const char *change)
{
  guint n = 0;
  gsize i;
  ScJson *item;
  json_array_foreach (json_object_get (diff, "templates"), i, item) n +=
      g_str_equal (sc_ctl_text_of (item, "change"), change);
  return n;
}

char *
sc_ctl_diff_changes (ScJson *diff)
{
  const char *const kinds[] = { "removed", "added", "changed" };
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    guint n = count_changes (diff, kinds[i]);
    if (n == 0)
      continue;
    if (text->len == 0)
      g_string_append_printf (text, "%u template%s %s", n, plural (n), kinds[i]);
    else
      g_string_append_printf (text, ", %u %s", n, kinds[i]);
    if (i == 0) {
      g_autoptr (GPtrArray) removed = g_ptr_array_new_with_free_func (g_free);
      sc_ctl_diff_add_removed (diff, removed);
      g_autofree char *names = sc_ctl_names (removed, MAX_REMOVED);
      g_string_append_printf (text, " (%s)", names);
    }
  }
  return g_string_free (text, FALSE);
}

void
sc_ctl_diff_add_removed (ScJson *diff, GPtrArray *names)
{
  gsize i;
  ScJson *item;
  json_array_foreach (json_object_get (diff, "templates"), i, item)
  {
    const char *name = sc_ctl_text_of (item, "name");
    if (g_str_equal (sc_ctl_text_of (item, "change"), "removed") &&
        !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
      g_ptr_array_add (names, g_strdup (name));
  }
}

char *
sc_ctl_needs_verdict (ScJson *needs)
{
  guint64 missing = sc_ctl_number_of (needs, "missing_bytes");
  if (missing == 0)
    return g_strdup ("fits");
  g_autofree char *size = sc_ctl_format_size (missing);
  return g_strdup_printf ("%s missing", size);
}

char *
sc_ctl_needs_way (ScJson *needs, const char *way)
{
  ScJson *object = json_object_get (json_object_get (needs, "ways"), way);
  guint64 files = object ? sc_ctl_number_of (object, "files") : 0;
  if (files == 0)
    return g_strdup ("");
  g_autofree char *size = sc_ctl_format_size (sc_ctl_number_of (object, "bytes"));
  return g_strdup_printf ("%" G_GUINT64_FORMAT " file%s, %s", files, files == 1 ? "" : "s", size);
}

/* "5 files of 2 templates differ"; empty for none */
static char *
differences (ScJson *verify)
{
  guint64 n_files = sc_ctl_number_of (verify, "n_files"), n_templates = sc_ctl_number_of (verify, "n_templates");
  if (n_files == 0)
    return g_strdup ("");
  return g_strdup_printf ("%" G_GUINT64_FORMAT " file%s of %" G_GUINT64_FORMAT " template%s differ%s", n_files,
                          n_files == 1 ? "" : "s", n_templates, n_templates == 1 ? "" : "s", n_files == 1 ? "s" : "");
}

char *
sc_ctl_verify_result (ScJson *verify)
{
  const char *state = sc_ctl_text_of (verify, "state"), *message = sc_ctl_text_of (verify, "message");
  g_autofree char *read = sc_ctl_format_size (sc_ctl_number_of (verify, "bytes"));
  g_autofree char *differ = differences (verify);
  if (g_str_equal (state, "done"))
    return g_strdup_printf ("%s; %s read", *differ ? differ : "every file is as it should be", read);
  return g_strconcat (state, *message ? ": " : "", message, *differ ? "; " : "", differ, NULL);
}

char *
sc_ctl_activity_who (ScJson *entry)
{
  const char *who = sc_ctl_text_of (entry, "who"), *address = sc_ctl_text_of (entry, "address");
  return g_strdup (*who ? who : *address ? address : "console");
}

static void append_part (GString *text, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
append_part (GString *text, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  if (text->len > 0)
    g_string_append (text, ", ");
  g_string_append_vprintf (text, format, arguments);
  va_end (arguments);
}

/* The seats by name are worth it while they are few: of a whole room the room says more. */
static void
append_seats (GString *text, ScJson *entry)
{
  ScJson *seats = json_object_get (entry, "seats");
  guint64 n = sc_ctl_number_of (entry, "n_seats");
  gsize i;
  ScJson *name;
  if (*sc_ctl_text_of (entry, "room") && n != 1) {
    if (n > 0)
      append_part (text, "%" G_GUINT64_FORMAT " seats", n);
    return;
  }
  json_array_foreach (seats, i, name)
  {
    if (i < MAX_ACTIVITY_NAMES)
      append_part (text, "%s", json_is_string (name) ? json_string_value (name) : "");
  }
  if (n > MIN (json_array_size (seats), MAX_ACTIVITY_NAMES))
    g_string_append_printf (text, " and %" G_GUINT64_FORMAT " more",
                            n - MIN (json_array_size (seats), MAX_ACTIVITY_NAMES));
}

/* Whether the entry is of how a session or publishing ended: its detail is the result. */
static gboolean
is_end (ScJson *entry)
{
  return g_str_has_suffix (sc_ctl_text_of (entry, "action"), "-end");
}

/* The detail of changed settings is as the request: "rate_cap_bits_per_second=500000000 publish_directory=/srv" */
static void
append_settings (GString *text, const char *detail)
{
  static const char rate_key[] = "rate_cap_bits_per_second=", directory_key[] = "publish_directory=";
  if (g_str_has_prefix (detail, rate_key)) {
    char *end = NULL;
    guint64 rate = g_ascii_strtoull (detail + strlen (rate_key), &end, 10);
    g_autofree char *cap = sc_ctl_format_cap (rate);
    append_part (text, "rate %s", cap);
    detail = end + strspn (end, " ");
  }
  if (g_str_has_prefix (detail, directory_key)) {
    const char *directory = detail + strlen (directory_key);
    append_part (text, "publish directory %s", *directory ? directory : "-");
  } else if (*detail) {
    append_part (text, "%s", detail);
  }
}

const char *
sc_ctl_rate_limit_in_words (const char *nick)
{
  static const struct {
    const char *nick, *words;
  } limits[] = {
    { "cap", "its cap" },
    { "link", "it began with what the slowest seat's link carries" },
    { "trying", "nothing: it is on its way up" },
    { "path", "the network: more was lost at most seats when it was faster" },
    { "seats", "seats: it waits for them, or the sockets or disks of many did not follow when it was faster" },
    { "source", "the console: it does not read and send faster" },
    { "uplink", "the console's own network link" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    if (g_str_equal (nick, limits[i].nick))
      return limits[i].words;
  return nick;
}

char *
sc_ctl_session_deltas (ScJson *session)
{
  guint64 deltas = sc_ctl_number_of (session, "delta_frames"), frames = sc_ctl_number_of (session, "content_frames");
  g_autofree char *saved = sc_ctl_format_size (sc_ctl_number_of (session, "delta_saved_bytes"));
  if (deltas == 0)
    return NULL;
  return g_strdup_printf ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " frame%s, %s saved", deltas, frames,
                          frames == 1 ? "" : "s", saved);
}

const char *
sc_ctl_seat_by (ScJson *seat)
{
  gboolean multicast = sc_ctl_number_of (seat, "received_packets") > 0;
  guint64 lacked = sc_ctl_number_of (json_object_get (seat, "needs"), "lacks_bytes");
  /* what it lacked must have come somehow */
  gboolean catch_up = sc_json_get_optional_bool (seat, "catch_up", FALSE) || (!multicast && lacked > 0);
  if (sc_ctl_number_of (seat, "done_bytes") == 0)
    return "";
  if (multicast && catch_up)
    return "multicast + catch-up";
  return multicast ? "multicast" : catch_up ? "catch-up" : "";
}

char *
sc_ctl_activity_what (ScJson *entry)
{
  GString *text = g_string_new (NULL);
  guint64 version = sc_ctl_number_of (entry, "version"), session = sc_ctl_number_of (entry, "session");
  const char *room = sc_ctl_text_of (entry, "room"), *detail = sc_ctl_text_of (entry, "detail");
  if (version > 0)
    append_part (text, "version %" G_GUINT64_FORMAT, version);
  if (*room)
    append_part (text, "room “%s”", room);
  append_seats (text, entry);
  if (session > 0)
    append_part (text, "session %" G_GUINT64_FORMAT, session);
  if (g_str_equal (sc_ctl_text_of (entry, "action"), "settings"))
    append_settings (text, detail);
  else if (*detail && !is_end (entry))
    append_part (text, "%s", detail);
  return g_string_free (text, FALSE);
}

char *
sc_ctl_activity_result (ScJson *entry)
{
  gboolean done = sc_json_get_optional_bool (entry, "done", FALSE);
  const char *why = sc_ctl_text_of (entry, "error");
  gboolean refused = g_str_equal (sc_ctl_text_of (entry, "action"), "seat-refused");
  const char *result = is_end (entry) ? sc_ctl_text_of (entry, "detail")
                       : refused      ? "refused"
                       : done         ? "done"
                                      : "not done";
  return g_strconcat (result, *why ? ": " : "", why, NULL);
}
