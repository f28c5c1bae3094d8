/* renderer/render.h - what all modes of crier-render share: descriptors and exit statuses.
 *
 * A mode gets its word ("" where it has none) and returns the exit status. It prints its answer on
 * stdout, a line of JSON for each file; its last line is what counts.
 */
#ifndef CRIER_RENDERER_RENDER_H
#define CRIER_RENDERER_RENDER_H

enum { RENDER_SOURCE = 3, RENDER_OUTPUT = 4 };
enum { RENDER_DONE = 0, RENDER_USAGE = 2, RENDER_LACKS = 69, RENDER_BROKEN = 70 };

#endif
