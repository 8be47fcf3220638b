/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-mount.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static gboolean
write_line (const char *path, const char *line)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);
  gboolean written = fd >= 0 && write (fd, line, strlen (line)) == (gssize) strlen (line);
  if (fd >= 0)
    close (fd);
  return written;
}

/* Who is not root becomes it in a user namespace. Without the two maps he would be nobody there, who can make no files.
 */
static gboolean
become_root (void)
{
  g_autofree char *users = g_strdup_printf ("0 %u 1", geteuid ());
  g_autofree char *groups = g_strdup_printf ("0 %u 1", getegid ());
  return unshare (CLONE_NEWUSER) == 0 && write_line ("/proc/self/setgroups", "deny") &&
         write_line ("/proc/self/uid_map", users) && write_line ("/proc/self/gid_map", groups);
}

gboolean
test_mount_enter (void)
{
  return (geteuid () == 0 || become_root ()) && unshare (CLONE_NEWNS) == 0 &&
         mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

gboolean
test_mount_memory (const char *directory, guint size)
{
  g_autofree char *options = g_strdup_printf ("size=%u", size);
  return test_mount_enter () && mount ("tmpfs", directory, "tmpfs", 0, options) == 0;
}
