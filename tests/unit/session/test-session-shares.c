/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-shares.h"

#define MBIT G_GUINT64_CONSTANT (1000000)

typedef struct {
  guint64 caps[4]; /* Mbit/s; 0: none */
  const char *rooms[4];
  guint64 cap;
  const char *room_caps; /* "A 10;B 20" */
  guint64 expected[4];   /* 0: no cap holds it */
} Case;

static GHashTable *
parse_caps (const char *text)
{
  GHashTable *caps = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);

  for (guint i = 0; parts[i] != NULL && parts[i][0] != '\0'; i++) {
    g_auto (GStrv) words = g_strsplit (parts[i], " ", 2);
    guint64 cap = g_ascii_strtoull (words[1], NULL, 10) * MBIT;

    g_hash_table_insert (caps, g_strdup (words[0]), g_memdup2 (&cap, sizeof cap));
  }
  return caps;
}

static GPtrArray *
parse_rooms (const char *text)
{
  GPtrArray *rooms = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) names = g_strsplit (text, " ", -1);

  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (rooms, g_strdup (names[i]));
  return rooms;
}

static void
check (const Case *c)
{
  g_autoptr (GHashTable) room_caps = parse_caps (c->room_caps);
  ScSessionShare shares[4] = { 0 };
  guint n = 0;

  for (; n < 4 && c->rooms[n] != NULL; n++) {
    shares[n].cap = c->caps[n] * MBIT;
    shares[n].rooms = parse_rooms (c->rooms[n]);
    shares[n].rate = 4711; /* of before */
  }
  sc_session_shares_compute (shares, n, c->cap * MBIT, room_caps);
  for (guint i = 0; i < n; i++) {
    g_assert_cmpuint (shares[i].rate / MBIT, ==, c->expected[i]);
    g_ptr_array_unref (shares[i].rooms);
  }
}

static void
test_shares (void)
{
  static const Case cases[] = {
    { { 0 }, { NULL }, 500, "", { 0 } },
    { { 500 }, { "A" }, 500, "", { 500 } },
    { { 80 }, { "A" }, 500, "", { 80 } },
    { { 900 }, { "A" }, 500, "", { 500 } }, /* the console's is for all */
    { { 500, 500 }, { "A", "B" }, 500, "", { 250, 250 } },
    { { 500, 100, 500 }, { "A", "B", "C" }, 500, "", { 200, 100, 200 } }, /* what one does not use others have */
    { { 500 }, { "A B" }, 500, "A 100;B 50", { 50 } },
    { { 500, 500 }, { "A", "B" }, 500, "A 100", { 100, 400 } },
    { { 500, 500, 500 }, { "A", "A B", "B" }, 500, "A 100;B 300", { 50, 50, 250 } },
    { { 500, 500 }, { "A", "A" }, 500, "A 90;C 1", { 45, 45 } },
    /* without caps */
    { { 0 }, { "A" }, 500, "", { 500 } },
    { { 0, 100 }, { "A", "B" }, 500, "", { 400, 100 } },
    { { 0 }, { "A" }, 0, "", { 0 } },
    { { 0 }, { "A" }, 0, "A 80;B 1", { 80 } },
    { { 0, 90, 0 }, { "A", "B", "C" }, 0, "A 50", { 50, 90, 0 } },
    { { 0, 0, 0 }, { "A B", "B", "C" }, 0, "B 80", { 40, 40, 0 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_test_message ("case %u", i);
    check (&cases[i]);
  }
}

/* By dice: no cap is passed, and nobody could have more without one that has no more than it having less. */
static void
test_fair (void)
{
  static const char *const names[] = { "A", "B", "C" };

  for (guint turn = 0; turn < 2000; turn++) {
    g_autoptr (GHashTable) room_caps = parse_caps ("A 100;B 60");
    ScSessionShare shares[6] = { 0 };
    guint n = (guint) g_test_rand_int_range (1, 7);
    guint64 cap = (guint64) g_test_rand_int_range (1, 400) * MBIT, sum = 0;
    guint64 of_room[3] = { 0, 0, 0 };

    for (guint i = 0; i < n; i++) {
      shares[i].cap = (guint64) g_test_rand_int_range (1, 200) * MBIT;
      shares[i].rooms = g_ptr_array_new ();
      for (guint r = 0; r < 3; r++)
        if (g_test_rand_bit ())
          g_ptr_array_add (shares[i].rooms, (gpointer) names[r]);
    }
    sc_session_shares_compute (shares, n, cap, room_caps);
    for (guint i = 0; i < n; i++) {
      sum += shares[i].rate;
      g_assert_cmpuint (shares[i].rate, <=, shares[i].cap);
      for (guint r = 0; r < 3; r++)
        of_room[r] += g_ptr_array_find (shares[i].rooms, names[r], NULL) ? shares[i].rate : 0;
    }
    g_assert_cmpuint (sum, <=, cap);
    g_assert_cmpuint (of_room[0], <=, 100 * MBIT);
    g_assert_cmpuint (of_room[1], <=, 60 * MBIT);
    for (guint i = 0; i < n; i++) {
      gboolean used_up = shares[i].cap - shares[i].rate < n || cap - sum < n;

      for (guint r = 0; r < 2; r++)
        used_up |= g_ptr_array_find (shares[i].rooms, names[r], NULL) && (r == 0 ? 100 : 60) * MBIT - of_room[r] < n;
      g_assert_true (used_up);
    }
    for (guint i = 0; i < n; i++)
      g_ptr_array_unref (shares[i].rooms);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-shares/shares", test_shares);
  g_test_add_func ("/session-shares/fair", test_fair);
  return g_test_run ();
}
