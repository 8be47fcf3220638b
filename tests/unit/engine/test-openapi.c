/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "common/sc-pack-entry.h"
#include "console/engine/api/sc-api-routes.h"
#include "tests/unit/engine/engine-fixture.h"
#include "tests/unit/engine/openapi-schema.h"

#include <string.h>

/* One request whose answer is held against the document. */
typedef struct {
  const char *method;
  const char *pattern;
  const char *path; /* {manifest}, {repository}, {ids}, {entry} stand for what only the fixture knows */
  const char *body; /* JSON; of the paths /v1/chunks/locate and /v1/manifests: octets */
  const char *range;
  guint status;
} Case;

#define NO_HASH "0000000000000000000000000000000000000000000000000000000000000000"

#define HOOK "{\"when\":\"before-commit\",\"os\":\"any\",\"run\":[\"/usr/bin/true\"],\"timeout_seconds\":60}"
#define STAFF "{\"name\":\"anna\",\"role\":\"viewer\",\"password\":\"correct horse\"}"

static const Case cases[] = {
  { "GET", "/v1/me", "/v1/me", NULL, NULL, 200 },
  { "POST", "/v1/sign-out", "/v1/sign-out", NULL, NULL, 409 }, /* not the local administrator */
  { "POST", "/v1/sign-out", "/v1/sign-out", "{\"all\":true}", NULL, 400 },
  { "POST", "/v1/me/password", "/v1/me/password", "{\"old\":\"x\",\"new\":\"battery staple\"}", NULL, 409 },
  { "POST", "/v1/me/password", "/v1/me/password", "{\"old\":\"x\"}", NULL, 400 },
  { "POST", "/v1/users", "/v1/users", STAFF, NULL, 201 },
  { "POST", "/v1/users", "/v1/users", STAFF, NULL, 409 },
  { "POST", "/v1/users", "/v1/users", "{\"name\":\"bert\",\"role\":\"viewer\",\"password\":\"bert\"}", NULL, 400 },
  { "GET", "/v1/users", "/v1/users", NULL, NULL, 200 },
  { "POST", "/v1/sign-in", "/v1/sign-in", "{\"user\":\"anna\",\"password\":\"correct horse\"}", NULL, 200 },
  { "POST", "/v1/sign-in", "/v1/sign-in", "{\"user\":\"anna\",\"password\":\"battery staple\"}", NULL, 401 },
  { "POST", "/v1/sign-in", "/v1/sign-in", "{\"user\":\"anna\"}", NULL, 400 },
  { "GET", "/v1/health", "/v1/health", NULL, NULL, 200 },
  { "POST", "/v1/users/{user}/change", "/v1/users/anna/change", "{\"role\":\"operator\"}", NULL, 200 },
  { "POST", "/v1/users/{user}/change", "/v1/users/anna/change", "{}", NULL, 400 },
  { "POST", "/v1/users/{user}/change", "/v1/users/bert/change", "{\"disabled\":true}", NULL, 404 },
  { "POST", "/v1/users/{user}/delete", "/v1/users/anna/delete", NULL, NULL, 200 },
  { "POST", "/v1/users/{user}/delete", "/v1/users/anna/delete", "{}", NULL, 404 },
  { "POST", "/v1/users/{user}/delete", "/v1/users/anna/delete", "{\"force\":true}", NULL, 400 },
  { "GET", "/v1/audit/verify", "/v1/audit/verify", NULL, NULL, 200 },
  { "GET", "/v1/audit/verify", "/v1/audit/verify?head=" NO_HASH, NULL, NULL, 200 },
  { "GET", "/v1/audit/verify", "/v1/audit/verify?head=xyz", NULL, NULL, 400 },
  { "GET", "/v1/ca", "/v1/ca", NULL, NULL, 200 },
  { "POST", "/v1/ca/rotate", "/v1/ca/rotate", "{\"action\":\"finish\"}", NULL, 409 },
  { "POST", "/v1/ca/rotate", "/v1/ca/rotate", "{\"action\":\"begin\"}", NULL, 200 },
  { "POST", "/v1/ca/rotate", "/v1/ca/rotate", "{\"action\":\"begin\"}", NULL, 409 },
  { "GET", "/v1/ca", "/v1/ca", NULL, NULL, 200 },
  { "POST", "/v1/ca/rotate", "/v1/ca/rotate", "{\"action\":\"cancel\"}", NULL, 200 },
  { "POST", "/v1/ca/rotate", "/v1/ca/rotate", "{\"action\":\"perhaps\"}", NULL, 400 },
  { "POST", "/v1/ca/rotate", "/v1/ca/rotate", "{}", NULL, 400 },
  { "POST", "/v1/enrol", "/v1/enrol", "{\"token\":\"x\"}", NULL, 400 }, /* the rest is test-api-enrolment's */
  { "POST", "/v1/enrol", "/v1/enrol", "{\"seat\":\"x\"}", NULL, 400 },
  { "GET", "/v1/enrol-tokens", "/v1/enrol-tokens", NULL, NULL, 200 },
  { "POST", "/v1/enrol-tokens", "/v1/enrol-tokens", "{\"room\":\"Lab 1\",\"seats\":30,\"hours\":24}", NULL, 201 },
  { "POST", "/v1/enrol-tokens", "/v1/enrol-tokens", "{\"room\":\"Lab 1\",\"seats\":0,\"hours\":24}", NULL, 400 },
  { "POST", "/v1/enrol-tokens", "/v1/enrol-tokens", "{\"room\":\"\",\"seats\":1,\"hours\":24}", NULL, 400 },
  { "POST", "/v1/enrol-tokens", "/v1/enrol-tokens", "{\"room\":\"Lab 1\",\"seats\":1,\"hours\":1,\"ask\":1}", NULL,
    400 },
  { "GET", "/v1/enrol-tokens", "/v1/enrol-tokens", NULL, NULL, 200 },
  { "POST", "/v1/enrol-tokens/{id}/revoke", "/v1/enrol-tokens/1/revoke", NULL, NULL, 200 },
  { "POST", "/v1/enrol-tokens/{id}/revoke", "/v1/enrol-tokens/99/revoke", NULL, NULL, 404 },
  { "POST", "/v1/enrol-tokens/{id}/revoke", "/v1/enrol-tokens/x/revoke", NULL, NULL, 400 },
  { "GET", "/v1/waiting-seats", "/v1/waiting-seats", NULL, NULL, 200 },
  { "POST", "/v1/waiting-seats/approve", "/v1/waiting-seats/approve", "{\"ids\":[7]}", NULL, 200 }, /* fails */
  { "POST", "/v1/waiting-seats/approve", "/v1/waiting-seats/approve", "{\"ids\":[\"7\"]}", NULL, 400 },
  { "POST", "/v1/waiting-seats/approve", "/v1/waiting-seats/approve", "{\"ids\":[7],\"room\":\"\"}", NULL, 400 },
  { "POST", "/v1/waiting-seats/reject", "/v1/waiting-seats/reject", "{\"ids\":[]}", NULL, 200 },
  { "POST", "/v1/waiting-seats/reject", "/v1/waiting-seats/reject", "{\"ids\":[0]}", NULL, 400 },
  { "POST", "/v1/seats/{seat}/revoke", "/v1/seats/pc-1/revoke", "{}", NULL, 409 }, /* it never enrolled */
  { "POST", "/v1/seats/{seat}/revoke", "/v1/seats/pc-9/revoke", "{}", NULL, 404 },
  { "POST", "/v1/seats/{seat}/revoke", "/v1/seats/pc-1/revoke", "{\"now\":true}", NULL, 400 },
  { "GET", "/v1", "/v1", NULL, NULL, 200 },
  { "GET", "/v1/versions", "/v1/versions", NULL, NULL, 200 },
  { "POST", "/v1/versions", "/v1/versions", "{\"directory\":\"{repository}\",\"note\":\"third\"}", NULL, 202 },
  { "POST", "/v1/versions", "/v1/versions", "{\"directory\":\"here\",\"note\":\"third\"}", NULL, 400 },
  { "GET", "/v1/versions/{number}", "/v1/versions/2", NULL, NULL, 200 },
  { "GET", "/v1/versions/{number}", "/v1/versions/99", NULL, NULL, 404 },
  { "GET", "/v1/versions/{number}", "/v1/versions/two", NULL, NULL, 400 },
  { "POST", "/v1/versions/{number}/sign", "/v1/versions/2/sign", NULL, NULL, 202 },
  { "POST", "/v1/versions/{number}/sign", "/v1/versions/99/sign", NULL, NULL, 404 },
  { "POST", "/v1/versions/{number}/sign", "/v1/versions/two/sign", NULL, NULL, 400 },
  { "GET", "/v1/versions/{from}/diff/{to}", "/v1/versions/1/diff/2", NULL, NULL, 200 },
  { "GET", "/v1/versions/{from}/diff/{to}", "/v1/versions/0/diff/1", NULL, NULL, 200 },
  { "GET", "/v1/versions/{from}/diff/{to}", "/v1/versions/1/diff/99", NULL, NULL, 404 },
  { "GET", "/v1/versions/{from}/diff/{to}", "/v1/versions/1/diff/-1", NULL, NULL, 400 },
  { "GET", "/v1/versions/{number}/needs", "/v1/versions/2/needs", NULL, NULL, 200 },
  { "GET", "/v1/versions/{number}/needs", "/v1/versions/99/needs", NULL, NULL, 404 },
  { "GET", "/v1/versions/{number}/needs", "/v1/versions/x/needs", NULL, NULL, 400 },
  { "GET", "/v1/versions/{number}/hooks", "/v1/versions/2/hooks", NULL, NULL, 200 },
  { "GET", "/v1/versions/{number}/hooks", "/v1/versions/99/hooks", NULL, NULL, 404 },
  { "GET", "/v1/versions/{number}/hooks", "/v1/versions/x/hooks", NULL, NULL, 400 },
  { "POST", "/v1/versions/{number}/hooks", "/v1/versions/2/hooks", "{\"hooks\":[" HOOK "]}", NULL, 200 },
  { "GET", "/v1/versions/{number}/hooks", "/v1/versions/2/hooks", NULL, NULL, 200 },
  { "POST", "/v1/versions/{number}/hooks", "/v1/versions/2/hooks", "{\"hooks\":[]}", NULL, 200 },
  { "POST", "/v1/versions/{number}/hooks", "/v1/versions/2/hooks", "{\"hooks\":[{}]}", NULL, 400 },
  { "POST", "/v1/versions/{number}/hooks", "/v1/versions/2/hooks", "{}", NULL, 400 },
  { "POST", "/v1/versions/{number}/hooks", "/v1/versions/99/hooks", "{\"hooks\":[]}", NULL, 404 },
  { "GET", "/v1/schedules", "/v1/schedules", NULL, NULL, 200 },
  { "GET", "/v1/schedules", "/v1/schedules?all=true", NULL, NULL, 200 },
  { "GET", "/v1/schedules", "/v1/schedules?all=1", NULL, NULL, 400 },
  { "GET", "/v1/schedules/{id}", "/v1/schedules/99", NULL, NULL, 404 },
  { "GET", "/v1/schedules/{id}", "/v1/schedules/x", NULL, NULL, 400 },
  { "POST", "/v1/store/verify", "/v1/store/verify", NULL, NULL, 202 },
  { "POST", "/v1/store/verify", "/v1/store/verify", "[]", NULL, 400 },
  { "POST", "/v1/store/gc", "/v1/store/gc", "{}", NULL, 202 },
  { "POST", "/v1/store/gc", "/v1/store/gc", "{\"all\":true}", NULL, 400 },
  { "POST", "/v1/store/rebuild-index", "/v1/store/rebuild-index", NULL, NULL, 202 },
  { "GET", "/v1/operations", "/v1/operations", NULL, NULL, 200 },
  { "GET", "/v1/operations/{id}", "/v1/operations/1", NULL, NULL, 200 },
  { "GET", "/v1/operations/{id}", "/v1/operations/99", NULL, NULL, 404 },
  { "POST", "/v1/operations/{id}/cancel", "/v1/operations/99/cancel", NULL, NULL, 404 },
  { "GET", "/v1/sessions", "/v1/sessions", NULL, NULL, 200 },
  { "GET", "/v1/sessions", "/v1/sessions?limit=1", NULL, NULL, 200 },
  { "GET", "/v1/sessions", "/v1/sessions?limit=0", NULL, NULL, 400 },
  { "GET", "/v1/sessions/{id}", "/v1/sessions/1", NULL, NULL, 200 },
  { "GET", "/v1/sessions/{id}", "/v1/sessions/99", NULL, NULL, 404 },
  { "POST", "/v1/sessions", "/v1/sessions", "{\"version\":99}", NULL, 404 },
  { "POST", "/v1/sessions", "/v1/sessions", "{\"version\":1}", NULL, 409 }, /* no seat is online */
  { "POST", "/v1/sessions", "/v1/sessions", "{\"version\":1,\"room\":\"X\",\"seats\":[\"pc-1\"]}", NULL, 400 },
  { "POST", "/v1/sessions", "/v1/sessions", "{\"version\":1,\"dry_run\":1}", NULL, 400 },
  { "POST", "/v1/sessions", "/v1/sessions", "{\"version\":1,\"dry_run\":true}", NULL, 409 },
  { "GET", "/v1/sessions/{id}/rates", "/v1/sessions/1/rates", NULL, NULL, 200 },
  { "GET", "/v1/sessions/{id}/rates", "/v1/sessions/99/rates", NULL, NULL, 404 },
  { "GET", "/v1/sessions/{id}/rates", "/v1/sessions/x/rates", NULL, NULL, 400 },
  { "POST", "/v1/sessions/{id}/pause", "/v1/sessions/1/pause", NULL, NULL, 409 },
  { "POST", "/v1/sessions/{id}/pause", "/v1/sessions/99/pause", NULL, NULL, 404 },
  { "POST", "/v1/sessions/{id}/resume", "/v1/sessions/1/resume", NULL, NULL, 409 },
  { "POST", "/v1/sessions/{id}/cancel", "/v1/sessions/1/cancel", NULL, NULL, 409 },
  { "POST", "/v1/rollback", "/v1/rollback", "{\"room\":\"nowhere\"}", NULL, 404 },
  { "POST", "/v1/rollback", "/v1/rollback", "{\"room\":\"" FIXTURE_ROOM "\"}", NULL, 409 }, /* no seat is online */
  { "POST", "/v1/rollback", "/v1/rollback", "{\"room\":\"\"}", NULL, 400 },
  { "POST", "/v1/rollback", "/v1/rollback", "{\"version\":2}", NULL, 400 }, /* not older */
  { "POST", "/v1/rollback", "/v1/rollback", "{\"seats\":[\"pc-9\"],\"version\":1}", NULL, 404 },
  { "POST", "/v1/rollback", "/v1/rollback", "{\"seats\":[\"pc-1\"],\"dry_run\":true}", NULL, 409 },
  { "GET", "/v1/seats", "/v1/seats", NULL, NULL, 200 },
  { "GET", "/v1/seats/{seat}", "/v1/seats/" FIXTURE_SEAT, NULL, NULL, 200 },
  { "GET", "/v1/seats/{seat}", "/v1/seats/p%63-1", NULL, NULL, 200 },
  { "GET", "/v1/seats/{seat}", "/v1/seats/pc%2F9", NULL, NULL, 404 },
  { "GET", "/v1/settings", "/v1/settings", NULL, NULL, 200 },
  { "POST", "/v1/settings", "/v1/settings", "{\"rate_cap_bits_per_second\":200000000}", NULL, 200 },
  { "POST", "/v1/settings", "/v1/settings", "{\"rate_cap_bits_per_second\":0}", NULL, 200 },
  { "POST", "/v1/settings", "/v1/settings", "{\"rate_cap_bits_per_second\":5}", NULL, 400 },
  { "POST", "/v1/settings", "/v1/settings", "{\"publish_directory\":\"here\"}", NULL, 400 },
  { "POST", "/v1/settings", "/v1/settings", "{\"rate\":1}", NULL, 400 },
  { "GET", "/v1/activity", "/v1/activity", NULL, NULL, 200 },
  { "GET", "/v1/activity", "/v1/activity?before=3&max=1000", NULL, NULL, 200 },
  { "GET", "/v1/activity", "/v1/activity?max=1001", NULL, NULL, 400 },
  { "GET", "/v1/seats/{seat}/log", "/v1/seats/" FIXTURE_SEAT_NAME "/log", NULL, NULL, 200 },
  { "GET", "/v1/seats/{seat}/log", "/v1/seats/" FIXTURE_SEAT_NAME "/log?max=0", NULL, NULL, 400 },
  { "GET", "/v1/seats/{seat}/log", "/v1/seats/pc-9/log", NULL, NULL, 404 },
  { "GET", "/v1/seats/{seat}/sessions", "/v1/seats/" FIXTURE_SEAT_NAME "/sessions", NULL, NULL, 200 },
  { "GET", "/v1/seats/{seat}/sessions", "/v1/seats/pc-9/sessions", NULL, NULL, 404 },
  { "POST", "/v1/seats/{seat}/catch-up", "/v1/seats/" FIXTURE_SEAT_NAME "/catch-up", NULL, NULL, 409 },
  { "POST", "/v1/seats/{seat}/catch-up", "/v1/seats/pc-9/catch-up", NULL, NULL, 404 },
  { "POST", "/v1/seats/{seat}/catch-up", "/v1/seats/pc-1/catch-up", "{\"version\":\"1\"}", NULL, 400 },
  { "POST", "/v1/seats/{seat}/verify", "/v1/seats/" FIXTURE_SEAT_NAME "/verify", NULL, NULL, 409 }, /* it is offline */
  { "POST", "/v1/seats/{seat}/verify", "/v1/seats/pc-9/verify", NULL, NULL, 404 },
  { "POST", "/v1/seats/{seat}/verify", "/v1/seats/pc-1/verify", "{\"all\":1}", NULL, 400 },
  { "POST", "/v1/seats/{seat}/verify/cancel", "/v1/seats/pc-1/verify/cancel", NULL, NULL, 409 },
  { "POST", "/v1/seats/{seat}/verify/cancel", "/v1/seats/pc-9/verify/cancel", NULL, NULL, 404 },
  { "GET", "/v1/rooms", "/v1/rooms", NULL, NULL, 200 },
  { "POST", "/v1/rooms", "/v1/rooms", "{\"name\":\"Lab 2\"}", NULL, 201 },
  { "POST", "/v1/rooms", "/v1/rooms", "{\"name\":\" Lab 2 \"}", NULL, 409 }, /* it is that one */
  { "POST", "/v1/rooms", "/v1/rooms", "{\"name\":\" \"}", NULL, 400 },
  { "POST", "/v1/rooms", "/v1/rooms", "{\"name\":\"a\\nb\"}", NULL, 400 },
  { "POST", "/v1/rooms/assign", "/v1/rooms/assign", "{\"room\":\"Lab 2\",\"seats\":[\"pc-1\"]}", NULL, 200 },
  { "POST", "/v1/rooms/assign", "/v1/rooms/assign", "{\"room\":\"nowhere\",\"seats\":[\"pc-1\"]}", NULL, 404 },
  { "POST", "/v1/rooms/assign", "/v1/rooms/assign", "{\"room\":null,\"seats\":[\"pc-9\"]}", NULL, 404 },
  { "POST", "/v1/rooms/assign", "/v1/rooms/assign", "{\"room\":null,\"seats\":[]}", NULL, 400 },
  { "POST", "/v1/rooms/assign", "/v1/rooms/assign", "{\"seats\":[\"pc-1\"]}", NULL, 400 },
  { "POST", "/v1/rooms/{room}/rename", "/v1/rooms/Lab%202/rename", "{\"name\":\"Röhre/3\"}", NULL, 200 },
  { "POST", "/v1/rooms/{room}/rename", "/v1/rooms/R%C3%B6hre%2F3/rename", "{\"name\":\"" FIXTURE_ROOM "\"}", NULL,
    409 },
  { "POST", "/v1/rooms/{room}/rename", "/v1/rooms/Lab%202/rename", "{\"name\":\"Lab 4\"}", NULL, 404 },
  { "POST", "/v1/rooms/{room}/rename", "/v1/rooms/R%C3%B6hre%2F3/rename", "{}", NULL, 400 },
  { "POST", "/v1/rooms/{room}/places", "/v1/rooms/R%C3%B6hre%2F3/places",
    "{\"places\":[{\"seat\":\"pc-1\",\"column\":255,\"row\":0}]}", NULL, 200 },
  { "GET", "/v1/seats/{seat}", "/v1/seats/pc-1", NULL, NULL, 200 }, /* with a place */
  { "POST", "/v1/rooms/{room}/places", "/v1/rooms/" FIXTURE_ROOM "/places",
    "{\"places\":[{\"seat\":\"pc-1\",\"column\":1,\"row\":0}]}", NULL, 409 }, /* it is not there */
  { "POST", "/v1/rooms/{room}/places", "/v1/rooms/nowhere/places", "{\"places\":[],\"clear\":true}", NULL, 404 },
  { "POST", "/v1/rooms/{room}/places", "/v1/rooms/R%C3%B6hre%2F3/places",
    "{\"places\":[{\"seat\":\"pc-1\",\"column\":256,\"row\":0}]}", NULL, 400 },
  { "POST", "/v1/rooms/{room}/delete", "/v1/rooms/R%C3%B6hre%2F3/delete", NULL, NULL, 409 }, /* the seat is there */
  { "POST", "/v1/rooms/assign", "/v1/rooms/assign", "{\"room\":null,\"seats\":[\"pc-1\"]}", NULL, 200 },
  { "POST", "/v1/rooms/{room}/delete", "/v1/rooms/R%C3%B6hre%2F3/delete", NULL, NULL, 200 },
  { "POST", "/v1/rooms/{room}/delete", "/v1/rooms/R%C3%B6hre%2F3/delete", "{}", NULL, 404 },
  { "POST", "/v1/rooms/{room}/delete", "/v1/rooms/" FIXTURE_ROOM "/delete", "{\"force\":true}", NULL, 400 },
  { "POST", "/v1/rooms/{room}/assign-version", "/v1/rooms/" FIXTURE_ROOM "/assign-version", "{\"version\":2}", NULL,
    200 },
  { "POST", "/v1/rooms/{room}/assign-version", "/v1/rooms/" FIXTURE_ROOM "/assign-version",
    "{\"version\":1,\"templates\":[\"new\"]}", NULL, 404 },
  { "POST", "/v1/rooms/{room}/assign-version", "/v1/rooms/nowhere/assign-version", "{\"version\":2}", NULL, 404 },
  { "POST", "/v1/rooms/{room}/assign-version", "/v1/rooms/" FIXTURE_ROOM "/assign-version", "{}", NULL, 400 },
  { "POST", "/v1/rooms/{room}/policy", "/v1/rooms/" FIXTURE_ROOM "/policy",
    "{\"window\":\"mon-fri 18:00-06:00 UTC\",\"late\":\"gather\",\"busy_deadline_hours\":8}", NULL, 200 },
  { "POST", "/v1/rooms/{room}/policy", "/v1/rooms/" FIXTURE_ROOM "/policy", "{\"late\":\"never\"}", NULL, 400 },
  { "POST", "/v1/rooms/{room}/policy", "/v1/rooms/nowhere/policy", "{}", NULL, 404 },
  { "GET", "/v1/rooms", "/v1/rooms", NULL, NULL, 200 }, /* with a window and an assignment */
  { "POST", "/v1/seats/{seat}/pin", "/v1/seats/pc-1/pin", "{\"version\":1,\"templates\":[\"old\"]}", NULL, 200 },
  { "POST", "/v1/seats/{seat}/pin", "/v1/seats/pc-9/pin", "{\"version\":1}", NULL, 404 },
  { "POST", "/v1/seats/{seat}/pin", "/v1/seats/pc-1/pin", "{\"version\":0,\"templates\":[]}", NULL, 400 },
  { "POST", "/v1/seats/{seat}/pin", "/v1/seats/pc-1/pin", "{\"version\":0}", NULL, 200 },
  { "POST", "/v1/schedules", "/v1/schedules", "{\"version\":2,\"when\":{\"kind\":\"window\"}}", NULL, 201 },
  { "POST", "/v1/schedules", "/v1/schedules",
    "{\"what\":\"newest\",\"seats\":[\"pc-1\"],\"wake\":true,\"when\":{\"kind\":\"repeat\",\"days\":[\"mon\"],\"time\":"
    "\"22:00\"}}",
    NULL, 201 },
  { "POST", "/v1/schedules", "/v1/schedules", "{\"version\":99,\"when\":{\"kind\":\"window\"}}", NULL, 404 },
  { "POST", "/v1/schedules", "/v1/schedules", "{\"version\":2}", NULL, 400 },
  { "GET", "/v1/schedules", "/v1/schedules", NULL, NULL, 200 },
  { "GET", "/v1/schedules/{id}", "/v1/schedules/1", NULL, NULL, 200 },
  { "POST", "/v1/schedules/{id}/cancel", "/v1/schedules/1/cancel", NULL, NULL, 200 },
  { "POST", "/v1/schedules/{id}/cancel", "/v1/schedules/1/cancel", NULL, NULL, 409 },
  { "POST", "/v1/schedules/{id}/cancel", "/v1/schedules/99/cancel", "{}", NULL, 404 },
  { "POST", "/v1/schedules/{id}/cancel", "/v1/schedules/x/cancel", "{}", NULL, 400 },
  { "GET", "/v1/planned", "/v1/planned", NULL, NULL, 200 },
  { "GET", "/v1/planned", "/v1/planned?from=2026-12-01T00:00:00Z&to=2026-12-31T00:00:00Z", NULL, NULL, 200 },
  { "GET", "/v1/planned", "/v1/planned?to=tomorrow", NULL, NULL, 400 },
  { "POST", "/v1/wake", "/v1/wake", "{\"room\":\"" FIXTURE_ROOM "\"}", NULL, 200 },
  { "POST", "/v1/wake", "/v1/wake", "{\"seats\":[\"pc-9\"]}", NULL, 404 },
  { "POST", "/v1/wake", "/v1/wake", "{}", NULL, 400 },
  { "GET", "/v1/events", "/v1/events", NULL, NULL, 400 }, /* no WebSocket: that is test-api's */
  { "GET", "/v1/seat", "/v1/seat", NULL, NULL, 400 },
  { "GET", "/v1/manifests/{hash}", "/v1/manifests/{manifest}", NULL, NULL, 200 },
  { "POST", "/v1/seat/certificate", "/v1/seat/certificate", "{}", NULL, 400 },
  { "GET", "/v1/manifests/{hash}", "/v1/manifests/" NO_HASH, NULL, NULL, 403 }, /* of none of its versions */
  { "GET", "/v1/manifests/{hash}", "/v1/manifests/xyz", NULL, NULL, 400 },
  { "GET", "/v1/plans/{hash}", "/v1/plans/" NO_HASH, NULL, NULL, 404 },
  { "GET", "/v1/plans/{hash}", "/v1/plans/1", NULL, NULL, 400 },
  { "GET", "/v1/packs/{number}", "/v1/packs/1", NULL, "{entry}", 206 },
  { "GET", "/v1/packs/{number}", "/v1/packs/1", NULL, "bytes=0-99", 403 }, /* no whole entry */
  { "GET", "/v1/packs/{number}", "/v1/packs/1", NULL, "bytes=99999999-", 416 },
  { "GET", "/v1/packs/{number}", "/v1/packs/1", NULL, "bytes=0-1,5-6", 400 },
  { "GET", "/v1/packs/{number}", "/v1/packs/1", NULL, NULL, 400 },
  { "GET", "/v1/packs/{number}", "/v1/packs/9999", NULL, "bytes=0-99", 404 },
  { "GET", "/v1/cache/check", "/v1/cache/check", NULL, NULL, 400 }, /* the rest is test-api-caches' */
  { "GET", "/v1/cache/manifests/{hash}", "/v1/cache/manifests/{manifest}", NULL, NULL, 200 },
  { "GET", "/v1/cache/manifests/{hash}", "/v1/cache/manifests/" NO_HASH, NULL, NULL, 404 },
  { "GET", "/v1/cache/packs/{number}/{end}", "/v1/cache/packs/1/100", NULL, "bytes=90-109", 206 },
  { "GET", "/v1/cache/packs/{number}/{end}", "/v1/cache/packs/1/100", NULL, "bytes=100-109", 416 },
  { "GET", "/v1/cache/packs/{number}/{end}", "/v1/cache/packs/1/100", NULL, NULL, 400 },
  { "GET", "/v1/cache/packs/{number}/{end}", "/v1/cache/packs/9999/100", NULL, "bytes=0-9", 404 },
  { "GET", "/v1/caches", "/v1/caches", NULL, NULL, 200 },
  { "POST", "/v1/caches", "/v1/caches", "{\"name\":\"lab\"}", NULL, 400 },
  { "POST", "/v1/caches/{name}/revoke", "/v1/caches/lab/revoke", NULL, NULL, 404 },
  { "POST", "/v1/manifests", "/v1/manifests", "{manifests}", NULL, 200 },
  { "POST", "/v1/manifests", "/v1/manifests", "short", NULL, 400 },
  { "POST", "/v1/chunks/locate", "/v1/chunks/locate", "{ids}", NULL, 200 },
  { "POST", "/v1/chunks/locate", "/v1/chunks/locate", "short", NULL, 400 },
};

static const ScJson *
find_operation (const ScJson *document, const char *pattern, const char *method)
{
  g_autofree char *key = g_ascii_strdown (method, -1);

  return json_object_get (json_object_get (json_object_get (document, "paths"), pattern), key);
}

/* Every route is in the file, every path of the file is a route, and every one of them is tried below. */
static void
test_routes (void)
{
  g_autoptr (ScJson) document = openapi_load ();
  gsize n_routes = 0;
  const ScApiRoute *routes = sc_api_get_routes (&n_routes);
  gsize n_documented = 0;
  const char *pattern = NULL;
  json_t *item = NULL;

  json_object_foreach (json_object_get (document, "paths"), pattern, item) n_documented += json_object_size (item);
  g_assert_cmpuint (n_documented, ==, n_routes);

  for (gsize i = 0; i < n_routes; i++) {
    gboolean tried = FALSE;
    const ScJson *operation = find_operation (document, routes[i].pattern, routes[i].method);

    if (operation == NULL)
      g_error ("%s %s is not in openapi.json", routes[i].method, routes[i].pattern);
    g_test_message ("%s %s", routes[i].method, routes[i].pattern);
    g_assert_cmpstr (json_string_value (json_object_get (operation, "x-role")), ==, sc_role_to_nick (routes[i].role));
    for (gsize k = 0; k < G_N_ELEMENTS (cases); k++)
      tried = tried ||
              (strcmp (cases[k].method, routes[i].method) == 0 && strcmp (cases[k].pattern, routes[i].pattern) == 0);
    if (!tried)
      g_error ("no case tries %s %s", routes[i].method, routes[i].pattern);
  }
}

static char *
fill_in (EngineFixture *fixture, const char *text)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 2, NULL);
  char hex[SC_CHUNK_ID_HEX_LENGTH + 1];
  GString *filled = g_string_new (text);
  g_autofree char *repository = g_strescape (fixture->repository, NULL); /* Windows' backslashes */

  sc_chunk_id_to_hex (&sc_version_manifest_get_template (version, 0)->id, hex);
  g_string_replace (filled, "{manifest}", hex, 0);
  g_string_replace (filled, "{repository}", repository, 0);
  return g_string_free (filled, FALSE);
}

/* A chunk that is there, and one that is not. */
static GBytes *
make_ids (EngineFixture *fixture)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 1, NULL);
  g_autoptr (GPtrArray) templates = sc_store_get_templates (fixture->parts.store, version, NULL);
  g_autoptr (ScChunkIndex) chunks = sc_version_chunks_collect (templates);
  ScChunkId ids[2] = { *sc_chunk_index_get (chunks, 0) };

  return g_bytes_new (ids, sizeof ids);
}

static GBytes *
make_manifests (EngineFixture *fixture)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 2, NULL);

  return g_bytes_new (sc_version_manifest_get_id (version), sizeof (ScChunkId));
}

/* Where a chunk of the version lies that the seat is to have. */
static char *
make_range (EngineFixture *fixture, const char *range)
{
  g_autoptr (ScVersionManifest) version = sc_store_get_version (fixture->parts.store, 2, NULL);
  g_autoptr (GPtrArray) templates = sc_store_get_templates (fixture->parts.store, version, NULL);
  g_autoptr (ScChunkIndex) chunks = sc_version_chunks_collect (templates);
  ScStoreEntry entry;

  if (strcmp (range, "{entry}") != 0)
    return g_strdup (range);
  g_assert_true (sc_store_locate (fixture->parts.store, sc_chunk_index_get (chunks, 0), 1, &entry, NULL));
  return g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, entry.offset,
                          entry.offset + SC_PACK_ENTRY_HEADER_SIZE + entry.stored_length - 1);
}

static SoupMessage *
make_message (EngineFixture *fixture, const Case *item)
{
  g_autofree char *path = fill_in (fixture, item->path);
  g_autoptr (GBytes) body = NULL;
  SoupMessage *message = engine_fixture_message (fixture, item->method, path);

  if (item->range != NULL) {
    g_autofree char *range = make_range (fixture, item->range);

    soup_message_headers_append (soup_message_get_request_headers (message), "Range", range);
  }
  if (item->body == NULL)
    return message;
  if (strcmp (item->body, "{ids}") == 0) {
    body = make_ids (fixture);
  } else if (strcmp (item->body, "{manifests}") == 0) {
    body = make_manifests (fixture);
  } else {
    char *text = fill_in (fixture, item->body);

    body = g_bytes_new_take (text, strlen (text));
  }
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  return message;
}

static void
assert_documented (const ScJson *document, const Case *item, const EngineResponse *response)
{
  g_autofree char *status = g_strdup_printf ("%u", response->status);
  const ScJson *operation = find_operation (document, item->pattern, item->method);
  const ScJson *documented = json_object_get (json_object_get (operation, "responses"), status);
  const ScJson *content = NULL;
  g_autoptr (ScJson) value = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;
  const char *text = g_bytes_get_data (response->body, &length);

  if (documented == NULL)
    g_error ("%s %s: the status %s is not documented: %.*s", item->method, item->path, status, (int) length, text);
  content = json_object_get (json_object_get (openapi_resolve (document, documented), "content"),
                             response->content_type != NULL ? response->content_type : "");
  if (content == NULL)
    g_error ("%s %s: %s with the content type %s is not documented", item->method, item->path, status,
             response->content_type);
  if (g_strcmp0 (response->content_type, "application/json") != 0) {
    g_assert_nonnull (strstr (soup_message_headers_get_one (response->headers, "Cache-Control"), "immutable"));
    return;
  }
  value = sc_json_parse_object (text, length, 1 << 24, &error);
  g_assert_no_error (error);
  openapi_validate (document, json_object_get (content, "schema"), value, "$", &error);
  if (error != NULL)
    g_test_message ("%s %s: %.*s", item->method, item->path, (int) length, text);
  g_assert_no_error (error);
}

static void
test_answers (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) document = openapi_load ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SoupMessage) message = make_message (fixture, &cases[i]);
    g_auto (EngineResponse) response = { 0 };

    engine_fixture_send (fixture, message, &response);
    g_assert_no_error (response.error);
    g_test_message ("%s %s → %u", cases[i].method, cases[i].path, response.status);
    assert_documented (document, &cases[i], &response);
    g_assert_cmpuint (response.status, ==, cases[i].status);
    if (response.status == SOUP_STATUS_ACCEPTED && g_str_has_prefix (cases[i].pattern, "/v1/")) {
      /* one at a time: the store refuses two of some kinds at once */
      g_autoptr (GError) error = NULL;
      g_autoptr (ScJson) operation = sc_json_parse_object (g_bytes_get_data (response.body, NULL),
                                                           g_bytes_get_size (response.body), 1 << 20, &error);
      g_autoptr (ScJson) ended = engine_fixture_finish (fixture, operation);

      g_assert_cmpstr (json_string_value (json_object_get (ended, "state")), ==, "done");
    }
  }
}

static void
test_denied (EngineFixture *fixture, gconstpointer data)
{
  g_autoptr (ScJson) document = openapi_load ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SoupMessage) message = make_message (fixture, &cases[i]);
    g_auto (EngineResponse) response = { 0 };
    SoupMessageHeaders *headers = soup_message_get_request_headers (message);
    const ScJson *operation = find_operation (document, cases[i].pattern, cases[i].method);

    if (g_str_equal (json_string_value (json_object_get (operation, "x-role")), "none"))
      continue;
    soup_message_set_tls_client_certificate (message, NULL);
    if (i % 2 == 0)
      soup_message_headers_remove (headers, "Authorization");
    else
      soup_message_headers_replace (headers, "Authorization", "Bearer wrong");
    engine_fixture_send (fixture, message, &response);
    g_assert_no_error (response.error);
    g_assert_cmpuint (response.status, ==, 401);
    assert_documented (document, &cases[i], &response);
  }
}

/* The validator itself finds what is wrong: otherwise the test above could not fail. */
static void
test_validator (void)
{
  static const char schema_text[] =
      "{\"type\":\"object\",\"required\":[\"a\"],\"additionalProperties\":false,\"properties\":{"
      "\"a\":{\"type\":\"integer\",\"minimum\":1},\"b\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"enum\":["
      "\"x\"]}},"
      "\"c\":{\"type\":\"string\",\"nullable\":true,\"pattern\":\"^[0-9]+$\"},\"d\":{\"type\":\"string\",\"format\":"
      "\"date-time\"}}}";
  static const struct {
    const char *text;
    gboolean valid;
  } samples[] = {
    { "{\"a\":1}", TRUE },
    { "{\"a\":1,\"b\":[\"x\",\"x\"],\"c\":null,\"d\":\"2026-01-02T03:04:05Z\"}", TRUE },
    { "{}", FALSE },
    { "{\"a\":0}", FALSE },
    { "{\"a\":\"1\"}", FALSE },
    { "{\"a\":null}", FALSE },
    { "{\"a\":1,\"z\":1}", FALSE },
    { "{\"a\":1,\"b\":[\"y\"]}", FALSE },
    { "{\"a\":1,\"b\":{}}", FALSE },
    { "{\"a\":1,\"c\":\"12x\"}", FALSE },
    { "{\"a\":1,\"d\":\"yesterday\"}", FALSE },
  };
  g_autoptr (ScJson) schema = json_loads (schema_text, 0, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autoptr (ScJson) value = json_loads (samples[i].text, 0, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_cmpint (openapi_validate (schema, schema, value, "$", &error), ==, samples[i].valid);
    g_assert_true ((error == NULL) == samples[i].valid);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/openapi/validator", test_validator);
  g_test_add_func ("/openapi/routes", test_routes);
  g_test_add ("/openapi/answers", EngineFixture, NULL, engine_fixture_set_up, test_answers, engine_fixture_tear_down);
  g_test_add ("/openapi/denied", EngineFixture, NULL, engine_fixture_set_up, test_denied, engine_fixture_tear_down);
  return g_test_run ();
}
