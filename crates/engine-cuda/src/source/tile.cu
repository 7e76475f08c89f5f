// How threads share the rows of a matrix [rows, channels], rows being pixels of all images, and how
// they add up what they found in the channels.

// Both variants of a kernel: one channel a thread, and a wide load of channels a thread.
#define BOTH(name, parameters, arguments) \
    KERNEL(name, parameters) { name##_of<1> arguments; } \
    KERNEL(name##_wide, parameters) { name##_of<WIDE> arguments; }

// What one thread works on: N channels of every so many rows. `columns` threads side by side share
// a row, blockIdx.y counts such groups of channels, and blockIdx.x counts parts of the rows.
struct Tile {
    // Its first channel.
    int channel;
    // Which of so many rows at a time.
    int lane, lanes;
    // Its first row, and how many it has.
    int row, count;
    // Elements to its first row and channel, and from a row of its to the next.
    long at, step;
    // Whether there are such channels.
    bool works;
};

template <int N>
DEVICE Tile tile_of(int rows, int channels, int columns) {
    Tile tile;
    int thread = threadIdx.x;
    tile.lanes = THREADS / columns;
    tile.lane = thread / columns;
    tile.channel = ((int)blockIdx.y * columns + thread % columns) * N;
    tile.works = tile.lane < tile.lanes && tile.channel < channels;
    int each = (rows - 1) / (int)gridDim.x + 1;
    int first = min((int)blockIdx.x * each, rows);
    int left = min(each, rows - first) - tile.lane;
    tile.row = first + tile.lane;
    tile.count = tile.works && left > 0 ? (left - 1) / tile.lanes + 1 : 0;
    tile.at = (long)tile.row * channels + tile.channel;
    tile.step = (long)tile.lanes * channels;
    return tile;
}

// N floats of a vector over channels; zeros for threads that have none.
template <int N>
DEVICE void channel_floats(const Tile& tile, const float* from, float* values) {
#pragma unroll
    for (int j = 0; j < N; j++) values[j] = tile.works ? from[tile.channel + j] : 0.0f;
}

// The first of the threads that share channels puts N floats.
template <int N>
DEVICE void put_channel_floats(const Tile& tile, float* to, const float* values) {
    if (!tile.works || tile.lane != 0) return;
#pragma unroll
    for (int j = 0; j < N; j++) to[tile.channel + j] = values[j];
}

// COUNT sums over all threads of the block that share channels, for each of them.
template <int COUNT>
DEVICE void add_lanes(const Tile& tile, int columns, float* sums) {
    __shared__ float shared[COUNT * THREADS];
    int thread = threadIdx.x;
#pragma unroll
    for (int j = 0; j < COUNT; j++) shared[j * THREADS + thread] = sums[j];
    __syncthreads();
    for (int left = tile.lanes; left > 1;) {
        int half = (left + 1) / 2;
        if (tile.lane < left - half) {
#pragma unroll
            for (int j = 0; j < COUNT; j++)
                shared[j * THREADS + thread] += shared[j * THREADS + thread + half * columns];
        }
        __syncthreads();
        left = half;
    }
#pragma unroll
    for (int j = 0; j < COUNT; j++) sums[j] = shared[j * THREADS + thread % columns];
    __syncthreads();
}

// [parts, channels] added up over parts, for one matrix or two. A block has 8 channels of 32 lanes,
// and blockIdx.y tells which matrix.
KERNEL(sum_parts, (const float* first, const float* second, float* to_first, float* to_second, int parts, int channels)) {
    const float* from = blockIdx.y == 0 ? first : second;
    float* to = blockIdx.y == 0 ? to_first : to_second;
    int channel = (int)blockIdx.x * 8 + (int)threadIdx.x % 8;
    Tile tile;
    tile.lane = threadIdx.x / 8;
    tile.lanes = THREADS / 8;
    float sum = 0.0f;
    if (channel < channels) {
#pragma unroll 4
        for (int part = tile.lane; part < parts; part += THREADS / 8) sum += from[(long)part * channels + channel];
    }
    add_lanes<1>(tile, 8, &sum);
    if (channel < channels && tile.lane == 0) to[channel] = sum;
}

// Adds up N numbers of x, or of x dy, at `at` and every `step` from there.
template <int N, bool PRODUCTS>
DEVICE void add_up(const T* x, const T* dy, long at, long step, int count, float* total) {
#pragma unroll PRODUCTS ? 2 : 4
    for (int k = 0; k < count; k++, at += step) {
        float values[N], others[N];
        load<N>(x + at, values);
        if (PRODUCTS) load<N>(dy + at, others);
#pragma unroll
        for (int j = 0; j < N; j++) total[j] = PRODUCTS ? fmaf(values[j], others[j], total[j]) : total[j] + values[j];
    }
}

// Σ x or, with `dy`, Σ x dy.
template <int N>
DEVICE void add_up(const T* x, const T* dy, long at, long step, int count, float* total) {
#pragma unroll
    for (int j = 0; j < N; j++) total[j] = 0.0f;
    if (dy)
        add_up<N, true>(x, dy, at, step, count, total);
    else
        add_up<N, false>(x, dy, at, step, count, total);
}

// Σ x or, with `dy`, Σ x dy of every channel, over the rows of each part: [parts, channels].
template <int N>
DEVICE void column_sums_of(const T* x, const T* dy, float* sums, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    float total[N];
    add_up<N>(x, dy, tile.at, tile.step, tile.count, total);
    add_lanes<N>(tile, columns, total);
    put_channel_floats<N>(tile, sums + (long)blockIdx.x * channels, total);
}
BOTH(column_sums, (const T* x, const T* dy, float* sums, int rows, int channels, int columns),
     (x, dy, sums, rows, channels, columns))

// Σ x or, with `dy`, Σ x dy over the pixels of an image, blockIdx.x; whether this thread is to put them,
// `to` numbers from the start of [images, channels].
template <int N>
DEVICE bool image_totals(const T* x, const T* dy, int plane, int channels, int columns, float* total, long* to) {
    Tile tile;
    tile.lanes = THREADS / columns;
    tile.lane = threadIdx.x / columns;
    tile.channel = ((int)blockIdx.y * columns + (int)threadIdx.x % columns) * N;
    tile.works = tile.lane < tile.lanes && tile.channel < channels;
    int count = tile.works && tile.lane < plane ? (plane - tile.lane - 1) / tile.lanes + 1 : 0;
    long at = ((long)blockIdx.x * plane + tile.lane) * channels + tile.channel;
    add_up<N>(x, dy, at, (long)tile.lanes * channels, count, total);
    add_lanes<N>(tile, columns, total);
    *to = (long)blockIdx.x * channels + tile.channel;
    return tile.works && tile.lane == 0;
}

// `factor` Σ x or, with `dy`, `factor` Σ x dy over the pixels of each image: [images, channels].
template <int N>
DEVICE void image_sums_of(const T* x, const T* dy, T* sums, float factor, int plane, int channels, int columns) {
    float total[N];
    long to;
    if (!image_totals<N>(x, dy, plane, channels, columns, total, &to)) return;
#pragma unroll
    for (int j = 0; j < N; j++) total[j] *= factor;
    store<N>(sums + to, total);
}
BOTH(image_sums, (const T* x, const T* dy, T* sums, float factor, int plane, int channels, int columns),
     (x, dy, sums, factor, plane, channels, columns))
