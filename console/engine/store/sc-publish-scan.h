/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-file-scan.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* One file that is to be published. */
typedef struct {
  char *path;   /* relative to its template, with / */
  char *source; /* absolute path of the file itself: a link's target */
  ScScanInfo info;
} ScPublishFile;

typedef struct {
  char *name;
  GPtrArray *files; /* (element-type ScPublishFile): at least one, in the order of the walk */
} ScPublishTemplate;

/* What a directory holds: its sub-directories are templates; files directly in it form the template SC_TEMPLATE_ROOT.
 */
typedef struct {
  char *root;           /* absolute, without links */
  GPtrArray *templates; /* (element-type ScPublishTemplate) */
  guint64 bytes;
  guint n_files;
} ScPublishScan;

/**
 * sc_publish_scan:
 *
 * Walks @directory and checks all that can be checked without reading: names (sc_path_check_component()), names that
 * differ only in case, links that lead out, devices. Up to 20 problems are told at once, one a line. An empty
 * sub-directory is no template. Errors: %SC_ERROR_INVALID, %SC_ERROR_NOT_FOUND, %SC_ERROR_SYSTEM, %SC_ERROR_CANCELLED
 */
ScPublishScan *sc_publish_scan (const char *directory, GCancellable *cancellable, GError **error);
void sc_publish_scan_free (ScPublishScan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScPublishScan, sc_publish_scan_free)

/* Whether two walks found the same. Errors: %SC_ERROR_CHANGED naming the first difference */
gboolean sc_publish_scan_check_same (const ScPublishScan *before, const ScPublishScan *after, GError **error);

G_END_DECLS
