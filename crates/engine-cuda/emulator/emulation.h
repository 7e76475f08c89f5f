// CUDA C++ as C++20: what kernels.cpp includes before the kernels' source.
//
// A block is 256 threads, which are fibers of one thread of the operating system: they run one
// after another from barrier to barrier. `__shared__` variables are plain statics; nothing else of
// kernels.cpp may lie in its .bss, which is filled with NaN before every block (see poison.cpp).
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "bits.h"
#include "kernel.h"
#include "math.h"
#include "warp.h"

#define EMULATED 1
#define __device__
#define __host__
#define __global__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __shared__ static
#define __constant__ static const
#define __launch_bounds__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))
// So that `alignas` may stand wherever NVRTC takes it.
#define alignas(bytes) __attribute__((aligned(bytes)))

#define threadIdx emulated::thread_index
#define blockIdx emulated::block_index
#define blockDim emulated::block_size
#define gridDim emulated::grid_size

#define KERNEL(name, parameters)                                                  \
    static void name parameters;                                                  \
    __attribute__((constructor)) static void register_##name() {                  \
        static const emulated::Entry<decltype(&name), &name> entry{#name, BF16};  \
        emulated::add(&entry);                                                    \
    }                                                                             \
    static void name parameters
