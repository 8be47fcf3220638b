/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "common/cast/sc-cast-receiver.h"
#include "common/platform/sc-multicast-receiver.h"
#include "service/sc-frame-assembler.h"
#include "service/sc-receive-ring.h"
#include "service/sc-receive.h"

G_BEGIN_DECLS

/* What the main thread and the three threads of ScReceive share. */

typedef enum {
  SC_RECEIVE_ITEM_BLOCK,
  SC_RECEIVE_ITEM_PLAN,
  SC_RECEIVE_ITEM_ENDED, /* the stream is over */
  SC_RECEIVE_ITEM_STOP,  /* the thread that opens has ended */
} ScReceiveItemKind;

typedef struct {
  ScReceiveItemKind kind;
  guint32 block;
  GBytes *bytes; /* (nullable) */
} ScReceiveItem;

/* Frames that wait to be written together. */
typedef struct {
  guint n;
  ScApplyFrame frames[SC_APPLY_MAX_FRAMES];
  ScChunkId references[SC_APPLY_MAX_FRAMES];
  GBytes *owners[SC_APPLY_MAX_FRAMES]; /* of the frames' bytes */
} ScReceiveFrames;

struct _ScReceive {
  ScMulticastReceiver *socket; /* sc-receive's; how many it dropped is asked for elsewhere, too */
  ScReceiveRing *ring;         /* from sc-receive to sc-open */

  GMutex mutex; /* guards receiver: sc-open's, but for a new key */
  ScCastReceiver *receiver;
  gboolean heard, ended; /* sc-open's */

  GAsyncQueue *queue;   /* ScReceiveItem: from sc-open to sc-write */
  GMutex written_mutex; /* guards the next two */
  GArray *released;     /* guint32: blocks that sc-write has done with, for the receiver to know */
  guint64 backlog;      /* bytes in the queue */

  ScFrameAssembler *assembler; /* sc-write's, as the next three */
  ScFrameCoder *coder;
  ScReceiveFrames pending;
  ScChunkSink sink;
  gboolean writing;    /* sc-write's, as the next two: FALSE once the sink is complete or failed */
  gboolean plan_asked; /* also by sc_receive_new(), before the thread runs */
  gboolean tell_ended; /* once the plan is there: until then content waits for it */

  int discard; /* atomic */
  GCancellable *cancellable;
  GThread *socket_thread, *open_thread, *write_thread;
  ScChunkId plan_id;
  GMainContext *context;
  ScReceiveFunc func;
  gpointer user_data;
};

/* The threads; @data: the ScReceive. */
gpointer sc_receive_socket_main (gpointer data);
gpointer sc_receive_open_main (gpointer data);
gpointer sc_receive_write_main (gpointer data);
/* What sc-write does with frames and blocks; the user data is the ScReceive. */
extern const ScFrameAssemblerFuncs sc_receive_frame_funcs;

/* Any thread. Has the event delivered on the main thread, in the order of posting. Takes over @error. */
void sc_receive_post (ScReceive *self, ScReceiveEventType type, const ScCastReport *report, GError *error);
/* Any thread. @bytes: (transfer full) (nullable) */
void sc_receive_enqueue (ScReceive *self, ScReceiveItemKind kind, guint32 block, GBytes *bytes);
/* The plan cannot come by the stream. */
void sc_receive_ask_for_plan (ScReceive *self);

G_END_DECLS
