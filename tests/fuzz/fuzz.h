/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Every fuzzer is one file that defines this function; it aborts when something is wrong, and returns 0. Linked with
 * fuzz_dep it replays its corpus and a number of seeded mutations of it (`--help`), linked with libFuzzer it
 * searches.
 */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
