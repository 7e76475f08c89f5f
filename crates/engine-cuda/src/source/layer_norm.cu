// Normalisation over the channels of every pixel. `lanes` threads of a warp, a power of two, share a
// pixel. Statistics are [2, pixels]: mean and 1 / √(variance + epsilon).

// The sum over the threads of a pixel, for each of them.
DEVICE float add_pixel(float value, int lanes) {
    for (int away = lanes / 2; away > 0; away /= 2) value += __shfl_xor_sync(0xffffffffu, value, away);
    return value;
}

template <int N>
DEVICE void layer_norm_of(const T* x, const float* gamma, const float* beta, float* statistics, T* y, float epsilon, int pixels, int channels, int lanes) {
    int lane = (int)threadIdx.x % lanes;
    int pixel = (int)blockIdx.x * (THREADS / lanes) + (int)threadIdx.x / lanes;
    bool works = pixel < pixels;
    // Threads without a pixel go along: whole warps add up.
    const T* from = x + (long)(works ? pixel : 0) * channels;
    float values[N], total = 0.0f, squares = 0.0f;
    for (int c = lane * N; c < channels; c += lanes * N) {
        load<N>(from + c, values);
#pragma unroll
        for (int j = 0; j < N; j++) total += values[j];
    }
    float mean = add_pixel(total, lanes) / channels;
    for (int c = lane * N; c < channels; c += lanes * N) {
        load<N>(from + c, values);
#pragma unroll
        for (int j = 0; j < N; j++) squares = fmaf(values[j] - mean, values[j] - mean, squares);
    }
    float inverse = inverse_deviation(add_pixel(squares, lanes) / channels, epsilon);
    if (!works) return;
    if (lane == 0) {
        statistics[pixel] = mean;
        statistics[pixels + pixel] = inverse;
    }
    T* to = y + (long)pixel * channels;
    for (int c = lane * N; c < channels; c += lanes * N) {
        load<N>(from + c, values);
#pragma unroll
        for (int j = 0; j < N; j++) values[j] = fmaf((values[j] - mean) * inverse, gamma[c + j], beta[c + j]);
        store<N>(to + c, values);
    }
}
BOTH(layer_norm,
     (const T* x, const float* gamma, const float* beta, float* statistics, T* y, float epsilon, int pixels,
      int channels, int lanes),
     (x, gamma, beta, statistics, y, epsilon, pixels, channels, lanes))

template <int N>
DEVICE void layer_norm_gradient_of(const T* x, const float* gamma, const float* statistics, const T* dy, T* dx, int pixels, int channels, int lanes) {
    int lane = (int)threadIdx.x % lanes;
    int pixel = (int)blockIdx.x * (THREADS / lanes) + (int)threadIdx.x / lanes;
    bool works = pixel < pixels;
    pixel = works ? pixel : 0;
    float mean = statistics[pixel], inverse = statistics[pixels + pixel];
    long at = (long)pixel * channels;
    float values[N], d[N], total = 0.0f, products = 0.0f;
    for (int c = lane * N; c < channels; c += lanes * N) {
        load<N>(x + at + c, values);
        load<N>(dy + at + c, d);
#pragma unroll
        for (int j = 0; j < N; j++) {
            float scaled = gamma[c + j] * d[j];
            total += scaled;
            products = fmaf(scaled, (values[j] - mean) * inverse, products);
        }
    }
    total = add_pixel(total, lanes) / channels;
    products = add_pixel(products, lanes) / channels;
    if (!works) return;
    for (int c = lane * N; c < channels; c += lanes * N) {
        load<N>(x + at + c, values);
        load<N>(dy + at + c, d);
#pragma unroll
        for (int j = 0; j < N; j++) {
            float standard = (values[j] - mean) * inverse;
            d[j] = inverse * (fmaf(gamma[c + j], d[j], -total) - standard * products);
        }
        store<N>(dx + at + c, d);
    }
}
BOTH(layer_norm_gradient,
     (const T* x, const float* gamma, const float* statistics, const T* dy, T* dx, int pixels, int channels, int lanes),
     (x, gamma, statistics, dy, dx, pixels, channels, lanes))

// Sums of every part, [parts, channels] each: the gradients of gamma and beta.
template <int N>
DEVICE void layer_norm_gradient_sums_of(const T* x, const float* statistics, const T* dy, float* dgamma, float* dbeta, int pixels, int channels, int columns) {
    Tile tile = tile_of<N>(pixels, channels, columns);
    float sums[2 * N];
#pragma unroll
    for (int j = 0; j < 2 * N; j++) sums[j] = 0.0f;
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float values[N], d[N];
        int pixel = tile.row + k * tile.lanes;
        float mean = statistics[pixel], inverse = statistics[pixels + pixel];
        load<N>(x + at, values);
        load<N>(dy + at, d);
#pragma unroll
        for (int j = 0; j < N; j++) {
            sums[j] += d[j];
            sums[N + j] = fmaf(d[j], (values[j] - mean) * inverse, sums[N + j]);
        }
    }
    add_lanes<2 * N>(tile, columns, sums);
    put_channel_floats<N>(tile, dbeta + (long)blockIdx.x * channels, sums);
    put_channel_floats<N>(tile, dgamma + (long)blockIdx.x * channels, sums + N);
}
BOTH(layer_norm_gradient_sums,
     (const T* x, const float* statistics, const T* dy, float* dgamma, float* dbeta, int pixels, int channels, int columns),
     (x, statistics, dy, dgamma, dbeta, pixels, channels, columns))
