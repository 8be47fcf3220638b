/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-acl.h"

#include <aclapi.h>
#include <sddl.h>
#include <string.h>

#include "common/platform/sc-nt.h"

#define SHA1_WORDS 5
#define LIST_BUFFER (64u * 1024u)
#define MAX_DEPTH 200u /* directories in each other; each holds a handle meanwhile */
#define MAX_LOGGED 10u

/* Of a directory above ours: everybody may see what is in it. */
#define VISIBLE "O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1200a9;;;BU)"
/* Who has made a file could change the rights on it for ever, unless they say what an owner may: read them. */
#define OWNER_RIGHTS "S-1-3-4"

typedef struct {
  PSID sid;
  ScAclTree how;
  DWORD first; /* error */
  guint n_failed;
} Walk;

typedef struct {
  char *name;
  gboolean directory;
} Entry;

static void
entry_free (Entry *self)
{
  g_free (self->name);
  g_free (self);
}

PSID
sc_acl_service_sid (const char *service)
{
  SID_IDENTIFIER_AUTHORITY authority = { SECURITY_NT_AUTHORITY };
  g_autofree char *upper = g_ascii_strup (service, -1);
  g_autofree gunichar2 *wide = g_utf8_to_utf16 (upper, -1, NULL, NULL, NULL);
  guint8 digest[SHA1_WORDS * 4];
  gsize size = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_checksum_update (checksum, (const guchar *) wide, (gssize) (strlen (upper) * sizeof *wide));
  g_checksum_get_digest (checksum, digest, &size);
  PSID sid = g_malloc0 (SECURITY_MAX_SID_SIZE);
  InitializeSid (sid, &authority, SHA1_WORDS + 1);
  *GetSidSubAuthority (sid, 0) = SECURITY_SERVICE_ID_BASE_RID;
  for (guint i = 0; i < SHA1_WORDS; i++) {
    guint32 word;
    memcpy (&word, digest + i * 4, sizeof word);
    *GetSidSubAuthority (sid, i + 1) = GUINT32_FROM_LE (word);
  }
  return sid;
}

char *
sc_acl_sid_to_text (PSID sid)
{
  char *text = NULL;
  if (!ConvertSidToStringSidA (sid, &text))
    return g_strdup ("?");
  char *copy = g_strdup (text);
  LocalFree (text);
  return copy;
}

static gboolean
allows (const ACE_HEADER *entry, PSID sid)
{
  return entry->AceType == ACCESS_ALLOWED_ACE_TYPE && EqualSid ((PSID) & ((ACCESS_ALLOWED_ACE *) entry)->SidStart, sid);
}

/* Whether @list has nothing for @sid but just this. */
static gboolean
says_so (PACL list, PSID sid, ACCESS_MASK access, BYTE flags)
{
  guint n = 0, n_right = 0;
  for (DWORD i = 0; i < list->AceCount; i++) {
    ACE_HEADER *entry = NULL;
    if (!GetAce (list, i, (void **) &entry) || !allows (entry, sid))
      continue;
    n++;
    n_right += ((ACCESS_ALLOWED_ACE *) entry)->Mask == access && entry->AceFlags == flags;
  }
  return n == 1 && n_right == 1;
}

/* Copies @list without what allows @sid something; @access: what to give it instead, 0: nothing */
static DWORD
rebuild (PACL list, PSID sid, ACCESS_MASK access, BYTE flags, PACL *result)
{
  gsize size = list->AclSize + sizeof (ACCESS_ALLOWED_ACE) + GetLengthSid (sid);
  gboolean given = access == 0;
  if (size > G_MAXUINT16)
    return ERROR_ALLOTTED_SPACE_EXCEEDED;
  g_autofree PACL built = g_malloc0 (size);
  DWORD revision = MAX (list->AclRevision, ACL_REVISION);
  if (!InitializeAcl (built, (DWORD) size, revision))
    return GetLastError ();
  for (DWORD i = 0; i < list->AceCount; i++) {
    ACE_HEADER *entry = NULL;
    if (!GetAce (list, i, (void **) &entry))
      return GetLastError ();
    if (allows (entry, sid))
      continue;
    if (!given && (entry->AceFlags & INHERITED_ACE) != 0 && (flags & INHERITED_ACE) == 0) {
      given = TRUE;
      if (!AddAccessAllowedAceEx (built, revision, flags, access, sid))
        return GetLastError ();
    }
    if (!AddAce (built, revision, MAXDWORD, entry, entry->AceSize))
      return GetLastError ();
  }
  if (!given && !AddAccessAllowedAceEx (built, revision, flags, access, sid))
    return GetLastError ();
  *result = g_steal_pointer (&built);
  return ERROR_SUCCESS;
}

DWORD
sc_acl_with (PACL list, PSID sid, ACCESS_MASK access, BYTE flags, PACL *result)
{
  *result = NULL;
  if (list == NULL || says_so (list, sid, access, flags))
    return ERROR_SUCCESS;
  return rebuild (list, sid, access, flags, result);
}

DWORD
sc_acl_without (PACL list, PSID sid, PACL *result)
{
  gboolean any = FALSE;
  *result = NULL;
  for (DWORD i = 0; list != NULL && i < list->AceCount; i++) {
    ACE_HEADER *entry = NULL;
    any |= GetAce (list, i, (void **) &entry) && allows (entry, sid);
  }
  return any ? rebuild (list, sid, 0, 0, result) : ERROR_SUCCESS;
}

/* As it is, without having what is beneath inherit it: SetSecurityInfo() would go through the tree by names. */
static DWORD
set_list (HANDLE handle, PACL list, SECURITY_DESCRIPTOR_CONTROL old)
{
  const SECURITY_DESCRIPTOR_CONTROL kept = SE_DACL_PROTECTED | SE_DACL_AUTO_INHERITED;
  SECURITY_DESCRIPTOR_CONTROL control = old & kept;
  SECURITY_DESCRIPTOR descriptor;
  if ((control & SE_DACL_AUTO_INHERITED) != 0)
    control |= SE_DACL_AUTO_INHERIT_REQ;
  if (!InitializeSecurityDescriptor (&descriptor, SECURITY_DESCRIPTOR_REVISION) ||
      !SetSecurityDescriptorDacl (&descriptor, TRUE, list, FALSE) ||
      !SetSecurityDescriptorControl (&descriptor, kept | SE_DACL_AUTO_INHERIT_REQ, control) ||
      !SetKernelObjectSecurity (handle, DACL_SECURITY_INFORMATION, &descriptor))
    return GetLastError ();
  return ERROR_SUCCESS;
}

static DWORD
set_text (HANDLE handle, const char *text)
{
  PSECURITY_DESCRIPTOR descriptor = NULL;
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorA (text, SDDL_REVISION_1, &descriptor, NULL))
    return GetLastError ();
  DWORD code =
      SetKernelObjectSecurity (handle, DACL_SECURITY_INFORMATION, descriptor) ? ERROR_SUCCESS : GetLastError ();
  LocalFree (descriptor);
  return code;
}

/* The list of rights of what is in a private directory, or, with @root, of that itself. */
static char *
private_text (PSID sid, gboolean directory, gboolean root)
{
  const char *flags = root ? "OICI" : directory ? "OICIID" : "ID";
  g_autofree char *service = sc_acl_sid_to_text (sid);
  return g_strdup_printf ("D:%s(A;%s;RC;;;" OWNER_RIGHTS ")(A;%s;FA;;;SY)(A;%s;FA;;;BA)(A;%s;0x%lx;;;%s)",
                          root ? "PAI" : "AI", flags, flags, flags, flags, (gulong) SC_ACL_CHANGE, service);
}

/* Whether what is there was put there by somebody who could have anything done anyway, or by a service of ours. */
static DWORD
check_owner (HANDLE handle)
{
  g_auto (ScHandle) token = NULL;
  union {
    TOKEN_USER user;
    guint8 space[sizeof (TOKEN_USER) + SECURITY_MAX_SID_SIZE];
  } caller;
  PSID owner = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  DWORD size = 0;
  g_autofree PSID installer = sc_acl_service_sid ("TrustedInstaller");
  DWORD code =
      GetSecurityInfo (handle, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL, &descriptor);
  if (code != ERROR_SUCCESS)
    return code;
  gboolean known = owner != NULL &&
                   (IsWellKnownSid (owner, WinLocalSystemSid) || IsWellKnownSid (owner, WinBuiltinAdministratorsSid) ||
                    IsWellKnownSid (owner, WinLocalServiceSid) || EqualSid (owner, installer));
  if (!known && owner != NULL && OpenProcessToken (GetCurrentProcess (), TOKEN_QUERY, &token) &&
      GetTokenInformation (token, TokenUser, &caller, sizeof caller, &size))
    known = EqualSid (owner, caller.user.User.Sid);
  LocalFree (descriptor);
  return known ? ERROR_SUCCESS : ERROR_INVALID_OWNER;
}

static DWORD
make_private (const Walk *walk, HANDLE handle, gboolean directory, gboolean root)
{
  g_autofree char *text = private_text (walk->sid, directory, root);
  return set_text (handle, text);
}

static DWORD
change (const Walk *walk, HANDLE handle, gboolean directory, gboolean root)
{
  PACL list = NULL;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  SECURITY_DESCRIPTOR_CONTROL control = 0;
  DWORD revision;
  g_autofree PACL result = NULL;
  if (walk->how == SC_ACL_TREE_PRIVATE)
    return make_private (walk, handle, directory, root);
  DWORD code =
      GetSecurityInfo (handle, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL, NULL, &list, NULL, &descriptor);
  if (code != ERROR_SUCCESS)
    return code;
  if (!GetSecurityDescriptorControl (descriptor, &control, &revision))
    code = GetLastError ();
  /* what its directory would have given it had it been made later, unless it takes nothing from there */
  BYTE flags = (directory ? SC_ACL_INHERIT : 0) | (!root && (control & SE_DACL_PROTECTED) == 0 ? INHERITED_ACE : 0);
  if (code == ERROR_SUCCESS)
    code = walk->how == SC_ACL_TREE_GIVE ? sc_acl_with (list, walk->sid, SC_ACL_CHANGE, flags, &result)
                                         : sc_acl_without (list, walk->sid, &result);
  if (code == ERROR_SUCCESS && result != NULL)
    code = set_list (handle, result, control);
  LocalFree (descriptor);
  return code;
}

static gboolean
is_special (const char *name)
{
  return strcmp (name, ".") == 0 || strcmp (name, "..") == 0;
}

static DWORD
list_directory (HANDLE handle, GPtrArray *entries)
{
  g_autofree guint8 *buffer = g_malloc (LIST_BUFFER);
  while (GetFileInformationByHandleEx (handle, FileFullDirectoryInfo, buffer, LIST_BUFFER)) {
    const FILE_FULL_DIR_INFO *info = (const FILE_FULL_DIR_INFO *) (gpointer) buffer;
    for (gboolean more = TRUE; more;
         more = info->NextEntryOffset != 0, info = (gconstpointer) ((const guint8 *) info + info->NextEntryOffset)) {
      g_autofree char *name =
          g_utf16_to_utf8 ((const gunichar2 *) info->FileName, info->FileNameLength / 2, NULL, NULL, NULL);
      if (name == NULL)
        return ERROR_INVALID_NAME;
      if (is_special (name) || (info->FileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0)
        continue;
      Entry *entry = g_new0 (Entry, 1);
      entry->name = g_steal_pointer (&name);
      entry->directory = (info->FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
      g_ptr_array_add (entries, entry);
    }
  }
  DWORD code = GetLastError ();
  return code == ERROR_NO_MORE_FILES ? ERROR_SUCCESS : code;
}

static void
failed (Walk *walk, const char *path, DWORD code)
{
  /* it went away meanwhile, or became a link; rights alone are in nobody's way but in that of a paging file */
  if (code == ERROR_FILE_NOT_FOUND || code == ERROR_PATH_NOT_FOUND || code == ERROR_REPARSE_POINT_ENCOUNTERED ||
      code == ERROR_SHARING_VIOLATION)
    return;
  g_autofree char *words = g_win32_error_message ((gint) code);
  if (walk->n_failed++ < MAX_LOGGED)
    g_warning ("Cannot change the rights on “%s”: %s (error %lu)", path, words, code);
  walk->first = walk->first == ERROR_SUCCESS ? code : walk->first;
}

static void
walk_into (Walk *walk, HANDLE directory, const char *path, guint depth)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) entry_free);
  DWORD code = depth < MAX_DEPTH ? list_directory (directory, entries) : ERROR_FILENAME_EXCED_RANGE;
  if (code != ERROR_SUCCESS)
    failed (walk, path, code);
  for (guint i = 0; i < entries->len; i++) {
    const Entry *entry = g_ptr_array_index (entries, i);
    g_autofree char *child = g_build_filename (path, entry->name, NULL);
    g_auto (ScHandle) handle = NULL;
    /* for backup: with the system's privileges, whoever is let in */
    ScNtOpen how = { .access = READ_CONTROL | WRITE_DAC | (entry->directory ? FILE_LIST_DIRECTORY : 0),
                     .share = SC_NT_SHARE_ALL,
                     .disposition = FILE_OPEN,
                     .options = FILE_OPEN_FOR_BACKUP_INTENT |
                                (entry->directory ? FILE_DIRECTORY_FILE : FILE_NON_DIRECTORY_FILE) };
    code = sc_nt_open_at (directory, entry->name, &how, &handle);
    if (code == ERROR_SUCCESS)
      code = change (walk, handle, entry->directory, FALSE);
    if (code != ERROR_SUCCESS)
      failed (walk, child, code);
    if (handle != NULL && entry->directory)
      walk_into (walk, handle, child, depth + 1);
  }
}

/* Those that an administrator has, but that are off: to get at what they are not allowed to. */
static void
enable_privileges (void)
{
  static const char *const names[] = { SE_BACKUP_NAME, SE_RESTORE_NAME, SE_TAKE_OWNERSHIP_NAME };
  g_auto (ScHandle) token = NULL;
  if (!OpenProcessToken (GetCurrentProcess (), TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    TOKEN_PRIVILEGES privileges = { .PrivilegeCount = 1, .Privileges[0].Attributes = SE_PRIVILEGE_ENABLED };
    if (LookupPrivilegeValueA (NULL, names[i], &privileges.Privileges[0].Luid))
      AdjustTokenPrivileges (token, FALSE, &privileges, 0, NULL, NULL);
  }
}

DWORD
sc_acl_change_tree (const char *path, PSID sid, ScAclTree how)
{
  Walk walk = { .sid = sid, .how = how };
  const ScNtOpen open = { .access = READ_CONTROL | WRITE_DAC | FILE_LIST_DIRECTORY,
                          .share = SC_NT_SHARE_ALL,
                          .disposition = FILE_OPEN,
                          .options = FILE_OPEN_FOR_BACKUP_INTENT | FILE_DIRECTORY_FILE };
  g_auto (ScHandle) found = NULL;
  g_auto (ScHandle) root = NULL;
  enable_privileges ();
  DWORD code = sc_nt_open_directory (path, &found);
  if (code == ERROR_SUCCESS)
    code = sc_nt_open_at (found, ".", &open, &root);
  if (code == ERROR_SUCCESS)
    code = change (&walk, root, TRUE, TRUE);
  if (code != ERROR_SUCCESS)
    return code;
  walk_into (&walk, root, path, 0);
  if (walk.n_failed > MAX_LOGGED)
    g_warning ("… and the rights on %u more in “%s”", walk.n_failed - MAX_LOGGED, path);
  return walk.first;
}

/* A directory that somebody else has made is not made ours: he may have it open, with the right to give himself all the
 * others again. Returns: ERROR_SUCCESS: it is gone */
static DWORD
remove_foreign (HANDLE parent, const char *name)
{
  const ScNtOpen how = { .access = DELETE,
                         .share = SC_NT_SHARE_ALL,
                         .disposition = FILE_OPEN,
                         .options = FILE_OPEN_FOR_BACKUP_INTENT | FILE_DIRECTORY_FILE };
  FILE_DISPOSITION_INFO gone = { .DeleteFile = TRUE };
  g_auto (ScHandle) directory = NULL;
  DWORD code = sc_nt_open_at (parent, name, &how, &directory);
  if (code != ERROR_SUCCESS)
    return code;
  return SetFileInformationByHandle (directory, FileDispositionInfo, &gone, sizeof gone) ? ERROR_SUCCESS
                                                                                         : ERROR_INVALID_OWNER;
}

/* @disposition: FILE_OPEN or FILE_CREATE */
static DWORD
open_owned (HANDLE parent, const char *name, ULONG disposition, PSECURITY_DESCRIPTOR security)
{
  const ScNtOpen how = { .access = READ_CONTROL | WRITE_DAC | WRITE_OWNER,
                         .share = SC_NT_SHARE_ALL,
                         .disposition = disposition,
                         .options = FILE_OPEN_FOR_BACKUP_INTENT | FILE_DIRECTORY_FILE,
                         .security = security };
  g_auto (ScHandle) directory = NULL;
  DWORD code = sc_nt_open_at (parent, name, &how, &directory);
  if (code == ERROR_SUCCESS)
    code = check_owner (directory);
  if (code == ERROR_SUCCESS &&
      !SetKernelObjectSecurity (directory, OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION, security))
    code = GetLastError ();
  return code;
}

DWORD
sc_acl_take_directory (const char *path, PSID sid)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *rights = sid != NULL ? private_text (sid, TRUE, TRUE) : NULL;
  g_autofree char *text = sid != NULL ? g_strconcat ("O:BA", rights, NULL) : g_strdup (VISIBLE);
  PSECURITY_DESCRIPTOR security = NULL;
  g_auto (ScHandle) above = NULL;
  enable_privileges ();
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorA (text, SDDL_REVISION_1, &security, NULL))
    return GetLastError ();
  DWORD code = sc_nt_open_directory (parent, &above);
  if (code == ERROR_SUCCESS) {
    code = open_owned (above, name, FILE_OPEN, security);
    if (code == ERROR_FILE_NOT_FOUND)
      code = open_owned (above, name, FILE_CREATE, security);
    else if (code == ERROR_INVALID_OWNER && remove_foreign (above, name) == ERROR_SUCCESS &&
             open_owned (above, name, FILE_CREATE, security) == ERROR_SUCCESS) /* not while he holds it */
      code = ERROR_SUCCESS;
  }
  LocalFree (security);
  return code;
}

DWORD
sc_acl_check_directory (const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  const ScNtOpen how = { .access = READ_CONTROL,
                         .share = SC_NT_SHARE_ALL,
                         .disposition = FILE_OPEN,
                         .options = FILE_OPEN_FOR_BACKUP_INTENT | FILE_DIRECTORY_FILE };
  g_auto (ScHandle) above = NULL;
  g_auto (ScHandle) directory = NULL;
  enable_privileges ();
  DWORD code = sc_nt_open_directory (parent, &above);
  if (code == ERROR_SUCCESS)
    code = sc_nt_open_at (above, name, &how, &directory);
  return code == ERROR_SUCCESS ? check_owner (directory) : code;
}
