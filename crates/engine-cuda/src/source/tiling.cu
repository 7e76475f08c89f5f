// The numbers of a map in the order of its tiles and back, see kernels::Tiling: a pixel's channels stay
// together. Rows are the pixels of what is written.

// How a map is cut: `down` × `right` windows of edge × edge pixels, rolled by `shift`.
struct Windows {
    int height, width, edge, down, right, shift;
    DEVICE int tokens() const { return edge * edge; }
    DEVICE int shift_down() const { return down > 1 ? shift : 0; }
    DEVICE int shift_right() const { return right > 1 ? shift : 0; }
};
#define WINDOWS int height, int width, int edge, int down, int right, int shift
#define WINDOWS_OF \
    { height, width, edge, down, right, shift }

// y [image][window][token][channel] of a map x, zeros where a token is no pixel.
template <int N>
DEVICE void to_windows_of(const T* x, T* y, const Windows& w, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        int row = tile.row + k * tile.lanes, number = row / w.tokens(), token = row - number * w.tokens();
        int image = number / (w.down * w.right), window = number - image * (w.down * w.right);
        int line = (window / w.right * w.edge + token / w.edge + w.shift_down()) % (w.down * w.edge);
        int column = (window % w.right * w.edge + token % w.edge + w.shift_right()) % (w.right * w.edge);
        if (line < w.height && column < w.width)
            copy<N>(x + (((long)image * w.height + line) * w.width + column) * channels + tile.channel, y + at);
        else
            put_zeros<N>(y + at);
    }
}
template <int N>
DEVICE void from_windows_of(const T* y, T* x, const Windows& w, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        int row = tile.row + k * tile.lanes, place = row / w.width, image = place / w.height;
        int line = place - image * w.height - w.shift_down(), column = row - place * w.width - w.shift_right();
        if (line < 0) line += w.down * w.edge;
        if (column < 0) column += w.right * w.edge;
        int window = line / w.edge * w.right + column / w.edge, token = line % w.edge * w.edge + column % w.edge;
        long from = ((long)image * (w.down * w.right) + window) * w.tokens() + token;
        copy<N>(y + from * channels + tile.channel, x + at);
    }
}
#define OF_WINDOWS(name) \
    KERNEL(name, (const T* from, T* to, WINDOWS, int rows, int channels, int columns)) { \
        name##_of<1>(from, to, WINDOWS_OF, rows, channels, columns); \
    } \
    KERNEL(name##_wide, (const T* from, T* to, WINDOWS, int rows, int channels, int columns)) { \
        name##_of<WIDE>(from, to, WINDOWS_OF, rows, channels, columns); \
    }
OF_WINDOWS(to_windows)
OF_WINDOWS(from_windows)

// y [image][row][column][4][channel] of a map x: the upper left of 2 × 2 pixels, then the lower left, upper
// right and lower right, zeros where a side is odd. Every one of the four is a row.
template <int N>
DEVICE void merge_patches_of(const T* x, T* y, int height, int width, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    int half_height = (height + 1) / 2, half_width = (width + 1) / 2;
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        int row = tile.row + k * tile.lanes, corner = row % 4, place = row / 4 / half_width;
        int column = 2 * (row / 4 - place * half_width) + corner / 2;
        int image = place / half_height, line = 2 * (place - image * half_height) + corner % 2;
        if (line < height && column < width)
            copy<N>(x + (((long)image * height + line) * width + column) * channels + tile.channel, y + at);
        else
            put_zeros<N>(y + at);
    }
}
BOTH(merge_patches, (const T* x, T* y, int height, int width, int rows, int channels, int columns),
     (x, y, height, width, rows, channels, columns))

template <int N>
DEVICE void part_patches_of(const T* y, T* x, int height, int width, int rows, int channels, int columns) {
    Tile tile = tile_of<N>(rows, channels, columns);
    int half_height = (height + 1) / 2, half_width = (width + 1) / 2;
    long at = tile.at;
    for (int k = 0; k < tile.count; k++, at += tile.step) {
        int row = tile.row + k * tile.lanes, place = row / width, column = row - place * width;
        int image = place / height, line = place - image * height;
        long from = (((long)image * half_height + line / 2) * half_width + column / 2) * 4 + line % 2 + column % 2 * 2;
        copy<N>(y + from * channels + tile.channel, x + at);
    }
}
BOTH(part_patches, (const T* y, T* x, int height, int width, int rows, int channels, int columns),
     (y, x, height, width, rows, channels, columns))
