// Batch norm, ReLU and the maximum of windows in one: the map between is never stored.

template <int N>
struct LineRelu {
    const Line<N>& line;
    DEVICE float operator()(int j, float x) const { return positive(on_line<N>(line, j, x)); }
};

template <int N>
DEVICE void batch_norm_pool_apply_of(const T* x, const float* gamma, const float* beta, const float* statistics,
                                     unsigned char* places, T* y, int windows, int channels, int columns,
                                     POOL_PARAMETERS) {
    Pool pool = {POOL_ARGUMENTS};
    Tile tile = tile_of<N>(windows, channels, columns);
    Line<N> line = line_of<N>(tile, statistics, gamma, beta, channels);
    LineRelu<N> change = {line};
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float best[N];
        int winners[N];
        largest<N>(pool, x, tile.row + k * tile.lanes, channels, tile.channel, change, best, winners);
        store<N>(y + at, best);
        store_places<N>(places + at, winners);
    }
}
BOTH(batch_norm_pool_apply,
     (const T* x, const float* gamma, const float* beta, const float* statistics, unsigned char* places, T* y,
      int windows, int channels, int columns, POOL_PARAMETERS),
     (x, gamma, beta, statistics, places, y, windows, channels, columns, POOL_ARGUMENTS))

// The sums of batch_norm_gradient.cu, over windows: only a window's largest pixel has a gradient.
template <int N>
DEVICE void batch_norm_pool_gradient_sums_of(const T* x, const float* gamma, const float* beta, const float* statistics,
                                             const unsigned char* places, const T* dy, float* dgamma, float* dbeta,
                                             int windows, int channels, int columns, POOL_PARAMETERS) {
    Pool pool = {POOL_ARGUMENTS};
    Tile tile = tile_of<N>(windows, channels, columns);
    Line<N> line = line_of<N>(tile, statistics, gamma, beta, channels);
    float sums[2 * N], inverse[N];
#pragma unroll
    for (int j = 0; j < 2 * N; j++) sums[j] = 0.0f;
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float d[N];
        int winners[N];
        load<N>(dy + at, d);
        load_places<N>(places + at, winners);
        Window window = window_of(pool, tile.row + k * tile.lanes);
#pragma unroll
        for (int j = 0; j < N; j++) {
            int down = winners[j] / pool.kernel_columns;
            int row = window.row + down, column = window.column + winners[j] - down * pool.kernel_columns;
            bool inside = down < pool.kernel_rows && row >= 0 && row < pool.height && column >= 0 && column < pool.width;
            if (!inside) continue;
            float value = get(x + pixel_at(pool, window.image, row, column) * channels + tile.channel + j);
            if (!(on_line<N>(line, j, value) > 0.0f)) continue;
            sums[j] += d[j];
            sums[N + j] = fmaf(d[j], value - line.mean[j], sums[N + j]);
        }
    }
    add_lanes<2 * N>(tile, columns, sums);
    channel_floats<N>(tile, statistics + channels, inverse);
#pragma unroll
    for (int j = 0; j < N; j++) sums[N + j] *= inverse[j];
    put_channel_floats<N>(tile, dbeta + (long)blockIdx.x * channels, sums);
    put_channel_floats<N>(tile, dgamma + (long)blockIdx.x * channels, sums + N);
}
BOTH(batch_norm_pool_gradient_sums,
     (const T* x, const float* gamma, const float* beta, const float* statistics, const unsigned char* places,
      const T* dy, float* dgamma, float* dbeta, int windows, int channels, int columns, POOL_PARAMETERS),
     (x, gamma, beta, statistics, places, dy, dgamma, dbeta, windows, channels, columns, POOL_ARGUMENTS))

template <int N>
DEVICE void batch_norm_pool_gradient_apply_of(const T* x, const float* gamma, const float* beta,
                                              const float* statistics, const float* dgamma, const float* dbeta,
                                              const unsigned char* places, const T* dy, T* dx, int pixels, int channels,
                                              int columns, POOL_PARAMETERS) {
    Pool pool = {POOL_ARGUMENTS};
    Tile tile = tile_of<N>(pixels, channels, columns);
    Line<N> line = line_of<N>(tile, statistics, gamma, beta, channels);
    float inverse[N], slope[N], offset[N];
    channel_floats<N>(tile, statistics + channels, inverse);
    channel_floats<N>(tile, dgamma, slope);
    channel_floats<N>(tile, dbeta, offset);
    slopes_of<N>(line, inverse, (float)pixels, slope, offset);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float values[N], d[N];
        load<N>(x + at, values);
        unpooled<N>(pool, places, dy, tile.row + k * tile.lanes, channels, tile.channel, d);
        past_relu<N>(line, values, d);
#pragma unroll
        for (int j = 0; j < N; j++)
            d[j] = fmaf(d[j], line.scale[j], fmaf(values[j] - line.mean[j], slope[j], offset[j]));
        store<N>(dx + at, d);
    }
}
BOTH(batch_norm_pool_gradient_apply,
     (const T* x, const float* gamma, const float* beta, const float* statistics, const float* dgamma,
      const float* dbeta, const unsigned char* places, const T* dy, T* dx, int pixels, int channels, int columns,
      POOL_PARAMETERS),
     (x, gamma, beta, statistics, dgamma, dbeta, places, dy, dx, pixels, channels, columns, POOL_ARGUMENTS))
