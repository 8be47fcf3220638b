/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ScError:
 *
 * The one error domain of Seatcast. The code says what a caller can do about it; the message says what happened,
 * where, and what the reader should do next. Errors of GIO and of the system keep their own domains until they reach
 * a place that knows what they mean for a user.
 */
typedef enum {
  SC_ERROR_INVALID,   /* outside data or an argument breaks a rule: malformed, too large, a forbidden name */
  SC_ERROR_CORRUPT,   /* stored or received data fails its checksum or hash */
  SC_ERROR_NOT_FOUND, /* no such version, seat, room, session, chunk, file */
  SC_ERROR_EXISTS,
  SC_ERROR_BUSY,     /* somebody else holds it: a second engine, a template in use */
  SC_ERROR_NO_SPACE, /* the disk is full, or would be */
  SC_ERROR_CHANGED,  /* a file changed while it was read */
  SC_ERROR_CANCELLED,
  SC_ERROR_STATE,       /* not possible in this state: resume of a session that ended */
  SC_ERROR_DENIED,      /* wrong token or certificate */
  SC_ERROR_UNREACHABLE, /* the other end does not answer */
  SC_ERROR_SYSTEM,      /* the operating system refused; the message carries its words */
} ScError;

#define SC_ERROR (sc_error_quark ())
GQuark sc_error_quark (void);

/**
 * sc_error_code_to_nick:
 *
 * Returns: (transfer none): the code's name in the API and on the wire, such as "not-found"
 */
const char *sc_error_code_to_nick (ScError code);

/* The code that the API and the wire call @nick (nullable); %SC_ERROR_SYSTEM for one that is not known here. */
ScError sc_error_code_from_nick (const char *nick);

/**
 * sc_error_nick_of:
 *
 * Returns: (transfer none): the nick for any error: that of its code in this domain, "system" for all others
 */
const char *sc_error_nick_of (const GError *error);

/**
 * sc_error_set_errno:
 * @code_hint: used unless @saved_errno has an own meaning here (ENOSPC, EDQUOT: %SC_ERROR_NO_SPACE; ENOENT:
 *   %SC_ERROR_NOT_FOUND; ETXTBSY, EBUSY: %SC_ERROR_BUSY)
 * @format: what was being done and to what; ": <strerror>" is appended
 *
 * Returns: always %FALSE, so that a caller can `return sc_error_set_errno (…)`
 */
gboolean sc_error_set_errno (GError **error, int saved_errno, ScError code_hint, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/**
 * sc_error_excerpt:
 *
 * Returns: (transfer full): at most 80 characters of @text, valid UTF-8, for use in a message about something from
 * outside
 */
char *sc_error_excerpt (const char *text);

G_END_DECLS
