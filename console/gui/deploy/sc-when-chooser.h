/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-deploy-schedule.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* When a deploy takes place, and what is done to seats before and after it. Signals: "changed" () */
#define SC_TYPE_WHEN_CHOOSER (sc_when_chooser_get_type ())
G_DECLARE_FINAL_TYPE (ScWhenChooser, sc_when_chooser, SC, WHEN_CHOOSER, GtkBox)

void sc_when_chooser_get (ScWhenChooser *self, ScDeployWhen *when);
gboolean sc_when_chooser_wakes (ScWhenChooser *self);
gboolean sc_when_chooser_powers_off (ScWhenChooser *self);

G_END_DECLS
