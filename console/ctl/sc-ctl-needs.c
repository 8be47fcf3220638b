/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-needs.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"

#include <stdio.h>

#define MAX_BUSY 4u

static char *
busy_names (ScJson *needs)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  gsize i;
  ScJson *name;
  json_array_foreach (json_object_get (needs, "busy"), i, name)
  {
    if (json_is_string (name))
      g_ptr_array_add (names, (gpointer) json_string_value (name));
  }
  return sc_ctl_names (names, MAX_BUSY);
}

static void
add_seat (ScCtlTable *table, ScJson *seat, ScJson *needs)
{
  sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (seat, "name")), sc_ctl_needs_verdict (needs),
                    sc_ctl_format_size (sc_ctl_number_of (needs, "lacks_bytes")),
                    sc_ctl_format_size (sc_ctl_number_of (needs, "local_bytes")), sc_ctl_needs_way (needs, "new"),
                    sc_ctl_needs_way (needs, "clone"), sc_ctl_needs_way (needs, "undo"),
                    sc_ctl_needs_way (needs, "forward"), sc_ctl_format_size (sc_ctl_number_of (needs, "peak_bytes")),
                    sc_ctl_format_size (sc_ctl_number_of (needs, "free_bytes")),
                    sc_ctl_format_size (sc_ctl_number_of (needs, "reserve_bytes")), busy_names (needs));
}

void
sc_ctl_print_needs (ScJson *session)
{
  const char *const headings[] = { "SEAT",      "SPACE",  ">LACKS", ">COPIES",  "?>NEW",   "?>CLONE", "?>UNDO",
                                   "?>FORWARD", ">EXTRA", ">FREE",  ">RESERVE", "?IN USE", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *seat;
  json_array_foreach (json_object_get (session, "seats"), i, seat)
  {
    ScJson *needs = json_object_get (seat, "needs");
    if (json_is_object (needs))
      add_seat (table, seat, needs);
  }
  if (sc_ctl_table_get_n_rows (table) == 0)
    return;
  g_autofree char *text = sc_ctl_table_to_text (table);
  if (!sc_json_get_optional_bool (session, "dry_run", FALSE))
    printf ("\nWhat the seats said before they began:\n");
  fputs (text, stdout);
}

/* Those that cannot take it, with the reason. Returns: how many */
static guint
print_refused (ScJson *session)
{
  const char *const headings[] = { "SEAT", "ROOM", "STATE", "REASON", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *seat;
  json_array_foreach (json_object_get (session, "seats"), i, seat)
  {
    const char *state = sc_ctl_text_of (seat, "state");
    if (!g_str_equal (state, "planned"))
      sc_ctl_table_add (table, g_strdup (sc_ctl_text_of (seat, "name")), g_strdup (sc_ctl_text_of (seat, "room")),
                        g_strdup (state), g_strdup (sc_ctl_text_of (seat, "reason")));
  }
  guint n = sc_ctl_table_get_n_rows (table);
  g_autofree char *text = n > 0 ? sc_ctl_table_to_text (table) : g_strdup ("");
  fputs (text, stdout);
  return n;
}

static void
print_estimate (ScJson *session, const char *size)
{
  ScJson *estimate = json_object_get (session, "estimate");
  gint64 seconds = (gint64) MIN (sc_ctl_number_of (estimate, "seconds"), (guint64) (G_MAXINT64 / G_USEC_PER_SEC));
  g_autofree char *wire = sc_ctl_format_size (sc_ctl_number_of (estimate, "wire_bytes"));
  g_autofree char *time = sc_ctl_format_duration (seconds * G_USEC_PER_SEC);
  g_autofree char *deltas = sc_ctl_session_deltas (session);
  printf ("  compressed: the multicast would carry %s\n", size);
  if (deltas)
    printf ("  deltas: %s\n", deltas);
  printf ("  about %s on the wire, %s at %g Mbit/s (with 1 %% of packet loss)%s\n", wire, time,
          (double) sc_ctl_number_of (estimate, "rate_bits_per_second") / 1e6,
          sc_ctl_number_of (session, "share_bits_per_second") == 0 ? "; no cap holds it, so it may be faster" : "");
}

void
sc_ctl_print_dry_run (ScJson *session)
{
  const char *state = sc_ctl_text_of (session, "state"), *reason = sc_ctl_text_of (session, "error");
  guint64 content = sc_ctl_number_of (session, "content_bytes");
  g_autofree char *size = sc_ctl_format_size (content);
  guint n_seats = (guint) json_array_size (json_object_get (session, "seats"));
  printf ("Dry run %" G_GUINT64_FORMAT ": version %" G_GUINT64_FORMAT ", %s%s%s; nothing is sent or changed\n",
          sc_ctl_number_of (session, "id"), sc_ctl_number_of (session, "version"), state, *reason ? ": " : "", reason);
  gboolean planned = g_str_equal (state, "planned");
  if (planned && content > 0)
    print_estimate (session, size);
  else if (planned && sc_ctl_session_count_seats (session, "planned") > 0)
    printf ("  no seat that can take it lacks anything: the multicast would carry nothing\n");
  sc_ctl_print_needs (session);
  guint n_refused = print_refused (session);
  if (planned && n_refused == 0)
    printf ("%s can take it.\n", n_seats == 1 ? "The seat" : "All seats");
  else if (planned)
    printf ("%u of %u seat%s cannot take it now.\n", n_refused, n_seats, n_seats == 1 ? "" : "s");
}
