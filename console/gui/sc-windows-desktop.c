/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-windows-desktop.h"

#include <gtk/gtk.h>
#include <windows.h>

#define THEME "Adwaita"
#define FONT_POINTS 9 /* as Windows' own */

/* Returns: (nullable) (transfer full): "de_DE:de:en_US:en" of "de-DE", "en-US": gettext's $LANGUAGE */
static char *
get_languages (void)
{
  wchar_t names[1024];
  ULONG length = G_N_ELEMENTS (names);
  ULONG n = 0;
  g_autoptr (GString) languages = g_string_new (NULL);

  if (!GetUserPreferredUILanguages (MUI_LANGUAGE_NAME, &n, names, &length))
    return NULL;
  for (const wchar_t *each = names; *each != L'\0'; each += wcslen (each) + 1) {
    g_autofree char *name = g_utf16_to_utf8 (each, -1, NULL, NULL, NULL);
    const char *dash = name != NULL ? strchr (name, '-') : NULL;

    if (name == NULL)
      continue;
    if (languages->len > 0)
      g_string_append_c (languages, ':');
    if (dash != NULL)
      g_string_append_printf (languages, "%.*s_%s:%.*s", (int) (dash - name), name, dash + 1, (int) (dash - name),
                              name);
    else
      g_string_append (languages, name);
  }
  return languages->len > 0 ? g_string_free (g_steal_pointer (&languages), FALSE) : NULL;
}

void
sc_windows_desktop_choose_language (void)
{
  static const char *const variables[] = { "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG" };
  g_autofree char *languages = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++) {
    if (g_getenv (variables[i]) != NULL)
      return;
  }
  languages = get_languages ();
  if (languages != NULL)
    g_setenv ("LANGUAGE", languages, TRUE);
}

static gboolean
has_family (PangoFontFamily **families, int n, const char *name)
{
  for (int i = 0; i < n; i++) {
    if (g_ascii_strcasecmp (pango_font_family_get_name (families[i]), name) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Windows names the font of its messages, which is not always there: not on a Server Core, not in Wine. Pango cannot
 * do without. */
static void
choose_font (GtkSettings *settings)
{
  static const char *const others[] = { "Segoe UI", "Tahoma", "DejaVu Sans", "Liberation Sans", "Arial" };
  g_autofree char *text = NULL;
  g_autofree PangoFontFamily **families = NULL;
  g_autoptr (PangoFontDescription) wanted = NULL;
  const char *family = NULL;
  int n = 0;

  g_object_get (settings, "gtk-font-name", &text, NULL);
  wanted = pango_font_description_from_string (text != NULL ? text : "");
  family = pango_font_description_get_family (wanted);
  pango_font_map_list_families (pango_cairo_font_map_get_default (), &families, &n);
  if (family != NULL && has_family (families, n, family))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    if (has_family (families, n, others[i])) {
      g_autofree char *name = g_strdup_printf ("%s %d", others[i], FONT_POINTS);

      g_object_set (settings, "gtk-font-name", name, NULL);
      return;
    }
  }
}

void
sc_windows_desktop_adapt (void)
{
  GtkSettings *settings = gtk_settings_get_default ();

  g_object_set (settings, "gtk-theme-name", THEME, NULL);
  choose_font (settings);
}
