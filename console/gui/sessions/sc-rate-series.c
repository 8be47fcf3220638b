/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-rate-series.h"

#include "common/sc-error.h"

#define MAX_INTERVAL_MS (24u * 3600 * 1000)
#define MAX_RATE (1ull << 50) /* bits/s: sums of two stay far from overflow */

struct _ScRateSeries {
  gatomicrefcount references;
  double interval; /* seconds */
  GArray *samples; /* ScRatePoint */
  guint64 max;
};

static ScJson *
get_rates (const ScJson *json, const char *key, GError **error)
{
  ScJson *rates = sc_json_get_array (json, key, SC_RATE_SERIES_MAX, error);

  for (gsize i = 0; rates != NULL && i < json_array_size (rates); i++) {
    json_int_t rate = json_integer_value (json_array_get (rates, i));

    if (json_is_integer (json_array_get (rates, i)) && rate >= 0 && (guint64) rate <= MAX_RATE)
      continue;
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "entry %" G_GSIZE_FORMAT " of “%s” is not a rate in bits/s", i + 1,
                 key);
    return NULL;
  }
  return rates;
}

ScRateSeries *
sc_rate_series_parse (const ScJson *json, GError **error)
{
  g_autoptr (ScRateSeries) self = NULL;
  ScJson *content = get_rates (json, "content_bits_per_second", error);
  ScJson *repair = content != NULL ? get_rates (json, "repair_bits_per_second", error) : NULL;
  guint64 interval = 0;

  if (repair == NULL || !sc_json_get_uint (json, "interval_ms", MAX_INTERVAL_MS, &interval, error))
    return NULL;
  if (interval == 0 || json_array_size (content) != json_array_size (repair)) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s",
                 interval == 0 ? "“interval_ms” is 0" : "there are not as many rates of repair as of content");
    return NULL;
  }
  self = g_new0 (ScRateSeries, 1);
  g_atomic_ref_count_init (&self->references);
  self->interval = (double) interval / 1000;
  self->samples = g_array_sized_new (FALSE, FALSE, sizeof (ScRatePoint), (guint) json_array_size (content));
  for (gsize i = 0; i < json_array_size (content); i++) {
    ScRatePoint point = { .time = ((double) i + 0.5) * self->interval,
                          .content = (guint64) json_integer_value (json_array_get (content, i)),
                          .repair = (guint64) json_integer_value (json_array_get (repair, i)) };

    self->max = MAX (self->max, point.content + point.repair);
    g_array_append_val (self->samples, point);
  }
  return g_steal_pointer (&self);
}

ScRateSeries *
sc_rate_series_ref (ScRateSeries *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
sc_rate_series_unref (ScRateSeries *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->references))
    return;
  g_array_unref (self->samples);
  g_free (self);
}

guint
sc_rate_series_get_length (const ScRateSeries *self)
{
  return self->samples->len;
}

double
sc_rate_series_get_seconds (const ScRateSeries *self)
{
  return self->interval * self->samples->len;
}

guint64
sc_rate_series_get_max (const ScRateSeries *self)
{
  return self->max;
}

static const ScRatePoint *
sample_at (const ScRateSeries *self, guint i)
{
  return &g_array_index (self->samples, ScRatePoint, i);
}

static guint64
total_of (const ScRatePoint *point)
{
  return point->content + point->repair;
}

guint64
sc_rate_series_get_mean (const ScRateSeries *self)
{
  double sum = 0;
  guint n = 0;

  for (guint i = 0; i < self->samples->len; i++) {
    sum += (double) total_of (sample_at (self, i));
    n += total_of (sample_at (self, i)) > 0;
  }
  return n > 0 ? (guint64) (sum / n) : 0;
}

double
sc_rate_series_get_repair_share (const ScRateSeries *self)
{
  double all = 0;
  double repair = 0;

  for (guint i = 0; i < self->samples->len; i++) {
    all += (double) total_of (sample_at (self, i));
    repair += (double) sample_at (self, i)->repair;
  }
  return all > 0 ? repair / all : 0;
}

gboolean
sc_rate_series_get_last (const ScRateSeries *self, ScRatePoint *point)
{
  if (self->samples->len == 0)
    return FALSE;
  *point = *sample_at (self, self->samples->len - 1);
  return TRUE;
}

/* The lowest and the highest of the samples from @first to before @end, the earlier one first. */
static void
append_extremes (const ScRateSeries *self, guint first, guint end, GArray *points)
{
  guint low = first;
  guint high = first;

  for (guint i = first + 1; i < end; i++) {
    if (total_of (sample_at (self, i)) < total_of (sample_at (self, low)))
      low = i;
    if (total_of (sample_at (self, i)) > total_of (sample_at (self, high)))
      high = i;
  }
  g_array_append_val (points, *sample_at (self, MIN (low, high)));
  if (low != high)
    g_array_append_val (points, *sample_at (self, MAX (low, high)));
}

GArray *
sc_rate_series_get_points (const ScRateSeries *self, guint max_points)
{
  guint n = self->samples->len;
  guint n_stretches = MAX (max_points, 2) / 2;
  GArray *points = g_array_sized_new (FALSE, FALSE, sizeof (ScRatePoint), MIN (n, max_points));

  if (n <= max_points) {
    g_array_append_vals (points, self->samples->data, n);
    return points;
  }
  for (guint i = 0; i < n_stretches; i++)
    append_extremes (self, i * n / n_stretches, (i + 1) * n / n_stretches, points);
  return points;
}
