/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/rooms/sc-selection.h"

struct _ScSelection {
  GObject parent_instance;
  GHashTable *set; /* of the strings of ids */
  GPtrArray *ids;  /* (owned) (element-type utf8): in order */
};

G_DEFINE_FINAL_TYPE (ScSelection, sc_selection, G_TYPE_OBJECT)

static guint changed_signal;

static void
sc_selection_finalize (GObject *object)
{
  ScSelection *self = SC_SELECTION (object);

  g_hash_table_unref (self->set);
  g_ptr_array_unref (self->ids);
  G_OBJECT_CLASS (sc_selection_parent_class)->finalize (object);
}

static void
sc_selection_class_init (ScSelectionClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sc_selection_finalize;
  changed_signal = g_signal_new ("changed", SC_TYPE_SELECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sc_selection_init (ScSelection *self)
{
  self->set = g_hash_table_new (g_str_hash, g_str_equal);
  self->ids = g_ptr_array_new_with_free_func (g_free);
}

ScSelection *
sc_selection_new (void)
{
  return g_object_new (SC_TYPE_SELECTION, NULL);
}

gboolean
sc_selection_contains (ScSelection *self, const char *id)
{
  return g_hash_table_contains (self->set, id);
}

guint
sc_selection_get_length (ScSelection *self)
{
  return self->ids->len;
}

GPtrArray *
sc_selection_dup_ids (ScSelection *self)
{
  return g_ptr_array_copy (self->ids, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
}

static gboolean
add_id (ScSelection *self, const char *id)
{
  char *copy;

  if (g_hash_table_contains (self->set, id))
    return FALSE;
  copy = g_strdup (id);
  g_ptr_array_add (self->ids, copy);
  g_hash_table_add (self->set, copy);
  return TRUE;
}

static gboolean
remove_id (ScSelection *self, const char *id)
{
  guint position;

  if (!g_hash_table_remove (self->set, id))
    return FALSE;
  if (g_ptr_array_find_with_equal_func (self->ids, id, g_str_equal, &position))
    g_ptr_array_remove_index (self->ids, position);
  return TRUE;
}

static gboolean
is_same (ScSelection *self, GPtrArray *ids)
{
  if (ids->len != self->ids->len)
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!sc_selection_contains (self, g_ptr_array_index (ids, i)))
      return FALSE;
  return TRUE;
}

void
sc_selection_set (ScSelection *self, GPtrArray *ids)
{
  g_autoptr (GPtrArray) old = NULL;

  if (is_same (self, ids))
    return;
  old = g_steal_pointer (&self->ids); /* @ids may be of them */
  self->ids = g_ptr_array_new_with_free_func (g_free);
  g_hash_table_remove_all (self->set);
  for (guint i = 0; i < ids->len; i++)
    add_id (self, g_ptr_array_index (ids, i));
  g_signal_emit (self, changed_signal, 0);
}

void
sc_selection_set_one (ScSelection *self, const char *id)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (id != NULL)
    g_ptr_array_add (ids, (gpointer) id);
  sc_selection_set (self, ids);
}

void
sc_selection_add (ScSelection *self, GPtrArray *ids)
{
  gboolean changed = FALSE;

  for (guint i = 0; i < ids->len; i++)
    changed |= add_id (self, g_ptr_array_index (ids, i));
  if (changed)
    g_signal_emit (self, changed_signal, 0);
}

void
sc_selection_toggle (ScSelection *self, const char *id)
{
  if (!remove_id (self, id))
    add_id (self, id);
  g_signal_emit (self, changed_signal, 0);
}

void
sc_selection_remove (ScSelection *self, const char *id)
{
  if (remove_id (self, id))
    g_signal_emit (self, changed_signal, 0);
}
