#include "campaign_world.h"

#include <stdlib.h>
#include <string.h>

static const struct media_limit pictures[] = {
    {.mime = "image/jpeg", .most_bytes = 16777216, .most_pixels = 33177600},
    {.mime = "image/png", .most_bytes = 16777216, .most_pixels = 33177600, .sure_bytes = 8388608},
    {0}};

static const struct limits mastodon_limits = {
    .text = {{COUNT_GRAPHEMES, 500, true, true}},
    .media = pictures,
    .has_alt = true,
    .most_media = 4,
    .most_alt = 1500,
    .has_tags = true,
};
static const struct limits film_limits = {
    .text = {{COUNT_UTF16, 20, false, false}, {COUNT_BYTES, 30, false, false}},
    .media = pictures,
    .most_media = 1,
    .needs_media = true,
    .has_title = true,
    .has_link_field = true,
    .duplicate_window = {INT64_C(24) * 3600 * 1000},
};
static const struct platform_facts platforms[] = {
    {.name = "mastodon", .limits = &mastodon_limits, .media_lead = {600000}},
    {.name = "film", .limits = &film_limits},
    {0}};

static struct account account(const char *name, const struct platform_facts *facts)
{
    return (struct account){
        .name = name, .platform = facts->name, .facts = facts, .limits = *facts->limits};
}

void world_open(struct world *world, const char *zone)
{
    struct err err;

    *world = (struct world){0};
    if (!zone_open(zone, &world->zone, &err))
        abort();
    world->accounts[0] = account("toots", &platforms[0]);
    world->accounts[1] = account("wing", &platforms[0]);
    world->accounts[2] = account("wing-again", &platforms[0]);
    world->accounts[3] = account("film", &platforms[1]);
    world->accounts[1].handle = "Police";
    world->accounts[2].handle = "police";
    for (size_t i = 0; i < COUNT_OF(world->all); i++)
        world->all[i] = &world->accounts[i];
    world->campaign.name = "traffic";
    world->campaign.file = "traffic.cfg";
    world->campaign.posts = world->posts;
    world->set.workspace.zone = world->zone;
    world->set.workspace.accounts = world->accounts;
    world->set.workspace.account_count = COUNT_OF(world->accounts);
    world->set.campaigns = &world->campaign;
    world->set.count = 1;
    findings_init(&world->findings, &world->arena);
}

void world_close(struct world *world)
{
    zone_close(world->zone);
    arena_clear(&world->arena);
}

struct instant world_time(const struct world *world, const char *text)
{
    struct when when;
    struct instant t, later;

    if (!when_parse(text, &when))
        abort();
    (void)zone_resolve(world->zone, &when.civil, &t, &later);
    return t;
}

struct post *world_post(struct world *world, const char *id, const char *text)
{
    struct post *post = &world->posts[world->campaign.post_count++];

    post->id = id;
    post->at = (struct civil){2026, 12, 1, 9, 30, 0};
    post->at_instant = world_time(world, "2026-12-01 09:30");
    post->wording.has_text = true;
    post->wording.text = text;
    post->wording.text_place = (struct place){"campaigns/traffic.cfg", 10, 5};
    post->accounts = world->all;
    post->account_count = 1;
    post->useful_for = span_hours(2);
    return post;
}

struct post *world_repeat(struct world *world, const char *id, const char *text, unsigned weekdays)
{
    struct post *post = world_post(world, id, text);
    int *times = arena_array(&world->arena, 1, sizeof *times);

    times[0] = 19 * 3600;
    post->repeats = true;
    post->repeat = (struct repeat){
        .form = REPEAT_WEEKDAYS,
        .interval = 1,
        .weekdays = weekdays,
        .times_s = times,
        .time_count = 1,
        .from = civil_days(2026, 12, 1),
        .until = REPEAT_FOR_EVER,
    };
    repeat_prepare(&post->repeat);
    return post;
}

struct rendered world_render(struct world *world, const struct post *post, const struct account *on,
                             int64_t slot)
{
    struct media_index media = media_index_make(world->facts, world->fact_count, &world->arena);
    struct rendered rendered;

    render(&world->campaign, post, on, slot, &media, &world->arena, &rendered, &world->findings);
    return rendered;
}

const char *world_codes(struct world *world)
{
    char *codes = arena_text(&world->arena, "");

    for (size_t i = 0; i < world->findings.count; i++)
        codes = arena_printf(&world->arena, "%s%s ", codes, world->findings.items[i].code);
    return codes;
}
