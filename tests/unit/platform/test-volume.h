/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The half of test-volume.c that needs the system at hand. */
void test_volume_add_system (void);
