/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-rates.h"

#include "common/sc-error.h"

#define FIRST_INTERVAL ((gint64) SC_SESSION_RATES_INTERVAL_MS * G_TIME_SPAN_MILLISECOND)
#define MAX_INTERVAL_MS (1u << 30) /* 600 of them are 20,000 years */

typedef struct {
  double content, repair; /* bytes */
} Sample;

struct _ScSessionRates {
  gint64 start;  /* µs since 1970 */
  gint64 origin; /* the same on the clock of the calls */
  gint64 interval;
  gint64 elapsed; /* µs that are in the samples */
  GArray *samples;
  guint64 content, repair; /* bytes at the last call */
  gint64 sent;             /* when they were more than before, on the clock of the calls */
};

ScSessionRates *
sc_session_rates_new (gint64 start, gint64 now)
{
  ScSessionRates *self = g_new0 (ScSessionRates, 1);

  self->start = start;
  self->origin = now;
  self->sent = now;
  self->interval = FIRST_INTERVAL;
  self->samples = g_array_new (FALSE, TRUE, sizeof (Sample));
  return self;
}

void
sc_session_rates_free (ScSessionRates *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->samples);
  g_free (self);
}

static void
merge_pairs (ScSessionRates *self)
{
  Sample *samples = (Sample *) (void *) self->samples->data;
  guint n = self->samples->len;

  for (guint i = 0; i < n; i++) {
    Sample sample = samples[i];

    if (i % 2 == 0)
      samples[i / 2] = (Sample){ 0, 0 };
    samples[i / 2].content += sample.content;
    samples[i / 2].repair += sample.repair;
  }
  g_array_set_size (self->samples, (n + 1) / 2);
  self->interval *= 2;
}

/* Takes the time on to @elapsed, in which @content and @repair bytes went. */
static void
spread (ScSessionRates *self, gint64 elapsed, double content, double repair)
{
  gint64 whole = elapsed - self->elapsed;

  while (elapsed > self->interval * SC_SESSION_RATES_MAX_SAMPLES)
    merge_pairs (self);
  while (self->elapsed < elapsed) {
    guint index = (guint) (self->elapsed / self->interval);
    gint64 end = MIN (elapsed, (index + 1) * self->interval);
    double share = (double) (end - self->elapsed) / (double) whole;
    Sample *sample;

    if (index >= self->samples->len)
      g_array_set_size (self->samples, index + 1);
    sample = &g_array_index (self->samples, Sample, index);
    sample->content += content * share;
    sample->repair += repair * share;
    self->elapsed = end;
  }
}

void
sc_session_rates_add (ScSessionRates *self, gint64 now, guint64 content, guint64 repair)
{
  gint64 elapsed = now - self->origin;

  if (elapsed <= self->elapsed)
    return; /* what came counts with the next call */
  spread (self, elapsed, content > self->content ? (double) (content - self->content) : 0,
          repair > self->repair ? (double) (repair - self->repair) : 0);
  if (content > self->content || repair > self->repair)
    self->sent = now;
  self->content = content;
  self->repair = repair;
}

gboolean
sc_session_rates_is_idle (const ScSessionRates *self, gint64 now)
{
  return now - self->sent > SC_SESSION_RATES_IDLE_TIME;
}

/* Of the sample @index: the last one may have only begun. */
static double
get_seconds (const ScSessionRates *self, guint index)
{
  return (double) MIN (self->interval, self->elapsed - index * self->interval) / G_USEC_PER_SEC;
}

guint64
sc_session_rates_get_content (const ScSessionRates *self)
{
  double bytes = 0;

  for (guint i = 0; i < self->samples->len; i++)
    bytes += g_array_index (self->samples, Sample, i).content;
  return (guint64) (bytes + 0.5);
}

ScJson *
sc_session_rates_to_json (const ScSessionRates *self)
{
  ScJson *content = json_array ();
  ScJson *repair = json_array ();

  for (guint i = 0; i < self->samples->len; i++) {
    const Sample *sample = &g_array_index (self->samples, Sample, i);
    double seconds = get_seconds (self, i);

    json_array_append_new (content, json_integer ((json_int_t) (sample->content * 8 / seconds + 0.5)));
    json_array_append_new (repair, json_integer ((json_int_t) (sample->repair * 8 / seconds + 0.5)));
  }
  return json_pack ("{s:I, s:I, s:I, s:o, s:o}", "start", (json_int_t) self->start, "elapsed",
                    (json_int_t) self->elapsed, "interval_ms", (json_int_t) (self->interval / G_TIME_SPAN_MILLISECOND),
                    "content_bits_per_second", content, "repair_bits_per_second", repair);
}

static gboolean
read_samples (ScSessionRates *self, const ScJson *json, GError **error)
{
  const ScJson *content = sc_json_get_array (json, "content_bits_per_second", SC_SESSION_RATES_MAX_SAMPLES, error);
  const ScJson *repair =
      content != NULL ? sc_json_get_array (json, "repair_bits_per_second", SC_SESSION_RATES_MAX_SAMPLES, error) : NULL;
  gint64 n = (gint64) json_array_size (content);
  guint64 elapsed = 0;

  if (repair == NULL || !sc_json_get_uint (json, "elapsed", G_MAXINT64, &elapsed, error))
    return FALSE;
  self->elapsed = n > 0 ? CLAMP ((gint64) elapsed, (n - 1) * self->interval + 1, n * self->interval) : 0;
  g_array_set_size (self->samples, (guint) n);
  for (guint i = 0; i < self->samples->len; i++) {
    Sample *sample = &g_array_index (self->samples, Sample, i);

    sample->content = (double) json_integer_value (json_array_get (content, i)) / 8 * get_seconds (self, i);
    sample->repair = (double) json_integer_value (json_array_get (repair, i)) / 8 * get_seconds (self, i);
  }
  return TRUE;
}

ScSessionRates *
sc_session_rates_new_from_json (const ScJson *json, gint64 real_now, gint64 now, GError **error)
{
  guint64 start = 0;
  guint64 interval = 0;
  g_autoptr (ScSessionRates) self = NULL;

  if (!sc_json_get_uint (json, "start", G_MAXINT64, &start, error) ||
      !sc_json_get_uint (json, "interval_ms", MAX_INTERVAL_MS, &interval, error))
    return NULL;
  self = sc_session_rates_new ((gint64) start, now);
  self->interval = MAX ((gint64) interval * G_TIME_SPAN_MILLISECOND, FIRST_INTERVAL);
  if (!read_samples (self, json, error))
    return NULL;
  /* the clock of the wall may have been set back meanwhile */
  spread (self, MAX (real_now - self->start, self->elapsed), 0, 0);
  self->origin = now - self->elapsed;
  return g_steal_pointer (&self);
}
