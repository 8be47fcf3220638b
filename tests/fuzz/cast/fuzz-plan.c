/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-plan.h"

#include "tests/fuzz/fuzz.h"

/* A plan that parses is written again to the same bytes, and each byte of its content lies in the frame that is found
 * for it. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScCastPlan) plan = sc_cast_plan_parse (bytes, &error);
  g_autoptr (ScCastPlanBuilder) builder = sc_cast_plan_builder_new ();
  g_autoptr (GBytes) again = NULL;
  guint64 offset = 0;

  if (plan == NULL) {
    g_assert_nonnull (error);
    return 0;
  }
  for (guint32 i = 0; i < sc_cast_plan_get_n_frames (plan); i++) {
    ScCastFrame frame;

    sc_cast_plan_get_frame (plan, i, &frame);
    g_assert_cmpuint (frame.offset, ==, offset);
    g_assert_cmpuint (sc_cast_plan_find_frame (plan, offset), ==, i);
    g_assert_cmpuint (sc_cast_plan_find_frame (plan, offset + frame.length - 1), ==, i);
    sc_cast_plan_builder_add (builder, &frame.id, frame.encoding, frame.length,
                              frame.encoding == SC_ENCODING_DELTA ? &frame.reference : NULL);
    offset += frame.length;
  }
  g_assert_cmpuint (sc_cast_plan_get_content_length (plan), ==, offset);
  again = sc_cast_plan_builder_end (builder);
  g_assert_true (g_bytes_equal (again, bytes));
  return 0;
}
