/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/catalog/sc-catalog-audit.h"

#include <string.h>

typedef struct {
  char *path;
  char *head; /* (nullable) */
} Verify;

static void
verify_free (gpointer data)
{
  Verify *verify = data;

  g_free (verify->path);
  g_free (verify->head);
  g_free (verify);
}

static ScJson *
json_of_id (guint64 id)
{
  return id != 0 ? json_integer ((json_int_t) id) : json_null ();
}

static ScJson *
run_verify (ScStore *store, gpointer data, GError **error)
{
  const Verify *verify = data;
  ScAudit audit;

  if (!sc_audit_verify (verify->path, verify->head, &audit, error))
    return NULL;
  return json_pack ("{s:I, s:s, s:b, s:o, s:o}", "entries", (json_int_t) audit.entries, "head", audit.head, "intact",
                    audit.intact, "first_bad", json_of_id (audit.first_bad), "found", json_of_id (audit.found));
}

static gboolean
is_hash (const char *text)
{
  return strlen (text) == SC_AUDIT_HEX_LENGTH && strspn (text, "0123456789abcdefABCDEF") == SC_AUDIT_HEX_LENGTH;
}

void
sc_api_verify_audit (ScApiRequest *request)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (request->message));
  g_autoptr (GHashTable) form = query != NULL ? soup_form_decode (query) : NULL;
  const char *head = form != NULL ? g_hash_table_lookup (form, "head") : NULL;
  Verify *verify = NULL;

  if (head != NULL && !is_hash (head)) {
    sc_api_request_fail_status (request, SOUP_STATUS_BAD_REQUEST, SC_ERROR_INVALID,
                                "head is not the hash of an entry: 64 digits of hex, as the engine's log has them");
    return;
  }
  verify = g_new0 (Verify, 1);
  verify->path = sc_catalog_dup_path (request->parts->catalog);
  verify->head = g_strdup (head);
  sc_api_request_run (request, run_verify, verify, verify_free);
}
