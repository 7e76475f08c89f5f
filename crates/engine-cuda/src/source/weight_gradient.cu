// Gradients of the weights of convolutions as products: rows are channels of the output, columns
// (row tap, column tap, channel of the input), and what is summed over is all pixels of the output.
// The pixels are split into parts; `partial` [parts][out][rows][columns][in / groups] has the sum
// of each, and `add_weight_parts` adds those up.

#if ON_TENSOR_CORES
// The sums of one warp over one stage.
template <int ROWS, int COLUMNS>
DEVICE void multiply_lines(float (*sums)[Warps<ROWS, COLUMNS>::N][4], const Words* a, const Words* b) {
    const int M = Warps<ROWS, COLUMNS>::M, N = Warps<ROWS, COLUMNS>::N;
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    int down = warp % Warps<ROWS, COLUMNS>::DOWN * (2 * M), along = warp / Warps<ROWS, COLUMNS>::DOWN * N;
#pragma unroll
    for (int step = 0; step < 2; step++) {
        unsigned left[M][4], right[N / 2][4];
#if BF16
#pragma unroll
        for (int i = 0; i < M; i++)
            load_transposed(left[i], a + in_lines<ROWS / WIDE>(16 * step + lane / 16 * 8 + lane % 8, down + 2 * i + lane / 8 % 2));
#pragma unroll
        for (int j = 0; j < N / 2; j++)
            load_transposed(right[j], b + in_lines<COLUMNS / WIDE>(16 * step + lane % 16, along + 2 * j + lane / 16));
#else
        const unsigned* lefts = (const unsigned*)a + (8 * step + lane % 4) * (ROWS + 4 * MORE) + 8 * down + lane / 4;
        const unsigned* rights = (const unsigned*)b + (8 * step + lane % 4) * (COLUMNS + 4 * MORE) + 8 * along + lane / 4;
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int e = 0; e < 4; e++) left[i][e] = to_tf32(lefts[e / 2 * 4 * (ROWS + 4 * MORE) + 16 * i + e % 2 * 8]);
#pragma unroll
        for (int j = 0; j < N; j++)
#pragma unroll
            for (int e = 0; e < 2; e++) right[j / 2][j % 2 * 2 + e] = to_tf32(rights[e * 4 * (COLUMNS + 4 * MORE) + 8 * j]);
#endif
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int j = 0; j < N; j++) multiply_add(sums[i][j], left[i], right[j / 2] + j % 2 * 2);
    }
}
#endif

template <int ROWS, int COLUMNS, bool ARE_WIDE>
DEVICE void weight_gradient(const T* x, const T* dy, float* partial, const Geometry& g) {
    int group = blockIdx.y % g.groups, part = blockIdx.y / g.groups;
    int first_out = blockIdx.x / g.column_tiles * ROWS, first_column = blockIdx.x % g.column_tiles * COLUMNS;
    int pixels = g.images * g.to_rows * g.to_columns;
    Span span = span_of((pixels + DEPTH - 1) / DEPTH, part, g.parts);
    int end = span.end * DEPTH < pixels ? span.end * DEPTH : pixels;
    PixelReader<ROWS, COLUMNS> reader(x, dy, g, group, first_out, first_column, span.begin * DEPTH, end);
    int width = g.kernel_rows * g.kernel_columns * g.channels;
    partial += ((long)part * g.groups + group) * g.columns * width;
    Words held[(ROWS + COLUMNS) / 64];
#if ON_TENSOR_CORES
    const int M = Warps<ROWS, COLUMNS>::M, N = Warps<ROWS, COLUMNS>::N;
    float sums[M][N][4] = {};
#else
    float sums[ROWS / 16][COLUMNS / 16] = {};
#endif
#if BF16
    const int STAGE = (ROWS + COLUMNS) * 4;
    __shared__ Words shared[STAGES * STAGE];
#pragma unroll 1
    for (int tile = span.begin - STAGES + 1; tile < span.end; tile++) {
        if (tile >= span.begin) {
            await_copies<STAGES - 2>();
            __syncthreads();
        }
        int next = tile + STAGES - 1;
        bool is_more = next < span.end;
        Words* stage = shared + (next - span.begin) % STAGES * STAGE;
        if (is_more) {
            if (ARE_WIDE) reader.copy(stage, stage + ROWS * 4);
            else reader.template fetch<false>(held);
        }
        end_copies();
        if (tile >= span.begin) {
            const Words* ready = shared + (tile - span.begin) % STAGES * STAGE;
            multiply_lines<ROWS, COLUMNS>(sums, ready, ready + ROWS * 4);
        }
        if (is_more && !ARE_WIDE) reader.put_lines(stage, stage + ROWS * 4, held);
    }
    await_copies<0>();
#else
    __shared__ Words a[2][DEPTH * (ROWS / 4 + MORE)];
    __shared__ Words b[2][DEPTH * (COLUMNS / 4 + MORE)];
    if (span.begin < span.end) {
        reader.template fetch<ARE_WIDE>(held);
        reader.put_lines(a[0], b[0], held);
    }
#pragma unroll 1
    for (int tile = span.begin; tile < span.end; tile++) {
        int stage = (tile - span.begin) % 2;
        __syncthreads();
        bool is_more = tile + 1 < span.end;
        if (is_more) reader.template fetch<ARE_WIDE>(held);
#if TF32
        multiply_lines<ROWS, COLUMNS>(sums, a[stage], b[stage]);
#else
        multiply_floats<ROWS, COLUMNS>(sums, (const float*)a[stage], (const float*)b[stage]);
#endif
        if (is_more) reader.put_lines(a[1 - stage], b[1 - stage], held);
    }
#endif
#if ON_TENSOR_CORES
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    int down = first_out + warp % Warps<ROWS, COLUMNS>::DOWN * (16 * M) + lane / 4;
    int along = first_column + warp / Warps<ROWS, COLUMNS>::DOWN * (8 * N) + lane % 4 * 2;
#pragma unroll
    for (int i = 0; i < M; i++)
#pragma unroll
        for (int j = 0; j < N; j++)
#pragma unroll
            for (int e = 0; e < 4; e++) {
                int out = down + 16 * i + e / 2 * 8, column = along + 8 * j + e % 2;
                if (out < g.columns && column < width) partial[out * width + column] = sums[i][j][e];
            }
#else
#pragma unroll
    for (int i = 0; i < ROWS / 16; i++)
#pragma unroll
        for (int j = 0; j < COLUMNS / 16; j++) {
            int out = first_out + threadIdx.x / 16 * 4 + i % 4 + i / 4 * 64;
            int column = first_column + threadIdx.x % 16 * 4 + j % 4 + j / 4 * 64;
            if (out < g.columns && column < width) partial[out * width + column] = sums[i][j];
        }
#endif
}

#define WEIGHT_GRADIENT(name, rows, columns_, are_wide) \
    KERNEL(name, (const T* x, const T* dy, float* partial, GEOMETRY)) { \
        weight_gradient<rows, columns_, are_wide>(x, dy, partial, GIVEN_GEOMETRY); \
    }
WEIGHT_GRADIENT(weight_gradient_128x128_wide, 128, 128, true)
WEIGHT_GRADIENT(weight_gradient_64x128_wide, 64, 128, true)
WEIGHT_GRADIENT(weight_gradient_64x64_wide, 64, 64, true)
WEIGHT_GRADIENT(weight_gradient_64x64, 64, 64, false)

// dw [out][channels][taps] = the sum of `parts` of [out][taps][channels]: eight threads for each
// number, whose sums are added in their order.
KERNEL(add_weight_parts, (const float* partial, float* dw, int parts, int outs, int taps, int channels)) {
    __shared__ float sums[8][32];
    int lane = threadIdx.x % 32, eighth = threadIdx.x / 32;
    int len = outs * taps * channels;
    long at = (long)blockIdx.x * 32 + lane;
    float sum = 0.0f;
    if (at < len)
        for (int part = eighth; part < parts; part += 8) sum += partial[(long)part * len + at];
    sums[eighth][lane] = sum;
    __syncthreads();
    if (eighth != 0 || at >= len) return;
    for (int i = 1; i < 8; i++) sum += sums[i][lane];
    int channel = at % channels;
    int tap = at / channels % taps;
    int out = at / channels / taps;
    dw[(out * channels + channel) * taps + tap] = sum;
}
