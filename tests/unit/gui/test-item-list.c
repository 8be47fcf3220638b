/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/gui/model/sc-filter-list.h"
#include "console/gui/model/sc-room-item.h"
#include "console/gui/model/sc-seat-item.h"
#include "console/gui/model/sc-version-item.h"

typedef struct {
  guint n_items_changed, n_item_changed;
  guint position, removed, added;
} Seen;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer data)
{
  Seen *seen = data;

  seen->n_items_changed++;
  seen->position = position;
  seen->removed = removed;
  seen->added = added;
}

static void
on_item_changed (GObject *list, guint position, ScItem *item, gpointer data)
{
  Seen *seen = data;

  seen->n_item_changed++;
  seen->position = position;
}

static ScItemList *
new_list (GType type, Seen *seen)
{
  ScItemList *list = sc_item_list_new (type);

  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), seen);
  g_signal_connect (list, "item-changed", G_CALLBACK (on_item_changed), seen);
  return list;
}

static ScSeatItem *
put_seat (ScItemList *list, const char *id, const char *name, const char *presence)
{
  g_autoptr (ScJson) json = json_pack ("{s:s, s:s, s:s, s:s, s:s}", "id", id, "name", name, "room", "Lab 1", "presence",
                                       presence, "version_state", "current");

  return sc_item_list_put (list, json);
}

static char *
names (GListModel *list)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (ScSeatItem) item = g_list_model_get_item (list, i);

    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", sc_seat_item_get_info (item)->name);
  }
  return g_string_free (text, FALSE);
}

#define assert_names(list, expected)                                                                                   \
  do {                                                                                                                 \
    g_autofree char *found_names = names (G_LIST_MODEL (list));                                                        \
    g_assert_cmpstr (found_names, ==, expected);                                                                       \
  } while (FALSE)

static void
test_order (void)
{
  Seen seen = { 0 };
  g_autoptr (ScItemList) list = new_list (SC_TYPE_SEAT_ITEM, &seen);
  g_autoptr (ScJson) no_room = json_pack ("{s:s, s:s, s:s}", "id", "e", "name", "pc-0", "room", "");

  put_seat (list, "a", "pc-10", "online");
  put_seat (list, "b", "pc-2", "online");
  put_seat (list, "c", "pc-1", "online");
  put_seat (list, "d", "pc-2", "online"); /* the same name: by id */
  assert_names (list, "pc-1 pc-2 pc-2 pc-10");
  sc_item_list_put (list, no_room);
  assert_names (list, "pc-1 pc-2 pc-2 pc-10 pc-0");
  g_assert_cmpstr (sc_item_get_key (sc_item_list_at (list, 1)), ==, "b");
}

static void
test_update_in_place (void)
{
  Seen seen = { 0 };
  g_autoptr (ScItemList) list = new_list (SC_TYPE_SEAT_ITEM, &seen);
  ScSeatItem *seat = put_seat (list, "a", "pc-1", "online");

  put_seat (list, "b", "pc-2", "online");
  g_assert_cmpuint (seen.n_items_changed, ==, 2);
  g_assert_true (put_seat (list, "a", "pc-1", "offline") == seat);
  g_assert_cmpuint (seen.n_items_changed, ==, 2);
  g_assert_cmpuint (seen.n_item_changed, ==, 1);
  g_assert_cmpint (sc_seat_item_get_condition (seat), ==, SC_CONDITION_OFFLINE);
  put_seat (list, "a", "pc-1", "offline"); /* nothing new */
  g_assert_cmpuint (seen.n_item_changed, ==, 1);
}

static void
test_rename_moves (void)
{
  Seen seen = { 0 };
  g_autoptr (ScItemList) list = new_list (SC_TYPE_SEAT_ITEM, &seen);
  ScSeatItem *seat = put_seat (list, "a", "pc-1", "online");

  put_seat (list, "b", "pc-2", "online");
  g_assert_true (put_seat (list, "a", "pc-3", "online") == seat);
  assert_names (list, "pc-2 pc-3");
  g_assert_true (sc_item_list_find (list, "a") == seat);
}

static void
test_put_all (void)
{
  Seen seen = { 0 };
  g_autoptr (ScItemList) list = new_list (SC_TYPE_VERSION_ITEM, &seen);
  g_autoptr (ScJson) all = json_pack ("[{s:i, s:s}, {s:i, s:s}]", "number", 1, "note", "a", "number", 2, "note", "b");
  g_autoptr (ScJson) some = json_pack ("[{s:i, s:s}, {s:s}]", "number", 2, "note", "c", "note", "without a number");
  gpointer second = NULL;

  sc_item_list_put_all (list, all);
  g_assert_cmpuint (sc_item_list_get_length (list), ==, 2);
  second = sc_item_list_at (list, 0);
  g_assert_cmpuint (sc_version_item_get_info (second)->number, ==, 2);
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*without a name*");
  sc_item_list_put_all (list, some);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (sc_item_list_get_length (list), ==, 1);
  g_assert_true (sc_item_list_at (list, 0) == second);
  g_assert_cmpstr (sc_version_item_get_info (second)->note, ==, "c");
  g_assert_null (sc_item_list_find (list, "1"));
}

static void
test_room_of_none_is_last (void)
{
  Seen seen = { 0 };
  g_autoptr (ScItemList) list = new_list (SC_TYPE_ROOM_ITEM, &seen);
  g_autoptr (ScJson) rooms = json_pack ("[{s:s}, {s:s}, {s:s}]", "name", "", "name", "Lab 10", "name", "Lab 9");

  sc_item_list_put_all (list, rooms);
  g_assert_cmpstr (sc_item_get_key (sc_item_list_at (list, 0)), ==, "Lab 9");
  g_assert_cmpstr (sc_item_get_key (sc_item_list_at (list, 2)), ==, "");
}

static gboolean
is_online (ScItem *item, gpointer data)
{
  return sc_seat_item_get_info (SC_SEAT_ITEM (item))->online;
}

static void
test_filter (void)
{
  Seen seen = { 0 }, shown = { 0 };
  g_autoptr (ScItemList) list = new_list (SC_TYPE_SEAT_ITEM, &seen);
  g_autoptr (ScFilterList) filter = NULL;

  put_seat (list, "a", "pc-1", "online");
  put_seat (list, "b", "pc-2", "offline");
  filter = sc_filter_list_new (list, is_online, NULL, NULL);
  g_signal_connect (filter, "items-changed", G_CALLBACK (on_items_changed), &shown);
  g_signal_connect (filter, "item-changed", G_CALLBACK (on_item_changed), &shown);
  assert_names (filter, "pc-1");

  put_seat (list, "c", "pc-3", "online");
  g_assert_cmpuint (shown.position, ==, 1);
  put_seat (list, "b", "pc-2", "online"); /* comes in between */
  assert_names (filter, "pc-1 pc-2 pc-3");
  g_assert_cmpuint (shown.position, ==, 1);
  g_assert_cmpuint (shown.added, ==, 1);
  put_seat (list, "a", "pc-1", "offline"); /* goes */
  assert_names (filter, "pc-2 pc-3");
  g_assert_cmpuint (shown.removed, ==, 1);
  put_seat (list, "c", "pc-0", "online"); /* moves, and stays one item */
  assert_names (filter, "pc-0 pc-2");
  sc_item_list_remove (list, "b");
  assert_names (filter, "pc-0");
}

/* Whatever happens to the source, the filter shows the same as a look at each item would. */
static void
test_filter_is_what_a_look_at_each_says (void)
{
  Seen seen = { 0 };
  g_autoptr (ScItemList) list = new_list (SC_TYPE_SEAT_ITEM, &seen);
  g_autoptr (ScFilterList) filter = sc_filter_list_new (list, is_online, NULL, NULL);
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (guint step = 0; step < 2000; step++) {
    g_autofree char *id = g_strdup_printf ("%d", g_rand_int_range (random, 0, 40));
    g_autofree char *name = g_strdup_printf ("pc-%d", g_rand_int_range (random, 0, 60));
    guint shown = 0;

    if (g_rand_int_range (random, 0, 8) == 0)
      sc_item_list_remove (list, id);
    else
      put_seat (list, id, name, g_rand_boolean (random) ? "online" : "offline");
    for (guint i = 0; i < sc_item_list_get_length (list); i++) {
      if (i > 0)
        g_assert_cmpint (sc_item_compare (sc_item_list_at (list, i - 1), sc_item_list_at (list, i)), <, 0);
      if (is_online (sc_item_list_at (list, i), NULL))
        g_assert_true (sc_filter_list_at (filter, shown++) == sc_item_list_at (list, i));
    }
    g_assert_cmpuint (sc_filter_list_get_length (filter), ==, shown);
  }
}

static void
test_condition (void)
{
  static const struct {
    const char *transfer, *version_state, *template_state;
    gboolean busy;
    ScSeatCondition condition;
  } cases[] = {
    { "idle", "current", "current", FALSE, SC_CONDITION_CURRENT },
    { "idle", "behind", "current", FALSE, SC_CONDITION_BEHIND },
    { "idle", "unknown", "current", FALSE, SC_CONDITION_UNKNOWN },
    { "idle", "behind", "updating", FALSE, SC_CONDITION_UPDATING },
    { "idle", "drifted", "drifted", FALSE, SC_CONDITION_DRIFTED },
    { "busy", "behind", "current", TRUE, SC_CONDITION_BUSY },
    { "receiving", "behind", "updating", FALSE, SC_CONDITION_RUNNING },
    { "waiting", "behind", "updating", FALSE, SC_CONDITION_RUNNING },
    { "verifying", "current", "current", FALSE, SC_CONDITION_VERIFYING },
    { "failed", "behind", "updating", FALSE, SC_CONDITION_FAILED },
    { "done", "current", "current", FALSE, SC_CONDITION_CURRENT },
    { "of a later engine", "current", "current", FALSE, SC_CONDITION_CURRENT },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (ScJson) json =
        json_pack ("{s:s, s:s, s:{s:s}, s:s, s:[{s:s, s:s, s:b}]}", "id", "a", "presence", "online", "transfer",
                   "state", cases[i].transfer, "version_state", cases[i].version_state, "templates", "name", "Debian",
                   "state", cases[i].template_state, "busy", cases[i].busy);
    g_autoptr (ScItem) item = sc_item_new (SC_TYPE_SEAT_ITEM, json, &error);

    g_assert_no_error (error);
    g_assert_cmpint (sc_seat_item_get_condition (SC_SEAT_ITEM (item)), ==, cases[i].condition);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gui/item-list/order", test_order);
  g_test_add_func ("/gui/item-list/update-in-place", test_update_in_place);
  g_test_add_func ("/gui/item-list/rename-moves", test_rename_moves);
  g_test_add_func ("/gui/item-list/put-all", test_put_all);
  g_test_add_func ("/gui/item-list/room-of-none-is-last", test_room_of_none_is_last);
  g_test_add_func ("/gui/filter-list/follows", test_filter);
  g_test_add_func ("/gui/filter-list/is-what-a-look-at-each-says", test_filter_is_what_a_look_at_each_says);
  g_test_add_func ("/gui/seat-item/condition", test_condition);
  return g_test_run ();
}
