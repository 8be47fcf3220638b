/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * sc_siblings_check:
 * @paths: relative, each of which has passed sc_path_check_relative(), sorted (strcmp())
 *
 * Whether every seat can hold all these files at once and tell them apart: in no directory two names that fold to the
 * same (sc_path_fold()), be it those of directories that are spelt in two ways or of a file and a directory; and none
 * that is perhaps another's short name (sc-short-names.h). Linear in the number of components; memory for the
 * names of the directories on the way to one file. Errors:
 * %SC_ERROR_INVALID, naming both and what to do.
 */
gboolean sc_siblings_check (const char *const *paths, guint n_paths, GError **error);

G_END_DECLS
