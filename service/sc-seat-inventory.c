/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-inventory.h"

#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "service/apply/sc-apply-file.h"

static void
set_text (char **member, const char *text)
{
  g_free (*member);
  *member = g_strdup (text != NULL ? text : "");
}

ScInventory *
sc_seat_inventory_build (ScSeatState *state, ScDisk *disk, const ScSeatInventoryFacts *facts, GError **error)
{
  g_autoptr (GPtrArray) templates = sc_seat_state_list_templates (state, error);
  if (templates == NULL)
    return NULL;
  ScDiskSpace space;
  if (!sc_disk_space (disk, &space, error))
    return NULL;

  ScInventory *inventory = sc_inventory_new ();
  g_autofree char *os = sc_system_get_os_name ();
  g_autoptr (ScInterface) interface = sc_system_find_interface (facts->address);
  set_text (&inventory->seat, sc_seat_state_get_seat (state));
  set_text (&inventory->name, facts->name);
  set_text (&inventory->room, facts->room);
  set_text (&inventory->os, os);
  set_text (&inventory->service_version, SC_VERSION);
  set_text (&inventory->address, facts->address);
  if (interface != NULL) {
    set_text (&inventory->mac, interface->mac);
    inventory->link_mbps = interface->link_mbps;
  }
  inventory->total_bytes = space.total;
  inventory->free_bytes = space.free;
  inventory->reserve_bytes = sc_apply_reserve (facts->settings, &space);
  inventory->undo_bytes = facts->undo_bytes;
  inventory->generation = facts->generation;
  set_text (&inventory->run, facts->run);
  if (facts->volumes != NULL) {
    sc_volume_free (inventory->volume);
    sc_volume_free (inventory->state_volume);
    inventory->volume = sc_seat_volumes_dup_repository (facts->volumes);
    inventory->state_volume = sc_seat_volumes_dup_state (facts->volumes);
  }
  if (facts->back != NULL)
    g_array_append_vals (inventory->back, facts->back->data, MIN (facts->back->len, SC_INVENTORY_MAX_BACK));
  inventory->version = sc_seat_state_get_version (state);
  for (guint i = 0; i < templates->len; i++) {
    const ScSeatTemplate *template = g_ptr_array_index (templates, i);
    sc_inventory_add_template (inventory, template->name, &template->manifest, template->version, template->state)
        ->busy = sc_seat_busy_contains (facts->busy, template->name);
  }
  return inventory;
}

static gboolean
template_differs (const ScInventoryTemplate *a, const ScInventoryTemplate *b)
{
  return g_strcmp0 (a->name, b->name) != 0 || !sc_chunk_id_equal (&a->manifest, &b->manifest) ||
         a->version != b->version || a->state != b->state || a->busy != b->busy;
}

static gboolean
back_differs (const GArray *a, const GArray *b)
{
  return a->len != b->len || (a->len > 0 && memcmp (a->data, b->data, a->len * sizeof (guint64)) != 0);
}

gboolean
sc_seat_inventory_differs (const ScInventory *a, const ScInventory *b)
{
  guint64 moved = a->free_bytes > b->free_bytes ? a->free_bytes - b->free_bytes : b->free_bytes - a->free_bytes;

  if (a->version != b->version || a->total_bytes != b->total_bytes || a->templates->len != b->templates->len ||
      a->link_mbps != b->link_mbps || a->reserve_bytes != b->reserve_bytes || a->undo_bytes != b->undo_bytes ||
      !sc_volume_equal (a->volume, b->volume) || !sc_volume_equal (a->state_volume, b->state_volume) ||
      back_differs (a->back, b->back) || g_strcmp0 (a->address, b->address) != 0 || moved > a->total_bytes / 100)
    return TRUE;
  for (guint i = 0; i < a->templates->len; i++)
    if (template_differs (g_ptr_array_index (a->templates, i), g_ptr_array_index (b->templates, i)))
      return TRUE;
  return FALSE;
}

static char *
file_path (const char *template_name, const char *path)
{
  if (g_str_equal (template_name, SC_TEMPLATE_ROOT))
    return g_strdup (path);
  return g_strconcat (template_name, "/", path, NULL);
}

static gboolean
has_drifted (ScSeatState *state, ScDisk *disk, const char *name, gboolean *drifted, GError **error)
{
  g_autoptr (GPtrArray) stamps = sc_seat_state_list_stamps (state, name, error);

  if (stamps == NULL)
    return FALSE;
  *drifted = FALSE;
  for (guint i = 0; i < stamps->len && !*drifted; i++) {
    const ScFileStamp *stamp = g_ptr_array_index (stamps, i);
    g_autofree char *path = file_path (name, stamp->path);
    g_autoptr (GError) local = NULL;
    gboolean found = FALSE;
    ScDiskInfo info;
    if (!sc_apply_file_lookup (disk, path, &found, &info, &local) &&
        !g_error_matches (local, SC_ERROR, SC_ERROR_INVALID)) { /* which is a link */
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
    *drifted = !found || info.size != stamp->size || info.mtime != stamp->mtime || info.id != stamp->id;
    if (*drifted)
      g_message ("“%s” was changed outside Seatcast; the next deploy repairs template “%s”", path, name);
  }
  return TRUE;
}

gboolean
sc_seat_inventory_find_drift (ScSeatState *state, ScDisk *disk, guint *drifted, GError **error)
{
  g_autoptr (GPtrArray) templates = sc_seat_state_list_templates (state, error);

  if (templates == NULL)
    return FALSE;
  *drifted = 0;
  for (guint i = 0; i < templates->len; i++) {
    const ScSeatTemplate *template = g_ptr_array_index (templates, i);
    gboolean changed = FALSE;
    if (template->state != SC_TEMPLATE_CURRENT)
      continue;
    if (!has_drifted (state, disk, template->name, &changed, error))
      return FALSE;
    if (!changed)
      continue;
    if (!sc_seat_state_set_template_state (state, template->name, SC_TEMPLATE_DRIFTED, error))
      return FALSE;
    (*drifted)++;
  }
  return TRUE;
}
