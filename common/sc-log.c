/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/sc-log-json.h"
#include "common/sc-text.h"

typedef struct {
  const char *text, *domain;
  gboolean event;
} Message;

static const char *program_name;
static ScLogFormat log_format = SC_LOG_TEXT;
static ScLogFile *log_file;
/* While this thread logs what is about one: the session's number, as text. What is said of a session is logged by
 * g_logv() as all else, whose fields nobody can add to. */
static GPrivate session_of_message = G_PRIVATE_INIT (NULL);
static void (*tell_administrator) (GLogLevelFlags level, const char *text);

gboolean
sc_log_format_from_nick (const char *nick, ScLogFormat *format)
{
  *format = g_strcmp0 (nick, "json") == 0 ? SC_LOG_JSON : SC_LOG_TEXT;
  return *format == SC_LOG_JSON || g_strcmp0 (nick, "text") == 0;
}

void
sc_log_set_format (ScLogFormat format)
{
  log_format = format;
}

static const char *
level_name (GLogLevelFlags level)
{
  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    return "critical: ";
  if (level & G_LOG_LEVEL_WARNING)
    return "warning: ";
  return "";
}

/* Returns: whether there is something to log */
static gboolean
take (Message *message, GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (g_str_equal (fields[i].key, "MESSAGE"))
      message->text = fields[i].value;
    else if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
      message->domain = fields[i].value;
    else if (g_str_equal (fields[i].key, "SEATCAST_EVENT"))
      message->event = TRUE;
  }
  return message->text != NULL && !((level & (G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) &&
                                    g_log_writer_default_would_drop (level, message->domain));
}

/* (transfer full) */
static char *
make_json (const Message *message, GLogLevelFlags level, const GLogField *fields, gsize n_fields)
{
  const GLogField session = { "SEATCAST_SESSION", g_private_get (&session_of_message), -1 };

  if (session.value != NULL)
    return sc_log_to_json (g_get_real_time (), level, message->domain, message->text, &session, 1);
  return sc_log_to_json (g_get_real_time (), level, message->domain, message->text, fields, n_fields);
}

static GLogWriterOutput
write_to_stderr (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  Message message = { 0 };
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *object = NULL;

  if (!take (&message, level, fields, n_fields))
    return G_LOG_WRITER_HANDLED;
  if (log_format == SC_LOG_JSON) {
    object = make_json (&message, level, fields, n_fields);
    fprintf (stderr, "%s\n", object);
  } else {
    sc_text_append_line (line, message.text, SC_LOG_MAX_TEXT);
    fprintf (stderr, "%s: %s%s\n", program_name, level_name (level), line->str);
  }
  fflush (stderr);
  return G_LOG_WRITER_HANDLED;
}

/* What libraries have to say is for those who look for a cause. */
static gboolean
is_for_administrator (const Message *message, GLogLevelFlags level)
{
  gboolean wrong = (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) != 0;

  return message->event || (level & G_LOG_FLAG_FATAL) != 0 || (wrong && g_strcmp0 (message->domain, G_LOG_DOMAIN) == 0);
}

static GLogWriterOutput
write_to_file (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  Message message = { 0 };

  if (!take (&message, level, fields, n_fields))
    return G_LOG_WRITER_HANDLED;
  if (log_file != NULL && log_format == SC_LOG_JSON) {
    g_autofree char *object = make_json (&message, level, fields, n_fields);
    sc_log_file_write_line (log_file, object);
  } else if (log_file != NULL) {
    sc_log_file_write (log_file, g_get_real_time (), level, message.text);
  }
  if (tell_administrator != NULL && is_for_administrator (&message, level))
    tell_administrator (level, message.text);
  return G_LOG_WRITER_HANDLED;
}

void
sc_log_to_stderr (const char *program)
{
  program_name = program;
  g_log_set_writer_func (write_to_stderr, NULL, NULL);
}

void
sc_log_failure (const char *program, const char *text)
{
  g_autofree char *object = log_format == SC_LOG_JSON
                                ? sc_log_to_json (g_get_real_time (), G_LOG_LEVEL_CRITICAL, G_LOG_DOMAIN, text, NULL, 0)
                                : NULL;

  if (object != NULL)
    fprintf (stderr, "%s\n", object);
  else if (isatty (fileno (stderr)))
    g_printerr ("%s: %s\n", program, text); /* in the terminal's character set */
  else
    fprintf (stderr, "%s: %s\n", program, text);
}

void
sc_log_to_file (ScLogFile *file, void (*tell) (GLogLevelFlags level, const char *text))
{
  log_file = file;
  tell_administrator = tell;
  g_log_set_writer_func (write_to_file, NULL, NULL);
}

void
sc_log_of_session (const char *domain, GLogLevelFlags level, guint64 session, const char *format, ...)
{
  g_autofree char *id = g_strdup_printf ("%" G_GUINT64_FORMAT, session);
  va_list arguments;

  g_private_set (&session_of_message, id);
  va_start (arguments, format);
  g_logv (domain, level, format, arguments);
  va_end (arguments);
  g_private_set (&session_of_message, NULL);
}
