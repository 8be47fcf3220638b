/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/* What seats run before and after they commit a version, as people read and type it. Pure functions. */

/* @nick: "before-commit", "after-commit"; "linux", "windows", "any". Another one is shown as it is. */
const char *sc_hook_words_when (const char *nick);
const char *sc_hook_words_os (const char *nick);

/* A program and its arguments in a line: blanks separate them; one that has blanks stands in "…", where "" is a quote.
 * A backslash is one, as Windows has them in paths. (transfer full); split: (nullable): NULL: a quote is not closed */
char *sc_hook_words_join (ScJson *run);
ScJson *sc_hook_words_split (const char *line);

/* "Before the commit, Linux, for at most 60 s" (transfer full) */
char *sc_hook_words_describe (ScJson *hook);

G_END_DECLS
