/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-routes.h"

#include <string.h>

#define JSON_BODY (64u * 1024)
#define LOCATE_BODY (128u * 1024)
#define MANIFESTS_BODY (8u * 1024)
#define SEATS_BODY (1024u * 1024) /* 4096 seats with ids and places */
#define STAFF_BODY (16u * 1024)
#define MAX_SEGMENTS 8

static const ScApiRoute routes[] = {
  { "GET", "/v1", SC_ROLE_VIEWER, sc_api_get_console, 0 },
  { "GET", "/v1/health", SC_ROLE_NONE, sc_api_get_health, 0 },
  { "POST", "/v1/sign-in", SC_ROLE_NONE, sc_api_sign_in, STAFF_BODY },
  { "POST", "/v1/sign-out", SC_ROLE_VIEWER, sc_api_sign_out, STAFF_BODY, "sign-out" },
  { "GET", "/v1/me", SC_ROLE_VIEWER, sc_api_get_me, 0 },
  { "POST", "/v1/me/password", SC_ROLE_VIEWER, sc_api_change_own_password, STAFF_BODY, "password" },
  { "GET", "/v1/users", SC_ROLE_ADMINISTRATOR, sc_api_list_users, 0 },
  { "POST", "/v1/users", SC_ROLE_ADMINISTRATOR, sc_api_add_user, STAFF_BODY, "user-add" },
  { "POST", "/v1/users/{user}/change", SC_ROLE_ADMINISTRATOR, sc_api_change_user, STAFF_BODY, "user-change" },
  { "POST", "/v1/users/{user}/delete", SC_ROLE_ADMINISTRATOR, sc_api_remove_user, STAFF_BODY, "user-delete" },
  { "GET", "/v1/audit/verify", SC_ROLE_ADMINISTRATOR, sc_api_verify_audit, 0 },
  { "GET", "/v1/ca", SC_ROLE_VIEWER, sc_api_get_authority, 0 },
  { "POST", "/v1/ca/rotate", SC_ROLE_ADMINISTRATOR, sc_api_rotate_authority, STAFF_BODY, "ca-rotate" },
  { "POST", "/v1/enrol", SC_ROLE_NONE, sc_api_enrol, SC_ENROLMENT_MAX_BYTES },
  { "POST", "/v1/seat/certificate", SC_ROLE_SEAT, sc_api_renew_certificate, JSON_BODY },
  { "GET", "/v1/enrol-tokens", SC_ROLE_VIEWER, sc_api_list_enrol_tokens, 0 },
  { "POST", "/v1/enrol-tokens", SC_ROLE_OPERATOR, sc_api_add_enrol_token, JSON_BODY, "enrol-token-create" },
  { "POST", "/v1/enrol-tokens/{id}/revoke", SC_ROLE_OPERATOR, sc_api_revoke_enrol_token, JSON_BODY,
    "enrol-token-revoke" },
  { "GET", "/v1/waiting-seats", SC_ROLE_VIEWER, sc_api_list_waiting_seats, 0 },
  { "POST", "/v1/waiting-seats/approve", SC_ROLE_OPERATOR, sc_api_approve_waiting_seats, SEATS_BODY, "approve" },
  { "POST", "/v1/waiting-seats/reject", SC_ROLE_OPERATOR, sc_api_reject_waiting_seats, SEATS_BODY, "reject" },
  { "POST", "/v1/seats/{seat}/revoke", SC_ROLE_OPERATOR, sc_api_revoke_seat, JSON_BODY, "revoke" },
  { "GET", "/v1/versions", SC_ROLE_VIEWER, sc_api_list_versions, 0 },
  { "POST", "/v1/versions", SC_ROLE_OPERATOR, sc_api_publish, JSON_BODY, "publish" },
  { "GET", "/v1/versions/{number}", SC_ROLE_VIEWER, sc_api_get_version, 0 },
  { "POST", "/v1/versions/{number}/sign", SC_ROLE_ADMINISTRATOR, sc_api_sign_version, JSON_BODY, "version-sign" },
  { "GET", "/v1/versions/{number}/hooks", SC_ROLE_VIEWER, sc_api_get_version_hooks, 0 },
  { "POST", "/v1/versions/{number}/hooks", SC_ROLE_ADMINISTRATOR, sc_api_set_version_hooks, JSON_BODY,
    "version-hooks" },
  { "GET", "/v1/versions/{from}/diff/{to}", SC_ROLE_VIEWER, sc_api_diff, 0 },
  { "GET", "/v1/versions/{number}/needs", SC_ROLE_VIEWER, sc_api_get_needs, 0 },
  { "GET", "/v1/settings", SC_ROLE_VIEWER, sc_api_get_settings, 0 },
  { "POST", "/v1/settings", SC_ROLE_ADMINISTRATOR, sc_api_change_settings, JSON_BODY, "settings" },
  { "GET", "/v1/operations", SC_ROLE_VIEWER, sc_api_list_operations, 0 },
  { "GET", "/v1/operations/{id}", SC_ROLE_VIEWER, sc_api_get_operation, 0 },
  { "POST", "/v1/operations/{id}/cancel", SC_ROLE_OPERATOR, sc_api_cancel_operation, JSON_BODY, "operation-cancel" },
  { "GET", "/v1/sessions", SC_ROLE_VIEWER, sc_api_list_sessions, 0 },
  { "POST", "/v1/sessions", SC_ROLE_OPERATOR, sc_api_deploy, SEATS_BODY, "deploy" },
  { "GET", "/v1/sessions/{id}", SC_ROLE_VIEWER, sc_api_get_session, 0 },
  { "GET", "/v1/sessions/{id}/rates", SC_ROLE_VIEWER, sc_api_get_session_rates, 0 },
  { "POST", "/v1/sessions/{id}/pause", SC_ROLE_OPERATOR, sc_api_pause_session, JSON_BODY, "pause" },
  { "POST", "/v1/sessions/{id}/resume", SC_ROLE_OPERATOR, sc_api_resume_session, JSON_BODY, "resume" },
  { "POST", "/v1/sessions/{id}/cancel", SC_ROLE_OPERATOR, sc_api_cancel_session, JSON_BODY, "cancel" },
  { "POST", "/v1/rollback", SC_ROLE_OPERATOR, sc_api_rollback, SEATS_BODY, "rollback" },
  { "GET", "/v1/seats", SC_ROLE_VIEWER, sc_api_list_seats, 0 },
  { "GET", "/v1/seats/{seat}", SC_ROLE_VIEWER, sc_api_get_seat, 0 },
  { "GET", "/v1/activity", SC_ROLE_VIEWER, sc_api_list_activity, 0 },
  { "GET", "/v1/seats/{seat}/log", SC_ROLE_VIEWER, sc_api_list_seat_log, 0 },
  { "GET", "/v1/seats/{seat}/sessions", SC_ROLE_VIEWER, sc_api_list_seat_sessions, 0 },
  { "POST", "/v1/seats/{seat}/catch-up", SC_ROLE_OPERATOR, sc_api_catch_up, JSON_BODY, "catch-up" },
  { "POST", "/v1/seats/{seat}/pin", SC_ROLE_OPERATOR, sc_api_pin_seat, SEATS_BODY, "pin" },
  { "POST", "/v1/seats/{seat}/verify", SC_ROLE_OPERATOR, sc_api_verify_seat, JSON_BODY, "verify" },
  { "POST", "/v1/seats/{seat}/verify/cancel", SC_ROLE_OPERATOR, sc_api_cancel_verify_seat, JSON_BODY, "verify-cancel" },
  { "GET", "/v1/rooms", SC_ROLE_VIEWER, sc_api_list_rooms, 0 },
  { "POST", "/v1/rooms", SC_ROLE_OPERATOR, sc_api_add_room, JSON_BODY, "room-create" },
  { "POST", "/v1/rooms/assign", SC_ROLE_OPERATOR, sc_api_assign_room, SEATS_BODY, "room-assign" },
  { "POST", "/v1/rooms/{room}/rename", SC_ROLE_OPERATOR, sc_api_rename_room, JSON_BODY, "room-rename" },
  { "POST", "/v1/rooms/{room}/policy", SC_ROLE_OPERATOR, sc_api_change_policy, JSON_BODY, "room-policy" },
  { "POST", "/v1/rooms/{room}/assign-version", SC_ROLE_OPERATOR, sc_api_assign_version, SEATS_BODY, "assign-version" },
  { "POST", "/v1/rooms/{room}/delete", SC_ROLE_OPERATOR, sc_api_remove_room, JSON_BODY, "room-delete" },
  { "POST", "/v1/rooms/{room}/places", SC_ROLE_OPERATOR, sc_api_set_places, SEATS_BODY, "room-places" },
  { "GET", "/v1/schedules", SC_ROLE_VIEWER, sc_api_list_schedules, 0 },
  { "POST", "/v1/schedules", SC_ROLE_OPERATOR, sc_api_add_schedule, SEATS_BODY, "schedule" },
  { "GET", "/v1/schedules/{id}", SC_ROLE_VIEWER, sc_api_get_schedule, 0 },
  { "POST", "/v1/schedules/{id}/cancel", SC_ROLE_OPERATOR, sc_api_cancel_schedule, JSON_BODY, "schedule-cancel" },
  { "GET", "/v1/planned", SC_ROLE_VIEWER, sc_api_list_planned, 0 },
  { "POST", "/v1/wake", SC_ROLE_OPERATOR, sc_api_wake, SEATS_BODY, "wake" },
  { "POST", "/v1/store/verify", SC_ROLE_ADMINISTRATOR, sc_api_verify_store, JSON_BODY, "store-verify" },
  { "POST", "/v1/store/gc", SC_ROLE_ADMINISTRATOR, sc_api_gc_store, JSON_BODY, "store-gc" },
  { "POST", "/v1/store/rebuild-index", SC_ROLE_ADMINISTRATOR, sc_api_rebuild_index, JSON_BODY, "store-rebuild-index" },
  { "GET", "/v1/events", SC_ROLE_VIEWER, NULL, 0 },
  { "GET", "/v1/seat", SC_ROLE_SEAT, NULL, 0 },
  { "GET", "/v1/manifests/{hash}", SC_ROLE_SEAT, sc_api_get_manifest, 0 },
  { "POST", "/v1/manifests", SC_ROLE_SEAT, sc_api_get_manifests, MANIFESTS_BODY },
  { "GET", "/v1/plans/{hash}", SC_ROLE_SEAT, sc_api_get_plan, 0 },
  { "GET", "/v1/packs/{number}", SC_ROLE_SEAT, sc_api_get_pack, 0 },
  { "POST", "/v1/chunks/locate", SC_ROLE_SEAT, sc_api_locate_chunks, LOCATE_BODY },
  { "GET", "/v1/caches", SC_ROLE_VIEWER, sc_api_list_caches, 0 },
  { "POST", "/v1/caches", SC_ROLE_ADMINISTRATOR, sc_api_create_cache, JSON_BODY, "cache-create" },
  { "POST", "/v1/caches/{name}/revoke", SC_ROLE_ADMINISTRATOR, sc_api_revoke_cache, JSON_BODY, "cache-revoke" },
  { "GET", "/v1/cache/check", SC_ROLE_CACHE, sc_api_check_for_cache, 0 },
  { "GET", "/v1/cache/manifests/{hash}", SC_ROLE_CACHE, sc_api_get_manifest_for_cache, 0 },
  { "GET", "/v1/cache/packs/{number}/{end}", SC_ROLE_CACHE, sc_api_get_pack_for_cache, 0 },
};

const ScApiRoute *
sc_api_get_routes (gsize *n_routes)
{
  *n_routes = G_N_ELEMENTS (routes);
  return routes;
}

static gboolean
match_pattern (const char *pattern, const char *const *segments, const char **matched)
{
  g_auto (GStrv) wanted = g_strsplit (pattern, "/", -1);
  guint n_matched = 0;

  if (g_strv_length (wanted) != g_strv_length ((char **) segments))
    return FALSE;
  for (guint i = 0; wanted[i] != NULL; i++) {
    if (*wanted[i] == '{' && *segments[i] != '\0' && n_matched < SC_API_MAX_ARGUMENTS)
      matched[n_matched++] = segments[i];
    else if (strcmp (wanted[i], segments[i]) != 0)
      return FALSE;
  }
  return TRUE;
}

static gboolean
decode_arguments (const char *const *matched, char **arguments)
{
  for (guint i = 0; i < SC_API_MAX_ARGUMENTS; i++) {
    arguments[i] = matched[i] != NULL ? g_uri_unescape_string (matched[i], NULL) : NULL;
    if (matched[i] != NULL && (arguments[i] == NULL || !g_utf8_validate (arguments[i], -1, NULL))) {
      for (guint j = 0; j <= i; j++)
        g_clear_pointer (&arguments[j], g_free);
      return FALSE;
    }
  }
  return TRUE;
}

const ScApiRoute *
sc_api_find_route (const char *method, const char *path, char **arguments, gboolean *path_known)
{
  g_auto (GStrv) segments = g_strsplit (path, "/", MAX_SEGMENTS);

  *path_known = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++) {
    const char *matched[SC_API_MAX_ARGUMENTS] = { NULL };

    if (!match_pattern (routes[i].pattern, (const char *const *) segments, matched))
      continue;
    *path_known = TRUE;
    if (strcmp (routes[i].method, method) != 0)
      continue;
    *path_known = decode_arguments (matched, arguments);
    return *path_known ? &routes[i] : NULL;
  }
  return NULL;
}
