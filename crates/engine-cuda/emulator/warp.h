// What the threads of a block or of a warp do together.
//
// Every one of these aborts where not all threads reach it, or reach another line at that time.
#pragma once
#include <bit>

#include "kernel.h"

namespace emulated {

EMULATED_HIDDEN void barrier(int line);
// The number of threads whose value is not 0, after a barrier.
EMULATED_HIDDEN int count(int value, int line);
// The word that lane `from` of this warp gave.
EMULATED_HIDDEN unsigned shuffle(unsigned word, int from, int line);
EMULATED_HIDDEN unsigned ballot(int value, int line);

// ldmatrix.sync.aligned.m8n8.x{1,2,4}[.trans].shared.b16: lane 8 i + r gives the address of row r
// of matrix i, 8 numbers of 2 bytes that start at a multiple of 16 bytes in shared memory.
EMULATED_HIDDEN void ldmatrix(unsigned* out, int count, bool transposed, const void* row,
                              int line = __builtin_LINE());
// mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32: c = a b + c.
EMULATED_HIDDEN void mma_bf16(float c[4], const unsigned a[4], const unsigned b[2],
                              int line = __builtin_LINE());
// mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32: c = a b + c.
EMULATED_HIDDEN void mma_tf32(float c[4], const unsigned a[4], const unsigned b[2],
                              int line = __builtin_LINE());

EMULATED_HIDDEN void whole_warp(unsigned mask, int width);

template <class V>
V shuffle_value(unsigned mask, V value, int from, int width, int line) {
    static_assert(sizeof(V) == 4, "only words are shuffled");
    whole_warp(mask, width);
    return std::bit_cast<V>(shuffle(std::bit_cast<unsigned>(value), from, line));
}

inline int lane() { return (int)(thread_index.x % 32); }

// `from` where it lies in the same part of `width` lanes, else this lane.
inline int in_part(int from, int width) { return from / width == lane() / width ? from : lane(); }

}  // namespace emulated

inline void __syncthreads(int line = __builtin_LINE()) { emulated::barrier(line); }
inline int __syncthreads_count(int value, int line = __builtin_LINE()) {
    return emulated::count(value, line);
}
inline int __syncthreads_or(int value, int line = __builtin_LINE()) {
    return emulated::count(value, line) > 0;
}
inline int __syncthreads_and(int value, int line = __builtin_LINE()) {
    return emulated::count(value, line) == (int)emulated::THREADS_OF_BLOCK;
}
inline void __syncwarp(unsigned mask = 0xffffffffu, int line = __builtin_LINE()) {
    emulated::whole_warp(mask, 32);
    emulated::ballot(0, line);
}
inline unsigned __ballot_sync(unsigned mask, int value, int line = __builtin_LINE()) {
    emulated::whole_warp(mask, 32);
    return emulated::ballot(value, line);
}
inline int __any_sync(unsigned mask, int value, int line = __builtin_LINE()) {
    return __ballot_sync(mask, value, line) != 0;
}
inline int __all_sync(unsigned mask, int value, int line = __builtin_LINE()) {
    return __ballot_sync(mask, value, line) == 0xffffffffu;
}
template <class V>
V __shfl_sync(unsigned mask, V value, int from, int width = 32, int line = __builtin_LINE()) {
    int first = emulated::lane() / width * width;
    return emulated::shuffle_value(mask, value, first + (from & (width - 1)), width, line);
}
template <class V>
V __shfl_xor_sync(unsigned mask, V value, int lanes, int width = 32, int line = __builtin_LINE()) {
    // A lane of an earlier part may be read, of a later one not.
    int from = emulated::lane() ^ lanes;
    if (from >= emulated::lane() / width * width + width) from = emulated::lane();
    return emulated::shuffle_value(mask, value, from, width, line);
}
template <class V>
V __shfl_down_sync(unsigned mask, V value, int lanes, int width = 32, int line = __builtin_LINE()) {
    int from = emulated::in_part(emulated::lane() + lanes, width);
    return emulated::shuffle_value(mask, value, from, width, line);
}
template <class V>
V __shfl_up_sync(unsigned mask, V value, int lanes, int width = 32, int line = __builtin_LINE()) {
    int from = emulated::lane() - lanes;
    from = from < emulated::lane() / width * width ? emulated::lane() : from;
    return emulated::shuffle_value(mask, value, from, width, line);
}
