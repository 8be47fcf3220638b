/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Lets everybody read the file @path. */
void test_private_open_up (const char *path);
/* Asserts that only its owner may read it (on Windows also the system and its administrators). */
void test_private_assert (const char *path);
