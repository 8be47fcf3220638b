/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/trust/sc-enrolment.h"

#include "common/sc-error.h"
#include "common/sc-text.h"
#include "common/trust/sc-token.h"

#include <string.h>

#define TOKEN_BYTES 256u
#define TEXT_BYTES 240u /* as of an inventory's strings */
#define MAC_BYTES 17u
#define REASON_BYTES 1000u
#define UUID_BYTES 36u

static const char *const nicks[] = {
  [SC_ENROL_APPROVED] = "approved",
  [SC_ENROL_PENDING] = "pending",
  [SC_ENROL_DUPLICATE] = "duplicate",
  [SC_ENROL_DENIED] = "denied",
};

const char *
sc_enrol_state_to_nick (ScEnrolState state)
{
  return nicks[state];
}

gboolean
sc_enrol_state_from_nick (const char *nick, ScEnrolState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    if (strcmp (nicks[i], nick) == 0) {
      *state = (ScEnrolState) i;
      return TRUE;
    }
  return FALSE;
}

/* Always FALSE. Of a member only its name is told: it may be a secret. */
static gboolean
refuse (GError **error, const char *member, const char *must)
{
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "The member “%s” must be %s", member, must);
  return FALSE;
}

/* Replaces *@text. */
static gboolean
read_text (const ScJson *object, const char *member, gsize max_bytes, gboolean line, char **text, GError **error)
{
  const char *value = sc_json_get_string (object, member, max_bytes, error);
  if (value == NULL)
    return FALSE;
  if (line && !sc_text_is_line (value))
    return refuse (error, member, "one line without control characters");
  g_free (*text);
  *text = g_strdup (value);
  return TRUE;
}

/* ---- the request ---- */

ScEnrolRequest *
sc_enrol_request_new (void)
{
  ScEnrolRequest *self = g_new0 (ScEnrolRequest, 1);
  char **const texts[] = { &self->token,   &self->request, &self->name,           &self->room,
                           &self->machine, &self->os,      &self->service_version };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *texts[i] = g_strdup ("");
  self->macs = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
sc_enrol_request_free (ScEnrolRequest *self)
{
  if (self == NULL)
    return;
  sc_secret_free (self->token);
  g_free (self->request);
  g_free (self->name);
  g_free (self->room);
  g_free (self->machine);
  g_free (self->os);
  g_free (self->service_version);
  g_ptr_array_unref (self->macs);
  g_free (self);
}

ScJson *
sc_enrol_request_to_json (const ScEnrolRequest *self)
{
  ScJson *json = json_object ();
  json_object_set_new (json, "token", json_string (self->token));
  json_object_set_new (json, "request", json_string (self->request));
  sc_json_set_text (json, "name", self->name, TEXT_BYTES);
  sc_json_set_text (json, "room", self->room, TEXT_BYTES);
  sc_json_set_text (json, "machine", self->machine, TEXT_BYTES);
  sc_json_set_strings (json, "macs", self->macs, SC_ENROLMENT_MAX_MACS);
  sc_json_set_text (json, "os", self->os, TEXT_BYTES);
  sc_json_set_text (json, "service_version", self->service_version, TEXT_BYTES);
  return json;
}

static gboolean
is_mac (const char *text)
{
  if (strlen (text) != MAC_BYTES)
    return FALSE;
  for (guint i = 0; i < MAC_BYTES; i++)
    if (i % 3 == 2 ? text[i] != ':' : strchr ("0123456789abcdef", text[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
check_request (const ScEnrolRequest *self, GError **error)
{
  for (const char *c = self->token; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      return refuse (error, "token", "without spaces and control characters");
  if (self->name[0] == '\0' || sc_text_is_blank (self->name))
    return refuse (error, "name", "what people call the seat");
  for (const char *c = self->machine; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c) || g_ascii_isupper (*c))
      return refuse (error, "machine", "lower-case ASCII without spaces");
  for (guint i = 0; i < self->macs->len; i++)
    if (!is_mac (self->macs->pdata[i]))
      return refuse (error, "macs", "addresses as aa:bb:cc:dd:ee:ff");
  return TRUE;
}

ScEnrolRequest *
sc_enrol_request_from_json (const ScJson *object, GError **error)
{
  g_autoptr (ScEnrolRequest) self = sc_enrol_request_new ();
  if (!read_text (object, "token", TOKEN_BYTES, FALSE, &self->token, error) ||
      !read_text (object, "request", SC_CERTIFICATE_MAX_BYTES, FALSE, &self->request, error) ||
      !read_text (object, "name", TEXT_BYTES, TRUE, &self->name, error) ||
      !read_text (object, "room", TEXT_BYTES, TRUE, &self->room, error) ||
      !read_text (object, "machine", TEXT_BYTES, TRUE, &self->machine, error) ||
      !read_text (object, "os", TEXT_BYTES, TRUE, &self->os, error) ||
      !read_text (object, "service_version", TEXT_BYTES, TRUE, &self->service_version, error))
    return NULL;
  GPtrArray *macs = sc_json_get_strings (object, "macs", SC_ENROLMENT_MAX_MACS, MAC_BYTES, error);
  if (macs == NULL)
    return NULL;
  g_ptr_array_unref (self->macs);
  self->macs = macs;
  return check_request (self, error) ? g_steal_pointer (&self) : NULL;
}

/* ---- the answer ---- */

ScEnrolAnswer *
sc_enrol_answer_new (ScEnrolState state)
{
  ScEnrolAnswer *self = g_new0 (ScEnrolAnswer, 1);
  self->state = state;
  self->reason = g_strdup ("");
  self->seat = g_strdup ("");
  self->certificate = g_strdup ("");
  return self;
}

void
sc_enrol_answer_free (ScEnrolAnswer *self)
{
  if (self == NULL)
    return;
  g_free (self->reason);
  g_free (self->seat);
  g_free (self->certificate);
  sc_anchors_free (self->anchors);
  g_free (self);
}

ScJson *
sc_enrol_answer_to_json (const ScEnrolAnswer *self)
{
  ScJson *json = json_object ();
  json_object_set_new (json, "state", json_string (sc_enrol_state_to_nick (self->state)));
  sc_json_set_text (json, "reason", self->reason, REASON_BYTES);
  json_object_set_new (json, "retry", json_integer (self->retry));
  json_object_set_new (json, "seat", json_string (self->seat));
  json_object_set_new (json, "certificate", json_string (self->certificate));
  if (self->anchors != NULL)
    json_object_set_new (json, "anchors", sc_anchors_to_json (self->anchors));
  return json;
}

/* What an approved seat needs is there, and nothing of it for one that is not. */
static gboolean
check_answer (const ScEnrolAnswer *self, GError **error)
{
  gboolean approved = self->state == SC_ENROL_APPROVED;
  gboolean waits = self->state == SC_ENROL_PENDING || self->state == SC_ENROL_DUPLICATE;
  if (approved ? !g_uuid_string_is_valid (self->seat) : self->seat[0] != '\0')
    return refuse (error, "seat", "a UUID when the seat is approved, else empty");
  if (approved != (self->certificate[0] != '\0'))
    return refuse (error, "certificate", "there when the seat is approved, else empty");
  if (approved != (self->anchors != NULL))
    return refuse (error, "anchors", "there when the seat is approved, and only then");
  if (waits != (self->retry > 0))
    return refuse (error, "retry", "above 0 when the seat has to wait, else 0");
  return TRUE;
}

ScEnrolAnswer *
sc_enrol_answer_from_json (const ScJson *object, GError **error)
{
  g_autoptr (ScEnrolAnswer) self = sc_enrol_answer_new (SC_ENROL_DENIED);
  const char *nick = sc_json_get_string (object, "state", TEXT_BYTES, error);
  const ScJson *anchors = json_object_get (object, "anchors");
  guint64 retry = 0;
  if (nick == NULL)
    return NULL;
  if (!sc_enrol_state_from_nick (nick, &self->state)) {
    refuse (error, "state", "approved, pending, duplicate or denied");
    return NULL;
  }
  if (!read_text (object, "reason", REASON_BYTES, TRUE, &self->reason, error) ||
      !read_text (object, "seat", UUID_BYTES, TRUE, &self->seat, error) ||
      !read_text (object, "certificate", SC_CERTIFICATE_MAX_BYTES, FALSE, &self->certificate, error) ||
      !sc_json_get_uint (object, "retry", SC_ENROLMENT_MAX_RETRY, &retry, error))
    return NULL;
  self->retry = (guint) retry;
  if (anchors != NULL && (self->anchors = sc_anchors_from_json (anchors, error)) == NULL)
    return NULL;
  return check_answer (self, error) ? g_steal_pointer (&self) : NULL;
}
