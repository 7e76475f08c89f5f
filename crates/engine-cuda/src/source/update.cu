// Many tensors in one launch: a table has a row for each, which begins with the first of the blocks
// that work on it; a block takes `per_block` numbers.

// The row of this block, `words` long.
DEVICE const unsigned long long* row_of(const unsigned long long* table, int rows, int words) {
    int low = 0, high = rows - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (table[(long)middle * words] <= blockIdx.x) low = middle;
        else high = middle - 1;
    }
    return table + (long)low * words;
}

DEVICE long first_of(const unsigned long long* row, int per_block) {
    return ((long)blockIdx.x - (long)row[0]) * per_block;
}

DEVICE long smaller(long a, long b) { return a < b ? a : b; }

// Rows: first block, weight [out, in / groups, taps] float, to T, out, in / groups, taps, groups,
// whether [in, taps, out / groups] is wanted and not [out, taps, in / groups].
KERNEL(pack_weights, (const unsigned long long* table, int rows, int per_block)) {
    const unsigned long long* row = row_of(table, rows, 8);
    const float* from = (const float*)row[1];
    T* to = (T*)row[2];
    long out = (long)row[3], in = (long)row[4], taps = (long)row[5], groups = (long)row[6];
    bool is_backward = row[7] != 0;
    long start = first_of(row, per_block), end = smaller(start + per_block, out * in * taps);
    for (long i = start + threadIdx.x; i < end; i += THREADS) {
        long o, c, tap;
        if (is_backward) {
            long share = out / groups;
            long inner = i % share, channel = i / share / taps;
            tap = i / share % taps;
            o = channel / in * share + inner;
            c = channel % in;
        } else {
            c = i % in;
            tap = i / in % taps;
            o = i / in / taps;
        }
        put(to + i, from[(o * in + c) * taps + tap]);
    }
}

// Rows: first block, statistics [4, channels], mean, variance, channels.
KERNEL(follow_statistics, (const unsigned long long* table, int rows, int per_block)) {
    const unsigned long long* row = row_of(table, rows, 5);
    const float* statistics = (const float*)row[1];
    float* mean = (float*)row[2];
    float* variance = (float*)row[3];
    long channels = (long)row[4];
    long start = first_of(row, per_block), end = smaller(start + per_block, channels);
    for (long i = start + threadIdx.x; i < end; i += THREADS) {
        mean[i] = 0.9f * mean[i] + 0.1f * statistics[i];
        variance[i] = 0.9f * variance[i] + 0.1f * statistics[3 * channels + i];
    }
}

// Rows: first block, gradient, weight, two moments, start of the penalty, {strength of the penalty,
// rate}, length. The step is {learning rate, learning rate / (1 - beta1^n), 1 / sqrt(1 - beta2^n),
// its share in averages, whether every loss so far was finite}: where one was not, nothing moves.
KERNEL(update_weights, (const unsigned long long* table, int rows, int per_block, const float* step,
                        int is_adam, int is_variant, float beta1, float beta2, float epsilon,
                        float decay)) {
    const unsigned long long* row = row_of(table, rows, 8);
    if (step[4] == 0.0f) return;
    const float* gradient = (const float*)row[1];
    float* weight = (float*)row[2];
    float* first = (float*)row[3];
    float* second = (float*)row[4];
    const float* origin = (const float*)row[5];
    float strength = of_bits((unsigned)row[6]), rate = of_bits((unsigned)(row[6] >> 32));
    float lr = step[0] * rate;
    float in_gradient = is_adam && is_variant ? 0.0f : decay;
    float shrink = is_adam && is_variant ? 1.0f - lr * decay : 1.0f;
    long start = first_of(row, per_block), end = smaller(start + per_block, (long)row[7]);
    for (long i = start + threadIdx.x; i < end; i += THREADS) {
        float w = weight[i], g = gradient[i];
        if (strength != 0.0f) g += (w - (origin ? origin[i] : 0.0f)) * strength;
        g += in_gradient * w;
        if (is_adam) {
            float m = first[i], s = second[i];
            m += (1.0f - beta1) * (g - m);
            s = beta2 * s + (1.0f - beta2) * g * g;
            first[i] = m;
            second[i] = s;
            float root = sqrtf(s) * step[2] + epsilon;
            weight[i] = w * shrink - step[1] * rate * m / root;
        } else {
            float v = beta1 * first[i] + g;
            first[i] = v;
            weight[i] = w - lr * (is_variant ? g + beta1 * v : v);
        }
    }
}

// Rows: first block, values, average, length.
KERNEL(average_weights, (const unsigned long long* table, int rows, int per_block,
                         const float* step)) {
    const unsigned long long* row = row_of(table, rows, 4);
    float share = step[3];
    if (step[4] == 0.0f) return;
    const float* values = (const float*)row[1];
    float* average = (float*)row[2];
    long start = first_of(row, per_block), end = smaller(start + per_block, (long)row[3]);
    for (long i = start + threadIdx.x; i < end; i += THREADS) {
        if (share >= 1.0f) average[i] = values[i];
        else average[i] += share * (values[i] - average[i]);
    }
}

// What is given as [images, channels, pixels] float, as a map.
KERNEL(arrange_in, (const float* from, T* to, int images, int channels, int pixels)) {
    long all = (long)images * channels * pixels;
    for (long i = first_item(); i < all; i += all_items()) {
        long channel = i % channels, at = i / channels % pixels, image = i / channels / pixels;
        put(to + i, from[(image * channels + channel) * pixels + at]);
    }
}

// A map as [images, channels, pixels] float.
KERNEL(arrange_out, (const T* from, float* to, int images, int channels, int pixels)) {
    long all = (long)images * channels * pixels;
    for (long i = first_item(); i < all; i += all_items()) {
        long at = i % pixels, channel = i / pixels % channels, image = i / pixels / channels;
        to[i] = get(from + (image * pixels + at) * channels + channel);
    }
}

// Whether every loss so far was finite, in step[4]; the loss of this step in step[5].
KERNEL(judge_loss, (const float* loss, float weight, int is_first, float* step)) {
    if (blockIdx.x != 0 || threadIdx.x != 0) return;
    float sum = (is_first ? 0.0f : step[5]) + weight * loss[0];
    step[5] = sum;
    if (!(fabsf(sum) <= 3.402823466e38f)) step[4] = 0.0f;
}

// Floats as they are.
KERNEL(copy_floats, (const float* from, float* to, int all)) {
    for (long i = first_item(); i < all; i += all_items()) to[i] = from[i];
}
