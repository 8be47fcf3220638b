/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/power-cut/test-update.h"

/* For the forward way, bytes. */
#define RESERVE (1024u * 1024)
#define SLACK (64u * 1024) /* what directories and steps take; no log is begun for so little */

/* Every update must have something to take back, so that each can be done in each way. */
static const TestUpdate updates[] = {
  { "change", { "vm|disk.vmdk|ABCDEF:9", "vm|vm.vmx|s:99" }, { "vm|disk.vmdk|AxCyEF:9", "vm|vm.vmx|t:98" } },
  { "rotate", { "vm|disk.vmdk|ABCDEF", "vm|other.vmdk|GH" }, { "vm|disk.vmdk|FABCGE", "vm|other.vmdk|HD" } },
  { "size",
    { "vm|shrinks.vmdk|ABCDEF:77", "vm|grows.vmdk|GH:5", "vm|empties.nvram|I", "vm|fills.nvram|" },
    { "vm|shrinks.vmdk|AxC", "vm|grows.vmdk|GHJKA:9", "vm|empties.nvram|", "vm|fills.nvram|L:50" } },
  { "zero", { "vm|disk.vmdk|ABCDEF", "vm|holes.vmdk|00GH00" }, { "vm|disk.vmdk|A0CD0x", "vm|holes.vmdk|AG0y0" } },
  { "names",
    { ".|list.txt|l:40", "vm|deep/gone.vmdk|FG", "vm|turns/inside|AB", "vm|becomes|CD", "vm|moves.vmdk|EHI",
      "vm|lock.vmx|s:9|r" },
    { ".|list.txt|m:50", "vm|turns|BA", "vm|becomes/inside|CD:8", "vm|new/moved.vmdk|EHI", "vm|lock.vmx|u:9|r" } },
  { "templates",
    { "a|disk.vmdk|ABC", "a|a.vmx|s:50", "b|disk.vmdk|DE", "b|b.vmx|t:60", "c|disk.vmdk|FG" },
    { "a|disk.vmdk|AxD", "a|a.vmx|s:50", "c|disk.vmdk|GE", "d|disk.vmdk|DyF", "d|d.vmx|u:70" } },
  { "everything",
    { ".|list.txt|l:40", "a|disk.vmdk|ABCD0E", "a|deep/gone.vmdk|FG", "a|turns/inside|", "a|same.vmx|s:99",
      "b|disk.vmdk|HIJ:7|r", "c|disk.vmdk|KL" },
    { ".|list.txt|m:50", "a|disk.vmdk|BA0CxEyF", "a|turns|", "a|same.vmx|s:99", "a|new/disk.vmdk|z0G:11",
      "b|disk.vmdk|H", "d|disk.vmdk|KwI" } },
};

static const char *const way_nicks[TEST_N_WAYS] = { "clone", "undo", "forward" };

const char *
test_way_to_nick (TestWay way)
{
  return way_nicks[way];
}

gboolean
test_way_from_nick (const char *nick, TestWay *way)
{
  for (guint i = 0; i < TEST_N_WAYS; i++)
    if (g_strcmp0 (nick, way_nicks[i]) == 0) {
      *way = i;
      return TRUE;
    }
  return FALSE;
}

guint
test_update_count (void)
{
  return G_N_ELEMENTS (updates);
}

const TestUpdate *
test_update_get (guint index)
{
  return &updates[index];
}

static void
add_lines (TestVersion *version, const char *const *lines, gsize n, guint step)
{
  for (gsize i = 0; i < n && lines[i] != NULL; i += step) {
    g_auto (GStrv) parts = g_strsplit (lines[i], "|", 4);
    TestFile *file;

    if (test_version_find (version, parts[0], parts[1]) != NULL)
      continue;
    file = test_version_add (version, parts[0], parts[1], test_content (parts[2]));
    file->attributes = parts[3] != NULL ? SC_FILE_READ_ONLY : 0;
  }
}

TestVersion *
test_update_make_before (const TestUpdate *self)
{
  TestVersion *version = test_version_new (1);

  add_lines (version, self->before, G_N_ELEMENTS (self->before), 1);
  test_version_seal (version);
  return version;
}

TestVersion *
test_update_make_after (const TestUpdate *self)
{
  TestVersion *version = test_version_new (2);

  add_lines (version, self->after, G_N_ELEMENTS (self->after), 1);
  test_version_seal (version);
  return version;
}

/* The first file is of neither, the others are taken in turn; "turns" and "becomes" stay what they are. */
TestVersion *
test_update_make_third (const TestUpdate *self)
{
  TestVersion *version = test_version_new (3);
  g_auto (GStrv) first = g_strsplit (self->before[0], "|", 4);

  test_version_add (version, first[0], first[1], test_content ("BxQA"));
  add_lines (version, self->before, G_N_ELEMENTS (self->before), 1);
  if (strstr (self->name, "names") == NULL && strcmp (self->name, "everything") != 0)
    add_lines (version, self->after + 1, G_N_ELEMENTS (self->after) - 1, 2);
  test_version_seal (version);
  return version;
}

/* Leaves what the files themselves take above the reserve, which is not enough for clones or a log. */
static void
leave_no_room (TestSeat *seat, TestVersion *after)
{
  guint64 missing = 0, room = 0;

  seat->settings.reserve = RESERVE;
  do {
    g_autoptr (GError) error = NULL;
    g_autoptr (ScApply) apply = NULL;

    room += missing;
    test_seat_set_free (seat, RESERVE + room);
    apply = test_seat_plan (seat, after, &error);
    g_assert_no_error (error);
    missing = (sc_apply_get_needs (apply)->missing_bytes + 4095) / 4096 * 4096;
  } while (missing > 0);
  test_seat_set_free (seat, RESERVE + room + SLACK);
}

TestSeat *
test_update_make_seat (TestVersion *earlier, TestVersion *before, TestVersion *after, TestWay way)
{
  TestSeat *seat = test_seat_new ();

  seat->faults.clones = way == TEST_WAY_CLONE;
  if (earlier != NULL)
    test_seat_apply (seat, earlier);
  test_seat_apply (seat, before);
  test_disk_settle (seat->disk);
  if (way == TEST_WAY_FORWARD)
    leave_no_room (seat, after);
  return seat;
}

void
test_update_assert_way (TestSeat *seat, TestVersion *after, TestWay way, gboolean alone)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ScApply) apply = test_seat_plan (seat, after, &error);
  const ScNeeds *needs;

  g_assert_no_error (error);
  needs = sc_apply_get_needs (apply);
  g_assert_cmpuint (needs->missing_bytes, ==, 0);
  g_assert_cmpuint (needs->ways[SC_WAY_CLONE].files > 0, ==, way == TEST_WAY_CLONE);
  if (way == TEST_WAY_UNDO) /* small files go this way also where others are cloned, or have no room for a log */
    g_assert_cmpuint (needs->ways[SC_WAY_UNDO].files, >, 0);
  if (alone || way == TEST_WAY_FORWARD) /* else a file may come back that only the earlier version had */
    g_assert_cmpuint (needs->ways[SC_WAY_FORWARD].files > 0, ==, way == TEST_WAY_FORWARD);
}
