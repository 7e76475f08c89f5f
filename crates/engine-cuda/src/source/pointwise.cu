// Functions of single numbers, sums of maps, and factors and biases of channels. The output may be
// an input.

// As in the schedule.
#define RELU 0
#define RELU6 1
#define SILU 2
#define GELU 3
#define SIGMOID 4
#define HARD_SWISH 5
#define HARD_SIGMOID 6
#define QUICK_GELU 7

#define STEEPNESS 1.702f

DEVICE float logistic(float x) { return 1.0f / (1.0f + expf(-x)); }

// How likely a standard normal variable is below x.
DEVICE float normal_below(float x) { return fmaf(0.5f, erff(x * 0.70710678f), 0.5f); }

// min(max(x + 3, 0), 6) / 6
DEVICE float hard_logistic(float x) { return x >= 3.0f ? 1.0f : positive(x + 3.0f) * (1.0f / 6.0f); }

DEVICE float activated(int function, float x) {
    if (function == RELU) return positive(x);
    if (function == RELU6) return x >= 6.0f ? 6.0f : positive(x);
    if (function == SILU) return x * logistic(x);
    if (function == GELU) return x * normal_below(x);
    if (function == HARD_SWISH) return x * hard_logistic(x);
    if (function == HARD_SIGMOID) return hard_logistic(x);
    if (function == QUICK_GELU) return x * logistic(STEEPNESS * x);
    return logistic(x);
}

// `kept` is the output of ReLU, ReLU6, the sigmoid and the hard sigmoid, the input of the others.
DEVICE float activated_gradient(int function, float kept, float dy) {
    if (function == RELU) return kept > 0.0f ? dy : 0.0f;
    if (function == RELU6) return kept > 0.0f && kept < 6.0f ? dy : 0.0f;
    if (function == SILU) {
        float s = logistic(kept);
        return dy * (s * fmaf(kept, 1.0f - s, 1.0f));
    }
    if (function == GELU) {
        float density = 0.39894228f * expf(-0.5f * kept * kept);
        return dy * fmaf(kept, density, normal_below(kept));
    }
    if (function == HARD_SWISH) {
        float below = kept >= 3.0f ? dy : dy * fmaf(kept, 1.0f / 3.0f, 0.5f);
        return kept <= -3.0f ? 0.0f : below;
    }
    if (function == HARD_SIGMOID) return kept > 0.0f && kept < 1.0f ? dy * (1.0f / 6.0f) : 0.0f;
    if (function == QUICK_GELU) {
        float s = logistic(STEEPNESS * kept);
        return dy * (s * fmaf(STEEPNESS * kept, 1.0f - s, 1.0f));
    }
    return dy * (kept * (1.0f - kept));
}

// `change` of all `len` numbers of one map or two, by wide loads, then what is left.
template <int N, typename Change>
DEVICE void each_of(const T* a, const T* b, T* y, long first, long len, const Change& change) {
    for (long i = first + first_item() * N; i < len; i += all_items() * N) {
        float values[N], others[N];
        load<N>(a + i, values);
        if (b) load<N>(b + i, others);
#pragma unroll
        for (int j = 0; j < N; j++) values[j] = change(values[j], b ? others[j] : 0.0f);
        store<N>(y + i, values);
    }
}

template <typename Change>
DEVICE void each(const T* a, const T* b, T* y, int len, const Change& change) {
    int whole = len / WIDE * WIDE;
    each_of<WIDE>(a, b, y, 0, whole, change);
    each_of<1>(a, b, y, whole, len, change);
}

struct Activated {
    int function;
    DEVICE float operator()(float x, float) const { return activated(function, x); }
};
KERNEL(activate, (const T* x, T* y, int function, int len)) {
    Activated change = {function};
    each(x, (const T*)0, y, len, change);
}

struct ActivatedGradient {
    int function;
    DEVICE float operator()(float kept, float dy) const { return activated_gradient(function, kept, dy); }
};
KERNEL(activate_gradient, (const T* kept, const T* dy, T* dx, int function, int len)) {
    ActivatedGradient change = {function};
    each(kept, dy, dx, len, change);
}

struct Sum {
    int relu;
    DEVICE float operator()(float a, float b) const { return relu ? positive(a + b) : a + b; }
};
// y = a + b, then ReLU if `relu`.
KERNEL(add, (const T* a, const T* b, T* y, int relu, int len)) {
    Sum change = {relu};
    each(a, b, y, len, change);
}

struct Factors {
    DEVICE float operator()(float a, float b) const { return a * b; }
};
// y = a b, number by number.
KERNEL(multiply, (const T* a, const T* b, T* y, int len)) { each(a, b, y, len, Factors()); }

template <int N>
DEVICE void add_bias_of(const T* x, const float* bias, T* y, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    float shift[N];
    channel_floats<N>(tile, bias, shift);
    long at = tile.at;
#pragma unroll 2
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float values[N];
        load<N>(x + at, values);
#pragma unroll
        for (int j = 0; j < N; j++) values[j] += shift[j];
        store<N>(y + at, values);
    }
}
BOTH(add_bias, (const T* x, const float* bias, T* y, int rows, int channels, int columns),
     (x, bias, y, rows, channels, columns))

// One factor for every channel.
template <int N>
DEVICE void scale_channels_of(const T* x, const float* factors, T* y, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    float factor[N];
    channel_floats<N>(tile, factors, factor);
    long at = tile.at;
#pragma unroll 2
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float values[N];
        load<N>(x + at, values);
#pragma unroll
        for (int j = 0; j < N; j++) values[j] *= factor[j];
        store<N>(y + at, values);
    }
}
BOTH(scale_channels, (const T* x, const float* factors, T* y, int rows, int channels, int columns),
     (x, factors, y, rows, channels, columns))

// One factor for every channel of every image of `plane` pixels.
template <int N>
DEVICE void scale_images_of(const T* x, const T* factors, T* y, int plane, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float values[N], factor[N];
        long image = (tile.row + k * tile.lanes) / plane;
        load<N>(x + at, values);
        load<N>(factors + image * channels + tile.channel, factor);
#pragma unroll
        for (int j = 0; j < N; j++) values[j] *= factor[j];
        store<N>(y + at, values);
    }
}
BOTH(scale_images, (const T* x, const T* factors, T* y, int plane, int rows, int channels, int columns),
     (x, factors, y, plane, rows, channels, columns))

// Σ dy of every channel of [rows, channels] floats: few rows, as of logits.
KERNEL(column_sums_float, (const float* dy, float* sums, int rows, int channels)) {
    for (long c = first_item(); c < channels; c += all_items()) {
        float total = 0.0f;
        for (int row = 0; row < rows; row++) total += dy[(long)row * channels + c];
        sums[c] = total;
    }
}
