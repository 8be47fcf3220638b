/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service/sc-seat-machine.h"

#include "common/platform/sc-machine.h"
#include "common/trust/sc-enrolment.h"

#include <string.h>

#define MAX_ID 255u
#define MAX_MAC 32u

static ScSeatMachine *
take (char *id, GPtrArray *macs)
{
  ScSeatMachine *self = g_new0 (ScSeatMachine, 1);

  self->id = id;
  self->macs = macs;
  return self;
}

static GPtrArray *
copy_texts (GPtrArray *texts)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; texts != NULL && i < texts->len; i++)
    g_ptr_array_add (copy, g_strdup (texts->pdata[i]));
  return copy;
}

ScSeatMachine *
sc_seat_machine_new (const char *id, GPtrArray *macs)
{
  return take (g_strdup (id), copy_texts (macs));
}

ScSeatMachine *
sc_seat_machine_new_here (void)
{
  ScSeatMachine *self = take (sc_machine_get_id (), sc_machine_list_macs ());

  if (self->macs->len > SC_ENROLMENT_MAX_MACS)
    g_ptr_array_set_size (self->macs, SC_ENROLMENT_MAX_MACS);
  return self;
}

ScSeatMachine *
sc_seat_machine_copy (const ScSeatMachine *self)
{
  return sc_seat_machine_new (self->id, self->macs);
}

void
sc_seat_machine_free (ScSeatMachine *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_ptr_array_unref (self->macs);
  g_free (self);
}

static guint
count_common (const ScSeatMachine *a, const ScSeatMachine *b)
{
  guint n = 0;

  for (guint i = 0; i < a->macs->len; i++)
    n += g_ptr_array_find_with_equal_func (b->macs, a->macs->pdata[i], g_str_equal, NULL) ? 1 : 0;
  return n;
}

gboolean
sc_seat_machine_equal (const ScSeatMachine *a, const ScSeatMachine *b)
{
  return strcmp (a->id, b->id) == 0 && a->macs->len == b->macs->len && count_common (a, b) == a->macs->len;
}

gboolean
sc_seat_machine_is_same (const ScSeatMachine *a, const ScSeatMachine *b)
{
  if (*a->id != '\0' && *b->id != '\0')
    return strcmp (a->id, b->id) == 0;
  return a->macs->len == 0 || b->macs->len == 0 || count_common (a, b) > 0;
}

ScJson *
sc_seat_machine_to_json (const ScSeatMachine *self)
{
  ScJson *json = json_object ();

  sc_json_set_text (json, "machine", self->id, MAX_ID);
  sc_json_set_strings (json, "macs", self->macs, SC_ENROLMENT_MAX_MACS);
  return json;
}

ScSeatMachine *
sc_seat_machine_from_json (const ScJson *json, GError **error)
{
  const char *id = sc_json_get_string (json, "machine", MAX_ID, error);
  GPtrArray *macs = id != NULL ? sc_json_get_strings (json, "macs", SC_ENROLMENT_MAX_MACS, MAX_MAC, error) : NULL;

  return macs != NULL ? take (g_strdup (id), macs) : NULL;
}
