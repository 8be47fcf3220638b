/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <windows.h>

#include "common/platform/sc-system.h"

G_BEGIN_DECLS

/* What only sc-system-win32.c and its test use. */
typedef BOOL (WINAPI *ScExitWindowsFunc) (UINT flags, DWORD reason);
/* sc_system_power_off() by @exit_windows, which a test can give; else ExitWindowsEx(). The privilege to shut down is
 * enabled while it runs. */
gboolean sc_system_win32_power_off (ScExitWindowsFunc exit_windows, GError **error);

G_END_DECLS
