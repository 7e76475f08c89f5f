// Kernels that try the emulator: the first ones are right, the others each wrong in one way.

KERNEL(sum, (const float* x, float* y, int n)) {
    __shared__ float part[THREADS];
    float s = 0.0f;
    for (long i = first_item(); i < n; i += all_items()) s += x[i];
    part[threadIdx.x] = s;
    __syncthreads();
    for (int half = THREADS / 2; half > 0; half /= 2) {
        if (threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
        __syncthreads();
    }
    if (threadIdx.x == 0) y[blockIdx.x] = part[0];
}

// One sum a warp.
KERNEL(sum_of_lanes, (const float* x, float* y)) {
    float s = x[threadIdx.x];
    for (int lanes = 16; lanes > 0; lanes /= 2) s += __shfl_xor_sync(0xffffffffu, s, lanes);
    if (threadIdx.x % 32 == 0) y[threadIdx.x / 32] = s;
}

// y [32, 32] = x [32, 32] transposed.
KERNEL(transpose, (const float* x, float* y)) {
    __shared__ float tile[32][33];
    int column = threadIdx.x % 32;
    for (int row = threadIdx.x / 32; row < 32; row += 8) tile[row][column] = x[row * 32 + column];
    __syncthreads();
    for (int row = threadIdx.x / 32; row < 32; row += 8) y[row * 32 + column] = tile[column][row];
}

// c [16, 8] = a [16, 16] b [16, 8] in bfloat16, by one warp; b through the transposing load.
KERNEL(product_bf16, (const float* a, const float* b, float* c)) {
    __shared__ alignas(16) unsigned short shared_a[16][24], shared_b[16][8];
    for (int i = threadIdx.x; i < 256; i += THREADS)
        shared_a[i / 16][i % 16] = (unsigned short)pack_two(a[i], 0.0f);
    for (int i = threadIdx.x; i < 128; i += THREADS)
        shared_b[i / 8][i % 8] = (unsigned short)pack_two(b[i], 0.0f);
    __syncthreads();
    if (threadIdx.x >= 32) return;
    int lane = threadIdx.x;
    unsigned of_a[4], of_b[2];
    float of_c[4] = {};
    emulated::ldmatrix(of_a, 4, false, &shared_a[lane % 16][lane / 16 * 8]);
    emulated::ldmatrix(of_b, 2, true, &shared_b[lane % 16][0]);
    emulated::mma_bf16(of_c, of_a, of_b);
    for (int i = 0; i < 4; i++) c[(lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2] = of_c[i];
}

// c [16, 8] = a [16, 8] b [8, 8] in tf32; a word is loaded as a pair of halves, so b lies transposed.
KERNEL(product_tf32, (const float* a, const float* b, float* c)) {
    __shared__ alignas(16) float shared_a[16][12], shared_b[8][8];
    for (int i = threadIdx.x; i < 128; i += THREADS) shared_a[i / 8][i % 8] = a[i];
    for (int i = threadIdx.x; i < 64; i += THREADS) shared_b[i % 8][i / 8] = b[i];
    __syncthreads();
    if (threadIdx.x >= 32) return;
    int lane = threadIdx.x;
    unsigned of_a[4], of_b[2];
    float of_c[4] = {};
    emulated::ldmatrix(of_a, 4, false, &shared_a[lane % 16][lane / 16 * 4]);
    emulated::ldmatrix(of_b, 2, false, &shared_b[lane % 8][lane / 8 % 2 * 4]);
    emulated::mma_tf32(of_c, of_a, of_b);
    for (int i = 0; i < 4; i++) c[(lane / 4 + i / 2 * 8) * 8 + lane % 4 * 2 + i % 2] = of_c[i];
}

template <int N>
DEVICE void read_unset(float* y) {
    __shared__ float kept[THREADS * N];
    y[blockIdx.x * THREADS + threadIdx.x] = kept[threadIdx.x];
    kept[threadIdx.x] = 1.0f;
}
KERNEL(unset, (float* y)) { read_unset<2>(y); }

// Whoever comes last wins.
KERNEL(race, (float* y)) {
    __shared__ float one;
    one = (float)threadIdx.x;
    __syncthreads();
    if (threadIdx.x == 7) y[0] = one;
}

// Whoever reads its neighbour's number may find the next one.
KERNEL(early, (float* y)) {
    __shared__ float one[THREADS];
    one[threadIdx.x] = 0.0f;
    __syncthreads();
    float next = one[(threadIdx.x + 1) % THREADS];
    one[threadIdx.x] = 1.0f;
    y[threadIdx.x] = next;
}

KERNEL(matrix_race, (float* y)) {
    __shared__ alignas(16) unsigned short rows[32][8];
    if (threadIdx.x < 32)
        for (int i = 0; i < 8; i++) rows[threadIdx.x][i] = 0;
    __syncthreads();
    unsigned words[4];
    if (threadIdx.x < 32) emulated::ldmatrix(words, 4, false, rows[threadIdx.x]);
    if (threadIdx.x == 100) rows[0][0] = 1;
    y[threadIdx.x] = (float)rows[1][0];
}

// A block reads what the next one writes.
KERNEL(blocks, (float* y)) {
    int next = (blockIdx.x + 1) * THREADS + threadIdx.x;
    y[blockIdx.x * THREADS + threadIdx.x] = blockIdx.x == 0 ? y[next] : 0.0f;
}

KERNEL(same_place, (float* y)) {
    if (threadIdx.x == 255) y[0] = 1.0f;
}

KERNEL(leaves, (int n)) {
    if (threadIdx.x >= n) return;
    __syncthreads();
}

KERNEL(parts, (float* y)) {
    if (threadIdx.x < 100) {
        __syncthreads();
    } else {
        y[0] = 1.0f;
        __syncthreads();
    }
}

KERNEL(half_warp, (float* y)) {
    if (threadIdx.x % 32 < 16) y[0] = __shfl_down_sync(0xffffffffu, 1.0f, 1);
}

KERNEL(crooked, (const float* x, float* y)) {
    float v[WIDE];
    load<WIDE>(x + 1, v);
    store<WIDE>(y, v);
}

KERNEL(beyond_array, (float* y, int n)) {
    __shared__ float few[8];
    few[threadIdx.x % 8] = 0.0f;
    __syncthreads();
    y[0] = few[n];
}

KERNEL(nowhere, (float* y)) { y[threadIdx.x] = 1.0f; }
