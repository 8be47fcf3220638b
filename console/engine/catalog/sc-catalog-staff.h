/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/engine/catalog/sc-catalog.h"

G_BEGIN_DECLS

/* A member of staff. A plain struct; strings are owned, times s since 1970. */
typedef struct {
  char *name;     /* unique, whatever the case of its letters */
  char *role;     /* nick (ScRole) */
  char *password; /* as sc_password_encode() makes it */
  gboolean disabled;
  gint64 created, changed;
  gint64 signed_in; /* last; 0: never */
} ScCatalogUser;
void sc_catalog_user_free (ScCatalogUser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogUser, sc_catalog_user_free)

/* Who has signed in. */
typedef struct {
  char *hash; /* of the token: sc_token_hash() */
  char *user;
  char *role;    /* (out) of the user, now */
  char *address; /* from where */
  gint64 created, ends;
} ScCatalogUserSession;
void sc_catalog_user_session_free (ScCatalogUserSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScCatalogUserSession, sc_catalog_user_session_free)

/* Errors: %SC_ERROR_EXISTS */
gboolean sc_catalog_add_user (ScCatalog *self, const ScCatalogUser *user, GError **error);
/* Returns: (transfer full) (element-type ScCatalogUser): by name */
GPtrArray *sc_catalog_list_users (ScCatalog *self, GError **error);
/* Errors: %SC_ERROR_NOT_FOUND */
ScCatalogUser *sc_catalog_get_user (ScCatalog *self, const char *name, GError **error);
/* All but the name and when it was made. Errors: %SC_ERROR_NOT_FOUND */
gboolean sc_catalog_save_user (ScCatalog *self, const ScCatalogUser *user, GError **error);
/* With its sessions. Errors: %SC_ERROR_NOT_FOUND */
gboolean sc_catalog_remove_user (ScCatalog *self, const char *name, GError **error);

gboolean sc_catalog_add_user_session (ScCatalog *self, const ScCatalogUserSession *session, GError **error);
/* Returns: (transfer full) (nullable): NULL without an error when there is none, or its user is disabled */
ScCatalogUserSession *sc_catalog_find_user_session (ScCatalog *self, const char *hash, GError **error);
/* Returns: (transfer full) (element-type ScCatalogUserSession): of @user, oldest first */
GPtrArray *sc_catalog_list_user_sessions (ScCatalog *self, const char *user, GError **error);
gboolean sc_catalog_remove_user_session (ScCatalog *self, const char *hash, GError **error);
/* Those that have ended by @now. */
gboolean sc_catalog_remove_old_user_sessions (ScCatalog *self, gint64 now, GError **error);

G_END_DECLS
