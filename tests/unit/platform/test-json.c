/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-json.h"

#include <string.h>

#include "common/sc-error.h"

static ScJson *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  ScJson *value = sc_json_parse_object (text, strlen (text), 65536, &error);
  g_assert_no_error (error);
  return value;
}

static void
assert_refused (const char *text, gsize length)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sc_json_parse_object (text, length, 65536, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_strict (void)
{
  static const char *const bad[] = {
    "",
    " ",
    "[]",
    "\"x\"",
    "1",
    "null",
    "{",
    "{}}",
    "{} x",
    "{\"a\":1,\"a\":2}",
    "{\"a\":\"\\u0000\"}",
    "{\"a\":\"\xff\"}",
    "{\"a\":\"\xc3",
    "{a:1}",
    "{\"a\":1,}",
    "{\"a\":01}",
    "{\"a\":99999999999999999999}",
    "{\"a\":NaN}",
    "{\"a\":\"\xed\xa0\x80\"}",
    "{\"a\":\"\\ud800\"}",
  };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    assert_refused (bad[i], strlen (bad[i]));
  assert_refused ("{}\0", 3);
  assert_refused ("{\"a\":\"\\", 7);
}

static void
test_sizes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) value = sc_json_parse_object ("{\"a\":1}", 7, 7, &error);
  g_assert_no_error (error);
  g_assert_nonnull (value);
  g_assert_null (sc_json_parse_object ("{\"a\":1}", 7, 6, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static char *
nested (guint arrays)
{
  g_autofree char *open = g_strnfill (arrays, '[');
  g_autofree char *close = g_strnfill (arrays, ']');
  return g_strconcat ("{\"a\":", open, close, "}", NULL);
}

static void
test_depth (void)
{
  g_autofree char *deepest = nested (SC_JSON_MAX_DEPTH - 1);
  g_autofree char *too_deep = nested (SC_JSON_MAX_DEPTH);
  g_autofree char *bomb = g_strnfill (60000, '[');
  g_autoptr (ScJson) value = parse (deepest);
  /* brackets in a string do not count, also behind an escaped quote */
  g_autoptr (ScJson) text =
      parse ("{\"a\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\\\",\"b\":\"{{{{{{{{{{{{{{{{{{{{{\"}");
  g_autoptr (ScJson) side_by_side = parse ("{\"a\":[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]}");
  g_assert_nonnull (value);
  g_assert_nonnull (side_by_side);
  g_assert_cmpuint (strlen (sc_json_get_optional_string (text, "a", 100)), ==, 32);
  assert_refused (too_deep, strlen (too_deep));
  assert_refused (bomb, strlen (bomb));
}

static void
test_members (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScJson) object =
      parse ("{\"s\":\"abc\",\"n\":7,\"negative\":-1,\"real\":1.5,\"t\":true,\"list\":[1,2],\"z\":null}");
  guint64 number = 0;

  g_assert_cmpstr (sc_json_get_string (object, "s", 3, &error), ==, "abc");
  g_assert_no_error (error);
  g_assert_null (sc_json_get_string (object, "s", 2, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_json_get_string (object, "missing", 9, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "“missing” is missing"));
  g_clear_error (&error);
  g_assert_null (sc_json_get_optional_string (object, "n", 9));

  g_assert_true (sc_json_get_uint (object, "n", 7, &number, &error));
  g_assert_cmpuint (number, ==, 7);
  static const char *const not_numbers[] = { "negative", "real", "s", "missing", "z" };
  for (guint i = 0; i < G_N_ELEMENTS (not_numbers); i++) {
    g_assert_false (sc_json_get_uint (object, not_numbers[i], G_MAXUINT64, &number, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    g_clear_error (&error);
    g_assert_cmpuint (sc_json_get_optional_uint (object, not_numbers[i], 42), ==, 42);
  }
  g_assert_false (sc_json_get_uint (object, "n", 6, &number, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);

  g_assert_true (sc_json_get_optional_bool (object, "t", FALSE));
  g_assert_true (sc_json_get_optional_bool (object, "n", TRUE));
  g_assert_cmpuint (json_array_size (sc_json_get_array (object, "list", 2, &error)), ==, 2);
  g_assert_null (sc_json_get_array (object, "list", 1, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static void
test_text (void)
{
  g_autoptr (ScJson) object = parse (" { \"b\" : [ 1, true, null ], \"a\" : \"ä\" } ");
  g_autofree char *text = sc_json_to_text (object);
  g_assert_cmpstr (text, ==, "{\"b\":[1,true,null],\"a\":\"ä\"}");
}

/* A text for people arrives, up to the cap at the other end and no further. */
static void
check_text (const char *text, gsize max_bytes, const char *arrives)
{
  g_autoptr (ScJson) object = json_object ();
  g_autoptr (GError) error = NULL;

  sc_json_set_text (object, "message", text, max_bytes);
  g_assert_cmpstr (sc_json_get_string (object, "message", max_bytes, &error), ==, arrives);
  g_assert_no_error (error);
}

static void
test_people (void)
{
  g_autofree char *broken = g_strnfill (2000, '\xff');

  check_text (NULL, 8, "");
  check_text ("", 8, "");
  check_text ("abcdefgh", 8, "abcdefgh");
  check_text ("abcdefghi", 8, "abcdefgh");
  check_text ("ääää", 8, "ääää");
  check_text ("aääää", 8, "aäää"); /* between characters */
  check_text ("aäää\xf0\x9f\x98\x80", 8, "aäää");
  check_text ("a\xff", 8, "a\xef\xbf\xbd");
  check_text (broken, 8, "\xef\xbf\xbd\xef\xbf\xbd");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/json/strict", test_strict);
  g_test_add_func ("/platform/json/sizes", test_sizes);
  g_test_add_func ("/platform/json/depth", test_depth);
  g_test_add_func ("/platform/json/members", test_members);
  g_test_add_func ("/platform/json/text", test_text);
  g_test_add_func ("/platform/json/people", test_people);
  return g_test_run ();
}
