/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/catalog/sc-demotion.h"

static void
demotion_free (gpointer data)
{
  g_free (((ScDemotion *) data)->reason);
  g_free (data);
}

void
sc_demotions_add (GPtrArray **demotions, gint64 time, const char *reason)
{
  ScDemotion *demotion;

  if (*demotions == NULL)
    *demotions = g_ptr_array_new_with_free_func (demotion_free);
  if ((*demotions)->len >= SC_DEMOTIONS_MAX)
    return;
  demotion = g_new0 (ScDemotion, 1);
  demotion->time = time;
  demotion->reason = g_strdup (reason);
  g_ptr_array_add (*demotions, demotion);
}

GPtrArray *
sc_demotions_copy (GPtrArray *demotions)
{
  GPtrArray *copy = NULL;

  for (guint i = 0; demotions != NULL && i < demotions->len; i++) {
    const ScDemotion *demotion = g_ptr_array_index (demotions, i);

    sc_demotions_add (&copy, demotion->time, demotion->reason);
  }
  return copy;
}

char *
sc_demotions_to_text (GPtrArray *demotions)
{
  g_autoptr (ScJson) array = json_array ();

  for (guint i = 0; demotions != NULL && i < demotions->len; i++) {
    const ScDemotion *demotion = g_ptr_array_index (demotions, i);

    json_array_append_new (array,
                           json_pack ("{s:I, s:s}", "time", (json_int_t) demotion->time, "reason", demotion->reason));
  }
  return sc_json_to_text (array);
}

GPtrArray *
sc_demotions_from_text (const char *text)
{
  g_autoptr (ScJson) array = json_loads (text, 0, NULL);
  GPtrArray *demotions = NULL;

  for (gsize i = 0; i < json_array_size (array); i++) {
    const ScJson *item = json_array_get (array, i);
    const char *reason = json_string_value (json_object_get (item, "reason"));

    if (reason != NULL)
      sc_demotions_add (&demotions, json_integer_value (json_object_get (item, "time")), reason);
  }
  return demotions;
}

const char *
sc_demotion_describe (const char *reason)
{
  static const struct {
    const char *nick, *words;
  } known[] = {
    { "unheard", "no multicast reaches it" },
    { "silent", "nothing was heard of it for too long" },
    { "over-budget", "it needed more repairs than one seat may cost the others" },
    { "too-slow", "the others had to wait for its reports for too long" },
    { "strained", "it received faster than it could take in or write" },
    { "removed", "its connection broke, or it left" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (reason, known[i].nick))
      return known[i].words;
  return reason;
}
