/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 32 random bytes (256 bits) in URL-safe base64, for tokens. (transfer full); aborts where the system has none */
char *sc_token_new (void);
/* Compares in constant time; FALSE when either is NULL or empty. */
gboolean sc_token_equal (const char *a, const char *b);
/* SHA-256, 64 digits of hex: how a token is kept where only checking it is needed. Tokens are long and random: a slow
 * hash would add nothing. */
char *sc_token_hash (const char *token);
/* Wipes and frees; NULL is nothing. */
void sc_secret_free (char *secret);

G_END_DECLS
