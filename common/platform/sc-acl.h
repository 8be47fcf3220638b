/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>
#include <windows.h>

G_BEGIN_DECLS

/*
 * Rights on directories for a Windows service, which is known by a security identifier (SID) of its own, derived from
 * its name. Only built for Windows. Results are Win32 error codes, 0 is success; blocks while a tree is gone through.
 *
 * A tree is gone through by handles and never out of it: what is a link, a junction or another reparse point is left
 * alone, whoever put it there.
 */

/* Modify, as Windows' own dialog calls it, and to remove what is in a directory: not to change rights */
#define SC_ACL_CHANGE ((ACCESS_MASK) 0x001301ff)
#define SC_ACL_INHERIT ((BYTE) (OBJECT_INHERIT_ACE | CONTAINER_INHERIT_ACE))

/* (transfer full): g_free(). "NT SERVICE\@service": S-1-5-80 and the SHA-1 of the upper-case name in UTF-16LE as five
 * 32-bit little-endian numbers ([MS-DTYP] 2.4.2.4), also for a service that is not registered (yet). @service: ASCII */
PSID sc_acl_service_sid (const char *service);
char *sc_acl_sid_to_text (PSID sid); /* (transfer full): "S-1-5-80-…" */

/* @list with @access and @flags (inheritance) for @sid in place of what it had: before the inherited entries unless
 * @flags says that it is one itself. @result: (transfer full) (nullable): g_free(); NULL: @list says so already, or
 * @list is NULL, which lets everybody in. */
DWORD sc_acl_with (PACL list, PSID sid, ACCESS_MASK access, BYTE flags, PACL *result);
/* @list without what @sid is allowed; NULL: nothing was */
DWORD sc_acl_without (PACL list, PSID sid, PACL *result);

typedef enum {
  SC_ACL_TREE_GIVE,   /* @sid gets SC_ACL_CHANGE on everything there and to come */
  SC_ACL_TREE_TAKE,   /* the reverse */
  SC_ACL_TREE_PRIVATE /* the system, administrators and @sid alone */
} ScAclTree;

/* @path: an existing directory; links on the way to it are followed. What cannot be changed is logged and passed by;
 * the first error is returned. What Windows itself holds (a paging file) is passed by in silence. */
DWORD sc_acl_change_tree (const char *path, PSID sid, ScAclTree how);
/* Makes @path where it is missing, in an existing directory, for the system, administrators and @sid; (nullable): NULL:
 * others may look, but no more. One that is there becomes theirs; an empty one of somebody who is neither the system,
 * an administrator, LocalService nor the caller is removed and made anew, for he may have it open with all rights.
 * ERROR_INVALID_OWNER: such a one is not empty, or in use; ERROR_REPARSE_POINT_ENCOUNTERED: it is a link */
DWORD sc_acl_take_directory (const char *path, PSID sid);
/* Whether @path is a directory of one of these, and no link; errors as above. */
DWORD sc_acl_check_directory (const char *path);

G_END_DECLS
