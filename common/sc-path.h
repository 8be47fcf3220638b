/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SC_PATH_MAX_BYTES 1024    /* of a whole relative path */
#define SC_PATH_MAX_COMPONENT 240 /* bytes of one component; leaves room for ".updating" */
#define SC_PATH_MAX_DEPTH 16
#define SC_PATH_UPDATING_SUFFIX ".updating"
#define SC_PATH_PRIVATE                                                                                                \
  ".seatcast" /* a seat's own directory beneath its repository: no template, no file bears this name */

/**
 * sc_path_check_component:
 *
 * Whether @name may be one component of a path on every seat: UTF-8, not empty, not "." or "..", no `/ \ : * ? " < >
 * |`, no control character, none that turns the direction of text, none that stands for a forbidden one (U+F000 to
 * U+F0FF), no code that is no character, no trailing dot or space, no device name of Windows (CON, NUL, COM1, COM¹ …
 * with any extension), no name that Windows keeps at the top of a volume ($Extend …), not SC_PATH_PRIVATE, no suffix
 * ".updating", none that could be a short name of one of these (see sc-short-names.h), within the length caps: 240
 * bytes are 240 UTF-16 units at most, of the 255 that NTFS allows. Errors: %SC_ERROR_INVALID, naming the component and
 * the rule.
 *
 * What several names in one directory may be is a matter of sc_siblings_check().
 */
gboolean sc_path_check_component (const char *name, GError **error);

/**
 * sc_path_check_relative:
 *
 * Whether @path is a relative path with `/` as its separator whose components all pass sc_path_check_component(). Such
 * a path cannot lead outside the directory that it is joined to (links are a matter of the disk: see sc_disk_open()).
 */
gboolean sc_path_check_relative (const char *path, GError **error);

/**
 * sc_path_fold:
 *
 * Returns: (transfer full): @path as a file system that ignores case and Unicode form would compare it; two files of a
 * version must not fold to the same. Whatever NTFS holds for equal (both have the same capitals, character by
 * character) folds to the same; so does more: compatible forms (“ﬁ” and “fi”, Å in one code or two).
 */
char *sc_path_fold (const char *path);

G_END_DECLS
