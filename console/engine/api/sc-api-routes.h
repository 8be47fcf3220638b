/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/api/sc-api-request.h"

G_BEGIN_DECLS

/* The whole API, one line a method and path; openapi.json has exactly these (tests/unit/engine/test-openapi.c). */
const ScApiRoute *sc_api_get_routes (gsize *n_routes);

/**
 * sc_api_find_route:
 * @path: still percent-encoded
 * @arguments: (out): room for SC_API_MAX_ARGUMENTS; (transfer full) each
 * @path_known: (out): the path exists, maybe with other methods
 *
 * Returns: (nullable)
 */
const ScApiRoute *sc_api_find_route (const char *method, const char *path, char **arguments, gboolean *path_known);

/* sc-api-health.c */
void sc_api_get_health (ScApiRequest *request);
/* sc-api-versions.c */
void sc_api_get_console (ScApiRequest *request);
void sc_api_list_versions (ScApiRequest *request);
void sc_api_get_version (ScApiRequest *request);
void sc_api_publish (ScApiRequest *request);
void sc_api_diff (ScApiRequest *request);
void sc_api_get_needs (ScApiRequest *request);
/* sc-api-sessions.c */
void sc_api_list_sessions (ScApiRequest *request);
void sc_api_get_session (ScApiRequest *request);
void sc_api_deploy (ScApiRequest *request);
void sc_api_pause_session (ScApiRequest *request);
void sc_api_resume_session (ScApiRequest *request);
void sc_api_cancel_session (ScApiRequest *request);
void sc_api_rollback (ScApiRequest *request);
/* sc-api-seats.c */
void sc_api_list_seats (ScApiRequest *request);
void sc_api_get_seat (ScApiRequest *request);
void sc_api_catch_up (ScApiRequest *request);
void sc_api_verify_seat (ScApiRequest *request);
void sc_api_cancel_verify_seat (ScApiRequest *request);
/* sc-api-rooms.c */
void sc_api_list_rooms (ScApiRequest *request);
void sc_api_add_room (ScApiRequest *request);
void sc_api_rename_room (ScApiRequest *request);
void sc_api_remove_room (ScApiRequest *request);
void sc_api_assign_room (ScApiRequest *request);
void sc_api_set_places (ScApiRequest *request);
/* sc-api-policy.c */
void sc_api_change_policy (ScApiRequest *request);
void sc_api_assign_version (ScApiRequest *request);
void sc_api_pin_seat (ScApiRequest *request);
/* sc-api-schedules.c */
void sc_api_list_schedules (ScApiRequest *request);
void sc_api_get_schedule (ScApiRequest *request);
void sc_api_add_schedule (ScApiRequest *request);
void sc_api_cancel_schedule (ScApiRequest *request);
/* sc-api-planned.c */
void sc_api_list_planned (ScApiRequest *request);
void sc_api_wake (ScApiRequest *request);
/* sc-api-hooks.c */
void sc_api_get_version_hooks (ScApiRequest *request);
void sc_api_set_version_hooks (ScApiRequest *request);
/* sc-api-history.c */
void sc_api_list_activity (ScApiRequest *request);
void sc_api_list_seat_log (ScApiRequest *request);
void sc_api_list_seat_sessions (ScApiRequest *request);
void sc_api_get_session_rates (ScApiRequest *request);
/* sc-api-audit.c */
void sc_api_verify_audit (ScApiRequest *request);
/* sc-api-ca.c */
void sc_api_get_authority (ScApiRequest *request);
void sc_api_rotate_authority (ScApiRequest *request);
/* sc-api-enrolment.c */
void sc_api_enrol (ScApiRequest *request);
void sc_api_renew_certificate (ScApiRequest *request);
void sc_api_revoke_seat (ScApiRequest *request);
/* sc-api-waiting.c */
void sc_api_list_enrol_tokens (ScApiRequest *request);
void sc_api_add_enrol_token (ScApiRequest *request);
void sc_api_revoke_enrol_token (ScApiRequest *request);
void sc_api_list_waiting_seats (ScApiRequest *request);
void sc_api_approve_waiting_seats (ScApiRequest *request);
void sc_api_reject_waiting_seats (ScApiRequest *request);
/* sc-api-staff.c */
void sc_api_sign_in (ScApiRequest *request);
void sc_api_sign_out (ScApiRequest *request);
void sc_api_get_me (ScApiRequest *request);
void sc_api_change_own_password (ScApiRequest *request);
void sc_api_list_users (ScApiRequest *request);
void sc_api_add_user (ScApiRequest *request);
void sc_api_change_user (ScApiRequest *request);
void sc_api_remove_user (ScApiRequest *request);
/* sc-api-settings.c */
void sc_api_get_settings (ScApiRequest *request);
void sc_api_change_settings (ScApiRequest *request);
/* sc-api-store.c */
void sc_api_list_operations (ScApiRequest *request);
void sc_api_get_operation (ScApiRequest *request);
void sc_api_cancel_operation (ScApiRequest *request);
void sc_api_verify_store (ScApiRequest *request);
void sc_api_gc_store (ScApiRequest *request);
void sc_api_rebuild_index (ScApiRequest *request);
void sc_api_sign_version (ScApiRequest *request);
/* Answers 202 with the operation just started. */
void sc_api_reply_operation (ScApiRequest *request, guint64 operation);
/* sc-api-content.c */
void sc_api_get_manifest (ScApiRequest *request);
void sc_api_get_manifests (ScApiRequest *request);
void sc_api_get_plan (ScApiRequest *request);
void sc_api_get_pack (ScApiRequest *request);
void sc_api_locate_chunks (ScApiRequest *request);
/* sc-api-caches.c */
void sc_api_list_caches (ScApiRequest *request);
void sc_api_create_cache (ScApiRequest *request);
void sc_api_revoke_cache (ScApiRequest *request);
/* sc-api-cache-content.c */
void sc_api_check_for_cache (ScApiRequest *request);
void sc_api_get_manifest_for_cache (ScApiRequest *request);
void sc_api_get_pack_for_cache (ScApiRequest *request);

G_END_DECLS
