/* renderer/pictures.h - the modes `look` and `picture` of crier-render: libvips, confined.
 *
 * libvips is started and the sources are mapped first, then the process locks itself in
 * (renderer/confine.h), and only then the first byte of a source is read. JPEG, PNG, GIF, WebP,
 * TIFF, HEIC and AVIF are decoded, by loaders that are fuzzed; no other is let near a file.
 */
#ifndef CRIER_RENDERER_PICTURES_H
#define CRIER_RENDERER_PICTURES_H

/* `count` as text: descriptors 3 to 2+count are pictures. One line each, in order. */
int pictures_look(const char *count);

/* A picture's recipe (base/recipe.h), from descriptor 3 into the empty file 4. */
int pictures_make(const char *recipe);

#endif
