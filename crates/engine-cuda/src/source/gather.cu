// Convolutions as products, read where they lie: rows of the product are pixels of the result,
// columns its channels (no map has 2^31 numbers), and what is summed over is (row tap, column tap, channel), side by side in
// the map that is read and in the arranged weight.

// The extents of a convolution, forwards or, if `backward`, of the gradient of what it reads:
// then `from` is the gradient of its output.
struct Geometry {
    int images, from_rows, from_columns, to_rows, to_columns;
    // `groups` of so many channels read and written each.
    int groups, channels, columns;
    int kernel_rows, kernel_columns, stride_rows, stride_columns;
    int padding_rows, padding_columns, dilation_rows, dilation_columns;
    int backward;
    // Tiles of a phase along the pixels, and along the channels; parts of the sum.
    int row_tiles, column_tiles, parts;
};
#define GEOMETRY \
    int images, int from_rows, int from_columns, int to_rows, int to_columns, int groups, int channels, \
        int columns, int kernel_rows, int kernel_columns, int stride_rows, int stride_columns, \
        int padding_rows, int padding_columns, int dilation_rows, int dilation_columns, int backward, \
        int row_tiles, int column_tiles, int parts
#define GIVEN_GEOMETRY \
    Geometry{images, from_rows, from_columns, to_rows, to_columns, groups, channels, columns, \
        kernel_rows, kernel_columns, stride_rows, stride_columns, padding_rows, padding_columns, \
        dilation_rows, dilation_columns, backward, row_tiles, column_tiles, parts}

// One axis of a convolution: result `phase + phases i` sums over taps `first + every u`, `u` below
// `taps`, of what lies at `start + step i + advance u`.
struct Axis {
    int from, phases, phase, results;
    int start, step, advance;
    int first, every, taps;
};

// Forwards there is one phase. Backwards a result meets only the taps that a stride brought to it:
// those are the same for every `stride`-th result, so that a phase is a convolution without zeros.
DEVICE Axis axis(int from, int to, int kernel, int stride, int padding, int dilation, int backward, int phase) {
    Axis a;
    a.from = from;
    a.phase = phase;
    if (!backward) {
        a.phases = 1; a.results = to;
        a.start = -padding; a.step = stride; a.advance = dilation;
        a.first = 0; a.every = 1; a.taps = kernel;
        return a;
    }
    a.phases = stride;
    a.results = (to - phase + stride - 1) / stride;
    a.step = 1;
    a.every = 1;
    while (a.every * dilation % stride != 0) a.every++;
    a.advance = -(a.every * dilation / stride);
    a.first = 0;
    while (a.first < a.every && (phase + padding - a.first * dilation) % stride != 0) a.first++;
    a.taps = a.first < a.every && a.first < kernel ? (kernel - a.first + a.every - 1) / a.every : 0;
    a.start = (phase + padding - a.first * dilation) / stride;
    return a;
}
DEVICE Axis row_axis(const Geometry& g, int phase) {
    return axis(g.from_rows, g.to_rows, g.kernel_rows, g.stride_rows, g.padding_rows, g.dilation_rows, g.backward, phase);
}
DEVICE Axis column_axis(const Geometry& g, int phase) {
    return axis(g.from_columns, g.to_columns, g.kernel_columns, g.stride_columns, g.padding_columns, g.dilation_columns, g.backward, phase);
}

// Which part of a product a block makes.
struct Block {
    Axis rows, columns;
    // First pixel of the phase and first channel of the group, of those that it writes.
    int pixel, channel;
    int group, part;
};
DEVICE Block block_of(const Geometry& g, int tile_rows, int tile_columns) {
    Block b;
    int column_phases = g.backward ? g.stride_columns : 1;
    int at = blockIdx.x;
    b.channel = at % g.column_tiles * tile_columns;
    at /= g.column_tiles;
    b.pixel = at % g.row_tiles * tile_rows;
    at /= g.row_tiles;
    b.rows = row_axis(g, at / column_phases);
    b.columns = column_axis(g, at % column_phases);
    b.group = blockIdx.y % g.groups;
    b.part = blockIdx.y / g.groups;
    return b;
}
DEVICE int pixels_of(const Geometry& g, const Block& b) { return g.images * b.rows.results * b.columns.results; }
// The tiles that are summed by the part of this block, `x` to `y`.
struct Span {
    int begin, end;
};
DEVICE Span span_of(int tiles, int part, int parts) {
    int each = (tiles + parts - 1) / parts;
    Span s;
    s.begin = part * each < tiles ? part * each : tiles;
    s.end = s.begin + each < tiles ? s.begin + each : tiles;
    return s;
}

// The number of a pixel of the result from its number within the phase; -1 past the end.
DEVICE int result_of(const Geometry& g, const Block& b, int pixel) {
    if (pixel >= pixels_of(g, b)) return -1;
    if (b.rows.phases * b.columns.phases == 1) return pixel;
    int column = pixel % b.columns.results;
    int rest = pixel / b.columns.results;
    int row = rest % b.rows.results;
    int image = rest / b.rows.results;
    row = row * b.rows.phases + b.rows.phase;
    column = column * b.columns.phases + b.columns.phase;
    return (image * g.to_rows + row) * g.to_columns + column;
}

// Reads tiles of both factors, [ROWS][DEPTH] of the map and [COLUMNS][DEPTH] of the weight, in
// chunks of 16 bytes: a thread reads chunk `thread % 4` of rows `thread / 4` and every 64th after.
template <int ROWS, int COLUMNS>
struct Reader {
    const T* from;
    const T* weight;
    const Geometry& g;
    const Block& b;
    // Where the chunk of the next tile begins in what is summed over.
    int row_tap, column_tap, channel;
    int skip_taps, skip_channels;
    // The pixel under the first tap of each row, as row, column and element; of each row of the
    // weight its first element, negative if there is none.
    int rows[ROWS / 64], columns[ROWS / 64];
    int pixels[ROWS / 64], weights[COLUMNS / 64];

    DEVICE Reader(const T* from_, const T* weight_, const Geometry& g_, const Block& b_, int begin)
        : from(from_), weight(weight_), g(g_), b(b_) {
        int at = begin * DEPTH + threadIdx.x % 4 * WIDE;
        int taps = at / g.channels;
        channel = at % g.channels;
        // Without taps there are no tiles; a divisor is needed all the same.
        int line = b.columns.taps > 0 ? b.columns.taps : 1;
        row_tap = taps / line;
        column_tap = taps % line;
        skip_taps = DEPTH / g.channels;
        skip_channels = DEPTH % g.channels;
#pragma unroll
        for (int i = 0; i < ROWS / 64; i++) {
            int pixel = b.pixel + threadIdx.x / 4 + 64 * i;
            int column = pixel % b.columns.results;
            int rest = pixel / b.columns.results;
            int row = rest % b.rows.results;
            int image = rest / b.rows.results;
            rows[i] = b.rows.start + b.rows.step * row;
            columns[i] = b.columns.start + b.columns.step * column;
            pixels[i] = ((image * g.from_rows + rows[i]) * g.from_columns + columns[i]) * (g.groups * g.channels) + b.group * g.channels;
            // Far outside whatever the tap, if there is no such pixel.
            if (pixel >= pixels_of(g, b)) rows[i] = -(1 << 29);
        }
#pragma unroll
        for (int j = 0; j < COLUMNS / 64; j++) {
            int out = b.channel + threadIdx.x / 4 + 64 * j;
            weights[j] = out < g.columns ? (b.group * g.columns + out) * g.kernel_rows * g.kernel_columns * g.channels : -1;
        }
    }

    DEVICE void next() {
        channel += skip_channels;
        column_tap += skip_taps;
        if (channel >= g.channels) {
            channel -= g.channels;
            column_tap++;
        }
        wrap();
    }
    DEVICE void wrap() {
        while (column_tap >= b.columns.taps) {
            column_tap -= b.columns.taps;
            row_tap++;
        }
    }
    DEVICE bool is_under(int i, int row_tap, int column_tap) {
        int row = rows[i] + row_tap * b.rows.advance;
        int column = columns[i] + column_tap * b.columns.advance;
        return row_tap < b.rows.taps && (unsigned)row < (unsigned)b.rows.from && (unsigned)column < (unsigned)b.columns.from;
    }
    // From the first tap's element to that of a tap and channel, in the map and in the weight.
    DEVICE int in_map(int row_tap, int column_tap, int channel) {
        return (row_tap * b.rows.advance * g.from_columns + column_tap * b.columns.advance) * (g.groups * g.channels) + channel;
    }
    DEVICE int in_weight(int row_tap, int column_tap, int channel) {
        int row = b.rows.first + row_tap * b.rows.every;
        int column = b.columns.first + column_tap * b.columns.every;
        return (row * g.kernel_columns + column) * g.channels + channel;
    }

    // Chunks that are whole, straight to shared memory.
    DEVICE void copy(Words* a, Words* w) {
        int place = in_map(row_tap, column_tap, channel);
#pragma unroll
        for (int i = 0; i < ROWS / 64; i++) {
            bool is_inside = is_under(i, row_tap, column_tap);
            copy_words(a + in_rows(threadIdx.x / 4 + 64 * i, threadIdx.x % 4), is_inside ? from + (pixels[i] + place) : from, is_inside);
        }
        place = in_weight(row_tap, column_tap, channel);
#pragma unroll
        for (int j = 0; j < COLUMNS / 64; j++) {
            bool is_inside = weights[j] >= 0 && row_tap < b.rows.taps;
            copy_words(w + in_rows(threadIdx.x / 4 + 64 * j, threadIdx.x % 4), is_inside ? weight + (weights[j] + place) : weight, is_inside);
        }
    }

    // Chunks to registers, those of the map first.
    template <bool ARE_WIDE>
    DEVICE void fetch(Words* held) {
        if (ARE_WIDE) {
            int place = in_map(row_tap, column_tap, channel);
#pragma unroll
            for (int i = 0; i < ROWS / 64; i++)
                held[i] = is_under(i, row_tap, column_tap) ? *(const Words*)(from + (pixels[i] + place)) : no_words();
            place = in_weight(row_tap, column_tap, channel);
#pragma unroll
            for (int j = 0; j < COLUMNS / 64; j++)
                held[ROWS / 64 + j] = weights[j] >= 0 && row_tap < b.rows.taps ? *(const Words*)(weight + (weights[j] + place)) : no_words();
            return;
        }
        T values[ROWS / 64 + COLUMNS / 64][WIDE];
        int row = row_tap, column = column_tap, at = channel;
#pragma unroll
        for (int e = 0; e < WIDE; e++) {
            int place = in_map(row, column, at);
#pragma unroll
            for (int i = 0; i < ROWS / 64; i++) values[i][e] = is_under(i, row, column) ? from[pixels[i] + place] : (T)0;
            place = in_weight(row, column, at);
#pragma unroll
            for (int j = 0; j < COLUMNS / 64; j++)
                values[ROWS / 64 + j][e] = weights[j] >= 0 && row < b.rows.taps ? weight[weights[j] + place] : (T)0;
            if (++at == g.channels) {
                at = 0;
                if (++column == b.columns.taps) {
                    column = 0;
                    row++;
                }
            }
        }
#pragma unroll
        for (int i = 0; i < ROWS / 64 + COLUMNS / 64; i++) held[i] = pack_wide(values[i]);
    }
};
