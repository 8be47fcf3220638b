/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "console/ctl/sc-ctl-client.h"
#include "console/ctl/sc-ctl-table.h"

G_BEGIN_DECLS

/* What a script can act on; in the man page. */
typedef enum {
  SC_CTL_DONE = 0,
  SC_CTL_FAILED = 1, /* a seat failed, damage was found, an error */
  SC_CTL_USAGE = 2,
  SC_CTL_NOT_FOUND = 3,   /* no such version, seat, room, session, path */
  SC_CTL_BUSY = 4,        /* busy, or not possible in this state */
  SC_CTL_UNREACHABLE = 5, /* the console does not answer, or refuses us */
} ScCtlStatus;

/* Every option of every command; a command's table entry names those that it takes. */
typedef struct {
  char *connection;
  gboolean json;
  char *note;
  char *author;
  char *room;
  char **seats;
  char *rate;         /* as it was given */
  double rate_mbit;   /* the same, where there is one; 0: as fast as the seats take it */
  char *to;           /* as it was given */
  guint64 to_version; /* the same; 0: none */
  gboolean no_wait;
  gboolean dry_run;
  gboolean stop;
  gboolean watch;
  gboolean own_room;
  char *max;           /* as it was given */
  guint64 max_entries; /* the same; 0: not given */
  char *publish_directory;
  char *n_seats, *hours;        /* as they were given */
  guint64 max_seats, max_hours; /* the same; 0: not given */
  gboolean ask;
  char *output;
  gboolean all;
  gboolean duplicates;
  char *into;
  gboolean finish, cancel;
  char *url;
  char *ca_fingerprint;
  char *user;
  char *password_file;
  char *role;
  char *head;
  char **rooms;     /* of a command that takes several */
  char **templates; /* only these of the version */
  gboolean wake, power_off;
  char *at;
  gboolean in_window;
  char *every, *time, *zone;
  char *days;     /* as it was given */
  guint64 n_days; /* the same; 0: not given */
  char *late;
  char *room_rate; /* as it was given: Mbit/s, or “none” */
  double room_rate_mbit;
  char *wake_seats, *power_off_seats; /* yes or no */
  char *busy_deadline, *wake_address, *wake_destination, *cache;
  char *set;
  gboolean clear;
  char *catch_up_rate, *catch_up_seats; /* as they were given */
  double catch_up_rate_mbit;            /* the same; 0: as it is by itself */
  guint64 max_catch_up_seats;           /* the same; 0: not given */
  char **names;                         /* of a cache's host */
  char *port;                           /* as it was given */
  guint64 port_number;                  /* the same, or what is usual */
} ScCtlOptions;

typedef struct {
  ScCtlOptions options;
  char **arguments;    /* NULL-terminated, without the command's name */
  ScCtlClient *client; /* (nullable) */
} ScCtl;

/* Frees what it holds. */
void sc_ctl_clear (ScCtl *self);

/* Returns: what the process shall exit with; with @error set the error says that */
typedef ScCtlStatus (*ScCtlFunc) (ScCtl *self, GError **error);

ScCtlStatus sc_ctl_status_of_error (const GError *error);

/* Prints one line of JSON, at once. */
void sc_ctl_print_json (ScJson *value);
/* Prints the table of a list, or @when_empty; nothing with --json, where the objects were printed one by one. */
ScCtlStatus sc_ctl_print_table (ScCtl *self, ScCtlTable *table, const char *when_empty);
/* Parses an argument that must be a positive number: %SC_ERROR_INVALID naming @what */
gboolean sc_ctl_parse_number (const char *text, const char *what, guint64 *number, GError **error);
/* An object's member for people: "" and 0 when it is missing or of another type. */
const char *sc_ctl_text_of (ScJson *object, const char *key);
guint64 sc_ctl_number_of (ScJson *object, const char *key);

/* (transfer full): an object's id, be it a number or a text */
char *sc_ctl_id_of (ScJson *object);

ScCtlStatus sc_ctl_publish (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_versions (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_show (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_diff (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_deploy (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_rollback (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_status (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_sessions (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_session (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_pause (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_resume (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_cancel (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_seats (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_rooms (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_room_add (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_room_rename (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_room_remove (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_move (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_seat (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_verify (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_catch_up (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_activity (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_log (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_settings (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_needs (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_store_verify (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_store_gc (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_store_rebuild_index (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_version_sign (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_ca_fingerprint (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_ca_export (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_ca_status (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_ca_rotate (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_enrol_token (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_enrol_tokens (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_enrol_token_revoke (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_waiting (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_approve (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_reject (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_revoke (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_sign_in (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_sign_out (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_whoami (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_password (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_user_list (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_user_add (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_user_role (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_user_password (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_user_disable (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_user_enable (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_user_remove (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_audit (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_audit_verify (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_assign (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_pin (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_window (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_policy (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_wake (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_behind (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_schedule (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_schedules (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_unschedule (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_planned (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_version_hooks (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_cache_create (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_cache_list (ScCtl *self, GError **error);
ScCtlStatus sc_ctl_cache_revoke (ScCtl *self, GError **error);

G_END_DECLS
