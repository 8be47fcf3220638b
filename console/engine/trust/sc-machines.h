/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog-enrolment.h"

G_BEGIN_DECLS

/**
 * sc_machines_find:
 * @machines: (element-type ScCatalogMachine)
 * @request: its room is the one that it would come to
 * @matched: (out) (optional): by what of "machine", "mac", "name", separated by blanks; empty when it is none
 *
 * The seat that the machine seems to be: the same hardware number, a MAC in common, or the same name in the same room.
 * Hardware numbers are not unique (cheap boards leave the factory with one and the same; an adapter is carried from
 * machine to machine to set them up), so one of the two alone does not count where the other one and the name say
 * otherwise. What a machine says of itself proves nothing: this only tells when to ask staff.
 *
 * Returns: (transfer none) (nullable): one that has enrolled before one that has not
 */
ScCatalogMachine *sc_machines_find (GPtrArray *machines, const ScEnrolRequest *request, char **matched);

G_END_DECLS
