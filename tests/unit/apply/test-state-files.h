/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The files of a seat's state as they are at one moment, to be laid into another directory. (g_rc_box) */
typedef struct _TestStateFiles TestStateFiles;

/* @before: (nullable): what was taken last: is returned when nothing has changed since. Returns: (transfer full) */
TestStateFiles *test_state_files_take (const char *directory, TestStateFiles *before);
void test_state_files_unref (TestStateFiles *self);
/* Makes @directory hold exactly these. */
void test_state_files_put (const TestStateFiles *self, const char *directory);
/* With all that is in it. */
void test_remove_tree (const char *directory);

G_END_DECLS
