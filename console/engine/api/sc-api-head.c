/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-head.h"

#include <string.h>

#define MAX_LENGTH_DIGITS 15u

/* A piece of the head, not terminated. */
typedef struct {
  const char *start;
  gsize length;
} Span;

gsize
sc_api_head_find_end (const char *bytes, gsize length, gsize from)
{
  /* the end may have begun in what was looked at before: LF CR before LF */
  for (gsize i = from > 2 ? from - 2 : 0; i < length; i++) {
    if (bytes[i] != '\n')
      continue;
    if (i + 1 < length && bytes[i + 1] == '\n')
      return i + 2;
    if (i + 2 < length && bytes[i + 1] == '\r' && bytes[i + 2] == '\n')
      return i + 3;
  }
  return 0;
}

static gboolean
is_token (Span span)
{
  static const char others[] = "!#$%&'*+-.^_`|~";

  for (gsize i = 0; i < span.length; i++)
    if (!g_ascii_isalnum (span.start[i]) && memchr (others, span.start[i], strlen (others)) == NULL)
      return FALSE;
  return span.length > 0;
}

static gboolean
is_text (Span span, const char *text)
{
  return span.length == strlen (text) && g_ascii_strncasecmp (span.start, text, span.length) == 0;
}

/* Blanks and tabs, and bytes beyond ASCII are for libsoup to judge. */
static gboolean
has_control (Span line)
{
  for (gsize i = 0; i < line.length; i++)
    if (g_ascii_iscntrl (line.start[i]) && line.start[i] != '\t')
      return TRUE;
  return FALSE;
}

/* METHOD SP TARGET SP HTTP/1.x */
static gboolean
is_request_line (Span line)
{
  const char *end = line.start + line.length;
  const char *first = memchr (line.start, ' ', line.length);
  const char *second = first != NULL ? memchr (first + 1, ' ', (gsize) (end - first - 1)) : NULL;

  return second != NULL && second > first + 1 && is_token ((Span){ line.start, (gsize) (first - line.start) }) &&
         memchr (first, '\t', (gsize) (end - first)) == NULL &&
         (is_text ((Span){ second + 1, (gsize) (end - second - 1) }, "HTTP/1.1") ||
          is_text ((Span){ second + 1, (gsize) (end - second - 1) }, "HTTP/1.0"));
}

static gboolean
is_length (Span value)
{
  for (gsize i = 0; i < value.length; i++)
    if (!g_ascii_isdigit (value.start[i]))
      return FALSE;
  return value.length > 0 && value.length <= MAX_LENGTH_DIGITS;
}

static gboolean
split_header (Span line, Span *name, Span *value)
{
  const char *colon = memchr (line.start, ':', line.length);

  if (colon == NULL)
    return FALSE;
  *name = (Span){ line.start, (gsize) (colon - line.start) };
  *value = (Span){ colon + 1, (gsize) (line.start + line.length - colon - 1) };
  while (value->length > 0 && (*value->start == ' ' || *value->start == '\t')) {
    value->start++;
    value->length--;
  }
  while (value->length > 0 && (value->start[value->length - 1] == ' ' || value->start[value->length - 1] == '\t'))
    value->length--;
  return is_token (*name);
}

/* Headers that say how long the body is: at most one, and one that is understood. */
static gboolean
is_sound_header (Span line, guint *n_lengths, guint *n_hosts)
{
  Span name, value;

  if (!split_header (line, &name, &value))
    return FALSE;
  if (is_text (name, "Host"))
    return ++*n_hosts <= 1;
  if (is_text (name, "Content-Length"))
    return ++*n_lengths <= 1 && is_length (value);
  if (is_text (name, "Transfer-Encoding"))
    return ++*n_lengths <= 1 && is_text (value, "chunked");
  return TRUE;
}

gboolean
sc_api_head_is_sound (const char *head, gsize length)
{
  const char *at = head, *end = head + length;
  guint n_lengths = 0, n_hosts = 0;

  while (at < end) {
    const char *feed = memchr (at, '\n', (gsize) (end - at));
    Span line = { at, feed != NULL ? (gsize) (feed - at) : 0 };

    if (feed == NULL)
      return FALSE;
    if (line.length > 0 && line.start[line.length - 1] == '\r')
      line.length--;
    if (line.length == 0)
      return at > head && feed + 1 == end;
    if (has_control (line) || !(at == head ? is_request_line (line) : is_sound_header (line, &n_lengths, &n_hosts)))
      return FALSE;
    at = feed + 1;
  }
  return FALSE;
}

gboolean
sc_api_head_is_upgrade (const char *head, gsize length)
{
  const char *at = head, *end = head + length;
  const char *feed;
  Span name, value;

  for (; at < end && (feed = memchr (at, '\n', (gsize) (end - at))) != NULL; at = feed + 1)
    if (at > head && split_header ((Span){ at, (gsize) (feed - at) }, &name, &value) && is_text (name, "Upgrade"))
      return TRUE;
  return FALSE;
}
