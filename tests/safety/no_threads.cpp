// SPDX-License-Identifier: Apache-2.0
// Loaded before the C library: there are no more threads to be had.
#include <cerrno>

extern "C" int pthread_create(void*, const void*, void* (*)(void*), void*) { return EAGAIN; }
