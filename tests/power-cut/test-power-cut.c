/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cuts the power at every change that an update makes to the disk, before it and after it: the update itself goes on,
 * and a copy of the seat as the cut leaves it is started anew. What lies there must be old, new, or marked as being
 * updated; then the copy goes on to the new version, back to the old one, or to a third, perhaps through more cuts.
 *
 *   test-power-cut WAY [--points N] [--seed S] [--update NAME] [--moment M]
 *
 * A failure tells the last four, which repeat it.
 */
#include "common/sc-error.h"
#include "tests/power-cut/test-update.h"
#include "tests/unit/apply/test-special.h"
#include "tests/unit/apply/test-state-files.h"

#include <signal.h>
#include <unistd.h>

#define SAMPLES 3u           /* of what one cut may lose */
#define SLACK (1024u * 1024) /* bytes that are free when the seat starts again; too few for a log */

static int option_points = 500; /* at least so many, all updates together */
static int option_seed = 0;
static char *option_update = NULL;
static int option_moment = -1;

static char current[400]; /* point, for whoever reads a failure */

typedef struct {
  TestWay way;
  const TestUpdate *update; /* NULL: a random one */
  TestVersion *before, *after, *third;
  TestSeat *seat;
  TestSeat *copy;        /* starts on what the cut leaves */
  TestStateFiles *files; /* as the last moment had them */
  gboolean deep;         /* the seat had the third version before */
  guint32 seed;
  guint moment;
  guint points;
  guint lacking; /* chunks that the update receives */
  gboolean done; /* what the moment is: before or after a change */
  const char *operation;
  const char *path;
} PowerCut;

static const char *
name_of (const TestUpdate *update)
{
  return update != NULL ? update->name : "random";
}

static void
note_point (const PowerCut *self, guint sample)
{
  g_snprintf (current, sizeof current, "\n# %s --seed %u --update %s --moment %u (sample %u): %s %s “%s”",
              test_way_to_nick (self->way), self->seed, name_of (self->update), self->moment, sample,
              self->done ? "after" : "before", self->operation, self->path);
}

static void
note_step (const char *what, guint64 number)
{
  gsize length = strlen (current);

  g_snprintf (current + length, sizeof current - length, ", %s %" G_GUINT64_FORMAT, what, number);
}

static void
tell_point (int number)
{
  if (write (STDERR_FILENO, current, strlen (current)) < 0 || write (STDERR_FILENO, "\n", 1) < 0)
    _exit (1);
  signal (number, SIG_DFL);
  raise (number);
}

/* The disk dies in the midst of it, and then the power goes. */
static void
cut_again (PowerCut *self, TestVersion *target, GRand *random)
{
  TestSeat *copy = self->copy;
  g_autoptr (GError) error = NULL;
  guint n = (guint) g_rand_int_range (random, 0, 80);

  note_step ("another cut after", n);
  test_seat_set_faults (copy, TEST_FAULT_DEAD, n);
  if (!test_seat_try (copy, target, &error))
    g_assert_cmpuint (copy->faults.happened, >, 0);
  test_seat_cut_power (copy, random);
  test_seat_assert_no_mix (copy, self->before, self->after, self->third, NULL);
}

static void
recover (PowerCut *self, GRand *random)
{
  TestVersion *targets[] = { self->after, self->before, self->after, self->before, self->third };
  TestVersion *target = targets[g_rand_int_range (random, 0, G_N_ELEMENTS (targets))];
  gboolean reversible = self->way != TEST_WAY_FORWARD;
  guint received;

  test_seat_assert_no_mix (self->copy, self->before, self->after, NULL);
  if (target != self->after) /* may be larger */
    self->copy->faults.capacity += 4 * 1024 * 1024;
  while (g_rand_int_range (random, 0, 4) == 0)
    cut_again (self, target, random);
  note_step ("then version", target->number);
  received = test_seat_apply (self->copy, target);
  if (reversible && (target == self->before || (target == self->third && self->deep)))
    g_assert_cmpuint (received, ==, 0);
  if (target == self->after && reversible)
    g_assert_cmpuint (received, <=, self->lacking);
  /* whatever happened on the way, the way back is there */
  if (target != self->before && reversible && g_rand_int_range (random, 0, 4) == 0) {
    note_step ("then version", 1);
    g_assert_cmpuint (test_seat_apply (self->copy, self->before), ==, 0);
  }
}

static void
cut (PowerCut *self, guint sample)
{
  g_autoptr (GRand) random = g_rand_new_with_seed_array ((guint32[]){ self->seed, self->moment, sample }, 3);
  TestSeat *copy = self->copy;

  note_point (self, sample);
  copy->settings = self->seat->settings;
  copy->faults.capacity = self->seat->faults.capacity + SLACK;
  copy->faults.clones = self->seat->faults.clones;
  g_clear_pointer (&copy->state, sc_seat_state_close);
  test_state_files_put (self->files, copy->state_directory);
  test_seat_restart_on (copy, test_disk_crash (self->seat->disk, random, &copy->faults));
  recover (self, random);
  self->points++;
}

static void
at_change (ScDisk *disk, gboolean done, const char *operation, const char *path, gpointer data)
{
  PowerCut *self = data;
  TestStateFiles *files = test_state_files_take (self->seat->state_directory, self->files);
  gboolean same_state = files == self->files;
  guint samples = test_disk_can_lose (disk) ? SAMPLES : 1;

  g_clear_pointer (&self->files, test_state_files_unref);
  self->files = files;
  if (!done && same_state) /* nothing has happened since the last moment */
    return;
  self->moment++;
  self->done = done;
  self->operation = operation;
  self->path = path;
  for (guint i = 0; i < samples && (option_moment < 0 || (guint) option_moment == self->moment); i++)
    cut (self, i);
}

/* The same chunks in another order, and not all at once. */
static void
receive_shuffled (PowerCut *self, ScApply *apply, GRand *random)
{
  g_autoptr (GError) error = NULL;

  while (!sc_apply_is_complete (apply)) {
    test_seat_receive (self->seat, apply, (guint) g_rand_int_range (random, 1, 4), &error);
    g_assert_no_error (error);
    if (g_rand_boolean (random)) {
      sc_apply_flush (apply, &error);
      g_assert_no_error (error);
    }
  }
}

static void
run_update (PowerCut *self)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (self->seed);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScApply) apply = NULL;

  if (self->update != NULL) {
    self->before = test_update_make_before (self->update);
    self->after = test_update_make_after (self->update);
    self->third = test_update_make_third (self->update);
  } else {
    self->before = test_version_random (random, 1);
    self->after = test_version_random (random, 2);
    self->third = test_version_random (random, 3);
  }
  self->deep = self->seed % 2 == 0;
  self->seat = test_update_make_seat (self->deep ? self->third : NULL, self->before, self->after, self->way);
  if (self->update != NULL)
    test_update_assert_way (self->seat, self->after, self->way, !self->deep);
  self->copy = test_seat_new ();
  self->moment = 0;
  apply = test_seat_plan (self->seat, self->after, &error);
  g_assert_no_error (error);
  self->lacking = test_seat_count_wanted (apply);
  self->seat->faults.hook = at_change;
  self->seat->faults.hook_data = self;
  sc_apply_begin (apply, NULL, NULL, &error);
  g_assert_no_error (error);
  receive_shuffled (self, apply, random);
  sc_apply_finish (apply, NULL, &error);
  g_assert_no_error (error);
  at_change (self->seat->disk, TRUE, "the end", "", self);
  self->seat->faults.hook = NULL;
  g_clear_pointer (&apply, sc_apply_free);
  test_seat_assert_is (self->seat, self->after);

  g_clear_pointer (&self->files, test_state_files_unref);
  g_clear_pointer (&self->seat, test_seat_free);
  g_clear_pointer (&self->copy, test_seat_free);
  g_clear_pointer (&self->before, test_version_free);
  g_clear_pointer (&self->after, test_version_free);
  g_clear_pointer (&self->third, test_version_free);
}

/* The engine tells everything that it finds out of order, thousands of times here. */
static void
ignore_message (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

static void
test_power_cut (gconstpointer data)
{
  PowerCut self = { .way = GPOINTER_TO_UINT (data) };
  guint32 seed = option_seed != 0 ? (guint32) option_seed : (guint32) g_test_rand_int () % G_MAXINT32 + 1;
  guint wanted = (guint) option_points * (g_getenv ("SEATCAST_TEST_LONG") != NULL ? 20 : 1);

  g_test_message ("--seed %u", seed);
  for (guint round = 0; option_moment < 0 ? self.points < wanted : round == 0; round++) {
    guint before = self.points;

    self.seed = seed + round;
    for (guint i = 0; i <= test_update_count (); i++) {
      self.update = i < test_update_count () ? test_update_get (i) : NULL;
      if (option_update == NULL || strcmp (name_of (self.update), option_update) == 0)
        run_update (&self);
    }
    g_test_message ("--seed %u: %u cut points", self.seed, self.points - before);
    g_assert_cmpuint (self.points, >, before);
  }
  current[0] = '\0';
  g_test_message ("%s: %u cut points, at least %u wanted", test_way_to_nick (self.way), self.points, wanted);
  g_assert_true (option_moment >= 0 || self.points >= wanted);
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "points", 0, 0, G_OPTION_ARG_INT, &option_points, NULL, NULL },
    { "seed", 0, 0, G_OPTION_ARG_INT, &option_seed, NULL, NULL },
    { "update", 0, 0, G_OPTION_ARG_STRING, &option_update, NULL, NULL },
    { "moment", 0, 0, G_OPTION_ARG_INT, &option_moment, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) options = g_option_context_new ("WAY");
  g_autoptr (GError) error = NULL;
  TestWay way;

  g_option_context_add_main_entries (options, entries, NULL);
  g_option_context_set_ignore_unknown_options (options, TRUE);
  if (!g_option_context_parse (options, &argc, &argv, &error) || argc < 2 || !test_way_from_nick (argv[1], &way)) {
    g_printerr ("usage: test-power-cut clone|undo|forward [--points N] [--seed S] [--update NAME] [--moment M]\n");
    return 2;
  }
  g_log_set_handler (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_DEBUG, ignore_message, NULL);
  test_special_on_death (tell_point);
  test_seat_init (&argc, &argv);
  g_test_add_data_func ("/power-cut", GUINT_TO_POINTER (way), test_power_cut);
  return g_test_run ();
}
