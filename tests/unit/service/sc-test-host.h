/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sc-test-enrolment.h"
#include "sc-test-service.h"
#include "service/sc-seat-host.h"

G_BEGIN_DECLS

/* A seat's host in a made-up system: its settings are two tables, changes are told by the test. Its seat has enrolled
 * before, unless the test's data is SC_TEST_HOST_STRANGER. */
typedef struct {
  ScTestService seat;
  char *connection; /* path of the file */
  GHashTable *local, *policy;
  GSource *watch; /* (nullable): the host's */
  ScSeatHost *host;
  guint n_reads;
  GError *ended;
  ScTestEnrolment enrolment;
  gboolean refuse; /* the console does not let the seat in */
  guint n_refused;
} ScTestHost;

#define SC_TEST_HOST_STRANGER GINT_TO_POINTER (1)
#define SC_TEST_HOST_WHERE "set them there"

/* Instead of g_test_init(). */
void sc_test_host_init (int *argc, char ***argv);
void sc_test_host_set_up (ScTestHost *f, gconstpointer data);
void sc_test_host_tear_down (ScTestHost *f, gconstpointer data);

/* The ScSeatHostWorld: */
ScSeatSettings *sc_test_host_read (gpointer user_data, GError **error);
GSource *sc_test_host_watch (gpointer user_data);
void sc_test_host_on_ended (const GError *error, gpointer user_data);

void sc_test_host_set (GHashTable *table, const char *name, const char *value);
void sc_test_host_set_all (ScTestHost *f, GHashTable *table);
void sc_test_host_save_connection (ScTestHost *f);
void sc_test_host_start (ScTestHost *f);
void sc_test_host_quit (ScTestHost *f);
void sc_test_host_tell_change (ScTestHost *f);
void sc_test_host_wait_for_reads (ScTestHost *f, guint n);

/* A warning that matches @pattern, which must be told exactly once until sc_test_host_assert_told(). */
void sc_test_host_expect (const char *pattern);
void sc_test_host_assert_told (void);
void sc_test_host_wait_to_be_told (void);
/* Whether any other warning may come. */
void sc_test_host_ignore (gboolean ignore);
/* The name in the next inventory that the console gets; or in one after those of a service that was before. */
void sc_test_host_assert_seen_as (ScTestHost *f, const char *name);
void sc_test_host_wait_to_be_seen_as (ScTestHost *f, const char *name);

G_END_DECLS
