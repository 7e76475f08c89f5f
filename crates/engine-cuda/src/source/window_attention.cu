// Self-attention within windows, see attention.cu: a sequence is a window, and a number of table
// [(2 edge − 1)²][heads] is added to every score, for how far query and key are apart.

// 100 less where rolling has made neighbours of two tokens: in the last windows, rows from `lower` on
// come from the top and columns from `righter` on from the left.
struct WindowBias {
    // Of this head, and of two tokens that are the same.
    const float* middle;
    int heads, edge, lower, righter;
    DEVICE float operator()(int query, int key) const {
        if (max(query, key) >= edge * edge) return 0.0f;
        int row = query / edge, its_row = key / edge;
        float added = middle[(query - key + (row - its_row) * (edge - 1)) * heads];
        bool are_apart = (row >= lower) != (its_row >= lower) || (query - row * edge >= righter) != (key - its_row * edge >= righter);
        return 1.44269504f * (are_apart ? added - 100.0f : added);
    }
};
// Of a head, which count window by window.
DEVICE WindowBias window_bias(const float* table, int number, int heads, int edge, int down, int right, int shift) {
    WindowBias bias;
    int window = number / heads % (down * right);
    bias.middle = table + (2 * edge * (edge - 1) * heads + number % heads);
    bias.heads = heads;
    bias.edge = edge;
    bias.lower = down > 1 && window / right == down - 1 ? edge - shift : edge;
    bias.righter = right > 1 && window % right == right - 1 ? edge - shift : edge;
    return bias;
}

#define OF_TABLE const float* table, int edge, int down, int right, int shift
// The head of a block whose tiles are of so many tokens, and what is added to its scores.
#define WINDOW(tile) \
    Head h = head_of(tokens, heads, features, tile); \
    WindowBias bias = window_bias(table, (int)blockIdx.x / ((tokens + tile - 1) / tile), heads, edge, down, right, shift);

#define WINDOW_ATTENTION(name, queries, most) \
    LARGE_KERNEL(window_attention_##name, (const T* qkv, T* y, int tokens, int heads, int features, OF_TABLE)) { \
        WINDOW(queries) \
        attention_of<queries, 32, most>(qkv, y, nullptr, nullptr, nullptr, h, bias); \
    } \
    LARGE_KERNEL(window_attention_statistics_##name, (const T* qkv, const T* dy, float* tops, float* slopes, int tokens, int heads, int features, OF_TABLE)) { \
        WINDOW(queries) \
        attention_of<queries, 32, most>(qkv, nullptr, dy, tops, slopes, h, bias); \
    }
WINDOW_ATTENTION(64, 64, 64)
WINDOW_ATTENTION(128, 32, 128)

#define WINDOW_ATTENTION_GRADIENT(name, of_keys, rows, most) \
    LARGE_KERNEL(name, (const T* qkv, const T* dy, const float* tops, const float* slopes, T* dqkv, int tokens, int heads, int features, OF_TABLE)) { \
        WINDOW(rows) \
        attention_gradient_of<of_keys, rows, most>(qkv, dy, tops, slopes, dqkv, h, bias); \
    }
WINDOW_ATTENTION_GRADIENT(window_attention_query_gradient_64, false, 32, 64)
WINDOW_ATTENTION_GRADIENT(window_attention_query_gradient_128, false, 16, 128)
WINDOW_ATTENTION_GRADIENT(window_attention_key_gradient_64, true, 32, 64)
WINDOW_ATTENTION_GRADIENT(window_attention_key_gradient_128, true, 16, 128)

#if BF16
LARGE_KERNEL(window_attention_wide, (const T* qkv, T* y, int tokens, int heads, int features, OF_TABLE)) {
    WINDOW(MATRIX_TOKENS)
    attention_rows(qkv, y, nullptr, nullptr, nullptr, h, bias);
}
LARGE_KERNEL(window_attention_statistics_wide, (const T* qkv, const T* dy, float* tops, float* slopes, int tokens, int heads, int features, OF_TABLE)) {
    WINDOW(MATRIX_TOKENS)
    attention_rows(qkv, nullptr, dy, tops, slopes, h, bias);
}
#define WINDOW_MATRIX_GRADIENT(name, of_keys) \
    LARGE_KERNEL(name, (const T* qkv, const T* dy, const float* tops, const float* slopes, T* dqkv, int tokens, int heads, int features, OF_TABLE)) { \
        WINDOW(MATRIX_TOKENS) \
        attention_gradient_rows<of_keys>(qkv, dy, tops, slopes, dqkv, h, bias); \
    }
WINDOW_MATRIX_GRADIENT(window_attention_query_gradient_wide, false)
WINDOW_MATRIX_GRADIENT(window_attention_key_gradient_wide, true)
#endif

// Gradients of scores added up over a part of the windows: sums [parts][heads][query][key]. A block has a
// tile of queries and one of keys, of one head.
template <int TOKENS, int FEATURES>
DEVICE void window_score_sums_of(const T* qkv, const T* dy, const float* tops, const float* slopes, float* sums, int windows, int parts, int tokens, int heads, int features, OF_TABLE) {
    const int SIZE = FEATURES * (TOKENS + 4), S = TOKENS / 16;
    __shared__ float own[2][SIZE];
    __shared__ float other[2][SIZE];
    int tiles = (tokens + TOKENS - 1) / TOKENS, tile = blockIdx.x % (tiles * tiles);
    int head = blockIdx.x / (tiles * tiles) % heads, part = blockIdx.x / (tiles * tiles) / heads;
    int first_query = tile / tiles * TOKENS, first_key = tile % tiles * TOKENS;
    int row = threadIdx.x / 16 * S, column = threadIdx.x % 16 * S;
    int each = (windows + parts - 1) / parts, last = min(windows, (part + 1) * each);
    float totals[S][S] = {};
#pragma unroll 1
    for (int window = part * each; window < last; window++) {
        Head h = head_at(window * heads + head, tokens, heads, features);
        WindowBias bias = window_bias(table, window * heads + head, heads, edge, down, right, shift);
        __syncthreads();
        hold_tokens<TOKENS, FEATURES>(own[0], qkv + h.query, h.qkv_line, first_query, h);
        hold_tokens<TOKENS, FEATURES>(own[1], dy + h.y, h.y_line, first_query, h);
        hold_tokens<TOKENS, FEATURES>(other[0], qkv + h.key, h.qkv_line, first_key, h);
        hold_tokens<TOKENS, FEATURES>(other[1], qkv + h.value, h.qkv_line, first_key, h);
        __syncthreads();
        float scores[S][S] = {}, changes[S][S] = {};
        dot<TOKENS, TOKENS>(scores, own[0], other[0], features);
        dot<TOKENS, TOKENS>(changes, own[1], other[1], features);
#pragma unroll
        for (int i = 0; i < S; i++)
#pragma unroll
            for (int j = 0; j < S; j++) {
                int query = first_query + row + i, key = first_key + column + j;
                if (query >= tokens || key >= tokens) continue;
                float p = exp2f(fmaf(scores[i][j], h.scale, bias(query, key)) - tops[h.row + query]);
                totals[i][j] += p * (changes[i][j] - slopes[h.row + query]);
            }
    }
#pragma unroll
    for (int i = 0; i < S; i++)
#pragma unroll
        for (int j = 0; j < S; j++) {
            int query = first_query + row + i, key = first_key + column + j;
            if (query >= tokens || key >= tokens) continue;
            sums[(((long)part * heads + head) * tokens + query) * tokens + key] = totals[i][j];
        }
}
#define WINDOW_SCORE_SUMS(name, rows, most) \
    LARGE_KERNEL(name, (const T* qkv, const T* dy, const float* tops, const float* slopes, float* sums, int windows, int parts, int tokens, int heads, int features, OF_TABLE)) { \
        window_score_sums_of<rows, most>(qkv, dy, tops, slopes, sums, windows, parts, tokens, heads, features, table, edge, down, right, shift); \
    }
WINDOW_SCORE_SUMS(window_score_sums_64, 32, 64)
WINDOW_SCORE_SUMS(window_score_sums_128, 16, 128)

// dtable: of every head, `scores` [heads][query][key] added up over those that are as far apart.
KERNEL(window_table_gradient, (const float* scores, float* dtable, int edge, int heads)) {
    int places = 2 * edge - 1, tokens = edge * edge;
    for (long i = first_item(); i < places * places * heads; i += all_items()) {
        int head = i % heads, place = i / heads;
        int rows = place / places - edge + 1, columns = place % places - edge + 1;
        float total = 0.0f;
        for (int row = max(0, rows); row < min(edge, edge + rows); row++)
            for (int column = max(0, columns); column < min(edge, edge + columns); column++) {
                int query = row * edge + column, key = query - rows * edge - columns;
                total += scores[((long)head * tokens + query) * tokens + key];
            }
        dtable[i] = total;
    }
}
