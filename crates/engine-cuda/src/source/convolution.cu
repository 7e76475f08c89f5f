// Convolutions and the gradients of what they read: see gather.cu. A sum that is made in parts goes
// to `partial` [parts][pixels][channels], to be added up by `add_map_parts`.

// Writes one number of the result.
DEVICE void put_sum(const Geometry& g, const Block& b, T* to, float* partial, int pixel, int channel, float sum) {
    int width = g.groups * g.columns;
    int place = pixel * width + b.group * g.columns + channel;
    if (partial) partial[(long)b.part * g.images * g.to_rows * g.to_columns * width + place] = sum;
    else put(to + place, sum);
}

#if ON_TENSOR_CORES
// Warps along the rows of a tile; the others lie along its columns.
template <int ROWS, int COLUMNS>
struct Warps {
    static const int DOWN = ROWS > COLUMNS ? 4 : 2;
    static const int M = ROWS / DOWN / 16;
    static const int N = COLUMNS / (8 / DOWN) / 8;
};

// The sums of one warp over one stage.
template <int ROWS, int COLUMNS>
DEVICE void multiply_rows(float (*sums)[Warps<ROWS, COLUMNS>::N][4], const Words* a, const Words* w) {
    const int M = Warps<ROWS, COLUMNS>::M, N = Warps<ROWS, COLUMNS>::N;
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    int down = warp % Warps<ROWS, COLUMNS>::DOWN * (16 * M), along = warp / Warps<ROWS, COLUMNS>::DOWN * (8 * N);
#pragma unroll
    for (int step = 0; step < 2; step++) {
        unsigned left[M][4], right[N / 2][4];
#pragma unroll
        for (int i = 0; i < M; i++) load_matrices(left[i], a + in_rows(down + 16 * i + lane % 16, 2 * step + lane / 16));
#pragma unroll
        for (int j = 0; j < N / 2; j++) load_matrices(right[j], w + in_rows(along + 16 * j + lane / 16 * 8 + lane % 8, 2 * step + lane / 8 % 2));
#if !BF16
#pragma unroll
        for (int i = 0; i < M; i++)
            for (int e = 0; e < 4; e++) left[i][e] = to_tf32(left[i][e]);
#pragma unroll
        for (int j = 0; j < N / 2; j++)
            for (int e = 0; e < 4; e++) right[j][e] = to_tf32(right[j][e]);
#endif
#pragma unroll
        for (int i = 0; i < M; i++)
#pragma unroll
            for (int j = 0; j < N; j++) multiply_add(sums[i][j], left[i], right[j / 2] + j % 2 * 2);
    }
}

// Bfloat16 results by way of shared memory, so that neighbours are written together.
template <int ROWS, int COLUMNS>
DEVICE void put_rows(float (*sums)[Warps<ROWS, COLUMNS>::N][4], Words* shared, T* to, float* partial, const Geometry& g, const Block& b) {
    const int M = Warps<ROWS, COLUMNS>::M, N = Warps<ROWS, COLUMNS>::N;
    int lane = threadIdx.x % 32, warp = threadIdx.x / 32;
    int down = warp % Warps<ROWS, COLUMNS>::DOWN * (16 * M) + lane / 4;
    int along = warp / Warps<ROWS, COLUMNS>::DOWN * (8 * N) + lane % 4 * 2;
    bool is_direct = partial || !BF16;
    // 16 bytes more a row: the rows of a warp fall into different banks.
    unsigned* halves = (unsigned*)shared;
    const int LINE = (COLUMNS + 8) / 2;
#pragma unroll
    for (int i = 0; i < M; i++)
#pragma unroll
        for (int half = 0; half < 2; half++) {
            int row = down + 16 * i + 8 * half;
            int pixel = is_direct ? result_of(g, b, b.pixel + row) : 0;
#pragma unroll
            for (int j = 0; j < N; j++) {
                float* pair = sums[i][j] + 2 * half;
                int column = along + 8 * j;
                if (!is_direct) halves[row * LINE + column / 2] = pack_two(pair[0], pair[1]);
                else if (pixel >= 0) {
                    if (b.channel + column < g.columns) put_sum(g, b, to, partial, pixel, b.channel + column, pair[0]);
                    if (b.channel + column + 1 < g.columns) put_sum(g, b, to, partial, pixel, b.channel + column + 1, pair[1]);
                }
            }
        }
    if (is_direct) return;
    __syncthreads();
    const int CHUNKS = COLUMNS / WIDE;
    int width = g.groups * g.columns;
    int column = b.channel + threadIdx.x % CHUNKS * WIDE;
    for (int row = threadIdx.x / CHUNKS; row < ROWS; row += THREADS / CHUNKS) {
        int pixel = result_of(g, b, b.pixel + row);
        if (pixel < 0) continue;
        const T* line = (const T*)(halves + row * LINE) + threadIdx.x % CHUNKS * WIDE;
        T* place = to + pixel * width + b.group * g.columns + column;
        if (g.columns % WIDE == 0) {
            if (column < g.columns) *(Words*)place = *(const Words*)line;
        } else {
            for (int e = 0; e < WIDE; e++)
                if (column + e < g.columns) place[e] = line[e];
        }
    }
}

template <int ROWS, int COLUMNS, bool ARE_WIDE>
DEVICE void product(const T* from, const T* weight, T* to, float* partial, const Geometry& g) {
    __shared__ Words shared[STAGES * (ROWS + COLUMNS) * 4];
    const int M = Warps<ROWS, COLUMNS>::M, N = Warps<ROWS, COLUMNS>::N, STAGE = (ROWS + COLUMNS) * 4;
    Block b = block_of(g, ROWS, COLUMNS);
    // The same for all threads: phases differ in their number of pixels.
    if (b.pixel >= pixels_of(g, b)) return;
    int depth = b.rows.taps * b.columns.taps * g.channels;
    Span span = span_of((depth + DEPTH - 1) / DEPTH, b.part, g.parts);
    Reader<ROWS, COLUMNS> reader(from, weight, g, b, span.begin);
    float sums[M][N][4] = {};
    Words held[(ROWS + COLUMNS) / 64];
    int row = threadIdx.x / 4, chunk = threadIdx.x % 4;
#pragma unroll 1
    for (int tile = span.begin - STAGES + 1; tile < span.end; tile++) {
        // What was multiplied two tiles ago makes room once all threads are past it.
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
            reader.next();
        }
        end_copies();
        if (tile >= span.begin) {
            const Words* ready = shared + (tile - span.begin) % STAGES * STAGE;
            multiply_rows<ROWS, COLUMNS>(sums, ready, ready + ROWS * 4);
        }
        if (is_more && !ARE_WIDE) {
#pragma unroll
            for (int i = 0; i < (ROWS + COLUMNS) / 64; i++) stage[in_rows(row + 64 * i, chunk)] = held[i];
        }
    }
    await_copies<0>();
    __syncthreads();
    put_rows<ROWS, COLUMNS>(sums, shared, to, partial, g, b);
}
#else
template <int ROWS, int COLUMNS>
DEVICE void put_transposed(float* a, float* w, const Words* held) {
    int chunk = threadIdx.x % 4, row = threadIdx.x / 4;
#pragma unroll
    for (int i = 0; i < (ROWS + COLUMNS) / 64; i++) {
        bool is_map = i < ROWS / 64;
        float* to = is_map ? a + row + 64 * i : w + row + 64 * (i - ROWS / 64);
        int line = is_map ? ROWS + 4 : COLUMNS + 4;
        to[(4 * chunk) * line] = of_bits(held[i].x);
        to[(4 * chunk + 1) * line] = of_bits(held[i].y);
        to[(4 * chunk + 2) * line] = of_bits(held[i].z);
        to[(4 * chunk + 3) * line] = of_bits(held[i].w);
    }
}

template <int ROWS, int COLUMNS, bool ARE_WIDE>
DEVICE void product(const T* from, const T* weight, T* to, float* partial, const Geometry& g) {
    __shared__ Words a[2][DEPTH * (ROWS / 4 + 1)];
    __shared__ Words w[2][DEPTH * (COLUMNS / 4 + 1)];
    Block b = block_of(g, ROWS, COLUMNS);
    if (b.pixel >= pixels_of(g, b)) return;
    int depth = b.rows.taps * b.columns.taps * g.channels;
    Span span = span_of((depth + DEPTH - 1) / DEPTH, b.part, g.parts);
    Reader<ROWS, COLUMNS> reader(from, weight, g, b, span.begin);
    float sums[ROWS / 16][COLUMNS / 16] = {};
    Words held[(ROWS + COLUMNS) / 64];
    if (span.begin < span.end) {
        reader.template fetch<ARE_WIDE>(held);
        put_transposed<ROWS, COLUMNS>((float*)a[0], (float*)w[0], held);
    }
#pragma unroll 1
    for (int tile = span.begin; tile < span.end; tile++) {
        int stage = (tile - span.begin) % 2;
        __syncthreads();
        bool is_more = tile + 1 < span.end;
        if (is_more) {
            reader.next();
            reader.template fetch<ARE_WIDE>(held);
        }
        multiply_floats<ROWS, COLUMNS>(sums, (const float*)a[stage], (const float*)w[stage]);
        if (is_more) put_transposed<ROWS, COLUMNS>((float*)a[1 - stage], (float*)w[1 - stage], held);
    }
    int width = g.groups * g.columns;
#pragma unroll
    for (int i = 0; i < ROWS / 16; i++) {
        int pixel = result_of(g, b, b.pixel + threadIdx.x / 16 * 4 + i % 4 + i / 4 * 64);
        if (pixel < 0) continue;
#pragma unroll
        for (int j = 0; j < COLUMNS / 16; j += 4) {
            int column = b.channel + threadIdx.x % 16 * 4 + j * 16;
            if (!partial && g.columns % WIDE == 0) {
                if (column < g.columns) store<WIDE>(to + pixel * width + b.group * g.columns + column, sums[i] + j);
            } else {
#pragma unroll
                for (int e = 0; e < 4; e++)
                    if (column + e < g.columns) put_sum(g, b, to, partial, pixel, column + e, sums[i][j + e]);
            }
        }
    }
}
#endif

#define PRODUCT(name, rows, columns_, are_wide) \
    KERNEL(name, (const T* from, const T* weight, T* to, float* partial, GEOMETRY)) { \
        product<rows, columns_, are_wide>(from, weight, to, partial, GIVEN_GEOMETRY); \
    }
PRODUCT(product_128x128_wide, 128, 128, true)
PRODUCT(product_128x64_wide, 128, 64, true)
PRODUCT(product_64x64_wide, 64, 64, true)
PRODUCT(product_128x64, 128, 64, false)
PRODUCT(product_64x64, 64, 64, false)

// y = the sum of `parts` maps of floats, one after the other.
KERNEL(add_map_parts, (const float* partial, T* y, int parts, int len)) {
    for (long at = first_item(); at < len; at += all_items()) {
        float sum = 0.0f;
        for (int part = 0; part < parts; part++) sum += partial[(long)part * len + at];
        put(y + at, sum);
    }
}
