/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of one password that is checked, one that is encoded anew, or both: the second only if the first fits. */
typedef struct {
  char *password; /* (owned) (nullable) */
  char *encoded;  /* (owned) (nullable): what it is checked against */
  char *fresh;    /* (owned) (nullable) */
  guint cost;
  /* out */
  gboolean fits;
  char *fresh_encoded; /* (owned) (nullable) */
  GError *error;       /* (owned) (nullable) */
} ScStaffHash;

/* Copies all. */
ScStaffHash *sc_staff_hash_new (const char *password, const char *encoded, const char *fresh, guint cost);
void sc_staff_hash_free (ScStaffHash *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScStaffHash, sc_staff_hash_free)

/**
 * ScStaffHasher:
 *
 * Hashes passwords on a bounded number of threads, with a bounded queue before them. Main thread only.
 */
typedef struct _ScStaffHasher ScStaffHasher;

ScStaffHasher *sc_staff_hasher_new (guint max_at_once);
/* Waits for what was pushed; that it is done is told as ever. */
void sc_staff_hasher_free (ScStaffHasher *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScStaffHasher, sc_staff_hasher_free)

typedef void (*ScStaffHashDone) (const ScStaffHash *hash, gpointer data);
/* @hash: (transfer full); @done: is called on the caller's main context, once. Returns: FALSE when @max_waiting or more
 * wait already: @hash was freed, and @done is not called */
gboolean sc_staff_hasher_push (ScStaffHasher *self, ScStaffHash *hash, guint max_waiting, ScStaffHashDone done,
                               gpointer data);

G_END_DECLS
