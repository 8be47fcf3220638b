/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

G_BEGIN_DECLS

/* The machine that a seat is, whatever disk is in it. A plain struct; texts are owned and never NULL. */
typedef struct {
  char *id;        /* of sc_machine_get_id(); may be empty */
  GPtrArray *macs; /* (owned) (element-type utf8) */
} ScSeatMachine;

ScSeatMachine *sc_seat_machine_new (const char *id, GPtrArray *macs); /* copies both; @macs: (nullable) */
ScSeatMachine *sc_seat_machine_new_here (void);                       /* this one */
ScSeatMachine *sc_seat_machine_copy (const ScSeatMachine *self);
void sc_seat_machine_free (ScSeatMachine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatMachine, sc_seat_machine_free)

gboolean sc_seat_machine_equal (const ScSeatMachine *a, const ScSeatMachine *b);
/* Whether both may be one machine: ids tell that where both are known; else one address in common does, and where
 * nothing is known of one of them, nothing speaks against it. */
gboolean sc_seat_machine_is_same (const ScSeatMachine *a, const ScSeatMachine *b);

ScJson *sc_seat_machine_to_json (const ScSeatMachine *self); /* (transfer full) */
/* Errors: %SC_ERROR_INVALID */
ScSeatMachine *sc_seat_machine_from_json (const ScJson *json, GError **error);

G_END_DECLS
