/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-service-options.h"

#include "common/platform/sc-system.h"
#include "common/sc-error.h"
#include "common/sc-inventory.h"
#include "common/sc-text.h"
#include "service/apply/sc-apply.h"
#include "service/sc-size.h"

void
sc_service_options_clear (ScServiceOptions *self)
{
  g_clear_pointer (&self->repository, g_free);
  g_clear_pointer (&self->state, g_free);
  g_clear_pointer (&self->connection, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->room, g_free);
  g_clear_pointer (&self->interface_address, g_free);
  g_clear_pointer (&self->reserve, g_free);
  g_clear_pointer (&self->undo_budget, g_free);
  g_clear_pointer (&self->accept_volume, g_free);
}

/* The parser keeps no copy of what it shows in --help. */
static const char *
with_default (const char *what, const char *value)
{
  g_autofree char *text = g_strdup_printf ("%s [%s]", what, value);

  return g_intern_string (text);
}

static const char *
default_state (void)
{
  g_autofree char *path = sc_system_get_service_directory ();

  return g_intern_string (path);
}

static const char *
default_connection (void)
{
  g_autofree char *path = sc_system_get_service_connection ();

  return g_intern_string (path);
}

void
sc_service_options_add (ScServiceOptions *self, GOptionContext *context, const char *repository_name)
{
  const GOptionEntry entries[] = {
    { repository_name, 0, 0, G_OPTION_ARG_FILENAME, &self->repository,
      "Directory of the templates on this seat (required)", "DIR" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &self->state,
      with_default ("Directory for the service's own data", default_state ()), "DIR" },
    { "connection", 0, 0, G_OPTION_ARG_FILENAME, &self->connection,
      with_default ("How to reach the console, as the console wrote it", default_connection ()), "FILE" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &self->name, "This seat's name on the console [the host's name]", "NAME" },
    { "room", 0, 0, G_OPTION_ARG_STRING, &self->room, "The room that this seat is in", "ROOM" },
    { "interface", 0, 0, G_OPTION_ARG_STRING, &self->interface_address,
      "Local IPv4 address to receive multicast on [that of the connection to the console]", "ADDRESS" },
    { "reserve", 0, 0, G_OPTION_ARG_STRING, &self->reserve,
      "Bytes of the repository's volume that updates leave free; K, M, G, T: powers of 1024; default: the larger of 2G "
      "and 2 %",
      "SIZE" },
    { "undo-budget", 0, 0, G_OPTION_ARG_STRING, &self->undo_budget,
      "Bytes that may be kept to go back to earlier versions; 0: none; default: 10 % of what is free", "SIZE" },
    { "accept-volume", 0, 0, G_OPTION_ARG_STRING, &self->accept_volume,
      "Take updates although the repository's volume forgets at restart, compresses or deduplicates; LIST: one or more "
      "of forgets, compresses, deduplicates, with commas between them [none: such a volume is not written to]",
      "LIST" },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, NULL);
}

typedef struct {
  ScServiceOptionName name; /* (nullable) */
  gpointer user_data;
} Names;

static char *
name_of (const Names *names, const char *option)
{
  return names->name != NULL ? names->name (option, names->user_data) : g_strdup (option);
}

static gboolean
check_line (const Names *names, const char *option, const char *text, GError **error)
{
  if (text == NULL ||
      (strlen (text) <= SC_INVENTORY_STRING_MAX && g_utf8_validate (text, -1, NULL) && sc_text_is_line (text)))
    return TRUE;
  g_autofree char *name = name_of (names, option);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s must be one line of at most %u bytes", name,
               SC_INVENTORY_STRING_MAX);
  return FALSE;
}

static gboolean
check_interface (const Names *names, const char *address, GError **error)
{
  if (address == NULL || g_hostname_is_ip_address (address))
    return TRUE;
  g_autofree char *name = name_of (names, "--interface");
  g_autofree char *excerpt = sc_error_excerpt (address);
  g_set_error (error, SC_ERROR, SC_ERROR_INVALID, "%s “%s” is not an address of this machine, such as 10.1.0.17", name,
               excerpt);
  return FALSE;
}

static gboolean
read_size (const Names *names, const char *option, const char *text, gint64 *bytes, GError **error)
{
  g_autofree char *name = name_of (names, option);

  return text == NULL || sc_size_parse (name, text, bytes, error);
}

static gboolean
read_traits (const Names *names, const char *option, const char *text, ScVolumeTraits *traits, GError **error)
{
  g_autofree char *name = name_of (names, option);

  return text == NULL || sc_volume_traits_parse (name, text, traits, error);
}

gboolean
sc_service_options_read_as (const ScServiceOptions *self, ScServiceOptionName name, gpointer user_data,
                            ScServiceConfig *config, GError **error)
{
  const Names names = { name, user_data };

  *config = (ScServiceConfig){ .repository = self->repository,
                               .state_directory = self->state != NULL ? self->state : default_state (),
                               .name = self->name,
                               .room = self->room,
                               .interface_address = self->interface_address,
                               .reserve = SC_APPLY_DEFAULT,
                               .undo_budget = SC_APPLY_DEFAULT };
  return check_line (&names, "--name", self->name, error) && check_line (&names, "--room", self->room, error) &&
         check_interface (&names, self->interface_address, error) &&
         read_size (&names, "--reserve", self->reserve, &config->reserve, error) &&
         read_size (&names, "--undo-budget", self->undo_budget, &config->undo_budget, error) &&
         read_traits (&names, "--accept-volume", self->accept_volume, &config->accept_volume, error);
}

gboolean
sc_service_options_read (const ScServiceOptions *self, ScServiceConfig *config, GError **error)
{
  return sc_service_options_read_as (self, NULL, NULL, config, error);
}
