/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define COBJMACROS
#include "common/platform/sc-wmi.h"

#include "common/sc-error.h"

#include <wbemidl.h>
#include <windows.h>

/* One call. Nothing but the rows is owned. */
typedef struct {
  const char *name_space, *query; /* query: (nullable), or else: */
  const char *path, *method, *argument_name, *argument, *result_name;
  const char *const *properties;
  GPtrArray *rows; /* (element-type GStrv): the answer */
  gboolean result;
} Call;

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
  guint n = g_strv_length ((char **) call->properties);
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
run (Call *call, GError **error)
{
  IWbemServices *services = NULL;
  HRESULT code;

  /* Wine sets its windows up once, which loads libraries, and a library that WMI loads waits for that while it holds
   * the loader's lock: unless it is done before, all threads stand still. Windows has nothing to do here. */
  GetDesktopWindow ();
  code = CoInitializeEx (NULL, COINIT_MULTITHREADED);
  if (SUCCEEDED (code)) {
    code = connect_services (call->name_space, &services);
    if (SUCCEEDED (code)) {
      code = call->query != NULL ? run_query (call, services) : run_method (call, services);
      IWbemServices_Release (services);
    }
    CoUninitialize ();
  }
  if (SUCCEEDED (code))
    return TRUE;
  g_set_error (error, SC_ERROR, (gint) kind_of (code), "WMI's %s does not answer: error 0x%08lx", call->name_space,
               (gulong) code);
  return FALSE;
}

GPtrArray *
sc_wmi_query (const char *name_space, const char *query, const char *const *properties, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  Call call = { .name_space = name_space, .query = query, .properties = properties, .rows = rows };

  return run (&call, error) ? g_steal_pointer (&rows) : NULL;
}

gboolean
sc_wmi_ask (const char *name_space, const char *path, const char *method, const char *argument_name,
            const char *argument, const char *result_name, gboolean *result, GError **error)
{
  Call call = { .name_space = name_space,
                .path = path,
                .method = method,
                .argument_name = argument_name,
                .argument = argument,
                .result_name = result_name };

  if (!run (&call, error))
    return FALSE;
  *result = call.result;
  return TRUE;
}
