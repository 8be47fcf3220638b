/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/fuzz/engine/fuzz-peer.h"

struct _FuzzPeer {
  GTlsConnection parent_instance;

  GInputStream *input;
  GOutputStream *output;
  GTlsCertificate *certificate;
};

G_DEFINE_TYPE (FuzzPeer, fuzz_peer, G_TYPE_TLS_CONNECTION)

/* All that a GTlsConnection has; this one has none but the last. */
static const char *const properties[] = {
  "base-io-stream",      "use-system-certdb",       "database",         "interaction",      "require-close-notify",
  "certificate",         "rehandshake-mode",        "protocol-version", "ciphersuite-name", "advertised-protocols",
  "negotiated-protocol", "peer-certificate-errors", "peer-certificate",
};

static void
fuzz_peer_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
}

static void
fuzz_peer_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  if (id == G_N_ELEMENTS (properties))
    g_value_set_object (value, FUZZ_PEER (object)->certificate);
}

static GInputStream *
fuzz_peer_get_input_stream (GIOStream *stream)
{
  return FUZZ_PEER (stream)->input;
}

static GOutputStream *
fuzz_peer_get_output_stream (GIOStream *stream)
{
  return FUZZ_PEER (stream)->output;
}

static void
fuzz_peer_finalize (GObject *object)
{
  FuzzPeer *self = FUZZ_PEER (object);

  g_object_unref (self->input);
  g_object_unref (self->output);
  g_clear_object (&self->certificate);
  G_OBJECT_CLASS (fuzz_peer_parent_class)->finalize (object);
}

static void
fuzz_peer_class_init (FuzzPeerClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (class);

  object_class->set_property = fuzz_peer_set_property;
  object_class->get_property = fuzz_peer_get_property;
  object_class->finalize = fuzz_peer_finalize;
  stream_class->get_input_stream = fuzz_peer_get_input_stream;
  stream_class->get_output_stream = fuzz_peer_get_output_stream;
  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    g_object_class_override_property (object_class, i + 1, properties[i]);
}

static void
fuzz_peer_init (FuzzPeer *self)
{
}

FuzzPeer *
fuzz_peer_new (GBytes *says, GTlsCertificate *certificate)
{
  FuzzPeer *self = g_object_new (FUZZ_TYPE_PEER, NULL);

  self->input = g_memory_input_stream_new_from_bytes (says);
  self->output = g_memory_output_stream_new_resizable ();
  if (certificate != NULL)
    self->certificate = g_object_ref (certificate);
  return self;
}
