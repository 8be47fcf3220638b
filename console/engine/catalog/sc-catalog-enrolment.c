/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-catalog-enrolment.h"

#include "common/sc-error.h"
#include "console/engine/catalog/sc-catalog-private.h"

#define TOKEN_COLUMNS "id, room, seats, used, created, ends, ask, revoked"
#define REQUEST_COLUMNS                                                                                                \
  "id, key_id, state, reason, token, request, name, room, machine, macs, os, service_version, address, known, "        \
  "matched, seat, requested, asked"

static void
bind_key (ScStatement *statement, int index, const guint8 key_id[SC_KEY_ID_SIZE])
{
  sqlite3_bind_blob (statement, index, key_id, SC_KEY_ID_SIZE, SQLITE_TRANSIENT);
}

/* The table's CHECK sees to the length. */
static void
read_key (guint8 key_id[SC_KEY_ID_SIZE], ScStatement *statement, int column)
{
  memset (key_id, 0, SC_KEY_ID_SIZE);
  if (sqlite3_column_bytes (statement, column) == SC_KEY_ID_SIZE)
    memcpy (key_id, sqlite3_column_blob (statement, column), SC_KEY_ID_SIZE);
}

/* Runs a query of one row with one number; without a row it is 0. */
static gboolean
query_number (ScCatalog *self, ScStatement *statement, guint64 *number, GError **error)
{
  gboolean has_row = FALSE;

  *number = 0;
  if (!sc_database_step (self->database, statement, &has_row, error))
    return FALSE;
  if (has_row)
    *number = sc_catalog_column_uint (statement, 0);
  return TRUE;
}

/* Adds what @make makes of each row to @list. */
typedef gpointer (*MakeOfRow) (ScStatement *statement);
static gboolean
add_rows (ScCatalog *self, ScStatement *statement, MakeOfRow make, GPtrArray *list, GError **error)
{
  gboolean has_row = FALSE;

  do {
    if (!sc_database_step (self->database, statement, &has_row, error))
      return FALSE;
    if (has_row)
      g_ptr_array_add (list, make (statement));
  } while (has_row);
  return TRUE;
}

/* (nullable): what @make makes of the first row; NULL without an error when there is none */
static gpointer
first_row (ScCatalog *self, ScStatement *statement, MakeOfRow make, GError **error)
{
  gboolean has_row = FALSE;

  if (!sc_database_step (self->database, statement, &has_row, error) || !has_row)
    return NULL;
  return make (statement);
}

/* tokens */

void
sc_catalog_enrol_token_free (ScCatalogEnrolToken *self)
{
  if (self == NULL)
    return;
  g_free (self->room);
  g_free (self);
}

static gpointer
token_of_row (ScStatement *statement)
{
  ScCatalogEnrolToken *token = g_new0 (ScCatalogEnrolToken, 1);

  token->id = sc_catalog_column_uint (statement, 0);
  token->room = sc_catalog_column_text (statement, 1);
  token->seats = sc_catalog_column_uint (statement, 2);
  token->used = sc_catalog_column_uint (statement, 3);
  token->created = sqlite3_column_int64 (statement, 4);
  token->ends = sqlite3_column_int64 (statement, 5);
  token->ask = sqlite3_column_int (statement, 6) != 0;
  token->revoked = sqlite3_column_int64 (statement, 7);
  return token;
}

gboolean
sc_catalog_add_enrol_token (ScCatalog *self, const char *hash, ScCatalogEnrolToken *token, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "INSERT INTO enrol_tokens (hash, room, seats, created, ends, ask) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, hash);
  sc_catalog_bind_text (statement, 2, token->room);
  sc_catalog_bind_uint (statement, 3, token->seats);
  sqlite3_bind_int64 (statement, 4, token->created);
  sqlite3_bind_int64 (statement, 5, token->ends);
  sqlite3_bind_int (statement, 6, token->ask ? 1 : 0);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  token->id = (guint64) sqlite3_last_insert_rowid (sc_database_get_handle (self->database));
  return TRUE;
}

ScCatalogEnrolToken *
sc_catalog_find_enrol_token (ScCatalog *self, const char *hash, guint64 id, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           hash != NULL ? "SELECT " TOKEN_COLUMNS " FROM enrol_tokens WHERE hash = ?1"
                                        : "SELECT " TOKEN_COLUMNS " FROM enrol_tokens WHERE id = ?1",
                           error);

  if (statement == NULL)
    return NULL;
  if (hash != NULL)
    sc_catalog_bind_text (statement, 1, hash);
  else
    sc_catalog_bind_uint (statement, 1, id);
  return first_row (self, statement, token_of_row, error);
}

GPtrArray *
sc_catalog_list_enrol_tokens (ScCatalog *self, guint max, GError **error)
{
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_enrol_token_free);
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "SELECT " TOKEN_COLUMNS " FROM enrol_tokens ORDER BY id DESC LIMIT ?1", error);

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_uint (statement, 1, max);
  return add_rows (self, statement, token_of_row, tokens, error) ? g_steal_pointer (&tokens) : NULL;
}

gboolean
sc_catalog_use_enrol_token (ScCatalog *self, guint64 id, GError **error)
{
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database, "UPDATE enrol_tokens SET used = used + 1 WHERE id = ?1 AND used < seats", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_uint (statement, 1, id);
  return sc_database_run (self->database, statement, error);
}

gboolean
sc_catalog_revoke_enrol_token (ScCatalog *self, guint64 id, gint64 now, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "UPDATE enrol_tokens SET revoked = ?2 WHERE id = ?1 AND revoked = 0", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_uint (statement, 1, id);
  sqlite3_bind_int64 (statement, 2, now);
  return sc_database_run (self->database, statement, error);
}

/* requests */

ScCatalogEnrolRequest *
sc_catalog_enrol_request_new (void)
{
  ScCatalogEnrolRequest *self = g_new0 (ScCatalogEnrolRequest, 1);

  self->state = SC_ENROL_PENDING;
  self->reason = g_strdup ("");
  self->request = sc_enrol_request_new ();
  self->address = g_strdup ("");
  self->known = g_strdup ("");
  self->matched = g_strdup ("");
  self->seat = g_strdup ("");
  return self;
}

void
sc_catalog_enrol_request_free (ScCatalogEnrolRequest *self)
{
  if (self == NULL)
    return;
  g_free (self->reason);
  sc_enrol_request_free (self->request);
  g_free (self->address);
  g_free (self->known);
  g_free (self->matched);
  g_free (self->seat);
  g_free (self);
}

static char *
join_macs (const GPtrArray *macs)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < macs->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", (const char *) macs->pdata[i]);
  return g_string_free (text, FALSE);
}

static void
take_text (char **member, ScStatement *statement, int column)
{
  g_free (*member);
  *member = sc_catalog_column_text (statement, column);
}

/* One that is new takes the place of an earlier one of the same key, under another id. */
#define REPLACE_REQUEST                                                                                                \
  "INSERT OR REPLACE INTO enrol_requests (key_id, state, reason, token, request, name, room, machine, macs, os,"       \
  " service_version, address, known, matched, seat, requested, asked)"                                                 \
  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
#define UPDATE_REQUEST                                                                                                 \
  "UPDATE enrol_requests SET state = ?2, reason = ?3, token = ?4, request = ?5, name = ?6, room = ?7, machine = ?8,"   \
  " macs = ?9, os = ?10, service_version = ?11, address = ?12, known = ?13, matched = ?14, seat = ?15,"                \
  " requested = ?16, asked = ?17 WHERE key_id = ?1"

static gpointer
request_of_row (ScStatement *statement)
{
  ScCatalogEnrolRequest *self = sc_catalog_enrol_request_new ();
  g_autofree char *macs = sc_catalog_column_text (statement, 9);
  g_auto (GStrv) list = g_strsplit (macs, " ", -1);

  self->id = sc_catalog_column_uint (statement, 0);
  read_key (self->key_id, statement, 1);
  if (!sc_enrol_state_from_nick ((const char *) sqlite3_column_text (statement, 2), &self->state))
    self->state = SC_ENROL_DENIED; /* damaged: it lets nobody in */
  take_text (&self->reason, statement, 3);
  self->token = sc_catalog_column_uint (statement, 4);
  take_text (&self->request->request, statement, 5);
  take_text (&self->request->name, statement, 6);
  take_text (&self->request->room, statement, 7);
  take_text (&self->request->machine, statement, 8);
  for (guint i = 0; list[i] != NULL; i++)
    if (*list[i] != '\0')
      g_ptr_array_add (self->request->macs, g_strdup (list[i]));
  take_text (&self->request->os, statement, 10);
  take_text (&self->request->service_version, statement, 11);
  take_text (&self->address, statement, 12);
  take_text (&self->known, statement, 13);
  take_text (&self->matched, statement, 14);
  take_text (&self->seat, statement, 15);
  self->requested = sqlite3_column_int64 (statement, 16);
  self->asked = sqlite3_column_int64 (statement, 17);
  return self;
}

gboolean
sc_catalog_save_enrol_request (ScCatalog *self, ScCatalogEnrolRequest *request, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, request->id == 0 ? REPLACE_REQUEST : UPDATE_REQUEST, error);
  const ScEnrolRequest *body = request->request;
  g_autofree char *macs = join_macs (body->macs);

  if (statement == NULL)
    return FALSE;
  bind_key (statement, 1, request->key_id);
  sc_catalog_bind_text (statement, 2, sc_enrol_state_to_nick (request->state));
  sc_catalog_bind_text (statement, 3, request->reason);
  sc_catalog_bind_uint (statement, 4, request->token);
  sc_catalog_bind_text (statement, 5, body->request);
  sc_catalog_bind_text (statement, 6, body->name);
  sc_catalog_bind_text (statement, 7, body->room);
  sc_catalog_bind_text (statement, 8, body->machine);
  sc_catalog_bind_text (statement, 9, macs);
  sc_catalog_bind_text (statement, 10, body->os);
  sc_catalog_bind_text (statement, 11, body->service_version);
  sc_catalog_bind_text (statement, 12, request->address);
  sc_catalog_bind_text (statement, 13, request->known);
  sc_catalog_bind_text (statement, 14, request->matched);
  sc_catalog_bind_text (statement, 15, request->seat);
  sqlite3_bind_int64 (statement, 16, request->requested);
  sqlite3_bind_int64 (statement, 17, request->asked);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  if (request->id == 0)
    request->id = (guint64) sqlite3_last_insert_rowid (sc_database_get_handle (self->database));
  return TRUE;
}

ScCatalogEnrolRequest *
sc_catalog_find_enrol_request (ScCatalog *self, const guint8 *key_id, guint64 id, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           key_id != NULL ? "SELECT " REQUEST_COLUMNS " FROM enrol_requests WHERE key_id = ?1"
                                          : "SELECT " REQUEST_COLUMNS " FROM enrol_requests WHERE id = ?1",
                           error);

  if (statement == NULL)
    return NULL;
  if (key_id != NULL)
    bind_key (statement, 1, key_id);
  else
    sc_catalog_bind_uint (statement, 1, id);
  return first_row (self, statement, request_of_row, error);
}

GPtrArray *
sc_catalog_list_waiting (ScCatalog *self, GError **error)
{
  g_autoptr (GPtrArray) requests = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_enrol_request_free);
  g_autoptr (ScStatement) statement = sc_database_prepare (
      self->database,
      "SELECT " REQUEST_COLUMNS " FROM enrol_requests WHERE state IN ('pending', 'duplicate') ORDER BY id", error);

  if (statement == NULL)
    return NULL;
  return add_rows (self, statement, request_of_row, requests, error) ? g_steal_pointer (&requests) : NULL;
}

gboolean
sc_catalog_count_waiting (ScCatalog *self, const char *address, guint64 *n, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT count(*) FROM enrol_requests WHERE state IN ('pending', 'duplicate')"
                           " AND (?1 IS NULL OR address = ?1)",
                           error);

  if (statement == NULL)
    return FALSE;
  if (address != NULL)
    sc_catalog_bind_text (statement, 1, address);
  return query_number (self, statement, n, error);
}

gboolean
sc_catalog_forget_enrol_requests (ScCatalog *self, gint64 before, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "DELETE FROM enrol_requests WHERE asked < ?1", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, before);
  return sc_database_run (self->database, statement, error);
}

/* what seats are recognised by */

void
sc_catalog_machine_free (ScCatalogMachine *self)
{
  if (self == NULL)
    return;
  g_free (self->seat);
  g_free (self->name);
  g_free (self->room);
  g_free (self->machine);
  g_free (self->macs);
  g_free (self);
}

static gpointer
machine_of_row (ScStatement *statement)
{
  ScCatalogMachine *self = g_new0 (ScCatalogMachine, 1);

  self->seat = sc_catalog_column_text (statement, 0);
  self->name = sc_catalog_column_text (statement, 1);
  self->room = sc_catalog_column_text (statement, 2);
  self->machine = sc_catalog_column_text (statement, 3);
  self->macs = sc_catalog_column_text (statement, 4);
  self->last_seen = sqlite3_column_int64 (statement, 5);
  self->enrolled = sqlite3_column_int (statement, 6) != 0;
  return self;
}

GPtrArray *
sc_catalog_list_machines (ScCatalog *self, GError **error)
{
  g_autoptr (GPtrArray) machines = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_machine_free);
  /* of a seat that never enrolled only the MAC of its inventory is known */
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT id, name, room, machine, iif (macs <> '', macs, mac), last_seen,"
                           " EXISTS (SELECT 1 FROM certificates WHERE seat = seats.id) FROM seats ORDER BY id",
                           error);

  if (statement == NULL)
    return NULL;
  return add_rows (self, statement, machine_of_row, machines, error) ? g_steal_pointer (&machines) : NULL;
}

GPtrArray *
sc_catalog_list_rejected_machines (ScCatalog *self, gint64 since, GError **error)
{
  g_autoptr (GPtrArray) machines = g_ptr_array_new_with_free_func ((GDestroyNotify) sc_catalog_machine_free);
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database,
                           "SELECT seat, name, room, machine, macs, asked * 1000000, FALSE FROM enrol_requests"
                           " WHERE state = 'denied' AND asked > ?1 ORDER BY id",
                           error);

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, since);
  return add_rows (self, statement, machine_of_row, machines, error) ? g_steal_pointer (&machines) : NULL;
}

static gboolean
add_room (ScCatalog *self, const char *room, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "INSERT OR IGNORE INTO rooms (name) VALUES (?1)", error);

  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, room);
  return sc_database_run (self->database, statement, error);
}

gboolean
sc_catalog_enrol_seat (ScCatalog *self, const char *seat, const ScEnrolRequest *request, const char *address,
                       const char *room, gint64 now, GError **error)
{
  g_autoptr (ScStatement) statement = NULL;
  g_autofree char *macs = join_macs (request->macs);
  g_autofree char *before = sc_catalog_dup_room_of (self, seat);
  g_autofree char *after = NULL;

  if (room != NULL && !add_room (self, room, error))
    return FALSE;
  statement = sc_database_prepare (
      self->database,
      "INSERT INTO seats (id, name, own_room, os, service_version, address, mac, link_mbps, total_bytes, free_bytes,"
      " version, last_seen, machine, macs, assigned_room) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, 0, 0, ?8, ?9, ?10,"
      " ?11) ON CONFLICT (id) DO UPDATE SET machine = ?9, macs = ?10,"
      /* it was set up anew: that it counts its starts anew is no sign of a disk that forgets */
      " generation = 0, run = '', forgot = 0,"
      /* one that is moved loses its place */
      " place_column = iif (room = ifnull (?11, room), place_column, NULL),"
      " place_row = iif (room = ifnull (?11, room), place_row, NULL),"
      " assigned_room = ifnull (?11, assigned_room)",
      error);
  if (statement == NULL)
    return FALSE;
  sc_catalog_bind_text (statement, 1, seat);
  sc_catalog_bind_text (statement, 2, request->name);
  sc_catalog_bind_text (statement, 3, room != NULL ? room : request->room);
  sc_catalog_bind_text (statement, 4, request->os);
  sc_catalog_bind_text (statement, 5, request->service_version);
  sc_catalog_bind_text (statement, 6, address);
  sc_catalog_bind_text (statement, 7, request->macs->len > 0 ? request->macs->pdata[0] : "");
  sqlite3_bind_int64 (statement, 8, now * G_USEC_PER_SEC);
  sc_catalog_bind_text (statement, 9, request->machine);
  sc_catalog_bind_text (statement, 10, macs);
  if (room != NULL)
    sc_catalog_bind_text (statement, 11, room);
  if (!sc_database_run (self->database, statement, error))
    return FALSE;
  after = sc_catalog_dup_room_of (self, seat);
  return g_strcmp0 (before, after) == 0 || sc_catalog_follow_room (self, seat, now * G_USEC_PER_SEC, error);
}

char *
sc_catalog_dup_macs (ScCatalog *self, const char *seat, GError **error)
{
  g_autoptr (ScStatement) statement =
      sc_database_prepare (self->database, "SELECT macs FROM seats WHERE id = ?1", error);
  gboolean has_row = FALSE;

  if (statement == NULL)
    return NULL;
  sc_catalog_bind_text (statement, 1, seat);
  if (!sc_database_step (self->database, statement, &has_row, error))
    return NULL;
  return has_row ? sc_catalog_column_text (statement, 0) : g_strdup ("");
}
