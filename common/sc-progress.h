/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScProgress:
 *
 * How far a long piece of work is: written by the threads that do it, read by whoever shows it. Thread-safe,
 * reference-counted.
 */
typedef struct _ScProgress ScProgress;

typedef struct {
  char *phase;   /* (owned): "reading", "verifying", … */
  char *item;    /* (owned): what is worked on now, such as a path */
  guint64 done;  /* bytes */
  guint64 total; /* bytes, 0 while unknown */
} ScProgressState;

ScProgress *sc_progress_new (void);
ScProgress *sc_progress_ref (ScProgress *self);
void sc_progress_unref (ScProgress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScProgress, sc_progress_unref)
/* Starts a phase: done becomes 0. All functions accept a %NULL progress. */
void sc_progress_start (ScProgress *self, const char *phase, guint64 total);
void sc_progress_set_item (ScProgress *self, const char *item);
void sc_progress_add (ScProgress *self, guint64 bytes);
void sc_progress_get (ScProgress *self, ScProgressState *state);
void sc_progress_state_clear (ScProgressState *state);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScProgressState, sc_progress_state_clear)

G_END_DECLS
