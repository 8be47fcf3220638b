/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Several manifests in one answer (POST /v1/manifests): of each its length, 4 bytes, little-endian, then its bytes. A
 * length of 0 stands for one that did not fit into the answer. Any thread. */

#define SC_MANIFEST_LIST_MAX 256u                 /* manifests that may be asked for at once */
#define SC_MANIFEST_LIST_BYTES (8u * 1024 * 1024) /* of an answer; one that is larger is asked for by itself */

/* @manifest: (nullable): NULL: it is left out. Returns: whether it is in it: a list that is full leaves it out */
gboolean sc_manifest_list_append (GByteArray *list, GBytes *manifest);
/* @offset: (inout): 0 at the beginning; @manifest: (out) (transfer full) (nullable): NULL: it was left out. Returns:
 * FALSE where the list ends before, or is none: @offset is its size where it has ended soundly */
gboolean sc_manifest_list_next (GBytes *list, gsize *offset, GBytes **manifest);

G_END_DECLS
