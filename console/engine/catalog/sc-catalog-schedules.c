/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-schedules.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-private.h"

#include <string.h>

#define MAX_SEATS 4096u

#define SCHEDULE_COLUMNS                                                                                               \
  "id, what, version, templates, room, seats, kind, at, days, minute, zone, wake, power_off, rate_cap, author, "       \
  "created, next, last, last_session, state, error, rate_cap_set"

static const char *const what_nicks[] = {
  [SC_SCHEDULE_VERSION] = "version",
  [SC_SCHEDULE_NEWEST] = "newest",
  [SC_SCHEDULE_ASSIGNED] = "assigned",
};

static const char *const state_nicks[] = {
  [SC_SCHEDULE_PLANNED] = "planned",
  [SC_SCHEDULE_DONE] = "done",
  [SC_SCHEDULE_CANCELLED] = "cancelled",
  [SC_SCHEDULE_FAILED] = "failed",
};

/* @index: (out) */
static gboolean
find_nick (const char *const *nicks, guint n_nicks, const char *nick, guint *index)
{
  for (*index = 0; *index < n_nicks; (*index)++)
    if (g_strcmp0 (nick, nicks[*index]) == 0)
      return TRUE;
  return FALSE;
}

const char *
sc_schedule_what_to_nick (ScScheduleWhat what)
{
  g_return_val_if_fail ((guint) what < G_N_ELEMENTS (what_nicks), "version");
  return what_nicks[what];
}

gboolean
sc_schedule_what_from_nick (const char *nick, ScScheduleWhat *what)
{
  guint index;

  if (!find_nick (what_nicks, G_N_ELEMENTS (what_nicks), nick, &index))
    return FALSE;
  *what = (ScScheduleWhat) index;
  return TRUE;
}

const char *
sc_schedule_state_to_nick (ScScheduleState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (state_nicks), "failed");
  return state_nicks[state];
}

void
sc_catalog_schedule_free (ScCatalogSchedule *self)
{
  if (self == NULL)
    return;
  g_free (self->templates);
  g_free (self->room);
  g_clear_pointer (&self->seats, g_ptr_array_unref);
  g_free (self->zone);
  g_free (self->author);
  g_free (self->error);
  g_free (self);
}

static char *
seats_to_text (GPtrArray *seats)
{
  g_autoptr (ScJson) list = json_array ();

  for (guint i = 0; seats != NULL && i < seats->len; i++)
    json_array_append_new (list, json_string (g_ptr_array_index (seats, i)));
  return sc_json_to_text (list);
}

/* @seats: (inout) (element-type utf8) */
static gboolean
seats_of_column (ScStatement *statement, int column, GPtrArray **seats, GError **error)
{
  g_autofree char *list = sc_catalog_column_text (statement, column);
  g_autofree char *text = g_strdup_printf ("{\"seats\":%s}", list);
  g_autoptr (ScJson) object = sc_json_parse_object (text, strlen (text), SC_CONTROL_MAX_BYTES, error);

  if (object != NULL)
    *seats = sc_json_get_strings (object, "seats", MAX_SEATS, SC_INVENTORY_STRING_MAX, error);
  return *seats != NULL;
}

/* All but the id, which is ?1. */
static void
bind_schedule (ScStatement *statement, const ScCatalogSchedule *schedule)
{
  g_autofree char *seats = seats_to_text (schedule->seats);

  sc_catalog_bind_text (statement, 2, sc_schedule_what_to_nick (schedule->what));
  sc_catalog_bind_uint (statement, 3, schedule->version);
  sc_catalog_bind_text (statement, 4, schedule->templates);
  sc_catalog_bind_text (statement, 5, schedule->room);
  sc_catalog_bind_text (statement, 6, seats);
  sc_catalog_bind_text (statement, 7, sc_schedule_kind_to_nick (schedule->kind));
  sqlite3_bind_int64 (statement, 8, schedule->at);
  sqlite3_bind_int (statement, 9, schedule->days);
  sqlite3_bind_int (statement, 10, schedule->minute);
  sc_catalog_bind_text (statement, 11, schedule->zone);
  sqlite3_bind_int (statement, 12, schedule->wake ? 1 : 0);
  sqlite3_bind_int (statement, 13, schedule->power_off ? 1 : 0);
  sc_catalog_bind_uint (statement, 14, schedule->rate_cap);
  sc_catalog_bind_text (statement, 15, schedule->author);
  sqlite3_bind_int64 (statement, 16, schedule->created);
  sqlite3_bind_int64 (statement, 17, schedule->next);
  sqlite3_bind_int64 (statement, 18, schedule->last);
  sc_catalog_bind_uint (statement, 19, schedule->last_session);
  sc_catalog_bind_text (statement, 20, sc_schedule_state_to_nick (schedule->state));
  sc_catalog_bind_text (statement, 21, schedule->error);
  sqlite3_bind_int (statement, 22, schedule->rate_cap_set ? 1 : 0);
}

gboolean
sc_catalog_add_schedule (ScCatalog *self, ScCatalogSchedule *schedule, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "INSERT INTO schedules (" SCHEDULE_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
                           " ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)",
                           error);

  if (statement == NULL)
    return FALSE;
  bind_schedule (statement, schedule); /* ?1 stays NULL: SQLite gives the id */
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  schedule->id = (guint64) sqlite3_last_insert_rowid (sc_database_get_handle (self->database));
  return TRUE;
}

static void
set_no_schedule (guint64 id, GError **error)
{
  g_set_error (error, SC_ERROR, SC_ERROR_NOT_FOUND,
               "there is no schedule %" G_GUINT64_FORMAT ": “seatcastctl schedules --all” lists those that there are",
               id);
}

gboolean
sc_catalog_save_schedule (ScCatalog *self, const ScCatalogSchedule *schedule, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "UPDATE schedules SET what = ?2, version = ?3, templates = ?4, room = ?5, seats = ?6,"
                           " kind = ?7, at = ?8, days = ?9, minute = ?10, zone = ?11, wake = ?12, power_off = ?13,"
                           " rate_cap = ?14, author = ?15, created = ?16, next = ?17, last = ?18, last_session = ?19,"
                           " state = ?20, error = ?21, rate_cap_set = ?22 WHERE id = ?1",
                           error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_uint (statement, 1, schedule->id);
  bind_schedule (statement, schedule);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  if (sqlite3_changes (sc_database_get_handle (self->database)) == 0) {
    set_no_schedule (schedule->id, error);
    return FALSE;
  }
  return TRUE;
}

/* A later engine may have written what this one does not know: such a schedule is not run as something else. */
static gboolean
read_nicks (ScStatement *statement, ScCatalogSchedule *schedule, GError **error)
{
  const char *what = (const char *) sqlite3_column_text (statement, 1);
  const char *kind = (const char *) sqlite3_column_text (statement, 6);
  const char *state = (const char *) sqlite3_column_text (statement, 19);
  guint index = 0;

  if (!sc_schedule_what_from_nick (what, &schedule->what) || !sc_schedule_kind_from_nick (kind, &schedule->kind) ||
      !find_nick (state_nicks, G_N_ELEMENTS (state_nicks), state, &index)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                 "it is of the kinds “%s”, “%s”, “%s” in the catalog, not all of which this engine knows: was it made "
                 "by a later one?",
                 what, kind, state);
    return FALSE;
  }
  schedule->state = (ScScheduleState) index;
  return TRUE;
}

static ScCatalogSchedule *
schedule_of_row (ScStatement *statement, GError **error)
{
  g_autoptr (ScCatalogSchedule) schedule = g_new0 (ScCatalogSchedule, 1);

  schedule->id = sc_catalog_column_uint (statement, 0);
  if (!read_nicks (statement, schedule, error) || !seats_of_column (statement, 5, &schedule->seats, error)) {
    g_prefix_error (error, "schedule %" G_GUINT64_FORMAT ": ", schedule->id);
    return NULL;
  }
  schedule->version = sc_catalog_column_uint (statement, 2);
  schedule->templates = sc_catalog_column_text (statement, 3);
  schedule->room = sc_catalog_column_text (statement, 4);
  schedule->at = sqlite3_column_int64 (statement, 7);
  schedule->days = (guint8) sqlite3_column_int (statement, 8);
  schedule->minute = (guint16) sqlite3_column_int (statement, 9);
  schedule->zone = sc_catalog_column_text (statement, 10);
  schedule->wake = sqlite3_column_int (statement, 11) != 0;
  schedule->power_off = sqlite3_column_int (statement, 12) != 0;
  schedule->rate_cap = sc_catalog_column_uint (statement, 13);
  schedule->author = sc_catalog_column_text (statement, 14);
  schedule->created = sqlite3_column_int64 (statement, 15);
  schedule->next = sqlite3_column_int64 (statement, 16);
  schedule->last = sqlite3_column_int64 (statement, 17);
  schedule->last_session = sc_catalog_column_uint (statement, 18);
  schedule->error = sc_catalog_column_text (statement, 20);
  schedule->rate_cap_set = sqlite3_column_int (statement, 21) != 0;
  return g_steal_pointer (&schedule);
}

ScCatalogSchedule *
sc_catalog_get_schedule (ScCatalog *self, guint64 id, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT " SCHEDULE_COLUMNS " FROM schedules WHERE id = ?1", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_uint (statement, 1, id);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return NULL;
  if (has_row)
    return schedule_of_row (statement, error);
  set_no_schedule (id, error);
  return NULL;
}

GPtrArray *
sc_catalog_list_schedules (ScCatalog *self, gboolean planned, guint max, GError **error)
{
  g_autoptr (GPtrArray) schedules = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_schedule_free);
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      planned ? "SELECT " SCHEDULE_COLUMNS " FROM schedules WHERE state = 'planned' ORDER BY next, id LIMIT ?1"
              : "SELECT " SCHEDULE_COLUMNS " FROM schedules ORDER BY id DESC LIMIT ?1",
      error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_uint (statement, 1, max);
  while (TRUE) {
    ScCatalogSchedule *schedule = NULL;

    if (!sc_database_step (self->database, statement, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&schedules);
    schedule = schedule_of_row (statement, error);
    if (schedule == NULL)
      return NULL;
    g_ptr_array_add (schedules, schedule);
  }
}

gboolean
sc_catalog_rename_schedules (ScCatalog *self, const char *room, const char *name, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "UPDATE schedules SET room = ?2 WHERE room = ?1", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, room);
  sc_catalog_bind_text (statement, 2, name);
  return sc_database_run (self->database, statement, error);
}
