/* What a log line looks like on stderr. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"

static char seen[8192];

/* Runs `speak` with stderr turned into a pipe and keeps what it wrote. */
static void listen_to(void (*speak)(void))
{
    int ends[2], kept = dup(STDERR_FILENO);
    ssize_t length;

    assert_int_equal(pipe(ends), 0);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    speak();
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    close(ends[1]);
    length = read(ends[0], seen, sizeof seen - 1);
    close(ends[0]);
    assert_true(length >= 0);
    seen[length] = '\0';
}

static void say_controls(void)
{
    log_line(LOG_NOTICE, "a\nb\x1b[31m %d", 7);
}

static void say_at_each_level(void)
{
    log_line(LOG_DEBUG, "debug");
    log_line(LOG_ALARM, "alarm");
    log_journal(true);
    log_line(LOG_ERROR, "error");
    log_journal(false);
}

static void say_much(void)
{
    log_line(LOG_INFO, "%06000d", 1);
}

static void an_event_is_one_line_without_control_characters(void **state)
{
    (void)state;
    listen_to(say_controls);
    assert_string_equal(seen, "a?b?[31m 7\n");
}

static void levels_above_the_limit_are_silent_and_the_journal_gets_a_prefix(void **state)
{
    (void)state;
    log_limit(LOG_INFO);
    listen_to(say_at_each_level);
    assert_string_equal(seen, "alarm\n<3>error\n");
}

static void a_long_line_is_cut(void **state)
{
    (void)state;
    listen_to(say_much);
    assert_true(strlen(seen) <= 4096);
    assert_int_equal(seen[strlen(seen) - 1], '\n');
}

static void messages_without_a_catalogue_stay_as_they_are(void **state)
{
    (void)state;
    i18n_start(NULL);
    assert_string_equal(_("there is no such month"), "there is no such month");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_is_one_line_without_control_characters),
        cmocka_unit_test(levels_above_the_limit_are_silent_and_the_journal_gets_a_prefix),
        cmocka_unit_test(a_long_line_is_cut),
        cmocka_unit_test(messages_without_a_catalogue_stay_as_they_are),
    };

    return cmocka_run_group_tests_name("base/log", tests, NULL, NULL);
}
