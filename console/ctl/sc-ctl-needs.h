/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/ctl/sc-ctl.h"

G_BEGIN_DECLS

/* A table of what the version takes on each seat of a session that has said it; nothing when none has. */
void sc_ctl_print_needs (ScJson *session);
/* What a dry run has found out. */
void sc_ctl_print_dry_run (ScJson *session);

G_END_DECLS
