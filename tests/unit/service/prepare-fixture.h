/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "sc-test-console.h"
#include "service/sc-prepare.h"
#include "service/sc-seat-inventory.h"

#define FILE_SIZE (SC_CHUNK_SIZE + 1000u)

/* A seat's disk and state, a console that has the manifests of a version, and the first step of an order. */
typedef struct {
  ScTestConsole console;
  ScFetch *fetch;
  char *root;
  ScDisk *disk;
  ScSeatState *state;
  GHashTable *manifests; /* path → GBytes: what the console has */
  guint n_requests;
  gboolean lists;      /* it answers for several manifests at once, */
  guint n_left_out;    /* without these at the end, */
  gboolean is_damaged; /* or with a byte that is another one */
  guint8 *content;
  ScTemplateManifest *template;
  ScVersionManifest *version;
  ScApply *apply;
  ScSeatBusy *busy; /* these are what the inventory tells besides */
  GArray *back;
  guint64 undo_bytes;
  GError *error;
  gboolean done;
} PrepareFixture;

/* @name_in_version: of its one template */
void prepare_fixture_set_up (PrepareFixture *f, gconstpointer name_in_version);
void prepare_fixture_tear_down (PrepareFixture *f, gconstpointer name_in_version);
void prepare_fixture_publish (PrepareFixture *f, const ScChunkId *id, GBytes *bytes);
void prepare_fixture_withdraw (PrepareFixture *f, const ScChunkId *id);
/* Waits for what comes of it: @f->apply or @f->error. @volumes: (nullable) */
void prepare_fixture_run_on (PrepareFixture *f, guint64 version, ScSeatVolumes *volumes);
void prepare_fixture_run (PrepareFixture *f, guint64 version);
