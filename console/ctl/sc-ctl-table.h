/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScCtlTable:
 *
 * A table in text: columns as wide as their widest cell, counted as a terminal shows them (wide and combining
 * characters).
 */
typedef struct _ScCtlTable ScCtlTable;

/* @headings: NULL-terminated; one that begins with '?' hides its column as long as all its cells are empty, and then
 * one with '>' makes it flush right; the signs are not shown. */
ScCtlTable *sc_ctl_table_new (const char *const *headings);
void sc_ctl_table_free (ScCtlTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCtlTable, sc_ctl_table_free)
/* Takes as many strings as there are columns; each is (transfer full), NULL is empty. Control characters are shown as
 * '?'. */
void sc_ctl_table_add (ScCtlTable *self, ...);
guint sc_ctl_table_get_n_rows (ScCtlTable *self);
/* With a newline at the end of each row. */
char *sc_ctl_table_to_text (ScCtlTable *self);

/* Columns that a terminal needs for @text. */
guint sc_ctl_text_width (const char *text);
/* (transfer full): the beginning of @text that fits @width columns */
char *sc_ctl_text_cut (const char *text, guint width);

/* Numbers for people; decimal units. (transfer full) */
char *sc_ctl_format_size (guint64 bytes);                 /* "12.1 MB" */
char *sc_ctl_format_amount (guint64 done, guint64 total); /* "12.1 of 30.0 MB" */
char *sc_ctl_format_rate (guint64 bytes_per_second);      /* "81 MB/s", empty for 0 */
char *sc_ctl_format_cap (guint64 bits_per_second);        /* "500 Mbit/s"; of 0: "as fast as the seats take it" */
char *sc_ctl_format_ppm (guint64 ppm);                    /* "0.13 %" of 1,300 */
char *sc_ctl_format_percent (guint64 done,
                             guint64 total);        /* "40 %", empty for a total of 0; 100 % only when all is done */
char *sc_ctl_format_duration (gint64 microseconds); /* "1.8 s", "3 min 05 s" */
char *sc_ctl_format_time (const char *time);        /* of ISO 8601 in local time, "2026-11-22 15:27"; "-" for none */
char *sc_ctl_format_second (const char *time);      /* the same, with seconds */

G_END_DECLS
