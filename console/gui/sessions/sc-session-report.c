/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-session-report-private.h"

#include "console/gui/words/sc-rate-words.h"
#include "console/gui/words/sc-session-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>

static void
row_free (ScReportRow *row)
{
  for (guint i = 0; i < SC_N_REPORT_COLUMNS; i++)
    g_free (row->cells[i]);
  g_free (row);
}

static void
fact_free (ScReportFact *fact)
{
  g_free (fact->label);
  g_free (fact->value);
  g_free (fact);
}

/* Takes @value; what is empty is left out. */
static void
add_fact (ScSessionReport *self, const char *label, char *value)
{
  ScReportFact *fact;

  if (value == NULL || *value == '\0') {
    g_free (value);
    return;
  }
  fact = g_new0 (ScReportFact, 1);
  fact->label = g_strdup (label);
  fact->value = value;
  g_ptr_array_add (self->facts, fact);
}

/* A paper is read on other days, too: no “today”. */
static char *
describe_time (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = time > 0 && utc != NULL ? g_date_time_to_local (utc) : NULL;

  /* Translators: a date and time, as strftime() */
  return local != NULL ? g_date_time_format (local, _ ("%-d %b %Y %H:%M")) : g_strdup ("");
}

static char *
describe_version (const ScSessionInfo *info, const ScSessionReportContext *context)
{
  g_autofree char *version = sc_words_version (info->version);
  g_autofree char *by = NULL;

  if (context->version_author != NULL && *context->version_author != '\0')
    by = g_strdup_printf (_ (", by %s"), context->version_author);
  if (context->version_note != NULL && *context->version_note != '\0')
    return g_strdup_printf (_ ("%s “%s”%s"), version, context->version_note, by != NULL ? by : "");
  return g_strconcat (version, by, NULL);
}

/* "33.1 GB, 3 % of them repair" */
static char *
describe_wire (const ScSessionInfo *info)
{
  g_autofree char *size = sc_words_size (info->wire_bytes);
  guint64 packets = info->source_packets + info->parity_packets;
  g_autofree char *share = NULL;

  if (packets == 0)
    return g_steal_pointer (&size);
  share = sc_words_percent ((double) info->parity_packets / (double) packets);
  return g_strdup_printf (_ ("%s, %s of it repair"), size, share);
}

static char *
describe_rate (const ScSessionInfo *info, const ScRateSeries *rates)
{
  g_autofree char *cap = sc_words_rate (info->rate_cap);
  g_autofree char *mean = NULL;

  if (rates == NULL || sc_rate_series_get_mean (rates) == 0)
    return info->rate_cap > 0 ? g_steal_pointer (&cap) : NULL;
  mean = sc_words_rate (sc_rate_series_get_mean (rates));
  return info->rate_cap > 0 ? g_strdup_printf (_ ("%s on average, the cap was %s"), mean, cap)
                            : g_steal_pointer (&mean);
}

static void
add_facts (ScSessionReport *self, ScSessionItem *session, const ScSessionReportContext *context)
{
  const ScSessionInfo *info = sc_session_item_get_info (session);
  gint64 end = info->ended > 0 ? info->ended : context->now;

  add_fact (self, _ ("Version"), describe_version (info, context));
  add_fact (self, _ ("For"), sc_session_words_target (session));
  add_fact (self, _ ("Deployed by"), g_strdup (context->who));
  add_fact (self, _ ("State"), g_strdup (sc_words_session_state (info->state)));
  add_fact (self, _ ("Started"), describe_time (info->created));
  add_fact (self, _ ("Ended"), describe_time (info->ended));
  if (info->created > 0 && end > info->created)
    add_fact (self, _ ("Duration"), sc_words_duration (end - info->created));
  add_fact (self, _ ("Seats"), sc_session_words_outcome (session));
  add_fact (self, _ ("Content"), sc_words_size (info->content_size));
  add_fact (self, _ ("Deltas"), sc_rate_words_deltas (session));
  add_fact (self, _ ("Sent by multicast"), describe_wire (info));
  add_fact (self, _ ("Sent for catch-up"), sc_words_size (info->catch_up_bytes));
  add_fact (self, _ ("Rate"), describe_rate (info, context->rates));
  add_fact (self, _ ("Error"), g_strdup (info->error));
}

static void
add_advice (ScSessionReport *self, ScSessionItem *session, const ScSessionReportContext *context)
{
  g_autofree char *half = context->seats != NULL ? sc_session_words_half_updated (session, context->seats) : NULL;
  g_autofree char *failed = context->seats != NULL ? sc_session_words_advice (session, context->seats) : NULL;
  ScSessionCounts counts;

  sc_session_words_count (session, &counts);
  if (failed != NULL && *failed != '\0')
    g_ptr_array_add (self->advice, g_steal_pointer (&failed));
  if (counts.busy > 0)
    g_ptr_array_add (self->advice, g_strdup (_ ("Templates that are in use are brought to the version by the seat "
                                                "itself once they are no longer in use.")));
  if (half != NULL && *half != '\0')
    g_ptr_array_add (self->advice, g_steal_pointer (&half));
}

static ScReportRow *
make_row (ScSessionSeatItem *item)
{
  const ScSessionSeatInfo *seat = sc_session_seat_item_get_info (item);
  ScReportRow *row = g_new0 (ScReportRow, 1);

  row->failed = seat->state == SC_TRANSFER_FAILED;
  row->cells[SC_REPORT_SEAT] = g_strdup (seat->name);
  row->cells[SC_REPORT_ROOM] = g_strdup (seat->room);
  row->cells[SC_REPORT_STATE] = g_strdup (sc_words_transfer_state (seat->state));
  row->cells[SC_REPORT_LACKED] = sc_words_size (seat->total);
  row->cells[SC_REPORT_LOSS] = sc_session_words_loss_text (seat);
  row->cells[SC_REPORT_REPAIRS] = g_strdup_printf ("%" PRIu64, seat->repair_symbols);
  row->cells[SC_REPORT_CATCH_UP] = g_strdup (seat->catch_up ? _ ("Yes") : "");
  row->cells[SC_REPORT_REASON] = g_strdup (seat->reason);
  return row;
}

static void
add_rows (ScSessionReport *self, ScItemList *seats, gboolean failed)
{
  for (guint i = 0; i < sc_item_list_get_length (seats); i++) {
    ScSessionSeatItem *seat = sc_item_list_at (seats, i);

    if ((sc_session_seat_item_get_info (seat)->state == SC_TRANSFER_FAILED) == failed)
      g_ptr_array_add (self->rows, make_row (seat));
  }
}

ScSessionReport *
sc_session_report_new (ScSessionItem *session, const ScSessionReportContext *context)
{
  ScSessionReport *self = g_new0 (ScSessionReport, 1);
  const ScSessionInfo *info = sc_session_item_get_info (session);
  g_autofree char *now = describe_time (context->now);

  self->session = info->id;
  self->version = info->version;
  self->title = sc_session_words_title (session);
  self->result = sc_session_words_result (session);
  self->facts = g_ptr_array_new_with_free_func ((GDestroyNotify) fact_free);
  self->advice = g_ptr_array_new_with_free_func (g_free);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  self->rates = context->rates != NULL ? sc_rate_series_ref (context->rates) : NULL;
  self->rate_cap = info->rate_cap;
  self->made = context->console != NULL && *context->console != '\0'
                   ? g_strdup_printf (_ ("Seatcast, session %" PRIu64 " of %s, %s"), info->id, context->console, now)
                   : g_strdup_printf (_ ("Seatcast, session %" PRIu64 ", %s"), info->id, now);
  add_facts (self, session, context);
  add_advice (self, session, context);
  add_rows (self, sc_session_item_get_seats (session), TRUE);
  add_rows (self, sc_session_item_get_seats (session), FALSE);
  return self;
}

void
sc_session_report_free (ScSessionReport *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->result);
  g_free (self->made);
  g_ptr_array_unref (self->facts);
  g_ptr_array_unref (self->advice);
  g_ptr_array_unref (self->rows);
  g_clear_pointer (&self->rates, sc_rate_series_unref);
  g_free (self);
}

char *
sc_session_report_dup_file_name (const ScSessionReport *self)
{
  return g_strdup_printf (_ ("Seatcast session %" PRIu64 ", version %" PRIu64), self->session, self->version);
}

ScSessionReportFormat
sc_session_report_pick_format (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return g_str_has_suffix (lower, ".pdf") ? SC_SESSION_REPORT_PDF : SC_SESSION_REPORT_HTML;
}

const char *
sc_report_column_title (ScReportColumn column)
{
  static const char *const titles[] = { N_ ("Seat"), N_ ("Room"),    N_ ("State"),    N_ ("Lacked"),
                                        N_ ("Loss"), N_ ("Repairs"), N_ ("Catch-up"), N_ ("Reason") };

  return _ (titles[column]);
}

gboolean
sc_report_column_is_number (ScReportColumn column)
{
  return column == SC_REPORT_LACKED || column == SC_REPORT_LOSS || column == SC_REPORT_REPAIRS;
}

ScRateLook
sc_report_rate_look (const ScSessionReport *self, double width, double height)
{
  return (ScRateLook){ .width = width,
                       .height = height,
                       .rate_cap = self->rate_cap,
                       .text = { 0.2, 0.2, 0.2, 1 },
                       .grid = { 0.85, 0.85, 0.85, 1 },
                       .content = { 0.11, 0.44, 0.85, 1 },
                       .repair = { 0.90, 0.45, 0.0, 1 },
                       .cap = { 0.35, 0.35, 0.35, 1 } };
}

/* saving */

typedef struct {
  ScSessionReport *report;
  GFile *file;
  ScSessionReportFormat format;
} Save;

static void
save_free (Save *save)
{
  sc_session_report_free (save->report);
  g_object_unref (save->file);
  g_free (save);
}

static void
save_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Save *save = data;
  GError *error = NULL;
  g_autoptr (GBytes) bytes = save->format == SC_SESSION_REPORT_PDF ? sc_session_report_to_pdf (save->report, &error)
                                                                   : sc_session_report_to_html (save->report);

  if (bytes == NULL || !g_file_replace_contents (save->file, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                                 NULL, FALSE, G_FILE_CREATE_NONE, NULL, cancellable, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
sc_session_report_save_async (ScSessionReport *self, GFile *file, ScSessionReportFormat format,
                              GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Save *save = g_new0 (Save, 1);

  save->report = self;
  save->file = g_object_ref (file);
  save->format = format;
  g_task_set_source_tag (task, sc_session_report_save_async);
  g_task_set_task_data (task, save, (GDestroyNotify) save_free);
  g_task_run_in_thread (task, save_in_thread);
}

gboolean
sc_session_report_save_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
