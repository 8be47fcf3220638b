/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-follow.h"
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"
#include "console/ctl/sc-ctl.h"

#include "common/sc-error.h"

#include <stdio.h>

#define MAX_WAITING 8u /* names that are worth a line */

static ScJson *
get_authority (ScCtl *self, GError **error)
{
  return sc_ctl_client_request (self->client, "GET", "/v1/ca", NULL, error);
}

ScCtlStatus
sc_ctl_ca_fingerprint (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = get_authority (self, error);
  if (!answer)
    return SC_CTL_FAILED;
  if (self->options.json) {
    g_autoptr (ScJson) object = json_pack ("{s:s}", "fingerprint", sc_ctl_text_of (answer, "fingerprint"));
    sc_ctl_print_json (object);
  } else {
    g_autofree char *fingerprint = sc_ctl_text_cut (sc_ctl_text_of (answer, "fingerprint"), G_MAXUINT);
    puts (fingerprint);
  }
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_ca_export (ScCtl *self, GError **error)
{
  const char *path = self->arguments[0];
  g_autoptr (ScJson) answer = get_authority (self, error);
  if (!answer)
    return SC_CTL_FAILED;
  const char *certificate = sc_ctl_text_of (answer, "certificate");
  g_autoptr (GError) local = NULL;
  if (path && !g_file_set_contents (path, certificate, -1, &local)) {
    g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "cannot write the certificate: %s", local->message);
    return SC_CTL_FAILED;
  }
  if (self->options.json)
    sc_ctl_print_json (answer);
  else if (!path)
    fputs (certificate, stdout);
  return SC_CTL_DONE;
}

static void
print_rotation (ScJson *rotation)
{
  g_autofree char *fingerprint = sc_ctl_text_cut (sc_ctl_text_of (rotation, "fingerprint"), G_MAXUINT);
  g_autofree char *started = sc_ctl_format_time (sc_ctl_text_of (rotation, "started"));
  guint64 moved = sc_ctl_number_of (rotation, "moved"), total = sc_ctl_number_of (rotation, "total");
  g_autofree char *waiting = sc_ctl_names_of (json_object_get (rotation, "waiting"), MAX_WAITING);
  printf ("next authority  %s\n", fingerprint);
  printf ("since           %s\n", started);
  printf ("moved           %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " seats\n", moved, total);
  if (*waiting)
    printf ("not yet         %s\n", waiting);
  puts (moved >= total ? "All seats trust the next authority: “seatcastctl ca rotate --finish”."
                       : "Seats that are off move when they are back; “seatcastctl ca rotate --finish” ends it for "
                         "all, and who has not moved enrols again.");
}

static void
print_authority (ScJson *answer)
{
  g_autofree char *fingerprint = sc_ctl_text_cut (sc_ctl_text_of (answer, "fingerprint"), G_MAXUINT);
  g_autofree char *signing = sc_ctl_text_cut (sc_ctl_text_of (answer, "signing_key"), G_MAXUINT);
  g_autofree char *created = sc_ctl_format_time (sc_ctl_text_of (answer, "created"));
  g_autofree char *expires = sc_ctl_format_time (sc_ctl_text_of (answer, "expires"));
  ScJson *console = json_object_get (answer, "console"), *rotation = json_object_get (answer, "rotation");
  g_autofree char *names = sc_ctl_names_of (json_object_get (console, "names"), G_MAXUINT);
  g_autofree char *console_end = sc_ctl_format_time (sc_ctl_text_of (console, "expires"));
  printf ("authority       %s\n", fingerprint);
  printf ("from, until     %s, %s\n", created, expires);
  printf ("signing key     %s\n", signing);
  printf ("console         %s\n", names);
  printf ("until           %s (renewed by itself)\n", console_end);
  if (json_is_object (rotation))
    print_rotation (rotation);
}

static ScCtlStatus
show (ScCtl *self, ScJson *answer)
{
  if (!answer)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (answer);
  else
    print_authority (answer);
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_ca_status (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = get_authority (self, error);
  return show (self, answer);
}

ScCtlStatus
sc_ctl_ca_rotate (ScCtl *self, GError **error)
{
  const char *action = self->options.finish ? "finish" : self->options.cancel ? "cancel" : "begin";
  g_autoptr (ScJson) body = json_pack ("{s:s}", "action", action);
  g_autoptr (ScJson) done = sc_ctl_client_request (self->client, "POST", "/v1/ca/rotate", body, error);
  if (!done)
    return SC_CTL_FAILED;
  /* our own connection file names the old one */
  if (self->options.finish && !self->options.json) {
    puts (
        "The next authority counts from now on: sign in again with its fingerprint, and make new connection files for "
        "seats that are still to enrol.");
    return SC_CTL_DONE;
  }
  if (self->options.finish) {
    sc_ctl_print_json (done);
    return SC_CTL_DONE;
  }
  return sc_ctl_ca_status (self, error);
}

ScCtlStatus
sc_ctl_version_sign (ScCtl *self, GError **error)
{
  guint64 number;
  if (!sc_ctl_parse_number (self->arguments[0], "version", &number, error))
    return SC_CTL_USAGE;
  g_autofree char *path = g_strdup_printf ("/v1/versions/%" G_GUINT64_FORMAT "/sign", number);
  /* it reads all of the version first */
  g_autoptr (ScJson) operation = sc_ctl_client_request (self->client, "POST", path, NULL, error);
  g_autoptr (ScJson) result = operation ? sc_ctl_follow_operation (self, operation, error) : NULL;
  if (!result)
    return SC_CTL_FAILED;
  if (!self->options.json)
    printf ("Version %" G_GUINT64_FORMAT " is signed.\n", number);
  return SC_CTL_DONE;
}
