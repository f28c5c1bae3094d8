/* base/failpoint.h - named places where the fault build can be made to die.
 *
 * In a build with CRIER_FAULT, the variable CRIER_FAILPOINT="name" or "name:N"
 * kills the process at the first (N-th) visit, and CRIER_FAILPOINT_LOG=FILE
 * appends each visited name, a line each: a sweep runs once to learn the list and then
 * once for every visit. In every other build FAILPOINT is nothing. Names are
 * "layer.thing.moment".
 */
#ifndef CRIER_BASE_FAILPOINT_H
#define CRIER_BASE_FAILPOINT_H

#ifdef CRIER_FAULT
void failpoint(const char *name);
#define FAILPOINT(name) failpoint(name)
#else
#define FAILPOINT(name) ((void)0)
#endif

#endif
