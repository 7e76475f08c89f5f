// Batch norm by given statistics: a line for every channel, [2, channels]: scale and shift.

KERNEL(norm_line, (const float* gamma, const float* beta, const float* mean, const float* variance, float* line, float epsilon, int channels)) {
#pragma unroll 1
    for (long c = first_item(); c < channels; c += all_items()) {
        float scale = gamma[c] * inverse_deviation(variance[c], epsilon);
        line[c] = scale;
        line[channels + c] = fmaf(-mean[c], scale, beta[c]);
    }
}

template <int N>
DEVICE void scale_shift_of(const T* x, const float* line, T* y, int relu, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    float scale[N], shift[N];
    channel_floats<N>(tile, line, scale);
    channel_floats<N>(tile, line + channels, shift);
    long at = tile.at;
#pragma unroll 2
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float values[N];
        load<N>(x + at, values);
#pragma unroll
        for (int j = 0; j < N; j++) {
            values[j] = fmaf(values[j], scale[j], shift[j]);
            if (relu) values[j] = positive(values[j]);
        }
        store<N>(y + at, values);
    }
}
BOTH(scale_shift, (const T* x, const float* line, T* y, int relu, int rows, int channels, int columns),
     (x, line, y, relu, rows, channels, columns))

// Sums of every part, [parts, channels] each: Σ dy (x − mean) / √(variance + epsilon), and Σ dy.
template <int N>
DEVICE void norm_line_gradient_sums_of(const T* x, const float* mean, const float* variance, const T* dy, float* dgamma,
                                       float* dbeta, float epsilon, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    Line<N> line;
    float sums[2 * N], spread[N];
    channel_floats<N>(tile, mean, line.mean);
    gradient_sums<N>(tile, line, x, (const T*)0, dy, (T*)0, 0, sums);
    add_lanes<2 * N>(tile, columns, sums);
    channel_floats<N>(tile, variance, spread);
#pragma unroll
    for (int j = 0; j < N; j++) sums[N + j] *= inverse_deviation(spread[j], epsilon);
    put_channel_floats<N>(tile, dbeta + (long)blockIdx.x * channels, sums);
    put_channel_floats<N>(tile, dgamma + (long)blockIdx.x * channels, sums + N);
}
BOTH(norm_line_gradient_sums,
     (const T* x, const float* mean, const float* variance, const T* dy, float* dgamma, float* dbeta, float epsilon,
      int rows, int channels, int columns),
     (x, mean, variance, dy, dgamma, dbeta, epsilon, rows, channels, columns))
