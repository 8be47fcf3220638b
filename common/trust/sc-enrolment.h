/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"
#include "common/trust/sc-anchors.h"

G_BEGIN_DECLS

/*
 * What a seat and the console say to each other when the seat enrols (docs/protocol.md): POST /v1/enrol, once, and
 * again while the answer is "pending". All strings are capped, all parsing is strict.
 */
#define SC_ENROLMENT_MAX_BYTES (64u * 1024) /* of either message */
#define SC_ENROLMENT_MAX_MACS 16u
#define SC_ENROLMENT_MAX_RETRY 3600u /* s */

/* A plain struct: strings are owned and never NULL. */
typedef struct {
  char *token;     /* of the room; empty: asked again, the console knows the key */
  char *request;   /* PKCS #10, PEM */
  char *name;      /* host name, or as configured */
  char *room;      /* as configured; may be empty: the token's room counts */
  char *machine;   /* what the system says that the hardware is (SMBIOS UUID), lower-case; may be empty */
  GPtrArray *macs; /* (owned) (element-type utf8): aa:bb:cc:dd:ee:ff, of all real interfaces */
  char *os;
  char *service_version;
} ScEnrolRequest;

typedef enum {
  SC_ENROL_APPROVED,
  SC_ENROL_PENDING,   /* staff must approve it */
  SC_ENROL_DUPLICATE, /* the console knows this machine by another key: staff must approve the replacement */
  SC_ENROL_DENIED,    /* rejected by staff, or the token was never one: asking again is of no use */
} ScEnrolState;
const char *sc_enrol_state_to_nick (ScEnrolState state);
gboolean sc_enrol_state_from_nick (const char *nick, ScEnrolState *state);

typedef struct {
  ScEnrolState state;
  char *reason;       /* (owned): for people; empty when approved */
  guint retry;        /* s to wait before asking again; 0 when approved or denied */
  char *seat;         /* (owned): UUID; approved only, else empty */
  char *certificate;  /* (owned): PEM; approved only, else empty */
  ScAnchors *anchors; /* (owned) (nullable): approved only */
} ScEnrolAnswer;

ScEnrolRequest *sc_enrol_request_new (void); /* all empty */
void sc_enrol_request_free (ScEnrolRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScEnrolRequest, sc_enrol_request_free)
ScJson *sc_enrol_request_to_json (const ScEnrolRequest *self);
/* Errors: %SC_ERROR_INVALID, naming the member, never with the token */
ScEnrolRequest *sc_enrol_request_from_json (const ScJson *object, GError **error);

ScEnrolAnswer *sc_enrol_answer_new (ScEnrolState state);
void sc_enrol_answer_free (ScEnrolAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScEnrolAnswer, sc_enrol_answer_free)
ScJson *sc_enrol_answer_to_json (const ScEnrolAnswer *self);
ScEnrolAnswer *sc_enrol_answer_from_json (const ScJson *object, GError **error);

G_END_DECLS
