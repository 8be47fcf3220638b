/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sc-desktop-news.h"

#include <gdk/gdkwin32.h>
#include <shellapi.h>

/*
 * GLib has no notifications on Windows. A balloon of an icon beside the clock needs no registration, and since Windows
 * 10 is shown as any other notification; the icon is there for as long as that is. The taskbar's button flashes
 * besides, until the user comes.
 */
#define CLASS L"SeatcastNews"
#define ICON_ID 1
#define ICON_RESOURCE 1 /* seatcast-console.rc */
#define ICON_MESSAGE (WM_APP + 1)

/* What is told now: one at a time. */
static struct {
  HWND receiver; /* of the icon's messages */
  GWeakRef window;
  guint64 session;
} news;

static NOTIFYICONDATAW
icon_data (void)
{
  return (NOTIFYICONDATAW){ .cbSize = sizeof (NOTIFYICONDATAW), .hWnd = news.receiver, .uID = ICON_ID };
}

static void
remove_icon (void)
{
  NOTIFYICONDATAW data = icon_data ();

  Shell_NotifyIconW (NIM_DELETE, &data);
}

static void
show_session (void)
{
  g_autoptr (GtkWindow) window = g_weak_ref_get (&news.window);

  if (window == NULL)
    return;
  g_action_group_activate_action (
      G_ACTION_GROUP (gtk_window_get_application (window)), "show-session",
      g_variant_new ("(ut)", gtk_application_window_get_id (GTK_APPLICATION_WINDOW (window)), news.session));
}

static LRESULT CALLBACK
on_message (HWND receiver, UINT message, WPARAM w, LPARAM l)
{
  if (message != ICON_MESSAGE)
    return DefWindowProcW (receiver, message, w, l);
  switch (LOWORD (l)) {
  case NIN_BALLOONUSERCLICK:
  case NIN_SELECT:
    show_session ();
    remove_icon ();
    break;
  case NIN_BALLOONTIMEOUT:
    remove_icon ();
    break;
  default:
    break;
  }
  return 0;
}

static gboolean
make_receiver (void)
{
  const WNDCLASSW class = {
    .lpfnWndProc = on_message,
    .hInstance = GetModuleHandleW (NULL),
    .lpszClassName = CLASS,
  };

  if (news.receiver != NULL)
    return TRUE;
  if (RegisterClassW (&class) == 0)
    return FALSE;
  news.receiver = CreateWindowExW (0, CLASS, L"", 0, 0, 0, 0, 0, HWND_MESSAGE, NULL, class.hInstance, NULL);
  g_weak_ref_init (&news.window, NULL);
  return news.receiver != NULL;
}

/* As much of @text as there is room for. */
static void
copy_text (wchar_t *target, gsize size, const char *text)
{
  glong length = 0;
  g_autofree wchar_t *wide = g_utf8_to_utf16 (text, -1, NULL, &length, NULL);
  gsize n = wide != NULL ? MIN ((gsize) length, size - 1) : 0;

  if (n > 0 && IS_HIGH_SURROGATE (wide[n - 1]))
    n--;
  memcpy (target, wide, n * sizeof *target);
  target[n] = L'\0';
}

static void
flash (GtkWidget *window)
{
  GdkWindow *shown = gtk_widget_get_window (window);
  FLASHWINFO how = { .cbSize = sizeof how, .dwFlags = FLASHW_TRAY | FLASHW_TIMERNOFG };

  if (shown == NULL)
    return;
  how.hwnd = gdk_win32_window_get_handle (shown);
  FlashWindowEx (&how);
}

void
sc_desktop_news_tell (ScWindow *window, const char *id, guint64 session, const char *title, const char *body,
                      gboolean urgent)
{
  NOTIFYICONDATAW data;

  flash (GTK_WIDGET (window));
  if (!make_receiver ())
    return;
  g_weak_ref_set (&news.window, window);
  news.session = session;
  remove_icon ();
  data = icon_data ();
  data.uFlags = NIF_ICON | NIF_MESSAGE | NIF_TIP | NIF_SHOWTIP | NIF_INFO;
  data.uCallbackMessage = ICON_MESSAGE;
  data.hIcon = LoadIconW (GetModuleHandleW (NULL), MAKEINTRESOURCEW (ICON_RESOURCE));
  data.dwInfoFlags = (urgent ? NIIF_WARNING : NIIF_INFO) | NIIF_RESPECT_QUIET_TIME;
  copy_text (data.szTip, G_N_ELEMENTS (data.szTip), title);
  copy_text (data.szInfoTitle, G_N_ELEMENTS (data.szInfoTitle), title);
  copy_text (data.szInfo, G_N_ELEMENTS (data.szInfo), body);
  if (!Shell_NotifyIconW (NIM_ADD, &data))
    return;
  data.uVersion = NOTIFYICON_VERSION_4;
  Shell_NotifyIconW (NIM_SETVERSION, &data);
}
