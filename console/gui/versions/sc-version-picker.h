/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/model/sc-item-list.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * ScVersionPicker:
 *
 * A combo box of the versions; it follows their list, and keeps what is picked. "changed" tells of another pick.
 */
#define SC_TYPE_VERSION_PICKER (sc_version_picker_get_type ())
G_DECLARE_FINAL_TYPE (ScVersionPicker, sc_version_picker, SC, VERSION_PICKER, GtkComboBox)

/* @versions: of ScVersionItem; once */
void sc_version_picker_set_versions (ScVersionPicker *self, ScItemList *versions);
/* 0: none */
guint64 sc_version_picker_get_number (ScVersionPicker *self);
void sc_version_picker_set_number (ScVersionPicker *self, guint64 number);

G_END_DECLS
