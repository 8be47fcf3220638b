/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "console/gui/sessions/sc-sessions-page.h"

#include "console/gui/model/sc-planned-item.h"
#include "console/gui/planning/sc-planned-view.h"
#include "console/gui/sc-fact-row.h"
#include "console/gui/sessions/sc-session-row.h"
#include "console/gui/sessions/sc-session-view.h"
#include "console/gui/words/sc-plan-words.h"
#include "console/gui/words/sc-words.h"

#include <glib/gi18n-lib.h>

struct _ScSessionsPage {
  GtkBin parent;
  ScConsole *console;
  GtkStack *stack;
  GtkPaned *paned;
  GtkListBox *list;
  GtkStack *side;
  ScSessionView *view;
  GtkWidget *planned;      /* the row of what is planned */
  GtkListBoxRow *selected; /* (nullable) */
  GHashTable *rows;        /* ScSessionItem → ScSessionRow */
  guint64 wanted;          /* the session to select once it is known; 0: none */
  gboolean selecting;      /* the page itself selects */
  gboolean picked;         /* somebody has chosen a session: no newer one takes its place */
};

G_DEFINE_FINAL_TYPE (ScSessionsPage, sc_sessions_page, GTK_TYPE_BIN)

/* What is planned is on top. */
static int
compare_rows (GtkListBoxRow *a, GtkListBoxRow *b, gpointer data)
{
  if (!SC_IS_SESSION_ROW (a) || !SC_IS_SESSION_ROW (b))
    return SC_IS_SESSION_ROW (a) - SC_IS_SESSION_ROW (b);
  ScSessionRow *left = SC_SESSION_ROW (a);
  ScSessionRow *right = SC_SESSION_ROW (b);
  ScSessionRowPart left_part = sc_session_row_get_part (left);
  ScSessionRowPart right_part = sc_session_row_get_part (right);

  if (left_part != right_part)
    return left_part < right_part ? -1 : 1;
  return sc_item_compare (SC_ITEM (sc_session_row_get_session (left)), SC_ITEM (sc_session_row_get_session (right)));
}

static GtkWidget *
make_header (ScSessionRowPart part)
{
  static const char *const titles[] = { N_ ("Running"), N_ ("Past") };
  GtkWidget *header = gtk_label_new (_ (titles[part]));

  gtk_label_set_xalign (GTK_LABEL (header), 0);
  gtk_style_context_add_class (gtk_widget_get_style_context (header), "session-header");
  gtk_widget_show (header);
  return header;
}

static void
update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  ScSessionRowPart part = 0;

  if (!SC_IS_SESSION_ROW (row))
    return;
  part = sc_session_row_get_part (SC_SESSION_ROW (row));
  if (SC_IS_SESSION_ROW (before) && sc_session_row_get_part (SC_SESSION_ROW (before)) == part)
    gtk_list_box_row_set_header (row, NULL);
  else
    gtk_list_box_row_set_header (row, make_header (part));
}

static void
on_row_selected (GtkListBox *list, GtkListBoxRow *row, gpointer data)
{
  ScSessionsPage *self = SC_SESSIONS_PAGE (data);

  /* a list that gets the focus selects again what is selected: nobody has chosen that */
  if (row == NULL || row == self->selected)
    return;
  self->selected = row;
  self->wanted = 0;
  self->picked = self->picked || !self->selecting;
  gtk_stack_set_visible_child_name (self->side, SC_IS_SESSION_ROW (row) ? "session" : "planned");
  if (SC_IS_SESSION_ROW (row))
    sc_session_view_set_session (self->view, sc_session_row_get_session (SC_SESSION_ROW (row)));
}

/* How much is planned, and what comes first. */
static void
show_planned (ScSessionsPage *self)
{
  ScItemList *planned = sc_console_get_planned (self->console), *schedules = sc_console_get_schedules (self->console);
  ScPlannedItem *first = sc_item_list_at (planned, 0);
  guint n = sc_item_list_get_length (schedules);
  g_autofree char *time = NULL, *next = NULL, *number = NULL;

  for (guint i = 0; i < sc_item_list_get_length (planned); i++)
    n += sc_planned_item_get_info (sc_item_list_at (planned, i))->kind != SC_PLANNED_SCHEDULED;
  if (first != NULL) {
    time = sc_plan_words_time (sc_planned_item_get_info (first)->at, g_get_real_time ());
    /* Translators: a time and a room: "Next: tomorrow 22:00, Lab 1" */
    next = g_strdup_printf (_ ("Next: %s, %s"), time, sc_words_room (sc_planned_item_get_info (first)->room));
  }
  number = n > 0 ? g_strdup_printf ("%u", n) : g_strdup ("");
  sc_fact_row_set_icon (SC_FACT_ROW (self->planned), "x-office-calendar-symbolic", NULL);
  sc_fact_row_set_texts (SC_FACT_ROW (self->planned), _ ("Planned sessions"),
                         next != NULL ? next : _ ("Nothing planned"), number);
}

static void
show_rows (ScSessionsPage *self)
{
  const gboolean any = g_hash_table_size (self->rows) > 0 ||
                       sc_item_list_get_length (sc_console_get_schedules (self->console)) > 0 ||
                       sc_item_list_get_length (sc_console_get_planned (self->console)) > 0;

  show_planned (self);
  gtk_stack_set_visible_child_name (self->stack, any ? "sessions" : "empty");
}

/* (nullable): the one of @wanted, or, unless somebody has chosen one, the uppermost session; else what is planned */
static GtkListBoxRow *
find_row_to_select (ScSessionsPage *self)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, self->wanted);
  ScSessionItem *session = sc_item_list_find (sc_console_get_sessions (self->console), key);
  GtkListBoxRow *row = NULL;

  if (session != NULL)
    return g_hash_table_lookup (self->rows, session);
  if (self->wanted != 0 || (self->picked && gtk_list_box_get_selected_row (self->list) != NULL))
    return NULL;
  row = gtk_list_box_get_row_at_index (self->list, 1);
  return row != NULL ? row : gtk_list_box_get_row_at_index (self->list, 0);
}

static void
select_row (ScSessionsPage *self)
{
  GtkListBoxRow *row = find_row_to_select (self);

  self->selecting = TRUE;
  if (row != NULL)
    gtk_list_box_select_row (self->list, row);
  self->selecting = FALSE;
}

static void
add_rows (ScSessionsPage *self, GHashTable *gone)
{
  ScItemList *sessions = sc_console_get_sessions (self->console);

  for (guint i = 0; i < sc_item_list_get_length (sessions); i++) {
    ScSessionItem *session = sc_item_list_at (sessions, i);
    GtkWidget *row = NULL;

    if (g_hash_table_remove (gone, session))
      continue;
    row = sc_session_row_new (session);
    g_hash_table_insert (self->rows, session, row);
    gtk_container_add (GTK_CONTAINER (self->list), row);
    /* of one that is paused no event tells how far its seats are */
    if (!sc_session_item_is_over (session) && !sc_session_item_has_seats (session))
      sc_console_load_session (self->console, sc_session_item_get_info (session)->id);
  }
}

static void
remove_rows (ScSessionsPage *self, GHashTable *gone)
{
  GHashTableIter iter;
  gpointer session = NULL;

  g_hash_table_iter_init (&iter, gone);
  while (g_hash_table_iter_next (&iter, &session, NULL)) {
    GtkWidget *row = g_hash_table_lookup (self->rows, session);

    if (sc_session_view_get_session (self->view) == session)
      sc_session_view_set_session (self->view, NULL);
    g_hash_table_remove (self->rows, session);
    if (self->selected == GTK_LIST_BOX_ROW (row))
      self->selected = NULL;
    gtk_widget_destroy (row);
  }
}

static void
on_sessions_changed (ScSessionsPage *self)
{
  g_autoptr (GHashTable) gone = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer session = NULL;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &session, NULL))
    g_hash_table_add (gone, session);
  add_rows (self, gone);
  remove_rows (self, gone);
  show_rows (self);
  select_row (self);
}

void
sc_sessions_page_show_session (ScSessionsPage *self, guint64 id)
{
  self->wanted = id;
  self->picked = TRUE;
  select_row (self);
  if (self->wanted != 0) /* not in the list: it is older, or its event is on its way */
    sc_console_load_session (self->console, id);
}

static void
sc_sessions_page_dispose (GObject *object)
{
  ScSessionsPage *self = SC_SESSIONS_PAGE (object);

  if (self->console != NULL)
    g_signal_handlers_disconnect_by_data (sc_console_get_sessions (self->console), self);
  g_clear_object (&self->console);
  G_OBJECT_CLASS (sc_sessions_page_parent_class)->dispose (object);
}

static void
sc_sessions_page_finalize (GObject *object)
{
  g_hash_table_unref (SC_SESSIONS_PAGE (object)->rows);
  G_OBJECT_CLASS (sc_sessions_page_parent_class)->finalize (object);
}

static void
sc_sessions_page_class_init (ScSessionsPageClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = sc_sessions_page_dispose;
  G_OBJECT_CLASS (class)->finalize = sc_sessions_page_finalize;
  gtk_widget_class_set_css_name (widget_class, "sessionspage");
  gtk_widget_class_set_template_from_resource (widget_class, "/org/seatcast/console/ui/sc-sessions-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ScSessionsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, ScSessionsPage, paned);
  gtk_widget_class_bind_template_child (widget_class, ScSessionsPage, list);
  gtk_widget_class_bind_template_callback (widget_class, on_row_selected);
}

static void
sc_sessions_page_init (ScSessionsPage *self)
{
  self->rows = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->side = GTK_STACK (gtk_stack_new ());
  self->planned = sc_fact_row_new ();
  gtk_container_add (GTK_CONTAINER (self->list), self->planned);
  gtk_list_box_set_sort_func (self->list, compare_rows, NULL, NULL);
  gtk_list_box_set_header_func (self->list, update_header, NULL, NULL);
}

static void
watch_planned (ScSessionsPage *self, ScItemList *list)
{
  g_signal_connect_object (list, "items-changed", G_CALLBACK (show_rows), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "item-changed", G_CALLBACK (show_rows), self, G_CONNECT_SWAPPED);
}

GtkWidget *
sc_sessions_page_new (ScConsole *console)
{
  ScSessionsPage *self = g_object_new (SC_TYPE_SESSIONS_PAGE, NULL);
  GtkWidget *planned = NULL;

  self->console = g_object_ref (console);
  self->view = SC_SESSION_VIEW (sc_session_view_new (console));
  planned = sc_planned_view_new (console);
  gtk_widget_show (planned);
  gtk_stack_add_named (self->side, GTK_WIDGET (self->view), "session");
  gtk_stack_add_named (self->side, planned, "planned");
  gtk_widget_show (GTK_WIDGET (self->side));
  gtk_paned_pack2 (self->paned, GTK_WIDGET (self->side), TRUE, FALSE);
  watch_planned (self, sc_console_get_schedules (console));
  watch_planned (self, sc_console_get_planned (console));
  g_signal_connect_swapped (sc_console_get_sessions (console), "items-changed", G_CALLBACK (on_sessions_changed), self);
  on_sessions_changed (self);
  return GTK_WIDGET (self);
}
