#include "renderer/probe.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/metadata.h"
#include "renderer/child.h"
#include "renderer/container.h"
#include "renderer/render.h"

enum { MOST_ANSWER = 64 * 1024, CPU_S = 5 };
static const uint64_t memory_bytes = UINT64_C(1) << 30;

const char probe_containers[] =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,ogg,dv";
/* Subtitles and covers never go out, but without their coders ffprobe gives up on the file. */
const char probe_coders[] =
    "h264,hevc,vp8,vp9,libdav1d,av1,mpeg4,msmpeg4,msmpeg4v2,mpeg2video,mpeg1video,h263,flv,mjpeg,"
    "prores,dvvideo,theora,wmv1,wmv2,wmv3,vc1,aac,mp3,mp3float,mp2,mp2float,ac3,eac3,opus,libopus,"
    "vorbis,flac,alac,amrnb,amrwb,wmav1,wmav2,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,"
    "pcm_f32le,pcm_u8,pcm_alaw,pcm_mulaw,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,"
    "mov_text,text,subrip,srt,ass,ssa,webvtt,cc_dec,dvbsub,dvdsub,pgssub,png";

/* ---- tags ---- */

/* What every muxer writes and says nothing. Whole names. */
static const char *const harmless[] = {
    "major_brand",
    "minor_version",
    "compatible_brands",
    "encoder",
    "handler_name",
    "vendor_id",
    "language",
    "duration",
    "number_of_frames",
    "number_of_bytes",
    "bps",
    "_statistics_tags",
    "_statistics_writing_app",
    "alpha_mode",
    "rotate",
    "software-encoder",
    "variant_bitrate",
    "isft",
    "metadatacreator",
    "hasmetadata",
    "hasvideo",
    "hasaudio",
    "stereo",
    "canseektoend",
};

/* What a name has in it; the first that fits counts. */
static const struct {
    const char *part;
    enum metadata bit;
} tags[] = {
    {"location", METADATA_GPS},      {"iso6709", METADATA_GPS},
    {"gps", METADATA_GPS},           {"xyz", METADATA_GPS},
    {"latitude", METADATA_GPS},      {"longitude", METADATA_GPS},
    {"altitude", METADATA_GPS},      {"make", METADATA_CAMERA},
    {"model", METADATA_CAMERA},      {"device", METADATA_CAMERA},
    {"software", METADATA_CAMERA},   {"android", METADATA_CAMERA},
    {"camera", METADATA_CAMERA},     {"serial", METADATA_CAMERA},
    {"firmware", METADATA_CAMERA},   {"author", METADATA_AUTHOR},
    {"artist", METADATA_AUTHOR},     {"composer", METADATA_AUTHOR},
    {"performer", METADATA_AUTHOR},  {"copyright", METADATA_AUTHOR},
    {"publisher", METADATA_AUTHOR},  {"encoded_by", METADATA_AUTHOR},
    {"director", METADATA_AUTHOR},   {"creation_time", METADATA_TIME},
    {"creationdate", METADATA_TIME}, {"date", METADATA_TIME},
    {"year", METADATA_TIME},         {"timecode", METADATA_TIME},
    {"xmp", METADATA_XMP},
};

static bool is_harmless(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(harmless); i++)
        if (!strcasecmp(name, harmless[i]))
            return true;
    return false;
}

static enum metadata tag_bit(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(tags); i++)
        if (strcasestr(name, tags[i].part))
            return tags[i].bit;
    return METADATA_TEXT;
}

static void add_tags(struct probe *probe, json_t *thing)
{
    const char *name;
    json_t *value;

    json_object_foreach(json_object_get(thing, "tags"), name, value) if (!is_harmless(name))
        probe->metadata |= tag_bit(name);
}

/* Tracks of data: where a camera was while it filmed, and what else nobody sees. Subtitles are
 * words that nobody has approved. */
static void add_data(struct probe *probe, const char *kind, const char *form)
{
    static const char *const places[] = {"gpmd", "camm", "mebx", "rtmd"};

    if (!strcmp(kind, "subtitle"))
        probe->metadata |= METADATA_TEXT;
    if (strcmp(kind, "data") != 0 && strcmp(kind, "attachment") != 0)
        return;
    probe->metadata |= (form && !strcmp(form, "tmcd") ? METADATA_TIME : METADATA_OPAQUE);
    for (size_t i = 0; form && i < COUNT_OF(places); i++)
        if (!strcmp(form, places[i]))
            probe->metadata |= METADATA_GPS;
}

/* ---- ffprobe's answer ---- */

static const char *text_or(json_t *object, const char *member, const char *otherwise)
{
    const char *text = json_text(object, member);

    return text ? text : otherwise;
}

/* Many of its numbers are texts: "12.500000", "30000/1001", "16:15", "N/A". 0 = not known. */
static double ratio(const char *text, char sign)
{
    char *end;
    double number, divisor;

    if (!text)
        return 0;
    number = strtod(text, &end);
    if (end == text || (*end && *end != sign) || !(number > 0))
        return 0;
    if (!*end)
        return number;
    divisor = strtod(end + 1, &end);
    return divisor > 0 ? number / divisor : 0;
}

/* Not beyond what a double holds exactly; a file may say anything. */
static int64_t whole(double number)
{
    return number > 0 && number < 9e15 ? (int64_t)llround(number) : 0;
}

/* By how many degrees a player has to turn it. */
static double rotation(json_t *stream)
{
    json_t *side = json_object_get(stream, "side_data_list");
    double angle = 0;

    for (size_t i = 0; i < json_array_size(side) && angle == 0; i++)
        angle = json_number_value(json_object_get(json_array_get(side, i), "rotation"));
    return angle;
}

static void read_size(struct probe *probe, json_t *stream)
{
    double shape = ratio(json_text(stream, "sample_aspect_ratio"), ':');
    int64_t width = json_integer_or(stream, "width", 0);
    int64_t height = json_integer_or(stream, "height", 0);
    double angle = rotation(stream);
    bool lies = lround(fabs(angle) / 90) % 2 == 1;

    width = whole((double)width * (shape > 0 ? shape : 1));
    probe->width = lies ? height : width;
    probe->height = lies ? width : height;
    probe->is_turned = angle != 0;
}

static void read_rate(struct probe *probe, json_t *stream)
{
    double mean = ratio(json_text(stream, "avg_frame_rate"), '/');
    double base = ratio(json_text(stream, "r_frame_rate"), '/');

    probe->frame_rate = whole((mean > 0 ? mean : base) * 1000);
    probe->rate_varies = mean > 0 && base > 0 && fabs(base - mean) > mean / 20;
}

static void read_picture(struct probe *probe, json_t *stream, struct arena *arena)
{
    static const char *const fields[] = {"tt", "bb", "tb", "bt"};
    const char *order = text_or(stream, "field_order", "");

    probe->codec = arena_text(arena, text_or(stream, "codec_name", "unknown"));
    probe->pixels = arena_text(arena, text_or(stream, "pix_fmt", ""));
    probe->transfer = arena_text(arena, text_or(stream, "color_transfer", ""));
    probe->matrix = arena_text(arena, text_or(stream, "color_space", ""));
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (!strcmp(order, fields[i]))
            probe->interlaced = true;
    read_size(probe, stream);
    read_rate(probe, stream);
}

static void read_sound(struct probe *probe, json_t *stream, struct arena *arena)
{
    probe->sound = arena_text(arena, text_or(stream, "codec_name", "unknown"));
    probe->sound_rate = whole(ratio(json_text(stream, "sample_rate"), 0));
    probe->channels = json_integer_or(stream, "channels", 0);
}

/* The first of each kind counts, as in video.c. The picture on a cover is none. */
static void read_stream(struct probe *probe, json_t *stream, struct arena *arena)
{
    const char *kind = text_or(stream, "codec_type", "data");
    bool is_cover = json_integer_or(json_object_get(stream, "disposition"), "attached_pic", 0) != 0;

    add_tags(probe, stream);
    add_data(probe, kind, json_text(stream, "codec_tag_string"));
    if (is_cover)
        probe->metadata |= METADATA_OPAQUE;
    else if (!strcmp(kind, "video") && !*probe->codec)
        read_picture(probe, stream, arena);
    else if (!strcmp(kind, "audio") && !*probe->sound)
        read_sound(probe, stream, arena);
}

static const struct {
    const char *format, *mime;
} mimes[] = {
    {"mov,mp4", "video/mp4"},   {"matroska", "video/x-matroska"},
    {"avi", "video/x-msvideo"}, {"mpegts", "video/mp2t"},
    {"mpeg", "video/mpeg"},     {"asf", "video/x-ms-asf"},
    {"flv", "video/x-flv"},     {"ogg", "video/ogg"},
    {"dv", "video/dv"},
};

static const char *mime_of(const char *format)
{
    for (size_t i = 0; i < COUNT_OF(mimes); i++)
        if (!strncmp(format, mimes[i].format, strlen(mimes[i].format)))
            return mimes[i].mime;
    return "application/octet-stream";
}

static void read_answer(struct probe *probe, json_t *answer, struct arena *arena)
{
    json_t *format = json_object_get(answer, "format"), *stream;
    size_t i;

    probe->mime = mime_of(text_or(format, "format_name", ""));
    probe->duration_ms = whole(ratio(json_text(format, "duration"), 0) * 1000);
    probe->bit_rate = whole(ratio(json_text(format, "bit_rate"), 0));
    add_tags(probe, format);
    if (json_array_size(json_object_get(answer, "chapters")) > 0)
        probe->metadata |= METADATA_TEXT;
    json_array_foreach(json_object_get(answer, "streams"), i, stream)
        read_stream(probe, stream, arena);
    if (!*probe->codec)
        probe->problem = "no-video";
    else if (probe->width <= 0 || probe->height <= 0)
        probe->problem = "undecodable";
}

/* ---- asking ---- */

static bool take(void *arg, const char *bytes, size_t length)
{
    return buffer_add(arg, bytes, length);
}

static enum child_end ask(int file, struct arena *arena, struct buffer *answer)
{
    static const char entries[] =
        "format=format_name,duration,bit_rate:format_tags:chapter=id:"
        "stream=codec_type,codec_name,codec_tag_string,pix_fmt,width,height,sample_aspect_ratio,"
        "field_order,color_space,color_transfer,avg_frame_rate,r_frame_rate,sample_rate,channels:"
        "stream_tags:stream_disposition=attached_pic:stream_side_data=rotation";
    const char *const args[] = {"ffprobe",
                                "-v",
                                "quiet",
                                "-protocol_whitelist",
                                "file",
                                "-format_whitelist",
                                probe_containers,
                                "-codec_whitelist",
                                probe_coders,
                                "-threads",
                                "1",
                                "-of",
                                "json=compact=1",
                                "-show_entries",
                                entries,
                                arena_printf(arena, "file:/proc/self/fd/%d", file),
                                NULL};
    const struct child_order order = {
        .limits = {CAGE_FFPROBE, memory_bytes, 0, CPU_S},
        .args = arena_copy(arena, args, sizeof args),
        .take = take,
        .arg = answer,
    };

    return child_run(&order);
}

static bool ask_ffprobe(int file, struct arena *arena, struct probe *probe)
{
    struct buffer answer;
    struct err err;
    enum child_end end;
    json_t *value = NULL;

    buffer_init(&answer, MOST_ANSWER);
    end = ask(file, arena, &answer);
    if (end == CHILD_DONE)
        value = json_in_arena(json_read(answer.bytes, answer.length, &err), arena);
    if (value)
        read_answer(probe, value, arena);
    else
        probe->problem = "undecodable";
    buffer_clear(&answer);
    return end != CHILD_ABSENT;
}

/* ---- our own look at the container ---- */

static bool read_exactly(void *context, uint64_t offset, void *bytes, size_t length)
{
    const int *file = context;
    size_t done = 0;

    while (done < length) {
        ssize_t n = pread(*file, (char *)bytes + done, length - done, (off_t)(offset + done));

        if (n == 0 || (n < 0 && errno != EINTR))
            return false;
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* ffprobe is content with files that end too soon; its own word on frame rates is a guess. */
static void look_into_container(int file, uint64_t size, struct probe *probe)
{
    const struct container_source source = {read_exactly, &file, size};
    struct container container;

    container_read(&source, &container);
    if (container.truncated)
        probe->problem = "truncated";
    else if (container.has_trailing && !probe->problem)
        probe->problem = "trailing-bytes";
    if (container.mime && probe->mime)
        probe->mime = container.mime;
    if (container.is_timed)
        probe->rate_varies = container.rate_varies;
    probe->index_first = container.index_first;
    probe->has_edits = container.has_edits;
    probe->metadata |=
        (container.has_xmp ? METADATA_XMP : 0) | (container.has_opaque ? METADATA_OPAQUE : 0);
}

bool probe_read(int file, struct arena *arena, struct probe *probe)
{
    struct stat status;

    *probe = (struct probe){.mime = "application/octet-stream",
                            .codec = "",
                            .sound = "",
                            .pixels = "",
                            .transfer = "",
                            .matrix = ""};
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        probe->problem = "undecodable";
        return true;
    }
    if (!ask_ffprobe(file, arena, probe))
        return false;
    look_into_container(file, (uint64_t)status.st_size, probe);
    return true;
}

/* ---- the line ---- */

static json_t *video_value(const struct probe *probe)
{
    json_t *video = json_object();

    json_put(video, "codec", probe->codec);
    json_put(video, "sound", probe->sound);
    json_put(video, "pixels", probe->pixels);
    json_put_integer(video, "frame_rate", probe->frame_rate);
    json_put_bool(video, "rate_varies", probe->rate_varies);
    json_put_bool(video, "interlaced", probe->interlaced);
    json_put_bool(video, "index_first", probe->index_first);
    json_put_bool(video, "has_edits", probe->has_edits);
    json_put_bool(video, "turned", probe->is_turned);
    json_put_integer(video, "bit_rate", probe->bit_rate);
    json_put_integer(video, "sound_rate", probe->sound_rate);
    json_put_integer(video, "channels", probe->channels);
    return video;
}

static json_t *metadata_value(unsigned metadata)
{
    json_t *list = json_array();

    for (unsigned bit = 1; metadata_word(bit); bit <<= 1)
        if (metadata & bit)
            (void)json_array_append_new(list, json_string(metadata_word(bit)));
    return list;
}

static void print_line(const struct probe *probe, struct arena *arena)
{
    json_t *line = json_in_arena(json_object(), arena);

    json_put_integer(line, "n", 0);
    json_put(line, "mime", probe->mime);
    json_put_known(line, "width", probe->width);
    json_put_known(line, "height", probe->height);
    json_put_known(line, "duration_ms", probe->duration_ms);
    json_put_new(line, "video", *probe->codec ? video_value(probe) : NULL);
    json_put_new(line, "metadata", metadata_value(probe->metadata));
    json_put(line, "problem", probe->problem);
    fprintf(stdout, "%s\n", json_write(line, arena, NULL));
    fflush(stdout);
}

int probe_run(const char *word)
{
    struct arena arena = {0};
    struct probe probe;

    (void)word;
    if (!cage_has_tools())
        return RENDER_LACKS;
    if (!cage_enter(RENDER_SOURCE, -1, RENDER_SOURCE + 1)) {
        fprintf(stderr, "crier-render: cannot lock itself in: %s\n", strerrorname_np(errno));
        return RENDER_BROKEN;
    }
    if (!probe_read(RENDER_SOURCE, &arena, &probe))
        return RENDER_BROKEN;
    print_line(&probe, &arena);
    _exit(RENDER_DONE); /* all is flushed, and whatever else would tidy up may need more */
}
