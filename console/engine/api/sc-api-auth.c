/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/engine/api/sc-api-auth.h"

#include "common/trust/sc-token.h"
#include "console/engine/api/sc-api-caches.h"
#include "console/engine/api/sc-api-failures.h"
#include "console/engine/api/sc-api-listener.h"

#include <string.h>

struct _ScApiAuth {
  const ScApiParts *parts;
  char *token;
  GInetAddress *pretended; /* (nullable) */
};

ScApiAuth *
sc_api_auth_new (const ScApiParts *parts, const char *token)
{
  ScApiAuth *self = g_new0 (ScApiAuth, 1);

  self->parts = parts;
  self->token = g_strdup (token);
  return self;
}

void
sc_api_auth_free (ScApiAuth *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->pretended);
  sc_secret_free (self->token);
  g_free (self);
}

void
sc_api_auth_set_address (ScApiAuth *self, const char *address)
{
  g_clear_object (&self->pretended);
  self->pretended = address != NULL ? g_inet_address_new_from_string (address) : NULL;
}

gboolean
sc_api_auth_is_own_address (GInetAddress *remote, GInetAddress *local)
{
  if (remote == NULL)
    return FALSE;
  return g_inet_address_get_is_loopback (remote) || (local != NULL && g_inet_address_equal (remote, local));
}

static GInetAddress *
inet_address_of (GSocketAddress *address)
{
  return G_IS_INET_SOCKET_ADDRESS (address) ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))
                                            : NULL;
}

static GInetAddress *
remote_address_of (ScApiAuth *self, SoupServerMessage *message)
{
  return self->pretended != NULL ? self->pretended : inet_address_of (soup_server_message_get_remote_address (message));
}

/* (nullable) */
static const char *
bearer_of (SoupServerMessage *message)
{
  static const char scheme[] = "Bearer ";
  const char *header =
      soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization");

  return header != NULL && g_ascii_strncasecmp (header, scheme, strlen (scheme)) == 0 ? header + strlen (scheme) : NULL;
}

static void
become_local_administrator (ScPrincipal *principal)
{
  principal->role = SC_ROLE_ADMINISTRATOR;
  principal->name = g_strdup (SC_PRINCIPAL_LOCAL);
}

static gboolean
identify_cache (ScApiAuth *self, ScApiRequest *request, const ScCertificate *certificate, GError **error)
{
  char *name = sc_api_caches_identify (self->parts, certificate, error);

  if (name == NULL)
    return FALSE;
  request->principal.role = SC_ROLE_CACHE;
  request->principal.name = name;
  return TRUE;
}

static gboolean
identify_seat (ScApiAuth *self, ScApiRequest *request, const ScCertificate *certificate, GError **error)
{
  guint8 key_id[SC_KEY_ID_SIZE];
  g_autofree char *seat = sc_authority_identify_seat (self->parts->authority, certificate,
                                                      g_get_real_time () / G_USEC_PER_SEC, key_id, error);

  if (seat == NULL)
    return FALSE;
  if (!sc_enrolments_check_certificate (self->parts->enrolments, seat, key_id, error)) {
    request->claimed = g_steal_pointer (&seat);
    return FALSE;
  }
  request->principal.role = SC_ROLE_SEAT;
  request->principal.name = g_steal_pointer (&seat);
  return TRUE;
}

/* By the certificate that the other end has shown. */
static gboolean
identify_peer (ScApiAuth *self, ScApiRequest *request, GTlsCertificate *peer, GError **error)
{
  g_autoptr (ScCertificate) certificate = sc_certificate_of_tls (peer, error);

  if (certificate == NULL)
    return FALSE;
  if (sc_certificate_claims_cache (certificate))
    return identify_cache (self, request, certificate, error);
  return identify_seat (self, request, certificate, error);
}

static gboolean
is_for (const ScApiRequest *request, ScRole role)
{
  return request->route != NULL && request->route->role == role;
}

static gboolean
identify (ScApiAuth *self, ScApiRequest *request, GError **error)
{
  const char *bearer = bearer_of (request->message);
  GInetAddress *local = inet_address_of (soup_server_message_get_local_address (request->message));
  GTlsCertificate *peer = sc_api_listener_get_peer (request->message);

  if (bearer == NULL && peer != NULL)
    return identify_peer (self, request, peer, error);
  if (bearer == NULL && is_for (request, SC_ROLE_CACHE)) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "this is for HTTP caches that “seatcastctl cache create” made a certificate for, and none is shown");
    return FALSE;
  }
  if (bearer == NULL && is_for (request, SC_ROLE_SEAT)) {
    g_set_error (
        error, SC_ERROR, SC_ERROR_DENIED,
        "this is for seats that have enrolled, and this one shows no certificate: give it a token of its room");
    return FALSE;
  }
  if (bearer == NULL) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "this needs a token: sign in, or, on the console's machine, use its connection file");
    return FALSE;
  }
  if (!sc_token_equal (bearer, self->token))
    return sc_staff_identify (self->parts->staff, bearer, &request->principal, error);
  if (!sc_api_auth_is_own_address (remote_address_of (self, request->message), local)) {
    g_set_error (error, SC_ERROR, SC_ERROR_DENIED,
                 "the token of the connection file is only for the console's own machine, and you are at %s: sign in as"
                 " a user",
                 request->address);
    return FALSE;
  }
  become_local_administrator (&request->principal);
  return TRUE;
}

static void
refuse (ScApiRequest *request, const GError *error)
{
  request->recorded = TRUE; /* strangers do not fill the activity */
  request->refusal = g_strdup (error->message);
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message), "WWW-Authenticate",
                                "Bearer realm=\"Seatcast\"");
  sc_api_request_fail (request, error);
}

static const char *
name_those_for (ScRole role)
{
  return role == SC_ROLE_SEAT ? "for seats" : role == SC_ROLE_CACHE ? "for HTTP caches" : "for staff";
}

/* The route is for the audit: who is refused has called it by the name of a button or a command. */
static void
forbid (ScApiRequest *request)
{
  const char *role = sc_role_to_nick (request->principal.role);
  g_autofree char *what = g_strdup_printf ("%s %s", request->route->method, request->route->pattern);

  request->recorded = TRUE;
  sc_api_failures_note (request->parts->failures, "denied", &request->principal, request->address, what,
                        "the role does not allow it");
  if (request->route->role < SC_ROLE_VIEWER || request->principal.role < SC_ROLE_VIEWER)
    sc_api_request_fail_status (request, SOUP_STATUS_FORBIDDEN, SC_ERROR_DENIED, "this is %s, and “%s” has the role %s",
                                name_those_for (request->route->role), request->principal.name, role);
  else
    sc_api_request_fail_status (request, SOUP_STATUS_FORBIDDEN, SC_ERROR_DENIED,
                                "“%s” has the role %s, and this needs the role %s: ask an administrator",
                                request->principal.name, role, sc_role_to_nick (request->route->role));
}

gboolean
sc_api_auth_check (ScApiAuth *self, ScApiRequest *request)
{
  GInetAddress *remote = remote_address_of (self, request->message);
  g_autoptr (GError) error = NULL;

  g_free (request->address);
  request->address = remote != NULL ? g_inet_address_to_string (remote) : g_strdup ("?");
  sc_principal_clear (&request->principal);
  /* who asks does not matter here, and may be what is to be found out */
  if (request->route != NULL && request->route->role == SC_ROLE_NONE)
    return TRUE;
  if (!identify (self, request, &error)) {
    refuse (request, error);
    return FALSE;
  }
  if (request->route == NULL || sc_principal_may (&request->principal, request->route->role))
    return TRUE;
  forbid (request);
  return FALSE;
}
