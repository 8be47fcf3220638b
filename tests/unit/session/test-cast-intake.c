/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-cast-intake.h"

#include "common/sc-error.h"

#include <string.h>

#define N_BLOCKS 1000u

typedef struct {
  GMutex mutex;
  GCond cond;
  gboolean rung;
  guint32 fails_at; /* a block's number */
  guint n_reads;    /* (atomic) */
  guint n_frees;
} World;

static GBytes *
read_block (gpointer object, guint32 block, GError **error)
{
  World *world = object;

  g_atomic_int_inc (&world->n_reads);
  if (block == world->fails_at) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "block %u", block);
    return NULL;
  }
  return g_bytes_new (&block, sizeof block);
}

static void
count_free (gpointer object)
{
  ((World *) object)->n_frees++;
}

static void
ring (gpointer data)
{
  World *world = data;

  g_mutex_lock (&world->mutex);
  world->rung = TRUE;
  g_cond_signal (&world->cond);
  g_mutex_unlock (&world->mutex);
}

static ScCastIntake *
intake_new (World *world)
{
  const ScCastSource source = { world, read_block, count_free };

  return sc_cast_intake_new (&source, N_BLOCKS, ring, world);
}

/* As the maker does: asks, and waits to be told where there is nothing. */
static gboolean
take (World *world, ScCastIntake *intake, guint32 *number, GBytes **bytes, GError **error)
{
  while (!sc_cast_intake_take (intake, number, bytes, error)) {
    if (*error != NULL)
      return FALSE;
    g_mutex_lock (&world->mutex);
    while (!world->rung)
      g_cond_wait (&world->cond, &world->mutex);
    world->rung = FALSE;
    g_mutex_unlock (&world->mutex);
  }
  return TRUE;
}

static void
assert_block (World *world, ScCastIntake *intake, guint32 expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint32 number;

  g_assert_true (take (world, intake, &number, &bytes, &error));
  g_assert_cmpuint (number, ==, expected);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &expected, sizeof expected);
}

static void
test_order (void)
{
  World world = { .fails_at = G_MAXUINT32 };
  ScCastIntake *intake = intake_new (&world);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = NULL;
  guint32 number;

  for (guint32 i = 0; i < N_BLOCKS; i++) {
    assert_block (&world, intake, i);
    /* one is being read, or waits to be put in */
    g_assert_cmpint (g_atomic_int_get (&world.n_reads), <=, i + 1 + SC_CAST_INTAKE_BLOCKS + 1);
  }
  g_assert_false (sc_cast_intake_take (intake, &number, &bytes, &error));
  g_assert_no_error (error);
  sc_cast_intake_free (intake);
  g_assert_cmpuint (world.n_frees, ==, 1);
}

/* What was read before it still comes. */
static void
test_failed (void)
{
  World world = { .fails_at = 40 };
  ScCastIntake *intake = intake_new (&world);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = NULL;
  guint32 number;

  for (guint32 i = 0; i < 40; i++)
    assert_block (&world, intake, i);
  g_assert_false (take (&world, intake, &number, &bytes, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
  sc_cast_intake_free (intake);
  g_assert_cmpuint (world.n_reads, ==, 41);
}

static void
test_stopped_while_full (void)
{
  World world = { .fails_at = G_MAXUINT32 };
  ScCastIntake *intake = intake_new (&world);

  while (g_atomic_int_get (&world.n_reads) < (gint) SC_CAST_INTAKE_BLOCKS)
    g_thread_yield ();
  sc_cast_intake_stop (intake);
  sc_cast_intake_free (intake);
  g_assert_cmpuint (world.n_reads, <=, SC_CAST_INTAKE_BLOCKS + 1);
  g_assert_cmpuint (world.n_frees, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cast-intake/order", test_order);
  g_test_add_func ("/cast-intake/failed", test_failed);
  g_test_add_func ("/cast-intake/stopped-while-full", test_stopped_while_full);
  return g_test_run ();
}
