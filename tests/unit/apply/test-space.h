/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The space of a disk in memory: extents of TEST_BLOCK_SIZE bytes, each with its users, because clones share them. */
typedef struct {
  guint64 capacity; /* extents */
  guint64 used;
  GArray *users; /* guint16 by extent; 0 is no extent */
} TestSpace;

/* Without an end at first. @n_extents: numbers below are in use elsewhere */
TestSpace *test_space_new (guint n_extents);
void test_space_free (TestSpace *self);

/* A new extent with one user. Returns: 0: the disk is full */
guint32 test_space_take (TestSpace *self);
void test_space_share (TestSpace *self, guint32 extent);
void test_space_release (TestSpace *self, guint32 extent);
gboolean test_space_is_shared (const TestSpace *self, guint32 extent);

G_END_DECLS
