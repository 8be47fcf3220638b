/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-acl.h"

#include <aclapi.h>
#include <glib/gstdio.h>
#include <sddl.h>

#include "common/platform/sc-nt.h"
#include "test-dir.h"

#define SERVICE "seatcast-service"

static void
assert_sid (const char *service, const char *expected)
{
  g_autofree PSID sid = sc_acl_service_sid (service);
  g_autofree char *text = sc_acl_sid_to_text (sid);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_sid_is_the_one_windows_derives (void)
{
  assert_sid ("TrustedInstaller", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
  assert_sid ("trustedinstaller", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464");
  assert_sid ("MSSQLSERVER", "S-1-5-80-3880718306-3832830129-1677859214-2598158968-1052248003");
}

/* (transfer full): what a list in SDDL is */
static PSECURITY_DESCRIPTOR
parse (const char *text, PACL *list)
{
  PSECURITY_DESCRIPTOR descriptor = NULL;
  BOOL present = FALSE, defaulted = FALSE;
  g_assert_true (ConvertStringSecurityDescriptorToSecurityDescriptorA (text, SDDL_REVISION_1, &descriptor, NULL));
  g_assert_true (GetSecurityDescriptorDacl (descriptor, &present, list, &defaulted));
  g_assert_true (present);
  return descriptor;
}

static void
assert_same (PACL list, const char *format)
{
  g_autofree PSID sid = sc_acl_service_sid (SERVICE);
  g_autofree char *text = sc_acl_sid_to_text (sid);
  g_autoptr (GString) expected = g_string_new (format);
  PACL other = NULL;
  g_string_replace (expected, "SERVICE", text, 0);
  PSECURITY_DESCRIPTOR descriptor = parse (expected->str, &other);
  g_assert_nonnull (list);
  g_assert_cmpuint (list->AceCount, ==, other->AceCount);
  for (DWORD i = 0; i < list->AceCount; i++) {
    ACE_HEADER *a = NULL, *b = NULL;
    g_assert_true (GetAce (list, i, (void **) &a));
    g_assert_true (GetAce (other, i, (void **) &b));
    g_assert_cmpmem (a, a->AceSize, b, b->AceSize);
  }
  LocalFree (descriptor);
}

static void
assert_given (const char *before, BYTE flags, const char *after)
{
  g_autofree PSID sid = sc_acl_service_sid (SERVICE);
  g_autofree PACL result = NULL;
  g_autofree PACL again = NULL;
  PACL list = NULL;
  PSECURITY_DESCRIPTOR descriptor = parse (before, &list);
  g_assert_cmpuint (sc_acl_with (list, sid, SC_ACL_CHANGE, flags, &result), ==, ERROR_SUCCESS);
  assert_same (result, after);
  /* and then it is right */
  g_assert_cmpuint (sc_acl_with (result, sid, SC_ACL_CHANGE, flags, &again), ==, ERROR_SUCCESS);
  g_assert_null (again);
  LocalFree (descriptor);
}

static void
test_right_is_added_in_order (void)
{
  assert_given ("D:(D;;FA;;;AN)(A;;FA;;;BA)(A;ID;FR;;;BU)", SC_ACL_INHERIT,
                "D:(D;;FA;;;AN)(A;;FA;;;BA)(A;OICI;0x1301ff;;;SERVICE)(A;ID;FR;;;BU)");
  assert_given ("D:(A;;FA;;;BA)(A;ID;FR;;;BU)", INHERITED_ACE, "D:(A;;FA;;;BA)(A;ID;FR;;;BU)(A;ID;0x1301ff;;;SERVICE)");
  assert_given ("D:P", 0, "D:(A;;0x1301ff;;;SERVICE)");
}

static void
test_lesser_right_is_replaced (void)
{
  g_autofree PSID sid = sc_acl_service_sid (SERVICE);
  g_autofree char *text = sc_acl_sid_to_text (sid);
  g_autofree char *twice = g_strdup_printf ("D:(A;;FR;;;%s)(A;;FA;;;BA)(A;OICIID;FW;;;%s)", text, text);
  assert_given (twice, SC_ACL_INHERIT, "D:(A;;FA;;;BA)(A;OICI;0x1301ff;;;SERVICE)");
}

static void
test_right_is_taken_back (void)
{
  g_autofree PSID sid = sc_acl_service_sid (SERVICE);
  g_autofree char *text = sc_acl_sid_to_text (sid);
  g_autofree char *before = g_strdup_printf ("D:(D;;FW;;;%s)(A;OICI;FA;;;%s)(A;;FA;;;BA)", text, text);
  g_autofree PACL result = NULL;
  g_autofree PACL again = NULL;
  PACL list = NULL;
  PSECURITY_DESCRIPTOR descriptor = parse (before, &list);
  g_assert_cmpuint (sc_acl_without (list, sid, &result), ==, ERROR_SUCCESS);
  assert_same (result, "D:(D;;FW;;;SERVICE)(A;;FA;;;BA)"); /* a prohibition is somebody else's */
  g_assert_cmpuint (sc_acl_without (result, sid, &again), ==, ERROR_SUCCESS);
  g_assert_null (again);
  LocalFree (descriptor);
}

static void
test_no_list_stays_none (void)
{
  g_autofree PSID sid = sc_acl_service_sid (SERVICE);
  PACL result = NULL;
  g_assert_cmpuint (sc_acl_with (NULL, sid, SC_ACL_CHANGE, 0, &result), ==, ERROR_SUCCESS);
  g_assert_null (result);
}

static void
test_list_that_is_full_is_told (void)
{
  g_autofree PSID sid = sc_acl_service_sid (SERVICE);
  g_autofree PACL full = g_malloc0 (G_MAXUINT16 - 3);
  PACL result = NULL;
  g_assert_true (InitializeAcl (full, G_MAXUINT16 - 3, ACL_REVISION));
  g_assert_cmpuint (sc_acl_with (full, sid, SC_ACL_CHANGE, 0, &result), ==, ERROR_ALLOTTED_SPACE_EXCEEDED);
  g_assert_null (result);
}

/* What allows the service something on @path, as the system keeps it. */
static guint
count_rights (const char *path, PSID sid, ACCESS_MASK *access)
{
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  PSECURITY_DESCRIPTOR descriptor = NULL;
  PACL list = NULL;
  guint n = 0;
  g_assert_cmpuint (
      GetNamedSecurityInfoW (wide, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &list, NULL, &descriptor), ==,
      ERROR_SUCCESS);
  for (DWORD i = 0; list != NULL && i < list->AceCount; i++) {
    ACCESS_ALLOWED_ACE *entry = NULL;
    g_assert_true (GetAce (list, i, (void **) &entry));
    if (entry->Header.AceType != ACCESS_ALLOWED_ACE_TYPE || !EqualSid ((PSID) &entry->SidStart, sid))
      continue;
    *access = entry->Mask;
    n++;
  }
  LocalFree (descriptor);
  return n;
}

static void
test_tree_is_changed_to_its_leaves (void)
{
  g_autofree char *directory = test_dir_make ();
  g_autofree char *inner = g_build_filename (directory, "Übung 1", "tief", NULL);
  g_autofree char *file = g_build_filename (inner, "disk.vmdk", NULL);
  g_autofree PSID sid = sc_acl_service_sid (SERVICE);
  const char *const paths[] = { directory, inner, file };
  ACCESS_MASK access = 0;

  g_assert_cmpint (g_mkdir_with_parents (inner, 0755), ==, 0);
  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  g_assert_cmpuint (sc_acl_change_tree (directory, sid, SC_ACL_TREE_GIVE), ==, ERROR_SUCCESS);
  if (count_rights (directory, sid, &access) == 0) {
    /* it keeps no more than Unix's bits */
    g_assert_nonnull (GetProcAddress (GetModuleHandleA ("ntdll.dll"), "wine_get_version"));
    g_test_skip ("Wine keeps no rights of a service");
  } else {
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
      g_assert_cmpuint (count_rights (paths[i], sid, &access), ==, 1);
      g_assert_cmphex (access, ==, SC_ACL_CHANGE);
    }
    g_assert_cmpuint (sc_acl_change_tree (directory, sid, SC_ACL_TREE_TAKE), ==, ERROR_SUCCESS);
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
      g_assert_cmpuint (count_rights (paths[i], sid, &access), ==, 0);
    g_assert_cmpuint (sc_acl_change_tree (directory, sid, SC_ACL_TREE_PRIVATE), ==, ERROR_SUCCESS);
    for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
      g_assert_cmpuint (count_rights (paths[i], sid, &access), ==, 1);
  }
  test_dir_remove (directory);
}

static void
test_missing_tree_is_an_error (void)
{
  g_autofree char *directory = test_dir_make ();
  g_autofree char *missing = g_build_filename (directory, "none", NULL);
  g_autofree PSID sid = sc_acl_service_sid (SERVICE);
  g_assert_cmpuint (sc_acl_change_tree (missing, sid, SC_ACL_TREE_GIVE), ==, ERROR_FILE_NOT_FOUND);
  test_dir_remove (directory);
}

static void
test_directory_is_made_and_taken (void)
{
  g_autofree char *directory = test_dir_make ();
  g_autofree char *made = g_build_filename (directory, "Seatcast", NULL);
  g_autofree char *file = g_build_filename (directory, "file", NULL);
  g_autofree PSID sid = sc_acl_service_sid (SERVICE);
  g_assert_cmpuint (sc_acl_check_directory (made), ==, ERROR_FILE_NOT_FOUND);
  g_assert_cmpuint (sc_acl_take_directory (made, NULL), ==, ERROR_SUCCESS);
  g_assert_true (g_file_test (made, G_FILE_TEST_IS_DIR));
  g_assert_cmpuint (sc_acl_take_directory (made, sid), ==, ERROR_SUCCESS);
  g_assert_cmpuint (sc_acl_check_directory (made), ==, ERROR_SUCCESS);
  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  g_assert_cmpuint (sc_acl_take_directory (file, sid), !=, ERROR_SUCCESS);
  g_assert_cmpuint (sc_acl_check_directory (file), !=, ERROR_SUCCESS);
  test_dir_remove (directory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/acl/sid", test_sid_is_the_one_windows_derives);
  g_test_add_func ("/acl/added-in-order", test_right_is_added_in_order);
  g_test_add_func ("/acl/lesser-replaced", test_lesser_right_is_replaced);
  g_test_add_func ("/acl/taken-back", test_right_is_taken_back);
  g_test_add_func ("/acl/none", test_no_list_stays_none);
  g_test_add_func ("/acl/full", test_list_that_is_full_is_told);
  g_test_add_func ("/acl/tree", test_tree_is_changed_to_its_leaves);
  g_test_add_func ("/acl/missing", test_missing_tree_is_an_error);
  g_test_add_func ("/acl/taken", test_directory_is_made_and_taken);
  return g_test_run ();
}
