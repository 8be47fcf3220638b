/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-cast-outlet.h"

#include "common/sc-error.h"

#include <string.h>

#define SIZE 100u
#define MANY 20000u /* bursts */

/* What stands for the kernel, and the thread that fills the ring. */
typedef struct {
  GMutex mutex;
  GCond cond;
  gboolean held;  /* the kernel takes nothing */
  gboolean slow;  /* it has not sent all that it took */
  guint n_taken;  /* bursts */
  guint32 next;   /* the datagram that must come next */
  guint fails_at; /* a burst's number; 0: never */
  guint n_frees;
  gboolean rung;
} World;

static gboolean
take (gpointer object, const ScMulticastBurst *bursts, guint n, gboolean *full, GError **error)
{
  World *world = object;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&world->mutex);

  *full = world->slow;

  while (world->held)
    g_cond_wait (&world->cond, &world->mutex);
  for (guint i = 0; i < n; i++) {
    if (++world->n_taken == world->fails_at) {
      g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "unplugged");
      return FALSE;
    }
    for (gsize at = 0; at < bursts[i].length; at += bursts[i].datagram_size) {
      guint32 number;

      memcpy (&number, bursts[i].data + at, sizeof number);
      g_assert_cmpuint (number, ==, world->next++);
    }
  }
  g_cond_broadcast (&world->cond);
  return TRUE;
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
  g_cond_broadcast (&world->cond);
  g_mutex_unlock (&world->mutex);
}

static void
wait_for_ring (World *world)
{
  g_mutex_lock (&world->mutex);
  while (!world->rung)
    g_cond_wait (&world->cond, &world->mutex);
  world->rung = FALSE;
  g_mutex_unlock (&world->mutex);
}

static void
set_held (World *world, gboolean held)
{
  g_mutex_lock (&world->mutex);
  world->held = held;
  g_cond_broadcast (&world->cond);
  g_mutex_unlock (&world->mutex);
}

static ScCastOutlet *
outlet_new (World *world)
{
  return sc_cast_outlet_new (take, world, count_free, SIZE, ring, world);
}

/* Commits a burst of some datagrams that are numbered on. Returns: FALSE when there is no room */
static gboolean
commit (ScCastOutlet *outlet, guint limit, guint32 *number)
{
  ScCastBurst *burst = sc_cast_outlet_reserve (outlet, limit);

  if (burst == NULL) {
    sc_cast_outlet_flush (outlet);
    return FALSE;
  }
  g_assert_cmpuint (burst->n, ==, 0);
  for (guint i = 0; i <= *number % 7; i++) {
    memcpy (sc_cast_burst_get_room (burst), number, sizeof *number);
    sc_cast_burst_add (burst, i == 4 ? SIZE - 1 : SIZE);
    ++*number;
    if (i == 4)
      break;
  }
  sc_cast_outlet_commit (outlet);
  return TRUE;
}

static void
test_order (gconstpointer data)
{
  World world = { 0 };
  ScCastOutlet *outlet = outlet_new (&world);
  g_autoptr (GError) error = NULL;
  guint32 number = 0;

  for (guint i = 0; i < MANY; i++) {
    while (!commit (outlet, GPOINTER_TO_UINT (data), &number))
      wait_for_ring (&world);
  }
  g_assert_true (sc_cast_outlet_drain (outlet, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (world.n_taken, ==, MANY);
  g_assert_cmpuint (world.next, ==, number);
  sc_cast_outlet_free (outlet);
  g_assert_cmpuint (world.n_frees, ==, 1);
}

/* A kernel that takes nothing: no more than the limit waits, also where the limit changes, and it goes on from there.
 */
static void
test_full (void)
{
  World world = { .held = TRUE, .slow = TRUE };
  ScCastOutlet *outlet = outlet_new (&world);
  g_autoptr (GError) error = NULL;
  guint32 number = 0;
  guint n = 0;

  g_assert_false (sc_cast_outlet_is_full (outlet));
  while (commit (outlet, 3, &number))
    n++;
  g_assert_cmpuint (n, ==, 3);
  while (commit (outlet, 2 * SC_CAST_OUTLET_BURSTS, &number))
    n++;
  g_assert_cmpuint (n, ==, SC_CAST_OUTLET_BURSTS);
  set_held (&world, FALSE);
  wait_for_ring (&world);
  g_assert_true (sc_cast_outlet_is_full (outlet));
  g_assert_true (commit (outlet, SC_CAST_OUTLET_BURSTS, &number));
  g_assert_true (sc_cast_outlet_drain (outlet, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (world.n_taken, ==, SC_CAST_OUTLET_BURSTS + 1);
  g_assert_cmpuint (world.next, ==, number);
  sc_cast_outlet_free (outlet);
}

static gpointer
release_later (gpointer data)
{
  g_usleep (10000); /* the outlet is told to stop meanwhile; before or after makes no difference to what holds */
  set_held (data, FALSE);
  return NULL;
}

/* At most what was in the kernel's hands still goes. */
static void
test_stopped_while_full (void)
{
  World world = { .held = TRUE };
  ScCastOutlet *outlet = outlet_new (&world);
  g_autoptr (GError) error = NULL;
  guint32 number = 0;
  GThread *thread;

  while (commit (outlet, SC_CAST_OUTLET_BURSTS, &number))
    ;
  sc_cast_outlet_stop (outlet);
  thread = g_thread_new ("release", release_later, &world);
  g_assert_true (sc_cast_outlet_drain (outlet, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (world.n_taken, <, SC_CAST_OUTLET_BURSTS);
  sc_cast_outlet_free (outlet);
  g_thread_join (thread);
  g_assert_cmpuint (world.n_frees, ==, 1);
}

static void
test_failed (void)
{
  World world = { .fails_at = 3 };
  ScCastOutlet *outlet = outlet_new (&world);
  g_autoptr (GError) error = NULL, again = NULL;
  guint32 number = 0;

  g_assert_true (sc_cast_outlet_check (outlet, &error));
  while (sc_cast_outlet_check (outlet, &error)) {
    if (!commit (outlet, 1, &number))
      wait_for_ring (&world);
  }
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_false (sc_cast_outlet_drain (outlet, &again));
  g_assert_error (again, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_cmpuint (world.n_taken, ==, 3);
  sc_cast_outlet_free (outlet);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/cast-outlet/order", GUINT_TO_POINTER (SC_CAST_OUTLET_BURSTS), test_order);
  g_test_add_data_func ("/cast-outlet/order-one-at-a-time", GUINT_TO_POINTER (1), test_order);
  g_test_add_func ("/cast-outlet/full", test_full);
  g_test_add_func ("/cast-outlet/stopped-while-full", test_stopped_while_full);
  g_test_add_func ("/cast-outlet/failed", test_failed);
  return g_test_run ();
}
