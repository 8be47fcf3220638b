/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

#define SC_VERIFIED_MAX_FILES 1024u /* named; all of them are counted */

/* A file that is not as its template's manifest says. */
typedef struct {
  char *template_name;
  char *path; /* relative to the template */
  gboolean missing;
  guint32 damaged_chunks;
} ScVerifiedFile;

/* What a seat found when it verified its templates. A plain struct: strings are owned and never NULL. */
typedef struct {
  char *code;          /* sc_error_code_to_nick() of why it could not be done; empty: it was done to the end */
  char *message;       /* with it, for people */
  guint64 bytes;       /* read */
  guint32 n_templates; /* that drifted */
  guint32 n_files;     /* that differ, also those not named */
  GPtrArray *files;    /* (owned) (element-type ScVerifiedFile) */
} ScVerified;

ScVerified *sc_verified_new (void); /* nothing differs */
void sc_verified_free (ScVerified *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScVerified, sc_verified_free)
/* Counts it, too. */
void sc_verified_add_file (ScVerified *self, const char *template_name, const char *path, gboolean missing,
                           guint32 damaged_chunks);

/* Adds its members to a message or an answer; a long message and a long list are cut. */
void sc_verified_to_json (const ScVerified *self, ScJson *object);
/* Errors: %SC_ERROR_INVALID, naming the member */
ScVerified *sc_verified_from_json (const ScJson *object, GError **error);

G_END_DECLS
