/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tells ThreadSanitizer how GLib synchronises. GLib's locks are futexes of its own and Debian's GLib is not
 * instrumented, so all that it orders would be reported as a race. Preloaded, the functions here stand before GLib's of
 * the same name, for our code and for GIO, GObject and libsoup alike; calls inside libglib itself do not come here.
 * Where two functions do the same work, only the one that is in use is here. */

#include <dlfcn.h>
#include <gio/gio.h>

#undef g_atomic_ref_count_dec

/* Weak: a program that is not built for ThreadSanitizer, started by a test, inherits the preload. */
#define WEAK __attribute__ ((weak))
extern void __tsan_acquire (void *address) WEAK;
extern void __tsan_release (void *address) WEAK;
extern void AnnotateIgnoreWritesBegin (const char *file, int line) WEAK;
extern void AnnotateIgnoreWritesEnd (const char *file, int line) WEAK;
extern void __tsan_mutex_destroy (void *mutex, unsigned flags) WEAK;
extern void __tsan_mutex_pre_lock (void *mutex, unsigned flags) WEAK;
extern void __tsan_mutex_post_lock (void *mutex, unsigned flags, int recursion) WEAK;
extern int __tsan_mutex_pre_unlock (void *mutex, unsigned flags) WEAK;
extern void __tsan_mutex_post_unlock (void *mutex, unsigned flags) WEAK;

enum { TRY_LOCK = 1 << 4, TRY_LOCK_FAILED = 1 << 5 }; /* as in <sanitizer/tsan_interface.h> */

/* GLib's own function, looked for once: two threads that look at the same time find the same. */
#define GLIB(name)                                                                                                     \
  ({                                                                                                                   \
    static __typeof__ (&name) function;                                                                                \
    if (function == NULL)                                                                                              \
      function = (__typeof__ (&name)) dlsym (RTLD_NEXT, #name);                                                        \
    function;                                                                                                          \
  })

static void
acquire (gpointer address)
{
  if (__tsan_acquire != NULL)
    __tsan_acquire (address);
}

static void
release (gpointer address)
{
  if (__tsan_release != NULL)
    __tsan_release (address);
}

static void
before_lock (GMutex *mutex, unsigned flags)
{
  if (__tsan_mutex_pre_lock != NULL)
    __tsan_mutex_pre_lock (mutex, flags);
}

static void
after_lock (GMutex *mutex, unsigned flags)
{
  if (__tsan_mutex_post_lock != NULL)
    __tsan_mutex_post_lock (mutex, flags, 0);
}

static void
at_unlock (GMutex *mutex)
{
  if (__tsan_mutex_pre_unlock == NULL)
    return;
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
}

/* Locks and conditions */

void
g_mutex_lock (GMutex *mutex)
{
  before_lock (mutex, 0);
  GLIB (g_mutex_lock) (mutex);
  after_lock (mutex, 0);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked;

  before_lock (mutex, TRY_LOCK);
  locked = GLIB (g_mutex_trylock) (mutex);
  after_lock (mutex, locked ? TRY_LOCK : TRY_LOCK | TRY_LOCK_FAILED);
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  at_unlock (mutex);
  GLIB (g_mutex_unlock) (mutex);
}

void
g_mutex_clear (GMutex *mutex)
{
  GLIB (g_mutex_clear) (mutex);
  if (__tsan_mutex_destroy != NULL)
    __tsan_mutex_destroy (mutex, 0);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  at_unlock (mutex);
  GLIB (g_cond_wait) (cond, mutex);
  before_lock (mutex, 0);
  after_lock (mutex, 0);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean signalled;

  at_unlock (mutex);
  signalled = GLIB (g_cond_wait_until) (cond, mutex, end_time);
  before_lock (mutex, 0);
  after_lock (mutex, 0);
  return signalled;
}

/* The last reference's owner frees what the others wrote. */

void
g_object_unref (gpointer object)
{
  release (object);
  acquire (object); /* before, as the object may be gone after; the count itself orders it */
  GLIB (g_object_unref) (object);
}

void
g_bytes_unref (GBytes *bytes)
{
  if (bytes != NULL) {
    release (bytes);
    acquire (bytes);
  }
  GLIB (g_bytes_unref) (bytes);
}

gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  gboolean last;

  release (count);
  last = GLIB (g_atomic_ref_count_dec) (count);
  if (last)
    acquire (count);
  return last;
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  release (box);
  acquire (box);
  GLIB (g_atomic_rc_box_release_full) (box, clear);
}

/* An object's data (its pending notifications too) are under a bit lock inside libglib. */

void
g_datalist_id_set_data_full (GData **list, GQuark key, gpointer data, GDestroyNotify destroy)
{
  acquire (list);
  GLIB (g_datalist_id_set_data_full) (list, key, data, destroy);
  release (list);
}

/* Queues and pools */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  release (queue);
  GLIB (g_async_queue_push) (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = GLIB (g_async_queue_pop) (queue);

  acquire (queue);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout)
{
  gpointer data = GLIB (g_async_queue_timeout_pop) (queue, timeout);

  acquire (queue);
  return data;
}

/* What a pool made here has as its user data. Kept for the life of the process, as a pool may outlive its free. */
typedef struct {
  GFunc func;
  gpointer data;
  char done; /* its address stands for the ends of all work */
} Pool;

static void
pool_work (gpointer item, gpointer data)
{
  Pool *pool = data;

  acquire (pool);
  pool->func (item, pool->data);
  release (&pool->done);
}

GThreadPool *
g_thread_pool_new (GFunc func, gpointer data, gint max_threads, gboolean exclusive, GError **error)
{
  Pool *pool = g_new0 (Pool, 1);
  GThreadPool *made;

  pool->func = func;
  pool->data = data;
  /* The pool's own memory is freed by its last thread, which an idle one of another pool may have become without ever
   * having had work of this one; within libglib a lock orders that. */
  if (AnnotateIgnoreWritesBegin != NULL)
    AnnotateIgnoreWritesBegin (__FILE__, __LINE__);
  made = GLIB (g_thread_pool_new) (pool_work, pool, max_threads, exclusive, error);
  if (AnnotateIgnoreWritesEnd != NULL)
    AnnotateIgnoreWritesEnd (__FILE__, __LINE__);
  return made;
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  if (pool->func == pool_work)
    release (pool->user_data);
  return GLIB (g_thread_pool_push) (pool, data, error);
}

void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait_)
{
  Pool *ours = pool->func == pool_work ? pool->user_data : NULL;

  GLIB (g_thread_pool_free) (pool, immediate, wait_);
  if (wait_ && ours != NULL)
    acquire (&ours->done);
}

/* Idle and timeout sources: one thread attaches, another calls. GTask's results come this way too. Sources of other
 * kinds have callbacks of other types. */

typedef struct {
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Callback;

static gboolean
callback_call (gpointer data)
{
  Callback *callback = data;
  gboolean again;

  acquire (g_main_current_source ());
  acquire (callback);
  again = callback->func (callback->data);
  release (callback);
  return again;
}

static void
callback_free (gpointer data)
{
  Callback *callback = data;

  acquire (callback);
  if (callback->notify != NULL)
    callback->notify (callback->data);
  g_free (callback);
}

void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Callback *callback;

  if (source->source_funcs != &g_idle_funcs && source->source_funcs != &g_timeout_funcs) {
    GLIB (g_source_set_callback) (source, func, data, notify);
    return;
  }
  callback = g_new0 (Callback, 1);
  callback->func = func;
  callback->data = data;
  callback->notify = notify;
  release (callback);
  GLIB (g_source_set_callback) (source, callback_call, callback, callback_free);
}

guint
g_source_attach (GSource *source, GMainContext *context)
{
  guint id;

  release (source);
  /* Of the first source of a priority the context makes a list, which the thread that runs it frees once that is empty;
   * within libglib a lock orders that. */
  if (AnnotateIgnoreWritesBegin != NULL)
    AnnotateIgnoreWritesBegin (__FILE__, __LINE__);
  id = GLIB (g_source_attach) (source, context);
  if (AnnotateIgnoreWritesEnd != NULL)
    AnnotateIgnoreWritesEnd (__FILE__, __LINE__);
  return id;
}

/* Whoever is woken by a source of his own takes its time away again (sc_wakeup_ring()): that orders the two. */
void
g_source_set_ready_time (GSource *source, gint64 ready_time)
{
  release (source);
  acquire (source);
  GLIB (g_source_set_ready_time) (source, ready_time);
}

guint
g_idle_add_full (gint priority, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, data, notify);
  return g_source_attach (source, NULL);
}
