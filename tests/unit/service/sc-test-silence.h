/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-seat-volumes.h"

G_BEGIN_DECLS

/* A double of sc_volume_inspect() that does not come back until it is let. */
typedef enum {
  SC_TEST_SILENT_NOT,
  SC_TEST_SILENT_ASKED, /* the other programs do not answer */
  SC_TEST_SILENT_ALL,   /* nor does the volume */
} ScTestSilent;

/* Starts anew: nothing is counted. @traits: what is found */
void sc_test_silence_begin (ScTestSilent silent, ScVolumeTraits traits);
/* From here on all answer, those that hang, too; returns when @n have looked at both volumes since the beginning. */
void sc_test_silence_end (guint n);
ScVolume *sc_test_silence_inspect (const char *directory, gboolean ask, GError **error);
/* How many looks at a volume were begun. */
guint sc_test_silence_count (gboolean ask);
/* Until one hangs. */
void sc_test_silence_await (void);

G_END_DECLS
