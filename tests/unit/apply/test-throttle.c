/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-throttle.h"

#define MIB (1024u * 1024u)
#define SECOND ((gint64) G_USEC_PER_SEC)
#define MINUTE (60 * SECOND)

/* Time goes by when somebody sleeps or reads. */
typedef struct {
  GMutex mutex;
  gint64 now;
  gint64 came; /* from when on somebody sits there */
  gint64 left; /* and until when */
  guint looks;
  guint sleeps;
  guint cancel_in_sleep; /* the how manieth is cancelled half-way; 0: none */
} World;

static gboolean
is_in_use (gpointer data)
{
  World *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  self->looks++;
  return self->now >= self->came && self->now < self->left;
}

static gint64
get_now (gpointer data)
{
  World *self = data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  return self->now;
}

static void
pass_time (World *self, gint64 microseconds)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  self->now += microseconds;
}

static void
sleep_virtually (gpointer data, gint64 microseconds, GCancellable *cancellable)
{
  World *self = data;
  g_assert_cmpint (microseconds, >=, 0);
  g_assert_cmpint (microseconds, <=, SC_THROTTLE_LOOK);
  g_mutex_lock (&self->mutex);
  gboolean cancel = ++self->sleeps == self->cancel_in_sleep;
  self->now += cancel ? microseconds / 2 : microseconds;
  g_mutex_unlock (&self->mutex);
  if (cancel)
    g_cancellable_cancel (cancellable);
}

static const ScThrottleWorld world = { is_in_use, get_now, sleep_virtually };

static void
set_up (World *self, gconstpointer data)
{
  g_mutex_init (&self->mutex);
  self->now = 1000 * SECOND;
  self->left = G_MAXINT64;
}

static void
tear_down (World *self, gconstpointer data)
{
  g_mutex_clear (&self->mutex);
}

static void
test_nobody (World *self, gconstpointer data)
{
  g_autoptr (ScThrottle) throttle = sc_throttle_new_with_world (&world, self);
  gint64 start = self->now;
  self->came = G_MAXINT64;
  for (guint i = 0; i < 10000; i++) {
    pass_time (self, 1000);
    sc_throttle_spend (throttle, MIB, NULL);
  }
  g_assert_cmpint (self->now - start, ==, 10 * SECOND); /* only what reading took */
  g_assert_cmpuint (self->sleeps, ==, 0);
  g_assert_cmpuint (self->looks, <=, 3);
  g_assert_false (sc_throttle_is_active (throttle));
  sc_throttle_spend (NULL, G_MAXUINT64, NULL);
  g_assert_false (sc_throttle_is_active (NULL));
}

/* Reads with pieces of many sizes and speeds, and looks at every minute there is. */
static void
test_rate (World *self, gconstpointer data)
{
  enum { N = 20000 };
  g_autoptr (ScThrottle) throttle = sc_throttle_new_with_world (&world, self);
  g_autofree gint64 *began = g_new (gint64, N);
  g_autofree guint64 *bytes = g_new (guint64, N);
  gint64 start = self->now;
  guint64 total = 0;
  for (guint i = 0; i < N; i++) {
    began[i] = self->now;
    bytes[i] = (guint64) g_test_rand_int_range (1, 2 * MIB);
    total += bytes[i];
    pass_time (self, (gint64) bytes[i] / g_test_rand_int_range (50, 500)); /* B/µs: MB/s */
    sc_throttle_spend (throttle, bytes[i], NULL);
  }
  guint64 within = 0;
  guint from = 0;
  for (guint to = 0; to < N; to++) { /* pieces from … to began within a minute */
    within += bytes[to];
    while (began[to] - began[from] > MINUTE)
      within -= bytes[from++];
    g_assert_cmpuint (within, <=, 60ull * SC_THROTTLE_RATE + 2 * MIB);
  }
  /* and it is not slower than it must be */
  g_assert_cmpuint (total, >=, (guint64) (self->now - start) * (SC_THROTTLE_RATE / 100 * 99) / SECOND);
  g_assert_true (sc_throttle_is_active (throttle));
}

static void
test_slow_disk (World *self, gconstpointer data)
{
  g_autoptr (ScThrottle) throttle = sc_throttle_new_with_world (&world, self);
  for (guint i = 0; i < 100; i++) {
    pass_time (self, SECOND / 31);
    sc_throttle_spend (throttle, MIB, NULL);
  }
  g_assert_cmpuint (self->sleeps, ==, 0); /* it is slower than the rate already */
}

static void
test_pause_is_no_credit (World *self, gconstpointer data)
{
  g_autoptr (ScThrottle) throttle = sc_throttle_new_with_world (&world, self);
  pass_time (self, 60 * MINUTE);
  sc_throttle_spend (throttle, MIB, NULL);
  gint64 start = self->now;
  for (guint i = 0; i < 320; i++)
    sc_throttle_spend (throttle, MIB, NULL);
  g_assert_cmpint (self->now - start, ==, 10 * SECOND);
}

static void
test_comes_and_goes (World *self, gconstpointer data)
{
  g_autoptr (ScThrottle) throttle = sc_throttle_new_with_world (&world, self);
  self->came = self->now + 12 * SECOND;
  self->left = self->came + MINUTE;
  while (self->sleeps == 0) {
    pass_time (self, SECOND / 1000);
    sc_throttle_spend (throttle, MIB, NULL);
  }
  g_assert_cmpint (self->now, >=, self->came);
  g_assert_cmpint (self->now, <=, self->came + SC_THROTTLE_LOOK + SECOND);
  g_assert_true (sc_throttle_is_active (throttle));
  /* an hour's work: whoever waits for it is let go when the user leaves */
  sc_throttle_spend (throttle, 3600ull * SC_THROTTLE_RATE, NULL);
  g_assert_cmpint (self->now, >=, self->left);
  g_assert_cmpint (self->now, <=, self->left + SC_THROTTLE_LOOK);
  g_assert_false (sc_throttle_is_active (throttle));
  /* and owes nothing when the next one comes */
  self->came = self->now;
  self->left = G_MAXINT64;
  pass_time (self, SC_THROTTLE_LOOK);
  gint64 start = self->now;
  sc_throttle_spend (throttle, 32 * MIB, NULL);
  sc_throttle_spend (throttle, 32 * MIB, NULL);
  g_assert_cmpint (self->now - start, ==, SECOND);
  /* no work: nothing is held back */
  g_assert_true (sc_throttle_is_active (throttle));
  pass_time (self, 2 * SC_THROTTLE_LOOK);
  g_assert_false (sc_throttle_is_active (throttle));
}

static void
test_largest (World *self, gconstpointer data)
{
  g_autoptr (ScThrottle) throttle = sc_throttle_new_with_world (&world, self);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  self->cancel_in_sleep = 100;
  sc_throttle_spend (throttle, G_MAXUINT64, cancellable); /* 17,000 years */
  g_assert_cmpuint (self->sleeps, ==, 100);
  g_assert_cmpuint (self->looks, ==, 100);
}

static void
test_cancel (World *self, gconstpointer data)
{
  g_autoptr (ScThrottle) throttle = sc_throttle_new_with_world (&world, self);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64 start = self->now;
  self->cancel_in_sleep = 2;
  sc_throttle_spend (throttle, 3600ull * SC_THROTTLE_RATE, cancellable);
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  g_assert_cmpuint (self->sleeps, ==, 2);
  g_assert_cmpint (self->now - start, ==, SC_THROTTLE_LOOK + SC_THROTTLE_LOOK / 2);
  sc_throttle_spend (throttle, 3600ull * SC_THROTTLE_RATE, cancellable);
  g_assert_cmpuint (self->sleeps, ==, 2);
}

static gboolean
always (gpointer data)
{
  g_atomic_int_set ((gint *) data, 1);
  return TRUE;
}

static gpointer
spend_an_hour (gpointer data)
{
  gpointer *arguments = data;
  sc_throttle_spend (arguments[0], 3600ull * SC_THROTTLE_RATE, arguments[1]);
  return NULL;
}

/* With the system's sleep: this test ends within its time only if it is woken. */
static void
test_wakes (World *self, gconstpointer data)
{
  gint looked = 0;
  g_autoptr (ScThrottle) throttle =
      sc_throttle_new_with_world (&(ScThrottleWorld){ .is_in_use = always }, (gpointer) &looked);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gpointer arguments[] = { throttle, cancellable };
  GThread *thread = g_thread_new ("spend", spend_an_hour, arguments);
  while (!g_atomic_int_get (&looked))
    g_thread_yield ();
  g_cancellable_cancel (cancellable);
  g_thread_join (thread);
  /* and a short one ends by itself */
  g_cancellable_reset (cancellable);
  g_autoptr (ScThrottle) other =
      sc_throttle_new_with_world (&(ScThrottleWorld){ .is_in_use = always }, (gpointer) &looked);
  gint64 start = g_get_monotonic_time ();
  sc_throttle_spend (other, SC_THROTTLE_RATE / 100, cancellable);
  sc_throttle_spend (other, SC_THROTTLE_RATE / 100, NULL);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, SECOND / 100);
}

static gpointer
spend_much (gpointer throttle)
{
  for (guint i = 0; i < 100; i++)
    sc_throttle_spend (throttle, MIB, NULL);
  return NULL;
}

static void
test_threads (World *self, gconstpointer data)
{
  g_autoptr (ScThrottle) throttle = sc_throttle_new_with_world (&world, self);
  GThread *threads[4];
  gint64 start = self->now;
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("spend", spend_much, throttle);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (self->now - start, >=, 400 * SECOND / 32); /* together at the rate */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/throttle/nobody", World, NULL, set_up, test_nobody, tear_down);
  g_test_add ("/throttle/rate", World, NULL, set_up, test_rate, tear_down);
  g_test_add ("/throttle/slow-disk", World, NULL, set_up, test_slow_disk, tear_down);
  g_test_add ("/throttle/pause-is-no-credit", World, NULL, set_up, test_pause_is_no_credit, tear_down);
  g_test_add ("/throttle/comes-and-goes", World, NULL, set_up, test_comes_and_goes, tear_down);
  g_test_add ("/throttle/largest", World, NULL, set_up, test_largest, tear_down);
  g_test_add ("/throttle/cancel", World, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/throttle/wakes", World, NULL, set_up, test_wakes, tear_down);
  g_test_add ("/throttle/threads", World, NULL, set_up, test_threads, tear_down);
  return g_test_run ();
}
