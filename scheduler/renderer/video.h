/* renderer/video.h - the mode `video` of crier-render: a recipe, followed by ffmpeg.
 *
 * `copy` puts the first pictures and the first sound into a new MP4 as they are. Every other
 * recipe makes H.264 (High, yuv420p, progressive, a closed group every 2 s, BT.709) and AAC-LC
 * (128 kb/s, 48 kHz, stereo; a silent video stays silent): upright, square pixels, in the size and
 * frame the recipe says, tone-mapped if it was HDR. Either way the index stands in front and
 * nothing is left of what it said besides pictures and sound: no tags, chapters, tracks of data,
 * subtitles, nor messages within the pictures' own stream.
 *
 * A recipe of a JPEG makes one picture that stands for the video, from a tenth of it or its third
 * second, whatever comes first; its sides are made even.
 *
 * If the recipe has a `most`, the bit rate is one that keeps it; should it not, there is one more
 * try with less. The same source and recipe give the same bytes: fixed threads, no dates, no
 * names of programs. What comes out is probed like a file of a stranger's before it is said to be
 * done.
 */
#ifndef CRIER_RENDERER_VIDEO_H
#define CRIER_RENDERER_VIDEO_H

/* A video's recipe (base/recipe.h), from descriptor 3 into the empty file 4. */
int video_make(const char *recipe);

#endif
