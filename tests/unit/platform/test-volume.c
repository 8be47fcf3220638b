/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-volume.h"

#include "common/platform/sc-mounts.h"
#include "common/sc-error.h"
#include "test-volume.h"

#include <string.h>

#define F SC_VOLUME_FORGETS
#define C SC_VOLUME_COMPRESSES
#define D SC_VOLUME_DEDUPLICATES

static const struct {
  ScVolumeFacts facts;
  ScVolumeTraits traits;
  const char *reason;
} verdicts[] = {
  { { .file_system = NULL }, 0, "" },
  { { .file_system = "ext4", .where = "/srv", .options = "rw,errors=remount-ro" }, 0, "" },
  { { .file_system = "tmpfs", .where = "/tmp" }, F, "/tmp is a tmpfs: in memory" },
  { { .file_system = "ramfs", .where = "/r" }, F, "/r is a ramfs: in memory" },
  { { .file_system = "overlay", .where = "/", .upper_file_system = "tmpfs" },
    F,
    "/ is an overlay whose changes are in memory (tmpfs)" },
  { { .file_system = "overlay", .where = "/", .upper_file_system = "ext4" }, 0, "" }, /* a container's */
  { { .file_system = "overlay", .where = "/" }, 0, "" },
  { { .file_system = "overlay", .where = "/", .live = TRUE }, F, "/ is the overlay of a live system" },
  { { .file_system = "ext4", .where = "/srv", .live = TRUE }, 0, "" },
  { { .file_system = "btrfs", .where = "/srv", .options = "rw,compress=zstd:3,ssd" },
    C,
    "btrfs mounted with compress=zstd:3" },
  { { .file_system = "btrfs", .where = "/srv", .options = "rw,compress-force=lzo" },
    C,
    "btrfs mounted with compress-force=lzo" },
  { { .file_system = "btrfs", .where = "/srv", .options = "rw,compress=no" }, 0, "" },
  { { .file_system = "btrfs", .where = "/srv", .options = "rw,compress=zstd:1", .uncompressed = TRUE }, 0, "" },
  { { .file_system = "btrfs", .where = "/srv", .options = "rw,compress=zstd:1", .overwritten = TRUE }, 0, "" },
  { { .file_system = "btrfs", .where = "/srv", .options = "rw,compress-force=zstd:1", .overwritten = TRUE }, 0, "" },
  { { .file_system = "btrfs", .where = "/srv", .options = "rw,compress-force=zstd:1", .uncompressed = TRUE },
    C,
    "btrfs mounted with compress-force=zstd:1" },
  { { .file_system = "bcachefs", .where = "/srv", .options = "rw,compression=lz4", .overwritten = TRUE },
    C,
    "bcachefs mounted with compression=lz4" },
  { { .file_system = "f2fs", .where = "/srv", .options = "rw,compress_algorithm=lz4" }, 0, "" },
  { { .file_system = "bcachefs", .where = "/srv", .options = "rw,compression=none" }, 0, "" },
  { { .file_system = "bcachefs", .where = "/srv", .options = "rw,compression=lz4" },
    C,
    "bcachefs mounted with compression=lz4" },
  { { .file_system = "btrfs", .where = "/srv", .compressed = TRUE }, C, "the directory is compressed (btrfs)" },
  { { .file_system = "zfs", .where = "/tank" }, 0, "whether ZFS compresses or deduplicates here cannot be told" },
  { { .file_system = "NTFS", .where = "D:" }, 0, "" },
  { { .file_system = "NTFS", .where = "D:", .compressed = TRUE }, C, "the directory is compressed (NTFS)" },
  { { .file_system = "NTFS", .where = "D:", .volume_compressed = TRUE }, C, "D: is a compressed volume" },
  { { .file_system = "NTFS", .where = "D:", .deduplication = SC_VOLUME_YES }, D, "deduplication is on for D:" },
  { { .file_system = "NTFS", .where = "D:", .deduplication = SC_VOLUME_NO }, 0, "" },
  { { .file_system = "NTFS", .where = "D:", .write_filter = SC_VOLUME_FILTER_PROTECTS },
    F,
    "Unified Write Filter protects D:" },
  { { .file_system = "NTFS", .where = "D:", .write_filter = SC_VOLUME_FILTER_EXCLUDED }, 0, "" },
  { { .file_system = "NTFS", .where = "D:", .write_filter = SC_VOLUME_FILTER_OTHER }, 0, "" },
  { { .file_system = "NTFS", .where = "D:", .write_filter = SC_VOLUME_FILTER_UNKNOWN },
    0,
    "Unified Write Filter is installed; whether it protects D: cannot be read by the service's account" },
  { { .file_system = "NTFS", .where = "D:", .write_filter = SC_VOLUME_FILTER_SILENT },
    0,
    "Unified Write Filter could not be asked about D: (no answer)" },
  { { .file_system = "NTFS", .where = "D:", .deduplication = SC_VOLUME_SILENT, .compressed = TRUE },
    C,
    "the directory is compressed (NTFS); deduplication could not be asked about D: (no answer)" },
  { { .file_system = "NTFS",
      .where = "D:",
      .deduplication = SC_VOLUME_SILENT,
      .write_filter = SC_VOLUME_FILTER_SILENT },
    0,
    "Unified Write Filter and deduplication could not be asked about D: (no answer)" },
  { { .file_system = "NTFS", .where = "C:", .system_volume = TRUE, .deep_freeze = "Frozen" },
    F,
    "Deep Freeze is frozen, and Windows is on C:" },
  { { .file_system = "NTFS", .where = "C:", .system_volume = TRUE, .deep_freeze = "FROZEN" },
    F,
    "Deep Freeze is frozen, and Windows is on C:" },
  { { .file_system = "NTFS", .where = "C:", .system_volume = TRUE, .deep_freeze = "Thawed" }, 0, "" },
  { { .file_system = "NTFS", .where = "T:", .deep_freeze = "Thawed" }, 0, "" },
  { { .file_system = "NTFS", .where = "T:", .deep_freeze = "Frozen" },
    0,
    "Deep Freeze is frozen; whether T: is thawed cannot be told" },
  { { .file_system = "NTFS",
      .where = "D:",
      .compressed = TRUE,
      .deduplication = SC_VOLUME_YES,
      .write_filter = SC_VOLUME_FILTER_PROTECTS },
    F | C | D,
    "Unified Write Filter protects D:; the directory is compressed (NTFS); deduplication is on for D:" },
};

static void
test_judge (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (verdicts); i++) {
    g_autoptr (ScVolume) volume = sc_volume_judge (&verdicts[i].facts);
    const char *file_system = verdicts[i].facts.file_system;

    g_assert_cmpstr (volume->reason, ==, verdicts[i].reason);
    g_assert_cmpuint (volume->traits, ==, verdicts[i].traits);
    g_assert_cmpuint (volume->refused, ==, 0);
    g_assert_cmpstr (volume->file_system, ==, file_system != NULL ? file_system : "");
  }
}

static void
test_check (void)
{
  g_autoptr (ScVolume) volume = sc_volume_judge (&verdicts[G_N_ELEMENTS (verdicts) - 1].facts);
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_volume_check (volume, "D:/Templates", &error));
  volume->refused = F;
  g_assert_false (sc_volume_check (volume, "D:/Templates", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_STATE);
  g_assert_nonnull (strstr (error->message, "D:/Templates"));
  g_assert_nonnull (strstr (error->message, "forgets at restart"));
  g_assert_nonnull (strstr (error->message, volume->reason));
  g_assert_nonnull (strstr (error->message, "thaw it"));
  g_assert_nonnull (strstr (error->message, "--accept-volume=forgets"));
  g_assert_null (strstr (error->message, "compact"));
  g_clear_error (&error);
  volume->refused = C | D;
  g_assert_false (sc_volume_check (volume, "D:/Templates", &error));
  g_assert_nonnull (strstr (error->message, "compresses its files and deduplicates"));
  g_assert_nonnull (strstr (error->message, "compact /u /s"));
  g_assert_nonnull (strstr (error->message, "chattr +C"));
  g_assert_nonnull (strstr (error->message, "--accept-volume=compresses,deduplicates"));
}

static void
test_option (void)
{
  static const struct {
    const char *text;
    int traits; /* -1: refused */
  } cases[] = {
    { "", 0 },
    { "forgets", F },
    { "compresses,deduplicates", C | D },
    { " forgets , compresses, deduplicates,", F | C | D },
    { "forget", -1 },
    { "forgets;compresses", -1 },
    { "all", -1 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    ScVolumeTraits traits = 0;
    gboolean known = sc_volume_traits_parse ("--accept-volume", cases[i].text, &traits, &error);

    g_assert_cmpint (known, ==, cases[i].traits >= 0);
    if (known)
      g_assert_cmpint (traits, ==, cases[i].traits);
    else
      g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
}

static ScVolume *
of_text (const char *text, GError **error)
{
  g_autoptr (ScJson) object = json_loads (text, 0, NULL);
  g_assert_nonnull (object);
  return sc_volume_from_json (object, error);
}

static void
test_json (void)
{
  g_autoptr (ScVolume) volume = sc_volume_judge (&verdicts[G_N_ELEMENTS (verdicts) - 1].facts);
  g_autoptr (GError) error = NULL;

  volume->refused = F | D;
  g_autoptr (ScJson) object = sc_volume_to_json (volume);
  g_autoptr (ScVolume) same = sc_volume_from_json (object, &error);
  g_assert_no_error (error);
  g_assert_true (sc_volume_equal (volume, same));
  same->refused = F;
  g_assert_false (sc_volume_equal (volume, same));

  /* what is too long is cut, between characters */
  g_autoptr (GString) reason = g_string_new ("x");
  while (reason->len <= SC_VOLUME_TEXT_MAX)
    g_string_append (reason, "ü");
  g_free (volume->reason);
  volume->reason = g_string_free (g_steal_pointer (&reason), FALSE);
  g_autoptr (ScJson) cut = sc_volume_to_json (volume);
  g_autoptr (ScVolume) shorter = sc_volume_from_json (cut, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (shorter->reason), ==, SC_VOLUME_TEXT_MAX - 1);
}

static void
test_hostile_json (void)
{
  static const char *const texts[] = {
    "{}",
    "{\"file_system\": 1, \"traits\": [], \"refused\": [], \"reason\": \"\"}",
    "{\"file_system\": \"\", \"traits\": [\"eats\"], \"refused\": [], \"reason\": \"\"}",
    "{\"file_system\": \"\", \"traits\": [7], \"refused\": [], \"reason\": \"\"}",
    "{\"file_system\": \"\", \"traits\": [\"forgets\", \"forgets\", \"forgets\", \"forgets\"], \"refused\": [],"
    " \"reason\": \"\"}",
    "{\"file_system\": \"\", \"traits\": [], \"refused\": [\"forgets\"], \"reason\": \"\"}",
    "{\"file_system\": \"\", \"traits\": [], \"refused\": []}",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_null (of_text (texts[i], &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  }
  g_autofree char *word = g_strnfill (SC_VOLUME_TEXT_MAX + 1, 'x');
  g_autofree char *text =
      g_strdup_printf ("{\"file_system\": \"\", \"traits\": [], \"refused\": [], \"reason\": \"%s\"}", word);
  g_autoptr (GError) error = NULL;
  g_assert_null (of_text (text, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
}

static const char mountinfo[] =
    "22 28 0:21 / /proc rw,nosuid - proc proc rw\n"
    "28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro\n"
    "40 28 0:35 /@a\\040b /srv/a\\040b rw shared:2 master:3 - btrfs /dev/sdb rw,compress=zstd:3,subvol=/@a\\040b\n"
    "41 28 0:36 / /run rw - tmpfs tmpfs rw,size=1k\n"
    "42 28 0:37 / /mnt rw - overlay overlay rw,lowerdir=/,upperdir=/run/upper,workdir=/run/work\n"
    "nonsense\n"
    "43 28 0:38 / /srv rw -\n"
    "44 41 0:39 / /run rw - xfs /dev/sdc rw\n"
    "45 28 0:40 / /mnt2 rw - overlay overlay rw,upperdir=/run/a\\054b\\040\\075c,workdir=/x\\054compress\\075zstd\n";

static void
test_mounts (void)
{
  g_autoptr (GPtrArray) mounts = sc_mounts_parse (mountinfo);
  g_autofree char *upper = sc_mount_get_option (sc_mounts_find (mounts, 42), "upperdir");
  g_autofree char *with_comma = sc_mount_get_option (sc_mounts_find (mounts, 45), "upperdir");

  g_assert_cmpuint (mounts->len, ==, 7);
  g_assert_null (sc_mounts_find (mounts, 43));
  g_assert_cmpstr (sc_mounts_find (mounts, 40)->target, ==, "/srv/a b");
  g_assert_cmpstr (sc_mounts_find (mounts, 40)->root, ==, "/@a b");
  g_assert_cmpstr (sc_mounts_find (mounts, 40)->file_system, ==, "btrfs");
  g_assert_cmpstr (upper, ==, "/run/upper");
  g_assert_null (sc_mount_get_option (sc_mounts_find (mounts, 42), "upper"));
  g_assert_cmpstr (with_comma, ==, "/run/a,b =c");
  g_assert_null (sc_mount_get_option (sc_mounts_find (mounts, 45), "compress"));
  g_assert_cmpuint (sc_mounts_find_path (mounts, "/srv/a b")->id, ==, 40);
  g_assert_cmpuint (sc_mounts_find_path (mounts, "/srv/a b/c")->id, ==, 40);
  g_assert_cmpuint (sc_mounts_find_path (mounts, "/srv/a bc")->id, ==, 28);
  g_assert_cmpuint (sc_mounts_find_path (mounts, "/run/upper")->id, ==, 44); /* mounted over the other */
}

static void
test_missing (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sc_volume_inspect ("there/is/no/such/directory", TRUE, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/volume/judge", test_judge);
  g_test_add_func ("/volume/check", test_check);
  g_test_add_func ("/volume/option", test_option);
  g_test_add_func ("/volume/json", test_json);
  g_test_add_func ("/volume/hostile-json", test_hostile_json);
  g_test_add_func ("/volume/mounts", test_mounts);
  g_test_add_func ("/volume/missing", test_missing);
  test_volume_add_system ();
  return g_test_run ();
}
