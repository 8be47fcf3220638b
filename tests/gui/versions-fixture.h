/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/gui/versions/sc-version-row.h"
#include "tests/gui/fake-engine.h"
#include "tests/gui/gui-fixture.h"

G_BEGIN_DECLS

#define VERSIONS_GB ((json_int_t) 1000 * 1000 * 1000)

/* The page of versions in a window, connected to an engine. */
typedef struct {
  FakeEngine *engine;
  ScConsole *console;
  GtkWidget *window, *page;
  char *activated; /* (nullable): the last action of the window: "deploy (uint64 2, '', @as [])" */
} VersionsFixture;

/* @n: the versions that the engine has; %SC_CONSOLE_CONNECTED and shown when it returns */
void versions_fixture_init (VersionsFixture *self, guint n);
void versions_fixture_clear (VersionsFixture *self);

/* Version @number as the API shows it. (transfer full) */
ScJson *versions_fixture_version (guint number);
/* Tells of an event: @json (transfer full) of @type. */
void versions_fixture_event (VersionsFixture *self, const char *type, ScJson *json);
/* An operation in which @done GB of 30 are read. (transfer full) */
ScJson *versions_fixture_publish (guint id, const char *state, guint done);

/* The row of version @number. */
ScVersionRow *versions_fixture_row (VersionsFixture *self, guint number);
/* The text of the label that is called @name below @root. */
const char *versions_fixture_label (gpointer root, const char *name);
/* Waits until that text contains @text. */
void versions_fixture_wait_label (gpointer root, const char *name, const char *text);
/* Waits until the engine has seen @n requests. */
void versions_fixture_wait_count (VersionsFixture *self, const char *method, const char *prefix, guint n);
const char *versions_fixture_page_name (VersionsFixture *self, const char *stack);
void versions_fixture_activate (VersionsFixture *self, const char *action);

G_END_DECLS
