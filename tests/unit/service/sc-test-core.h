/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-seat-core.h"

G_BEGIN_DECLS

/* Orders to a seat's core, and what it must make of them. */
#define SC_TEST_CORE_VERSION 7u

ScChunkId sc_test_core_manifest_of (guint64 version);
/* PREPARE or CATCH_UP. (transfer full) like the next three */
ScControlMessage *sc_test_core_order (ScControlType type, guint64 session, guint64 version);
ScControlMessage *sc_test_core_join (guint64 session, guint64 version, guint8 key);
ScControlMessage *sc_test_core_leave (guint64 session, ScLeaveReason reason);
ScControlMessage *sc_test_core_policy (gboolean fetch);
/* The next action must be this one. (transfer full) */
ScSeatAction *sc_test_core_expect (ScSeatCore *core, ScSeatActionType type);
void sc_test_core_expect_step (ScSeatCore *core, ScSeatActionType type, guint64 session, guint64 version);
void sc_test_core_expect_pending (ScSeatCore *core, guint64 session, guint64 version);
/* NOTE_PENDING and BEGIN */
void sc_test_core_expect_begin (ScSeatCore *core, guint64 session, guint64 version);
void sc_test_core_expect_sent (ScSeatCore *core, ScControlType type, guint64 session);
void sc_test_core_expect_nothing (ScSeatCore *core);
/* From IDLE, with PREPARE of SC_TEST_CORE_VERSION */
void sc_test_core_to_prepared (ScSeatCore *core, guint64 session);
void sc_test_core_to_receiving (ScSeatCore *core, guint64 session);
/* From the step FINISH to IDLE; without anybody busy nothing is pending afterwards. @busy: %NULL-terminated */
void sc_test_core_finish_with (ScSeatCore *core, guint64 session, const char *const *busy, gint64 now);
void sc_test_core_finish (ScSeatCore *core, guint64 session);

G_END_DECLS
