/* In the place of ffprobe and ffmpeg: what they would do, had a file taken them over. The file says
 *
 *     ffprobe WORD        or        ffmpeg WORD
 *
 * and the program of that name does it; what misdeeds.c knows, and the deeds below. When a deed has
 * come back, ffprobe answers with a video whose coder is `came-back` or what the deed found out,
 * and ffmpeg writes that into the output: so the tests can see it.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"

extern char **environ;
void misdeed(const unsigned char *bytes, size_t length);

static char result[1024] = "came-back";

static void note(long long number)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%lld ", number);
    (void)strncat(result, text, sizeof result - strlen(result) - 1);
}

static void report(const char *what, int descriptor)
{
    if (descriptor >= 0)
        (void)snprintf(result, sizeof result, "%s", what);
    else
        (void)snprintf(result, sizeof result, "refused-%s", strerrorname_np(errno));
}

/* As the kernel does when there is no memory left. */
static void be_taken(void)
{
    (void)raise(SIGKILL);
}

static void read_a_secret(void)
{
    report("opened", open("/etc/passwd", O_RDONLY));
}

static void list_a_folder(void)
{
    report("opened", open("/etc", O_RDONLY | O_DIRECTORY));
}

static void write_elsewhere(void)
{
    report("opened", open("/tmp/crier-stand-in", O_WRONLY | O_CREAT, 0600));
}

static void write_the_source(void)
{
    report("opened", open("/proc/self/fd/3", O_WRONLY));
}

static void write_the_output(void)
{
    report("opened", open("/proc/self/fd/4", O_WRONLY));
}

static void run_a_shell(void)
{
    char *const args[] = {(char[]){"sh"}, (char[]){"-c"}, (char[]){"exit 0"}, NULL};

    report("ran", execve("/bin/sh", args, environ));
}

/* The one exec that is allowed, once more, with a shell behind its number. */
static void run_a_shell_by_number(void)
{
    char *const args[] = {(char[]){"sh"}, NULL};
    int shell = open("/usr/bin/dash", O_RDONLY);

    if (shell >= 0 && dup2(shell, 200) < 0)
        report("ran", -1);
    else
        report("ran", execveat(200, "", args, environ, AT_EMPTY_PATH));
}

/* Without taking the one shell's number: nothing lies behind it any more. */
static void start_again(void)
{
    char *const args[] = {(char[]){"ffprobe"}, NULL};

    report("ran", execveat(200, "", args, environ, AT_EMPTY_PATH));
}

static void ask_for_memory(void)
{
    void *volatile much = malloc((size_t)3 << 30);

    (void)snprintf(result, sizeof result, "%s", much ? "got-it" : "none");
}

static void write_much(void)
{
    static const char piece[1 << 16];
    int output = open("/proc/self/fd/4", O_WRONLY);

    for (int i = 0; i < 1024; i++)
        if (write(output, piece, sizeof piece) < 0)
            _exit(3);
}

static void say_environment(void)
{
    result[0] = '\0';
    for (char **at = environ; *at; at++)
        (void)strncat(strncat(result, *at, 100), " ", 2);
}

static void say_descriptors(void)
{
    result[0] = '\0';
    for (int fd = 0; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            note(fd);
}

static void say_limits(void)
{
    static const int asked[] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_CORE};
    struct rlimit limit;

    result[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        if (getrlimit(asked[i], &limit) == 0)
            note((long long)limit.rlim_max);
}

static void talk_on_stderr(void)
{
    fputs("a secret that stood in the file\n", stderr);
}

static void print_too_much(void)
{
    for (int i = 0; i < 100 * 1000; i++)
        fputs("{\"format\":", stdout);
}

static const struct {
    const char *word;
    void (*commit)(void);
} deeds[] = {
    {"be-taken", be_taken},
    {"read-a-secret", read_a_secret},
    {"list-a-folder", list_a_folder},
    {"write-elsewhere", write_elsewhere},
    {"write-the-source", write_the_source},
    {"write-the-output", write_the_output},
    {"run-a-shell", run_a_shell},
    {"run-a-shell-by-number", run_a_shell_by_number},
    {"start-again", start_again},
    {"ask-for-memory", ask_for_memory},
    {"write-much", write_much},
    {"say-environment", say_environment},
    {"say-descriptors", say_descriptors},
    {"say-limits", say_limits},
    {"talk-on-stderr", talk_on_stderr},
    {"print-too-much", print_too_much},
};

static void commit(const char *word)
{
    char line[128];
    int length;

    for (size_t i = 0; i < COUNT_OF(deeds); i++)
        if (!strcmp(deeds[i].word, word)) {
            deeds[i].commit();
            return;
        }
    length = snprintf(line, sizeof line, "CRIER-MISDEED %s\n", word);
    misdeed((const unsigned char *)line, (size_t)length);
}

static void answer_as_ffprobe(void)
{
    printf(
        "{\"streams\":[{\"codec_type\":\"video\",\"codec_name\":\"%s\",\"width\":2,\"height\":2}],"
        "\"format\":{\"format_name\":\"mov,mp4\"}}\n",
        result);
}

static void answer_as_ffmpeg(void)
{
    int output = open("/proc/self/fd/4", O_WRONLY);

    if (output < 0 || write(output, result, strlen(result)) < 0)
        _exit(4);
}

int main(int argc, char **argv)
{
    char bytes[128] = "", name[16], word[64];
    int source = open("/proc/self/fd/3", O_RDONLY);

    (void)argc;
    if (read(source, bytes, sizeof bytes - 1) < 0 || close(source) != 0)
        _exit(5);
    if (sscanf(bytes, "%15s %63s", name, word) == 2 && !strcmp(name, argv[0]))
        commit(word);
    if (!strcmp(argv[0], "ffprobe"))
        answer_as_ffprobe();
    else
        answer_as_ffmpeg();
    return 0;
}
