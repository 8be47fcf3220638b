/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sc-test-silence.h"

static GMutex lock;
static GCond changed;
static ScTestSilent silent;
static ScVolumeTraits traits;
static guint counts[2], inside, ended;

void
sc_test_silence_begin (ScTestSilent who, ScVolumeTraits found)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  silent = who;
  traits = found;
  counts[0] = counts[1] = ended = 0;
}

void
sc_test_silence_end (guint n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  silent = SC_TEST_SILENT_NOT;
  g_cond_broadcast (&changed);
  while (ended < 2 * n)
    g_cond_wait (&changed, &lock);
}

static gboolean
is_silent (gboolean ask)
{
  return silent == SC_TEST_SILENT_ALL || (silent == SC_TEST_SILENT_ASKED && ask);
}

ScVolume *
sc_test_silence_inspect (const char *directory, gboolean ask, GError **error)
{
  ScVolume *volume = sc_volume_new ();
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  counts[ask ? 1 : 0]++;
  inside++;
  g_cond_broadcast (&changed);
  while (is_silent (ask))
    g_cond_wait (&changed, &lock);
  inside--;
  ended++;
  g_cond_broadcast (&changed);
  volume->traits = traits;
  g_free (volume->reason);
  volume->reason = g_strdup (ask ? "all was answered" : "no answer");
  return volume;
}

guint
sc_test_silence_count (gboolean ask)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);
  return counts[ask ? 1 : 0];
}

void
sc_test_silence_await (void)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&lock);

  while (inside == 0)
    g_cond_wait (&changed, &lock);
}
