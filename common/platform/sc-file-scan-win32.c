/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-file-scan.h"
