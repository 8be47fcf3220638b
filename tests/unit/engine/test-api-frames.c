/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-frames.h"
#include "console/engine/api/sc-api-head.h"

#include <string.h>

/* A masked frame with @length bytes of payload, which look like the head of a part. */
static void
append_frame (GByteArray *bytes, guint8 first, guint64 length)
{
  guint8 head[14] = { first };
  guint size = 2;

  if (length < 126) {
    head[1] = (guint8) (0x80 | length);
  } else if (length < 65536) {
    head[1] = 0x80 | 126;
    head[2] = (guint8) (length >> 8);
    head[3] = (guint8) length;
    size = 4;
  } else {
    head[1] = 0x80 | 127;
    for (guint i = 0; i < 8; i++)
      head[2 + i] = (guint8) (length >> (56 - 8 * i));
    size = 10;
  }
  g_byte_array_append (bytes, head, size + 4);
  for (guint64 i = 0; i < length; i++)
    g_byte_array_append (bytes, (const guint8 *) "", 1);
}

/* Text, ping, close, of all forms of length, cut everywhere. */
static void
test_whole_messages (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  append_frame (bytes, 0x81, 0);
  append_frame (bytes, 0x89, 125);
  append_frame (bytes, 0x81, 126);
  append_frame (bytes, 0x82, 70000);
  append_frame (bytes, 0x88, 2);
  for (gsize cut = 1; cut < bytes->len; cut = cut < 600 ? cut + 1 : cut + 997) {
    ScApiFrames frames = { 0 };

    for (gsize at = 0; at < bytes->len; at += cut)
      g_assert_true (sc_api_frames_follow (&frames, bytes->data + at, MIN (cut, bytes->len - at), 0));
    g_assert_cmpuint (frames.left, ==, 0);
    g_assert_cmpuint (frames.n_head, ==, 0);
  }
}

static void
test_parts (void)
{
  static const guint8 firsts[] = { 0x01, 0x02, 0x00, 0x80, 0x09 };

  for (guint i = 0; i < G_N_ELEMENTS (firsts); i++) {
    g_autoptr (GByteArray) bytes = g_byte_array_new ();

    append_frame (bytes, 0x81, 300);
    append_frame (bytes, firsts[i], 5);
    for (gsize cut = 1; cut <= bytes->len; cut++) {
      ScApiFrames frames = { 0 };
      gboolean sound = TRUE;

      for (gsize at = 0; sound && at < bytes->len; at += cut)
        sound = sc_api_frames_follow (&frames, bytes->data + at, MIN (cut, bytes->len - at), 0);
      g_assert_false (sound);
    }
  }
}

/* A frame that says to be longer than anything is waited for; libsoup refuses it by its length. */
static void
test_largest (void)
{
  static const guint8 head[] = { 0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  ScApiFrames frames = { 0 };

  g_assert_true (sc_api_frames_follow (&frames, head, sizeof head, 0));
  g_assert_cmpuint (frames.left, ==, G_MAXUINT64);
  g_assert_true (sc_api_frames_follow (&frames, (const guint8 *) "\0\0", 2, 0));
}

/* Returns: whether it may say that, a millisecond after what it said last */
static gboolean
say (ScApiFrames *frames, const GByteArray *bytes, gint64 *now)
{
  *now += G_TIME_SPAN_MILLISECOND;
  return sc_api_frames_follow (frames, bytes->data, bytes->len, *now);
}

/* Each is read, understood and kept, or answered, before anybody else has a turn. */
static void
test_flood (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  ScApiFrames frames = { 0 };
  gint64 now = G_TIME_SPAN_HOUR;
  guint n = 0;

  append_frame (bytes, 0x89, 1);
  while (n < 100000 && sc_api_frames_follow (&frames, bytes->data, bytes->len, now))
    n++;
  g_assert_cmpuint (n, >=, 1000);
  g_assert_cmpuint (n, <=, 20000);
  /* long ones are more work */
  frames = (ScApiFrames){ 0 };
  append_frame (bytes, 0x81, 1000000);
  for (n = 0; n < 100000 && sc_api_frames_follow (&frames, bytes->data, bytes->len, now); n++)
    ;
  g_assert_cmpuint (n, >=, 4);
  g_assert_cmpuint (n, <=, 100);
}

/* What a busy seat says, and then much at once, as after a while without a network. */
static void
test_busy (void)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  ScApiFrames frames = { 0 };
  gint64 now = G_TIME_SPAN_HOUR;

  append_frame (bytes, 0x81, 1000);
  for (guint i = 0; i < 10000; i++)
    g_assert_true (say (&frames, bytes, &now));
  for (guint i = 0; i < 1000; i++)
    g_assert_true (sc_api_frames_follow (&frames, bytes->data, bytes->len, now));
}

static void
test_upgrade (void)
{
  static const char yes[] = "GET /v1/seat HTTP/1.1\r\nHost: x\r\nuPgrade: websocket\r\n\r\n";
  static const char no[] = "GET /v1/seat HTTP/1.1\r\nHost: Upgrade\r\nX-Upgrade: websocket\r\n\r\n";

  g_assert_true (sc_api_head_is_upgrade (yes, strlen (yes)));
  g_assert_false (sc_api_head_is_upgrade (no, strlen (no)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/api-frames/whole-messages", test_whole_messages);
  g_test_add_func ("/api-frames/parts", test_parts);
  g_test_add_func ("/api-frames/largest", test_largest);
  g_test_add_func ("/api-frames/flood", test_flood);
  g_test_add_func ("/api-frames/busy", test_busy);
  g_test_add_func ("/api-frames/upgrade", test_upgrade);
  return g_test_run ();
}
