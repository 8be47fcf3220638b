/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-error.h"
#include "console/engine/trust/sc-authority.h"

G_BEGIN_DECLS

/* What tests of ScAuthority share; @directory is an engine's. */
#define SEAT "7d1f8ad2-6a0a-4e3f-8f5e-5d0b6a1c2e01"
#define NOW G_GINT64_CONSTANT (1800000000)
#define DAY (24 * 60 * 60)

char *authority_path (const char *directory, const char *name); /* of one of its files */
GPtrArray *authority_names (const char *names);                 /* with blanks between them */
ScAuthority *authority_open_with (const char *directory, const char *names, gint64 now);
ScAuthority *authority_open (const char *directory); /* of "console" at 10.1.0.5, now */
/* It cannot be opened, for a reason that says @words. */
void authority_assert_refused (const char *directory, ScError code, const char *words);
ScCertificate *authority_issue (ScAuthority *authority, gint64 now); /* to SEAT */
gboolean authority_identifies (ScAuthority *authority, const ScCertificate *certificate, gint64 now);
void authority_assert_console (ScAuthority *authority, const char *host, gint64 now);
void authority_count (gpointer user_data); /* ScAuthorityChanged: one more, in a guint */

G_END_DECLS
