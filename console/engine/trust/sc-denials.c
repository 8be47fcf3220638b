/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-denials.h"

typedef struct {
  gint64 since; /* the first of those that count */
  guint n;
} Denials;

struct _ScDenials {
  guint max_addresses, max_denials;
  gint64 time;
  GHashTable *addresses; /* utf8 → Denials */
};

ScDenials *
sc_denials_new (guint max_addresses, guint max_denials, gint64 time)
{
  ScDenials *self = g_new0 (ScDenials, 1);

  self->max_addresses = max_addresses;
  self->max_denials = max_denials;
  self->time = time;
  self->addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
sc_denials_free (ScDenials *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->addresses);
  g_free (self);
}

static gboolean
is_over (const ScDenials *self, const Denials *denials, gint64 now)
{
  return now < denials->since || now - denials->since >= self->time;
}

static void
forget_oldest (ScDenials *self)
{
  const char *oldest = NULL;
  gint64 since = G_MAXINT64;
  GHashTableIter iter;
  gpointer address, denials;

  g_hash_table_iter_init (&iter, self->addresses);
  while (g_hash_table_iter_next (&iter, &address, &denials))
    if (oldest == NULL || ((const Denials *) denials)->since < since) {
      oldest = address;
      since = ((const Denials *) denials)->since;
    }
  if (oldest != NULL)
    g_hash_table_remove (self->addresses, oldest);
}

void
sc_denials_note (ScDenials *self, const char *address, gint64 now)
{
  Denials *denials = g_hash_table_lookup (self->addresses, address);

  if (denials == NULL) {
    if (g_hash_table_size (self->addresses) >= self->max_addresses)
      forget_oldest (self);
    denials = g_new0 (Denials, 1);
    denials->since = now;
    g_hash_table_insert (self->addresses, g_strdup (address), denials);
  } else if (is_over (self, denials, now)) {
    *denials = (Denials){ .since = now };
  }
  denials->n++;
}

gint64
sc_denials_get_wait (ScDenials *self, const char *address, gint64 now)
{
  const Denials *denials = g_hash_table_lookup (self->addresses, address);

  if (denials == NULL || denials->n < self->max_denials || is_over (self, denials, now))
    return 0;
  return denials->since + self->time - now;
}

guint
sc_denials_count_addresses (ScDenials *self)
{
  return g_hash_table_size (self->addresses);
}
