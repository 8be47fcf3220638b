/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-control.h"
#include "common/sc-error.h"

#define SEAT "2f8a6f0e-6d7e-4c7b-9f3b-0a1b2c3d4e5f"

/* One message of each kind, every member with a value of its own. */
static ScControlMessage *
make_message (ScControlType type)
{
  ScControlMessage *message = sc_control_message_new (type, 77);
  ScChunkId id;

  sc_chunk_id_of (&id, "x", 1);
  switch (type) {
  case SC_CONTROL_INVENTORY:
    message->inventory = sc_inventory_new ();
    g_free (message->inventory->seat);
    message->inventory->seat = g_strdup (SEAT);
    message->inventory->free_bytes = 5;
    sc_inventory_add_template (message->inventory, "Debian", &id, 3, SC_TEMPLATE_DRIFTED);
    break;
  case SC_CONTROL_PREPARED:
    message->prepared.lacks = g_bytes_new_static ("\x81\x00\xff", 3);
    message->prepared.needs = sc_needs_new ();
    message->prepared.needs->lacks_bytes = 1;
    message->prepared.needs->free_bytes = 2;
    message->prepared.needs->peak_bytes = 3;
    break;
  case SC_CONTROL_REPORT:
    message->report = (ScCastReport){ .window = 1,
                                      .round = 2,
                                      .n_blocks = 3,
                                      .deficits = { 0, 4, 200 },
                                      .received = 5,
                                      .lost = 6,
                                      .dropped = 7,
                                      .backlog = 8 };
    break;
  case SC_CONTROL_PROGRESS:
    message->progress.state = SC_TRANSFER_REPAIRING;
    message->progress.done = 10;
    message->progress.total = 20;
    message->progress.template_name = g_strdup ("Debian");
    break;
  case SC_CONTROL_DONE:
    message->done.version = 4;
    break;
  case SC_CONTROL_FAILED:
    message->failed.code = g_strdup ("no-space");
    message->failed.message = g_strdup ("5 bytes are missing");
    break;
  case SC_CONTROL_WELCOME:
    message->welcome.protocol = SC_CONTROL_PROTOCOL;
    message->welcome.console = g_strdup ("console");
    break;
  case SC_CONTROL_PREPARE:
  case SC_CONTROL_CATCH_UP:
    message->version.version = 9;
    message->version.manifest = id;
    break;
  case SC_CONTROL_JOIN:
    message->join.version = 9;
    message->join.manifest = id;
    message->join.plan = id;
    message->join.layout =
        (ScCastLayout){ SC_CAST_SYMBOL_SIZE, SC_CAST_MAX_SOURCE_SYMBOLS, SC_CAST_WINDOW_BLOCKS, 100, 5000 };
    message->join.key = (ScCastKey){ .key = { 1, 2, 3 }, .salt = { 4, 5 }, .tag = 6 };
    message->join.group = g_strdup ("239.192.77.1");
    message->join.port = 8471;
    message->join.first_window = 3;
    break;
  case SC_CONTROL_LEAVE:
    message->leave.reason = SC_LEAVE_CANCELLED;
    break;
  case SC_CONTROL_JOINED:
  case SC_CONTROL_HEARD:
    break;
  }
  return message;
}

static void
test_round_trips (void)
{
  for (int type = SC_CONTROL_INVENTORY; type <= SC_CONTROL_CATCH_UP; type++) {
    g_autoptr (ScControlMessage) message = make_message ((ScControlType) type);
    g_autofree char *text = sc_control_message_to_json (message);
    g_autoptr (GError) error = NULL;
    g_autoptr (ScControlMessage) parsed = sc_control_message_parse (text, strlen (text), &error);
    g_autofree char *again = NULL;

    g_assert_no_error (error);
    g_assert_cmpint ((int) parsed->type, ==, type);
    g_assert_cmpuint (parsed->session, ==, 77);
    again = sc_control_message_to_json (parsed);
    g_assert_cmpstr (text, ==, again);
  }
}

/* A message without one of its members, or with one of another type, is refused by name. */
static void
test_every_member_is_checked (void)
{
  for (int type = SC_CONTROL_INVENTORY; type <= SC_CONTROL_CATCH_UP; type++) {
    g_autoptr (ScControlMessage) message = make_message ((ScControlType) type);
    g_autofree char *text = sc_control_message_to_json (message);
    g_autoptr (ScJson) object = sc_json_parse_object (text, strlen (text), SC_CONTROL_MAX_BYTES, NULL);
    const char *key;
    json_t *value;

    json_object_foreach (object, key, value)
    {
      g_autoptr (ScJson) without = json_copy (object);
      g_autoptr (ScJson) wrong = json_copy (object);
      g_autofree char *without_text = NULL;
      g_autofree char *wrong_text = NULL;
      g_autoptr (GError) error = NULL;

      json_object_del (without, key);
      json_object_set_new (wrong, key, json_true ());
      without_text = sc_json_to_text (without);
      wrong_text = sc_json_to_text (wrong);
      g_assert_null (sc_control_message_parse (without_text, strlen (without_text), &error));
      g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, key));
      g_assert_null (sc_control_message_parse (wrong_text, strlen (wrong_text), NULL));
    }
  }
}

static void
test_hostile_texts (void)
{
  static const char *const texts[] = {
    "",
    "[]",
    "{",
    "{\"type\":\"nonsense\",\"session\":0}",
    "{\"type\":\"joined\",\"session\":-1}",
    "{\"type\":\"joined\",\"session\":1.5}",
    "{\"type\":\"joined\",\"type\":\"heard\",\"session\":1}",
    "{\"type\":\"joined\",\"session\":1} x",
    "{\"type\":\"report\",\"session\":1,\"window\":4294967296,\"round\":0,\"received\":0,\"lost\":0,\"dropped\":0,"
    "\"backlog_bytes\":0,\"deficits\":\"\"}",
    "{\"type\":\"report\",\"session\":1,\"window\":1,\"round\":0,\"received\":0,\"lost\":0,\"dropped\":0,\"backlog_"
    "bytes\":0,\"deficits\":\"####\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sc_control_message_parse (texts[i], strlen (texts[i]), &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

static void
test_layout_of_a_join_is_checked (void)
{
  g_autoptr (ScControlMessage) message = make_message (SC_CONTROL_JOIN);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  message->join.layout.block_symbols = 0;
  text = sc_control_message_to_json (message);
  g_assert_null (sc_control_message_parse (text, strlen (text), &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

/* A long failure is cut where it is sent, so that the connection survives it. */
static void
test_long_failure_is_cut (void)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_FAILED, 1);
  g_autoptr (ScControlMessage) parsed = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  GString *problems = g_string_new (NULL);

  for (int i = 0; i < 10000; i++)
    g_string_append (problems, "ä");
  message->failed.code = g_strdup ("invalid");
  message->failed.message = g_string_free (problems, FALSE);
  text = sc_control_message_to_json (message);
  parsed = sc_control_message_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (parsed->failed.message, "ääää"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/round-trips", test_round_trips);
  g_test_add_func ("/control/every-member-is-checked", test_every_member_is_checked);
  g_test_add_func ("/control/hostile-texts", test_hostile_texts);
  g_test_add_func ("/control/layout-of-a-join-is-checked", test_layout_of_a_join_is_checked);
  g_test_add_func ("/control/long-failure-is-cut", test_long_failure_is_cut);
  return g_test_run ();
}
