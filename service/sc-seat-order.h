/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"
#include "service/sc-seat-identity.h"
#include "service/sc-seat-state.h"

G_BEGIN_DECLS

/**
 * sc_seat_order_take:
 * @order: PREPARE or CATCH_UP
 *
 * Whether the seat may do what it says: the version and the order are signed by keys that the seat trusts, the order
 * for this seat, and it is a later one than any before, so none is done twice or brings an old version back. Notes
 * down, durably, that it was taken. Errors: %SC_ERROR_DENIED; %SC_ERROR_INVALID: its
 * hooks; or what kept it from being noted down: then nothing may
 * be done
 */
gboolean sc_seat_order_take (const ScControlMessage *order, ScSeatIdentity *identity, ScSeatState *state,
                             GError **error);

G_END_DECLS
