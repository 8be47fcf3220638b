/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sc-test-core.h"

ScChunkId
sc_test_core_manifest_of (guint64 version)
{
  ScChunkId id;
  sc_chunk_id_of (&id, &version, sizeof version);
  return id;
}

ScControlMessage *
sc_test_core_order (ScControlType type, guint64 session, guint64 version)
{
  ScControlMessage *message = sc_control_message_new (type, session);
  message->version.version = version;
  message->version.manifest = sc_test_core_manifest_of (version);
  return message;
}

ScControlMessage *
sc_test_core_join (guint64 session, guint64 version, guint8 key)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_JOIN, session);
  message->join.version = version;
  message->join.manifest = sc_test_core_manifest_of (version);
  message->join.group = g_strdup ("239.255.1.1");
  message->join.port = 5000;
  memset (message->join.key.key, key, sizeof message->join.key.key);
  return message;
}

ScControlMessage *
sc_test_core_leave (guint64 session, ScLeaveReason reason)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_LEAVE, session);
  message->leave.reason = reason;
  return message;
}

ScControlMessage *
sc_test_core_policy (gboolean fetch)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_POLICY, 0);
  message->policy.fetch = fetch;
  message->policy.cache = g_strdup ("");
  return message;
}

/* The next action must be this one. */
ScSeatAction *
sc_test_core_expect (ScSeatCore *core, ScSeatActionType type)
{
  ScSeatAction *action = sc_seat_core_next_action (core);
  g_assert_nonnull (action);
  g_assert_cmpint (action->type, ==, type);
  return action;
}

void
sc_test_core_expect_step (ScSeatCore *core, ScSeatActionType type, guint64 session, guint64 version)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, type);
  g_assert_cmpuint (action->session, ==, session);
  g_assert_cmpuint (action->version, ==, version);
}

void
sc_test_core_expect_pending (ScSeatCore *core, guint64 session, guint64 version)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, SC_SEAT_ACTION_NOTE_PENDING);
  const ScChunkId manifest = version != 0 ? sc_test_core_manifest_of (version) : (ScChunkId){ 0 };
  g_assert_cmpuint (action->session, ==, session);
  g_assert_cmpuint (action->version, ==, version);
  g_assert_true (sc_chunk_id_equal (&action->manifest, &manifest));
}

/* From here on there is no way back but by an order. */
void
sc_test_core_expect_begin (ScSeatCore *core, guint64 session, guint64 version)
{
  sc_test_core_expect_pending (core, session, version);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_BEGIN, session, version);
}

void
sc_test_core_expect_sent (ScSeatCore *core, ScControlType type, guint64 session)
{
  g_autoptr (ScSeatAction) action = sc_test_core_expect (core, SC_SEAT_ACTION_SEND);
  g_assert_cmpint (action->message->type, ==, type);
  g_assert_cmpuint (action->message->session, ==, session);
}

void
sc_test_core_expect_nothing (ScSeatCore *core)
{
  g_assert_null (sc_seat_core_next_action (core));
}

void
sc_test_core_to_prepared (ScSeatCore *core, guint64 session)
{
  sc_seat_core_message (core, sc_test_core_order (SC_CONTROL_PREPARE, session, SC_TEST_CORE_VERSION), 0);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_PREPARE, session, SC_TEST_CORE_VERSION);
  sc_test_core_expect_nothing (core);
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_ANSWER_PREPARED, session, SC_TEST_CORE_VERSION);
  sc_test_core_expect_nothing (core);
}

void
sc_test_core_to_receiving (ScSeatCore *core, guint64 session)
{
  sc_test_core_to_prepared (core, session);
  sc_seat_core_message (core, sc_test_core_join (session, SC_TEST_CORE_VERSION, 1), 0);
  sc_test_core_expect_begin (core, session, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  g_autoptr (ScSeatAction) receive = sc_test_core_expect (core, SC_SEAT_ACTION_RECEIVE);
  g_assert_nonnull (receive->join);
  g_assert_cmpstr (receive->join->join.group, ==, "239.255.1.1");
  sc_seat_core_step_done (core, FALSE);
  sc_test_core_expect_sent (core, SC_CONTROL_JOINED, session);
  sc_test_core_expect_nothing (core);
}

static const char *const nobody[] = { NULL };

void
sc_test_core_finish_with (ScSeatCore *core, guint64 session, const char *const *busy, gint64 now)
{
  sc_test_core_expect_step (core, SC_SEAT_ACTION_FINISH, session, SC_TEST_CORE_VERSION);
  g_assert_cmpint (sc_seat_core_get_transfer (core), ==, SC_TRANSFER_APPLYING);
  sc_seat_core_finished (core, busy, now);
  g_autoptr (ScSeatAction) sent = sc_test_core_expect (core, SC_SEAT_ACTION_SEND);
  g_assert_cmpint (sent->message->type, ==, SC_CONTROL_DONE);
  g_assert_cmpuint (sent->message->session, ==, session);
  g_assert_cmpuint (sent->message->done.version, ==, SC_TEST_CORE_VERSION);
  g_assert_cmpuint (sent->message->done.busy->len, ==, g_strv_length ((char **) busy));
  for (guint i = 0; busy[i] != NULL; i++)
    g_assert_cmpstr (g_ptr_array_index (sent->message->done.busy, i), ==, busy[i]);
  sc_test_core_expect_step (core, SC_SEAT_ACTION_STOP, session, SC_TEST_CORE_VERSION);
  sc_seat_core_step_done (core, FALSE);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
}

void
sc_test_core_finish (ScSeatCore *core, guint64 session)
{
  sc_test_core_finish_with (core, session, nobody, 0);
  sc_seat_core_tick (core, G_MAXINT64 / 2); /* nothing is pending */
  sc_test_core_expect_nothing (core);
  g_assert_cmpint (sc_seat_core_get_phase (core), ==, SC_SEAT_IDLE);
  g_assert_cmpuint (sc_seat_core_get_session (core), ==, 0);
}
