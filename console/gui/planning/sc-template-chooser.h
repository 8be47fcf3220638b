/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"
#include "console/gui/model/sc-version-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* All templates of a version, or some of them. Signals: "changed" (): other ones were chosen */
#define SC_TYPE_TEMPLATE_CHOOSER (sc_template_chooser_get_type ())
G_DECLARE_FINAL_TYPE (ScTemplateChooser, sc_template_chooser, SC, TEMPLATE_CHOOSER, GtkBox)

/* Those that were chosen stay so, as far as @version (nullable) has them. */
void sc_template_chooser_set_version (ScTemplateChooser *self, ScVersionItem *version);
/* @names: (nullable): NULL: all; also of a version that is set later */
void sc_template_chooser_set_templates (ScTemplateChooser *self, ScJson *names);
/* Returns: (transfer full) (nullable): names; NULL: all. An empty array: none is chosen, which is no choice */
ScJson *sc_template_chooser_get_templates (ScTemplateChooser *self);
gboolean sc_template_chooser_is_complete (ScTemplateChooser *self);

G_END_DECLS
