/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fuzz/fuzz.h"

#include <signal.h>
#include <stdlib.h>

/* What a fuzzer needs besides when libFuzzer searches. */
int LLVMFuzzerInitialize (int *argc, char ***argv);

static void
on_trap (int number)
{
  abort ();
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal ((GLogLevelFlags) (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_FATAL_MASK));
  /* GLib ends a process by a trap, of which libFuzzer knows nothing: it would not keep the input */
  signal (SIGTRAP, on_trap);
  return 0;
}
