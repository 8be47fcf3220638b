/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/platform/sc-firewall.h"

#define COBJMACROS
#include <windows.h>

#include <netfw.h>
#include <oleauto.h>

#include "common/sc-error.h"

#define MAX_SAME_NAME 16u /* rules of one name, which the firewall allows; none are ours */

/* Not in mingw's import libraries. */
static const GUID policy_class = { 0xe2b3c97f, 0x6ae1, 0x41ac, { 0x81, 0x7a, 0xf6, 0xf9, 0x21, 0x66, 0xd7, 0xdd } };
static const GUID policy_interface = { 0x98325047, 0xc671, 0x4174, { 0x8d, 0x81, 0xde, 0xfc, 0xd3, 0xf0, 0x31, 0x86 } };
static const GUID rule_class = { 0x2c5bc43e, 0x3369, 0x4c33, { 0xab, 0x0c, 0xbe, 0x94, 0x69, 0x67, 0x7a, 0xf4 } };
static const GUID rule_interface = { 0xaf230d27, 0xbaba, 0x4e42, { 0xac, 0xed, 0xf5, 0x24, 0xf2, 0x2c, 0xfc, 0xe2 } };

typedef BSTR Text;

static void
text_clear (Text *text)
{
  SysFreeString (*text);
  *text = NULL;
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Text, text_clear)

static Text
make_text (const char *text)
{
  g_autofree gunichar2 *wide = g_utf8_to_utf16 (text, -1, NULL, NULL, NULL);
  return SysAllocString (wide != NULL ? (const OLECHAR *) wide : L"");
}

/* Wine has no firewall; on Windows somebody may have switched its service off. Everything else is an error. */
static gboolean
is_absent (HRESULT result)
{
  return result == E_NOTIMPL || result == REGDB_E_CLASSNOTREG || result == E_NOINTERFACE ||
         result == HRESULT_FROM_WIN32 (EPT_S_NOT_REGISTERED) ||
         result == HRESULT_FROM_WIN32 (RPC_S_SERVER_UNAVAILABLE) ||
         result == HRESULT_FROM_WIN32 (ERROR_SERVICE_DISABLED) ||
         result == HRESULT_FROM_WIN32 (ERROR_SERVICE_NOT_ACTIVE) ||
         result == HRESULT_FROM_WIN32 (ERROR_SERVICE_DOES_NOT_EXIST);
}

static gboolean
set_error (GError **error, HRESULT result, const char *name)
{
  if (is_absent (result)) {
    g_warning ("Windows' firewall is not there (0x%08lx): no rule “%s”", (gulong) result, name);
    return TRUE;
  }
  g_autofree char *words = g_win32_error_message (result);
  g_set_error (error, SC_ERROR, result == E_ACCESSDENIED ? SC_ERROR_DENIED : SC_ERROR_SYSTEM,
               "Cannot change the firewall's rule “%s”: %s (0x%08lx); add it by hand or by group policy", name, words,
               (gulong) result);
  return FALSE;
}

static HRESULT
open_rules (INetFwRules **rules)
{
  INetFwPolicy2 *policy = NULL;
  HRESULT result = CoCreateInstance (&policy_class, NULL, CLSCTX_INPROC_SERVER, &policy_interface, (void **) &policy);
  if (SUCCEEDED (result)) {
    result = INetFwPolicy2_get_Rules (policy, rules);
    INetFwPolicy2_Release (policy);
  }
  return result;
}

static HRESULT
remove_rules (INetFwRules *rules, Text name)
{
  for (guint i = 0; i < MAX_SAME_NAME; i++) {
    INetFwRule *found = NULL;
    HRESULT result = INetFwRules_Item (rules, name, &found);
    if (result == HRESULT_FROM_WIN32 (ERROR_FILE_NOT_FOUND))
      return S_OK;
    if (FAILED (result))
      return result;
    INetFwRule_Release (found);
    result = INetFwRules_Remove (rules, name);
    if (FAILED (result))
      return result;
  }
  return S_OK;
}

static HRESULT
fill_rule (INetFwRule *made, const ScFirewallRule *rule, Text name)
{
  g_autofree char *number = g_strdup_printf ("%u", rule->port);
  g_auto (Text) description = make_text (rule->description);
  g_auto (Text) program = make_text (rule->program);
  g_auto (Text) port = make_text (number);
  g_auto (Text) group = make_text ("Seatcast");
  HRESULT result = INetFwRule_put_Name (made, name);
  if (SUCCEEDED (result))
    result = INetFwRule_put_Description (made, description);
  if (SUCCEEDED (result))
    result = INetFwRule_put_Grouping (made, group);
  if (SUCCEEDED (result))
    result = INetFwRule_put_ApplicationName (made, program);
  if (SUCCEEDED (result)) /* before its ports */
    result = INetFwRule_put_Protocol (made, rule->udp ? NET_FW_IP_PROTOCOL_UDP : NET_FW_IP_PROTOCOL_TCP);
  if (SUCCEEDED (result))
    result = INetFwRule_put_LocalPorts (made, port);
  if (SUCCEEDED (result))
    result = INetFwRule_put_Direction (made, NET_FW_RULE_DIR_IN);
  if (SUCCEEDED (result))
    result = INetFwRule_put_Action (made, NET_FW_ACTION_ALLOW);
  if (SUCCEEDED (result))
    result = INetFwRule_put_Profiles (made, NET_FW_PROFILE2_ALL);
  if (SUCCEEDED (result))
    result = INetFwRule_put_Enabled (made, VARIANT_TRUE);
  return result;
}

static HRESULT
add_rule (INetFwRules *rules, const ScFirewallRule *rule, Text name)
{
  INetFwRule *made = NULL;
  HRESULT result = CoCreateInstance (&rule_class, NULL, CLSCTX_INPROC_SERVER, &rule_interface, (void **) &made);
  if (FAILED (result))
    return result;
  result = fill_rule (made, rule, name);
  if (SUCCEEDED (result))
    result = remove_rules (rules, name);
  if (SUCCEEDED (result))
    result = INetFwRules_Add (rules, made);
  INetFwRule_Release (made);
  return result;
}

static HRESULT
change_rules (const ScFirewallRule *rule, const char *name)
{
  INetFwRules *rules = NULL;
  g_auto (Text) text = make_text (name);
  HRESULT begun = CoInitializeEx (NULL, COINIT_APARTMENTTHREADED);
  if (FAILED (begun) && begun != RPC_E_CHANGED_MODE)
    return begun;
  HRESULT result = open_rules (&rules);
  if (SUCCEEDED (result)) {
    result = rule != NULL ? add_rule (rules, rule, text) : remove_rules (rules, text);
    INetFwRules_Release (rules);
  }
  if (SUCCEEDED (begun))
    CoUninitialize ();
  return result;
}

gboolean
sc_firewall_open (const ScFirewallRule *rule, GError **error)
{
  HRESULT result = change_rules (rule, rule->name);
  return SUCCEEDED (result) || set_error (error, result, rule->name);
}

gboolean
sc_firewall_close (const char *name, GError **error)
{
  HRESULT result = change_rules (NULL, name);
  return SUCCEEDED (result) || is_absent (result) || set_error (error, result, name);
}
