/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/store/sc-publish-scan.h"

#include "common/sc-error.h"
#include "common/sc-manifest.h"
#include "common/sc-path.h"
#include "common/sc-short-names.h"

#define MAX_PROBLEMS 20u
#define MANIFEST_FILE_BYTES 96u /* of a file in a manifest, besides its path and chunk ids, at most */

typedef struct {
  ScPublishScan *scan;
  GPtrArray *problems;
  guint more_problems;
  GCancellable *cancellable;
} Walk;

static void
publish_file_free (gpointer data)
{
  ScPublishFile *file = data;

  g_free (file->path);
  g_free (file->source);
  g_free (file);
}

static void
publish_template_free (gpointer data)
{
  ScPublishTemplate *template = data;

  g_free (template->name);
  g_ptr_array_unref (template->files);
  g_free (template);
}

static ScPublishTemplate *
publish_template_new (const char *name)
{
  ScPublishTemplate *template = g_new0 (ScPublishTemplate, 1);

  template->name = g_strdup (name);
  template->files = g_ptr_array_new_with_free_func (publish_file_free);
  return template;
}

void
sc_publish_scan_free (ScPublishScan *self)
{
  if (self == NULL)
    return;
  g_free (self->root);
  g_ptr_array_unref (self->templates);
  g_free (self);
}

static void add_problem (Walk *walk, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
add_problem (Walk *walk, const char *format, ...)
{
  va_list arguments;

  if (walk->problems->len >= MAX_PROBLEMS) {
    walk->more_problems++;
    return;
  }
  va_start (arguments, format);
  g_ptr_array_add (walk->problems, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* For people: whatever bytes a name may have. */
static char *
show (const char *parent, const char *name)
{
  g_autofree char *path = parent == NULL ? g_strdup (name) : g_build_filename (parent, name, NULL);

  return g_filename_display_name (path);
}

/* @parent: (nullable): relative to the root. Returns: whether the name can be published */
static gboolean
check_name (Walk *walk, const char *parent, const char *name, GHashTable *folded)
{
  g_autofree char *shown = show (parent, name);
  g_autoptr (GError) error = NULL;
  const char *other;
  char *fold;

  if (!sc_path_check_component (name, &error)) {
    add_problem (walk, "%s: %s", shown, error->message);
    return FALSE;
  }
  fold = sc_path_fold (name);
  other = g_hash_table_lookup (folded, fold);
  if (other != NULL) {
    g_autofree char *shown_other = show (parent, other);

    add_problem (walk, "%s and %s differ only in case or Unicode form, so Windows cannot hold both: rename one",
                 shown_other, shown);
    g_free (fold);
    return FALSE;
  }
  g_hash_table_insert (folded, fold, (gpointer) name);
  return TRUE;
}

/* All names of one directory, among them those that were refused already.
 * @parent: (nullable): relative to the root */
static void
check_short_names (Walk *walk, const char *parent, const GPtrArray *names)
{
  g_autoptr (ScShortNames) shorts = sc_short_names_new ();

  for (guint i = 0; i < names->len; i++)
    if (g_utf8_validate (names->pdata[i], -1, NULL))
      sc_short_names_add (shorts, names->pdata[i]);
  for (guint i = 0; i < names->len; i++) {
    const char *other = sc_short_names_find (shorts, names->pdata[i]);

    if (other != NULL) {
      g_autofree char *shown = show (parent, names->pdata[i]);
      g_autofree char *shown_other = show (parent, other);

      add_problem (walk, "%s could be the short name that Windows gives %s, so Windows cannot hold both: rename %s",
                   shown_other, shown, shown_other);
    }
  }
}

/* A link is published as the file that it leads to, if that is one beneath the root. */
static gboolean
follow_link (Walk *walk, const char *shown, const char *path, ScPublishFile *file)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *target = sc_scan_resolve (path, &error);

  if (target == NULL) {
    add_problem (walk, "%s is a link that leads nowhere: remove it, or put the file there", shown);
    return FALSE;
  }
  if (!sc_scan_lies_beneath (target, walk->scan->root)) {
    g_autofree char *shown_target = g_filename_display_name (target);

    add_problem (walk, "%s is a link out of the published directory, to %s: put the file itself there", shown,
                 shown_target);
    return FALSE;
  }
  if (!sc_scan_info (target, &file->info, &error) || file->info.kind != SC_SCAN_FILE) {
    add_problem (walk, "%s is a link to something that is not a regular file: put the files themselves there", shown);
    return FALSE;
  }
  file->source = g_steal_pointer (&target);
  return TRUE;
}

static void
add_file (Walk *walk, ScPublishTemplate *template, const char *relative, const char *path, const ScScanInfo *info)
{
  g_autofree char *shown = g_str_equal (template->name, SC_TEMPLATE_ROOT)
                               ? g_strdup (relative)
                               : g_build_filename (template->name, relative, NULL);
  ScPublishFile *file = g_new0 (ScPublishFile, 1);
  g_autoptr (GError) error = NULL;

  file->path = g_strdup (relative);
  file->info = *info;
  if (info->kind == SC_SCAN_OTHER) {
    add_problem (
        walk, "%s is a device, socket or pipe, or on Windows what another program keeps elsewhere (a cloud): remove it",
        shown);
  } else if (!sc_path_check_relative (relative, &error)) {
    add_problem (walk, "%s: %s", shown, error->message);
  } else if (info->kind != SC_SCAN_LINK || follow_link (walk, shown, path, file)) {
    if (file->source == NULL)
      file->source = g_strdup (path);
    if (file->info.size > (guint64) SC_MANIFEST_MAX_BYTES / sizeof (ScChunkId) * SC_CHUNK_SIZE)
      add_problem (walk, "%s is larger than a file of a template can be (2 TB)", shown);
    walk->scan->bytes += file->info.size;
    walk->scan->n_files++;
    g_ptr_array_add (template->files, g_steal_pointer (&file));
  }
  if (file != NULL)
    publish_file_free (file);
}

/* @relative: (nullable): of the directory in its template; @path: absolute. Returns: FALSE on what ends the walk */
static gboolean
walk_directory (Walk *walk, ScPublishTemplate *template, const char *relative, const char *path, guint depth,
                GError **error)
{
  g_autoptr (GHashTable) folded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) names = sc_scan_list (path, error);
  g_autofree char *parent =
      relative == NULL ? g_strdup (template->name) : g_build_filename (template->name, relative, NULL);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    g_autofree char *child = g_build_filename (path, name, NULL);
    g_autofree char *child_relative = relative == NULL ? g_strdup (name) : g_strconcat (relative, "/", name, NULL);
    ScScanInfo info;

    if (g_cancellable_is_cancelled (walk->cancellable)) {
      g_set_error_literal (error, SC_ERROR, SC_ERROR_CANCELLED, "Publishing was cancelled; nothing is lost");
      return FALSE;
    }
    if (!check_name (walk, parent, name, folded))
      continue;
    if (!sc_scan_info (child, &info, error))
      return FALSE;
    if (info.kind != SC_SCAN_DIRECTORY) {
      add_file (walk, template, child_relative, child, &info);
    } else if (depth >= SC_PATH_MAX_DEPTH) {
      g_autofree char *shown = show (parent, name);

      add_problem (walk, "%s: directories are nested deeper than %d levels", shown, SC_PATH_MAX_DEPTH);
    } else if (!walk_directory (walk, template, child_relative, child, depth + 1, error)) {
      return FALSE;
    }
  }
  check_short_names (walk, parent, names);
  if (template->files->len > SC_MANIFEST_MAX_FILES)
    add_problem (walk, "%s has more than %u files: a template is a directory of virtual-machine files", template->name,
                 SC_MANIFEST_MAX_FILES);
  return TRUE;
}

static int
compare_files (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(ScPublishFile *const *) a)->path, (*(ScPublishFile *const *) b)->path);
}

/* Two walks are compared in one order; a template without files is none. */
static void
tidy_templates (ScPublishScan *scan)
{
  for (guint i = scan->templates->len; i-- > 0;) {
    ScPublishTemplate *template = g_ptr_array_index (scan->templates, i);

    g_ptr_array_sort (template->files, compare_files);
    if (template->files->len == 0)
      g_ptr_array_remove_index (scan->templates, i);
  }
}

/* A manifest has a limit, and to find that after hours of reading is no help. */
static void
check_template_sizes (Walk *walk)
{
  for (guint t = 0; t < walk->scan->templates->len; t++) {
    const ScPublishTemplate *template = g_ptr_array_index (walk->scan->templates, t);
    guint64 bytes = 0;

    for (guint f = 0; f < template->files->len; f++) {
      const ScPublishFile *file = g_ptr_array_index (template->files, f);

      bytes += strlen (file->path) + MANIFEST_FILE_BYTES + sc_chunk_count (file->info.size) * sizeof (ScChunkId);
    }
    if (bytes > SC_MANIFEST_MAX_BYTES)
      add_problem (walk, "%s is larger than a template can be (2 TB): divide it into several", template->name);
  }
}

static gboolean
walk_top (Walk *walk, GError **error)
{
  ScPublishScan *scan = walk->scan;
  g_autoptr (GHashTable) folded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) names = sc_scan_list (scan->root, error);
  ScPublishTemplate *loose = publish_template_new (SC_TEMPLATE_ROOT);

  g_ptr_array_add (scan->templates, loose);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; i < names->len; i++) {
    const char *name = g_ptr_array_index (names, i);
    g_autofree char *child = g_build_filename (scan->root, name, NULL);
    ScScanInfo info;

    if (!check_name (walk, NULL, name, folded))
      continue;
    if (!sc_scan_info (child, &info, error))
      return FALSE;
    if (info.kind == SC_SCAN_DIRECTORY) {
      ScPublishTemplate *template = publish_template_new (name);

      g_ptr_array_add (scan->templates, template);
      if (!walk_directory (walk, template, NULL, child, 1, error))
        return FALSE;
    } else {
      add_file (walk, loose, name, child, &info);
    }
  }
  check_short_names (walk, NULL, names);
  tidy_templates (scan);
  check_template_sizes (walk);
  if (scan->templates->len > SC_MANIFEST_MAX_TEMPLATES)
    add_problem (walk, "there are more than %u templates", SC_MANIFEST_MAX_TEMPLATES);
  return TRUE;
}

static gboolean
report_problems (Walk *walk, const char *directory, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *more = NULL;

  if (walk->problems->len == 0 && walk->scan->templates->len == 0) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "There is nothing to publish in %s: put each template's files into a sub-directory of it", directory);
    return FALSE;
  }
  if (walk->problems->len == 0)
    return TRUE;
  g_ptr_array_add (walk->problems, NULL);
  text = g_strjoinv ("\n", (char **) walk->problems->pdata);
  more = walk->more_problems > 0 ? g_strdup_printf ("\n… and %u more", walk->more_problems) : g_strdup ("");
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s cannot be published, because not every seat could hold it:\n%s%s",
               directory, text, more);
  return FALSE;
}

ScPublishScan *
sc_publish_scan (const char *directory, GCancellable *cancellable, GError **error)
{
  g_autoptr (ScPublishScan) self = g_new0 (ScPublishScan, 1);
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *shown = g_filename_display_name (directory);
  Walk walk = { .scan = self, .problems = problems, .cancellable = cancellable };
  ScScanInfo info;

  self->templates = g_ptr_array_new_with_free_func (publish_template_free);
  self->root = sc_scan_resolve (directory, error);
  if (self->root == NULL || !sc_scan_info (self->root, &info, error))
    return NULL;
  if (info.kind != SC_SCAN_DIRECTORY) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                 "%s is no directory: name the one whose sub-directories are the templates", shown);
    return NULL;
  }
  if (!walk_top (&walk, error) || !report_problems (&walk, shown, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
set_changed (const ScPublishTemplate *template, const char *path, const char *what, GError **error)
{
  g_autofree char *shown = g_build_filename (template->name, path, NULL);

  g_set_error (
      error, SC_ERROR, SC_ERROR_CHANGED,
      "%s %s while it was published, so no version was made: publish again when nothing writes there (is a virtual "
      "machine running from it?)",
      shown, what);
  return FALSE;
}

static gboolean
check_same_template (const ScPublishTemplate *before, const ScPublishTemplate *after, GError **error)
{
  for (guint i = 0; i < MAX (before->files->len, after->files->len); i++) {
    const ScPublishFile *old = i < before->files->len ? g_ptr_array_index (before->files, i) : NULL;
    const ScPublishFile *new = i < after->files->len ? g_ptr_array_index (after->files, i) : NULL;
    int order = old == NULL ? 1 : new == NULL ? -1 : strcmp (old->path, new->path);

    /* both walks are in one order, so the first difference is a file that came, went or changed */
    if (order != 0 && (old == NULL || (new != NULL &&order > 0)))
      return set_changed (after, new->path, "was added", error);
    if (order != 0)
      return set_changed (before, old->path, "was removed", error);
    if (!g_str_equal (old->source, new->source) || !sc_scan_info_equal (&old->info, &new->info))
      return set_changed (before, old->path, "changed", error);
  }
  return TRUE;
}

gboolean
sc_publish_scan_check_same (const ScPublishScan *before, const ScPublishScan *after, GError **error)
{
  for (guint i = 0; i < MAX (before->templates->len, after->templates->len); i++) {
    const ScPublishTemplate *old = i < before->templates->len ? g_ptr_array_index (before->templates, i) : NULL;
    const ScPublishTemplate *new = i < after->templates->len ? g_ptr_array_index (after->templates, i) : NULL;

    if (old == NULL || (new != NULL &&strcmp (old->name, new->name) > 0))
      return set_changed (new, "", "was added", error);
    if (new == NULL || strcmp (old->name, new->name) < 0)
      return set_changed (old, "", "was removed", error);
    if (!check_same_template (old, new, error))
      return FALSE;
  }
  return TRUE;
}
