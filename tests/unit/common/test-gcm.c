/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whatever library seals, the other one opens; a known answer says that both are right. */
#include "common/sc-gcm.h"

#include "common/sc-multi-buffer.h"

#include <string.h>

#define HEADER_SIZE 12u
#define N_MESSAGES 300u
#define MAX_LENGTH 9000u

/* NIST's SP 800-38D examples, as "The Galois/Counter Mode of Operation" (McGrew, Viega) gives them: test case 4 */
static const guint8 known_key[] = { 0xfe, 0xff, 0xe9, 0x92, 0x86, 0x65, 0x73, 0x1c,
                                    0x6d, 0x6a, 0x8f, 0x94, 0x67, 0x30, 0x83, 0x08 };
static const guint8 known_nonce[] = { 0xca, 0xfe, 0xba, 0xbe, 0xfa, 0xce, 0xdb, 0xad, 0xde, 0xca, 0xf8, 0x88 };
static const guint8 known_header[] = { 0xfe, 0xed, 0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xfe, 0xed,
                                       0xfa, 0xce, 0xde, 0xad, 0xbe, 0xef, 0xab, 0xad, 0xda, 0xd2 };
static const guint8 known_text[] = { 0xd9, 0x31, 0x32, 0x25, 0xf8, 0x84, 0x06, 0xe5, 0xa5, 0x59, 0x09, 0xc5,
                                     0xaf, 0xf5, 0x26, 0x9a, 0x86, 0xa7, 0xa9, 0x53, 0x15, 0x34, 0xf7, 0xda,
                                     0x2e, 0x4c, 0x30, 0x3d, 0x8a, 0x31, 0x8a, 0x72, 0x1c, 0x3c, 0x0c, 0x95,
                                     0x95, 0x68, 0x09, 0x53, 0x2f, 0xcf, 0x0e, 0x24, 0x49, 0xa6, 0xb5, 0x25,
                                     0xb1, 0x6a, 0xed, 0xf5, 0xaa, 0x0d, 0xe6, 0x57, 0xba, 0x63, 0x7b, 0x39 };
static const guint8 known_tag[] = { 0x5b, 0xc9, 0x4f, 0xbc, 0x32, 0x21, 0xa5, 0xdb,
                                    0x94, 0xfa, 0xe9, 0x5a, 0xe7, 0x12, 0x1a, 0x47 };

typedef ScGcm *(*NewFunc) (const guint8 *key);
static const NewFunc makers[] = { sc_gcm_new, sc_gcm_new_openssl };

static void
test_known_answer (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (makers); i++) {
    g_autoptr (ScGcm) gcm = makers[i](known_key);
    guint8 sealed[sizeof known_text + SC_GCM_TAG_SIZE], opened[sizeof known_text];

    sc_gcm_seal (gcm, known_nonce, known_header, sizeof known_header, known_text, sizeof known_text, sealed);
    g_assert_cmpmem (sealed + sizeof known_text, SC_GCM_TAG_SIZE, known_tag, sizeof known_tag);
    g_assert_cmphex (sealed[0], ==, 0x42);
    g_assert_true (sc_gcm_open (gcm, known_nonce, known_header, sizeof known_header, sealed, sizeof opened, opened));
    g_assert_cmpmem (opened, sizeof opened, known_text, sizeof known_text);
  }
}

/* @sealer's answer is opened by the other one, and by neither once a bit of it is changed. */
static void
check_message (ScGcm *sealer, ScGcm *opener, GRand *random, guint8 *text, gsize length)
{
  guint8 nonce[SC_GCM_NONCE_SIZE], header[HEADER_SIZE];
  gsize sealed_length = length + SC_GCM_TAG_SIZE, at;
  g_autofree guint8 *sealed = g_malloc (sealed_length); /* of the exact size, for the sanitizer */
  g_autofree guint8 *opened = g_malloc (length);
  guint8 bit = (guint8) (1u << g_rand_int_range (random, 0, 8));

  for (guint i = 0; i < sizeof nonce; i++)
    nonce[i] = header[i] = (guint8) g_rand_int (random);
  sc_gcm_seal (sealer, nonce, header, sizeof header, length > 0 ? text : NULL, length, sealed);
  g_assert_true (sc_gcm_open (opener, nonce, header, sizeof header, sealed, length, opened));
  g_assert_cmpmem (opened, length, text, length);
  at = (gsize) g_rand_int_range (random, 0, (gint32) sealed_length);
  sealed[at] ^= bit;
  g_assert_false (sc_gcm_open (opener, nonce, header, sizeof header, sealed, length, opened));
  sealed[at] ^= bit;
  header[at % sizeof header] ^= bit;
  g_assert_false (sc_gcm_open (opener, nonce, header, sizeof header, sealed, length, opened));
  header[at % sizeof header] ^= bit;
  nonce[at % sizeof nonce] ^= bit;
  g_assert_false (sc_gcm_open (opener, nonce, header, sizeof header, sealed, length, opened));
  /* in place, as a sender does */
  nonce[at % sizeof nonce] ^= bit;
  memcpy (sealed, text, length);
  sc_gcm_seal (sealer, nonce, header, sizeof header, sealed, length, sealed);
  g_assert_true (sc_gcm_open (opener, nonce, header, sizeof header, sealed, length, opened));
  g_assert_cmpmem (opened, length, text, length);
}

static void
test_each_opens_the_others (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (8);
  g_autofree guint8 *text = g_malloc (MAX_LENGTH);
  g_autoptr (ScGcm) fast = sc_gcm_new (known_key);
  g_autoptr (ScGcm) plain = sc_gcm_new_openssl (known_key);

  g_test_message ("the multi-buffer library is %s", sc_multi_buffer_is_usable () ? "used" : "not used");
  for (guint i = 0; i < MAX_LENGTH; i++)
    text[i] = (guint8) g_rand_int (random);
  for (guint i = 0; i < N_MESSAGES; i++) {
    gsize length = i < 70 ? i : (gsize) g_rand_int_range (random, 0, (gint32) MAX_LENGTH);
    check_message (fast, plain, random, text, length);
    check_message (plain, fast, random, text, length);
    check_message (fast, fast, random, text, length);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/common/gcm/known-answer", test_known_answer);
  g_test_add_func ("/common/gcm/each-opens-the-others", test_each_opens_the_others);
  return g_test_run ();
}
