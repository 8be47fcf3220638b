/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/trust/sc-staff-hasher.h"

#include "common/trust/sc-token.h"
#include "console/engine/trust/sc-password.h"

struct _ScStaffHasher {
  GThreadPool *pool;
  guint max_at_once;
  gint pending; /* atomic: running and waiting */
};

typedef struct {
  ScStaffHasher *hasher; /* (unowned): not touched once it is told */
  ScStaffHash *hash;
  ScStaffHashDone done;
  gpointer data;
  GMainContext *context; /* (owned) */
} Job;

ScStaffHash *
sc_staff_hash_new (const char *password, const char *encoded, const char *fresh, guint cost)
{
  ScStaffHash *self = g_new0 (ScStaffHash, 1);

  self->password = g_strdup (password);
  self->encoded = g_strdup (encoded);
  self->fresh = g_strdup (fresh);
  self->cost = cost;
  return self;
}

void
sc_staff_hash_free (ScStaffHash *self)
{
  if (self == NULL)
    return;
  sc_secret_free (self->password);
  sc_secret_free (self->fresh);
  g_free (self->encoded);
  g_free (self->fresh_encoded);
  g_clear_error (&self->error);
  g_free (self);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  sc_staff_hash_free (job->hash);
  g_main_context_unref (job->context);
  g_free (job);
}

static gboolean
on_hashed (gpointer data)
{
  const Job *job = data;

  job->done (job->hash, job->data);
  return G_SOURCE_REMOVE;
}

static void
compute (ScStaffHash *hash)
{
  hash->fits = hash->encoded == NULL;
  if (hash->encoded != NULL && !sc_password_fits (hash->password, hash->encoded, &hash->fits, &hash->error))
    return;
  if (hash->fits && hash->fresh != NULL)
    hash->fresh_encoded = sc_password_encode (hash->fresh, hash->cost, &hash->error);
}

static void
run_job (gpointer data, gpointer user_data)
{
  Job *job = data;
  g_autoptr (GSource) source = g_idle_source_new ();

  compute (job->hash);
  g_atomic_int_dec_and_test (&job->hasher->pending);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, on_hashed, job, job_free);
  g_source_attach (source, job->context);
}

ScStaffHasher *
sc_staff_hasher_new (guint max_at_once)
{
  ScStaffHasher *self = g_new0 (ScStaffHasher, 1);

  self->max_at_once = max_at_once;
  self->pool = g_thread_pool_new (run_job, NULL, (gint) max_at_once, FALSE, NULL);
  return self;
}

void
sc_staff_hasher_free (ScStaffHasher *self)
{
  if (self == NULL)
    return;
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_free (self);
}

gboolean
sc_staff_hasher_push (ScStaffHasher *self, ScStaffHash *hash, guint max_waiting, ScStaffHashDone done, gpointer data)
{
  Job *job = NULL;

  if ((guint) g_atomic_int_get (&self->pending) >= self->max_at_once + max_waiting) {
    sc_staff_hash_free (hash);
    return FALSE;
  }
  job = g_new0 (Job, 1);
  job->hasher = self;
  job->hash = hash;
  job->done = done;
  job->data = data;
  job->context = g_main_context_ref_thread_default ();
  g_atomic_int_inc (&self->pending);
  g_thread_pool_push (self->pool, job, NULL);
  return TRUE;
}
