// Convolutions of single channels: `multiple` channels of the output for each of the input. The
// weight lies as in the network, [channels * multiple][taps]. A block works on LANES neighbouring
// channels, so that neighbours are read and written together.
#define LANES 64
// Numbers of a weight that fit beside each other; others are read where they lie.
#define HELD_WEIGHTS 8192

// The weight of LANES channels as [taps][LANES] in shared memory, if it fits.
DEVICE bool hold_weight(float* held, const float* w, int first, int channels, int taps) {
    if (taps * LANES > HELD_WEIGHTS) return false;
    for (int at = threadIdx.x; at < taps * LANES; at += THREADS) {
        int channel = first + at / taps;
        held[at % taps * LANES + at / taps] = channel < channels ? w[(long)channel * taps + at % taps] : 0.0f;
    }
    __syncthreads();
    return true;
}

// y, forwards; grid: parts of the pixels, tiles of LANES channels of y. Where N is not 1, `multiple` is.
template <int N>
DEVICE void depthwise_of(const T* x, const float* w, T* y, const Geometry& g) {
    __shared__ float held[HELD_WEIGHTS];
    int taps = g.kernel_rows * g.kernel_columns, outs = g.groups * g.columns;
    int first = blockIdx.y * LANES;
    bool is_held = hold_weight(held, w, first, outs, taps);
    int lane = threadIdx.x % (LANES / N) * N;
    if (first + lane >= outs) return;
    const float* weight = is_held ? held + lane : w + (long)(first + lane) * taps;
    int next_tap = is_held ? LANES : 1, next_channel = is_held ? 1 : taps;
    int pixels = g.images * g.to_rows * g.to_columns;
    const int LINES = THREADS / (LANES / N);
    for (int pixel = blockIdx.x * LINES + threadIdx.x / (LANES / N); pixel < pixels; pixel += gridDim.x * LINES) {
        int column = pixel % g.to_columns * g.stride_columns - g.padding_columns;
        int row = pixel / g.to_columns % g.to_rows * g.stride_rows - g.padding_rows;
        int image = pixel / g.to_columns / g.to_rows;
        float sums[N] = {};
        for (int i = 0; i < g.kernel_rows; i++) {
            int from_row = row + i * g.dilation_rows;
            if ((unsigned)from_row >= (unsigned)g.from_rows) continue;
            for (int j = 0; j < g.kernel_columns; j++) {
                int from_column = column + j * g.dilation_columns;
                if ((unsigned)from_column >= (unsigned)g.from_columns) continue;
                float values[N];
                long place = ((long)image * g.from_rows + from_row) * g.from_columns + from_column;
                load<N>(x + place * g.groups + (first + lane) / g.columns, values);
                const float* of_tap = weight + (i * g.kernel_columns + j) * next_tap;
#pragma unroll
                for (int e = 0; e < N; e++) sums[e] += values[e] * of_tap[e * next_channel];
            }
        }
        store<N>(y + (long)pixel * outs + first + lane, sums);
    }
}
KERNEL(depthwise, (const T* x, const float* w, T* y, GEOMETRY)) { depthwise_of<1>(x, w, y, GIVEN_GEOMETRY); }
KERNEL(depthwise_wide, (const T* x, const float* w, T* y, GEOMETRY)) { depthwise_of<WIDE>(x, w, y, GIVEN_GEOMETRY); }

// dx, with `from` being dy and `to` dx; grid: parts of the pixels, tiles of LANES channels of dx.
// Where N is not 1, there is one output channel for each.
template <int N>
DEVICE void depthwise_input_gradient_of(const T* dy, const float* w, T* dx, const Geometry& g) {
    __shared__ float held[HELD_WEIGHTS];
    int taps = g.kernel_rows * g.kernel_columns, outs = g.groups * g.channels;
    int first = blockIdx.y * LANES;
    bool is_held = N != 1 && hold_weight(held, w, first, outs, taps);
    int lane = threadIdx.x % (LANES / N) * N;
    if (first + lane >= g.groups) return;
    const float* weight = is_held ? held + lane : w + (long)(first + lane) * g.channels * taps;
    int next_tap = is_held ? LANES : 1, next_channel = is_held ? 1 : taps;
    int pixels = g.images * g.to_rows * g.to_columns;
    const int LINES = THREADS / (LANES / N);
    for (int pixel = blockIdx.x * LINES + threadIdx.x / (LANES / N); pixel < pixels; pixel += gridDim.x * LINES) {
        int column = pixel % g.to_columns + g.padding_columns;
        int row = pixel / g.to_columns % g.to_rows + g.padding_rows;
        int image = pixel / g.to_columns / g.to_rows;
        float sums[N] = {};
        for (int i = 0; i < g.kernel_rows; i++) {
            int from_row = row - i * g.dilation_rows;
            if (from_row < 0 || from_row % g.stride_rows != 0) continue;
            from_row /= g.stride_rows;
            if (from_row >= g.from_rows) continue;
            for (int j = 0; j < g.kernel_columns; j++) {
                int from_column = column - j * g.dilation_columns;
                if (from_column < 0 || from_column % g.stride_columns != 0) continue;
                from_column /= g.stride_columns;
                if (from_column >= g.from_columns) continue;
                long place = ((long)image * g.from_rows + from_row) * g.from_columns + from_column;
                const float* of_tap = weight + (i * g.kernel_columns + j) * next_tap;
                const T* from = dy + place * outs + (long)(first + lane) * g.channels;
                float values[N];
                if (N == 1) {
                    for (int out = 0; out < g.channels; out++) sums[0] += get(from + out) * of_tap[out * taps];
                    continue;
                }
                load<N>(from, values);
#pragma unroll
                for (int e = 0; e < N; e++) sums[e] += values[e] * of_tap[e * next_channel];
            }
        }
        store<N>(dx + (long)pixel * g.groups + first + lane, sums);
    }
}
KERNEL(depthwise_input_gradient, (const T* dy, const float* w, T* dx, GEOMETRY)) { depthwise_input_gradient_of<1>(dy, w, dx, GIVEN_GEOMETRY); }
KERNEL(depthwise_input_gradient_wide, (const T* dy, const float* w, T* dx, GEOMETRY)) { depthwise_input_gradient_of<WIDE>(dy, w, dx, GIVEN_GEOMETRY); }

// Taps whose sums a thread keeps at once.
#define TAPS 9

// partial [parts][channels of y][taps], to be added up by `add_weight_parts`; grid: parts of the
// pixels, tiles of LANES channels of y times groups of TAPS taps.
KERNEL(depthwise_weight_gradient, (const T* x, const T* dy, float* partial, GEOMETRY)) {
    __shared__ float lines[THREADS / LANES][TAPS][LANES];
    Geometry g = GIVEN_GEOMETRY;
    int taps = g.kernel_rows * g.kernel_columns, outs = g.groups * g.columns;
    int tap_groups = (taps + TAPS - 1) / TAPS;
    int first_tap = blockIdx.y % tap_groups * TAPS;
    int lane = threadIdx.x % LANES, line = threadIdx.x / LANES;
    int channel = blockIdx.y / tap_groups * LANES + lane;
    int pixels = g.images * g.to_rows * g.to_columns;
    Span span = span_of(pixels, blockIdx.x, g.parts);
    float sums[TAPS] = {};
    if (channel < outs)
        for (int pixel = span.begin + line; pixel < span.end; pixel += THREADS / LANES) {
            int column = pixel % g.to_columns * g.stride_columns - g.padding_columns;
            int row = pixel / g.to_columns % g.to_rows * g.stride_rows - g.padding_rows;
            int image = pixel / g.to_columns / g.to_rows;
            float slope = get(dy + (long)pixel * outs + channel);
            int i = first_tap / g.kernel_columns, j = first_tap % g.kernel_columns;
#pragma unroll
            for (int tap = 0; tap < TAPS; tap++) {
                int from_row = row + i * g.dilation_rows, from_column = column + j * g.dilation_columns;
                bool is_inside = i < g.kernel_rows && (unsigned)from_row < (unsigned)g.from_rows && (unsigned)from_column < (unsigned)g.from_columns;
                long place = ((long)image * g.from_rows + from_row) * g.from_columns + from_column;
                if (is_inside) sums[tap] += slope * get(x + place * g.groups + channel / g.columns);
                if (++j == g.kernel_columns) {
                    j = 0;
                    i++;
                }
            }
        }
#pragma unroll
    for (int tap = 0; tap < TAPS; tap++) lines[line][tap][lane] = sums[tap];
    __syncthreads();
    for (int at = threadIdx.x; at < TAPS * LANES; at += THREADS) {
        int tap = at / LANES, to = blockIdx.y / tap_groups * LANES + at % LANES;
        if (first_tap + tap >= taps || to >= outs) continue;
        float sum = 0.0f;
        for (int i = 0; i < THREADS / LANES; i++) sum += lines[i][tap][at % LANES];
        partial[((long)blockIdx.x * outs + to) * taps + first_tap + tap] = sum;
    }
}
