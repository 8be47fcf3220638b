/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/platform/sc-volume.h"
#include "common/sc-chunk.h"
#include "common/sc-json.h"

G_BEGIN_DECLS

#define SC_INVENTORY_MAX_TEMPLATES 4096u
#define SC_INVENTORY_STRING_MAX 240u /* bytes of each of its strings */
#define SC_INVENTORY_MAX_BACK 16u

typedef enum {
  SC_TEMPLATE_CURRENT,  /* as the manifest named says */
  SC_TEMPLATE_UPDATING, /* between two versions; cannot be started */
  SC_TEMPLATE_DRIFTED,  /* changed behind the service's back */
} ScTemplateState;
const char *sc_template_state_to_nick (ScTemplateState state);
gboolean sc_template_state_from_nick (const char *nick, ScTemplateState *state);

typedef struct {
  char *name;
  ScChunkId manifest;
  guint64 version; /* number of the version that brought it */
  ScTemplateState state;
  gboolean busy; /* its update waits, because it is in use */
} ScInventoryTemplate;

/* What a seat reports of itself. A plain struct: strings are owned and never NULL. */
typedef struct {
  char *seat; /* UUID, made at the service's first start */
  char *name; /* host name, or as configured */
  char *room; /* may be empty */
  char *os;
  char *service_version;
  char *address;       /* local address of the control connection: what it joins groups on */
  char *mac;           /* of that interface; empty on loopback */
  guint32 link_mbps;   /* 0 unknown */
  guint64 total_bytes; /* of the repository's volume */
  guint64 free_bytes;
  guint64 reserve_bytes;  /* that updates leave free */
  guint64 undo_bytes;     /* that its undo store takes */
  ScVolume *volume;       /* (owned): the repository's */
  ScVolume *state_volume; /* (owned): that of the service's own data; nothing is refused of it */
  guint64 generation;     /* the service's starts, counted in its data; 0: unknown */
  char *run;              /* differs at each start; empty: unknown */
  guint64 version;        /* 0: none or mixed */
  GArray *back;           /* (owned) guint64: versions that it can go back to without the network, newest first; at most
                             SC_INVENTORY_MAX_BACK */
  GPtrArray *templates;   /* ScInventoryTemplate */
} ScInventory;

ScInventory *sc_inventory_new (void); /* all strings empty */
void sc_inventory_free (ScInventory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScInventory, sc_inventory_free)
/* Not busy. Returns: (transfer none) */
ScInventoryTemplate *sc_inventory_add_template (ScInventory *self, const char *name, const ScChunkId *manifest,
                                                guint64 version, ScTemplateState state);

/* Adds its members to a message. */
void sc_inventory_to_json (const ScInventory *self, ScJson *object);
/* Errors: %SC_ERROR_INVALID, naming the member */
ScInventory *sc_inventory_from_json (const ScJson *object, GError **error);

G_END_DECLS
