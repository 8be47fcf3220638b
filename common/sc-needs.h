/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/* How a seat brings a file to its new content (docs/apply.md). */
typedef enum {
  SC_WAY_NEW,     /* there is none yet */
  SC_WAY_CLONE,   /* a clone of the file is changed, the file itself goes to the undo store */
  SC_WAY_UNDO,    /* in place; what is overwritten goes to the undo store first */
  SC_WAY_FORWARD, /* in place, forward only: nothing leads back without a session */
  SC_N_WAYS,
} ScWay;
/* "new", "clone", "undo", "forward" */
const char *sc_way_to_nick (ScWay way);

#define SC_NEEDS_MAX_BUSY 64u /* names told; more than that are one lab's whole repository */

/* What an update takes on one seat, known before anything is sent or changed. A plain struct. */
typedef struct {
  guint64 lacks_bytes;   /* chunks that have to come from outside, each counted once, uncompressed */
  guint64 local_bytes;   /* chunks that are copied on the seat */
  guint64 peak_bytes;    /* extra disk space at the peak */
  guint64 free_bytes;    /* on the repository's volume */
  guint64 reserve_bytes; /* that stay free */
  guint64 missing_bytes; /* 0: it fits; else what has to be freed before the seat can take it in any way */
  struct {
    guint32 files;
    guint64 bytes; /* content that will be written into them */
  } ways[SC_N_WAYS];
  GPtrArray *busy; /* (owned) (element-type utf8): templates that are in use now and would be left for later */
} ScNeeds;

ScNeeds *sc_needs_new (void);
ScNeeds *sc_needs_copy (const ScNeeds *self);
void sc_needs_free (ScNeeds *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScNeeds, sc_needs_free)

/* Adds its members to a message or an answer. */
void sc_needs_to_json (const ScNeeds *self, ScJson *object);
/* Errors: %SC_ERROR_INVALID, naming the member */
ScNeeds *sc_needs_from_json (const ScJson *object, GError **error);

G_END_DECLS
