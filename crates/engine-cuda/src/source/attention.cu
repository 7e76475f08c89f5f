// Self-attention of heads of any size up to FEATURES: qkv [batch][tokens][3][heads][features],
// y [batch][tokens][heads][features], y = softmax(query keyᵀ / √features) value.
//
// What `Bias` gives for a query and a key, an exponent of 2, is added to their score: NoBias, or that of
// window_attention.cu.
//
// Neither scores nor probabilities are written to memory: tiles of rows meet tiles of others, and
// the backward pass makes them again from `tops` and `slopes` [batch][heads][tokens]: the base-2
// logarithm of a query's sum of exponentials, and Σ dy y.

#define INFINITE of_bits(0x7f800000u)

// One head of one sequence.
struct Head {
    int tokens, features;
    // From a token to the next in qkv and in y.
    int qkv_line, y_line;
    long query, key, value, y, row;
    // Scores times this are exponents of 2.
    float scale;
    // First token of this block's tile; grids are tiles of all heads of all images.
    int first;
};
// Heads count image by image.
DEVICE Head head_at(int number, int tokens, int heads, int features) {
    Head h;
    int image = number / heads, head = number % heads;
    h.first = 0;
    h.tokens = tokens;
    h.features = features;
    h.y_line = heads * features;
    h.qkv_line = 3 * h.y_line;
    h.query = (long)image * tokens * h.qkv_line + head * features;
    h.key = h.query + h.y_line;
    h.value = h.key + h.y_line;
    h.y = (long)image * tokens * h.y_line + head * features;
    h.row = (long)number * tokens;
    h.scale = 1.44269504f / sqrtf((float)features);
    return h;
}
DEVICE Head head_of(int tokens, int heads, int features, int tile) {
    int tiles = (tokens + tile - 1) / tile;
    Head h = head_at(blockIdx.x / tiles, tokens, heads, features);
    h.first = blockIdx.x % tiles * tile;
    return h;
}

struct NoBias {
    DEVICE float operator()(int, int) const { return 0.0f; }
};

// Tokens from `first` on as [FEATURES][TOKENS + 4], zeros past the end of both.
template <int TOKENS, int FEATURES>
DEVICE void hold_tokens(float* to, const T* from, int line, int first, const Head& h) {
    for (int at = threadIdx.x; at < TOKENS * FEATURES; at += THREADS) {
        int token = at / FEATURES, feature = at % FEATURES;
        bool is_inside = first + token < h.tokens && feature < h.features;
        to[feature * (TOKENS + 4) + token] = is_inside ? get(from + (long)(first + token) * line + feature) : 0.0f;
    }
}

// sums [own][other] += Σ own · other over features, of two tiles of `hold_tokens`. A thread has
// rows thread / 16 times OWN / 16 and on, and likewise by thread % 16 of the others.
template <int OWN, int OTHER>
DEVICE void dot(float (*sums)[OTHER / 16], const float* own, const float* other, int features) {
    own += threadIdx.x / 16 * (OWN / 16);
    other += threadIdx.x % 16 * (OTHER / 16);
#pragma unroll 4
    for (int feature = 0; feature < features; feature++) {
#pragma unroll
        for (int i = 0; i < OWN / 16; i++)
#pragma unroll
            for (int j = 0; j < OTHER / 16; j++) sums[i][j] += own[feature * (OWN + 4) + i] * other[feature * (OTHER + 4) + j];
    }
}

// sums [own][feature] += Σ factor [other][own + 4] other over a tile of others. A thread has the
// rows of `dot` and every 16th feature from thread % 16 on.
template <int OWN, int OTHER, int FEATURES>
DEVICE void add_weighted(float (*sums)[FEATURES / 16], const float* factors, const float* other) {
    factors += threadIdx.x / 16 * (OWN / 16);
    other += threadIdx.x % 16 * (OTHER + 4);
#pragma unroll 4
    for (int at = 0; at < OTHER; at++) {
#pragma unroll
        for (int i = 0; i < OWN / 16; i++)
#pragma unroll
            for (int j = 0; j < FEATURES / 16; j++) sums[i][j] += factors[at * (OWN + 4) + i] * other[j * 16 * (OTHER + 4) + at];
    }
}

// Of the 16 threads that share a row.
DEVICE float row_top(float value) {
#pragma unroll
    for (int lanes = 8; lanes > 0; lanes /= 2) value = fmaxf(value, __shfl_xor_sync(0xffffffffu, value, lanes));
    return value;
}
DEVICE float row_sum(float value) {
#pragma unroll
    for (int lanes = 8; lanes > 0; lanes /= 2) value += __shfl_xor_sync(0xffffffffu, value, lanes);
    return value;
}

// y, or with a dy the statistics of the backward pass, of QUERIES queries.
template <int QUERIES, int KEYS, int FEATURES, typename Bias>
DEVICE void attention_of(const T* qkv, T* y, const T* dy, float* tops, float* slopes, const Head& h, const Bias& bias) {
    __shared__ float queries[FEATURES * (QUERIES + 4)];
    __shared__ float others[FEATURES * (KEYS + 4)];
    __shared__ float factors[KEYS * (QUERIES + 4)];
    const int Q = QUERIES / 16, K = KEYS / 16, F = FEATURES / 16;
    int first = h.first, row = threadIdx.x / 16 * Q, column = threadIdx.x % 16 * K;
    hold_tokens<QUERIES, FEATURES>(queries, qkv + h.query, h.qkv_line, first, h);
    float top[Q], total[Q], sums[Q][F] = {};
    for (int i = 0; i < Q; i++) {
        top[i] = -INFINITE;
        total[i] = 0.0f;
    }
    for (int key = 0; key < h.tokens; key += KEYS) {
        __syncthreads();
        hold_tokens<KEYS, FEATURES>(others, qkv + h.key, h.qkv_line, key, h);
        __syncthreads();
        float scores[Q][K] = {};
        dot<QUERIES, KEYS>(scores, queries, others, h.features);
#pragma unroll
        for (int i = 0; i < Q; i++) {
            float here = -INFINITE, part = 0.0f;
#pragma unroll
            for (int j = 0; j < K; j++) {
                int its = key + column + j;
                scores[i][j] = its < h.tokens ? fmaf(scores[i][j], h.scale, bias(first + row + i, its)) : -INFINITE;
                here = fmaxf(here, scores[i][j]);
            }
            here = fmaxf(top[i], row_top(here));
            float shrink = exp2f(top[i] - here);
            top[i] = here;
#pragma unroll
            for (int j = 0; j < K; j++) {
                float factor = exp2f(scores[i][j] - here);
                part += factor;
                factors[(column + j) * (QUERIES + 4) + row + i] = factor;
            }
            total[i] = total[i] * shrink + row_sum(part);
#pragma unroll
            for (int j = 0; j < F; j++) sums[i][j] *= shrink;
        }
        __syncthreads();
        hold_tokens<KEYS, FEATURES>(others, qkv + h.value, h.qkv_line, key, h);
        __syncthreads();
        add_weighted<QUERIES, KEYS, FEATURES>(sums, factors, others);
    }
#pragma unroll
    for (int i = 0; i < Q; i++) {
        int token = first + row + i;
        float slope = 0.0f;
#pragma unroll
        for (int j = 0; j < F; j++) {
            int feature = threadIdx.x % 16 + 16 * j;
            bool is_inside = token < h.tokens && feature < h.features;
            long place = h.y + (long)token * h.y_line + feature;
            float value = sums[i][j] / total[i];
            if (is_inside && !dy) put(y + place, value);
            if (is_inside && dy) slope += value * get(dy + place);
        }
        if (!dy) continue;
        slope = row_sum(slope);
        if (threadIdx.x % 16 == 0 && token < h.tokens) {
            tops[h.row + token] = top[i] + log2f(total[i]);
            slopes[h.row + token] = slope;
        }
    }
}
KERNEL(attention_64, (const T* qkv, T* y, int tokens, int heads, int features)) { attention_of<64, 32, 64>(qkv, y, nullptr, nullptr, nullptr, head_of(tokens, heads, features, 64), NoBias()); }
KERNEL(attention_128, (const T* qkv, T* y, int tokens, int heads, int features)) { attention_of<32, 32, 128>(qkv, y, nullptr, nullptr, nullptr, head_of(tokens, heads, features, 32), NoBias()); }
KERNEL(attention_statistics_64, (const T* qkv, const T* dy, float* tops, float* slopes, int tokens, int heads, int features)) { attention_of<64, 32, 64>(qkv, nullptr, dy, tops, slopes, head_of(tokens, heads, features, 64), NoBias()); }
KERNEL(attention_statistics_128, (const T* qkv, const T* dy, float* tops, float* slopes, int tokens, int heads, int features)) { attention_of<32, 32, 128>(qkv, nullptr, dy, tops, slopes, head_of(tokens, heads, features, 32), NoBias()); }

// With p the probabilities and ds = p (dy valueᵀ − slope) / √features: dquery = ds key of TOKENS
// queries or, OF_KEYS, dkey = dsᵀ query and dvalue = pᵀ dy of TOKENS keys.
template <bool OF_KEYS, int TOKENS, int FEATURES, typename Bias>
DEVICE void attention_gradient_of(const T* qkv, const T* dy, const float* tops, const float* slopes, T* dqkv, const Head& h, const Bias& bias) {
    const int SIZE = FEATURES * (TOKENS + 4), S = TOKENS / 16, F = FEATURES / 16;
    __shared__ float own[2][SIZE];
    __shared__ float other[2][SIZE];
    __shared__ float factors[OF_KEYS ? 2 : 1][TOKENS * (TOKENS + 4)];
    int first = h.first, row = threadIdx.x / 16 * S, column = threadIdx.x % 16 * S;
    hold_tokens<TOKENS, FEATURES>(own[0], qkv + (OF_KEYS ? h.key : h.query), h.qkv_line, first, h);
    hold_tokens<TOKENS, FEATURES>(own[1], OF_KEYS ? qkv + h.value : dy + h.y, OF_KEYS ? h.qkv_line : h.y_line, first, h);
    float sums[S][F] = {}, values[OF_KEYS ? S : 1][F] = {};
    float root = h.scale * 0.69314718f;
    for (int from = 0; from < h.tokens; from += TOKENS) {
        __syncthreads();
        hold_tokens<TOKENS, FEATURES>(other[0], qkv + (OF_KEYS ? h.query : h.key), h.qkv_line, from, h);
        hold_tokens<TOKENS, FEATURES>(other[1], OF_KEYS ? dy + h.y : qkv + h.value, OF_KEYS ? h.y_line : h.qkv_line, from, h);
        __syncthreads();
        float scores[S][S] = {}, changes[S][S] = {};
        dot<TOKENS, TOKENS>(scores, own[0], other[0], h.features);
        dot<TOKENS, TOKENS>(changes, own[1], other[1], h.features);
#pragma unroll
        for (int i = 0; i < S; i++)
#pragma unroll
            for (int j = 0; j < S; j++) {
                int mine = first + row + i, its = from + column + j;
                int query = OF_KEYS ? its : mine, key = OF_KEYS ? mine : its;
                bool is_inside = mine < h.tokens && its < h.tokens;
                float p = is_inside ? exp2f(fmaf(scores[i][j], h.scale, bias(query, key)) - tops[h.row + query]) : 0.0f;
                int place = (column + j) * (TOKENS + 4) + row + i;
                factors[0][place] = is_inside ? p * (changes[i][j] - slopes[h.row + query]) * root : 0.0f;
                if (OF_KEYS) factors[1][place] = p;
            }
        __syncthreads();
        add_weighted<TOKENS, TOKENS, FEATURES>(sums, factors[0], other[0]);
        if (OF_KEYS) add_weighted<TOKENS, TOKENS, FEATURES>(values, factors[1], other[1]);
    }
#pragma unroll
    for (int i = 0; i < S; i++)
#pragma unroll
        for (int j = 0; j < F; j++) {
            int token = first + row + i, feature = threadIdx.x % 16 + 16 * j;
            if (token >= h.tokens || feature >= h.features) continue;
            T* to = dqkv + (long)token * h.qkv_line + feature;
            put(to + (OF_KEYS ? h.key : h.query), sums[i][j]);
            if (OF_KEYS) put(to + h.value, values[i][j]);
        }
}
#define ATTENTION_GRADIENT(name, of_keys, rows, most) \
    KERNEL(name, (const T* qkv, const T* dy, const float* tops, const float* slopes, T* dqkv, int tokens, int heads, int features)) { \
        attention_gradient_of<of_keys, rows, most>(qkv, dy, tops, slopes, dqkv, head_of(tokens, heads, features, rows), NoBias()); \
    }
ATTENTION_GRADIENT(attention_query_gradient_64, false, 32, 64)
ATTENTION_GRADIENT(attention_query_gradient_128, false, 16, 128)
ATTENTION_GRADIENT(attention_key_gradient_64, true, 32, 64)
ATTENTION_GRADIENT(attention_key_gradient_128, true, 16, 128)
