/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-error.h"
#include "console/engine/trust/sc-password.h"

#include <string.h>

#define QUICK 4u /* log2 N */

static gboolean
fits (const char *password, const char *encoded)
{
  g_autoptr (GError) error = NULL;
  gboolean result = FALSE;

  g_assert_true (sc_password_fits (password, encoded, &result, &error));
  g_assert_no_error (error);
  return result;
}

static void
test_fits (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *first = sc_password_encode ("correct horse", QUICK, &error);
  g_autofree char *second = sc_password_encode ("correct horse", QUICK, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (first, "$scrypt$ln=4,r=8,p=1$"));
  g_assert_cmpstr (first, !=, second); /* each has a salt of its own */
  g_assert_null (strstr (first, "horse"));
  g_assert_true (fits ("correct horse", first));
  g_assert_true (fits ("correct horse", second));
  g_assert_false (fits ("correct horsE", first));
  g_assert_false (fits ("", first));
  g_assert_false (fits ("\xff\xfe", first));
}

/* As it is kept: N = 2^15, r = 8, p = 1. */
static void
test_cost (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *encoded = sc_password_encode ("correct horse", SC_PASSWORD_COST, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (encoded, "$scrypt$ln=15,r=8,p=1$"));
  g_assert_true (fits ("correct horse", encoded));
}

/* Python's hashlib.scrypt (b"pässword", salt=b"0123456789abcdef", n=1024, r=8, p=1, dklen=32) */
static void
test_known (void)
{
  static const char encoded[] =
      "$scrypt$ln=10,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$YvUgAXFpmzVXONT09h2Ur/0chpC0umdvyARbkR7DGzY";

  g_assert_true (fits ("pässword", encoded));
  g_assert_true (fits ("pa\xcc\x88ssword", encoded)); /* typed as two characters */
  g_assert_false (fits ("password", encoded));
}

static void
test_damaged (void)
{
  static const char *const samples[] = {
    "",
    "secret",
    "$scrypt$ln=4,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg",
    "$scrypt$ln=4,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$AAAA",
    "$scrypt$ln=4,r=8,p=1$MDEy$LgpCW0kEZE4xDPwUxkvLPFZ6OuuVW7yADjGqLb0dCnE",
    "$scrypt$ln=31,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$LgpCW0kEZE4xDPwUxkvLPFZ6OuuVW7yADjGqLb0dCnE", /* 256 GiB */
    "$scrypt$ln=0,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$LgpCW0kEZE4xDPwUxkvLPFZ6OuuVW7yADjGqLb0dCnE",
    "$scrypt$ln=4,r=8,p=1,x=1$MDEyMzQ1Njc4OWFiY2RlZg$LgpCW0kEZE4xDPwUxkvLPFZ6OuuVW7yADjGqLb0dCnE",
    "$scrypt$ln=4,r=99,p=99$MDEyMzQ1Njc4OWFiY2RlZg$LgpCW0kEZE4xDPwUxkvLPFZ6OuuVW7yADjGqLb0dCnE",
    "$argon2$ln=4,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$LgpCW0kEZE4xDPwUxkvLPFZ6OuuVW7yADjGqLb0dCnE",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autoptr (GError) error = NULL;
    gboolean result = TRUE;

    g_test_message ("%s", samples[i]);
    g_assert_false (sc_password_fits ("secret", samples[i], &result, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_CORRUPT);
    g_assert_false (result);
  }
}

static void
test_none (void)
{
  g_autofree char *none = sc_password_encode_none (QUICK);

  g_assert_true (g_str_has_prefix (none, "$scrypt$ln=4,r=8,p=1$"));
  g_assert_false (fits ("", none));
  g_assert_false (fits ("correct horse", none));
}

static void
test_rules (void)
{
  g_autofree char *longest = g_strnfill (256, 'x');
  g_autofree char *too_long = g_strnfill (257, 'x');
  const struct {
    const char *password;
    gboolean allowed;
  } samples[] = {
    { "correct horse", TRUE },
    { "1234567890", TRUE },
    { "ünïcödéürö", TRUE }, /* 10 characters */
    { longest, TRUE },
    { too_long, FALSE },
    { "123456789", FALSE },
    { "äöüäöü", FALSE }, /* 12 bytes, 6 characters */
    { "", FALSE },
    { "correct\nhorse", FALSE },
    { "correct\x01horse", FALSE },
    { "correct\xffhorse", FALSE },
    { "Anna.Mueller", FALSE },
    { "anna.mueller", FALSE },
    { "anna.mueller1", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (samples); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%" G_GSIZE_FORMAT, i);
    g_assert_cmpint (sc_password_is_allowed (samples[i].password, "anna.mueller", &error), ==, samples[i].allowed);
    if (samples[i].allowed) {
      g_assert_no_error (error);
      continue;
    }
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    if (*samples[i].password != '\0')
      g_assert_null (strstr (error->message, samples[i].password)); /* it is a secret all the same */
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/password/fits", test_fits);
  g_test_add_func ("/password/cost", test_cost);
  g_test_add_func ("/password/known", test_known);
  g_test_add_func ("/password/damaged", test_damaged);
  g_test_add_func ("/password/none", test_none);
  g_test_add_func ("/password/rules", test_rules);
  return g_test_run ();
}
