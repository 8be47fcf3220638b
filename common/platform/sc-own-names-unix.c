/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-own-names.h"

#include <gio/gio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define FULL_NAME_TIME (2 * G_TIME_SPAN_SECOND)

/* Of the asking thread and of the one that waits for it; the last one frees it. */
typedef struct {
  gatomicrefcount references;
  GMutex mutex;
  GCond cond;
  char *host_name;
  char *full_name; /* (nullable) */
  gboolean done;
} Question;

static void
question_unref (Question *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self->host_name);
  g_free (self->full_name);
  g_free (self);
}

static gpointer
ask (gpointer data)
{
  Question *self = data;
  const struct addrinfo hints = { .ai_flags = AI_CANONNAME, .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;
  gboolean known = getaddrinfo (self->host_name, NULL, &hints, &found) == 0;

  g_mutex_lock (&self->mutex);
  if (known && found->ai_canonname != NULL && strchr (found->ai_canonname, '.') != NULL)
    self->full_name = g_strdup (found->ai_canonname);
  self->done = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  if (known)
    freeaddrinfo (found);
  question_unref (self);
  return NULL;
}

/* From /etc/hosts or the DNS. A server that does not answer would keep it for half a minute. */
char *
sc_own_names_get_full (const char *host_name)
{
  Question *self = g_new0 (Question, 1);
  gint64 end = g_get_monotonic_time () + FULL_NAME_TIME;
  gboolean in_time = TRUE;
  char *full_name = NULL;

  g_atomic_ref_count_init (&self->references);
  g_atomic_ref_count_inc (&self->references);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->host_name = g_strdup (host_name);
  g_thread_unref (g_thread_new ("full-name", ask, self));
  g_mutex_lock (&self->mutex);
  while (!self->done && in_time)
    in_time = g_cond_wait_until (&self->cond, &self->mutex, end);
  full_name = g_strdup (self->full_name);
  g_mutex_unlock (&self->mutex);
  question_unref (self);
  return full_name;
}

static GInetAddress *
to_address (const struct sockaddr *address)
{
  if (address != NULL && address->sa_family == AF_INET)
    return g_inet_address_new_from_bytes ((const guint8 *) &((const struct sockaddr_in *) address)->sin_addr,
                                          G_SOCKET_FAMILY_IPV4);
  if (address != NULL && address->sa_family == AF_INET6)
    return g_inet_address_new_from_bytes ((const guint8 *) &((const struct sockaddr_in6 *) address)->sin6_addr,
                                          G_SOCKET_FAMILY_IPV6);
  return NULL;
}

void
sc_own_names_add_addresses (GPtrArray *names)
{
  struct ifaddrs *all = NULL;

  if (getifaddrs (&all) != 0)
    return;
  for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
    g_autoptr (GInetAddress) address = (i->ifa_flags & IFF_UP) != 0 ? to_address (i->ifa_addr) : NULL;
    g_autofree char *text = address != NULL ? g_inet_address_to_string (address) : NULL;

    if (address != NULL && !g_inet_address_get_is_link_local (address))
      sc_own_names_add (names, text);
  }
  freeifaddrs (all);
}
