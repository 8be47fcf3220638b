/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-chunk-index.h"
#include "common/sc-inventory.h"

G_BEGIN_DECLS

/**
 * ScSessionHolders:
 *
 * What the seats of a session lack, and what they have instead: the templates that they report as current, by their
 * manifests. Seats that have the same templates are one *kind*. It tells which seats a frame against a reference chunk
 * would be for, so that only a chunk that all of them have is taken as the reference. One thread at a time.
 */
typedef struct _ScSessionHolders ScSessionHolders;

#define SC_SESSION_MAX_KINDS 16u /* seats of further kinds count as having nothing */

typedef struct {
  GPtrArray *templates; /* ScInventoryTemplate: those that are current, by name */
  guint8 *wanted;       /* bit i (LSB first): one of the seats lacks chunk i */
} ScSessionKind;

/* @n_chunks: of the version */
ScSessionHolders *sc_session_holders_new (guint32 n_chunks);
void sc_session_holders_free (ScSessionHolders *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSessionHolders, sc_session_holders_free)
/* A seat that takes part. @inventory: (nullable): not known what it has; @forward: it keeps nothing of what it
 * overwrites; @lacks: (n_chunks + 7) / 8 bytes */
void sc_session_holders_add (ScSessionHolders *self, const ScInventory *inventory, gboolean forward, GBytes *lacks);
guint sc_session_holders_get_n_kinds (const ScSessionHolders *self);
const ScSessionKind *sc_session_holders_get_kind (const ScSessionHolders *self, guint index);
/* The kinds that want a chunk: bit k: kind k. 0: none does, or also seats of which it is not known what they have. */
guint32 sc_session_holders_get_mask (const ScSessionHolders *self, guint32 chunk);
/* Whether a seat lacks the chunk that keeps nothing of what it overwrites. */
gboolean sc_session_holders_is_forward (const ScSessionHolders *self, guint32 chunk);

G_END_DECLS
