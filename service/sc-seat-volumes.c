/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-volumes.h"

struct _ScSeatVolumes {
  char *repository_path, *state_path;
  ScVolumeTraits accepted;
  ScVolumeInspectFunc inspect;
  GMutex looking; /* one at a time */
  GMutex lock;    /* of what was found */
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
  self->repository = sc_volume_new ();
  self->state = sc_volume_new ();
  g_mutex_init (&self->looking);
  g_mutex_init (&self->lock);
  return self;
}

void
sc_seat_volumes_free (ScSeatVolumes *self)
{
  sc_volume_free (self->repository);
  sc_volume_free (self->state);
  g_mutex_clear (&self->looking);
  g_mutex_clear (&self->lock);
  g_free (self->repository_path);
  g_free (self->state_path);
  g_free (self);
}

static ScVolume *
inspect (ScSeatVolumes *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  ScVolume *volume = self->inspect (path, &error);

  if (volume != NULL)
    return volume;
  g_warning ("Whether the volume of “%s” forgets, compresses or deduplicates is not known: %s", path, error->message);
  return sc_volume_new ();
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
  g_autoptr (ScVolume) repository = inspect (self, self->repository_path);
  g_autoptr (ScVolume) state = inspect (self, self->state_path);
  g_autoptr (GError) error = NULL;

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
  return self->repository->traits != 0 || self->state->traits != 0;
}
