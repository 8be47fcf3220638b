/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/sc-json.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ScVolume:
 *
 * What kind of volume a directory lies on, as far as it matters to templates: one that forgets at restart what was
 * written (write filters, memory), one that compresses (a VM's disk is written in place, which fragments and slows it)
 * or deduplicates (the files become others). Facts are gathered for each system and judged by a pure function. What
 * cannot be told is no trait; the reason then says what is known.
 */
typedef enum {
  SC_VOLUME_FORGETS = 1 << 0,
  SC_VOLUME_COMPRESSES = 1 << 1,
  SC_VOLUME_DEDUPLICATES = 1 << 2,
  SC_VOLUME_ALL_TRAITS = (1 << 3) - 1,
} ScVolumeTraits;

#define SC_VOLUME_N_TRAITS 3u
#define SC_VOLUME_TEXT_MAX 240u /* bytes of each of its strings */

typedef struct {
  char *file_system; /* (owned) "NTFS", "ext4"; empty: unknown */
  ScVolumeTraits traits;
  ScVolumeTraits refused; /* of these, those that whoever runs the seat has not accepted: nothing is written there */
  char *reason;           /* (owned) what was found, for people: "Unified Write Filter protects D:"; may be empty */
} ScVolume;

ScVolume *sc_volume_new (void); /* unknown */
ScVolume *sc_volume_copy (const ScVolume *self);
void sc_volume_free (ScVolume *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScVolume, sc_volume_free)
gboolean sc_volume_equal (const ScVolume *a, const ScVolume *b);

/* @trait: one. Returns: (transfer none): "forgets", "compresses", "deduplicates" */
const char *sc_volume_trait_to_nick (ScVolumeTraits trait);
/* @text: nicks with commas between them; empty: none. @what: the option's name, for the message. Errors:
 * %SC_ERROR_INVALID */
gboolean sc_volume_traits_parse (const char *what, const char *text, ScVolumeTraits *traits, GError **error);

/* {file_system, traits [nicks], refused [nicks], reason} */
ScJson *sc_volume_to_json (const ScVolume *self);
/* @object comes from outside. Errors: %SC_ERROR_INVALID, naming the member */
ScVolume *sc_volume_from_json (const ScJson *object, GError **error);

/* Looks at the volume of @directory, which exists, and at the directory itself. @ask: also asks, on Windows, what only
 * other programs can tell; without it the reason says that they did not answer, where they are installed. Blocks as
 * long as the volume and those programs do, which may be for ever: call it on a thread that can be done without.
 * Thread-safe.
 */
ScVolume *sc_volume_inspect (const char *directory, gboolean ask, GError **error);
/* Whether @directory may be written to. Errors: %SC_ERROR_STATE, with what was found and what to do */
gboolean sc_volume_check (const ScVolume *self, const char *directory, GError **error);

/* ---- facts, and what they mean ---- */

typedef enum {
  SC_VOLUME_FILTER_NONE,     /* not installed, or off in this session */
  SC_VOLUME_FILTER_OTHER,    /* on, but it does not protect this volume */
  SC_VOLUME_FILTER_EXCLUDED, /* protects the volume, but not the directory */
  SC_VOLUME_FILTER_PROTECTS,
  SC_VOLUME_FILTER_UNKNOWN, /* installed, and this account may not ask it */
  SC_VOLUME_FILTER_SILENT,  /* installed, and does not answer */
} ScVolumeFilter;

typedef enum {
  SC_VOLUME_UNKNOWN,
  SC_VOLUME_NO,
  SC_VOLUME_YES,
  SC_VOLUME_SILENT, /* it does not answer */
} ScVolumeFact;

/* Nothing is owned; zero is what is not so, or what the system does not have. */
typedef struct {
  const char *file_system;       /* (nullable) */
  const char *where;             /* (nullable): "D:", "/srv" */
  const char *options;           /* (nullable): of the mount and its file system: "rw,compress=zstd:3" */
  const char *upper_file_system; /* (nullable): of an overlay's upper layer, where it can be seen */
  gboolean live;                 /* the root of a system that was started to keep nothing */
  gboolean compressed;           /* the directory is marked to be compressed: new files are */
  gboolean uncompressed;         /* it is marked so that they are not (chattr +m), unless the mount forces it */
  gboolean overwritten;          /* Btrfs: new files are written in place (chattr +C), which it compresses never */
  gboolean volume_compressed;    /* the whole volume is (DoubleSpace and the like) */
  gboolean system_volume;        /* Windows itself is there */
  ScVolumeFact deduplication;
  ScVolumeFilter write_filter; /* UWF */
  const char *deep_freeze;     /* (nullable): the state that it shows: "Frozen", "Thawed" */
} ScVolumeFacts;

ScVolume *sc_volume_judge (const ScVolumeFacts *facts);

G_END_DECLS
