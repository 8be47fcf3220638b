/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-control.h"
#include "common/sc-error.h"
#include "common/sc-template-manifest.h"

#define SEAT "2f8a6f0e-6d7e-4c7b-9f3b-0a1b2c3d4e5f"

/* As the console's after the change of its authority has begun: two of each. */
static ScAnchors *
make_anchors (void)
{
  ScAnchors *anchors = sc_anchors_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++) {
    g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, &error);
    g_autoptr (ScPrivateKey) signing_key = sc_private_key_new (SC_KEY_ED25519, &error);

    g_assert_no_error (error);
    g_ptr_array_add (anchors->authorities,
                     sc_certificate_new_authority (key, "Seatcast authority", 1700000000, &error));
    g_assert_no_error (error);
    sc_signing_key_of (signing_key, &anchors->signing_keys[anchors->n_signing_keys++]);
  }
  return anchors;
}

/* Two manifests on their way. */
static void
fill_listen (ScControlMessage *message, const ScChunkId *id)
{
  message->listen.what = SC_LISTEN_MANIFESTS;
  message->listen.group = g_strdup ("239.192.77.1");
  message->listen.port = 8471;
  message->listen.key = (ScCastKey){ .key = { 1, 2, 3 }, .salt = { 4, 5 }, .tag = 6 };
  message->listen.layout =
      (ScCastLayout){ SC_CAST_SYMBOL_SIZE, SC_CAST_MAX_SOURCE_SYMBOLS, SC_CAST_WINDOW_BLOCKS, 5100, 0 };
  g_array_append_vals (message->listen.manifests, id, 1);
  g_array_append_vals (message->listen.manifests, &(ScChunkId){ { 3 } }, 1);
  g_array_append_vals (message->listen.sizes, (guint32[]){ 5000, 100 }, 2);
}

/* What the console says. */
static void
fill_order (ScControlMessage *message, const ScChunkId *id)
{
  switch (message->type) {
  case SC_CONTROL_WELCOME:
    message->welcome.protocol = SC_CONTROL_PROTOCOL;
    message->welcome.console = g_strdup ("console");
    break;
  case SC_CONTROL_PREPARE:
  case SC_CONTROL_CATCH_UP:
    message->version.version = 9;
    message->version.manifest = *id;
    memset (&message->version.signature, 0xa5, sizeof message->version.signature);
    message->version.order = 12;
    memset (&message->version.order_signature, 0x5b, sizeof message->version.order_signature);
    message->version.local = message->type == SC_CONTROL_CATCH_UP;
    message->version.hooks = g_strdup ("{\"hooks\":[]}");
    break;
  case SC_CONTROL_JOIN:
    message->join.version = 9;
    message->join.manifest = *id;
    message->join.plan = *id;
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
  case SC_CONTROL_VERIFY:
    message->verify.action = SC_VERIFY_STOP;
    break;
  case SC_CONTROL_KEY:
    message->key.key = (ScCastKey){ .key = { 7, 8, 9 }, .salt = { 10, 11 }, .tag = 12 };
    break;
  case SC_CONTROL_TRUST:
    message->trust.anchors = make_anchors ();
    message->trust.renew = TRUE;
    break;
  case SC_CONTROL_POLICY:
    message->policy.fetch = TRUE;
    message->policy.cache = g_strdup ("https://cache.lab:8443");
    break;
  case SC_CONTROL_WAKE:
    g_ptr_array_add (message->wake.macs, g_strdup ("02:fc:00:00:00:01"));
    g_ptr_array_add (message->wake.macs, g_strdup ("02:fc:00:00:00:02"));
    message->wake.destination = g_strdup ("192.0.2.255:7");
    break;
  case SC_CONTROL_LISTEN:
    fill_listen (message, id);
    break;
  case SC_CONTROL_POWER_OFF:
    break;
  default:
    g_assert_not_reached ();
  }
}

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
    message->inventory->reserve_bytes = 6;
    message->inventory->undo_bytes = 7;
    message->inventory->volume->traits = SC_VOLUME_FORGETS | SC_VOLUME_COMPRESSES;
    message->inventory->volume->refused = SC_VOLUME_FORGETS;
    message->inventory->state_volume->traits = SC_VOLUME_DEDUPLICATES;
    message->inventory->generation = 8;
    g_array_append_vals (message->inventory->back, (guint64[]){ 3, 1 }, 2);
    sc_inventory_add_template (message->inventory, "Debian", &id, 3, SC_TEMPLATE_DRIFTED);
    sc_inventory_add_template (message->inventory, "Windows", &id, 3, SC_TEMPLATE_CURRENT)->busy = TRUE;
    break;
  case SC_CONTROL_PREPARED:
    message->prepared.lacks = g_bytes_new_static ("\x81\x00\xff", 3);
    message->prepared.needs = sc_needs_new ();
    message->prepared.needs->lacks_bytes = 1;
    message->prepared.needs->free_bytes = 2;
    message->prepared.needs->peak_bytes = 3;
    g_ptr_array_add (message->prepared.needs->busy, g_strdup ("Debian"));
    break;
  case SC_CONTROL_REPORT:
    message->report = (ScCastReport){ .window = 1,
                                      .round = 2,
                                      .n_blocks = 3,
                                      .deficits = { 0, 4, 200 },
                                      .received = 5,
                                      .lost = 6,
                                      .dropped = 7,
                                      .refused = 9,
                                      .backlog = 8 };
    break;
  case SC_CONTROL_PROGRESS:
    message->progress.state = SC_TRANSFER_REPAIRING;
    message->progress.done = 10;
    message->progress.total = 20;
    message->progress.template_name = g_strdup ("Debian");
    message->progress.throttled = TRUE;
    break;
  case SC_CONTROL_DONE:
    message->done.version = 4;
    message->done.warning = g_strdup ("status 1");
    g_ptr_array_add (message->done.busy, g_strdup ("Debian"));
    g_ptr_array_add (message->done.busy, g_strdup ("Windows"));
    break;
  case SC_CONTROL_VERIFIED:
    message->verified = sc_verified_new ();
    message->verified->bytes = 9;
    message->verified->n_templates = 1;
    sc_verified_add_file (message->verified, "Debian", "disks/a.vmdk", FALSE, 3);
    sc_verified_add_file (message->verified, "Debian", "debian.vmx", TRUE, 0);
    sc_verified_add_file (message->verified, SC_TEMPLATE_ROOT, "readme.txt", FALSE, 1);
    break;
  case SC_CONTROL_POWERED:
    message->powered.message = g_strdup ("somebody is signed in");
    break;
  case SC_CONTROL_FAILED:
    message->failed.code = g_strdup ("no-space");
    message->failed.message = g_strdup ("5 bytes are missing");
    break;
  case SC_CONTROL_HEARD:
    message->heard.payload = SC_CAST_SYMBOL_SIZE_MAX;
    break;
  case SC_CONTROL_LISTENING:
    message->listening.lacks = g_bytes_new_static ("\x02", 1);
    break;
  case SC_CONTROL_JOINED:
    break;
  default:
    fill_order (message, &id);
    break;
  }
  return message;
}

static void
test_round_trips (void)
{
  for (int type = SC_CONTROL_INVENTORY; type <= SC_CONTROL_LISTEN; type++) {
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
  for (int type = SC_CONTROL_INVENTORY; type <= SC_CONTROL_LISTEN; type++) {
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
      json_object_set_new (wrong, key, json_null ());
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
    "\"refused\":0,\"backlog_bytes\":0,\"deficits\":\"\"}",
    "{\"type\":\"report\",\"session\":1,\"window\":1,\"round\":0,\"received\":0,\"lost\":0,\"dropped\":0,"
    "\"refused\":0,\"backlog_bytes\":0,\"deficits\":\"####\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (sc_control_message_parse (texts[i], strlen (texts[i]), &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

/* Replaces the first @old of a message of the kind @type by @new, and says why it is refused. */
static char *
refusal (ScControlType type, const char *old, const char *new)
{
  g_autoptr (ScControlMessage) message = make_message (type);
  g_autofree char *text = sc_control_message_to_json (message);
  g_autoptr (GString) changed = g_string_new (text);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_string_replace (changed, old, new, 1), ==, 1);
  g_assert_null (sc_control_message_parse (changed->str, changed->len, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  return g_strdup (error->message);
}

/* A stream of manifests whose numbers do not fit one another is not listened to; nor is more than a seat can hold. */
static void
test_streams_of_manifests (void)
{
  g_autofree char *total = refusal (SC_CONTROL_LISTEN, "\"sizes\":[5000,100]", "\"sizes\":[5000,101]");
  g_autofree char *count = refusal (SC_CONTROL_LISTEN, "\"sizes\":[5000,100]", "\"sizes\":[5100]");
  g_autofree char *empty = refusal (SC_CONTROL_LISTEN, "\"sizes\":[5000,100]", "\"sizes\":[5100,0]");
  g_autofree char *large = refusal (SC_CONTROL_LISTEN, "\"sizes\":[5000,100]", "\"sizes\":[67108864,100]");
  g_autofree char *content = refusal (SC_CONTROL_LISTEN, "\"content_bytes\":0", "\"content_bytes\":1");
  g_autofree char *probes = refusal (SC_CONTROL_LISTEN, "\"for\":\"manifests\"", "\"for\":\"probes\"");
  g_autofree char *other = refusal (SC_CONTROL_LISTEN, "\"for\":\"manifests\"", "\"for\":\"music\"");
  g_autofree char *ids = refusal (SC_CONTROL_LISTEN, "\"manifests\":\"", "\"manifests\":\"AAAA");
  g_autofree char *payload = refusal (SC_CONTROL_HEARD, "8944", "8945");

  for (char *const *text = (char *[]){ total, count, empty, large, content, probes, NULL }; *text != NULL; text++)
    g_assert_nonnull (strstr (*text, "sizes"));
  g_assert_nonnull (strstr (other, "music"));
  g_assert_nonnull (strstr (ids, "manifests"));
  g_assert_nonnull (strstr (payload, "payload_bytes"));
}

/* What the order to bring a seat to a version is signed with, and a stream's new key, arrive as they were sent. */
static void
test_signatures_and_keys (void)
{
  g_autoptr (ScControlMessage) order = make_message (SC_CONTROL_CATCH_UP);
  g_autoptr (ScControlMessage) key = make_message (SC_CONTROL_KEY);
  g_autoptr (ScControlMessage) trust = make_message (SC_CONTROL_TRUST);
  g_autofree char *order_text = sc_control_message_to_json (order);
  g_autofree char *key_text = sc_control_message_to_json (key);
  g_autofree char *trust_text = sc_control_message_to_json (trust);
  g_autoptr (ScControlMessage) parsed_order = sc_control_message_parse (order_text, strlen (order_text), NULL);
  g_autoptr (ScControlMessage) parsed_key = sc_control_message_parse (key_text, strlen (key_text), NULL);
  g_autoptr (ScControlMessage) parsed_trust = sc_control_message_parse (trust_text, strlen (trust_text), NULL);

  g_assert_cmpmem (&parsed_order->version.signature, SC_SIGNATURE_SIZE, &order->version.signature, SC_SIGNATURE_SIZE);
  g_assert_cmpuint (parsed_order->version.order, ==, 12);
  g_assert_cmpmem (&parsed_order->version.order_signature, SC_SIGNATURE_SIZE, &order->version.order_signature,
                   SC_SIGNATURE_SIZE);
  g_assert_cmpmem (parsed_key->key.key.key, 16, key->key.key.key, 16);
  g_assert_cmpmem (parsed_key->key.key.salt, 8, key->key.key.salt, 8);
  g_assert_cmpuint (parsed_key->key.key.tag, ==, 12);
  g_assert_true (sc_anchors_equal (parsed_trust->trust.anchors, trust->trust.anchors));
  g_assert_true (parsed_trust->trust.renew);
}

/* What stands inside arrays and objects is checked as well. */
static void
test_inner_members_are_checked (void)
{
  static const struct {
    ScControlType type;
    const char *old, *new, *named;
  } cases[] = {
    { SC_CONTROL_INVENTORY, "\"busy\":false", "\"busy\":0", "busy" },
    { SC_CONTROL_INVENTORY, "\"back\":[3,", "\"back\":[-3,", "back" },
    { SC_CONTROL_INVENTORY, "\"back\":[3,", "\"back\":[\"3\",", "back" },
    { SC_CONTROL_INVENTORY, "\"back\":[3,", "\"back\":[3,3,3,3,3,3,3,3,3,3,3,3,3,3,3,3,", "back" },
    { SC_CONTROL_DONE, "[\"Debian\"", "[7", "busy" },
    { SC_CONTROL_PREPARED, "[\"Debian\"", "[null", "busy" },
    { SC_CONTROL_PREPARED, "\"undo\":{", "\"redo\":{", "undo" },
    { SC_CONTROL_PREPARED, "\"files\":0", "\"files\":4294967296", "files" },
    { SC_CONTROL_VERIFY, "\"stop\"", "\"pause\"", "action" },
    { SC_CONTROL_VERIFIED, "\"files\":[{", "\"files\":[1,{", "files" },
    { SC_CONTROL_VERIFIED, "\"missing\":false", "\"missing\":0", "missing" },
    { SC_CONTROL_VERIFIED, "\"damaged_chunks\":3", "\"damaged_chunks\":-1", "damaged_chunks" },
    { SC_CONTROL_PREPARE, "\"signature\":\"a5", "\"signature\":\"", "signature" },
    { SC_CONTROL_PREPARE, "\"signature\":\"a5", "\"signature\":\"g5", "signature" },
    { SC_CONTROL_PREPARE, "\"signature\":\"a5", "\"signature\":\"a5a5", "signature" },
    { SC_CONTROL_CATCH_UP, "\"order_signature\":\"5b", "\"order_signature\":\"5", "signature" },
    { SC_CONTROL_CATCH_UP, "\"order\":12", "\"order\":-12", "order" },
    { SC_CONTROL_KEY, "\"tag\":12", "\"tag\":65536", "tag" },
    { SC_CONTROL_KEY, "\"key\":\"BwgJ", "\"key\":\"BwgJBwgJ", "key" },
    { SC_CONTROL_TRUST, "\"authorities\":[", "\"authorities\":[7,", "authorities" },
    { SC_CONTROL_TRUST, "\"signing_keys\":[", "\"signing_keys\":[\"00\",", "signing_keys" },
    { SC_CONTROL_VERIFIED, "disks/a.vmdk", "../a.vmdk", ".." },
    { SC_CONTROL_VERIFIED, "\"template\":\"Debian\"", "\"template\":\"a/b\"", "a/b" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *message = refusal (cases[i].type, cases[i].old, cases[i].new);

    g_test_message ("%s", message);
    g_assert_nonnull (strstr (message, cases[i].named));
  }
}

/* A seat that finds more than it may name counts all of it; the list itself stays within the other end's cap. */
static void
test_many_findings (void)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_VERIFIED, 0);
  g_autoptr (ScControlMessage) parsed = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  message->verified = sc_verified_new ();
  for (guint i = 0; i < SC_VERIFIED_MAX_FILES + 100; i++) {
    g_autofree char *path = g_strdup_printf ("%0240u/%0240u/%0240u/%0240u", i, i, i, i);

    sc_verified_add_file (message->verified, "Debian", path, FALSE, i);
  }
  text = sc_control_message_to_json (message);
  g_assert_cmpuint (strlen (text), <, SC_CONTROL_MAX_BYTES);
  parsed = sc_control_message_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parsed->verified->n_files, ==, SC_VERIFIED_MAX_FILES + 100);
  g_assert_cmpuint (parsed->verified->files->len, ==, SC_VERIFIED_MAX_FILES);
}

/* More busy templates than a message holds: the first ones are told, the message stays good. */
static void
test_many_busy_templates (void)
{
  g_autoptr (ScControlMessage) message = sc_control_message_new (SC_CONTROL_DONE, 1);
  g_autoptr (ScControlMessage) parsed = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < SC_NEEDS_MAX_BUSY + 1; i++)
    g_ptr_array_add (message->done.busy, g_strdup_printf ("%u", i));
  text = sc_control_message_to_json (message);
  parsed = sc_control_message_parse (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (parsed->done.busy->len, ==, SC_NEEDS_MAX_BUSY);
  g_assert_cmpstr (g_ptr_array_index (parsed->done.busy, 63), ==, "63");
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
  g_test_add_func ("/control/streams-of-manifests", test_streams_of_manifests);
  g_test_add_func ("/control/round-trips", test_round_trips);
  g_test_add_func ("/control/every-member-is-checked", test_every_member_is_checked);
  g_test_add_func ("/control/hostile-texts", test_hostile_texts);
  g_test_add_func ("/control/signatures-and-keys", test_signatures_and_keys);
  g_test_add_func ("/control/inner-members-are-checked", test_inner_members_are_checked);
  g_test_add_func ("/control/many-findings", test_many_findings);
  g_test_add_func ("/control/many-busy-templates", test_many_busy_templates);
  g_test_add_func ("/control/layout-of-a-join-is-checked", test_layout_of_a_join_is_checked);
  g_test_add_func ("/control/long-failure-is-cut", test_long_failure_is_cut);
  return g_test_run ();
}
