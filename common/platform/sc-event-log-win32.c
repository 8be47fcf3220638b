/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-event-log.h"

#include <windows.h>

#define MAX_BYTES 4096u /* of UTF-8; ReportEvent takes 31,839 characters */
#define BURST 40u       /* events in a row, and then */
#define REFILL (3 * G_TIME_SPAN_MINUTE)

static struct {
  GMutex lock;
  HANDLE source; /* (nullable) */
  guint tokens;
  gint64 filled_at; /* µs */
  guint dropped;
} event_log;

void
sc_event_log_open (const char *program)
{
  g_autofree gunichar2 *wide = g_utf8_to_utf16 (program, -1, NULL, NULL, NULL);

  sc_event_log_close ();
  g_mutex_lock (&event_log.lock);
  event_log.source = RegisterEventSourceW (NULL, (LPCWSTR) wide);
  event_log.tokens = BURST;
  event_log.filled_at = g_get_monotonic_time ();
  event_log.dropped = 0;
  g_mutex_unlock (&event_log.lock);
}

char *
sc_event_log_escape (const char *text)
{
  GString *escaped = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++) {
    g_string_append_c (escaped, *c);
    if (c[0] == '%' && g_ascii_isdigit (c[1]))
      g_string_append_c (escaped, ' ');
  }
  return g_string_free (escaped, FALSE);
}

static void
report (GLogLevelFlags level, const char *text)
{
  WORD type = EVENTLOG_INFORMATION_TYPE;
  DWORD id = SC_EVENT_INFORMATION;
  glong units = 0;

  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) {
    type = EVENTLOG_ERROR_TYPE;
    id = SC_EVENT_ERROR;
  } else if (level & G_LOG_LEVEL_WARNING) {
    type = EVENTLOG_WARNING_TYPE;
    id = SC_EVENT_WARNING;
  }
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) strnlen (text, MAX_BYTES));
  g_autofree char *escaped = sc_event_log_escape (valid);
  g_autofree gunichar2 *wide = g_utf8_to_utf16 (escaped, -1, NULL, &units, NULL);
  LPCWSTR strings[1] = { (LPCWSTR) wide };
  ReportEventW (event_log.source, type, 0, id, NULL, 1, 0, strings, NULL);
}

/* Whoever can make us complain could push everything else out of the log. */
static gboolean
may_report (void)
{
  gint64 now = g_get_monotonic_time ();
  gint64 n = (now - event_log.filled_at) / REFILL;

  if (n > 0) {
    event_log.tokens = (guint) MIN (BURST, event_log.tokens + n);
    event_log.filled_at += n * REFILL;
  }
  if (event_log.tokens == 0) {
    event_log.dropped++;
    return FALSE;
  }
  event_log.tokens--;
  return TRUE;
}

void
sc_event_log_write (GLogLevelFlags level, const char *text)
{
  g_mutex_lock (&event_log.lock);
  if (event_log.source != NULL && may_report ()) {
    if (event_log.dropped > 0) {
      g_autofree char *note =
          g_strdup_printf ("%u more events were left out here; the log file has them", event_log.dropped);
      report (G_LOG_LEVEL_WARNING, note);
      event_log.dropped = 0;
    }
    report (level, text);
  }
  g_mutex_unlock (&event_log.lock);
}

void
sc_event_log_close (void)
{
  g_mutex_lock (&event_log.lock);
  if (event_log.source != NULL)
    DeregisterEventSource (event_log.source);
  event_log.source = NULL;
  g_mutex_unlock (&event_log.lock);
}
