/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What somebody may do. A member of staff with a higher role may do all that a lower one may; a seat may only do what
 * is a seat's, a cache what is a cache's. */
typedef enum {
  SC_ROLE_NONE, /* what anybody may call: enrol, sign in */
  SC_ROLE_SEAT,
  SC_ROLE_CACHE, /* an HTTP cache in front of seats: may ask what a seat may read, and read content */
  SC_ROLE_VIEWER,
  SC_ROLE_OPERATOR,
  SC_ROLE_ADMINISTRATOR,
} ScRole;

/* "none", "seat", "cache", "viewer", "operator", "administrator" */
const char *sc_role_to_nick (ScRole role);
gboolean sc_role_from_nick (const char *nick, ScRole *role);

/* What the local administrator is called: who has the token of the connection file, on the console's own machine. No
 * user can have this name: it has a blank. */
#define SC_PRINCIPAL_LOCAL "local administrator"

/**
 * ScPrincipal:
 *
 * Who asks: found out once a request, from the TLS certificate or the token, before anything of it is done. A plain
 * struct.
 */
typedef struct {
  ScRole role;
  char *name;     /* (owned): a user's; SC_PRINCIPAL_LOCAL; a seat's id; a cache's name; NULL: nobody */
  char *token;    /* (owned) (nullable): hash of the bearer token, of a signed-in member of staff */
  gint64 expires; /* s since 1970; 0: does not */
} ScPrincipal;

void sc_principal_clear (ScPrincipal *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ScPrincipal, sc_principal_clear)
gboolean sc_principal_is_local (const ScPrincipal *self);
/* The one place where roles are compared. */
gboolean sc_principal_may (const ScPrincipal *self, ScRole needed);

G_END_DECLS
