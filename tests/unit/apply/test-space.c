/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/apply/test-space.h"

TestSpace *
test_space_new (guint n_extents)
{
  TestSpace *self = g_new0 (TestSpace, 1);

  self->capacity = G_MAXUINT64;
  self->users = g_array_new (FALSE, TRUE, sizeof (guint16));
  g_array_set_size (self->users, MAX (n_extents, 1));
  return self;
}

void
test_space_free (TestSpace *self)
{
  g_array_unref (self->users);
  g_free (self);
}

static guint16 *
users_of (const TestSpace *self, guint32 extent)
{
  g_assert_cmpuint (extent, !=, 0);
  return &g_array_index (self->users, guint16, extent);
}

guint32
test_space_take (TestSpace *self)
{
  guint16 one = 1;

  if (self->used >= self->capacity)
    return 0;
  self->used++;
  g_array_append_val (self->users, one);
  return self->users->len - 1;
}

void
test_space_share (TestSpace *self, guint32 extent)
{
  if ((*users_of (self, extent))++ == 0)
    self->used++;
}

void
test_space_release (TestSpace *self, guint32 extent)
{
  g_assert_cmpuint (*users_of (self, extent), >, 0);
  if (--(*users_of (self, extent)) == 0)
    self->used--;
}

gboolean
test_space_is_shared (const TestSpace *self, guint32 extent)
{
  return *users_of (self, extent) > 1;
}
