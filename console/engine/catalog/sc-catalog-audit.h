/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog-activity.h"

G_BEGIN_DECLS

#define SC_AUDIT_HASH_BYTES 32u
#define SC_AUDIT_HEX_LENGTH (2u * SC_AUDIT_HASH_BYTES)

/**
 * ScAudit:
 *
 * The activity is chained: the hash of each entry covers the one before (docs/audit.md says how, so that others can
 * check it), its ids have no gap, and who changes or removes an entry has to change the hashes of all that follow. That
 * can be seen by whoever has kept a later hash, as from the engine's log. Entries from before schema 6 have none: the
 * chain begins after them.
 */
typedef struct {
  guint64 entries;                    /* in the chain, up to the first that is not as it was written */
  char head[SC_AUDIT_HEX_LENGTH + 1]; /* the newest of these; empty: there are none */
  gboolean intact;
  guint64 first_bad; /* id of the first entry that was changed, or is missing; 0: none */
  guint64 found;     /* id of the entry that has the hash that is looked for; 0: none */
} ScAudit;

/* The fields of an entry as they are covered: texts, numbers in decimal. */
typedef enum {
  SC_AUDIT_ID,
  SC_AUDIT_TIME,
  SC_AUDIT_WHO,
  SC_AUDIT_ROLE,
  SC_AUDIT_ADDRESS,
  SC_AUDIT_ACTION,
  SC_AUDIT_VERSION,
  SC_AUDIT_ROOM,
  SC_AUDIT_SEATS,
  SC_AUDIT_N_SEATS,
  SC_AUDIT_SESSION,
  SC_AUDIT_DETAIL,
  SC_AUDIT_DONE,
  SC_AUDIT_ERROR,
  SC_AUDIT_N_FIELDS,
} ScAuditField;
/* Their columns, in this order. */
#define SC_AUDIT_COLUMNS                                                                                               \
  "id, time, who, role, address, action, version, room, seats, n_seats, session, detail, done, error"

/* @previous: (nullable): of the entry before; NULL: the chain begins. SHA-256 over it, or 32 octets of zero, and then
 * each field: its length in octets (4 octets, big-endian), and itself */
void sc_audit_hash (const guint8 *previous, const char *const fields[SC_AUDIT_N_FIELDS],
                    const gsize lengths[SC_AUDIT_N_FIELDS], guint8 hash[SC_AUDIT_HASH_BYTES]);

/* (transfer full): of the file, for sc_audit_verify() */
char *sc_catalog_dup_path (ScCatalog *self);
/* Reads all entries one after the other, by a connection of its own: any thread, while the catalog is in use.
 * @path: of the catalog; @head: (nullable): a hash to look for, hex. Returns: FALSE when they cannot be read */
gboolean sc_audit_verify (const char *path, const char *head, ScAudit *audit, GError **error);

G_END_DECLS
