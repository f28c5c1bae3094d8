/* crier-render: looks into pictures and videos with decoders, and makes of them what goes out. A
 * program of its own because decoders of hostile bytes will be taken over one day.
 *
 *     crier-render look N
 *         Descriptors 3 to 2+N are pictures. For each, in order, one line of JSON on stdout:
 *         {"alpha":false,"bits":8,"colour":"srgb","duration_ms":null,"frames":1,"height":H,
 *          "metadata":["exif","gps"],"mime":"image/jpeg","n":0,"orientation":null,"problem":null,
 *          "width":W}
 *         All of it is decoded, so what has no problem can be made into renditions. Width and
 *         height are those stored. problem: unsupported, too-many-pixels, truncated, undecodable.
 *     crier-render picture RECIPE
 *         Descriptor 3 is the source, 4 an empty file for the rendition. One line:
 *         {"duration_ms":null,"frames":1,"height":H,"mime":"image/jpeg","problem":null,"width":W}
 *         problem: as above, or too-large: the recipe's `most` cannot be kept.
 *     crier-render probe
 *         Descriptor 3 is a video. One line, by ffprobe's word and that of its container:
 *         {"duration_ms":N,"height":H,"metadata":["gps","xmp","text","opaque","author","camera",
 *          "time"],"mime":"video/mp4","n":0,"problem":null,"video":{"bit_rate":N,"channels":2,
 *          "codec":"h264","frame_rate":29970,"has_edits":false,"index_first":true,
 *          "interlaced":false,"pixels":"yuv420p","rate_varies":false,"sound":"aac",
 *          "sound_rate":48000,"turned":false},"width":W}
 *         Width and height are those shown. problem: undecodable, truncated, trailing-bytes,
 *         no-video (then "video" is null).
 *     crier-render video RECIPE
 *         The same as `picture` for a video, by ffmpeg. While it works, lines {"progress":0.42}.
 *         A recipe of a JPEG makes the picture that stands for it, of even width and height.
 *
 * Arguments and descriptors are all it gets: no file is opened by a name that anybody gave it, and
 * before the first byte is read the process gives up what it does not need (renderer/confine.h,
 * cage.h). A file that takes it over can do no more than lie about itself. What a file says never
 * reaches stderr. Exit status: 0 the last line is written; 2 wrong usage; 69 ffprobe or ffmpeg is
 * not installed; 70 it cannot start, or this machine cannot confine it; SIGSYS: a forbidden call.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compiler.h"
#include "renderer/pictures.h"
#include "renderer/probe.h"
#include "renderer/render.h"
#include "renderer/video.h"

static const struct mode {
    const char *name, *word; /* what follows it, for the usage; "" = nothing */
    int (*run)(const char *word);
} modes[] = {
    {"look", "N", pictures_look},
    {"picture", "RECIPE", pictures_make},
    {"probe", "", probe_run},
    {"video", "RECIPE", video_make},
};

/* Libraries read the environment before main() does, and what they find there would change what
 * is made. So unless the parent has seen to it, the program starts itself again in one of its
 * own. (GNU OpenMP, for one: the colours of a GIF are chosen by as many threads as it says. And
 * libvips looks for its modules where it is told to live: there are none.) */
static void settle(char **argv)
{
    static char locale[] = "LC_ALL=C.UTF-8", zone[] = "TZ=UTC0", threads[] = "OMP_NUM_THREADS=1",
                home[] = "VIPSHOME=/nonexistent";
    char *environment[] = {locale, zone, threads, home, NULL};
    const char *threads_given = getenv("OMP_NUM_THREADS"), *home_given = getenv("VIPSHOME");

    if (!threads_given || strcmp(threads_given, "1") != 0 || !home_given ||
        strcmp(home_given, "/nonexistent") != 0)
        (void)execve("/proc/self/exe", argv, environment);
}

static int usage(void)
{
    const char *before = "usage:";

    for (size_t i = 0; i < COUNT_OF(modes); i++) {
        fprintf(stderr, "%-6s crier-render %s %s\n", before, modes[i].name, modes[i].word);
        before = "";
    }
    return RENDER_USAGE;
}

int main(int argc, char **argv)
{
    settle(argv);
    for (size_t i = 0; argc > 1 && i < COUNT_OF(modes); i++)
        if (!strcmp(argv[1], modes[i].name) && argc == (*modes[i].word ? 3 : 2))
            return modes[i].run(*modes[i].word ? argv[2] : "");
    return usage();
}
