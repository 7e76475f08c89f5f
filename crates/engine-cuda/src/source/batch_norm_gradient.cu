// Batch norm, backward: two sums for every channel, Σ d and Σ d (x − mean) / √(variance + epsilon),
// which are the gradients of beta and gamma; then the gradient of x. Here d is what of `dy` passes
// the ReLU: it is worked out again from x, or seen by the output `y` of a sum.

// Where the ReLU let nothing through, nothing of the gradient passes.
template <int N>
DEVICE void past_relu(const Line<N>& line, const float* x, float* d) {
#pragma unroll
    for (int j = 0; j < N; j++) d[j] = on_line<N>(line, j, x[j]) > 0.0f ? d[j] : 0.0f;
}

// Both sums of a thread; `sums` has Σ d, then Σ d (x − mean). With `y`, what passes is put into
// `passed`, which may be `dy`.
template <int N>
DEVICE void gradient_sums(const Tile& tile, const Line<N>& line, const T* x, const T* y, const T* dy, T* passed,
                          int relu, float* sums) {
#pragma unroll
    for (int j = 0; j < 2 * N; j++) sums[j] = 0.0f;
    long at = tile.at;
#pragma unroll 2
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float values[N], d[N], out[N];
        load<N>(x + at, values);
        load<N>(dy + at, d);
        if (relu) past_relu<N>(line, values, d);
        if (y) {
            load<N>(y + at, out);
#pragma unroll
            for (int j = 0; j < N; j++) d[j] = out[j] > 0.0f ? d[j] : 0.0f;
            store<N>(passed + at, d);
        }
#pragma unroll
        for (int j = 0; j < N; j++) {
            sums[j] += d[j];
            sums[N + j] = fmaf(d[j], values[j] - line.mean[j], sums[N + j]);
        }
    }
}

template <int N>
DEVICE void batch_norm_gradient_sums_of(const T* x, const float* gamma, const float* beta, const float* statistics,
                                        const T* y, const T* dy, T* passed, float* dgamma, float* dbeta, int relu,
                                        int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    Line<N> line = line_of<N>(tile, statistics, gamma, beta, channels);
    float sums[2 * N], inverse[N];
    gradient_sums<N>(tile, line, x, y, dy, passed, relu, sums);
    add_lanes<2 * N>(tile, columns, sums);
    channel_floats<N>(tile, statistics + channels, inverse);
#pragma unroll
    for (int j = 0; j < N; j++) sums[N + j] *= inverse[j];
    put_channel_floats<N>(tile, dbeta + (long)blockIdx.x * channels, sums);
    put_channel_floats<N>(tile, dgamma + (long)blockIdx.x * channels, sums + N);
}
BOTH(batch_norm_gradient_sums,
     (const T* x, const float* gamma, const float* beta, const float* statistics, const T* y, const T* dy, T* passed,
      float* dgamma, float* dbeta, int relu, int rows, int channels, int columns),
     (x, gamma, beta, statistics, y, dy, passed, dgamma, dbeta, relu, rows, channels, columns))

// dx = scale d + (x − mean) slope + offset. `slope` comes with dgamma, `offset` with dbeta.
template <int N>
DEVICE void slopes_of(const Line<N>& line, const float* inverse, float rows, float* slope, float* offset) {
#pragma unroll
    for (int j = 0; j < N; j++) {
        slope[j] *= -line.scale[j] * inverse[j] / rows;
        offset[j] *= -line.scale[j] / rows;
    }
}

template <int N>
DEVICE void gradient_apply(const Tile& tile, const Line<N>& line, const float* slope, const float* offset, const T* x,
                           const T* dy, T* dx, int relu) {
    long at = tile.at;
#pragma unroll 2
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float values[N], d[N];
        load<N>(x + at, values);
        load<N>(dy + at, d);
        if (relu) past_relu<N>(line, values, d);
#pragma unroll
        for (int j = 0; j < N; j++)
            d[j] = fmaf(d[j], line.scale[j], fmaf(values[j] - line.mean[j], slope[j], offset[j]));
        store<N>(dx + at, d);
    }
}

template <int N>
DEVICE void batch_norm_gradient_apply_of(const T* x, const float* gamma, const float* beta, const float* statistics,
                                         const float* dgamma, const float* dbeta, const T* dy, T* dx, int relu,
                                         int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    Line<N> line = line_of<N>(tile, statistics, gamma, beta, channels);
    float inverse[N], slope[N], offset[N];
    channel_floats<N>(tile, statistics + channels, inverse);
    channel_floats<N>(tile, dgamma, slope);
    channel_floats<N>(tile, dbeta, offset);
    slopes_of<N>(line, inverse, rows, slope, offset);
    gradient_apply<N>(tile, line, slope, offset, x, dy, dx, relu);
}
BOTH(batch_norm_gradient_apply,
     (const T* x, const float* gamma, const float* beta, const float* statistics, const float* dgamma,
      const float* dbeta, const T* dy, T* dx, int relu, int rows, int channels, int columns),
     (x, gamma, beta, statistics, dgamma, dbeta, dy, dx, relu, rows, channels, columns))

// Both in one, where a block can have all rows of its channels. A thread reads of `passed` only what
// it has put there.
template <int N>
DEVICE void batch_norm_gradient_whole_of(const T* x, const float* gamma, const float* beta, const float* statistics,
                                         const T* y, const T* dy, T* passed, T* dx, float* dgamma, float* dbeta,
                                         int relu, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    Line<N> line = line_of<N>(tile, statistics, gamma, beta, channels);
    float sums[2 * N], inverse[N];
    gradient_sums<N>(tile, line, x, y, dy, passed, relu, sums);
    add_lanes<2 * N>(tile, columns, sums);
    channel_floats<N>(tile, statistics + channels, inverse);
#pragma unroll
    for (int j = 0; j < N; j++) sums[N + j] *= inverse[j];
    put_channel_floats<N>(tile, dbeta, sums);
    put_channel_floats<N>(tile, dgamma, sums + N);
    slopes_of<N>(line, inverse, rows, sums + N, sums);
    gradient_apply<N>(tile, line, sums + N, sums, x, y ? passed : dy, dx, relu);
}
BOTH(batch_norm_gradient_whole,
     (const T* x, const float* gamma, const float* beta, const float* statistics, const T* y, const T* dy, T* passed,
      T* dx, float* dgamma, float* dbeta, int relu, int rows, int channels, int columns),
     (x, gamma, beta, statistics, y, dy, passed, dx, dgamma, dbeta, relu, rows, channels, columns))
