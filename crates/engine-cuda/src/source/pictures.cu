// Batches from pictures that lie on the device as they are stored. Every operation is rounded by
// itself, as on the processor: no fused multiply-adds.

// Floats of a picture in a batch: its number and what is done to it as bits, sine, cosine, shift.
#define PLACED 6
#define MIRROR_X 1
#define MIRROR_Y 2
#define TURN 4

// a · b + c · d.
DEVICE float sum_of_products(float a, float b, float c, float d) {
    return __fadd_rn(__fmul_rn(a, b), __fmul_rn(c, d));
}

// Of a point of the output, along one axis.
DEVICE float away(int at, float shift, float centre) {
    return __fadd_rn(__fadd_rn((float)at, shift), -centre);
}

DEVICE float mirrored(float at, bool mirrors, int side) {
    return mirrors ? __fadd_rn(__fadd_rn((float)side, -1.0f), -at) : at;
}

// One channel of one picture, [row][column][channel].
template <typename Sample>
struct Plane {
    const Sample* samples;
    const float* units;
    int height, width, channels;

    // Black outside.
    DEVICE float at(int row, int column) const {
        if (row < 0 || row >= height || column < 0 || column >= width) return 0.0f;
        return units[samples[((long)row * width + column) * channels]];
    }
};

// y[image][row][column][channel] = (the picture's number there − mean) / std; `units` is what each
// stored sample means, `scale` the means, then the stds, of all channels. A thread is a pixel,
// blockIdx.y counts images.
template <typename Sample>
DEVICE void place_pictures(const Sample* pictures, const float* units, const float* scale, const float* placed, T* y, int images, int height, int width, int channels) {
    int pixels = height * width;
    int pixel = (int)blockIdx.x * THREADS + (int)threadIdx.x;
    if (pixel >= pixels) return;
    int row = pixel / width, column = pixel - row * width;
    float centre_x = (float)(width - 1) / 2.0f, centre_y = (float)(height - 1) / 2.0f;
    for (int image = blockIdx.y; image < images; image += gridDim.y) {
        const float* way = placed + (long)image * PLACED;
        unsigned does = to_bits(way[1]);
        float dx = away(column, way[4], centre_x), dy = away(row, way[5], centre_y);
        float x = dx, y_ = dy;
        if (does & TURN) {
            float sin = way[2], cos = way[3];
            x = sum_of_products(cos, dx, -sin, dy);
            y_ = sum_of_products(sin, dx, cos, dy);
        }
        x = mirrored(__fadd_rn(x, centre_x), does & MIRROR_X, width);
        y_ = mirrored(__fadd_rn(y_, centre_y), does & MIRROR_Y, height);
        float left = floorf(x), top = floorf(y_);
        float u = __fadd_rn(x, -left), v = __fadd_rn(y_, -top);
        float over_u = __fadd_rn(1.0f, -u), over_v = __fadd_rn(1.0f, -v);
        bool is_whole = u == 0.0f && v == 0.0f;
        int l = (int)left, t = (int)top;
        const Sample* samples = pictures + (long)to_bits(way[0]) * pixels * channels;
        T* to = y + ((long)image * pixels + pixel) * channels;
        for (int c = 0; c < channels; c++) {
            Plane<Sample> plane = {samples + c, units, height, width, channels};
            float unit = plane.at(t, l);
            if (!is_whole) {
                float upper = sum_of_products(unit, over_u, plane.at(t, l + 1), u);
                float lower = sum_of_products(plane.at(t + 1, l), over_u, plane.at(t + 1, l + 1), u);
                unit = sum_of_products(upper, over_v, lower, v);
            }
            put(to + c, __fdiv_rn(__fadd_rn(unit, -scale[c]), scale[channels + c]));
        }
    }
}

KERNEL(place_bytes, (const unsigned char* pictures, const float* units, const float* scale, const float* placed, T* y, int images, int height, int width, int channels)) {
    place_pictures(pictures, units, scale, placed, y, images, height, width, channels);
}

KERNEL(place_words, (const unsigned short* pictures, const float* units, const float* scale, const float* placed, T* y, int images, int height, int width, int channels)) {
    place_pictures(pictures, units, scale, placed, y, images, height, width, channels);
}
