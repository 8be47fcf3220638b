/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * A rule of Windows' own firewall that lets packets in (INetFwRule of Windows Firewall with Advanced Security). Only
 * built for Windows. Where there is no such firewall (Wine) or its service is switched off, nothing needs to be opened:
 * that is success, with a warning in the log
 * for a rule that was to be opened.
 */
typedef struct {
  const char *name;        /* the rule's; one that has it already is replaced */
  const char *description; /* a sentence */
  const char *program;     /* absolute path of the .exe that receives */
  gboolean udp;            /* else TCP */
  guint16 port;
} ScFirewallRule;

/* In all profiles. Errors: %SC_ERROR_DENIED, %SC_ERROR_SYSTEM */
gboolean sc_firewall_open (const ScFirewallRule *rule, GError **error);
/* Removes the rule @name; success when there is none. */
gboolean sc_firewall_close (const char *name, GError **error);

G_END_DECLS
