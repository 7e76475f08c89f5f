// Tensor cores and copies to shared memory, as they are on a device and under emulation. Whether
// products of maps run on tensor cores: bfloat16 ones do, float ones (rounded to 10 bits) if TF32.
#ifndef TF32
#define TF32 0
#endif
#define ON_TENSOR_CORES (BF16 || TF32)

// Elements of what is summed over in one tile: four wide loads, two steps of the tensor cores.
#define DEPTH (4 * WIDE)
// Tiles under way: two are copied while one is multiplied.
#define STAGES 3

#ifndef EMULATED
DEVICE unsigned shared_address(const void* at) {
    unsigned address;
    asm("{ .reg .u64 wide; cvta.to.shared.u64 wide, %1; cvt.u32.u64 %0, wide; }" : "=r"(address) : "l"(at));
    return address;
}
#endif

// 16 bytes from a map to shared memory, zeros unless `is_inside`; there after `await_copies`.
DEVICE void copy_words(Words* to, const T* from, bool is_inside) {
#ifdef EMULATED
    Words zero = {0, 0, 0, 0};
    *to = is_inside ? *(const Words*)from : zero;
#elif __CUDA_ARCH__ >= 800
    int bytes = is_inside ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(shared_address(to)), "l"(from), "r"(bytes) : "memory");
#endif
}

// Ends a group of copies, which may be empty.
DEVICE void end_copies() {
#if !defined(EMULATED) && __CUDA_ARCH__ >= 800
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

// Waits until all of this thread's groups but the last `N` are there.
template <int N>
DEVICE void await_copies() {
#if !defined(EMULATED) && __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory");
#endif
}

// Four matrices of 8 rows of 16 bytes: lanes 8i to 8i + 7 name the rows of matrix i.
DEVICE void load_matrices(unsigned* matrices, const Words* row) {
#ifdef EMULATED
    emulated::ldmatrix(matrices, 4, false, row);
#elif __CUDA_ARCH__ >= 750
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
        : "=r"(matrices[0]), "=r"(matrices[1]), "=r"(matrices[2]), "=r"(matrices[3])
        : "r"(shared_address(row)) : "memory");
#endif
}

// The same of 8 numbers of 2 bytes a row, with rows and columns exchanged.
DEVICE void load_transposed(unsigned* matrices, const Words* row) {
#ifdef EMULATED
    emulated::ldmatrix(matrices, 4, true, row);
#elif __CUDA_ARCH__ >= 750
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
        : "=r"(matrices[0]), "=r"(matrices[1]), "=r"(matrices[2]), "=r"(matrices[3])
        : "r"(shared_address(row)) : "memory");
#endif
}

// Float bits rounded to the 10 of the mantissa that tensor cores look at; ties go away from 0.
DEVICE unsigned to_tf32(unsigned bits) {
#ifdef EMULATED
    bool is_finite = (bits & 0x7f800000u) != 0x7f800000u;
    return is_finite ? (bits + 0x1000u) & 0xffffe000u : bits;
#elif __CUDA_ARCH__ >= 800
    unsigned rounded;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "f"(of_bits(bits)));
    return rounded;
#else
    return bits;
#endif
}

// sums [16][8] += a [16][32 bytes] * b [8][32 bytes] transposed, spread over a warp: a lane holds
// columns 2 (lane % 4) and the next of rows lane / 4 and 8 further.
DEVICE void multiply_add(float* sums, const unsigned* a, const unsigned* b) {
#if BF16
#ifdef EMULATED
    emulated::mma_bf16(sums, a, b);
#elif __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
#else
#ifdef EMULATED
    emulated::mma_tf32(sums, a, b);
#elif __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
#endif
}

// Where 16 bytes lie in a tile whose rows are 64 bytes: eight rows that are loaded together fall
// into different banks.
DEVICE int in_rows(int row, int chunk) { return row * 4 + (chunk ^ (row >> 1 & 3)); }

// The same in a tile whose rows are CHUNKS times 16 bytes, eight at least.
template <int CHUNKS>
DEVICE int in_lines(int row, int chunk) { return row * CHUNKS + (chunk ^ (row & 7)); }

// WIDE elements as 16 bytes, and zeros.
DEVICE Words pack_wide(const T* values) {
    Words words;
#if BF16
    words.x = values[0] | (unsigned)values[1] << 16; words.y = values[2] | (unsigned)values[3] << 16;
    words.z = values[4] | (unsigned)values[5] << 16; words.w = values[6] | (unsigned)values[7] << 16;
#else
    words.x = to_bits(values[0]); words.y = to_bits(values[1]);
    words.z = to_bits(values[2]); words.w = to_bits(values[3]);
#endif
    return words;
}
DEVICE Words no_words() {
    Words words = {0, 0, 0, 0};
    return words;
}

#if !BF16
// sums += a transposed * b of shared tiles [DEPTH][ROWS + 4] and [DEPTH][COLUMNS + 4]. A thread
// holds rows 4 (thread / 16) and three more, columns 4 (thread % 16) and three more, and the same
// 64 rows and 64 columns further where there are so many.
template <int ROWS, int COLUMNS>
DEVICE void multiply_floats(float (*sums)[COLUMNS / 16], const float* a, const float* b) {
    a += threadIdx.x / 16 * 4;
    b += threadIdx.x % 16 * 4;
#pragma unroll
    for (int k = 0; k < DEPTH; k++) {
        float left[ROWS / 16], right[COLUMNS / 16];
#pragma unroll
        for (int i = 0; i < ROWS / 64; i++) load<WIDE>(a + k * (ROWS + 4) + i * 64, left + 4 * i);
#pragma unroll
        for (int j = 0; j < COLUMNS / 64; j++) load<WIDE>(b + k * (COLUMNS + 4) + j * 64, right + 4 * j);
#pragma unroll
        for (int i = 0; i < ROWS / 16; i++)
#pragma unroll
            for (int j = 0; j < COLUMNS / 16; j++) sums[i][j] += left[i] * right[j];
    }
}
#endif
