// Windows over maps. A window's place is counted from the edge of the border; `places` tells which
// pixel of each window was largest, row by row within the window.

#define POOL_PARAMETERS                                                                              \
    int height, int width, int pooled_height, int pooled_width, int kernel_rows, int kernel_columns, \
        int row_stride, int column_stride, int row_padding, int column_padding
#define POOL_ARGUMENTS                                                                               \
    height, width, pooled_height, pooled_width, kernel_rows, kernel_columns, row_stride,             \
        column_stride, row_padding, column_padding

struct Pool {
    int height, width, pooled_height, pooled_width, kernel_rows, kernel_columns, row_stride, column_stride,
        row_padding, column_padding;
};

// A window: its image, and its first row and column in the map, less than zero within the border.
struct Window {
    int image, row, column;
};

DEVICE Window window_of(const Pool& pool, int number) {
    int line = number / pool.pooled_width;
    Window window;
    window.column = (number - line * pool.pooled_width) * pool.column_stride - pool.column_padding;
    window.image = line / pool.pooled_height;
    window.row = (line - window.image * pool.pooled_height) * pool.row_stride - pool.row_padding;
    return window;
}

// The number of a pixel among those of all images.
DEVICE long pixel_at(const Pool& pool, int image, int row, int column) {
    return ((long)image * pool.height + row) * pool.width + column;
}

// Along an axis, the windows that hold a pixel: from `first` to before `end`.
DEVICE void windows_around(int pixel, int kernel, int stride, int padding, int windows, int& first, int& end) {
    int last = pixel + padding, before = last - kernel + 1;
    first = before > 0 ? (before + stride - 1) / stride : 0;
    end = min(last / stride + 1, windows);
}

template <int N>
DEVICE void load_places(const unsigned char* from, int* places) {
    if constexpr (N == 1) {
        places[0] = *from;
    } else {
#pragma unroll
        for (int word = 0; word < N / 4; word++) {
            unsigned four = ((const unsigned*)from)[word];
#pragma unroll
            for (int j = 0; j < 4; j++) places[4 * word + j] = (int)(four >> (8 * j) & 0xffu);
        }
    }
}

template <int N>
DEVICE void store_places(unsigned char* to, const int* places) {
    if constexpr (N == 1) {
        *to = (unsigned char)places[0];
    } else {
#pragma unroll
        for (int word = 0; word < N / 4; word++) {
            unsigned four = 0;
#pragma unroll
            for (int j = 0; j < 4; j++) four |= (unsigned)places[4 * word + j] << (8 * j);
            ((unsigned*)to)[word] = four;
        }
    }
}

// The largest of a window after `change`, and its place: the first of equals, and a NaN before all.
template <int N, typename Change>
DEVICE void largest(const Pool& pool, const T* x, int window_number, int channels, int channel, const Change& change,
                    float* best, int* places) {
    Window window = window_of(pool, window_number);
    int row_end = min(pool.kernel_rows, pool.height - window.row);
    int column_end = min(pool.kernel_columns, pool.width - window.column);
    int first_row = max(0, -window.row), first_column = max(0, -window.column);
#pragma unroll
    for (int j = 0; j < N; j++) {
        best[j] = of_bits(0xff800000u);
        places[j] = first_row * pool.kernel_columns + first_column;
    }
    for (int row = first_row; row < row_end; row++) {
        long at = pixel_at(pool, window.image, window.row + row, window.column + first_column) * channels + channel;
#pragma unroll 2
        for (int column = first_column; column < column_end; column++, at += channels) {
            float values[N];
            load<N>(x + at, values);
            int place = row * pool.kernel_columns + column;
#pragma unroll
            for (int j = 0; j < N; j++) {
                float value = change(j, values[j]);
                if (value > best[j] || (value != value && best[j] == best[j])) {
                    best[j] = value;
                    places[j] = place;
                }
            }
        }
    }
}

// The gradient of a pixel from all windows in which it was largest.
template <int N>
DEVICE void unpooled(const Pool& pool, const unsigned char* places, const T* dy, int pixel, int channels, int channel, float* d) {
    int line = pixel / pool.width, column = pixel - line * pool.width;
    int image = line / pool.height, row = line - image * pool.height;
    int first_row, row_end, first_column, column_end;
    windows_around(row, pool.kernel_rows, pool.row_stride, pool.row_padding, pool.pooled_height, first_row, row_end);
    windows_around(column, pool.kernel_columns, pool.column_stride, pool.column_padding, pool.pooled_width, first_column, column_end);
#pragma unroll
    for (int j = 0; j < N; j++) d[j] = 0.0f;
    for (int down = first_row; down < row_end; down++)
        for (int right = first_column; right < column_end; right++) {
            int place = (row + pool.row_padding - down * pool.row_stride) * pool.kernel_columns + column +
                        pool.column_padding - right * pool.column_stride;
            long at = (((long)image * pool.pooled_height + down) * pool.pooled_width + right) * channels + channel;
            float values[N];
            int winners[N];
            load<N>(dy + at, values);
            load_places<N>(places + at, winners);
#pragma unroll
            for (int j = 0; j < N; j++) d[j] += winners[j] == place ? values[j] : 0.0f;
        }
}

struct Unchanged {
    DEVICE float operator()(int, float value) const { return value; }
};

template <int N>
DEVICE void max_pool_of(const T* x, unsigned char* places, T* y, int windows, int channels, int columns, POOL_PARAMETERS) {
    Pool pool = {POOL_ARGUMENTS};
    Tile tile = tile_of<N>(windows, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float best[N];
        int winners[N];
        largest<N>(pool, x, tile.row + k * tile.lanes, channels, tile.channel, Unchanged(), best, winners);
        store<N>(y + at, best);
        store_places<N>(places + at, winners);
    }
}
BOTH(max_pool, (const T* x, unsigned char* places, T* y, int windows, int channels, int columns, POOL_PARAMETERS),
     (x, places, y, windows, channels, columns, POOL_ARGUMENTS))

template <int N>
DEVICE void max_pool_gradient_of(const unsigned char* places, const T* dy, T* dx, int pixels, int channels, int columns, POOL_PARAMETERS) {
    Pool pool = {POOL_ARGUMENTS};
    Tile tile = tile_of<N>(pixels, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        float d[N];
        unpooled<N>(pool, places, dy, tile.row + k * tile.lanes, channels, tile.channel, d);
        store<N>(dx + at, d);
    }
}
BOTH(max_pool_gradient, (const unsigned char* places, const T* dy, T* dx, int pixels, int channels, int columns, POOL_PARAMETERS),
     (places, dy, dx, pixels, channels, columns, POOL_ARGUMENTS))
