// Self-attention on tensor cores, see attention.cu: heads of at most 64 features in whole wide
// loads, bfloat16. A warp has 16 of a block's 128 tokens, whose rows it keeps in registers; tiles of
// 64 others pass by in shared memory. Probabilities are rounded to bfloat16 before products.
#if BF16
#define OTHERS 64
#define MATRIX_TOKENS 128

// 16 rows from `first` on as left factors: 16 features each, zeros past the end.
DEVICE void hold_rows(unsigned (*rows)[4], const T* from, int line, int first, const Head& h) {
    int lane = threadIdx.x % 32;
#pragma unroll
    for (int step = 0; step < 4; step++)
#pragma unroll
        for (int e = 0; e < 4; e++) {
            int token = first + lane / 4 + e % 2 * 8, feature = 16 * step + lane % 4 * 2 + e / 2 * 8;
            bool is_inside = token < h.tokens && feature < h.features;
            rows[step][e] = is_inside ? *(const unsigned*)(from + (long)token * line + feature) : 0;
        }
}

// OTHERS tokens from `first` on as [OTHERS][64], zeros past the end.
DEVICE void copy_others(Words* to, const T* from, int line, int first, const Head& h) {
#pragma unroll
    for (int i = 0; i < OTHERS * 8 / THREADS; i++) {
        int at = threadIdx.x + i * THREADS, token = at / 8, chunk = at % 8;
        bool is_inside = first + token < h.tokens && chunk * WIDE < h.features;
        copy_words(to + in_lines<8>(token, chunk), is_inside ? from + ((long)(first + token) * line + chunk * WIDE) : from, is_inside);
    }
}

// sums [16 rows][8 N others] = rows · others over features.
template <int N>
DEVICE void dot_rows(float (*sums)[4], const unsigned (*rows)[4], const Words* others, int first) {
    int lane = threadIdx.x % 32;
#pragma unroll
    for (int j = 0; j < N; j++)
#pragma unroll
        for (int e = 0; e < 4; e++) sums[j][e] = 0.0f;
#pragma unroll
    for (int step = 0; step < 4; step++)
#pragma unroll
        for (int j = 0; j < N; j += 2) {
            unsigned right[4];
            load_matrices(right, others + in_lines<8>(first + 8 * j + lane / 16 * 8 + lane % 8, 2 * step + lane / 8 % 2));
            multiply_add(sums[j], rows[step], right);
            multiply_add(sums[j + 1], rows[step], right + 2);
        }
}

// sums [16 rows][64 features] += factors [16 rows][8 N others] · others.
template <int N>
DEVICE void add_weighted_rows(float (*sums)[4], const float (*factors)[4], const Words* others, int first) {
    int lane = threadIdx.x % 32;
#pragma unroll
    for (int i = 0; i < N; i += 2) {
        unsigned left[4];
        left[0] = pack_two(factors[i][0], factors[i][1]);
        left[1] = pack_two(factors[i][2], factors[i][3]);
        left[2] = pack_two(factors[i + 1][0], factors[i + 1][1]);
        left[3] = pack_two(factors[i + 1][2], factors[i + 1][3]);
#pragma unroll
        for (int j = 0; j < 8; j += 2) {
            unsigned right[4];
            load_transposed(right, others + in_lines<8>(first + 8 * i + lane % 16, j + lane / 16));
            multiply_add(sums[j], left, right);
            multiply_add(sums[j + 1], left, right + 2);
        }
    }
}

// Of the four lanes that share a row.
DEVICE float lanes_top(float value) {
    value = fmaxf(value, __shfl_xor_sync(0xffffffffu, value, 1));
    return fmaxf(value, __shfl_xor_sync(0xffffffffu, value, 2));
}
DEVICE float lanes_sum(float value) {
    value += __shfl_xor_sync(0xffffffffu, value, 1);
    return value + __shfl_xor_sync(0xffffffffu, value, 2);
}

// y, or with a dy the statistics of the backward pass.
template <typename Bias>
DEVICE void attention_rows(const T* qkv, T* y, const T* dy, float* tops, float* slopes, const Head& h, const Bias& bias) {
    __shared__ Words others[2][2][OTHERS * 8];
    int lane = threadIdx.x % 32, first = h.first + threadIdx.x / 32 * 16;
    copy_others(others[0][0], qkv + h.key, h.qkv_line, 0, h);
    copy_others(others[0][1], qkv + h.value, h.qkv_line, 0, h);
    end_copies();
    unsigned queries[4][4];
    hold_rows(queries, qkv + h.query, h.qkv_line, first, h);
    float top[2] = {-INFINITE, -INFINITE}, total[2] = {}, sums[8][4] = {};
    int stage = 0;
#pragma unroll 1
    for (int key = 0; key < h.tokens; key += OTHERS, stage = 1 - stage) {
        await_copies<0>();
        __syncthreads();
        if (key + OTHERS < h.tokens) {
            copy_others(others[1 - stage][0], qkv + h.key, h.qkv_line, key + OTHERS, h);
            copy_others(others[1 - stage][1], qkv + h.value, h.qkv_line, key + OTHERS, h);
        }
        end_copies();
        float scores[OTHERS / 8][4];
        dot_rows<OTHERS / 8>(scores, queries, others[stage][0], 0);
#pragma unroll
        for (int half = 0; half < 2; half++) {
            float here = -INFINITE, part = 0.0f;
#pragma unroll
            for (int j = 0; j < OTHERS / 8; j++)
#pragma unroll
                for (int e = 2 * half; e < 2 * half + 2; e++) {
                    int its = key + 8 * j + lane % 4 * 2 + e % 2;
                    float score = fmaf(scores[j][e], h.scale, bias(first + lane / 4 + 8 * half, its));
                    scores[j][e] = its < h.tokens ? score : -INFINITE;
                    here = fmaxf(here, scores[j][e]);
                }
            here = fmaxf(top[half], lanes_top(here));
            float shrink = exp2f(top[half] - here);
            top[half] = here;
#pragma unroll
            for (int j = 0; j < OTHERS / 8; j++)
#pragma unroll
                for (int e = 2 * half; e < 2 * half + 2; e++) {
                    scores[j][e] = exp2f(scores[j][e] - here);
                    part += scores[j][e];
                }
            total[half] = total[half] * shrink + lanes_sum(part);
#pragma unroll
            for (int j = 0; j < 8; j++) {
                sums[j][2 * half] *= shrink;
                sums[j][2 * half + 1] *= shrink;
            }
        }
        add_weighted_rows<OTHERS / 8>(sums, scores, others[stage][1], 0);
    }
#pragma unroll
    for (int half = 0; half < 2; half++) {
        int token = first + lane / 4 + 8 * half;
        float slope = 0.0f;
#pragma unroll
        for (int j = 0; j < 8; j++) {
            int feature = 8 * j + lane % 4 * 2;
            if (token >= h.tokens || feature >= h.features) continue;
            float low = sums[j][2 * half] / total[half], high = sums[j][2 * half + 1] / total[half];
            long place = h.y + (long)token * h.y_line + feature;
            if (dy) slope += low * get(dy + place) + high * get(dy + place + 1);
            else *(unsigned*)(y + place) = pack_two(low, high);
        }
        if (!dy) continue;
        slope = lanes_sum(slope);
        if (lane % 4 == 0 && token < h.tokens) {
            tops[h.row + token] = top[half] + log2f(total[half]);
            slopes[h.row + token] = slope;
        }
    }
}
KERNEL(attention_wide, (const T* qkv, T* y, int tokens, int heads, int features)) { attention_rows(qkv, y, nullptr, nullptr, nullptr, head_of(tokens, heads, features, MATRIX_TOKENS), NoBias()); }
KERNEL(attention_statistics_wide, (const T* qkv, const T* dy, float* tops, float* slopes, int tokens, int heads, int features)) { attention_rows(qkv, nullptr, dy, tops, slopes, head_of(tokens, heads, features, MATRIX_TOKENS), NoBias()); }

// Others whose products with a warp's rows are in registers at once.
#define AT_ONCE 32

// The gradients of 128 queries or, OF_KEYS, of 128 keys and their values.
template <bool OF_KEYS, typename Bias>
DEVICE void attention_gradient_rows(const T* qkv, const T* dy, const float* tops, const float* slopes, T* dqkv, const Head& h, const Bias& bias) {
    __shared__ Words others[2][2][OTHERS * 8];
    // Of the queries that pass by: tops, then slopes.
    __shared__ float statistics[2][2][OTHERS];
    int lane = threadIdx.x % 32, first = h.first + threadIdx.x / 32 * 16;
    const T* passing[2] = {qkv + (OF_KEYS ? h.query : h.key), OF_KEYS ? dy + h.y : qkv + h.value};
    int lines[2] = {h.qkv_line, OF_KEYS ? h.y_line : h.qkv_line};
    unsigned rows[2][4][4];
    hold_rows(rows[0], qkv + (OF_KEYS ? h.key : h.query), h.qkv_line, first, h);
    hold_rows(rows[1], OF_KEYS ? qkv + h.value : dy + h.y, OF_KEYS ? h.qkv_line : h.y_line, first, h);
    float top[2] = {}, slope[2] = {};
    if (!OF_KEYS)
        for (int half = 0; half < 2; half++) {
            int token = first + lane / 4 + 8 * half;
            if (token >= h.tokens) continue;
            top[half] = tops[h.row + token];
            slope[half] = slopes[h.row + token];
        }
    float sums[8][4] = {}, values[8][4] = {};
    float root = h.scale * 0.69314718f;
#pragma unroll 1
    for (int from = -OTHERS, stage = 1; from < h.tokens; from += OTHERS, stage = 1 - stage) {
        await_copies<0>();
        __syncthreads();
        int next = from + OTHERS;
        if (next < h.tokens) {
            copy_others(others[1 - stage][0], passing[0], lines[0], next, h);
            copy_others(others[1 - stage][1], passing[1], lines[1], next, h);
            if (OF_KEYS && threadIdx.x < OTHERS) {
                bool is_inside = next + threadIdx.x < h.tokens;
                statistics[1 - stage][0][threadIdx.x] = is_inside ? tops[h.row + next + threadIdx.x] : 0.0f;
                statistics[1 - stage][1][threadIdx.x] = is_inside ? slopes[h.row + next + threadIdx.x] : 0.0f;
            }
        }
        end_copies();
        if (from < 0) continue;
#pragma unroll 1
        for (int at = 0; at < OTHERS; at += AT_ONCE) {
            float scores[AT_ONCE / 8][4], changes[AT_ONCE / 8][4];
            dot_rows<AT_ONCE / 8>(scores, rows[0], others[stage][0], at);
            dot_rows<AT_ONCE / 8>(changes, rows[1], others[stage][1], at);
#pragma unroll
            for (int j = 0; j < AT_ONCE / 8; j++)
#pragma unroll
                for (int e = 0; e < 4; e++) {
                    int column = at + 8 * j + lane % 4 * 2 + e % 2;
                    float its_top = OF_KEYS ? statistics[stage][0][column] : top[e / 2];
                    float its_slope = OF_KEYS ? statistics[stage][1][column] : slope[e / 2];
                    int mine = first + lane / 4 + e / 2 * 8, its = from + column;
                    float added = bias(OF_KEYS ? its : mine, OF_KEYS ? mine : its);
                    float p = its < h.tokens ? exp2f(fmaf(scores[j][e], h.scale, added) - its_top) : 0.0f;
                    scores[j][e] = p;
                    changes[j][e] = p * (changes[j][e] - its_slope) * root;
                }
            add_weighted_rows<AT_ONCE / 8>(sums, changes, others[stage][0], at);
            if (OF_KEYS) add_weighted_rows<AT_ONCE / 8>(values, scores, others[stage][1], at);
        }
    }
#pragma unroll
    for (int half = 0; half < 2; half++)
#pragma unroll
        for (int j = 0; j < 8; j++) {
            int token = first + lane / 4 + 8 * half, feature = 8 * j + lane % 4 * 2;
            if (token >= h.tokens || feature >= h.features) continue;
            T* to = dqkv + ((long)token * h.qkv_line + feature);
            *(unsigned*)(to + (OF_KEYS ? h.key : h.query)) = pack_two(sums[j][2 * half], sums[j][2 * half + 1]);
            if (OF_KEYS) *(unsigned*)(to + h.value) = pack_two(values[j][2 * half], values[j][2 * half + 1]);
        }
}
#define MATRIX_GRADIENT(name, of_keys) \
    KERNEL(name, (const T* qkv, const T* dy, const float* tops, const float* slopes, T* dqkv, int tokens, int heads, int features)) { \
        attention_gradient_rows<of_keys>(qkv, dy, tops, slopes, dqkv, head_of(tokens, heads, features, MATRIX_TOKENS), NoBias()); \
    }
MATRIX_GRADIENT(attention_query_gradient_wide, false)
MATRIX_GRADIENT(attention_key_gradient_wide, true)
#endif
