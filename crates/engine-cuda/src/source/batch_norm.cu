// Batch norm, forward. Statistics are [4, channels]: mean, 1 / √(variance + epsilon), biased and
// unbiased variance.

// Not fmaxf: a NaN stays one.
DEVICE float positive(float x) { return x <= 0.0f ? 0.0f : x; }

// Mean and sum of squared deviations of so many numbers, with those of others taken in.
DEVICE void merge(float& count, float& mean, float& squares, float its_count, float its_mean, float its_squares) {
    if (its_count == 0.0f) return;
    float both = count + its_count, away = its_mean - mean, share = its_count / both;
    mean = fmaf(away, share, mean);
    squares += fmaf(away * away, count * share, its_squares);
    count = both;
}

// What a thread finds in its rows. Deviations are from its first row: near enough to the mean that
// their squares can be corrected, and where that row is far off, it is for this thread only.
template <int N>
DEVICE void moments(const T* x, const Tile& tile, float* mean, float* squares) {
    float pilot[N], sum[N], values[N];
#pragma unroll
    for (int j = 0; j < N; j++) pilot[j] = sum[j] = squares[j] = mean[j] = 0.0f;
    if (tile.count == 0) return;
    long at = tile.at;
    load<N>(x + at, pilot);
#pragma unroll 4
    for (int k = 1; k < tile.count; k++) {
        at += tile.step;
        load<N>(x + at, values);
#pragma unroll
        for (int j = 0; j < N; j++) {
            float away = values[j] - pilot[j];
            sum[j] += away;
            squares[j] = fmaf(away, away, squares[j]);
        }
    }
    float count = (float)tile.count;
#pragma unroll
    for (int j = 0; j < N; j++) {
        float shift = sum[j] / count;
        mean[j] = pilot[j] + shift;
        // Rounding may leave a little less than nothing.
        squares[j] = positive(fmaf(-shift, sum[j], squares[j]));
    }
}

// The moments of all threads of the block that share channels, for each of them.
template <int N>
DEVICE void merge_lanes(const Tile& tile, int columns, float* mean, float* squares) {
    __shared__ float counts[THREADS], means[N * THREADS], spreads[N * THREADS];
    int thread = threadIdx.x;
    counts[thread] = (float)tile.count;
#pragma unroll
    for (int j = 0; j < N; j++) {
        means[j * THREADS + thread] = mean[j];
        spreads[j * THREADS + thread] = squares[j];
    }
    __syncthreads();
    for (int left = tile.lanes; left > 1;) {
        int half = (left + 1) / 2;
        if (tile.lane < left - half) {
            int other = thread + half * columns;
            float count = counts[thread];
#pragma unroll
            for (int j = 0; j < N; j++) {
                count = counts[thread];
                merge(count, means[j * THREADS + thread], spreads[j * THREADS + thread], counts[other],
                      means[j * THREADS + other], spreads[j * THREADS + other]);
            }
            counts[thread] = count;
        }
        __syncthreads();
        left = half;
    }
#pragma unroll
    for (int j = 0; j < N; j++) {
        mean[j] = means[j * THREADS + thread % columns];
        squares[j] = spreads[j * THREADS + thread % columns];
    }
    __syncthreads();
}

DEVICE void put_statistics(float* statistics, int channels, int channel, float rows, float mean, float inverse, float squares) {
    statistics[channel] = mean;
    statistics[channels + channel] = inverse;
    statistics[2 * channels + channel] = squares / rows;
    statistics[3 * channels + channel] = squares / (rows - 1.0f);
}

DEVICE float inverse_deviation(float variance, float epsilon) { return 1.0f / sqrtf(variance + epsilon); }

// Moments of every part: both [parts, channels].
template <int N>
DEVICE void batch_norm_moments_of(const T* x, float* means, float* squares, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    float mean[N], square[N];
    moments<N>(x, tile, mean, square);
    merge_lanes<N>(tile, columns, mean, square);
    put_channel_floats<N>(tile, means + (long)blockIdx.x * channels, mean);
    put_channel_floats<N>(tile, squares + (long)blockIdx.x * channels, square);
}
BOTH(batch_norm_moments, (const T* x, float* means, float* squares, int rows, int channels, int columns),
     (x, means, squares, rows, channels, columns))

// Statistics from the moments of parts. A block has 8 channels of 32 lanes.
KERNEL(batch_norm_statistics, (const float* means, const float* squares, float* statistics, float epsilon, int parts, int rows, int channels)) {
    __shared__ float counts[THREADS], all_means[THREADS], all_squares[THREADS];
    int thread = threadIdx.x, lane = thread / 8;
    int channel = (int)blockIdx.x * 8 + thread % 8;
    int each = (rows - 1) / parts + 1;
    float count = 0.0f, mean = 0.0f, square = 0.0f;
    if (channel < channels) {
#pragma unroll 4
        for (int part = lane; part < parts; part += THREADS / 8) {
            long at = (long)part * channels + channel;
            merge(count, mean, square, (float)min(each, rows - part * each), means[at], squares[at]);
        }
    }
    counts[thread] = count;
    all_means[thread] = mean;
    all_squares[thread] = square;
    __syncthreads();
    for (int half = THREADS / 16; half > 0; half /= 2) {
        if (lane < half) {
            int other = thread + half * 8;
            merge(counts[thread], all_means[thread], all_squares[thread], counts[other], all_means[other], all_squares[other]);
        }
        __syncthreads();
    }
    if (lane == 0 && channel < channels) {
        float inverse = inverse_deviation(all_squares[thread] / rows, epsilon);
        put_statistics(statistics, channels, channel, rows, all_means[thread], inverse, all_squares[thread]);
    }
}

// (x − mean) scale + shift. Every pass that works it out again gets the same bits.
template <int N>
struct Line {
    float mean[N], scale[N], shift[N];
};

template <int N>
DEVICE float on_line(const Line<N>& line, int j, float x) {
    return fmaf(x - line.mean[j], line.scale[j], line.shift[j]);
}

// Without `beta` there is no shift.
template <int N>
DEVICE Line<N> line_of(const Tile& tile, const float* statistics, const float* gamma, const float* beta, int channels) {
    Line<N> line;
    float factor[N];
    channel_floats<N>(tile, statistics, line.mean);
    channel_floats<N>(tile, statistics + channels, line.scale);
    channel_floats<N>(tile, gamma, factor);
#pragma unroll
    for (int j = 0; j < N; j++) {
        line.scale[j] *= factor[j];
        line.shift[j] = 0.0f;
    }
    if (beta) channel_floats<N>(tile, beta, line.shift);
    return line;
}

template <int N>
DEVICE void apply_line(const Tile& tile, const Line<N>& line, const T* x, const T* residual, T* y, int relu) {
    long at = tile.at;
#pragma unroll 2
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float values[N], others[N];
        load<N>(x + at, values);
        if (residual) load<N>(residual + at, others);
#pragma unroll
        for (int j = 0; j < N; j++) {
            values[j] = on_line<N>(line, j, values[j]);
            if (residual) values[j] += others[j];
            if (relu) values[j] = positive(values[j]);
        }
        store<N>(y + at, values);
    }
}

// y = line(x), plus the residual if there is one, then ReLU if `relu`.
template <int N>
DEVICE void batch_norm_apply_of(const T* x, const float* gamma, const float* beta, const float* statistics,
                                const T* residual, T* y, int relu, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    Line<N> line = line_of<N>(tile, statistics, gamma, beta, channels);
    apply_line<N>(tile, line, x, residual, y, relu);
}
BOTH(batch_norm_apply,
     (const T* x, const float* gamma, const float* beta, const float* statistics, const T* residual, T* y, int relu,
      int rows, int channels, int columns),
     (x, gamma, beta, statistics, residual, y, relu, rows, channels, columns))

// Statistics and line in one, where a block can have all rows of its channels.
template <int N>
DEVICE void batch_norm_whole_of(const T* x, const float* gamma, const float* beta, const T* residual, float* statistics,
                                T* y, float epsilon, int relu, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    Line<N> line;
    float squares[N], factor[N];
    moments<N>(x, tile, line.mean, squares);
    merge_lanes<N>(tile, columns, line.mean, squares);
    channel_floats<N>(tile, gamma, factor);
    channel_floats<N>(tile, beta, line.shift);
#pragma unroll
    for (int j = 0; j < N; j++) {
        float inverse = inverse_deviation(squares[j] / rows, epsilon);
        line.scale[j] = inverse * factor[j];
        if (tile.works && tile.lane == 0)
            put_statistics(statistics, channels, tile.channel + j, rows, line.mean[j], inverse, squares[j]);
    }
    apply_line<N>(tile, line, x, residual, y, relu);
}
BOTH(batch_norm_whole,
     (const T* x, const float* gamma, const float* beta, const T* residual, float* statistics, T* y, float epsilon,
      int relu, int rows, int channels, int columns),
     (x, gamma, beta, residual, statistics, y, epsilon, relu, rows, channels, columns))
