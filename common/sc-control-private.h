/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-control.h"

G_BEGIN_DECLS

/* What sc-control.c (a message's life), sc-control-write.c and sc-control-read.c share. */
#define SC_CONTROL_MESSAGE_MAX 1024u /* bytes of a text for people */
#define SC_CONTROL_N_TYPES (SC_CONTROL_LISTEN + 1)
#define SC_CONTROL_N_LEAVE_REASONS (SC_LEAVE_SUSPENDED + 1)
#define SC_CONTROL_N_VERIFY_ACTIONS (SC_VERIFY_STOP + 1)
#define SC_CONTROL_N_LISTEN_FOR (SC_LISTEN_MANIFESTS + 1)

extern const char *const sc_control_types[SC_CONTROL_N_TYPES];
extern const char *const sc_control_leave_reasons[SC_CONTROL_N_LEAVE_REASONS];
extern const char *const sc_control_verify_actions[SC_CONTROL_N_VERIFY_ACTIONS];
extern const char *const sc_control_listen_for[SC_CONTROL_N_LISTEN_FOR];
gboolean sc_control_find_nick (const char *const *nicks, guint n_nicks, const char *nick, guint *value);

G_END_DECLS
