/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-json.h"
#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

/* Shared by sc-api-enrolment.c (what seats ask, and shutting them out) and sc-api-waiting.c (what staff decide). */

gint64 sc_api_get_time (void); /* s since 1970 */
/* Tells the API's clients how many seats wait now. */
void sc_api_tell_waiting (const ScApiParts *parts);
/* The seat's certificates are good for nothing any more: it leaves its sessions, and its connections end at once. */
void sc_api_shut_out (const ScApiParts *parts, const char *seat, const char *why);
/* Records what has been done in words of its own, instead of those of its route. */
void sc_api_record (ScApiRequest *request, ScActivityEntry *entry);

G_END_DECLS
