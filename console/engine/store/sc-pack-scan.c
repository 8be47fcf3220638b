/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-pack-scan.h"

#include "common/sc-error.h"

#define WINDOW (1024u * 1024)
/* A search tries every place that looks like a header. A chunk costs little; of larger entries so many are tried and no
 * more, lest a file made for it lets the search take for ever. */
#define MAX_LARGE_TRIALS 256u

typedef struct {
  ScPack *pack;
  guint64 end;
  guint large_trials;
  GByteArray *stored;
  ScPackEntry entry;
} Walk;

static gboolean
has_header_at (Walk *walk, guint64 offset, ScPackEntry *entry)
{
  guint8 header[SC_PACK_ENTRY_HEADER_SIZE];

  return walk->end - offset >= sizeof header && sc_pack_read (walk->pack, offset, header, sizeof header, NULL) &&
         sc_pack_entry_parse_header (entry, header, NULL) && entry->stored_length <= walk->end - offset - sizeof header;
}

/* Where the next entry lies if the damaged one at @offset has its length right. */
static gboolean
pass_over (Walk *walk, guint64 offset, guint64 *next)
{
  ScPackEntry damaged, following;

  if (!has_header_at (walk, offset, &damaged))
    return FALSE;
  *next = offset + SC_PACK_ENTRY_HEADER_SIZE + damaged.stored_length;
  return *next == walk->end || has_header_at (walk, *next, &following);
}

static gboolean
try_entry (Walk *walk, guint64 offset)
{
  ScPackEntry entry;

  if (!has_header_at (walk, offset, &entry))
    return FALSE;
  if (entry.stored_length > SC_CHUNK_SIZE && walk->large_trials++ >= MAX_LARGE_TRIALS)
    return FALSE;
  return sc_pack_read_entry (walk->pack, offset, walk->end, &walk->entry, walk->stored, NULL);
}

/* (nullable); memmem() is not there on Windows */
static const guint8 *
find_magic (const guint8 *at, const guint8 *end)
{
  while ((at = memchr (at, 'S', (gsize) (end - at))) != NULL && end - at >= 4) {
    if (memcmp (at, "SCPE", 4) == 0)
      return at;
    at++;
  }
  return NULL;
}

/* Searches the first sound entry behind @offset. Returns: its offset, @end where there is none */
static guint64
search (Walk *walk, guint64 offset, GCancellable *cancellable)
{
  g_autofree guint8 *window = g_malloc (WINDOW);

  while (walk->end - offset > SC_PACK_ENTRY_HEADER_SIZE && !g_cancellable_is_cancelled (cancellable)) {
    gsize length = (gsize) MIN (WINDOW, walk->end - offset);
    const guint8 *at = window;

    /* what cannot be read holds no entry that could be used */
    if (sc_pack_read (walk->pack, offset, window, length, NULL)) {
      while ((at = find_magic (at, window + length)) != NULL) {
        if (try_entry (walk, offset + (guint64) (at - window)))
          return offset + (guint64) (at - window);
        at++;
      }
    }
    offset += length - 3; /* a magic number may lie across two windows */
  }
  return walk->end;
}

static void
note_damage (ScPackScan *scan, ScPack *pack, guint64 from, guint64 to)
{
  scan->damaged++;
  scan->skipped += to - from;
  if (scan->places != NULL && scan->places->len < 1000)
    g_ptr_array_add (scan->places,
                     g_strdup_printf ("pack %u, offset %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT " bytes are damaged",
                                      sc_pack_get_number (pack), from, to - from));
}

gboolean
sc_pack_scan (ScPack *pack, guint64 start, guint64 end, ScPackScan *scan, ScPackScanFunc func, gpointer user_data,
              ScProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) stored = g_byte_array_new ();
  Walk walk = { .pack = pack, .end = end, .stored = stored };
  guint64 offset = start;
  gboolean in_order = TRUE;

  scan->end = start;
  while (offset < end) {
    guint64 next;

    if (g_cancellable_is_cancelled (cancellable)) {
      g_set_error_literal (error, SC_ERROR, SC_ERROR_CANCELLED, "Cancelled while the packs were read");
      return FALSE;
    }
    if (sc_pack_read_entry (pack, offset, end, &walk.entry, stored, NULL)) {
      if (!func (&walk.entry, offset, stored->data, in_order, user_data, error))
        return FALSE;
      next = offset + SC_PACK_ENTRY_HEADER_SIZE + walk.entry.stored_length;
      scan->entries++;
      scan->end = next;
    } else if (pass_over (&walk, offset, &next)) {
      note_damage (scan, pack, offset, next);
    } else {
      next = search (&walk, offset + 1, cancellable);
      in_order = FALSE;
      if (next < end)
        note_damage (scan, pack, offset, next);
    }
    sc_progress_add (progress, next - offset);
    offset = next;
  }
  return TRUE;
}
