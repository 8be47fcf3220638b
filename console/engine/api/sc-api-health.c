/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-routes.h"
#include "console/engine/sc-health.h"

/* Without a token: who watches over the console need not be one of its users. */
void
sc_api_get_health (ScApiRequest *request)
{
  gboolean ok;
  ScJson *json = sc_health_check (request->parts->health, g_get_monotonic_time (), &ok);

  sc_api_request_reply (request, ok ? SOUP_STATUS_OK : SOUP_STATUS_SERVICE_UNAVAILABLE, json);
}
