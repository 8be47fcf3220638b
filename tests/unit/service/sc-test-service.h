/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sc-test-console.h"
#include "service/sc-service-private.h"
#include "tests/unit/apply/test-version.h"

G_BEGIN_DECLS

/* A whole seat against a console of which the test says what it does: real disk, real connection. What takes time in
 * real life is brought about by ticks with a later time. */
typedef struct {
  ScTestConsole console;
  SoupWebsocketConnection *socket; /* the console's end of the newest connection */
  gboolean mute;                   /* the console accepts connections and says nothing */
  GQueue received;                 /* ScControlMessage */
  GHashTable *manifests;           /* path → GBytes */
  guint n_requests;
  gint64 undo_budget; /* of the service */
  ScVolumeTraits accept_volume;
  ScSeatVolumes *volumes; /* (nullable): made up; the next service takes them over */
  char *root, *repository, *state;
  ScSeatIdentity *identity; /* (nullable): of the service */
  ScService *service;
  gint64 now; /* as the service's core is told */
  guint64 last_order;
  const char *hooks; /* (nullable): of the orders that are made */
  TestVersion *first, *second;
} ScTestService;

/* Takes over @message. */
void sc_test_service_say (ScTestService *f, ScControlMessage *message);
/* At each connection, after WELCOME: the seat may fetch. */
void sc_test_service_tell_policy (ScTestService *f, gboolean fetch);
void sc_test_service_publish_version (ScTestService *f, TestVersion *version);
/* Two templates, debian and windows, with a disk.vmdk each; contents as for test_content(). */
TestVersion *sc_test_service_make_version (guint64 number, const char *debian, const char *windows);
void sc_test_service_assert_file (ScTestService *f, const TestVersion *version, const char *template_name);
/* The same of a file that is held open by sc_test_service_hold(): on Windows nobody else may read it. */
void sc_test_service_assert_held (ScTestService *f, ScDiskFile *held, const TestVersion *version,
                                  const char *template_name);
void sc_test_service_start (ScTestService *f);
/* Ends the service in order. */
void sc_test_service_quit (ScTestService *f);
void sc_test_service_set_up (ScTestService *f, gconstpointer data);
void sc_test_service_tear_down (ScTestService *f, gconstpointer data);
/* (transfer full): the next message of this type; those before it are dropped. */
ScControlMessage *sc_test_service_wait_for (ScTestService *f, ScControlType type);
void sc_test_service_wait_for_inventory (ScTestService *f);
/* (transfer full): PREPARE or CATCH_UP, signed, with the next number */
ScControlMessage *sc_test_service_make_order (ScTestService *f, ScControlType type, guint64 session,
                                              const TestVersion *version);
/* The same, said */
void sc_test_service_order (ScTestService *f, ScControlType type, guint64 session, const TestVersion *version);
/* @busy: (nullable): the one template that was left out */
void sc_test_service_assert_done (ScTestService *f, guint64 session, guint64 version, const char *busy);
/* By CATCH_UP, to its DONE. */
void sc_test_service_bring_to (ScTestService *f, guint64 session, const TestVersion *version);
void sc_test_service_assert_pending (ScTestService *f, guint64 expected);
/* No order in hand, and the ways back are known. */
void sc_test_service_run_until_idle (ScTestService *f);
/* What the service does by itself is due. */
void sc_test_service_pass_time (ScTestService *f);
/* Opens a template's disk as a hypervisor does. */
ScDiskFile *sc_test_service_hold (ScTestService *f, const char *template_name);

G_END_DECLS
