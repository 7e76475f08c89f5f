// Compiled by NVRTC on a device, and by a C++ compiler under emulator/emulation.h where there is
// none. No header is needed. -DBF16=1 stores maps as bfloat16, else they are float; statistics,
// weights and their gradients are float always.
//
// Maps are [image][row][column][channel]. Every kernel runs in blocks of THREADS threads, in one or
// two dimensions of blocks. Sums are taken in an order that only the shape decides: no atomics.
//
// A LARGE_KERNEL may take all registers that one block can have, instead of spilling some for two blocks.
#ifndef EMULATED
#define KERNEL(name, parameters) extern "C" __global__ void __launch_bounds__(256) name parameters
#define LARGE_KERNEL(name, parameters) extern "C" __global__ void __launch_bounds__(256, 1) name parameters
#else
#define LARGE_KERNEL KERNEL
#endif
#define THREADS 256
#define DEVICE __device__ __forceinline__

struct alignas(16) Words {
    unsigned x, y, z, w;
};

DEVICE float of_bits(unsigned bits) {
#ifdef EMULATED
    return emulated::of_bits(bits);
#else
    return __uint_as_float(bits);
#endif
}

// Two floats rounded to bfloat16, to nearest, ties to even; the first in the low half.
DEVICE unsigned pack_two(float low, float high) {
#ifdef EMULATED
    return emulated::bf16(low) | emulated::bf16(high) << 16;
#elif __CUDA_ARCH__ >= 800
    unsigned both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
#else
    return 0;
#endif
}

DEVICE float low_half(unsigned both) { return of_bits(both << 16); }
DEVICE float high_half(unsigned both) { return of_bits(both & 0xffff0000u); }

#if BF16
typedef unsigned short T;
// Elements of one wide load: 16 bytes.
#define WIDE 8
DEVICE float get(const T* from) { return of_bits((unsigned)*from << 16); }
DEVICE void put(T* to, float value) { *to = (T)(pack_two(value, 0.0f) & 0xffffu); }
#else
typedef float T;
#define WIDE 4
DEVICE float get(const T* from) { return *from; }
DEVICE void put(T* to, float value) { *to = value; }
#endif

// N neighbouring elements, N being 1 or WIDE; WIDE ones start at a multiple of 16 bytes.
template <int N>
DEVICE void load(const T* from, float* values) {
    if (N == 1) {
        values[0] = get(from);
        return;
    }
    Words words = *(const Words*)from;
#if BF16
    values[0] = low_half(words.x); values[1] = high_half(words.x);
    values[2] = low_half(words.y); values[3] = high_half(words.y);
    values[4] = low_half(words.z); values[5] = high_half(words.z);
    values[6] = low_half(words.w); values[7] = high_half(words.w);
#else
    values[0] = of_bits(words.x); values[1] = of_bits(words.y);
    values[2] = of_bits(words.z); values[3] = of_bits(words.w);
#endif
}

DEVICE unsigned to_bits(float value) {
#ifdef EMULATED
    return emulated::to_bits(value);
#else
    return __float_as_uint(value);
#endif
}

template <int N>
DEVICE void store(T* to, const float* values) {
    if (N == 1) {
        put(to, values[0]);
        return;
    }
    Words words;
#if BF16
    words.x = pack_two(values[0], values[1]); words.y = pack_two(values[2], values[3]);
    words.z = pack_two(values[4], values[5]); words.w = pack_two(values[6], values[7]);
#else
    words.x = to_bits(values[0]); words.y = to_bits(values[1]);
    words.z = to_bits(values[2]); words.w = to_bits(values[3]);
#endif
    *(Words*)to = words;
}

// Numbers of this thread and of all threads of the launch, for loops over independent items.
DEVICE long first_item() { return (long)blockIdx.x * THREADS + threadIdx.x; }
DEVICE long all_items() { return (long)gridDim.x * THREADS; }
