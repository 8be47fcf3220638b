/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-volumes.h"

#include "service/sc-seat-inspection.h"

typedef enum {
  WITHOUT_ASKING,
  ASKING,
  N_KINDS,
} Kind;

struct _ScSeatVolumes {
  char *repository_path, *state_path;
  ScVolumeTraits accepted;
  ScVolumeInspectFunc inspect;
  guint limits[N_KINDS];
  GMutex looking;                         /* one at a time */
  GMutex lock;                            /* of what follows */
  ScSeatInspection *inspections[N_KINDS]; /* (nullable): under way, or left behind */
  gboolean stopped;
  gboolean unanswered; /* something, at the last look */
  ScVolume *repository, *state;
};

ScSeatVolumes *
sc_seat_volumes_new (const char *repository, const char *state, ScVolumeTraits accepted, ScVolumeInspectFunc inspect)
{
  ScSeatVolumes *self = g_new0 (ScSeatVolumes, 1);

  self->repository_path = g_strdup (repository);
  self->state_path = g_strdup (state);
  self->accepted = accepted;
  self->inspect = inspect;
  self->limits[ASKING] = SC_SEAT_VOLUMES_ASKING;
  self->limits[WITHOUT_ASKING] = SC_SEAT_VOLUMES_LOOKING;
  self->repository = sc_volume_new ();
  self->state = sc_volume_new ();
  g_mutex_init (&self->looking);
  g_mutex_init (&self->lock);
  return self;
}

void
sc_seat_volumes_set_limits (ScSeatVolumes *self, guint asking, guint looking)
{
  self->limits[ASKING] = asking;
  self->limits[WITHOUT_ASKING] = looking;
}

void
sc_seat_volumes_free (ScSeatVolumes *self)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    g_clear_pointer (&self->inspections[kind], sc_seat_inspection_unref);
  sc_volume_free (self->repository);
  sc_volume_free (self->state);
  g_mutex_clear (&self->looking);
  g_mutex_clear (&self->lock);
  g_free (self->repository_path);
  g_free (self->state_path);
  g_free (self);
}

/* A new inspection, unless the last one of its kind still hangs. Only within a look. Returns: (transfer none)
 * (nullable): none, and nothing is to be awaited */
static ScSeatInspection *
start_inspection (ScSeatVolumes *self, Kind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  ScSeatInspection **place = &self->inspections[kind];

  if (self->stopped || (*place != NULL && !sc_seat_inspection_is_done (*place)))
    return NULL;
  g_clear_pointer (place, sc_seat_inspection_unref);
  *place = sc_seat_inspection_start (self->repository_path, self->state_path, self->inspect, kind == ASKING, &error);
  if (*place == NULL)
    g_warning ("The volumes cannot be looked at: %s", error->message);
  return *place;
}

static gboolean
inspect (ScSeatVolumes *self, Kind kind, ScSeatFinding findings[2])
{
  ScSeatInspection *inspection = start_inspection (self, kind);

  return inspection != NULL && sc_seat_inspection_wait (inspection, self->limits[kind], findings);
}

/* Returns: (transfer full) */
static ScVolume *
take_finding (ScSeatFinding *finding, const char *path)
{
  if (finding->volume != NULL)
    return g_steal_pointer (&finding->volume);
  if (finding->error != NULL)
    g_warning ("Whether the volume of “%s” forgets, compresses or deduplicates is not known: %s", path,
               finding->error->message);
  return sc_volume_new ();
}

static ScVolume *
make_silent (void)
{
  ScVolume *volume = sc_volume_new ();

  g_free (volume->reason);
  volume->reason = g_strdup ("whether it forgets, compresses or deduplicates is not known: the volume does not answer");
  return volume;
}

/* Returns: whether all was answered */
static gboolean
find (ScSeatVolumes *self, ScVolume **repository, ScVolume **state)
{
  ScSeatFinding findings[2] = { { NULL, NULL }, { NULL, NULL } };
  gboolean answered = inspect (self, ASKING, findings);

  if (answered || inspect (self, WITHOUT_ASKING, findings)) {
    *repository = take_finding (&findings[0], self->repository_path);
    *state = take_finding (&findings[1], self->state_path);
  } else {
    *repository = make_silent ();
    *state = make_silent ();
  }
  for (guint i = 0; i < 2; i++)
    sc_seat_finding_clear (&findings[i]);
  return answered;
}

static gboolean
is_stopped (ScSeatVolumes *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->stopped;
}

void
sc_seat_volumes_stop (ScSeatVolumes *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  self->stopped = TRUE;
  for (guint kind = 0; kind < N_KINDS; kind++)
    if (self->inspections[kind] != NULL)
      sc_seat_inspection_give_up (self->inspections[kind]);
}

/* Keeps @volume in @place. */
static void
take (ScSeatVolumes *self, ScVolume **place, ScVolume *volume)
{
  g_mutex_lock (&self->lock);
  ScVolume *before = *place;
  *place = volume;
  g_mutex_unlock (&self->lock);
  sc_volume_free (before);
}

static gboolean
differs (ScSeatVolumes *self, ScVolume *const *place, const ScVolume *volume)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return !sc_volume_equal (*place, volume);
}

void
sc_seat_volumes_look (ScSeatVolumes *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->looking);
  g_autoptr (ScVolume) repository = NULL, state = NULL;
  g_autoptr (GError) error = NULL;
  gboolean answered = find (self, &repository, &state);

  if (is_stopped (self)) /* perhaps it would have been answered */
    return;
  repository->refused = repository->traits & ~(guint) self->accepted;
  if (differs (self, &self->repository, repository)) {
    if (!sc_volume_check (repository, self->repository_path, &error))
      g_warning ("No update will be taken. %s", error->message);
    else if (*repository->reason != '\0')
      g_message ("The repository's volume: %s", repository->reason);
    else
      g_message ("The repository's volume keeps what is written as it is (%s)", repository->file_system);
  }
  if (differs (self, &self->state, state) && (state->traits & SC_VOLUME_FORGETS) != 0)
    g_warning (
        "The volume of the service's own data “%s” forgets at restart (%s): what this seat knows of its templates "
        "is lost then, and all of them are read again; put it on a volume that keeps it (--state)",
        self->state_path, state->reason);
  g_mutex_lock (&self->lock);
  self->unanswered = !answered;
  g_mutex_unlock (&self->lock);
  take (self, &self->repository, g_steal_pointer (&repository));
  take (self, &self->state, g_steal_pointer (&state));
}

gboolean
sc_seat_volumes_check (ScSeatVolumes *self, GError **error)
{
  sc_seat_volumes_look (self);
  g_autoptr (ScVolume) volume = sc_seat_volumes_dup_repository (self);
  return sc_volume_check (volume, self->repository_path, error);
}

ScVolume *
sc_seat_volumes_dup_repository (ScSeatVolumes *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return sc_volume_copy (self->repository);
}

ScVolume *
sc_seat_volumes_dup_state (ScSeatVolumes *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return sc_volume_copy (self->state);
}

gboolean
sc_seat_volumes_is_troubled (ScSeatVolumes *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  return self->unanswered || self->repository->traits != 0 || self->state->traits != 0;
}
