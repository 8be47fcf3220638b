/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-private.h"

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include "common/platform/sc-nt.h"

#define OPEN_TO_ALL "D:(A;;FA;;;WD)"

void
test_private_open_up (const char *path)
{
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  PSECURITY_DESCRIPTOR descriptor = NULL;
  g_assert_true (
      ConvertStringSecurityDescriptorToSecurityDescriptorA (OPEN_TO_ALL, SDDL_REVISION_1, &descriptor, NULL));
  g_assert_true (SetFileSecurityW (wide, DACL_SECURITY_INFORMATION, descriptor));
  LocalFree (descriptor);
}

void
test_private_assert (const char *path)
{
  static const WELL_KNOWN_SID_TYPE many[] = { WinWorldSid, WinAuthenticatedUserSid, WinBuiltinUsersSid,
                                              WinAnonymousSid };
  g_autofree wchar_t *wide = sc_nt_to_wide (path);
  PSECURITY_DESCRIPTOR descriptor = NULL;
  PACL list = NULL;
  g_assert_cmpuint (
      GetNamedSecurityInfoW (wide, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &list, NULL, &descriptor), ==,
      ERROR_SUCCESS);
  g_assert_nonnull (list); /* none would let everybody in */
  g_assert_cmpuint (list->AceCount, >, 0);
  for (DWORD i = 0; i < list->AceCount; i++) {
    ACCESS_ALLOWED_ACE *entry = NULL;
    g_assert_true (GetAce (list, i, (void **) &entry));
    for (guint j = 0; j < G_N_ELEMENTS (many); j++)
      g_assert_true (entry->Header.AceType != ACCESS_ALLOWED_ACE_TYPE || entry->Mask == 0 ||
                     !IsWellKnownSid (&entry->SidStart, many[j]));
  }
  LocalFree (descriptor);
}
