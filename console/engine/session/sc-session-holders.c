/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/session/sc-session-holders.h"

#include <string.h>

struct _ScSessionHolders {
  gsize n_bytes;    /* of a bitmap */
  guint8 *unknown;  /* what seats lack that have nothing that is known */
  guint8 *forward;  /* what seats lack that keep nothing of what they overwrite */
  GPtrArray *kinds; /* ScSessionKind */
};

static void
template_free (gpointer data)
{
  ScInventoryTemplate *template = data;

  g_free (template->name);
  g_free (template);
}

static void
kind_free (gpointer data)
{
  ScSessionKind *kind = data;

  g_ptr_array_unref (kind->templates);
  g_free (kind->wanted);
  g_free (kind);
}

ScSessionHolders *
sc_session_holders_new (guint32 n_chunks)
{
  ScSessionHolders *self = g_new0 (ScSessionHolders, 1);

  self->n_bytes = ((gsize) n_chunks + 7) / 8;
  self->unknown = g_malloc0 (MAX (self->n_bytes, 1));
  self->forward = g_malloc0 (MAX (self->n_bytes, 1));
  self->kinds = g_ptr_array_new_with_free_func (kind_free);
  return self;
}

void
sc_session_holders_free (ScSessionHolders *self)
{
  if (self == NULL)
    return;
  g_free (self->unknown);
  g_free (self->forward);
  g_ptr_array_unref (self->kinds);
  g_free (self);
}

static gint
compare_templates (gconstpointer a, gconstpointer b)
{
  const ScInventoryTemplate *const *x = a;
  const ScInventoryTemplate *const *y = b;

  return strcmp ((*x)->name, (*y)->name);
}

static GPtrArray *
list_current (const ScInventory *inventory)
{
  GPtrArray *templates = g_ptr_array_new_with_free_func (template_free);

  for (guint i = 0; inventory != NULL && i < inventory->templates->len; i++) {
    const ScInventoryTemplate *template = g_ptr_array_index (inventory->templates, i);
    ScInventoryTemplate *copy;

    if (template->state != SC_TEMPLATE_CURRENT)
      continue;
    copy = g_new (ScInventoryTemplate, 1);
    *copy = *template;
    copy->name = g_strdup (template->name);
    g_ptr_array_add (templates, copy);
  }
  g_ptr_array_sort (templates, compare_templates);
  return templates;
}

static gboolean
is_of_kind (const ScSessionKind *kind, GPtrArray *templates)
{
  if (kind->templates->len != templates->len)
    return FALSE;
  for (guint i = 0; i < templates->len; i++) {
    const ScInventoryTemplate *a = g_ptr_array_index (kind->templates, i);
    const ScInventoryTemplate *b = g_ptr_array_index (templates, i);

    if (strcmp (a->name, b->name) != 0 || !sc_chunk_id_equal (&a->manifest, &b->manifest))
      return FALSE;
  }
  return TRUE;
}

/* (transfer none) (nullable): where what a seat lacks is noted that has just these templates */
static guint8 *
find_bitmap (ScSessionHolders *self, GPtrArray *templates)
{
  ScSessionKind *kind;

  if (templates->len == 0)
    return self->unknown;
  for (guint i = 0; i < self->kinds->len; i++) {
    kind = g_ptr_array_index (self->kinds, i);
    if (is_of_kind (kind, templates))
      return kind->wanted;
  }
  if (self->kinds->len == SC_SESSION_MAX_KINDS)
    return self->unknown;
  kind = g_new0 (ScSessionKind, 1);
  kind->templates = g_ptr_array_ref (templates);
  kind->wanted = g_malloc0 (MAX (self->n_bytes, 1));
  g_ptr_array_add (self->kinds, kind);
  return kind->wanted;
}

void
sc_session_holders_add (ScSessionHolders *self, const ScInventory *inventory, gboolean forward, GBytes *lacks)
{
  g_autoptr (GPtrArray) templates = list_current (inventory);
  gsize length;
  const guint8 *bits = g_bytes_get_data (lacks, &length);
  guint8 *bitmap = find_bitmap (self, templates);

  g_return_if_fail (length == self->n_bytes);
  for (gsize i = 0; i < length; i++) {
    bitmap[i] |= bits[i];
    if (forward)
      self->forward[i] |= bits[i];
  }
}

guint
sc_session_holders_get_n_kinds (const ScSessionHolders *self)
{
  return self->kinds->len;
}

const ScSessionKind *
sc_session_holders_get_kind (const ScSessionHolders *self, guint index)
{
  return g_ptr_array_index (self->kinds, index);
}

guint32
sc_session_holders_get_mask (const ScSessionHolders *self, guint32 chunk)
{
  guint8 bit = (guint8) (1u << (chunk % 8));
  guint32 mask = 0;

  g_return_val_if_fail (chunk / 8 < self->n_bytes, 0);
  if (self->unknown[chunk / 8] & bit)
    return 0;
  for (guint i = 0; i < self->kinds->len; i++)
    if (((const ScSessionKind *) g_ptr_array_index (self->kinds, i))->wanted[chunk / 8] & bit)
      mask |= 1u << i;
  return mask;
}

gboolean
sc_session_holders_is_forward (const ScSessionHolders *self, guint32 chunk)
{
  g_return_val_if_fail (chunk / 8 < self->n_bytes, TRUE);
  return (self->forward[chunk / 8] >> (chunk % 8) & 1) != 0;
}

G_STATIC_ASSERT (SC_SESSION_MAX_KINDS <= 32);
