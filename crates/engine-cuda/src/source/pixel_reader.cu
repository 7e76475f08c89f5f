// What gradients of the weights of convolutions read: see weight_gradient.cu.

// One of the pixels of the output, going forward by the same number of pixels each time.
struct Walk {
    int image, row, column;
    int skip_images, skip_rows, skip_columns;

    DEVICE void start(const Geometry& g, int pixel, int skip) {
        column = pixel % g.to_columns;
        row = pixel / g.to_columns % g.to_rows;
        image = pixel / g.to_columns / g.to_rows;
        skip_columns = skip % g.to_columns;
        skip_rows = skip / g.to_columns % g.to_rows;
        skip_images = skip / g.to_columns / g.to_rows;
    }
    DEVICE void next(const Geometry& g) {
        column += skip_columns;
        row += skip_rows;
        image += skip_images;
        if (column >= g.to_columns) {
            column -= g.to_columns;
            row++;
        }
        if (row >= g.to_rows) {
            row -= g.to_rows;
            image++;
        }
    }
};

// Chunks by which lines of floats are longer than tiles are wide: as `multiply_floats` has it, or so
// that the lines of a warp fall into different banks.
#define MORE (TF32 ? 2 : 1)

// Reads tiles [DEPTH pixels][ROWS] of dy and [DEPTH pixels][COLUMNS] of x in chunks of 16 bytes.
template <int ROWS, int COLUMNS>
struct PixelReader {
    // Chunks of a line of a tile; a thread reads one of them in every so manieth line.
    static const int OUTS = ROWS / WIDE, INS = COLUMNS / WIDE;
    static const int OUT_LINES = THREADS / OUTS, IN_LINES = THREADS / INS;
    const T* x;
    const T* dy;
    const Geometry& g;
    Walk walk;
    // The next line of dy and of x, and the end of this block's pixels.
    int out_pixel, in_pixel, end;
    // Channel of the chunk of dy within the group, and its first element.
    int out, out_place;
    // Tap and channel where the chunk of x begins.
    int row_tap, column_tap, channel, group_channel;

    DEVICE PixelReader(const T* x_, const T* dy_, const Geometry& g_, int group, int first_out, int first_column, int begin, int end_)
        : x(x_), dy(dy_), g(g_), end(end_) {
        out = first_out + threadIdx.x % OUTS * WIDE;
        out_place = group * g.columns + out;
        out_pixel = begin + threadIdx.x / OUTS;
        in_pixel = begin + threadIdx.x / INS;
        int at = first_column + threadIdx.x % INS * WIDE;
        channel = at % g.channels;
        column_tap = at / g.channels % g.kernel_columns;
        row_tap = at / g.channels / g.kernel_columns;
        group_channel = group * g.channels;
        walk.start(g, in_pixel, IN_LINES);
    }

    // The element of x under a tap of the present pixel, negative outside.
    DEVICE int place(int row_tap, int column_tap, int channel) {
        int row = walk.row * g.stride_rows - g.padding_rows + row_tap * g.dilation_rows;
        int column = walk.column * g.stride_columns - g.padding_columns + column_tap * g.dilation_columns;
        bool is_inside = in_pixel < end && row_tap < g.kernel_rows && (unsigned)row < (unsigned)g.from_rows && (unsigned)column < (unsigned)g.from_columns;
        if (!is_inside) return -1;
        return ((walk.image * g.from_rows + row) * g.from_columns + column) * (g.groups * g.channels) + group_channel + channel;
    }

    // Chunks that are whole, straight to shared memory.
    DEVICE void copy(Words* a, Words* b) {
#pragma unroll
        for (int i = 0; i < ROWS / 64; i++) {
            bool is_inside = out_pixel < end && out < g.columns;
            copy_words(a + in_lines<OUTS>(threadIdx.x / OUTS + i * OUT_LINES, threadIdx.x % OUTS),
                is_inside ? dy + (out_pixel * (g.groups * g.columns) + out_place) : dy, is_inside);
            out_pixel += OUT_LINES;
        }
#pragma unroll
        for (int j = 0; j < COLUMNS / 64; j++) {
            int at = place(row_tap, column_tap, channel);
            copy_words(b + in_lines<INS>(threadIdx.x / INS + j * IN_LINES, threadIdx.x % INS), x + (at < 0 ? 0 : at), at >= 0);
            in_pixel += IN_LINES;
            walk.next(g);
        }
    }

    // Chunks to registers, those of dy first.
    template <bool ARE_WIDE>
    DEVICE void fetch(Words* held) {
#pragma unroll
        for (int i = 0; i < ROWS / 64; i++) {
            const T* from = dy + (out_pixel * (g.groups * g.columns) + out_place);
            if (out_pixel >= end) held[i] = no_words();
            else if (ARE_WIDE || g.columns % WIDE == 0) held[i] = out < g.columns ? *(const Words*)from : no_words();
            else {
                T values[WIDE];
#pragma unroll
                for (int e = 0; e < WIDE; e++) values[e] = out + e < g.columns ? from[e] : (T)0;
                held[i] = pack_wide(values);
            }
            out_pixel += OUT_LINES;
        }
#pragma unroll
        for (int j = 0; j < COLUMNS / 64; j++) {
            if (ARE_WIDE) {
                int at = place(row_tap, column_tap, channel);
                held[ROWS / 64 + j] = at >= 0 ? *(const Words*)(x + at) : no_words();
            } else {
                T values[WIDE];
                int row = row_tap, column = column_tap, from = channel;
#pragma unroll
                for (int e = 0; e < WIDE; e++) {
                    int at = place(row, column, from);
                    values[e] = at >= 0 ? x[at] : (T)0;
                    if (++from == g.channels) {
                        from = 0;
                        if (++column == g.kernel_columns) {
                            column = 0;
                            row++;
                        }
                    }
                }
                held[ROWS / 64 + j] = pack_wide(values);
            }
            in_pixel += IN_LINES;
            walk.next(g);
        }
    }

    DEVICE void put_lines(Words* a, Words* b, const Words* held) {
#pragma unroll
        for (int i = 0; i < ROWS / 64; i++) {
            int line = threadIdx.x / OUTS + i * OUT_LINES, chunk = threadIdx.x % OUTS;
            a[BF16 ? in_lines<OUTS>(line, chunk) : line * (OUTS + MORE) + chunk] = held[i];
        }
#pragma unroll
        for (int j = 0; j < COLUMNS / 64; j++) {
            int line = threadIdx.x / INS + j * IN_LINES, chunk = threadIdx.x % INS;
            b[BF16 ? in_lines<INS>(line, chunk) : line * (INS + MORE) + chunk] = held[ROWS / 64 + j];
        }
    }
};
