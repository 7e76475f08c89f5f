// Global response normalisation, as far as it is not a scale and a shift, see kernels::response_factors.

// norms [images][channels]: the Euclidean norm of every map. A block has an image, blockIdx.x.
template <int N>
DEVICE void map_norms_of(const T* x, float* norms, int plane, int channels, int columns) {
    float total[N];
    long to;
    if (!image_totals<N>(x, x, plane, channels, columns, total, &to)) return;
#pragma unroll
    for (int j = 0; j < N; j++) norms[to + j] = sqrtf(total[j]);
}
BOTH(map_norms, (const T* x, float* norms, int plane, int channels, int columns), (x, norms, plane, channels, columns))

// Of all threads of the block.
DEVICE float block_sum(float sum) {
    Tile tile;
    tile.lane = threadIdx.x;
    tile.lanes = THREADS;
    add_lanes<1>(tile, 1, &sum);
    return sum;
}

// The mean of an image's norms, and epsilon.
DEVICE float middle_norm(const float* norms, float epsilon, int channels) {
    float sum = 0.0f;
    for (int c = threadIdx.x; c < channels; c += THREADS) sum += norms[c];
    return block_sum(sum) / channels + epsilon;
}

// factors [images][channels] = 1 + gamma norms / (mean norm + epsilon). A block has an image.
KERNEL(response_factors, (const float* norms, const float* gamma, T* factors, float epsilon, int channels)) {
    long image = (long)blockIdx.x * channels;
    float middle = middle_norm(norms + image, epsilon, channels);
    for (int c = threadIdx.x; c < channels; c += THREADS) put(factors + image + c, fmaf(gamma[c], norms[image + c] / middle, 1.0f));
}

// From dfactors: the gradient of a map is its slope times the map, slopes [images][channels], and that of
// gamma the sum of `parts` [images][channels] over images. A block has an image.
KERNEL(response_factors_gradient, (const float* norms, const float* gamma, const T* dfactors, T* slopes, float* parts, float epsilon, int channels)) {
    long image = (long)blockIdx.x * channels;
    float middle = middle_norm(norms + image, epsilon, channels), pull = 0.0f;
    for (int c = threadIdx.x; c < channels; c += THREADS) pull += gamma[c] * get(dfactors + image + c) * norms[image + c];
    pull = block_sum(pull) / middle / channels;
    for (int c = threadIdx.x; c < channels; c += THREADS) {
        float norm = norms[image + c], change = get(dfactors + image + c);
        parts[image + c] = change * norm / middle;
        put(slopes + image + c, norm > 0.0f ? (gamma[c] * change - pull) / middle / norm : 0.0f);
    }
}
