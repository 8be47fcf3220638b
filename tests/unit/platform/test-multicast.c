/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-multicast-receiver.h"
#include "common/platform/sc-multicast-sender.h"

#include <string.h>
#include <unistd.h>

#include "common/sc-error.h"

#define LOOPBACK "127.0.0.1"
#define STRIDE 2048u
#define MANY 70u
#define PATIENCE (10 * G_USEC_PER_SEC)

/* Of this process alone, as tests may run side by side. */
static char *
own_group (guint last)
{
  guint pid = (guint) getpid ();
  return g_strdup_printf ("239.255.%u.%u", pid % 250 + 1, last);
}

static guint16
own_port (void)
{
  return (guint16) (20000 + (guint) getpid () % 10000);
}

static ScMulticastSender *
make_sender (const char *group)
{
  g_autoptr (GError) error = NULL;
  ScMulticastSender *sender = sc_multicast_sender_new (group, own_port (), LOOPBACK, &error);
  g_assert_no_error (error);
  return sender;
}

static ScMulticastReceiver *
make_receiver (const char *group)
{
  g_autoptr (GError) error = NULL;
  ScMulticastReceiver *receiver = sc_multicast_receiver_new (group, own_port (), LOOPBACK, &error);
  g_assert_no_error (error);
  return receiver;
}

static void
collect (const guint8 *datagram, gsize length, gpointer user_data)
{
  g_ptr_array_add (user_data, g_bytes_new (datagram, length));
}

static GPtrArray *
receive (ScMulticastReceiver *receiver, guint wanted)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *datagrams = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  while (datagrams->len < wanted) {
    guint before = datagrams->len;
    sc_multicast_receiver_receive (receiver, PATIENCE, NULL, collect, datagrams, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (datagrams->len, >, before); /* nothing was lost: a test of its own process, and a large buffer */
  }
  g_assert_cmpuint (datagrams->len, ==, wanted);
  return datagrams;
}

/* Datagram i is full of the byte i. */
static void
assert_datagrams (GPtrArray *datagrams, const gsize *lengths)
{
  for (guint i = 0; i < datagrams->len; i++) {
    gsize length;
    const guint8 *data = g_bytes_get_data (datagrams->pdata[i], &length);
    g_assert_cmpuint (length, ==, lengths[i]);
    for (gsize j = 0; j < length; j++)
      g_assert_cmpuint (data[j], ==, i);
  }
}

static void
check_sending (gsize stride, const gsize *lengths, guint n)
{
  g_autofree char *group = own_group (1);
  g_autoptr (ScMulticastReceiver) first = make_receiver (group);
  g_autoptr (ScMulticastReceiver) second = make_receiver (group);
  g_autoptr (ScMulticastSender) sender = make_sender (group);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *data = g_malloc0 (stride * n);
  for (guint i = 0; i < n; i++)
    memset (data + i * stride, (int) i, lengths[i]);

  g_assert_true (sc_multicast_sender_send (sender, data, stride, lengths, n, &error));
  g_assert_no_error (error);
  g_autoptr (GPtrArray) at_first = receive (first, n);
  g_autoptr (GPtrArray) at_second = receive (second, n);
  assert_datagrams (at_first, lengths);
  assert_datagrams (at_second, lengths);
  g_assert_cmpuint (sc_multicast_receiver_get_dropped (first), ==, 0);
}

static void
test_equal (void)
{
  gsize lengths[MANY];
  for (guint i = 0; i < MANY; i++)
    lengths[i] = i + 1 < MANY ? 1440 : 700;
  check_sending (1440, lengths, MANY);   /* in one piece */
  check_sending (STRIDE, lengths, MANY); /* with gaps */
  check_sending (STRIDE, lengths, 1);
}

static void
test_mixed (void)
{
  gsize lengths[MANY];
  for (guint i = 0; i < MANY; i++)
    lengths[i] = 1 + i * 7 % 1440;
  check_sending (STRIDE, lengths, MANY);
  for (guint i = 0; i < MANY; i++)
    lengths[i] = i % 2 == 0 ? 0 : STRIDE; /* empty ones too, and bursts that are too large for one */
  check_sending (STRIDE, lengths, MANY);
  for (guint i = 0; i < MANY; i++)
    lengths[i] = 8972;
  check_sending (8972, lengths, MANY); /* jumbo frames */
}

/* @n datagrams of @size bytes, the last of @last, in bursts of @per_burst. */
static void
check_bursts (gsize size, gsize last, guint n, guint per_burst)
{
  g_autofree char *group = own_group (1);
  g_autoptr (ScMulticastReceiver) receiver = make_receiver (group);
  g_autoptr (ScMulticastSender) sender = make_sender (group);
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *data = g_malloc (size * n);
  g_autofree gsize *lengths = g_new (gsize, n);
  g_autofree ScMulticastBurst *bursts = g_new (ScMulticastBurst, n);
  guint n_bursts = 0;

  for (guint i = 0; i < n; i++) {
    lengths[i] = i + 1 < n ? size : last;
    memset (data + i * size, (int) i, size);
    if (i % per_burst == 0)
      bursts[n_bursts++] = (ScMulticastBurst){ .data = data + i * size, .datagram_size = size };
    bursts[n_bursts - 1].length += lengths[i];
  }
  g_assert_true (sc_multicast_sender_send_bursts (sender, bursts, n_bursts, &error));
  g_assert_no_error (error);
  g_autoptr (GPtrArray) datagrams = receive (receiver, n);
  assert_datagrams (datagrams, lengths);
}

static void
test_bursts (void)
{
  check_bursts (1472, 1472, 44, 44);
  check_bursts (1472, 32, 44 * 5, 44);
  check_bursts (8972, 8972, 7 * 12, 7); /* jumbo frames, and more than one system call takes */
  check_bursts (40, 40, 1, 1);
  check_bursts (44, 32, SC_MULTICAST_BURST_DATAGRAMS, SC_MULTICAST_BURST_DATAGRAMS);
  /* the kernel cuts no burst into so many: they go one by one, and so does all that comes after it */
  check_bursts (64, 60, 250, 2 * SC_MULTICAST_BURST_DATAGRAMS + 1);
}

static void
test_groups_apart (void)
{
  g_autofree char *ours = own_group (1);
  g_autofree char *theirs = own_group (2);
  g_autoptr (ScMulticastReceiver) at_theirs = make_receiver (theirs);
  g_autoptr (ScMulticastReceiver) at_ours = make_receiver (ours);
  g_autoptr (ScMulticastSender) to_theirs = make_sender (theirs);
  g_autoptr (ScMulticastSender) to_ours = make_sender (ours);
  g_autoptr (GError) error = NULL;
  const gsize length = 1;
  const guint8 zero = 0;

  g_assert_true (sc_multicast_sender_send (to_theirs, (const guint8 *) "\1", 1, &length, 1, &error));
  g_assert_true (sc_multicast_sender_has_room (to_ours));
  g_assert_true (sc_multicast_sender_send_or_drop (to_ours, &zero, length, &error));
  g_assert_no_error (error);
  g_autoptr (GPtrArray) datagrams = receive (at_ours, 1); /* asserts that there is but one */
  assert_datagrams (datagrams, &length);
}

static gpointer
cancel (gpointer data)
{
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_waiting (void)
{
  g_autofree char *group = own_group (1);
  g_autoptr (ScMulticastReceiver) receiver = make_receiver (group);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (sc_multicast_receiver_receive (receiver, 0, cancellable, collect, none, &error));
  g_assert_true (sc_multicast_receiver_receive (receiver, 1000, cancellable, collect, none, &error));
  g_assert_no_error (error);
  GThread *thread = g_thread_new ("cancel", cancel, cancellable);
  g_assert_false (sc_multicast_receiver_receive (receiver, -1, cancellable, collect, none, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_CANCELLED);
  g_thread_join (thread);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_bad_arguments (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *group = own_group (1);
  g_assert_null (sc_multicast_sender_new ("10.0.0.1", 9000, LOOPBACK, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_multicast_receiver_new ("239.255.0", 9000, LOOPBACK, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_multicast_receiver_new (group, 9000, "eth0", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (sc_multicast_receiver_new (group, 9000, "192.0.2.77", &error)); /* RFC 5737: nobody's */
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_nonnull (strstr (error->message, "192.0.2.77"));
  g_clear_error (&error);
  g_assert_null (sc_multicast_sender_new (group, 9000, "192.0.2.77", &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_clear_error (&error);

  g_autoptr (ScMulticastSender) sender = make_sender (group);
  g_autofree guint8 *data = g_malloc0 (70000);
  const gsize length = 70000;
  g_assert_false (sc_multicast_sender_send (sender, data, length, &length, 1, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_nonnull (strstr (error->message, "MTU"));
  g_clear_error (&error);
  g_assert_false (sc_multicast_sender_send_or_drop (sender, data, length, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_SYSTEM);
  g_assert_nonnull (strstr (error->message, "MTU"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/platform/multicast/equal", test_equal);
  g_test_add_func ("/platform/multicast/mixed", test_mixed);
  g_test_add_func ("/platform/multicast/bursts", test_bursts);
  g_test_add_func ("/platform/multicast/groups-apart", test_groups_apart);
  g_test_add_func ("/platform/multicast/waiting", test_waiting);
  g_test_add_func ("/platform/multicast/bad-arguments", test_bad_arguments);
  return g_test_run ();
}
