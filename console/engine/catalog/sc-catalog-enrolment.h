/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/trust/sc-enrolment.h"
#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/* What the catalog knows of enrolment: tokens, requests, what machines are recognised by. Who decides is ScEnrolments.
 * Times are s since 1970 unless it is said otherwise. None of these functions begins a transaction: several may become
 * durable together (sc_catalog_begin()). */

typedef struct {
  guint64 id;
  char *room;
  guint64 seats, used;
  gint64 created, ends;
  gboolean ask;   /* staff approve every seat */
  gint64 revoked; /* when; 0: not */
} ScCatalogEnrolToken;
void sc_catalog_enrol_token_free (ScCatalogEnrolToken *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogEnrolToken, sc_catalog_enrol_token_free)

/* @hash: of the token, which is not kept itself. Sets @token->id. */
gboolean sc_catalog_add_enrol_token (ScCatalog *self, const char *hash, ScCatalogEnrolToken *token, GError **error);
/* The token with that hash, or (@hash NULL) that number. Returns: (transfer full) (nullable): NULL without an error
 * when there is none */
ScCatalogEnrolToken *sc_catalog_find_enrol_token (ScCatalog *self, const char *hash, guint64 id, GError **error);
/* (transfer full) (element-type ScCatalogEnrolToken): newest first */
GPtrArray *sc_catalog_list_enrol_tokens (ScCatalog *self, guint max, GError **error);
gboolean sc_catalog_use_enrol_token (ScCatalog *self, guint64 id, GError **error); /* once more, if it may */
gboolean sc_catalog_revoke_enrol_token (ScCatalog *self, guint64 id, gint64 now, GError **error);

typedef struct {
  guint64 id;
  guint8 key_id[SC_KEY_ID_SIZE];
  ScEnrolState state;
  char *reason;
  guint64 token;           /* its id */
  ScEnrolRequest *request; /* (owned): without the token; its room is the one that the seat would come to */
  char *address;
  char *known;   /* id of the seat that the machine seems to be; empty: none */
  char *matched; /* by what of "machine", "mac", "name", separated by blanks */
  char *seat;    /* id; once approved */
  gint64 requested, asked;
} ScCatalogEnrolRequest;
ScCatalogEnrolRequest *sc_catalog_enrol_request_new (void);
void sc_catalog_enrol_request_free (ScCatalogEnrolRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogEnrolRequest, sc_catalog_enrol_request_free)

/* Adds it where its id is 0, and sets that: in the place of what the same key asked before. Else changes it. */
gboolean sc_catalog_save_enrol_request (ScCatalog *self, ScCatalogEnrolRequest *request, GError **error);
/* The one of that key, or (@key_id NULL) with that number. Returns: (transfer full) (nullable): NULL without an error
 * when there is none */
ScCatalogEnrolRequest *sc_catalog_find_enrol_request (ScCatalog *self, const guint8 *key_id, guint64 id,
                                                      GError **error);
/* (transfer full) (element-type ScCatalogEnrolRequest): pending and duplicate, oldest first */
GPtrArray *sc_catalog_list_waiting (ScCatalog *self, GError **error);
/* @address: (nullable): NULL: from all */
gboolean sc_catalog_count_waiting (ScCatalog *self, const char *address, guint64 *n, GError **error);
/* Of those that nobody has asked for since @before. */
gboolean sc_catalog_forget_enrol_requests (ScCatalog *self, gint64 before, GError **error);

/* What seats are recognised by. */
typedef struct {
  char *seat; /* id */
  char *name;
  char *room;
  char *machine;     /* may be empty */
  char *macs;        /* separated by blanks */
  gint64 last_seen;  /* µs since 1970 */
  gboolean enrolled; /* it was ever given a certificate */
} ScCatalogMachine;
void sc_catalog_machine_free (ScCatalogMachine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogMachine, sc_catalog_machine_free)
GPtrArray *sc_catalog_list_machines (ScCatalog *self, GError **error); /* (transfer full) */
/* Those that staff rejected after @since: no seats; last_seen: when that was. (transfer full) */
GPtrArray *sc_catalog_list_rejected_machines (ScCatalog *self, gint64 since, GError **error);

/* Makes a record for the seat, or leaves to it the one that it has, but for what is known of its service's starts.
 * @room: (nullable): the one that it is assigned, which comes to be; NULL: its record's */
gboolean sc_catalog_enrol_seat (ScCatalog *self, const char *seat, const ScEnrolRequest *request, const char *address,
                                const char *room, gint64 now, GError **error);
/* (transfer full): of all the network cards that its machine enrolled with, separated by blanks; empty: none is known
 */
char *sc_catalog_dup_macs (ScCatalog *self, const char *seat, GError **error);

G_END_DECLS
