/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/sc-connection.h"
#include "common/sc-error.h"
#include "console/ctl/sc-ctl-commands.h"
#include "console/ctl/sc-ctl-waiting.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The commands about trust. They run against what stands for the console here instead of ScCtlClient: it knows which
 * requests come, in their order, and what each is answered with. */

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define MAX_EXCHANGES 6

typedef struct {
  const char *request; /* "GET /v1/ca"; NULL: no more */
  const char *body;    /* (nullable): in JSON with ' for " */
  const char *answer;  /* the same; or "!denied words": an error */
} Exchange;

struct _ScCtlClient {
  const Exchange *next;
};

static ScJson *
from_quotes (const char *text)
{
  g_autofree char *json = g_strdelimit (g_strdup (text), "'", '"');
  json_error_t failure;
  ScJson *value = json_loads (json, JSON_REJECT_DUPLICATES, &failure);
  if (!value)
    g_error ("%s: %s", text, failure.text);
  return value;
}

ScJson *
sc_ctl_client_request (ScCtlClient *self, const char *method, const char *path, ScJson *body, GError **error)
{
  const Exchange *exchange = self->next++;
  g_autofree char *request = g_strconcat (method, " ", path, NULL);
  g_assert_cmpstr (request, ==, exchange->request);
  if (exchange->body) {
    g_autoptr (ScJson) expected = from_quotes (exchange->body);
    g_autofree char *found = body ? sc_json_to_text (body) : g_strdup ("nothing");
    if (!body || !json_equal (expected, body))
      g_error ("%s bears %s", request, found);
  }
  if (*exchange->answer != '!')
    return from_quotes (exchange->answer);
  g_auto (GStrv) words = g_strsplit (exchange->answer + 1, " ", 2);
  g_set_error_literal (error, SC_ERROR, sc_error_code_from_nick (words[0]), words[1]);
  return NULL;
}

ScCtlClient *
sc_ctl_client_new (const char *connection_path, GError **error)
{
  g_assert_not_reached ();
}

ScCtlClient *
sc_ctl_client_new_for (const ScConnection *connection)
{
  g_assert_not_reached ();
}

const ScConnection *
sc_ctl_client_get_connection (ScCtlClient *self)
{
  static const ScConnection connection = { (char *) "https://lab:8470", (char *) "own-token", (char *) HEX64 };
  return &connection;
}

void
sc_ctl_client_free (ScCtlClient *self)
{
  g_free (self);
}

gboolean
sc_ctl_client_listen (ScCtlClient *self, ScCtlEventFunc func, gpointer data, GError **error)
{
  g_assert_not_reached ();
}

#define CA                                                                                                             \
  "{'fingerprint':'" HEX64 "','certificate':'PEM\\n','created':'2026-01-01T00:00:00Z',"                                \
  "'expires':'2046-01-01T00:00:00Z','signing_key':'ab12','console':{'names':['lab','10.1.0.5'],"                       \
  "'expires':'2027-02-01T00:00:00Z'},'rotation':null}"
#define CHANGING                                                                                                       \
  "{'fingerprint':'aa','certificate':'','created':'','expires':'','signing_key':'','console':{'names':[]},"            \
  "'rotation':{'fingerprint':'bb','started':'2026-11-22T10:00:00Z','moved':3,'total':5,'waiting':['pc-1','pc-2']}}"
#define WAITING                                                                                                        \
  "{'waiting':["                                                                                                       \
  "{'id':1,'state':'pending','reason':'the token has ended','name':'pc-1','room':'Lab 1','address':'10.0.0.1',"        \
  "'macs':['02:00:00:00:00:01'],'machine':'','os':'Debian','service_version':'0.1','requested':"                       \
  "'2026-11-22T10:00:00Z','asked':'2026-11-22T10:00:00Z','known':null},"                                               \
  "{'id':2,'state':'duplicate','reason':'another key','name':'pc-2','room':'Lab 1','address':'10.0.0.2','macs':[],"    \
  "'os':'','requested':'2026-11-22T10:00:00Z','known':{'seat':'u','name':'pc-2','room':'Lab 1','last_seen':null,"      \
  "'online':true,'matched':['machine','name']}},"                                                                      \
  "{'id':3,'state':'pending','reason':'','name':'pc-3','room':'Lab 2','address':'','macs':[],'os':'',"                 \
  "'requested':'','known':null}]}"
#define TOKEN "{'id':7,'token':'secret-token','room':'Lab 1','seats':30,'expires':'2026-11-24T10:00:00Z'}"
#define SIGNING(state, result, error)                                                                                  \
  "{'id':5,'kind':'sign','state':" state ",'phase':'','item':'','done_bytes':0,'total_bytes':0,'result':" result       \
  ",'error':" error "}"
#define VERSION(number, note, is_signed)                                                                               \
  "{'number':" number ",'created':'2026-11-22T10:00:00Z','author':'anna','size_bytes':5,'templates':[],'note':'" note  \
  "','signed':" is_signed "}"
#define SETTINGS "{'url':'https://lab.example:8470'}"
#define ENTRIES                                                                                                        \
  "{'entries':[{'id':9,'time':'2026-11-22T10:00:00Z','who':'anna','role':'operator','address':'10.0.0.9',"             \
  "'action':'deploy','version':4,'room':'Lab 1','seats':[],'n_seats':0,'done':true,'hash':'" HEX64 "'}]}"

static const struct {
  const char *line;
  Exchange exchanges[MAX_EXCHANGES];
  ScCtlStatus status;
  const char *output;  /* a pattern of what is printed; (nullable) */
  const char *secrets; /* (nullable): the lines of --password-file, whose name is added */
} cases[] = {
  { "ca fingerprint", { { "GET /v1/ca", NULL, CA } }, SC_CTL_DONE, "*" HEX64 "\n*", NULL },
  { "ca fingerprint --json", { { "GET /v1/ca", NULL, CA } }, SC_CTL_DONE, "*{\"fingerprint\":\"" HEX64 "\"}\n*", NULL },
  { "ca export", { { "GET /v1/ca", NULL, CA } }, SC_CTL_DONE, "*PEM\n*", NULL },
  { "ca status", { { "GET /v1/ca", NULL, CA } }, SC_CTL_DONE, "*lab, 10.1.0.5\n*2027-02-01*", NULL },
  { "ca rotate",
    { { "POST /v1/ca/rotate", "{'action':'begin'}", "{}" }, { "GET /v1/ca", NULL, CHANGING } },
    SC_CTL_DONE,
    "*3 of 5 seats\n*pc-1, pc-2\n*--finish*",
    NULL },
  { "ca rotate --finish",
    { { "POST /v1/ca/rotate", "{'action':'finish'}", "{}" } },
    SC_CTL_DONE,
    "*sign in again*",
    NULL },
  { "ca rotate --cancel",
    { { "POST /v1/ca/rotate", "{'action':'cancel'}", "!state nothing is being changed" } },
    SC_CTL_BUSY,
    NULL,
    NULL },
  { "versions",
    { { "GET /v1/versions", NULL,
        "{'versions':[" VERSION ("1", "first", "true") "," VERSION ("2", "next", "false") "]}" } },
    SC_CTL_DONE,
    "* first\n*  (not signed) next\n*",
    NULL },
  { "version sign 12",
    { { "POST /v1/versions/12/sign", NULL, SIGNING ("'done'", "{'version':12}", "null") } },
    SC_CTL_DONE,
    "*Version 12 is signed*",
    NULL },
  { "version sign 12",
    { { "POST /v1/versions/12/sign", NULL, SIGNING ("'running'", "null", "null") },
      { "GET /v1/operations/5", NULL,
        SIGNING ("'failed'", "null", "{'code':'corrupt','message':'version 12 is damaged'}") } },
    SC_CTL_FAILED,
    NULL,
    NULL },

  { "enrol-token Lab --seats 30 --hours 24",
    { { "GET /v1/settings", NULL, SETTINGS },
      { "POST /v1/enrol-tokens", "{'room':'Lab','seats':30,'hours':24}", TOKEN } },
    SC_CTL_DONE,
    "*30 seats of room “Lab 1”*--enrol https://lab.example:8470 --token secret-token --ca-fingerprint " HEX64
    "\n*CONSOLE=https://lab.example:8470 TOKEN=secret-token CAFP=" HEX64 "*",
    NULL },
  { "enrol-token Lab --seats 1 --hours 1 --ask --json",
    { { "GET /v1/settings", NULL, SETTINGS },
      { "POST /v1/enrol-tokens", "{'room':'Lab','seats':1,'hours':1,'ask':true}", TOKEN } },
    SC_CTL_DONE,
    "*\"token\":\"secret-token\"*\"ca_fingerprint\":\"" HEX64 "\"*",
    NULL },
  { "enrol-tokens",
    { { "GET /v1/enrol-tokens", NULL,
        "{'tokens':[{'id':7,'room':'Lab 1','seats':30,'used':4,'created':'2026-11-22T10:00:00Z',"
        "'expires':'2026-11-23T10:00:00Z','ask':true,'state':'open'}]}" } },
    SC_CTL_DONE,
    "*7  Lab 1     30         4  *open   is asked\n*",
    NULL },
  { "enrol-token-revoke 7", { { "POST /v1/enrol-tokens/7/revoke", "{}", "{}" } }, SC_CTL_DONE, NULL, NULL },

  { "waiting",
    { { "GET /v1/waiting-seats", NULL, WAITING } },
    SC_CTL_DONE,
    "*pc-1  Lab 1 *the token has ended  10.0.0.1 *pc-2 (Lab 1) by hardware, name; online now!  it has another key  *",
    NULL },
  { "approve --all",
    { { "GET /v1/waiting-seats", NULL, WAITING },
      { "POST /v1/waiting-seats/approve", "{'ids':[1,3]}", "{'done':[1,3],'failed':[]}" } },
    SC_CTL_DONE,
    "*2 seats let in.\n*",
    NULL },
  { "approve --room Lab_1 --duplicates",
    { { "GET /v1/waiting-seats", NULL, WAITING },
      { "POST /v1/waiting-seats/approve", "{'ids':[1,2]}", "{'done':[1],'failed':[{'id':2,'error':'it is gone'}]}" } },
    SC_CTL_FAILED,
    "*1 seat let in.\nNot pc-2: it is gone\n*",
    NULL },
  { "approve pc-2 3 --into Hall",
    { { "GET /v1/waiting-seats", NULL, WAITING },
      { "POST /v1/waiting-seats/approve", "{'ids':[2,3],'room':'Hall'}", "{'done':[2,3],'failed':[]}" } },
    SC_CTL_DONE,
    NULL,
    NULL },
  { "approve pc-9", { { "GET /v1/waiting-seats", NULL, WAITING } }, SC_CTL_NOT_FOUND, NULL, NULL },
  { "approve --all",
    { { "GET /v1/waiting-seats", NULL, "{'waiting':[]}" } },
    SC_CTL_DONE,
    "*0 seats let in.\n*",
    NULL },
  { "reject --all",
    { { "GET /v1/waiting-seats", NULL, WAITING },
      { "POST /v1/waiting-seats/reject", "{'ids':[1,2,3]}", "{'done':[1,2,3],'failed':[]}" } },
    SC_CTL_DONE,
    "*3 seats turned away.\n*",
    NULL },
  { "revoke pc-7", { { "POST /v1/seats/pc-7/revoke", "{}", "{}" } }, SC_CTL_DONE, "*pc-7*", NULL },

  { "whoami",
    { { "GET /v1/me", NULL, "{'user':'anna','role':'viewer','expires':null,'local':false}" } },
    SC_CTL_DONE,
    "*anna (viewer) at https://lab:8470\n*",
    NULL },
  { "whoami",
    { { "GET /v1/me", NULL, "{'user':'local administrator','role':'administrator','expires':null,'local':true}" } },
    SC_CTL_DONE,
    "*local administrator at https://lab:8470\n*",
    NULL },
  { "password",
    { { "POST /v1/me/password", "{'old':'the old one','new':'the new one'}", "{}" } },
    SC_CTL_DONE,
    NULL,
    "the old one\r\nthe new one" },
  { "password", { { NULL } }, SC_CTL_FAILED, NULL, "only one line\n" },
  { "user list",
    { { "GET /v1/users", NULL,
        "{'users':[{'name':'anna','role':'operator','disabled':false,'signed_in':'2026-11-22T10:00:00Z'},"
        "{'name':'ben','role':'viewer','disabled':true,'signed_in':null}]"
        "}" } },
    SC_CTL_DONE,
    "*anna  operator  2026-11-22 10:00\nben   viewer    -                 disabled\n*",
    NULL },
  { "user add anna --role operator",
    { { "POST /v1/users", "{'name':'anna','role':'operator','password':'tea for two'}", "{}" } },
    SC_CTL_DONE,
    "*anna may sign in as operator.\n*",
    "tea for two\n" },
  { "user role anna viewer", { { "POST /v1/users/anna/change", "{'role':'viewer'}", "{}" } }, SC_CTL_DONE, NULL, NULL },
  { "user role anna king", { { NULL } }, SC_CTL_USAGE, NULL, NULL },
  { "user password anna",
    { { "POST /v1/users/anna/change", "{'password':'café'}", "{}" } },
    SC_CTL_DONE,
    NULL,
    "café\n" },
  { "user password anna", { { NULL } }, SC_CTL_FAILED, NULL, "caf\xe9\n" },
  { "user disable anna", { { "POST /v1/users/anna/change", "{'disabled':true}", "{}" } }, SC_CTL_DONE, NULL, NULL },
  { "user enable anna", { { "POST /v1/users/anna/change", "{'disabled':false}", "{}" } }, SC_CTL_DONE, NULL, NULL },
  { "user remove a/b", { { "POST /v1/users/a%2Fb/delete", "{}", "{}" } }, SC_CTL_DONE, NULL, NULL },

  { "audit --max 5",
    { { "GET /v1/activity?max=5", NULL, ENTRIES } },
    SC_CTL_DONE,
    "*anna  operator  10.0.0.9  deploy  version 4, room “Lab 1”  done    0123456789ab\n*",
    NULL },
  { "audit verify",
    { { "GET /v1/audit/verify", NULL, "{'entries':9,'head':'" HEX64 "','intact':true,'first_bad':null}" } },
    SC_CTL_DONE,
    "*9 entries, unchanged.\nhead  " HEX64 "\n*",
    NULL },
  { "audit verify",
    { { "GET /v1/audit/verify", NULL, "{'entries':9,'head':'','intact':false,'first_bad':4}" } },
    SC_CTL_FAILED,
    "*entry 4 does not fit*",
    NULL },
  { "audit verify --head " HEX64,
    { { "GET /v1/audit/verify?head=" HEX64, NULL,
        "{'entries':9,'head':'ff','intact':true,'first_bad':null,'found':7}" } },
    SC_CTL_DONE,
    "*Entry 7 is the one*",
    NULL },
  { "audit verify --head " HEX64,
    { { "GET /v1/audit/verify?head=" HEX64, NULL,
        "{'entries':9,'head':'ff','intact':true,'first_bad':null,'found':null}" } },
    SC_CTL_FAILED,
    "*written anew*",
    NULL },
  { "audit verify --head 12", { { NULL } }, SC_CTL_USAGE, NULL, NULL },
};

/* Returns: (transfer full): with a blank for each '_' */
static char **
split (const char *line)
{
  char **words = g_strsplit (line, " ", -1);
  for (guint i = 0; words[i]; i++)
    g_strdelimit (words[i], "_", ' ');
  return words;
}

static ScCtlStatus
run_case (gsize number)
{
  g_auto (GStrv) words = split (cases[number].line);
  ScCtl ctl = { 0 };
  const ScCtlCommand *command;
  g_autofree char *help = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  sc_ctl_commands_parse ((const char *const *) words, &ctl, &command, &help, &error);
  g_assert_no_error (error);
  if (cases[number].secrets) {
    path = g_strdup_printf ("%s/secrets-%" G_GSIZE_FORMAT, g_getenv ("SEATCAST_TEST_DIRECTORY"), number);
    g_file_set_contents (path, cases[number].secrets, -1, &error);
    g_assert_no_error (error);
    ctl.options.password_file = g_strdup (path);
  }
  ctl.client = g_new0 (ScCtlClient, 1);
  ctl.client->next = cases[number].exchanges;
  ScCtlStatus status = command->run (&ctl, &error);
  if (error)
    status = status == SC_CTL_USAGE ? status : sc_ctl_status_of_error (error);
  /* all that was to be asked was asked */
  g_assert_null (ctl.client->next->request);
  if (error && cases[number].secrets)
    g_assert_null (strstr (error->message, "only one line"));
  sc_ctl_clear (&ctl);
  if (path)
    g_unlink (path);
  return status;
}

static void
test_command (gconstpointer data)
{
  gsize number = GPOINTER_TO_SIZE (data);
  if (g_test_subprocess ()) {
    printf ("\nstatus %d\n", run_case (number));
    return;
  }
  g_test_message ("%s", cases[number].line);
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_autofree char *status = g_strdup_printf ("*status %d\n*", cases[number].status);
  g_test_trap_assert_stdout (status);
  if (cases[number].output)
    g_test_trap_assert_stdout (cases[number].output);
}

static void
test_a_name_that_several_have_is_not_taken (void)
{
  g_autoptr (ScJson) waiting = from_quotes ("[{'id':'x','name':'pc-1','state':'duplicate'},"
                                            "{'id':'y','name':'pc-1','state':'pending'},"
                                            "{'id':'pc-1','name':'other','state':'pending'},"
                                            "{'id':'z','name':'pc-2','state':'pending'},"
                                            "{'id':'w','name':'pc-2','state':'pending'}]");
  g_autoptr (GPtrArray) left_out = NULL;
  g_autoptr (GError) error = NULL;
  /* an id is what it says */
  ScCtlWaitingChoice by_id = { (char *[]){ "pc-1", NULL }, NULL, FALSE };
  g_autoptr (ScJson) ids = sc_ctl_waiting_choose (waiting, &by_id, &left_out, &error);
  g_assert_no_error (error);
  g_autofree char *text = sc_json_to_text (ids);
  g_assert_cmpstr (text, ==, "[\"pc-1\"]");
  g_clear_pointer (&left_out, g_ptr_array_unref);

  ScCtlWaitingChoice by_name = { (char *[]){ "pc-2", NULL }, NULL, FALSE };
  g_assert_null (sc_ctl_waiting_choose (waiting, &by_name, &left_out, &error));
  g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "z, w"));
}

static void
test_duplicates_are_left_out_and_named (void)
{
  g_autoptr (ScJson) waiting = from_quotes ("[{'id':1,'name':'pc-1','room':'A','state':'duplicate'},"
                                            "{'id':2,'name':'pc-2','room':'A','state':'pending'}]");
  g_autoptr (GPtrArray) left_out = NULL;
  g_autoptr (GError) error = NULL;
  ScCtlWaitingChoice choice = { NULL, "A", FALSE };
  g_autoptr (ScJson) ids = sc_ctl_waiting_choose (waiting, &choice, &left_out, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (json_array_size (ids), ==, 1);
  g_assert_cmpuint (left_out->len, ==, 1);
  g_assert_cmpstr (left_out->pdata[0], ==, "pc-1");
}

static void
test_wrong_usage (void)
{
  const char *const lines[] = {
    "enrol-token",
    "enrol-token Lab",
    "enrol-token Lab --seats 3",
    "enrol-token Lab --hours 3",
    "enrol-token Lab --seats 0 --hours 3",
    "enrol-token Lab --seats 3 --hours x",
    "approve",
    "approve pc-1 --all",
    "approve --all --room A",
    "approve pc-1 --duplicates",
    "reject",
    "reject --all --duplicates",
    "revoke",
    "sign-in",
    "sign-in --user anna --url http://10.1.0.5",
    "sign-in --user anna --url nonsense",
    "sign-in --user anna --password secret",
    "user",
    "user add anna",
    "user add anna --role king",
    "user role anna",
    "ca",
    "ca rotate --finish --cancel",
    "ca export a b",
    "version sign",
    "audit verify x",
    "audit bogus",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
    ScCtl ctl = { 0 };
    const ScCtlCommand *command;
    g_autofree char *help = NULL;
    g_autoptr (GError) error = NULL;
    g_test_message ("%s", lines[i]);
    g_assert_false (sc_ctl_commands_parse ((const char *const *) words, &ctl, &command, &help, &error));
    g_assert_error (error, SC_ERROR, SC_ERROR_INVALID);
    sc_ctl_clear (&ctl);
  }
}

static void
test_a_connection_file_for_seats_has_the_token_and_nobody_else (void)
{
  const Exchange exchanges[] = { { "GET /v1/settings", NULL, SETTINGS },
                                 { "POST /v1/enrol-tokens", "{'room':'Lab','seats':2,'hours':1}", TOKEN },
                                 { NULL } };
  g_autofree char *path = g_build_filename (g_getenv ("SEATCAST_TEST_DIRECTORY"), "seats.connection", NULL);
  ScCtl ctl = { .options = { .max_seats = 2, .max_hours = 1, .output = g_strdup (path), .json = TRUE } };
  g_autoptr (GError) error = NULL;
  ctl.arguments = g_strsplit ("Lab", " ", -1);
  ctl.client = g_new0 (ScCtlClient, 1);
  ctl.client->next = exchanges;
  if (g_test_subprocess ()) {
    sc_ctl_enrol_token (&ctl, &error);
    g_assert_no_error (error);
    sc_ctl_clear (&ctl);
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout_unmatched ("*secret-token*");
  g_autoptr (ScConnection) connection = sc_connection_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (connection->url, ==, "https://lab.example:8470");
  g_assert_cmpstr (connection->token, ==, "secret-token");
  g_assert_cmpstr (connection->fingerprint, ==, HEX64);
  g_assert_cmpint (g_unlink (path), ==, 0);
  sc_ctl_clear (&ctl);
}

/* Nothing is asked of the console: a token that was made and is nowhere is of no use. */
static void
test_a_connection_file_that_is_there_is_not_replaced (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("SEATCAST_TEST_DIRECTORY"), "there.connection", NULL);
  const Exchange exchanges[] = { { NULL } };
  ScCtl ctl = { .options = { .max_seats = 2, .max_hours = 1, .output = g_strdup (path) } };
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;
  ctl.arguments = g_strsplit ("Lab", " ", -1);
  ctl.client = g_new0 (ScCtlClient, 1);
  ctl.client->next = exchanges;
  g_assert_true (g_file_set_contents (path, "of staff", -1, NULL));
  g_assert_cmpint (sc_ctl_enrol_token (&ctl, &error), ==, SC_CTL_FAILED);
  g_assert_error (error, SC_ERROR, SC_ERROR_EXISTS);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_true (g_file_get_contents (path, &kept, NULL, NULL));
  g_assert_cmpstr (kept, ==, "of staff");
  g_assert_cmpint (g_unlink (path), ==, 0);
  sc_ctl_clear (&ctl);
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_autofree char *directory = g_test_subprocess () ? NULL : g_dir_make_tmp ("seatcast-ctl-XXXXXX", NULL);
  if (directory)
    g_setenv ("SEATCAST_TEST_DIRECTORY", directory, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("/ctl-trust/command/%" G_GSIZE_FORMAT, i);
    g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_command);
  }
  g_test_add_func ("/ctl-trust/waiting/name", test_a_name_that_several_have_is_not_taken);
  g_test_add_func ("/ctl-trust/waiting/duplicates", test_duplicates_are_left_out_and_named);
  g_test_add_func ("/ctl-trust/usage", test_wrong_usage);
  g_test_add_func ("/ctl-trust/enrol-token/file", test_a_connection_file_for_seats_has_the_token_and_nobody_else);
  g_test_add_func ("/ctl-trust/enrol-token/file-there", test_a_connection_file_that_is_there_is_not_replaced);
  int result = g_test_run ();
  if (directory)
    g_rmdir (directory);
  return result;
}
