/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/ctl/sc-ctl.h"

G_BEGIN_DECLS

/* Returns: whether to go on */
typedef gboolean (*ScCtlEntryFunc) (ScCtl *self, ScJson *entry, gpointer data);

/* Goes through the activity, newest first, page by page. @wanted: at most so many entries */
gboolean sc_ctl_history_each (ScCtl *self, guint64 wanted, ScCtlEntryFunc func, gpointer data, GError **error);

G_END_DECLS
