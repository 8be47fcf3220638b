/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-volume.h"

#include "common/sc-error.h"

#include <string.h>

static const struct {
  const char *nick;
  const char *says;
  const char *remedy;
} traits[SC_VOLUME_N_TRAITS] = {
  { "forgets", "forgets at restart what is written", "thaw it or take its protection off" },
  { "compresses", "compresses its files",
    "take the compression off (on Windows: compact /u /s; on Btrfs: chattr +C while the directory is empty)" },
  { "deduplicates", "deduplicates its files", "switch the deduplication off" },
};

ScVolume *
sc_volume_new (void)
{
  ScVolume *self = g_new0 (ScVolume, 1);

  self->file_system = g_strdup ("");
  self->reason = g_strdup ("");
  return self;
}

ScVolume *
sc_volume_copy (const ScVolume *self)
{
  ScVolume *copy = g_new0 (ScVolume, 1);

  *copy = *self;
  copy->file_system = g_strdup (self->file_system);
  copy->reason = g_strdup (self->reason);
  return copy;
}

void
sc_volume_free (ScVolume *self)
{
  if (self == NULL)
    return;
  g_free (self->file_system);
  g_free (self->reason);
  g_free (self);
}

gboolean
sc_volume_equal (const ScVolume *a, const ScVolume *b)
{
  return a->traits == b->traits && a->refused == b->refused && g_str_equal (a->file_system, b->file_system) &&
         g_str_equal (a->reason, b->reason);
}

const char *
sc_volume_trait_to_nick (ScVolumeTraits trait)
{
  for (guint i = 0; i < SC_VOLUME_N_TRAITS; i++)
    if (trait == 1u << i)
      return traits[i].nick;
  g_return_val_if_reached ("");
}

static gboolean
add_nick (const char *nick, ScVolumeTraits *found)
{
  for (guint i = 0; i < SC_VOLUME_N_TRAITS; i++)
    if (g_str_equal (nick, traits[i].nick)) {
      *found |= 1u << i;
      return TRUE;
    }
  return FALSE;
}

gboolean
sc_volume_traits_parse (const char *what, const char *text, ScVolumeTraits *result, GError **error)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  *result = 0;
  for (char **word = words; *word != NULL; word++)
    if (*g_strstrip (*word) != '\0' && !add_nick (*word, result)) {
      g_autofree char *excerpt = sc_error_excerpt (*word);
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                   "%s “%s” is not known: give one or more of forgets, compresses and deduplicates, with commas "
                   "between them",
                   what, excerpt);
      return FALSE;
    }
  return TRUE;
}

/* ---- JSON ---- */

static ScJson *
traits_to_json (ScVolumeTraits set)
{
  ScJson *list = json_array ();

  for (guint i = 0; i < SC_VOLUME_N_TRAITS; i++)
    if ((set & (1u << i)) != 0)
      json_array_append_new (list, json_string (traits[i].nick));
  return list;
}

static gboolean
traits_from_json (const ScJson *object, const char *key, ScVolumeTraits *set, GError **error)
{
  const ScJson *list = sc_json_get_array (object, key, SC_VOLUME_N_TRAITS, error);

  if (list == NULL)
    return FALSE;
  for (gsize i = 0; i < json_array_size (list); i++) {
    const char *nick = json_string_value (json_array_get (list, i));

    if (nick == NULL || !add_nick (nick, set)) {
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” must hold names of a volume's traits", key);
      return FALSE;
    }
  }
  return TRUE;
}

/* A text of the system may be longer than what is taken. */
static ScJson *
text_to_json (const char *text)
{
  const char *end = text + MIN (strlen (text), SC_VOLUME_TEXT_MAX);
  const char *valid_end = end;

  if (!g_utf8_validate (text, end - text, &valid_end))
    end = valid_end;
  return json_stringn (text, (size_t) (end - text));
}

ScJson *
sc_volume_to_json (const ScVolume *self)
{
  ScJson *object = json_object ();

  json_object_set_new (object, "file_system", text_to_json (self->file_system));
  json_object_set_new (object, "traits", traits_to_json (self->traits));
  json_object_set_new (object, "refused", traits_to_json (self->refused));
  json_object_set_new (object, "reason", text_to_json (self->reason));
  return object;
}

ScVolume *
sc_volume_from_json (const ScJson *object, GError **error)
{
  g_autoptr (ScVolume) self = sc_volume_new ();
  const char *file_system = sc_json_get_string (object, "file_system", SC_VOLUME_TEXT_MAX, error);
  const char *reason;

  if (file_system == NULL || !traits_from_json (object, "traits", &self->traits, error) ||
      !traits_from_json (object, "refused", &self->refused, error))
    return NULL;
  reason = sc_json_get_string (object, "reason", SC_VOLUME_TEXT_MAX, error);
  if (reason == NULL)
    return NULL;
  if ((self->refused & ~(guint) self->traits) != 0) {
    g_set_error_literal (error, SC_ERROR, SC_ERROR_INVALID, "“refused” names a trait that “traits” lacks");
    return NULL;
  }
  g_free (self->file_system);
  g_free (self->reason);
  self->file_system = g_strdup (file_system);
  self->reason = g_strdup (reason);
  return g_steal_pointer (&self);
}

/* ---- what the facts mean ---- */

/* @found: (element-type utf8) (transfer full) */
static void
found (GPtrArray *reasons, ScVolume *volume, ScVolumeTraits trait, char *text)
{
  volume->traits |= trait;
  g_ptr_array_add (reasons, text);
}

/* A mark on the directory goes before what the mount has for all of Btrfs (btrfs(5)). */
static gboolean
is_exempt (const ScVolumeFacts *facts, const char *option)
{
  return g_strcmp0 (facts->file_system, "btrfs") == 0 &&
         (facts->overwritten || (facts->uncompressed && !g_str_has_prefix (option, "compress-force")));
}

/* "compress=zstd:3" out of "rw,relatime,compress=zstd:3". Returns: (transfer full) (nullable) */
static char *
compress_option (const char *options)
{
  g_auto (GStrv) words = g_strsplit (options != NULL ? options : "", ",", -1);

  for (char **word = words; *word != NULL; word++) {
    const char *value = strchr (*word, '=');
    gsize length = value != NULL ? (gsize) (value - *word) : strlen (*word);
    if ((strncmp (*word, "compress", length) == 0 && length == strlen ("compress")) ||
        g_str_has_prefix (*word, "compress-force") || g_str_has_prefix (*word, "compression="))
      return value != NULL && (g_str_equal (value, "=no") || g_str_equal (value, "=none")) ? NULL : g_strdup (*word);
  }
  return NULL;
}

static gboolean
is_memory (const char *file_system)
{
  return g_strcmp0 (file_system, "tmpfs") == 0 || g_strcmp0 (file_system, "ramfs") == 0;
}

static void
judge_forgetting (const ScVolumeFacts *facts, const char *where, ScVolume *volume, GPtrArray *reasons)
{
  gboolean overlay = g_strcmp0 (facts->file_system, "overlay") == 0;
  gboolean frozen = facts->deep_freeze != NULL && g_ascii_strcasecmp (facts->deep_freeze, "Frozen") == 0;

  if (is_memory (facts->file_system))
    found (reasons, volume, SC_VOLUME_FORGETS, g_strdup_printf ("%s is a %s: in memory", where, facts->file_system));
  else if (overlay && is_memory (facts->upper_file_system))
    found (reasons, volume, SC_VOLUME_FORGETS,
           g_strdup_printf ("%s is an overlay whose changes are in memory (%s)", where, facts->upper_file_system));
  else if (overlay && facts->live)
    found (reasons, volume, SC_VOLUME_FORGETS, g_strdup_printf ("%s is the overlay of a live system", where));
  if (facts->write_filter == SC_VOLUME_FILTER_PROTECTS)
    found (reasons, volume, SC_VOLUME_FORGETS, g_strdup_printf ("Unified Write Filter protects %s", where));
  if (frozen && facts->system_volume)
    found (reasons, volume, SC_VOLUME_FORGETS, g_strdup_printf ("Deep Freeze is frozen, and Windows is on %s", where));
}

/* What is no trait, because it cannot be told, and yet is good to know */
static void
add_doubts (const ScVolumeFacts *facts, const char *where, GPtrArray *reasons)
{
  if (facts->write_filter == SC_VOLUME_FILTER_UNKNOWN)
    g_ptr_array_add (reasons, g_strdup_printf ("Unified Write Filter is installed; whether it protects %s cannot be "
                                               "read by the service's account",
                                               where));
  if (facts->write_filter == SC_VOLUME_FILTER_SILENT || facts->deduplication == SC_VOLUME_SILENT)
    g_ptr_array_add (reasons, g_strdup_printf ("%s could not be asked about %s (no answer)",
                                               facts->deduplication != SC_VOLUME_SILENT ? "Unified Write Filter"
                                               : facts->write_filter != SC_VOLUME_FILTER_SILENT
                                                   ? "deduplication"
                                                   : "Unified Write Filter and deduplication",
                                               where));
  if (facts->deep_freeze != NULL && g_ascii_strcasecmp (facts->deep_freeze, "Frozen") == 0 && !facts->system_volume)
    g_ptr_array_add (reasons, g_strdup_printf ("Deep Freeze is frozen; whether %s is thawed cannot be told", where));
  if (g_strcmp0 (facts->file_system, "zfs") == 0)
    g_ptr_array_add (reasons, g_strdup ("whether ZFS compresses or deduplicates here cannot be told"));
}

ScVolume *
sc_volume_judge (const ScVolumeFacts *facts)
{
  ScVolume *volume = sc_volume_new ();
  g_autoptr (GPtrArray) reasons = g_ptr_array_new_with_free_func (g_free);
  const char *where = facts->where != NULL ? facts->where : "the volume";
  g_autofree char *option = compress_option (facts->options);

  g_free (volume->file_system);
  volume->file_system = g_strdup (facts->file_system != NULL ? facts->file_system : "");
  judge_forgetting (facts, where, volume, reasons);
  if (facts->compressed)
    found (reasons, volume, SC_VOLUME_COMPRESSES,
           g_strdup_printf ("the directory is compressed (%s)", volume->file_system));
  else if (facts->volume_compressed)
    found (reasons, volume, SC_VOLUME_COMPRESSES, g_strdup_printf ("%s is a compressed volume", where));
  else if (option != NULL && !is_exempt (facts, option))
    found (reasons, volume, SC_VOLUME_COMPRESSES, g_strdup_printf ("%s mounted with %s", volume->file_system, option));
  if (facts->deduplication == SC_VOLUME_YES)
    found (reasons, volume, SC_VOLUME_DEDUPLICATES, g_strdup_printf ("deduplication is on for %s", where));
  add_doubts (facts, where, reasons);
  g_ptr_array_add (reasons, NULL);
  g_free (volume->reason);
  volume->reason = g_strjoinv ("; ", (char **) reasons->pdata);
  return volume;
}

gboolean
sc_volume_check (const ScVolume *self, const char *directory, GError **error)
{
  g_autoptr (GString) says = g_string_new (NULL);
  g_autoptr (GString) remedies = g_string_new (NULL);
  g_autoptr (GString) accept = g_string_new (NULL);

  if (self->refused == 0)
    return TRUE;
  for (guint i = 0; i < SC_VOLUME_N_TRAITS; i++) {
    if ((self->refused & (1u << i)) == 0)
      continue;
    g_string_append_printf (says, "%s%s", says->len > 0 ? " and " : "", traits[i].says);
    g_string_append_printf (remedies, "%s, ", traits[i].remedy);
    g_string_append_printf (accept, "%s%s", accept->len > 0 ? "," : "", traits[i].nick);
  }
  g_set_error (error, SC_ERROR, SC_ERROR_STATE,
               "The volume of “%s” %s (%s), so nothing was written: %sname a directory on another volume, or accept it "
               "by --accept-volume=%s (as a setting: AcceptVolume)",
               directory, says->str, self->reason, remedies->str, accept->str);
  return FALSE;
}
