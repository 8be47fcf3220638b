/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-disk.h"
#include "common/sc-manifest.h"
#include "common/sc-needs.h"

G_BEGIN_DECLS

/**
 * ScApplyFile:
 *
 * One file as a plan sees it: what lies there (have) and what shall (want). Chunk ids are borrowed from manifests that
 * the plan keeps, or owned when they were found by hashing.
 */
typedef struct _ScApplyFile ScApplyFile;
struct _ScApplyFile {
  guint template; /* index in the plan; SC_APPLY_FILE_NO_TEMPLATE for what is only a source, in the undo store */
  char *relative; /* to the template's directory */
  char *path;     /* final path, from the repository's root */
  char *place;    /* (nullable): where it lies now: path, path.updating, another spelling, or in the undo store; NULL:
                     nowhere */
  const ScManifestFile *want; /* (nullable): NULL: it is no longer wanted */
  const ScManifestFile *old;  /* (nullable): what was there at the last commit */
  ScDiskInfo info;            /* as found at place */
  const ScChunkId *have;      /* (nullable): the chunks found, or believed, to lie there; checked when they are read */
  guint32 n_have;
  guint64 have_size;   /* bytes; the length of the last chunk of have */
  ScChunkId *hashed;   /* (owned) (nullable): behind have */
  guint64 first;       /* number of have's first chunk among all that the plan knows */
  gboolean trusted;    /* have was taken from the old manifest because the file's stamp is unchanged */
  gboolean whole;      /* in the undo store: have is what lies there, and need not be read */
  gboolean unread;     /* others had it open when it was to be read: nothing is known of it */
  gboolean changes;    /* content, size or place must change */
  gboolean touch;      /* time or attributes must be set */
  gboolean dirty;      /* written to since the last sync */
  ScWay way;           /* of a wanted file that changes */
  ScApplyFile *before; /* (nullable): the file that it takes the place of, and that makes way when the update begins */
  ScApplyFile *base;   /* (nullable): it starts as a clone of this one; its have is then the base's */
  ScApplyFile *twin;   /* (nullable): has the same content as long as nothing was written: read instead if this one is
                          nowhere */
  ScDiskFile *handle;  /* (owned by ScApplyHandles) */
  gboolean writable;   /* the handle is, and nobody else has one */
  GList link;          /* of ScApplyHandles */
};

#define SC_APPLY_FILE_NO_TEMPLATE G_MAXUINT

ScApplyFile *sc_apply_file_new (guint template_index, const char *template_name, const char *relative);
/* A file in the undo store, at @place, with @content as it was when it came there (borrowed). */
ScApplyFile *sc_apply_file_new_kept (const char *place, const char *relative, const ScManifestFile *content,
                                     const ScDiskInfo *info);
void sc_apply_file_free (ScApplyFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScApplyFile, sc_apply_file_free)

/* (transfer full): what lies in @file's place now, as a file of its own that makes way; @file lies nowhere then */
ScApplyFile *sc_apply_file_split_off (ScApplyFile *file);

char *sc_apply_file_dup_updating_path (const ScApplyFile *self);
/* Whether chunk @index lies there as it is wanted. */
gboolean sc_apply_file_is_right (const ScApplyFile *self, guint32 index);
gboolean sc_apply_file_has_all (const ScApplyFile *self);
/* Whether wanted chunk @index is all zero. */
gboolean sc_apply_file_wants_zeros (const ScApplyFile *self, guint32 index);
/* Whether chunk @index of what lies there is all zero. */
gboolean sc_apply_file_has_zeros (const ScApplyFile *self, guint32 index);
/* Whether what lies there at @index is what the template's last commit put there: worth keeping when it is overwritten,
 * unless it is zeros. */
gboolean sc_apply_file_has_old (const ScApplyFile *self, guint32 index);
/* What lies there becomes that of @other, too. */
void sc_apply_file_share_content (ScApplyFile *self, const ScApplyFile *other);
/* Whether there may be no disk space behind wanted chunk @index yet: it lies in a hole or beyond the end. */
gboolean sc_apply_file_lacks_space (const ScApplyFile *self, guint32 index);

/* Bytes of @old that @new has not in the same place. */
guint64 sc_apply_file_bytes_between (const ScManifestFile *old, const ScManifestFile *new);
/* Bytes that a clone takes as its wanted chunks are written, beyond those that it grows by. */
guint64 sc_apply_file_bytes_to_unshare (const ScApplyFile *self);

/* @found: FALSE when there is no file at @path, not even when a directory stands there (the commit removes those that
 * become empty) or a file stands where one of its directories should */
gboolean sc_apply_file_lookup (ScDisk *disk, const char *path, gboolean *found, ScDiskInfo *info, GError **error);

G_END_DECLS
