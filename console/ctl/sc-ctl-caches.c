/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/ctl/sc-ctl-table.h"
#include "console/ctl/sc-ctl-words.h"
#include "console/ctl/sc-ctl.h"
#include "console/ctl/seatcast-ctl-resources.h"

#include "common/sc-error.h"
#include "common/trust/sc-certificate.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define TEMPLATE "/org/seatcast/ctl/seatcast-cache.conf.in"
#define KEY "cache.key"
#define CERTIFICATE "cache.crt"
#define AUTHORITIES "ca.crt"
#define CONFIGURATION "seatcast-cache.conf"
#define STORE "/var/cache/seatcast"
#define MAX_NAMES 8u /* that are worth a line */

/* Where all of it comes to lie, absolute: nginx is started anywhere. (transfer full) */
static char *
make_directory (const char *path, GError **error)
{
  g_autofree char *directory = g_canonicalize_filename (path, NULL);
  /* it comes to stand between quotes in nginx' configuration */
  if (strpbrk (directory, "\"$\n")) {
    g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "“%s” has a quote or a $, which nginx would misunderstand",
                 directory);
    return NULL;
  }
  if (g_mkdir_with_parents (directory, 0700) != 0) {
    sc_error_set_errno (error, errno, SC_ERROR_SYSTEM, "cannot make “%s”", directory);
    return NULL;
  }
  return g_steal_pointer (&directory);
}

/* The one that is there already, so that the certificate from before counts until nginx has the new one; else a new
 * one, durable before the console knows of it. */
static ScPrivateKey *
open_key (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, KEY, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return sc_private_key_load (path, SC_KEY_P256, error);
  g_autoptr (ScPrivateKey) key = sc_private_key_new (SC_KEY_P256, error);
  return key && sc_private_key_save (key, path, error) ? g_steal_pointer (&key) : NULL;
}

static ScJson *
ask (ScCtl *self, const ScPrivateKey *key, GError **error)
{
  g_autofree char *request = sc_certificate_request_new (key, error);
  if (!request)
    return NULL;
  ScJson *names = json_array ();
  for (guint i = 0; self->options.names[i]; i++)
    json_array_append_new (names, json_string (self->options.names[i]));
  g_autoptr (ScJson) body =
      json_pack ("{s:s, s:o, s:s}", "name", self->arguments[0], "names", names, "request", request);
  return sc_ctl_client_request (self->client, "POST", "/v1/caches", body, error);
}

static gboolean
write_file (const char *directory, const char *name, const char *text, GError **error)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (GError) local_error = NULL;
  if (g_file_set_contents (path, text, -1, &local_error))
    return TRUE;
  g_set_error (error, SC_ERROR, SC_ERROR_SYSTEM, "cannot write “%s”: %s", path, local_error->message);
  return FALSE;
}

/* By which nginx checks the console's certificate: it does not compare addresses. (transfer full) */
static char *
find_console_name (const char *url, ScJson *answer)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri ? g_uri_get_host (uri) : NULL;
  const char *found = NULL;
  gsize i;
  ScJson *name;
  if (host && !g_hostname_is_ip_address (host))
    return g_strdup (host);
  json_array_foreach (json_object_get (answer, "console_names"), i, name)
  {
    const char *text = json_string_value (name);
    if (text && !g_hostname_is_ip_address (text) && (!found || g_str_equal (found, "localhost")))
      found = text;
  }
  return g_strdup (found ? found : "localhost"); /* which every console's certificate has */
}

static gboolean
write_configuration (ScCtl *self, const char *directory, const char *url, ScJson *answer, GError **error)
{
  g_autofree char *path = g_build_filename (directory, CONFIGURATION, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE; /* somebody may have changed it */
  seatcast_ctl_register_resource ();
  g_autoptr (GBytes) template =
      g_resource_lookup_data (seatcast_ctl_get_resource (), TEMPLATE, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (!template)
    return FALSE;
  gsize length;
  const char *data = g_bytes_get_data (template, &length);
  g_autoptr (GString) text = g_string_new_len (data, (gssize) length);
  g_autofree char *names = sc_ctl_names_of (json_object_get (answer, "names"), G_MAXUINT);
  g_autofree char *name = find_console_name (url, answer);
  g_autofree char *port = g_strdup_printf ("%" G_GUINT64_FORMAT, self->options.port_number);
  g_autoptr (GString) list = g_string_new (names);
  const char *address = strstr (url, "://") != NULL ? strstr (url, "://") + strlen ("://") : url;
  g_string_replace (list, ",", "", 0);
  /* the explanation first: it says what the ones below are */
  g_string_replace (
      text, "# \"seatcastctl cache create NAME --name HOST --output DIR\" fills in what stands between @ and @. ",
      "# Made by \"seatcastctl cache create\". ", 1);
  g_string_replace (text, "@STORE@", STORE, 0);
  g_string_replace (text, "@PORT@", port, 0);
  g_string_replace (text, "@NAMES@", list->str, 0);
  g_string_replace (text, "@DIRECTORY@", directory, 0);
  g_string_replace (text, "@CONSOLE_NAME@", name, 0);
  g_string_replace (text, "@CONSOLE_ADDRESS@", address, 0);
  return write_file (directory, CONFIGURATION, text->str, error);
}

static void
print_cache (ScCtl *self, const char *directory, ScJson *answer)
{
  g_autofree char *expires = sc_ctl_format_time (sc_ctl_text_of (answer, "expires"));
  g_autofree char *first = sc_ctl_text_cut (self->options.names[0], G_MAXUINT);
  printf ("%s has the cache's key, certificate (until %s) and " CONFIGURATION ".\n\n"
          "On the cache's machine, as root, with nginx installed:\n\n"
          "  ln -s %s/" CONFIGURATION " /etc/nginx/conf.d/\n"
          "  nginx -t && systemctl reload nginx\n\n"
          "Then each room that is near it:\n\n"
          "  seatcastctl policy ROOM --cache https://%s:%" G_GUINT64_FORMAT "\n",
          directory, expires, directory, first, self->options.port_number);
}

ScCtlStatus
sc_ctl_cache_create (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) settings = sc_ctl_client_request (self->client, "GET", "/v1/settings", NULL, error);
  g_autofree char *directory = settings ? make_directory (self->options.output, error) : NULL;
  g_autoptr (ScPrivateKey) key = directory ? open_key (directory, error) : NULL;
  g_autoptr (ScJson) answer = key ? ask (self, key, error) : NULL;
  /* how seats reach the console, and not this command, which may run beside it */
  const char *url = sc_ctl_text_of (settings, "url");
  if (!answer || !write_file (directory, CERTIFICATE, sc_ctl_text_of (answer, "certificate"), error) ||
      !write_file (directory, AUTHORITIES, sc_ctl_text_of (answer, "ca"), error) ||
      !write_configuration (self, directory, url, answer, error))
    return SC_CTL_FAILED;
  if (self->options.json) {
    json_object_set_new (answer, "directory", json_string (directory));
    sc_ctl_print_json (answer);
  } else {
    print_cache (self, directory, answer);
  }
  return SC_CTL_DONE;
}

ScCtlStatus
sc_ctl_cache_list (ScCtl *self, GError **error)
{
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "GET", "/v1/caches", NULL, error);
  if (!answer)
    return SC_CTL_FAILED;
  const char *const headings[] = { "NAME", "HOSTS", "MADE", "UNTIL", "STATE", NULL };
  g_autoptr (ScCtlTable) table = sc_ctl_table_new (headings);
  gsize i;
  ScJson *cache;
  json_array_foreach (json_object_get (answer, "caches"), i, cache)
  {
    if (self->options.json) {
      sc_ctl_print_json (cache);
      continue;
    }
    sc_ctl_table_add (
        table, g_strdup (sc_ctl_text_of (cache, "name")), sc_ctl_names_of (json_object_get (cache, "names"), MAX_NAMES),
        sc_ctl_format_time (sc_ctl_text_of (cache, "created")), sc_ctl_format_time (sc_ctl_text_of (cache, "expires")),
        g_strdup (sc_ctl_text_of (cache, "state")));
  }
  return sc_ctl_print_table (self, table, "There is no cache: “cache create” makes one its certificate.");
}

ScCtlStatus
sc_ctl_cache_revoke (ScCtl *self, GError **error)
{
  g_autofree char *path = sc_client_path ("/v1/caches/", self->arguments[0], "/revoke", NULL);
  g_autoptr (ScJson) body = json_object ();
  g_autoptr (ScJson) answer = sc_ctl_client_request (self->client, "POST", path, body, error);
  if (!answer)
    return SC_CTL_FAILED;
  if (self->options.json)
    sc_ctl_print_json (answer);
  else
    printf ("The console answers this cache no more, and seats fetch from the console.\n");
  return SC_CTL_DONE;
}
