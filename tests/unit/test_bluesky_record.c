/* What a Bluesky record says, and the machines that ask for it by its key. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform/bluesky.h"
#include "support/adapter_test.h"

#define DID          "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
#define DID_IN_QUERY "did%3Aplc%3Aewvi7nxzyoun6zhxrhs64oiz"
#define URI          "at://" DID "/app.bsky.feed.post/3jzfcijpj2z2a"
#define ERROR(name)  "{\"error\":\"" name "\",\"message\":\"so it is\"}"

static struct platform_job made;

static int start(void **state)
{
    (void)state;
    platform_job_make(&made, &bluesky, 0);
    made.job.identity =
        (struct account_identity){.handle = "police.example.gov.in", .remote_id = DID};
    return 0;
}

static struct step ask(machine asked, const struct http_reply *reply)
{
    return machine_asked(asked, &made.job, "", reply, &arena);
}

static json_t *record(void)
{
    return json_in_arena(bluesky_record(&made.job, NULL, NULL, &arena), &arena);
}

static const char *facets(const char *text)
{
    return json_write(json_in_arena(bluesky_facets(text, &arena), &arena), &arena, NULL);
}

/* ---- facets ---- */

#define LINK(start, end, uri)                                                                      \
    "{\"features\":[{\"$type\":\"app.bsky.richtext.facet#link\",\"uri\":\"" uri                    \
    "\"}],\"index\":{\"byteEnd\":" end ",\"byteStart\":" start "}}"
#define TAG(start, end, tag)                                                                       \
    "{\"features\":[{\"$type\":\"app.bsky.richtext.facet#tag\",\"tag\":\"" tag                     \
    "\"}],\"index\":{\"byteEnd\":" end ",\"byteStart\":" start "}}"

/* String indexes instead of bytes break them for Hindi and emoji. */
static void facets_count_utf8_bytes(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"", "[]"},
        {"नमस्ते", "[]"},
        {"a https://a.in b", "[" LINK("2", "14", "https://a.in") "]"},
        {"साइबर शिकायत: https://cybercrime.gov.in",
         "[" LINK("36", "61", "https://cybercrime.gov.in") "]"},
        {"साइबर शिकायत: cybercrime.gov.in", "[" LINK("36", "53", "https://cybercrime.gov.in") "]"},
        {"👮🏽 #सुरक्षा", "[" TAG("9", "31", "सुरक्षा") "]"},
        {"👨‍👩‍👧‍👧 #RoadSafety #सड़क_सुरक्षा",
         "[" TAG("26", "37", "RoadSafety") "," TAG("38", "73", "सड़क_सुरक्षा") "]"},
        {"देखें (https://a.in/x).", "[" LINK("17", "31", "https://a.in/x") "]"},
        {"https://a.in।", "[" LINK("0", "12", "https://a.in") "]"},
        {"लिखें: police@example.gov.in", "[]"},
        {"@police.bsky.social नमस्ते", "[]"}, /* mentions stay plain */
        {"है.फिर ends.Then", "[]"},
        {"#1930 मिलाएँ", "[]"},
        {"a#b", "[]"},
        {"(#tag)", "[]"},
        {"#tag__", "[" TAG("0", "4", "tag") "]"},
        {"my-site.com x.notatopname", "[]"},
        {"a\nindia.gov.in/x?y=1, b", "[" LINK("2", "20", "https://india.gov.in/x?y=1") "]"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_string_equal(facets(rows[i].text), rows[i].expected);
}

static void a_tag_of_more_than_64_units_is_not_live(void **state)
{
    char text[72] = "#";

    (void)state;
    memset(text + 1, 'a', 64);
    assert_string_not_equal(facets(text), "[]");
    text[65] = 'a';
    assert_string_equal(facets(text), "[]");
}

/* The server does not check them: a range beyond the text would be taken. */
static void every_facet_lies_within_the_text_and_between_characters(void **state)
{
    static const char *const pieces[] = {
        "सड़क ",  "https://a.in/ब", "#नेक_मददगार ", "👮🏽", "#",   "(", ") ",
        "x.in ", "https://",       "।",           "\n",       "‍", "ﬁ", "#ए\u200dक "};
    uint64_t seed = 88172645463325252u;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        const char *text = "";
        json_t *list;

        for (int i = 0; i < 8; i++)
            text =
                arena_printf(&arena, "%s%s", text, pieces[random_next(&seed) % COUNT_OF(pieces)]);
        list = json_in_arena(bluesky_facets(text, &arena), &arena);
        for (size_t i = 0; i < json_array_size(list); i++) {
            const json_t *index = json_object_get(json_array_get(list, i), "index");
            int64_t from = json_integer_or(index, "byteStart", -1);
            int64_t to = json_integer_or(index, "byteEnd", -1);

            assert_true(from >= 0 && from < to && (size_t)to <= strlen(text));
            assert_true(((unsigned char)text[from] & 0xc0) != 0x80);
            assert_true(((unsigned char)text[to] & 0xc0) != 0x80);
        }
        arena_reset(&arena);
    }
}

/* ---- the record ---- */

static void a_link_without_media_is_a_card_that_says_what_staff_wrote(void **state)
{
    const json_t *card;

    (void)state;
    made.content.link = "https://cybercrime.gov.in/Webform/Index.aspx?a=1";
    card = json_object_get(json_object_get(record(), "embed"), "external");
    assert_string_equal(json_text(card, "uri"), made.content.link);
    assert_string_equal(json_text(card, "title"), "cybercrime.gov.in");
    assert_string_equal(json_text(card, "description"), "");
    made.content.title = "राष्ट्रीय साइबर अपराध पोर्टल";
    made.content.description = "शिकायत दर्ज करें";
    card = json_object_get(json_object_get(record(), "embed"), "external");
    assert_string_equal(json_text(card, "title"), made.content.title);
    assert_string_equal(json_text(card, "description"), made.content.description);
}

/* One embed a post: pictures or a card. */
static void with_pictures_there_is_no_card(void **state)
{
    (void)state;
    platform_job_make(&made, &bluesky, 2);
    made.content.link = "https://cybercrime.gov.in";
    assert_string_equal(json_text(json_object_get(record(), "embed"), "$type"),
                        "app.bsky.embed.images");
}

static void pictures_carry_their_size_where_it_is_known(void **state)
{
    const char *blob = "[{\"$type\":\"blob\",\"size\":1}]";
    struct err err;
    json_t *blobs = json_in_arena(json_read(blob, strlen(blob), &err), &arena);
    const json_t *image;

    (void)state;
    platform_job_make(&made, &bluesky, 1);
    for (int known = 1; known >= 0; known--) {
        made.media[0].width = known ? 1280 : 0;
        image = json_array_get(
            json_object_get(
                json_object_get(
                    json_in_arena(bluesky_record(&made.job, blobs, NULL, &arena), &arena), "embed"),
                "images"),
            0);
        assert_int_equal(json_integer_or(json_object_get(image, "aspectRatio"), "width", 0),
                         known ? 1280 : 0);
        assert_int_equal(json_object_get(image, "aspectRatio") != NULL, known);
    }
}

static void a_post_of_pictures_alone_has_an_empty_text(void **state)
{
    (void)state;
    made.content.text = NULL;
    assert_string_equal(json_text(record(), "text"), "");
}

/* A repeat must be the same record: its time is that of the first intent, in UTC. */
static void its_time_is_that_of_the_first_intent(void **state)
{
    (void)state;
    made.delivery.intent = instant_plus(made.delivery.intent, span_minutes(9));
    assert_string_equal(json_text(record(), "createdAt"), "2026-11-22T03:59:59.000Z");
    made.delivery.first_intent = INSTANT_NONE; /* a preview */
    assert_string_equal(json_text(record(), "createdAt"), "2026-11-22T03:59:58.000Z");
}

/* ---- its key ---- */

static void judge_keys(const char *file, bool valid)
{
    const char *specs = getenv("CRIER_SPECS");
    char path[512], line[256];
    FILE *keys;

    (void)snprintf(path, sizeof path, "%s/bluesky/interop-syntax/%s",
                   specs ? specs : "../shared/specs", file);
    keys = fopen(path, "r");
    if (!keys) {
        print_message("SKIPPED %s: it is not here (CRIER_SPECS)\n", file);
        return;
    }
    while (fgets(line, sizeof line, keys)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] && line[0] != '#')
            assert_int_equal(bluesky_key_usable(line), valid);
    }
    (void)fclose(keys);
}

static void a_key_is_a_tid_as_the_protocols_own_lists_have_it(void **state)
{
    (void)state;
    assert_true(bluesky_key_usable("3jzfcijpj2z2a"));
    assert_false(bluesky_key_usable("sched-1"));
    assert_false(bluesky_key_usable("zzzzzzzzzzzzz"));
    assert_false(bluesky_key_usable("3jzfcijpj2z21"));
    assert_false(bluesky_key_usable(""));
    judge_keys("tid_syntax_valid.txt", true);
    judge_keys("tid_syntax_invalid.txt", false);
}

/* ---- find, retract ---- */

static void it_is_found_by_its_key_and_nothing_else(void **state)
{
    static const struct {
        int status; /* 0 = not sent, -1 = perhaps sent */
        const char *body;
        char expected;
        size_t found;
        bool differs;
    } rows[] = {
        {200, "{\"value\":{\"text\":\"नमस्ते\"}}", 'D', 1, false},
        {200, "{\"value\":{\"text\":\"कुछ और\"}}", 'D', 1, true}, /* edited since: still ours */
        {200, "{}", 'R', 0, false},
        {200, "<html>", 'R', 0, false},
        {400, ERROR("RecordNotFound"), 'D', 0, false},
        {400, ERROR("InvalidRequest"), 'R', 0, false},
        {404, ERROR("RecordNotFound"), 'R', 0, false},
        {400, "<html>", 'R', 0, false},
        {401, ERROR("AccountTakedown"), 'T', 0, false},
        {429, ERROR("RateLimitExceeded"), 'R', 0, false},
        {500, "", 'R', 0, false},
        {0, "", 'R', 0, false},
        {-1, "", 'R', 0, false},
    };

    (void)state;
    assert_string_equal(ask(bluesky.find, NULL).request.path,
                        "/xrpc/com.atproto.repo.getRecord?repo=" DID_IN_QUERY
                        "&collection=app.bsky.feed.post&rkey=3jzfcijpj2z2a");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_reply reply = reply_in_table(rows[i].status, rows[i].body);
        struct step step = ask(bluesky.find, &reply);

        assert_int_equal(step_letter(&step), rows[i].expected);
        assert_int_equal(step.receipt.found, rows[i].found);
        assert_int_equal(step.receipt.differs, rows[i].differs);
        if (rows[i].found)
            assert_string_equal(step.receipt.remote_id, URI);
    }
}

static void a_did_of_the_web_is_escaped_in_a_query(void **state)
{
    (void)state;
    made.job.identity.remote_id = "did:web:localhost%3A2583";
    assert_non_null(
        strstr(ask(bluesky.find, NULL).request.path, "repo=did%3Aweb%3Alocalhost%253A2583&"));
}

static void nothing_is_looked_for_without_a_key_or_an_owner(void **state)
{
    (void)state;
    made.delivery.record_key[0] = '\0';
    assert_int_equal(ask(bluesky.find, NULL).kind, STEP_RETRY);
    platform_job_make(&made, &bluesky, 0);
    made.job.identity.remote_id = NULL;
    assert_int_equal(ask(bluesky.find, NULL).kind, STEP_RETRY);
}

static void a_record_is_removed_by_its_key_and_gone_is_gone(void **state)
{
    struct http_reply gone = reply_of(200, "{}"), expired = reply_of(400, ERROR("ExpiredToken"));
    struct step step;

    (void)state;
    assert_int_equal(ask(bluesky.retract, NULL).kind, STEP_REFUSED); /* nothing is known of it */
    made.delivery.remote_id = URI;
    made.delivery.url = "https://bsky.app/profile/p/post/3jzfcijpj2z2a";
    step = ask(bluesky.retract, NULL);
    assert_string_equal(step.request.path, "/xrpc/com.atproto.repo.deleteRecord");
    assert_string_equal(step.request.body, "{\"collection\":\"app.bsky.feed.post\",\"repo\":\"" DID
                                           "\",\"rkey\":\"3jzfcijpj2z2a\"}");
    assert_int_equal(step.request.kind, REQUEST_PUBLISH);
    assert_int_equal(ask(bluesky.retract, &gone).kind, STEP_DONE);
    assert_int_equal(ask(bluesky.retract, &expired).trouble, TROUBLE_EXPIRED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, adapter_test_end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(facets_count_utf8_bytes),
        TEST(a_tag_of_more_than_64_units_is_not_live),
        TEST(every_facet_lies_within_the_text_and_between_characters),
        TEST(a_link_without_media_is_a_card_that_says_what_staff_wrote),
        TEST(with_pictures_there_is_no_card),
        TEST(pictures_carry_their_size_where_it_is_known),
        TEST(a_post_of_pictures_alone_has_an_empty_text),
        TEST(its_time_is_that_of_the_first_intent),
        TEST(a_key_is_a_tid_as_the_protocols_own_lists_have_it),
        TEST(it_is_found_by_its_key_and_nothing_else),
        TEST(a_did_of_the_web_is_escaped_in_a_query),
        TEST(nothing_is_looked_for_without_a_key_or_an_owner),
        TEST(a_record_is_removed_by_its_key_and_gone_is_gone),
    };

    return cmocka_run_group_tests_name("bluesky_record", tests, NULL, NULL);
}
