/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "service/sc-fetch.h"

G_BEGIN_DECLS

/**
 * ScSeatRenewal:
 *
 * Keeps the identity of a seat that has enrolled good: gets another certificate, for another key, when the time of the
 * one that it has is running out or the console asks for it (POST /v1/seat/certificate), and takes what to trust from
 * now on. A failure is said once, and tried again. Main thread only.
 */
typedef struct _ScSeatRenewal ScSeatRenewal;

#define SC_SEAT_RENEWAL_AGAIN 3600 /* s from a failure to the next attempt, unless the console is seen again before */

typedef struct {
  gint64 (*get_time) (gpointer user_data); /* s since 1970 */
  void (*renewed) (gpointer user_data);    /* the identity has another certificate */
  gpointer user_data;
} ScSeatRenewalWorld;

/* @fetch and @identity must outlive it. */
ScSeatRenewal *sc_seat_renewal_new (ScFetch *fetch, ScSeatIdentity *identity, const ScSeatRenewalWorld *world);
void sc_seat_renewal_free (ScSeatRenewal *self); /* no event follows */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScSeatRenewal, sc_seat_renewal_free)

/* Looks whether it is time; cheap. @connected: the console was just seen, so what failed may be tried again */
void sc_seat_renewal_look (ScSeatRenewal *self, gboolean connected);
/* As the console says. @renew: another certificate at once */
void sc_seat_renewal_trust (ScSeatRenewal *self, const ScAnchors *anchors, gboolean renew);

G_END_DECLS
