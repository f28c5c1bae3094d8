/* The duty officer is told once, in order, and a program that fails or hangs stops nobody. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/alarm.h"
#include "support/test_clock.h"

static uv_loop_t loop;
static struct test_clock hands;
static struct alarms *alarms;
static char folder[] = "/tmp/crier-alarm-XXXXXX", told[64];

static int start(void **state)
{
    (void)state;
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(told, sizeof told, "%s/told", folder);
    assert_int_equal(uv_loop_init(&loop), 0);
    test_clock_init(&hands);
    alarms = alarms_new(&loop, &hands.clock);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    alarms_stop(alarms);
    uv_run(&loop, UV_RUN_DEFAULT);
    alarms_free(alarms);
    assert_int_equal(uv_loop_close(&loop), 0);
    (void)unlink(told);
    return rmdir(folder);
}

/* $0 is the file that the script writes to. */
static void tell_by(const char *script)
{
    const char *const program[] = {"/bin/sh", "-c", script, told, NULL};

    alarms_program(alarms, program);
}

static void until_all_are_told(void)
{
    while (alarms_pending(alarms) > 0)
        uv_run(&loop, UV_RUN_ONCE);
}

static const char *what_was_told(void)
{
    static char text[4096];
    FILE *file = fopen(told, "re");
    size_t length = file ? fread(text, 1, sizeof text - 1, file) : 0;

    text[length] = '\0';
    if (file)
        (void)fclose(file);
    return text;
}

static void the_text_stands_on_the_standard_input_one_alarm_after_another(void **state)
{
    (void)state;
    tell_by("cat >> \"$0\"; echo . >> \"$0\"");
    alarm_raise(alarms, "held", "a/b@once/c waits");
    alarm_raise(alarms, "doubt", "a/d@once/c may be public");
    assert_int_equal(alarms_pending(alarms), 2);
    until_all_are_told();
    assert_string_equal(what_was_told(),
                        "held: a/b@once/c waits\n.\ndoubt: a/d@once/c may be public\n.\n");
}

static void equal_alarms_are_told_once_a_minute_also_while_the_first_is_being_told(void **state)
{
    (void)state;
    tell_by("cat >> \"$0\"");
    alarm_raise(alarms, "held", "one");
    alarm_raise(alarms, "held", "two");
    alarm_raise(alarms, "held", "one");
    alarm_raise(alarms, "held", "two");
    until_all_are_told();
    alarm_raise(alarms, "held", "one");
    assert_int_equal(alarms_pending(alarms), 0);
    test_clock_advance(&hands, span_seconds(61));
    alarm_raise(alarms, "held", "one");
    until_all_are_told();
    assert_string_equal(what_was_told(), "held: one\nheld: two\nheld: one\n");
}

static void
a_program_that_does_not_read_fails_or_is_missing_does_not_keep_the_next_alarm(void **state)
{
    static const char *const missing[] = {"/nonexistent/tell", NULL};

    (void)state;
    tell_by("exit 3");
    alarm_raise(alarms, "held", "one");
    until_all_are_told();
    alarms_program(alarms, missing);
    alarm_raise(alarms, "held", "two");
    until_all_are_told();
    tell_by("cat >> \"$0\"");
    alarm_raise(alarms, "held", "three");
    until_all_are_told();
    assert_string_equal(what_was_told(), "held: three\n");
}

static void a_program_that_hangs_is_ended_after_half_a_minute(void **state)
{
    (void)state;
    tell_by("echo began > \"$0\"; exec sleep 1000");
    alarm_raise(alarms, "held", "one");
    test_clock_advance(&hands, span_seconds(29));
    uv_run(&loop, UV_RUN_NOWAIT);
    assert_int_equal(alarms_pending(alarms), 1);
    test_clock_advance(&hands, span_seconds(2));
    until_all_are_told();
}

static void without_a_program_an_alarm_is_a_line_only(void **state)
{
    (void)state;
    alarm_raise(alarms, "held", "one");
    assert_int_equal(alarms_pending(alarms), 0);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* as the daemon does */
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(the_text_stands_on_the_standard_input_one_alarm_after_another),
        TEST(equal_alarms_are_told_once_a_minute_also_while_the_first_is_being_told),
        TEST(a_program_that_does_not_read_fails_or_is_missing_does_not_keep_the_next_alarm),
        TEST(a_program_that_hangs_is_ended_after_half_a_minute),
        TEST(without_a_program_an_alarm_is_a_line_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
