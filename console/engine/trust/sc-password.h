/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * How passwords of staff are kept: scrypt (RFC 7914) with N = 2^15, r = 8, p = 1, a random salt of 16 bytes, in the PHC
 * string format: $scrypt$ln=15,r=8,p=1$SALT$HASH, base64 without padding. Any thread. A password is taken in Unicode's
 * form NFC (RFC 8265), so that it does not matter on which system it was typed.
 */
#define SC_PASSWORD_COST 15u /* log2 N: about 0.1 s and 32 MiB */
#define SC_PASSWORD_MIN_CHARACTERS 10u
#define SC_PASSWORD_MAX_BYTES 256u

/* Whether @user may choose @password. Errors: %SC_ERROR_INVALID: the rule that it breaks */
gboolean sc_password_is_allowed (const char *password, const char *user, GError **error);
/* @cost: SC_PASSWORD_COST, less in tests. (transfer full) */
char *sc_password_encode (const char *password, guint cost, GError **error);
/* (transfer full): what no password fits, and what takes as long to try: for users that there are not */
char *sc_password_encode_none (guint cost);
/* Takes the same time whether it fits or not. Errors: %SC_ERROR_CORRUPT: @encoded is none */
gboolean sc_password_fits (const char *password, const char *encoded, gboolean *fits, GError **error);

G_END_DECLS
