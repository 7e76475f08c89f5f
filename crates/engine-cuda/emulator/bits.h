// Floats, their bits and bfloat16.
#pragma once
#include <bit>

namespace emulated {

inline float of_bits(unsigned bits) { return std::bit_cast<float>(bits); }
inline unsigned to_bits(float value) { return std::bit_cast<unsigned>(value); }

// The upper half of a float, rounded to nearest, ties to even. NaN stays NaN.
inline unsigned bf16(float value) {
    unsigned bits = to_bits(value);
    if (value != value) return 0x7fff;
    return (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
}

// What a matrix instruction reads of a float as tf32: the lowest 13 bits are not looked at.
inline float tf32(unsigned bits) { return of_bits(bits & 0xffffe000u); }

}  // namespace emulated
