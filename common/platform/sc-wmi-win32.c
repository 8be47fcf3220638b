/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define COBJMACROS
#include "common/platform/sc-wmi.h"

#include "common/sc-error.h"

#include <wbemidl.h>
#include <windows.h>

/* One call. Caller and thread have a reference each: the caller may have given up when the thread is done. */
typedef struct {
  gatomicrefcount references;
  GMutex lock;
  GCond done_cond;
  gboolean done;
  char *name_space, *query; /* query: (nullable), or else: */
  char *path, *method, *argument_name, *argument, *result_name;
  GStrv properties;
  GPtrArray *rows; /* (nullable) (element-type GStrv): the answer */
  gboolean result;
  HRESULT code;
} Call;

static void
call_unref (Call *call)
{
  if (!g_atomic_ref_count_dec (&call->references))
    return;
  g_clear_pointer (&call->rows, g_ptr_array_unref);
  g_strfreev (call->properties);
  g_free (call->name_space);
  g_free (call->query);
  g_free (call->path);
  g_free (call->method);
  g_free (call->argument_name);
  g_free (call->argument);
  g_free (call->result_name);
  g_mutex_clear (&call->lock);
  g_cond_clear (&call->done_cond);
  g_free (call);
}

static BSTR
to_bstr (const char *text)
{
  g_autofree gunichar2 *wide = g_utf8_to_utf16 (text, -1, NULL, NULL, NULL);
  return SysAllocString (wide != NULL ? (const OLECHAR *) wide : L"");
}

static char *
of_bstr (const OLECHAR *text)
{
  char *utf8 = text != NULL ? g_utf16_to_utf8 ((const gunichar2 *) text, -1, NULL, NULL, NULL) : NULL;
  return utf8 != NULL ? utf8 : g_strdup ("");
}

static char *
get_property (IWbemClassObject *object, const char *name)
{
  g_autofree gunichar2 *wide = g_utf8_to_utf16 (name, -1, NULL, NULL, NULL);
  char *text = NULL;
  VARIANT value, as_text;

  VariantInit (&value);
  VariantInit (&as_text);
  if (wide == NULL || FAILED (IWbemClassObject_Get (object, (LPCWSTR) wide, 0, &value, NULL, NULL)))
    return g_strdup ("");
  if (V_VT (&value) == VT_BOOL)
    text = g_strdup (V_BOOL (&value) != VARIANT_FALSE ? "true" : "false");
  else if (V_VT (&value) != VT_NULL && V_VT (&value) != VT_EMPTY &&
           SUCCEEDED (VariantChangeType (&as_text, &value, 0, VT_BSTR)))
    text = of_bstr (V_BSTR (&as_text));
  VariantClear (&value);
  VariantClear (&as_text);
  return text != NULL ? text : g_strdup ("");
}

static HRESULT
connect_services (const char *name_space, IWbemServices **services)
{
  IWbemLocator *locator = NULL;
  HRESULT code =
      CoCreateInstance (&CLSID_WbemLocator, NULL, CLSCTX_INPROC_SERVER, &IID_IWbemLocator, (void **) &locator);

  if (FAILED (code))
    return code;
  BSTR name = to_bstr (name_space);
  code = IWbemLocator_ConnectServer (locator, name, NULL, NULL, NULL, WBEM_FLAG_CONNECT_USE_MAX_WAIT, NULL, NULL,
                                     services);
  SysFreeString (name);
  IWbemLocator_Release (locator);
  if (FAILED (code))
    return code;
  /* UWF's provider wants the calls to be private; without the right to that, the query says so itself */
  CoSetProxyBlanket ((IUnknown *) *services, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                     RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE);
  return code;
}

static void
add_row (Call *call, IWbemClassObject *object)
{
  guint n = g_strv_length (call->properties);
  GStrv row = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    row[i] = get_property (object, call->properties[i]);
  g_ptr_array_add (call->rows, row);
}

static HRESULT
run_query (Call *call, IWbemServices *services)
{
  IEnumWbemClassObject *list = NULL;
  BSTR language = to_bstr ("WQL"), query = to_bstr (call->query);
  HRESULT code = IWbemServices_ExecQuery (services, language, query,
                                          WBEM_FLAG_FORWARD_ONLY | WBEM_FLAG_RETURN_IMMEDIATELY, NULL, &list);

  SysFreeString (language);
  SysFreeString (query);
  if (FAILED (code))
    return code;
  CoSetProxyBlanket ((IUnknown *) list, RPC_C_AUTHN_WINNT, RPC_C_AUTHZ_NONE, NULL, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                     RPC_C_IMP_LEVEL_IMPERSONATE, NULL, EOAC_NONE);
  while (call->rows->len < SC_WMI_MAX_ROWS) {
    IWbemClassObject *object = NULL;
    ULONG n = 0;
    code = IEnumWbemClassObject_Next (list, WBEM_INFINITE, 1, &object, &n);
    if (FAILED (code) || n == 0)
      break;
    add_row (call, object);
    IWbemClassObject_Release (object);
  }
  IEnumWbemClassObject_Release (list);
  return code;
}

/* "UWF_Volume" of "UWF_Volume.CurrentSession=TRUE,…". */
static char *
class_of (const char *path)
{
  return g_strndup (path, strcspn (path, ".="));
}

/* What the method takes, with its one argument. */
static HRESULT
make_arguments (Call *call, IWbemServices *services, IWbemClassObject **arguments)
{
  g_autofree char *class_name = class_of (call->path);
  g_autofree gunichar2 *name = g_utf8_to_utf16 (call->argument_name, -1, NULL, NULL, NULL);
  IWbemClassObject *class_object = NULL, *signature = NULL;
  BSTR path = to_bstr (class_name), method = to_bstr (call->method);
  HRESULT code = IWbemServices_GetObject (services, path, 0, NULL, &class_object, NULL);

  if (SUCCEEDED (code)) {
    code = IWbemClassObject_GetMethod (class_object, method, 0, &signature, NULL);
    IWbemClassObject_Release (class_object);
  }
  SysFreeString (path);
  SysFreeString (method);
  if (FAILED (code) || signature == NULL)
    return FAILED (code) ? code : (HRESULT) WBEM_E_NOT_FOUND;
  code = IWbemClassObject_SpawnInstance (signature, 0, arguments);
  IWbemClassObject_Release (signature);
  if (FAILED (code))
    return code;
  VARIANT value;
  VariantInit (&value);
  V_VT (&value) = VT_BSTR;
  V_BSTR (&value) = to_bstr (call->argument);
  code = IWbemClassObject_Put (*arguments, (LPCWSTR) name, 0, &value, 0);
  VariantClear (&value);
  return code;
}

static HRESULT
run_method (Call *call, IWbemServices *services)
{
  IWbemClassObject *arguments = NULL, *answer = NULL;
  HRESULT code = make_arguments (call, services, &arguments);

  if (SUCCEEDED (code)) {
    BSTR path = to_bstr (call->path), method = to_bstr (call->method);
    code = IWbemServices_ExecMethod (services, path, method, 0, NULL, arguments, &answer, NULL);
    SysFreeString (path);
    SysFreeString (method);
  }
  if (SUCCEEDED (code) && answer == NULL)
    code = WBEM_E_NOT_FOUND;
  if (SUCCEEDED (code)) {
    g_autofree char *text = get_property (answer, call->result_name);
    call->result = g_str_equal (text, "true");
  }
  if (answer != NULL)
    IWbemClassObject_Release (answer);
  if (arguments != NULL)
    IWbemClassObject_Release (arguments);
  return code;
}

static gpointer
call_thread (gpointer data)
{
  Call *call = data;
  IWbemServices *services = NULL;
  HRESULT code = CoInitializeEx (NULL, COINIT_MULTITHREADED);

  if (SUCCEEDED (code)) {
    code = connect_services (call->name_space, &services);
    if (SUCCEEDED (code)) {
      code = call->query != NULL ? run_query (call, services) : run_method (call, services);
      IWbemServices_Release (services);
    }
    CoUninitialize ();
  }
  g_mutex_lock (&call->lock);
  call->code = code;
  call->done = TRUE;
  g_cond_signal (&call->done_cond);
  g_mutex_unlock (&call->lock);
  call_unref (call);
  return NULL;
}

static Call *
call_new (const char *name_space)
{
  Call *call = g_new0 (Call, 1);

  g_atomic_ref_count_init (&call->references);
  g_mutex_init (&call->lock);
  g_cond_init (&call->done_cond);
  call->name_space = g_strdup (name_space);
  call->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return call;
}

static ScError
kind_of (HRESULT code)
{
  switch ((DWORD) code) {
  case WBEM_E_INVALID_CLASS:
  case WBEM_E_INVALID_NAMESPACE:
  case WBEM_E_NOT_FOUND:
  case WBEM_E_INVALID_METHOD:
  case WBEM_E_PROVIDER_NOT_FOUND:
  case WBEM_E_PROVIDER_LOAD_FAILURE:
    return SC_ERROR_NOT_FOUND;
  case WBEM_E_ACCESS_DENIED:
  case (DWORD) E_ACCESSDENIED:
    return SC_ERROR_DENIED;
  default:
    return SC_ERROR_SYSTEM;
  }
}

static gboolean
set_error (GError **error, HRESULT code, const char *name_space)
{
  g_set_error (error, SC_ERROR, (gint) kind_of (code), "WMI's %s does not answer: error 0x%08lx", name_space,
               (gulong) code);
  return FALSE;
}

/* Awaits the answer. */
static gboolean
run (Call *call, guint timeout, GError **error)
{
  gint64 end = g_get_monotonic_time () + (gint64) timeout * 1000;
  gboolean done;

  g_atomic_ref_count_inc (&call->references);
  GThread *thread = g_thread_try_new ("wmi", call_thread, call, error);
  if (thread == NULL) {
    call_unref (call);
    return FALSE;
  }
  g_thread_unref (thread);
  g_mutex_lock (&call->lock);
  while (!call->done && g_cond_wait_until (&call->done_cond, &call->lock, end))
    continue;
  done = call->done;
  g_mutex_unlock (&call->lock);
  if (!done) {
    g_set_error (error, SC_ERROR, SC_ERROR_UNREACHABLE, "WMI's %s did not answer within %u s", call->name_space,
                 timeout / 1000);
    return FALSE;
  }
  return SUCCEEDED (call->code) || set_error (error, call->code, call->name_space);
}

GPtrArray *
sc_wmi_query (const char *name_space, const char *query, const char *const *properties, guint timeout, GError **error)
{
  Call *call = call_new (name_space);
  GPtrArray *rows = NULL;

  call->query = g_strdup (query);
  call->properties = g_strdupv ((char **) properties);
  if (run (call, timeout, error))
    rows = g_steal_pointer (&call->rows);
  call_unref (call);
  return rows;
}

gboolean
sc_wmi_ask (const char *name_space, const char *path, const char *method, const char *argument_name,
            const char *argument, const char *result_name, guint timeout, gboolean *result, GError **error)
{
  Call *call = call_new (name_space);

  call->path = g_strdup (path);
  call->method = g_strdup (method);
  call->argument_name = g_strdup (argument_name);
  call->argument = g_strdup (argument);
  call->result_name = g_strdup (result_name);
  gboolean answered = run (call, timeout, error);
  if (answered)
    *result = call->result;
  call_unref (call);
  return answered;
}
