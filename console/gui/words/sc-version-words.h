/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-operation-item.h"

G_BEGIN_DECLS

/* What a version brought compared with the one before it. */
typedef struct {
  guint added, changed, removed; /* templates */
  guint64 new_bytes;             /* as they are stored and sent */
} ScVersionChange;

/* @diff: the API's Diff */
ScVersionChange sc_version_change_of (ScJson *diff);

/*
 * What the page of versions says, translated. Pure functions; a char * is (transfer full), a const char * lives for
 * ever.
 */

/* "+1 template, 2 changed, 1.2 GB new"; "The same content as before" */
char *sc_version_words_changes (const ScVersionChange *change);
/* "23 of 80 seats", "All 80 seats", "No seats"; empty when there are none at all */
char *sc_version_words_seats (guint n, guint total);
/* The note's first line; "Without a note" */
char *sc_version_words_title (const char *note);
/* Of an API nick: "Added", "Changed", "Removed" */
const char *sc_version_words_change (const char *change);
/* "1.2 GB → 1.4 GB"; one size where there is only one */
char *sc_version_words_sizes (const char *change, guint64 before, guint64 after);

/* "Reading Debian/disk.vmdk, 12.1 of 30.0 GB" */
char *sc_version_words_progress (const ScOperationInfo *operation);
/* "Version 5: 3 templates, 1.2 GB new". @result: a PublishResult; @n_templates: 0: not known yet */
char *sc_version_words_result (ScJson *result, guint n_templates);

G_END_DECLS
