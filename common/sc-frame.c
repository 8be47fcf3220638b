/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-frame.h"

#include "common/sc-error.h"

#include <zstd.h>

/* Level 3 is where the gain of the next levels (2 to 3 % on disk images) costs twice the time: docs/store.md. */
#define STORE_LEVEL 3

struct _ScFrameCoder {
  ZSTD_CCtx *compressor;
  ZSTD_DCtx *decompressor;
};

ScFrameCoder *
sc_frame_coder_new (void)
{
  ScFrameCoder *self = g_new0 (ScFrameCoder, 1);

  self->compressor = ZSTD_createCCtx ();
  self->decompressor = ZSTD_createDCtx ();
  if (self->compressor == NULL || self->decompressor == NULL)
    g_error ("out of memory for a zstd context");
  sc_frame_coder_set_level (self, STORE_LEVEL);
  ZSTD_CCtx_setParameter (self->compressor, ZSTD_c_contentSizeFlag, 1);
  return self;
}

void
sc_frame_coder_free (ScFrameCoder *self)
{
  if (self == NULL)
    return;
  ZSTD_freeCCtx (self->compressor);
  ZSTD_freeDCtx (self->decompressor);
  g_free (self);
}

void
sc_frame_coder_set_level (ScFrameCoder *self, int level)
{
  /* a level is not taken in the middle of a frame */
  ZSTD_CCtx_reset (self->compressor, ZSTD_reset_session_only);
  ZSTD_CCtx_setParameter (self->compressor, ZSTD_c_compressionLevel, level);
}

gsize
sc_frame_encode (ScFrameCoder *self, const guint8 *chunk, gsize length, const guint8 *reference, gsize reference_length,
                 guint8 *out, ScEncoding *encoding)
{
  gsize written;

  g_return_val_if_fail (length > 0 && length <= SC_CHUNK_SIZE, 0);

  if (sc_chunk_is_zero (chunk, length)) {
    *encoding = SC_ENCODING_ZERO;
    return 0;
  }
  /* a frame that did not fit leaves the context in the middle of it, where no prefix is taken */
  ZSTD_CCtx_reset (self->compressor, ZSTD_reset_session_only);
  if (reference != NULL && ZSTD_isError (ZSTD_CCtx_refPrefix (self->compressor, reference, reference_length)))
    reference = NULL;
  /* room for one byte less than the chunk: what does not shrink fails here and is stored raw */
  written = ZSTD_compress2 (self->compressor, out, length - 1, chunk, length);
  if (!ZSTD_isError (written)) {
    *encoding = reference != NULL ? SC_ENCODING_DELTA : SC_ENCODING_ZSTD;
    return written;
  }
  *encoding = SC_ENCODING_RAW;
  memcpy (out, chunk, length);
  return length;
}

static gboolean
decode_zstd (ScFrameCoder *self, const guint8 *frame, gsize length, const guint8 *reference, gsize reference_length,
             guint8 *out, gsize chunk_length, GError **error)
{
  gsize written;

  if (reference != NULL)
    ZSTD_DCtx_refPrefix (self->decompressor, reference, reference_length);
  written = ZSTD_decompressDCtx (self->decompressor, out, chunk_length, frame, length);
  if (ZSTD_isError (written)) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "a compressed frame cannot be decoded: %s",
                 ZSTD_getErrorName (written));
    return FALSE;
  }
  if (written != chunk_length) {
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                 "a frame holds %" G_GSIZE_FORMAT " bytes instead of %" G_GSIZE_FORMAT, written, chunk_length);
    return FALSE;
  }
  return TRUE;
}

gboolean
sc_frame_decode (ScFrameCoder *self, ScEncoding encoding, const guint8 *frame, gsize length, const guint8 *reference,
                 gsize reference_length, guint8 *out, gsize chunk_length, GError **error)
{
  g_return_val_if_fail (chunk_length > 0 && chunk_length <= SC_CHUNK_SIZE, FALSE);

  switch (encoding) {
  case SC_ENCODING_ZERO:
    memset (out, 0, chunk_length);
    return TRUE;
  case SC_ENCODING_RAW:
    if (length != chunk_length) {
      g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT,
                   "a raw frame has %" G_GSIZE_FORMAT " bytes instead of %" G_GSIZE_FORMAT, length, chunk_length);
      return FALSE;
    }
    memcpy (out, frame, length);
    return TRUE;
  case SC_ENCODING_ZSTD:
    return decode_zstd (self, frame, length, NULL, 0, out, chunk_length, error);
  case SC_ENCODING_DELTA:
    if (reference == NULL) {
      g_set_error_literal (error, SC_ERROR, SC_ERROR_CORRUPT, "a delta frame came without its reference chunk");
      return FALSE;
    }
    return decode_zstd (self, frame, length, reference, reference_length, out, chunk_length, error);
  default:
    g_set_error (error, SC_ERROR, SC_ERROR_CORRUPT, "a frame has the unknown encoding %d", (int) encoding);
    return FALSE;
  }
}
