// Moving numbers without changing them.

// N neighbouring elements, bit by bit.
template <int N>
DEVICE void copy(const T* from, T* to) {
    if (N == 1)
        *to = *from;
    else
        *(Words*)to = *(const Words*)from;
}

template <int N>
DEVICE void put_zeros(T* to) {
    float zeros[N];
#pragma unroll
    for (int j = 0; j < N; j++) zeros[j] = 0.0f;
    store<N>(to, zeros);
}

KERNEL(reverse_channels, (const T* x, T* y, int rows, int channels)) {
    long len = (long)rows * channels;
    for (long i = first_item(); i < len; i += all_items()) {
        long row = i / channels;
        y[i] = x[(2 * row + 1) * channels - 1 - i];
    }
}

// Every pixel of `to` is the one of `from` so far down and to the right of it, zeros where there is
// none: a border around maps, or taken off.
template <int N>
DEVICE void move_pixels_of(const T* from, T* to, int height, int width, int to_height, int to_width, int down, int right, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        int pixel = tile.row + k * tile.lanes;
        int line = pixel / to_width, column = pixel - line * to_width + right;
        int image = line / to_height, row = line - image * to_height + down;
        if (row >= 0 && row < height && column >= 0 && column < width)
            copy<N>(from + (((long)image * height + row) * width + column) * channels + tile.channel, to + at);
        else
            put_zeros<N>(to + at);
    }
}
BOTH(move_pixels,
     (const T* from, T* to, int height, int width, int to_height, int to_width, int down, int right, int rows,
      int channels, int columns),
     (from, to, height, width, to_height, to_width, down, right, rows, channels, columns))

// `channels` neighbouring channels of every pixel, between maps of other numbers of channels.
template <int N>
DEVICE void copy_channels_of(const T* from, T* to, int from_channels, int from_first, int to_channels, int to_first, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    for (int k = 0; k < tile.count; k++) {
        long row = tile.row + k * tile.lanes;
        copy<N>(from + row * from_channels + from_first + tile.channel, to + row * to_channels + to_first + tile.channel);
    }
}
BOTH(copy_channels,
     (const T* from, T* to, int from_channels, int from_first, int to_channels, int to_first, int rows, int channels,
      int columns),
     (from, to, from_channels, from_first, to_channels, to_first, rows, channels, columns))

// The first of `tokens` of every image.
KERNEL(first_token, (const T* x, T* y, int tokens, int images, int features)) {
    long len = (long)images * features;
    for (long i = first_item(); i < len; i += all_items()) {
        long image = i / features;
        y[i] = x[image * tokens * features + (i - image * features)];
    }
}

// The first of `tokens` of every image gets `dy`, the others zeros.
template <int N>
DEVICE void first_token_gradient_of(const T* dy, T* dx, int tokens, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        int row = tile.row + k * tile.lanes, image = row / tokens;
        if (row == image * tokens)
            copy<N>(dy + (long)image * channels + tile.channel, dx + at);
        else
            put_zeros<N>(dx + at);
    }
}
BOTH(first_token_gradient, (const T* dy, T* dx, int tokens, int rows, int channels, int columns),
     (dy, dx, tokens, rows, channels, columns))

// A class token and `first - 1` registers, then the pixels, with positions [places, channels] added
// to all tokens but the `bare` first. Rows are tokens of all images.
template <int N>
DEVICE void embed_of(const T* x, const float* class_token, const float* registers, const float* positions, T* y, int first, int bare, int tokens, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        int row = tile.row + k * tile.lanes, image = row / tokens, token = row - image * tokens;
        float values[N], place[N];
        if (token == 0)
            channel_floats<N>(tile, class_token, values);
        else if (token < first)
            channel_floats<N>(tile, registers + (long)(token - 1) * channels, values);
        else
            load<N>(x + (long)(row - (image + 1) * first) * channels + tile.channel, values);
        if (token >= bare) {
            channel_floats<N>(tile, positions + (long)(token - bare) * channels, place);
#pragma unroll
            for (int j = 0; j < N; j++) values[j] += place[j];
        }
        store<N>(y + at, values);
    }
}
BOTH(embed,
     (const T* x, const float* class_token, const float* registers, const float* positions, T* y, int first, int bare, int tokens, int rows, int channels, int columns),
     (x, class_token, registers, positions, y, first, bare, tokens, rows, channels, columns))

// Rows are the tokens of one image: a thread adds up a token over all images, and copies it.
template <int N>
DEVICE void embed_gradient_of(const T* dy, T* dx, float* dclass_token, float* dregisters, float* dpositions, int images, int first, int bare, int tokens, int channels, int columns) {
    Tile tile = tile_of<N>(tokens, channels, columns);
    for (int k = 0; k < tile.count; k++) {
        int token = tile.row + k * tile.lanes;
        float total[N], values[N];
#pragma unroll
        for (int j = 0; j < N; j++) total[j] = 0.0f;
        for (int image = 0; image < images; image++) {
            long row = (long)image * tokens + token;
            load<N>(dy + row * channels + tile.channel, values);
            if (token >= first) store<N>(dx + (row - (long)(image + 1) * first) * channels + tile.channel, values);
#pragma unroll
            for (int j = 0; j < N; j++) total[j] += values[j];
        }
#pragma unroll
        for (int j = 0; j < N; j++) {
            int channel = tile.channel + j;
            if (token >= bare) dpositions[(long)(token - bare) * channels + channel] = total[j];
            if (token == 0) dclass_token[channel] = total[j];
            if (token > 0 && token < first) dregisters[(long)(token - 1) * channels + channel] = total[j];
        }
    }
}
BOTH(embed_gradient,
     (const T* dy, T* dx, float* dclass_token, float* dregisters, float* dpositions, int images, int first, int bare, int tokens, int channels, int columns),
     (dy, dx, dclass_token, dregisters, dpositions, images, first, bare, tokens, channels, columns))
