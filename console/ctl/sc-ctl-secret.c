/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-secret.h"

#include "common/sc-error.h"
#include "common/trust/sc-token.h"
#include "console/ctl/sc-ctl-terminal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define MAX_BYTES 4096u /* of all lines together */

void
sc_ctl_secrets_free (ScCtlSecrets secrets)
{
  for (guint i = 0; secrets && secrets[i]; i++)
    sc_secret_free (secrets[i]);
  g_free (secrets);
}

static void
wipe (char *text, gsize length)
{
  /* volatile: else a compiler may leave out what nobody reads */
  for (volatile char *at = text; at < text + length; at++)
    *at = 'x';
}

/* At most @n; those that are missing stay NULL. */
static gboolean
read_lines (FILE *file, ScCtlSecrets lines, guint n, const char *name, GError **error)
{
  /* one buffer, so that nothing stays behind that is not wiped */
  char *text = g_malloc0 (MAX_BYTES + 1);
  gsize length = 0;
  for (guint i = 0; i < n && !ferror (file) && !feof (file) && length < MAX_BYTES;) {
    int character = fgetc (file);
    if (character == '\n' || character == EOF) {
      while (length > 0 && text[length - 1] == '\r')
        length--;
      lines[i++] = g_strndup (text, length);
      length = 0;
    } else {
      text[length++] = (char) character;
    }
  }
  gboolean failed = ferror (file) != 0, long_line = length == MAX_BYTES;
  wipe (text, MAX_BYTES);
  g_free (text);
  if (failed)
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "cannot read the password from %s", name);
  else if (long_line)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s has no password in it: a line of more than %u bytes", name,
                 MAX_BYTES);
  else
    return TRUE;
  return FALSE;
}

static gboolean
read_file (ScCtl *self, ScCtlSecrets lines, guint n, GError **error)
{
  const char *path = self->options.password_file;
  if (!path || g_str_equal (path, "-"))
    return read_lines (stdin, lines, n, "standard input", error);
  FILE *file = g_fopen (path, "rb");
  if (!file)
    return sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "cannot read the password file %s", path);
  gboolean done = read_lines (file, lines, n, path, error);
  fclose (file);
  return done;
}

static gboolean
ask (const char *const *prompts, gboolean repeat, ScCtlSecrets secrets, GError **error)
{
  guint n = g_strv_length ((char **) prompts);
  for (guint i = 0; i < n; i++)
    if (!(secrets[i] = sc_ctl_terminal_ask_secret (prompts[i], error)))
      return FALSE;
  if (!repeat)
    return TRUE;
  char *again = sc_ctl_terminal_ask_secret ("The same again", error);
  gboolean equal = again && g_str_equal (again, secrets[n - 1]);
  if (again && !equal)
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "the two are not the same: nothing was changed");
  sc_secret_free (again);
  return equal;
}

static gboolean
check (const char *const *prompts, ScCtlSecrets secrets, GError **error)
{
  for (guint i = 0; prompts[i]; i++) {
    if (secrets[i] && *secrets[i] && g_utf8_validate (secrets[i], -1, NULL))
      continue;
    if (secrets[i] && *secrets[i])
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s: it is not valid UTF-8", prompts[i]);
    else
      g_set_error (error, SC_ERROR, SC_ERROR_INVALID,
                   "%s: there is none; type it at a terminal, or give it as line %u of standard input or of "
                   "--password-file",
                   prompts[i], i + 1);
    return FALSE;
  }
  return TRUE;
}

ScCtlSecrets
sc_ctl_secrets_read (ScCtl *self, const char *const *prompts, gboolean repeat, GError **error)
{
  guint n = g_strv_length ((char **) prompts);
  g_auto (ScCtlSecrets) secrets = g_new0 (char *, n + 1);
  gboolean terminal = !self->options.password_file && sc_ctl_terminal_can_ask ();
  gboolean read = terminal ? ask (prompts, repeat, secrets, error) : read_file (self, secrets, n, error);
  return read && check (prompts, secrets, error) ? g_steal_pointer (&secrets) : NULL;
}

ScJson *
sc_ctl_secret_post (ScCtlClient *client, const char *path, ScJson *body, GError **error)
{
  ScJson *answer = sc_ctl_client_request (client, "POST", path, body, error);
  const char *key;
  ScJson *value;
  json_object_foreach (body, key, value)
  {
    wipe ((char *) json_string_value (value), json_string_length (value));
  }
  json_decref (body);
  return answer;
}
