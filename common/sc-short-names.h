/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScShortNames:
 *
 * NTFS may give a second, short name to every file whose own does not fit MS-DOS ("LONGFI~1.VMD" for "Long file.vmdk");
 * that name is taken then, and opens the same file. Which one it gives depends on the order of creation, so a name that
 * has the form of a generated one and could be that of a sibling cannot be published: on one seat it would be a file of
 * its own, on the next the sibling.
 *
 * This is the set of such names in one directory. Rule, wider than what NTFS does: the name is up to 6 characters, "~"
 * and a number, with an extension of 3 at most; the 6 characters are the sibling's first ones or its first 2 and 4
 * hexadecimal digits (from the fifth collision on, and for siblings of 2 characters and fewer); the extension is the
 * sibling's first 3. Spaces and all dots but the last do not count, + , ; = [ ] are "_", and a sibling's character
 * outside ASCII may become anything, with all that follow (after Microsoft's RtlGenerate8dot3Name). Names are UTF-8.
 * Linear in the number of names.
 */
typedef struct _ScShortNames ScShortNames;

ScShortNames *sc_short_names_new (void);
void sc_short_names_free (ScShortNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScShortNames, sc_short_names_free)
/* Keeps @name if it has the form of a generated name. */
void sc_short_names_add (ScShortNames *self, const char *name);
/* Returns: (nullable) (transfer none): a name in the set, other than @name itself, that could be generated for @name */
const char *sc_short_names_find (const ScShortNames *self, const char *name);
/* Whether @name could be generated for @other, whatever lies beside them. */
gboolean sc_short_name_may_be_of (const char *name, const char *other);
/* Whether @name could be the short name of a file that is being changed ("LONGFI~1.UPD" for "Long file.vmdk.updating").
 * Any file can be such a one, so no directory may hold it. */
gboolean sc_short_name_is_updating (const char *name);

G_END_DECLS
