/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-volume.h"

#include "common/platform/sc-nt.h"
#include "common/platform/sc-wmi.h"
#include "common/sc-error.h"

#include <string.h>

/*
 * Sources: UWF_Filter and UWF_Volume ("Unified Write Filter WMI provider reference"), MSFT_DedupVolume ("Data
 * Deduplication"), GetVolumeInformationByHandleW. Deep Freeze keeps its state for scripts to read in "DF Status"
 * beneath its key; which drives it freezes it keeps to itself, so only for the drive of Windows can it be told.
 */
#define MAX_PATH_UNITS 32768u
#define UWF_NAMESPACE "root\\standardcimv2\\embedded"
#define DEDUPLICATION_NAMESPACE "root\\Microsoft\\Windows\\Deduplication"
#define FARONICS L"SOFTWARE\\Faronics"
#define FARONICS_32 L"SOFTWARE\\WOW6432Node\\Faronics"
#define UWF_DRIVER L"SYSTEM\\CurrentControlSet\\Services\\uwfvol"
#define DEDUPLICATION_SERVICE L"SYSTEM\\CurrentControlSet\\Services\\ddpsvc"
#define DEDUPLICATION_DRIVER L"SYSTEM\\CurrentControlSet\\Services\\Dedup"

/* Missing in mingw's headers of Debian 12. */
#ifndef FILE_VOLUME_IS_COMPRESSED
#define FILE_VOLUME_IS_COMPRESSED 0x00008000
#endif

typedef struct {
  char *name;  /* (owned) "D:", or the folder that it is mounted on */
  char *guid;  /* (owned) "{…}"; empty: unknown */
  char *below; /* (owned) the directory from the volume's root on: "\\Templates" */
  gboolean system;
} Place;

static void
place_clear (Place *place)
{
  g_free (place->name);
  g_free (place->guid);
  g_free (place->below);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

static char *
of_wide (const wchar_t *text)
{
  char *utf8 = g_utf16_to_utf8 ((const gunichar2 *) text, -1, NULL, NULL, NULL);
  return utf8 != NULL ? utf8 : g_strdup ("");
}

/* "{GUID}" out of "\\?\Volume{GUID}\Templates"; empty for a share, which has none */
static char *
guid_of (HANDLE handle)
{
  g_autofree wchar_t *path = g_new0 (wchar_t, MAX_PATH_UNITS);
  DWORD length = GetFinalPathNameByHandleW (handle, path, MAX_PATH_UNITS, VOLUME_NAME_GUID);
  if (length == 0 || length >= MAX_PATH_UNITS)
    return g_strdup ("");
  g_autofree char *text = of_wide (path);
  const char *from = strchr (text, '{'), *to = strchr (text, '}');
  return from != NULL && to > from ? g_strndup (from, (gsize) (to - from) + 1) : g_strdup ("");
}

static gboolean
is_system_volume (const char *guid)
{
  wchar_t path[MAX_PATH];
  g_auto (ScHandle) handle = NULL;
  if (GetSystemWindowsDirectoryW (path, G_N_ELEMENTS (path)) == 0)
    return FALSE;
  g_autofree char *windows = of_wide (path);
  if (sc_nt_open_directory (windows, &handle) != ERROR_SUCCESS)
    return FALSE;
  g_autofree char *system = guid_of (handle);
  return *system != '\0' && g_ascii_strcasecmp (system, guid) == 0;
}

/* What the handle's directory is called now, whatever links were on the way. */
static gboolean
find_place (HANDLE handle, const char *directory, Place *place, GError **error)
{
  g_autofree wchar_t *path = g_new0 (wchar_t, MAX_PATH_UNITS);
  g_autofree wchar_t *mount_point = g_new0 (wchar_t, MAX_PATH_UNITS);
  DWORD length = GetFinalPathNameByHandleW (handle, path, MAX_PATH_UNITS, VOLUME_NAME_DOS);

  if (length == 0 || length >= MAX_PATH_UNITS || !GetVolumePathNameW (path, mount_point, MAX_PATH_UNITS))
    return sc_nt_set_error (error, GetLastError (), SC_ERROR_SYSTEM, "Cannot find the volume of “%s”", directory);
  g_autofree char *text = of_wide (path);
  g_autofree char *name = of_wide (mount_point);
  gsize root = strlen (name);
  place->guid = guid_of (handle);
  place->system = is_system_volume (place->guid);
  place->below = g_strconcat ("\\", strlen (text) > root ? text + root : "", NULL);
  while (root > 0 && name[root - 1] == '\\')
    name[--root] = '\0';
  place->name = g_strdup (g_str_has_prefix (name, "\\\\?\\") ? name + strlen ("\\\\?\\") : name);
  return TRUE;
}

/* ---- Unified Write Filter ---- */

static gboolean
has_key (const wchar_t *path)
{
  HKEY key;
  if (RegOpenKeyExW (HKEY_LOCAL_MACHINE, path, 0, KEY_QUERY_VALUE, &key) != ERROR_SUCCESS)
    return FALSE;
  RegCloseKey (key);
  return TRUE;
}

static gboolean
is_of (const Place *place, const char *letter, const char *volume)
{
  g_autofree char *folded = g_ascii_strdown (volume, -1);
  g_autofree char *guid = g_ascii_strdown (place->guid, -1);
  g_autofree char *bare = *guid != '\0' ? g_strndup (guid + 1, strlen (guid) - 2) : g_strdup ("");
  return (*letter != '\0' && g_ascii_strcasecmp (letter, place->name) == 0) ||
         (*bare != '\0' && strstr (folded, bare) != NULL);
}

/* The directory, or one above it. */
static gboolean
is_excluded (const char *object, const Place *place)
{
  g_autofree char *path = g_strdup (place->below);
  char *end;

  do {
    g_autoptr (GError) error = NULL;
    gboolean excluded = FALSE;
    if (!sc_wmi_ask (UWF_NAMESPACE, object, "FindExclusion", "FileName", path, "bFound", &excluded, &error))
      return FALSE; /* so it counts as protected: nothing is lost by that */
    if (excluded)
      return TRUE;
    end = strrchr (path, '\\');
    if (end != NULL)
      *end = '\0';
  } while (end != NULL && end > path);
  return FALSE;
}

static ScVolumeFilter
ask_write_filter (const Place *place, gboolean ask)
{
  static const char *const filter_properties[] = { "CurrentEnabled", NULL };
  static const char *const volume_properties[] = { "DriveLetter", "VolumeName", "Protected", "__RELPATH", NULL };
  g_autoptr (GError) error = NULL;

  if (!has_key (UWF_DRIVER))
    return SC_VOLUME_FILTER_NONE; /* the feature is not there: WMI need not be woken */
  if (!ask)
    return SC_VOLUME_FILTER_SILENT;
  g_autoptr (GPtrArray) filter =
      sc_wmi_query (UWF_NAMESPACE, "SELECT CurrentEnabled FROM UWF_Filter", filter_properties, &error);
  if (filter == NULL)
    return g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND) ? SC_VOLUME_FILTER_NONE : SC_VOLUME_FILTER_UNKNOWN;
  if (filter->len == 0)
    return SC_VOLUME_FILTER_UNKNOWN;
  if (!g_str_equal (((GStrv) filter->pdata[0])[0], "true"))
    return SC_VOLUME_FILTER_NONE;
  g_autoptr (GPtrArray) volumes =
      sc_wmi_query (UWF_NAMESPACE, "SELECT * FROM UWF_Volume WHERE CurrentSession = TRUE", volume_properties, &error);
  if (volumes == NULL)
    return SC_VOLUME_FILTER_UNKNOWN;
  for (guint i = 0; i < volumes->len; i++) {
    GStrv row = volumes->pdata[i];
    if (is_of (place, row[0], row[1]) && g_str_equal (row[2], "true"))
      return is_excluded (row[3], place) ? SC_VOLUME_FILTER_EXCLUDED : SC_VOLUME_FILTER_PROTECTS;
  }
  return SC_VOLUME_FILTER_OTHER;
}

/* ---- Deep Freeze ---- */

/* Returns: (transfer full) (nullable) */
static char *
read_state (HKEY parent, const wchar_t *name)
{
  wchar_t value[32] = L"";
  DWORD size = sizeof value - sizeof *value;
  if (RegGetValueW (parent, name, L"DF Status", RRF_RT_REG_SZ, NULL, value, &size) != ERROR_SUCCESS)
    return NULL;
  return of_wide (value);
}

/* Its key has the product's number in its name: "Deep Freeze 6" up to version 8. Returns: (transfer full) (nullable) */
static char *
find_deep_freeze (const wchar_t *path)
{
  wchar_t name[256];
  char *state = NULL;
  HKEY key;

  if (RegOpenKeyExW (HKEY_LOCAL_MACHINE, path, 0, KEY_READ, &key) != ERROR_SUCCESS)
    return NULL;
  for (DWORD i = 0; state == NULL; i++) {
    DWORD length = G_N_ELEMENTS (name);
    if (RegEnumKeyExW (key, i, name, &length, NULL, NULL, NULL, NULL) != ERROR_SUCCESS)
      break;
    if (_wcsnicmp (name, L"Deep Freeze", wcslen (L"Deep Freeze")) == 0)
      state = read_state (key, name);
  }
  RegCloseKey (key);
  return state;
}

/* ---- deduplication ---- */

static ScVolumeFact
ask_deduplication (const Place *place, gboolean ask)
{
  static const char *const properties[] = { "Volume", "VolumeId", "Enabled", NULL };
  g_autoptr (GError) error = NULL;

  if (!has_key (DEDUPLICATION_SERVICE) && !has_key (DEDUPLICATION_DRIVER))
    return SC_VOLUME_NO; /* as on every Windows that is no server */
  if (!ask)
    return SC_VOLUME_SILENT;
  g_autoptr (GPtrArray) volumes =
      sc_wmi_query (DEDUPLICATION_NAMESPACE, "SELECT * FROM MSFT_DedupVolume", properties, &error);

  if (volumes == NULL)
    return g_error_matches (error, SC_ERROR, SC_ERROR_NOT_FOUND) ? SC_VOLUME_NO : SC_VOLUME_UNKNOWN;
  for (guint i = 0; i < volumes->len; i++) {
    GStrv row = volumes->pdata[i];
    if ((is_of (place, row[0], row[0]) || is_of (place, "", row[1])) && g_str_equal (row[2], "true"))
      return SC_VOLUME_YES;
  }
  return SC_VOLUME_NO;
}

static gboolean
is_compressed (HANDLE handle)
{
  FILE_BASIC_INFO basic;
  return GetFileInformationByHandleEx (handle, FileBasicInfo, &basic, sizeof basic) &&
         (basic.FileAttributes & FILE_ATTRIBUTE_COMPRESSED) != 0;
}

ScVolume *
sc_volume_inspect (const char *directory, gboolean ask, GError **error)
{
  g_auto (ScHandle) handle = NULL;
  g_auto (Place) place = { 0 };
  wchar_t type[64] = L"";
  DWORD flags = 0;
  DWORD code = sc_nt_open_directory (directory, &handle);

  if (code != ERROR_SUCCESS) {
    sc_nt_set_error (error, code, SC_ERROR_SYSTEM, "Cannot open “%s” to look at its volume", directory);
    return NULL;
  }
  if (!find_place (handle, directory, &place, error))
    return NULL;
  if (!GetVolumeInformationByHandleW (handle, NULL, 0, NULL, NULL, &flags, type, G_N_ELEMENTS (type))) {
    sc_nt_set_error (error, GetLastError (), SC_ERROR_SYSTEM, "Cannot examine the volume of “%s”", directory);
    return NULL;
  }
  g_autofree char *file_system = of_wide (type);
  g_autofree char *frozen = find_deep_freeze (FARONICS_32);
  if (frozen == NULL)
    frozen = find_deep_freeze (FARONICS);
  const ScVolumeFacts facts = { .file_system = file_system,
                                .where = place.name,
                                .compressed = is_compressed (handle),
                                .volume_compressed = (flags & FILE_VOLUME_IS_COMPRESSED) != 0,
                                .system_volume = place.system,
                                .deduplication = ask_deduplication (&place, ask),
                                .write_filter = ask_write_filter (&place, ask),
                                .deep_freeze = frozen };
  return sc_volume_judge (&facts);
}
