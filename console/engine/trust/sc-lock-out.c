/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-lock-out.h"

#define MAX_COUNTERS 8192u
#define BUSY_SECONDS 1u

typedef struct {
  guint failures;
  guint trying; /* passwords that are being tried */
  gint64 last;  /* when one was wrong */
  gint64 until; /* 0: not locked */
} Counter;

struct _ScLockOut {
  GHashTable *counters; /* utf8 → Counter */
};

/* Weakest first: what is told is the widest that is locked. */
static const struct {
  ScLockOutKind kind;
  guint max;
} levels[] = {
  { SC_LOCK_OUT_PAIR, SC_LOCK_OUT_PAIR_FAILURES },
  { SC_LOCK_OUT_USER, SC_LOCK_OUT_USER_FAILURES },
  { SC_LOCK_OUT_ADDRESS, SC_LOCK_OUT_ADDRESS_FAILURES },
};
#define N_LEVELS G_N_ELEMENTS (levels)

ScLockOut *
sc_lock_out_new (void)
{
  ScLockOut *self = g_new0 (ScLockOut, 1);

  self->counters = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
sc_lock_out_free (ScLockOut *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->counters);
  g_free (self);
}

/* (transfer full) */
static char *
make_key (ScLockOutKind kind, const char *user, const char *address)
{
  return g_strdup_printf ("%d\n%s\n%s", (int) kind, kind != SC_LOCK_OUT_ADDRESS ? user : "",
                          kind != SC_LOCK_OUT_USER ? address : "");
}

/* A clock that was set back must not lock anybody out for longer. */
static gboolean
is_locked (const Counter *counter, gint64 now)
{
  return counter->until > now && counter->until - now <= SC_LOCK_OUT_SECONDS;
}

static gboolean
is_past (const Counter *counter, gint64 now)
{
  return !is_locked (counter, now) &&
         (counter->until != 0 || now < counter->last || now - counter->last >= SC_LOCK_OUT_SECONDS);
}

static gboolean
is_idle_and_past (gpointer key, gpointer value, gpointer data)
{
  const Counter *counter = value;

  return counter->trying == 0 && is_past (counter, *(const gint64 *) data);
}

static void
drop_oldest (ScLockOut *self, gint64 now)
{
  GHashTableIter iter;
  gpointer key = NULL, value = NULL, oldest = NULL;
  const Counter *found = NULL;

  g_hash_table_iter_init (&iter, self->counters);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const Counter *counter = value;
    gboolean locked = is_locked (counter, now);

    if (counter->trying > 0)
      continue;
    if (found == NULL || (!locked && is_locked (found, now)) ||
        (locked == is_locked (found, now) && counter->last < found->last)) {
      oldest = key;
      found = counter;
    }
  }
  if (oldest != NULL)
    g_hash_table_remove (self->counters, oldest);
}

static Counter *
get_counter (ScLockOut *self, ScLockOutKind kind, const char *user, const char *address, gint64 now)
{
  g_autofree char *key = make_key (kind, user, address);
  Counter *counter = g_hash_table_lookup (self->counters, key);

  if (counter == NULL) {
    if (g_hash_table_size (self->counters) >= MAX_COUNTERS)
      g_hash_table_foreach_remove (self->counters, is_idle_and_past, &now);
    if (g_hash_table_size (self->counters) >= MAX_COUNTERS)
      drop_oldest (self, now);
    counter = g_new0 (Counter, 1);
    g_hash_table_insert (self->counters, g_steal_pointer (&key), counter);
  }
  if (is_past (counter, now)) {
    counter->failures = 0;
    counter->until = 0;
  }
  return counter;
}

ScLockOutKind
sc_lock_out_begin (ScLockOut *self, const char *user, const char *address, gint64 now, guint *wait)
{
  Counter *counters[N_LEVELS];
  ScLockOutKind kind = SC_LOCK_OUT_NONE;

  *wait = 0;
  for (guint i = 0; i < N_LEVELS; i++) {
    counters[i] = get_counter (self, levels[i].kind, user, address, now);
    counters[i]->trying++; /* so that making the next one does not drop it */
  }
  for (guint i = 0; i < N_LEVELS; i++) {
    if (is_locked (counters[i], now)) {
      kind = levels[i].kind;
      *wait = MAX (*wait, (guint) (counters[i]->until - now));
    } else if (kind == SC_LOCK_OUT_NONE && counters[i]->failures + counters[i]->trying > levels[i].max) {
      kind = SC_LOCK_OUT_BUSY;
      *wait = BUSY_SECONDS;
    }
  }
  for (guint i = 0; kind != SC_LOCK_OUT_NONE && i < N_LEVELS; i++)
    counters[i]->trying--;
  return kind;
}

static ScLockOutKind
count_failure (Counter *counter, guint level, gint64 now)
{
  counter->failures++;
  counter->last = now;
  if (counter->failures < levels[level].max)
    return SC_LOCK_OUT_NONE;
  counter->until = now + SC_LOCK_OUT_SECONDS;
  return levels[level].kind;
}

ScLockOutKind
sc_lock_out_end (ScLockOut *self, const char *user, const char *address, ScAttempt attempt, gint64 now)
{
  ScLockOutKind begun = SC_LOCK_OUT_NONE;

  for (guint i = 0; i < N_LEVELS; i++) {
    Counter *counter = get_counter (self, levels[i].kind, user, address, now);
    ScLockOutKind kind = SC_LOCK_OUT_NONE;

    counter->trying -= counter->trying > 0;
    if (attempt == SC_ATTEMPT_WRONG)
      kind = count_failure (counter, i, now);
    else if (attempt == SC_ATTEMPT_RIGHT && levels[i].kind != SC_LOCK_OUT_ADDRESS)
      counter->failures = 0; /* who has an account of their own does not get more guesses at others' by it */
    if (kind != SC_LOCK_OUT_NONE)
      begun = kind;
  }
  return begun;
}

void
sc_lock_out_forget_user (ScLockOut *self, const char *user)
{
  g_autofree char *of_user = make_key (SC_LOCK_OUT_USER, user, "");
  g_autofree char *of_pairs = make_key (SC_LOCK_OUT_PAIR, user, ""); /* how the keys of all of them begin */
  GHashTableIter iter;
  gpointer key = NULL, value = NULL;

  g_hash_table_iter_init (&iter, self->counters);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    Counter *counter = value;

    if (!g_str_equal (key, of_user) && !g_str_has_prefix (key, of_pairs))
      continue;
    counter->failures = 0;
    counter->until = 0;
  }
}
