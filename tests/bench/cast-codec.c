/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/cast/sc-cast-code.h"
#include "common/cast/sc-cast-packet.h"

#include <string.h>

/* How fast the code and the cipher are on one core, in MB of source a second, with memcpy in the same run as a
 * measure of the machine. */

#define K SC_CAST_MAX_SOURCE_SYMBOLS
#define SIZE SC_CAST_SYMBOL_SIZE
#define MIN_TIME 500000 /* µs for each figure */

typedef struct {
  ScCastCode *code;
  ScCastSealer *sealer;
  guint8 *block;
  guint8 *work;
  guint8 *parity;
  guint8 *datagrams;
  const guint8 *source[K];
  guint8 symbols[K];
  guint n_repairs;
} Bench;

static void
run_memcpy (Bench *bench)
{
  memcpy (bench->work, bench->block, (gsize) K * SIZE);
}

static void
run_encode (Bench *bench)
{
  sc_cast_code_encode (bench->code, K, bench->source, K, bench->n_repairs, bench->parity);
}

/* The slots of the first n_repairs symbols hold parity again after each run's copy. */
static void
run_decode (Bench *bench)
{
  memcpy (bench->work, bench->parity, (gsize) bench->n_repairs * SIZE);
  sc_cast_code_decode (bench->code, K, bench->work, bench->symbols);
}

static void
run_seal (Bench *bench)
{
  ScCastHeader header = { .type = SC_CAST_PACKET_SYMBOL };
  gsize stride = SC_CAST_HEADER_SIZE + SIZE + SC_CAST_TAG_SIZE;

  for (guint i = 0; i < K; i++) {
    header.counter++;
    sc_cast_sealer_seal (bench->sealer, &header, bench->source[i], SIZE, bench->datagrams + i * stride);
  }
}

static void
run_open (Bench *bench)
{
  gsize stride = SC_CAST_HEADER_SIZE + SIZE + SC_CAST_TAG_SIZE, length;
  ScCastHeader header;

  for (guint i = 0; i < K; i++) {
    if (!sc_cast_sealer_open (bench->sealer, bench->datagrams + i * stride, stride, &header, bench->work, &length))
      g_error ("a packet does not open");
  }
}

static void
measure (Bench *bench, const char *what, void (*run) (Bench *))
{
  gint64 start = g_get_monotonic_time (), elapsed;
  guint64 n = 0;

  do {
    run (bench);
    n++;
    elapsed = g_get_monotonic_time () - start;
  } while (elapsed < MIN_TIME);
  g_print ("{\"benchmark\":\"cast-codec\",\"what\":\"%s\",\"k\":%u,\"repairs\":%u,\"MB_per_second\":%.0f}\n", what, K,
           bench->n_repairs, (double) n * K * SIZE / (double) elapsed);
}

int
main (void)
{
  static const guint repairs[] = { 2, 10, 20, 55 };
  g_autofree guint8 *block = g_malloc ((gsize) K * SIZE);
  g_autofree guint8 *work = g_malloc ((gsize) K * SIZE);
  g_autofree guint8 *parity = g_malloc ((gsize) 55 * SIZE);
  g_autofree guint8 *datagrams = g_malloc ((gsize) K * (SC_CAST_HEADER_SIZE + SIZE + SC_CAST_TAG_SIZE));
  g_autoptr (ScCastCode) code = sc_cast_code_new (SIZE);
  g_autoptr (ScCastSealer) sealer = NULL;
  Bench bench = { .code = code, .block = block, .work = work, .parity = parity, .datagrams = datagrams };
  ScCastKey key;

  sc_cast_key_generate (&key);
  sealer = sc_cast_sealer_new (&key);
  bench.sealer = sealer;
  for (gsize i = 0; i < (gsize) K * SIZE; i++)
    block[i] = (guint8) (i * 2654435761u >> 13);
  for (guint i = 0; i < K; i++)
    bench.source[i] = block + (gsize) i * SIZE;

  measure (&bench, "memcpy", run_memcpy);
  for (guint r = 0; r < G_N_ELEMENTS (repairs); r++) {
    bench.n_repairs = repairs[r];
    for (guint i = 0; i < K; i++)
      bench.symbols[i] = (guint8) (i < bench.n_repairs ? K + i : i);
    measure (&bench, "encode", run_encode);
    run_memcpy (&bench);
    measure (&bench, "decode", run_decode);
    if (memcmp (work, block, (gsize) K * SIZE) != 0)
      g_error ("decoding gave other bytes");
  }
  bench.n_repairs = 0;
  measure (&bench, "seal", run_seal);
  measure (&bench, "open", run_open);
  return 0;
}
