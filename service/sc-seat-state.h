/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "common/sc-manifest.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScSeatState:
 *
 * What the service remembers, durable in SQLite (DIR/seat.db) with the manifests beside it (DIR/manifests/HEX): the
 * seat's id, its templates with version, state and the files' stamps (size, mtime, file id) by which drift is found,
 * the versions that it may know a way back to, the update in hand, and the last order. Thread-safe.
 */
typedef struct _ScSeatState ScSeatState;

typedef struct {
  char *path;   /* relative to the template */
  guint64 size; /* bytes */
  gint64 mtime; /* µs since 1970 */
  guint64 id;   /* inode or file id */
} ScFileStamp;

ScFileStamp *sc_file_stamp_new (const char *path, guint64 size, gint64 mtime, guint64 id);
void sc_file_stamp_free (ScFileStamp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScFileStamp, sc_file_stamp_free)

typedef struct {
  char *name;
  guint64 version;    /* that brought it, or (while updating) that is being brought */
  ScChunkId manifest; /* what is there, or what was there before the update; all zero: nothing */
  ScChunkId target;   /* only while updating; all zero: the template is being removed */
  ScTemplateState state;
} ScSeatTemplate;
void sc_seat_template_free (ScSeatTemplate *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatTemplate, sc_seat_template_free)

/* A version that was here whole once, and whose manifest is kept. */
typedef struct {
  guint64 number;
  ScChunkId manifest;
} ScSeatVersion;

/* Makes directory, database and the seat's id at the first start. Errors: %SC_ERROR_BUSY when a service is running on
 * it */
ScSeatState *sc_seat_state_open (const char *directory, GError **error);
void sc_seat_state_close (ScSeatState *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatState, sc_seat_state_close)

const char *sc_seat_state_get_seat (ScSeatState *self); /* UUID; until the next _set_seat() */
/* What the seat's certificate says; the templates stay. Another seat has taken no order yet. Before other threads use
 * it. */
gboolean sc_seat_state_set_seat (ScSeatState *self, const char *seat, GError **error);
/* Counts the service's starts, durably: a console that hears a lower number than before knows that the disk forgets.
 * @generation: (out): from 1 on */
gboolean sc_seat_state_raise_generation (ScSeatState *self, guint64 *generation, GError **error);
/* 0 when no version was ever finished or templates are of different ones (from the first begin_update on). */
guint64 sc_seat_state_get_version (ScSeatState *self);
gboolean sc_seat_state_set_version (ScSeatState *self, guint64 version, GError **error);

GPtrArray *sc_seat_state_list_templates (ScSeatState *self, GError **error); /* ScSeatTemplate, by name */
ScSeatTemplate *sc_seat_state_get_template (ScSeatState *self, const char *name,
                                            GError **error); /* (nullable) without an error */
/* (element-type ScFileStamp), by path: of the files that are as the template's manifest says; none of a touched file */
GPtrArray *sc_seat_state_list_stamps (ScSeatState *self, const char *template_name, GError **error);
/* (element-type utf8): paths that updates may have changed or created since the last commit */
GPtrArray *sc_seat_state_list_touched (ScSeatState *self, const char *template_name, GError **error);

/* The changes below are durable when they return. */

/**
 * sc_seat_state_begin_update:
 * @target: (nullable): %NULL when the template is going to be removed
 * @paths: (element-type utf8): relative to the template: the files that will be changed, created or removed. Their
 * stamps are forgotten, so nobody trusts them until the commit, and they are remembered as touched until then
 *
 * May be called again for a template that is updating, to the same or to another target: what was touched stays
 * touched.
 */
gboolean sc_seat_state_begin_update (ScSeatState *self, const char *template_name, const ScChunkId *target,
                                     guint64 version, GPtrArray *paths, GError **error);
gboolean sc_seat_state_commit_template (ScSeatState *self, const char *template_name, const ScChunkId *manifest,
                                        guint64 version, GPtrArray *stamps, GError **error);
gboolean sc_seat_state_remove_template (ScSeatState *self, const char *template_name, GError **error);
/* A template that is updating stays so: only its commit or its removal ends that. */
gboolean sc_seat_state_set_template_state (ScSeatState *self, const char *template_name, ScTemplateState state,
                                           GError **error);

/* The file is read by the next update or verify. */
gboolean sc_seat_state_forget_stamp (ScSeatState *self, const char *template_name, const char *path, GError **error);

gboolean sc_seat_state_add_version (ScSeatState *self, guint64 number, const ScChunkId *manifest, GError **error);
GArray *sc_seat_state_list_versions (ScSeatState *self, GError **error); /* ScSeatVersion, by number */
/* Forgets all versions but @numbers (element-type guint64), the one that is here, and the one that is pending. Their
 * manifests go with the next sc_seat_state_prune_manifests(). */
gboolean sc_seat_state_keep_versions (ScSeatState *self, const GArray *numbers, GError **error);

/* Manifests by hash: kept while something refers to them, checked when loaded. Errors: %SC_ERROR_INVALID when the
 * bytes are not those of @id */
gboolean sc_seat_state_save_manifest (ScSeatState *self, const ScChunkId *id, GBytes *bytes, GError **error);
/* Whether it is kept; that it is sound only loading it tells. */
gboolean sc_seat_state_has_manifest (ScSeatState *self, const ScChunkId *id);
/* Errors: %SC_ERROR_NOT_FOUND, %SC_ERROR_CORRUPT */
GBytes *sc_seat_state_load_manifest (ScSeatState *self, const ScChunkId *id, GError **error);
/* Removes the manifests that nothing refers to: no template, no version that is known or pending, no template manifest
 * of one of these, and not @also, a set of ScChunkId (nullable). */
gboolean sc_seat_state_prune_manifests (ScSeatState *self, GHashTable *also, GError **error);

/* The update that is not finished, to go on with after a restart: version 0 when there is none. @session: 0: outside a
 * session. @manifest: of the version; %NULL with none; all zero when an older service had noted it down. @hooks:
 * (nullable): what it runs, as in the order */
gboolean sc_seat_state_set_pending (ScSeatState *self, guint64 session, guint64 version, const ScChunkId *manifest,
                                    const char *hooks, GError **error);
void sc_seat_state_get_pending (ScSeatState *self, guint64 *session, guint64 *version, ScChunkId *manifest);
char *sc_seat_state_dup_pending_hooks (ScSeatState *self); /* (transfer full): may be empty */
/* Whether an order named it that was checked (sc-seat-order.h): services of before checked none. */
gboolean sc_seat_state_is_pending_ordered (ScSeatState *self);
/* Counts the order @order as taken. @last: (out): of those before. Errors: %SC_ERROR_DENIED: it is not higher than that
 */
gboolean sc_seat_state_take_order (ScSeatState *self, guint64 order, guint64 *last, GError **error);

G_END_DECLS
