/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a whole seat does: updates, what it does by itself, verification. */
#include "common/sc-error.h"
#include "sc-test-service.h"
#include "sc-test-silence.h"

#include <glib/gstdio.h>

static void
test_update (ScTestService *f, gconstpointer data)
{
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_order (f, SC_CONTROL_PREPARE, 5, f->second);
  g_autoptr (ScControlMessage) prepared = sc_test_service_wait_for (f, SC_CONTROL_PREPARED);
  g_assert_cmpuint (prepared->session, ==, 5);
  g_assert_cmpuint (prepared->prepared.needs->lacks_bytes, ==, 0);
  g_assert_cmpuint (prepared->prepared.needs->local_bytes, ==, 8 * SC_CHUNK_SIZE);
  g_assert_cmpuint (prepared->prepared.needs->missing_bytes, ==, 0);
  sc_test_service_assert_pending (f, 0); /* nothing is changed yet */
  ScControlMessage *leave = sc_control_message_new (SC_CONTROL_LEAVE, 5);
  leave->leave.reason = SC_LEAVE_FINISHED;
  sc_test_service_say (f, leave);
  sc_test_service_assert_done (f, 5, 2, NULL);
  sc_test_service_assert_file (f, f->second, "debian");
  sc_test_service_assert_file (f, f->second, "windows");
  sc_test_service_assert_pending (f, 0);
}

/* Going back to a version that the seat has had needs nothing from the console but the word. */
static void
test_back (ScTestService *f, gconstpointer data)
{
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_bring_to (f, 0, f->second);
  g_autoptr (ScControlMessage) told = NULL;
  do {
    g_clear_pointer (&told, sc_control_message_free);
    told = sc_test_service_wait_for (f, SC_CONTROL_INVENTORY);
  } while (told->inventory->back->len == 0);
  g_assert_cmpuint (told->inventory->back->len, ==, 1);
  g_assert_cmpuint (g_array_index (told->inventory->back, guint64, 0), ==, 1);
  g_hash_table_remove_all (f->manifests);
  f->n_requests = 0;
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_assert_file (f, f->first, "debian");
  g_assert_cmpuint (f->n_requests, ==, 0);
}

/* Without an undo store nothing leads back, so nothing is kept for it. */
static void
test_no_way_back (ScTestService *f, gconstpointer data)
{
  g_autoptr (TestVersion) third = sc_test_service_make_version (3, "", "");
  g_autoptr (GError) error = NULL;

  f->undo_budget = 0;
  sc_test_service_publish_version (f, third);
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_bring_to (f, 0, third);
  sc_test_service_run_until_idle (f);
  g_autoptr (GArray) versions = sc_seat_state_list_versions (f->service->state, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (versions->len, ==, 1);
  g_assert_cmpuint (g_array_index (versions, ScSeatVersion, 0).number, ==, 3);
}

/* A seat with nothing to do sleeps; what is pending and may come to be due is something to do. */
static void
test_sleeps (ScTestService *f, gconstpointer data)
{
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  g_assert_null (f->service->second_timer);
  sc_test_service_order (f, SC_CONTROL_CATCH_UP, 0, f->first);
  while (sc_seat_core_get_phase (f->service->core) == SC_SEAT_IDLE)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (f->service->second_timer);
  g_assert_nonnull (f->service->progress_timer);
  sc_test_service_assert_done (f, 0, 1, NULL);
  sc_test_service_run_until_idle (f);
  g_assert_null (f->service->second_timer);
  g_assert_null (f->service->progress_timer);
  ScDiskFile *held = sc_test_service_hold (f, "debian");
  sc_test_service_order (f, SC_CONTROL_CATCH_UP, 6, f->second);
  sc_test_service_assert_done (f, 6, 2, "debian");
  sc_test_service_run_until_idle (f);
  g_assert_nonnull (f->service->second_timer); /* it has to look again */
  sc_disk_file_close (held);
}

static guint
count_versions (ScTestService *f)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) versions = sc_seat_state_list_versions (f->service->state, &error);

  g_assert_no_error (error);
  return versions->len;
}

/* What is found while files are moved hither and thither is true of no moment: nothing is forgotten by it. */
static void
test_back_during_update (ScTestService *f, gconstpointer data)
{
  g_autoptr (TestVersion) third = sc_test_service_make_version (3, "", "");
  g_autofree char *undo = g_build_filename (f->repository, ".seatcast", "undo", NULL);
  g_autofree char *away = g_build_filename (f->root, "away", NULL);

  sc_test_service_publish_version (f, third);
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_bring_to (f, 0, third);
  sc_test_service_run_until_idle (f);
  g_assert_cmpuint (f->service->back->len, ==, 1);
  g_assert_cmpint (g_rename (undo, away), ==, 0);
  f->service->touched = TRUE; /* as from its BEGIN on */
  sc_service_find_back (f->service);
  sc_test_service_run_until_idle (f);
  g_assert_cmpuint (f->service->back->len, ==, 1);
  g_assert_cmpuint (count_versions (f), ==, 2);
  f->service->touched = FALSE;
  sc_service_find_back (f->service);
  sc_test_service_run_until_idle (f);
  g_assert_cmpuint (f->service->back->len, ==, 0);
  g_assert_cmpuint (count_versions (f), ==, 1);
}

static const ScInventoryTemplate *
find_template (const ScControlMessage *inventory, const char *name)
{
  for (guint i = 0; i < inventory->inventory->templates->len; i++) {
    const ScInventoryTemplate *template = inventory->inventory->templates->pdata[i];

    if (strcmp (template->name, name) == 0)
      return template;
  }
  g_assert_not_reached ();
}

static void
test_busy (ScTestService *f, gconstpointer data)
{
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_run_until_idle (f);
  ScDiskFile *held = sc_test_service_hold (f, "debian");
  sc_test_service_order (f, SC_CONTROL_CATCH_UP, 6, f->second);
  g_autoptr (ScControlMessage) left_out = NULL;
  do {
    g_clear_pointer (&left_out, sc_control_message_free);
    left_out = sc_test_service_wait_for (f, SC_CONTROL_INVENTORY);
  } while (!find_template (left_out, "debian")->busy);
  g_assert_false (find_template (left_out, "windows")->busy);
  sc_test_service_assert_done (f, 6, 2, "debian");
  sc_test_service_assert_held (f, held, f->first, "debian");
  sc_test_service_assert_file (f, f->second, "windows");
  sc_test_service_assert_pending (f, 2);
  sc_test_service_run_until_idle (f);

  g_queue_clear_full (&f->received, (GDestroyNotify) sc_control_message_free);
  for (guint i = 0; i < 3; i++) { /* it looks, and says nothing */
    sc_test_service_pass_time (f);
    g_assert_cmpint (sc_seat_core_get_phase (f->service->core), ==, SC_SEAT_LOOKING);
    while (sc_seat_core_get_phase (f->service->core) != SC_SEAT_IDLE)
      g_main_context_iteration (NULL, TRUE);
    g_assert_false (f->service->back_running); /* that is work, and nothing has changed */
  }
  for (GList *link = f->received.head; link != NULL; link = link->next)
    g_assert_cmpint (((ScControlMessage *) link->data)->type, ==, SC_CONTROL_INVENTORY);

  sc_disk_file_close (held);
  sc_test_service_pass_time (f);
  sc_test_service_assert_done (f, 0, 2, NULL);
  sc_test_service_assert_file (f, f->second, "debian");
  sc_test_service_assert_pending (f, 0);
  sc_test_service_run_until_idle (f);
  g_assert_null (sc_seat_busy_get_templates (f->service->busy)[0]);
}

/* Not in use any more while nothing may be fetched: the console hears of it, as it is to say when. */
static void
test_released (ScTestService *f, gconstpointer data)
{
  g_autoptr (ScControlMessage) told = NULL;

  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  ScDiskFile *held = sc_test_service_hold (f, "debian");
  sc_test_service_order (f, SC_CONTROL_CATCH_UP, 6, f->second);
  sc_test_service_assert_done (f, 6, 2, "debian");
  sc_test_service_tell_policy (f, FALSE);
  sc_test_service_run_until_idle (f);
  sc_disk_file_close (held);
  g_queue_clear_full (&f->received, (GDestroyNotify) sc_control_message_free);
  sc_test_service_pass_time (f);
  do {
    g_clear_pointer (&told, sc_control_message_free);
    told = sc_test_service_wait_for (f, SC_CONTROL_INVENTORY);
  } while (find_template (told, "debian")->busy);
}

/* Left out, and the service is started again: it does not forget. */
static void
test_busy_over_restart (ScTestService *f, gconstpointer data)
{
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_run_until_idle (f);
  ScDiskFile *held = sc_test_service_hold (f, "debian");
  sc_test_service_order (f, SC_CONTROL_CATCH_UP, 6, f->second);
  sc_test_service_assert_done (f, 6, 2, "debian");
  sc_test_service_run_until_idle (f);
  sc_disk_file_close (held);
  sc_test_service_quit (f);

  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_assert_pending (f, 2);
  f->n_requests = 0;
  sc_test_service_pass_time (f);
  sc_test_service_assert_done (f, 0, 2, NULL);
  sc_test_service_assert_file (f, f->second, "debian");
  sc_test_service_assert_pending (f, 0);
  g_assert_cmpuint (f->n_requests, ==, 0);
}

/* Nothing is lacking, so the seat gets itself whole without the console. */
static void
test_restart_without_console (ScTestService *f, gconstpointer data)
{
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_run_until_idle (f);
  ScDiskFile *held = sc_test_service_hold (f, "windows");
  sc_test_service_order (f, SC_CONTROL_CATCH_UP, 6, f->second);
  sc_test_service_assert_done (f, 6, 2, "windows");
  sc_test_service_run_until_idle (f);
  sc_disk_file_close (held);
  sc_test_service_quit (f);

  f->mute = TRUE;
  f->n_requests = 0;
  sc_test_service_start (f);
  sc_test_service_run_until_idle (f);
  sc_test_service_pass_time (f);
  g_assert_cmpint (sc_seat_core_get_phase (f->service->core), ==, SC_SEAT_PREPARING);
  sc_test_service_run_until_idle (f);
  sc_test_service_assert_file (f, f->second, "windows");
  sc_test_service_assert_pending (f, 0);
  g_assert_cmpuint (sc_seat_state_get_version (f->service->state), ==, 2);
  g_assert_cmpuint (f->n_requests, ==, 0);
}

static void
never_answer (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer user_data)
{
  soup_server_message_pause (message);
}

static guint64
ask_lacks (ScTestService *f, const TestVersion *version)
{
  sc_test_service_order (f, SC_CONTROL_PREPARE, 9, version);
  g_autoptr (ScControlMessage) prepared = sc_test_service_wait_for (f, SC_CONTROL_PREPARED);

  return prepared->prepared.needs->lacks_bytes;
}

/* What came before the service was stopped has not to come again, although it may have waited for the old content to be
 * saved first. */
static void
test_stopped_midway (ScTestService *f, gconstpointer data)
{
  g_autoptr (TestVersion) third = sc_test_service_make_version (3, "abcd", "xyzh");
  g_autoptr (ScFrameCoder) coder = sc_frame_coder_new ();
  g_autoptr (GError) error = NULL;
  GHashTableIter iter;
  gpointer id, chunk;
  guint n_put = 0;

  sc_test_service_publish_version (f, third);
  soup_server_add_handler (f->console.server, "/v1/chunks", never_answer, f, NULL);
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_order (f, SC_CONTROL_CATCH_UP, 8, third);
  while (sc_seat_core_get_phase (f->service->core) != SC_SEAT_REPAIRING)
    g_main_context_iteration (NULL, TRUE);
  g_hash_table_iter_init (&iter, third->chunks);
  while (n_put < 2 && g_hash_table_iter_next (&iter, &id, &chunk)) {
    gsize length;
    const guint8 *bytes = g_bytes_get_data (((TestChunk *) chunk)->data, &length);

    if (!sc_apply_wants (f->service->apply, id))
      continue;
    g_assert_true (sc_apply_put_frame (f->service->apply, coder, id, SC_ENCODING_RAW, NULL, bytes, length, &error));
    n_put++;
  }
  g_assert_cmpuint (n_put, ==, 2); /* of three */
  sc_test_service_assert_pending (f, 3);
  sc_test_service_quit (f);
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_assert_pending (f, 3);
  g_assert_cmpuint (ask_lacks (f, third), ==, SC_CHUNK_SIZE);
}

static void
start_verifying (ScTestService *f)
{
  ScControlMessage *message = sc_control_message_new (SC_CONTROL_VERIFY, 0);

  message->verify.action = SC_VERIFY_START;
  sc_test_service_say (f, message);
}

/* Damage that metadata does not show. */
static void
damage (ScTestService *f, const char *template_name)
{
  g_autofree char *path = g_strconcat (template_name, "/disk.vmdk", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (ScDiskFile) file = sc_disk_open (f->service->disk, path, SC_DISK_WRITE, &error);
  ScDiskInfo info;

  g_assert_no_error (error);
  g_assert_true (sc_disk_file_info (file, &info, &error));
  g_assert_true (sc_disk_file_write_at (file, SC_CHUNK_SIZE + 77, "rotten", 6, &error));
  g_assert_true (sc_disk_file_set_mtime (file, info.mtime, &error));
  g_assert_true (sc_disk_file_sync (file, &error));
}

static void
test_verify (ScTestService *f, gconstpointer data)
{
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_run_until_idle (f);
  start_verifying (f);
  g_autoptr (ScControlMessage) whole = sc_test_service_wait_for (f, SC_CONTROL_VERIFIED);
  g_assert_cmpstr (whole->verified->code, ==, "");
  g_assert_cmpuint (whole->verified->bytes, ==, 8 * SC_CHUNK_SIZE);
  g_assert_cmpuint (whole->verified->n_files, ==, 0);
  sc_test_service_run_until_idle (f);

  damage (f, "windows");
  start_verifying (f);
  g_autoptr (ScControlMessage) told = sc_test_service_wait_for (f, SC_CONTROL_INVENTORY);
  g_assert_cmpint (find_template (told, "windows")->state, ==, SC_TEMPLATE_DRIFTED);
  g_assert_cmpint (find_template (told, "debian")->state, ==, SC_TEMPLATE_CURRENT);
  g_autoptr (ScControlMessage) damaged = sc_test_service_wait_for (f, SC_CONTROL_VERIFIED);
  g_assert_cmpuint (damaged->verified->n_templates, ==, 1);
  g_assert_cmpuint (damaged->verified->n_files, ==, 1);
  const ScVerifiedFile *file = damaged->verified->files->pdata[0];
  g_assert_cmpstr (file->template_name, ==, "windows");
  g_assert_cmpstr (file->path, ==, "disk.vmdk");
  g_assert_false (file->missing);
  g_assert_cmpuint (file->damaged_chunks, ==, 1);
  sc_test_service_run_until_idle (f);

  /* Only what is damaged is lacking then */
  sc_test_service_order (f, SC_CONTROL_PREPARE, 7, f->first);
  g_autoptr (ScControlMessage) prepared = sc_test_service_wait_for (f, SC_CONTROL_PREPARED);
  g_assert_cmpuint (prepared->prepared.needs->lacks_bytes, ==, SC_CHUNK_SIZE);
  start_verifying (f); /* not now */
  g_autoptr (ScControlMessage) refused = sc_test_service_wait_for (f, SC_CONTROL_VERIFIED);
  g_assert_cmpstr (refused->verified->code, ==, "busy");
}

/* What was found while the console was away is told when it is there again. */
static void
test_verified_without_link (ScTestService *f, gconstpointer data)
{
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_run_until_idle (f);
  start_verifying (f);
  while (sc_seat_core_get_phase (f->service->core) != SC_SEAT_VERIFYING)
    g_main_context_iteration (NULL, TRUE);
  g_queue_clear_full (&f->received, (GDestroyNotify) sc_control_message_free);
  sc_link_free (f->service->link);
  static const ScLinkEvents none;
  f->service->link = sc_link_new (f->service->fetch, &none, NULL);
  sc_test_service_run_until_idle (f);
  g_assert_nonnull (f->service->verified);
  g_assert_cmpuint (f->service->verified->verified->bytes, ==, 8 * SC_CHUNK_SIZE);
}

static gboolean
is_all_read (ScTestService *f)
{
  g_auto (ScProgressState) state = { 0 };

  sc_progress_get (f->service->progress, &state);
  return state.total > 0 && state.done == state.total;
}

/* It is done when it is stopped: the console hears one answer, not another one with the next connection. */
static void
test_stopped_at_its_end (ScTestService *f, gconstpointer data)
{
  ScControlMessage *stop = sc_control_message_new (SC_CONTROL_VERIFY, 0);

  stop->verify.action = SC_VERIFY_STOP;
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_bring_to (f, 0, f->first);
  sc_test_service_run_until_idle (f);
  start_verifying (f);
  while (sc_seat_core_get_phase (f->service->core) != SC_SEAT_VERIFYING)
    g_main_context_iteration (NULL, TRUE);
  while (!is_all_read (f))
    g_usleep (1000);
  g_usleep (G_USEC_PER_SEC / 20); /* its end waits for the main loop now */
  sc_seat_core_message (f->service->core, stop, f->now);
  sc_service_pump (f->service);
  sc_test_service_run_until_idle (f);
  g_assert_null (f->service->verified);
  g_autoptr (ScControlMessage) told = sc_test_service_wait_for (f, SC_CONTROL_VERIFIED);
  g_assert_cmpstr (told->verified->code, ==, "cancelled");
}

/* A second service on the same repository, with a state of its own, is not let in. */
static void
test_one_service_a_repository (ScTestService *f, gconstpointer data)
{
  g_autofree char *other = g_build_filename (f->root, "other-state", NULL);
  const ScServiceConfig config = {
    .repository = f->repository, .state_directory = other, .connection = f->console.connection, .name = "pc-08"
  };
  g_autoptr (GError) error = NULL;

  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f); /* the console does not close a connection that is being made */
  g_assert_null (sc_service_new (&config, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_BUSY);
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
}

static gint frozen; /* read on another thread */

static ScVolume *
inspect_frozen (const char *directory, gboolean ask, GError **error)
{
  ScVolume *volume = sc_volume_new ();

  if (g_atomic_int_get (&frozen) != 0) {
    volume->traits = SC_VOLUME_FORGETS;
    g_free (volume->reason);
    volume->reason = g_strdup ("Deep Freeze is frozen");
  }
  return volume;
}

/* The service as it would be on a disk that a test cannot make. */
static void
start_on_made_up_volume (ScTestService *f)
{
  sc_test_service_start (f);
  sc_test_service_wait_for_inventory (f);
  sc_test_service_run_until_idle (f);
  sc_seat_volumes_free (f->service->volumes);
  f->service->volumes = sc_seat_volumes_new (f->repository, f->state, 0, inspect_frozen);
}

/* Orders of every kind are refused with the reason, the console sees the volume, and after thawing all is well. */
static void
test_frozen (ScTestService *f, gconstpointer data)
{
  const ScControlType orders[] = { SC_CONTROL_PREPARE, SC_CONTROL_CATCH_UP };

  start_on_made_up_volume (f);
  g_atomic_int_set (&frozen, 1);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, "Preparing for version 2*");
    if (i == 0) { /* said once */
      g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "No update will be taken*");
      g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "*own data*forgets*");
    }
    g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_WARNING, "The update failed: *Deep Freeze is frozen*");
    sc_test_service_order (f, orders[i], 6 + i, f->second);
    g_autoptr (ScControlMessage) inventory = i == 0 ? sc_test_service_wait_for (f, SC_CONTROL_INVENTORY) : NULL;
    g_autoptr (ScControlMessage) failed = sc_test_service_wait_for (f, SC_CONTROL_FAILED);
    g_assert_cmpuint (failed->session, ==, 6 + i);
    g_assert_cmpstr (failed->failed.code, ==, "state");
    g_assert_nonnull (strstr (failed->failed.message, "--accept-volume=forgets"));
    if (inventory != NULL) {
      g_assert_cmpuint (inventory->inventory->volume->refused, ==, SC_VOLUME_FORGETS);
      g_assert_cmpuint (inventory->inventory->state_volume->traits, ==, SC_VOLUME_FORGETS);
      g_assert_cmpstr (inventory->inventory->volume->reason, ==, "Deep Freeze is frozen");
    }
    sc_test_service_run_until_idle (f);
  }
  g_test_assert_expected_messages ();
  g_assert_cmpuint (f->n_requests, ==, 0);
  sc_test_service_assert_file (f, f->first, "debian");
  sc_test_service_assert_pending (f, 0);

  g_atomic_int_set (&frozen, 0);
  sc_test_service_bring_to (f, 8, f->second);
  sc_test_service_assert_file (f, f->second, "debian");
}

static void
assert_reports (ScTestService *f, const char *reason)
{
  for (gboolean found = FALSE; !found;) {
    g_autoptr (ScControlMessage) message = sc_test_service_wait_for (f, SC_CONTROL_INVENTORY);
    found = g_str_equal (message->inventory->volume->reason, reason);
  }
}

/* The first look at the volumes has no end: the seat is there all the same, and ends when it is told to. */
static void
test_volume_never_answers (ScTestService *f, gconstpointer data)
{
  sc_test_silence_begin (SC_TEST_SILENT_ALL, 0);
  f->volumes = sc_seat_volumes_new (f->repository, f->state, 0, sc_test_silence_inspect);
  sc_seat_volumes_set_limits (f->volumes, G_MAXUINT, G_MAXUINT);
  sc_test_service_start (f);
  assert_reports (f, "");
  sc_test_silence_await ();
  sc_test_service_quit (f);
  sc_test_silence_end (1);
}

/* WMI never answers: what is known without it decides about orders. */
static void
test_nobody_answers (ScTestService *f, gconstpointer data)
{
  sc_test_silence_begin (SC_TEST_SILENT_ASKED, 0);
  f->volumes = sc_seat_volumes_new (f->repository, f->state, 0, sc_test_silence_inspect);
  sc_seat_volumes_set_limits (f->volumes, 0, G_MAXUINT);
  sc_test_service_start (f);
  assert_reports (f, "no answer");
  sc_test_service_bring_to (f, 3, f->first);
  sc_test_service_assert_file (f, f->first, "debian");
  sc_test_service_run_until_idle (f);
  g_assert_cmpuint (sc_test_silence_count (TRUE), <=, 1);
  sc_test_service_quit (f);
  sc_test_silence_end (1);
}

/* Each start counts, and what counts is kept. */
static void
test_generation (ScTestService *f, gconstpointer data)
{
  g_autofree char *last_run = g_strdup ("");

  for (guint i = 1; i <= 3; i++) {
    sc_test_service_start (f);
    g_autoptr (ScControlMessage) message = sc_test_service_wait_for (f, SC_CONTROL_INVENTORY);
    g_assert_cmpuint (message->inventory->generation, ==, i);
    g_assert_cmpstr (message->inventory->run, !=, last_run);
    g_free (last_run);
    last_run = g_strdup (message->inventory->run);
    sc_test_service_quit (f);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func)                                                                                                \
  g_test_add ("/service/service/" name, ScTestService, NULL, sc_test_service_set_up, func, sc_test_service_tear_down)
  ADD ("update", test_update);
  ADD ("back", test_back);
  ADD ("no-way-back", test_no_way_back);
  ADD ("sleeps", test_sleeps);
  ADD ("volume-never-answers", test_volume_never_answers);
  ADD ("nobody-answers", test_nobody_answers);
  ADD ("back-during-update", test_back_during_update);
  ADD ("busy", test_busy);
  ADD ("released", test_released);
  ADD ("busy-over-restart", test_busy_over_restart);
  ADD ("restart-without-console", test_restart_without_console);
  ADD ("stopped-midway", test_stopped_midway);
  ADD ("verify", test_verify);
  ADD ("frozen", test_frozen);
  ADD ("generation", test_generation);
  ADD ("verified-without-link", test_verified_without_link);
  ADD ("stopped-at-its-end", test_stopped_at_its_end);
  ADD ("one-service-a-repository", test_one_service_a_repository);
  return g_test_run ();
}
