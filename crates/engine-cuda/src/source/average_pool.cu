// Means of windows and of whole maps.

// One by the pixels of a window. Zeros of the border count; what a window has beyond it does not.
// Row and column are those of the window's first pixel.
DEVICE float window_share(const Pool& pool, int row, int column) {
    int rows = min(pool.kernel_rows, pool.height + pool.row_padding - row);
    int columns = min(pool.kernel_columns, pool.width + pool.column_padding - column);
    return 1.0f / (float)(rows * columns);
}

template <int N>
DEVICE void average_pool_of(const T* x, T* y, int windows, int channels, int columns, POOL_PARAMETERS) {
    Pool pool = {POOL_ARGUMENTS};
    Tile tile = tile_of<N>(windows, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        Window window = window_of(pool, tile.row + k * tile.lanes);
        int row_end = min(window.row + pool.kernel_rows, pool.height);
        int column_end = min(window.column + pool.kernel_columns, pool.width);
        int first_column = max(0, window.column);
        float total[N];
#pragma unroll
        for (int j = 0; j < N; j++) total[j] = 0.0f;
        for (int row = max(0, window.row); row < row_end; row++) {
            long from = pixel_at(pool, window.image, row, first_column) * channels + tile.channel;
#pragma unroll 1
            for (int column = first_column; column < column_end; column++, from += channels) {
                float values[N];
                load<N>(x + from, values);
#pragma unroll
                for (int j = 0; j < N; j++) total[j] += values[j];
            }
        }
        float share = window_share(pool, window.row, window.column);
#pragma unroll
        for (int j = 0; j < N; j++) total[j] *= share;
        store<N>(y + at, total);
    }
}
BOTH(average_pool, (const T* x, T* y, int windows, int channels, int columns, POOL_PARAMETERS),
     (x, y, windows, channels, columns, POOL_ARGUMENTS))

template <int N>
DEVICE void average_pool_gradient_of(const T* dy, T* dx, int pixels, int channels, int columns, POOL_PARAMETERS) {
    Pool pool = {POOL_ARGUMENTS};
    Tile tile = tile_of<N>(pixels, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        int pixel = tile.row + k * tile.lanes;
        int line = pixel / pool.width, column = pixel - line * pool.width;
        int image = line / pool.height, row = line - image * pool.height;
        int first_row, row_end, first_column, column_end;
        windows_around(row, pool.kernel_rows, pool.row_stride, pool.row_padding, pool.pooled_height, first_row, row_end);
        windows_around(column, pool.kernel_columns, pool.column_stride, pool.column_padding, pool.pooled_width, first_column, column_end);
        float total[N];
#pragma unroll
        for (int j = 0; j < N; j++) total[j] = 0.0f;
        for (int down = first_row; down < row_end; down++)
#pragma unroll 1
            for (int right = first_column; right < column_end; right++) {
                float values[N];
                long window = ((long)image * pool.pooled_height + down) * pool.pooled_width + right;
                load<N>(dy + window * channels + tile.channel, values);
                float share = window_share(pool, down * pool.row_stride - pool.row_padding, right * pool.column_stride - pool.column_padding);
#pragma unroll
                for (int j = 0; j < N; j++) total[j] = fmaf(values[j], share, total[j]);
            }
        store<N>(dx + at, total);
    }
}
BOTH(average_pool_gradient, (const T* dy, T* dx, int pixels, int channels, int columns, POOL_PARAMETERS),
     (dy, dx, pixels, channels, columns, POOL_ARGUMENTS))

// Every pixel of an image gets `factor` times the image's vector.
template <int N>
DEVICE void spread_over_pixels_of(const T* dy, T* dx, float factor, int plane, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        long image = (tile.row + k * tile.lanes) / plane;
        float values[N];
        load<N>(dy + image * channels + tile.channel, values);
#pragma unroll
        for (int j = 0; j < N; j++) values[j] *= factor;
        store<N>(dx + at, values);
    }
}
BOTH(spread_over_pixels, (const T* dy, T* dx, float factor, int plane, int rows, int channels, int columns),
     (dy, dx, factor, plane, rows, channels, columns))
