/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* What a directory may hold besides files and directories. FALSE: this system has no such thing, and the test goes on
 * without. */
gboolean test_special_link (const char *target, const char *path);
gboolean test_special_fifo (const char *path);
/* @handler gets the signal by which a failed assertion or g_error() ends the program. */
void test_special_on_death (void (*handler) (int number));
